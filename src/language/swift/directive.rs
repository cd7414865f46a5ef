//! `#if … #elseif … #else … #endif` among statements: any of the branches may be what is built.

use crate::finding::Span;
use crate::language::ir::{Block, Expr, Stmt, StmtKind};
use crate::language::tree::{Lowering, Node};

/// An `#if` that is not closed yet.
struct Open {
    span: Span,
    /// The statements before it.
    before: Vec<Stmt>,
    /// Its branches so far.
    branches: Vec<Block>,
    /// The last branch is what is built otherwise.
    has_else: bool,
}

/// Statements, with each `#if` as a branch on something unknown.
pub(super) fn statements(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut open: Vec<Open> = Vec::new();
    let mut current = Vec::new();
    let mut cursor = node.walk();
    let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
    for child in children {
        lowering.stmt(child, &mut current);
        let Some(directive) = directive_in(child) else { continue };
        let text = lowering.text(directive);
        if text.starts_with("#if") {
            let span = lowering.span(directive);
            open.push(Open { span, before: std::mem::take(&mut current), branches: Vec::new(), has_else: false });
        } else if let Some(last) = open.last_mut().filter(|_| text.starts_with("#else")) {
            last.branches.push(Block::of(std::mem::take(&mut current)));
            last.has_else = !text.starts_with("#elseif");
        } else if text.starts_with("#endif")
            && let Some(last) = open.pop()
        {
            current = closed(last, current);
        }
    }
    while let Some(last) = open.pop() {
        current = closed(last, current);
    }
    out.append(&mut current);
}

/// A directive that is a statement, or that was taken for what a bare `return` before it gives.
fn directive_in(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        "directive" => Some(node),
        "control_transfer_statement" => {
            node.child_by_field_name("result").filter(|result| result.kind() == "directive")
        }
        _ => None,
    }
}

/// The statements before an `#if`, and the branches that it stands for.
fn closed(open: Open, last: Vec<Stmt>) -> Vec<Stmt> {
    let Open { span, mut before, mut branches, has_else } = open;
    branches.push(Block::of(last));
    let mut otherwise = if has_else { branches.pop().unwrap_or_default() } else { Block::default() };
    for then in branches.into_iter().rev() {
        let kind = StmtKind::If { cond: Expr::opaque(span), then, otherwise };
        otherwise = Block::of(vec![Stmt { kind, span }]);
    }
    before.append(&mut otherwise.stmts);
    before
}
