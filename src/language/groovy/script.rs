//! What statements mean beyond their syntax: conditions of Spock's specifications, constants of Gradle's scripts.

use super::{Arg, Binding, Expr, ExprKind, Lowering, Module, Node, Pattern, Stmt, asserted};
use crate::language::ir::{BinaryOp, Global};
use crate::language::tree::Scope;

/// How many statements a label is looked for above one.
const ABOVE: usize = 40;

/// An expression statement.
pub(super) fn statement(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(inner) = lowering.children(node).first().copied() else { return };
    if lowering.scope() != Scope::Function && constants(lowering, inner, out) {
        return;
    }
    let before = out.len();
    lowering.stmt(inner, out);
    if let [Stmt { kind: super::StmtKind::Expr(value), span }] = &mut out[before..] {
        *span = lowering.span(node);
        build_field(&mut lowering.module, value);
        if is_condition(lowering, node) && claims(value) {
            let claim = std::mem::replace(value, Expr::opaque(*span));
            *value = asserted(lowering, node, vec![Arg { name: None, value: claim }]);
        }
    }
}

/// Whether a statement stands in the `then:` or `expect:` part of a specification, where each claims something.
fn is_condition(lowering: &Lowering<'_>, node: Node<'_>) -> bool {
    let mut at = Some(node);
    for _ in 0..ABOVE {
        let Some(node) = at else { return false };
        let labeled = node.parent().filter(|parent| parent.kind() == "labeled_statement");
        let labeled = labeled.or(Some(node).filter(|node| node.kind() == "labeled_statement"));
        match labeled.and_then(|labeled| lowering.field(labeled, "label")).map(|label| lowering.text(label)) {
            Some("then" | "expect") => return true,
            None | Some("and") => {}
            Some(_) => return false,
        }
        at = labeled.unwrap_or(node).prev_named_sibling();
    }
    false
}

/// Whether a statement there claims something: a comparison, a call, a property, but no text, no assignment, and none
/// of how often something is called (`1 * mail.send(_)`).
fn claims(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Text(_) | ExprKind::Assign(..) | ExprKind::Closure(_) | ExprKind::Interpolated(_) => false,
        ExprKind::Binary(BinaryOp::Multiply | BinaryOp::ShiftRight | BinaryOp::BitOr, ..) => false,
        ExprKind::Call { callee, .. } => !matches!(&callee.kind, ExprKind::Name(path) if path.len() == 1),
        _ => true,
    }
}

/// `ext.name = value` and `ext { name = value }` outside functions declare constants; says whether it is one of these.
fn constants(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
    match node.kind() {
        "assignment_expression" => {
            let (Some(left), Some(right)) = (lowering.field(node, "left"), lowering.field(node, "right")) else {
                return false;
            };
            let (Some(base), Some(name)) = (lowering.field(left, "object"), lowering.field(left, "field")) else {
                return false;
            };
            if !is_extension(lowering, base) {
                return false;
            }
            let value = Some(lowering.expr(right));
            let pattern = Pattern::Bind(lowering.text(name).to_owned());
            let span = lowering.span(node);
            lowering.bind(Binding { value, fixed: true, ..Binding::of(pattern, span) }, out);
            true
        }
        "method_invocation" => {
            let function = lowering.field(node, "function").filter(|function| is_extension(lowering, *function));
            let list = lowering.field(node, "arguments").map(|list| lowering.children(list)).unwrap_or_default();
            let (Some(_), [closure]) = (function, list.as_slice()) else { return false };
            if closure.kind() != "closure" {
                return false;
            }
            let body = lowering.children(*closure);
            lowering.stmts(body, out);
            true
        }
        _ => false,
    }
}

/// `ext`, `project.ext`.
fn is_extension(lowering: &Lowering<'_>, node: Node<'_>) -> bool {
    let text = lowering.text(node);
    text == "ext" || text.ends_with(".ext") && !text.contains(['(', '\n'])
}

/// `buildConfigField 'long', 'NAME', 'value'` is a constant of the class that the build generates, whose value is what
/// the text says in Java.
fn build_field(module: &mut Module, value: &Expr) {
    let ExprKind::Call { callee, args } = &value.kind else { return };
    if !matches!(&callee.kind, ExprKind::Name(path) if path.len() == 1 && path[0] == "buildConfigField") {
        return;
    }
    let [ty, name, held] = args.as_slice() else { return };
    let (Some(ty), Some(name), Some(code)) = (text(&ty.value), text(&name.value), text(&held.value)) else { return };
    let code = code.trim();
    let quoted = code.strip_prefix('"').and_then(|code| code.strip_suffix('"')).filter(|code| !code.contains('\\'));
    let kind = match (quoted, code.trim_end_matches(['L', 'l']).replace('_', "").parse()) {
        (Some(text), _) => ExprKind::Text(text.to_owned()),
        (None, Ok(number)) => ExprKind::Int(number),
        _ => return,
    };
    module.globals.push(Global {
        name: name.to_owned(),
        owner: Some("BuildConfig".to_owned()),
        ty: Some(ty.to_owned()),
        value: Some(Expr::new(kind, held.value.span)),
        span: value.span,
    });
}

fn text(value: &Expr) -> Option<&str> {
    match &value.kind {
        ExprKind::Text(text) => Some(text),
        _ => None,
    }
}
