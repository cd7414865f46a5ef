//! Values and operators.

use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, UnaryOp};
use crate::language::tree::{Lowering, Node};

/// Characters of a text before and after what it says: here-strings first.
const QUOTES: [(&str, &str); 4] = [("@\"", "\"@"), ("@'", "'@"), ("\"", "\""), ("'", "'")];

/// A text, with holes where it has any.
pub(super) fn text(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if node.kind() == "string_literal"
        && let Some(inner) = node.named_child(0)
    {
        return lowering.expr(inner);
    }
    let whole = lowering.text(node);
    let found = QUOTES.iter().find(|(open, close)| {
        whole.len() >= open.len() + close.len() && whole.starts_with(open) && whole.ends_with(close)
    });
    let Some((open, close)) = found else { return lowering.at(node, ExprKind::Text(whole.to_owned())) };
    let range = lowering.range(node);
    let (mut at, end) = (range.start + open.len(), range.end - close.len());
    let mut parts = Vec::new();
    for hole in lowering.children(node) {
        let inside = lowering.range(hole);
        if inside.start > at {
            parts.push(piece(lowering, at..inside.start));
        }
        parts.push(lowering.expr(hole));
        at = inside.end;
    }
    if parts.is_empty() {
        let text = lowering.slice(at..end.max(at)).trim_matches(['\r', '\n']).to_owned();
        return lowering.at(node, ExprKind::Text(text));
    }
    if at < end {
        parts.push(piece(lowering, at..end));
    }
    lowering.at(node, ExprKind::Interpolated(parts))
}

fn piece(lowering: &Lowering<'_>, range: std::ops::Range<usize>) -> Expr {
    Expr::new(ExprKind::Text(lowering.slice(range.clone()).to_owned()), lowering.span_of(range))
}

/// A word among a command's arguments is a text.
pub(super) fn word(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let text = lowering.text(node);
    let number = text.parse::<i128>().ok().map(ExprKind::Int);
    lowering.at(node, number.unwrap_or_else(|| ExprKind::Text(text.to_owned())))
}

/// `$a`, `${a b}`, `$script:a`; `$env:A` reads the environment.
pub(super) fn variable(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = lowering.text(node).trim_start_matches(['$', '@']).trim_matches(['{', '}']);
    let (scope, name) = name.split_once(':').unwrap_or(("", name));
    let kind = match name.to_ascii_lowercase().as_str() {
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "null" => ExprKind::Null,
        "this" => ExprKind::Receiver,
        _ if scope.eq_ignore_ascii_case("env") => {
            let key = lowering.at(node, ExprKind::Text(name.to_owned()));
            return called(lowering, node, "env", vec![key]);
        }
        _ => ExprKind::Name(vec![name.to_owned()]),
    };
    lowering.at(node, kind)
}

