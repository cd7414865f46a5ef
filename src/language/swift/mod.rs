//! Swift. Conditions that bind and the shapes of functions are in [`declaration`], `#if` is in [`directive`]; its literals, closures and switches are
//! here.

use super::ir::{Arm, BinaryOp, Block, Expr, ExprKind, Module, Param, Pattern, RANGE, Stmt, StmtKind, UnaryOp};
use super::tree::literal::unescape;
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, Operator, parsers};

mod declaration;
mod directive;
mod precedence;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: OPERATORS,
    sigils: &['`'],
    constructors: &["init"],
    modifiers: &["modifiers", "attribute"],
    statics: &["static", "class"],
    exported: |lowering, node, _| {
        !["private", "fileprivate"].iter().any(|word| declaration::modified(lowering, node, word))
    },
    tail_values: true,
    references: &["inout", "parameter_modifiers"],
    operation: precedence::regrouped,
    ..Dialect::of(parsers::swift, &[SHAPES])
});

/// Lowers a Swift file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const OPERATORS: &[(&str, Operator)] = &[
    ("&+", Operator::Binary(BinaryOp::Add)),
    ("&-", Operator::Binary(BinaryOp::Subtract)),
    ("&*", Operator::Binary(BinaryOp::Multiply)),
    ("...", Operator::Opaque),
];

const SHAPES: &[(&str, Shape)] = &[
    // Names and literals.
    ("simple_identifier", name()),
    ("type_identifier", name()),
    ("identifier", path()),
    ("user_type", path()),
    ("self_expression", receiver()),
    ("super_expression", name()),
    ("integer_literal", number()),
    ("hex_literal", number()),
    ("oct_literal", number()),
    ("bin_literal", number()),
    ("real_literal", number()),
    ("boolean_literal", expr_with(boolean)),
    ("nil_literal", null()),
    ("line_string_literal", expr_with(string)),
    ("multi_line_string_literal", expr_with(string)),
    ("raw_string_literal", text(Escapes::None)),
    ("line_str_text", text_part()),
    ("multi_line_str_text", text_part()),
    ("str_escaped_char", text_part()),
    ("interpolated_expression", pass("value")),
    ("array_literal", list("element")),
    ("dictionary_literal", expr_with(dictionary)),
    ("regex_literal", regex()),
    // Expressions.
    ("call_expression", expr_with(call)),
    ("constructor_expression", opaque()),
    ("navigation_expression", expr_with(navigation)),
    ("value_argument", argument("name", "value")),
    ("value_argument_label", pass("#0")),
    ("additive_expression", binary("lhs", "op", "rhs")),
    ("multiplicative_expression", binary("lhs", "op", "rhs")),
    ("comparison_expression", binary("lhs", "op", "rhs")),
    ("equality_expression", binary("lhs", "op", "rhs")),
    ("conjunction_expression", binary("lhs", "op", "rhs")),
    ("disjunction_expression", binary("lhs", "op", "rhs")),
    ("bitwise_operation", binary("lhs", "op", "rhs")),
    ("infix_expression", binary("lhs", "op", "rhs")),
    ("nil_coalescing_expression", binary("value", "@??", "if_nil")),
    ("ternary_expression", conditional("condition", "if_true", "if_false")),
    ("prefix_expression", expr_with(prefix)),
    ("postfix_expression", expr_with(postfix)),
    ("assignment", assign("target", "operator", "result")),
    ("directly_assignable_expression", pass("#0")),
    ("try_expression", expr_with(tried)),
    ("await_expression", wrap("expr")),
    ("as_expression", cast("type", "expr")),
    ("check_expression", is("target", "type")),
    ("tuple_expression", expr_with(tuple)),
    ("lambda_literal", expr_with(lambda)),
    ("range_expression", expr_with(range)),
    ("open_end_range_expression", opaque()),
    ("open_start_range_expression", opaque()),
    ("selector_expression", opaque()),
    ("key_path_expression", opaque()),
    // Patterns.
    ("pattern", pattern_with(declaration::pattern)),
    ("switch_pattern", pattern_with(declaration::pattern)),
    ("wildcard_pattern", wildcard()),
    ("value_binding_pattern", skip()),
    // Statements.
    ("statements", stmt_with(directive::statements)),
    ("function_body", block("*")),
    ("if_statement", stmt_with(declaration::branch)),
    ("guard_statement", stmt_with(declaration::guard)),
    ("while_statement", stmt_with(declaration::repeat)),
    ("repeat_while_statement", stmt_with(declaration::repeat)),
    ("for_statement", stmt_with(declaration::visit)),
    ("switch_statement", expr_with(switch)),
    ("do_statement", attempt("@statements", "@catch_block", "")),
    ("catch_block", handler("error", "@statements")),
    ("control_transfer_statement", stmt_with(transfer)),
    ("directive", skip()),
    ("statement_label", skip()),
    // Declarations.
    ("import_declaration", import("@identifier", "")),
    ("property_declaration", stmt_with(declaration::property)),
    ("function_declaration", stmt_with(declaration::function)),
    ("init_declaration", stmt_with(declaration::function)),
    ("protocol_function_declaration", skip()),
    ("protocol_property_declaration", skip()),
    ("subscript_declaration", skip()),
    ("class_declaration", stmt_with(declaration::type_or_extension)),
    ("protocol_declaration", type_item("name", "@inheritance_specifier", "body")),
    ("enum_entry", stmt_with(declaration::entry)),
    ("typealias_declaration", skip()),
    ("attribute", attribute("#0", "")),
    ("modifiers", skip()),
    ("type_annotation", pass("#0")),
    ("type_arguments", skip()),
    ("try_operator", skip()),
    ("throws", skip()),
];

