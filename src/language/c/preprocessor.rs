//! The C preprocessor, as far as one file shows it: every branch of a condition is read unless it is a constant, and
//! a macro is a constant or a function with the text that it stands for.

use std::ops::Range;

use crate::language::ir::{Block, Expr, ExprKind, Function, Param, Pattern, Stmt};
use crate::language::tree::{Lowering, Node, literal};

/// The branches of `#if` that can be compiled: all of them, but not those under `#if 0` nor beside `#if 1`.
pub(in crate::language) fn branches<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    let condition = lowering.field(node, "condition");
    let alternative = lowering.field(node, "alternative");
    let constant = condition.and_then(|condition| constant(lowering, condition));
    if constant == Some(false) {
        return alternative.into_iter().collect();
    }
    let name = lowering.field(node, "name");
    let is_head = |child: &Node<'t>| [condition, name].into_iter().flatten().any(|head| head.id() == child.id());
    let mut cursor = node.walk();
    let parts = node.named_children(&mut cursor).filter(|child| !is_head(child));
    parts.filter(|child| constant != Some(true) || alternative.is_none_or(|other| other.id() != child.id())).collect()
}

fn constant(lowering: &Lowering<'_>, condition: Node<'_>) -> Option<bool> {
    match literal::number(lowering.text(condition), true) {
        ExprKind::Int(value) => Some(value != 0),
        _ => None,
    }
}

/// `#define NAME value`: a global.
pub(in crate::language) fn object_macro(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(name) = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()) else { return };
    let Some(range) = replacement(lowering, node) else { return };
    let value = simple(lowering, range.clone()).or_else(|| expression(lowering, range));
    let span = define_span(lowering, node);
    lowering.at_file_level(|lowering| lowering.global(Pattern::Bind(name), None, value, span));
}

/// `#define f(a, b) text`: a function whose value is the text, or whose body is.
pub(in crate::language) fn function_macro(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let (Some(name), Some(range)) = (lowering.field(node, "name"), replacement(lowering, node)) else { return };
    let text = lowering.slice(range.clone());
    let words = ["do", "if", "for", "while", "switch", "return", "{"];
    let runs = text.contains(';') || words.iter().any(|word| text.starts_with(word));
    let body = match runs {
        true => statements(lowering, range),
        false => expression(lowering, range.clone()).map(Block::value).or_else(|| statements(lowering, range)),
    };
    let Some(body) = body else { return };
    let list = lowering.field(node, "parameters").map(|list| lowering.children(list)).unwrap_or_default();
    let param =
        |param| Param { name: lowering.text(param).to_owned(), ty: None, default: None, span: lowering.span(param) };
    let function = Function {
        name: lowering.text(name).to_owned(),
        params: list.into_iter().map(param).collect(),
        body,
        exported: true,
        span: define_span(lowering, node),
        name_span: lowering.span(name),
        ..Function::default()
    };
    lowering.module.functions.push(function);
}

/// The directive without the newline that ends it.
fn define_span(lowering: &Lowering<'_>, node: Node<'_>) -> crate::finding::Span {
    let range = lowering.range(node);
    let text = lowering.slice(range.clone());
    lowering.span_of(range.start..range.start + text.trim_end().len())
}

/// Where a macro's text stands, without blanks and a comment at its end.
fn replacement(lowering: &Lowering<'_>, node: Node<'_>) -> Option<Range<usize>> {
    let range = lowering.range(lowering.field(node, "value")?);
    let text = lowering.slice(range.clone());
    let text = text.find("/*").map_or(text, |comment| &text[..comment]);
    let text = text.trim_end();
    (!text.is_empty()).then(|| range.start..range.start + text.len())
}

/// Nearly all macros are one literal or one name, and need no parser.
fn simple(lowering: &Lowering<'_>, range: Range<usize>) -> Option<Expr> {
    let text = lowering.slice(range.clone());
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.') {
        return None;
    }
    let kind = match text.bytes().next()? {
        b'0'..=b'9' => literal::number(text, true),
        b'.' => return None,
        _ if matches!(text, "true" | "false" | "NULL" | "nullptr" | "this") || text.contains('.') => return None,
        _ => ExprKind::Name(vec![text.to_owned()]),
    };
    Some(Expr::new(kind, lowering.span_of(range)))
}

fn expression(lowering: &mut Lowering<'_>, range: Range<usize>) -> Option<Expr> {
    // A comment to the end of the line must not swallow the semicolon.
    lowering.fragment(range, "int x=", "\n;", |lowering, root| {
        let declarator = root.named_child(0)?.child_by_field_name("declarator")?;
        let value = declarator.child_by_field_name("value")?;
        Some(lowering.expr(value))
    })
}

fn statements(lowering: &mut Lowering<'_>, range: Range<usize>) -> Option<Block> {
    lowering.fragment(range, "void f(void){", "\n;}", |lowering, root| {
        let body = root.named_child(0)?.child_by_field_name("body")?;
        Some(lowering.in_function(|lowering| lowering.block(body)))
    })
}
