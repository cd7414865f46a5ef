//! Calls: those that Elixir branches, loops and declares with, and all others.

use super::module;
use super::operator::combined;
use super::pattern::{pattern, patterns};
use super::{pairs, segments};
use crate::language::ir::{Arg, Arm, Block, Expr, ExprKind, Function, Param, Pattern, Stmt, StmtKind, UnaryOp};
use crate::language::tree::{Lowering, Node};

/// What a call is given.
#[derive(Default)]
pub(super) struct Given<'t> {
    /// Its arguments, but for the blocks.
    pub(super) args: Vec<Node<'t>>,
    /// Its arguments by keyword, but for the blocks.
    pub(super) named: Vec<(String, Node<'t>)>,
    /// `do`, if there is one.
    pub(super) body: Option<Vec<Node<'t>>>,
    /// `else`, `rescue`, `catch`, `after`.
    pub(super) clauses: Vec<(String, Vec<Node<'t>>)>,
}

impl<'t> Given<'t> {
    /// Reads a call's parts.
    pub(super) fn of(lowering: &Lowering<'_>, node: Node<'t>) -> Self {
        let mut given = Self::default();
        let list = lowering.child_of(node, "arguments").map(|list| lowering.children(list)).unwrap_or_default();
        for part in list {
            if part.kind() != "keywords" {
                given.args.push(part);
                continue;
            }
            for (key, value) in pairs(lowering, part) {
                match key.as_str() {
                    "do" => given.body = Some(vec![value]),
                    "else" | "rescue" | "catch" | "after" => given.clauses.push((key, vec![value])),
                    _ => given.named.push((key, value)),
                }
            }
        }
        let block = lowering.child_of(node, "do_block").map(|block| lowering.children(block));
        for part in block.into_iter().flatten() {
            match part.kind().strip_suffix("_block") {
                Some(key) => given.clauses.push((key.to_owned(), lowering.children(part))),
                None => given.body.get_or_insert_default().push(part),
            }
        }
        if given.body.is_none() && lowering.child_of(node, "do_block").is_some() {
            given.body = Some(Vec::new());
        }
        given
    }

    /// The parts of the clause of this name.
    fn clause(&self, name: &str) -> Option<&[Node<'t>]> {
        self.clauses.iter().find(|(key, _)| key == name).map(|(_, parts)| parts.as_slice())
    }
}

/// A call as a statement.
pub(super) fn call(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let target = lowering.field(node, "target");
    let name = target.filter(|target| target.kind() == "identifier").map(|target| lowering.text(target));
    let given = Given::of(lowering, node);
    let kind = match name.unwrap_or_default() {
        "defmodule" | "defimpl" | "defprotocol" => return module::module(lowering, &given),
        "def" | "defp" | "defmacro" | "defmacrop" => return module::functions(lowering, &[node]),
        "defstruct" | "embedded_schema" => return module::fields(lowering, node, &given),
        "alias" | "import" | "require" | "use" => return module::import(lowering, name.unwrap_or_default(), &given),
        "defdelegate" | "defguard" | "defguardp" | "defexception" | "quote" => return,
        "if" | "unless" if given.body.is_some() => branch(lowering, &given, name == Some("unless")),
        "try" => attempt(lowering, &given),
        "for" if given.body.is_some() => looped(lowering, &given),
        _ => StmtKind::Expr(applied(lowering, node, None)),
    };
    out.push(Stmt { kind, span: lowering.span(node) });
}

/// A call as a value. What is piped into it is its first argument.
pub(super) fn applied(lowering: &mut Lowering<'_>, node: Node<'_>, piped: Option<Expr>) -> Expr {
    let applied = lowering.deeper(node, |lowering| applied_inside(lowering, node, piped));
    applied.unwrap_or_else(|| Expr::opaque(lowering.span(node)))
}

fn applied_inside(lowering: &mut Lowering<'_>, node: Node<'_>, piped: Option<Expr>) -> Expr {
    let Some(target) = lowering.field(node, "target").filter(|_| node.kind() == "call") else {
        let Some(piped) = piped else { return lowering.opaque(node) };
        let callee = Box::new(lowering.expr(node));
        return lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: piped }] });
    };
    let given = Given::of(lowering, node);
    let name = if target.kind() == "identifier" { lowering.text(target) } else { "" };
    match name {
        "case" | "receive" if given.body.is_some() => return chosen(lowering, node, &given, piped),
        "cond" => return conditions(lowering, node, &given),
        "with" => return chained(lowering, node, &given),
        "if" | "unless" | "for" | "try" if piped.is_none() => return lowering.opaque(node),
        "match?" => {
            if let [bound, value] = given.args.as_slice() {
                let bound = Box::new(pattern(lowering, *bound));
                let value = Box::new(lowering.expr(*value));
                return lowering.at(node, ExprKind::Is(value, bound));
            }
        }
        _ => {}
    }
    let has_arguments = lowering.child_of(node, "arguments").is_some() || given.body.is_some() || piped.is_some();
    let mut args: Vec<Arg> = piped.into_iter().map(|value| Arg { name: None, value }).collect();
    args.extend(given.args.iter().map(|arg| Arg { name: None, value: lowering.expr(*arg) }));
    args.extend(given.named.iter().map(|(key, value)| Arg { name: Some(key.clone()), value: lowering.expr(*value) }));
    if let Some(body) = given.body {
        args.push(Arg { name: None, value: lowering.closure_with_value(node, Vec::new(), body) });
    }
    if let Some(token) = lowering.child_of(target, "operator_identifier").map(|token| lowering.text(token))
        && args.len() == 2
    {
        // `a |> Kernel.>(b)`
        let (right, left) = (args.pop(), args.pop());
        return match (left, right) {
            (Some(left), Some(right)) => combined(lowering, node, token, left.value, right.value),
            _ => lowering.opaque(node),
        };
    }
    let callee = member(lowering, target);
    if !has_arguments && matches!(callee.kind, ExprKind::Field(..)) {
        return callee;
    }
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// `A.f` and `:a.f` are functions, `a.f` is a field; `f.` is `f`.
pub(super) fn member(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if node.kind() != "dot" {
        return lowering.expr(node);
    }
    let Some(left) = lowering.field(node, "left") else { return lowering.opaque(node) };
    let Some(right) = lowering.field(node, "right") else { return lowering.expr(left) };
    let name = lowering.text(right).trim_matches('"').to_owned();
    let text = lowering.text(left);
    let mut path = match (left.kind(), text) {
        ("alias", _) => segments(text),
        ("atom", _) => vec![text.trim_start_matches(':').to_owned()],
        ("identifier", "__MODULE__") => {
            lowering.owner().map(|owner| segments(&owner.replace("::", "."))).unwrap_or_default()
        }
        _ => {
            let base = Box::new(lowering.expr(left));
            return lowering.at(node, ExprKind::Field(base, name));
        }
    };
    path.push(name);
    lowering.at(node, ExprKind::Name(path))
}

