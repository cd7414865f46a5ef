//! Reads base64 (RFC 4648) through whatever text carries it.
//!
//! A certificate reaches a source tree as a plain file, indented in YAML, as a literal with `\n` escapes, as adjacent,
//! concatenated or listed literals, behind `*` or `//` in a comment, or percent-encoded. Letters of those wrappings
//! (`\n`, `+`, `/`) are letters of the alphabet too, so the wrapping has to be understood rather than filtered out.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Decodes base64 or base64url, padded or not; a last lone character (a cut text) is dropped. `None` if a character is
/// foreign.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = &text[..text.iter().position(|byte| *byte == b'=').unwrap_or(text.len())];
    let text = if text.len() % 4 == 1 { &text[..text.len() - 1] } else { text };
    let engine = if text.iter().any(|byte| matches!(byte, b'-' | b'_')) { &URL } else { &STANDARD };
    engine.decode(text).ok()
}

/// How foreign text is met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign<'a> {
    /// It is passed over: the caller knows where the base64 ends. Each line may begin with this prefix.
    Skip(&'a [u8]),
    /// It ends the reading; only what joins literals is passed over.
    Stop,
}

/// Collects up to `limit` characters of the base64 alphabet from the start of `text`, which must not begin inside an
/// escape; and the length of text that was read for them. Stops at padding, at a `-` (an END marker) and, if asked, at
/// foreign text.
pub(super) fn collect(text: &[u8], limit: usize, foreign: Foreign) -> (Vec<u8>, usize) {
    let mut reader = Reader { text, at: 0, found: Vec::new(), foreign };
    while reader.found.len() < limit && reader.step() {}
    (reader.found, reader.at.min(text.len()))
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    found: Vec<u8>,
    foreign: Foreign<'a>,
}

impl Reader<'_> {
    /// Reads one character or one piece of wrapping; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(&byte) = self.text.get(self.at) else { return false };
        self.at += 1;
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => self.found.push(byte),
            b'\n' => self.line_start(),
            b' ' | b'\t' | b'\r' => {}
            b'\\' => return self.escape(),
            b'&' => self.entity(),
            b'%' => self.percent(),
            b'"' | b'\'' | b'`' => return self.between_literals(byte),
            b'=' | b'-' => return false,
            _ => return matches!(self.foreign, Foreign::Skip(_)),
        }
        true
    }

    /// Passes over the prefix that every line of a comment or patch has, and `Key: value` headers (RFC 4880 § 6.2).
    fn line_start(&mut self) {
        let Foreign::Skip(prefix) = self.foreign else { return };
        let rest = &self.text[self.at..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if !prefix.is_empty() && rest[blank..].starts_with(prefix) {
            self.at += blank + prefix.len();
        }
        self.at += header(&self.text[self.at..]);
    }

    /// What follows a backslash: `\n`, `\r`, `\t` carry nothing, `\/` and `\u002b` are characters, `\"` is a quote.
    fn escape(&mut self) -> bool {
        while self.text.get(self.at) == Some(&b'\\') {
            self.at += 1;
        }
        match self.text.get(self.at) {
            Some(b'n') => {
                self.at += 1;
                if let Foreign::Skip(_) = self.foreign {
                    self.at += header(&self.text[self.at..]);
                }
            }
            Some(b'r' | b't') => self.at += 1,
            Some(b'u') => self.code(1, 4, 16),
            Some(b'x') => self.code(1, 2, 16),
            Some(b'0'..=b'3') => self.code(0, 3, 8),
            _ => {}
        }
        true
    }

    /// A numeric escape of `digits` digits after `skip` characters.
    fn code(&mut self, skip: usize, digits: usize, radix: u32) {
        let from = self.at + skip;
        let number = self.text.get(from..from + digits).and_then(|text| std::str::from_utf8(text).ok());
        if let Some(code) = number.and_then(|text| u32::from_str_radix(text, radix).ok()) {
            self.at = from + digits;
            self.push_code(code);
        }
    }

    fn push_code(&mut self, code: u32) {
        match u8::try_from(code) {
            Ok(byte @ (b'+' | b'/')) => self.found.push(byte),
            Ok(byte) if byte.is_ascii_alphanumeric() => self.found.push(byte),
            _ => {}
        }
    }

    /// A character reference of HTML or XML: `&#10;`, `&#x2B;`.
    fn entity(&mut self) {
        let window = &self.text[self.at..self.text.len().min(self.at + 8)];
        let Some(end) = window.iter().position(|byte| *byte == b';') else { return };
        self.at += end + 1;
        let name = std::str::from_utf8(&window[..end]).unwrap_or_default();
        let code = match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => name.strip_prefix('#').and_then(|decimal| decimal.parse().ok()),
        };
        self.push_code(code.unwrap_or(0));
    }

    /// A percent-encoded character of a URL (RFC 3986 § 2.1).
    fn percent(&mut self) {
        self.code(0, 2, 16);
    }

    /// A quote closes a literal: goes on after the next quote of its kind if only joining text lies between.
    fn between_literals(&mut self, quote: u8) -> bool {
        let rest = &self.text[self.at..];
        let Some(length) = memchr::memchr(quote, rest) else { return false };
        if self.foreign == Foreign::Stop && !rest[..length].iter().all(|byte| joins(*byte)) {
            return false;
        }
        self.at += length + 1;
        if let Foreign::Skip(_) = self.foreign {
            self.at += header(&self.text[self.at..]);
        }
        true
    }
}

