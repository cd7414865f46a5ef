//! Composite literals: structs by keys or by position, lists, maps. What is written in one without a type is of the
//! element's type.

use crate::language::ir::{Arg, Expr, ExprKind, Path};
use crate::language::tree::{Lowering, Node};

use super::names;

/// `T{…}`.
pub(super) fn literal(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    match (lowering.field(node, "type"), lowering.field(node, "body")) {
        (Some(ty), Some(body)) => of_type(lowering, node, Some(ty), body),
        _ => lowering.opaque(node),
    }
}

/// The braces in `body` as a value of that type.
fn of_type(lowering: &mut Lowering<'_>, node: Node<'_>, ty: Option<Node<'_>>, body: Node<'_>) -> Expr {
    let is_map = ty.is_some_and(|ty| ty.kind() == "map_type");
    let element = ty.and_then(|ty| lowering.field(ty, if is_map { "value" } else { "element" }));
    let mut items = Vec::new();
    for item in lowering.children(body) {
        let (key, value) = match item.kind() {
            "keyed_element" => (lowering.field(item, "key"), lowering.field(item, "value")),
            _ => (None, Some(item)),
        };
        let value = match value {
            Some(value) => value_of(lowering, value, element),
            None => lowering.opaque(item),
        };
        items.push((key, value));
    }
    let kind = if is_map {
        let pairs = items.into_iter().filter_map(|(key, value)| Some((lowering.expr(key?), value)));
        ExprKind::Map(pairs.collect())
    } else if element.is_some() {
        ExprKind::List(items.into_iter().map(|(_, value)| value).collect())
    } else {
        let path = ty.filter(|ty| ty.kind() != "struct_type").map(|ty| lowering.path(ty));
        let fields = ty.map(|ty| field_names(lowering, ty)).unwrap_or_default();
        structure(lowering, path, &fields, items)
    };
    lowering.at(node, kind)
}

/// The fields of a struct type that is written out where it is used.
fn field_names(lowering: &Lowering<'_>, ty: Node<'_>) -> Vec<String> {
    let Some(list) = lowering.child_of(ty, "field_declaration_list") else { return Vec::new() };
    let members = lowering.children(list).into_iter();
    members.flat_map(|member| names(lowering, member)).map(|name| lowering.text(name).to_owned()).collect()
}

fn structure(
    lowering: &Lowering<'_>,
    ty: Option<Path>,
    names: &[String],
    items: Vec<(Option<Node<'_>>, Expr)>,
) -> ExprKind {
    if !names.is_empty() && items.iter().all(|(key, _)| key.is_none()) {
        let fields = names.iter().cloned().zip(items.into_iter().map(|(_, value)| value)).collect();
        return ExprKind::Record { ty: None, fields, base: None };
    }
    if items.is_empty() || items.iter().any(|(key, _)| key.is_some()) {
        let name = |key: Option<Node<'_>>| key.map(|key| lowering.text(key).to_owned()).unwrap_or_default();
        let fields = items.into_iter().map(|(key, value)| (name(key), value)).collect();
        return ExprKind::Record { ty, fields, base: None };
    }
    let values = items.into_iter().map(|(_, value)| value);
    match ty {
        Some(ty) => ExprKind::New { ty, args: values.map(|value| Arg { name: None, value }).collect() },
        None => ExprKind::List(values.collect()),
    }
}

/// A value in a literal.
fn value_of(lowering: &mut Lowering<'_>, node: Node<'_>, element: Option<Node<'_>>) -> Expr {
    let inner = if node.kind() == "literal_element" { lowering.children(node).first().copied() } else { Some(node) };
    match inner {
        Some(body) if body.kind() == "literal_value" => {
            // `[]*T{{…}}` holds pointers to what is written.
            let pointed = element.filter(|ty| ty.kind() == "pointer_type").and_then(|ty| ty.named_child(0));
            of_type(lowering, body, pointed.or(element), body)
        }
        Some(inner) => lowering.expr(inner),
        None => lowering.opaque(node),
    }
}
