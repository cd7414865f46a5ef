//! PHP, alone or between the lines of a page. Declarations that have no like elsewhere (`define`, promoted parameters,
//! grouped imports) are in [`declaration`].

use super::ir::{Arg, BinaryOp, Expr, ExprKind, Module, Path, Pattern, Stmt, StmtKind};
use super::tree::literal::unescape;
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, Operator, parsers};

mod declaration;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: OPERATORS,
    sigils: &['$'],
    receivers: &["$this"],
    constructors: &["__construct"],
    modifiers: MODIFIERS,
    exported: |lowering, node, _| !lowering.has_modifier(node, "private"),
    assignment_declares: true,
    octal: true,
    references: &["reference_modifier"],
    ..Dialect::of(parsers::php, &[SHAPES])
});

/// Lowers a PHP file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const MODIFIERS: &[&str] = &[
    "static_modifier",
    "visibility_modifier",
    "abstract_modifier",
    "final_modifier",
    "readonly_modifier",
    "attribute_list",
];

const OPERATORS: &[(&str, Operator)] = &[
    (".", Operator::Binary(BinaryOp::Concat)),
    ("<>", Operator::Binary(BinaryOp::NotEqual)),
    ("xor", Operator::Binary(BinaryOp::NotEqual)),
    ("AND", Operator::Binary(BinaryOp::And)),
    ("OR", Operator::Binary(BinaryOp::Or)),
    ("@", Operator::Pass),
];

const SHAPES: &[(&str, Shape)] = &[
    // What is not PHP.
    ("text", skip()),
    ("text_interpolation", stmt_with(page)),
    ("php_tag", skip()),
    ("php_end_tag", skip()),
    // Names and literals.
    ("name", name()),
    ("variable_name", name()),
    ("qualified_name", path()),
    ("relative_name", path()),
    ("relative_scope", expr_with(scope_name)),
    ("boolean", expr_with(boolean)),
    ("string", text(Escapes::Quote)),
    ("encapsed_string", expr_with(encapsed)),
    ("heredoc", pass("value")),
    ("heredoc_body", expr_with(encapsed)),
    ("nowdoc", pass("value")),
    ("nowdoc_body", text(Escapes::None)),
    ("nowdoc_string", text_part()),
    // Expressions.
    ("member_access_expression", field("object", "name")),
    ("nullsafe_member_access_expression", field("object", "name")),
    ("member_call_expression", method_call("object", "name", "arguments")),
    ("nullsafe_member_call_expression", method_call("object", "name", "arguments")),
    ("function_call_expression", expr_with(declaration::call)),
    ("scoped_call_expression", expr_with(scoped_call)),
    ("class_constant_access_expression", expr_with(scoped)),
    ("scoped_property_access_expression", expr_with(scoped)),
    ("object_creation_expression", expr_with(creation)),
    ("anonymous_class", type_item("", "@base_clause+@class_interface_clause", "body")),
    ("argument", argument("name", "#-1")),
    ("variadic_placeholder", skip()),
    ("subscript_expression", expr_with(subscript)),
    ("unary_op_expression", unary("operator", "argument|#0")),
    ("reference_assignment_expression", assign("left", "", "right")),
    ("augmented_assignment_expression", assign("left", "operator", "right")),
    ("conditional_expression", expr_with(conditional)),
    ("error_suppression_expression", pass("#0")),
    ("clone_expression", pass("#0")),
    ("by_ref", pass("#0")),
    ("sequence_expression", expr_with(sequence)),
    ("array_creation_expression", expr_with(array)),
    ("list_literal", list("*")),
    ("anonymous_function", closure("parameters", "body")),
    ("arrow_function", closure("parameters", "body")),
    ("match_expression", choose("condition", "body>*")),
    ("match_conditional_expression", arm("conditional_expressions>*", "", "return_expression")),
    ("match_default_expression", arm("", "", "return_expression")),
    ("throw_expression", throw("#0")),
    ("print_intrinsic", expr_with(print)),
    ("yield_expression", wrap("#0")),
    ("include_expression", expr_with(declaration::include)),
    ("include_once_expression", expr_with(declaration::include)),
    ("require_expression", expr_with(declaration::include)),
    ("require_once_expression", expr_with(declaration::include)),
    // Statements.
    ("echo_statement", expr_with(print)),
    ("exit_statement", expr_with(exit)),
    ("unset_statement", skip()),
    ("global_declaration", skip()),
    ("declare_statement", skip()),
    ("colon_block", stmt_with(colon_block)),
    ("if_statement", branch("condition", "body", "alternative")),
    ("else_if_clause", branch("condition", "body", "")),
    ("for_statement", for_count("initialize", "condition", "update", "body")),
    ("foreach_statement", stmt_with(for_each)),
    ("switch_statement", choose("condition", "body>*")),
    ("case_statement", arm("value", "", "*")),
    ("default_statement", arm("", "", "*")),
    ("try_statement", attempt("body", "@catch_clause", "@finally_clause")),
    ("catch_clause", handler("name", "body")),
    ("named_label_statement", skip()),
    // Declarations.
    ("namespace_definition", package("name", "body")),
    ("namespace_use_declaration", stmt_with(declaration::imports)),
    ("function_definition", function("name", "parameters", "return_type", "body")),
    ("method_declaration", stmt_with(declaration::method)),
    ("simple_parameter", param("name", "type", "default_value")),
    ("variadic_parameter", param("name", "type", "")),
    ("property_promotion_parameter", param("name", "type", "default_value")),
    ("class_declaration", type_item("name", "@base_clause+@class_interface_clause", "body")),
    ("interface_declaration", type_item("name", "@base_clause", "body")),
    ("trait_declaration", type_item("name", "", "body")),
    ("enum_declaration", type_item("name", "@class_interface_clause", "body")),
    ("enum_case", member("name", "value")),
    ("const_declaration", declarations("type", "@const_element")),
    ("const_element", constant("#0", "", "#1")),
    ("property_declaration", declarations("type", "@property_element")),
    ("property_element", declare("name", "", "default_value")),
    ("function_static_declaration", declarations("", "*")),
    ("static_variable_declaration", declare("name", "", "value")),
    ("use_declaration", skip()),
    ("attribute", attribute("#0", "parameters")),
];

