//! What a file takes from others: `import`, `require` and `import()`, all lowered to the same imports and names.
//!
//! A module goes by the last part of its source (`./lib/license.js` → `license`, `date-fns/isAfter` → `date-fns`,
//! `isAfter`), which is how a file is found by its name and a package by its models.

use super::compiled;
use crate::finding::Span;
use crate::language::ir::{Arg, Expr, ExprKind, Path, Pattern, Stmt};
use crate::language::tree::{Lowering, Node};

/// A call. `require("x")` and `import("x")` are the module itself.
pub(super) fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if let Some(path) = required(lowering, node) {
        return lowering.at(node, ExprKind::Name(path));
    }
    let Some(function) = lowering.field(node, "function") else { return lowering.opaque(node) };
    let callee = Box::new(lowering.expr(compiled::callee(lowering, function)));
    let args = match lowering.field(node, "arguments") {
        Some(list) if list.kind() == "arguments" => lowering.args(list),
        Some(template) => vec![Arg { name: None, value: lowering.expr(template) }],
        None => Vec::new(),
    };
    lowering.at(node, ExprKind::Call { callee, args })
}

/// The module that `require("x")` or `import("x")` names.
pub(super) fn required(lowering: &Lowering<'_>, node: Node<'_>) -> Option<Path> {
    let function = lowering.field(node, "function")?;
    if !matches!(lowering.text(function), "require" | "import" | "__webpack_require__") {
        return None;
    }
    let list = lowering.field(node, "arguments")?;
    match lowering.children(list).as_slice() {
        [source] if source.kind() == "string" => Some(source_path(lowering.text(*source))),
        _ => None,
    }
}

/// `name(value)`, for what the language does without saying so.
pub(super) fn called(name: &str, value: Expr, span: Span) -> ExprKind {
    let callee = Box::new(Expr::name(name, span));
    ExprKind::Call { callee, args: vec![Arg { name: None, value }] }
}

/// `Object.keys(value)`.
pub(super) fn keys_of(value: Expr) -> Expr {
    let span = value.span;
    let object = Box::new(Expr::name("Object", span));
    let callee = Box::new(Expr::new(ExprKind::Field(object, "keys".to_owned()), span));
    Expr::new(ExprKind::Call { callee, args: vec![Arg { name: None, value }] }, span)
}

/// The name that a source goes by.
fn source_path(quoted: &str) -> Path {
    let source = quoted.trim_matches(['"', '\'', '`']);
    let plain = source.strip_prefix("node:").unwrap_or(source);
    // A bundler knows where the package lies.
    let plain = plain.rsplit_once("node_modules/").map_or(plain, |(_, package)| package);
    let is_package = !plain.starts_with(['.', '/']);
    let parts = plain.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "index" | "index.js" | "index.ts"));
    let parts: Vec<&str> = parts.filter(|part| !part.starts_with('@') || !is_package).collect();
    let kept = if is_package { &parts[..] } else { &parts[parts.len().saturating_sub(1)..] };
    let mut path: Path = kept.iter().map(|part| (*part).to_owned()).collect();
    if let Some(last) = path.last_mut() {
        for ending in [".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".vue", ".svelte"] {
            if let Some(stem) = last.strip_suffix(ending) {
                *last = stem.to_owned();
                break;
            }
        }
    }
    if path.is_empty() { vec!["index".to_owned()] } else { path }
}

/// `import a, { b as c }, * as d from "x"`.
pub(super) fn import(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let clause = lowering.child_of(node, "import_require_clause");
    let source = lowering.field(clause.unwrap_or(node), "source");
    let Some(path) = source.map(|source| source_path(lowering.text(source))) else { return };
    if let Some(alias) = clause.and_then(|clause| lowering.child_of(clause, "identifier")) {
        let alias = lowering.text(alias).to_owned();
        lowering.import(Some(alias), path);
        return;
    }
    let Some(clause) = lowering.child_of(node, "import_clause") else { return };
    for part in lowering.children(clause) {
        match part.kind() {
            // A default export goes by its module.
            "identifier" => {
                let alias = lowering.text(part).to_owned();
                lowering.import(Some(alias), path.clone());
            }
            "namespace_import" => {
                if let Some(alias) = lowering.child_of(part, "identifier") {
                    let alias = lowering.text(alias).to_owned();
                    lowering.import(Some(alias), path.clone());
                }
            }
            _ => {
                for specifier in lowering.children(part) {
                    specified(lowering, specifier, &path);
                }
            }
        }
    }
}

/// `a` or `a as b` in braces.
fn specified(lowering: &mut Lowering<'_>, node: Node<'_>, module: &Path) {
    let Some(name) = lowering.field(node, "name").map(|name| lowering.text(name)) else { return };
    let alias = lowering.field(node, "alias").map_or(name, |alias| lowering.text(alias));
    let mut path = module.clone();
    if name != "default" {
        path.push(name.to_owned());
    }
    lowering.import(Some(alias.to_owned()), path);
}

/// `export …`: the declaration in it stands for itself; what is taken from elsewhere to be handed on is an import.
pub(super) fn export(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    if let Some(declaration) = lowering.field(node, "declaration") {
        lowering.stmt(declaration, out);
    } else if let Some(value) = lowering.field(node, "value") {
        let value = lowering.expr(value);
        let value = super::exports::as_default(value);
        out.push(lowering.effect(value));
    } else if let Some(path) = lowering.field(node, "source").map(|source| source_path(lowering.text(source)))
        && let Some(clause) = lowering.child_of(node, "export_clause")
    {
        for specifier in lowering.children(clause) {
            specified(lowering, specifier, &path);
        }
    }
}

/// `const a = require("x")`, `const { b, c: d } = require("x")`, `const e = require("x").f`: an import, wherever it stands.
pub(super) fn require_import(lowering: &mut Lowering<'_>, declarator: Node<'_>) -> bool {
    let (Some(name), Some(mut value)) = (lowering.field(declarator, "name"), lowering.field(declarator, "value"))
    else {
        return false;
    };
    let mut members = Path::new();
    while let ("member_expression", Some(object)) = (value.kind(), lowering.field(value, "object")) {
        members.extend(lowering.field(value, "property").map(|property| lowering.text(property).to_owned()));
        value = object;
    }
    value = compiled::module(lowering, value);
    if value.kind() != "call_expression" {
        return false;
    }
    let Some(mut path) = required(lowering, value) else { return false };
    path.extend(members.into_iter().rev());
    match lowering.pattern(name) {
        Pattern::Bind(alias) => lowering.import(Some(alias), path),
        Pattern::Fields(_, parts) => {
            for (name, part) in parts {
                if let Pattern::Bind(alias) = part {
                    lowering.import(Some(alias), path.iter().cloned().chain([name]).collect());
                }
            }
        }
        _ => return false,
    }
    true
}
