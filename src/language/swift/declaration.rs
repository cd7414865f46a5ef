//! Swift's declarations, and the conditions that declare: `if let`, `guard let`, `while let`.

use crate::language::ir::{BinaryOp, Block, Expr, ExprKind, Param, Path, Pattern, Stmt, StmtKind};
use crate::language::tree::{Binding, Head, Lowering, Node, Scope};

/// Whether an item has a modifier, however deep it stands among them.
pub(super) fn modified(lowering: &Lowering<'_>, node: Node<'_>, word: &str) -> bool {
    lowering.child_of(node, "modifiers").is_some_and(|modifiers| {
        lowering.text(modifiers).split(|c: char| !c.is_alphanumeric() && c != '@').any(|part| part == word)
    })
}

/// The parts of an `if`: its conditions, then the blocks and what follows `else`.
struct Parts<'t> {
    conditions: Vec<Node<'t>>,
    then: Option<Node<'t>>,
    otherwise: Option<Node<'t>>,
}

/// Empty blocks have no node of their own, so the braces tell which block a node stands in.
fn parts(node: Node<'_>) -> Parts<'_> {
    let mut found = Parts { conditions: Vec::new(), then: None, otherwise: None };
    let (mut blocks, mut brackets, mut after_else) = (0, 0, false);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        match child.kind() {
            "{" => blocks += 1,
            "(" => brackets += 1,
            ")" => brackets -= 1,
            "else" => after_else = true,
            "statements" if after_else => found.otherwise = Some(child),
            "statements" => found.then = Some(child),
            "if_statement" if after_else => found.otherwise = Some(child),
            kind if blocks == 0 && !after_else && (child.is_named() || kind == "," && brackets == 0) => {
                found.conditions.push(child);
            }
            _ => {}
        }
    }
    found
}

/// `a, let b = c, case .d(let e) = f`: all of them.
fn condition(lowering: &mut Lowering<'_>, nodes: &[Node<'_>], node: Node<'_>) -> Expr {
    let mut all: Option<Expr> = None;
    for part in nodes.split(|node| node.kind() == ",") {
        let Some(next) = clause(lowering, part) else { continue };
        all = Some(match all {
            None => next,
            Some(left) => {
                let span = left.span.to(next.span);
                Expr::new(ExprKind::Binary(BinaryOp::And, Box::new(left), Box::new(next)), span)
            }
        });
    }
    all.unwrap_or_else(|| Expr::opaque(lowering.span(node)))
}

/// One clause: an expression, or a binding with its value.
fn clause(lowering: &mut Lowering<'_>, nodes: &[Node<'_>]) -> Option<Expr> {
    let plain = |kind: &str| !matches!(kind, "comment" | "multiline_comment" | "type_annotation" | "where_keyword");
    let nodes: Vec<Node<'_>> = nodes.iter().copied().filter(|node| plain(node.kind())).collect();
    match nodes.as_slice() {
        [] => None,
        [only] if only.kind() != "value_binding_pattern" => Some(lowering.expr(*only)),
        [first, rest @ ..] => {
            let (value, parts) = match rest {
                [parts @ .., value] if first.kind() != "value_binding_pattern" || !parts.is_empty() => {
                    (Some(*value), parts)
                }
                _ => (None, rest),
            };
            let pattern = match (first.kind(), parts) {
                ("value_binding_pattern", [bound]) => bound_pattern(lowering, *bound),
                ("value_binding_pattern", [case, parts @ ..]) | (_, [case, parts @ ..]) if is_case(*case) => {
                    case_pattern(lowering, *case, parts)
                }
                _ if is_case(*first) => case_pattern(lowering, *first, parts),
                _ => lowering.pattern(*first),
            };
            let span = lowering.span(*first);
            let value = match (value, parts) {
                (Some(value), _) => lowering.expr(value),
                (None, [bound, ..]) => lowering.expr(*bound),
                (None, []) => Expr::opaque(span),
            };
            let span = span.to(value.span);
            Some(Expr::new(ExprKind::Is(Box::new(value), Box::new(pattern)), span))
        }
    }
}

/// `let a`: there, and called so.
fn bound_pattern(lowering: &mut Lowering<'_>, bound: Node<'_>) -> Pattern {
    match bound.kind() {
        "simple_identifier" => {
            let name = Pattern::Bind(lowering.name_text(bound));
            Pattern::Variant(vec!["Some".to_owned()], vec![name])
        }
        _ => lowering.pattern(bound),
    }
}

fn is_case(node: Node<'_>) -> bool {
    matches!(node.kind(), "simple_identifier" | "user_type")
}

