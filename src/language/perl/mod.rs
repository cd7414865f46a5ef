//! Perl 5.
//!
//! Arguments are parameters where a function begins by taking them apart (`my ($self, $now) = @_;`, `my $x = shift;`).
//! Functions belong to their package. Hashes with plain keys are records, so that `$self->{until}` and `%h = (until => 1)`
//! name the same part. Scalars, arrays and hashes of one name are not told apart.

use super::DEPTH_LIMIT;
use super::ir::{
    Arg, BinaryOp, Block, Expr, ExprKind, Function, Module, Param, Path, Pattern, Stmt, StmtKind, UnaryOp,
};
use super::tree::literal::unescape;
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Operator, parsers};

mod parameters;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: &[
        ("eq", Operator::Binary(BinaryOp::Equal)),
        ("ne", Operator::Binary(BinaryOp::NotEqual)),
        ("lt", Operator::Binary(BinaryOp::Less)),
        ("le", Operator::Binary(BinaryOp::LessEqual)),
        ("gt", Operator::Binary(BinaryOp::Greater)),
        ("ge", Operator::Binary(BinaryOp::GreaterEqual)),
        ("cmp", Operator::Binary(BinaryOp::Compare)),
        (".", Operator::Binary(BinaryOp::Concat)),
        ("//", Operator::Binary(BinaryOp::Otherwise)),
    ],
    sigils: &['$', '@', '%', '&'],
    receivers: &["self", "this"],
    receiver_params: &["self", "this", "class"],
    exported: |_, _, name| !name.starts_with('_'),
    assignment_declares: true,
    tail_values: true,
    octal: true,
    tests: &[],
    ..Dialect::of(parsers::perl, &[SHAPES])
});

/// Lowers a Perl file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // What is not there. Brackets stand in the fields that they surround.
    ("(", skip()),
    (")", skip()),
    (",", skip()),
    (";", skip()),
    ("pod", skip()),
    ("data_section", skip()),
    ("eof_marker", skip()),
    ("use_version_statement", skip()),
    ("prototype", skip()),
    // Names and literals.
    ("scalar", expr_with(variable)),
    ("array", expr_with(variable)),
    ("hash", expr_with(variable)),
    ("container_variable", expr_with(variable)),
    ("bareword", path()),
    ("package", path()),
    ("autoquoted_bareword", expr_with(quoted)),
    ("string_literal", expr_with(quoted)),
    ("interpolated_string_literal", expr_with(quoted)),
    ("heredoc_token", expr_with(heredoc)),
    ("heredoc_content", skip()),
    ("quoted_word_list", expr_with(word_list)),
    ("match_regexp", regex()),
    ("quoted_regexp", regex()),
    ("undef_expression", null()),
    ("list_expression", list("*")),
    ("stub_expression", list("*")),
    ("anonymous_array_expression", expr_with(array_of)),
    ("anonymous_hash_expression", expr_with(hash_of)),
    ("refgen_expression", pass("#0")),
    ("array_deref_expression", pass("#0")),
    ("hash_deref_expression", pass("#0")),
    ("scalar_deref_expression", pass("#0")),
    ("localization_expression", pass("#0")),
    // Operators.
    ("binary_expression", binary("left", "operator", "right")),
    ("equality_expression", binary("left", "operator", "right")),
    ("relational_expression", binary("left", "operator", "right")),
    ("lowprec_logical_expression", binary("left", "operator", "right")),
    ("unary_expression", unary("operator", "operand")),
    ("logical_not_expression", unary("operator", "operand")),
    ("preinc_expression", unary("operator", "operand")),
    ("postinc_expression", unary("operator", "operand")),
    ("conditional_expression", conditional("condition", "consequent", "alternative")),
    ("assignment_expression", stmt_with(assignment)),
    ("variable_declaration", stmt_with(declaration)),
    // Parts and calls.
    ("array_element_expression", expr_with(element)),
    ("hash_element_expression", expr_with(entry)),
    ("anonymous_slice_expression", expr_with(slice)),
    ("func0op_call_expression", expr_with(call)),
    ("func1op_call_expression", expr_with(call)),
    ("function_call_expression", expr_with(call)),
    ("ambiguous_function_call_expression", expr_with(call)),
    ("function", expr_with(bare_call)),
    ("method_call_expression", expr_with(method_call)),
    ("coderef_call_expression", expr_with(closure_call)),
    ("anonymous_subroutine_expression", expr_with(subroutine_value)),
    ("map_grep_expression", expr_with(map_or_grep)),
    ("indirect_object", skip()),
    // Statements.
    ("expression_statement", stmt_with(statement)),
    ("conditional_statement", stmt_with(branch_of)),
    ("postfix_conditional_expression", stmt_with(postfix_branch)),
    ("loop_statement", stmt_with(repeated)),
    ("postfix_loop_expression", stmt_with(postfix_loop)),
    ("for_statement", stmt_with(for_list)),
    ("postfix_for_expression", stmt_with(postfix_for)),
    ("cstyle_for_statement", for_count("initialiser", "condition", "iterator", "block")),
    ("return_expression", give("*")),
    ("loopex_expression", jump()),
    ("goto_expression", jump()),
    ("do_expression", pass("#0")),
    ("eval_expression", pass("#0")),
    ("try_statement", attempt("try_block", "catch_block", "finally_block")),
    ("block_statement", block("*")),
    ("statement_label", inline("statement")),
    ("phaser_statement", inline("@block>*")),
    // Items.
    ("package_statement", stmt_with(package)),
    ("subroutine_declaration_statement", stmt_with(subroutine)),
    ("method_declaration_statement", stmt_with(subroutine)),
    ("use_statement", stmt_with(uses)),
    ("require_expression", stmt_with(requires)),
];

