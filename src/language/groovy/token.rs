//! Groovy's tokens, as far as [`super::layout`] needs them to tell where calls and statements end.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A number.
    Number,
    /// A string of any form.
    Text,
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// `->`.
    Arrow,
    /// Any other byte.
    Mark(u8),
}

/// A token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// A line break stands between it and the token before.
    pub(super) starts_line: bool,
}

/// The tokens of a text, without comments.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let (mut at, mut starts_line) = (0, true);
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let end = match byte {
            b'\n' => {
                starts_line = true;
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'#' if at == 0 => at + line(rest),
            b'/' if rest.starts_with(b"//") => at + line(rest),
            b'/' if rest.starts_with(b"/*") => {
                let end = memchr::memmem::find(&rest[2..], b"*/").map_or(bytes.len(), |n| at + n + 4);
                starts_line |= bytes[at..end].contains(&b'\n');
                end
            }
            _ => {
                let regex = !tokens.last().is_some_and(|before| is_operand(before.kind));
                let (kind, length) = token(rest, regex);
                tokens.push(Token { kind, range: at..at + length, starts_line });
                starts_line = false;
                at + length
            }
        };
        at = end;
    }
    tokens
}

fn is_operand(kind: Kind) -> bool {
    matches!(kind, Kind::Word | Kind::Number | Kind::Text | Kind::Close(_))
}

fn line(rest: &[u8]) -> usize {
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// The token at the start, and its length. Where no operand stands before it, `/` may begin a text.
fn token(rest: &[u8], regex: bool) -> (Kind, usize) {
    let run = |fits: fn(u8) -> bool| rest.iter().take_while(|byte| fits(**byte)).count();
    match rest[0] {
        b'(' | b'[' | b'{' => (Kind::Open(rest[0]), 1),
        b')' | b']' | b'}' => (Kind::Close(rest[0]), 1),
        b'"' | b'\'' => (Kind::Text, quoted(rest)),
        b'/' if regex => slashed(rest).map_or((Kind::Mark(b'/'), 1), |length| (Kind::Text, length)),
        b'-' if rest.get(1) == Some(&b'>') => (Kind::Arrow, 2),
        b'0'..=b'9' => (Kind::Number, run(|byte| byte.is_ascii_alphanumeric() || byte == b'_')),
        byte if is_name(byte) => (Kind::Word, run(is_name)),
        byte => (Kind::Mark(byte), 1),
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// The length of a string in quotes. Holes may hold strings of their own.
fn quoted(rest: &[u8]) -> usize {
    let quote = rest[0];
    let triple = [quote; 3];
    let is_long = rest.starts_with(&triple);
    let mut at = if is_long { 3 } else { 1 };
    let mut depth = 0_usize;
    while let Some(byte) = rest.get(at) {
        match *byte {
            b'\\' => at += 1,
            b'$' if quote == b'"' && rest.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'{' if depth > 0 => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            inner @ (b'"' | b'\'') if depth > 0 => at += simple(&rest[at..], inner) - 1,
            b'\n' if !is_long => return at,
            _ if depth > 0 => {}
            byte if byte == quote && !is_long => return at + 1,
            _ if is_long && rest[at..].starts_with(&triple) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// The length of a string on one line.
fn simple(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match *byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// The length of a text in slashes, if it ends on its line.
fn slashed(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'\\' => at += 1,
            b'\n' => return None,
            b'/' => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}
