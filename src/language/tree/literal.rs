//! Literals: what their text says.

use crate::language::ir::ExprKind;

/// How a string literal writes the characters that it cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// It holds them all.
    None,
    /// `\n`, `\x41`, `\101`, `\u0041`, `\u{41}` and their relatives.
    Backslash,
    /// Only `\\` and the quote.
    Quote,
    /// The quote is doubled: `'it''s'`.
    Doubled,
    /// [`Escapes::Backslash`] between double quotes, [`Escapes::Quote`] between single ones.
    ByQuote,
}

/// A string literal in its parts.
pub(super) struct Quoted<'t> {
    /// What stands between the quotes.
    pub(super) content: &'t str,
    /// How many bytes of the literal stand before the content.
    pub(super) opening: usize,
    /// What its prefix and quotes make of the escapes.
    pub(super) escapes: Escapes,
}

/// `u8R`; longer words before a quote are text.
const LONGEST_PREFIX: usize = 3;

/// Takes prefix letters and quotes off a literal. Text without quotes (a heredoc's body) is all content.
pub(super) fn unquote(text: &str, escapes: Escapes) -> Quoted<'_> {
    let is_prefix = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '$' | '#' | '_');
    let prefix = text.len() - text.trim_start_matches(is_prefix).len();
    let rest = &text[prefix..];
    let hashes = text[..prefix].matches('#').count();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`') && prefix - hashes <= LONGEST_PREFIX);
    let Some(quote) = quote else {
        return Quoted { content: text, opening: 0, escapes };
    };
    let count = rest.len() - rest.trim_start_matches(quote).len();
    let count = if count >= 3 && rest.len() >= 6 { 3 } else { 1 };
    let opening = prefix + count;
    let closing = text.len().saturating_sub(count + hashes);
    let content = text.get(opening..closing.max(opening)).unwrap_or("");
    let escapes = match escapes {
        _ if text[..prefix].contains(['r', 'R', '#']) => Escapes::None,
        _ if text[..prefix].contains('@') => Escapes::Doubled,
        Escapes::ByQuote if quote == '"' => Escapes::Backslash,
        Escapes::ByQuote => Escapes::Quote,
        other => other,
    };
    Quoted { content, opening, escapes }
}

/// The characters that a literal's content stands for.
pub(crate) fn unescape(content: &str, escapes: Escapes) -> String {
    match escapes {
        Escapes::None => content.to_owned(),
        Escapes::Doubled => content.replace("\"\"", "\"").replace("''", "'"),
        Escapes::Quote => {
            content.replace("\\\\", "\u{0}").replace("\\'", "'").replace("\\\"", "\"").replace('\u{0}', "\\")
        }
        Escapes::Backslash | Escapes::ByQuote => unescape_backslashes(content),
    }
}

fn unescape_backslashes(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = unescape_one(&rest[at + 1..], &mut out);
    }
    out.push_str(rest);
    out
}

/// Reads one escape (its backslash is gone) and returns what follows it.
fn unescape_one<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let mut chars = rest.chars();
    let Some(c) = chars.next() else {
        out.push('\\');
        return "";
    };
    let after = chars.as_str();
    let plain = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '0'..='7' => return code(rest, 8, 3, out),
        'x' => return code(after, 16, 2, out),
        'u' => return code(after, 16, 4, out),
        'U' => return code(after, 16, 8, out),
        // A line continuation.
        '\n' => return after,
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        other => other,
    };
    out.push(plain);
    after
}

/// Reads up to `most` digits, or any number in braces, as a character's code.
fn code<'t>(rest: &'t str, radix: u32, most: usize, out: &mut String) -> &'t str {
    let (digits, after) = match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some(braced) => braced,
        None => {
            let end = rest.bytes().take(most).take_while(|byte| char::from(*byte).is_digit(radix)).count();
            rest.split_at(end)
        }
    };
    let character = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    after
}

/// A character literal's code: `'a'`, `L'\n'`, Ruby's `?a`. `None` if it holds more than one.
pub(super) fn character(text: &str) -> Option<i128> {
    let content = match text.strip_prefix('?') {
        Some(content) => unescape(content, Escapes::Backslash),
        None => unescape(unquote(text, Escapes::Backslash).content, Escapes::Backslash),
    };
    let mut chars = content.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(i128::from(u32::from(first)))
}

/// A number: decimal, `0x`, `0b`, `0o`, with `octal` also `017`; `_` and `'` between digits; any suffix of letters.
/// C's grammars take a sign into it. Opaque if it does not fit.
pub(crate) fn number(text: &str, octal: bool) -> ExprKind {
    match text.strip_prefix('-').map(|rest| number(rest.trim_start(), octal)) {
        Some(ExprKind::Int(n)) => return ExprKind::Int(-n),
        Some(ExprKind::Float(n)) => return ExprKind::Float(-n),
        Some(other) => return other,
        None => {}
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | '\'' | ' ')).collect();
    let lower = digits.to_ascii_lowercase();
    let radix = match lower.as_bytes() {
        [b'0', b'x', ..] => Some((16, 2)),
        [b'0', b'o', ..] => Some((8, 2)),
        [b'0', b'b', ..] => Some((2, 2)),
        [b'0', b'0'..=b'7', ..] if octal && !lower.contains(['.', 'e', '8', '9']) => Some((8, 1)),
        _ => None,
    };
    match radix {
        Some((radix, prefix)) => integer(&lower[prefix..], radix),
        None if is_float(&lower) => float(&lower),
        None => integer(&lower, 10),
    }
    .unwrap_or(ExprKind::Opaque(Vec::new()))
}

