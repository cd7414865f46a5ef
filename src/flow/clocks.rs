//! Which terms can depend on the clock at all: a cheap fixed point over names that keeps the evaluator away from the rest.

use std::collections::HashSet;

use crate::language::models::{Index, Use};

use super::World;
use super::facts::{FileFacts, Id, TermKind};
use super::index::{DEFAULT_EXPORT, stem_of};
use super::trace::expand;

/// Rounds of the fixed point: a clock behind more getters than this is not followed.
const ROUNDS: usize = 8;

/// For each file, which of its terms can depend on the clock.
pub struct Clocks {
    terms: Vec<Vec<bool>>,
}

impl Clocks {
    /// Finds them.
    pub fn new(world: &World<'_>) -> Self {
        let mut names: HashSet<String> = HashSet::new();
        let mut terms: Vec<Vec<bool>> = world.files.iter().map(|file| vec![false; file.terms.len()]).collect();
        for _ in 0..ROUNDS {
            let before = names.len();
            for (file, terms) in world.files.iter().zip(&mut terms) {
                mark(file, world.models(file.language), &names, terms);
            }
            for (file, terms) in world.files.iter().zip(&terms) {
                collect(file, terms, &mut names);
            }
            if names.len() == before {
                break;
            }
        }
        Self { terms }
    }

    /// Whether the term can depend on the clock.
    pub fn can_read(&self, file: usize, id: Id) -> bool {
        self.terms[file].get(id as usize).copied().unwrap_or(false)
    }
}

/// Marks a file's terms; a term's parts come before it.
fn mark(file: &FileFacts, models: &Index, names: &HashSet<String>, marks: &mut [bool]) {
    for n in 0..file.terms.len() {
        if !marks[n] {
            marks[n] = reads(file, models, names, marks, n);
        }
    }
    let mut defaults = false;
    for param in file.functions.iter().flat_map(|function| &function.params) {
        if param.default.is_some_and(|default| marks[default as usize]) && !marks[param.term as usize] {
            marks[param.term as usize] = true;
            defaults = true;
        }
    }
    if defaults {
        mark(file, models, names, marks);
    }
}

fn reads(file: &FileFacts, models: &Index, names: &HashSet<String>, marks: &[bool], n: usize) -> bool {
    let marked = |id: &Id| marks[*id as usize];
    let is_clock = |kind: Use, path: &[String]| models.rows(kind, path).any(|row| row.reads_clock());
    match &file.terms[n].kind {
        TermKind::Name(path) => {
            path.iter().any(|part| names.contains(part)) || begins_with_clock(models, &expand(&file.imports, path))
        }
        TermKind::Call(path, args) => {
            let full = expand(&file.imports, path);
            full.last().is_some_and(|last| names.contains(last))
                || names.contains(&path[path.len() - 1])
                || is_clock(Use::Call, &full)
                || is_clock(Use::New, &full)
                || is_clock(Use::Method, &path[path.len() - 1..])
                || begins_with_clock(models, &full)
                || args.iter().any(|(_, arg)| marked(arg))
                || (path.len() > 1 && path[..path.len() - 1].iter().any(|part| names.contains(part)))
        }
        TermKind::New(path, args) => {
            is_clock(Use::New, &expand(&file.imports, path)) || args.iter().any(|(_, arg)| marked(arg))
        }
        TermKind::Method(base, name, args) | TermKind::Mutated(base, name, args) => {
            names.contains(name)
                || marked(base)
                || is_clock(Use::Method, std::slice::from_ref(name))
                || args.iter().any(|(_, arg)| marked(arg))
        }
        TermKind::Apply(base, args) => marked(base) || args.iter().any(|(_, arg)| marked(arg)),
        TermKind::Field(base, name) => {
            let name_only = std::slice::from_ref(name);
            names.contains(name) || marked(base) || is_clock(Use::Method, name_only) || is_clock(Use::Field, name_only)
        }
        TermKind::Unary(_, a)
        | TermKind::Cast(_, a)
        | TermKind::Element(a)
        | TermKind::IsVariant(a, _)
        | TermKind::Payload(a, _)
        | TermKind::Closure(_, a) => marked(a),
        TermKind::Variable(variable) => file.elements.get(variable).is_some_and(marked),
        TermKind::Index(a, b) | TermKind::Binary(_, a, b) | TermKind::With(a, _, b) => marked(a) || marked(b),
        TermKind::Choose(a, b, c) => marked(a) || marked(b) || marked(c),
        TermKind::Any(all) | TermKind::List(all) | TermKind::Concat(all) => all.iter().any(marked),
        TermKind::Record(_, fields, base) => {
            fields.iter().any(|(_, id)| marked(id)) || base.as_ref().is_some_and(marked)
        }
        TermKind::Map(pairs) => pairs.iter().any(|(k, v)| marked(k) || marked(v)),
        _ => false,
    }
}

/// Whether a dotted name is a clock or a part of one (`DateTime.Now.Year`).
fn begins_with_clock(models: &Index, path: &[String]) -> bool {
    let is_clock = |kind: Use, path: &[String]| models.rows(kind, path).any(|row| row.reads_clock());
    let bare = models.models.bare_calls;
    (1..=path.len()).any(|n| is_clock(Use::Name, &path[..n]) || (bare && is_clock(Use::Call, &path[..n])))
}

fn collect(file: &FileFacts, marks: &[bool], names: &mut HashSet<String>) {
    let marked = |id: &Id| marks[*id as usize];
    for function in &file.functions {
        let param = function.params.iter().any(|param| param.default.as_ref().is_some_and(marked));
        if !function.name.is_empty()
            && (function.value.as_ref().is_some_and(marked) || param)
            && !is_common(&function.name)
        {
            names.insert(function.name.clone());
        }
        if function.name == DEFAULT_EXPORT && function.value.as_ref().is_some_and(marked) {
            names.insert(stem_of(&file.path).to_owned());
        }
        for write in &function.writes {
            if marked(&write.value) {
                let name = write.field.clone().or_else(|| write.name.as_ref().and_then(|path| path.last().cloned()));
                names.extend(name.filter(|name| !is_common(name)));
            }
        }
    }
    for (name, captured) in &file.captured {
        if captured.iter().any(|captured| marked(&captured.value)) {
            names.insert(name.clone());
        }
    }
    for global in &file.globals {
        if global.value.as_ref().is_some_and(marked) {
            names.insert(global.name.clone());
        }
    }
    for field in file.types.iter().flat_map(|ty| &ty.fields) {
        if field.value.as_ref().is_some_and(marked) && !is_common(&field.name) {
            names.insert(field.name.clone());
        }
    }
}

/// Names that mean too many things to carry a clock across files.
pub(super) fn is_common(name: &str) -> bool {
    matches!(
        name,
        "new"
            | "get"
            | "set"
            | "run"
            | "main"
            | "init"
            | "value"
            | "default"
            | "test"
            | "from"
            | "into"
            | "map"
            | "format"
            | "string"
            | "start"
            | "name"
            | "data"
            | "result"
            | "id"
            | "type"
            | "key"
    )
}
