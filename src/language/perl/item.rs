//! Packages, subroutines, and what is used and required.

use crate::language::ir::{ExprKind, Function, Path, Pattern, Stmt};
use crate::language::tree::{Head, Lowering, Node, Scope};

use super::literal::{items, words_of};
use super::parameters;

/// `package A::B;` holds for what follows; with a block, for the block.
pub(super) fn package(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.field(node, "name") else { return };
    let path = lowering.path(name);
    let outer = std::mem::replace(&mut lowering.module.package, path);
    if let Some(block) = lowering.child_of(node, "block") {
        let items = lowering.children(block);
        lowering.stmts(items, out);
        lowering.module.package = outer;
    }
}

/// The package at hand; `main` has no name.
fn owner(lowering: &Lowering<'_>) -> Path {
    let package = &lowering.module.package;
    if package.as_slice() == ["main"] { Path::new() } else { package.clone() }
}

pub(super) fn subroutine(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let (params, body) = parameters::of(lowering, node);
    let method = params.first().is_some_and(|param| matches!(param.name.as_str(), "self" | "this" | "class"));
    let head = Head {
        name: name.map(|name| lowering.last_name(name)).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params,
        body,
        owner: owner(lowering),
        method: Some(method),
        ..Head::default()
    };
    let function: &mut Function = lowering.define(node, head);
    function.declared_only = false;
}

/// `use constant …` declares; `use A::B qw(f)` brings in `f`.
pub(super) fn uses(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(module) = lowering.field(node, "module") else { return };
    let id = module.id();
    let rest: Vec<Node<'_>> = lowering.children(node).into_iter().filter(|child| child.id() != id).collect();
    if lowering.text(module) == "constant" {
        return constants(lowering, rest);
    }
    let path = lowering.path(module);
    lowering.import(Some("*".to_owned()), path.clone());
    for list in rest.into_iter().filter(|part| part.kind() == "quoted_word_list") {
        for word in words_of(lowering, list) {
            let name = word.trim_start_matches(['$', '@', '%', '&', ':']).to_owned();
            let full = path.iter().cloned().chain([name.clone()]).collect();
            lowering.import(Some(name), full);
        }
    }
}

/// `use constant END => 1;`, `use constant { A => 1, B => 2 };`
fn constants(lowering: &mut Lowering<'_>, nodes: Vec<Node<'_>>) {
    let inner = nodes.into_iter().flat_map(|node| match node.kind() {
        "anonymous_hash_expression" => lowering.children(node),
        _ => vec![node],
    });
    let inner: Vec<Node<'_>> = inner.collect();
    let owned = owner(lowering).join("::");
    for (key, value) in items(lowering, inner) {
        let Some(key) = key else { continue };
        let name = lowering.text(key).trim_matches(['\'', '"']).to_owned();
        let span = lowering.span(key).to(lowering.span(value));
        let value = lowering.expr(value);
        lowering.within(&owned, Scope::Module, |lowering| {
            lowering.global(Pattern::Bind(name), None, Some(value), span);
        });
    }
}

/// `require "file.pl"`, `require A::B`.
pub(super) fn requires(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(what) = node.named_child(0) else { return };
    match what.kind() {
        "bareword" => {
            let path = lowering.path(what);
            lowering.import(Some("*".to_owned()), path);
        }
        _ => {
            if let ExprKind::Text(path) = lowering.expr(what).kind {
                lowering.module.includes.push(path);
            }
        }
    }
}