/// A call of a name.
fn called(lowering: &Lowering<'_>, node: Node<'_>, name: &str, args: Vec<Expr>) -> Expr {
    let callee = Box::new(lowering.at(node, ExprKind::Name(vec![name.to_owned()])));
    let args = args.into_iter().map(|value| Arg { name: None, value }).collect();
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `[System.DateTime]` → its segments.
fn type_path(lowering: &Lowering<'_>, node: Node<'_>) -> Vec<String> {
    let text = lowering.text(node).trim_matches(['[', ']', ' ']);
    let plain = text.split(['[', '<']).next().unwrap_or(text);
    plain.split('.').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The last name of a type.
pub(super) fn last_of_type(lowering: &Lowering<'_>, node: Node<'_>) -> Option<String> {
    type_path(lowering, node).pop()
}

pub(super) fn type_name(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let path = type_path(lowering, node);
    lowering.at(node, if path.is_empty() { ExprKind::Opaque(Vec::new()) } else { ExprKind::Name(path) })
}

/// `@(a, b)`, `$(a)`: the only statement's value, or a list of all.
pub(super) fn array(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let statements = lowering.field(node, "statements").map(|list| lowering.children(list)).unwrap_or_default();
    let mut values: Vec<Expr> = statements.into_iter().map(|statement| lowering.expr(statement)).collect();
    let is_list = |value: &Expr| node.kind() == "sub_expression" || matches!(value.kind, ExprKind::List(_));
    match values.pop() {
        Some(only) if values.is_empty() && is_list(&only) => only,
        last => lowering.at(node, ExprKind::List(values.into_iter().chain(last).collect())),
    }
}

/// `@{ a = 1; "b" = 2 }`.
pub(super) fn hash(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let body = lowering.child_of(node, "hash_literal_body");
    let entries = body.map(|body| lowering.children(body)).unwrap_or_default();
    let mut pairs = Vec::new();
    for entry in entries {
        if let [key, value] = lowering.children(entry).as_slice() {
            let key = match key.named_child(0) {
                Some(name) if name.kind() == "simple_name" => word(lowering, name),
                Some(inner) => lowering.expr(inner),
                None => continue,
            };
            pairs.push((key, lowering.expr(*value)));
        }
    }
    let plain = |(key, value): &(Expr, Expr)| match &key.kind {
        ExprKind::Text(name) => Some((name.clone(), value.clone())),
        _ => None,
    };
    match pairs.iter().map(plain).collect::<Option<Vec<_>>>() {
        Some(fields) => lowering.at(node, ExprKind::Record { ty: None, fields, base: None }),
        None => lowering.at(node, ExprKind::Map(pairs)),
    }
}

/// A level of precedence: most have one part; else two with an operator between them, or a list.
pub(super) fn chain(lowering: &mut Lowering<'_>, mut node: Node<'_>) -> Expr {
    let mut parts = lowering.children(node);
    while let [only] = parts.as_slice()
        && (only.kind().ends_with("_expression") && is_level(*only))
    {
        node = *only;
        parts = lowering.children(node);
    }
    match parts.as_slice() {
        [only] => lowering.expr(*only),
        [] => lowering.opaque(node),
        _ if node.kind() == "array_literal_expression" => {
            let items = parts.into_iter().map(|part| lowering.expr(part)).collect();
            lowering.at(node, ExprKind::List(items))
        }
        [left, .., right] => operation(lowering, node, *left, *right),
    }
}

fn is_level(node: Node<'_>) -> bool {
    const LEVELS: [&str; 9] =
        ["logical", "bitwise", "comparison", "additive", "multiplicative", "format", "range", "array_literal", "unary"];
    LEVELS.iter().any(|level| node.kind().strip_prefix(level).is_some_and(|rest| rest.starts_with('_')))
}

fn operation(lowering: &mut Lowering<'_>, node: Node<'_>, left: Node<'_>, right: Node<'_>) -> Expr {
    let between = lowering.range(left).end..lowering.range(right).start;
    let token = lowering.slice(between).trim().to_ascii_lowercase();
    let (left, right) = (lowering.expr(left), lowering.expr(right));
    let word = token.trim_start_matches('-');
    let plain = word.strip_prefix(['c', 'i']).filter(|rest| operator(rest).is_some());
    match operator(plain.unwrap_or(word)) {
        Some((op, false)) => lowering.at(node, ExprKind::Binary(op, Box::new(left), Box::new(right))),
        Some((op, true)) => lowering.at(node, ExprKind::Binary(op, Box::new(right), Box::new(left))),
        None if word == "f" => called(lowering, node, "-f", vec![left, right]),
        None => lowering.at(node, ExprKind::Opaque(vec![left, right])),
    }
}

/// What an operator does, and whether its sides change places.
fn operator(word: &str) -> Option<(BinaryOp, bool)> {
    let op = match word {
        "gt" => BinaryOp::Greater,
        "ge" => BinaryOp::GreaterEqual,
        "lt" => BinaryOp::Less,
        "le" => BinaryOp::LessEqual,
        "eq" => BinaryOp::Equal,
        "ne" => BinaryOp::NotEqual,
        "in" => BinaryOp::In,
        "contains" => return Some((BinaryOp::In, true)),
        "and" => BinaryOp::And,
        "or" => BinaryOp::Or,
        "band" => BinaryOp::BitAnd,
        "bor" => BinaryOp::BitOr,
        "bxor" | "xor" => BinaryOp::BitXor,
        "shl" => BinaryOp::ShiftLeft,
        "shr" => BinaryOp::ShiftRight,
        "+" => BinaryOp::Add,
        // The dash of the operator itself was taken off.
        "" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "%" => BinaryOp::Remainder,
        _ => return None,
    };
    Some((op, false))
}

/// `!a`, `-not a`, `-a`; a cast stands here too.
pub(super) fn prefixed(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(inner) = lowering.children(node).last().copied() else { return lowering.opaque(node) };
    let value = lowering.expr(inner);
    let start = lowering.range(node).start;
    let op = match lowering.slice(start..lowering.range(inner).start).trim().to_ascii_lowercase().as_str() {
        "!" | "-not" => UnaryOp::Not,
        "-" => UnaryOp::Negate,
        "-bnot" => UnaryOp::Complement,
        _ => return value,
    };
    lowering.at(node, ExprKind::Unary(op, Box::new(value)))
}

/// `[T]value` converts: a call of the type.
pub(super) fn cast(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let [ty, value] = lowering.children(node)[..] else { return lowering.opaque(node) };
    let value = lowering.expr(value);
    converted(lowering, node, ty, value)
}

fn converted(lowering: &Lowering<'_>, node: Node<'_>, ty: Node<'_>, value: Expr) -> Expr {
    let path = type_path(lowering, ty);
    let callee = Box::new(lowering.at(ty, ExprKind::Name(path)));
    lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value }] })
}

