//! Types and their members: constructors in the head of a type, properties, enums.

use crate::language::ir::{Param, Pattern, Stmt};
use crate::language::tree::{Binding, Head, Lowering, Node};

/// A class, struct, record or interface. What its head takes are its fields.
pub(super) fn type_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    let bases = lowering.child_of(node, "base_list").map(|list| lowering.children(list)).unwrap_or_default();
    let bases = bases.into_iter().filter_map(|base| lowering.type_name(base)).collect();
    let members = lowering.field(node, "body").map(|body| lowering.children(body)).unwrap_or_default();
    let head = lowering.child_of(node, "parameter_list");
    lowering.open_type(node, &name, bases, |lowering| {
        let taken: Vec<Param> = head.map(|head| lowering.params(head)).unwrap_or_default();
        if members.iter().any(|member| member.kind() == "constructor_declaration") && !taken.is_empty() {
            lowering.keeping(node, taken.clone());
        }
        lowering.add_fields(taken);
        members.into_iter().for_each(|member| lowering.item(member));
    });
}

/// A constructor; a static one is a function that nobody has to call.
pub(super) fn constructor(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let is_static = lowering.has_modifier(node, "static");
    let params = lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default();
    let initializer = lowering.child_of(node, "constructor_initializer");
    let prologue = initializer.map(|call| {
        let args = lowering.child_of(call, "argument_list").map(|list| lowering.args(list)).unwrap_or_default();
        let to_own = lowering.child_of(call, "this").is_some();
        lowering.delegated(call, to_own, args)
    });
    let head = Head {
        name: if is_static { "static" } else { "new" }.to_owned(),
        params,
        body: lowering.field(node, "body").into_iter().collect(),
        prologue: prologue.into_iter().collect(),
        method: Some(!is_static),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// A property: a variable, or a function without parameters if it computes what it gives.
pub(super) fn property(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.field(node, "name") else { return };
    let ty = lowering.field(node, "type").and_then(|ty| lowering.type_name(ty));
    let value = lowering.field(node, "value");
    if let Some(body) =
        value.filter(|value| value.kind() == "arrow_expression_clause").or_else(|| getter(lowering, node))
    {
        let head = Head {
            name: lowering.text(name).to_owned(),
            name_span: Some(lowering.span(name)),
            returns: ty,
            body: vec![body],
            ..Head::default()
        };
        lowering.define(node, head);
        return;
    }
    let attributes = lowering.take_attributes(node);
    let fixed = lowering.has_modifier(node, "static");
    let value = value.map(|value| lowering.expr(value));
    let pattern = Pattern::Bind(lowering.text(name).to_owned());
    lowering.bind(Binding { ty, value, fixed, attributes, ..Binding::of(pattern, lowering.span(node)) }, out);
}

/// The body of a property's `get`, if it has one.
fn getter<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Option<Node<'t>> {
    let accessors = lowering.field(node, "accessors")?;
    let getters = lowering.children(accessors).into_iter().filter(|accessor| lowering.text(*accessor).contains("get"));
    let bodies = getters.filter(|accessor| lowering.child_of(*accessor, "get").is_some());
    bodies.filter_map(|accessor| lowering.field(accessor, "body")).next()
}
