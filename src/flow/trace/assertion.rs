//! Assertions: what a test, or a check in the product, says must hold.

use crate::finding::{Severity, Span};
use crate::flow::facts::{Argument, ConditionKind, Id, Outcome, TermKind};
use crate::language::ir::BinaryOp;
use crate::language::models::{Calls, Use};

use super::{Frame, Tracer, expand};

impl Tracer<'_> {
    /// A call that asserts: its first argument, that two are equal, or what its own row says it compares.
    pub(super) fn assertion(&mut self, path: &[String], call: Id, values: &[Argument], frame: &mut Frame) {
        let span = self.terms[call as usize].span;
        let what = path.join("::");
        let kind = self.asserted_by(path);
        let path = expand(self.imports, path);
        // A message may come first.
        let least = if kind == Some(Calls::AssertEqual) { 2 } else { 1 };
        let values = match values {
            [(_, first), rest @ ..] if rest.len() >= least && self.is_message(*first) => rest,
            _ => values,
        };
        let matcher = kind.filter(|kind| matches!(kind, Calls::Assert | Calls::Fluent));
        if let Some(holds) = matcher.and_then(|_| self.matched(values)) {
            self.decide(holds, ConditionKind::Assert, None, failure(&what, span), frame);
            return;
        }
        match kind {
            Some(Calls::Assert) if self.models.rows(Use::Call, &path).next().is_some() || self.is_matcher(&path) => {
                self.decide(call, ConditionKind::Assert, None, failure(&what, span), frame);
            }
            Some(Calls::Assert) if !values.is_empty() => {
                self.decide(values[0].1, ConditionKind::Assert, None, failure(&what, span), frame);
            }
            Some(Calls::AssertEqual) if values.len() >= 2 => {
                let equal = self.add(TermKind::Binary(BinaryOp::Equal, values[0].1, values[1].1), span);
                self.decide(equal, ConditionKind::Assert, None, failure(&what, span), frame);
            }
            _ => {}
        }
    }

    /// Whether a path is that of a variable with a method that asserts of it what the models say (`$now | Should -BeLessThan`).
    fn is_matcher(&self, path: &[String]) -> bool {
        let Some((name, [_, ..])) = path.split_last() else { return false };
        let name = std::slice::from_ref(name);
        self.models.call_kind(name).is_none() && self.models.rows(Use::Method, name).next().is_some()
    }

    fn is_message(&self, id: Id) -> bool {
        matches!(self.terms[id as usize].kind, TermKind::Text(_) | TermKind::Concat(_))
    }

    /// A method that asserts by its own name (`*.shouldBe`), or because of what its receiver began with
    /// (`assertThat(x).isAfter(y)`): its answer must hold.
    pub(super) fn fluent_assertion(&mut self, name: &str, receiver: Id, call: Id, frame: &mut Frame) {
        const CHAIN: usize = 8;
        let mut at = receiver;
        let mut asserts = self.models.call_kind(&any(name)) == Some(Calls::Assert);
        for _ in 0..CHAIN {
            let kind = match &self.terms[at as usize].kind {
                TermKind::Method(inner, name, _) => {
                    at = *inner;
                    self.models.call_kind(&any(name))
                }
                TermKind::Call(path, _) => {
                    asserts |= self.asserted_by(path) == Some(Calls::Fluent);
                    break;
                }
                _ => break,
            };
            asserts |= kind == Some(Calls::Fluent);
        }
        if asserts {
            let span = self.terms[call as usize].span;
            self.decide(call, ConditionKind::Assert, None, failure(name, span), frame);
        }
    }
}

/// What a failed assertion does.
pub(super) fn failure(what: &str, span: Span) -> Option<Outcome> {
    Some(Outcome { severity: Severity::Refuses, text: format!("fails ({what})"), span })
}

/// How the models write a method of anything: `*.name`.
pub(super) fn any(name: &str) -> [String; 2] {
    ["*".to_owned(), name.to_owned()]
}
