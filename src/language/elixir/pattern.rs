//! What values are matched against: in the heads of functions, in the arms of `case`, on the left of `=`.

use super::{pairs, result, segments};
use crate::language::ir::{ExprKind, Pattern};
use crate::language::tree::{Lowering, Node};

/// A pattern.
pub(super) fn pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    lowering.deeper(node, |lowering| inside(lowering, node)).unwrap_or(Pattern::Any)
}

/// Several of them.
pub(super) fn patterns(lowering: &mut Lowering<'_>, nodes: &[Node<'_>]) -> Vec<Pattern> {
    nodes.iter().map(|node| pattern(lowering, *node)).collect()
}

fn inside(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    match node.kind() {
        "identifier" => match lowering.text(node) {
            "_" => Pattern::Any,
            name => Pattern::Bind(name.to_owned()),
        },
        "tuple" => {
            let parts = lowering.children(node);
            match result(lowering, &parts) {
                Some((name, value)) => Pattern::Variant(vec![name.to_owned()], vec![pattern(lowering, value)]),
                None => Pattern::Tuple(patterns(lowering, &parts)),
            }
        }
        "list" => {
            let parts = lowering.children(node);
            match parts.as_slice() {
                [only] if only.kind() == "keywords" => fields(lowering, None, &parts),
                [only] if only.kind() == "binary_operator" => Pattern::Any,
                _ => Pattern::Tuple(patterns(lowering, &parts)),
            }
        }
        "map" => {
            let ty = lowering.child_of(node, "struct").map(|ty| segments(lowering.text(ty)));
            let content = lowering.child_of(node, "map_content").map(|content| lowering.children(content));
            fields(lowering, ty, &content.unwrap_or_default())
        }
        "binary_operator" => operator(lowering, node),
        // `^name` is the value that the name has.
        "unary_operator" => {
            let pinned = lowering.child_of(node, "^").and_then(|_| lowering.field(node, "operand"));
            Pattern::Value(lowering.expr(pinned.unwrap_or(node)))
        }
        "call" => Pattern::Any,
        _ => Pattern::Value(lowering.expr(node)),
    }
}

/// `%{a: x, "b" => y}`.
fn fields(lowering: &mut Lowering<'_>, ty: Option<Vec<String>>, parts: &[Node<'_>]) -> Pattern {
    let mut fields = Vec::new();
    for part in parts {
        match (part.kind(), lowering.field(*part, "left"), lowering.field(*part, "right")) {
            ("keywords", ..) => {
                for (key, value) in pairs(lowering, *part) {
                    fields.push((key, pattern(lowering, value)));
                }
            }
            ("binary_operator", Some(key), Some(value)) => {
                if let ExprKind::Text(key) = lowering.expr(key).kind {
                    fields.push((key, pattern(lowering, value)));
                }
            }
            _ => {}
        }
    }
    match (ty, fields.is_empty()) {
        (None, true) => Pattern::Any,
        (Some(ty), true) => Pattern::Variant(ty, Vec::new()),
        (ty, false) => Pattern::Fields(ty, fields),
    }
}

/// `a = b` is both; `"a" <> rest` and the like are anything.
fn operator(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let (left, right) = (lowering.field(node, "left"), lowering.field(node, "right"));
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or_default();
    match (token, left, right) {
        ("=", Some(left), Some(right)) => Pattern::And(patterns(lowering, &[left, right])),
        ("\\\\", Some(left), _) => pattern(lowering, left),
        ("..", Some(from), Some(to)) => {
            let (from, to) = (lowering.expr(from), lowering.expr(to));
            Pattern::Range(Some(Box::new(from)), Some(Box::new(to)))
        }
        ("<>" | "++" | "|" | "::", ..) => Pattern::Any,
        _ => Pattern::Value(lowering.expr(node)),
    }
}
