//! Parameters: what a function takes off `@_` before it does anything else, or its signature.

use crate::language::ir::Param;
use crate::language::tree::{Lowering, Node};

/// The parameters of a function, and what is left of its body.
pub(super) fn of<'t>(lowering: &mut Lowering<'_>, node: Node<'t>) -> (Vec<Param>, Vec<Node<'t>>) {
    let mut params = Vec::new();
    if let Some(signature) = lowering.child_of(node, "signature") {
        for part in lowering.children(signature) {
            if let Some(name) = variable_name(lowering, part) {
                let default = lowering.field(part, "default").map(|default| lowering.expr(default));
                params.push(Param { name, ty: None, default, span: lowering.span(part) });
            }
        }
    }
    let Some(body) = lowering.field(node, "body") else { return (params, Vec::new()) };
    let mut rest = lowering.children(body);
    while let Some(first) = rest.first() {
        let taken = taken(lowering, *first);
        if taken.is_empty() {
            break;
        }
        let span = lowering.span(*first);
        params.extend(taken.into_iter().map(|name| Param { name, ty: None, default: None, span }));
        rest.remove(0);
    }
    (params, rest)
}

/// The names that `my (…) = @_;` or `my $x = shift;` takes.
fn taken(lowering: &Lowering<'_>, statement: Node<'_>) -> Vec<String> {
    let Some(assignment) = statement.named_child(0).filter(|inner| inner.kind() == "assignment_expression") else {
        return Vec::new();
    };
    let (Some(left), Some(right)) = (lowering.field(assignment, "left"), lowering.field(assignment, "right")) else {
        return Vec::new();
    };
    let text = lowering.text(right).trim();
    let takes = matches!(text, "@_" | "shift" | "shift()" | "shift(@_)" | "shift @_");
    if left.kind() != "variable_declaration" || !takes {
        return Vec::new();
    }
    let mut variables = lowering.fields(left, "variables");
    variables.extend(lowering.field(left, "variable"));
    let names = variables.into_iter().filter(|part| part.is_named());
    names.map(|part| variable_name(lowering, part).unwrap_or_default()).collect()
}

fn variable_name(lowering: &Lowering<'_>, node: Node<'_>) -> Option<String> {
    let text = lowering.text(node).trim_start_matches(['$', '@', '%']);
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}
