//! JavaScript and TypeScript. Both share one table; TypeScript's adds types. Modules of every kind (imports, `require`,
//! `module.exports`) are in [`modules`], what compilers make of them in [`compiled`], object literals in [`objects`], scripts
//! inside HTML, Vue and Svelte in [`elements`].

use super::ir::{Block, Expr, ExprKind, Module, Stmt, StmtKind, UnaryOp};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Lowering, Node, parsers};

mod compiled;
mod elements;
mod exports;
mod markup;
mod modules;
mod objects;
mod typescript;

pub use elements::{lower as lower_elements, lower_page};
pub use typescript::lower as lower_typescript;

static GRAMMAR: Grammar = Grammar::new(DIALECT);

const DIALECT: Dialect = Dialect {
    sigils: &['#'],
    constructors: &["constructor"],
    modifiers: &["accessibility_modifier"],
    exported,
    octal: true,
    ..Dialect::of(parsers::javascript, &[SHAPES])
};

/// Lowers a JavaScript file. One with Flow's types in it is read as TypeScript if that reads more of it.
pub fn lower(text: &str) -> Module {
    let module = exports::resolve(GRAMMAR.lower(text));
    if module.gaps.is_empty() || !text.contains("@flow") {
        return module;
    }
    let typed = lower_typescript(text);
    if typed.gaps.len() < module.gaps.len() { typed } else { module }
}

/// Only what stands right in an `export`; what `module.exports` names is found afterwards.
fn exported(lowering: &Lowering<'_>, node: Node<'_>, _: &str) -> bool {
    match node.kind() {
        "method_definition" => !lowering.has_modifier(node, "private"),
        _ => node.parent().is_some_and(|parent| parent.kind() == "export_statement"),
    }
}

const SHAPES: &[(&str, Shape)] = &[
    // Names and literals.
    ("private_property_identifier", name()),
    ("shorthand_property_identifier", name()),
    ("shorthand_property_identifier_pattern", name()),
    ("super", name()),
    ("string", text(Escapes::Backslash)),
    ("template_string", text(Escapes::Backslash)),
    ("template_substitution", pass("#0")),
    ("html_character_reference", text_part()),
    ("regex", regex()),
    ("html_comment", skip()),
    ("optional_chain", skip()),
    // Expressions.
    ("member_expression", field("object", "property")),
    ("subscript_expression", index("object", "index")),
    ("call_expression", expr_with(modules::call)),
    ("new_expression", new("constructor", "arguments")),
    ("await_expression", wrap("#0")),
    ("yield_expression", wrap("#0")),
    ("unary_expression", expr_with(unary)),
    ("assignment_expression", assign("left", "", "right")),
    ("augmented_assignment_expression", assign("left", "operator", "right")),
    ("sequence_expression", expr_with(sequence)),
    ("arrow_function", closure("parameters|parameter", "body")),
    ("function_expression", closure("parameters", "body")),
    ("generator_function", closure("parameters", "body")),
    ("object", expr_with(objects::literal)),
    ("array", list("*")),
    ("spread_element", spread("#0")),
    ("computed_property_name", computed("#0")),
    // Patterns.
    ("object_pattern", record("", "*")),
    ("pair_pattern", pair("key", "value")),
    ("object_assignment_pattern", assign("left", "", "right")),
    ("array_pattern", list("*")),
    ("assignment_pattern", param("left", "", "right")),
    ("rest_pattern", spread("#0")),
    // Statements.
    ("for_in_statement", stmt_with(for_in)),
    ("switch_statement", choose("value", "body>*")),
    ("switch_case", arm("value", "", "body")),
    ("switch_default", arm("", "", "body")),
    ("try_statement", attempt("body", "handler", "finalizer")),
    ("catch_clause", handler("parameter", "body")),
    ("with_statement", scoped("object", "body")),
    ("labeled_statement", inline("body")),
    ("debugger_statement", skip()),
    // Declarations.
    ("lexical_declaration", stmt_with(variables)),
    ("variable_declaration", stmt_with(variables)),
    ("variable_declarator", declare("name", "", "value")),
    ("function_declaration", function("name", "parameters", "", "body")),
    ("generator_function_declaration", function("name", "parameters", "", "body")),
    ("class_declaration", type_item("name", "@class_heritage", "body")),
    ("class", type_item("name", "@class_heritage", "body")),
    ("class_static_block", inline("body>*")),
    ("field_definition", declare("property", "", "value")),
    ("method_definition", function("name", "parameters", "", "body")),
    ("decorator", attribute("#0", "")),
    ("import_statement", stmt_with(modules::import)),
    ("export_statement", stmt_with(modules::export)),
    // Markup in code.
    ("jsx_element", expr_with(markup::element)),
    ("jsx_self_closing_element", expr_with(markup::element)),
    ("jsx_expression", pass("#0")),
    ("jsx_text", skip()),
    ("jsx_closing_element", skip()),
];

/// `+x` makes a number of it, `void 0` is undefined; the others mean what they mean everywhere.
fn unary(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let operator = lowering.field(node, "operator").map_or("", |operator| lowering.text(operator));
    let Some(argument) = lowering.field(node, "argument") else { return lowering.opaque(node) };
    let value = lowering.expr(argument);
    let kind = match operator {
        "!" => ExprKind::Unary(UnaryOp::Not, Box::new(value)),
        "-" => ExprKind::Unary(UnaryOp::Negate, Box::new(value)),
        "~" => ExprKind::Unary(UnaryOp::Complement, Box::new(value)),
        "+" => modules::called("Number", value, lowering.span(node)),
        "void" => ExprKind::Null,
        _ => ExprKind::Opaque(vec![value]),
    };
    lowering.at(node, kind)
}

/// `a, b, c`: the value of the last.
fn sequence(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut open = vec![node];
    let mut values = Vec::new();
    while let Some(next) = open.pop() {
        if next.kind() == node.kind() {
            open.extend(lowering.children(next).into_iter().rev());
        } else {
            values.push(lowering.expr(next));
        }
    }
    let value = values.pop().map(Box::new);
    let stmts = values.into_iter().map(|value| lowering.effect(value)).collect();
    lowering.at(node, ExprKind::Block(Block { stmts, value }))
}

/// `const a = 1, b = require("b")`: variables and imports.
fn variables(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let declarators = lowering.children(node);
    let single = declarators.len() == 1;
    for declarator in declarators {
        if modules::require_import(lowering, declarator) {
            continue;
        }
        let Some(name) = lowering.field(declarator, "name") else { continue };
        let pattern = lowering.pattern(name);
        let ty = lowering.field(declarator, "type").and_then(|ty| lowering.type_name(ty));
        let value = lowering.field(declarator, "value").map(|value| lowering.expr(value));
        let span = lowering.span(if single { node } else { declarator });
        lowering.bind(Binding { ty, value, ..Binding::of(pattern, span) }, out);
    }
}

/// `for (x of xs)` visits the elements, `for (k in o)` the keys.
fn for_in(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let bind = lowering.field(node, "left").map(|left| lowering.pattern(left));
    let keys = lowering.field(node, "operator").is_some_and(|operator| lowering.text(operator) == "in");
    let over = lowering.field(node, "right").map(|right| {
        let over = lowering.expr(right);
        if keys { modules::keys_of(over) } else { over }
    });
    let body = lowering.field(node, "body").map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

#[cfg(test)]
mod tests;
