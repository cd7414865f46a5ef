//! Swift's precedence of operators, where the grammar groups `v == 15 && now > end` as `v == (15 && now > end)`.

use crate::language::ir::{BinaryOp, Expr, ExprKind};

/// An operation of two operands, which may hold an operator that binds more loosely: that one is the outer.
pub(super) fn regrouped(whole: Expr) -> Expr {
    match whole.kind {
        ExprKind::Binary(op, left, right) => joined(op, *left, *right),
        _ => whole,
    }
}

/// Both operands under an operator. What stands in parentheses is no operation here.
fn joined(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let is_looser = |operand: &Expr| match operand.kind {
        ExprKind::Binary(inner, ..) => rank(inner) < rank(op),
        _ => false,
    };
    if is_looser(&right)
        && let ExprKind::Binary(outer, middle, last) = right.kind
    {
        return binary(outer, joined(op, left, *middle), *last);
    }
    if is_looser(&left)
        && let ExprKind::Binary(outer, first, middle) = left.kind
    {
        return binary(outer, *first, joined(op, *middle, right));
    }
    binary(op, left, right)
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr::new(ExprKind::Binary(op, Box::new(left), Box::new(right)), span)
}

/// How tightly an operator binds (The Swift Standard Library, Operator Declarations).
const fn rank(op: BinaryOp) -> u8 {
    use BinaryOp as B;
    match op {
        B::Or => 0,
        B::And => 1,
        B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::Equal | B::NotEqual | B::Compare | B::In => 2,
        B::Otherwise => 3,
        B::Add | B::Subtract | B::BitOr | B::BitXor | B::Concat => 4,
        B::Multiply | B::Divide | B::FloorDivide | B::Remainder | B::BitAnd => 5,
        B::ShiftLeft | B::ShiftRight | B::Power => 6,
    }
}
