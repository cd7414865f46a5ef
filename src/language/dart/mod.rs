//! Dart. Declarations, whose grammar wraps them in many layers, are in [`declaration`].

use super::ir::{Arg, BinaryOp, Block, Expr, ExprKind, Module, Path, Pattern, Stmt, StmtKind, UnaryOp};
use super::tree::literal::unescape;
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, Operator, parsers};

mod declaration;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: &[("~/", Operator::Binary(BinaryOp::FloorDivide))],
    exported: |_, _, name| !name.starts_with('_'),
    ..Dialect::of(parsers::dart, &[SHAPES])
});

/// Lowers a Dart file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    ("documentation_comment", skip()),
    ("documentation_block_comment", skip()),
    ("annotation", skip()),
    ("script_tag", skip()),
    ("type_arguments", skip()),
    ("type_parameters", skip()),
    // Names and literals.
    ("identifier_dollar_escaped", name()),
    ("qualified_name", path()),
    ("decimal_integer_literal", number()),
    ("hex_integer_literal", number()),
    ("decimal_floating_point_literal", number()),
    ("null_literal", null()),
    ("string_literal", expr_with(string)),
    ("list_literal", list("*")),
    ("set_or_map_literal", expr_with(set_or_map)),
    ("record_literal", list("*")),
    ("record_field", pass("#-1")),
    ("spread_element", spread("value")),
    // Expressions.
    ("this", receiver()),
    ("super", receiver()),
    ("assignable_expression", expr_with(assignable)),
    ("member_expression", field("object", "property")),
    ("null_aware_member_expression", field("object", "property")),
    ("index_expression", index("object", "index")),
    ("null_aware_index_expression", index("object", "index")),
    ("null_assertion_expression", wrap("value")),
    ("named_argument", argument("@label>#0", "#-1")),
    ("new_expression", expr_with(creation)),
    ("const_object_expression", expr_with(creation)),
    ("constructor_invocation", expr_with(creation)),
    ("await_expression", wrap("#0")),
    ("unary_expression", expr_with(prefix)),
    ("postfix_expression", unary("operator", "argument")),
    ("additive_expression", binary("#0", "operator", "#-1")),
    ("multiplicative_expression", binary("#0", "operator", "#-1")),
    ("relational_expression", binary("#0", "operator", "#-1")),
    ("equality_expression", binary("#0", "operator", "#-1")),
    ("shift_expression", binary("#0", "operator", "#-1")),
    ("bitwise_and_expression", binary("#0", "operator", "#-1")),
    ("bitwise_or_expression", binary("#0", "operator", "#-1")),
    ("bitwise_xor_expression", binary("#0", "operator", "#-1")),
    ("logical_and_expression", binary("#0", "@&&", "#-1")),
    ("logical_or_expression", binary("#0", "", "#-1")),
    ("if_null_expression", binary("#0", "@??", "#-1")),
    ("conditional_expression", conditional("#0", "consequence", "alternative")),
    ("type_test_expression", expr_with(type_test)),
    ("type_cast_expression", cast("@type_cast>#0", "#0")),
    ("throw_expression", throw("value")),
    ("function_expression", closure("parameters", "body>*")),
    ("cascade", expr_with(cascade)),
    // Statements.
    ("assert_statement", pass("@assertion")),
    ("assertion", expr_with(assertion)),
    ("for_statement", stmt_with(repeat)),
    ("switch_statement", choose("condition", "body>*")),
    ("switch_statement_case", arm("#0", "guard", "*")),
    ("switch_statement_default", arm("", "", "*")),
    ("switch_expression", choose("condition", "body")),
    ("switch_expression_case", arm("#0", "guard", "#-1")),
    ("constant_pattern", pattern_with(constant_pattern)),
    ("variable_pattern", pattern_with(variable_pattern)),
    ("try_statement", stmt_with(attempted)),
    ("rethrow_statement", throw("")),
    ("yield_statement", wrap("#0")),
    ("labeled_statement", inline("#-1")),
    ("function_expression_body", inline("*")),
    // Declarations.
    ("library_name", skip()),
    ("library_export", skip()),
    ("part_directive", include("uri>#0")),
    ("part_of_directive", skip()),
    ("import_or_export", inline("*")),
    ("library_import", stmt_with(declaration::import)),
    ("local_variable_declaration", inline("*")),
    ("initialized_variable_declaration", stmt_with(declaration::variables)),
    ("top_level_variable_declaration", stmt_with(declaration::variables)),
    ("initialized_identifier", declare("name", "", "value")),
    ("static_final_declaration", constant("name", "", "value")),
    ("function_declaration", stmt_with(declaration::function)),
    ("local_function_declaration", stmt_with(declaration::function)),
    ("getter_declaration", stmt_with(declaration::function)),
    ("setter_declaration", skip()),
    ("method_declaration", stmt_with(declaration::function)),
    ("declaration", stmt_with(declaration::member)),
    ("member_declaration", inline("*")),
    ("formal_parameter", param("name|@identifier", "@type", "")),
    ("class_declaration", type_item("name", "superclass+interfaces", "body")),
    ("mixin_declaration", type_item("name", "interfaces", "body")),
    ("extension_declaration", stmt_with(declaration::extension)),
    ("enum_declaration", type_item("name", "", "body")),
    ("enum_entry", member("name", "")),
    ("type_alias", skip()),
    ("external_function_declaration", skip()),
    ("external_getter_declaration", skip()),
    ("external_variable_declaration", skip()),
];

