//! Templates: pages in which code stands between tags (ERB, EJS, EEx, JSP, Svelte, Vue), after directives (Blade), or in
//! tags that begin with a directive (Twig, Liquid, Jinja, Helm).
//!
//! The code of a page is one program, in which the text around it is a call, so that what a decision shows is something that
//! it does. Which tags a template has, and what the program gets for them, is data ([`Host`]). Templates with expressions of
//! their own are said in the language that their engine is written in: [`expression`](super::expression).

use std::ops::Range;

use serde::Deserialize;

use crate::language::registry::Languages;

use super::brackets::{closing, parentheses};
use super::{Guest, Host, expression};

/// A way to write code into a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tag {
    /// What it begins with.
    open: String,
    /// What it ends with; the line, if nothing is said.
    #[serde(default)]
    close: String,
    /// What the program gets before the code; a comment has neither.
    #[serde(default)]
    before: Option<String>,
    /// What it gets after it.
    #[serde(default)]
    after: String,
    /// What ends it counts only outside the brackets and quotes of the code.
    #[serde(default)]
    nested: bool,
    /// It begins with the word of a directive.
    #[serde(default)]
    statement: bool,
    /// It gives a name to what stands in it: `before` is what stands between the two.
    #[serde(default)]
    captures: bool,
}

impl Tag {
    /// What it begins with.
    pub(super) fn mark(&self) -> &str {
        &self.open
    }

    pub(super) const fn is_comment(&self) -> bool {
        self.before.is_none()
    }

    /// What the program gets before and after its code.
    pub(super) fn around(&self) -> (&str, &str) {
        (self.before.as_deref().unwrap_or(""), &self.after)
    }
}

/// A directive of a page: a word behind an `@`, or the first word in a tag.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Directive {
    /// The word.
    pub(super) word: String,
    /// What the program gets for it; `...` stands for what it has in parentheses, or after its word.
    code: String,
    /// What follows the word is `NAME = VALUE`: the first `...` stands for the name, the second for the value.
    #[serde(default)]
    assigns: bool,
    /// What follows the word is `VALUE as NAME`: the first `...` stands for the name, the second for the value.
    #[serde(default)]
    names: bool,
    /// How many blocks it opens (1), goes on with (0) or closes (-1).
    #[serde(default)]
    opens: i8,
    /// It goes on with a block, and is nothing outside one; in tags alone.
    #[serde(default)]
    pub(super) goes_on: bool,
}

/// What stands before the name that a value is given.
const AS: &str = " as ";

impl Directive {
    /// Whether the program gets something for it.
    pub(super) const fn is_code(&self) -> bool {
        !self.code.is_empty()
    }

    /// What the program gets before and after what follows its word.
    pub(super) fn around(&self) -> (&str, &str) {
        self.code.split_once("...").unwrap_or((&self.code, ""))
    }

    /// Whether what stands in a tag begins with it, and is of its form.
    pub(super) fn begins(&self, text: &str) -> bool {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let Some(rest) = text.strip_prefix(&self.word) else { return false };
        let whole = !self.word.ends_with(is_name) || !rest.starts_with(is_name);
        let name = rest.split_once('=').map_or("", |(name, _)| name.trim_matches([' ', ':', '$']));
        let assigns = !self.assigns || !name.is_empty() && name.chars().all(is_name);
        whole && assigns && (!self.names || rest.contains(AS))
    }
}

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(language) = host.guests.first().and_then(|name| languages.named(name)) else { return Vec::new() };
    let mut program = Guest::new(language);
    program.write(&host.begins, 0..0);
    let mut program = read(host, text, program);
    program.write(&host.ends, text.len()..text.len());
    vec![program]
}

/// The text itself, with the program of its markup after it; `None` if the markup holds no code.
pub(super) fn after_text(host: &Host, text: &str, language: usize) -> Option<Guest> {
    let mut program = Guest::new(language);
    program.copy(text, 0..text.len());
    program.write("\n", text.len()..text.len());
    let length = program.text.len();
    Some(read(host, text, program)).filter(|program| program.text.len() > length)
}

/// Adds the code of a page to a program.
fn read(host: &Host, text: &str, program: Guest) -> Guest {
    let mut page = Page { host, text, program, open: 0, missing: Vec::new() };
    page.read();
    page.program
}

struct Page<'h> {
    host: &'h Host,
    text: &'h str,
    program: Guest,
    /// Blocks that directives opened.
    open: u32,
    /// What no tag ends with any more.
    missing: Vec<&'h str>,
}

impl<'h> Page<'h> {
    fn read(&mut self) {
        let (mut at, mut shown) = (0, 0);
        while let Some(next) = self.next_mark(at) {
            let Some(end) = self.tag(next, shown).or_else(|| self.directive(next, shown)) else {
                at = next + 1;
                while !self.text.is_char_boundary(at) {
                    at += 1;
                }
                continue;
            };
            (at, shown) = (end, end);
        }
        self.show(shown..self.text.len());
    }

    /// Directives stand behind an `@`.
    fn has_words(&self) -> bool {
        !self.host.directives.is_empty() && !self.host.tags.iter().any(|tag| tag.statement)
    }

    /// Where the next tag or directive may begin.
    fn next_mark(&self, from: usize) -> Option<usize> {
        let firsts = self.host.tags.iter().filter_map(|tag| tag.open.bytes().next());
        let firsts: Vec<u8> = firsts.chain(self.has_words().then_some(b'@')).collect();
        self.text.as_bytes()[from..].iter().position(|byte| firsts.contains(byte)).map(|found| from + found)
    }

