//! Objective-C on top of C: messages, methods, literals with `@`.

use std::borrow::Cow;

use super::c;
use super::ir::{Arg, Expr, ExprKind, Field, Module, Param, Path, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Dialect, Grammar, Head, Lowering, Node, parsers};

static GRAMMAR: Grammar = Grammar::new(Dialect {
    modifiers: c::MODIFIERS,
    receivers: &["self"],
    exported: c::exported,
    octal: true,
    members_count: true,
    bare_block: c::declaration::macro_function,
    prepare,
    ..Dialect::of(parsers::objc, &[c::SHAPES, SHAPES])
});

/// Lowers an Objective-C file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// Annotations that say nothing about what a value is, and that the grammar does not know everywhere.
const ANNOTATIONS: &[&str] = &[
    "NS_ASSUME_NONNULL_BEGIN",
    "NS_ASSUME_NONNULL_END",
    "NS_DESIGNATED_INITIALIZER",
    "NS_UNAVAILABLE",
    "NS_REQUIRES_SUPER",
    "UNAVAILABLE_ATTRIBUTE",
    "__block",
    "__kindof",
    "__nonnull",
    "__nullable",
    "__strong",
    "__unsafe_unretained",
    "__weak",
    "_Nonnull",
    "_Nullable",
    "nonnull",
    "nullable",
];

/// Blanks the annotations out, then does what C needs.
fn prepare<'t>(lowering: &mut Lowering<'_>, text: &'t str) -> Cow<'t, str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, word) = rest.split_at(start);
        let (word, after) = word.split_at(word.find(|c: char| !is_word(c)).unwrap_or(word.len()));
        // As a property's attribute the grammar knows it.
        let attribute = after.trim_start().starts_with([',', ')']);
        plain.push_str(before);
        match ANNOTATIONS.contains(&word) && !attribute {
            true => plain.extend(std::iter::repeat_n(' ', word.len())),
            false => plain.push_str(word),
        }
        rest = after;
    }
    plain.push_str(rest);
    plain_enums(&mut plain);
    Cow::Owned(c::preprocessor::prepare(lowering, &plain).into_owned())
}

/// `typedef NS_ENUM(NSInteger, T) {` is `enum T {`, at the same places.
fn plain_enums(text: &mut String) {
    const OPENERS: [&str; 3] = ["NS_ENUM(", "NS_OPTIONS(", "NS_CLOSED_ENUM("];
    let mut done = 0;
    while let Some(start) = text.get(done..).and_then(|rest| rest.find("typedef NS_")).map(|at| at + done) {
        done = start + "typedef ".len();
        let head = &text[done..];
        let Some(opener) = OPENERS.iter().find(|opener| head.starts_with(**opener)) else { continue };
        let Some(inside) = head.find(')').map(|end| &head[opener.len()..end]) else { continue };
        let Some((_, name)) = inside.split_once(',').filter(|_| !inside.contains('\n')) else { continue };
        let end = done + opener.len() + inside.len() + 1;
        // Names are read where they stand.
        let room = (end - start).saturating_sub("enum".len() + name.len() + 1);
        let plain = format!("enum{}{name} ", " ".repeat(room));
        text.replace_range(start..end, &plain);
        done = end;
    }
}

const SHAPES: &[(&str, Shape)] = &[
    ("identifier", expr_with(identifier)),
    ("message_expression", expr_with(message)),
    ("at_expression", pass("#0")),
    ("array_literal", list("*")),
    ("dictionary_literal", map("*")),
    ("dictionary_pair", pair("#0", "#1")),
    ("block_literal", expr_with(block_literal)),
    ("selector_expression", opaque()),
    ("encode_expression", opaque()),
    ("available_expression", opaque()),
    ("for_statement", stmt_with(repeat)),
    ("synchronized_statement", scoped("#0", "#-1")),
    ("try_statement", attempt("@compound_statement", "@catch_clause", "@finally_clause")),
    ("catch_clause", handler("", "@compound_statement")),
    ("throw_statement", throw("#0")),
    ("class_interface", stmt_with(interface)),
    ("class_implementation", stmt_with(implementation)),
    ("protocol_declaration", skip()),
    ("class_declaration", skip()),
    ("implementation_definition", inline("*")),
    ("method_definition", stmt_with(method)),
    ("method_declaration", skip()),
    ("property_implementation", skip()),
    ("module_import", skip()),
    ("type_name", type_name()),
];

