//! Python 3, and what of Python 2 its grammar still reads.
//!
//! Comprehensions become `over.filter(p => cond).map(p => body)`, slices a call of the method `slice`, a format
//! specification in an f-string a call of `__format__`: what those do is in `rules/languages/python.yaml`.

use super::ir::{Arg, BinaryOp, Expr, ExprKind, Function, Module, Param, Path, Pattern, Stmt, UnaryOp};
use super::tree::shape::*;
use super::tree::{Dialect, Escapes, Grammar, Lowering, Node, Scope, parsers};

static GRAMMAR: Grammar = Grammar::new(Dialect {
    receivers: &["self", "cls"],
    receiver_params: &["self", "cls", "mcs"],
    constructors: &["__init__"],
    exported: |_, _, name| !name.starts_with('_') || name.ends_with("__"),
    assignment_declares: true,
    arms_bind: true,
    tests: &[],
    ..Dialect::of(parsers::python, &[SHAPES])
});

/// Lowers a Python file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals.
    ("string", text(Escapes::Backslash)),
    ("interpolation", expr_with(interpolation)),
    ("list", list("*")),
    ("tuple", list("*")),
    ("set", list("*")),
    ("expression_list", sequence("*")),
    ("dictionary", map("*")),
    ("pair", pair("key", "value")),
    ("list_splat", wrap("#0")),
    ("dictionary_splat", wrap("#0")),
    ("line_continuation", skip()),
    // Expressions.
    ("attribute", field("object", "attribute")),
    ("subscript", expr_with(subscript)),
    ("call", call("function", "arguments")),
    ("keyword_argument", argument("name", "value")),
    ("binary_operator", binary("left", "operator", "right")),
    ("boolean_operator", binary("left", "operator", "right")),
    ("comparison_operator", expr_with(comparison)),
    ("not_operator", unary("", "argument")),
    ("unary_operator", unary("operator", "argument")),
    ("conditional_expression", conditional("#1", "#0", "#2")),
    ("named_expression", assign("name", "", "value")),
    ("await", wrap("#0")),
    ("lambda", closure("parameters", "body")),
    ("list_comprehension", expr_with(comprehension)),
    ("set_comprehension", expr_with(comprehension)),
    ("generator_expression", expr_with(comprehension)),
    ("dictionary_comprehension", expr_with(comprehension)),
    // Statements.
    ("assignment", stmt_with(assignment)),
    ("augmented_assignment", assign("left", "operator", "right")),
    ("pattern_list", sequence("*")),
    ("tuple_pattern", list("*")),
    ("list_pattern", list("*")),
    ("list_splat_pattern", wrap("#0")),
    ("dictionary_splat_pattern", wrap("#0")),
    ("if_statement", branch("condition", "consequence", "alternative")),
    ("elif_clause", branch("condition", "consequence", "")),
    ("for_statement", for_each("left", "right", "body", "alternative")),
    ("while_statement", repeat("condition", "body", "alternative")),
    ("try_statement", attempt("body+@else_clause", "@except_clause", "@finally_clause")),
    ("except_clause", handler("value>alias", "@block")),
    ("with_statement", scoped("@with_clause", "body")),
    ("with_clause", inline("*")),
    ("with_item", pass("value")),
    ("as_pattern", declare("alias", "", "#0")),
    ("raise_statement", throw("#0")),
    ("return_statement", give("*")),
    ("assert_statement", stmt_with(assertion)),
    ("print_statement", stmt_with(print)),
    ("pass_statement", skip()),
    ("global_statement", skip()),
    ("nonlocal_statement", skip()),
    ("delete_statement", skip()),
    ("type_alias_statement", skip()),
    ("match_statement", choose("subject", "body>alternative")),
    ("case_clause", arm("@case_pattern", "guard>#0", "consequence")),
    ("case_pattern", pattern_with(case_pattern)),
    ("class_pattern", variant("#0", "*")),
    ("union_pattern", alternatives("*")),
    ("dotted_name", pattern_with(named_pattern)),
    // Definitions.
    ("function_definition", function("name", "parameters", "return_type", "body")),
    ("class_definition", type_item("name", "superclasses", "body")),
    ("decorated_definition", attributed("@decorator", "definition")),
    ("decorator", attribute("#0", "#0>arguments")),
    ("default_parameter", param("name", "", "value")),
    ("typed_default_parameter", param("name", "type", "value")),
    ("typed_parameter", param("#0", "type", "")),
    ("keyword_separator", skip()),
    ("positional_separator", skip()),
    ("import_statement", stmt_with(import)),
    ("import_from_statement", stmt_with(import_from)),
    ("future_import_statement", skip()),
];

/// `x: T = value`, `a = b = value`. An annotated name in a class is a field of its instances as well as of the class.
fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(left) = lowering.field(node, "left") else { return };
    let right = lowering.field(node, "right");
    let ty = lowering.field(node, "type");
    if let (Scope::Type, Some(ty)) = (lowering.scope(), ty) {
        let value = right.map(|right| lowering.expr(right));
        let (ty, span) = (lowering.type_name(ty), lowering.span(node));
        let name = lowering.name_text(left);
        lowering.add_field(super::ir::Field { name, ty, value, attributes: Vec::new(), span });
    }
    let Some(right) = right else { return };
    if named_tuple(lowering, left, right) {
        return;
    }
    let target = lowering.expr(left);
    let value = lowering.expr(right);
    let whole = lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(value)));
    lowering.assigned(whole, out);
}