/// `$x`, `@x`, `%x`, `$$x`: the name.
fn variable(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = lowering.text(node).trim_start_matches(['$', '@', '%', '&', '{', '#', '\\']);
    let name = name.trim_end_matches('}').to_owned();
    let kind = match name.as_str() {
        "self" | "this" => ExprKind::Receiver,
        _ => ExprKind::Name(name.split("::").map(str::to_owned).collect()),
    };
    lowering.at(node, kind)
}

/// A string, or a bare word that stands for one.
fn quoted(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if node.kind() == "autoquoted_bareword" {
        return lowering.at(node, ExprKind::Text(lowering.text(node).to_owned()));
    }
    let Some(content) = lowering.field(node, "content") else {
        return lowering.at(node, ExprKind::Text(String::new()));
    };
    let escapes = if node.kind() == "string_literal" { Escapes::Quote } else { Escapes::Backslash };
    let whole = lowering.range(content);
    filled(lowering, node, content, whole, escapes)
}

/// `<<EOF`: the text below it, up to its end.
fn heredoc(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = lowering.text(node).trim_start_matches(['<', '~', ' ']).trim_matches(['"', '\'']);
    let Some((content, end)) = heredoc_below(lowering, node, name) else {
        return lowering.at(node, ExprKind::Opaque(Vec::new()));
    };
    let range = lowering.range(content);
    let whole = range.start..lowering.range(end).start.max(range.start);
    filled(lowering, content, content, whole, Escapes::Backslash)
}

/// The content of a here-document that follows its opener, in the innermost construct that holds both, with its end.
fn heredoc_below<'n>(lowering: &Lowering<'_>, node: Node<'n>, name: &str) -> Option<(Node<'n>, Node<'n>)> {
    let mut around = node.parent();
    while let Some(outer) = around {
        let mut cursor = outer.walk();
        let below = outer.children(&mut cursor).filter(|child| child.start_byte() >= node.end_byte());
        for content in below.filter(|child| child.kind() == "heredoc_content") {
            let mut cursor = content.walk();
            let end = content.named_children(&mut cursor).find(|part| part.kind() == "heredoc_end");
            if let Some(end) = end.filter(|end| lowering.text(*end).trim() == name) {
                return Some((content, end));
            }
        }
        around = outer.parent();
    }
    None
}

