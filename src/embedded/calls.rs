//! Texts in a program that another program is: the steps of a pipeline (`sh '''…'''`).
//!
//! Which functions run their text, and in which language, is data.

use std::ops::Range;

use crate::language::registry::Languages;

use super::{Guest, Host};

/// Quotes, the longer first.
const QUOTES: [&str; 4] = ["'''", "\"\"\"", "'", "\""];
/// What may stand between a function and its text: `sh(returnStdout: true, script: `.
const OPTIONS: usize = 120;

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let mut found: Vec<Guest> = Vec::new();
    for (function, language) in &host.calls {
        let Some(language) = languages.named(language) else { continue };
        for (at, _) in text.match_indices(function.as_str()) {
            if let Some(inside) = argument(text, at, function) {
                let mut guest = Guest::new(language);
                if Some(language) == languages.named("sh") {
                    guest.write("set -e\n", inside.start..inside.start);
                }
                guest.copy(text, inside);
                found.push(guest);
            }
        }
    }
    found
}

/// The text that the function there is called with.
fn argument(text: &str, at: usize, function: &str) -> Option<Range<usize>> {
    let before = text[..at].chars().next_back();
    let after = text[at + function.len()..].chars().next()?;
    if before.is_some_and(|c| c.is_alphanumeric() || "_.$'\"-/#".contains(c)) || !matches!(after, ' ' | '(' | '\t') {
        return None;
    }
    let rest = &text[at + function.len()..];
    let first = rest.find(['\'', '"', '\n', ';', ')', '{'])?;
    let options = &rest[..first];
    let bare = options.trim_start_matches([' ', '\t', '(']);
    let named = bare.trim_end().ends_with("script:") && options.len() < OPTIONS;
    if !bare.is_empty() && !named {
        return None;
    }
    let quote = QUOTES.iter().find(|quote| rest[first..].starts_with(**quote))?;
    let start = at + function.len() + first + quote.len();
    let mut end = start;
    loop {
        end += text.get(end..)?.find(quote)?;
        if !text[..end].ends_with('\\') {
            return (quote.len() == 3 || !text[start..end].contains('\n')).then_some(start..end);
        }
        end += 1;
    }
}
