//! Lua.
//!
//! A table with names is a record, one with positions a list, any other a map. What a script stores in a table of its own
//! (`M.END = 1`, `function M.check()`) belongs to the table as to a type.

use super::ir::{Arg, BinaryOp, Expr, ExprKind, Module, Pattern, RANGE, Stmt, StmtKind};
use super::tree::literal::unescape;
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Operator, Scope, parsers};

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: &[
        ("~=", Operator::Binary(BinaryOp::NotEqual)),
        ("..", Operator::Binary(BinaryOp::Concat)),
        ("^", Operator::Binary(BinaryOp::Power)),
        ("~", Operator::Binary(BinaryOp::BitXor)),
        ("#", Operator::Opaque),
    ],
    receivers: &["self"],
    receiver_params: &["self"],
    assignment_declares: true,
    tests: &[],
    ..Dialect::of(parsers::lua, &[SHAPES])
});

/// Lowers a Lua file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    ("string", expr_with(string)),
    ("table_constructor", expr_with(table)),
    ("dot_index_expression", field("table", "field")),
    ("bracket_index_expression", index("table", "field")),
    ("method_index_expression", field("table", "method")),
    ("function_call", stmt_with(call)),
    ("function_definition", closure("parameters", "body")),
    ("unary_expression", unary("operator", "operand")),
    ("expression_list", sequence("*")),
    ("variable_list", sequence("*")),
    ("vararg_expression", opaque()),
    ("attribute", skip()),
    ("do_statement", block("body>*")),
    ("if_statement", branch("condition", "consequence", "alternative")),
    ("elseif_statement", branch("condition", "consequence", "")),
    ("while_statement", repeat("condition", "body", "")),
    ("repeat_statement", until("condition", "body")),
    ("for_statement", stmt_with(for_of)),
    ("return_statement", give("#0")),
    ("label_statement", skip()),
    ("variable_declaration", stmt_with(local)),
    ("assignment_statement", stmt_with(assignment)),
    ("function_declaration", stmt_with(function_of)),
];

/// Tables whose functions scripts give shorter names: `local time = os.time`.
const LIBRARIES: &[&str] = &["os", "io", "string", "math", "table", "ngx", "socket"];

/// A string, in quotes or in long brackets.
fn string(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let content = lowering.field(node, "content").map(|content| lowering.text(content)).unwrap_or("");
    let is_long = lowering.text(node).starts_with('[');
    let escapes = if is_long { Escapes::None } else { Escapes::Backslash };
    lowering.at(node, ExprKind::Text(unescape(content, escapes)))
}

/// `{ 1, 2 }`, `{ x = 1 }`, `{ [k] = v }`.
fn table(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut list = Vec::new();
    let mut fields = Vec::new();
    let mut pairs = Vec::new();
    for part in lowering.children(node) {
        let Some(value) = lowering.field(part, "value") else { continue };
        let value = lowering.expr(value);
        let is_computed = lowering.child_of(part, "[").is_some();
        match lowering.field(part, "name") {
            None => list.push(value),
            Some(name) if !is_computed => fields.push((lowering.name_text(name), value)),
            Some(key) => match lowering.expr(key) {
                Expr { kind: ExprKind::Text(name), .. } => fields.push((name, value)),
                key => pairs.push((key, value)),
            },
        }
    }
    let span = lowering.span(node);
    let text = |name: String| Expr::new(ExprKind::Text(name), span);
    let kind = if pairs.is_empty() && fields.is_empty() {
        ExprKind::List(list)
    } else if pairs.is_empty() {
        ExprKind::Record { ty: None, fields, base: None }
    } else {
        pairs.extend(fields.into_iter().map(|(name, value)| (text(name), value)));
        ExprKind::Map(pairs)
    };
    Expr::new(kind, span)
}

