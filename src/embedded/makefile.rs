//! Makefiles: every line of a recipe is a program of the shell's, and make's own variables are its.
//!
//! `$$` is the shell's `$`, `$(NAME)` a variable, `$(shell …)` a command's output; what make's other functions give is not
//! known. What a conditional of make leaves out is read like the rest.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::registry::Languages;

use super::variables::{Variable, with_variables};
use super::{Guest, UNKNOWN};

/// Functions of make inside each other that are read.
const DEPTH: usize = 16;

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(shell) = languages.named("sh") else { return Vec::new() };
    let makefile = Makefile::read(text);
    let known = |name: &str| makefile.variables.get(name).cloned();
    let program = |line: &Range<usize>| {
        let (commands, strict) = recipe(text, line.clone(), shell);
        with_variables(&commands, strict, known)
    };
    makefile.recipes.iter().map(program).collect()
}

/// What a Makefile holds.
#[derive(Default)]
struct Makefile {
    /// The lines of recipes, with those that they go on in.
    recipes: Vec<Range<usize>>,
    variables: HashMap<String, Variable>,
}

impl Makefile {
    fn read(text: &str) -> Self {
        let mut makefile = Self::default();
        let (mut in_recipe, mut in_define) = (false, false);
        for line in logical_lines(text) {
            let written = &text[line.clone()];
            let first = written.split_whitespace().next().unwrap_or("");
            if in_define || matches!(first, "define" | "endef") {
                in_define = first != "endef";
            } else if written.starts_with('\t') && in_recipe {
                makefile.recipes.push(line);
            } else if let Some((name, variable)) = assignment(written, line.start) {
                makefile.variables.insert(name, variable);
                in_recipe = false;
            } else if !first.is_empty() && !first.starts_with('#') && !is_conditional(first) {
                in_recipe = written.contains(':');
            }
        }
        makefile
    }
}

/// The lines; one that ends with a backslash goes on in the next.
fn logical_lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        loop {
            let rest = text.get(at..).filter(|rest| !rest.is_empty());
            let Some(rest) = rest else { return (at > start).then_some(start..at) };
            let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
            at += length;
            if !rest[..length].trim_end_matches(['\n', '\r']).ends_with('\\') {
                return Some(start..at);
            }
        }
    })
}

fn is_conditional(word: &str) -> bool {
    matches!(word, "ifeq" | "ifneq" | "ifdef" | "ifndef" | "else" | "endif")
}

/// `NAME := value`, `export NAME ?= value`, `NAME != command`.
fn assignment(line: &str, start: usize) -> Option<(String, Variable)> {
    let (before, value) = line.split_once('=')?;
    let name = before.trim_end_matches([':', '?', '!', ' ', '\t']);
    let name = name.rsplit([' ', '\t']).next().unwrap_or(name);
    let prefix = before.split_whitespace().next().unwrap_or("");
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name || !(prefix.trim_end_matches([':', '?', '!']) == name || matches!(prefix, "export" | "override")) {
        return None;
    }
    let trimmed = value.trim();
    let from = start + line.len() - value.trim_start().len();
    let place = from..from + trimmed.len();
    let value =
        if before.ends_with('!') { format!("$({})", shell_text(trimmed, DEPTH)) } else { shell_value(trimmed)? };
    Some((name.to_owned(), Variable { value, place }))
}

/// A value as the shell writes it.
fn shell_value(value: &str) -> Option<String> {
    let shell = shell_text(value, DEPTH);
    let is_command = value.starts_with("$(shell ") && balanced(&value[2..]) == Some(value.len() - 2);
    match shell.contains(['"', '\\', '`', '\n']) {
        _ if is_command => Some(shell),
        true => None,
        false => Some(format!("\"{shell}\"")),
    }
}

/// A line of a recipe as the shell runs it, and whether make stops where it fails.
fn recipe(text: &str, line: Range<usize>, shell: usize) -> (Guest, bool) {
    let written = &text[line.clone()];
    let prefix = written.len() - written.trim_start_matches(['\t', ' ', '@', '-', '+']).len();
    let strict = !written[..prefix].contains('-');
    let mut guest = Guest::new(shell);
    let mut at = line.start + prefix;
    while let Some(found) = memchr::memchr(b'$', &text.as_bytes()[at..line.end]).map(|found| at + found) {
        guest.copy(text, at..found);
        let length = reference_length(&text[found..line.end]);
        guest.write(&shell_text(&text[found..found + length], DEPTH), found..found + length);
        at = found + length;
    }
    guest.copy(text, at..line.end);
    (guest, strict)
}

/// How long the reference is that a text begins with: `$$`, `$(…)`, `${…}`, `$@`.
fn reference_length(text: &str) -> usize {
    match text.as_bytes().get(1) {
        Some(b'(' | b'{') => balanced(&text[1..]).map_or(2, |length| length + 1),
        _ => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
    }
}

/// How long the bracket is that a text begins with, or goes on after.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = usize::from(!text.starts_with(['(', '{']));
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Text of make's as the shell's.
fn shell_text(text: &str, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, _)) = rest.split_once('$') {
        out.push_str(before);
        let reference = &rest[before.len()..];
        let length = reference_length(reference);
        out.push_str(&expanded(&reference[..length], depth));
        rest = &reference[length..];
    }
    out + rest
}

/// One reference of make's as the shell's.
fn expanded(reference: &str, depth: usize) -> String {
    let inside = reference.get(2..reference.len() - 1).unwrap_or("");
    let is_name = inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match inside.strip_prefix("shell ") {
        _ if reference == "$$" => "$".to_owned(),
        _ if is_name && !inside.is_empty() => format!("${{{inside}}}"),
        Some(command) if depth > 0 => format!("$({})", shell_text(command, depth - 1)),
        _ => UNKNOWN.to_owned(),
    }
}
