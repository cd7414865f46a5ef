//! Assertions that are given what must hold as a matcher: NUnit's `Assert.That(x, Is.LessThan(y))`, Hamcrest's
//! `assertThat(x, lessThan(y))`, kotest's `x should beLessThan(y)`. A matcher does what the models' method of its name does
//! to the value that is matched.

use crate::flow::facts::{Argument, Id, TermKind};
use crate::language::ir::BinaryOp;
use crate::language::models::{Calls, Op, Use};

use super::assertion::any;
use super::{Frame, Tracer, expand};

/// Matchers within matchers that are looked through (`is(not(lessThan(x)))`).
const NESTED: usize = 4;

impl Tracer<'_> {
    /// What `assertThat(subject, matcher)` says must hold.
    pub(super) fn matched(&mut self, values: &[Argument]) -> Option<Id> {
        let [(_, subject), (_, matcher), ..] = values else { return None };
        self.holds(*subject, *matcher, NESTED)
    }

    /// What `subject.should(matcher)` says must hold.
    pub(super) fn matched_by_method(&mut self, name: &str, subject: Id, values: &[Argument]) -> Option<Id> {
        let [(_, matcher)] = values else { return None };
        let asserts = matches!(self.models.call_kind(&any(name)), Some(Calls::Assert | Calls::Fluent));
        if asserts { self.holds(subject, *matcher, NESTED) } else { None }
    }

    /// What a call is known to be. An assertion is one whichever library it was imported from, under its own name
    /// (`import { assert } from "chai"`, `from nose.tools import assert_true`).
    pub(super) fn asserted_by(&self, path: &[String]) -> Option<Calls> {
        let known = self.models.call_kind(&expand(self.imports, path));
        let says = |name: &String| ["assert", "expect"].iter().any(|verb| name.starts_with(verb));
        known.or_else(|| {
            let own = path.first().is_some_and(says).then(|| self.models.call_kind(path)).flatten();
            own.filter(|kind| matches!(kind, Calls::Assert | Calls::AssertEqual | Calls::Fluent))
        })
    }

    /// A member that stands as a statement asserts as a method would: `expect(x < y).to.be.true`.
    pub(super) fn stated(&mut self, id: Id, frame: &mut Frame) {
        if let TermKind::Field(receiver, name) = &self.terms[id as usize].kind {
            let (receiver, name) = (*receiver, name.clone());
            self.fluent_assertion(&name, receiver, id, frame);
        }
    }

    fn holds(&mut self, subject: Id, matcher: Id, nested: usize) -> Option<Id> {
        let span = self.terms[matcher as usize].span;
        let (path, args) = match &self.terms[matcher as usize].kind {
            TermKind::Call(path, args) => (path.clone(), args.clone()),
            TermKind::Name(path) if path.len() > 1 => (path.clone(), Vec::new()),
            // `x should be < y`
            TermKind::Binary(op, be, right) => {
                let (op, right) = (*op, *right);
                let compares = matches!(self.terms[*be as usize].kind, TermKind::Name(_)) && is_order(op);
                return compares.then(|| self.add(TermKind::Binary(op, subject, right), span));
            }
            _ => return None,
        };
        let (name, front) = path.split_last()?;
        let mut rows = self.models.rows(Use::Method, std::slice::from_ref(name));
        let decides = rows.any(|row| row.does.last().is_some_and(is_decision));
        let holds = if decides {
            self.add(TermKind::Method(subject, name.clone(), args), span)
        } else {
            let [(_, inner)] = args.as_slice() else { return None };
            self.holds(subject, *inner, nested.checked_sub(1)?)?
        };
        let negated = front.iter().chain((!decides).then_some(name)).any(|part| matches!(part.as_str(), "not" | "Not"));
        Some(if negated { self.negate(holds) } else { holds })
    }
}

fn is_order(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual)
}

/// Whether an operation gives a truth value.
fn is_decision(op: &Op) -> bool {
    matches!(op, Op::Compare(_) | Op::Between | Op::Past | Op::Future | Op::Negative | Op::Not)
}
