//! Variables, elements, calls.

use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, Param, Path};
use crate::language::tree::{Lowering, Node};

use super::literal::{items, parts, value_of};
use super::parameters;

/// `$x`, `@x`, `%x`, `$$x`: the name.
pub(super) fn variable(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = lowering.text(node).trim_start_matches(['$', '@', '%', '&', '{', '#', '\\']);
    let name = name.trim_end_matches('}').to_owned();
    let kind = match name.as_str() {
        "self" | "this" => ExprKind::Receiver,
        _ => ExprKind::Name(name.split("::").map(str::to_owned).collect()),
    };
    lowering.at(node, kind)
}

/// `$x[0]`, `$x->[0]`.
pub(super) fn element(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = base_of(lowering, node, "array");
    let index = value_of(lowering, node, "index");
    lowering.at(node, ExprKind::Index(Box::new(base), Box::new(index)))
}

/// `$x{key}`, `$x->{key}`.
pub(super) fn entry(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = Box::new(base_of(lowering, node, "hash"));
    let key = value_of(lowering, node, "key");
    let kind = match key.kind {
        ExprKind::Text(name) => ExprKind::Field(base, name),
        _ => ExprKind::Index(base, Box::new(key)),
    };
    lowering.at(node, kind)
}

fn base_of(lowering: &mut Lowering<'_>, node: Node<'_>, field: &str) -> Expr {
    let base = lowering.field(node, field).or_else(|| node.named_child(0));
    match base {
        Some(base) => lowering.expr(base),
        None => Expr::opaque(lowering.span(node)),
    }
}

/// `(stat $file)[9]` is the call `stat.9`: of what `stat` lists, each has a meaning of its own.
fn stat_field(base: &Expr, index: &Expr) -> Option<Expr> {
    let (ExprKind::Call { callee, args }, ExprKind::Int(number)) = (&base.kind, &index.kind) else { return None };
    let ExprKind::Name(path) = &callee.kind else { return None };
    if !matches!(path.last()?.as_str(), "stat" | "lstat") {
        return None;
    }
    let field = ExprKind::Name(path.iter().cloned().chain([number.to_string()]).collect());
    let callee = Box::new(Expr::new(field, callee.span));
    Some(Expr::new(ExprKind::Call { callee, args: args.clone() }, base.span))
}

/// `(list)[i]`, `(list)[i, j]`.
pub(super) fn slice(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = value_of(lowering, node, "list");
    let listed: Vec<usize> = lowering.fields(node, "list").iter().map(Node::id).collect();
    let indices: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|child| !listed.contains(&child.id())).collect();
    let mut elements: Vec<Expr> = items(lowering, indices)
        .into_iter()
        .map(|(_, index)| {
            let index = lowering.expr(index);
            let field = stat_field(&base, &index);
            field.unwrap_or_else(|| lowering.at(node, ExprKind::Index(Box::new(base.clone()), Box::new(index))))
        })
        .collect();
    match elements.len() {
        1 => elements.remove(0),
        _ => lowering.at(node, ExprKind::List(elements)),
    }
}

/// Arguments, by keyword where `=>` says so.
fn arguments(lowering: &mut Lowering<'_>, nodes: Vec<Node<'_>>) -> Vec<Arg> {
    let items = items(lowering, nodes);
    let mut args = Vec::new();
    for (key, value) in items {
        let key = key.map(|key| lowering.expr(key));
        match key.map(|key| (key.kind.clone(), key)) {
            Some((ExprKind::Text(name), _)) => args.push(Arg { name: Some(name), value: lowering.expr(value) }),
            Some((_, key)) => {
                args.push(Arg { name: None, value: key });
                args.push(Arg { name: None, value: lowering.expr(value) });
            }
            None => args.push(Arg { name: None, value: lowering.expr(value) }),
        }
    }
    args
}

/// `f(x)`, `f x`, `time`, `localtime $t`.
pub(super) fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(function) = lowering.field(node, "function") else { return lowering.opaque(node) };
    let path: Path = match lowering.text(function).trim_start_matches('&') {
        "" => return lowering.opaque(node),
        text => text.split("::").map(str::to_owned).collect(),
    };
    let id = function.id();
    let given = lowering.children(node).into_iter().filter(|child| child.id() != id).collect();
    let args = arguments(lowering, given);
    let callee = Box::new(lowering.at(function, ExprKind::Name(path)));
    let args = if lowering.text(function) == "cmp_ok" { compared(args) } else { args };
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `cmp_ok($a, '>', $b, $name)` asserts `$a > $b`.
fn compared(mut args: Vec<Arg>) -> Vec<Arg> {
    let operator = args.get(1).and_then(|arg| match &arg.value.kind {
        ExprKind::Text(text) => comparison(text),
        _ => None,
    });
    let Some(op) = operator.filter(|_| args.len() > 2) else { return args };
    let (left, right) = (args.remove(0).value, args.remove(1).value);
    let span = left.span.to(right.span);
    let claim = Expr::new(ExprKind::Binary(op, Box::new(left), Box::new(right)), span);
    args[0] = Arg { name: None, value: claim };
    args
}

fn comparison(operator: &str) -> Option<BinaryOp> {
    Some(match operator {
        "<" | "lt" => BinaryOp::Less,
        "<=" | "le" => BinaryOp::LessEqual,
        ">" | "gt" => BinaryOp::Greater,
        ">=" | "ge" => BinaryOp::GreaterEqual,
        "==" | "eq" => BinaryOp::Equal,
        "!=" | "ne" => BinaryOp::NotEqual,
        _ => return None,
    })
}

/// `… or die`: a function's name alone.
pub(super) fn bare_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let callee = Box::new(lowering.at(node, ExprKind::Name(lowering.path(node))));
    lowering.at(node, ExprKind::Call { callee, args: Vec::new() })
}

/// `$object->method(…)`, `Class->method(…)`.
pub(super) fn method_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = Box::new(value_of(lowering, node, "invocant"));
    let name = lowering.field(node, "method").map(|name| lowering.text(name)).unwrap_or("");
    let name = name.rsplit("::").next().unwrap_or(name).trim_start_matches('$').to_owned();
    let given = parts(lowering, node, "arguments");
    let args = arguments(lowering, given);
    let callee = Box::new(lowering.at(node, ExprKind::Field(base, name)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `$code->(…)`.
pub(super) fn closure_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let held = base_of(lowering, node, "code");
    let callee = Box::new(Expr::new(ExprKind::Pass(Box::new(held)), lowering.span(node)));
    let given = parts(lowering, node, "arguments");
    let args = arguments(lowering, given);
    lowering.at(node, ExprKind::Call { callee, args })
}

pub(super) fn subroutine_value(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (params, body) = parameters::of(lowering, node);
    lowering.closure_of(node, params, &body)
}

/// `grep { … } @list` is `@list.grep(_ => …)`.
pub(super) fn map_or_grep(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = node.child(0).map(|word| lowering.text(word).to_owned()).unwrap_or_default();
    let span = lowering.span(node);
    let param = Param { name: "_".to_owned(), ty: None, default: None, span };
    let callback = parts(lowering, node, "callback");
    let body: Vec<Node<'_>> = match callback.as_slice() {
        [block] if block.kind() == "block" => lowering.children(*block),
        other => other.to_vec(),
    };
    let closure = lowering.closure_of(node, vec![param], &body);
    let over = Box::new(value_of(lowering, node, "list"));
    let callee = Box::new(lowering.at(node, ExprKind::Field(over, name)));
    lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: closure }] })
}