/// `Feature = namedtuple("Feature", "name until")` declares a type with these fields.
fn named_tuple(lowering: &mut Lowering<'_>, left: Node<'_>, right: Node<'_>) -> bool {
    if left.kind() != "identifier" || right.kind() != "call" {
        return false;
    }
    let makes = |text: &str| matches!(text, "namedtuple" | "collections.namedtuple");
    let is_made = lowering.field(right, "function").is_some_and(|function| makes(lowering.text(function)));
    let args = lowering.field(right, "arguments").filter(|_| is_made).map(|list| lowering.args(list));
    let Some([_, fields, ..]) = args.as_deref() else { return false };
    let names: Vec<String> = match &fields.value.kind {
        ExprKind::Text(names) => {
            let names = names.split([',', ' ']).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        }
        ExprKind::List(items) => items.iter().filter_map(literal_text).collect(),
        _ => return false,
    };
    let (name, span) = (lowering.text(left).to_owned(), lowering.span(right));
    lowering.open_type(right, &name, Vec::new(), |lowering| {
        for name in names {
            lowering.add_field(super::ir::Field { name, ty: None, value: None, attributes: Vec::new(), span });
        }
    });
    true
}

fn literal_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// `a < b <= c` is `a < b and b <= c`.
fn comparison(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let operands = lowering.children(node);
    let operators = lowering.fields(node, "operators");
    let operands: Vec<Expr> = operands.into_iter().map(|operand| lowering.expr(operand)).collect();
    let mut all: Option<Expr> = None;
    for (pair, operator) in operands.windows(2).zip(operators) {
        let [left, right] = pair else { continue };
        let span = left.span.to(right.span);
        let (op, negated) = match lowering.text(operator) {
            "<" => (BinaryOp::Less, false),
            "<=" => (BinaryOp::LessEqual, false),
            ">" => (BinaryOp::Greater, false),
            ">=" => (BinaryOp::GreaterEqual, false),
            "==" | "is" => (BinaryOp::Equal, false),
            "in" => (BinaryOp::In, false),
            text if text.starts_with("not") => (BinaryOp::In, true),
            _ => (BinaryOp::NotEqual, false),
        };
        let mut link = Expr::new(ExprKind::Binary(op, Box::new(left.clone()), Box::new(right.clone())), span);
        if negated {
            link = Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(link)), span);
        }
        all = Some(match all {
            None => link,
            Some(all) => {
                let span = all.span.to(link.span);
                Expr::new(ExprKind::Binary(BinaryOp::And, Box::new(all), Box::new(link)), span)
            }
        });
    }
    all.unwrap_or_else(|| lowering.at(node, ExprKind::Opaque(operands)))
}

/// `base[index]`; `base[from:to]` is `base.slice(from, to)`.
fn subscript(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(base) = lowering.field(node, "value") else { return lowering.opaque(node) };
    let base = lowering.expr(base);
    match lowering.fields(node, "subscript").as_slice() {
        [slice] if slice.kind() == "slice" => {
            let bounds = slice_bounds(lowering, *slice);
            method(lowering, node, base, "slice", bounds)
        }
        [index] => {
            let index = lowering.expr(*index);
            lowering.at(node, ExprKind::Index(Box::new(base), Box::new(index)))
        }
        several => {
            let items = several.iter().map(|index| lowering.expr(*index)).collect();
            let index = lowering.at(node, ExprKind::List(items));
            lowering.at(node, ExprKind::Index(Box::new(base), Box::new(index)))
        }
    }
}

/// From and to, as far as they are written; an open start is 0. A step is passed over.
fn slice_bounds(lowering: &mut Lowering<'_>, slice: Node<'_>) -> Vec<Expr> {
    let mut cursor = slice.walk();
    let parts: Vec<Node<'_>> = slice.children(&mut cursor).collect();
    let mut bounds = vec![lowering.at(slice, ExprKind::Int(0))];
    for part in parts {
        match part.kind() {
            ":" if bounds.len() == 2 => break,
            ":" => bounds.push(lowering.at(slice, ExprKind::Null)),
            _ if part.is_named() => {
                let value = lowering.expr(part);
                bounds.pop();
                bounds.push(value);
            }
            _ => {}
        }
    }
    bounds
}

fn method(lowering: &Lowering<'_>, node: Node<'_>, base: Expr, name: &str, args: Vec<Expr>) -> Expr {
    let callee = lowering.at(node, ExprKind::Field(Box::new(base), name.to_owned()));
    let args = args.into_iter().map(|value| Arg { name: None, value }).collect();
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// `{value}` in an f-string; `{value:spec}` is `value.__format__(spec)`.
fn interpolation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(value) = lowering.field(node, "expression") else { return lowering.opaque(node) };
    let value = lowering.expr(value);
    let Some(spec) = lowering.field(node, "format_specifier") else { return value };
    let text = lowering.text(spec).trim_start_matches(':').to_owned();
    let text = lowering.at(spec, ExprKind::Text(text));
    method(lowering, node, value, "__format__", vec![text])
}

