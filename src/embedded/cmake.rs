//! CMake's scripts, said as a shell's: `string(TIMESTAMP now "%Y%m%d")` is `now=$(date +"%Y%m%d")`, `if(now GREATER 5)` a test,
//! `message(FATAL_ERROR …)` an exit.
//!
//! The conditions are those with one comparison, or several with `AND` and `OR` between them; of others nothing is known.

use std::ops::Range;

use crate::language::registry::Languages;

use super::Guest;
use super::brackets::parentheses;

/// Comparisons, as `[[` writes them.
const COMPARISONS: [(&str, &str); 13] = [
    ("GREATER", "-gt"),
    ("GREATER_EQUAL", "-ge"),
    ("LESS", "-lt"),
    ("LESS_EQUAL", "-le"),
    ("EQUAL", "-eq"),
    ("STRGREATER", ">"),
    ("STRGREATER_EQUAL", ">"),
    ("STRLESS", "<"),
    ("STREQUAL", "=="),
    ("VERSION_GREATER", ">"),
    ("VERSION_GREATER_EQUAL", ">"),
    ("VERSION_LESS", "<"),
    ("VERSION_EQUAL", "=="),
];

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(shell) = languages.named("sh") else { return Vec::new() };
    let mut script = Script { text, program: Guest::new(shell), open: 0 };
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'(', &text.as_bytes()[at..]).map(|found| at + found) {
        at = found + 1;
        let line = text[..found].rfind('\n').map_or(0, |end| end + 1);
        let name = text[line..found].trim();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let Some(inside) = parentheses(text, found).filter(|_| is_name) else { continue };
        at = inside.end;
        script.command(&name.to_ascii_lowercase(), inside);
    }
    vec![script.program]
}

struct Script<'t> {
    text: &'t str,
    program: Guest,
    open: usize,
}

impl Script<'_> {
    fn command(&mut self, name: &str, inside: Range<usize>) {
        let arguments = arguments(self.text, inside.clone());
        let at = inside.start;
        match name {
            "string" => self.timestamp(&arguments),
            "set" => self.setting(&arguments),
            "if" => {
                self.open += 1;
                self.condition("if ", at, &arguments);
            }
            "elseif" if self.open > 0 => self.condition("elif ", at, &arguments),
            "else" if self.open > 0 => self.write("else\n", at),
            "endif" if self.open > 0 => {
                self.open -= 1;
                self.write(":\nfi\n", at);
            }
            "message" => self.message(at, &arguments),
            "foreach" | "while" | "function" | "macro" | "endforeach" | "endwhile" | "endfunction" | "endmacro" => {}
            _ => self.write(&format!("{name}\n"), at),
        }
    }

    fn write(&mut self, text: &str, at: usize) {
        self.program.write(text, at..at);
    }

    /// `TIMESTAMP variable [format] [UTC]`.
    fn timestamp(&mut self, arguments: &[Range<usize>]) {
        let [what, variable, rest @ ..] = arguments else { return };
        if &self.text[what.clone()] != "TIMESTAMP" {
            return;
        }
        self.program.copy(self.text, variable.clone());
        let format = rest.first().map_or("%Y-%m-%dT%H:%M:%S", |format| &self.text[format.clone()]);
        if format == "UTC" {
            return self.write("=$(date -u +%Y-%m-%dT%H:%M:%SZ)\n", variable.end);
        }
        let place = rest.first().map_or(variable.clone(), Clone::clone);
        self.program.write(&format!("=$(date \"+{}\")\n", format.trim_matches('"')), place);
    }

    /// `set(name value)`.
    fn setting(&mut self, arguments: &[Range<usize>]) {
        let [name, value, ..] = arguments else { return };
        if is_plain(&self.text[name.clone()]) {
            self.program.copy(self.text, name.clone());
            self.write("=", value.start);
            self.value(value);
            self.write("\n", value.end);
        }
    }

    /// A text, a number, or a variable by `${name}`.
    fn value(&mut self, range: &Range<usize>) {
        let written = self.text[range.clone()].trim_matches('"');
        match written.contains(['`', '\\', '"', '$']) && !is_reference(written) {
            true => self.program.write("_", range.clone()),
            false => self.program.write(&format!("\"{written}\""), range.clone()),
        }
    }

    /// A side of a comparison; a bare word may be a variable's name.
    fn side(&mut self, range: &Range<usize>) {
        let written = &self.text[range.clone()];
        let bare = is_plain(written) && !written.starts_with(|c: char| c.is_ascii_digit());
        if bare {
            self.program.write(&format!("\"${written}\""), range.clone());
        } else {
            self.value(range);
        }
    }

    fn condition(&mut self, word: &str, at: usize, arguments: &[Range<usize>]) {
        self.write(word, at);
        let mut parts = arguments;
        loop {
            let [left, sign, right, rest @ ..] = parts else { break self.write("_", at) };
            let name = &self.text[sign.clone()];
            let Some((_, operator)) = COMPARISONS.iter().find(|(own, _)| *own == name) else {
                break self.write("_", at);
            };
            self.write("[[ ", left.start);
            self.side(left);
            self.program.write(&format!(" {operator} "), sign.clone());
            self.side(right);
            self.write(" ]]", right.end);
            let [joint, more @ ..] = rest else { break };
            match &self.text[joint.clone()] {
                "AND" => self.write(" && ", joint.start),
                "OR" => self.write(" || ", joint.start),
                _ => break,
            }
            parts = more;
        }
        self.write("; then\n", at);
    }

    fn message(&mut self, at: usize, arguments: &[Range<usize>]) {
        let [kind, text @ ..] = arguments else { return };
        if matches!(&self.text[kind.clone()], "FATAL_ERROR" | "SEND_ERROR") {
            let said = text.first().map_or("", |text| self.text[text.clone()].trim_matches('"'));
            let said: String = said.chars().filter(|c| !matches!(c, '\'' | '\\' | '\n')).collect();
            self.write(&format!("echo '{said}'\nexit 1\n"), at);
        } else {
            self.write("echo\n", at);
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_reference(text: &str) -> bool {
    text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some_and(is_plain)
}

/// The words of a command, quotes and all.
fn arguments(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = range.start;
    loop {
        at = range.end - text[at..range.end].trim_start().len();
        let rest = &text[at..range.end];
        if rest.is_empty() {
            return found;
        }
        let length = match rest.strip_prefix('"').and_then(|inside| inside.find('"')) {
            Some(length) => length + 2,
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        found.push(at..at + length);
        at += length;
    }
}
