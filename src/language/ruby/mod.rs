//! Ruby.
//!
//! `x.new(…)` on a constant constructs; `raise` throws; a block that is given to `each` and its relatives is a loop, any
//! other block is a closure, the call's last argument. Constants and class variables are globals of what they stand in,
//! `@x` is a field of the receiver. A bare name may be a call: the models say so (`bare_calls`).

use super::ir::{Arg, Block, Expr, ExprKind, Function, Module, Param, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Head, Lowering, Node, Operator, parsers};

mod assertion;
mod structure;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: &[("<<", Operator::Method)],
    sigils: &['@', '$'],
    receivers: &["self"],
    constructors: &["initialize"],
    assignment_declares: true,
    tail_values: true,
    tests: &[],
    ..Dialect::of(parsers::ruby, &[SHAPES])
});

/// Lowers a Ruby file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Names and literals.
    ("constant", name()),
    ("class_variable", name()),
    ("global_variable", name()),
    ("instance_variable", own_field()),
    ("self", receiver()),
    ("scope_resolution", expr_with(scoped)),
    ("character", character()),
    ("string", text(Escapes::ByQuote)),
    ("bare_string", text(Escapes::None)),
    ("interpolation", pass("#0")),
    ("chained_string", joined()),
    ("simple_symbol", expr_with(symbol)),
    ("delimited_symbol", expr_with(symbol)),
    ("bare_symbol", expr_with(symbol)),
    ("hash_key_symbol", text(Escapes::None)),
    ("heredoc_body", skip()),
    ("string_array", list("*")),
    ("symbol_array", list("*")),
    ("array", list("*")),
    ("hash", map("*")),
    ("pair", pair("key", "value")),
    ("splat_argument", wrap("#0")),
    ("hash_splat_argument", wrap("#0")),
    ("regex", regex()),
    // Expressions.
    ("call", stmt_with(call)),
    ("super", name()),
    ("element_reference", expr_with(element)),
    ("binary", binary("left", "operator", "right")),
    ("unary", unary("operator", "operand")),
    ("conditional", conditional("condition", "consequence", "alternative")),
    ("range", range("begin", "end")),
    ("parenthesized_statements", pass("*")),
    ("lambda", closure("parameters", "body>body")),
    ("block", closure("parameters", "body")),
    ("do_block", closure("parameters", "body")),
    ("block_argument", expr_with(block_argument)),
    ("rescue_modifier", pass("body")),
    // Statements.
    ("assignment", stmt_with(assignment)),
    ("operator_assignment", assign("left", "operator", "right")),
    ("left_assignment_list", sequence("*")),
    ("right_assignment_list", list("*")),
    ("destructured_left_assignment", list("*")),
    ("rest_assignment", wrap("#0")),
    ("if", branch("condition", "consequence", "alternative")),
    ("elsif", branch("condition", "consequence", "alternative")),
    ("unless", unless("condition", "consequence", "alternative")),
    ("if_modifier", branch("condition", "body", "")),
    ("unless_modifier", unless("condition", "body", "")),
    ("while", repeat("condition", "body", "")),
    ("until", until("condition", "body")),
    ("while_modifier", repeat("condition", "body", "")),
    ("until_modifier", until("condition", "body")),
    ("for", for_each("pattern", "value>#0", "body", "")),
    ("case", choose("value", "*")),
    ("when", arm("pattern", "", "body")),
    ("pattern", pass("#0")),
    ("case_match", choose("value", "clauses+else")),
    ("in_clause", arm("pattern", "guard>condition", "body")),
    ("return", give("@argument_list>*")),
    ("next", jump()),
    ("break", jump()),
    ("redo", jump()),
    ("retry", jump()),
    ("begin", stmt_with(body)),
    ("body_statement", stmt_with(body)),
    ("alias", skip()),
    ("undef", skip()),
    ("begin_block", inline("*")),
    ("end_block", inline("*")),
    ("uninterpreted", skip()),
    // Definitions.
    ("method", function("name", "parameters", "", "body")),
    ("singleton_method", stmt_with(singleton_method)),
    ("optional_parameter", param("name", "", "value")),
    ("keyword_parameter", param("name", "", "value")),
    ("splat_parameter", param("name", "", "")),
    ("hash_splat_parameter", param("name", "", "")),
    ("block_parameter", param("name", "", "")),
    ("class", type_item("name", "superclass>#0", "body")),
    ("module", namespace("name", "body")),
    ("singleton_class", inline("body")),
];

