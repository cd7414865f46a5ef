//! The C preprocessor, as far as one file shows it.
//!
//! Directives are taken out before parsing: a branch may end in the middle of a statement, and one grammar cannot hold
//! both halves. What stays is every branch of a condition that can be compiled, side by side, if each is a whole (its
//! brackets close, it ends where a statement or an item of a list does); of branches that are not, the first, and the
//! others are gaps. Code under `#if 0` is gone. Lines and columns stay as they were: what is taken out is blanked.
//!
//! A macro becomes a global with the value that it stands for, or a function with the text that it stands for.

use std::borrow::Cow;
use std::ops::Range;

use super::attributes;
use super::directive::{Directive, directives};
use super::token::is_whole;
use crate::finding::Span;
use crate::language::ir::{Block, Expr, ExprKind, Function, Param, Pattern};
use crate::language::tree::{Lowering, literal};

/// The text for the grammar of C; macros and includes go to the module.
pub(in crate::language) fn prepare<'t>(lowering: &mut Lowering<'_>, text: &'t str) -> Cow<'t, str> {
    prepare_as(lowering, text, false)
}

/// The same for C++, where `__cplusplus` is defined.
#[cfg(feature = "cpp")]
pub(in crate::language) fn prepare_cpp<'t>(lowering: &mut Lowering<'_>, text: &'t str) -> Cow<'t, str> {
    prepare_as(lowering, text, true)
}

