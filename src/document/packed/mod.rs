//! Documents that a build packs: binary property lists and Android's binary XML, put back into the XML that they were.
//!
//! What reads the text need not know. Packed documents can hold the same part many times, so what comes out is bounded.

mod axml;
mod plist;
#[cfg(test)]
mod tests;

/// The most text that comes out, in bytes.
const MOST: usize = 4 << 20;

/// The text of a packed document; `None` for everything else.
pub fn unpacked(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(plist::MAGIC) { plist::text(bytes) } else { axml::text(bytes) }
}

/// Text for XML, escaped.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !c.is_whitespace() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

/// The bytes at a place, as many as the number takes.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
