//! Bodies of types on one line. The grammar wants a line break or `;` before the brace that ends one: the blank that
//! stands there becomes a `;`.

use std::borrow::Cow;

/// The text with every type's body that ends on the line of its last member closed as the grammar wants it.
pub(super) fn closed(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut blanks = Vec::new();
    // For each open brace, whether it opens a type's body.
    let mut open: Vec<bool> = Vec::new();
    let (mut at, mut head) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' | b'/' => {
                at = past(bytes, at);
                continue;
            }
            b'{' => {
                open.push(opens_type(&text[head..at]));
                head = at + 1;
            }
            b'}' => {
                let before = bytes[..at].trim_ascii_end().last();
                let blank = at > 0 && bytes[at - 1] == b' ' && !ends_line(&bytes[..at]);
                if open.pop() == Some(true) && blank && !matches!(before, Some(b'{' | b';') | None) {
                    blanks.push(at - 1);
                }
                head = at + 1;
            }
            b';' | b'\n' => head = at + 1,
            _ => {}
        }
        at += 1;
    }
    if blanks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut mended = text.to_owned();
    blanks.into_iter().for_each(|at| mended.replace_range(at..=at, ";"));
    Cow::Owned(mended)
}

/// Whether the code before a brace declares a type. A class that is only asked for (`T::class`) is none.
fn opens_type(head: &str) -> bool {
    let mut words = head.split_whitespace();
    words.any(|word| matches!(word, "class" | "object" | "interface"))
}

/// Whether only blanks stand between the end and the line break before it.
fn ends_line(bytes: &[u8]) -> bool {
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    bytes.iter().rev().find(|byte| !blank(byte)).is_none_or(|byte| *byte == b'\n')
}

/// The position after the text, character or comment at `at`, or after its first byte if it is none of these.
fn past(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let found = |end: &[u8], from: usize| {
        let found = rest.get(from..).and_then(|rest| memchr::memmem::find(rest, end));
        found.map_or(bytes.len(), |n| at + from + n + end.len())
    };
    match rest {
        [b'/', b'/', ..] => found(b"\n", 2).saturating_sub(1),
        [b'/', b'*', ..] => found(b"*/", 2),
        [b'"', b'"', b'"', ..] => found(b"\"\"\"", 3),
        [quote @ (b'"' | b'\''), ..] => quoted(bytes, at, *quote),
        _ => at + 1,
    }
}

/// The position after the closing quote, or of the end of the line.
fn quoted(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut end = at + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 1,
            b'\n' => return end,
            byte if *byte == quote => return end + 1,
            _ => {}
        }
        end += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_on_one_line_is_closed() {
        for (source, expected) in [
            ("object A { val x = 1 }; val y = 2", "object A { val x = 1;}; val y = 2"),
            ("class A { fun f() { g() } }", "class A { fun f() { g() };}"),
            ("class A { val x: Int get() = \"}\" }\n", "class A { val x: Int get() = \"}\";}\n"),
            ("class A {\n  val x = 1\n  }", "class A {\n  val x = 1\n  }"),
            ("class A { }", "class A { }"),
            ("fun f() { g() }", "fun f() { g() }"),
            ("f(A::class.java) { g() }", "f(A::class.java) { g() }"),
            ("// class A { b }", "// class A { b }"),
        ] {
            assert_eq!(closed(source), expected);
        }
    }
}