/// Methods whose block is run for each element, as a loop is.
const LOOPS: &[&str] =
    &["each", "each_pair", "each_with_index", "each_entry", "reverse_each", "find_each", "each_value"];

/// `:name`, `:"name"`: its text.
fn symbol(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let text = lowering.text(node).trim_start_matches(':').trim_matches('"').to_owned();
    lowering.at(node, ExprKind::Text(text))
}

/// `A::B`; `self.class::B` is what the class at hand calls `B`.
fn scoped(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut path = lowering.path(node);
    if lowering.text(node).starts_with("self.class::") {
        path = path.split_off(2.min(path.len()));
    }
    lowering.at(node, ExprKind::Name(path))
}

/// A call as a statement: `require`, `raise` and loops are more than calls.
fn call(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let span = lowering.span(node);
    let name = lowering.field(node, "method").map(|name| lowering.text(name)).unwrap_or("");
    let has_receiver = lowering.field(node, "receiver").is_some();
    match name {
        "require" | "require_relative" | "load" if !has_receiver => {
            let args = arguments(lowering, node);
            if let [Arg { value: Expr { kind: ExprKind::Text(path), .. }, .. }] = args.as_slice() {
                lowering.module.includes.push(path.clone());
            }
        }
        "raise" | "fail" if !has_receiver => {
            let value = arguments(lowering, node).into_iter().next().map(|arg| arg.value);
            out.push(Stmt { kind: StmtKind::Throw(value), span });
        }
        "let" | "let!" | "subject" if !has_receiver && remembered(lowering, node) => {}
        "scope" if !has_receiver && named_query(lowering, node) => {}
        name if LOOPS.contains(&name) && lowering.field(node, "block").is_some() && has_receiver => {
            let kind = each(lowering, node);
            out.push(Stmt { kind, span });
        }
        _ => {
            let value = call_value(lowering, node);
            out.push(lowering.effect(value));
        }
    }
}

/// RSpec's `let(:name) { value }` is a function without parameters; says whether it is one.
fn remembered(lowering: &mut Lowering<'_>, node: Node<'_>) -> bool {
    let list = lowering.field(node, "arguments").map(|list| lowering.children(list)).unwrap_or_default();
    let ([name], Some(block)) = (list.as_slice(), lowering.field(node, "block")) else { return false };
    let head = Head {
        name: lowering.text(*name).trim_start_matches(':').to_owned(),
        name_span: Some(lowering.span(*name)),
        body: lowering.field(block, "body").into_iter().collect(),
        method: Some(false),
        ..Head::default()
    };
    lowering.define(node, head);
    true
}

/// Rails' `scope :open, -> { where(…) }` is a function of the class; says whether it is one.
fn named_query(lowering: &mut Lowering<'_>, node: Node<'_>) -> bool {
    let list = lowering.field(node, "arguments").map(|list| lowering.children(list)).unwrap_or_default();
    let [name, lambda] = list.as_slice() else { return false };
    let block = lowering.field(*lambda, "body").filter(|_| lambda.kind() == "lambda");
    let (Some(block), "simple_symbol") = (block, name.kind()) else { return false };
    let params = lowering.field(*lambda, "parameters").map(|list| lowering.params(list)).unwrap_or_default();
    let head = Head {
        name: lowering.text(*name).trim_start_matches(':').to_owned(),
        name_span: Some(lowering.span(*name)),
        params,
        body: lowering.field(block, "body").into_iter().collect(),
        method: Some(false),
        ..Head::default()
    };
    lowering.define(node, head);
    true
}

