//! C++: C's table and declarators, with classes, namespaces, templates and lambdas.

use super::c::{self, declaration};
use super::ir::{Arg, Block, Expr, ExprKind, Module, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Grammar, Lowering, Node, Operator, Scope, literal, parsers};
use crate::language::ir::BinaryOp;

mod calendar;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    modifiers: c::MODIFIERS,
    exported: c::exported,
    operators: &[("not_eq", Operator::Binary(BinaryOp::NotEqual))],
    octal: true,
    members_count: true,
    references: &["reference_declarator"],
    operation: calendar::dated,
    bare_block: declaration::macro_function,
    prepare: c::preprocessor::prepare_cpp,
    ..Dialect::of(parsers::cpp, &[c::SHAPES, SHAPES])
});

/// Lowers a C++ file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// What C++ adds to C, or has otherwise.
const SHAPES: &[(&str, Shape)] = &[
    // Names and literals.
    ("qualified_identifier", path()),
    ("template_function", path()),
    ("template_method", path()),
    ("template_type", path()),
    ("dependent_name", path()),
    ("operator_name", path()),
    ("raw_string_literal", expr_with(raw_string)),
    ("user_defined_literal", expr_with(user_literal)),
    ("number_literal", expr_with(number_literal)),
    // Expressions.
    ("subscript_expression", index("argument", "indices>#0")),
    ("call_expression", expr_with(call)),
    ("compound_literal_expression", expr_with(braced)),
    ("new_expression", new("type", "arguments")),
    ("lambda_expression", expr_with(lambda)),
    ("condition_clause", expr_with(condition)),
    ("co_await_expression", wrap("argument")),
    ("co_yield_statement", wrap("#0")),
    ("parameter_pack_expansion", pass("pattern")),
    ("structured_binding_declarator", list("*")),
    // Statements.
    ("if_statement", branch_after("condition", "consequence", "alternative", "condition>initializer")),
    ("init_statement", inline("*")),
    ("for_range_loop", for_each("declarator", "right", "body", "")),
    ("try_statement", attempt("body", "@catch_clause", "")),
    ("catch_clause", handler("parameters>@parameter_declaration>declarator", "body")),
    ("co_return_statement", give("*")),
    // Items.
    ("declaration", stmt_with(variables)),
    ("type_definition", stmt_with(alias)),
    ("alias_declaration", stmt_with(alias)),
    ("namespace_alias_definition", stmt_with(namespace_alias)),
    ("using_declaration", stmt_with(using)),
    ("namespace_definition", namespace("name", "body")),
    ("class_specifier", stmt_with(declaration::record)),
    ("template_declaration", inline("*")),
    ("friend_declaration", inline("@function_definition+@declaration")),
    ("static_assert_declaration", skip()),
    ("concept_definition", skip()),
    ("template_instantiation", skip()),
    ("template_parameter_list", skip()),
    ("requires_clause", skip()),
    ("access_specifier", skip()),
    ("explicit_function_specifier", skip()),
    ("virtual_specifier", skip()),
];

/// A number. `6d` is a day: C++ itself has no such suffix, though the grammar reads one.
fn number_literal(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let text = lowering.text(node);
    let day = text.strip_suffix('d').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let number = lowering.at(node, literal::number(day.unwrap_or(text), true));
    if day.is_none() {
        return number;
    }
    let callee = Box::new(Expr::name("d", lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: number }] })
}

/// `R"x(text)x"`.
fn raw_string(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let content = lowering.child_of(node, "raw_string_content").map(|content| lowering.text(content));
    lowering.at(node, ExprKind::Text(content.unwrap_or("").to_owned()))
}

