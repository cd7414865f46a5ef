//! Commands and pipelines. A command is a call of its name, `-Name value` an argument by keyword (in lower case), and what
//! is piped into it its receiver.

use crate::language::ir::{Arg, Expr, ExprKind};
use crate::language::tree::{Lowering, Node};

use super::expression;

/// `a | b -X c`.
pub(super) fn pipeline(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut piped: Option<Expr> = None;
    for part in lowering.children(node) {
        if part.kind() == "redirections" {
            continue;
        }
        let next = lowering.expr(part);
        piped = Some(match (piped, next) {
            (Some(from), Expr { kind: ExprKind::Call { callee, args }, span }) => {
                let name = match &callee.kind {
                    ExprKind::Name(path) => path.last().cloned().unwrap_or_default(),
                    _ => String::new(),
                };
                let callee = Box::new(Expr::new(ExprKind::Field(Box::new(from), name), callee.span));
                Expr::new(ExprKind::Call { callee, args }, span)
            }
            (Some(from), next) => lowering.at(node, ExprKind::Opaque(vec![from, next])),
            (None, next) => next,
        });
    }
    piped.unwrap_or_else(|| lowering.opaque(node))
}

/// `Name a -B c -D`; `& $block a`; `New-Object T(a)`.
pub(super) fn command(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(name) = lowering.field(node, "command_name") else { return lowering.opaque(node) };
    let elements = lowering.field(node, "command_elements").map(|list| lowering.children(list)).unwrap_or_default();
    let args = arguments(lowering, elements);
    let text = lowering.text(name);
    if text.eq_ignore_ascii_case("New-Object") {
        return creation(lowering, node, args);
    }
    let callee = match name.kind() {
        "command_name" => lowering.at(name, ExprKind::Name(vec![text.to_owned()])),
        _ => match lowering.children(name).first() {
            Some(inner) if inner.kind() == "command_name" => {
                lowering.at(name, ExprKind::Name(vec![lowering.text(*inner).to_owned()]))
            }
            Some(inner) if inner.kind() == "path_command_name" => {
                lowering.at(name, ExprKind::Name(vec![lowering.text(*inner).trim_start_matches('$').to_owned()]))
            }
            Some(inner) => lowering.expr(*inner),
            None => Expr::opaque(lowering.span(name)),
        },
    };
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

fn arguments(lowering: &mut Lowering<'_>, elements: Vec<Node<'_>>) -> Vec<Arg> {
    let mut args: Vec<Arg> = Vec::new();
    let mut keyword: Option<(String, Node<'_>)> = None;
    let flag = |lowering: &Lowering<'_>, keyword: Option<(String, Node<'_>)>| {
        keyword.map(|(name, node)| Arg { name: Some(name), value: lowering.at(node, ExprKind::Bool(true)) })
    };
    for element in elements {
        match element.kind() {
            "command_argument_sep" | "redirection" => {}
            "command_parameter" => {
                args.extend(flag(lowering, keyword.take()));
                let name = lowering.text(element).trim_matches(['-', ':']).to_ascii_lowercase();
                keyword = Some((name, element));
            }
            "argument_list" => args.extend(expression::arguments(lowering, element)),
            _ => {
                let value = lowering.expr(element);
                args.push(Arg { name: keyword.take().map(|(name, _)| name), value });
            }
        }
    }
    args.extend(flag(lowering, keyword));
    args
}

/// `New-Object T(a, b)`, `New-Object -TypeName T -ArgumentList a, b`.
fn creation(lowering: &Lowering<'_>, node: Node<'_>, args: Vec<Arg>) -> Expr {
    let mut ty = Vec::new();
    let mut given = Vec::new();
    for arg in args {
        match (arg.name.as_deref(), arg.value.kind) {
            (None | Some("typename"), ExprKind::Text(name)) if ty.is_empty() => {
                ty = name.split('.').map(str::to_owned).collect();
            }
            (None | Some("argumentlist"), ExprKind::List(items)) => {
                given.extend(items.into_iter().map(|value| Arg { name: None, value }));
            }
            (None | Some("argumentlist"), kind) => {
                given.push(Arg { name: None, value: Expr::new(kind, arg.value.span) });
            }
            _ => {}
        }
    }
    lowering.at(node, ExprKind::New { ty, args: given })
}