/// A text with what is interpolated into it; it stands at `node`.
fn filled(
    lowering: &mut Lowering<'_>,
    node: Node<'_>,
    content: Node<'_>,
    whole: std::ops::Range<usize>,
    escapes: Escapes,
) -> Expr {
    let is_hole = |part: &Node<'_>| !part.kind().starts_with("escape") && part.kind() != "heredoc_end";
    let mut cursor = content.walk();
    let holes: Vec<Node<'_>> = content.named_children(&mut cursor).filter(is_hole).collect();
    if holes.is_empty() {
        return lowering.at(node, ExprKind::Text(unescape(lowering.slice(whole), escapes)));
    }
    let mut at = whole.start;
    let mut parts = Vec::new();
    for hole in holes {
        let range = lowering.range(hole);
        text_between(lowering, at..range.start, &mut parts);
        parts.push(lowering.expr(hole));
        at = range.end;
    }
    text_between(lowering, at..whole.end, &mut parts);
    lowering.at(node, ExprKind::Interpolated(parts))
}

fn text_between(lowering: &Lowering<'_>, range: std::ops::Range<usize>, parts: &mut Vec<Expr>) {
    if range.start < range.end {
        let text = unescape(lowering.slice(range.clone()), Escapes::Backslash);
        parts.push(Expr::new(ExprKind::Text(text), lowering.span_of(range)));
    }
}

/// `qw(a b)`.
fn word_list(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let words = words_of(lowering, node);
    let items = words.into_iter().map(|word| lowering.at(node, ExprKind::Text(word))).collect();
    lowering.at(node, ExprKind::List(items))
}

fn words_of(lowering: &Lowering<'_>, node: Node<'_>) -> Vec<String> {
    let content = lowering.field(node, "content").map(|content| lowering.text(content)).unwrap_or("");
    content.split_whitespace().map(str::to_owned).collect()
}

/// The items of a list with the keys that `=>` gives them, whatever lists it is nested in.
fn items<'t>(lowering: &Lowering<'_>, nodes: Vec<Node<'t>>) -> Vec<(Option<Node<'t>>, Node<'t>)> {
    let mut found = Vec::new();
    for node in nodes {
        if node.kind() != "list_expression" {
            found.push((None, node));
            continue;
        }
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.children(&mut cursor).collect();
        let mut key: Option<Node<'t>> = None;
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.is_named() && part.kind() != "comment") {
            let is_key = parts.get(at + 1).is_some_and(|next| lowering.text(*next) == "=>");
            match key.take() {
                None if is_key => key = Some(*part),
                key => found.push((key, *part)),
            }
        }
    }
    found
}

fn array_of(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    let items = items(lowering, children).into_iter().map(|(_, item)| lowering.expr(item)).collect();
    lowering.at(node, ExprKind::List(items))
}

fn hash_of(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let children = lowering.children(node);
    record(lowering, node, children)
}

/// Keys and values: a record if all keys are plain, else a map.
fn record(lowering: &mut Lowering<'_>, node: Node<'_>, nodes: Vec<Node<'_>>) -> Expr {
    let items = items(lowering, nodes);
    let pairs: Vec<(Expr, Expr)> =
        items.into_iter().filter_map(|(key, value)| Some((lowering.expr(key?), lowering.expr(value)))).collect();
    let plain = |key: &Expr| match &key.kind {
        ExprKind::Text(text) => Some(text.clone()),
        _ => None,
    };
    if pairs.iter().any(|(key, _)| plain(key).is_none()) {
        return lowering.at(node, ExprKind::Map(pairs));
    }
    let fields = pairs.into_iter().filter_map(|(key, value)| Some((plain(&key)?, value))).collect();
    lowering.at(node, ExprKind::Record { ty: None, fields, base: None })
}

/// The named nodes in a field, without the brackets around them.
fn parts<'t>(lowering: &Lowering<'_>, node: Node<'t>, field: &str) -> Vec<Node<'t>> {
    lowering.fields(node, field).into_iter().filter(Node::is_named).collect()
}

/// The value in a field: one, or a list of several.
fn value_of(lowering: &mut Lowering<'_>, node: Node<'_>, field: &str) -> Expr {
    match parts(lowering, node, field).as_slice() {
        [] => lowering.at(node, ExprKind::List(Vec::new())),
        [only] => lowering.expr(*only),
        several => {
            let items = several.iter().map(|part| lowering.expr(*part)).collect();
            lowering.at(node, ExprKind::List(items))
        }
    }
}

