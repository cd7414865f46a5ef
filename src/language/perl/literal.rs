//! Texts, lists and hashes.

use crate::language::ir::{Expr, ExprKind};
use crate::language::tree::literal::unescape;
use crate::language::tree::{Escapes, Lowering, Node};

/// A string, or a bare word that stands for one.
pub(super) fn quoted(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if node.kind() == "autoquoted_bareword" {
        return lowering.at(node, ExprKind::Text(lowering.text(node).to_owned()));
    }
    let Some(content) = lowering.field(node, "content") else {
        return lowering.at(node, ExprKind::Text(String::new()));
    };
    let escapes = if node.kind() == "string_literal" { Escapes::Quote } else { Escapes::Backslash };
    let whole = lowering.range(content);
    filled(lowering, node, content, whole, escapes)
}

/// `<<EOF`: the text below it, up to its end.
pub(super) fn heredoc(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = lowering.text(node).trim_start_matches(['<', '~', ' ']).trim_matches(['"', '\'']);
    let Some((content, end)) = heredoc_below(lowering, node, name) else {
        return lowering.at(node, ExprKind::Opaque(Vec::new()));
    };
    let range = lowering.range(content);
    let whole = range.start..lowering.range(end).start.max(range.start);
    filled(lowering, content, content, whole, Escapes::Backslash)
}

/// The content of a here-document that follows its opener, in the innermost construct that holds both, with its end.
fn heredoc_below<'n>(lowering: &Lowering<'_>, node: Node<'n>, name: &str) -> Option<(Node<'n>, Node<'n>)> {
    let mut around = node.parent();
    while let Some(outer) = around {
        let mut cursor = outer.walk();
        let below = outer.children(&mut cursor).filter(|child| child.start_byte() >= node.end_byte());
        for content in below.filter(|child| child.kind() == "heredoc_content") {
            let mut cursor = content.walk();
            let end = content.named_children(&mut cursor).find(|part| part.kind() == "heredoc_end");
            if let Some(end) = end.filter(|end| lowering.text(*end).trim() == name) {
                return Some((content, end));
            }
        }
        around = outer.parent();
    }
    None
}

/// A text with what is interpolated into it; it stands at `node`.
fn filled(
    lowering: &mut Lowering<'_>,
    node: Node<'_>,
    content: Node<'_>,
    whole: std::ops::Range<usize>,
    escapes: Escapes,
) -> Expr {
    let is_hole = |part: &Node<'_>| !part.kind().starts_with("escape") && part.kind() != "heredoc_end";
    let mut cursor = content.walk();
    let holes: Vec<Node<'_>> = content.named_children(&mut cursor).filter(is_hole).collect();
    if holes.is_empty() {
        return lowering.at(node, ExprKind::Text(unescape(lowering.slice(whole), escapes)));
    }
    let mut at = whole.start;
    let mut parts = Vec::new();
    for hole in holes {
        let range = lowering.range(hole);
        text_between(lowering, at..range.start, &mut parts);
        parts.push(lowering.expr(hole));
        at = range.end;
    }
    text_between(lowering, at..whole.end, &mut parts);
    lowering.at(node, ExprKind::Interpolated(parts))
}

fn text_between(lowering: &Lowering<'_>, range: std::ops::Range<usize>, parts: &mut Vec<Expr>) {
    if range.start < range.end {
        let text = unescape(lowering.slice(range.clone()), Escapes::Backslash);
        parts.push(Expr::new(ExprKind::Text(text), lowering.span_of(range)));
    }
}

/// `qw(a b)`.
pub(super) fn word_list(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let words = words_of(lowering, node);
    let items = words.into_iter().map(|word| lowering.at(node, ExprKind::Text(word))).collect();
    lowering.at(node, ExprKind::List(items))
}

pub(super) fn words_of(lowering: &Lowering<'_>, node: Node<'_>) -> Vec<String> {
    let content = lowering.field(node, "content").map(|content| lowering.text(content)).unwrap_or("");
    content.split_whitespace().map(str::to_owned).collect()
}

/// The items of a list with the keys that `=>` gives them, whatever lists it is nested in.
pub(super) fn items<'t>(lowering: &Lowering<'_>, nodes: Vec<Node<'t>>) -> Vec<(Option<Node<'t>>, Node<'t>)> {
    let mut found = Vec::new();
    for node in nodes {
        if node.kind() != "list_expression" {
            found.push((None, node));
            continue;
        }
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.children(&mut cursor).collect();
        let mut key: Option<Node<'t>> = None;
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.is_named() && part.kind() != "comment") {
            let is_key = parts.get(at + 1).is_some_and(|next| lowering.text(*next) == "=>");
            match key.take() {
                None if is_key => key = Some(*part),
                key => found.push((key, *part)),
            }
        }
    }
    found
}

pub(super) fn array_of(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let items = items(lowering, children).into_iter().map(|(_, item)| lowering.expr(item)).collect();
    lowering.at(node, ExprKind::List(items))
}

pub(super) fn hash_of(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    record(lowering, node, children)
}

/// Keys and values: a record if all keys are plain, else a map.
pub(super) fn record(lowering: &mut Lowering<'_>, node: Node<'_>, nodes: Vec<Node<'_>>) -> Expr {
    let items = items(lowering, nodes);
    let pairs: Vec<(Expr, Expr)> =
        items.into_iter().filter_map(|(key, value)| Some((lowering.expr(key?), lowering.expr(value)))).collect();
    let plain = |key: &Expr| match &key.kind {
        ExprKind::Text(text) => Some(text.clone()),
        _ => None,
    };
    if pairs.iter().any(|(key, _)| plain(key).is_none()) {
        return lowering.at(node, ExprKind::Map(pairs));
    }
    let fields = pairs.into_iter().filter_map(|(key, value)| Some((plain(&key)?, value))).collect();
    lowering.at(node, ExprKind::Record { ty: None, fields, base: None })
}

/// The named nodes in a field, without the brackets around them.
pub(super) fn parts<'t>(lowering: &Lowering<'_>, node: Node<'t>, field: &str) -> Vec<Node<'t>> {
    lowering.fields(node, field).into_iter().filter(Node::is_named).collect()
}

/// The value in a field: one, or a list of several.
pub(super) fn value_of(lowering: &mut Lowering<'_>, node: Node<'_>, field: &str) -> Expr {
    match parts(lowering, node, field).as_slice() {
        [] => lowering.at(node, ExprKind::List(Vec::new())),
        [only] => lowering.expr(*only),
        several => {
            let items = several.iter().map(|part| lowering.expr(*part)).collect();
            lowering.at(node, ExprKind::List(items))
        }
    }
}
