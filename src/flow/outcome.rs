//! What a path does, as far as its own text tells: the raw material of an effect.

use crate::finding::{Severity, Span};
use crate::language::ir::{Arg, Block, Expr, ExprKind, Stmt, StmtKind};
use crate::language::models::{Calls, Index};

use super::facts::Outcome;

mod reply;

/// What running `block` does or may do, worst first; `None` if it is empty.
pub fn of_block(block: &Block, models: &Index) -> Option<Outcome> {
    let stmts = block.stmts.iter().filter_map(|stmt| of_stmt(stmt, models));
    let value = block.value.iter().filter_map(|value| of_value(value, models));
    worst(stmts.chain(value))
}

/// Whether control never reaches the block's end.
pub fn diverges(block: &Block, models: &Index) -> bool {
    block.stmts.iter().any(|stmt| stmt_diverges(stmt, models))
        || block.value.as_deref().is_some_and(|v| expr_diverges(v, models))
}

/// Whether control never comes behind the statement.
pub fn stmt_diverges(stmt: &Stmt, models: &Index) -> bool {
    match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Jump => true,
        StmtKind::Expr(expr) => expr_diverges(expr, models),
        StmtKind::If { then, otherwise, .. } => diverges(then, models) && diverges(otherwise, models),
        StmtKind::Block(block) => diverges(block, models),
        StmtKind::Try { body, handlers, finally } => {
            diverges(finally, models) || (diverges(body, models) && handlers.iter().all(|h| diverges(h, models)))
        }
        StmtKind::Let { .. } | StmtKind::Loop { .. } => false,
    }
}

fn expr_diverges(expr: &Expr, models: &Index) -> bool {
    match &expr.kind {
        ExprKind::Call { callee, .. } => {
            callee_path(callee).is_some_and(|path| matches!(models.call_kind(&path), Some(Calls::Exit | Calls::Throw)))
        }
        ExprKind::Block(block) => diverges(block, models),
        ExprKind::Conditional { then, otherwise, .. } => diverges(then, models) && diverges(otherwise, models),
        ExprKind::Pass(inner) => expr_diverges(inner, models),
        _ => false,
    }
}

/// The path that a callee or name spells, `a.b.c` and `a::b::c` alike.
pub fn callee_path(expr: &Expr) -> Option<Vec<String>> {
    match &expr.kind {
        ExprKind::Name(path) => Some(path.clone()),
        ExprKind::Field(base, name) => {
            let mut path = callee_path(base)?;
            path.push(name.clone());
            Some(path)
        }
        ExprKind::Pass(inner) => callee_path(inner),
        _ => None,
    }
}

/// The same for what is only told: what is called without arguments on the way is as good as a name (`Rails.logger.warn`).
fn told_path(callee: &Expr) -> Option<Vec<String>> {
    match &callee.kind {
        ExprKind::Field(base, name) => {
            let mut path = told_path(base)?;
            path.push(name.clone());
            Some(path)
        }
        ExprKind::Call { callee, args } if args.is_empty() => told_path(callee),
        ExprKind::Pass(inner) => told_path(inner),
        _ => callee_path(callee),
    }
}

/// The worst of what is done, in words; who is sent elsewhere before the program ends is told so.
fn worst(outcomes: impl Iterator<Item = Outcome>) -> Option<Outcome> {
    outcomes.reduce(|worst, next| match next.severity > worst.severity {
        true if next.severity == Severity::Exits && worst.text.starts_with(reply::REDIRECTS) => {
            Outcome { severity: next.severity, ..worst }
        }
        true => next,
        false => worst,
    })
}

fn outcome(severity: Severity, text: impl Into<String>, span: Span) -> Option<Outcome> {
    Some(Outcome { severity, text: text.into(), span })
}

