//! JSX: an element is a call of its component, so that what a decision shows has a name.

use crate::language::ir::{Arg, Expr, ExprKind};
use crate::language::tree::{Lowering, Node};

/// `<Banner until={d}>…</Banner>` is `Banner({until: d}, …)`; `<div>` calls nothing of the program's.
pub(super) fn element(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let open = lowering.field(node, "open_tag").unwrap_or(node);
    let Some(name) = lowering.field(open, "name") else { return lowering.opaque(node) };
    let component = lowering.text(name).starts_with(char::is_uppercase) || name.kind() == "member_expression";
    let span = lowering.span(name);
    let callee = if component { lowering.expr(name) } else { Expr::name(format!("<{}>", lowering.text(name)), span) };
    let mut fields = Vec::new();
    for attribute in lowering.fields(open, "attribute") {
        attribute_value(lowering, attribute, &mut fields);
    }
    let props = Expr::new(ExprKind::Record { ty: None, fields, base: None }, lowering.span(open));
    let mut args = vec![Arg { name: None, value: props }];
    if open.id() != node.id() {
        let inside = lowering.children(node).into_iter().filter(|child| child.id() != open.id());
        for child in inside.collect::<Vec<_>>() {
            args.push(Arg { name: None, value: lowering.expr(child) });
        }
    }
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

fn attribute_value(lowering: &mut Lowering<'_>, node: Node<'_>, fields: &mut Vec<(String, Expr)>) {
    match lowering.children(node).as_slice() {
        [name, value] => fields.push((lowering.text(*name).to_owned(), lowering.expr(*value))),
        [name] if node.kind() == "jsx_attribute" => {
            fields.push((lowering.text(*name).to_owned(), lowering.at(node, ExprKind::Bool(true))));
        }
        others => {
            for other in others {
                fields.push((String::new(), lowering.expr(*other)));
            }
        }
    }
}
