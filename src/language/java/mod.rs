//! Java.

use super::ir::{Expr, ExprKind, Module, Pattern, Stmt};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Scope, parsers};

static GRAMMAR: Grammar =
    Grammar::new(Dialect { exported, octal: true, tests: TESTS, ..Dialect::of(parsers::java, &[SHAPES]) });

/// Lowers a Java file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// Annotations of JUnit and TestNG.
const TESTS: &[&str] = &["Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"];

/// What is `public`; in an interface, everything.
fn exported(lowering: &Lowering<'_>, node: Node<'_>, _: &str) -> bool {
    lowering.has_modifier(node, "public") || node.parent().is_some_and(|parent| parent.kind() == "interface_body")
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("decimal_integer_literal", number()),
    ("hex_integer_literal", number()),
    ("octal_integer_literal", number()),
    ("binary_integer_literal", number()),
    ("decimal_floating_point_literal", number()),
    ("hex_floating_point_literal", opaque()),
    ("character_literal", character()),
    ("string_literal", text(Escapes::Backslash)),
    ("string_interpolation", pass("#0")),
    ("multiline_string_fragment", text_part()),
    ("null_literal", null()),
    ("scoped_identifier", path()),
    ("scoped_type_identifier", path()),
    ("generic_type", path()),
    ("underscore_pattern", wildcard()),
    ("class_literal", opaque()),
    ("super", receiver()),
    // Expressions.
    ("field_access", field("object", "field")),
    ("array_access", index("array", "index")),
    ("method_invocation", method_call("object", "name", "arguments")),
    ("object_creation_expression", expr_with(creation)),
    ("explicit_constructor_invocation", stmt_with(delegation)),
    ("array_creation_expression", pass("value")),
    ("array_initializer", list("*")),
    ("instanceof_expression", is("left", "right|pattern")),
    ("lambda_expression", closure("parameters", "body")),
    ("method_reference", expr_with(reference)),
    ("switch_expression", choose("condition", "body>*")),
    ("switch_block_statement_group", arm("@switch_label>*", "@switch_label>@guard>#0", "*")),
    ("switch_rule", arm("@switch_label>*", "@switch_label>@guard>#0", "*")),
    ("guard", skip()),
    ("pattern", inline("*")),
    ("type_pattern", variant("#0", "#1")),
    ("record_pattern", variant("#0", "#1")),
    ("record_pattern_component", variant("#0", "#1")),
    // Statements.
    ("constructor_body", block("*")),
    ("assert_statement", expr_with(assertion)),
    ("yield_statement", pass("#0")),
    ("enhanced_for_statement", for_each("name", "value", "body", "")),
    ("synchronized_statement", scoped("#0", "body")),
    ("try_statement", attempt("body", "@catch_clause", "@finally_clause")),
    ("try_with_resources_statement", attempt_with("body", "@catch_clause", "@finally_clause", "resources>*")),
    ("resource", declare("name", "type", "value")),
    ("catch_clause", handler("@catch_formal_parameter", "body")),
    ("catch_formal_parameter", declare("name", "", "")),
    // Declarations.
    ("package_declaration", package("@scoped_identifier|@identifier", "")),
    ("import_declaration", import("@scoped_identifier|@identifier", "")),
    ("class_declaration", type_item("name", "superclass+interfaces", "body")),
    ("interface_declaration", type_item("name", "@extends_interfaces", "body")),
    ("annotation_type_declaration", type_item("name", "", "body")),
    ("record_declaration", stmt_with(record_item)),
    ("enum_declaration", type_item("name", "interfaces", "body")),
    ("enum_body_declarations", inline("*")),
    ("enum_constant", stmt_with(constant_member)),
    ("static_initializer", stmt_with(static_initialiser)),
    ("method_declaration", function("name", "parameters", "type", "body")),
    ("annotation_type_element_declaration", function("name", "", "type", "")),
    ("constructor_declaration", constructor("parameters", "body")),
    ("compact_constructor_declaration", skip()),
    ("formal_parameter", param("name", "type", "")),
    ("spread_parameter", param("@variable_declarator>name", "", "")),
    ("receiver_parameter", receiver()),
    ("field_declaration", declarations("type", "declarator")),
    ("constant_declaration", stmt_with(interface_constant)),
    ("local_variable_declaration", declarations("type", "declarator")),
    ("variable_declarator", declare("name", "", "value")),
    ("annotation", attribute("name", "arguments")),
    ("marker_annotation", attribute("name", "")),
    ("element_value_pair", argument("key", "value")),
    ("element_value_array_initializer", list("*")),
    ("module_declaration", skip()),
];

/// `new T(args)`, `new T(args) { … }`.
fn creation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let ty = lowering.field(node, "type").map(|ty| lowering.type_path(ty)).unwrap_or_default();
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let made = lowering.at(node, ExprKind::New { ty, args });
    with_methods(lowering, node, lowering.child_of(node, "class_body"), made)
}

/// An object with the methods in `body`.
fn with_methods(lowering: &mut Lowering<'_>, node: Node<'_>, body: Option<Node<'_>>, made: Expr) -> Expr {
    let members = body.map(|body| lowering.children(body)).unwrap_or_default();
    let methods = members.into_iter().filter(|member| member.kind() == "method_declaration").collect();
    lowering.anonymous(node, methods, made, |lowering, method| {
        let list = lowering.field(method, "parameters");
        let params = list.map(|list| lowering.params(list)).unwrap_or_default();
        (params, lowering.field(method, "body").into_iter().collect())
    })
}

/// `this(args)` and `super(args)` in a constructor.
fn delegation(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let to_own = lowering.field(node, "constructor").is_some_and(|callee| callee.kind() == "this");
    out.push(lowering.delegated(node, to_own, args));
}

/// `T::f`.
fn reference(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    match lowering.children(node).as_slice() {
        [object, .., name] if name.kind() == "identifier" => {
            let object = lowering.expr(*object);
            lowering.method_reference(node, object, lowering.text(*name))
        }
        _ => lowering.opaque(node),
    }
}

/// `assert condition : message`.
fn assertion(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let args = lowering.args(node);
    let callee = Box::new(Expr::name("assert", lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// A record's components are its fields.
fn record_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    lowering.open_type(node, &name, Vec::new(), |lowering| {
        let components = lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default();
        lowering.add_fields(components);
        for member in lowering.field(node, "body").map(|body| lowering.children(body)).unwrap_or_default() {
            lowering.item(member);
        }
    });
}

/// A member of an enum.
fn constant_member(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let body = lowering.field(node, "body");
    lowering.constant_object(node, name, args, out, |lowering, made| with_methods(lowering, node, body, made));
}

/// `static { … }` is a function that nobody has to call.
fn static_initialiser(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let body = lowering.children(node);
    lowering.define(node, Head { name: "static".to_owned(), body, method: Some(false), ..Head::default() });
}

/// The variables of an interface are constants.
fn interface_constant(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = lowering.field(node, "type").and_then(|ty| lowering.type_name(ty));
    for declarator in lowering.fields(node, "declarator") {
        let Some(name) = lowering.field(declarator, "name") else { continue };
        let value = lowering.field(declarator, "value").map(|value| lowering.expr(value));
        let pattern = Pattern::Bind(lowering.text(name).to_owned());
        let fixed = lowering.scope() != Scope::Function;
        let span = lowering.span(node);
        lowering.bind(Binding { ty: ty.clone(), value, fixed, ..Binding::of(pattern, span) }, out);
    }
}

#[cfg(test)]
mod tests;