fn is_float(text: &str) -> bool {
    let exponent = text.find('e').is_some_and(|at| {
        let digits = text[at + 1..].trim_start_matches(['+', '-']);
        at > 0 && digits.starts_with(|c: char| c.is_ascii_digit())
    });
    let suffix = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.contains('.') || exponent || matches!(suffix, "f" | "d" | "f32" | "f64")
}

/// Leading digits, and then nothing but a suffix (`ull`, `i64`).
fn integer(text: &str, radix: u32) -> Option<ExprKind> {
    let end = text.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let (digits, suffix) = text.split_at(end);
    let is_suffix =
        suffix.chars().all(|c| c.is_ascii_alphanumeric()) && !suffix.starts_with(|c: char| c.is_ascii_digit());
    if !is_suffix {
        return None;
    }
    i128::from_str_radix(digits, radix).ok().map(ExprKind::Int)
}

fn float(text: &str) -> Option<ExprKind> {
    let text = text.strip_suffix("f32").or_else(|| text.strip_suffix("f64")).unwrap_or(text);
    text.trim_end_matches(|c: char| c.is_ascii_alphabetic())
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .map(ExprKind::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped() {
        for (literal, escapes, expected) in [
            (r#""a\n\x41\101\u00e9""#, Escapes::Backslash, "a\nAAé"),
            (r#"u8"\u{1F600}\q""#, Escapes::Backslash, "\u{1F600}q"),
            (r#"r"\d""#, Escapes::Backslash, r"\d"),
            (r##"#"\d"#"##, Escapes::Backslash, r"\d"),
            (r#"@"C:\ ""x""""#, Escapes::Backslash, r#"C:\ "x""#),
            (r#""""a "b" c""""#, Escapes::Backslash, r#"a "b" c"#),
            (r"'it\'s \n'", Escapes::ByQuote, r"it's \n"),
            ("'it''s'", Escapes::Doubled, "it's"),
            (r#""""#, Escapes::Backslash, ""),
            (r#"""#, Escapes::Backslash, ""),
            ("\"tail\\\"", Escapes::Backslash, "tail\\"),
            ("\"\\ud800\"", Escapes::Backslash, "\u{fffd}"),
            ("bare\\t", Escapes::Backslash, "bare\t"),
        ] {
            let quoted = unquote(literal, escapes);
            assert_eq!(unescape(quoted.content, quoted.escapes), expected, "{literal}");
        }
    }

    #[test]
    fn numbers_are_read() {
        for (text, expected) in [
            ("42", ExprKind::Int(42)),
            ("1_000'000ULL", ExprKind::Int(1_000_000)),
            ("0x7fffffffL", ExprKind::Int(0x7fff_ffff)),
            ("0b101", ExprKind::Int(5)),
            ("0o17", ExprKind::Int(15)),
            ("017", ExprKind::Int(15)),
            ("0", ExprKind::Int(0)),
            ("1.5f", ExprKind::Float(1.5)),
            ("1e9", ExprKind::Float(1e9)),
            ("1.", ExprKind::Float(1.0)),
            ("3f64", ExprKind::Float(3.0)),
            ("2d", ExprKind::Float(2.0)),
            ("-40L", ExprKind::Int(-40)),
            ("- 0x10", ExprKind::Int(-16)),
            ("-1.5", ExprKind::Float(-1.5)),
            ("+7", ExprKind::Int(7)),
            ("-", ExprKind::Opaque(Vec::new())),
            ("99999999999999999999999999999999999999999", ExprKind::Opaque(Vec::new())),
            ("1e999", ExprKind::Opaque(Vec::new())),
            ("1.2.3", ExprKind::Opaque(Vec::new())),
        ] {
            assert_eq!(number(text, true), expected, "{text}");
        }
        assert_eq!(number("017", false), ExprKind::Int(17));
    }

    #[test]
    fn characters_are_codes() {
        for (text, expected) in
            [("'a'", Some(97)), (r"L'\n'", Some(10)), ("'ab'", None), ("'é'", Some(233)), ("'", None)]
        {
            assert_eq!(character(text), expected, "{text}");
        }
    }
}