/// `true`, in any case.
fn boolean(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let value = lowering.text(node).eq_ignore_ascii_case("true");
    lowering.at(node, ExprKind::Bool(value))
}

/// `self`, `static` and `parent` are the types that they stand for.
fn scope_name(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let path = scope_path(lowering, node);
    lowering.at(node, ExprKind::Name(path))
}

fn scope_path(lowering: &Lowering<'_>, node: Node<'_>) -> Path {
    let own = lowering.owner().and_then(|owner| owner.rsplit("::").next().map(str::to_owned));
    let Some(own) = own else { return lowering.path(node) };
    let base = || {
        let ty = lowering.module.types.iter().rev().find(|ty| ty.name == own)?;
        ty.bases.first().cloned()
    };
    match lowering.text(node).to_ascii_lowercase().as_str() {
        "self" | "static" => vec![own],
        "parent" => vec![base().unwrap_or_else(|| "parent".to_owned())],
        _ => lowering.path(node),
    }
}

/// The path of what stands before `::`, if it is a name.
fn scope(lowering: &Lowering<'_>, node: Node<'_>) -> Option<Path> {
    match node.kind() {
        "relative_scope" => Some(scope_path(lowering, node)),
        "name" | "qualified_name" | "relative_name" => Some(lowering.path(node)),
        _ => None,
    }
}

/// `T::CONSTANT`, `T::$variable`.
fn scoped(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let [before, name] = children.as_slice() else { return lowering.opaque(node) };
    scoped_member(lowering, node, *before, *name)
}

