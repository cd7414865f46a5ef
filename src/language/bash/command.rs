//! Commands: what they do, their status, and their output.

use super::test;
use crate::language::DEPTH_LIMIT;
use crate::language::ir::{Arg, BinaryOp, Block, Expr, ExprKind, Stmt, StmtKind};
use crate::language::tree::{Lowering, Node};

/// Commands that run the command after them.
const PREFIXES: &[&str] = &["sudo", "command", "builtin", "exec", "nohup", "time", "env"];

/// Options with a value, of the commands whose options say what they do. A call of one of these goes by the command's
/// name and the option (`date.-d`), with the value first.
const TELLING: &[(&str, &[&str])] = &[
    ("date", &["-d", "--date", "-r", "--reference"]),
    ("gdate", &["-d", "--date", "-r", "--reference"]),
    ("stat", &["-c", "-f", "--format", "--printf"]),
];

/// A command as a statement.
pub(super) fn statement(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let span = lowering.span(node);
    let words = words(lowering, node);
    let name = words.first().and_then(|word| name_of(lowering, *word));
    match (name.as_deref(), words.get(1..).unwrap_or(&[])) {
        (Some("return"), rest) => {
            let value = rest.first().map(|code| returned(lowering, *code));
            out.push(Stmt { kind: StmtKind::Return(value), span });
        }
        (Some("break" | "continue"), _) => out.push(Stmt { kind: StmtKind::Jump, span }),
        (Some(":"), _) => {}
        (Some("set"), options) => {
            let texts: Vec<&str> = options.iter().map(|option| lowering.text(*option)).collect();
            let has = |sign: char| {
                texts.iter().any(|text| text.starts_with(sign) && text.contains('e') && text.len() < 8)
                    || (texts.contains(&"errexit") && texts.iter().any(|text| text.starts_with(sign)))
            };
            lowering.strict = (lowering.strict || has('-')) && !has('+');
        }
        (Some("test" | "[" | "[["), _) => {
            let value = run(lowering, node);
            test::checked(lowering, value, out);
        }
        (Some("source" | "."), [path, ..]) => {
            let path = lowering.text(*path).trim_matches(['"', '\'']).to_owned();
            // Of `$DIR/lib.sh` the name is known.
            let path = path.rsplit(['$', '}', ')']).next().unwrap_or("").to_owned();
            let path =
                path.split_once('/').filter(|_| !path.starts_with('.')).map_or(path.clone(), |(_, p)| p.to_owned());
            lowering.module.includes.push(path);
        }
        (Some("printf"), [flag, variable, rest @ ..]) if lowering.text(*flag) == "-v" => {
            let target = Expr::name(lowering.text(*variable), lowering.span(*variable));
            let value = printed(lowering, node, rest);
            let whole = lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(value)));
            lowering.assigned(whole, out);
        }
        (Some("read"), rest) => {
            if let Some(value) = fields_read(lowering, node, rest) {
                return lowering.assigned(value, out);
            }
            for variable in rest.iter().filter(|word| !lowering.text(**word).starts_with('-')) {
                let target = Expr::name(lowering.text(*variable), lowering.span(*variable));
                let kind = ExprKind::Assign(Box::new(target), Box::new(Expr::opaque(span)));
                out.push(lowering.effect(Expr::new(kind, span)));
            }
        }
        _ => {
            let value = run(lowering, node);
            out.push(lowering.effect(value));
        }
    }
}

