//! Go. Literals, which leave out the types of what is in them, are in [`composite`].

use super::ir::ExprKind;
use super::ir::{Arg, Block, Expr, Import, Module, Param, Path, Pattern, Stmt, StmtKind};
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, parsers};

mod composite;

static GRAMMAR: Grammar = Grammar::new(Dialect { exported, octal: true, ..Dialect::of(parsers::go, &[SHAPES]) });

/// Lowers a Go file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

/// What begins with a capital.
fn exported(_: &Lowering<'_>, _: Node<'_>, name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

const SHAPES: &[(&str, Shape)] = &[
    // Literals and names.
    ("int_literal", number()),
    ("float_literal", number()),
    ("imaginary_literal", opaque()),
    ("rune_literal", character()),
    ("interpreted_string_literal", text(Escapes::Backslash)),
    ("interpreted_string_literal_content", text_part()),
    ("raw_string_literal", text(Escapes::None)),
    ("raw_string_literal_content", text_part()),
    ("iota", opaque()),
    ("package_identifier", name()),
    ("blank_identifier", wildcard()),
    ("qualified_type", path()),
    ("generic_type", path()),
    // Expressions.
    ("selector_expression", field("operand", "field")),
    ("index_expression", index("operand", "index")),
    ("slice_expression", expr_with(sliced)),
    ("type_assertion_expression", pass("operand")),
    ("type_conversion_expression", cast("type", "operand")),
    ("type_instantiation_expression", pass("type")),
    ("variadic_argument", pass("#0")),
    ("func_literal", expr_with(literal)),
    ("composite_literal", expr_with(composite::literal)),
    ("literal_element", pass("#0")),
    ("literal_value", record("", "*")),
    ("keyed_element", pair("key", "value")),
    ("expression_list", sequence("*")),
    // Statements.
    ("statement_list", inline("*")),
    ("if_statement", branch_after("condition", "consequence", "alternative", "initializer")),
    ("for_statement", stmt_with(looped)),
    ("expression_switch_statement", choose_after("value", "@expression_case+@default_case", "initializer")),
    ("expression_case", arm("value>*", "", "@statement_list")),
    ("type_switch_statement", choose_after("value", "@type_case+@default_case", "initializer")),
    ("type_case", arm("type", "", "@statement_list")),
    ("default_case", arm("", "", "@statement_list")),
    ("select_statement", stmt_with(select)),
    ("fallthrough_statement", skip()),
    ("label_name", skip()),
    ("go_statement", pass("#0")),
    ("defer_statement", pass("#0")),
    ("send_statement", opaque()),
    ("inc_statement", unary("", "#0")),
    ("dec_statement", unary("", "#0")),
    ("assignment_statement", assign("left", "operator", "right")),
    ("short_var_declaration", declare("left", "", "right")),
    // Declarations.
    ("package_clause", package("@package_identifier", "")),
    ("import_declaration", inline("*")),
    ("import_spec_list", inline("*")),
    ("import_spec", stmt_with(imported)),
    ("const_declaration", inline("*")),
    ("var_declaration", inline("*")),
    ("var_spec_list", inline("*")),
    ("const_spec", stmt_with(variables)),
    ("var_spec", stmt_with(variables)),
    ("type_declaration", inline("*")),
    ("type_alias", skip()),
    ("type_spec", stmt_with(type_spec)),
    ("function_declaration", stmt_with(function_item)),
    ("method_declaration", stmt_with(function_item)),
    ("method_elem", stmt_with(function_item)),
];

/// `import alias "host/path/name/v2"`: the version is no part of the name.
fn imported(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(path) = lowering.field(node, "path") else { return };
    let text = lowering.text(path).trim_matches(['"', '`']);
    let mut path: Path = text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let is_version = |part: &String| part.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
    if path.len() > 1 && path.last().is_some_and(is_version) {
        path.pop();
    }
    if let Some(last) = path.last_mut()
        && let Some((name, version)) = last.split_once(".v")
        && version.parse::<u32>().is_ok()
    {
        *last = name.to_owned();
    }
    let alias = match lowering.field(node, "name") {
        Some(dot) if dot.kind() == "dot" => Some("*".to_owned()),
        Some(name) => Some(lowering.text(name).to_owned()),
        None => path.last().cloned(),
    };
    if let Some(alias) = alias.filter(|alias| alias != "_") {
        lowering.module.imports.push(Import { alias, path });
    }
}

/// `s[from:to]` is `s.slice(from, to)`; what is left out is the start, or the end.
fn sliced(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(base) = lowering.field(node, "operand") else { return lowering.opaque(node) };
    let base = lowering.expr(base);
    let from = match lowering.field(node, "start") {
        Some(from) => lowering.expr(from),
        None => lowering.at(node, ExprKind::Int(0)),
    };
    let to = lowering.field(node, "end").map(|to| lowering.expr(to));
    let callee = lowering.at(node, ExprKind::Field(Box::new(base), "slice".to_owned()));
    let args = std::iter::once(from).chain(to).map(|value| Arg { name: None, value }).collect();
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// The nodes in a field that are no commas.
fn names<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    lowering.fields(node, "name").into_iter().filter(Node::is_named).collect()
}

fn named_type(lowering: &Lowering<'_>, node: Node<'_>) -> Option<String> {
    lowering.field(node, "type").and_then(|ty| lowering.type_name(ty))
}

/// `a, b T = x, y`.
fn variables(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = named_type(lowering, node);
    // `var dates []time.Time` is an empty list.
    let is_slice = lowering.field(node, "type").is_some_and(|ty| ty.kind() == "slice_type");
    let value = match lowering.field(node, "value") {
        Some(value) => Some(lowering.expr(value)),
        None => is_slice.then(|| lowering.at(node, ExprKind::List(Vec::new()))),
    };
    let mut patterns: Vec<Pattern> = names(lowering, node).into_iter().map(|name| lowering.pattern(name)).collect();
    let pattern = match patterns.len() {
        1 => patterns.remove(0),
        _ => Pattern::Tuple(patterns),
    };
    if let (Pattern::Any, Some(value)) = (&pattern, value.as_ref().filter(|value| runs_code(value))) {
        out.push(Stmt { kind: StmtKind::Expr(value.clone()), span: lowering.span(node) });
        return;
    }
    lowering.bind(Binding { ty, value, fixed: true, ..Binding::of(pattern, lowering.span(node)) }, out);
}

/// What is called with code and kept nowhere is called for what it does: Ginkgo's `var _ = Describe("…", func() { … })`.
fn runs_code(value: &Expr) -> bool {
    let ExprKind::Call { args, .. } = &value.kind else { return false };
    args.iter().any(|arg| matches!(arg.value.kind, ExprKind::Closure(_)))
}

/// The parameters in a list, or the fields in a declaration: names that share a type are one each.
fn params(lowering: &Lowering<'_>, parts: Vec<Node<'_>>) -> Vec<Param> {
    let mut params = Vec::new();
    for part in parts {
        let ty = named_type(lowering, part);
        let names = names(lowering, part);
        for name in &names {
            let (name, span) = (lowering.text(*name).to_owned(), lowering.span(*name));
            params.push(Param { name, ty: ty.clone(), default: None, span });
        }
        if names.is_empty() {
            params.push(Param { name: String::new(), ty, default: None, span: lowering.span(part) });
        }
    }
    params
}

fn params_in(lowering: &Lowering<'_>, node: Node<'_>, field: &str) -> Vec<Param> {
    let parts = lowering.field(node, field).map(|list| lowering.children(list)).unwrap_or_default();
    params(lowering, parts)
}

/// A function, a method with its receiver, or a method of an interface.
fn function_item(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let receiver = params_in(lowering, node, "receiver").pop();
    let is_method = receiver.is_some() || node.kind() == "method_elem";
    let (owner, receiver) = receiver.map_or((None, None), |receiver| (receiver.ty, Some(receiver.name)));
    let head = Head {
        name: name.map(|name| lowering.text(name).to_owned()).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params: params_in(lowering, node, "parameters"),
        returns: lowering.field(node, "result").and_then(|ty| lowering.type_name(ty)),
        body: lowering.field(node, "body").into_iter().collect(),
        owner: owner.into_iter().collect(),
        method: Some(is_method),
        receiver: receiver.filter(|name| !matches!(name.as_str(), "" | "_")),
        ..Head::default()
    };
    lowering.define(node, head);
}

/// A function without a name.
fn literal(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let params = params_in(lowering, node, "parameters");
    let body: Vec<Node<'_>> = lowering.field(node, "body").into_iter().collect();
    lowering.closure_of(node, params, &body)
}

/// Structs and interfaces; other types are new names for what their values are anyway.
fn type_spec(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let (Some(name), Some(ty)) = (lowering.field(node, "name"), lowering.field(node, "type")) else { return };
    let name = lowering.text(name).to_owned();
    let members = match ty.kind() {
        "struct_type" => lowering.child_of(ty, "field_declaration_list").map(|list| lowering.children(list)),
        "interface_type" => Some(lowering.children(ty)),
        _ => None,
    };
    let Some(members) = members else { return };
    let (fields, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| m.kind() == "field_declaration");
    let (fields, embedded): (Vec<_>, Vec<_>) = fields.into_iter().partition(|m| !names(lowering, *m).is_empty());
    let bases = embedded.into_iter().filter_map(|member| named_type(lowering, member)).collect();
    lowering.open_type(node, &name, bases, |lowering| {
        let fields = params(lowering, fields);
        lowering.add_fields(fields);
        others.into_iter().for_each(|member| lowering.item(member));
    });
}

/// The kinds of `for`. What a range yields second is the element under the first.
fn looped(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let head = lowering.children(node).into_iter().find(|child| child.kind() != "block");
    let (mut bind, mut over, mut cond, mut step) = (None, None, None, None);
    let mut body = Block::default();
    match head.map(|head| (head, head.kind())) {
        Some((head, "for_clause")) => {
            if let Some(init) = lowering.field(head, "initializer") {
                lowering.stmt(init, out);
            }
            cond = lowering.field(head, "condition").map(|cond| lowering.expr(cond));
            step = lowering.field(head, "update");
        }
        Some((head, "range_clause")) => (bind, over) = range(lowering, head, &mut body.stmts),
        Some((head, _)) => cond = Some(lowering.expr(head)),
        None => {}
    }
    for part in lowering.field(node, "body").into_iter().chain(step) {
        body.stmts.append(&mut lowering.block(part).stmts);
    }
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond, body }, span: lowering.span(node) });
}

