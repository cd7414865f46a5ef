//! Functions that give a truth value: their answer is a decision.

use crate::finding::Severity;
use crate::flow::facts::{Condition, ConditionKind, FunctionFacts, Id, Outcome, TermKind};
use crate::flow::outcome::is_failure;
use crate::language::ir::{BinaryOp, Function, UnaryOp};
use crate::language::models::{Comparison, Each, Index, Op, Row, Use};

use super::{Tracer, expand};

/// A function that gives a truth value is a decision of its own.
pub(super) fn answer(tracer: &Tracer<'_>, function: &Function, value: Id, facts: &mut FunctionFacts) {
    if let TermKind::Record(_, fields, _) = &tracer.terms[value as usize].kind {
        let told = |(name, part): &(String, Id)| part_answer(tracer, name, *part).or_else(|| tracer.kept(name, *part));
        facts.conditions.extend(fields.iter().filter_map(told));
    }
    if !is_truth(tracer, value, 8) {
        return;
    }
    // The branches that only return a literal truth value are this answer's parts.
    facts.conditions.retain(|condition| {
        let literal = |o: &Option<Outcome>| {
            o.as_ref().is_none_or(|o| matches!(o.text.as_str(), "returns true" | "returns false"))
        };
        condition.kind != ConditionKind::Branch || !literal(&condition.then) || !literal(&condition.otherwise)
    });
    let severity = Severity::Changes;
    let says = |truth: bool| {
        let name = if function.name.is_empty() { "the closure" } else { function.name.as_str() };
        Some(Outcome { severity, text: format!("{name} answers {truth}"), span: tracer.terms[value as usize].span })
    };
    facts.conditions.push(Condition {
        term: value,
        guards: Vec::new(),
        kind: ConditionKind::Answer,
        then: says(true),
        otherwise: says(false),
    });
}

/// `{ isExpired: now > end, … }`: a part of what is returned that says whether something still holds is an answer too.
pub(super) fn part_answer(tracer: &Tracer<'_>, name: &str, part: Id) -> Option<Condition> {
    const HOLDS: [&str; 6] = ["valid", "active", "allowed", "licensed", "enabled", "usable"];
    let lower = name.to_lowercase();
    let tells = is_failure(name) || HOLDS.iter().any(|word| lower.contains(word));
    if !tells || !is_truth(tracer, part, 8) {
        return None;
    }
    let span = tracer.terms[part as usize].span;
    let says =
        |truth: bool| Some(Outcome { severity: Severity::Changes, text: format!("answers {name}: {truth}"), span });
    let kind = ConditionKind::Answer;
    Some(Condition { term: part, guards: Vec::new(), kind, then: says(true), otherwise: says(false) })
}

fn is_truth(tracer: &Tracer<'_>, id: Id, depth: usize) -> bool {
    use BinaryOp as B;
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &tracer.terms[id as usize].kind {
        TermKind::Bool(_) | TermKind::IsVariant(..) | TermKind::Unary(UnaryOp::Not, _) => true,
        TermKind::Binary(op, a, b) => match op {
            B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::Equal | B::NotEqual => true,
            B::And | B::Or => is_truth(tracer, *a, depth) || is_truth(tracer, *b, depth),
            _ => false,
        },
        TermKind::Choose(_, a, b) => is_truth(tracer, *a, depth) || is_truth(tracer, *b, depth),
        TermKind::Fold(_, start, _, next) => [start, next].into_iter().any(|way| is_truth(tracer, *way, depth)),
        // What a closure may have set.
        TermKind::Any(ways) => ways.iter().any(|way| is_truth(tracer, *way, depth)),
        TermKind::Call(path, _) => {
            let full = expand(tracer.imports, path);
            is_comparison(tracer.models, path.last()) || tracer.models.rows(Use::Call, &full).any(compares)
        }
        TermKind::Method(_, name, _) if is_comparison(tracer.models, Some(name)) => true,
        // `rows.iter().find(…).map(|row| now < row.end).unwrap_or(false)`
        TermKind::Method(base, name, args) => {
            let truth = |id: Id| match &tracer.terms[id as usize].kind {
                TermKind::Closure(_, result) => is_truth(tracer, *result, depth),
                TermKind::Bool(_) => true,
                _ => false,
            };
            is_unwrapping(name)
                && args.iter().all(|(_, arg)| truth(*arg))
                && (args.len() > 1 || maps_to_truth(tracer, *base, &truth))
        }
        _ => false,
    }
}

/// Methods that take a value out of what may hold none.
fn is_unwrapping(name: &str) -> bool {
    matches!(name, "unwrap_or" | "map_or" | "is_some_and" | "is_none_or" | "orElse" | "getOrElse" | "unwrap_or_default")
}

/// Whether what is taken out is what a closure gives that gives a truth value.
fn maps_to_truth(tracer: &Tracer<'_>, mapped: Id, truth: &impl Fn(Id) -> bool) -> bool {
    match &tracer.terms[mapped as usize].kind {
        TermKind::Method(_, name, args) => {
            matches!(name.as_str(), "map" | "and_then" | "then" | "filter_map")
                && args.iter().all(|(_, arg)| truth(*arg))
        }
        _ => false,
    }
}

pub(super) fn is_comparison(models: &Index, name: Option<&String>) -> bool {
    name.is_some_and(|name| models.rows(Use::Method, std::slice::from_ref(name)).any(compares))
}

/// Whether a row gives a truth value.
fn compares(row: &Row) -> bool {
    match row.does.last() {
        Some(Op::Compare(comparison)) => *comparison != Comparison::Cmp,
        Some(Op::Each(each)) => matches!(each, Each::Any | Each::All),
        Some(Op::Between | Op::Past | Op::Future | Op::Not) => true,
        _ => false,
    }
}
