//! Macaroons (Birgisson et al., NDSS 2014): bearer tokens whose caveats say until when they hold.
//!
//! Serialised in packets (version 1), in tagged fields (version 2) or as JSON (libmacaroons' `doc/format.txt`), mostly in
//! base64. A caveat is text that the service defines: `time-before` of the bakery (Juju, snaps, LND), `time <` of
//! libmacaroons' own examples, and PyPI's `[0, until, from]`. Base64 of a caveat has three spellings, by the place of
//! its first byte, so that the tokens are found by them and nothing else is decoded.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::calendar::{self, Instant};
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, base64_text, date};

/// Where a token shows: a caveat in base64, PyPI's prefix, a caveat in JSON.
static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?-u)dGltZS1iZWZvcmUg|RpbWUtYmVmb3JlI|0aW1lLWJlZm9yZS|dGltZSA8I|RpbWUgPC|0aW1lIDwg|pypi-AgE",
        r#"|"i"\s*:\s*"(?:time-before|time <) [0-9TZ:.+-]{8,40}""#,
    ))
    .ok()
});

/// A caveat with an end: as a date, in seconds or milliseconds, or PyPI's.
static CAVEAT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:time-before|time <) ([0-9][0-9TZ:.+-]{7,39})|\[0, ?([0-9]{9,11}), ?[0-9]{1,11}\]").ok()
});

/// The longest token, in characters.
const LONGEST: usize = 16 << 10;

/// The findings of every macaroon with a caveat on the time.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    let Some(token) = TOKEN.as_ref() else { return Vec::new() };
    let (mut at, mut found) = (0, Vec::new());
    while let Some(hit) = token.find_at(bytes, at) {
        let range = match hit.as_bytes() {
            [b'"', ..] => hit.range(),
            [b'p', ..] => hit.start()..run_end(bytes, hit.end()),
            _ => run_start(bytes, hit.start())..run_end(bytes, hit.end()),
        };
        // A run is decoded once, whatever comes of it.
        at = range.end.max(hit.end());
        let text = &bytes[range.clone()];
        let plain = match hit.as_bytes() {
            [b'"', ..] => Some(text.to_vec()),
            _ => packed(text.strip_prefix(b"pypi-").unwrap_or(text)),
        };
        let Some(plain) = plain else { continue };
        found.extend(expiring(&plain, range.start..range.end.min(range.start + 80)));
    }
    found
}

fn run_start(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(LONGEST);
    bytes[floor..at].iter().rposition(|byte| !is_character(*byte)).map_or(floor, |before| floor + before + 1)
}

fn run_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take(LONGEST).take_while(|byte| is_character(**byte)).count()
}

fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The bytes of a token, if it is a macaroon of version 1 (a packet begins with its length in four hexadecimal digits and
/// a key) or 2 (a byte, then a field for the location or the identifier).
fn packed(text: &[u8]) -> Option<Vec<u8>> {
    let plain = base64_text::decode(text)?;
    let packets = plain.len() > 24
        && plain[..4].iter().all(u8::is_ascii_hexdigit)
        && (plain[4..].starts_with(b"location ") || plain[4..].starts_with(b"identifier "));
    (packets || matches!(plain.as_slice(), [2, 1 | 2, ..])).then_some(plain)
}

/// The finding of a token at the first of its ends: all caveats must hold.
fn expiring(plain: &[u8], range: Range<usize>) -> Option<Expiring> {
    let ends = CAVEAT.as_ref()?.captures_iter(plain).filter_map(|caveat| {
        let text = caveat.get(1).or(caveat.get(2))?;
        time(std::str::from_utf8(text.as_bytes()).ok()?)
    });
    let at = ends.min()?;
    let message = format!("macaroon holds until {}", date(at));
    Some(Expiring::new(Rule::TokenExpiry, range, at, message, format!("macaroon {}", at.seconds())))
}

fn time(text: &str) -> Option<Instant> {
    match text.parse::<i64>() {
        Ok(number) => {
            let seconds = if number > 100_000_000_000 { number / 1000 } else { number };
            (946_684_800..100_000_000_000).contains(&seconds).then_some(Instant::from_seconds(seconds))
        }
        Err(_) => calendar::read(text).map(|reading| reading.instant()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn messages(text: &str) -> Vec<String> {
        read(&Source::new("a.env", text.as_bytes())).into_iter().map(|thing| thing.message).collect()
    }

    fn packet(key: &str, value: &str) -> String {
        format!("{:04x}{key} {value}\n", key.len() + value.len() + 6)
    }

    fn version_1(location: &str, caveats: &[&str]) -> Vec<u8> {
        let caveats: String = caveats.iter().map(|caveat| packet("cid", caveat)).collect();
        let head = format!("{}{}{caveats}", packet("location", location), packet("identifier", "id"));
        [head.as_bytes(), &packet("signature", "0123456789abcdef0123456789abcdef").into_bytes()].concat()
    }

    fn version_2(location: &str, caveat: &str) -> Vec<u8> {
        let field = |tag: u8, text: &str| [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        [&[2][..], &field(1, location), &field(2, "id"), &[0], &field(2, caveat), &[0, 0], &field(6, "signature")]
            .concat()
    }

    #[test]
    fn a_caveat_says_the_end_wherever_it_stands() {
        for location in ["a", "ab", "abc"] {
            for caveat in ["time-before 2031-05-06T07:08:09Z", "time < 2031-05-06T07:08", "time < 1935803289000"] {
                let first = version_1(location, &["account = 3", caveat]);
                let second = version_2(location, caveat);
                for text in [
                    URL_SAFE_NO_PAD.encode(&first),
                    STANDARD.encode(&first),
                    URL_SAFE_NO_PAD.encode(&second),
                    format!("Macaroon root=\"{}\"", STANDARD.encode(&second)),
                ] {
                    assert_eq!(messages(&text), ["macaroon holds until 2031-05-06"], "{location} {caveat}");
                }
            }
        }
        let pypi = format!("pypi-{}", URL_SAFE_NO_PAD.encode(version_2("pypi.org", "[0, 1935803289, 1577836800]")));
        assert_eq!(messages(&format!("password = {pypi}\n")), ["macaroon holds until 2031-05-06"]);
        let json = r#"{"v":2,"l":"x","i":"id","c":[{"i":"time-before 2031-05-06T07:08:09Z"}],"s64":"abc"}"#;
        assert_eq!(messages(json), ["macaroon holds until 2031-05-06"]);
    }

    #[test]
    fn the_first_end_counts_and_other_texts_are_silent() {
        let both = version_1("a", &["time < 2032-01-01T00:00", "time < 2031-05-06T07:08"]);
        assert_eq!(messages(&STANDARD.encode(both)), ["macaroon holds until 2031-05-06"]);
        for text in [
            STANDARD.encode(version_1("a", &["account = 3"])),
            STANDARD.encode("if the time < 2031-05-06T07:08 it is early"),
            "pypi-AgEIcHlwaS5vcmc".to_owned(),
            "pypi-AgE".to_owned(),
            "RpbWUgPC".repeat(5_000),
        ] {
            assert!(messages(&text).is_empty(), "{text}");
        }
    }
}