/// Adjacent literals, plain, raw or with holes.
fn string(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut parts: Vec<Expr> = Vec::new();
    for literal in lowering.children(node) {
        let escapes = if literal.kind().starts_with("raw") { Escapes::None } else { Escapes::Backslash };
        for piece in lowering.children(literal) {
            if piece.kind() == "template_substitution" {
                let hole = lowering.children(piece).first().map(|hole| lowering.expr(*hole));
                parts.extend(hole);
                continue;
            }
            let text = unescape(lowering.text(piece), escapes);
            match parts.last_mut().map(|part| &mut part.kind) {
                Some(ExprKind::Text(known)) => known.push_str(&text),
                _ => parts.push(lowering.at(piece, ExprKind::Text(text))),
            }
        }
    }
    let kind = match parts.as_slice() {
        [] => ExprKind::Text(String::new()),
        [Expr { kind: ExprKind::Text(text), .. }] => ExprKind::Text(text.clone()),
        _ => ExprKind::Interpolated(parts),
    };
    lowering.at(node, kind)
}

/// `{a: 1}` is a map, `{a}` a set.
fn set_or_map(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut values = Vec::new();
    let mut pairs = Vec::new();
    for element in lowering.children(node) {
        match (lowering.field(element, "key"), lowering.field(element, "value")) {
            (Some(key), Some(value)) => {
                let key = lowering.expr(key);
                pairs.push((key, lowering.expr(value)));
            }
            _ => values.push(lowering.expr(element)),
        }
    }
    let kind = if pairs.is_empty() { ExprKind::List(values) } else { ExprKind::Map(pairs) };
    lowering.at(node, kind)
}

/// What can be assigned to: `a`, `a.b`, `a[b]`.
fn assignable(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let object = lowering.field(node, "object");
    let kind = match (object, lowering.field(node, "property"), lowering.field(node, "index")) {
        (Some(object), Some(property), _) => {
            let base = Box::new(lowering.expr(object));
            ExprKind::Field(base, lowering.text(property).to_owned())
        }
        (Some(object), None, Some(index)) => {
            let base = Box::new(lowering.expr(object));
            ExprKind::Index(base, Box::new(lowering.expr(index)))
        }
        _ => match lowering.children(node).first() {
            Some(only) => return lowering.expr(*only),
            None => ExprKind::Name(vec![lowering.text(node).to_owned()]),
        },
    };
    lowering.at(node, kind)
}

