//! Tests and arithmetic: `[ a -gt b ]`, `[[ a > b && c ]]`, `(( a > b ))`, and `test`, `expr` as commands.

use crate::language::ir::{Arg, BinaryOp, Block, Expr, ExprKind, Stmt, StmtKind, UnaryOp};
use crate::language::tree::{Lowering, Node};

/// What an operator means; `None` for those that look at files and patterns.
fn operator(text: &str) -> Option<BinaryOp> {
    Some(match text {
        "-lt" | "<" | "\\<" => BinaryOp::Less,
        "-le" | "<=" | "\\<=" => BinaryOp::LessEqual,
        "-gt" | ">" | "\\>" => BinaryOp::Greater,
        "-ge" | ">=" | "\\>=" => BinaryOp::GreaterEqual,
        "-eq" | "=" | "==" => BinaryOp::Equal,
        "-ne" | "!=" => BinaryOp::NotEqual,
        "-a" | "&&" => BinaryOp::And,
        "-o" | "||" => BinaryOp::Or,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" | "\\*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "%" => BinaryOp::Remainder,
        "**" => BinaryOp::Power,
        "<<" => BinaryOp::ShiftLeft,
        ">>" => BinaryOp::ShiftRight,
        "&" => BinaryOp::BitAnd,
        "|" => BinaryOp::BitOr,
        "^" => BinaryOp::BitXor,
        _ => return None,
    })
}

/// Whether a compound statement is `(( … ))`.
pub(super) fn is_arithmetic(node: Node<'_>) -> bool {
    node.child(0).is_some_and(|open| open.kind() == "((")
}

/// Whether the value is an answer rather than a number.
pub(super) fn compares(value: &Expr) -> bool {
    use BinaryOp::{And, Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual, Or};
    let ExprKind::Binary(op, ..) = value.kind else { return false };
    matches!(op, Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual | And | Or)
}

/// `[ … ]` and `[[ … ]]` as a statement.
pub(super) fn statement(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let value = bracketed(lowering, node);
    checked(lowering, value, out);
}

/// A test whose status nobody asks for: where `set -e` holds, the script ends if it fails.
pub(super) fn checked(lowering: &Lowering<'_>, value: Expr, out: &mut Vec<Stmt>) {
    if !lowering.strict {
        return out.push(lowering.effect(value));
    }
    let span = value.span;
    let callee = Box::new(Expr::name("exit", span));
    let args = vec![Arg { name: None, value: Expr::new(ExprKind::Int(1), span) }];
    let exit = lowering.effect(Expr::new(ExprKind::Call { callee, args }, span));
    let (then, otherwise) = (Block::default(), Block::of(vec![exit]));
    out.push(Stmt { kind: StmtKind::If { cond: value, then, otherwise }, span });
}

/// `[ … ]` and `[[ … ]]`; an empty one is false.
pub(super) fn bracketed(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    match lowering.children(node).as_slice() {
        [] => lowering.at(node, ExprKind::Bool(false)),
        [only] if only.kind() == "redirected_statement" => Expr::opaque(lowering.span(node)),
        [only] => lowering.expr(*only),
        _ => lowering.opaque(node),
    }
}

/// `a OP b`; in arithmetic also `x = value` and `x += value`.
pub(super) fn binary(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(left_node), Some(right)) = (lowering.field(node, "left"), lowering.field(node, "right")) else {
        return lowering.opaque(node);
    };
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or("");
    let (left, right) = (lowering.expr(left_node), lowering.expr(right));
    let assigns =
        left_node.kind() == "variable_name" && token.ends_with('=') && !matches!(token, "==" | "!=" | "<=" | ">=");
    if assigns {
        let value = match operator(&token[..token.len() - 1]) {
            Some(op) => lowering.at(node, ExprKind::Binary(op, Box::new(left.clone()), Box::new(right))),
            None => right,
        };
        return lowering.at(node, ExprKind::Assign(Box::new(left), Box::new(value)));
    }
    match operator(token) {
        Some(op) => lowering.at(node, ExprKind::Binary(op, Box::new(left), Box::new(right))),
        None => lowering.at(node, ExprKind::Opaque(vec![left, right])),
    }
}

/// `! a`, `-z a`, `-n a`, `-5`; a test of a file is opaque.
pub(super) fn unary(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or("");
    let value = lowering.children(node).into_iter().next_back().map(|value| lowering.expr(value));
    let value = value.unwrap_or_else(|| Expr::opaque(lowering.span(node)));
    one(token, value, lowering.span(node))
}

fn one(token: &str, value: Expr, span: crate::finding::Span) -> Expr {
    let kind = match token {
        "!" | "-z" => ExprKind::Unary(UnaryOp::Not, Box::new(value)),
        "-" => ExprKind::Unary(UnaryOp::Negate, Box::new(value)),
        "~" => ExprKind::Unary(UnaryOp::Complement, Box::new(value)),
        "-n" | "+" => ExprKind::Pass(Box::new(value)),
        _ => ExprKind::Opaque(vec![value]),
    };
    Expr::new(kind, span)
}

/// The words of `test` or `expr` as an expression: `or` binds loosest, then `and`, then one operator between two words.
pub(super) fn words(lowering: &mut Lowering<'_>, node: Node<'_>, words: &[Node<'_>]) -> Expr {
    let value = lowering.deeper(node, |lowering| words_inside(lowering, node, words));
    value.unwrap_or_else(|| Expr::opaque(lowering.span(node)))
}

fn words_inside(lowering: &mut Lowering<'_>, node: Node<'_>, words: &[Node<'_>]) -> Expr {
    for (token, op) in [("-o", BinaryOp::Or), ("-a", BinaryOp::And)] {
        if let Some(at) = words.iter().position(|word| lowering.text(*word) == token).filter(|at| *at > 0) {
            let left = self::words(lowering, node, &words[..at]);
            let right = self::words(lowering, node, &words[at + 1..]);
            return lowering.at(node, ExprKind::Binary(op, Box::new(left), Box::new(right)));
        }
    }
    match words {
        [only] => lowering.expr(*only),
        [first, rest @ ..] if lowering.text(*first) == "!" => {
            let inner = self::words(lowering, node, rest);
            lowering.at(node, ExprKind::Unary(UnaryOp::Not, Box::new(inner)))
        }
        [flag, value] => {
            let value = lowering.expr(*value);
            one(lowering.text(*flag), value, lowering.span(node))
        }
        [left, token, right] => {
            let (left, right) = (lowering.expr(*left), lowering.expr(*right));
            match operator(lowering.text(*token)) {
                Some(op) => lowering.at(node, ExprKind::Binary(op, Box::new(left), Box::new(right))),
                None => lowering.at(node, ExprKind::Opaque(vec![left, right])),
            }
        }
        several => {
            let parts = several.iter().map(|word| lowering.expr(*word)).collect();
            lowering.at(node, ExprKind::Opaque(parts))
        }
    }
}
