//! Queries in the texts of a program of any language: `db.query("SELECT … WHERE CURRENT_DATE < DATE '2030-01-01'")`.
//!
//! A text is a query if it begins with the word of one and reads the database's clock; what a comparison there shows is the
//! SQL frontend's to say.

use std::ops::Range;

use crate::language::registry::Languages;

use super::{Guest, Host};

/// Longer texts are no queries, in bytes.
const LONGEST: usize = 16_384;
/// Blanks between the quote and the first word.
const MARGIN: usize = 64;
/// What a query begins with.
const WORDS: [&str; 5] = ["select", "update", "delete", "insert", "with"];

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(sql) = languages.named("sql") else { return Vec::new() };
    let reads_clock = |text: &str| host.clocks.iter().any(|clock| text.contains(clock.as_str()));
    if !reads_clock(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(quote) = text[at..].find(['"', '\'', '`']).map(|found| at + found) {
        at = quote + 1;
        let Some(inside) = query(text, quote) else { continue };
        at = inside.end;
        if reads_clock(&text[inside.clone()]) {
            let mut guest = Guest::new(sql);
            guest.copy(text, inside);
            found.push(guest.with_pieces(escape));
        }
    }
    found
}

/// The query in the quotes that open there.
fn query(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at + 1..];
    let trimmed = rest.trim_start();
    let blanks = rest.len() - trimmed.len();
    let word = WORDS.iter().find(|word| trimmed.get(..word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word)))?;
    if blanks > MARGIN || !trimmed[word.len()..].starts_with(char::is_whitespace) {
        return None;
    }
    let quote = &text[at..=at];
    let triple = quote.repeat(3);
    let close = if text[..=at].ends_with(&triple) { triple.as_str() } else { quote };
    let mut end = at + 1;
    loop {
        end += text.get(end..)?.find(close)?;
        if end - at > LONGEST {
            return None;
        }
        if !text[..end].ends_with('\\') {
            return Some(at + 1..end);
        }
        end += 1;
    }
}

/// A quote behind a backslash.
fn escape(text: &str) -> Option<(usize, usize, String)> {
    let at = text.match_indices('\\').find(|(at, _)| text[at + 1..].starts_with(['"', '\'', '`']))?.0;
    Some((at, 2, text[at + 1..at + 2].to_owned()))
}