/// The statements of some nodes.
fn block(lowering: &mut Lowering<'_>, nodes: &[Node<'_>]) -> Block {
    let mut block = Block::default();
    for node in nodes {
        block.stmts.append(&mut lowering.block(*node).stmts);
    }
    block
}

/// `if`, `unless`.
fn branch(lowering: &mut Lowering<'_>, given: &Given<'_>, negated: bool) -> StmtKind {
    let cond = given.args.first().map(|cond| lowering.expr(*cond));
    let cond = cond.unwrap_or_else(|| Expr::opaque(crate::finding::Span::default()));
    let span = cond.span;
    let cond = if negated { Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(cond)), span) } else { cond };
    let then = block(lowering, given.body.as_deref().unwrap_or_default());
    let otherwise = block(lowering, given.clause("else").unwrap_or_default());
    StmtKind::If { cond, then, otherwise }
}

/// `try`, and the body of a function with a `rescue`.
pub(super) fn attempt(lowering: &mut Lowering<'_>, given: &Given<'_>) -> StmtKind {
    let body = block(lowering, given.body.as_deref().unwrap_or_default());
    let mut handlers = Vec::new();
    for (key, parts) in &given.clauses {
        if matches!(key.as_str(), "rescue" | "catch") {
            handlers.extend(arms(lowering, parts).into_iter().map(|arm| arm.body));
        }
    }
    let finally = block(lowering, given.clause("after").unwrap_or_default());
    StmtKind::Try { body, handlers, finally }
}

/// `for x <- xs, filter, do: body`.
fn looped(lowering: &mut Lowering<'_>, given: &Given<'_>) -> StmtKind {
    let mut body = block(lowering, given.body.as_deref().unwrap_or_default());
    for part in given.args.iter().rev() {
        let span = lowering.span(*part);
        let kind = match generator(lowering, *part, "<-") {
            Some((bound, over)) => {
                let (over, bind) = (Some(lowering.expr(over)), Some(pattern(lowering, bound)));
                StmtKind::Loop { bind, over, cond: None, body }
            }
            None => StmtKind::If { cond: lowering.expr(*part), then: body, otherwise: Block::default() },
        };
        body = Block::of(vec![Stmt { kind, span }]);
    }
    StmtKind::Block(body)
}

