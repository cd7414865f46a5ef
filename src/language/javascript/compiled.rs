//! What compilers write where the source takes from other modules: `_interopRequireDefault(require("x"))` (Babel),
//! `__importStar(require("x"))` (TypeScript), `__toESM(require("x"))` (esbuild), `(0, x.f)()` and `Object(x["f"])()`.

use crate::language::tree::{Lowering, Node};

/// What a helper that makes a module out of a module is given; any other value as it is.
pub(super) fn module<'t>(lowering: &Lowering<'_>, value: Node<'t>) -> Node<'t> {
    let helper = lowering.field(value, "function").filter(|_| value.kind() == "call_expression");
    let name = helper.map(|helper| lowering.text(helper).to_ascii_lowercase()).unwrap_or_default();
    let name = name.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
    if !["interop", "import", "toesm"].iter().any(|helper| name.starts_with(helper)) {
        return value;
    }
    let inner = lowering.field(value, "arguments").and_then(|args| lowering.children(args).first().copied());
    inner.filter(|inner| inner.kind() == "call_expression").unwrap_or(value)
}

/// The function that is called: `(0, x.f)` calls it without a receiver, `Object(x.f)` likewise.
pub(super) fn callee<'t>(lowering: &Lowering<'_>, function: Node<'t>) -> Node<'t> {
    let wrapped = match function.kind() {
        "parenthesized_expression" => lowering.children(function).first().and_then(|inner| second(lowering, *inner)),
        "call_expression" => of_object(lowering, function),
        _ => None,
    };
    wrapped.unwrap_or(function)
}

/// `x` of `0, x`.
fn second<'t>(lowering: &Lowering<'_>, sequence: Node<'t>) -> Option<Node<'t>> {
    match lowering.children(sequence).as_slice() {
        [zero, callee] if sequence.kind() == "sequence_expression" && lowering.text(*zero) == "0" => Some(*callee),
        _ => None,
    }
}

/// `x` of `Object(x)`.
fn of_object<'t>(lowering: &Lowering<'_>, call: Node<'t>) -> Option<Node<'t>> {
    let function = lowering.field(call, "function").filter(|function| lowering.text(*function) == "Object")?;
    let args = lowering.field(call, "arguments").map(|args| lowering.children(args)).unwrap_or_default();
    match args.as_slice() {
        [member] if function.kind() == "identifier" && is_member(*member) => Some(*member),
        _ => None,
    }
}

fn is_member(node: Node<'_>) -> bool {
    matches!(node.kind(), "member_expression" | "subscript_expression")
}
