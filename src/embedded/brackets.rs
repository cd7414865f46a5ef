//! Where a bracket ends: quotes and brackets inside are passed.

use std::ops::Range;

/// Longer conditions are not read, in bytes.
const CONDITION: usize = 4_096;
/// No longer piece of code ends in a bracket that is looked for, in bytes.
const CODE: usize = 65_536;

/// What stands in the parentheses that open there.
pub(super) fn parentheses(text: &str, at: usize) -> Option<Range<usize>> {
    let inside = text.get(at..)?.strip_prefix('(')?;
    closing(inside, ")").filter(|length| *length < CONDITION).map(|length| at + 1..at + 1 + length)
}

/// Where what ends a piece of code stands, outside its brackets, quotes and comments.
pub(super) fn closing(text: &str, close: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(&byte) = bytes.get(at).filter(|_| at < CODE) {
        if depth == 0 && text[at..].starts_with(close) {
            return Some(at);
        }
        match byte {
            b'"' | b'\'' | b'`' => at += quoted(&bytes[at..]),
            b'/' if bytes[at..].starts_with(b"/*") => at += text[at..].find("*/").unwrap_or(0),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    None
}

/// How far on the quote ends that a text begins with; an apostrophe in words ends nowhere on its line.
fn quoted(bytes: &[u8]) -> usize {
    let Some(&quote) = bytes.first() else { return 0 };
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if quote != b'`' => return 0,
            _ if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_end_outside_brackets_and_quotes() {
        for (text, close, length) in [
            ("a }", "}", Some(2)),
            ("{a: '}'} b}", "}", Some(10)),
            ("<p>don't</p> }", "}", Some(13)),
            ("`}\n` /* } */ %} x", "%}", Some(13)),
            ("a \"\\\"}\" }", "}", Some(8)),
            ("a ) }", "}", None),
            ("é(", "}", None),
            ("", "}", None),
        ] {
            assert_eq!(closing(text, close), length, "{text}");
        }
        assert_eq!(parentheses("if (a(')')) x", 3), Some(4..10));
        assert_eq!(parentheses("if x", 3), None);
    }
}
