//! Operators, pipes, captures and module attributes.

use super::form::{applied, member};
use super::pattern::pattern;
use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, Function, Param, Pattern, RANGE, Stmt, StmtKind, UnaryOp};
use crate::language::tree::{Binding, Lowering, Node, Scope};

/// Attributes that describe rather than hold.
const DESCRIBE: &[&str] = &[
    "moduledoc",
    "doc",
    "typedoc",
    "spec",
    "type",
    "typep",
    "opaque",
    "callback",
    "macrocallback",
    "impl",
    "behaviour",
    "derive",
    "dialyzer",
    "compile",
    "external_resource",
    "enforce_keys",
    "optional_callbacks",
    "on_load",
];

/// The arguments that a capture (`&(&1 + &2)`) has at most.
const CAPTURED: usize = 4;

/// `a + b`, `a |> f()`, `pattern = value`.
pub(super) fn binary(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let (Some(left), Some(right)) = (lowering.field(node, "left"), lowering.field(node, "right")) else { return };
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or_default();
    match token {
        "=" => assigned(lowering, node, left, right, out),
        "|>" => {
            let first = lowering.expr(left);
            let value = applied(lowering, right, Some(first));
            out.push(lowering.effect(value));
        }
        _ => {
            let (left, right) = (lowering.expr(left), lowering.expr(right));
            let value = combined(lowering, node, token, left, right);
            out.push(lowering.effect(value));
        }
    }
}

/// `pattern = value`.
fn assigned(lowering: &mut Lowering<'_>, node: Node<'_>, left: Node<'_>, right: Node<'_>, out: &mut Vec<Stmt>) {
    let value = Some(lowering.expr(right));
    let pattern = pattern(lowering, left);
    let span = lowering.span(node);
    lowering.bind(Binding { value, fixed: true, ..Binding::of(pattern, span) }, out);
}

/// Two values and an operator between them.
pub(super) fn combined(lowering: &Lowering<'_>, node: Node<'_>, token: &str, left: Expr, right: Expr) -> Expr {
    let (left, right) = (Box::new(left), Box::new(right));
    let kind = match operator(token) {
        Some(op) => ExprKind::Binary(op, left, right),
        None if token.starts_with("not") => {
            let held = lowering.at(node, ExprKind::Binary(BinaryOp::In, left, right));
            ExprKind::Unary(UnaryOp::Not, Box::new(held))
        }
        None if token == ".." => {
            let ends = lowering.at(node, ExprKind::List(vec![*left, *right]));
            ExprKind::Cast(RANGE.to_owned(), Box::new(ends))
        }
        None => ExprKind::Opaque(vec![*left, *right]),
    };
    lowering.at(node, kind)
}

fn operator(token: &str) -> Option<BinaryOp> {
    Some(match token {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "**" => BinaryOp::Power,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        "==" | "===" => BinaryOp::Equal,
        "!=" | "!==" => BinaryOp::NotEqual,
        "and" | "&&" => BinaryOp::And,
        "or" | "||" => BinaryOp::Or,
        "<>" => BinaryOp::Concat,
        "in" => BinaryOp::In,
        _ => return None,
    })
}

/// `@name value`, `@name`, `&f/1`, `not a`, `-a`.
pub(super) fn unary(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(operand) = lowering.field(node, "operand") else { return };
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or_default();
    let value = match token {
        "@" => match attribute(lowering, node, operand, out) {
            Some(value) => value,
            None => return,
        },
        "&" => captured(lowering, node, operand),
        _ => {
            let value = Box::new(lowering.expr(operand));
            let kind = match token {
                "not" | "!" => ExprKind::Unary(UnaryOp::Not, value),
                "-" => ExprKind::Unary(UnaryOp::Negate, value),
                _ => ExprKind::Pass(value),
            };
            lowering.at(node, kind)
        }
    };
    out.push(lowering.effect(value));
}

/// A use of a module's attribute; where it is given a value, it is declared instead.
fn attribute(lowering: &mut Lowering<'_>, node: Node<'_>, operand: Node<'_>, out: &mut Vec<Stmt>) -> Option<Expr> {
    let name = lowering.field(operand, "target").unwrap_or(operand);
    let name = lowering.text(name);
    if DESCRIBE.contains(&name) {
        return None;
    }
    let span = lowering.span(node);
    let list = lowering.child_of(operand, "arguments").map(|list| lowering.children(list)).unwrap_or_default();
    let Some(value) = list.first() else { return Some(Expr::name(format!("@{name}"), span)) };
    let value = Some(lowering.expr(*value));
    let pattern = Pattern::Bind(format!("@{name}"));
    if lowering.scope() == Scope::Function {
        let kind = StmtKind::Let { pattern, ty: None, value, otherwise: None };
        out.push(Stmt { kind, span });
    } else {
        lowering.global(pattern, None, value, span);
    }
    None
}

/// `&f/1`, `&(&1 > 2)`, `&1`.
fn captured(lowering: &mut Lowering<'_>, node: Node<'_>, operand: Node<'_>) -> Expr {
    let span = lowering.span(node);
    if operand.kind() == "integer" {
        return Expr::name(format!("&{}", lowering.text(operand)), span);
    }
    let slashed = lowering.field(operand, "operator").is_some_and(|token| lowering.text(token) == "/");
    let named = lowering.field(operand, "left").filter(|_| slashed && operand.kind() == "binary_operator");
    let count = lowering.field(operand, "right").and_then(|count| lowering.text(count).parse::<usize>().ok());
    let (count, value) = match (named, count) {
        (Some(name), Some(count)) => {
            let count = count.min(CAPTURED);
            let args = (1..=count).map(|n| Arg { name: None, value: Expr::name(format!("&{n}"), span) }).collect();
            let callee = match name.kind() {
                "call" => lowering.field(name, "target").map(|target| member(lowering, target)),
                _ => None,
            };
            let callee = Box::new(callee.unwrap_or_else(|| lowering.expr(name)));
            (count, lowering.at(node, ExprKind::Call { callee, args }))
        }
        _ => {
            let text = lowering.text(operand);
            let count = (1..=CAPTURED).rev().find(|n| text.contains(&format!("&{n}"))).unwrap_or(0);
            (count, lowering.expr(operand))
        }
    };
    let param = |n| Param { name: format!("&{n}"), ty: None, default: None, span };
    let body = crate::language::ir::Block::value(value);
    let function =
        Function { params: (1..=count).map(param).collect(), body, span, name_span: span, ..Function::default() };
    lowering.at(node, ExprKind::Closure(Box::new(function)))
}