fn prepare_as<'t>(lowering: &mut Lowering<'_>, text: &'t str, cpp: bool) -> Cow<'t, str> {
    let mut bytes = text.as_bytes().to_vec();
    let directives = directives(text);
    directives.iter().for_each(|directive| blank(&mut bytes[directive.range.clone()]));
    let dropped = settle(lowering, text, &mut bytes, &directives, cpp);
    for directive in &directives {
        if dropped.iter().any(|range| range.contains(&directive.range.start)) {
            continue;
        }
        match directive.name(text) {
            "define" => define(lowering, directive),
            "include" | "import" | "include_next" => include(lowering, directive),
            _ => {}
        }
    }
    attributes::tame(&mut bytes);
    // Only whole characters are blanked, by blanks.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Writes blanks over bytes, but for the ends of lines. A character that is cut in two is blanked whole by its other half.
pub(super) fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if !matches!(*byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

/// One branch of a condition: its text, and what is known of its condition.
struct Branch {
    text: Range<usize>,
    constant: Option<bool>,
}

/// Decides every condition, innermost first; blanks the branches that are left out and returns where they stood.
fn settle(
    lowering: &mut Lowering<'_>,
    text: &str,
    bytes: &mut [u8],
    directives: &[Directive],
    cpp: bool,
) -> Vec<Range<usize>> {
    let mut dropped = Vec::new();
    let mut open: Vec<Vec<Branch>> = Vec::new();
    for directive in directives {
        let (start, end) = (directive.range.start, directive.range.end);
        let name = directive.name(text);
        let begins = matches!(name, "if" | "ifdef" | "ifndef");
        if begins {
            open.push(Vec::new());
        }
        let Some(group) = open.last_mut() else { continue };
        if let Some(before) =
            group.last_mut().filter(|_| matches!(name, "elif" | "elifdef" | "elifndef" | "else" | "endif"))
        {
            before.text.end = start;
        }
        if begins || matches!(name, "elif" | "elifdef" | "elifndef" | "else") {
            group.push(Branch { text: end..text.len(), constant: constant(name, directive.body(text), cpp) });
        } else if name == "endif"
            && let Some(group) = open.pop()
        {
            choose(lowering, bytes, &group, &mut dropped);
        }
    }
    for group in open.into_iter().rev() {
        choose(lowering, bytes, &group, &mut dropped);
    }
    dropped
}

/// What is known of a condition without knowing the build.
fn constant(name: &str, body: &str, cpp: bool) -> Option<bool> {
    let body = body.trim();
    let asks_for_cpp = matches!(body, "__cplusplus" | "defined(__cplusplus)" | "defined __cplusplus" | "(__cplusplus)");
    match name {
        "ifdef" | "if" | "elif" | "elifdef" if asks_for_cpp => Some(cpp),
        "ifndef" | "elifndef" if asks_for_cpp => Some(!cpp),
        "if" if body == "!defined(__cplusplus)" => Some(!cpp),
        "if" | "elif" => match literal::number(body, true) {
            ExprKind::Int(value) => Some(value != 0),
            _ => None,
        },
        _ => None,
    }
}

fn choose(lowering: &mut Lowering<'_>, bytes: &mut [u8], group: &[Branch], dropped: &mut Vec<Range<usize>>) {
    let mut leave_out = |bytes: &mut [u8], range: &Range<usize>| {
        blank(&mut bytes[range.clone()]);
        dropped.push(range.clone());
    };
    let mut possible: Vec<&Branch> = Vec::new();
    let mut decided = false;
    for branch in group {
        if decided || branch.constant == Some(false) {
            leave_out(bytes, &branch.text);
        } else {
            decided = branch.constant == Some(true);
            possible.push(branch);
        }
    }
    if possible.len() > 1 && !possible.iter().all(|branch| is_whole(&bytes[branch.text.clone()])) {
        for branch in &possible[1..] {
            lowering.gap(branch.text.clone());
            leave_out(bytes, &branch.text);
        }
    }
}

fn include(lowering: &mut Lowering<'_>, directive: &Directive) {
    let path = lowering.slice(directive.body.clone()).trim();
    let path = path.trim_start_matches(['"', '<']).split(['"', '>']).next().unwrap_or(path);
    lowering.module.includes.push(path.to_owned());
}

/// `#define NAME text` or `#define NAME(a, b) text`.
fn define(lowering: &mut Lowering<'_>, directive: &Directive) {
    let body = lowering.slice(directive.body.clone());
    let length = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
    let name = directive.body.start..directive.body.start + length;
    let span = lowering.span_of(directive.range.clone());
    let list = body[length..].strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let Some((list, _)) = list else {
        let Some(text) = replacement(lowering, name.end..directive.body.end) else { return };
        if runs(lowering.slice(text.clone())) {
            if let Some(body) = statements(lowering, text) {
                macro_function(lowering, name, Vec::new(), body, span);
            }
            return;
        }
        let value = simple(lowering, text.clone()).or_else(|| expression(lowering, text));
        lowering.global(Pattern::Bind(lowering.slice(name).to_owned()), None, value, span);
        return;
    };
    let after = name.end + list.len() + 2;
    let Some(body) = replacement(lowering, after..directive.body.end).and_then(|range| macro_body(lowering, range))
    else {
        return;
    };
    let params = list.split(',').filter_map(|param| macro_param(lowering, param, name.end)).collect();
    macro_function(lowering, name, params, body, span);
}

fn macro_function(lowering: &mut Lowering<'_>, name: Range<usize>, params: Vec<Param>, body: Block, span: Span) {
    let function = Function {
        name: lowering.slice(name.clone()).to_owned(),
        params,
        body,
        exported: true,
        span,
        name_span: lowering.span_of(name),
        ..Function::default()
    };
    lowering.module.functions.push(function);
}

fn macro_param(lowering: &Lowering<'_>, param: &str, at: usize) -> Option<Param> {
    let name = param.trim();
    let is_name = !name.is_empty() && name != "...";
    is_name.then(|| Param { name: name.to_owned(), ty: None, default: None, span: lowering.span_of(at..at) })
}

/// Where a macro's text stands, without blanks and comments at its ends.
fn replacement(lowering: &Lowering<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let text = lowering.slice(range.clone());
    let text = text.find("/*").map_or(text, |comment| &text[..comment]).trim_end();
    let blanks = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || c == '\\').len();
    (blanks < text.len()).then(|| range.start + blanks..range.start + text.len())
}

/// Nearly all macros are one literal or one name, and need no parser.
fn simple(lowering: &Lowering<'_>, range: Range<usize>) -> Option<Expr> {
    let text = lowering.slice(range.clone());
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.') {
        return None;
    }
    let kind = match text.bytes().next()? {
        b'0'..=b'9' => literal::number(text, true),
        b'.' => return None,
        _ if matches!(text, "true" | "false" | "NULL" | "nullptr" | "this") || text.contains('.') => return None,
        _ => ExprKind::Name(vec![text.to_owned()]),
    };
    Some(Expr::new(kind, lowering.span_of(range)))
}

/// What a function-like macro does: statements, or an expression as its value.
fn macro_body(lowering: &mut Lowering<'_>, range: Range<usize>) -> Option<Block> {
    if runs(lowering.slice(range.clone())) {
        return statements(lowering, range);
    }
    expression(lowering, range.clone()).map(Block::value).or_else(|| statements(lowering, range))
}

/// Whether a macro's text is statements.
fn runs(text: &str) -> bool {
    let begins = |word: &str| {
        let rest = text.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    text.contains(';')
        || ["do", "if", "for", "while", "switch", "return"].into_iter().any(begins)
        || text.starts_with('{')
}

fn expression(lowering: &mut Lowering<'_>, range: Range<usize>) -> Option<Expr> {
    // A comment to the end of the line must not swallow the semicolon.
    lowering.fragment(range, "int x=", "\n;", |lowering, root| {
        let declarator = root.named_child(0)?.child_by_field_name("declarator")?;
        let value = declarator.child_by_field_name("value")?;
        Some(lowering.expr(value))
    })
}

fn statements(lowering: &mut Lowering<'_>, range: Range<usize>) -> Option<Block> {
    lowering.fragment(range, "void f(void){", "\n;}", |lowering, root| {
        let body = root.named_child(0)?.child_by_field_name("body")?;
        Some(lowering.in_function(|lowering| lowering.block(body)))
    })
}
