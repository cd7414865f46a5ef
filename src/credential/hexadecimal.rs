//! DER in hexadecimal text (`30820577308203…`), as tests and configuration of cryptographic code carry it.
//!
//! As everywhere, the value says its own length, and the search goes on after what was collected.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::base64_text::{self, Foreign};
use super::source::Source;
use super::{Expiring, der, held, pem};

/// How a SEQUENCE of 256 to 4,095 bytes begins whose first member is a SEQUENCE, too.
static BEGINNING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)(?:^|[^0-9a-z]|\b0x|\\n)(30820[0-9a-f]{3}308)").ok());

/// The findings of every value outside armour.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    let Some(beginning) = BEGINNING.as_ref() else { return Vec::new() };
    let (mut at, mut found) = (0, Vec::new());
    while let Some(hit) = beginning.captures_at(bytes, at).and_then(|found| found.get(1)) {
        let text = &bytes[hit.start()..];
        let header = decode(&text[..8]).unwrap_or_default();
        let length = der::measure(&header).map_or(0, |(_, length)| length);
        let (digits, read) = base64_text::collect(text, length * 2, Foreign::Stop);
        at = hit.end().max(hit.start() + read);
        let value = decode(&digits).filter(|value| value.len() == length).unwrap_or_default();
        found.extend(held::held(&value).into_iter().map(|held| (hit.range(), held)));
    }
    pem::expiring(source, found.into_iter())
}

fn decode(digits: &[u8]) -> Option<Vec<u8>> {
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
