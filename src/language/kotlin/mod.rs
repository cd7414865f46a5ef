//! Kotlin. Its classes, whose constructors stand in their heads, are in [`class`]; odd expressions in [`expression`].
//! What the grammar cannot read of types on one line, [`bodies`] mends.

use super::ir::{Module, Param, Pattern, Stmt};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Scope, parsers};

mod bodies;
mod class;
mod expression;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    exported: |lowering, node, _| !["private", "internal"].iter().any(|word| lowering.has_modifier(node, word)),
    literal_names: true,
    infix_calls: true,
    operation: expression::generic_call,
    tests: &["Test", "ParameterizedTest", "RepeatedTest", "TestFactory"],
    sigils: &['`'],
    prepare: |_, text| bodies::closed(text),
    ..Dialect::of(parsers::kotlin, &[SHAPES])
});

/// Lowers a Kotlin file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("number_literal", number()),
    ("float_literal", number()),
    ("character_literal", character()),
    ("string_literal", text(Escapes::Backslash)),
    ("multiline_string_literal", text(Escapes::None)),
    ("interpolation", pass("#0")),
    ("collection_literal", list("*")),
    ("this_expression", receiver()),
    ("super_expression", receiver()),
    ("qualified_identifier", path()),
    ("user_type", path()),
    // Expressions.
    ("navigation_expression", expr_with(expression::navigation)),
    ("callable_reference", expr_with(expression::reference)),
    ("call_expression", expr_with(expression::call)),
    ("value_argument", argument("#-2", "#-1")),
    ("spread_expression", wrap("#0")),
    ("index_expression", expr_with(expression::index)),
    ("infix_expression", expr_with(expression::infix)),
    ("as_expression", cast("right", "left")),
    ("is_expression", expr_with(expression::is)),
    ("in_expression", expr_with(expression::within)),
    ("range_expression", expr_with(expression::range)),
    ("lambda_literal", expr_with(expression::lambda)),
    ("annotated_lambda", pass("@lambda_literal")),
    ("annotated_expression", pass("#-1")),
    ("labeled_expression", pass("#-1")),
    ("anonymous_function", expr_with(expression::anonymous_function)),
    ("object_literal", expr_with(expression::object)),
    ("label", skip()),
    // Statements; most have a value too.
    ("assignment", assign("left", "operator", "right")),
    ("if_expression", branch("condition", "#1", "#2")),
    ("when_expression", choose("@when_subject", "@when_entry")),
    ("when_subject", pass("#-1")),
    ("when_entry", arm("condition", "", "*")),
    ("type_test", pattern_with(expression::type_test)),
    ("range_test", pattern_with(expression::range_test)),
    ("for_statement", for_each("#0", "#1", "#2", "")),
    ("while_statement", repeat("condition", "*", "")),
    ("do_while_statement", repeat_after("condition", "*")),
    ("try_expression", attempt("@block", "@catch_block", "@finally_block")),
    ("catch_block", handler("@identifier", "@block")),
    ("return_expression", stmt_with(expression::give)),
    ("throw_expression", throw("#0")),
    // Declarations.
    ("package_header", package("#0", "")),
    ("import", import("@qualified_identifier|#0", "@identifier")),
    ("file_annotation", skip()),
    ("class_declaration", stmt_with(class::class_item)),
    ("object_declaration", stmt_with(class::object_item)),
    ("companion_object", stmt_with(class::companion)),
    ("enum_entry", stmt_with(class::entry)),
    ("anonymous_initializer", stmt_with(class::initialiser)),
    ("secondary_constructor", stmt_with(class::secondary_constructor)),
    ("type_alias", skip()),
    ("function_declaration", stmt_with(function_item)),
    ("property_declaration", stmt_with(property)),
    ("variable_declaration", declare("#0", "#1", "")),
    ("parameter", param("#0", "#1", "")),
    (
        "annotation",
        attribute("@user_type|@constructor_invocation>@user_type", "@constructor_invocation>@value_arguments"),
    ),
];