/// `.case(let a, b)`, `T.case`.
fn case_pattern(lowering: &mut Lowering<'_>, case: Node<'_>, parts: &[Node<'_>]) -> Pattern {
    let name = parts.iter().rfind(|part| part.kind() == "simple_identifier" && case.kind() == "user_type");
    let path = vec![lowering.name_text(*name.unwrap_or(&case))];
    let parts = parts.iter().filter(|part| Some(part.id()) != name.map(Node::id));
    Pattern::Variant(path, parts.map(|part| bound_name(lowering.pattern(*part))).collect())
}

/// A name where only a new one can stand.
fn bound_name(pattern: Pattern) -> Pattern {
    match pattern {
        Pattern::Value(Expr { kind: ExprKind::Name(path), .. }) if path.len() == 1 => Pattern::Bind(path.join("")),
        Pattern::Tuple(parts) => Pattern::Tuple(parts.into_iter().map(bound_name).collect()),
        other => other,
    }
}

/// `if`.
pub(super) fn branch(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let parts = parts(node);
    let cond = condition(lowering, &parts.conditions, node);
    let then = parts.then.map(|then| lowering.block(then)).unwrap_or_default();
    let otherwise = parts.otherwise.map(|otherwise| lowering.block(otherwise)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span: lowering.span(node) });
}

/// `guard a else { … }`: what it binds holds after it.
pub(super) fn guard(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let parts = parts(node);
    let cond = super::negated(condition(lowering, &parts.conditions, node));
    let then = parts.otherwise.or(parts.then).map(|block| lowering.block(block)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise: Block::default() }, span: lowering.span(node) });
}

/// `while` and `repeat … while`.
pub(super) fn repeat(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut cursor = node.walk();
    let conditions: Vec<Node<'_>> = node
        .children(&mut cursor)
        .filter(|child| child.kind() != "statements" && (child.is_named() || child.kind() == ","))
        .collect();
    let cond = Some(condition(lowering, &conditions, node));
    let body = lowering.child_of(node, "statements").map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind: None, over: None, cond, body }, span: lowering.span(node) });
}

/// `for a in b where c { … }`.
pub(super) fn visit(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let bind = lowering.field(node, "item").map(|item| bound_name(lowering.pattern(item)));
    let over = lowering.field(node, "collection").map(|over| lowering.expr(over));
    let filter = lowering.child_of(node, "where_clause").and_then(|clause| lowering.children(clause).last().copied());
    let filter = filter.map(|cond| lowering.expr(cond));
    let mut body = lowering.child_of(node, "statements").map(|body| lowering.block(body)).unwrap_or_default();
    if let Some(cond) = filter {
        let span = cond.span;
        body = Block::of(vec![Stmt { kind: StmtKind::If { cond, then: body, otherwise: Block::default() }, span }]);
    }
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

/// A pattern: a name that is bound, a value, an enum's case with its parts.
pub(super) fn pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    if let Some(name) = node.child_by_field_name("bound_identifier") {
        return match lowering.text(name) {
            "_" => Pattern::Any,
            _ => Pattern::Bind(lowering.name_text(name)),
        };
    }
    let binds = lowering.text(node).starts_with("let ") || lowering.text(node).starts_with("var ");
    let children: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|child| child.kind() != "value_binding_pattern").collect();
    let case = lowering.child_of(node, ".").is_some();
    match children.as_slice() {
        [] => Pattern::Any,
        [only] if only.kind().ends_with("range_expression") => span_of_values(lowering, *only),
        [only] if only.kind() == "pattern" && !case => lowering.pattern(*only),
        [only] if only.kind() == "simple_identifier" && !case => {
            let name = lowering.name_text(*only);
            if binds { Pattern::Bind(name) } else { Pattern::Value(lowering.expr(*only)) }
        }
        children if case => variant(lowering, children),
        [only] => lowering.pattern(*only),
        parts => {
            let tuple = Pattern::Tuple(parts.iter().map(|part| lowering.pattern(*part)).collect());
            if binds { bound(tuple) } else { tuple }
        }
    }
}

/// The same with every bare name in it bound: one `let` before a tuple is for all its parts.
fn bound(pattern: Pattern) -> Pattern {
    match pattern {
        Pattern::Tuple(parts) => Pattern::Tuple(parts.into_iter().map(bound).collect()),
        Pattern::Value(Expr { kind: ExprKind::Name(path), span }) => match path.as_slice() {
            [name] if name == "_" => Pattern::Any,
            [name] => Pattern::Bind(name.clone()),
            _ => Pattern::Value(Expr::new(ExprKind::Name(path), span)),
        },
        pattern => pattern,
    }
}

/// `1...5`, `1..<5`, `5...`.
fn span_of_values(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let open = lowering.text(node).contains("..<");
    let from = lowering.field(node, "start").map(|from| Box::new(lowering.expr(from)));
    let to = lowering.field(node, "end").map(|to| lowering.expr(to));
    let to = to.map(|to| {
        let one = Expr::new(ExprKind::Int(1), to.span);
        let span = to.span;
        Box::new(match open {
            true => Expr::new(ExprKind::Binary(BinaryOp::Subtract, Box::new(to), Box::new(one)), span),
            false => to,
        })
    });
    Pattern::Range(from, to)
}

