//! TypeScript: JavaScript's table with types on top. Text with markup in it is read by the grammar for `.tsx`, which is
//! stricter about casts; the plain one is asked first.

use super::{DIALECT, SHAPES, exports};
use crate::language::ir::{Expr, ExprKind, Field, Module, Stmt, StmtKind};
use crate::language::tree::shape::*;
use crate::language::tree::{Dialect, Grammar, Head, Lowering, Node, parsers};

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
    let Some(name) = lowering.field(node, "name") else { return };
    let list = lowering.field(node, "parameters");
    let params = list.map(|list| lowering.children(list)).unwrap_or_default();
    const REACHED: [&str; 5] = ["private ", "public ", "protected ", "readonly ", "override "];
    let is_member = |param: &Node<'_>| REACHED.iter().any(|word| lowering.text(*param).starts_with(word));
    let promoted: Vec<Node<'_>> = params.into_iter().filter(is_member).collect();
    let head = Head {
        name: lowering.last_name(name),
        name_span: Some(lowering.span(name)),
        prologue: promoted.into_iter().filter_map(|param| promote(lowering, param)).collect(),
        params: list.map(|list| lowering.params(list)).unwrap_or_default(),
        returns: lowering.field(node, "return_type").and_then(|ty| lowering.type_name(ty)),
        body: lowering.field(node, "body").into_iter().collect(),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// The field that a parameter is too, and the assignment that fills it.
fn promote(lowering: &mut Lowering<'_>, param: Node<'_>) -> Option<Stmt> {
    let name = lowering.field(param, "pattern").map(|name| lowering.name_text(name))?;
    let ty = lowering.field(param, "type").and_then(|ty| lowering.type_name(ty));
    let span = lowering.span(param);
    lowering.add_field(Field { name: name.clone(), ty, value: None, attributes: Vec::new(), span });
    let receiver = Box::new(Expr::new(ExprKind::Receiver, span));
    let target = Box::new(Expr::new(ExprKind::Field(receiver, name.clone()), span));
    let kind = ExprKind::Assign(target, Box::new(Expr::name(name, span)));
    Some(Stmt { kind: StmtKind::Expr(Expr::new(kind, span)), span })
}