/// `xs.each { |x| … }`.
fn each(lowering: &mut Lowering<'_>, node: Node<'_>) -> StmtKind {
    let over = lowering.field(node, "receiver").map(|over| lowering.expr(over));
    let block = lowering.field(node, "block");
    let params = block.and_then(|block| lowering.field(block, "parameters"));
    let params = params.map(|params| lowering.children(params)).unwrap_or_default();
    let mut patterns: Vec<Pattern> = params.into_iter().map(|param| lowering.pattern(param)).collect();
    let is_indexed = lowering.field(node, "method").is_some_and(|name| lowering.text(name) == "each_with_index");
    if is_indexed {
        patterns.truncate(1);
    }
    let bind = match patterns.len() {
        0 => None,
        1 => patterns.pop(),
        _ => Some(Pattern::Tuple(patterns)),
    };
    let body = block.and_then(|block| lowering.field(block, "body")).map(|body| lowering.block(body));
    StmtKind::Loop { bind, over, cond: None, body: body.unwrap_or_default() }
}

fn arguments(lowering: &mut Lowering<'_>, node: Node<'_>) -> Vec<Arg> {
    let mut args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    if let Some(block) = lowering.field(node, "block") {
        args.push(Arg { name: None, value: lowering.expr(block) });
    }
    args
}

/// The class that `new` is called on; RSpec's `described_class` is what the outermost group describes.
fn constructed<'t>(lowering: &Lowering<'_>, receiver: Node<'t>) -> Option<Node<'t>> {
    const OUTWARD: usize = 40;
    let is_class = |node: Node<'_>| matches!(node.kind(), "constant" | "scope_resolution");
    if is_class(receiver) || lowering.text(receiver) != "described_class" {
        return Some(receiver).filter(|node| is_class(*node));
    }
    let around = std::iter::successors(Some(receiver), Node::parent).take(OUTWARD);
    let groups = around.filter(|node| {
        let method = lowering.field(*node, "method").map(|name| lowering.text(name));
        node.kind() == "call" && method == Some("describe")
    });
    groups.filter_map(|group| lowering.field(group, "arguments")?.named_child(0)).find(|subject| is_class(*subject))
}

fn call_value(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if let Some(assertion) = assertion::of(lowering, node) {
        return assertion;
    }
    let receiver = lowering.field(node, "receiver");
    let method = lowering.field(node, "method");
    let name = method.map(|name| lowering.text(name).to_owned());
    if let (Some(receiver), Some("new")) = (receiver, name.as_deref())
        && let Some(class) = constructed(lowering, receiver)
    {
        let ty = lowering.path(class);
        let args = arguments(lowering, node);
        return lowering.at(node, ExprKind::New { ty, args });
    }
    let args = arguments(lowering, node);
    let is_bare = args.is_empty() && lowering.field(node, "arguments").is_none();
    let base = receiver.map(|receiver| lowering.expr(receiver));
    let callee = match (base, name) {
        // `h.dig(a, b)` is `h[a][b]`.
        (Some(base), Some(name)) if name == "dig" && !args.is_empty() => {
            let index =
                |base, key: Arg| Expr::new(ExprKind::Index(Box::new(base), Box::new(key.value)), lowering.span(node));
            return args.into_iter().fold(base, index);
        }
        (Some(base), Some(name)) => {
            let is_own = matches!(base.kind, ExprKind::Receiver);
            let span = base.span.to(method.map_or(base.span, |method| lowering.span(method)));
            let field = Expr::new(ExprKind::Field(Box::new(base), name), span);
            match is_own && is_bare {
                true => return field,
                false => field,
            }
        }
        (None, Some(name)) => Expr::name(name, lowering.span(method.unwrap_or(node))),
        // `f.(x)`
        (Some(base), None) => base,
        (None, None) => return lowering.opaque(node),
    };
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// `xs[i]`; `s[from, length]` is `s.slice(from, from + length)`.
fn element(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(base) = lowering.field(node, "object") else { return lowering.opaque(node) };
    let id = base.id();
    let indices: Vec<Node<'_>> = lowering.children(node).into_iter().filter(|child| child.id() != id).collect();
    let base = lowering.expr(base);
    let mut indices: Vec<Expr> = indices.into_iter().map(|index| lowering.expr(index)).collect();
    match indices.len() {
        0 => lowering.at(node, ExprKind::Opaque(vec![base])),
        1 => {
            let index = indices.remove(0);
            lowering.at(node, ExprKind::Index(Box::new(base), Box::new(index)))
        }
        _ => {
            let (from, length) = (indices.remove(0), indices.remove(0));
            let sum = ExprKind::Binary(super::ir::BinaryOp::Add, Box::new(from.clone()), Box::new(length));
            let to = lowering.at(node, sum);
            let callee = lowering.at(node, ExprKind::Field(Box::new(base), "slice".to_owned()));
            let args = [from, to].into_iter().map(|value| Arg { name: None, value }).collect();
            lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
        }
    }
}

/// `&:name` calls that method of what it is given; `&block` passes a closure on.
fn block_argument(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(inner) = node.named_child(0) else { return Expr::opaque(lowering.span(node)) };
    let value = lowering.expr(inner);
    let ExprKind::Text(name) = value.kind else { return value };
    let span = lowering.span(node);
    let param = Param { name: "it".to_owned(), ty: None, default: None, span };
    let base = Box::new(Expr::name("it", span));
    let callee = Box::new(Expr::new(ExprKind::Field(base, name), span));
    let body = Block::value(Expr::new(ExprKind::Call { callee, args: Vec::new() }, span));
    let function = Function { params: vec![param], body, span, name_span: span, ..Function::default() };
    Expr::new(ExprKind::Closure(Box::new(function)), span)
}

/// `x = value`; a target that is written as a call is a field: `license.until = value`.
fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    if structure::declared(lowering, node) {
        return;
    }
    let (Some(left), Some(right)) = (lowering.field(node, "left"), lowering.field(node, "right")) else { return };
    let target = match (left.kind(), lowering.field(left, "receiver"), lowering.field(left, "method")) {
        ("call", Some(base), Some(name)) => {
            let base = Box::new(lowering.expr(base));
            lowering.at(left, ExprKind::Field(base, lowering.text(name).to_owned()))
        }
        _ => lowering.expr(left),
    };
    let value = lowering.expr(right);
    let whole = lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(value)));
    lowering.assigned(whole, out);
}

