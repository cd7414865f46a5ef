//! Types: classes with a constructor in their head, objects, companions, enum entries.

use super::expression::with_methods;
use super::params;
use crate::language::ir::Stmt;
use crate::language::tree::{Head, Lowering, Node, Scope};

fn name_of(lowering: &Lowering<'_>, node: Node<'_>) -> String {
    lowering.field(node, "name").map(|name| lowering.name_text(name)).unwrap_or_default()
}

/// What a type extends: types, constructor calls, delegations.
pub(super) fn bases(lowering: &Lowering<'_>, node: Node<'_>) -> Vec<String> {
    let list = lowering.child_of(node, "delegation_specifiers");
    let specifiers = list.map(|list| lowering.children(list)).unwrap_or_default();
    let first = |node: Node<'_>| node.named_child(0).and_then(|inner| lowering.type_name(inner));
    specifiers.into_iter().filter_map(first).collect()
}

fn members<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    let body = lowering.child_of(node, "class_body").or_else(|| lowering.child_of(node, "enum_class_body"));
    body.map(|body| lowering.children(body)).unwrap_or_default()
}

/// Members that belong to the type itself.
fn fixed_members(lowering: &mut Lowering<'_>, node: Node<'_>) {
    let members = members(lowering, node);
    lowering.within("", Scope::Module, |lowering| members.into_iter().for_each(|member| lowering.item(member)));
}

/// A class, interface or enum. What its head takes are its fields.
pub(super) fn class_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = name_of(lowering, node);
    let bases = bases(lowering, node);
    let head = lowering.child_of(node, "primary_constructor");
    let list = head.and_then(|head| lowering.child_of(head, "class_parameters"));
    let members = members(lowering, node);
    lowering.open_type(node, &name, bases, |lowering| {
        let taken = params(lowering, list);
        if members.iter().any(|member| member.kind() == "secondary_constructor") && !taken.is_empty() {
            lowering.keeping(node, taken.clone());
        }
        lowering.add_fields(taken);
        base_call(lowering, node);
        members.into_iter().for_each(|member| lowering.item(member));
    });
}

/// What the constructor of the base is given, if there is code in it (`class S : FunSpec({ test("a") { … } })`), is a
/// method that the constructor calls.
fn base_call(lowering: &mut Lowering<'_>, node: Node<'_>) {
    let list = lowering.child_of(node, "delegation_specifiers");
    let specifiers = list.map(|list| lowering.children(list)).unwrap_or_default();
    let calls = specifiers.into_iter().filter_map(|specifier| lowering.child_of(specifier, "constructor_invocation"));
    for call in calls.collect::<Vec<_>>() {
        let list = lowering.child_of(call, "value_arguments");
        let has_code = |arg: &Node<'_>| arg.named_child(0).is_some_and(|value| value.kind() == "lambda_literal");
        let code: Vec<Node<'_>> = list.map(|list| lowering.children(list)).unwrap_or_default();
        let (body, given): (Vec<Node<'_>>, Vec<Node<'_>>) = code.into_iter().partition(has_code);
        if !body.is_empty() {
            lowering.define(call, Head { name: "init".to_owned(), body, method: Some(true), ..Head::default() });
        } else if let Some(list) = list.filter(|_| !given.is_empty()) {
            let args = lowering.args(list);
            lowering.made_of_base(call, args);
        }
    }
}

/// `object T`: a type with one instance.
pub(super) fn object_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = name_of(lowering, node);
    let bases = bases(lowering, node);
    lowering.open_type(node, &name, bases, |lowering| fixed_members(lowering, node));
}

/// A companion's members are its class's.
pub(super) fn companion(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    fixed_members(lowering, node);
}

/// An entry of an enum is an object of it.
pub(super) fn entry(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.child_of(node, "identifier") else { return };
    let args = lowering.child_of(node, "value_arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let body = lowering.child_of(node, "class_body");
    let name = lowering.name_text(name);
    lowering.constant_object(node, name, args, out, |lowering, made| with_methods(lowering, node, body, made));
}

/// `init { … }` is a method that the constructor calls.
pub(super) fn initialiser(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let body = lowering.children(node);
    lowering.define(node, Head { name: "init".to_owned(), body, method: Some(true), ..Head::default() });
}

/// `constructor(…) : this(…) { … }`.
pub(super) fn secondary_constructor(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let list = lowering.child_of(node, "function_value_parameters");
    let params = params(lowering, list);
    let call = lowering.child_of(node, "constructor_delegation_call");
    let prologue = call.map(|call| {
        let args = lowering.child_of(call, "value_arguments").map(|list| lowering.args(list)).unwrap_or_default();
        let to_own = lowering.text(call).starts_with("this");
        lowering.delegated(call, to_own, args)
    });
    let body = lowering.child_of(node, "block").into_iter().collect();
    let (name, prologue) = ("new".to_owned(), prologue.into_iter().collect());
    let function = lowering.define(node, Head { name, params, body, prologue, method: Some(true), ..Head::default() });
    function.declared_only = false;
}