/// `my $x`, `my ($x, $y)`: what is bound.
fn declared(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let bind = |lowering: &mut Lowering<'_>, part: Node<'_>| match lowering.expr(part).kind {
        ExprKind::Name(mut path) => path.pop().map_or(Pattern::Any, Pattern::Bind),
        ExprKind::Receiver => Pattern::Bind("self".to_owned()),
        _ => Pattern::Any,
    };
    if let Some(single) = lowering.field(node, "variable") {
        return bind(lowering, single);
    }
    let several = parts(lowering, node, "variables").into_iter();
    Pattern::Tuple(several.map(|part| bind(lowering, part)).collect())
}

fn declaration(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let pattern = declared(lowering, node);
    lowering.bind(Binding { fixed: true, ..Binding::of(pattern, lowering.span(node)) }, out);
}

/// `my $x = value`, `$x = value`, `$x .= value`.
fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(left) = parts(lowering, node, "left").into_iter().next() else { return };
    let token = lowering.field(node, "operator").map(|token| lowering.text(token)).unwrap_or("=");
    let is_hash = left.kind() == "hash" || lowering.field(left, "variable").is_some_and(|part| part.kind() == "hash");
    let value = match is_hash {
        true => {
            let right = parts(lowering, node, "right");
            match right.first().map(Node::kind) {
                Some("list_expression") => record(lowering, node, right),
                _ => value_of(lowering, node, "right"),
            }
        }
        false => value_of(lowering, node, "right"),
    };
    let span = lowering.span(node);
    if left.kind() == "variable_declaration" {
        let pattern = declared(lowering, left);
        lowering.bind(Binding { fixed: true, value: Some(value), ..Binding::of(pattern, span) }, out);
        return;
    }
    let target = lowering.expr(left);
    let value = match compound(token) {
        Some(op) => Expr::new(ExprKind::Binary(op, Box::new(target.clone()), Box::new(value)), span),
        None => value,
    };
    lowering.assigned(Expr::new(ExprKind::Assign(Box::new(target), Box::new(value)), span), out);
}

fn compound(token: &str) -> Option<BinaryOp> {
    Some(match token {
        "+=" => BinaryOp::Add,
        "-=" => BinaryOp::Subtract,
        "*=" => BinaryOp::Multiply,
        "/=" => BinaryOp::Divide,
        "%=" => BinaryOp::Remainder,
        ".=" => BinaryOp::Concat,
        "||=" => BinaryOp::Or,
        "&&=" => BinaryOp::And,
        "//=" => BinaryOp::Otherwise,
        _ => return None,
    })
}

/// `$x[0]`, `$x->[0]`.
fn element(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = base_of(lowering, node, "array");
    let index = value_of(lowering, node, "index");
    lowering.at(node, ExprKind::Index(Box::new(base), Box::new(index)))
}

/// `$x{key}`, `$x->{key}`.
fn entry(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = Box::new(base_of(lowering, node, "hash"));
    let key = value_of(lowering, node, "key");
    let kind = match key.kind {
        ExprKind::Text(name) => ExprKind::Field(base, name),
        _ => ExprKind::Index(base, Box::new(key)),
    };
    lowering.at(node, kind)
}

fn base_of(lowering: &mut Lowering<'_>, node: Node<'_>, field: &str) -> Expr {
    let base = lowering.field(node, field).or_else(|| node.named_child(0));
    match base {
        Some(base) => lowering.expr(base),
        None => Expr::opaque(lowering.span(node)),
    }
}

/// `(stat $file)[9]` is the call `stat.9`: of what `stat` lists, each has a meaning of its own.
fn stat_field(base: &Expr, index: &Expr) -> Option<Expr> {
    let (ExprKind::Call { callee, args }, ExprKind::Int(number)) = (&base.kind, &index.kind) else { return None };
    let ExprKind::Name(path) = &callee.kind else { return None };
    if !matches!(path.last()?.as_str(), "stat" | "lstat") {
        return None;
    }
    let field = ExprKind::Name(path.iter().cloned().chain([number.to_string()]).collect());
    let callee = Box::new(Expr::new(field, callee.span));
    Some(Expr::new(ExprKind::Call { callee, args: args.clone() }, base.span))
}