fn scoped_member(lowering: &mut Lowering<'_>, node: Node<'_>, before: Node<'_>, name: Node<'_>) -> Expr {
    let name = lowering.name_text(name);
    let kind = match scope(lowering, before) {
        Some(path) => ExprKind::Name(path.into_iter().chain([name]).collect()),
        None => ExprKind::Field(Box::new(lowering.expr(before)), name),
    };
    lowering.at(node, kind)
}

/// `T::f(…)`.
fn scoped_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(before), Some(name)) = (lowering.field(node, "scope"), lowering.field(node, "name")) else {
        return lowering.opaque(node);
    };
    // `self::f()` may be called on the receiver, and is found as its other methods are.
    let own = matches!(lowering.text(before), "self" | "static") && lowering.owner().is_some();
    let callee = Box::new(match own {
        true => {
            let receiver = Box::new(lowering.at(before, ExprKind::Receiver));
            lowering.at(node, ExprKind::Field(receiver, lowering.name_text(name)))
        }
        false => scoped_member(lowering, node, before, name),
    });
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `new T(…)`, `new class { … }`.
fn creation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let args = lowering.child_of(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let ty = match children.first() {
        Some(class) if class.kind() == "anonymous_class" => {
            lowering.item(*class);
            Path::new()
        }
        Some(ty) => scope(lowering, *ty).unwrap_or_default(),
        None => Path::new(),
    };
    let kind = match ty.is_empty() {
        true => ExprKind::Opaque(args.into_iter().map(|arg| arg.value).collect()),
        false => ExprKind::New { ty, args },
    };
    lowering.at(node, kind)
}

/// `c ? a : b`; `a ?: b` is `a` or else `b`.
fn conditional(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut part = |field| match lowering.field(node, field) {
        Some(part) => lowering.expr(part),
        None => Expr::opaque(lowering.span(node)),
    };
    let (cond, otherwise) = (Box::new(part("condition")), part("alternative"));
    let kind = match lowering.field(node, "body").map(|then| lowering.expr(then)) {
        None => ExprKind::Binary(BinaryOp::Otherwise, cond, Box::new(otherwise)),
        Some(then) => {
            let (then, otherwise) = (super::ir::Block::value(then), super::ir::Block::value(otherwise));
            ExprKind::Conditional { cond, then, otherwise }
        }
    };
    lowering.at(node, kind)
}

/// `a, b` in the head of a `for`.
fn sequence(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let values: Vec<Expr> = lowering.children(node).into_iter().map(|child| lowering.expr(child)).collect();
    let mut stmts: Vec<Stmt> = values.into_iter().map(|value| lowering.effect(value)).collect();
    let value = stmts.pop().and_then(|last| match last.kind {
        StmtKind::Expr(value) => Some(Box::new(value)),
        _ => None,
    });
    lowering.at(node, ExprKind::Block(super::ir::Block { stmts, value }))
}

/// `$dates[0]`; `$dates[]`, which is assigned to, is the place behind the last.
fn subscript(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let mut part = |n: usize| match parts.get(n) {
        Some(part) => lowering.expr(*part),
        None => lowering.at(node, ExprKind::Null),
    };
    let (base, key) = (part(0), part(1));
    lowering.at(node, ExprKind::Index(Box::new(base), Box::new(key)))
}

/// A text with holes, `"a $b {$c->d}"`: the braces around a hole are no text.
fn encapsed(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut parts: Vec<Expr> = Vec::new();
    let mut holes = false;
    for child in lowering.children(node) {
        if !matches!(child.kind(), "string_content" | "escape_sequence") {
            holes = true;
            parts.push(lowering.expr(child));
            continue;
        }
        let piece = unescape(lowering.text(child), Escapes::Backslash);
        match parts.last_mut().map(|part| &mut part.kind) {
            Some(ExprKind::Text(text)) => text.push_str(&piece),
            _ => parts.push(lowering.at(child, ExprKind::Text(piece))),
        }
    }
    let kind = match (holes, parts.pop()) {
        (false, Some(Expr { kind, .. })) => kind,
        (false, None) => ExprKind::Text(String::new()),
        (true, last) => {
            parts.extend(last);
            ExprKind::Interpolated(parts)
        }
    };
    lowering.at(node, kind)
}

