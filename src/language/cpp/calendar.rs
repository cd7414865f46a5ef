//! Dates that `<chrono>` writes with slashes, `2025y/June/1`, as the construction that they are: `year_month_day(…)`.

use crate::calendar::MONTHS;
use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind};

/// What a part of a date is, by how it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    /// A number: whichever is missing.
    Number,
}

/// The date that an expression is, if it is one; else the expression. Its first part decides the order, and has a type.
pub(super) fn dated(value: Expr) -> Expr {
    let ExprKind::Binary(BinaryOp::Divide, rest, _) = &value.kind else { return value };
    let ExprKind::Binary(BinaryOp::Divide, ..) = &rest.kind else { return value };
    let span = value.span;
    let ExprKind::Binary(op, rest, third) = value.kind else { return value };
    let ExprKind::Binary(inner, first, second) = rest.kind else {
        return Expr::new(ExprKind::Binary(op, rest, third), span);
    };
    let kinds = [part(&first), part(&second), part(&third)];
    let fits = |kinds: [Option<Part>; 3], order: [Part; 3]| {
        kinds[0] == Some(order[0])
            && kinds
                .iter()
                .zip(order)
                .skip(1)
                .all(|(kind, part)| matches!(kind, Some(kind) if [part, Part::Number].contains(kind)))
    };
    let parts = if fits(kinds, [Part::Year, Part::Month, Part::Day]) {
        [first, second, third]
    } else if fits(kinds, [Part::Month, Part::Day, Part::Year]) {
        [third, first, second]
    } else if fits(kinds, [Part::Day, Part::Month, Part::Year]) {
        [third, second, first]
    } else {
        let rest = Box::new(Expr::new(ExprKind::Binary(inner, first, second), rest.span));
        return Expr::new(ExprKind::Binary(op, rest, third), span);
    };
    let args = parts.into_iter().map(|part| Arg { name: None, value: *part }).collect();
    Expr::new(ExprKind::Call { callee: Box::new(Expr::name("year_month_day", span)), args }, span)
}

fn part(value: &Expr) -> Option<Part> {
    match &value.kind {
        ExprKind::Int(_) => Some(Part::Number),
        ExprKind::Name(path) => is_month(path.last()?).then_some(Part::Month),
        ExprKind::Call { callee, args } if args.len() == 1 => match &callee.kind {
            ExprKind::Name(path) => typed(path),
            _ => None,
        },
        ExprKind::New { ty, args } if args.len() == 1 => typed(ty),
        _ => None,
    }
}

/// `June`, or `jun` as the library that it came from also has it.
fn is_month(name: &str) -> bool {
    let short = |month: &str| month.get(..3).is_some_and(|short| name == short.to_ascii_lowercase());
    MONTHS.iter().any(|month| name == *month || short(month))
}

fn typed(path: &[String]) -> Option<Part> {
    match path.last()?.as_str() {
        "y" | "year" => Some(Part::Year),
        "month" => Some(Part::Month),
        "d" | "day" => Some(Part::Day),
        _ => None,
    }
}
