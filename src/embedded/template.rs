//! Templates: pages in which code stands between tags (ERB, EJS, EEx, JSP, ASP.NET) or after directives (Blade).
//!
//! The code of a page is one program, in which the text around it is a call, so that what a decision shows is something that
//! it does. Which tags a template has, and what the program gets for them, is data ([`Host`]).

use std::ops::Range;

use serde::Deserialize;

use crate::language::registry::Languages;

use super::{Guest, Host};

/// Longer conditions are not read, in bytes.
const CONDITION: usize = 4_096;

/// A way to write code into a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tag {
    /// What it begins with.
    open: String,
    /// What it ends with.
    close: String,
    /// What the program gets before the code; a comment has neither.
    #[serde(default)]
    before: Option<String>,
    /// What it gets after it.
    #[serde(default)]
    after: String,
}

/// A directive of a page, a word behind an `@`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Directive {
    /// The word.
    word: String,
    /// What the program gets for it; `...` stands for what it has in parentheses.
    code: String,
    /// How many blocks it opens (1), goes on with (0) or closes (-1).
    #[serde(default)]
    opens: i8,
}

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(language) = host.guests.first().and_then(|name| languages.named(name)) else { return Vec::new() };
    let mut page = Page { host, text, program: Guest::new(language), open: 0, missing: Vec::new() };
    page.program.write(&host.begins, 0..0);
    page.read();
    page.program.write(&host.ends, text.len()..text.len());
    vec![page.program]
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

    /// Where the next tag or directive may begin.
    fn next_mark(&self, from: usize) -> Option<usize> {
        let firsts = self.host.tags.iter().filter_map(|tag| tag.open.bytes().next());
        let firsts: Vec<u8> = firsts.chain((!self.host.directives.is_empty()).then_some(b'@')).collect();
        self.text.as_bytes()[from..].iter().position(|byte| firsts.contains(byte)).map(|found| from + found)
    }

    /// Text of the page is something that it shows.
    fn show(&mut self, range: Range<usize>) {
        if !self.text[range.clone()].trim().is_empty() {
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
        let Some(length) = self.text[start..].find(&tag.close) else {
            self.missing.push(&tag.close);
            return None;
        };
        self.show(shown..at);
        if let Some(before) = &tag.before {
            let code = self.text[start..start + length].trim_end_matches(['-', '_', '~']);
            self.program.write(before, start..start);
            self.program.copy(self.text, start..start + code.len());
            self.program.write(&tag.after, start + length..start + length);
        }
        Some(start + length + tag.close.len())
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
        let (before, after) = directive.code.split_once("...").unwrap_or((&directive.code, ""));
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

/// What stands in the parentheses that open there; quotes are passed.
fn parentheses(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'(') {
        return None;
    }
    let (mut depth, mut quote) = (0_usize, None);
    let mut place = at;
    while let Some(&byte) = bytes.get(place).filter(|_| place - at < CONDITION) {
        match (quote, byte) {
            (Some(_), b'\\') => place += 1,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1..place);
        }
        place += 1;
    }
    None
}