/// The parameters of a function; a default follows its parameter.
fn params(lowering: &mut Lowering<'_>, list: Option<Node<'_>>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for part in list.map(|list| lowering.children(list)).unwrap_or_default() {
        match part.kind() {
            "parameter" | "class_parameter" => {
                let parts = lowering.children(part);
                let name = parts.iter().find(|child| child.kind() == "identifier");
                let named = name.and_then(|name| parts.iter().position(|child| child == name));
                let rest = named.map_or(&parts[..], |at| &parts[at + 1..]);
                let ty = rest.first().and_then(|ty| lowering.type_name(*ty));
                let default = rest.get(1).map(|default| lowering.expr(*default));
                let name = name.map(|name| lowering.name_text(*name)).unwrap_or_default();
                params.push(Param { name, ty, default, span: lowering.span(part) });
            }
            "parameter_modifiers" => {}
            _ => {
                let default = lowering.expr(part);
                if let Some(last) = params.last_mut() {
                    last.default = Some(default);
                }
            }
        }
    }
    params
}

/// The types before and after the node: of the receiver that is extended, and of what is given.
fn types_around(lowering: &Lowering<'_>, node: Node<'_>, name: Option<Node<'_>>) -> (Option<String>, Option<String>) {
    let (mut receiver, mut given) = (None, None);
    for child in lowering.children(node) {
        if matches!(child.kind(), "user_type" | "nullable_type" | "non_nullable_type" | "parenthesized_type") {
            let before = name.is_some_and(|name| child.end_byte() <= name.start_byte());
            let slot = if before { &mut receiver } else { &mut given };
            *slot = lowering.type_name(child);
        }
    }
    (receiver, given)
}

/// What stands for a function's body: the block, or the expression that it gives.
fn body_of<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    lowering.child_of(node, "function_body").map(|body| lowering.children(body)).unwrap_or_default()
}

fn function_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let (receiver, returns) = types_around(lowering, node, name);
    let list = lowering.child_of(node, "function_value_parameters");
    let head = Head {
        name: name.map(|name| lowering.name_text(name).trim_end_matches('`').to_owned()).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: params(lowering, list),
        returns,
        body: body_of(lowering, node),
        owner: receiver.into_iter().collect(),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// A property: a variable, or a function without parameters if it has a getter.
fn property(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let declared = lowering
        .child_of(node, "variable_declaration")
        .or_else(|| lowering.child_of(node, "multi_variable_declaration"));
    let Some(declared) = declared else { return };
    if let Some(getter) = lowering.child_of(node, "getter").filter(|getter| !body_of(lowering, *getter).is_empty()) {
        return getter_item(lowering, node, declared, getter);
    }
    let after = |child: &Node<'_>| child.start_byte() >= declared.end_byte();
    let is_value = |child: &Node<'_>| !matches!(child.kind(), "getter" | "setter" | "type_constraints");
    let value = lowering.children(node).into_iter().find(|child| after(child) && is_value(child));
    let value = value.map(|value| match value.kind() {
        "property_delegate" => lowering.children(value).first().copied().unwrap_or(value),
        _ => value,
    });
    let ty = match declared.kind() {
        "variable_declaration" => lowering.children(declared).get(1).and_then(|ty| lowering.type_name(*ty)),
        _ => None,
    };
    let pattern = match declared.kind() {
        "variable_declaration" => lowering.pattern(declared),
        _ => Pattern::Tuple(lowering.children(declared).into_iter().map(|part| lowering.pattern(part)).collect()),
    };
    let attributes = lowering.take_attributes(node);
    let value = value.map(|value| lowering.expr(value));
    let fixed = lowering.scope() != Scope::Type;
    lowering.bind(Binding { ty, value, fixed, attributes, ..Binding::of(pattern, lowering.span(node)) }, out);
}

fn getter_item(lowering: &mut Lowering<'_>, node: Node<'_>, declared: Node<'_>, getter: Node<'_>) {
    let parts = lowering.children(declared);
    let (receiver, _) = types_around(lowering, node, Some(declared));
    let head = Head {
        name: parts.first().map(|name| lowering.name_text(*name)).unwrap_or_default(),
        name_span: parts.first().map(|name| lowering.span(*name)),
        returns: parts.get(1).and_then(|ty| lowering.type_name(*ty)),
        body: body_of(lowering, getter),
        owner: receiver.into_iter().collect(),
        ..Head::default()
    };
    lowering.define(node, head);
}

#[cfg(test)]
mod tests;
