//! Declarations, assignments, branches and loops.

use crate::language::DEPTH_LIMIT;
use crate::language::ir::{BinaryOp, Block, Expr, ExprKind, Pattern, Stmt, StmtKind, UnaryOp};
use crate::language::tree::{Binding, Lowering, Node};

use super::literal::{parts, record, value_of};

/// `my $x`, `my ($x, $y)`: what is bound.
fn declared(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let bind = |lowering: &mut Lowering<'_>, part: Node<'_>| match lowering.expr(part).kind {
        ExprKind::Name(mut path) => path.pop().map_or(Pattern::Any, Pattern::Bind),
        ExprKind::Receiver => Pattern::Bind("self".to_owned()),
        _ => Pattern::Any,
    };
    if let Some(single) = lowering.field(node, "variable") {
        return bind(lowering, single);
    }
    let several = parts(lowering, node, "variables").into_iter();
    Pattern::Tuple(several.map(|part| bind(lowering, part)).collect())
}

pub(super) fn declaration(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let pattern = declared(lowering, node);
    lowering.bind(Binding { fixed: true, ..Binding::of(pattern, lowering.span(node)) }, out);
}

/// `my $x = value`, `$x = value`, `$x .= value`.
pub(super) fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(left) = parts(lowering, node, "left").into_iter().next() else { return };
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or("=");
    let is_hash = left.kind() == "hash" || lowering.field(left, "variable").is_some_and(|part| part.kind() == "hash");
    let value = match is_hash {
        true => {
            let right = parts(lowering, node, "right");
            match right.first().map(Node::kind) {
                Some("list_expression") => record(lowering, node, right),
                _ => value_of(lowering, node, "right"),
            }
        }
        false => value_of(lowering, node, "right"),
    };
    let span = lowering.span(node);
    if left.kind() == "variable_declaration" {
        let pattern = declared(lowering, left);
        lowering.bind(Binding { fixed: true, value: Some(value), ..Binding::of(pattern, span) }, out);
        return;
    }
    let target = lowering.expr(left);
    let value = match compound(token) {
        Some(op) => Expr::new(ExprKind::Binary(op, Box::new(target.clone()), Box::new(value)), span),
        None => value,
    };
    lowering.assigned(Expr::new(ExprKind::Assign(Box::new(target), Box::new(value)), span), out);
}

fn compound(token: &str) -> Option<BinaryOp> {
    Some(match token {
        "+=" => BinaryOp::Add,
        "-=" => BinaryOp::Subtract,
        "*=" => BinaryOp::Multiply,
        "/=" => BinaryOp::Divide,
        "%=" => BinaryOp::Remainder,
        ".=" => BinaryOp::Concat,
        "||=" => BinaryOp::Or,
        "&&=" => BinaryOp::And,
        "//=" => BinaryOp::Otherwise,
        _ => return None,
    })
}

/// A statement: `a or b` and `a && b` are decisions.
pub(super) fn statement(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(inner) = lowering.children(node).into_iter().next() else { return };
    let token = lowering.field(inner, "operator").map(|token| lowering.text(token)).unwrap_or("");
    let is_logical = matches!(inner.kind(), "lowprec_logical_expression" | "binary_expression");
    let negated = match token {
        "and" | "&&" if is_logical => false,
        "or" | "||" if is_logical => true,
        _ => return lowering.stmt(inner, out),
    };
    let cond = value_of(lowering, inner, "left");
    let Some(right) = parts(lowering, inner, "right").into_iter().next() else { return };
    let done = lowering.block(right);
    let (then, otherwise) = if negated { (Block::default(), done) } else { (done, Block::default()) };
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span: lowering.span(node) });
}

/// The condition, turned round for `unless` and `until`.
fn condition(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let cond = value_of(lowering, node, "condition");
    let negated = ["unless", "until"].iter().any(|word| lowering.child_of(node, word).is_some());
    if !negated {
        return cond;
    }
    let span = cond.span;
    Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(cond)), span)
}

/// `if`, `unless` and their `elsif` clauses, each of which stands in the one before.
pub(super) fn branch_of(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut clauses = vec![node];
    let mut last = node;
    while let Some(clause) = named(last, "elsif").filter(|_| clauses.len() < DEPTH_LIMIT) {
        clauses.push(clause);
        last = clause;
    }
    let mut otherwise = named(last, "else").map(|part| lowering.block(part)).unwrap_or_default();
    for clause in clauses.into_iter().rev() {
        let cond = condition(lowering, clause);
        let then = lowering.field(clause, "block").map(|block| lowering.block(block)).unwrap_or_default();
        let kind = StmtKind::If { cond, then, otherwise: std::mem::take(&mut otherwise) };
        otherwise = Block::of(vec![Stmt { kind, span: lowering.span(clause) }]);
    }
    out.append(&mut otherwise.stmts);
}

/// The child that is an item of that kind, not the word of the same name.
fn named<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| child.kind() == kind)
}

/// What stands before a postfix word.
fn before<'t>(node: Node<'t>) -> Option<Node<'t>> {
    node.named_child(0)
}

pub(super) fn postfix_branch(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let cond = condition(lowering, node);
    let then = before(node).map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise: Block::default() }, span: lowering.span(node) });
}

pub(super) fn repeated(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let cond = Some(condition(lowering, node));
    let body = lowering.field(node, "block").map(|block| lowering.block(block)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind: None, over: None, cond, body }, span: lowering.span(node) });
}

pub(super) fn postfix_loop(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let cond = Some(condition(lowering, node));
    let body = before(node).map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind: None, over: None, cond, body }, span: lowering.span(node) });
}

/// `for my $x (list) { … }`; without a variable it is `$_`.
pub(super) fn for_list(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let bind = match lowering.field(node, "variable").map(|variable| lowering.expr(variable).kind) {
        Some(ExprKind::Name(mut path)) => path.pop().map(Pattern::Bind),
        _ => Some(Pattern::Bind("_".to_owned())),
    };
    let over = Some(value_of(lowering, node, "list"));
    let body = lowering.field(node, "block").map(|block| lowering.block(block)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

pub(super) fn postfix_for(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let over = Some(value_of(lowering, node, "list"));
    let body = before(node).map(|body| lowering.block(body)).unwrap_or_default();
    let bind = Some(Pattern::Bind("_".to_owned()));
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}