/// `$a++`.
pub(super) fn step(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(target) = lowering.children(node).first().map(|target| lowering.expr(*target)) else {
        return lowering.opaque(node);
    };
    let op = if node.kind().contains("increment") { BinaryOp::Add } else { BinaryOp::Subtract };
    let one = lowering.at(node, ExprKind::Int(1));
    let changed = lowering.at(node, ExprKind::Binary(op, Box::new(target.clone()), Box::new(one)));
    lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(changed)))
}

fn member_name(lowering: &Lowering<'_>, node: Node<'_>) -> String {
    lowering.text(node).trim_matches(['"', '\'']).to_owned()
}

/// `a.b`, `[T]::b`.
pub(super) fn member(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let [base, name] = lowering.children(node)[..] else { return lowering.opaque(node) };
    let base = Box::new(lowering.expr(base));
    let name = member_name(lowering, name);
    lowering.at(node, ExprKind::Field(base, name))
}

/// `a.f(b)`, `[T]::f(b)`; `[T]::new(b)` makes an object.
pub(super) fn invocation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let [base, name, ..] = children.as_slice() else { return lowering.opaque(node) };
    let args = lowering.child_of(node, "argument_list").map(|list| arguments(lowering, list)).unwrap_or_default();
    let text = member_name(lowering, *name);
    if base.kind() == "type_literal" && text.eq_ignore_ascii_case("new") {
        let ty = type_path(lowering, *base);
        return lowering.at(node, ExprKind::New { ty, args });
    }
    let base = Box::new(lowering.expr(*base));
    let callee = Box::new(lowering.at(node, ExprKind::Field(base, text)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// The arguments between parentheses.
pub(super) fn arguments(lowering: &mut Lowering<'_>, list: Node<'_>) -> Vec<Arg> {
    let inner = lowering.field(list, "argument_expression_list").unwrap_or(list);
    let values = lowering.children(inner).into_iter();
    values.map(|value| Arg { name: None, value: lowering.expr(value) }).collect()
}

/// `$a = b`, `[T]$a = b`, `$a += b`.
pub(super) fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(left), Some(value)) =
        (lowering.child_of(node, "left_assignment_expression"), lowering.field(node, "value"))
    else {
        return lowering.opaque(node);
    };
    let operator = lowering.child_of(node, "assignement_operator").map_or("=", |operator| lowering.text(operator));
    let mut value = lowering.expr(value);
    let mut target = lowering.expr(left);
    if let ExprKind::Call { callee, args } = &mut target.kind
        && let (ExprKind::Name(_), [_]) = (&callee.kind, args.as_slice())
        && let Some(assigned) = args.pop()
    {
        // What is assigned to a typed variable is converted.
        let callee = callee.clone();
        value = lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value }] });
        target = assigned.value;
    }
    let op = match operator {
        "+=" => Some(BinaryOp::Add),
        "-=" => Some(BinaryOp::Subtract),
        "*=" => Some(BinaryOp::Multiply),
        "/=" => Some(BinaryOp::Divide),
        "??=" => Some(BinaryOp::Otherwise),
        _ => None,
    };
    if let Some(op) = op {
        value = lowering.at(node, ExprKind::Binary(op, Box::new(target.clone()), Box::new(value)));
    }
    lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(value)))
}
