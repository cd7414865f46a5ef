//! Types that a call makes: `Licence = Struct.new(:name, :until)`, `Licence = Data.define(:name) do … end`.

use super::super::ir::Param;
use super::super::tree::{Lowering, Node};

/// Takes the assignment of such a type to a constant for the type's declaration; says whether it is one.
pub(super) fn declared(lowering: &mut Lowering<'_>, node: Node<'_>) -> bool {
    let (Some(left), Some(call)) = (lowering.field(node, "left"), lowering.field(node, "right")) else { return false };
    let part = |name: &str| lowering.field(call, name).map(|part| lowering.text(part));
    let makes =
        matches!((part("receiver"), part("method")), (Some("Struct"), Some("new")) | (Some("Data"), Some("define")));
    if left.kind() != "constant" || call.kind() != "call" || !makes {
        return false;
    }
    let arguments = lowering.field(call, "arguments").map(|list| lowering.children(list)).unwrap_or_default();
    let fields: Vec<Param> = arguments.into_iter().filter_map(|argument| field(lowering, argument)).collect();
    let body = lowering.field(call, "block").and_then(|block| lowering.field(block, "body"));
    let name = lowering.text(left).to_owned();
    lowering.open_type(node, &name, Vec::new(), |lowering| {
        lowering.add_fields(fields);
        let items = body.map(|body| lowering.children(body)).unwrap_or_default();
        items.into_iter().for_each(|item| lowering.item(item));
    });
    true
}

/// `:name`.
fn field(lowering: &Lowering<'_>, argument: Node<'_>) -> Option<Param> {
    let name = lowering.text(argument).strip_prefix(':').filter(|_| argument.kind() == "simple_symbol")?;
    Some(Param { name: name.to_owned(), ty: None, default: None, span: lowering.span(argument) })
}
