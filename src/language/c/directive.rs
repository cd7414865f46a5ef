//! Finds preprocessor directives: lines that begin with `#`, outside comments and literals.

use std::ops::Range;

/// A directive.
pub(super) struct Directive {
    /// From its `#` to the end of its last line.
    pub(super) range: Range<usize>,
    /// What follows its name.
    pub(super) body: Range<usize>,
    name: Range<usize>,
}

impl Directive {
    /// `define`, `if`, …
    pub(super) fn name<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.name.clone()).unwrap_or("")
    }

    /// What follows the name, without comments at its end.
    pub(super) fn body<'t>(&self, text: &'t str) -> &'t str {
        let body = text.get(self.body.clone()).unwrap_or("");
        let end = ["/*", "//"].iter().filter_map(|comment| body.find(comment)).min().unwrap_or(body.len());
        &body[..end]
    }
}

/// All directives of a text, in order.
pub(super) fn directives(text: &str) -> Vec<Directive> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut line_start = true;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => {
                line_start = true;
                at += 1;
            }
            b'#' if line_start => {
                let end = logical_line_end(bytes, at);
                found.push(directive(bytes, at..end));
                at = end;
            }
            b' ' | b'\t' | b'\r' | 0x0C => at += 1,
            _ => {
                let after = skip(bytes, at);
                // A comment before a directive does not stop it from being one.
                line_start &= bytes[at..after].starts_with(b"/*");
                at = after;
            }
        }
    }
    found
}

fn directive(bytes: &[u8], range: Range<usize>) -> Directive {
    let skip_while = |from: usize, fits: fn(u8) -> bool| {
        from + bytes[from..range.end].iter().take_while(|byte| fits(**byte)).count()
    };
    let is_blank = |byte| matches!(byte, b' ' | b'\t');
    let start = skip_while(range.start + 1, is_blank);
    let end = skip_while(start, word_byte);
    let body = skip_while(end, is_blank);
    Directive { body: body..range.end, name: start..end, range }
}

/// The end of the line, which goes on after a backslash and through a comment.
fn logical_line_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at - usize::from(at > 0 && bytes[at - 1] == b'\r'),
            b'\\' if bytes[at + 1..].starts_with(b"\n") => at += 2,
            b'\\' if bytes[at + 1..].starts_with(b"\r\n") => at += 3,
            b'/' if bytes[at + 1..].starts_with(b"*") => at = skip(bytes, at),
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of what begins here: a comment, a literal, a word or one character.
pub(super) fn skip(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let length = match rest {
        [b'/', b'*', inside @ ..] => memchr::memmem::find(inside, b"*/").map_or(rest.len(), |end| end + 4),
        [b'/', b'/', ..] => line_comment(rest),
        [b'"' | b'\'', ..] => quoted(rest),
        [b'R', b'"', ..] => raw(rest).unwrap_or(1),
        [b'L' | b'u' | b'U', b'R', b'"', ..] => raw(&rest[1..]).map_or(1, |length| length + 1),
        [b'u', b'8', b'R', b'"', ..] => raw(&rest[2..]).map_or(1, |length| length + 2),
        [b'0'..=b'9', ..] => number(rest),
        [first, ..] if word_byte(*first) => rest.iter().take_while(|byte| word_byte(**byte)).count(),
        _ => 1,
    };
    at + length
}

/// Bytes of names, and of characters beyond ASCII.
pub(super) fn word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn line_comment(rest: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'\n', rest);
    let end = ends.into_iter().find(|end| !rest[..*end].trim_ascii_end().ends_with(b"\\"));
    end.unwrap_or(rest.len())
}

/// A literal in quotes; one that does not end on its line ends with it.
fn quoted(rest: &[u8]) -> usize {
    let quote = rest[0];
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `R"x(…)x"`.
fn raw(rest: &[u8]) -> Option<usize> {
    let open = rest.iter().take(20).position(|byte| *byte == b'(')?;
    let mut close = vec![b')'];
    close.extend_from_slice(&rest[2..open]);
    close.push(b'"');
    memchr::memmem::find(&rest[open..], &close).map(|at| open + at + close.len())
}

/// A number with its digit separators and suffix.
fn number(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        let separates = byte == b'\'' && rest.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !(word_byte(byte) || byte == b'.' || separates) {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_found_outside_comments_and_literals() {
        let text =
            "#define A 1 /* x\n y */ 2\n/* # no */ # if X // why\n\"\n#yes\n'#' R\"(\n#no\n)\" 1'0 \\\n#endif\\\n  z\n";
        let found: Vec<(&str, &str)> =
            directives(text).iter().map(|directive| (directive.name(text), directive.body(text).trim())).collect();
        assert_eq!(found, [("define", "A 1"), ("if", "X"), ("yes", ""), ("endif", "\\\n  z")]);
    }
}
