//! Dart's declarations: signatures and bodies that stand beside each other, constructors that fill fields.

use crate::language::ir::{Arg, Expr, ExprKind, Param, Pattern, Stmt, StmtKind};
use crate::language::tree::{Binding, Head, Lowering, Node, Scope};

/// `import 'package:clock/clock.dart' as c;`
pub(super) fn import(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(specification) = lowering.child_of(node, "import_specification") else { return };
    let Some(uri) = lowering.field(specification, "uri") else { return };
    let text = lowering.text(uri).trim_matches(['\'', '"']).to_owned();
    if let Some(alias) = lowering.field(specification, "alias").map(|alias| lowering.text(alias).to_owned()) {
        let stem = text.rsplit('/').next().unwrap_or(&text).trim_end_matches(".dart").to_owned();
        lowering.import(Some(alias), vec![stem]);
    }
    if text.ends_with(".dart") && !text.starts_with("dart:") {
        lowering.module.includes.push(text);
    }
}

/// Every part of that kind below a node, through layers that only wrap.
fn parts<'t>(lowering: &Lowering<'_>, node: Node<'t>, kinds: &[&str], depth: usize) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    for child in lowering.children(node) {
        if kinds.contains(&child.kind()) {
            found.push(child);
        } else if depth > 0 && child.kind().ends_with("list") {
            found.append(&mut parts(lowering, child, kinds, depth - 1));
        }
    }
    found
}

/// `final a = 1, b = 2;` wherever it stands.
pub(super) fn variables(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = lowering.field(node, "type").or_else(|| lowering.child_of(node, "type"));
    let ty = ty.and_then(|ty| lowering.type_name(ty));
    let fixed = lowering.child_of(node, "static").is_some() || lowering.scope() == Scope::Module;
    let mut declared = parts(lowering, node, &["initialized_identifier", "static_final_declaration"], 2);
    if lowering.field(node, "name").is_some() {
        declared.insert(0, node);
    }
    let single = declared.len() == 1;
    for part in declared {
        let name = lowering.field(part, "name").or_else(|| lowering.children(part).first().copied());
        let Some(name) = name else { continue };
        let pattern = Pattern::Bind(lowering.text(name).to_owned());
        let value = lowering.field(part, "value").map(|value| lowering.expr(value));
        let span = lowering.span(if single { node } else { part });
        lowering.bind(Binding { ty: ty.clone(), value, fixed, ..Binding::of(pattern, span) }, out);
    }
}

/// The signature in a declaration, however many layers wrap it.
fn signature<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Option<Node<'t>> {
    let mut at = lowering.field(node, "signature").or_else(|| {
        let is_signature = |child: &Node<'t>| child.kind().ends_with("signature");
        lowering.children(node).into_iter().find(is_signature)
    })?;
    while at.kind() == "method_signature" {
        at = lowering.children(at).into_iter().find(|child| child.kind().ends_with("signature"))?;
    }
    Some(at)
}

