//! The shells: Bash, and with it POSIX sh, dash, ksh and zsh as far as its grammar reads them.
//!
//! A command is a call of its name. What differs from other languages: a command has a status (what a condition asks
//! for) and an output (what `$(…)` gives), told apart in [`command`]; tests (`[ a -gt b ]`, `(( a > b ))`) are
//! operators, in [`test`]. A function's value is its output where it ends by printing, else its status; `$1` is its first
//! parameter. Scripts that are drawn in by `source` are includes.

use std::borrow::Cow;

use super::DEPTH_LIMIT;
use super::ir::{BinaryOp, Block, Expr, ExprKind, Module, Param, Pattern, Stmt, StmtKind, UnaryOp};
use super::tree::literal::unescape;
use super::tree::shape::*;
use super::tree::{Binding, Dialect, Escapes, Grammar, Head, Lowering, Node, Scope, parsers};

mod command;
mod test;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    assignment_declares: true,
    tests: &[],
    prepare: readable,
    ..Dialect::of(parsers::bash, &[SHAPES])
});

/// The parser's time grows with the square of a pipeline's length: one of more than this many bars is not read.
const MOST_BARS: usize = 1_000;

/// Lowers a shell script.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Words.
    ("word", expr_with(word)),
    ("variable_name", name()),
    ("special_variable_name", name()),
    ("number", expr_with(word)),
    ("raw_string", text(Escapes::None)),
    ("ansi_c_string", text(Escapes::Backslash)),
    ("translated_string", pass("#0")),
    ("string", expr_with(string)),
    ("concatenation", expr_with(concatenation)),
    ("simple_expansion", pass("#0")),
    ("expansion", expr_with(expansion)),
    ("subscript", index("name", "index")),
    ("array", list("*")),
    ("command_substitution", expr_with(substitution)),
    ("arithmetic_expansion", pass("#-1")),
    ("extglob_pattern", pattern_with(glob)),
    ("regex", regex()),
    ("heredoc_body", skip()),
    // Operators.
    ("binary_expression", expr_with(test::binary)),
    ("unary_expression", expr_with(test::unary)),
    ("postfix_expression", unary("operator", "#0")),
    ("test_command", stmt_with(test::statement)),
    // Commands.
    ("command", stmt_with(command::statement)),
    ("redirected_statement", inline("body")),
    ("pipeline", inline("*")),
    ("negated_command", expr_with(negated)),
    ("list", stmt_with(list_of_two)),
    ("compound_statement", stmt_with(compound)),
    ("subshell", block("*")),
    ("do_group", block("*")),
    ("variable_assignments", inline("*")),
    ("variable_assignment", stmt_with(assignment)),
    ("declaration_command", stmt_with(declaration)),
    ("unset_command", skip()),
    // Control flow.
    ("if_statement", stmt_with(branch_of)),
    ("while_statement", stmt_with(repeated)),
    ("for_statement", stmt_with(for_words)),
    ("c_style_for_statement", for_count("initializer", "condition", "update", "body")),
    ("case_statement", choose("value", "@case_item")),
    ("case_item", arm("value", "", "*")),
    ("function_definition", stmt_with(function_of)),
];

/// What stands before and after the name of a test in Bats: `@test "it works" {`.
const BATS_TEST: &str = "@test ";

/// Writes the tests of Bats as functions, and blanks out what could be pipelines beyond reason: lines that go on in the
/// next one, with their bars.
fn readable<'t>(lowering: &mut Lowering<'_>, text: &'t str) -> Cow<'t, str> {
    let mut kept = Cow::Borrowed(text);
    let mut run = 0..0;
    let mut bars = 0;
    for line in text.split_inclusive('\n') {
        if let Some(function) = bats_test(line) {
            kept.to_mut().replace_range(run.end..run.end + function.len(), &function);
        }
        if let Some(test) = escaped_test(line) {
            kept.to_mut().replace_range(run.end..run.end + test.len(), &test);
        }
        run.end += line.len();
        bars += line.bytes().filter(|byte| *byte == b'|').count();
        if line.trim_end().ends_with(['|', '\\']) && run.end < text.len() {
            continue;
        }
        if bars > MOST_BARS {
            let blank = |c: char| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) };
            let blanks: String = text[run.clone()].chars().map(blank).collect();
            kept.to_mut().replace_range(run.clone(), &blanks);
            lowering.gap(run.clone());
        }
        (run.start, bars) = (run.end, 0);
    }
    kept
}