/// `(list)[i]`, `(list)[i, j]`.
fn slice(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = value_of(lowering, node, "list");
    let listed: Vec<usize> = lowering.fields(node, "list").iter().map(Node::id).collect();
    let indices: Vec<Node<'_>> =
        lowering.children(node).into_iter().filter(|child| !listed.contains(&child.id())).collect();
    let mut elements: Vec<Expr> = items(lowering, indices)
        .into_iter()
        .map(|(_, index)| {
            let index = lowering.expr(index);
            let field = stat_field(&base, &index);
            field.unwrap_or_else(|| lowering.at(node, ExprKind::Index(Box::new(base.clone()), Box::new(index))))
        })
        .collect();
    match elements.len() {
        1 => elements.remove(0),
        _ => lowering.at(node, ExprKind::List(elements)),
    }
}

/// Arguments, by keyword where `=>` says so.
fn arguments(lowering: &mut Lowering<'_>, nodes: Vec<Node<'_>>) -> Vec<Arg> {
    let items = items(lowering, nodes);
    let mut args = Vec::new();
    for (key, value) in items {
        let key = key.map(|key| lowering.expr(key));
        match key.map(|key| (key.kind.clone(), key)) {
            Some((ExprKind::Text(name), _)) => args.push(Arg { name: Some(name), value: lowering.expr(value) }),
            Some((_, key)) => {
                args.push(Arg { name: None, value: key });
                args.push(Arg { name: None, value: lowering.expr(value) });
            }
            None => args.push(Arg { name: None, value: lowering.expr(value) }),
        }
    }
    args
}

/// `f(x)`, `f x`, `time`, `localtime $t`.
fn call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let Some(function) = lowering.field(node, "function") else { return lowering.opaque(node) };
    let path: Path = match lowering.text(function).trim_start_matches('&') {
        "" => return lowering.opaque(node),
        text => text.split("::").map(str::to_owned).collect(),
    };
    let id = function.id();
    let given = lowering.children(node).into_iter().filter(|child| child.id() != id).collect();
    let args = arguments(lowering, given);
    let callee = Box::new(lowering.at(function, ExprKind::Name(path)));
    let args = if lowering.text(function) == "cmp_ok" { compared(args) } else { args };
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `cmp_ok($a, '>', $b, $name)` asserts `$a > $b`.
fn compared(mut args: Vec<Arg>) -> Vec<Arg> {
    let operator = args.get(1).and_then(|arg| match &arg.value.kind {
        ExprKind::Text(text) => comparison(text),
        _ => None,
    });
    let Some(op) = operator.filter(|_| args.len() > 2) else { return args };
    let (left, right) = (args.remove(0).value, args.remove(1).value);
    let span = left.span.to(right.span);
    let claim = Expr::new(ExprKind::Binary(op, Box::new(left), Box::new(right)), span);
    args[0] = Arg { name: None, value: claim };
    args
}

fn comparison(operator: &str) -> Option<BinaryOp> {
    Some(match operator {
        "<" | "lt" => BinaryOp::Less,
        "<=" | "le" => BinaryOp::LessEqual,
        ">" | "gt" => BinaryOp::Greater,
        ">=" | "ge" => BinaryOp::GreaterEqual,
        "==" | "eq" => BinaryOp::Equal,
        "!=" | "ne" => BinaryOp::NotEqual,
        _ => return None,
    })
}

/// `… or die`: a function's name alone.
fn bare_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let callee = Box::new(lowering.at(node, ExprKind::Name(lowering.path(node))));
    lowering.at(node, ExprKind::Call { callee, args: Vec::new() })
}