/// The two sides of `a <- b`, or of another operator.
fn generator<'t>(lowering: &Lowering<'_>, node: Node<'t>, operator: &str) -> Option<(Node<'t>, Node<'t>)> {
    let token = lowering.field(node, "operator").filter(|_| node.kind() == "binary_operator")?;
    (lowering.text(token) == operator).then_some(())?;
    Some((lowering.field(node, "left")?, lowering.field(node, "right")?))
}

/// `case`; `receive`, which examines what comes.
fn chosen(lowering: &mut Lowering<'_>, node: Node<'_>, given: &Given<'_>, piped: Option<Expr>) -> Expr {
    let subject = piped.or_else(|| given.args.first().map(|subject| lowering.expr(*subject)));
    let subject = Box::new(subject.unwrap_or_else(|| Expr::opaque(lowering.span(node))));
    let arms = arms(lowering, given.body.as_deref().unwrap_or_default());
    lowering.at(node, ExprKind::Match { subject: Some(subject), arms })
}

/// `cond`.
fn conditions(lowering: &mut Lowering<'_>, node: Node<'_>, given: &Given<'_>) -> Expr {
    let mut arms = Vec::new();
    for part in given.body.as_deref().unwrap_or_default() {
        let clause = Clause::of(lowering, *part);
        let guard = clause.params.first().map(|cond| lowering.expr(*cond));
        let body = lowering.valued(clause.body);
        arms.push(Arm { patterns: Vec::new(), guard, body, span: lowering.span(*part) });
    }
    lowering.at(node, ExprKind::Match { subject: None, arms })
}

/// `a, b when guard -> body`.
struct Clause<'t> {
    params: Vec<Node<'t>>,
    guard: Option<Node<'t>>,
    body: Vec<Node<'t>>,
}

impl<'t> Clause<'t> {
    fn of(lowering: &Lowering<'_>, node: Node<'t>) -> Self {
        let left = lowering.field(node, "left");
        let (params, guard) = match left.and_then(|left| generator(lowering, left, "when")) {
            Some((params, guard)) => (Some(params), Some(guard)),
            None => (left, None),
        };
        let params = params.map(|params| lowering.children(params)).unwrap_or_default();
        let body = lowering.field(node, "right").map(|body| lowering.children(body)).unwrap_or_default();
        Self { params, guard, body }
    }
}

/// The arms of a `case` and its kin.
fn arms(lowering: &mut Lowering<'_>, parts: &[Node<'_>]) -> Vec<Arm> {
    let clauses = parts.iter().filter(|part| part.kind() == "stab_clause");
    clauses.map(|part| arm(lowering, *part)).collect()
}

fn arm(lowering: &mut Lowering<'_>, node: Node<'_>) -> Arm {
    let clause = Clause::of(lowering, node);
    let mut bound = patterns(lowering, &clause.params);
    if bound.len() > 1 {
        bound = vec![Pattern::Tuple(bound)];
    }
    let guard = clause.guard.map(|guard| lowering.expr(guard));
    let body = lowering.valued(clause.body);
    Arm { patterns: bound, guard, body, span: lowering.span(node) }
}

/// `with p <- a, q = b do … else … end`: a `case` in a `case`.
fn chained(lowering: &mut Lowering<'_>, node: Node<'_>, given: &Given<'_>) -> Expr {
    const ELSE: &str = "#else";
    let span = lowering.span(node);
    let parts = given.clause("else").unwrap_or_default();
    // What is not matched goes to the same arms wherever it happens; those that branch on are written down once.
    let once = parts.iter().any(|part| lowering.text(*part).contains("with "));
    let refused = arms(lowering, parts);
    let refusal = match refused.is_empty() {
        true => Block::value(Expr::opaque(span)),
        false => {
            let subject = Some(Box::new(Expr::name(ELSE, span)));
            Block::value(Expr::new(ExprKind::Match { subject, arms: refused }, span))
        }
    };
    let mut refusal = Some(refusal);
    let mut block = lowering.valued(given.body.clone().unwrap_or_default());
    for part in given.args.iter().rev() {
        let at = lowering.span(*part);
        let Some((bound, value)) = generator(lowering, *part, "<-") else {
            let mut stmts = Vec::new();
            lowering.stmt(*part, &mut stmts);
            block.stmts.splice(0..0, stmts);
            continue;
        };
        let (bound, guard) =
            generator(lowering, bound, "when").map_or((bound, None), |(bound, guard)| (bound, Some(guard)));
        let matched = Arm {
            patterns: vec![pattern(lowering, bound)],
            guard: guard.map(|guard| lowering.expr(guard)),
            body: block,
            span: at,
        };
        let body = if once { refusal.take() } else { refusal.clone() };
        let body = body.unwrap_or_else(|| Block::value(Expr::opaque(at)));
        let other = Arm { patterns: vec![Pattern::Bind(ELSE.to_owned())], guard: None, body, span: at };
        let subject = Some(Box::new(lowering.expr(value)));
        block = Block::value(Expr::new(ExprKind::Match { subject, arms: vec![matched, other] }, at));
    }
    lowering.at(node, ExprKind::Block(block))
}

