//! Groovy, with the scripts of Gradle and Jenkins. Calls without parentheses are set right before parsing
//! ([`layout`]); what scripts and specifications mean by some of their calls is in [`script`].

use super::ir::{Arg, Expr, ExprKind, Module, Param, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Operator, parsers};
use crate::language::ir::BinaryOp;

mod layout;
mod script;
mod token;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    exported: |lowering, node, _| !["private", "protected"].iter().any(|word| lowering.has_modifier(node, word)),
    operators: &[("=~", Operator::Opaque), ("==~", Operator::Opaque), ("?=", Operator::Opaque)],
    receivers: &["this", "super"],
    assignment_declares: true,
    tail_values: true,
    octal: true,
    tests: &["Test", "ParameterizedTest", "RepeatedTest", "TestFactory"],
    prepare: |_, text| layout::settled(text),
    ..Dialect::of(parsers::groovy, &[SHAPES])
});

/// Lowers a Groovy file or a Gradle or Jenkins script.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("groovydoc_comment", skip()),
    ("number_literal", number()),
    ("boolean_literal", expr_with(boolean)),
    ("null_literal", null()),
    ("string_literal", text(Escapes::Backslash)),
    ("gstring_brace_interpolation", pass("value")),
    ("gstring_dollar_interpolation", expr_with(dollar)),
    ("quoted_identifier", name()),
    ("qualified_name", path()),
    ("qualified_type", path()),
    ("generic_type", path()),
    // Expressions.
    ("field_access", field("object", "field")),
    ("direct_field_access_expression", field("object", "field")),
    ("safe_navigation_expression", field("object", "property")),
    ("safe_chain_dot_expression", field("object", "property")),
    ("spread_dot_expression", field("object", "property")),
    ("subscript_expression", index("object", "index")),
    ("safe_subscript_expression", index("object", "index")),
    ("method_invocation", call("function", "arguments")),
    ("command_chain", call("receiver", "argument")),
    ("named_argument", argument("key", "value")),
    ("spread_arguments", spread("value")),
    ("object_creation_expression", new("type", "arguments")),
    ("cast_expression", cast("type", "value")),
    ("parenthesized_type_cast", cast("type", "value")),
    ("power_expression", binary("left", "", "right")),
    ("spaceship_expression", binary("left", "", "right")),
    ("identity_expression", binary("left", "operator", "right")),
    ("membership_expression", binary("element", "operator", "collection")),
    ("elvis_expression", expr_with(elvis)),
    ("instanceof_expression", is("value", "type")),
    ("range_expression", range("start", "end")),
    ("unary_update_expression", unary("operator", "operand")),
    ("list_literal", list("*")),
    ("map_literal", record("", "*")),
    ("map_entry", pair("key", "value")),
    ("spread_map_entry", spread("value")),
    ("closure", expr_with(closure_value)),
    ("method_pointer_expression", expr_with(reference)),
    ("method_reference_expression", expr_with(reference)),
    ("switch_expression", choose("value", "body>*")),
    ("switch_case", arm("value", "", "*")),
    ("switch_arrow_case", arm("value", "", "body")),
    ("switch_default", arm("", "", "*|body")),
    // Statements.
    ("expression_statement", stmt_with(script::statement)),
    ("labeled_statement", inline("statement")),
    ("pipeline_statement", pass("body")),
    ("assert_statement", expr_with(assertion)),
    ("for_in_statement", for_each("variable", "value", "body", "")),
    ("try_statement", attempt_with("body", "@catch_clause", "@finally_clause", "resources>*")),
    ("resource", declare("name", "type", "value")),
    ("catch_clause", handler("parameter", "body")),
    ("catch_formal_parameter", declare("name", "", "")),
    ("yield_statement", pass("#0")),
    // Declarations.
    ("package_declaration", package("name", "")),
    ("import_declaration", import("name", "alias")),
    ("class_declaration", type_item("name", "@superclass+@super_interfaces", "body")),
    ("interface_declaration", type_item("name", "@extends_interfaces", "body")),
    ("trait_declaration", type_item("name", "@extends_interfaces", "body")),
    ("annotation_type_declaration", type_item("name", "", "body")),
    ("enum_declaration", type_item("name", "", "body")),
    ("enum_constant", stmt_with(constant_member)),
    ("record_declaration", type_item("name", "", "body")),
    ("static_initializer", stmt_with(static_initialiser)),
    ("method_declaration", stmt_with(method)),
    ("constructor_declaration", constructor("parameters", "body")),
    ("formal_parameter", param("name", "type", "default")),
    ("closure_parameter", param("name", "type", "")),
    ("field_declaration", declarations("type", "@variable_declarator")),
    ("local_variable_declaration", stmt_with(local)),
    ("multi_assignment_declaration", stmt_with(several)),
    ("variable_declarator", declare("name", "", "value")),
    ("annotation", attribute("name", "arguments")),
    ("throws_clause", skip()),
    ("type_parameters", skip()),
    ("method_type_parameters", skip()),
];

