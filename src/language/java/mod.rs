//! Java.

use super::ir::{Arg, Block, Expr, ExprKind, Function, Module, Param, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Scope, parsers};

static GRAMMAR: Grammar =
    Grammar::new(Dialect { exported, octal: true, tests: TESTS, ..Dialect::of(parsers::java, &[SHAPES]) });

/// Lowers a Java file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// Annotations of JUnit and TestNG.
pub(super) const TESTS: &[&str] = &["Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"];

/// What is `public`; in an interface, everything.
fn exported(lowering: &Lowering<'_>, node: Node<'_>, _: &str) -> bool {
    lowering.has_modifier(node, "public") || node.parent().is_some_and(|parent| parent.kind() == "interface_body")
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("decimal_integer_literal", number()),
    ("hex_integer_literal", number()),
    ("octal_integer_literal", number()),
    ("binary_integer_literal", number()),
    ("decimal_floating_point_literal", number()),
    ("hex_floating_point_literal", opaque()),
    ("character_literal", character()),
    ("string_literal", text(Escapes::Backslash)),
    ("string_interpolation", pass("#0")),
    ("multiline_string_fragment", text_part()),
    ("null_literal", null()),
    ("scoped_identifier", path()),
    ("scoped_type_identifier", path()),
    ("generic_type", path()),
    ("underscore_pattern", wildcard()),
    ("class_literal", opaque()),
    ("super", receiver()),
    // Expressions.
    ("field_access", field("object", "field")),
    ("array_access", index("array", "index")),
    ("method_invocation", method_call("object", "name", "arguments")),
    ("object_creation_expression", expr_with(creation)),
    ("explicit_constructor_invocation", stmt_with(delegation)),
    ("array_creation_expression", pass("value")),
    ("array_initializer", list("*")),
    ("instanceof_expression", is("left", "right|pattern")),
    ("lambda_expression", closure("parameters", "body")),
    ("method_reference", expr_with(reference)),
    ("switch_expression", choose("condition", "body>*")),
    ("switch_block_statement_group", arm("@switch_label>*", "@switch_label>@guard>#0", "*")),
    ("switch_rule", arm("@switch_label>*", "@switch_label>@guard>#0", "*")),
    ("guard", skip()),
    ("pattern", inline("*")),
    ("type_pattern", variant("#0", "#1")),
    ("record_pattern", variant("#0", "#1")),
    ("record_pattern_component", variant("#0", "#1")),
    // Statements.
    ("constructor_body", block("*")),
    ("assert_statement", expr_with(assertion)),
    ("yield_statement", pass("#0")),
    ("enhanced_for_statement", for_each("name", "value", "body", "")),
    ("synchronized_statement", scoped("#0", "body")),
    ("try_statement", attempt("body", "@catch_clause", "@finally_clause")),
    ("try_with_resources_statement", attempt_with("body", "@catch_clause", "@finally_clause", "resources>*")),
    ("resource", declare("name", "type", "value")),
    ("catch_clause", handler("@catch_formal_parameter", "body")),
    ("catch_formal_parameter", declare("name", "", "")),
    // Declarations.
    ("package_declaration", package("@scoped_identifier|@identifier", "")),
    ("import_declaration", import("@scoped_identifier|@identifier", "")),
    ("class_declaration", type_item("name", "superclass+interfaces", "body")),
    ("interface_declaration", type_item("name", "@extends_interfaces", "body")),
    ("annotation_type_declaration", type_item("name", "", "body")),
    ("record_declaration", stmt_with(record_item)),
    ("enum_declaration", type_item("name", "interfaces", "body")),
    ("enum_body_declarations", inline("*")),
    ("enum_constant", stmt_with(constant_member)),
    ("static_initializer", stmt_with(static_initialiser)),
    ("method_declaration", function("name", "parameters", "type", "body")),
    ("annotation_type_element_declaration", function("name", "", "type", "")),
    ("constructor_declaration", constructor("parameters", "body")),
    ("compact_constructor_declaration", skip()),
    ("formal_parameter", param("name", "type", "")),
    ("spread_parameter", param("@variable_declarator>name", "", "")),
    ("receiver_parameter", receiver()),
    ("field_declaration", declarations("type", "declarator")),
    ("constant_declaration", stmt_with(interface_constant)),
    ("local_variable_declaration", declarations("type", "declarator")),
    ("variable_declarator", declare("name", "", "value")),
    ("annotation", attribute("name", "arguments")),
    ("marker_annotation", attribute("name", "")),
    ("element_value_pair", argument("key", "value")),
    ("element_value_array_initializer", list("*")),
    ("module_declaration", skip()),
];

/// `new T(args)`. The methods of an anonymous class see the names around it, as closures do.
fn creation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let ty = lowering.field(node, "type").map(|ty| lowering.type_path(ty)).unwrap_or_default();
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let made = lowering.at(node, ExprKind::New { ty, args });
    match lowering.child_of(node, "class_body") {
        Some(body) => anonymous(lowering, node, body, "method_declaration", made),
        None => made,
    }
}

