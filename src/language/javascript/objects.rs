//! Object literals: records where all keys are written out, maps where one is computed.

use crate::language::ir::{Block, Expr, ExprKind};
use crate::language::tree::{Lowering, Node};

/// A part of an object literal.
enum Part {
    /// `name: value`.
    Named(String, Expr),
    /// `[key]: value`, `1: value`.
    Computed(Expr, Expr),
    /// `...value`.
    Spread(Expr),
}

/// `{ a: 1, b, f() {}, get g() {}, [k]: 2, ...rest }`.
pub(super) fn literal(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts: Vec<Part> = lowering.children(node).into_iter().map(|child| part(lowering, child)).collect();
    let kind = match parts.iter().any(|part| matches!(part, Part::Computed(..))) {
        true => ExprKind::Map(parts.into_iter().filter_map(pair).collect()),
        false => record(parts),
    };
    lowering.at(node, kind)
}

fn record(parts: Vec<Part>) -> ExprKind {
    let mut fields = Vec::new();
    let mut base = None;
    for part in parts {
        match part {
            Part::Named(name, value) => fields.push((name, value)),
            Part::Spread(value) => base = Some(Box::new(value)),
            Part::Computed(..) => {}
        }
    }
    ExprKind::Record { ty: None, fields, base }
}

fn pair(part: Part) -> Option<(Expr, Expr)> {
    match part {
        Part::Named(name, value) => Some((Expr::new(ExprKind::Text(name), value.span), value)),
        Part::Computed(key, value) => Some((key, value)),
        Part::Spread(_) => None,
    }
}

fn part(lowering: &mut Lowering<'_>, node: Node<'_>) -> Part {
    match node.kind() {
        "pair" => {
            let value = lowering.field(node, "value").map(|value| lowering.expr(value));
            let value = value.unwrap_or_else(|| Expr::opaque(lowering.span(node)));
            keyed(lowering, lowering.field(node, "key"), value)
        }
        "method_definition" => {
            let value = method(lowering, node);
            keyed(lowering, lowering.field(node, "name"), value)
        }
        "spread_element" => {
            let value = lowering.children(node).first().map(|value| lowering.expr(*value));
            Part::Spread(value.unwrap_or_else(|| Expr::opaque(lowering.span(node))))
        }
        _ => Part::Named(lowering.name_text(node), lowering.expr(node)),
    }
}

fn keyed(lowering: &mut Lowering<'_>, key: Option<Node<'_>>, value: Expr) -> Part {
    match key {
        Some(key) if key.kind() == "string" => match lowering.expr(key).kind {
            ExprKind::Text(name) => Part::Named(name, value),
            _ => Part::Spread(value),
        },
        Some(key) if matches!(key.kind(), "computed_property_name" | "number") => {
            Part::Computed(lowering.expr(key), value)
        }
        Some(key) => Part::Named(lowering.name_text(key), named(lowering.name_text(key), value)),
        None => Part::Spread(value),
    }
}

/// A function goes by its key.
fn named(name: String, mut value: Expr) -> Expr {
    if let ExprKind::Closure(function) = &mut value.kind {
        function.name = name;
    }
    value
}

/// A method is a function; a getter is what it gives.
fn method(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let params = lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default();
    let body: Vec<Node<'_>> = lowering.field(node, "body").into_iter().collect();
    let closure = lowering.closure_of(node, params, &body);
    if lowering.child_of(node, "get").is_none() {
        return closure;
    }
    match closure.kind {
        ExprKind::Closure(function) if matches!(function.body, Block { value: None, .. }) => {
            let callee = Box::new(Expr::new(ExprKind::Closure(function), closure.span));
            lowering.at(node, ExprKind::Call { callee, args: Vec::new() })
        }
        _ => closure,
    }
}
