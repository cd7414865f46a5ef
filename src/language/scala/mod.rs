//! Scala 2 and 3. Calls, whose arguments may be blocks, cases or made with `_`, are in [`call`](mod@call);
//! types and extensions in [`class`].

use super::ir::{Arg, Block, Expr, ExprKind, Import, Module, Path, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, Operator, parsers};

mod call;
mod class;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    exported: |lowering, node, _| !["private", "protected"].iter().any(|word| lowering.has_modifier(node, word)),
    operators: &[("->", Operator::Pair)],
    infix_calls: true,
    receivers: &["this", "super"],
    constructors: &["this"],
    tail_values: true,
    arms_bind: true,
    tests: &["Test", "ParameterizedTest"],
    ..Dialect::of(parsers::scala, &[SHAPES])
});

/// Lowers a Scala file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("integer_literal", number()),
    ("floating_point_literal", number()),
    ("boolean_literal", expr_with(boolean)),
    ("null_literal", null()),
    ("unit", opaque()),
    ("character_literal", character()),
    ("string", text(Escapes::Backslash)),
    ("interpolated_string_expression", expr_with(interpolated)),
    ("interpolated_string", text(Escapes::Backslash)),
    ("interpolation", pass("@block>#0|#0")),
    ("stable_identifier", path()),
    ("stable_type_identifier", path()),
    ("generic_type", path()),
    ("wildcard", name()),
    ("operator_identifier", name()),
    // Expressions.
    ("field_expression", field("value", "field")),
    ("generic_function", pass("function")),
    ("call_expression", expr_with(call::call)),
    ("instance_expression", expr_with(call::creation)),
    ("infix_expression", binary("left", "operator", "right")),
    ("prefix_expression", unary("", "#0")),
    ("postfix_expression", field("#0", "#1")),
    ("ascription_expression", pass("#0")),
    ("method_value", pass("#0")),
    ("tuple_expression", list("*")),
    ("lambda_expression", closure("parameters", "#-1")),
    ("case_block", expr_with(call::cases)),
    // Patterns.
    ("alternative_pattern", alternatives("*")),
    ("case_class_pattern", variant("type", "pattern")),
    ("typed_pattern", variant("type", "pattern")),
    ("capture_pattern", pass("name")),
    ("tuple_pattern", list("*")),
    ("repeat_pattern", wildcard()),
    // Statements; most have a value too.
    ("indented_block", block("*")),
    ("if_expression", branch("condition", "consequence", "alternative")),
    ("match_expression", choose("value", "body>*")),
    ("case_clause", arm("pattern", "@guard>condition", "body")),
    ("for_expression", stmt_with(looped)),
    ("while_expression", repeat("condition", "body", "")),
    ("do_while_expression", repeat_after("condition", "body")),
    ("try_expression", attempt("body", "@catch_clause>@case_block>@case_clause", "@finally_clause")),
    ("throw_expression", throw("#0")),
    ("return_expression", give("*")),
    ("end_marker", skip()),
    // Declarations.
    ("package_clause", package("name", "body")),
    ("import_declaration", stmt_with(imported)),
    ("export_declaration", skip()),
    ("class_definition", stmt_with(class::type_item)),
    ("trait_definition", stmt_with(class::type_item)),
    ("object_definition", stmt_with(class::object_item)),
    ("package_object", stmt_with(class::object_item)),
    ("enum_definition", stmt_with(class::type_item)),
    ("enum_case_definitions", inline("*")),
    ("simple_enum_case", member("name", "")),
    ("full_enum_case", skip()),
    ("function_definition", function("name", "parameters", "return_type", "body")),
    ("function_declaration", function("name", "parameters", "return_type", "")),
    ("extension_definition", stmt_with(class::extension)),
    ("parameter", param("name", "type", "default_value")),
    ("class_parameter", param("name", "type", "default_value")),
    ("val_definition", declare("pattern", "type", "value")),
    ("var_definition", declare("pattern", "type", "value")),
    ("val_declaration", declare("name", "type", "")),
    ("var_declaration", declare("name", "type", "")),
    ("given_definition", declare("name", "return_type", "body")),
    ("type_definition", skip()),
    ("self_type", skip()),
    ("annotation", attribute("name", "arguments")),
];

