//! Modules, their functions, structs and imports.

use super::form::{Given, attempt, examined};
use super::segments;
use crate::language::ir::{Block, Expr, ExprKind, Field, Function, Stmt, TypeDecl};
use crate::language::tree::{Lowering, Node, Scope};

/// `defmodule A.B do … end`.
pub(super) fn module(lowering: &mut Lowering<'_>, given: &Given<'_>) {
    let name = given.args.first().map(|name| segments(lowering.text(*name)).join("::")).unwrap_or_default();
    let items = given.body.clone().unwrap_or_default();
    lowering.within(&name, Scope::Module, |lowering| {
        let mut clauses: Vec<((String, usize), Vec<Node<'_>>)> = Vec::new();
        for item in items {
            let Some(head) = Head::of(lowering, item) else {
                lowering.item(item);
                continue;
            };
            let key = (head.name.to_owned(), head.params.len());
            match clauses.iter_mut().rev().take(SEEN).find(|(known, _)| *known == key) {
                Some((_, nodes)) => nodes.push(item),
                None => clauses.push((key, vec![item])),
            }
        }
        clauses.into_iter().for_each(|(_, nodes)| functions(lowering, &nodes));
    });
}

/// Clauses of a function stand together, but for helpers and default heads between them.
const SEEN: usize = 40;

/// The head of a function's clause.
struct Head<'s, 't> {
    name: &'s str,
    name_node: Node<'t>,
    params: Vec<Node<'t>>,
    guard: Option<Node<'t>>,
}

impl<'s, 't> Head<'s, 't> {
    /// `def f(a, b) when guard`.
    fn of(lowering: &Lowering<'s>, node: Node<'t>) -> Option<Self> {
        let target = lowering.field(node, "target").filter(|_| node.kind() == "call")?;
        if !matches!(lowering.text(target), "def" | "defp" | "defmacro" | "defmacrop") {
            return None;
        }
        let mut head = lowering.children(lowering.child_of(node, "arguments")?).first().copied()?;
        let mut guard = None;
        if head.kind() == "binary_operator" {
            guard = lowering.field(head, "right");
            head = lowering.field(head, "left")?;
        }
        let name_node = lowering.field(head, "target").unwrap_or(head);
        let list = lowering.child_of(head, "arguments").map(|list| lowering.children(list));
        (name_node.kind() == "identifier").then(|| Self {
            name: lowering.text(name_node),
            name_node,
            params: list.unwrap_or_default(),
            guard,
        })
    }
}

/// A function, of one or several clauses.
pub(super) fn functions(lowering: &mut Lowering<'_>, clauses: &[Node<'_>]) {
    let read: Vec<(Head<'_, '_>, Given<'_>)> = clauses
        .iter()
        .filter_map(|node| Some((Head::of(lowering, *node)?, Given::of(lowering, *node))))
        // A head without a body only says what the defaults are.
        .filter(|(_, given)| given.body.is_some())
        .collect();
    let (Some((head, _)), Some(node)) = (read.first(), clauses.first()) else { return };
    let heads: Vec<_> = read.iter().map(|(head, _)| (head.params.clone(), head.guard)).collect();
    let (params, body) =
        lowering.in_function(|lowering| examined(lowering, *node, &heads, |lowering, n| body(lowering, &read[n].1)));
    let last = clauses.last().unwrap_or(node);
    let span = lowering.span(*node).to(lowering.span(*last));
    let function = Function {
        name: head.name.to_owned(),
        owner: lowering.owner(),
        params,
        exported: !lowering.text(*node).starts_with("defp"),
        body,
        span,
        name_span: lowering.span(head.name_node),
        ..Function::default()
    };
    lowering.module.functions.push(function);
}

/// The body of one clause, with its `rescue` if it has one.
fn body(lowering: &mut Lowering<'_>, given: &Given<'_>) -> Block {
    if given.clauses.is_empty() {
        return lowering.valued(given.body.clone().unwrap_or_default());
    }
    let kind = attempt(lowering, given);
    let span = given.args.first().map(|head| lowering.span(*head)).unwrap_or_default();
    lowering.returned(Block::of(vec![Stmt { kind, span }]))
}

/// `defstruct [:a, b: 1]`: the module is a type.
pub(super) fn fields(lowering: &mut Lowering<'_>, node: Node<'_>, given: &Given<'_>) {
    let Some(owner) = lowering.owner() else { return };
    let mut path: Vec<&str> = owner.split("::").collect();
    let name = path.pop().unwrap_or_default().to_owned();
    let mut fields = Vec::new();
    let mut add = |name: String, value: Option<Expr>, span| {
        fields.push(Field { name, ty: None, value, attributes: Vec::new(), span });
    };
    for (key, value) in &given.named {
        let value = lowering.expr(*value);
        add(key.clone(), Some(value), lowering.span(node));
    }
    for list in &given.args {
        match lowering.expr(*list).kind {
            ExprKind::Record { fields, .. } => {
                fields.into_iter().for_each(|(key, value)| add(key, Some(value), lowering.span(*list)));
            }
            ExprKind::List(items) => {
                for item in items {
                    match item.kind {
                        ExprKind::Text(key) => add(key, None, item.span),
                        ExprKind::Record { fields, .. } => {
                            fields.into_iter().for_each(|(key, value)| add(key, Some(value), item.span));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let owner = (!path.is_empty()).then(|| path.join("::"));
    let span = lowering.span(node);
    let ty = TypeDecl { name, owner, bases: Vec::new(), fields, attributes: Vec::new(), span };
    lowering.module.types.push(ty);
}

/// `alias A.B`, `alias A.{B, C}`, `alias A.B, as: C`, `import A.B`.
pub(super) fn import(lowering: &mut Lowering<'_>, word: &str, given: &Given<'_>) {
    let Some(first) = given.args.first() else { return };
    let several = lowering.field(*first, "right").filter(|list| list.kind() == "tuple");
    if let (Some(list), Some(base)) = (several, lowering.field(*first, "left")) {
        let base = segments(lowering.text(base));
        for part in lowering.children(list) {
            let path = base.iter().cloned().chain(segments(lowering.text(part))).collect();
            lowering.import(None, path);
        }
        return;
    }
    let renamed = given.named.iter().find(|(key, _)| key == "as").map(|(_, name)| lowering.text(*name).to_owned());
    match word {
        "import" => lowering.import(Some("*".to_owned()), segments(lowering.text(*first))),
        "alias" => lowering.import(renamed, segments(lowering.text(*first))),
        _ => {}
    }
}
