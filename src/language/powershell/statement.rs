//! Statements, functions, script blocks and classes.

use crate::language::ir::{Arg, Block, Expr, ExprKind, Param, Pattern, Stmt, StmtKind};
use crate::language::tree::{Binding, Head, Lowering, Node};

use super::expression::last_of_type;

/// What a script block calls the object that is piped into it.
const PIPED: &str = "_";

/// `return a`, `throw a`, `exit a`, `break`.
pub(super) fn flow(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let value = lowering.children(node).first().map(|value| lowering.expr(*value));
    let text = lowering.text(node).to_ascii_lowercase();
    let span = lowering.span(node);
    let kind = match text.split(|c: char| !c.is_ascii_alphabetic()).next() {
        Some("return") => StmtKind::Return(value),
        Some("throw") => StmtKind::Throw(value),
        Some("exit") => {
            let callee = Box::new(lowering.at(node, ExprKind::Name(vec!["exit".to_owned()])));
            let args = value.map(|value| Arg { name: None, value }).into_iter().collect();
            StmtKind::Expr(lowering.at(node, ExprKind::Call { callee, args }))
        }
        _ => StmtKind::Jump,
    };
    out.push(Stmt { kind, span });
}

/// `if`, `elseif`, `else`.
pub(super) fn branch(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let clauses = lowering.field(node, "elseif_clauses").map(|list| lowering.children(list)).unwrap_or_default();
    let mut branches = Vec::new();
    for clause in std::iter::once(node).chain(clauses) {
        let cond = lowering.field(clause, "condition").map(|cond| lowering.expr(cond));
        let then = lowering.child_of(clause, "statement_block").map(|block| lowering.block(block));
        branches.push((cond.unwrap_or_else(|| Expr::opaque(lowering.span(clause))), then.unwrap_or_default(), clause));
    }
    let last = lowering.field(node, "else_clause").and_then(|clause| lowering.child_of(clause, "statement_block"));
    let mut otherwise = last.map(|block| lowering.block(block)).unwrap_or_default();
    for (cond, then, clause) in branches.into_iter().rev() {
        let span = lowering.span(clause);
        otherwise = Block::of(vec![Stmt { kind: StmtKind::If { cond, then, otherwise }, span }]);
    }
    out.append(&mut otherwise.stmts);
}