/// What running a statement does or may do.
pub fn of_stmt(stmt: &Stmt, models: &Index) -> Option<Outcome> {
    match &stmt.kind {
        StmtKind::Return(None) => outcome(Severity::Changes, "returns early", stmt.span),
        StmtKind::Return(Some(value)) => of_return(value, stmt.span, models),
        StmtKind::Throw(value) => {
            let what = value.as_ref().and_then(name_of).map_or("throws".to_owned(), |name| format!("throws {name}"));
            outcome(Severity::Refuses, what, stmt.span)
        }
        StmtKind::Expr(expr) => of_value(expr, models),
        StmtKind::If { then, otherwise, .. } => {
            worst(of_block(then, models).into_iter().chain(of_block(otherwise, models)))
        }
        StmtKind::Block(block) => of_block(block, models),
        StmtKind::Try { body, .. } => of_block(body, models),
        StmtKind::Loop { over: None, cond, body, .. } if is_endless(cond.as_ref(), body) => {
            outcome(Severity::Refuses, "hangs in a loop", stmt.span)
        }
        StmtKind::Loop { body, .. } => of_block(body, models),
        StmtKind::Let { value: Some(value), .. } => of_value(value, models).filter(|o| o.severity > Severity::Changes),
        StmtKind::Jump => outcome(Severity::Changes, "leaves the loop", stmt.span),
        StmtKind::Let { .. } => None,
    }
}

/// Whether a loop is there to stop all: `while (1);`, `while (true) { delay(100); }`.
fn is_endless(cond: Option<&Expr>, body: &Block) -> bool {
    const WAITS: usize = 2;
    let holds = cond.is_none_or(|cond| match &cond.kind {
        ExprKind::Bool(truth) => *truth,
        ExprKind::Int(n) => *n != 0,
        _ => false,
    });
    let waits = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Expr(expr) => matches!(expr.kind, ExprKind::Call { .. } | ExprKind::Opaque(_)),
        StmtKind::Block(block) => block.is_empty(),
        _ => false,
    };
    holds && body.value.is_none() && body.stmts.len() <= WAITS && body.stmts.iter().all(waits)
}

fn of_value(expr: &Expr, models: &Index) -> Option<Outcome> {
    match &expr.kind {
        ExprKind::Call { .. } => of_call(expr, models),
        ExprKind::Assign(target, value) => {
            let target = name_of(target)?;
            if let (ExprKind::Text(to), "href" | "location") = (&value.kind, target.as_str()) {
                return outcome(Severity::Refuses, format!("redirects to {}", clip(to)), expr.span);
            }
            // A text that warns is what it says.
            let warns =
                ["warning", "warnings", "notice", "hint"].iter().any(|end| target.to_lowercase().ends_with(end));
            if warns && !matches!(value.kind, ExprKind::Bool(_)) {
                return outcome(Severity::LogsOnly, format!("sets {target}"), expr.span);
            }
            let value = name_of(value).map_or(String::new(), |v| format!(" to {v}"));
            outcome(Severity::Changes, format!("sets {target}{value}"), expr.span)
        }
        ExprKind::Block(block) => of_block(block, models),
        ExprKind::Pass(inner) => of_value(inner, models),
        ExprKind::Conditional { then, otherwise, .. } => {
            worst(of_block(then, models).into_iter().chain(of_block(otherwise, models)))
        }
        // A jump out of one is where its arm ends.
        ExprKind::Match { arms, .. } => {
            let done = arms.iter().flat_map(|arm| {
                let stmts = arm.body.stmts.iter().filter(|stmt| !matches!(stmt.kind, StmtKind::Jump));
                let value = arm.body.value.iter().filter_map(|value| of_value(value, models));
                stmts.filter_map(|stmt| of_stmt(stmt, models)).chain(value)
            });
            worst(done)
        }
        ExprKind::Name(_)
        | ExprKind::Bool(_)
        | ExprKind::Null
        | ExprKind::Int(_)
        | ExprKind::Unary(..)
        | ExprKind::Field(..)
        | ExprKind::Text(_)
        | ExprKind::New { .. } => of_return(expr, expr.span, models),
        _ => None,
    }
}

/// What a call does, by what the models say of its name or by the name itself.
fn of_call(expr: &Expr, models: &Index) -> Option<Outcome> {
    let ExprKind::Call { callee, args } = &expr.kind else { return None };
    if let Some(told) = reply::told(expr, models) {
        return outcome(Severity::Refuses, told, expr.span);
    }
    let path = told_path(callee);
    let shown = path.as_deref().map(shown).or_else(|| name_of(callee)).unwrap_or_default();
    match path.as_deref().and_then(|path| models.call_kind(path)) {
        Some(Calls::Exit) => outcome(Severity::Exits, format!("exits ({shown})"), expr.span),
        Some(Calls::Throw) => outcome(Severity::Refuses, format!("fails ({shown})"), expr.span),
        Some(Calls::Log) => outcome(Severity::LogsOnly, format!("logs ({shown})"), expr.span),
        _ if is_failure(&shown) && args.len() <= 2 => {
            outcome(Severity::Refuses, format!("gives {}", name_of(expr).unwrap_or(shown)), expr.span)
        }
        _ if matches!(shown.as_str(), "Ok" | "Some") => by_name(expr, expr.span, models),
        _ => outcome(Severity::Changes, format!("calls {shown}"), expr.span),
    }
}

