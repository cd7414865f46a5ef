//! Expressions that are odd: trailing lambdas, references, ranges, infix calls.

use super::{body_of, params};
use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, Param, Pattern, Stmt, StmtKind, UnaryOp};
use crate::language::tree::{Lowering, Node};

/// What stands before a `.`, `(` or `[`, without the prefix operators that the grammar binds to it alone: `!a.b()` is
/// `!(a.b())`.
fn before(lowering: &mut Lowering<'_>, node: Node<'_>) -> (Expr, Vec<UnaryOp>) {
    let mut expr = lowering.expr(node);
    let mut prefixes = Vec::new();
    while node.kind() != "parenthesized_expression"
        && let ExprKind::Unary(op, inner) = expr.kind
    {
        prefixes.push(op);
        expr = *inner;
    }
    (expr, prefixes)
}

fn prefixed(lowering: &Lowering<'_>, node: Node<'_>, expr: Expr, prefixes: Vec<UnaryOp>) -> Expr {
    prefixes.into_iter().rev().fold(expr, |expr, op| lowering.at(node, ExprKind::Unary(op, Box::new(expr))))
}

/// `a[b]`.
pub(super) fn index(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let [base, index, ..] = parts.as_slice() else { return lowering.opaque(node) };
    let (base, prefixes) = before(lowering, *base);
    let index = Box::new(lowering.expr(*index));
    let whole = lowering.at(node, ExprKind::Index(Box::new(base), index));
    prefixed(lowering, node, whole, prefixes)
}

/// `a.b`, `a?.b`; `T::f`.
pub(super) fn navigation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let [base, .., name] = parts.as_slice() else { return lowering.opaque(node) };
    let (base, prefixes) = before(lowering, *base);
    let name = lowering.name_text(*name);
    if lowering.child_of(node, "::").is_some() {
        return match name.as_str() {
            "class" => base,
            _ => lowering.method_reference(node, base, &name),
        };
    }
    let whole = lowering.at(node, ExprKind::Field(Box::new(base), name));
    prefixed(lowering, node, whole, prefixes)
}

/// `::f`.
pub(super) fn reference(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let span = lowering.span(node);
    let Some(name) = lowering.children(node).last().map(|name| lowering.name_text(*name)) else {
        return Expr::opaque(span);
    };
    let args = vec![Arg { name: None, value: Expr::name("it", span) }];
    let call = Expr::new(ExprKind::Call { callee: Box::new(Expr::name(name, span)), args }, span);
    lowering.closure_with(&["it"], call)
}

/// A call. A lambda after the parentheses is the last argument.
pub(super) fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let Some(callee) = parts.first() else { return lowering.opaque(node) };
    let mut args = Vec::new();
    for part in &parts[1..] {
        match part.kind() {
            "value_arguments" => args.append(&mut lowering.args(*part)),
            "annotated_lambda" => args.push(Arg { name: None, value: lowering.expr(*part) }),
            _ => {}
        }
    }
    let (mut callee, prefixes) = before(lowering, *callee);
    if let (ExprKind::Field(_, name), [Arg { value, .. }]) = (&mut callee.kind, args.as_mut_slice())
        && matches!(name.as_str(), "apply" | "also")
        && changes_receiver(value)
    {
        // What the block gives is the receiver as it leaves it.
        "let".clone_into(name);
    }
    let only_lambda = parts.len() == 2 && parts[1].kind() == "annotated_lambda";
    let whole = match callee.kind {
        ExprKind::Call { callee, args: mut first } if only_lambda => {
            first.append(&mut args);
            lowering.at(node, ExprKind::Call { callee, args: first })
        }
        _ => lowering.at(node, ExprKind::Call { callee: Box::new(callee), args }),
    };
    prefixed(lowering, node, whole, prefixes)
}

