//! What is written out: the parts of record literals, objects within functions, the rows of tables.

use super::{Stored, SymbolTable, settings_of};
use crate::flow::facts::{FileFacts, Id, TermKind};

/// What any value may have is not what some record literal holds under that name (`Array.from({length: days})`).
const OF_ANYTHING: [&str; 4] = ["length", "size", "count", "len"];

impl<'a> SymbolTable<'a> {
    /// Objects that are written out within functions: `License { expires: …, seats: 4 }`.
    pub(super) fn add_records(&mut self, n: usize, file: &'a FileFacts) {
        let made = |id: &Id| {
            matches!(file.term(*id).kind, TermKind::Call(..) | TermKind::New(..) | TermKind::Int(_) | TermKind::Text(_))
        };
        for (id, term) in file.terms.iter().enumerate() {
            if let TermKind::Record(Some(path), fields, _) = &term.kind
                && let Some(ty) = path.last().filter(|ty| *ty != "Self")
                && fields.iter().any(|(_, value)| made(value))
                && let Some(f) = file.function_at(term.span)
            {
                self.constructions.entry(ty).or_default().push(((n, f), id as Id));
            }
        }
    }

    /// Dates that are put into a part of what a function is called with: `state->until = 1935792000`.
    pub(super) fn add_filled(&mut self, n: usize, file: &'a FileFacts) {
        for term in &file.terms {
            if let TermKind::With(base, name, value) = &term.kind
                && is_passed(file, *base)
                && is_date(file, *value, 2)
                && let Some(f) = file.function_at(term.span)
            {
                let stored = Stored { file: n, function: Some(f), value: *value };
                self.literal_fields.entry(name).or_default().push(stored);
            }
        }
    }

    /// What is put into the fields of an object beside its making: `expiry.year = 2030`. What tests put there is theirs.
    pub(super) fn add_put(&mut self, n: usize, file: &'a FileFacts) {
        let is_value = |id: Id| matches!(file.term(id).kind, TermKind::Int(_)) || is_date(file, id, 2);
        for term in file.terms.iter().filter(|_| !file.in_test) {
            if let TermKind::With(base, name, value) = &term.kind
                && let Some(ty) = made_type(file, *base).filter(|_| is_value(*value))
            {
                let function = file.function_at(term.span);
                if function.is_none_or(|f| !file.functions[f].test) {
                    self.write_field(ty, name, Stored { file: n, function, value: *value });
                }
            }
        }
    }

    /// The objects of a type that a global holds, written out by position: itself, or the rows of a table.
    pub(super) fn add_objects(&mut self, file: &'a FileFacts, ty: &'a str, stored: Stored) {
        let TermKind::List(items) = &file.term(stored.value).kind else { return };
        let is_row = |id: &Id| matches!(file.term(*id).kind, TermKind::List(_));
        let objects = self.constants.entry(ty).or_default();
        match items.iter().any(is_row) {
            true => objects.extend(items.iter().filter(|id| is_row(id)).map(|id| Stored { value: *id, ..stored })),
            false => objects.push(stored),
        }
    }

    /// Remembers the named parts of record literals, for readers whose own value is not known.
    pub(super) fn literals(&mut self, file: &'a FileFacts, stored: Stored, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match &file.term(stored.value).kind {
            TermKind::Record(_, fields, _) => {
                for (name, value) in fields {
                    self.literal_part(file, name, Stored { value: *value, ..stored }, depth);
                }
            }
            TermKind::Fold(_, start, _, next) => {
                [*start, *next].into_iter().for_each(|way| self.literals(file, Stored { value: way, ..stored }, depth));
            }
            TermKind::List(items) | TermKind::Any(items) => {
                items.iter().for_each(|item| self.literals(file, Stored { value: *item, ..stored }, depth));
            }
            TermKind::Map(pairs) => {
                pairs.iter().for_each(|(_, value)| self.literals(file, Stored { value: *value, ..stored }, depth));
            }
            TermKind::Cast(_, inner) => self.literals(file, Stored { value: *inner, ..stored }, depth),
            TermKind::With(inner, name, value) => {
                let part = Stored { value: *value, ..stored };
                match file.term(*value).kind {
                    TermKind::With(..) => self.literals(file, part, depth),
                    _ if settings_of(file, stored.value) => self.literal_part(file, name, part, depth),
                    _ => {}
                }
                self.literals(file, Stored { value: *inner, ..stored }, depth);
            }
            TermKind::Call(path, args) | TermKind::New(path, args) => {
                let ty = path.last().filter(|ty| stored.function.is_none() && ty.starts_with(char::is_uppercase));
                if let Some(ty) = ty {
                    self.constants.entry(ty).or_default().push(stored);
                }
                args.iter().for_each(|(_, arg)| self.literals(file, Stored { value: *arg, ..stored }, depth));
            }
            _ => {}
        }
    }

    fn literal_part(&mut self, file: &'a FileFacts, name: &'a str, part: Stored, depth: usize) {
        if OF_ANYTHING.contains(&name) {
            return;
        }
        if !matches!(file.term(part.value).kind, TermKind::Bool(_) | TermKind::Null | TermKind::Unknown) {
            let known = self.literal_fields.entry(name).or_default();
            if !known.contains(&part) {
                known.push(part);
            }
        }
        self.literals(file, part, depth);
    }
}

/// Whether it is what a function is called with, with other parts replaced.
fn is_passed(file: &FileFacts, id: Id) -> bool {
    matches!(file.term(whole(file, id)).kind, TermKind::Param(_))
}

/// What parts were replaced in.
fn whole(file: &FileFacts, mut id: Id) -> Id {
    while let TermKind::With(base, ..) = &file.term(id).kind {
        id = *base;
    }
    id
}

/// The type of an object that was just made, whatever was put into it since.
fn made_type(file: &FileFacts, id: Id) -> Option<&str> {
    let global = |name: &String| file.globals.iter().find(|global| global.name == *name)?.value;
    let made = whole(file, id);
    let made = match &file.term(made).kind {
        TermKind::Name(path) if path.len() == 1 => global(&path[0]).unwrap_or(made),
        _ => made,
    };
    let path = match &file.term(made).kind {
        TermKind::New(path, _) | TermKind::Record(Some(path), _, _) => path,
        TermKind::Call(path, _) if path.last().is_some_and(|ty| ty.starts_with(char::is_uppercase)) => path,
        _ => return None,
    };
    path.last().map(String::as_str)
}

/// Whether a value is a date by its own words: seconds or milliseconds since 1970, or what is made of a year.
fn is_date(file: &FileFacts, value: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &file.term(value).kind {
        TermKind::Int(n) => matches!(n, 1_500_000_000..=4_102_444_800 | 1_500_000_000_000..=4_102_444_800_000),
        TermKind::Text(text) => text.starts_with("20") && text.bytes().take(4).all(|byte| byte.is_ascii_digit()),
        TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
            let year = |id: Id| matches!(file.term(id).kind, TermKind::Int(2_010..=2_100));
            args.first().is_some_and(|(_, first)| year(*first) || is_date(file, *first, depth))
        }
        _ => false,
    }
}