/// `.expired(let since)`.
fn variant(lowering: &mut Lowering<'_>, children: &[Node<'_>]) -> Pattern {
    let name = children.iter().rfind(|child| child.kind() == "simple_identifier");
    let path: Path = name.map(|name| vec![lowering.name_text(*name)]).unwrap_or_default();
    let parts = children.iter().filter(|child| !matches!(child.kind(), "simple_identifier" | "user_type"));
    let parts: Vec<Pattern> = parts.map(|part| lowering.pattern(*part)).collect();
    let parts = match parts.as_slice() {
        [Pattern::Tuple(inner)] => inner.clone(),
        _ => parts,
    };
    Pattern::Variant(path, parts)
}

/// `let a: T = b`, `var c: T { … }`.
pub(super) fn property(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let names = lowering.fields(node, "name");
    let values = lowering.fields(node, "value");
    let ty = lowering.child_of(node, "type_annotation").and_then(|ty| lowering.type_name(ty));
    let fixed = modified(lowering, node, "static") || modified(lowering, node, "class");
    if let Some(computed) = lowering.field(node, "computed_value") {
        let Some(name) = names.first() else { return };
        let getter = lowering.child_of(computed, "computed_getter").unwrap_or(computed);
        let head = Head {
            name: lowering.name_text(*name).trim().to_owned(),
            name_span: Some(lowering.span(*name)),
            returns: ty,
            body: lowering.child_of(getter, "statements").into_iter().collect(),
            method: Some(lowering.scope() == Scope::Type && !fixed),
            ..Head::default()
        };
        lowering.define(node, head);
        return;
    }
    for (n, name) in names.iter().enumerate() {
        let pattern = bound(lowering.pattern(*name));
        let value = values.get(n).map(|value| lowering.expr(*value));
        let span = lowering.span(node);
        lowering.bind(Binding { ty: ty.clone(), value, fixed, ..Binding::of(pattern, span) }, out);
    }
}

/// A class, struct, enum or actor; an extension adds members to a type without being one.
pub(super) fn type_or_extension(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").map(|name| lowering.path(name).join("::")).unwrap_or_default();
    let items = lowering.field(node, "body").map(|body| lowering.children(body)).unwrap_or_default();
    let lower = |lowering: &mut Lowering<'_>| items.into_iter().for_each(|item| lowering.item(item));
    if lowering.child_of(node, "extension").is_some() {
        return lowering.within(&name, Scope::Type, lower);
    }
    let mut cursor = node.walk();
    let listed: Vec<Node<'_>> =
        node.children(&mut cursor).filter(|child| child.kind() == "inheritance_specifier").collect();
    let bases = listed.into_iter().filter_map(|base| lowering.type_name(base)).collect();
    lowering.open_type(node, &name, bases, lower);
}

/// A function or initialiser. A parameter's default stands after it.
pub(super) fn function(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let fixed = modified(lowering, node, "static") || modified(lowering, node, "class");
    let params = parameters(lowering, node);
    let head = Head {
        name: name.map(|name| lowering.name_text(name)).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params,
        returns: lowering.field(node, "return_type").and_then(|ty| lowering.type_name(ty)),
        body: lowering.field(node, "body").into_iter().collect(),
        method: Some(lowering.scope() == Scope::Type && !fixed),
        ..Head::default()
    };
    lowering.define(node, head);
}

fn parameters(lowering: &mut Lowering<'_>, node: Node<'_>) -> Vec<Param> {
    let defaults: Vec<usize> = lowering.fields(node, "default_value").iter().map(Node::id).collect();
    let mut params: Vec<Param> = Vec::new();
    for child in lowering.children(node) {
        if child.kind() == "parameter" {
            let name = lowering.field(child, "name").map(|name| lowering.name_text(name)).unwrap_or_default();
            let ty = lowering.field(child, "type").and_then(|ty| lowering.type_name(ty));
            if lowering.is_reference(child) {
                lowering.references.push(name.clone());
            }
            params.push(Param { name, ty, default: None, span: lowering.span(child) });
        } else if defaults.contains(&child.id()) {
            let value = lowering.expr(child);
            if let Some(last) = params.last_mut() {
                last.default = Some(value);
            }
        }
    }
    params
}

/// `case a, b = 3` in an enum: constants that it owns.
pub(super) fn entry(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = lowering.owner().and_then(|owner| owner.rsplit("::").next().map(str::to_owned));
    let values = lowering.fields(node, "raw_value");
    for (n, name) in lowering.fields(node, "name").into_iter().enumerate() {
        let pattern = Pattern::Bind(lowering.name_text(name));
        let value = values.get(n).map(|value| lowering.expr(*value));
        let span = lowering.span(name);
        lowering.bind(Binding { ty: ty.clone(), value, fixed: true, ..Binding::of(pattern, span) }, out);
    }
}

/// The last expression of a block with nothing else is its value.
pub(super) fn value_of(block: &mut Block) {
    if let [Stmt { kind: StmtKind::Expr(_), .. }] = block.stmts.as_slice()
        && let Some(Stmt { kind: StmtKind::Expr(value), .. }) = block.stmts.pop()
    {
        block.value = Some(Box::new(value));
    }
}