/// `[ "$a" \> "$b" ]` as `[ "$a"  > "$b" ]`: the grammar does not read the backslash.
fn escaped_test(line: &str) -> Option<String> {
    let start = line.find("[ ").filter(|_| line.contains(" \\> ") || line.contains(" \\< "))?;
    let (before, test) = line.split_at(start);
    let end = test.find(" ]")?;
    let (test, after) = test.split_at(end);
    Some(format!("{before}{}{after}", test.replace(" \\> ", "  > ").replace(" \\< ", "  < ")))
}

/// `@test "it works" {` as `_test__it_work() {`, byte for byte.
fn bats_test(line: &str) -> Option<String> {
    let head = line.trim_end().strip_suffix('{')?.trim_end();
    let name = head.get(..head.len().checked_sub(2)?).filter(|name| name.starts_with(BATS_TEST))?;
    Some(format!("{}()", plain_name(name)))
}

/// The name of a Bats test as that of a function.
fn plain_name(name: &str) -> String {
    name.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte) } else { '_' }).collect()
}

/// A bare word: a number where it is one that a date or an operand could be, else its text.
fn word(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    if node.named_child_count() > 0 {
        return lowering.opaque(node);
    }
    let text = lowering.text(node).replace('\\', "");
    // A leading zero is kept: `08` is a month.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (!text.starts_with('0') || text == "0");
    let kind = match text.parse() {
        Ok(number) if is_number => ExprKind::Int(number),
        _ => ExprKind::Text(text),
    };
    lowering.at(node, kind)
}

/// `"text $x"`; of a single expansion in quotes the expansion is what matters.
fn string(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = lowering.children(node);
    if let [only] = parts.as_slice()
        && only.kind() != "string_content"
        && lowering.text(node).len() == lowering.text(*only).len() + 2
    {
        return lowering.expr(*only);
    }
    if parts.iter().all(|part| part.kind() == "string_content") {
        let text = lowering.text(node);
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        return lowering.at(node, ExprKind::Text(unescape(inner, Escapes::Backslash)));
    }
    let mut values = Vec::new();
    for part in parts {
        let text = lowering.text(part);
        // Blanks before an expansion are part of its node.
        let blank = text.len() - text.trim_start().len();
        let (written, is_text) = if part.kind() == "string_content" { (text, true) } else { (&text[..blank], false) };
        if !written.is_empty() {
            values.push(lowering.at(part, ExprKind::Text(unescape(written, Escapes::Backslash))));
        }
        if !is_text {
            values.push(lowering.expr(part));
        }
    }
    lowering.at(node, ExprKind::Interpolated(values))
}

fn concatenation(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts: Vec<Expr> = lowering.children(node).into_iter().map(|part| lowering.expr(part)).collect();
    let texts: Option<Vec<String>> = parts.iter().map(plain).collect();
    match texts {
        Some(texts) => lowering.at(node, ExprKind::Text(texts.concat())),
        None => lowering.at(node, ExprKind::Interpolated(parts)),
    }
}

/// The text of a word that is written out.
fn plain(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Text(text) => Some(text.clone()),
        ExprKind::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `${x}`, `${x:-default}`, `${x:0:8}`, `${x//-/}`; others are opaque.
fn expansion(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let operators: Vec<&str> = lowering.fields(node, "operator").iter().map(|part| lowering.text(*part)).collect();
    let parts = lowering.children(node);
    let Some((first, rest)) = parts.split_first() else { return lowering.opaque(node) };
    let base = lowering.expr(*first);
    match (operators.first().copied(), rest) {
        (None, []) => base,
        (Some(":-" | "-" | ":=" | "="), []) => base,
        (Some(":-" | "-" | ":=" | "="), [default, ..]) => {
            let default = lowering.expr(*default);
            lowering.at(node, ExprKind::Binary(BinaryOp::Otherwise, Box::new(base), Box::new(default)))
        }
        (Some(":"), [from, rest @ ..]) => {
            let from = lowering.expr(*from);
            let mut args = vec![from.clone()];
            if let Some(length) = rest.first() {
                let length = Box::new(lowering.expr(*length));
                args.push(lowering.at(node, ExprKind::Binary(BinaryOp::Add, Box::new(from), length)));
            }
            command::method(lowering, node, base, "slice", args)
        }
        (Some("//" | "/"), [from, rest @ ..]) => {
            let from = lowering.at(*from, ExprKind::Text(lowering.text(*from).replace('\\', "")));
            let to = rest.first().map(|to| lowering.text(*to).to_owned()).unwrap_or_default();
            let to = lowering.at(node, ExprKind::Text(to));
            command::method(lowering, node, base, "replace", vec![from, to])
        }
        _ => lowering.at(node, ExprKind::Opaque(vec![base])),
    }
}

/// `$(…)`: the output of the last command in it.
fn substitution(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    match commands(node).last() {
        Some(last) => command::output(lowering, *last),
        None => Expr::opaque(lowering.span(node)),
    }
}

/// The commands in a node, as they are written: [`Lowering::children`] takes pipelines apart.
fn commands(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|part| part.kind() != "comment").collect()
}