/// Statements with their `rescue`, `else` and `ensure`, where they have any.
fn body(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let parts = lowering.children(node);
    let is_clause = |part: &Node<'_>| matches!(part.kind(), "rescue" | "else" | "ensure");
    let (clauses, stmts): (Vec<Node<'_>>, Vec<Node<'_>>) = parts.into_iter().partition(is_clause);
    if clauses.is_empty() {
        return lowering.stmts(stmts, out);
    }
    let mut body = block_of(lowering, stmts);
    let (mut handlers, mut finally) = (Vec::new(), Block::default());
    for clause in clauses {
        match clause.kind() {
            "rescue" => handlers.push(rescue(lowering, clause)),
            "ensure" => finally = lowering.block(clause),
            _ => body.stmts.append(&mut lowering.block(clause).stmts),
        }
    }
    out.push(Stmt { kind: StmtKind::Try { body, handlers, finally }, span: lowering.span(node) });
}

fn block_of(lowering: &mut Lowering<'_>, nodes: Vec<Node<'_>>) -> Block {
    let mut block = Block::default();
    for node in nodes {
        block.stmts.append(&mut lowering.block(node).stmts);
    }
    block
}

fn rescue(lowering: &mut Lowering<'_>, node: Node<'_>) -> Block {
    let mut block = lowering.field(node, "body").map(|body| lowering.block(body)).unwrap_or_default();
    if let Some(variable) = lowering.field(node, "variable") {
        let kind = StmtKind::Let { pattern: lowering.pattern(variable), ty: None, value: None, otherwise: None };
        block.stmts.insert(0, Stmt { kind, span: lowering.span(variable) });
    }
    block
}

/// `def self.name`.
fn singleton_method(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let head = Head {
        name: name.map(|name| lowering.last_name(name)).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default(),
        body: lowering.field(node, "body").into_iter().collect(),
        method: Some(false),
        ..Head::default()
    };
    lowering.define(node, head);
}

#[cfg(test)]
mod tests;