/// A function, method or getter.
pub(super) fn function(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(signature) = signature(lowering, node) else { return };
    if matches!(signature.kind(), "setter_signature" | "operator_signature") {
        return;
    }
    if signature.kind().contains("constructor") {
        return constructor(lowering, node, signature);
    }
    let body = lowering.field(node, "body").or_else(|| lowering.child_of(node, "function_body"));
    let method = lowering.field(node, "signature").filter(|outer| lowering.child_of(*outer, "static").is_some());
    let name = lowering.field(signature, "name");
    let head = Head {
        name: name.map(|name| lowering.text(name).to_owned()).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: parameters(lowering, signature).0,
        returns: lowering.field(signature, "return_type").and_then(|ty| lowering.type_name(ty)),
        body: body.map(|body| lowering.children(body)).unwrap_or_default(),
        method: method.is_some().then_some(false),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// `T(this.a, {this.b = 1}) : c = a { … }`: parameters that fill fields, and initialisers.
fn constructor(lowering: &mut Lowering<'_>, node: Node<'_>, signature: Node<'_>) {
    let (params, mut prologue) = parameters(lowering, signature);
    let places = [Some(node), lowering.field(node, "signature"), Some(signature)];
    let initializers = places.into_iter().flatten().find_map(|place| lowering.child_of(place, "initializers"));
    let mut handed = handed_by_name(lowering, signature);
    for entry in initializers.map(|list| lowering.children(list)).unwrap_or_default() {
        // A constructor that has a name of its own is none that is known by the type's.
        if let (Some(list), None) = (lowering.child_of(entry, "arguments"), lowering.child_of(entry, "identifier")) {
            handed.extend(lowering.args(list));
        }
        let Some(field) = lowering.child_of(entry, "field_initializer") else { continue };
        if let (Some(name), Some(value)) = (lowering.field(field, "name"), lowering.field(field, "value")) {
            let name = lowering.text(name).to_owned();
            let value = lowering.expr(value);
            prologue.push(filled(name, value));
        }
    }
    let redirection = places.into_iter().flatten().find_map(|place| lowering.child_of(place, "redirection"));
    let unnamed = redirection.filter(|call| lowering.child_of(*call, "identifier").is_none());
    if let Some((call, list)) = unnamed.and_then(|call| Some((call, lowering.child_of(call, "arguments")?))) {
        let args = lowering.args(list);
        prologue.push(lowering.delegated(call, true, args));
    }
    if !handed.is_empty() {
        prologue.push(lowering.handed_up(handed, lowering.span(signature)));
    }
    let names: Vec<Node<'_>> = lowering.fields(signature, "name");
    let own: Vec<String> =
        names.iter().map(|name| lowering.text(*name)).filter(|name| *name != ".").map(str::to_owned).collect();
    let factory = signature.kind().contains("factory");
    let name = match own.as_slice() {
        [_, named] if named != "new" => named.clone(),
        _ => "new".to_owned(),
    };
    let body = lowering.field(node, "body").or_else(|| lowering.child_of(node, "function_body"));
    let head = Head {
        name,
        params,
        prologue,
        body: body.map_or(vec![signature; 0], |body| lowering.children(body)),
        method: Some(!factory),
        ..Head::default()
    };
    lowering.define(node, head).declared_only = false;
}

/// The parameters that are the base's too: `super.end`.
fn handed_by_name(lowering: &Lowering<'_>, signature: Node<'_>) -> Vec<Arg> {
    let list = lowering.fields(signature, "parameters").into_iter().find(|list| list.kind() == "formal_parameter_list");
    let mut open: Vec<(Node<'_>, bool)> = list.map(|list| (list, false)).into_iter().collect();
    let mut handed = Vec::new();
    while let Some((part, named)) = open.pop() {
        match part.kind() {
            "formal_parameter_list" | "optional_formal_parameters" | "formal_parameter" => {
                let named = named || lowering.text(part).starts_with('{');
                open.extend(lowering.children(part).into_iter().rev().map(|inner| (inner, named)));
            }
            "super_formal_parameter" => {
                let name = lowering.field(part, "name").or_else(|| lowering.child_of(part, "identifier"));
                let name = name.map(|name| lowering.text(name).to_owned()).unwrap_or_default();
                let value = Expr::name(name.clone(), lowering.span(part));
                handed.push(Arg { name: named.then_some(name), value });
            }
            _ => {}
        }
    }
    handed
}

/// `this.name = value`.
fn filled(name: String, value: Expr) -> Stmt {
    let span = value.span;
    let receiver = Box::new(Expr::new(ExprKind::Receiver, span));
    let target = Box::new(Expr::new(ExprKind::Field(receiver, name), span));
    Stmt { kind: StmtKind::Expr(Expr::new(ExprKind::Assign(target, Box::new(value)), span)), span }
}

/// The parameters, and what those that are fields too assign.
fn parameters(lowering: &mut Lowering<'_>, signature: Node<'_>) -> (Vec<Param>, Vec<Stmt>) {
    let (mut params, mut prologue): (Vec<Param>, Vec<Stmt>) = (Vec::new(), Vec::new());
    let list = lowering.fields(signature, "parameters").into_iter().find(|list| list.kind() == "formal_parameter_list");
    let mut open: Vec<Node<'_>> = list.map(|list| lowering.children(list)).unwrap_or_default();
    open.reverse();
    while let Some(part) = open.pop() {
        match part.kind() {
            "optional_formal_parameters" => open.extend(lowering.children(part).into_iter().rev()),
            "formal_parameter" => {
                let inner = ["field_formal_parameter", "super_formal_parameter"];
                let field = inner.iter().find_map(|kind| lowering.child_of(part, kind));
                let named = field.unwrap_or(part);
                let name = lowering.field(named, "name").or_else(|| lowering.child_of(named, "identifier"));
                let Some(name) = name.map(|name| lowering.text(name).to_owned()) else { continue };
                let ty = lowering.child_of(named, "type").and_then(|ty| lowering.type_name(ty));
                let span = lowering.span(part);
                if field.is_some_and(|field| field.kind() == "field_formal_parameter") {
                    prologue.push(filled(name.clone(), Expr::name(name.clone(), span)));
                }
                params.push(Param { name, ty, default: None, span });
            }
            // A default stands after its parameter.
            _ => {
                let value = lowering.expr(part);
                if let Some(last) = params.last_mut() {
                    last.default = Some(value);
                }
            }
        }
    }
    (params, prologue)
}

/// A member of a class: fields, or a constructor or function without a body.
pub(super) fn member(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    match signature(lowering, node) {
        Some(signature) if signature.kind().contains("constructor") => constructor(lowering, node, signature),
        Some(_) => {}
        None => variables(lowering, node, out),
    }
}

/// `extension X on T { … }` adds members to `T` without being a type.
pub(super) fn extension(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "class").and_then(|ty| lowering.type_name(ty)).unwrap_or_default();
    let items = lowering.field(node, "body").map(|body| lowering.children(body)).unwrap_or_default();
    lowering.within(&name, Scope::Type, |lowering| items.into_iter().for_each(|item| lowering.item(item)));
}
