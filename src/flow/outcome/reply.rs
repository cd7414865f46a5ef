//! What whoever asked is told: a redirection, a status, an error with its text.

use crate::language::ir::{Arg, Expr, ExprKind};
use crate::language::models::{Calls, Index};

use super::{clip, name_of, told_path};

/// How it is told that whoever asked is sent elsewhere.
pub(super) const REDIRECTS: &str = "redirects";

/// Calls in a chain that are looked through: `res.status(410).json({…}).end()`.
const CHAIN: usize = 6;

/// What a call answers whoever asked with, in words.
pub(super) fn told(expr: &Expr, models: &Index) -> Option<String> {
    let mut at = expr;
    for _ in 0..CHAIN {
        let ExprKind::Call { callee, args } = &at.kind else { return None };
        let kind = told_path(callee).and_then(|path| models.call_kind(&path).or_else(|| of_headers(&path, args)));
        let said = match kind {
            Some(Calls::Redirect) => Some(redirected(args)),
            Some(Calls::Respond | Calls::Throw | Calls::Exit) => {
                let status = args.iter().find_map(|arg| status(&arg.value));
                status.map(|status| format!("answers requests with {status}"))
            }
            _ => None,
        };
        if said.is_some() {
            return said;
        }
        at = match &callee.kind {
            ExprKind::Field(base, _) => base,
            _ => return None,
        };
    }
    None
}

/// `header("Location: …")`
fn of_headers(path: &[String], args: &[Arg]) -> Option<Calls> {
    let location = args.iter().find_map(|arg| location(&arg.value));
    location.filter(|_| path.last().is_some_and(|name| name == "header")).map(|_| Calls::Redirect)
}

fn redirected(args: &[Arg]) -> String {
    let target = args.iter().find_map(|arg| match &arg.value.kind {
        ExprKind::Text(_) => location(&arg.value).or_else(|| name_of(&arg.value)),
        _ => None,
    });
    let target = target.map(|target| target.trim_matches('"').to_owned());
    target.map_or_else(|| REDIRECTS.to_owned(), |target| format!("{REDIRECTS} to {target}"))
}

fn location(value: &Expr) -> Option<String> {
    let ExprKind::Text(text) = &value.kind else { return None };
    text.strip_prefix("Location:").map(|to| clip(to.trim()))
}

/// A status that is none of success: 300 and above, or by its name.
fn status(value: &Expr) -> Option<String> {
    const NAMES: [&str; 9] = [
        "gone",
        "forbidden",
        "unauthorized",
        "not_found",
        "notfound",
        "unavailable",
        "unprocessable_entity",
        "payment_required",
        "paymentrequired",
    ];
    match &value.kind {
        ExprKind::Int(300..=599) => name_of(value),
        ExprKind::Text(text) => NAMES.contains(&text.to_lowercase().as_str()).then(|| text.to_string()),
        ExprKind::Name(_) | ExprKind::Field(..) => {
            let name = name_of(value)?;
            let lower = name.to_lowercase();
            let bare =
                ["status", "sc_", "http_"].iter().fold(lower.as_str(), |n, front| n.strip_prefix(front).unwrap_or(n));
            let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
            NAMES.iter().any(|known| bare.ends_with(known)).then_some(name)
        }
        ExprKind::Pass(inner) => status(inner),
        _ => None,
    }
}

/// An error that is made of its text: `errors.New("licence over")`.
pub(super) fn error_text(value: &Expr) -> Option<String> {
    let ExprKind::Call { callee, args } = &value.kind else { return None };
    let path = told_path(callee)?;
    let makes = matches!(
        path.iter().rev().map(String::as_str).collect::<Vec<_>>().as_slice(),
        ["New", "errors", ..] | ["Errorf", ..]
    );
    match (makes, &args.first()?.value.kind) {
        (true, ExprKind::Text(text)) => Some(format!("the error \"{}\"", clip(text))),
        _ => None,
    }
}
