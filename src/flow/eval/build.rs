//! The date of the build, where code reads it out of its text by its own means: month by month from a table, digit by digit.
//! What such code does is not followed; that it makes a date of the build's is.

use crate::finding::{Anchor, Confidence};
use crate::flow::World;
use crate::flow::facts::{FunctionFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::taint::says_date;
use crate::flow::value::Value;
use crate::language::models::{Op, Use};

use super::Run;

impl Run<'_> {
    /// The date that a function puts together of parts that are not known, if it mentions the date of the build:
    /// `sscanf(__DATE__, "%3s %d %d", …)`, then `mktime`.
    pub(super) fn read_by_hand(&mut self, frame: usize) -> Option<Value> {
        let scope = &self.frames[self.scope(frame)];
        let id = self.world.mentions_build((scope.file, scope.function?))?;
        let span = self.file(frame).term(id).span;
        let mut value = self.anchor(frame, Anchor::Build, span, None);
        value.meta.sure = Confidence::Likely;
        Some(value)
    }
}

impl World<'_> {
    /// Where a function mentions the date of the build, if it does.
    fn mentions_build(&self, at: FunctionRef) -> Option<Id> {
        self.builds.get(&at).unwrap_or_else(|| {
            let file = self.files[at.0];
            let models = self.models(file.language);
            let within = file.functions[at.1].span;
            let is_build =
                |path: &[String]| models.rows(Use::Name, path).any(|row| row.does.contains(&Op::Anchor(Anchor::Build)));
            let named = |id: &Id| {
                let term = file.term(*id);
                let inside = within.line <= term.span.line && term.span.end_line <= within.end_line;
                inside && matches!(&term.kind, TermKind::Name(path) if is_build(path))
            };
            let found = (0..file.terms.len() as Id).find(named);
            self.builds.insert(at, found)
        })
    }
}

/// What a function that reads a date by its own means makes of the date of the build: `dateFromText(__DATE__)`.
pub(super) fn read_from_build(function: &FunctionFacts, operands: &[(Option<String>, Value)]) -> Option<Value> {
    let [(_, only)] = operands else { return None };
    let is_build = only.meta.anchor == Some(Anchor::Build) && only.instant().is_some();
    let gives_date = says_date(&function.name) || function.returns.as_deref().is_some_and(says_date);
    (is_build && gives_date).then(|| {
        let mut value = only.clone();
        value.meta.sure = value.meta.sure.min(Confidence::Likely);
        value
    })
}
