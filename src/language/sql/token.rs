//! The words of SQL, whatever its dialect.
//!
//! A body between dollar signs (`$$ … $$`) is read like the text around it: the dollar signs are blanks.

use std::ops::Range;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or name, in lower case.
    Word(String),
    /// A name in quotes or brackets, as written.
    Quoted(String),
    /// A text.
    Text(String),
    /// A number, as written.
    Number(String),
    /// An operator or separator.
    Mark(&'static str),
}

/// Operators and separators, the longest first.
const MARKS: [&str; 33] = [
    "<=>", "->>", "<=", ">=", "<>", "!=", "^=", "||", ":=", "::", "->", "=>", "<<", ">>", "<", ">", "=", "+", "-", "*",
    "/", "%", "(", ")", "[", "]", ",", ".", ";", ":", "&", "|", "!",
];

/// Takes a text apart. Bytes that begin no token are left out.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = blank(rest);
        if blank > 0 {
            at += blank;
            continue;
        }
        let (kind, length) = token(rest);
        if let Some(kind) = kind {
            tokens.push(Token { kind, range: at..at + length });
        }
        at += length;
    }
    tokens
}

/// How long the blank, comment or dollar quote is that a text begins with.
fn blank(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    match text.as_bytes() {
        [b'-', b'-', ..] => text.find('\n').unwrap_or(text.len()),
        [b'#', b' ' | b'#' | b'!', ..] => text.find('\n').unwrap_or(text.len()),
        [b'/', b'*', ..] => text[2..].find("*/").map_or(text.len(), |end| end + 4),
        [b'$', rest @ ..] => {
            let name = rest.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
            if rest.get(name) == Some(&b'$') { name + 2 } else { 0 }
        }
        _ if text.starts_with(char::is_whitespace) => first,
        _ => 0,
    }
}

fn token(text: &str) -> (Option<Kind>, usize) {
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '\'' => quoted(text, '\'', Kind::Text),
        '"' => quoted(text, '"', Kind::Quoted),
        '`' => quoted(text, '`', Kind::Quoted),
        '[' if bracketed(text).is_some() => {
            let length = bracketed(text).unwrap_or(1);
            (Some(Kind::Quoted(text[1..length - 1].to_owned())), length)
        }
        // `N'text'`, `E'text'`.
        'N' | 'n' | 'E' | 'e' if text[1..].starts_with('\'') => {
            let (kind, length) = quoted(&text[1..], '\'', Kind::Text);
            (kind, length + 1)
        }
        c if c.is_ascii_digit() => {
            let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
            (Some(Kind::Number(text[..end].to_owned())), end)
        }
        c if is_name(c) => {
            let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
            (Some(Kind::Word(text[..end].to_lowercase())), end)
        }
        _ => match MARKS.iter().find(|mark| text.starts_with(**mark)) {
            Some(mark) => (Some(Kind::Mark(mark)), mark.len()),
            None => (None, first.len_utf8()),
        },
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$')
}

/// A text or name in quotes; a doubled quote is one.
fn quoted(text: &str, quote: char, kind: fn(String) -> Kind) -> (Option<Kind>, usize) {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            value.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            value.push(quote);
        } else {
            return (Some(kind(value)), at + 1);
        }
    }
    (Some(kind(value)), text.len())
}

/// How long a name in brackets is.
fn bracketed(text: &str) -> Option<usize> {
    let end = text.find(']')?;
    let inside = text.get(1..end)?;
    let starts = inside.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (starts && inside.chars().all(|c| is_name(c) || c == ' ')).then_some(end + 1)
}