/// `[body for p in over if cond]`. Of several `for` clauses the outer ones wrap the inner.
fn comprehension(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let clauses: Vec<Node<'_>> = lowering.children(node);
    let body = lowering.field(node, "body").or(clauses.first().copied());
    let mut levels: Vec<(Pattern, Expr)> = Vec::new();
    for clause in clauses {
        match clause.kind() {
            "for_in_clause" => {
                let bind = lowering.field(clause, "left").map_or(Pattern::Any, |left| lowering.pattern(left));
                let over = lowering.fields(clause, "right").into_iter().find(Node::is_named);
                let over = over.map(|over| lowering.expr(over));
                levels.push((bind, over.unwrap_or_else(|| Expr::opaque(lowering.span(clause)))));
            }
            "if_clause" => {
                let (Some((bind, over)), Some(cond)) = (levels.pop(), clause.named_child(0)) else { continue };
                let cond = lowering.expr(cond);
                let kept = bound(lowering, clause, &bind, cond);
                levels.push((bind, method(lowering, clause, over, "filter", vec![kept])));
            }
            _ => {}
        }
    }
    let mut value = match body {
        Some(pair) if pair.kind() == "pair" => {
            let items = lowering.children(pair).into_iter().map(|part| lowering.expr(part)).collect();
            lowering.at(pair, ExprKind::List(items))
        }
        Some(body) => lowering.expr(body),
        None => Expr::opaque(lowering.span(node)),
    };
    for (bind, over) in levels.into_iter().rev() {
        let mapped = bound(lowering, node, &bind, value);
        value = method(lowering, node, over, "map", vec![mapped]);
    }
    value
}

/// A closure of what a clause binds. A tuple is taken apart as parameters.
fn bound(lowering: &Lowering<'_>, node: Node<'_>, bind: &Pattern, value: Expr) -> Expr {
    let span = lowering.span(node);
    let param = |name: &str| Param { name: name.to_owned(), ty: None, default: None, span };
    let params = match bind {
        Pattern::Bind(name) => vec![param(name)],
        Pattern::Tuple(parts) => {
            parts.iter().map(|part| if let Pattern::Bind(name) = part { param(name) } else { param("") }).collect()
        }
        _ => vec![param("")],
    };
    let body = super::ir::Block::value(value);
    let function = Function { params, body, span, name_span: span, ..Function::default() };
    lowering.at(node, ExprKind::Closure(Box::new(function)))
}

/// `assert cond, message` is a call.
fn assertion(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let call = keyword_call(lowering, node, "assert");
    out.push(lowering.effect(call));
}

/// Python 2's `print a, b` is a call.
fn print(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let call = keyword_call(lowering, node, "print");
    out.push(lowering.effect(call));
}

fn keyword_call(lowering: &mut Lowering<'_>, node: Node<'_>, name: &str) -> Expr {
    let args = lowering.children(node).into_iter();
    let args = args.map(|arg| Arg { name: None, value: lowering.expr(arg) }).collect();
    let callee = Box::new(Expr::name(name, lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// What a `case` matches; `_` has no node of its own.
fn case_pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    node.named_child(0).map_or(Pattern::Any, |inner| lowering.pattern(inner))
}

/// In a `case`, a bare name binds and a dotted one is compared with.
fn named_pattern(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let path = lowering.path(node);
    match path.as_slice() {
        [name] if name == "_" => Pattern::Any,
        [name] => Pattern::Bind(name.clone()),
        _ => Pattern::Value(lowering.at(node, ExprKind::Name(path))),
    }
}

/// `import a.b` binds `a`; `import a.b as c` binds what `a.b` names.
fn import(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    for item in lowering.fields(node, "name") {
        match named(lowering, item) {
            (path, Some(alias)) => lowering.import(Some(alias), path),
            (path, None) => lowering.import(None, path.into_iter().take(1).collect()),
        }
    }
}

/// `from a.b import c as d`; of a relative module the dots are dropped.
fn import_from(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let module = lowering.field(node, "module_name");
    let module = module.map(|module| lowering.text(module).trim_matches('.')).unwrap_or("");
    let module: Path = module.split('.').filter(|part| !part.is_empty()).map(|part| part.trim().to_owned()).collect();
    for item in lowering.fields(node, "name") {
        let (path, alias) = named(lowering, item);
        let full = module.iter().cloned().chain(path).collect();
        lowering.import(alias, full);
    }
    if lowering.child_of(node, "wildcard_import").is_some() && !module.is_empty() {
        lowering.import(Some("*".to_owned()), module);
    }
}

/// A dotted name, and what it is called here.
fn named(lowering: &Lowering<'_>, item: Node<'_>) -> (Path, Option<String>) {
    let name = lowering.field(item, "name").unwrap_or(item);
    (lowering.path(name), lowering.field(item, "alias").map(|alias| lowering.name_text(alias)))
}

#[cfg(test)]
mod tests;
