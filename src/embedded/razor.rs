//! Razor pages and components (`.cshtml`, `.razor`): C# behind `@`, in which markup stands again.
//!
//! What a page holds is the body of one method, in which markup is a call of `render`; `@code` and `@functions` are the other
//! members of its class.

use std::ops::Range;

use crate::language::registry::Languages;

use super::Guest;
use super::brackets::{closing, parentheses};

/// Markup in code in markup that is read.
const DEPTH: usize = 32;
/// Words behind an `@` that begin a block of code.
const BLOCKS: [&str; 8] = ["if", "for", "foreach", "while", "switch", "using", "lock", "try"];
/// What a block goes on with.
const GOES_ON: [&str; 4] = ["else", "catch", "finally", "while"];
/// Words behind an `@` that say what the page is.
const DIRECTIVES: [&str; 17] = [
    "page",
    "model",
    "using",
    "inject",
    "inherits",
    "namespace",
    "attribute",
    "layout",
    "section",
    "addTagHelper",
    "removeTagHelper",
    "tagHelperPrefix",
    "implements",
    "typeparam",
    "rendermode",
    "preservewhitespace",
    "await",
];
/// Elements that nothing closes.
const VOID: [&str; 10] = ["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"];

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(language) = languages.named("csharp") else { return Vec::new() };
    let mut page = Page { text, body: Guest::new(language), members: Guest::new(language) };
    page.body.write("class Page {\nvoid Render() {\n", 0..0);
    page.markup(0..text.len(), DEPTH);
    page.body.write("\n}\n", text.len()..text.len());
    page.body.append(&page.members);
    page.body.write("\n}\n", text.len()..text.len());
    vec![page.body]
}

struct Page<'t> {
    text: &'t str,
    body: Guest,
    members: Guest,
}

impl<'t> Page<'t> {
    /// Reads markup: what stands behind an `@` is code, everything else is shown.
    fn markup(&mut self, range: Range<usize>, depth: usize) {
        let mut at = range.start;
        self.show(range.start);
        while let Some(found) = memchr::memchr(b'@', &self.text.as_bytes()[at..range.end]).map(|found| at + found) {
            let before = self.text[range.start..found].chars().next_back();
            let in_word = before.is_some_and(|c| c.is_alphanumeric());
            let end = if in_word { None } else { self.behind_at(found + 1, range.end, depth) };
            at = end.unwrap_or(found + 1).clamp(found + 1, range.end);
        }
    }

    fn show(&mut self, at: usize) {
        self.body.write("\nrender();\n", at..at);
    }

    /// Reads what stands behind an `@`, and says where it ends.
    fn behind_at(&mut self, at: usize, end: usize, depth: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        let depth = depth.checked_sub(1)?;
        match rest.bytes().next()? {
            b'@' => Some(at + 1),
            b'*' => rest.find("*@").map(|length| at + length + 2),
            b'{' => self.block(at, end, depth),
            b'(' => {
                let inside = parentheses(&self.text[..end], at)?;
                let after = inside.end + 1;
                self.shown(inside);
                Some(after)
            }
            first if first.is_ascii_alphabetic() || first == b'_' => self.word(at, end, depth),
            _ => None,
        }
    }

    /// A statement, a directive or a value that begins with a word.
    fn word(&mut self, at: usize, end: usize, depth: usize) -> Option<usize> {
        let word = self.word_at(at, end);
        let after = self.past_blanks(at + word.len(), end);
        let next = self.text[after..end].bytes().next();
        if matches!(word, "code" | "functions") && next == Some(b'{') {
            let inside = self.braces(after, end)?;
            self.members.copy(self.text, inside.clone());
            return Some(inside.end + 1);
        }
        if BLOCKS.contains(&word) && matches!(next, Some(b'(' | b'{')) {
            return self.statement(at, end, depth);
        }
        if DIRECTIVES.contains(&word) || self.text[at + word.len()..end].starts_with('=') {
            return None;
        }
        let value = self.value(at, end);
        self.shown(value.clone());
        Some(value.end)
    }

    /// A name with its members, calls and indices.
    fn value(&self, start: usize, end: usize) -> Range<usize> {
        let mut at = start + self.word_at(start, end).len();
        loop {
            let rest = &self.text[at..end];
            let name = self.word_at((at + 1).min(end), end);
            let length = match rest.bytes().next() {
                Some(b'(') => closing(&rest[1..], ")").map(|length| length + 2),
                Some(b'[') => closing(&rest[1..], "]").map(|length| length + 2),
                Some(b'.') if !name.is_empty() => Some(1 + name.len()),
                _ => None,
            };
            let Some(length) = length else { return start..at };
            at += length;
        }
    }