/// `for key, value := range over`: the key is bound, the value is declared in the body; without a key the loop is over the
/// values.
fn range(lowering: &mut Lowering<'_>, node: Node<'_>, body: &mut Vec<Stmt>) -> (Option<Pattern>, Option<Expr>) {
    let Some(over) = lowering.field(node, "right").map(|over| lowering.expr(over)) else { return (None, None) };
    let span = lowering.span(node);
    let left = lowering.field(node, "left").map(|left| lowering.children(left)).unwrap_or_default();
    if let [key, value] = left.as_slice()
        && lowering.text(*key) == "_"
    {
        return (Some(lowering.pattern(*value)), Some(over));
    }
    let key = left.first().map(|key| lowering.pattern(*key));
    let pattern = left.get(1).map_or(Pattern::Any, |value| lowering.pattern(*value));
    let index = match &key {
        Some(Pattern::Bind(name)) => Expr::name(name.clone(), span),
        _ => Expr::opaque(span),
    };
    let value = Some(Expr::new(ExprKind::Index(Box::new(over), Box::new(index)), span));
    body.push(Stmt { kind: StmtKind::Let { pattern, ty: None, value, otherwise: None }, span });
    (key, None)
}

/// Which case of a `select` runs is not known.
fn select(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    for case in lowering.children(node) {
        let cond = match lowering.field(case, "communication") {
            Some(communication) => lowering.opaque(communication),
            None => Expr::opaque(lowering.span(case)),
        };
        let then = match lowering.child_of(case, "statement_list") {
            Some(list) => lowering.block(list),
            None => Block::default(),
        };
        let kind = StmtKind::If { cond, then, otherwise: Block::default() };
        out.push(Stmt { kind, span: lowering.span(case) });
    }
}

#[cfg(test)]
mod tests;