fn boolean(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    lowering.at(node, ExprKind::Bool(lowering.text(node) == "true"))
}

/// `$a.b` in a text.
fn dollar(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut names = lowering.text(node).trim_start_matches('$').split('.').map(str::to_owned);
    let span = lowering.span(node);
    let first = Expr::name(names.next().unwrap_or_default(), span);
    names.fold(first, |base, name| Expr::new(ExprKind::Field(Box::new(base), name), span))
}

/// `a ?: b`.
fn elvis(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(value), Some(default)) = (lowering.field(node, "value"), lowering.field(node, "default")) else {
        return lowering.opaque(node);
    };
    let (value, default) = (lowering.expr(value), lowering.expr(default));
    lowering.at(node, ExprKind::Binary(BinaryOp::Otherwise, Box::new(value), Box::new(default)))
}

/// `{ a, b -> … }`; without parameters it takes `it`.
fn closure_value(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let list = lowering.child_of(node, "closure_parameters");
    let mut params = list.map(|list| lowering.params(list)).unwrap_or_default();
    let body: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|part| part.kind() != "closure_parameters").collect();
    if list.is_none() && lowering.child_of(node, "->").is_none() && mentions_it(lowering.text(node)) {
        params.push(Param { name: "it".to_owned(), ty: None, default: None, span: lowering.span(node) });
    }
    lowering.closure_with_value(node, params, body)
}

/// Whether the word `it` stands in a text.
fn mentions_it(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "it")
}

/// `a.&f`, `T::f`.
fn reference(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let object = lowering.field(node, "object").or_else(|| lowering.field(node, "target"));
    let name = lowering.field(node, "method").or_else(|| lowering.field(node, "name"));
    let (Some(object), Some(name)) = (object, name) else { return lowering.opaque(node) };
    let object = lowering.expr(object);
    lowering.method_reference(node, object, lowering.text(name))
}

/// `assert condition : message`.
fn assertion(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let args = lowering.args(node);
    asserted(lowering, node, args)
}

/// A call of `assert`.
fn asserted(lowering: &Lowering<'_>, node: Node<'_>, args: Vec<Arg>) -> Expr {
    let callee = Box::new(Expr::name("assert", lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// A member of an enum.
fn constant_member(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    lowering.constant_object(node, name, args, out, |_, made| made);
}

/// `static { … }` is a function that nobody has to call.
fn static_initialiser(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let body = lowering.children(node);
    lowering.define(node, Head { name: "static".to_owned(), body, method: Some(false), ..Head::default() });
}

/// A method; those of specifications have a sentence for a name.
fn method(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let head = Head {
        name: name.map(|name| lowering.text(name).trim_matches(['"', '\'']).to_owned()).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default(),
        returns: lowering.field(node, "return_type").and_then(|ty| lowering.type_name(ty)),
        body: lowering.field(node, "body").into_iter().collect(),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// `def a = 1, b`, `Date a = b`.
fn local(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = lowering.field(node, "type").and_then(|ty| lowering.type_name(ty));
    let parts = lowering.children(node).into_iter().filter(|part| part.kind() == "variable_declarator");
    let single = lowering.field(node, "name").map(|_| node);
    for part in single.into_iter().chain(parts) {
        let Some(name) = lowering.field(part, "name") else { continue };
        let value = lowering.field(part, "value").map(|value| lowering.expr(value));
        let pattern = Pattern::Bind(lowering.text(name).to_owned());
        let span = lowering.span(node);
        lowering.bind(Binding { ty: ty.clone(), value, fixed: true, ..Binding::of(pattern, span) }, out);
    }
}

/// `def (a, b) = c`.
fn several(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let parts = lowering.children(node).into_iter().filter(|part| part.kind() == "variable_declarator");
    let names = parts.filter_map(|part| part.child_by_field_name("name"));
    let names = names.map(|name| Pattern::Bind(lowering.text(name).to_owned())).collect();
    let value = lowering.field(node, "value").map(|value| lowering.expr(value));
    let span = lowering.span(node);
    lowering.bind(Binding { value, ..Binding::of(Pattern::Tuple(names), span) }, out);
}

#[cfg(test)]
mod tests;