fn boolean(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let value = lowering.text(node) == "true";
    lowering.at(node, ExprKind::Bool(value))
}

/// `"a \(b) c"`, over one line or many.
fn string(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut parts: Vec<Expr> = Vec::new();
    for child in lowering.children(node) {
        if child.kind() == "interpolated_expression" {
            parts.push(lowering.expr(child));
            continue;
        }
        let piece = unescape(lowering.text(child), Escapes::Backslash);
        match parts.last_mut().map(|part| &mut part.kind) {
            Some(ExprKind::Text(text)) => text.push_str(&piece),
            _ => parts.push(lowering.at(child, ExprKind::Text(piece))),
        }
    }
    let kind = match parts.as_slice() {
        [] => ExprKind::Text(String::new()),
        [Expr { kind: ExprKind::Text(text), .. }] => ExprKind::Text(text.clone()),
        _ => ExprKind::Interpolated(parts),
    };
    lowering.at(node, kind)
}

/// `["a": 1]`: a record where the keys are texts, as other languages' literals are.
fn dictionary(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let keys: Vec<Expr> = lowering.fields(node, "key").into_iter().map(|key| lowering.expr(key)).collect();
    let values: Vec<Expr> = lowering.fields(node, "value").into_iter().map(|value| lowering.expr(value)).collect();
    lowering.at(node, ExprKind::Map(keys.into_iter().zip(values).collect()))
}

/// `f(a, b: c) { … }`: a closure that follows is the last argument.
fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let Some((callee, suffixes)) = children.split_first() else { return lowering.opaque(node) };
    let callee = Box::new(lowering.expr(*callee));
    let mut args = Vec::new();
    for part in suffixes.iter().flat_map(|suffix| lowering.children(*suffix)).collect::<Vec<_>>() {
        match part.kind() {
            "value_arguments" => args.append(&mut lowering.args(part)),
            "lambda_literal" => args.push(super::ir::Arg { name: None, value: lowering.expr(part) }),
            _ => {}
        }
    }
    // `a[0]` is a call with brackets.
    let brackets = suffixes.first().is_some_and(|suffix| lowering.text(*suffix).starts_with('['));
    // The grammar takes `!f(x)` for a call of `!f`, and `a..<f(x)` for one of `a..<f`.
    if let ExprKind::Unary(op, called) = &callee.kind
        && children[0].kind() == "prefix_expression"
    {
        let inner = lowering.at(node, ExprKind::Call { callee: called.clone(), args });
        return lowering.at(node, ExprKind::Unary(*op, Box::new(inner)));
    }
    if let ExprKind::Cast(_, ends) = &callee.kind
        && children[0].kind() == "range_expression"
        && let ExprKind::List(ends) = &ends.kind
        && let [from, to] = ends.as_slice()
    {
        let last = lowering.at(node, ExprKind::Call { callee: Box::new(to.clone()), args });
        let ends = Box::new(lowering.at(node, ExprKind::List(vec![from.clone(), last])));
        return lowering.at(node, ExprKind::Cast(RANGE.to_owned(), ends));
    }
    let kind = match args.len() {
        1 if brackets => match args.pop() {
            Some(index) => ExprKind::Index(callee, Box::new(index.value)),
            None => ExprKind::Opaque(vec![*callee]),
        },
        _ => ExprKind::Call { callee, args },
    };
    lowering.at(node, kind)
}

/// `a.b`; `.b` alone is a member of the type that is expected.
fn navigation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let suffix = lowering.field(node, "suffix").and_then(|suffix| lowering.field(suffix, "suffix"));
    let name = suffix.map(|suffix| lowering.name_text(suffix)).unwrap_or_default();
    let own = lowering.owner().and_then(|owner| owner.rsplit("::").next().map(str::to_owned));
    let kind = match lowering.field(node, "target") {
        Some(target) if own.is_some() && lowering.text(target) == "Self" => {
            let ty = lowering.at(target, ExprKind::Name(own.into_iter().collect()));
            ExprKind::Field(Box::new(ty), name)
        }
        Some(target) => ExprKind::Field(Box::new(lowering.expr(target)), name),
        None => ExprKind::Name(vec![name]),
    };
    lowering.at(node, kind)
}