/// `foreach ($a in $b) { … }`.
pub(super) fn for_each(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let bind = lowering.child_of(node, "variable").map(|name| Pattern::Bind(lowering.name_text(name)));
    let over = lowering.child_of(node, "pipeline").map(|over| lowering.expr(over));
    let body = lowering.child_of(node, "statement_block").map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

/// A parameter: `[T]$a = b`.
fn param(lowering: &mut Lowering<'_>, node: Node<'_>) -> Param {
    let name = lowering.child_of(node, "variable").map(|name| lowering.name_text(name)).unwrap_or_default();
    let types = lowering.child_of(node, "attribute_list").map(|list| lowering.children(list)).unwrap_or_default();
    let mut types = types.into_iter().filter_map(|attribute| lowering.child_of(attribute, "type_literal"));
    let ty = types.next_back().and_then(|ty| last_of_type(lowering, ty));
    let default = lowering.child_of(node, "script_parameter_default");
    let default = default.and_then(|default| default.named_child(0)).map(|value| lowering.expr(value));
    Param { name, ty, default, span: lowering.span(node) }
}

fn params(lowering: &mut Lowering<'_>, holder: Option<Node<'_>>) -> Vec<Param> {
    let list = holder.and_then(|holder| lowering.child_of(holder, "parameter_list"));
    let list = list.map(|list| lowering.children(list)).unwrap_or_default();
    list.into_iter().filter(|part| part.kind() == "script_parameter").map(|part| param(lowering, part)).collect()
}

/// The parameters of a script are variables with a value.
pub(super) fn script_params(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    for Param { name, ty, default, span } in params(lowering, Some(node)) {
        lowering.bind(Binding { ty, value: default, fixed: true, ..Binding::of(Pattern::Bind(name), span) }, out);
    }
}

/// What a script block runs, without its parameters.
fn body_of<'t>(lowering: &Lowering<'_>, block: Option<Node<'t>>) -> Vec<Node<'t>> {
    let body = block.and_then(|block| lowering.field(block, "script_block_body"));
    body.map(|body| lowering.children(body)).unwrap_or_default()
}

/// `function f($a) { … }`.
pub(super) fn function(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.child_of(node, "function_name");
    let block = lowering.child_of(node, "script_block");
    let declared = lowering
        .child_of(node, "function_parameter_declaration")
        .or_else(|| block.and_then(|block| lowering.child_of(block, "param_block")));
    let head = Head {
        name: name.map(|name| lowering.text(name).to_owned()).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: params(lowering, declared),
        body: body_of(lowering, block),
        ..Head::default()
    };
    lowering.define(node, head).declared_only = false;
}

/// `{ param($a) … }`; without parameters there is `$_`.
pub(super) fn closure(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let block = lowering.child_of(node, "script_block");
    let declared = lowering
        .child_of(node, "param_block")
        .or_else(|| block.and_then(|block| lowering.child_of(block, "param_block")));
    let mut params = params(lowering, declared);
    if params.is_empty() {
        params.push(Param { name: PIPED.to_owned(), ty: None, default: None, span: lowering.span(node) });
    }
    let body = body_of(lowering, block);
    lowering.closure_with_value(node, params, body)
}

/// `class T { … }`.
pub(super) fn class(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let mut names = lowering.children(node).into_iter().filter(|child| child.kind() == "simple_name");
    let name = names.next().map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    let bases = names.map(|base| lowering.text(base).to_owned()).collect();
    let members: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|child| child.kind().starts_with("class_")).collect();
    lowering.open_type(node, &name, bases, |lowering| members.into_iter().for_each(|member| lowering.item(member)));
}

fn is_static(lowering: &Lowering<'_>, node: Node<'_>) -> bool {
    lowering.child_of(node, "class_attribute").is_some_and(|word| lowering.text(word).eq_ignore_ascii_case("static"))
}

/// `[T]$a = b`.
pub(super) fn property(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.child_of(node, "variable").map(|name| lowering.name_text(name)) else { return };
    let ty = lowering.child_of(node, "type_literal").and_then(|ty| last_of_type(lowering, ty));
    let value = lowering.child_of(node, "logical_expression").map(|value| lowering.expr(value));
    let fixed = is_static(lowering, node);
    lowering.bind(Binding { ty, value, fixed, ..Binding::of(Pattern::Bind(name), lowering.span(node)) }, out);
}

/// `[T] f([U]$a) { … }`; a method of the type's own name is its constructor.
pub(super) fn method(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.child_of(node, "simple_name");
    let text = name.map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    let list = lowering.child_of(node, "class_method_parameter_list");
    let list = list.map(|list| lowering.children(list)).unwrap_or_default();
    let mut params = Vec::new();
    for part in list.into_iter().filter(|part| part.kind() == "class_method_parameter") {
        let name = lowering.child_of(part, "variable").map(|name| lowering.name_text(name)).unwrap_or_default();
        let ty = lowering.child_of(part, "type_literal").and_then(|ty| last_of_type(lowering, ty));
        params.push(Param { name, ty, default: None, span: lowering.span(part) });
    }
    let builds = lowering.own_type().is_some_and(|ty| ty.eq_ignore_ascii_case(&text));
    let block = lowering.child_of(node, "script_block");
    let head = Head {
        name: if builds { "new".to_owned() } else { text },
        name_span: name.map(|name| lowering.span(name)),
        params,
        returns: lowering.child_of(node, "type_literal").and_then(|ty| last_of_type(lowering, ty)),
        body: body_of(lowering, block),
        method: Some(!is_static(lowering, node)),
        ..Head::default()
    };
    lowering.define(node, head).declared_only = false;
}