/// A returned value says by its name whether it refuses: `false`, a negative code, `Err(…)`, `LICENSE_EXPIRED`.
fn of_return(value: &Expr, span: Span, models: &Index) -> Option<Outcome> {
    if matches!(value.kind, ExprKind::Call { .. })
        && let Some(done) = of_value(value, models)
        && (done.severity == Severity::Exits || reply::told(value, models).is_some())
    {
        return Some(done);
    }
    by_name(value, span, models)
}

fn by_name(value: &Expr, span: Span, models: &Index) -> Option<Outcome> {
    // Of several results, one that is an error tells.
    let failure = match &value.kind {
        ExprKind::List(items) => items
            .iter()
            .rfind(|item| reply::error_text(item).is_some() || name_of(item).as_deref().is_some_and(is_failure)),
        _ => None,
    };
    let value = failure.unwrap_or(value);
    let name = match (&value.kind, &models.models.nothing) {
        (ExprKind::Null, Some(nothing)) => Some(nothing.clone()),
        (ExprKind::Text(text), _) if text.starts_with("redirect:") => {
            return outcome(Severity::Refuses, format!("redirects to {}", clip(&text[9..])), span);
        }
        _ => reply::error_text(value).or_else(|| name_of(value)),
    };
    let refuses = match &value.kind {
        ExprKind::Bool(false) | ExprKind::Null => true,
        ExprKind::Unary(crate::language::ir::UnaryOp::Negate, inner) => matches!(inner.kind, ExprKind::Int(_)),
        _ => name.as_deref().is_some_and(is_failure),
    };
    let severity = if refuses { Severity::Refuses } else { Severity::Changes };
    outcome(severity, name.map_or("returns early".to_owned(), |name| format!("returns {name}")), span)
}

/// A name that means refusal.
pub fn is_failure(name: &str) -> bool {
    const WORDS: [&str; 17] = [
        "err",
        "error",
        "expired",
        "invalid",
        "denied",
        "deny",
        "forbid",
        "unauthorized",
        "refuse",
        "fail",
        "abort",
        "reject",
        "unavailable",
        "disabled",
        "exception",
        "block",
        "kill",
    ];
    let lower = name.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

fn shown(path: &[String]) -> String {
    path.join("::")
}

/// A short way to say an expression.
pub fn name_of(expr: &Expr) -> Option<String> {
    Some(match &expr.kind {
        ExprKind::Name(path) => path.last()?.clone(),
        ExprKind::Field(_, name) => name.clone(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Int(n) => n.to_string(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::Text(text) => format!("\"{}\"", clip(text)),
        ExprKind::Unary(crate::language::ir::UnaryOp::Negate, inner) => format!("-{}", name_of(inner)?),
        ExprKind::Unary(crate::language::ir::UnaryOp::Not, inner) => format!("!{}", name_of(inner)?),
        ExprKind::Pass(inner) | ExprKind::Cast(_, inner) => name_of(inner)?,
        ExprKind::New { ty, args } => match args.as_slice() {
            [Arg { value: Expr { kind: ExprKind::Text(text), .. }, .. }] => {
                format!("{}(\"{}\")", ty.last()?, clip(text))
            }
            _ => ty.last()?.clone(),
        },
        ExprKind::Record { ty: Some(ty), .. } => ty.last()?.clone(),
        ExprKind::Call { callee, args } => {
            let name = name_of(callee)?;
            match args.as_slice() {
                [] => format!("{name}()"),
                [only] => name_of(&only.value).map_or_else(|| format!("{name}(…)"), |arg| format!("{name}({arg})")),
                _ => format!("{name}(…)"),
            }
        }
        _ => return None,
    })
}

fn clip(text: &str) -> String {
    let mut clipped: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    if text.chars().count() > 40 {
        clipped.push('…');
    }
    clipped
}
