//! Calls: named arguments look like assignments, blocks and cases may stand for arguments, `_` makes a function.

use crate::language::ir::{Arg, Expr, ExprKind, Param};
use crate::language::tree::{Lowering, Node};

/// `f(a, k = b)`, `f { x => … }`, `f { case … }`, `f(a) { … }`.
pub(super) fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(function), Some(list)) = (lowering.field(node, "function"), lowering.field(node, "arguments")) else {
        return lowering.opaque(node);
    };
    let callee = lowering.expr(function);
    let mut args = args(lowering, list);
    match callee.kind {
        // A second list of arguments.
        ExprKind::Call { callee, args: mut first } => {
            first.append(&mut args);
            lowering.at(node, ExprKind::Call { callee, args: first })
        }
        _ => lowering.at(node, ExprKind::Call { callee: Box::new(callee), args }),
    }
}

fn args(lowering: &mut Lowering<'_>, list: Node<'_>) -> Vec<Arg> {
    if list.kind() != "arguments" {
        return vec![Arg { name: None, value: block_argument(lowering, list) }];
    }
    lowering.children(list).into_iter().map(|part| arg(lowering, part)).collect()
}

fn arg(lowering: &mut Lowering<'_>, node: Node<'_>) -> Arg {
    let named = lowering.field(node, "left").filter(|left| left.kind() == "identifier");
    match (node.kind(), named, lowering.field(node, "right")) {
        ("assignment_expression", Some(name), Some(value)) => {
            Arg { name: Some(lowering.text(name).to_owned()), value: lowering.expr(value) }
        }
        _ => Arg { name: None, value: with_placeholder(lowering, node) },
    }
}

/// `_.end > now` is a function of what `_` stands for.
fn with_placeholder(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let value = lowering.expr(node);
    match node.kind() != "wildcard" && holds_placeholder(node, 8) {
        true => lowering.closure_with(&["_"], value),
        false => value,
    }
}

/// Whether `_` stands in the expression itself, and not in a call's arguments within it.
fn holds_placeholder(node: Node<'_>, depth: usize) -> bool {
    if node.kind() == "wildcard" {
        return true;
    }
    if depth == 0 || matches!(node.kind(), "arguments" | "block" | "case_block" | "lambda_expression") {
        return false;
    }
    let mut cursor = node.walk();
    node.named_children(&mut cursor).any(|child| holds_placeholder(child, depth - 1))
}

/// `{ x => … }`, `{ case … }`, or statements that are run when they are needed.
fn block_argument(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    match (node.kind(), parts.as_slice()) {
        ("block", [only]) if only.kind() == "lambda_expression" => lowering.expr(*only),
        ("block" | "indented_block", _) => lowering.closure_with_value(node, Vec::new(), parts),
        _ => lowering.expr(node),
    }
}

/// `{ case a => b }`: a function that examines its argument.
pub(super) fn cases(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let span = lowering.span(node);
    let subject = Expr::name("_", span);
    let arms = lowering.valued_arms(node, lowering.children(node));
    let value = Expr::new(ExprKind::Match { subject: Some(Box::new(subject)), arms }, span);
    lowering.closure_with(&["_"], value)
}

/// `new T(args)`, `new T(args) { … }`.
pub(super) fn creation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let ty = lowering.children(node).into_iter().find(|child| child.kind().contains("type"));
    let ty = ty.map(|ty| lowering.type_path(ty)).unwrap_or_default();
    let args = lowering.field(node, "arguments").map(|list| args(lowering, list)).unwrap_or_default();
    let made = lowering.at(node, ExprKind::New { ty, args });
    let body = lowering.child_of(node, "template_body").map(|body| lowering.children(body)).unwrap_or_default();
    let methods = body.into_iter().filter(|member| member.kind() == "function_definition").collect();
    lowering.anonymous(node, methods, made, |lowering, method| {
        let lists = lowering.fields(method, "parameters");
        let params: Vec<Param> = lists.into_iter().flat_map(|list| lowering.params(list)).collect();
        (params, lowering.field(method, "body").into_iter().collect())
    })
}