/// `calendar.apply { set(2026, Calendar.JUNE, 30) }` changes the calendar: the block's bare calls of a setter are its own,
/// and the calendar is what the block gives. Whether the block changes anything.
fn changes_receiver(block: &mut Expr) -> bool {
    let span = block.span;
    let ExprKind::Closure(function) = &mut block.kind else { return false };
    let it = function.params.first().map_or_else(|| "it".to_owned(), |param| param.name.clone());
    let last = function.body.value.take();
    function.body.stmts.extend(last.map(|last| Stmt { span: last.span, kind: StmtKind::Expr(*last) }));
    let mut changes = false;
    for stmt in &mut function.body.stmts {
        set_by_call(stmt);
        let StmtKind::Expr(Expr { kind: ExprKind::Call { callee, .. }, .. }) = &mut stmt.kind else { continue };
        let callee = &mut **callee;
        if let ExprKind::Name(path) = &mut callee.kind
            && matches!(path.as_slice(), [only] if is_setter(only))
        {
            let receiver = Box::new(Expr::name(it.clone(), callee.span));
            callee.kind = ExprKind::Field(receiver, path.remove(0));
        }
        if let ExprKind::Field(base, name) = &callee.kind {
            changes |= is_setter(name) && matches!(&base.kind, ExprKind::Name(path) if *path == [it.as_str()]);
        }
    }
    if changes {
        function.body.value = Some(Box::new(Expr::name(it, span)));
    } else if let Some(Stmt { kind: StmtKind::Expr(last), .. }) =
        function.body.stmts.pop_if(|stmt| matches!(stmt.kind, StmtKind::Expr(_)))
    {
        function.body.value = Some(Box::new(last));
    }
    changes
}

fn is_setter(name: &str) -> bool {
    matches!(name, "set" | "add" | "setTime" | "setTimeInMillis")
}

/// `time = day` in such a block is `setTime(day)`.
fn set_by_call(stmt: &mut Stmt) {
    let StmtKind::Expr(Expr { kind, span }) = &mut stmt.kind else { return };
    let ExprKind::Assign(target, value) = kind else { return };
    let setter = match &target.kind {
        ExprKind::Name(path) if *path == ["time"] => "setTime",
        ExprKind::Name(path) if *path == ["timeInMillis"] => "setTimeInMillis",
        _ => return,
    };
    let arg = Arg { name: None, value: std::mem::replace(value, Expr::opaque(*span)) };
    *kind = ExprKind::Call { callee: Box::new(Expr::name(setter, *span)), args: vec![arg] };
}

/// `assertThrows<E> { … }`, which the grammar reads as two comparisons.
pub(super) fn generic_call(value: Expr) -> Expr {
    let span = value.span;
    match value.kind {
        ExprKind::Binary(BinaryOp::Greater, compared, block) if matches!(block.kind, ExprKind::Closure(_)) => {
            match compared.kind {
                ExprKind::Binary(BinaryOp::Less, callee, ty) if is_type(&ty) => {
                    let args = vec![Arg { name: None, value: *block }];
                    Expr::new(ExprKind::Call { callee, args }, span)
                }
                kind => {
                    let compared = Box::new(Expr::new(kind, compared.span));
                    Expr::new(ExprKind::Binary(BinaryOp::Greater, compared, block), span)
                }
            }
        }
        kind => Expr::new(kind, span),
    }
}

fn is_type(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Name(path) if path.last().is_some_and(|name| name.starts_with(char::is_uppercase)))
}

/// `a f b`.
pub(super) fn infix(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let [left, name, right] = parts.as_slice() else { return lowering.opaque(node) };
    let (left, name, right) = (lowering.expr(*left), lowering.name_text(*name), lowering.expr(*right));
    let op = match name.as_str() {
        "shl" => Some(BinaryOp::ShiftLeft),
        "shr" | "ushr" => Some(BinaryOp::ShiftRight),
        "and" => Some(BinaryOp::BitAnd),
        "or" => Some(BinaryOp::BitOr),
        "xor" => Some(BinaryOp::BitXor),
        _ => None,
    };
    if let Some(op) = op {
        return lowering.at(node, ExprKind::Binary(op, Box::new(left), Box::new(right)));
    }
    let callee = Box::new(lowering.at(node, ExprKind::Field(Box::new(left), name)));
    lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: right }] })
}

fn negated(lowering: &Lowering<'_>, node: Node<'_>, token: &str, value: Expr) -> Expr {
    match lowering.child_of(node, token) {
        Some(_) => lowering.at(node, ExprKind::Unary(UnaryOp::Not, Box::new(value))),
        None => value,
    }
}

