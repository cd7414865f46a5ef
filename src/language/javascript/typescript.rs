//! TypeScript: JavaScript's table with types on top. Text with markup in it is read by the grammar for `.tsx`, which is
//! stricter about casts; the plain one is asked first.

use super::{DIALECT, SHAPES, exports};
use crate::language::ir::{Module, Stmt};
use crate::language::tree::shape::*;
use crate::language::tree::{Dialect, Grammar, Lowering, Node, parsers};

pub(super) static GRAMMAR: Grammar =
    Grammar::new(Dialect { parser: parsers::typescript, shapes: &[SHAPES, TYPED], members_count: true, ..DIALECT });

pub(super) static MARKUP: Grammar =
    Grammar::new(Dialect { parser: parsers::tsx, shapes: &[SHAPES, TYPED], members_count: true, ..DIALECT });

/// Lowers a TypeScript file, with or without markup.
pub fn lower(text: &str) -> Module {
    let plain = exports::resolve(GRAMMAR.lower(text));
    if plain.gaps.is_empty() || !text.contains("</") && !text.contains("/>") {
        return plain;
    }
    let markup = exports::resolve(MARKUP.lower(text));
    if markup.gaps.len() < plain.gaps.len() { markup } else { plain }
}

const TYPED: &[(&str, Shape)] = &[
    // Types in expressions.
    ("as_expression", pass("#0")),
    ("satisfies_expression", pass("#0")),
    ("non_null_expression", pass("#0")),
    ("type_arguments", skip()),
    ("type_parameters", skip()),
    ("accessibility_modifier", skip()),
    ("override_modifier", skip()),
    // Declarations.
    ("required_parameter", param("pattern", "type", "value")),
    ("optional_parameter", param("pattern", "type", "value")),
    ("function_declaration", function("name", "parameters", "return_type", "body")),
    ("generator_function_declaration", function("name", "parameters", "return_type", "body")),
    ("method_definition", stmt_with(method)),
    ("public_field_definition", declare("name", "type", "value")),
    ("variable_declarator", declare("name", "type", "value")),
    ("abstract_class_declaration", type_item("name", "@class_heritage", "body")),
    ("interface_declaration", type_item("name", "@extends_type_clause", "body")),
    ("property_signature", declare("name", "type", "")),
    ("enum_declaration", stmt_with(enumeration)),
    ("enum_assignment", member("name", "value")),
    ("internal_module", namespace("name", "body")),
    ("module", namespace("name", "body")),
    ("ambient_declaration", skip()),
    ("function_signature", skip()),
    ("method_signature", skip()),
    ("abstract_method_signature", skip()),
    ("call_signature", skip()),
    ("construct_signature", skip()),
    ("index_signature", skip()),
    ("type_alias_declaration", skip()),
    ("import_alias", skip()),
];

/// `enum T { A, B = 3 }`: its members are constants that it owns.
fn enumeration(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let (Some(name), Some(body)) = (lowering.field(node, "name"), lowering.field(node, "body")) else { return };
    let name = lowering.text(name).to_owned();
    let members: Vec<Node<'_>> =
        lowering.children(body).into_iter().filter(|member| member.kind() == "enum_assignment").collect();
    lowering.open_type(node, &name, Vec::new(), |lowering| {
        lowering.members(members, Some(&name), &mut Vec::new());
    });
}

/// A method. The parameters of a constructor that say how they can be reached are fields that it fills.
fn method(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    const REACHED: [&str; 5] = ["private ", "public ", "protected ", "readonly ", "override "];
    let is_member =
        |lowering: &Lowering<'_>, param: Node<'_>| REACHED.iter().any(|word| lowering.text(param).starts_with(word));
    lowering.promoting_method(node, is_member, "pattern");
}