/// `f(x)`, `a.b(x)`, `a:b(x)`; `require "a.b"` draws a file in.
fn call(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let Some(name) = lowering.field(node, "name") else { return };
    if lowering.text(name) == "require"
        && let [only] = args.as_slice()
        && let ExprKind::Text(path) = &only.value.kind
    {
        let path = path.replace('.', "/");
        lowering.module.includes.push(path);
    }
    let mut callee = lowering.expr(name);
    if lowering.text(name) == "os.date"
        && let Some(Arg { value: Expr { kind: ExprKind::Text(format), .. }, .. }) = args.first_mut()
        && let Some(rest) = format.strip_prefix('!')
    {
        // The mark asks for UTC: `os.date.utc(rest)`.
        *format = rest.to_owned();
        callee = lowering.at(name, ExprKind::Field(Box::new(callee), "utc".to_owned()));
    }
    let value = lowering.at(node, ExprKind::Call { callee: Box::new(callee), args });
    out.push(lowering.effect(value));
}

/// `for i = a, b do`, `for k, v in pairs(t) do`: the loop is over the table itself.
fn for_of(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(clause) = lowering.field(node, "clause") else { return };
    let (bind, over) = match clause.kind() {
        "for_generic_clause" => {
            let bind = lowering.child_of(clause, "variable_list").map(|list| lowering.pattern(list));
            let over = lowering.child_of(clause, "expression_list").map(|list| lowering.expr(list));
            (bind, over)
        }
        _ => {
            let bind = lowering.field(clause, "name").map(|name| lowering.pattern(name));
            let ends: Vec<Node<'_>> = ["start", "end"].iter().filter_map(|end| lowering.field(clause, end)).collect();
            let ends = ends.into_iter().map(|end| lowering.expr(end)).collect();
            let ends = Box::new(lowering.at(clause, ExprKind::List(ends)));
            (bind, Some(lowering.at(clause, ExprKind::Cast(RANGE.to_owned(), ends))))
        }
    };
    let body = lowering.field(node, "body").map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

/// `local x = 1`; `local time = os.time` is a name for the function.
fn local(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(inner) = lowering.children(node).into_iter().next() else { return };
    let assigned = inner.kind() == "assignment_statement";
    let names = if assigned { lowering.child_of(inner, "variable_list") } else { Some(inner) };
    let Some(pattern) = names.map(|names| lowering.pattern(names)) else { return };
    let value = lowering.child_of(inner, "expression_list").filter(|_| assigned);
    if let (Pattern::Bind(name), Some(value), Scope::Module) = (&pattern, value, lowering.scope())
        && let Some((library, function)) = lowering.text(value).split_once('.')
        && LIBRARIES.contains(&library)
        && function.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return lowering.import(Some(name.clone()), vec![library.to_owned(), function.to_owned()]);
    }
    let value = value.map(|value| lowering.expr(value));
    lowering.bind(Binding { fixed: true, value, ..Binding::of(pattern, lowering.span(node)) }, out);
}

/// `x = 1`, `a, b = b, a`; a field of a table outside functions is the table's own.
fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let (Some(left), Some(right)) =
        (lowering.child_of(node, "variable_list"), lowering.child_of(node, "expression_list"))
    else {
        return;
    };
    let target = lowering.expr(left);
    let value = lowering.expr(right);
    let span = lowering.span(node);
    if let (Scope::Module, ExprKind::Field(base, name)) = (lowering.scope(), &target.kind)
        && let ExprKind::Name(owner) = &base.kind
    {
        let binding =
            Binding { fixed: true, value: Some(value.clone()), ..Binding::of(Pattern::Bind(name.clone()), span) };
        lowering.within(&owner.join("::"), Scope::Module, |lowering| lowering.bind(binding, &mut Vec::new()));
        if matches!(value.kind, ExprKind::Closure(_)) {
            return;
        }
    }
    lowering.assigned(Expr::new(ExprKind::Assign(Box::new(target), Box::new(value)), span), out);
}

/// `function M.check()`, `function M:check()`, `local function f()`.
fn function_of(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(name) = lowering.field(node, "name") else { return };
    let mut path = lowering.path(name);
    let head = Head {
        name: path.pop().unwrap_or_default(),
        name_span: Some(lowering.span(name)),
        params: lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default(),
        body: lowering.field(node, "body").into_iter().collect(),
        owner: path,
        method: Some(name.kind() == "method_index_expression"),
        ..Head::default()
    };
    lowering.define(node, head).declared_only = false;
}

#[cfg(test)]
mod tests;
