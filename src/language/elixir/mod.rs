//! Elixir. Nearly everything is a call: modules and functions are in [`module`], branches and other calls with blocks
//! in [`form`], operators, pipes and captures in [`operator`], what is matched in [`pattern`].
//!
//! Three things are written as what they are elsewhere, so that the engine need not know them: `{:ok, x}` and
//! `{:error, x}` are `Ok(x)` and `Err(x)`; `:lt`, `:eq` and `:gt`, which comparisons give, are −1, 0 and 1; a module's
//! attribute is a constant of the module, called `@name`.

use super::ir::{Arg, Expr, ExprKind, Module, Path};
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, parsers};

mod form;
mod module;
mod operator;
mod pattern;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    exported: |lowering, node, _| !lowering.text(node).starts_with("defp"),
    tail_values: true,
    arms_bind: true,
    tests: &[],
    ..Dialect::of(parsers::elixir, &[SHAPES])
});

/// Lowers an Elixir file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    ("identifier", expr_with(name)),
    ("alias", expr_with(module_name)),
    ("boolean", expr_with(boolean)),
    ("char", character()),
    ("atom", expr_with(atom)),
    ("quoted_atom", opaque()),
    ("string", text(Escapes::Backslash)),
    ("charlist", text(Escapes::Backslash)),
    ("quoted_content", text_part()),
    ("interpolation", pass("#0")),
    ("sigil", expr_with(sigil)),
    ("list", expr_with(list)),
    ("keywords", expr_with(record)),
    ("tuple", expr_with(tuple)),
    ("map", expr_with(map)),
    ("bitstring", opaque()),
    ("block", block("*")),
    ("body", block("*")),
    ("access_call", index("target", "key")),
    ("dot", expr_with(form::member)),
    ("call", stmt_with(form::call)),
    ("binary_operator", stmt_with(operator::binary)),
    ("unary_operator", stmt_with(operator::unary)),
    ("anonymous_function", expr_with(form::function)),
];

/// A name; `__MODULE__` is the module around.
fn name(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let kind = match (lowering.text(node), lowering.owner()) {
        ("__MODULE__", Some(owner)) => ExprKind::Name(owner.split("::").map(str::to_owned).collect()),
        (text, _) => ExprKind::Name(vec![text.to_owned()]),
    };
    lowering.at(node, kind)
}

/// `A.B`.
fn module_name(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    lowering.at(node, ExprKind::Name(segments(lowering.text(node))))
}

/// The segments of a module's name.
fn segments(text: &str) -> Path {
    text.split('.').map(|segment| segment.trim().to_owned()).collect()
}

fn boolean(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    lowering.at(node, ExprKind::Bool(lowering.text(node) == "true"))
}

/// `:name`.
fn atom(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let kind = match lowering.text(node).trim_start_matches(':') {
        "lt" => ExprKind::Int(-1),
        "eq" => ExprKind::Int(0),
        "gt" => ExprKind::Int(1),
        other => ExprKind::Text(other.to_owned()),
    };
    lowering.at(node, kind)
}

/// `~D[2025-06-01]` is a call of `sigil_D`, as it is for Elixir; `~s` and `~w` are texts.
fn sigil(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = lowering.child_of(node, "sigil_name").map(|name| lowering.text(name)).unwrap_or_default();
    let content = lowering.child_of(node, "quoted_content").map(|content| lowering.text(content)).unwrap_or_default();
    let text = |text: &str| lowering.at(node, ExprKind::Text(text.to_owned()));
    let kind = match name {
        "s" | "S" | "c" | "C" => return text(content),
        "w" | "W" => ExprKind::List(content.split_whitespace().map(text).collect()),
        "D" | "N" | "U" | "T" => {
            let callee = Box::new(Expr::name(format!("sigil_{name}"), lowering.span(node)));
            ExprKind::Call { callee, args: vec![Arg { name: None, value: text(content) }] }
        }
        _ => ExprKind::Opaque(Vec::new()),
    };
    lowering.at(node, kind)
}

/// `[a, b]`; `[a: 1]` is a record.
fn list(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    if let [only] = parts.as_slice()
        && only.kind() == "keywords"
    {
        return record(lowering, *only);
    }
    let items = parts.into_iter().map(|part| lowering.expr(part)).collect();
    lowering.at(node, ExprKind::List(items))
}

/// `a: 1, b: 2`.
fn record(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let fields = pairs(lowering, node).into_iter().map(|(key, value)| (key, lowering.expr(value))).collect();
    lowering.at(node, ExprKind::Record { ty: None, fields, base: None })
}

/// The keys and values of `a: 1, b: 2`.
fn pairs<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<(String, Node<'t>)> {
    let pair = |pair: Node<'t>| {
        let (key, value) = (pair.child_by_field_name("key")?, pair.child_by_field_name("value")?);
        let key = lowering.text(key).trim_end().trim_end_matches(':').trim_matches('"');
        Some((key.to_owned(), value))
    };
    lowering.children(node).into_iter().filter_map(pair).collect()
}

/// `{a, b}`; `{:ok, a}` is `Ok(a)`.
fn tuple(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    if let Some((result, value)) = result(lowering, &parts) {
        let callee = Box::new(Expr::name(result, lowering.span(node)));
        let args = vec![Arg { name: None, value: lowering.expr(value) }];
        return lowering.at(node, ExprKind::Call { callee, args });
    }
    let items = parts.into_iter().map(|part| lowering.expr(part)).collect();
    lowering.at(node, ExprKind::List(items))
}

/// What a tuple's parts say of how something went.
fn result<'t>(lowering: &Lowering<'_>, parts: &[Node<'t>]) -> Option<(&'static str, Node<'t>)> {
    let [first, value] = parts else { return None };
    match lowering.text(*first) {
        ":ok" => Some(("Ok", *value)),
        ":error" => Some(("Err", *value)),
        _ => None,
    }
}

/// `%{a: 1}`, `%T{a: 1}`, `%{old | a: 1}`, `%{"a" => 1}`.
fn map(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let ty = lowering.child_of(node, "struct").map(|ty| segments(lowering.text(ty)));
    let content = lowering.child_of(node, "map_content").map(|content| lowering.children(content));
    let (mut fields, mut entries, mut base) = (Vec::new(), Vec::new(), None);
    for part in content.unwrap_or_default() {
        let (left, right) = (lowering.field(part, "left"), lowering.field(part, "right"));
        match (part.kind(), left, right) {
            ("binary_operator", Some(old), Some(new)) if new.kind() == "keywords" => {
                base = Some(Box::new(lowering.expr(old)));
                fields.extend(pairs(lowering, new));
            }
            ("binary_operator", Some(key), Some(value)) => {
                let key = lowering.expr(key);
                entries.push((key, lowering.expr(value)));
            }
            ("keywords", ..) => fields.extend(pairs(lowering, part)),
            _ => {}
        }
    }
    let span = lowering.span(node);
    let fields: Vec<(String, Expr)> = fields.into_iter().map(|(key, value)| (key, lowering.expr(value))).collect();
    let kind = if entries.is_empty() {
        ExprKind::Record { ty, fields, base }
    } else {
        entries.extend(fields.into_iter().map(|(key, value)| (Expr::new(ExprKind::Text(key), span), value)));
        ExprKind::Map(entries)
    };
    lowering.at(node, kind)
}

#[cfg(test)]
mod tests;