/// `2021y` is `y(2021)`.
fn user_literal(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let [value, suffix] = parts.as_slice() else { return lowering.opaque(node) };
    let callee = Expr::name(lowering.text(*suffix), lowering.span(*suffix));
    let args = vec![Arg { name: None, value: lowering.expr(*value) }];
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// A call; `static_cast<T>(x)` and `int(x)` are casts. The type arguments of a function (`duration_cast<seconds>(d)`,
/// `floor<days>(t)`) are kept as further arguments, named `<0>`, `<1>`, …: they may say what it does.
fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (Some(callee), Some(list)) = (lowering.field(node, "function"), lowering.field(node, "arguments")) else {
        return lowering.opaque(node);
    };
    let types = template_arguments(lowering, callee);
    if matches!(callee.kind(), "primitive_type" | "sized_type_specifier") {
        return declaration::cast_or_new(lowering, node, callee, list);
    }
    let mut args = lowering.args(list);
    let is_cast = matches!(
        lowering.last_name(callee).as_str(),
        "static_cast" | "const_cast" | "dynamic_cast" | "reinterpret_cast"
    );
    let kind = match (types.first(), args.pop()) {
        (Some(ty), Some(value)) if is_cast => {
            ExprKind::Cast(lowering.type_name(*ty).unwrap_or_default(), Box::new(value.value))
        }
        (_, last) => {
            args.extend(last);
            for (at, ty) in types.into_iter().enumerate() {
                let value = lowering.at(ty, ExprKind::Name(lowering.type_path(ty)));
                args.push(Arg { name: Some(format!("<{at}>")), value });
            }
            ExprKind::Call { callee: Box::new(lowering.expr(callee)), args }
        }
    };
    lowering.at(node, kind)
}

/// The type arguments of the function or method that is called.
fn template_arguments<'t>(lowering: &Lowering<'_>, callee: Node<'t>) -> Vec<Node<'t>> {
    let mut name = callee;
    while let Some(inner) = match name.kind() {
        "qualified_identifier" => lowering.field(name, "name"),
        "field_expression" => lowering.field(name, "field"),
        "dependent_name" => name.named_child(0),
        _ => None,
    } {
        name = inner;
    }
    match name.kind() {
        "template_function" | "template_method" => {
            let list = lowering.field(name, "arguments");
            let types = list.map(|list| lowering.children(list)).unwrap_or_default();
            types.into_iter().filter(|ty| ty.kind() == "type_descriptor").collect()
        }
        _ => Vec::new(),
    }
}

/// `T{a, b}`.
fn braced(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    match (lowering.field(node, "type"), lowering.field(node, "value")) {
        (Some(ty), Some(list)) => declaration::cast_or_new(lowering, node, ty, list),
        _ => lowering.opaque(node),
    }
}

/// `[n = 1](int q) { … }`: what is captured with a value is declared at the body's start.
fn lambda(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let list = lowering.field(node, "declarator").and_then(|declarator| lowering.field(declarator, "parameters"));
    let params = list.map(|list| declaration::parameters(lowering, node, list)).unwrap_or_default();
    let body: Vec<Node<'_>> = lowering.field(node, "body").into_iter().collect();
    let captures = lowering.field(node, "captures").map(|captures| lowering.children(captures)).unwrap_or_default();
    let mut prologue = Vec::new();
    for capture in captures {
        if let (Some(name), Some(value)) = (lowering.field(capture, "left"), lowering.field(capture, "right")) {
            let pattern = Pattern::Bind(lowering.text(name).to_owned());
            let value = Some(lowering.expr(value));
            let kind = StmtKind::Let { pattern, ty: None, value, otherwise: None };
            prologue.push(Stmt { kind, span: lowering.span(capture) });
        }
    }
    let mut closure = lowering.closure_of(node, params, &body);
    if let ExprKind::Closure(function) = &mut closure.kind {
        function.body.stmts.splice(0..0, prologue);
    }
    closure
}