/// `IFS=- read -r y m d <<< "$until"`: the text's fields to one variable each, the whole of it to a single one.
fn fields_read(lowering: &mut Lowering<'_>, node: Node<'_>, words: &[Node<'_>]) -> Option<Expr> {
    let (flags, names): (Vec<Node<'_>>, Vec<Node<'_>>) =
        words.iter().partition(|word| lowering.text(**word).starts_with('-'));
    let outer = node.parent().filter(|parent| parent.kind() == "redirected_statement");
    let given = std::iter::once(node).chain(outer).find_map(|node| lowering.child_of(node, "herestring_redirect"))?;
    let given = lowering.children(given).into_iter().next()?;
    if names.is_empty() || flags.iter().any(|flag| lowering.text(*flag) != "-r") {
        return None;
    }
    let text = lowering.expr(given);
    let separator = match lowering.child_of(node, "variable_assignment").map(|set| lowering.text(set)) {
        Some(set) => set.strip_prefix("IFS=")?.trim_matches(['"', '\'']),
        None => "",
    };
    if separator.chars().count() > 1 {
        return None;
    }
    let separator = lowering.at(node, ExprKind::Text(separator.to_owned()));
    let mut targets: Vec<Expr> =
        names.iter().map(|name| Expr::name(lowering.text(*name), lowering.span(*name))).collect();
    let (target, value) = match targets.len() {
        1 => (targets.remove(0), text),
        _ => {
            let fields = method(lowering, node, text, "fields", vec![separator]);
            (lowering.at(node, ExprKind::List(targets)), fields)
        }
    };
    Some(lowering.at(node, ExprKind::Assign(Box::new(target), Box::new(value))))
}

/// A code of 0 is success.
fn returned(lowering: &mut Lowering<'_>, code: Node<'_>) -> Expr {
    let value = lowering.expr(code);
    match value.kind {
        ExprKind::Int(code) => Expr::new(ExprKind::Bool(code == 0), value.span),
        _ => Expr::new(ExprKind::Opaque(vec![value.clone()]), value.span),
    }
}

/// The command's name and arguments as nodes, without redirections, settings before it, and commands that only run it.
fn words<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    let mut words: Vec<Node<'t>> = lowering.field(node, "name").into_iter().collect();
    words.extend(lowering.fields(node, "argument"));
    while let [first, second, ..] = words.as_slice()
        && PREFIXES.contains(&lowering.text(*first))
        && !lowering.text(*second).starts_with('-')
    {
        words.remove(0);
    }
    words
}

fn name_of(lowering: &Lowering<'_>, word: Node<'_>) -> Option<String> {
    let text = lowering.text(word).trim_matches(['"', '\'']);
    let is_plain = !text.is_empty() && !text.contains(['$', '`', ' ']);
    is_plain.then(|| text.rsplit('/').next().unwrap_or(text).to_owned())
}

/// A command as a value: a call of its name, or what a test or a calculation means.
pub(super) fn run(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let words = words(lowering, node);
    let Some((first, rest)) = words.split_first() else { return Expr::opaque(lowering.span(node)) };
    let Some(name) = name_of(lowering, *first) else { return test_or_opaque(lowering, node, &words) };
    match name.as_str() {
        "test" => test::words(lowering, node, rest),
        "[" | "[[" => test::words(lowering, node, rest.split_last().map_or(rest, |(_, rest)| rest)),
        "expr" => test::words(lowering, node, rest),
        "true" => lowering.at(node, ExprKind::Bool(true)),
        "false" => lowering.at(node, ExprKind::Bool(false)),
        "printf" => printed(lowering, node, rest),
        _ => call(lowering, node, name, rest),
    }
}