/// `fn a, b -> … end`.
pub(super) fn function(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let clauses: Vec<Node<'_>> = lowering.children(node);
    let (params, body) = lowering.in_function(|lowering| match clauses.as_slice() {
        [only] => {
            let clause = Clause::of(lowering, *only);
            examined(lowering, *only, &[(clause.params, clause.guard)], |lowering, _| {
                lowering.valued(clause.body.clone())
            })
        }
        several => {
            let read: Vec<Clause<'_>> = several.iter().map(|clause| Clause::of(lowering, *clause)).collect();
            let heads: Vec<_> = read.iter().map(|clause| (clause.params.clone(), clause.guard)).collect();
            examined(lowering, node, &heads, |lowering, n| lowering.valued(read[n].body.clone()))
        }
    });
    let span = lowering.span(node);
    let function = Function { params, body, span, name_span: span, ..Function::default() };
    lowering.at(node, ExprKind::Closure(Box::new(function)))
}

/// The parameters and the body of a function that may be written as several clauses, told apart by what they are given.
/// A single clause whose parameters are plain names is a function like any other.
pub(super) fn examined<'t>(
    lowering: &mut Lowering<'_>,
    node: Node<'t>,
    heads: &[(Vec<Node<'t>>, Option<Node<'t>>)],
    mut body: impl FnMut(&mut Lowering<'_>, usize) -> Block,
) -> (Vec<Param>, Block) {
    let span = lowering.span(node);
    if let [(nodes, None)] = heads
        && let Some(params) = nodes.iter().map(|node| plain(lowering, *node)).collect::<Option<Vec<Param>>>()
    {
        return (params, body(lowering, 0));
    }
    let count = heads.iter().map(|(nodes, _)| nodes.len()).max().unwrap_or(0);
    let params: Vec<Param> = (0..count)
        .map(|n| {
            let default = heads.iter().find_map(|(nodes, _)| default(lowering, *nodes.get(n)?));
            Param { name: format!("#{n}"), ty: None, default: default.map(|value| lowering.expr(value)), span }
        })
        .collect();
    let mut names: Vec<Expr> = params.iter().map(|param| Expr::name(param.name.clone(), span)).collect();
    let single = names.len() == 1;
    let subject = match names.pop() {
        Some(only) if single => only,
        last => Expr::new(ExprKind::List(names.into_iter().chain(last).collect()), span),
    };
    let mut arms = Vec::new();
    for (n, (nodes, guard)) in heads.iter().enumerate() {
        let mut bound = patterns(lowering, nodes);
        if !single {
            bound = vec![Pattern::Tuple(bound)];
        }
        let guard = guard.map(|guard| lowering.expr(guard));
        arms.push(Arm { patterns: bound, guard, body: body(lowering, n), span });
    }
    let value = Expr::new(ExprKind::Match { subject: Some(Box::new(subject)), arms }, span);
    (params, Block::value(value))
}

/// `a`, `a \\ default`.
fn plain(lowering: &mut Lowering<'_>, node: Node<'_>) -> Option<Param> {
    let name = generator(lowering, node, "\\\\").map_or(node, |(name, _)| name);
    if name.kind() != "identifier" {
        return None;
    }
    let default = default(lowering, node).map(|value| lowering.expr(value));
    Some(Param { name: lowering.text(name).to_owned(), ty: None, default, span: lowering.span(node) })
}

fn default<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Option<Node<'t>> {
    generator(lowering, node, "\\\\").map(|(_, default)| default)
}
