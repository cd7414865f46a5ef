//! [`find_all`]: the dates inside longer text, such as a comment or a message.
//!
//! Numbers in prose are mostly not dates, so a candidate must stand alone: not inside a longer number, a version, an
//! address, a UUID or an identifier.

use std::ops::Range;

use super::cursor::Cursor;
use super::text::{Precision, Prefix, Reading, Shape, prefix};

/// Every date in the text with its byte range, in order; ranges do not overlap.
///
/// Forms that a version number or path could have (`2021.01.02`, `10/2021/01`) are left out, and so is what only
/// continues an identifier (`v2021-01-02`, `CVE-2021-01`). A file name such as `log-2020-01-01.txt` does match.
pub fn find_all(text: &str) -> Vec<(Range<usize>, Reading)> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let date = if starts_alone(text, at) { date_at(text, at) } else { None };
        let end = date.map_or_else(|| at + run(bytes, at), |(_, end)| end);
        if let Some((reading, end)) = date {
            found.push((at..end, reading));
        }
        at = end.max(at + 1);
    }
    found
}

/// The length of the run of digits, or of letters, that starts there.
fn run(bytes: &[u8], at: usize) -> usize {
    let digits = bytes.get(at).is_some_and(u8::is_ascii_digit);
    let same = |byte: &&u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == digits;
    bytes.iter().skip(at).take_while(same).count()
}

fn starts_alone(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or("").chars().rev();
    match before.next() {
        None => true,
        Some(joint @ ('.' | '-' | '+' | '/' | ':' | ',' | '_' | '=')) => match before.next() {
            Some(further) if further.is_ascii_digit() => matches!(joint, ':' | '=') || joint == ',',
            Some(further) if further.is_alphanumeric() => joint != '.',
            _ => joint != '.',
        },
        Some(other) => !other.is_alphanumeric() && other != '$',
    }
}

fn date_at(text: &str, at: usize) -> Option<(Reading, usize)> {
    let rest = text.get(at..)?;
    let mut cursor = Cursor::new(rest);
    let found = prefix(&mut cursor)?;
    let end = cursor.position();
    let (before, after) = (text.get(..at)?, rest.get(end..)?);
    (ends_alone(&found, after) && stands_alone(&found, before, after)).then_some((found.reading, at + end))
}

fn ends_alone(found: &Prefix, after: &str) -> bool {
    let mut after = after.chars();
    match after.next() {
        None => true,
        Some(joint @ ('.' | '-' | '/' | ':' | '+')) => match after.next() {
            Some(further) if further.is_ascii_digit() => false,
            Some(further) => joint != '-' || found.shape != Shape::Compact || !further.is_alphanumeric(),
            None => true,
        },
        Some('_') => found.shape != Shape::Compact || !after.next().is_some_and(char::is_alphanumeric),
        Some(other) => !other.is_alphanumeric(),
    }
}

/// Forms that other things share need clearer surroundings.
fn stands_alone(found: &Prefix, before: &str, after: &str) -> bool {
    match found.shape {
        Shape::Version => false,
        Shape::Slashed => !before.ends_with('/') && !after.starts_with('/'),
        Shape::Plain if found.reading.precision == Precision::Month => {
            !before.ends_with('-') && !after.starts_with('-')
        }
        Shape::Compact | Shape::Plain => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find_all(text).into_iter().map(|(range, _)| text.get(range).unwrap()).collect()
    }

    #[test]
    fn finds_dates_in_prose() {
        for (text, expected) in [
            ("remove after June 2023", vec!["June 2023"]),
            ("TODO(2024-01-01): drop", vec!["2024-01-01"]),
            ("TODO(me, 2024-01-01)", vec!["2024-01-01"]),
            ("until=2024-01-01T10:00:00Z.", vec!["2024-01-01T10:00:00Z"]),
            ("from 2020-01-02 to 2020-03-04, then 5 May 2021", vec!["2020-01-02", "2020-03-04", "5 May 2021"]),
            ("log-2020-01-01.txt", vec!["2020-01-01"]),
            ("expires on August 12th, 2008 at 3:04 PM local", vec!["August 12th, 2008 at 3:04 PM"]),
            ("bis 31.12.2023.", vec!["31.12.2023"]),
            ("by 12/31/2023", vec!["12/31/2023"]),
            ("backup-20240101_000000.log", vec!["20240101_000000"]),
            ("\"20231231\"", vec!["20231231"]),
            ("Ende: 2024-01-01…", vec!["2024-01-01"]),
            ("EOL 2025-10", vec!["2025-10"]),
            ("deprecated since:2024-01-01", vec!["2024-01-01"]),
        ] {
            assert_eq!(found(text), expected, "{text:?}");
        }
    }

    #[test]
    fn passes_what_is_no_date() {
        for text in [
            "version 1.2021.01.02",
            "2021.01.02",
            "v2021-01-02",
            "10.0.20.21",
            "20210102-1234-4abc-8def-0123456789ab",
            "120210102",
            "20210102030405123",
            "CVE-2021-10",
            "CVE-2021-12345",
            "pages 1999-2001",
            "a2021-01-02b",
            "2021-01-02-rc1.2021-01-02-03",
            "https://example.com/2021/01/02/post",
            "2021-01-02T",
            "the may 20 people",
            "0x20240101",
            "1609459200",
        ] {
            let expected: Vec<&str> = if text.starts_with("2021-01-02-rc1") { vec!["2021-01-02"] } else { Vec::new() };
            assert_eq!(found(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_inside(text in "([0-9]{1,8}[-/. T:]?|[a-zé ]|May |2021-01-02|\\PC){0,12}") {
            let mut last = 0;
            for (range, _) in find_all(&text) {
                prop_assert!(range.start >= last && text.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