/// `a..<b`, `a...b`: whether the last one still belongs to it says little of times.
fn range(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(from), Some(to)) = (lowering.field(node, "start"), lowering.field(node, "end")) else {
        return lowering.opaque(node);
    };
    let ends = vec![lowering.expr(from), lowering.expr(to)];
    let ends = Box::new(lowering.at(node, ExprKind::List(ends)));
    lowering.at(node, ExprKind::Cast(RANGE.to_owned(), ends))
}

/// `-a`, `!a`, `&a`; `.b` is a member of the type that is expected.
fn prefix(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(target) = lowering.field(node, "target") else { return lowering.opaque(node) };
    let operator = lowering.text(node).chars().next();
    if operator == Some('.') {
        return lowering.at(node, ExprKind::Name(vec![lowering.name_text(target)]));
    }
    let value = Box::new(lowering.expr(target));
    let kind = match operator {
        Some('-') => ExprKind::Unary(UnaryOp::Negate, value),
        Some('!') => ExprKind::Unary(UnaryOp::Not, value),
        Some('~') => ExprKind::Unary(UnaryOp::Complement, value),
        _ => ExprKind::Pass(value),
    };
    lowering.at(node, kind)
}

/// `a!` is `a`.
fn postfix(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(target) = lowering.field(node, "target") else { return lowering.opaque(node) };
    let value = Box::new(lowering.expr(target));
    lowering.at(node, ExprKind::Pass(value))
}

/// `try e`.
fn tried(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(inner) = lowering.field(node, "expr") else { return lowering.opaque(node) };
    let value = Box::new(lowering.expr(inner));
    lowering.at(node, ExprKind::Pass(value))
}

/// `(a, b)`; `(a)` is `a`.
fn tuple(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let mut values: Vec<Expr> = lowering.fields(node, "value").into_iter().map(|value| lowering.expr(value)).collect();
    match (values.len(), values.pop()) {
        // The operators around it do not reach into parentheses.
        (1, Some(only)) if matches!(only.kind, ExprKind::Binary(..)) => {
            lowering.at(node, ExprKind::Pass(Box::new(only)))
        }
        (1, Some(only)) => only,
        (_, last) => lowering.at(node, ExprKind::List(values.into_iter().chain(last).collect())),
    }
}

/// `{ a, b in … }`; without names its parameters are `$0`, `$1`.
fn lambda(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let span = lowering.span(node);
    let listed = lowering.field(node, "type").and_then(|ty| lowering.child_of(ty, "lambda_function_type_parameters"));
    let params = match listed {
        Some(list) => lowering
            .children(list)
            .into_iter()
            .map(|param| {
                let name = lowering.field(param, "name").unwrap_or(param);
                let ty = lowering.field(param, "type").and_then(|ty| lowering.type_name(ty));
                Param { name: lowering.name_text(name), ty, default: None, span: lowering.span(param) }
            })
            .collect(),
        None => {
            let text = lowering.text(node);
            let count = (0..3).rev().find(|n| text.contains(&format!("${n}"))).map_or(0, |n| n + 1);
            (0..count).map(|n| Param { name: format!("${n}"), ty: None, default: None, span }).collect()
        }
    };
    let body: Vec<Node<'_>> = lowering.child_of(node, "statements").into_iter().collect();
    lowering.closure_of(node, params, &body)
}

/// `switch x { case a, b where c: … }`.
fn switch(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let subject = lowering.field(node, "expr").map(|subject| Box::new(lowering.expr(subject)));
    let mut arms = Vec::new();
    for entry in lowering.children(node).into_iter().filter(|child| child.kind() == "switch_entry") {
        let mut arm = Arm { patterns: Vec::new(), guard: None, body: Block::default(), span: lowering.span(entry) };
        for part in lowering.children(entry) {
            match part.kind() {
                "switch_pattern" => arm.patterns.push(lowering.pattern(part)),
                "where_clause" => arm.guard = lowering.children(part).last().map(|cond| lowering.expr(*cond)),
                "statements" => arm.body = lowering.block(part),
                _ => {}
            }
        }
        if arm.patterns.is_empty() {
            arm.patterns.push(Pattern::Any);
        }
        declaration::value_of(&mut arm.body);
        arms.push(arm);
    }
    lowering.at(node, ExprKind::Match { subject, arms })
}

/// `return x`, `throw x`, `break`, `continue`.
fn transfer(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let result = lowering.field(node, "result").or_else(|| lowering.children(node).last().copied());
    let word = lowering.text(node);
    let kind = match () {
        () if result.is_some_and(|result| result.kind() == "directive") => StmtKind::Return(None),
        () if word.starts_with("return") => StmtKind::Return(result.map(|result| lowering.expr(result))),
        () if word.starts_with("throw") => {
            let thrown = lowering.children(node).into_iter().rfind(|child| child.kind() != "throw_keyword");
            StmtKind::Throw(thrown.map(|thrown| lowering.expr(thrown)))
        }
        () => StmtKind::Jump,
    };
    out.push(Stmt { kind, span: lowering.span(node) });
}

/// `not value`, for conditions that are turned round.
fn negated(value: Expr) -> Expr {
    let span = value.span;
    Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(value)), span)
}

#[cfg(test)]
mod tests;