/// `new T.named(…)` and `const T(…)` are `T.named(…)` and `T(…)`, as they may be written too.
fn creation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut path: Path = lowering.field(node, "type").map(|ty| lowering.path(ty)).unwrap_or_default();
    path.extend(lowering.field(node, "constructor").map(|name| lowering.text(name).to_owned()));
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let callee = Box::new(lowering.at(node, ExprKind::Name(path)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `a is T`, `a is! T`.
fn type_test(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let [value, .., test] = children.as_slice() else { return lowering.opaque(node) };
    let ty = lowering.child_of(*test, "type").map(|ty| lowering.path(ty)).unwrap_or_default();
    let value = Box::new(lowering.expr(*value));
    let is = lowering.at(node, ExprKind::Is(value, Box::new(Pattern::Variant(ty, Vec::new()))));
    match lowering.text(*test).starts_with("is!") {
        true => lowering.at(node, ExprKind::Unary(UnaryOp::Not, Box::new(is))),
        false => is,
    }
}

/// `a..b()..c = d` is `a`, after `a.b()` and `a.c = d`.
fn cascade(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let Some((base, sections)) = children.split_first() else { return lowering.opaque(node) };
    let base = lowering.expr(*base);
    let mut stmts = Vec::new();
    let target = match &base.kind {
        ExprKind::Name(_) | ExprKind::Receiver => base,
        _ => {
            let (pattern, span) = (Pattern::Bind("#cascade".to_owned()), base.span);
            let kind = StmtKind::Let { pattern, ty: None, value: Some(base), otherwise: None };
            stmts.push(Stmt { kind, span });
            Expr::name("#cascade", span)
        }
    };
    for section in sections {
        let done = cascade_section(lowering, *section, &target);
        stmts.push(lowering.effect(done));
    }
    lowering.at(node, ExprKind::Block(Block { stmts, value: Some(Box::new(target)) }))
}

/// `..b()`, `..c = d`.
fn cascade_section(lowering: &mut Lowering<'_>, section: Node<'_>, target: &Expr) -> Expr {
    let children = lowering.children(section);
    let member = |lowering: &Lowering<'_>, name: Node<'_>| {
        let kind = ExprKind::Field(Box::new(target.clone()), lowering.text(name).to_owned());
        Box::new(lowering.at(name, kind))
    };
    let kind = match children.as_slice() {
        [call] if call.kind() == "cascade_call_expression" => {
            let Some(name) = lowering.field(*call, "property") else { return lowering.opaque(section) };
            let callee = member(lowering, name);
            let args = lowering.field(*call, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
            ExprKind::Call { callee, args }
        }
        [selector, value] if selector.kind() == "cascade_selector" => {
            let Some(name) = lowering.child_of(*selector, "identifier") else { return lowering.opaque(section) };
            let value = Box::new(lowering.expr(*value));
            ExprKind::Assign(member(lowering, name), value)
        }
        _ => return lowering.opaque(section),
    };
    lowering.at(section, kind)
}

/// `-a`, `!a`, `++a`; `await a` stands in the same node.
fn prefix(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(operand) = lowering.children(node).last().copied() else { return lowering.opaque(node) };
    let operator =
        lowering.text(node).get(..operand.start_byte() - node.start_byte()).map(str::trim).unwrap_or_default();
    let value = Box::new(lowering.expr(operand));
    let step = match operator {
        "++" => BinaryOp::Add,
        "--" => BinaryOp::Subtract,
        "-" => return lowering.at(node, ExprKind::Unary(UnaryOp::Negate, value)),
        "!" => return lowering.at(node, ExprKind::Unary(UnaryOp::Not, value)),
        "~" => return lowering.at(node, ExprKind::Unary(UnaryOp::Complement, value)),
        _ => return *value,
    };
    let one = Box::new(lowering.at(node, ExprKind::Int(1)));
    let after = Box::new(lowering.at(node, ExprKind::Binary(step, value.clone(), one)));
    lowering.at(node, ExprKind::Assign(value, after))
}

/// A value to be equal to; `_` is anything.
fn constant_pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    match lowering.children(node).first() {
        Some(only) if lowering.text(*only) != "_" => Pattern::Value(lowering.expr(*only)),
        _ => Pattern::Any,
    }
}

/// `int a`, `var a`.
fn variable_pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    match lowering.field(node, "name").map(|name| lowering.text(name)) {
        Some(name) if name != "_" => Pattern::Bind(name.to_owned()),
        _ => Pattern::Any,
    }
}

/// `assert(a, b)`.
fn assertion(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let values = lowering.children(node).into_iter();
    let args: Vec<Arg> = values.map(|child| Arg { name: None, value: lowering.expr(child) }).collect();
    let callee = Box::new(Expr::name("assert", lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `for (a; b; c)` and `for (a in b)`.
fn repeat(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let over = lowering.field(node, "value").map(|over| lowering.expr(over));
    let bind = lowering.field(node, "name").map(|name| lowering.pattern(name));
    if let Some(init) = lowering.field(node, "init") {
        lowering.stmt(init, out);
    }
    let cond = lowering.field(node, "condition").map(|cond| lowering.expr(cond));
    let mut body = lowering.field(node, "body").map(|body| lowering.block(body)).unwrap_or_default();
    for step in lowering.fields(node, "update") {
        lowering.stmt(step, &mut body.stmts);
    }
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond, body }, span: lowering.span(node) });
}

/// `try { … } on E catch (e) { … } finally { … }`.
fn attempted(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut blocks = Vec::new();
    let mut finally = Block::default();
    for child in lowering.children(node) {
        match child.kind() {
            "block" => blocks.push(lowering.block(child)),
            "finally_clause" => finally = lowering.block(child),
            _ => {}
        }
    }
    let mut blocks = blocks.into_iter();
    let body = blocks.next().unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Try { body, handlers: blocks.collect(), finally }, span: lowering.span(node) });
}

#[cfg(test)]
mod tests;