/// A name. `_until` in a method is what the property `until` is kept in.
fn identifier(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let text = lowering.text(node);
    let kept = || text.strip_prefix('_').filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    let kind = match text {
        "self" => ExprKind::Receiver,
        "YES" => ExprKind::Bool(true),
        "NO" => ExprKind::Bool(false),
        "nil" | "Nil" | "NULL" => ExprKind::Null,
        _ => match kept().filter(|_| lowering.owner().is_some()) {
            Some(name) => ExprKind::Field(Box::new(lowering.at(node, ExprKind::Receiver)), name.to_owned()),
            None => ExprKind::Name(vec![text.to_owned()]),
        },
    };
    lowering.at(node, kind)
}

/// What a message says: its selector's first part, and its arguments by the selector's other parts.
fn selector(lowering: &mut Lowering<'_>, node: Node<'_>, receiver: Node<'_>) -> (String, Vec<Arg>) {
    let methods: Vec<usize> = lowering.fields(node, "method").iter().map(Node::id).collect();
    let (mut name, mut keyword) = (String::new(), None);
    let mut args: Vec<Arg> = Vec::new();
    for child in lowering.children(node).into_iter().filter(|child| child.id() != receiver.id()) {
        if !methods.contains(&child.id()) {
            args.push(Arg { name: keyword.take(), value: lowering.expr(child) });
        } else if name.is_empty() {
            name = lowering.text(child).to_owned();
        } else {
            keyword = Some(lowering.text(child).to_owned());
        }
    }
    (name, args)
}

/// `[receiver name:a with:b]` is `receiver.name(a, with: b)`; `[[T alloc] initWithA:a b:b]` is `new T(initWithA: a, b: b)`,
/// and `[self setA:b]` is `self.a = b`.
fn message(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(at) = lowering.field(node, "receiver") else { return lowering.opaque(node) };
    let (name, mut args) = selector(lowering, node, at);
    let receiver = lowering.expr(at);
    let made = if name.starts_with("init") { allocated(&receiver) } else { None };
    let set = name.strip_prefix("set").filter(|_| args.len() == 1 && receiver.kind == ExprKind::Receiver);
    let kind = if let Some(ty) = made {
        if let Some(first) = args.first_mut() {
            first.name = Some(name);
        }
        ExprKind::New { ty, args }
    } else if let (Some(set), [only]) = (set, args.as_slice()) {
        let field = set[..1].to_lowercase() + &set[1..];
        let target = lowering.at(at, ExprKind::Field(Box::new(receiver), field));
        ExprKind::Assign(Box::new(target), Box::new(only.value.clone()))
    } else {
        let callee = Box::new(lowering.at(at, ExprKind::Field(Box::new(receiver), name)));
        ExprKind::Call { callee, args }
    };
    lowering.at(node, kind)
}