/// `['a' => 1]`, `array(1, 2)`, `[5 => x]`.
fn array(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut values = Vec::new();
    let mut pairs: Vec<(Expr, Expr)> = Vec::new();
    for element in lowering.children(node) {
        match lowering.children(element).as_slice() {
            [key, value] => {
                let key = lowering.expr(*key);
                pairs.push((key, lowering.expr(*value)));
            }
            [value] => values.push(lowering.expr(*value)),
            _ => {}
        }
    }
    let named = |(key, _): &(Expr, Expr)| matches!(key.kind, ExprKind::Text(_));
    let kind = match pairs.iter().all(named) {
        _ if pairs.is_empty() => ExprKind::List(values),
        true => {
            let fields = pairs.into_iter().filter_map(|(key, value)| match key.kind {
                ExprKind::Text(name) => Some((name, value)),
                _ => None,
            });
            ExprKind::Record { ty: None, fields: fields.collect(), base: None }
        }
        false => ExprKind::Map(pairs),
    };
    lowering.at(node, kind)
}

/// A call of what the language writes without being one: `print`, `exit`.
fn builtin(lowering: &mut Lowering<'_>, node: Node<'_>, name: &str) -> Expr {
    let values = lowering.children(node).into_iter();
    let args: Vec<Arg> = values.map(|child| Arg { name: None, value: lowering.expr(child) }).collect();
    let callee = Box::new(Expr::name(name, lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `if (x): … endif`. What is shown at its end stands after it in the tree.
fn colon_block(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    for child in lowering.children(node) {
        lowering.stmt(child, out);
    }
    if let Some(after) = node.next_sibling().filter(|after| after.kind() == "text_interpolation") {
        page(lowering, after, out);
    }
}

/// Between `?>` and `<?php` stands a part of the page, which is shown where the program comes by.
fn page(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let text = lowering.text(node).trim_start_matches("?>");
    let text = ["<?php", "<?=", "<?"].iter().find_map(|tag| text.strip_suffix(tag)).unwrap_or(text);
    if !text.trim().is_empty() {
        let callee = Box::new(Expr::name("render", lowering.span(node)));
        let shown = lowering.at(node, ExprKind::Call { callee, args: Vec::new() });
        out.push(Stmt { kind: StmtKind::Expr(shown), span: lowering.span(node) });
    }
}

fn print(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    builtin(lowering, node, "echo")
}

fn exit(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    builtin(lowering, node, "exit")
}

/// `foreach (x as v)` visits the values, `foreach (x as k => v)` the pairs.
fn for_each(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let body = lowering.field(node, "body");
    let parts: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|child| Some(child.id()) != body.map(|body| body.id())).collect();
    let [over, bind, ..] = parts.as_slice() else { return };
    let (side, bind) = match bind.kind() {
        "pair" => {
            let parts = lowering.children(*bind).into_iter().map(|part| lowering.pattern(part)).collect();
            ("__entries", Pattern::Tuple(parts))
        }
        _ => ("array_values", lowering.pattern(*bind)),
    };
    let over = lowering.expr(*over);
    let span = over.span;
    let callee = Box::new(Expr::name(side, span));
    let over = Some(Expr::new(ExprKind::Call { callee, args: vec![Arg { name: None, value: over }] }, span));
    let body = body.map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind: Some(bind), over, cond: None, body }, span: lowering.span(node) });
}

#[cfg(test)]
mod tests;