/// `a is T`, `a !is T`.
pub(super) fn is(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(left), Some(right)) = (lowering.field(node, "left"), lowering.field(node, "right")) else {
        return lowering.opaque(node);
    };
    let pattern = Pattern::Variant(lowering.path(right), Vec::new());
    let left = lowering.expr(left);
    let value = lowering.at(node, ExprKind::Is(Box::new(left), Box::new(pattern)));
    negated(lowering, node, "!is", value)
}

/// `a in b`; with a range, whether it lies between its ends.
pub(super) fn within(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(left), Some(right)) = (lowering.field(node, "left"), lowering.field(node, "right")) else {
        return lowering.opaque(node);
    };
    let left = lowering.expr(left);
    let value = match ends(lowering, right) {
        Some((from, to, last)) => {
            let compare = |op, end| lowering.at(node, ExprKind::Binary(op, Box::new(left.clone()), Box::new(end)));
            let lower = compare(BinaryOp::GreaterEqual, from);
            let upper = compare(if last { BinaryOp::LessEqual } else { BinaryOp::Less }, to);
            ExprKind::Binary(BinaryOp::And, Box::new(lower), Box::new(upper))
        }
        None => ExprKind::Binary(BinaryOp::In, Box::new(left), Box::new(lowering.expr(right))),
    };
    let value = lowering.at(node, value);
    negated(lowering, node, "!in", value)
}

/// The ends of a range, and whether it holds its last.
fn ends(lowering: &mut Lowering<'_>, node: Node<'_>) -> Option<(Expr, Expr, bool)> {
    let node = if node.kind() == "parenthesized_expression" { node.named_child(0)? } else { node };
    if node.kind() != "range_expression" {
        return None;
    }
    let parts = lowering.children(node);
    let [from, to] = parts.as_slice() else { return None };
    let last = lowering.child_of(node, "..<").is_none();
    Some((lowering.expr(*from), lowering.expr(*to), last))
}

/// A range as a value: what it runs over.
pub(super) fn range(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    lowering.opaque(node)
}

/// `is T ->`.
pub(super) fn type_test(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    match lowering.children(node).first() {
        Some(ty) => Pattern::Variant(lowering.path(*ty), Vec::new()),
        None => Pattern::Any,
    }
}

/// `in a..b ->`.
pub(super) fn range_test(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let Some(range) = lowering.children(node).first().copied() else { return Pattern::Any };
    match ends(lowering, range) {
        Some((from, to, _)) => Pattern::Range(Some(Box::new(from)), Some(Box::new(to))),
        None => Pattern::Value(lowering.opaque(node)),
    }
}

/// `{ a, b -> … }`; without parameters there is `it`.
pub(super) fn lambda(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut body = lowering.children(node);
    let list = body.first().copied().filter(|first| first.kind() == "lambda_parameters");
    let params = match list {
        Some(list) => {
            body.remove(0);
            lowering.params(list)
        }
        None => vec![Param { name: "it".to_owned(), ty: None, default: None, span: lowering.span(node) }],
    };
    lowering.closure_with_value(node, params, body)
}

/// `fun (a) { … }`.
pub(super) fn anonymous_function(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let list = lowering.child_of(node, "function_value_parameters");
    let params = params(lowering, list);
    let body = body_of(lowering, node);
    lowering.closure_of(node, params, &body)
}

/// `object : T { … }`.
pub(super) fn object(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let ty = super::class::bases(lowering, node).into_iter().take(1).collect();
    let made = lowering.at(node, ExprKind::New { ty, args: Vec::new() });
    with_methods(lowering, node, lowering.child_of(node, "class_body"), made)
}

/// An object with the methods in `body`.
pub(super) fn with_methods(lowering: &mut Lowering<'_>, node: Node<'_>, body: Option<Node<'_>>, made: Expr) -> Expr {
    let members = body.map(|body| lowering.children(body)).unwrap_or_default();
    let methods = members.into_iter().filter(|member| member.kind() == "function_declaration").collect();
    lowering.anonymous(node, methods, made, |lowering, method| {
        let list = lowering.child_of(method, "function_value_parameters");
        (params(lowering, list), body_of(lowering, method))
    })
}

/// `return`, `return@label value`.
pub(super) fn give(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let label = lowering.field(node, "label");
    let value = lowering.children(node).into_iter().find(|child| Some(*child) != label);
    let value = value.map(|value| lowering.expr(value));
    out.push(Stmt { kind: StmtKind::Return(value), span: lowering.span(node) });
}
