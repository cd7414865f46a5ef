//! Which methods of an assembly are read: those that have to do with the time.
//!
//! An assembly holds thousands of methods, and all but a few never meet a clock. Read are those that call one or hold a
//! date, their callers up to what they make stop, what both call, and the constructors of their types, where fields get
//! their values.

use std::collections::{BTreeSet, HashMap};

use super::Assembly;
use super::instruction::instructions;
use super::member::{self, row_of};
use super::tables::{METHOD_DEF_OR_REF, table};

/// The most methods of one assembly that are read.
const MOST: usize = 4_000;

/// Callers of callers are followed so far.
const LEVELS: usize = 3;

/// What a method uses of its own assembly.
#[derive(Debug, Default)]
struct Uses {
    methods: Vec<usize>,
    /// Types whose fields it reads.
    types: Vec<usize>,
}

/// The rows of the methods that are worth reading. `worth` says so of words, spelt as in source.
pub(super) fn methods(assembly: &Assembly<'_>, worth: &dyn Fn(&str) -> bool) -> BTreeSet<usize> {
    let count = assembly.methods();
    let words = assembly.words_of_members();
    let (mut uses, mut first) = (Vec::with_capacity(count), BTreeSet::new());
    for row in 1..=count {
        let (own, spelt) = used(assembly, row, &words);
        if !spelt.is_empty() && first.len() < MOST && worth(&spelt) {
            first.insert(row);
        }
        uses.push(own);
    }
    let mut callers: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, own) in uses.iter().enumerate() {
        own.methods.iter().for_each(|called| callers.entry(*called).or_default().push(index + 1));
    }
    let mut all = first.clone();
    let mut last = first;
    for level in 0..=LEVELS {
        complete(assembly, &last, &uses, &mut all);
        let next = last.iter().flat_map(|row| callers.get(row).into_iter().flatten().copied());
        let next: BTreeSet<usize> = next.filter(|row| !all.contains(row)).take(MOST).collect();
        if level == LEVELS || all.len() + next.len() > MOST {
            break;
        }
        all.extend(&next);
        last = next;
    }
    all
}

/// Adds what methods call, and what gives the fields that they read their values.
fn complete(assembly: &Assembly<'_>, of: &BTreeSet<usize>, uses: &[Uses], all: &mut BTreeSet<usize>) {
    for row in of {
        let Some(own) = row.checked_sub(1).and_then(|index| uses.get(index)) else { continue };
        let types = own.types.iter().copied().chain(assembly.owners.of_method(*row));
        let made = types.flat_map(|ty| assembly.constructors(ty));
        for added in own.methods.iter().copied().chain(made) {
            if all.len() >= MOST {
                return;
            }
            all.insert(added);
        }
    }
}

/// What a method uses, and in words what it calls elsewhere and loads.
fn used(assembly: &Assembly<'_>, row: usize, words: &HashMap<usize, String>) -> (Uses, String) {
    let (mut uses, mut spelt) = (Uses::default(), String::new());
    let Some(body) = assembly.body(row) else { return (uses, spelt) };
    assembly.literals(&body, &mut spelt);
    let tables = &assembly.image.tables;
    for one in instructions(body.code) {
        if !matches!(one.opcode, 0x28 | 0x6F | 0x73 | 0x7B | 0x7C | 0x7E | 0x7F | 0xFE06 | 0xFE07) {
            continue;
        }
        let named = match row_of(one.number()) {
            Some((table::METHOD_SPEC, row)) => tables.coded(table::METHOD_SPEC, row, 0, METHOD_DEF_OR_REF),
            named => named,
        };
        match named {
            Some((table::METHOD, called)) => uses.methods.push(called),
            Some((table::FIELD, field)) => uses.types.extend(assembly.owners.of_field(field)),
            Some((table::MEMBER_REF, row)) => spelt.push_str(words.get(&row).map_or("", String::as_str)),
            _ => {}
        }
    }
    (uses, spelt)
}

impl Assembly<'_> {
    /// What each member of another assembly is called in source.
    fn words_of_members(&self) -> HashMap<usize, String> {
        let tables = &self.image.tables;
        let word = |row: usize| {
            let token = u32::try_from(table::MEMBER_REF << 24 | row).ok()?;
            let member = member::member(tables, token, &self.owners)?;
            Some((row, super::word(&member)))
        };
        (1..=tables.len(table::MEMBER_REF)).filter_map(word).collect()
    }

    fn constructors(&self, ty: usize) -> impl Iterator<Item = usize> {
        let tables = &self.image.tables;
        let methods = tables.list(table::TYPE_DEF, ty, 5, table::METHOD);
        methods.filter(|row| matches!(tables.text(table::METHOD, *row, 3), Some(".ctor" | ".cctor")))
    }
}
