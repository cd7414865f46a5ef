//! Declarations of PHP that are written as calls, or that declare two things at once.

use crate::language::ir::{Arg, Expr, ExprKind, Pattern, Stmt};
use crate::language::tree::{Lowering, Node};

/// A call. `define('NAME', value)` is a constant.
pub(super) fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(function) = lowering.field(node, "function") else { return lowering.opaque(node) };
    let mut args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    if lowering.text(function).eq_ignore_ascii_case("define")
        && let [first, value, ..] = args.as_mut_slice()
        && let ExprKind::Text(name) = &first.value.kind
    {
        let value = std::mem::replace(&mut value.value, Expr::new(ExprKind::Null, first.value.span));
        let (name, span) = (name.clone(), lowering.span(node));
        lowering.at_file_level(|lowering| lowering.global(Pattern::Bind(name), None, Some(value), span));
        return lowering.at(node, ExprKind::Null);
    }
    let mut callee = lowering.expr(function);
    if function.kind() != "name" && matches!(callee.kind, ExprKind::Name(_)) && lowering.text(function).starts_with('$')
    {
        // What a variable holds is called.
        callee = lowering.at(function, ExprKind::Pass(Box::new(callee)));
    }
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// `require __DIR__ . '/x.php'`: the file's name is the last text in it. What the file returns is its value.
pub(super) fn include(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut open = vec![node];
    while let Some(next) = open.pop() {
        if matches!(next.kind(), "string" | "encapsed_string") {
            let path = lowering.text(next).trim_matches(['"', '\'', '/']).to_owned();
            lowering.module.includes.push(path.clone());
            let path = lowering.at(next, ExprKind::Text(path));
            let callee = Box::new(Expr::name("require", lowering.span(node)));
            return lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: path }] });
        }
        open.extend(lowering.children(next));
    }
    Expr::opaque(lowering.span(node))
}

/// `use A\B as C, D\{E, F as G};`
pub(super) fn imports(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let prefix = lowering.child_of(node, "namespace_name").map(|name| lowering.path(name)).unwrap_or_default();
    let mut clauses = Vec::new();
    for child in lowering.children(node) {
        match child.kind() {
            "namespace_use_clause" => clauses.push(child),
            "namespace_use_group" => clauses.extend(lowering.children(child)),
            _ => {}
        }
    }
    for clause in clauses {
        let Some(name) = lowering.children(clause).first().copied() else { continue };
        let alias = lowering.field(clause, "alias").map(|alias| lowering.text(alias).to_owned());
        let path = prefix.iter().cloned().chain(lowering.path(name)).collect();
        lowering.import(alias, path);
    }
}

/// A method. A constructor's promoted parameters are fields that it fills.
pub(super) fn method(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    lowering.promoting_method(node, |_, param| param.kind() == "property_promotion_parameter", "name");
}
