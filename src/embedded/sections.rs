//! Files of sections, some of which are programs: the spec of an RPM package (`%build`, `%post`).
//!
//! Which words begin one, and in which language it is, is data. `%%` is a percent sign, and what another macro gives is not
//! known.

use crate::language::registry::Languages;

use super::{Guest, Host, UNKNOWN};

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let mut found: Vec<Guest> = Vec::new();
    let mut open: Option<Guest> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let word = line.split_whitespace().next().unwrap_or("");
        if let Some(language) = host.sections.get(word) {
            found.extend(open.take());
            // Some sections say who runs them: `%post -p <lua>`.
            let program = line.split_once(" -p ").map(|(_, program)| program.trim().trim_matches(['<', '>']));
            let name = program.map_or(language.as_str(), |path| path.rsplit('/').next().unwrap_or(path));
            open = languages.named(name).filter(|_| !language.is_empty()).map(Guest::new);
        } else if let Some(guest) = &mut open {
            guest.copy(text, range);
        }
    }
    found.extend(open);
    found.iter().map(without_macros).collect()
}

/// A program with its macros read: those that choose what is built stand for nothing.
fn without_macros(guest: &Guest) -> Guest {
    guest.with_pieces(|text| {
        let from = text.find('%')?;
        let rest = &text[from + 1..];
        let begins_line = text[..from].trim_end_matches([' ', '\t']).ends_with('\n') || from == 0;
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_?!".contains(c)).unwrap_or(rest.len());
        let (length, instead) = match rest.bytes().next() {
            Some(b'%') => (2, "%"),
            Some(b'{' | b'(') => (1 + macro_length(rest)?, UNKNOWN),
            _ if begins_line && word > 0 => (1 + rest.find('\n').unwrap_or(rest.len()), ":"),
            // What one letter stands for is a date's, as no macro has that name.
            _ if word > 1 => (1 + word, UNKNOWN),
            _ => (1, "%"),
        };
        Some((from, length, instead.to_owned()))
    })
}

/// How long the bracket is that a text begins with.
fn macro_length(text: &str) -> Option<usize> {
    let (open, close) = if text.starts_with('{') { ('{', '}') } else { ('(', ')') };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}