/// `$now -lt 5 ]`: the grammar sometimes takes the bracket for a word.
fn test_or_opaque(lowering: &mut Lowering<'_>, node: Node<'_>, words: &[Node<'_>]) -> Expr {
    match words.split_last() {
        Some((last, rest)) if lowering.text(*last) == "]" => test::words(lowering, node, rest),
        _ => lowering.opaque(node),
    }
}

fn call(lowering: &mut Lowering<'_>, node: Node<'_>, name: String, rest: &[Node<'_>]) -> Expr {
    let mut path = vec![name];
    let mut args: Vec<Arg> = Vec::new();
    let telling = TELLING.iter().find(|(name, _)| *name == path[0]).map(|(_, options)| *options);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let text = lowering.text(*word);
        let (option, glued) = match (text.split_once('='), text.split_at_checked(2)) {
            (Some((option, _)), _) if text.starts_with("--") => (option, Some(option.len() + 1)),
            (_, Some((option, rest))) if !text.starts_with("--") && !rest.is_empty() => (option, Some(2)),
            _ => (text, None),
        };
        match telling.filter(|options| options.contains(&option)) {
            Some(_) => {
                let value = match glued {
                    Some(from) => Some(glued_value(lowering, *word, from)),
                    None => words.next().map(|value| lowering.expr(*value)),
                };
                path.push(if option.starts_with("--d") { "-d".to_owned() } else { option.to_owned() });
                args.splice(0..0, value.map(|value| Arg { name: None, value }));
            }
            None => args.push(argument(lowering, *word, telling.is_some())),
        }
    }
    let callee = Box::new(lowering.at(node, ExprKind::Name(path)));
    lowering.at(node, ExprKind::Call { callee, args })
}

/// What follows `--date=` in one word.
fn glued_value(lowering: &mut Lowering<'_>, word: Node<'_>, from: usize) -> Expr {
    let range = lowering.range(word);
    let whole = lowering.expr(word);
    let span = lowering.span_of(range.start + from..range.end);
    match whole.kind {
        ExprKind::Text(text) => Expr::new(ExprKind::Text(text.get(from..).unwrap_or("").to_owned()), span),
        ExprKind::Interpolated(mut parts) => {
            if let Some(Expr { kind: ExprKind::Text(text), .. }) = parts.first_mut() {
                *text = text.get(from..).unwrap_or("").to_owned();
            }
            parts.retain(|part| part.kind != ExprKind::Text(String::new()));
            match parts.len() {
                1 => parts.remove(0),
                _ => Expr::new(ExprKind::Interpolated(parts), span),
            }
        }
        _ => whole,
    }
}

/// An argument. Of `date`, `+%s` is the argument `+` and a flag goes by its own name.
fn argument(lowering: &mut Lowering<'_>, word: Node<'_>, telling: bool) -> Arg {
    let value = lowering.expr(word);
    let Some(text) = super::plain(&value).filter(|_| telling) else { return Arg { name: None, value } };
    match text.strip_prefix('+') {
        Some(format) => {
            Arg { name: Some("+".to_owned()), value: Expr::new(ExprKind::Text(format.to_owned()), value.span) }
        }
        None if text.starts_with('-') => Arg { name: Some(text), value },
        None => Arg { name: None, value },
    }
}

/// `printf '%(%s)T' -1` prints the clock; `printf '%s' "$x"` prints `x`.
fn printed(lowering: &mut Lowering<'_>, node: Node<'_>, words: &[Node<'_>]) -> Expr {
    let format = words.first().map(|word| lowering.expr(*word));
    let text = format.as_ref().and_then(super::plain).unwrap_or_default();
    let text = text.trim_end_matches("\\n");
    if let Some(format) = text.strip_prefix("%(").and_then(|rest| rest.strip_suffix(")T")) {
        let format = lowering.at(node, ExprKind::Text(format.to_owned()));
        let callee = Box::new(lowering.at(node, ExprKind::Name(vec!["printf".to_owned(), "%T".to_owned()])));
        return lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: format }] });
    }
    match (text, words) {
        ("%s" | "%d", [_, value]) => {
            let args = vec![Arg { name: None, value: lowering.expr(*value) }];
            let callee = Box::new(Expr::name("echo", lowering.span(node)));
            lowering.at(node, ExprKind::Call { callee, args })
        }
        _ => call(lowering, node, "printf".to_owned(), words),
    }
}

/// Whether a command succeeds.
pub(super) fn status(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let value = lowering.deeper(node, |lowering| status_inside(lowering, node));
    value.unwrap_or_else(|| Expr::opaque(lowering.span(node)))
}

fn status_inside(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let parts = super::commands(node);
    match (node.kind(), parts.as_slice()) {
        ("command", _) => run(lowering, node),
        ("test_command", _) => test::bracketed(lowering, node),
        ("compound_statement", [inner]) if test::is_arithmetic(node) => lowering.expr(*inner),
        ("redirected_statement", _) => match lowering.field(node, "body") {
            Some(body) => status(lowering, body),
            None => Expr::opaque(lowering.span(node)),
        },
        ("compound_statement" | "subshell", [only]) => status(lowering, *only),
        ("list", [first, .., last]) => {
            let (left, right) = (status(lowering, *first), status(lowering, *last));
            let op = if lowering.child_of(node, "||").is_some() { BinaryOp::Or } else { BinaryOp::And };
            lowering.at(node, ExprKind::Binary(op, Box::new(left), Box::new(right)))
        }
        ("pipeline", _) => lowering.opaque(node),
        _ => lowering.expr(node),
    }
}

/// What a command prints. In a pipeline each command is a method of the output before it.
pub(super) fn output(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    let value = lowering.deeper(node, |lowering| output_inside(lowering, node));
    value.unwrap_or_else(|| Expr::opaque(lowering.span(node)))
}

