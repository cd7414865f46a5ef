//! The parts of a text that stand at its margin, as its layout shows them: functions, tables, variables.

use std::ops::Range;

use rustc_hash::FxHashSet as HashSet;

use super::{is_word, words};

/// A function, as its layout shows it.
pub(super) struct Body<'t> {
    /// The names that it may be called by.
    pub(super) names: Vec<&'t str>,
    /// What stands between its braces.
    pub(super) range: Range<usize>,
    pub(super) text: &'t str,
    /// All of it, if it is of its file alone.
    pub(super) own: Option<Range<usize>>,
}

/// A table that its file alone can mean: a variable, and what stands between its braces.
pub(super) struct Table<'t> {
    pub(super) name: &'t str,
    pub(super) range: Range<usize>,
    pub(super) text: &'t str,
}

/// A text's parts, as its layout shows them.
#[derive(Default)]
pub(super) struct Layout<'t> {
    pub(super) bodies: Vec<Body<'t>>,
    pub(super) tables: Vec<Table<'t>>,
    /// The variables outside functions.
    pub(super) variables: HashSet<&'t str>,
    /// What else may name a table: directives, other variables and types.
    pub(super) others: Vec<&'t str>,
}

/// The parts of a text.
pub(super) fn layout(text: &str) -> Layout<'_> {
    let mut parts = Layout::default();
    let mut at = 0;
    let mut head = 0;
    let mut directive = false;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let line = text[at..end].trim_end();
        let next = (end + 1).min(text.len());
        let begins = line.bytes().next().is_some_and(|first| first == b'{' || is_word(first) || first == b'~');
        if begins && line.ends_with('{') {
            let opened = at + line.len();
            let Some(closing) = text[opened..].find("\n}").map(|newline| opened + newline + 1) else { break };
            let before = &text[head..opened - 1];
            let names = names_of(before);
            let (range, inside) = (opened..closing, &text[opened..closing]);
            if !names.is_empty() {
                let own = is_own(before).then_some(head..closing + 1);
                parts.bodies.push(Body { names, range, text: inside, own });
            } else if let Some(name) = table_of(before) {
                parts.tables.push(Table { name, range, text: inside });
            } else {
                parts.others.push(inside);
            }
            at = text[closing..].find('\n').map_or(text.len(), |newline| closing + newline + 1);
            head = at;
            continue;
        }
        if line.ends_with(';') && !line.starts_with([' ', '\t', '#']) {
            parts.variables.extend(variable_of(line));
        }
        if line.starts_with('#') {
            directive = true;
        }
        if directive || line.contains('=') {
            parts.others.push(line);
            directive &= line.ends_with('\\');
        }
        let ends =
            line.is_empty() || line.ends_with([';', '}']) || line.ends_with("*/") || line.starts_with(['#', '}', '/']);
        if ends {
            head = next;
        }
        at = next;
    }
    parts
}

/// Whether what begins so can be meant by its file alone.
fn is_own(head: &str) -> bool {
    head.starts_with("static ") && !head.contains("inline")
}

/// The variable of a table that begins so, if its file alone can mean it.
fn table_of(head: &str) -> Option<&str> {
    let declared = head.trim_end().strip_suffix('=').filter(|_| head.starts_with("static "))?;
    variable_of(declared)
}

/// The names that a function with that head is called by; none if it is no function's.
fn names_of(head: &str) -> Vec<&str> {
    // Go's receiver stands before the name.
    let receiver = head.find("func (").and_then(|func| Some(func + head[func..].find(')')? + 1));
    let head = &head[receiver.unwrap_or(0)..];
    let Some(open) = head.find('(') else { return Vec::new() };
    let tail = head.rfind(')').map_or("", |close| &head[close..]);
    let first = words(head).next().unwrap_or_default();
    let name = words(&head[..open]).last().unwrap_or_default();
    let attribute =
        name.is_empty() || name.starts_with("__") || matches!(name, "alignas" | "if" | "for" | "while" | "switch");
    if attribute || tail.contains('=') || matches!(first, "namespace" | "class" | "enum" | "union" | "typedef") {
        return Vec::new();
    }
    // `SYSCALL_DEFINE2(gettimeofday, …)` defines what it takes.
    let made = words(&head[open..]).next().filter(|_| name.bytes().all(|byte| !byte.is_ascii_lowercase()));
    made.into_iter().chain([name]).collect()
}

/// The variable that a line outside functions declares.
fn variable_of(line: &str) -> Option<&str> {
    let declared = line.split(['=', '[', ';']).next().filter(|declared| !declared.contains('('))?;
    words(declared).last()
}
