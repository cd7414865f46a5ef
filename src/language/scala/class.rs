//! Types: classes and traits, objects, extensions of other types. Statements among the members are the constructor's;
//! that is where tests are written.

use crate::language::ir::{Arg, Param, Stmt};
use crate::language::tree::{Head, Lowering, Node, Scope};

fn head<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> (String, Vec<String>, Vec<Node<'t>>) {
    let name = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    let extended = lowering.field(node, "extend").map(|clause| lowering.fields(clause, "type")).unwrap_or_default();
    let named = extended.into_iter().filter(Node::is_named);
    let bases = named.filter_map(|ty| lowering.type_name(ty)).collect();
    let bodies = lowering.fields(node, "body");
    (name, bases, bodies.into_iter().flat_map(|body| lowering.children(body)).collect())
}

/// A class or trait. What its head takes are its fields. An implicit one extends the type of what it takes.
pub(super) fn type_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let (name, bases, members) = head(lowering, node);
    let lists = lowering.fields(node, "class_parameters");
    let extended = match lists.as_slice() {
        [list] if lowering.has_modifier(node, "implicit") => extended(lowering, *list),
        _ => None,
    };
    lowering.open_type(node, &name, bases, |lowering| {
        for list in lists {
            let taken = lowering.params(list);
            lowering.add_fields(taken);
        }
        base_call(lowering, node);
        statements(lowering, node, &members);
        for member in members {
            match &extended {
                Some(param) if member.kind() == "function_definition" => extend(lowering, member, param),
                _ if is_statement(member) => {}
                _ => lowering.item(member),
            }
        }
    });
}

/// A type with one instance: its members belong to itself.
pub(super) fn object_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let (name, bases, members) = head(lowering, node);
    lowering.open_type(node, &name, bases, |lowering| {
        base_call(lowering, node);
        statements(lowering, node, &members);
        let members = members.into_iter().filter(|member| !is_statement(*member));
        lowering.within("", Scope::Module, |lowering| members.for_each(|member| lowering.item(member)));
    });
}

/// `extends Base(end)`.
fn base_call(lowering: &mut Lowering<'_>, node: Node<'_>) {
    let Some(clause) = lowering.field(node, "extend") else { return };
    let args: Vec<Arg> =
        lowering.fields(clause, "arguments").into_iter().flat_map(|list| lowering.args(list)).collect();
    if !args.is_empty() {
        lowering.made_of_base(clause, args);
    }
}

fn is_statement(node: Node<'_>) -> bool {
    node.kind().ends_with("_expression") || node.kind() == "block"
}

/// The statements among the members, as a method that the constructor calls.
fn statements(lowering: &mut Lowering<'_>, node: Node<'_>, members: &[Node<'_>]) {
    let body: Vec<Node<'_>> = members.iter().copied().filter(|member| is_statement(*member)).collect();
    if !body.is_empty() {
        lowering.define(node, Head { name: "init".to_owned(), body, method: Some(true), ..Head::default() });
    }
}

/// `extension (a: T) def f = …`.
pub(super) fn extension(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let lists = lowering.fields(node, "parameters");
    let extended = lists.iter().find_map(|list| extended(lowering, *list));
    for member in lowering.fields(node, "body") {
        let functions = match member.kind() {
            "function_definition" => vec![member],
            _ => lowering.children(member),
        };
        for function in functions {
            match &extended {
                Some(param) if function.kind() == "function_definition" => extend(lowering, function, param),
                _ => lowering.item(function),
            }
        }
    }
}

/// The only parameter of a list, if its type is known.
fn extended(lowering: &mut Lowering<'_>, list: Node<'_>) -> Option<Param> {
    let mut params = lowering.params(list);
    let only = params.pop().filter(|_| params.is_empty())?;
    only.ty.is_some().then_some(only)
}

/// A function of the type that is extended; its receiver is known by the parameter's name.
fn extend(lowering: &mut Lowering<'_>, node: Node<'_>, extended: &Param) {
    let name = lowering.field(node, "name");
    let lists = lowering.fields(node, "parameters");
    let head = Head {
        name: name.map(|name| lowering.text(name).to_owned()).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: lists.into_iter().flat_map(|list| lowering.params(list)).collect(),
        returns: lowering.field(node, "return_type").and_then(|ty| lowering.type_name(ty)),
        body: lowering.fields(node, "body"),
        owner: extended.ty.clone().into_iter().collect(),
        method: Some(true),
        receiver: Some(extended.name.clone()),
        ..Head::default()
    };
    lowering.define(node, head);
}