/// `s"a $b"`; `f"$a%04d"` is a format with its values.
fn interpolated(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(text) = lowering.child_of(node, "interpolated_string") else { return lowering.opaque(node) };
    let value = lowering.expr(text);
    let formats = lowering.field(node, "interpolator").is_some_and(|name| lowering.text(name) == "f");
    let ExprKind::Interpolated(parts) = value.kind else { return value };
    if !formats {
        return lowering.at(node, ExprKind::Interpolated(parts));
    }
    let (mut pattern, mut args) = (String::new(), Vec::new());
    let mut open = false;
    for part in parts {
        let ExprKind::Text(text) = part.kind else {
            pattern.push_str(if open { "%s" } else { "" });
            args.push(Arg { name: None, value: part });
            open = true;
            continue;
        };
        pattern.push_str(if open && !text.starts_with('%') { "%s" } else { "" });
        pattern.push_str(&text);
        open = false;
    }
    pattern.push_str(if open { "%s" } else { "" });
    let base = Box::new(lowering.at(text, ExprKind::Text(pattern)));
    let callee = Box::new(lowering.at(text, ExprKind::Field(base, "format".to_owned())));
    lowering.at(node, ExprKind::Call { callee, args })
}

fn boolean(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    lowering.at(node, ExprKind::Bool(lowering.text(node) == "true"))
}

/// `import a.b.{C, D => E, _}`, `import a.b._`, `import a.b`.
fn imported(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let path: Path = lowering
        .fields(node, "path")
        .iter()
        .filter(|part| part.is_named())
        .map(|p| lowering.text(*p).to_owned())
        .collect();
    let mut add = |alias: String, path: Path| lowering.module.imports.push(Import { alias, path });
    let mut cursor = node.walk();
    let mut brought = Vec::new();
    for child in node.named_children(&mut cursor) {
        match child.kind() {
            "namespace_wildcard" => brought.push(child),
            "namespace_selectors" => {
                let mut inner = child.walk();
                brought.extend(child.named_children(&mut inner));
            }
            _ => {}
        }
    }
    if brought.is_empty()
        && let Some(last) = path.last().cloned()
    {
        return add(last, path);
    }
    for part in brought {
        let (name, alias) = match (part.child_by_field_name("name"), part.child_by_field_name("alias")) {
            (Some(name), Some(alias)) => (lowering.text(name), lowering.text(alias)),
            _ if part.kind() == "identifier" => (lowering.text(part), lowering.text(part)),
            _ => {
                lowering.module.imports.push(Import { alias: "*".to_owned(), path: path.clone() });
                continue;
            }
        };
        let full = path.iter().cloned().chain([name.to_owned()]).collect();
        lowering.module.imports.push(Import { alias: alias.to_owned(), path: full });
    }
}

/// `for (a <- as if p; b = f(a)) body`: loops in one another.
fn looped(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let list = lowering.child_of(node, "enumerators");
    let enumerators = list.map(|list| lowering.children(list)).unwrap_or_default();
    let body = lowering.field(node, "body");
    let mut inner = loops(lowering, &enumerators, body);
    out.append(&mut inner.stmts);
}

fn loops(lowering: &mut Lowering<'_>, enumerators: &[Node<'_>], body: Option<Node<'_>>) -> Block {
    let Some((first, rest)) = enumerators.split_first() else {
        return body.map(|body| lowering.block(body)).unwrap_or_default();
    };
    let span = lowering.span(*first);
    let parts = lowering.children(*first);
    let guard = parts.iter().find(|part| part.kind() == "guard").and_then(|guard| lowering.field(*guard, "condition"));
    let guarded = |lowering: &mut Lowering<'_>| {
        let cond = guard.map(|guard| lowering.expr(guard));
        let then = loops(lowering, rest, body);
        match cond {
            Some(cond) => {
                Block::of(vec![Stmt { kind: StmtKind::If { cond, then, otherwise: Block::default() }, span }])
            }
            None => then,
        }
    };
    let [bound, value, ..] = parts.as_slice() else { return guarded(lowering) };
    if bound.kind() == "guard" {
        return guarded(lowering);
    }
    let pattern: Pattern = lowering.pattern(*bound);
    let value = lowering.expr(*value);
    if lowering.child_of(*first, "=").is_some() {
        let bind = StmtKind::Let { pattern, ty: None, value: Some(value), otherwise: None };
        let mut block = Block::of(vec![Stmt { kind: bind, span }]);
        block.stmts.append(&mut guarded(lowering).stmts);
        return block;
    }
    let body = guarded(lowering);
    let kind = StmtKind::Loop { bind: Some(pattern), over: Some(value), cond: None, body };
    Block::of(vec![Stmt { kind, span }])
}

#[cfg(test)]
mod tests;