fn output_inside(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr {
    match node.kind() {
        "command" => unwrapped(run(lowering, node)),
        "redirected_statement" => match lowering.field(node, "body") {
            Some(body) => output(lowering, body),
            None => Expr::opaque(lowering.span(node)),
        },
        "pipeline" => {
            let commands = super::commands(node);
            let Some((first, rest)) = commands.split_first().filter(|(_, rest)| rest.len() < DEPTH_LIMIT) else {
                return lowering.opaque(node);
            };
            let mut value = output(lowering, *first);
            for command in rest {
                let command = *command;
                let words = words(lowering, command);
                let name = words.first().and_then(|word| name_of(lowering, *word)).unwrap_or_default();
                let args: Vec<Expr> = words.iter().skip(1).map(|word| lowering.expr(*word)).collect();
                value = match cut(&name, &args) {
                    Some((separator, n)) => part(lowering, command, value, separator, n),
                    None => method(lowering, command, value, &name, args),
                };
            }
            value
        }
        "list" => {
            // `a || b` prints what a prints, or b.
            let parts = super::commands(node);
            let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return lowering.opaque(node) };
            let is_or = lowering.child_of(node, "||").is_some();
            let last = output(lowering, *last);
            if !is_or {
                return last;
            }
            let first = Box::new(output(lowering, *first));
            lowering.at(node, ExprKind::Binary(BinaryOp::Otherwise, first, Box::new(last)))
        }
        _ => lowering.expr(node),
    }
}

/// At what `cut -d- -f3` cuts, and which of the parts it prints, counted from 0.
fn cut(name: &str, args: &[Expr]) -> Option<(String, i128)> {
    let texts: Option<Vec<&str>> = args
        .iter()
        .map(|arg| match &arg.kind {
            ExprKind::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let texts = texts.filter(|_| name == "cut")?;
    let option = |flag: &str| {
        let at = texts.iter().position(|text| text.starts_with(flag))?;
        let own = texts[at].strip_prefix(flag).filter(|own| !own.is_empty());
        own.or_else(|| texts.get(at + 1).copied())
    };
    let n: i128 = option("-f")?.parse().ok()?;
    Some((option("-d")?.to_owned(), n.checked_sub(1).filter(|n| *n >= 0)?))
}

/// One part of a text that is cut at a separator.
fn part(lowering: &Lowering<'_>, node: Node<'_>, text: Expr, separator: String, n: i128) -> Expr {
    let separator = lowering.at(node, ExprKind::Text(separator));
    let parts = method(lowering, node, text, "split", vec![separator]);
    let n = lowering.at(node, ExprKind::Int(n));
    lowering.at(node, ExprKind::Index(Box::new(parts), Box::new(n)))
}

/// `echo x` prints `x`.
fn unwrapped(call: Expr) -> Expr {
    match call.kind {
        ExprKind::Call { callee, mut args } if callee.kind == ExprKind::Name(vec!["echo".to_owned()]) => {
            args.retain(|arg| !matches!(&arg.value.kind, ExprKind::Text(text) if matches!(text.as_str(), "-n" | "-e")));
            match args.len() {
                1 => args.remove(0).value,
                _ => Expr { kind: ExprKind::Call { callee, args }, span: call.span },
            }
        }
        _ => call,
    }
}

/// A call of `name` on a value.
pub(super) fn method(lowering: &Lowering<'_>, node: Node<'_>, base: Expr, name: &str, args: Vec<Expr>) -> Expr {
    let callee = lowering.at(node, ExprKind::Field(Box::new(base), name.to_owned()));
    let args = args.into_iter().map(|value| Arg { name: None, value }).collect();
    lowering.at(node, ExprKind::Call { callee: Box::new(callee), args })
}

/// Makes what a function's body does last its value: what it prints, or its status.
pub(super) fn ends_with_output(block: &mut Block) {
    if block.value.is_some() {
        return;
    }
    let Some(Stmt { kind, span }) = block.stmts.pop() else { return };
    match kind {
        StmtKind::Expr(value) if !matches!(value.kind, ExprKind::Assign(..)) => {
            block.value = Some(Box::new(unwrapped(value)));
        }
        StmtKind::If { cond, mut then, mut otherwise } => {
            ends_with_output(&mut then);
            ends_with_output(&mut otherwise);
            if then.value.is_none() && otherwise.value.is_none() {
                block.stmts.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span });
            } else {
                let kind = ExprKind::Conditional { cond: Box::new(cond), then, otherwise };
                block.value = Some(Box::new(Expr::new(kind, span)));
            }
        }
        kind => block.stmts.push(Stmt { kind, span }),
    }
}
