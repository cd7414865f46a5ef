//! Android's binary XML (ResourceTypes.h): what `aapt` makes of a manifest and of `res/xml`. Every element says its line,
//! so that the text has the same lines as its source.

use super::{MOST, array, escape};

/// Types of chunks.
const DOCUMENT: u16 = 0x0003;
const STRINGS: u16 = 0x0001;
const START: u16 = 0x0102;
const END: u16 = 0x0103;
const TEXT: u16 = 0x0104;
/// No string.
const NONE: u32 = u32::MAX;
/// The flag of a pool whose strings are UTF-8.
const UTF8: u32 = 1 << 8;
/// Lines beyond this are not kept apart.
const LINES: u32 = 100_000;
/// The longest string that is written, in bytes.
const LONGEST: usize = 64 << 10;

/// The document as XML.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let (kind, header, _) = chunk(bytes, 0)?;
    (kind == DOCUMENT && header == 8).then_some(())?;
    let mut pool = None;
    let (mut at, mut line, mut out) = (header, 1, String::new());
    while let Some((kind, header, size)) = chunk(bytes, at).filter(|_| out.len() < MOST) {
        let chunk = bytes.get(at..at.checked_add(size)?)?;
        match (kind, &pool) {
            (STRINGS, None) => pool = Some(Pool { bytes: chunk }),
            (START | END | TEXT, Some(pool)) => {
                let own = u32_at(chunk, 8)?.min(LINES);
                while kind == START && line < own {
                    out.push('\n');
                    line += 1;
                }
                node(kind, chunk.get(header..)?, pool, &mut out)?;
            }
            _ => {}
        }
        at += size;
    }
    pool.map(|_| out)
}

/// Type, length of the header and of the whole; no chunk is shorter than its own header.
fn chunk(bytes: &[u8], at: usize) -> Option<(u16, usize, usize)> {
    let kind = u16_at(bytes, at)?;
    let (header, size) = (usize::from(u16_at(bytes, at + 2)?), usize::try_from(u32_at(bytes, at + 4)?).ok()?);
    (header >= 8 && size >= header).then_some((kind, header, size))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

fn node(kind: u16, body: &[u8], pool: &Pool<'_>, out: &mut String) -> Option<()> {
    if kind == TEXT {
        escape(&pool.string(u32_at(body, 0)?).unwrap_or_default(), out);
        return Some(());
    }
    let name = word(&pool.string(u32_at(body, 4)?).unwrap_or_default());
    if kind == END {
        out.push_str(&format!("</{name}>"));
        return Some(());
    }
    out.push_str(&format!("<{name}"));
    let (from, size, count) = (u16_at(body, 8)?, usize::from(u16_at(body, 10)?), u16_at(body, 12)?);
    for n in 0..usize::from(count) {
        let at = usize::from(from) + n * size;
        let (space, key, raw) = (u32_at(body, at)?, u32_at(body, at + 4)?, u32_at(body, at + 8)?);
        let value = pool.string(raw).or_else(|| typed(*body.get(at + 15)?, u32_at(body, at + 16)?, pool));
        let prefix = if space == NONE { "" } else { "android:" };
        out.push_str(&format!(" {prefix}{}=\"", word(&pool.string(key).unwrap_or_default())));
        escape(&value.unwrap_or_default(), out);
        out.push('"');
    }
    out.push('>');
    Some(())
}

/// A value that is no raw text.
fn typed(kind: u8, data: u32, pool: &Pool<'_>) -> Option<String> {
    match kind {
        0x03 => pool.string(data),
        0x10 => Some(data.cast_signed().to_string()),
        0x11 => Some(format!("{data:#x}")),
        0x12 => Some((data != 0).to_string()),
        0x01 => Some(format!("@0x{data:08x}")),
        _ => None,
    }
}

/// A name, without what no name may hold.
fn word(text: &str) -> String {
    let name: String = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

/// The pool of strings, as it stands in the file.
struct Pool<'b> {
    bytes: &'b [u8],
}

impl Pool<'_> {
    fn string(&self, index: u32) -> Option<String> {
        let header = usize::from(u16_at(self.bytes, 2)?);
        (index < u32_at(self.bytes, 8)?).then_some(())?;
        let at = u32_at(self.bytes, header.checked_add(usize::try_from(index).ok()?.checked_mul(4)?)?)?;
        let at = usize::try_from(at).ok()?.checked_add(usize::try_from(u32_at(self.bytes, 20)?).ok()?)?;
        if u32_at(self.bytes, 16)? & UTF8 != 0 { self.utf8(at) } else { self.utf16(at) }
    }

    /// Its length in characters and in bytes, each in one byte or two, then the bytes.
    fn utf8(&self, at: usize) -> Option<String> {
        let long = |at: usize| Some(usize::from(self.bytes.get(at)? & 0x80 != 0));
        let at = at + 1 + long(at)?;
        let (first, more) = (usize::from(*self.bytes.get(at)?), long(at)?);
        let length = if more == 1 { (first & 0x7F) << 8 | usize::from(*self.bytes.get(at + 1)?) } else { first };
        let text = self.bytes.get(at + 1 + more..)?.get(..length.min(LONGEST))?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// Its length in units, in one unit or two, then the units.
    fn utf16(&self, at: usize) -> Option<String> {
        let first = usize::from(u16_at(self.bytes, at)?);
        let (length, at) = if first & 0x8000 != 0 {
            ((first & 0x7FFF) << 16 | usize::from(u16_at(self.bytes, at + 2)?), at + 4)
        } else {
            (first, at + 2)
        };
        let units = self.bytes.get(at..)?.get(..length.min(LONGEST / 2) * 2)?;
        let units = units.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}
