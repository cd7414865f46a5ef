//! C. What C++ and Objective-C share with it is in [`declaration`] (declarators, types, enums) and [`preprocessor`].

use super::ir::Module;
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, Scope, parsers};

mod attributes;
pub(super) mod declaration;
mod directive;
pub(super) mod preprocessor;
mod token;

#[cfg(feature = "c")]
static GRAMMAR: Grammar = Grammar::new(Dialect {
    modifiers: MODIFIERS,
    exported,
    octal: true,
    members_count: true,
    bare_block: declaration::macro_function,
    prepare: preprocessor::prepare,
    ..Dialect::of(parsers::c, &[SHAPES])
});

/// Lowers a C file.
#[cfg(feature = "c")]
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// Where storage classes and qualifiers stand.
pub(super) const MODIFIERS: &[&str] = &["storage_class_specifier", "type_qualifier"];

/// A function is seen from outside its file unless it is `static`; in a type, that means something else.
pub(super) fn exported(lowering: &Lowering<'_>, node: Node<'_>, _: &str) -> bool {
    lowering.scope() == Scope::Type || !lowering.has_modifier(node, "static")
}

/// The table of C, and of what extends it.
pub(super) const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("number_literal", number()),
    ("char_literal", character()),
    ("string_literal", text(Escapes::Backslash)),
    ("primitive_type", type_name()),
    ("sized_type_specifier", type_name()),
    // Expressions.
    ("pointer_expression", unary("operator", "argument")),
    ("comma_expression", comma("left", "right")),
    ("field_expression", field("argument", "field")),
    ("subscript_expression", index("argument", "index")),
    ("compound_literal_expression", record("type", "value>*")),
    ("initializer_list", record("", "*")),
    ("initializer_pair", pair("designator", "value")),
    ("field_designator", key("#0")),
    ("subscript_designator", computed("#0")),
    ("extension_expression", pass("#0")),
    ("sizeof_expression", opaque()),
    ("type_descriptor", type_name()),
    // Statements.
    ("switch_statement", choose("condition", "body>*")),
    ("case_statement", arm("value", "", "*")),
    ("attributed_statement", inline("*")),
    ("seh_try_statement", attempt("body", "@seh_except_clause", "@seh_finally_clause")),
    // Declarations.
    ("declaration", stmt_with(declaration::variables)),
    ("field_declaration", stmt_with(declaration::variables)),
    ("function_definition", stmt_with(declaration::function)),
    ("type_definition", stmt_with(declaration::alias)),
    ("struct_specifier", stmt_with(declaration::record)),
    ("union_specifier", stmt_with(declaration::record)),
    ("enum_specifier", stmt_with(declaration::enumeration)),
    ("enumerator", member("name", "value")),
    ("linkage_specification", inline("body")),
    ("declaration_list", inline("*")),
    ("storage_class_specifier", skip()),
    ("type_qualifier", skip()),
    ("attribute_specifier", skip()),
    ("attribute_declaration", skip()),
    ("ms_declspec_modifier", skip()),
];

#[cfg(all(test, feature = "c"))]
mod tests;