/// A pattern of `case`: `*` is anything, and of any other glob nothing is known.
fn glob(lowering: &mut Lowering<'_>, node: Node<'_>) -> Pattern {
    let text = lowering.text(node);
    match text {
        "*" => Pattern::Any,
        _ if text.contains(['*', '?', '[']) => Pattern::Value(Expr::opaque(lowering.span(node))),
        _ => Pattern::Value(lowering.at(node, ExprKind::Text(text.replace('\\', "")))),
    }
}

fn negated(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let inner = node.named_child(0).map(|inner| command::status(lowering, inner));
    let inner = inner.unwrap_or_else(|| Expr::opaque(lowering.span(node)));
    lowering.at(node, ExprKind::Unary(UnaryOp::Not, Box::new(inner)))
}

/// `a && b` and `a || b` as statements are decisions.
fn list_of_two(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let parts = commands(node);
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
    if parts.len() < 2 {
        return lowering.stmt(*first, out);
    }
    let cond = command::status(lowering, *first);
    let done = lowering.block(*last);
    let (then, otherwise) = match lowering.child_of(node, "||") {
        Some(_) => (Block::default(), done),
        None => (done, Block::default()),
    };
    out.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span: lowering.span(node) });
}

/// `{ …; }`, or `(( … ))`.
fn compound(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let parts = lowering.children(node);
    if test::is_arithmetic(node) {
        for part in parts {
            let value = lowering.expr(part);
            if test::compares(&value) {
                test::checked(lowering, value, out);
            } else {
                out.push(lowering.effect(value));
            }
        }
    } else {
        lowering.stmts(parts, out);
    }
}

/// `x=value`, `x+=value`.
fn assignment(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let whole = assigned(lowering, node);
    lowering.assigned(whole, out);
}

fn assigned(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let (target, value) = assignment_parts(lowering, node);
    lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(value)))
}

fn assignment_parts(lowering: &mut Lowering<'_>, node: Node<'_>) -> (Expr, Expr) {
    let span = lowering.span(node);
    let target = lowering.field(node, "name").map(|name| lowering.expr(name));
    let target = target.unwrap_or_else(|| Expr::opaque(span));
    let value = lowering.field(node, "value").map(|value| lowering.expr(value));
    let value = value.unwrap_or_else(|| Expr::new(ExprKind::Text(String::new()), span));
    if lowering.child_of(node, "+=").is_none() {
        return (target, value);
    }
    let joined = ExprKind::Interpolated(vec![target.clone(), value]);
    (target, Expr::new(joined, span))
}

/// `local x=1`, `export A=2 B`: in a function `local` and its relatives declare.
fn declaration(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let word = node.child(0).map(|word| lowering.text(word)).unwrap_or("");
    let is_local = lowering.scope() == Scope::Function && matches!(word, "local" | "declare" | "typeset");
    for part in lowering.children(node) {
        match part.kind() {
            "variable_assignment" if is_local => {
                let (target, value) = assignment_parts(lowering, part);
                let name = super::super::flow::outcome::name_of(&target).unwrap_or_default();
                let binding = Binding::of(Pattern::Bind(name), lowering.span(part));
                lowering.bind(Binding { value: Some(value), ..binding }, out);
            }
            "variable_assignment" => lowering.stmt(part, out),
            "variable_name" if is_local => {
                let name = Pattern::Bind(lowering.name_text(part));
                lowering.bind(Binding::of(name, lowering.span(part)), out);
            }
            _ => {}
        }
    }
}

/// `if`, whose branches stand beside its clauses.
fn branch_of(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let kind = clause(lowering, node, out);
    let span = lowering.span(node);
    out.extend(kind.map(|kind| Stmt { kind, span }));
}

