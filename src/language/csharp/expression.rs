//! Expressions that are odd: object initialisers, `?.`, patterns with `is`, formats in text.

use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, Path, Pattern, UnaryOp};
use crate::language::tree::{Lowering, Node};

pub(super) fn boolean(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    lowering.at(node, ExprKind::Bool(lowering.text(node) == "true"))
}

/// `{value:format}` prints the value in that format.
pub(super) fn interpolation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let format = lowering.child_of(node, "interpolation_format_clause");
    let Some(value) = lowering.children(node).first().map(|value| lowering.expr(*value)) else {
        return lowering.opaque(node);
    };
    let Some(format) = format else { return value };
    let text = lowering.text(format).trim_start_matches(':').to_owned();
    let text = lowering.at(format, ExprKind::Text(text));
    let callee = Box::new(lowering.at(node, ExprKind::Field(Box::new(value), "ToString".to_owned())));
    lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: text }] })
}

/// `a?.b`, `a?[i]`.
pub(super) fn conditional_access(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(base) = lowering.field(node, "condition") else { return lowering.opaque(node) };
    let base = Box::new(lowering.expr(base));
    if let Some(binding) = lowering.child_of(node, "member_binding_expression") {
        let name = lowering.field(binding, "name").map(|name| lowering.last_name(name)).unwrap_or_default();
        return lowering.at(node, ExprKind::Field(base, name));
    }
    let index = lowering.child_of(node, "element_binding_expression").map(|binding| lowering.args(binding));
    match index.and_then(|mut args| args.pop()) {
        Some(index) => lowering.at(node, ExprKind::Index(base, Box::new(index.value))),
        None => lowering.at(node, ExprKind::Opaque(vec![*base])),
    }
}

/// `x!` is x, `x++` changes it.
pub(super) fn postfix(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(value) = lowering.children(node).first().map(|value| lowering.expr(*value)) else {
        return lowering.opaque(node);
    };
    let op = match lowering.text(node) {
        text if text.ends_with("++") => BinaryOp::Add,
        text if text.ends_with("--") => BinaryOp::Subtract,
        _ => return lowering.at(node, ExprKind::Pass(Box::new(value))),
    };
    let one = lowering.at(node, ExprKind::Int(1));
    let changed = lowering.at(node, ExprKind::Binary(op, Box::new(value.clone()), Box::new(one)));
    lowering.at(node, ExprKind::Assign(Box::new(value), Box::new(changed)))
}

/// `new T(args) { A = 1 }`: the parts that the initialiser names, over what the constructor makes. What adds to a
/// collection makes a list or a map.
pub(super) fn creation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let ty = lowering.field(node, "type").or_else(|| declared_type(node));
    let ty: Path = ty.map(|ty| lowering.type_path(ty)).unwrap_or_default();
    let args = lowering.child_of(node, "argument_list").map(|list| lowering.args(list)).unwrap_or_default();
    let items = lowering.child_of(node, "initializer_expression").map(|list| lowering.children(list));
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        return lowering.at(node, ExprKind::New { ty, args });
    };
    let pairs: Option<Vec<(Expr, Expr)>> = items.iter().map(|item| entry(lowering, *item)).collect();
    if let Some(pairs) = pairs {
        return lowering.at(node, ExprKind::Map(pairs));
    }
    let parts: Option<Vec<(String, Expr)>> = items.iter().map(|item| part(lowering, *item)).collect();
    let kind = match parts {
        Some(fields) => {
            let made = (!args.is_empty()).then(|| lowering.at(node, ExprKind::New { ty: ty.clone(), args }));
            ExprKind::Record { ty: Some(ty), fields, base: made.map(Box::new) }
        }
        None => ExprKind::List(items.into_iter().map(|item| lowering.expr(item)).collect()),
    };
    lowering.at(node, kind)
}

/// The type that a variable or property is declared with that `new(…)` makes.
fn declared_type(node: Node<'_>) -> Option<Node<'_>> {
    let mut around = node.parent();
    for _ in 0..3 {
        let at = around?;
        match at.kind() {
            "variable_declaration" | "property_declaration" => return at.child_by_field_name("type"),
            "variable_declarator" | "equals_value_clause" => around = at.parent(),
            _ => return None,
        }
    }
    None
}

/// `{ key, value }`, `[key] = value`.
fn entry(lowering: &mut Lowering<'_>, node: Node<'_>) -> Option<(Expr, Expr)> {
    if node.kind() == "initializer_expression" {
        return match lowering.children(node).as_slice() {
            [key, value] => Some((lowering.expr(*key), lowering.expr(*value))),
            _ => None,
        };
    }
    let left = lowering.field(node, "left").filter(|left| left.kind() == "element_binding_expression")?;
    let key = lowering.args(left).pop()?.value;
    Some((key, lowering.field(node, "right").map(|value| lowering.expr(value))?))
}

/// `Name = value`.
fn part(lowering: &mut Lowering<'_>, node: Node<'_>) -> Option<(String, Expr)> {
    let left = lowering.field(node, "left").filter(|left| left.kind() == "identifier")?;
    let name = lowering.text(left).to_owned();
    Some((name, lowering.field(node, "right").map(|value| lowering.expr(value))?))
}

/// `x is pattern`, `x is not pattern`.
pub(super) fn is_pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(value), Some(pattern)) = (lowering.field(node, "expression"), lowering.field(node, "pattern")) else {
        return lowering.opaque(node);
    };
    let value = lowering.expr(value);
    if pattern.kind() != "negated_pattern" {
        return matched(lowering, node, value, pattern);
    }
    match pattern.named_child(0) {
        Some(inner) => {
            let holds = matched(lowering, node, value, inner);
            lowering.at(node, ExprKind::Unary(UnaryOp::Not, Box::new(holds)))
        }
        None => lowering.opaque(node),
    }
}

fn matched(lowering: &mut Lowering<'_>, node: Node<'_>, value: Expr, pattern: Node<'_>) -> Expr {
    match lowering.pattern(pattern) {
        Pattern::Value(expected) => {
            lowering.at(node, ExprKind::Binary(BinaryOp::Equal, Box::new(value), Box::new(expected)))
        }
        Pattern::Bind(name) => {
            let pattern = Pattern::Variant(vec![name], Vec::new());
            lowering.at(node, ExprKind::Is(Box::new(value), Box::new(pattern)))
        }
        pattern => lowering.at(node, ExprKind::Is(Box::new(value), Box::new(pattern))),
    }
}
