//! Patterns: what a value compares with, what its properties are.

use crate::language::ir::{BinaryOp, Pattern};
use crate::language::tree::{Lowering, Node};

/// Segments of a nested property that are followed.
const DEPTH: usize = 8;

/// `> 3`.
pub(super) fn relation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let Some(end) = lowering.children(node).first().map(|end| lowering.expr(*end)) else { return Pattern::Any };
    let op = match lowering.text(node) {
        text if text.starts_with("<=") => BinaryOp::LessEqual,
        text if text.starts_with('<') => BinaryOp::Less,
        text if text.starts_with(">=") => BinaryOp::GreaterEqual,
        _ => BinaryOp::Greater,
    };
    Pattern::Compare(op, Box::new(end))
}

/// `not p`.
pub(super) fn negated(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    match lowering.children(node).first() {
        Some(inner) => Pattern::Not(Box::new(lowering.pattern(*inner))),
        None => Pattern::Any,
    }
}

/// `p and q`.
pub(super) fn both(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let sides = [lowering.field(node, "left"), lowering.field(node, "right")];
    Pattern::And(sides.into_iter().flatten().map(|side| lowering.pattern(side)).collect())
}

/// `T(p, q) { A: p, B.C: q } name`.
pub(super) fn parts(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let ty = lowering.field(node, "type").map(|ty| lowering.path(ty));
    let clause = |kind: &str| lowering.child_of(node, kind).map(|clause| lowering.children(clause)).unwrap_or_default();
    let (positions, properties) = (clause("positional_pattern_clause"), clause("property_pattern_clause"));
    let mut all = Vec::new();
    if !positions.is_empty() {
        let positions = positions.into_iter().map(|part| property(lowering, part).1).collect();
        all.push(Pattern::Tuple(positions));
    }
    if !properties.is_empty() || ty.is_some() {
        let fields = properties.into_iter().map(|part| property(lowering, part)).collect();
        all.push(Pattern::Fields(ty, fields));
    }
    if let Some(name) = lowering.field(node, "name") {
        all.push(Pattern::Bind(lowering.text(name).to_owned()));
    }
    match all.len() {
        1 => all.remove(0),
        _ => Pattern::And(all),
    }
}

/// `A: p`; of `A.B: p`, A's part.
fn property(lowering: &mut Lowering<'_>, node: Node<'_>) -> (String, Pattern) {
    let children = lowering.children(node);
    let Some(last) = children.last() else { return (String::new(), Pattern::Any) };
    let matched = lowering.arm_pattern(*last);
    let path = children.first().filter(|_| children.len() > 1).map(|name| lowering.text(*name)).unwrap_or_default();
    let mut names = path.split('.').map(|name| name.trim().trim_end_matches('?'));
    let first = names.next().unwrap_or_default().to_owned();
    let inner: Vec<&str> = names.take(DEPTH).collect();
    let nested =
        inner.into_iter().rev().fold(matched, |part, name| Pattern::Fields(None, vec![(name.to_owned(), part)]));
    (first, nested)
}
