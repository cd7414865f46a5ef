//! Visiting the expressions of a block.

use super::ir::{Arg, Block, Expr, ExprKind, Stmt, StmtKind};

/// Visits every expression of a block, each before those that it is made of, down to the bodies of closures.
pub(crate) fn each_expr(block: &Block, visit: &mut impl FnMut(&Expr)) {
    block.stmts.iter().for_each(|stmt| in_stmt(stmt, visit));
    block.value.iter().for_each(|value| in_expr(value, visit));
}

fn in_stmt(stmt: &Stmt, visit: &mut impl FnMut(&Expr)) {
    match &stmt.kind {
        StmtKind::Let { value, otherwise, .. } => {
            value.iter().for_each(|value| in_expr(value, visit));
            otherwise.iter().for_each(|block| each_expr(block, visit));
        }
        StmtKind::Expr(expr) => in_expr(expr, visit),
        StmtKind::If { cond, then, otherwise } => {
            in_expr(cond, visit);
            each_expr(then, visit);
            each_expr(otherwise, visit);
        }
        StmtKind::Loop { over, cond, body, .. } => {
            over.iter().chain(cond).for_each(|expr| in_expr(expr, visit));
            each_expr(body, visit);
        }
        StmtKind::Return(value) | StmtKind::Throw(value) => value.iter().for_each(|value| in_expr(value, visit)),
        StmtKind::Jump => {}
        StmtKind::Try { body, handlers, finally } => {
            std::iter::once(body).chain(handlers).chain([finally]).for_each(|block| each_expr(block, visit));
        }
        StmtKind::Block(block) => each_expr(block, visit),
    }
}

fn in_expr(expr: &Expr, visit: &mut impl FnMut(&Expr)) {
    visit(expr);
    let mut in_args = |first: Option<&Expr>, args: &[Arg]| {
        first.into_iter().chain(args.iter().map(|arg| &arg.value)).for_each(|part| in_expr(part, visit));
    };
    match &expr.kind {
        ExprKind::Call { callee, args } => in_args(Some(callee), args),
        ExprKind::New { args, .. } => in_args(None, args),
        ExprKind::Field(inner, _) | ExprKind::Unary(_, inner) | ExprKind::Is(inner, _) => in_expr(inner, visit),
        ExprKind::Cast(_, inner) | ExprKind::Pass(inner) => in_expr(inner, visit),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Assign(a, b) => {
            in_expr(a, visit);
            in_expr(b, visit);
        }
        ExprKind::Conditional { cond, then, otherwise } => {
            in_expr(cond, visit);
            each_expr(then, visit);
            each_expr(otherwise, visit);
        }
        ExprKind::Match { subject, arms } => {
            subject.iter().for_each(|subject| in_expr(subject, visit));
            arms.iter().for_each(|arm| each_expr(&arm.body, visit));
        }
        ExprKind::List(parts) | ExprKind::Interpolated(parts) | ExprKind::Opaque(parts) => {
            parts.iter().for_each(|part| in_expr(part, visit));
        }
        ExprKind::Record { fields, base, .. } => {
            fields.iter().map(|(_, part)| part).chain(base.as_deref()).for_each(|part| in_expr(part, visit));
        }
        ExprKind::Map(pairs) => pairs.iter().flat_map(|(k, v)| [k, v]).for_each(|part| in_expr(part, visit)),
        ExprKind::Closure(function) => each_expr(&function.body, visit),
        ExprKind::Block(block) => each_expr(block, visit),
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Text(_) | ExprKind::Bool(_) | ExprKind::Null => {}
        ExprKind::Name(_) | ExprKind::Receiver => {}
    }
}
