//! C#. Types, properties and constructors are in [`member`](mod@member), odd expressions in [`expression`](mod@expression).

use super::ir::{Import, Module, Stmt};
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, parsers};

mod expression;
mod member;
mod pattern;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    exported,
    modifiers: &["modifier", "attribute_list"],
    statics: &["static", "const"],
    members_count: true,
    references: &["out", "ref"],
    tests: &["Fact", "Theory", "Test", "TestCase", "TestMethod", "DataTestMethod"],
    ..Dialect::of(parsers::csharp, &[SHAPES])
});

/// Lowers a C# file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// What is `public`; in an interface, everything.
fn exported(lowering: &Lowering<'_>, node: Node<'_>, _: &str) -> bool {
    let holder = node.parent().and_then(|body| body.parent());
    lowering.has_modifier(node, "public") || holder.is_some_and(|holder| holder.kind() == "interface_declaration")
}

/// Every kind of pattern in an arm.
const PATTERNS: &str = "@constant_pattern+@declaration_pattern+@relational_pattern+@recursive_pattern+@type_pattern\
    +@var_pattern+@or_pattern+@and_pattern+@negated_pattern+@parenthesized_pattern+@list_pattern+@discard";

/// A default value of a parameter, by kind: the grammar gives it no field.
const DEFAULTS: &str = "@default_expression|@null_literal|@boolean_literal|@integer_literal|@real_literal\
    |@string_literal|@member_access_expression|@prefix_unary_expression";

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("integer_literal", number()),
    ("real_literal", number()),
    ("boolean_literal", expr_with(expression::boolean)),
    ("null_literal", null()),
    ("character_literal", character()),
    ("string_literal", text(Escapes::Backslash)),
    ("string_literal_content", text_part()),
    ("verbatim_string_literal", text(Escapes::Backslash)),
    ("raw_string_literal", text(Escapes::None)),
    ("raw_string_start", text_part()),
    ("raw_string_content", text_part()),
    ("raw_string_end", text_part()),
    ("interpolated_string_expression", text(Escapes::Backslash)),
    ("interpolation_start", text_part()),
    ("interpolation_quote", text_part()),
    ("interpolation_brace", skip()),
    ("interpolation", expr_with(expression::interpolation)),
    ("this", receiver()),
    ("base", receiver()),
    ("predefined_type", type_name()),
    ("qualified_name", path()),
    ("alias_qualified_name", path()),
    ("generic_name", path()),
    // Expressions.
    ("member_access_expression", field("expression", "name")),
    ("conditional_access_expression", expr_with(expression::conditional_access)),
    ("element_access_expression", index("expression", "subscript>#0>#-1")),
    ("invocation_expression", call("function", "arguments")),
    ("argument", argument("name", "#-1")),
    ("declaration_expression", pass("name")),
    ("object_creation_expression", expr_with(expression::creation)),
    ("implicit_object_creation_expression", expr_with(expression::creation)),
    ("array_creation_expression", pass("@initializer_expression")),
    ("implicit_array_creation_expression", pass("@initializer_expression")),
    ("initializer_expression", list("*")),
    ("collection_expression", list("*")),
    ("collection_element", pass("#0")),
    ("expression_element", pass("#0")),
    ("spread_element", wrap("#0")),
    ("tuple_expression", list("*>#-1")),
    ("prefix_unary_expression", unary("", "#0")),
    ("postfix_unary_expression", expr_with(expression::postfix)),
    ("as_expression", cast("right", "left")),
    ("is_expression", is("left", "right")),
    ("is_pattern_expression", expr_with(expression::is_pattern)),
    ("await_expression", wrap("#0")),
    ("checked_expression", pass("#0")),
    ("ref_expression", pass("#0")),
    ("lambda_expression", closure("parameters", "body")),
    ("implicit_parameter", name()),
    ("anonymous_method_expression", closure("parameters", "@block")),
    ("arrow_expression_clause", pass("#0")),
    ("switch_expression", choose("#0", "@switch_expression_arm")),
    ("switch_expression_arm", arm(PATTERNS, "@when_clause>#0", "*")),
    ("default_expression", opaque()),
    ("typeof_expression", opaque()),
    // Patterns.
    ("constant_pattern", pass("#0")),
    ("declaration_pattern", variant("type", "name")),
    ("recursive_pattern", pattern_with(pattern::parts)),
    ("type_pattern", variant("type", "")),
    ("var_pattern", pass("name")),
    ("or_pattern", alternatives("left+right")),
    ("parenthesized_pattern", pass("#0")),
    ("relational_pattern", pattern_with(pattern::relation)),
    ("discard", wildcard()),
    ("negated_pattern", pattern_with(pattern::negated)),
    ("and_pattern", pattern_with(pattern::both)),
    ("list_pattern", wildcard()),
    // Statements.
    ("global_statement", inline("*")),
    ("switch_statement", choose("value", "body>*")),
    ("switch_section", arm(PATTERNS, "@when_clause>#0", "*")),
    ("foreach_statement", for_each("left", "right", "body", "")),
    ("using_statement", scoped("*", "body")),
    ("lock_statement", scoped("", "@block")),
    ("fixed_statement", scoped("", "#-1")),
    ("unsafe_statement", inline("*")),
    ("checked_statement", inline("*")),
    ("try_statement", attempt("body", "@catch_clause", "@finally_clause")),
    ("catch_clause", handler("@catch_declaration", "body")),
    ("catch_declaration", declare("name", "", "")),
    ("throw_expression", throw("#0")),
    ("yield_statement", pass("*")),
    // Declarations.
    ("using_directive", stmt_with(imported)),
    ("namespace_declaration", package("name", "body")),
    ("file_scoped_namespace_declaration", package("name", "")),
    ("class_declaration", stmt_with(member::type_item)),
    ("struct_declaration", stmt_with(member::type_item)),
    ("record_declaration", stmt_with(member::type_item)),
    ("interface_declaration", stmt_with(member::type_item)),
    ("enum_declaration", type_item("name", "", "body")),
    ("enum_member_declaration", member("name", "value")),
    ("field_declaration", declarations("@variable_declaration>type", "@variable_declaration>@variable_declarator")),
    ("event_field_declaration", skip()),
    (
        "local_declaration_statement",
        declarations("@variable_declaration>type", "@variable_declaration>@variable_declarator"),
    ),
    ("variable_declaration", declarations("type", "@variable_declarator")),
    ("variable_declarator", declare("#0", "", "#1")),
    ("property_declaration", stmt_with(member::property)),
    ("constructor_declaration", stmt_with(member::constructor)),
    ("method_declaration", function("name", "parameters", "returns", "body")),
    ("local_function_statement", function("name", "parameters", "type", "body")),
    ("parameter", param("name", "type", DEFAULTS)),
    ("attribute", attribute("name", "@attribute_argument_list")),
    ("attribute_argument", argument("name", "#-1")),
    ("global_attribute", skip()),
    ("destructor_declaration", skip()),
    ("operator_declaration", skip()),
    ("conversion_operator_declaration", skip()),
    ("indexer_declaration", skip()),
    ("event_declaration", skip()),
    ("delegate_declaration", skip()),
    ("extern_alias_directive", skip()),
    // Preprocessor.
    ("preproc_if", inline_with(branches)),
    ("preproc_elif", inline_with(branches)),
    ("preproc_else", inline("*")),
    ("preproc_region", skip()),
    ("preproc_endregion", skip()),
    ("preproc_line", skip()),
    ("preproc_pragma", skip()),
    ("preproc_nullable", skip()),
    ("preproc_error", skip()),
    ("preproc_warning", skip()),
    ("preproc_define", skip()),
    ("preproc_undef", skip()),
    ("shebang_directive", skip()),
];

/// `using A.B;` brings in all of a namespace, `using static` all of a type, `using C = A.B;` one of them.
fn imported(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let alias = lowering.field(node, "name");
    let Some(path) = lowering.children(node).into_iter().rfind(|child| Some(*child) != alias) else { return };
    let path = lowering.path(path);
    let alias = alias.map_or_else(|| "*".to_owned(), |alias| lowering.text(alias).to_owned());
    lowering.module.imports.push(Import { alias, path });
}

/// The branches of an `#if`; what stands under `#if false` is not there.
fn branches<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    let (condition, alternative) = (lowering.field(node, "condition"), lowering.field(node, "alternative"));
    let never = condition.is_some_and(|condition| matches!(lowering.text(condition), "false" | "NEVER"));
    let mut cursor = node.walk();
    let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
    children.into_iter().filter(|child| Some(*child) != condition && (!never || Some(*child) == alternative)).collect()
}

#[cfg(test)]
mod tests;