    fn shown(&mut self, value: Range<usize>) {
        self.body.write("\nrender(", value.start..value.start);
        self.body.copy(self.text, value.clone());
        self.body.write(");\n", value.end..value.end);
    }

    /// `if (…) { … } else { … }`.
    fn statement(&mut self, start: usize, end: usize, depth: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let open = at + closing(&self.text[at..end], "{")?;
            self.body.write("\n", at..at);
            self.body.copy(self.text, at..open);
            let after = self.block(open, end, depth)?;
            let next = self.past_blanks(after, end);
            if !GOES_ON.contains(&self.word_at(next, end)) {
                return Some(after);
            }
            at = next;
        }
    }

    /// A block of code.
    fn block(&mut self, open: usize, end: usize, depth: usize) -> Option<usize> {
        let inside = self.braces(open, end)?;
        self.body.write("{\n", open..open + 1);
        self.code(inside.clone(), depth);
        self.body.write("\n}\n", inside.end..inside.end + 1);
        Some(inside.end + 1)
    }

    /// Reads code: what begins with a `<` where a statement may begin is markup.
    fn code(&mut self, range: Range<usize>, depth: usize) {
        let (mut at, mut copied, mut starts) = (range.start, range.start, true);
        while at < range.end {
            let rest = &self.text[at..range.end];
            let first = rest.chars().next().unwrap_or(' ');
            let island = if starts { self.island(at, range.end) } else { None };
            if let Some(inside) = island {
                self.body.copy(self.text, copied..at);
                if let Some(depth) = depth.checked_sub(1) {
                    self.markup(inside.clone(), depth);
                }
                (at, copied) = (inside.end, inside.end);
                continue;
            }
            let is_text = matches!(first, '"' | '\'');
            let length = if is_text { closing_quote(rest) } else { first.len_utf8() };
            let next = rest[first.len_utf8()..].chars().next();
            let is_word = first == '@' && next.is_some_and(char::is_alphabetic);
            if is_word && starts {
                self.body.copy(self.text, copied..at);
                at = self.behind_at(at + 1, range.end, depth).unwrap_or(at + 1);
                copied = at;
                continue;
            }
            if is_word {
                self.body.copy(self.text, copied..at);
                copied = at + 1;
            }
            starts = matches!(first, '{' | '}' | ';' | ':') || starts && first.is_whitespace();
            at += length;
        }
        self.body.copy(self.text, copied..range.end);
    }

    /// The markup that begins there.
    fn island(&self, at: usize, end: usize) -> Option<Range<usize>> {
        let rest = &self.text[at..end];
        let line = rest.find('\n').unwrap_or(rest.len());
        if rest.starts_with("@:") {
            return Some(at + 2..at + line);
        }
        let opens =
            rest.strip_prefix('<').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!'));
        opens.then(|| at..at + element_length(rest).unwrap_or(line))
    }

    fn braces(&self, open: usize, end: usize) -> Option<Range<usize>> {
        closing(self.text.get(open + 1..end)?, "}").map(|length| open + 1..open + 1 + length)
    }

    fn word_at(&self, at: usize, end: usize) -> &'t str {
        let rest = self.text.get(at..end).unwrap_or("");
        &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())]
    }

    fn past_blanks(&self, at: usize, end: usize) -> usize {
        end - self.text[at..end].trim_start().len()
    }
}

/// How long the text in quotes is; a quote that nothing ends on its line is a sign like others.
fn closing_quote(text: &str) -> usize {
    let quote = text.chars().next().unwrap_or('"');
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    1
}

/// How long the element is that a text begins with.
fn element_length(text: &str) -> Option<usize> {
    let (mut at, mut open) = (0, 0_usize);
    while let Some(tag) = text.get(at..)?.find('<').map(|found| at + found) {
        let rest = &text[tag + 1..];
        let end = tag + 1 + rest.find('>')? + 1;
        let name = rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())].to_ascii_lowercase();
        let closes = rest.starts_with('/');
        let whole = text[..end].ends_with("/>") || rest.starts_with('!') || VOID.contains(&name.as_str());
        if closes {
            open = open.checked_sub(1)?;
        } else if !whole && !name.is_empty() {
            open += 1;
        }
        if open == 0 {
            return Some(end);
        }
        at = end;
    }
    None
}