/// `$object->method(…)`, `Class->method(…)`.
fn method_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let base = Box::new(value_of(lowering, node, "invocant"));
    let name = lowering.field(node, "method").map(|name| lowering.text(name)).unwrap_or("");
    let name = name.rsplit("::").next().unwrap_or(name).trim_start_matches('$').to_owned();
    let given = parts(lowering, node, "arguments");
    let args = arguments(lowering, given);
    let callee = Box::new(lowering.at(node, ExprKind::Field(base, name)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// `$code->(…)`.
fn closure_call(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let held = base_of(lowering, node, "code");
    let callee = Box::new(Expr::new(ExprKind::Pass(Box::new(held)), lowering.span(node)));
    let given = parts(lowering, node, "arguments");
    let args = arguments(lowering, given);
    lowering.at(node, ExprKind::Call { callee, args })
}

fn subroutine_value(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (params, body) = parameters::of(lowering, node);
    lowering.closure_of(node, params, &body)
}

/// `grep { … } @list` is `@list.grep(_ => …)`.
fn map_or_grep(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let name = node.child(0).map(|word| lowering.text(word).to_owned()).unwrap_or_default();
    let span = lowering.span(node);
    let param = Param { name: "_".to_owned(), ty: None, default: None, span };
    let callback = parts(lowering, node, "callback");
    let body: Vec<Node<'_>> = match callback.as_slice() {
        [block] if block.kind() == "block" => lowering.children(*block),
        other => other.to_vec(),
    };
    let closure = lowering.closure_of(node, vec![param], &body);
    let over = Box::new(value_of(lowering, node, "list"));
    let callee = Box::new(lowering.at(node, ExprKind::Field(over, name)));
    lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: closure }] })
}

/// A statement: `a or b` and `a && b` are decisions.
fn statement(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(inner) = lowering.children(node).into_iter().next() else { return };
    let token = lowering.field(inner, "operator").map(|token| lowering.text(token)).unwrap_or("");
    let is_logical = matches!(inner.kind(), "lowprec_logical_expression" | "binary_expression");
    let negated = match token {
        "and" | "&&" if is_logical => false,
        "or" | "||" if is_logical => true,
        _ => return lowering.stmt(inner, out),
    };
    let cond = value_of(lowering, inner, "left");
    let Some(right) = parts(lowering, inner, "right").into_iter().next() else { return };
    let done = lowering.block(right);
    let (then, otherwise) = if negated { (Block::default(), done) } else { (done, Block::default()) };
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span: lowering.span(node) });
}

/// The condition, turned round for `unless` and `until`.
fn condition(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let cond = value_of(lowering, node, "condition");
    let negated = ["unless", "until"].iter().any(|word| lowering.child_of(node, word).is_some());
    if !negated {
        return cond;
    }
    let span = cond.span;
    Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(cond)), span)
}

/// `if`, `unless` and their `elsif` clauses, each of which stands in the one before.
fn branch_of(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut clauses = vec![node];
    let mut last = node;
    while let Some(clause) = named(last, "elsif").filter(|_| clauses.len() < DEPTH_LIMIT) {
        clauses.push(clause);
        last = clause;
    }
    let mut otherwise = named(last, "else").map(|part| lowering.block(part)).unwrap_or_default();
    for clause in clauses.into_iter().rev() {
        let cond = condition(lowering, clause);
        let then = lowering.field(clause, "block").map(|block| lowering.block(block)).unwrap_or_default();
        let kind = StmtKind::If { cond, then, otherwise: std::mem::take(&mut otherwise) };
        otherwise = Block::of(vec![Stmt { kind, span: lowering.span(clause) }]);
    }
    out.append(&mut otherwise.stmts);
}

/// The child that is an item of that kind, not the word of the same name.
fn named<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| child.kind() == kind)
}

/// What stands before a postfix word.
fn before<'t>(node: Node<'t>) -> Option<Node<'t>> {
    node.named_child(0)
}

fn postfix_branch(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let cond = condition(lowering, node);
    let then = before(node).map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise: Block::default() }, span: lowering.span(node) });
}

fn repeated(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let cond = Some(condition(lowering, node));
    let body = lowering.field(node, "block").map(|block| lowering.block(block)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind: None, over: None, cond, body }, span: lowering.span(node) });
}

