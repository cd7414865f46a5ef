//! What setters, builders and options store: the arguments of the calls that mean them.
//!
//! `promo.until(date)`, `config.setSunset(date)`, `WithDeadline(date)`: the function keeps a parameter in a field, so what the
//! field holds is written where the function is called.

use rustc_hash::FxHashMap as HashMap;

use super::{Stored, last_of, parts_of};
use crate::flow::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind};

/// More functions of one name that store something mean too many things.
const MEANT: usize = 3;

/// A function that keeps a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Setter<'a> {
    /// The type whose field it is, if that is told.
    owner: Option<&'a str>,
    /// The same with the types around it.
    holder: Option<&'a str>,
    field: &'a str,
    param: usize,
    name: &'a str,
}

impl Setter<'_> {
    /// Whether a call begins with its type or one around that.
    fn is_of(&self, file: &FileFacts, mut call: Id) -> bool {
        while let TermKind::Method(base, ..) | TermKind::Mutated(base, ..) = &file.term(call).kind {
            call = *base;
        }
        let (TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Name(path)) = &file.term(call).kind else {
            return false;
        };
        self.holder.is_some_and(|holder| parts_of(holder).any(|part| path.iter().any(|name| name == part)))
    }
}

/// What is stored so, with the type and name of the field.
pub(super) fn given<'a>(files: &[&'a FileFacts]) -> Vec<(Option<&'a str>, &'a str, Stored)> {
    let mut setters: HashMap<&str, Vec<Setter<'a>>> = HashMap::default();
    for file in files {
        for (function, setter) in setters_of(file) {
            let known = setters.entry(&function.name).or_default();
            if known.len() <= MEANT && !known.contains(&setter) {
                known.push(setter);
            }
        }
    }
    setters.retain(|_, meant| meant.len() <= MEANT);
    let mut found = Vec::new();
    if setters.is_empty() {
        return found;
    }
    for (n, file) in files.iter().enumerate() {
        // Fields and globals are made outside functions too.
        for (id, term) in file.terms.iter().enumerate() {
            let Some((name, args)) = called(file, id as Id) else { continue };
            let meant = setters.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            // Of several, the one whose type the call begins with: `Campaign.builder().end(…)`.
            let is_meant = |setter: &&Setter<'_>| meant.len() == 1 || setter.is_of(file, id as Id);
            for setter in meant.iter().filter(is_meant) {
                let named = args.iter().find(|(keyword, _)| keyword.as_deref() == Some(setter.name));
                let given = named.or_else(|| args.get(setter.param)).map(|(_, value)| *value);
                if let Some(value) = given.filter(|value| is_telling(file, *value)) {
                    let function = file.function_at(term.span);
                    found.push((setter.owner, setter.field, Stored { file: n, function, value }));
                }
            }
        }
    }
    found
}

fn called(file: &FileFacts, call: Id) -> Option<(&String, &[Argument])> {
    match &file.term(call).kind {
        TermKind::Call(path, args) => Some((path.last()?, args)),
        TermKind::Method(_, name, args) | TermKind::Mutated(_, name, args) => Some((name, args)),
        _ => None,
    }
}

/// Whether an argument is a value of its own; what is only handed on is told by whoever gives it.
fn is_telling(file: &FileFacts, value: Id) -> bool {
    !matches!(file.term(value).kind, TermKind::Param(_) | TermKind::Unknown | TermKind::Null | TermKind::Bool(_))
}

/// The functions of a file that keep a parameter in a field; constructors are asked for by themselves.
fn setters_of<'a>(file: &'a FileFacts) -> Vec<(&'a FunctionFacts, Setter<'a>)> {
    let mut found = Vec::new();
    let mut add = |function: &'a FunctionFacts, owner: Option<&'a str>, field: &'a str, value: Id| {
        let own = owner.is_some_and(|owner| owner == function.name);
        if function.name.is_empty() || function.name == "new" || function.test || own {
            return;
        }
        if let Some(param) = param_of(file, value)
            && let Some(named) = function.params.get(param)
        {
            let holder = function.owner.as_deref();
            found.push((function, Setter { owner, holder, field, param, name: &named.name }));
        }
    };
    for function in &file.functions {
        let owner = function.owner.as_deref().map(last_of);
        for write in &function.writes {
            let bare = write.name.as_ref().filter(|path| path.len() == 1 && owner.is_some()).map(|path| &path[0]);
            if let Some(field) = write.field.as_ref().or(bare) {
                add(function, owner, field, write.value);
            }
        }
    }
    // `return func(s *Server) { s.deadline = deadline }`, `mut self` with a part replaced.
    for term in &file.terms {
        if let TermKind::With(_, field, value) = &term.kind
            && param_of(file, *value).is_some()
            && let Some(f) = file.function_at(term.span)
        {
            add(&file.functions[f], file.functions[f].owner.as_deref().map(last_of), field, *value);
        }
    }
    found
}

/// The parameter that a value is, as it is or wrapped: `Some(until)`.
fn param_of(file: &FileFacts, value: Id) -> Option<usize> {
    match &file.term(value).kind {
        TermKind::Param(n) => Some(usize::from(*n)),
        TermKind::Call(path, args) if path.last().is_some_and(|name| name == "Some") => {
            args.first().and_then(|(_, inner)| param_of(file, *inner))
        }
        TermKind::Cast(_, inner) => param_of(file, *inner),
        _ => None,
    }
}