/// An object of an anonymous class: its methods as closures, then `made`.
pub(super) fn anonymous(lowering: &mut Lowering<'_>, node: Node<'_>, body: Node<'_>, method: &str, made: Expr) -> Expr {
    let mut stmts = Vec::new();
    for member in lowering.children(body) {
        if member.kind() != method {
            continue;
        }
        let list = lowering.field(member, "parameters");
        let params = list.map(|list| lowering.params(list)).unwrap_or_default();
        let body: Vec<Node<'_>> = lowering.field(member, "body").into_iter().collect();
        let closure = lowering.closure_of(member, params, &body);
        stmts.push(lowering.effect(closure));
    }
    if stmts.is_empty() {
        return made;
    }
    lowering.at(node, ExprKind::Block(Block { stmts, value: Some(Box::new(made)) }))
}

/// `this(args)` in a constructor gives what another one makes; of `super(args)` the arguments are kept.
fn delegation(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let to_own = lowering.field(node, "constructor").is_some_and(|callee| callee.kind() == "this");
    out.push(delegated(lowering, node, to_own, args));
}

/// A constructor that hands on to another one of its type (`to_own`) or of its base.
pub(super) fn delegated(lowering: &Lowering<'_>, node: Node<'_>, to_own: bool, args: Vec<Arg>) -> Stmt {
    let span = lowering.span(node);
    let owner = lowering.owner().and_then(|owner| owner.rsplit("::").next().map(str::to_owned));
    let kind = match owner.filter(|_| to_own) {
        Some(owner) => StmtKind::Return(Some(Expr::new(ExprKind::New { ty: vec![owner], args }, span))),
        None => {
            let parts = args.into_iter().map(|arg| arg.value).collect();
            StmtKind::Expr(Expr::new(ExprKind::Opaque(parts), span))
        }
    };
    Stmt { kind, span }
}

/// `T::f` may call a function of the type with the argument, or a method of the argument: a closure that does either.
fn reference(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    let (Some(object), Some(name)) = (parts.first(), parts.last()) else { return lowering.opaque(node) };
    if name.kind() != "identifier" || parts.len() < 2 {
        return lowering.opaque(node);
    }
    let (object, name) = (lowering.expr(*object), lowering.text(*name).to_owned());
    method_reference(lowering, node, object, name)
}

/// The closure that a reference to `object`'s `name` stands for.
pub(super) fn method_reference(lowering: &Lowering<'_>, node: Node<'_>, object: Expr, name: String) -> Expr {
    const IT: &str = "it";
    let span = lowering.span(node);
    let call = |object: Expr, args: Vec<Arg>| {
        let callee = Box::new(Expr::new(ExprKind::Field(Box::new(object), name.clone()), span));
        Expr::new(ExprKind::Call { callee, args }, span)
    };
    let argument = Arg { name: None, value: Expr::name(IT, span) };
    let of_object = call(object, vec![argument]);
    let of_argument = call(Expr::name(IT, span), Vec::new());
    let either = ExprKind::Conditional {
        cond: Box::new(Expr::opaque(span)),
        then: Block::value(of_object),
        otherwise: Block::value(of_argument),
    };
    let params = vec![Param { name: IT.to_owned(), ty: None, default: None, span }];
    let body = Block::value(Expr::new(either, span));
    Expr::new(
        ExprKind::Closure(Box::new(Function { params, body, span, name_span: span, ..Function::default() })),
        span,
    )
}

/// `assert condition : message`.
fn assertion(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let args = lowering.args(node);
    let callee = Box::new(Expr::name("assert", lowering.span(node)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// A record's components are its fields.
fn record_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name").map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    lowering.open_type(node, &name, Vec::new(), |lowering| {
        let components = lowering.field(node, "parameters").map(|list| lowering.params(list)).unwrap_or_default();
        lowering.add_fields(components);
        for member in lowering.field(node, "body").map(|body| lowering.children(body)).unwrap_or_default() {
            lowering.item(member);
        }
    });
}

/// A member of an enum is an object of it.
fn constant_member(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.field(node, "name") else { return };
    let args = lowering.field(node, "arguments").map(|list| lowering.args(list)).unwrap_or_default();
    let ty = lowering.owner().and_then(|owner| owner.rsplit("::").next().map(str::to_owned));
    let made = ExprKind::New { ty: ty.clone().into_iter().collect(), args };
    let made = lowering.at(node, made);
    let value = Some(match lowering.field(node, "body") {
        Some(body) => anonymous(lowering, node, body, "method_declaration", made),
        None => made,
    });
    let pattern = Pattern::Bind(lowering.text(name).to_owned());
    lowering.bind(Binding { ty, value, fixed: true, ..Binding::of(pattern, lowering.span(node)) }, out);
}

/// `static { … }` is a function that nobody has to call.
fn static_initialiser(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let body = lowering.children(node);
    lowering.define(node, Head { name: "static".to_owned(), body, method: Some(false), ..Head::default() });
}

/// The variables of an interface are constants.
fn interface_constant(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = lowering.field(node, "type").and_then(|ty| lowering.type_name(ty));
    for declarator in lowering.fields(node, "declarator") {
        let Some(name) = lowering.field(declarator, "name") else { continue };
        let value = lowering.field(declarator, "value").map(|value| lowering.expr(value));
        let pattern = Pattern::Bind(lowering.text(name).to_owned());
        let fixed = lowering.scope() != Scope::Function;
        let span = lowering.span(node);
        lowering.bind(Binding { ty: ty.clone(), value, fixed, ..Binding::of(pattern, span) }, out);
    }
}

#[cfg(test)]
mod tests;
