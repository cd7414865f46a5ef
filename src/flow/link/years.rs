//! Spans of years, as a copyright has them: what is written from New Year's Day on is no end of anything.

use crate::finding::Severity;
use crate::flow::facts::{Condition, ConditionKind, Id, Outcome, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::search::Change;
use crate::flow::taint::Taint;
use crate::language::ir::BinaryOp;

use super::question::Questions;
use super::record::sides;

/// Whether a change only makes one year into a span, or a span longer.
pub(super) fn spans(questions: &Questions<'_>, at: FunctionRef, condition: &Condition, change: &Change) -> bool {
    let new_year = |year: i64| {
        let (_, left) = sides(condition, change);
        left.as_ref().is_some_and(|left| writes_year(left, year - 1)) || writes_clock(questions, at, condition)
    };
    let begins = change.at.civil().filter(|at| at.is_midnight() && at.month() == 1 && at.day() == 1);
    begins.is_some_and(|at| new_year(at.year()))
}

/// Whether an outcome is the very year that the clock is compared with, as a text, or none: `y > 2026 ? "2026-" + y : "2026"`.
fn writes_year(outcome: &Outcome, year: i64) -> bool {
    let text = outcome.text.strip_prefix("returns ").unwrap_or(&outcome.text).trim_matches('"');
    text == year.to_string()
}

/// Whether one of two outcomes that end nothing writes the year of the clock itself: `first == now ? now : first + "-" + now`.
fn writes_clock(questions: &Questions<'_>, at: FunctionRef, condition: &Condition) -> bool {
    let file = questions.world.files[at.0];
    let outcomes = || [&condition.then, &condition.otherwise].into_iter().flatten();
    if outcomes().any(|outcome| outcome.severity > Severity::Changes) {
        return false;
    }
    let is_clock = |id: Id| questions.of_term(at, id).has(Taint::CLOCK);
    let is_text = |id: Id| match &file.term(id).kind {
        TermKind::Concat(parts) => parts.iter().any(|part| is_clock(*part)),
        TermKind::Binary(BinaryOp::Add | BinaryOp::Concat, a, b) => is_clock(*a) || is_clock(*b),
        _ => false,
    };
    match (condition.kind, &file.term(condition.term).kind) {
        // `{now > first && "-" + now}`
        (ConditionKind::Used, TermKind::Binary(BinaryOp::And, _, written)) => is_text(*written),
        (ConditionKind::Branch, _) => {
            let written = |id: &Id| outcomes().any(|outcome| outcome.span.contains(file.term(*id).span));
            let chosen = |id: &Id| match file.term(*id).kind {
                TermKind::Choose(cond, a, b) => cond == condition.term && (is_text(a) || is_text(b)),
                _ => false,
            };
            (0..file.terms.len() as Id).any(|id| chosen(&id) || (written(&id) && is_text(id)))
        }
        _ => false,
    }
}