    /// Text of the page is something that it shows.
    fn show(&mut self, range: Range<usize>) {
        if !self.host.shows.is_empty() && !self.text[range.clone()].trim().is_empty() {
            self.program.write(&self.host.shows, range.start..range.start);
        }
    }

    /// Passes a tag; the longest opener counts.
    fn tag(&mut self, at: usize, shown: usize) -> Option<usize> {
        let host = self.host;
        let rest = &self.text[at..];
        let tags = host.tags.iter().filter(|tag| rest.starts_with(&tag.open));
        let tag = tags.max_by_key(|tag| tag.open.len())?;
        let start = at + tag.open.len();
        if self.missing.contains(&tag.close.as_str()) {
            return None;
        }
        let length =
            if tag.nested { closing(&self.text[start..], &tag.close) } else { self.text[start..].find(&tag.close) };
        let Some(length) = length else {
            self.missing.push(&tag.close);
            return None;
        };
        self.show(shown..at);
        let code = start..start + self.text[start..start + length].trim_end_matches(['-', '_', '~']).len();
        if tag.captures {
            self.capture(tag, code);
        } else if tag.statement {
            self.statement(code);
        } else if let Some(before) = &tag.before {
            self.program.write(before, start..start);
            let code = self.part(code);
            self.program.append(&code);
            self.program.write(&tag.after, start + length..start + length);
        }
        Some(start + length + tag.close.len())
    }

    /// Adds what a tag says that begins with a directive.
    fn statement(&mut self, range: Range<usize>) {
        let host = self.host;
        let inside = &self.text[range.clone()];
        let start = range.end - inside.trim_start_matches(['-', '+', '~', ' ', '\n', '\r', '\t']).len();
        let rest = &self.text[start..range.end];
        let fits = |directive: &&Directive| directive.begins(rest);
        let Some(directive) = host.directives.iter().filter(fits).max_by_key(|directive| directive.word.len()) else {
            return;
        };
        let counts = host.directives.iter().any(|other| other.opens > 0);
        let inner = directive.opens < 0 || directive.opens == 0 && directive.goes_on;
        if inner && counts && self.open == 0 {
            return;
        }
        let after = start + directive.word.len()..range.end;
        let behind = &rest[directive.word.len()..];
        let parts = if let Some((value, name)) = behind.split_once(AS).filter(|_| directive.names) {
            let end = after.start + value.len();
            vec![self.name_of(end + AS.len(), name), self.part(after.start..end)]
        } else if let Some((name, value)) = behind.split_once('=').filter(|_| directive.assigns) {
            vec![self.name_of(after.start, name), self.part(range.end - value.len()..range.end)]
        } else {
            vec![self.part(after)]
        };
        self.fill(&directive.code, start, &parts);
        self.open = self.open.saturating_add_signed(directive.opens.into());
    }

    /// Adds a name for what a tag shows alone: `{% capture now %}{{ 'now' | date: '%s' }}{% endcapture %}`.
    fn capture(&mut self, tag: &Tag, range: Range<usize>) {
        let inside = &self.text[range.clone()];
        let Some((name, body)) = inside.split_once("%}") else { return };
        let shown = body.rsplit_once("{%").and_then(|(body, _)| body.trim().strip_prefix("{{")?.strip_suffix("}}"));
        let Some(value) = shown.filter(|value| !value.contains("{{")) else { return };
        let start = range.start + inside.find(value).unwrap_or(0);
        let parts = [self.name_of(range.start, name.trim_end_matches('-')), self.part(start..start + value.len())];
        self.fill(tag.before.as_deref().unwrap_or(""), range.start, &parts);
    }

    /// Code that stands there, as the program says it.
    fn part(&self, range: Range<usize>) -> Guest {
        if let Some(form) = self.host.expressions {
            return expression::program(form, self.host, self.text, range, self.program.language);
        }
        let mut code = Guest::new(self.program.language);
        code.copy(self.text, range);
        code
    }

    /// The name that a value is given.
    fn name_of(&self, at: usize, written: &str) -> Guest {
        let mut name = Guest::new(self.program.language);
        let trimmed = written.trim_end_matches([' ', ':']);
        let bare = trimmed.trim_start_matches([' ', '$']);
        let start = at + trimmed.len() - bare.len();
        name.write(&self.host.sigil, start..start);
        name.copy(self.text, start..start + bare.len());
        name
    }

    /// Adds a directive's code, with those parts for its `...`.
    fn fill(&mut self, pattern: &str, at: usize, parts: &[Guest]) {
        for (n, piece) in pattern.split("...").enumerate() {
            if let Some(part) = n.checked_sub(1).and_then(|n| parts.get(n)) {
                self.program.append(part);
            }
            self.program.write(piece, at..at);
        }
    }

    /// Passes a directive with what it has in parentheses.
    fn directive(&mut self, at: usize, shown: usize) -> Option<usize> {
        let host = self.host;
        let rest = self.text[at..].strip_prefix('@')?;
        let word = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
        let directive = host.directives.iter().find(|directive| directive.word == word)?;
        if directive.opens <= 0 && self.open == 0 {
            return None;
        }
        let end = at + 1 + word.len();
        let gap = self.text[end..].len() - self.text[end..].trim_start_matches(' ').len();
        let inside = parentheses(self.text, end + gap);
        let (before, after) = directive.around();
        let has_place = directive.code.contains("...");
        if has_place && inside.is_none() {
            return None;
        }
        self.show(shown..at);
        self.program.write(before, at..end);
        let inside = inside.filter(|_| has_place);
        if let Some(inside) = &inside {
            self.program.copy(self.text, inside.clone());
            self.program.write(after, inside.end..inside.end);
        }
        self.open = self.open.saturating_add_signed(directive.opens.into());
        Some(inside.map_or(end, |inside| inside.end + 1))
    }
}