/// The condition of `if`, `while` and `switch`: a value, or a declaration whose value is tested. What a `switch`
/// declares before its value is kept with it.
fn condition(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(value) = lowering.field(node, "value") else { return lowering.opaque(node) };
    let tested = match (value.kind(), lowering.field(value, "declarator"), lowering.field(value, "value")) {
        ("declaration", Some(declarator), Some(given)) => {
            let given = lowering.expr(given);
            let name = declaration::Declarator::of(declarator).name;
            let pattern = name.map_or(Pattern::Any, |name| lowering.pattern(name));
            lowering.at(value, ExprKind::Is(Box::new(given), Box::new(pattern)))
        }
        _ => lowering.expr(value),
    };
    let in_switch = node.parent().is_some_and(|parent| parent.kind() == "switch_statement");
    match lowering.field(node, "initializer").filter(|_| in_switch) {
        None => tested,
        Some(init) => {
            let mut stmts = Vec::new();
            lowering.stmt(init, &mut stmts);
            lowering.at(node, ExprKind::Block(Block { stmts, value: Some(Box::new(tested)) }))
        }
    }
}

/// Variables; in a function, `T t(a, b);` constructs one, although it reads like a prototype.
fn variables(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let part = lowering.field(node, "declarator").filter(|_| lowering.scope() == Scope::Function);
    if let Some(part) = part
        && let Some((name, ty, arguments)) = constructed(lowering, node, part)
    {
        let args = arguments.into_iter().map(|ty| Arg { name: None, value: lowering.expr(ty) }).collect();
        let new = lowering.at(part, ExprKind::New { ty: lowering.type_path(ty), args });
        let pattern = Pattern::Bind(lowering.text(name).to_owned());
        let ty = lowering.type_name(ty);
        let span = lowering.span(node);
        lowering.bind(Binding { ty, value: Some(new), ..Binding::of(pattern, span) }, out);
        return;
    }
    declaration::variables(lowering, node, out);
}

/// The name, type and arguments of what only looks like a prototype: its parameters are plain names.
fn constructed<'t>(
    lowering: &Lowering<'_>,
    node: Node<'t>,
    part: Node<'t>,
) -> Option<(Node<'t>, Node<'t>, Vec<Node<'t>>)> {
    let declarator = declaration::Declarator::of(part);
    let list = lowering.field(declarator.function?, "parameters")?;
    let mut arguments = Vec::new();
    for param in lowering.children(list) {
        let ty = lowering.field(param, "type").filter(|_| param.named_child_count() == 1)?;
        arguments.push(ty);
        if !matches!(ty.kind(), "type_identifier" | "qualified_identifier") {
            return None;
        }
    }
    let ty = lowering.field(node, "type")?;
    (!arguments.is_empty()).then_some((declarator.name?, ty, arguments))
}

/// `using A = b::C;` and `typedef b::C A;`.
fn alias(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").or_else(|| {
        let declarator = lowering.field(node, "declarator")?;
        let declarator = declaration::Declarator::of(declarator);
        declarator.name.filter(|_| declarator.function.is_none())
    });
    if let (Some(name), Some(ty)) = (name, lowering.field(node, "type")) {
        let named = if ty.kind() == "type_descriptor" { lowering.field(ty, "type").unwrap_or(ty) } else { ty };
        if matches!(named.kind(), "type_identifier" | "qualified_identifier" | "template_type") {
            let path = lowering.path(named);
            return lowering.import(Some(lowering.text(name).to_owned()), path);
        }
    }
    declaration::alias(lowering, node, out);
}

/// `namespace fs = std::filesystem;`
fn namespace_alias(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    if let [name, path] = lowering.children(node).as_slice() {
        let path = lowering.path(*path);
        lowering.import(Some(lowering.text(*name).to_owned()), path);
    }
}

/// `using std::tm;`, `using namespace std;`
fn using(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    if let Some(name) = node.named_child(0) {
        let everything = lowering.child_of(node, "namespace").map(|_| "*".to_owned());
        let path = lowering.path(name);
        lowering.import(everything, path);
    }
}

#[cfg(test)]
mod tests;
