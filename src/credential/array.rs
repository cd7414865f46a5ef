//! DER and PEM spelled out as source code: `0x30, 0x82, …` and `48, 130, …` in arrays of any language, `\x30\x82…` in strings.
//!
//! `xxd -i` makes such arrays of whole files. As with base64, a DER value says its own length, so that exactly one is read; the finding stands on the line that
//! declares the array.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::source::Source;
use super::{Expiring, der, held, pem};

/// How a SEQUENCE of 256 to 65,535 bytes begins in each spelling.
static BEGINNING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let cast = r"(?:\(\s*(?:byte|char|unsigned char|uint8_t)\s*\)\s*)?";
    let hexadecimal = format!(r"{cast}\b0x30(?:u8)?\s*,\s*{cast}0x82(?:u8)?\b");
    Regex::new(&format!(r"(?i-u)(?:{hexadecimal}|\b48\s*,\s*130\s*,|\\x30\\x82)")).ok()
});

/// How armour begins in each spelling: five dashes and `B`.
static ARMOUR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let hexadecimal = r"\b(?:0x2d(?:u8)?\s*,\s*){5}0x42\b";
    Regex::new(&format!(r"(?i-u)(?:{hexadecimal}|\b(?:45\s*,\s*){{5}}66\s*,|(?:\\x2d){{5}}\\x42)")).ok()
});

/// The longest text that is read out of an array, in bytes.
const LONGEST: usize = 1 << 20;

/// The most bytes of source that one byte of an array may take, with its comments.
const WIDEST: usize = 64;

/// The findings of every array that holds a certificate or revocation list, or a text with one.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    let Some(beginning) = BEGINNING.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(hit) = beginning.find_at(bytes, at) {
        let (held, length) = value_at(&bytes[hit.start()..]);
        at = hit.end().max(hit.start() + length);
        found.extend(at_declaration(source, hit.start(), held));
    }
    found.extend(armoured(source).unwrap_or_default());
    found
}

/// The findings of every array that holds a PEM text.
fn armoured(source: &Source) -> Option<Vec<Expiring>> {
    let (bytes, beginning) = (source.bytes(), ARMOUR.as_ref()?);
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(hit) = beginning.find_at(bytes, at) {
        let (text, length) = collect(&bytes[hit.start()..], LONGEST);
        at = hit.end().max(hit.start() + length);
        found.extend(at_declaration(source, hit.start(), pem::held_in(&text)));
    }
    Some(found)
}

/// What the value at the start of a text holds, and how much of the text it takes.
fn value_at(text: &[u8]) -> (Vec<held::Held>, usize) {
    let (header, _) = collect(text, 5);
    let (Some((_, length)), Some(&inner)) = (der::measure(&header), header.get(4)) else { return Default::default() };
    if inner != der::SEQUENCE && inner != der::OBJECT_IDENTIFIER {
        return Default::default();
    }
    let (value, read) = collect(&text[..text.len().min(length * WIDEST)], length);
    (if value.len() == length { held::held(&value) } else { Vec::new() }, read)
}

/// The findings at the line that declares an array whose bytes begin at `start`.
fn at_declaration(source: &Source, start: usize, held: Vec<held::Held>) -> Vec<Expiring> {
    let declaration = declaration(source, start);
    let mut found = pem::expiring(source, held.into_iter().map(|held| (declaration.clone(), held)));
    if declaration.start != start {
        found.iter_mut().for_each(|thing| thing.data = Some(start));
    }
    found
}

/// The line with a name above the bytes: at most a few lines up, over braces and comments.
fn declaration(source: &Source, start: usize) -> Range<usize> {
    let (mut line_start, line) = source.line_at(start);
    let mut text = &line[..start - line_start];
    for _ in 0..6 {
        let code = text.trim_ascii();
        let named = code.iter().any(u8::is_ascii_alphabetic) && !code.starts_with(b"/") && !code.starts_with(b"*");
        if named {
            let indent = text.len() - text.trim_ascii_start().len();
            return line_start + indent..line_start + indent + code.len();
        }
        if line_start == 0 {
            break;
        }
        (line_start, text) = source.line_at(line_start - 1);
    }
    start..start + 4
}

/// Reads up to `limit` bytes spelled out at the start of `text`, over commas, casts and comments; and the length of the
/// text that was read for them.
fn collect(text: &[u8], limit: usize) -> (Vec<u8>, usize) {
    let mut found = Vec::with_capacity(limit.min(1 << 16));
    let mut at = 0;
    while found.len() < limit && at < text.len() {
        let rest = &text[at..];
        let step = match rest {
            [b'0', b'x' | b'X', ..] | [b'\\', b'x', ..] => number(&rest[2..], 16, 2, &mut found).map(|n| n + 2),
            [b'0'..=b'9', ..] => number(rest, 10, 3, &mut found),
            [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/").map(|end| end + 2),
            [b'/', b'/', ..] | [b'#', ..] => memchr::memchr(b'\n', rest),
            [b'(', ..] => memchr::memchr(b')', &rest[..rest.len().min(24)]).map(|end| end + 1),
            [b'u', b'8', ..] => Some(2),
            [b',' | b'"' | b'\'' | b'+' | b'\\' | b'b' | b'L' | b'U' | b'u', ..] => Some(1),
            [byte, ..] if byte.is_ascii_whitespace() => Some(1),
            _ => None,
        };
        let Some(step) = step else { break };
        at += step;
    }
    (found, at)
}

/// Reads one number of at most `most` digits into `found`; its length in the text, `None` if it is no byte.
fn number(text: &[u8], radix: u32, most: usize, found: &mut Vec<u8>) -> Option<usize> {
    let digits = text.iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let digits_text = std::str::from_utf8(&text[..digits]).ok()?;
    found.push(u8::from_str_radix(digits_text, radix).ok()?);
    Some(digits)
}