/// Whether a byte may stand between two literals that make one value.
fn joins(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'+' | b'.' | b'\\' | b'&' | b'(' | b')')
}

/// The length of an armour header at the start of `text` (`Version: GnuPG v1`), up to the end of its line; 0 if there
/// is none.
fn header(text: &[u8]) -> usize {
    let name = text.iter().take(24).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
    if name < 3 || !text[name..].starts_with(b": ") {
        return 0;
    }
    text.iter().take(512).position(|byte| matches!(byte, b'\n' | b'\\' | b'"' | b'\'' | b'`')).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn wrappings_carry_nothing() {
        let cases: [&[u8]; 18] = [
            b"AAAABBBB",
            b"\n    AAAA\r\n    BBBB\n",
            b"\\nAAAA\\nBBBB\\n",
            b"\\r\\nAAAA\\\\nBBBB\\n",
            b"\\n\" +\n  \"AAAA\\n\" +\n  \"BBBB\\n\"",
            b"\\r\\n\"   \\\n \"AAAA\\r\\n\"   \\\n \"BBBB\"",
            b"',\n 'AAAA',\n 'BBBB',\n",
            b"\\n\\\nAAAA\\n\\\nBBBB\\n\\\n",
            b"\n// AAAA\n// BBBB\n// ",
            b"&#10;AAAA&#xA;BBBB",
            b"%0AAAAA%0D%0ABBBB",
            b"\\u000aAAAA\\x0aBBBB",
            b"\\012AAAA\\012BBBB",
            b"\nVersion: GnuPG v1.4 (GNU/Linux)\n\nAAAA\nBBBB\n=abcd",
            b"\\nVersion: x\\nComment: y z\\n\\nAAAABBBB",
            b"\" . PHP_EOL .\n\"AAAA\" . PHP_EOL . \"BBBB\"",
            b"\\nAAAA\\nBBBB==\\n",
            b"AAAABBBB-----END",
        ];
        for text in cases {
            let (found, _) = collect(text, usize::MAX, Foreign::Skip(b"//"));
            assert_eq!(found, b"AAAABBBB", "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn escaped_characters_are_characters() {
        let (found, _) = collect(b"A\\/B\\u002bC&#x2B;D%2FE", usize::MAX, Foreign::Stop);
        assert_eq!(found, b"A/B+C+D/E");
    }

    #[test]
    fn foreign_text_stops_a_value() {
        assert_eq!(collect(b"AAAA, BBBB", usize::MAX, Foreign::Stop).0, b"AAAA");
        assert_eq!(collect(b"AAAA\", \"BBBB", usize::MAX, Foreign::Stop).0, b"AAAA");
        assert_eq!(collect(b"AAAA\"\n + \"BBBB\"", usize::MAX, Foreign::Stop).0, b"AAAABBBB");
        assert_eq!(collect(b"AAAABBBB", 3, Foreign::Stop).0, b"AAA");
    }

    #[test]
    fn decoding_is_lenient_about_ends_only() {
        assert_eq!(decode(b"Zm9v").unwrap(), b"foo");
        assert_eq!(decode(b"Zm8=").unwrap(), b"fo");
        assert_eq!(decode(b"Zm9vY").unwrap(), b"foo");
        assert_eq!(decode(b"-_-_").unwrap(), [0xFB, 0xFF, 0xBF]);
        assert_eq!(decode(b"Zm!v"), None);
    }
}