fn postfix_loop(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let cond = Some(condition(lowering, node));
    let body = before(node).map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind: None, over: None, cond, body }, span: lowering.span(node) });
}

/// `for my $x (list) { … }`; without a variable it is `$_`.
fn for_list(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let bind = match lowering.field(node, "variable").map(|variable| lowering.expr(variable).kind) {
        Some(ExprKind::Name(mut path)) => path.pop().map(Pattern::Bind),
        _ => Some(Pattern::Bind("_".to_owned())),
    };
    let over = Some(value_of(lowering, node, "list"));
    let body = lowering.field(node, "block").map(|block| lowering.block(block)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

fn postfix_for(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let over = Some(value_of(lowering, node, "list"));
    let body = before(node).map(|body| lowering.block(body)).unwrap_or_default();
    let bind = Some(Pattern::Bind("_".to_owned()));
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

/// `package A::B;` holds for what follows; with a block, for the block.
fn package(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(name) = lowering.field(node, "name") else { return };
    let path = lowering.path(name);
    let outer = std::mem::replace(&mut lowering.module.package, path);
    if let Some(block) = lowering.child_of(node, "block") {
        let items = lowering.children(block);
        lowering.stmts(items, out);
        lowering.module.package = outer;
    }
}

/// The package at hand; `main` has no name.
fn owner(lowering: &Lowering<'_>) -> Path {
    let package = &lowering.module.package;
    if package.as_slice() == ["main"] { Path::new() } else { package.clone() }
}

fn subroutine(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let name = lowering.field(node, "name");
    let (params, body) = parameters::of(lowering, node);
    let method = params.first().is_some_and(|param| matches!(param.name.as_str(), "self" | "this" | "class"));
    let head = Head {
        name: name.map(|name| lowering.last_name(name)).unwrap_or_default(),
        name_span: name.map(|name| lowering.span(name)),
        params,
        body,
        owner: owner(lowering),
        method: Some(method),
        ..Head::default()
    };
    let function: &mut Function = lowering.define(node, head);
    function.declared_only = false;
}

/// `use constant …` declares; `use A::B qw(f)` brings in `f`.
fn uses(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(module) = lowering.field(node, "module") else { return };
    let id = module.id();
    let rest: Vec<Node<'_>> = lowering.children(node).into_iter().filter(|child| child.id() != id).collect();
    if lowering.text(module) == "constant" {
        return constants(lowering, rest);
    }
    let path = lowering.path(module);
    lowering.import(Some("*".to_owned()), path.clone());
    for list in rest.into_iter().filter(|part| part.kind() == "quoted_word_list") {
        for word in words_of(lowering, list) {
            let name = word.trim_start_matches(['$', '@', '%', '&', ':']).to_owned();
            let full = path.iter().cloned().chain([name.clone()]).collect();
            lowering.import(Some(name), full);
        }
    }
}

/// `use constant END => 1;`, `use constant { A => 1, B => 2 };`
fn constants(lowering: &mut Lowering<'_>, nodes: Vec<Node<'_>>) {
    let inner = nodes.into_iter().flat_map(|node| match node.kind() {
        "anonymous_hash_expression" => lowering.children(node),
        _ => vec![node],
    });
    let inner: Vec<Node<'_>> = inner.collect();
    let owned = owner(lowering).join("::");
    for (key, value) in items(lowering, inner) {
        let Some(key) = key else { continue };
        let name = lowering.text(key).trim_matches(['\'', '"']).to_owned();
        let span = lowering.span(key).to(lowering.span(value));
        let value = lowering.expr(value);
        lowering.within(&owned, super::tree::Scope::Module, |lowering| {
            lowering.global(Pattern::Bind(name), None, Some(value), span);
        });
    }
}

/// `require "file.pl"`, `require A::B`.
fn requires(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(what) = node.named_child(0) else { return };
    match what.kind() {
        "bareword" => {
            let path = lowering.path(what);
            lowering.import(Some("*".to_owned()), path);
        }
        _ => {
            if let ExprKind::Text(path) = lowering.expr(what).kind {
                lowering.module.includes.push(path);
            }
        }
    }
}

#[cfg(test)]
mod tests;
