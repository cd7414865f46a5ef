//! From bytes to text, without ever failing on it: lines stay lines, whatever the bytes are.

use std::borrow::Cow;

/// How a text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little endian, by its mark.
    Utf16Le,
    /// UTF-16, big endian, by its mark.
    Utf16Be,
    /// Something else that extends ASCII.
    Unknown,
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// Without byte order mark.
    pub text: Cow<'a, str>,
    /// What it was.
    pub encoding: Encoding,
    /// Some characters are guesses.
    pub lossy: bool,
}

/// Bytes that are looked at to tell text from binary, as git does.
const HEAD: usize = 8 * 1024;

/// Whether the bytes are no text: they hold a NUL near their start and are not marked as UTF-16.
pub fn is_binary(bytes: &[u8]) -> bool {
    utf16(bytes).is_none() && memchr::memchr(0, &bytes[..bytes.len().min(HEAD)]).is_some()
}

/// The bytes as text. Bytes that are not UTF-8 are read as Latin-1, one by one, so that an old source file with an
/// accent in a comment keeps its lines and columns.
pub fn text(bytes: &[u8]) -> Decoded<'_> {
    if let Some((encoding, units)) = utf16(bytes) {
        return from_utf16(bytes, encoding, units);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), encoding: Encoding::Utf8, lossy: false };
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
    Decoded { text: Cow::Owned(text), encoding: Encoding::Unknown, lossy: true }
}

/// Reads two bytes as a unit of UTF-16.
type Unit = fn([u8; 2]) -> u16;

/// Which UTF-16 the bytes are marked as.
fn utf16(bytes: &[u8]) -> Option<(Encoding, Unit)> {
    match bytes {
        // That of UTF-32, which nobody writes source in: not text.
        [0xFF, 0xFE, 0, 0, ..] => None,
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, u16::from_le_bytes)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, u16::from_be_bytes)),
        _ => None,
    }
}

fn from_utf16(bytes: &[u8], encoding: Encoding, unit: Unit) -> Decoded<'static> {
    let (pairs, rest) = bytes[2..].as_chunks::<2>();
    let mut lossy = !rest.is_empty();
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        lossy |= decoded.is_err();
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Decoded { text: Cow::Owned(text), encoding, lossy }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        for (bytes, expected, encoding, lossy) in [
            (&b"a\nb"[..], "a\nb", Encoding::Utf8, false),
            (b"", "", Encoding::Utf8, false),
            (b"\xEF\xBB\xBFa\xC3\xA9", "aé", Encoding::Utf8, false),
            (b"caf\xE9\n\xC3\xA9", "café\né", Encoding::Unknown, true),
            (b"\xFF\xFEa\0\n\0", "a\n", Encoding::Utf16Le, false),
            (b"\xFE\xFF\0a\0\n", "a\n", Encoding::Utf16Be, false),
            (b"\xFF\xFEa\0\n", "a", Encoding::Utf16Le, true),
            (b"\xFE\xFF\xD8\x00", "\u{FFFD}", Encoding::Utf16Be, true),
        ] {
            let decoded = text(bytes);
            assert_eq!((&*decoded.text, decoded.encoding, decoded.lossy), (expected, encoding, lossy), "{bytes:?}");
        }
    }

    #[test]
    fn zero_bytes_make_a_binary() {
        assert!(is_binary(b"ELF\0"));
        assert!(!is_binary(b"\xFF\xFEa\0"));
        assert!(is_binary(b"\xFF\xFE\0\0a\0\0\0"));
        assert!(!is_binary(b""));
    }

    proptest! {
        #[test]
        fn lines_survive(bytes: Vec<u8>) {
            prop_assume!(utf16(&bytes).is_none());
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
            prop_assert_eq!(text(&bytes).text.matches('\n').count(), lines);
        }
    }
}