/// An `if` or `elif`: its condition is what stands before `then`. Further clauses nest.
fn clause(lowering: &mut Lowering<'_>, node: Node<'_>, before: &mut Vec<Stmt>) -> Option<StmtKind> {
    let then_at = lowering.child_of(node, "then")?.start_byte();
    let (conditions, rest): (Vec<Node<'_>>, Vec<Node<'_>>) =
        commands(node).into_iter().partition(|part| part.start_byte() < then_at);
    let cond = conditions_of(lowering, node, &conditions, before);
    let is_clause = |part: &Node<'_>| matches!(part.kind(), "elif_clause" | "else_clause");
    let (clauses, body): (Vec<Node<'_>>, Vec<Node<'_>>) = rest.into_iter().partition(is_clause);
    let then = block_of(lowering, body);
    let mut otherwise = Block::default();
    if let Some(beyond) = clauses.get(DEPTH_LIMIT) {
        lowering.gap(lowering.range(*beyond));
    }
    // From the last clause to the first, each around what follows it.
    for clause_node in clauses.into_iter().take(DEPTH_LIMIT).rev() {
        if clause_node.kind() == "else_clause" {
            let body = lowering.children(clause_node);
            otherwise = block_of(lowering, body);
            continue;
        }
        let mut stmts = Vec::new();
        let Some(StmtKind::If { cond, then, .. }) = clause(lowering, clause_node, &mut stmts) else { continue };
        let span = lowering.span(clause_node);
        stmts.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span });
        otherwise = Block::of(stmts);
    }
    Some(StmtKind::If { cond, then, otherwise })
}

/// The status of the last of several commands; those before it run.
fn conditions_of(lowering: &mut Lowering<'_>, node: Node<'_>, conditions: &[Node<'_>], before: &mut Vec<Stmt>) -> Expr {
    let Some((last, first)) = conditions.split_last() else { return Expr::opaque(lowering.span(node)) };
    for command in first {
        lowering.stmt(*command, before);
    }
    command::status(lowering, *last)
}

fn block_of(lowering: &mut Lowering<'_>, nodes: Vec<Node<'_>>) -> Block {
    let mut block = Block::default();
    for node in nodes {
        block.stmts.append(&mut lowering.block(node).stmts);
    }
    block
}

fn repeated(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let body = lowering.field(node, "body");
    let body_at = body.map_or(usize::MAX, |body| body.start_byte());
    let conditions: Vec<Node<'_>> = commands(node).into_iter().filter(|part| part.start_byte() < body_at).collect();
    let mut cond = conditions_of(lowering, node, &conditions, out);
    if lowering.child_of(node, "until").is_some() {
        let span = cond.span;
        cond = Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(cond)), span);
    }
    let body = body.map(|body| lowering.block(body)).unwrap_or_default();
    let kind = StmtKind::Loop { bind: None, over: None, cond: Some(cond), body };
    out.push(Stmt { kind, span: lowering.span(node) });
}

fn for_words(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let bind = lowering.field(node, "variable").map(|variable| Pattern::Bind(lowering.name_text(variable)));
    let values: Vec<Expr> = lowering.fields(node, "value").into_iter().map(|value| lowering.expr(value)).collect();
    let over = Some(lowering.at(node, ExprKind::List(values)));
    let body = lowering.field(node, "body").map(|body| lowering.block(body)).unwrap_or_default();
    out.push(Stmt { kind: StmtKind::Loop { bind, over, cond: None, body }, span: lowering.span(node) });
}

/// A function. Its parameters are the positional ones that its text names; what it prints last is its value.
fn function_of(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(body) = lowering.field(node, "body") else { return };
    let name = lowering.field(node, "name");
    let text = lowering.text(body).as_bytes();
    let numbers = text.windows(3).filter_map(|bytes| match bytes {
        [b'$', digit @ b'1'..=b'9', _] | [b'$', b'{', digit @ b'1'..=b'9'] => Some(usize::from(digit - b'0')),
        _ => None,
    });
    let span = lowering.span(node);
    let param = |n: usize| Param { name: n.to_string(), ty: None, default: None, span };
    let params = (1..=numbers.max().unwrap_or(0)).map(param).collect();
    let written = name.map(|name| lowering.text(name)).unwrap_or_default();
    let is_test = written.starts_with(BATS_TEST);
    let head = Head {
        name: if is_test { plain_name(written) } else { written.to_owned() },
        name_span: name.map(|name| lowering.span(name)),
        params,
        body: vec![body],
        ..Head::default()
    };
    // Whether a function's caller checks its status is not known here; a test has to succeed.
    let outer = std::mem::replace(&mut lowering.strict, is_test);
    let function = lowering.define(node, head);
    if !is_test {
        command::ends_with_output(&mut function.body);
    }
    lowering.strict = outer;
}

#[cfg(test)]
mod tests;