/// The type of `[T alloc]`.
fn allocated(value: &Expr) -> Option<Path> {
    let ExprKind::Call { callee, .. } = &value.kind else { return None };
    match &callee.kind {
        ExprKind::Field(ty, name) if name == "alloc" => match &ty.kind {
            ExprKind::Name(path) => Some(path.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `for (T *a in b)`, or as in C.
fn repeat(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let span = lowering.span(node);
    let mut cursor = node.walk();
    let all: Vec<Node<'_>> = node.children(&mut cursor).collect();
    if let Some(at) = all.iter().position(|child| child.kind() == "in") {
        let name = all[..at].iter().rfind(|child| child.is_named());
        let name = name.and_then(|name| c::declaration::Declarator::of(*name).name);
        let bind = name.map(|name| Pattern::Bind(lowering.text(name).to_owned()));
        let mut rest = all[at + 1..].iter().filter(|child| child.is_named() && !child.is_extra());
        let over = rest.next().map(|over| lowering.expr(*over));
        let body = rest.next_back().map(|body| lowering.block(*body)).unwrap_or_default();
        out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span });
        return;
    }
    if let Some(first) = lowering.field(node, "initializer") {
        lowering.stmt(first, out);
    }
    let cond = lowering.field(node, "condition").map(|cond| lowering.expr(cond));
    let last = all.iter().rfind(|child| child.is_named() && !child.is_extra());
    let mut body = last.map(|body| lowering.block(*body)).unwrap_or_default();
    if let Some(step) = lowering.field(node, "update") {
        lowering.stmt(step, &mut body.stmts);
    }
    out.push(Stmt { kind: StmtKind::Loop { bind: None, over: None, cond, body }, span });
}

/// `^(int a) { … }`.
fn block_literal(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let list = lowering.child_of(node, "parameter_list");
    let params = list.map(|list| block_params(lowering, list)).unwrap_or_default();
    let body: Vec<Node<'_>> = lowering.child_of(node, "compound_statement").into_iter().collect();
    lowering.closure_of(node, params, &body)
}

fn block_params(lowering: &mut Lowering<'_>, list: Node<'_>) -> Vec<Param> {
    let mut params = Vec::new();
    for node in lowering.children(list) {
        let name = lowering.field(node, "declarator").and_then(|part| c::declaration::Declarator::of(part).name);
        let Some(name) = name else { continue };
        let ty = lowering.field(node, "type").and_then(|ty| lowering.type_name(ty));
        params.push(Param { name: lowering.text(name).to_owned(), ty, default: None, span: lowering.span(node) });
    }
    params
}

/// `@interface T : B { … } @property T *x; @end`: its fields.
fn interface(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(name) = lowering.child_of(node, "identifier").map(|name| lowering.text(name).to_owned()) else { return };
    // A category or an extension adds to a type without being one.
    let Some(base) = lowering.field(node, "superclass").map(|base| lowering.text(base).to_owned()) else { return };
    lowering.open_type(node, &name, vec![base], |lowering| {
        for child in lowering.children(node).into_iter().filter(|child| child.kind() == "property_declaration") {
            property(lowering, child);
        }
    });
}

/// `@property (nonatomic) NSDate *until;`
fn property(lowering: &mut Lowering<'_>, node: Node<'_>) {
    let text = lowering.text(node).trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    let name: String = text.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let name: String = name.chars().rev().collect();
    let ty = lowering.children(node).into_iter().find_map(|child| lowering.child_of(child, "type_identifier"));
    let ty = ty.and_then(|ty| lowering.type_name(ty));
    let span = lowering.span(node);
    lowering.add_field(Field { name, ty, value: None, attributes: Vec::new(), span });
}

/// `@implementation T … @end`: its methods.
fn implementation(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.child_of(node, "identifier").map(|name| lowering.text(name).to_owned()) else { return };
    let items: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|child| child.kind() != "identifier").collect();
    let mut rest = Vec::new();
    lowering.within(&name, super::tree::Scope::Type, |lowering| {
        for item in items {
            lowering.stmt(item, &mut rest);
        }
    });
    out.extend(rest.into_iter().filter(|stmt| !matches!(stmt.kind, StmtKind::Expr(_))));
}

/// `- (BOOL)name:(T)a with:(U)b { … }`.
fn method(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.child_of(node, "identifier");
    let mut params = Vec::new();
    for child in lowering.children(node).into_iter().filter(|child| child.kind() == "method_parameter") {
        let inner = lowering.children(child);
        let Some(last) = inner.iter().rfind(|part| part.kind() == "identifier") else { continue };
        let ty = lowering.child_of(child, "method_type").and_then(|ty| lowering.type_name(inner_type(lowering, ty)));
        params.push(Param { name: lowering.text(*last).to_owned(), ty, default: None, span: lowering.span(child) });
    }
    let returns = lowering.child_of(node, "method_type");
    let head = Head {
        name: name.map(|name| selector_name(lowering.text(name))).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params,
        returns: returns.and_then(|ty| lowering.type_name(inner_type(lowering, ty))),
        body: lowering.child_of(node, "compound_statement").into_iter().collect(),
        method: Some(lowering.text(node).starts_with('-')),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// A method's name: the selector's first part. What begins with `init` makes an object.
fn selector_name(text: &str) -> String {
    let makes = text.strip_prefix("init").is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase()));
    if makes { "new".to_owned() } else { text.to_owned() }
}

/// The type in `(T *)`.
fn inner_type<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Node<'t> {
    lowering.children(node).first().copied().unwrap_or(node)
}

#[cfg(test)]
mod tests;
