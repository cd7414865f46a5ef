//! Which names product code compares with the clock: a date under such a name is checked where the tests cannot see it.

use rustc_hash::FxHashSet as HashSet;

use crate::flow::World;
use crate::flow::facts::{FileFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::memo::Memo;
use crate::flow::taint::{Taint, Taints};
use crate::language::ir::BinaryOp;
use crate::vocabulary::words;

/// Getters followed from a comparison to the fields behind it.
const GETTERS: usize = 2;
/// Terms looked at in one comparison.
const PARTS: usize = 60;

/// What product code compares with the clock.
pub(super) struct Checked<'w> {
    taints: &'w Taints<'w>,
    names: HashSet<String>,
    waiting: Memo<FunctionRef, bool>,
}

impl<'w> Checked<'w> {
    /// Looks through every file that is not test code.
    pub(super) fn new(world: &World<'_>, taints: &'w Taints<'w>) -> Self {
        let mut names = HashSet::default();
        for (n, file) in world.files.iter().enumerate().filter(|(_, file)| !file.in_test) {
            let tests: Vec<_> = file.functions.iter().filter(|function| function.test).collect();
            for id in 0..file.terms.len() as Id {
                let compares = meets_clock(file, n, taints, id);
                if compares && !tests.iter().any(|test| test.span.contains(file.term(id).span)) {
                    names_in(file, id, &mut names);
                }
            }
        }
        for _ in 0..GETTERS {
            let getters = world.files.iter().filter(|file| !file.in_test).flat_map(|file| {
                let functions = file.functions.iter().filter(|function| function.params.is_empty());
                functions.filter_map(move |function| Some((file, &function.name, function.value?)))
            });
            let behind: Vec<(&FileFacts, Id)> = getters
                .filter(|(_, name, _)| names.contains(&key(name)))
                .map(|(file, _, value)| (*file, value))
                .collect();
            behind.into_iter().for_each(|(file, value)| names_in(file, value, &mut names));
        }
        Self { taints, names, waiting: Memo::default() }
    }

    /// A date under that name is compared with the clock.
    pub(super) fn reads(&self, name: &str) -> bool {
        self.names.contains(&key(name))
    }

    /// The function compares what it is called with with the clock.
    pub(super) fn waits(&self, world: &World<'_>, at: FunctionRef) -> bool {
        if let Some(known) = self.waiting.get(&at) {
            return known;
        }
        let file = &world.files[at.0];
        let function = &file.functions[at.1];
        let terms = file.terms.iter().enumerate().filter(|(_, term)| function.span.contains(term.span));
        let waits = !file.in_test
            && !function.test
            && terms.map(|(id, _)| self.taints.own(at.0, id as Id)).any(|taint| taint.has(Taint::WAITS));
        self.waiting.insert(at, waits)
    }
}

/// A comparison in which the clock comes in.
fn meets_clock(file: &FileFacts, n: usize, taints: &Taints<'_>, id: Id) -> bool {
    let is_clock = |id: &Id| taints.called(n, *id).has(Taint::CLOCK);
    match &file.term(id).kind {
        TermKind::Binary(op, a, b) => {
            use BinaryOp as B;
            let compares =
                matches!(op, B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::Compare | B::Subtract);
            compares && is_clock(a) != is_clock(b)
        }
        TermKind::Method(receiver, _, args) if args.len() == 1 => {
            taints.called(n, id).has(Taint::COMPARED) && is_clock(receiver) != is_clock(&args[0].1)
        }
        // `expires_at.past?`, `isAfterNow()`
        TermKind::Method(receiver, _, args) if args.is_empty() => {
            taints.called(n, id).has(Taint::COMPARED | Taint::CLOCK) && !is_clock(receiver)
        }
        _ => false,
    }
}

/// The names below a term.
fn names_in(file: &FileFacts, id: Id, names: &mut HashSet<String>) {
    let mut open = vec![id];
    let mut left = PARTS;
    while let Some(id) = open.pop() {
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        let kind = &file.term(id).kind;
        match kind {
            TermKind::Name(path) | TermKind::Call(path, _) => names.extend(path.iter().map(|name| key(name))),
            TermKind::Field(_, name) | TermKind::Method(_, name, _) => _ = names.insert(key(name)),
            TermKind::Index(_, index) => {
                if let TermKind::Text(text) = &file.term(*index).kind {
                    names.insert(key(text));
                }
            }
            _ => {}
        }
        kind.for_each_part(|part| open.push(part));
    }
}

/// A name as fields, getters and setters share it.
fn key(name: &str) -> String {
    let words = words(name);
    let own = match words.split_first() {
        Some((first, rest)) if !rest.is_empty() && matches!(first.as_str(), "get" | "set" | "with" | "has" | "is") => {
            rest
        }
        _ => words.as_slice(),
    };
    own.concat()
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_field_and_its_accessors_have_one_key() {
        for name in ["expiryDate", "getExpiryDate", "set_expiry_date", "withExpiryDate", "EXPIRY_DATE", "ExpiryDate"] {
            assert_eq!(key(name), "expirydate", "{name}");
        }
        assert_eq!(key("get"), "get");
    }
}
