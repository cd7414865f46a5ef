//! Finds what looks like a date, in hand-written byte code: a regular expression over every file would cost more than
//! reading it.
//!
//! Every form of date that the later stages can read holds the four digits of a year, `20yy`, or a long number. So there
//! are two passes, each at the speed of memory: one jumps from `20` to `20`, the other asks blocks of bytes for seven
//! digits in a row with plain comparisons that the compiler turns into vector code. Only what they stop at is looked at.
//!
//! Full dates and epoch numbers are strong ([`Marks::DEADLINE`]); a bare year, or a number that is more likely a
//! frequency or a limit, is weak ([`Marks::YEAR`]). Years outside 2000 to 2099 are none: a gate that far back is open
//! for good, and later ones mean "never".

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::calendar::month_of;

use super::marks::Marks;

/// Bytes that are asked at once for long numbers.
const BLOCK: usize = 64;
/// How far a block's questions look past it.
const AHEAD: usize = 4;
/// Longer numbers are no dates.
const LONGEST: usize = 24;

/// Calls `visit` with the first digit of what looks like a date and with [`Marks::DEADLINE`] or [`Marks::YEAR`], in
/// order, until it returns `false`. Long numbers are left to [`numbers`].
pub(super) fn years(bytes: &[u8], mut visit: impl FnMut(usize, Marks) -> bool) {
    static TWENTY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("20"));
    for at in TWENTY.find_iter(bytes) {
        if let Some(mark) = year_at(bytes, at)
            && !visit(at, mark)
        {
            break;
        }
    }
}

/// As [`years`], for epoch numbers. `separator` may stand between groups of three digits.
pub(super) fn numbers(bytes: &[u8], separator: Option<u8>, mut visit: impl FnMut(usize, Marks) -> bool) {
    let mut at = 0;
    while let Some(block_end) = next_block(bytes, &mut at, separator) {
        while at < block_end {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let digits = run(bytes, at);
            let mark = number_at(bytes, at, digits, separator);
            if mark.is_some_and(|mark| !visit(at, mark)) {
                return;
            }
            at += digits;
        }
    }
}

/// The year of a hit (of an epoch number, give or take a day around New Year); the latest there is if it cannot be told.
pub(super) fn year_of(bytes: &[u8], at: usize) -> u32 {
    const YEAR: u64 = 31_556_952;
    match run(bytes, at) {
        4 | 8 | 12 | 14 => number(&bytes[at..at + 4]),
        10 | 13 | 16 | 19 => {
            let seconds = bytes[at..at + 10].iter().fold(0, |n, digit| n * 10 + u64::from(digit - b'0'));
            1970 + (seconds / YEAR) as u32
        }
        _ => u32::MAX,
    }
}

/// Moves `at` to the first digit of the next block that may hold a long number; gives the block's end.
fn next_block(bytes: &[u8], at: &mut usize, separator: Option<u8>) -> Option<usize> {
    let done = *at;
    while let Some(window) = bytes.get(*at..).and_then(|rest| rest.first_chunk::<{ BLOCK + AHEAD }>()) {
        if has_long_number(window) || separator.is_some_and(|separator| has_groups(window, separator)) {
            let end = *at + BLOCK;
            // It may have begun in the block before.
            let begun = bytes[done..*at].iter().rev().take(LONGEST);
            *at -= begun.take_while(|byte| byte.is_ascii_digit() || Some(**byte) == separator).count();
            return Some(end);
        }
        *at += BLOCK;
    }
    let begun = bytes[done..(*at).min(bytes.len())].iter().rev().take(LONGEST);
    *at -= begun.take_while(|byte| byte.is_ascii_digit() || Some(**byte) == separator).count();
    (*at < bytes.len()).then_some(bytes.len())
}

/// Whether a block holds seven digits from a multiple of four on; any run of ten does. (`:` to `?` count as digits.)
fn has_long_number(window: &[u8; BLOCK + AHEAD]) -> bool {
    const HIGH: u32 = 0xF0F0_F0F0;
    const DIGIT: u32 = 0x3030_3030;
    let (quads, _) = window[..BLOCK].as_chunks::<4>();
    let (later, _) = window[3..BLOCK + 3].as_chunks::<4>();
    quads.iter().zip(later).fold(false, |found, (first, second)| {
        let (first, second) = (u32::from_le_bytes(*first), u32::from_le_bytes(*second));
        found | (((first | second) & HIGH == DIGIT) & (first & second & DIGIT == DIGIT))
    })
}

/// Whether a block holds a separator before three bytes and another.
fn has_groups(window: &[u8; BLOCK + AHEAD], separator: u8) -> bool {
    (0..BLOCK).fold(false, |found, i| {
        found | ((window[i] == separator) & (window[i + 4] == separator) & (window[i + 1] & 0xF0 == 0x30))
    })
}

/// How many digits stand here.
fn run(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether a number may begin at `at`, rather than go on or belong to a name.
fn begins(bytes: &[u8], at: usize) -> bool {
    at == 0 || !(is_name(bytes[at - 1]) || bytes[at - 1] >= 0x80)
}

/// What the digits at `at`, which begin with `20`, may be.
fn year_at(bytes: &[u8], at: usize) -> Option<Marks> {
    let text = &bytes[at..];
    if text.len() < 4 || !text[2].is_ascii_digit() || !text[3].is_ascii_digit() || !begins(bytes, at) {
        return None;
    }
    match text.iter().take(LONGEST).take_while(|byte| byte.is_ascii_digit()).count() {
        4 => year(bytes, at),
        8 | 12 | 14 => {
            let (month, day) = (number(&text[4..6]), number(&text[6..8]));
            ((1..=12).contains(&month) && is_day(day)).then_some(Marks::DEADLINE)
        }
        _ => None,
    }
}

/// What the run of digits at `at` may be, if it is not a year.
fn number_at(bytes: &[u8], at: usize, digits: usize, separator: Option<u8>) -> Option<Marks> {
    let after = bytes.get(at + digits).copied();
    if digits > LONGEST || !begins(bytes, at) || after == Some(b'.') {
        return None;
    }
    if digits <= 3 && after.is_some() && after == separator {
        return grouped(&bytes[at..at + digits], &bytes[at + digits..]);
    }
    epoch(&bytes[at..at + digits])
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970 in 2001 to 2100; FILETIME and .NET ticks likewise.
fn epoch(text: &[u8]) -> Option<Marks> {
    let plausible = match text.len() {
        10 | 13 | 16 | 19 => (10..=40).contains(&number(&text[..2])),
        18 => matches!(number(&text[..2]), 12..=16 | 63..=66),
        _ => false,
    };
    // Frequencies, the limits of 32 bits, and what people type for "any number".
    let round = text.iter().rev().take_while(|byte| **byte == b'0').count() + 4 >= text.len();
    let usual = [&b"21474836"[..], b"1234567890"].iter().any(|start| text.starts_with(start));
    plausible.then_some(if round || usual { Marks::YEAR } else { Marks::DEADLINE })
}

/// `1_700_000_000` and `1'700'000'000`, from the first group on.
fn grouped(first: &[u8], after: &[u8]) -> Option<Marks> {
    let separator = after.first()?;
    let mut text = [0; LONGEST];
    let mut length = first.len();
    text[..length].copy_from_slice(first);
    for group in after.chunks(4) {
        if group.len() < 4 || group[0] != *separator || !group[1..].iter().all(u8::is_ascii_digit) {
            break;
        }
        text.get_mut(length..length + 3)?.copy_from_slice(&group[1..]);
        length += 3;
    }
    epoch(&text[..length])
}

/// A year at `at`: part of a date, alone, or part of something else.
fn year(bytes: &[u8], at: usize) -> Option<Marks> {
    let (before, after) = (&bytes[..at], &bytes[at + 4..]);
    if month_and_day_follow(after) || named_month_follows(after) || month_precedes(before) {
        return Some(Marks::DEADLINE);
    }
    let prefix = before.last().copied().unwrap_or(b' ');
    let fraction = matches!(prefix, b'.' | b'-')
        && before.len() > 1
        && is_name(before[before.len() - 2])
        && !is_month_ending(&before[..before.len() - 1]);
    let [next, then] = [after.first(), after.get(1)].map(|byte| byte.copied().unwrap_or(b' '));
    let suffix = matches!(next, b'u' | b'U' | b'l' | b'L');
    // In the last field of a schedule (`0 0 1 1 ? 2030-2031`) a range is none of a copyright.
    let ranges = next == b'-' && (before.ends_with(b"? ") || before.ends_with(b"* "));
    let joined = matches!(next, b'.' | b'-') && is_name(then) && !ranges && !is_month_alone(after);
    let more = (is_name(next) && !suffix) || joined || next == b'%';
    // Without a month, what lies further ahead is a size, a limit or "never": 2047, 2048.
    let near = matches!(number(&bytes[at..at + 4]), 2001..=2040);
    (near && !fraction && !more).then_some(Marks::YEAR)
}

/// `-08` of `2026-08`, and nothing after it.
fn is_month_alone(after: &[u8]) -> bool {
    let [b'-', tens @ b'0'..=b'1', ones @ b'0'..=b'9', rest @ ..] = after else { return false };
    let month = number(&[*tens, *ones]);
    let ends = rest.first().is_none_or(|next| !is_name(*next) && !matches!(next, b'-' | b'.' | b':'));
    (1..=12).contains(&month) && (ends || matches!(rest, [b':' | b'.', b' ' | b'\n', ..]))
}

/// `08` of `08.2026`, and no number before it.
fn is_month_ending(before: &[u8]) -> bool {
    let [rest @ .., tens @ b'0'..=b'1', ones @ b'0'..=b'9'] = before else { return false };
    let begins = rest.last().is_none_or(|byte| !is_name(*byte) && !matches!(byte, b'-' | b'.' | b':'));
    begins && (1..=12).contains(&number(&[*tens, *ones]))
}

/// `-08-12`, `/8/12`, `.08.12`, `, 8, 12`.
fn month_and_day_follow(after: &[u8]) -> bool {
    let Some((separator, month, rest)) = separated(after) else { return false };
    let Some((again, day, rest)) = separated(rest) else { return false };
    let ends = rest.first().is_none_or(|byte| !byte.is_ascii_digit());
    // Months from 0: JavaScript, Java and C count them so.
    separator == again && (separator == b',' || month > 0) && month <= 12 && is_day(day) && ends
}

/// A separator and a number of one or two digits, with blanks between after a comma.
fn separated(text: &[u8]) -> Option<(u8, u32, &[u8])> {
    let (separator, mut rest) = text.split_first()?;
    match separator {
        b',' => rest = rest.trim_ascii_start(),
        b'-' | b'/' | b'.' => {}
        _ => return None,
    }
    let digits = rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    matches!(digits, 1 | 2).then(|| (*separator, number(&rest[..digits]), &rest[digits..]))
}

/// `, Calendar.AUGUST`, `-Aug`, ` August`.
fn named_month_follows(after: &[u8]) -> bool {
    let blanks = after.iter().take(3).take_while(|byte| matches!(byte, b',' | b' ' | b'-')).count();
    if blanks == 0 {
        return false;
    }
    let word = &after[blanks..];
    let length = word.iter().take(40).take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b':')).count();
    let word = &word[..length];
    let last = word.iter().rposition(|byte| matches!(byte, b'.' | b':')).map_or(word, |dot| &word[dot + 1..]);
    starts_with_month(last)
}

/// `12-Aug-`, `August 12, `, `Aug. 12th `, `12.08.`, `08/12/`.
fn month_precedes(before: &[u8]) -> bool {
    let between = |byte: &u8| matches!(byte, b' ' | b',' | b'.' | b'/' | b'-');
    if !before.last().is_some_and(between) {
        return false;
    }
    let near = &before[before.len().saturating_sub(24)..];
    let start = near.iter().rposition(|byte| !between(byte) && !byte.is_ascii_alphanumeric()).map_or(0, |n| n + 1);
    let mut words = near[start..].rsplit(between).filter(|word| !word.is_empty());
    let (last, earlier) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let digits = run(last, 0);
    if starts_with_month(last) {
        return true;
    }
    if !matches!(digits, 1 | 2) || !is_day(number(&last[..digits])) {
        return false;
    }
    let numeric = digits == last.len() && matches!(before.last(), Some(b'.' | b'/' | b'-'));
    let day = run(earlier, 0);
    starts_with_month(earlier) || (numeric && matches!(day, 1 | 2) && day == earlier.len())
}

/// An English month, whole or as three letters.
fn starts_with_month(word: &[u8]) -> bool {
    std::str::from_utf8(word).ok().and_then(month_of).is_some()
}

fn is_day(day: u32) -> bool {
    (1..=31).contains(&day)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hits(text: &str) -> Vec<(usize, Marks)> {
        let mut hits = Vec::new();
        let mut note = |at, mark| {
            hits.push((at, mark));
            true
        };
        years(text.as_bytes(), &mut note);
        numbers(text.as_bytes(), Some(if text.contains('\'') { b'\'' } else { b'_' }), &mut note);
        hits.sort();
        hits
    }

    /// All marks, wherever the text stands in its block.
    fn marks(text: &str) -> Vec<Marks> {
        let plain: Vec<Marks> = hits(text).into_iter().map(|(_, mark)| mark).collect();
        for shift in (1..70).chain([127, 128, 129]) {
            let padded = format!("{}{text}{}", " ".repeat(shift), " ".repeat(200));
            let moved: Vec<Marks> = hits(&padded).into_iter().map(|(_, mark)| mark).collect();
            assert_eq!(moved, plain, "{text} moved by {shift}");
        }
        plain
    }

    #[test]
    fn full_dates_and_epoch_numbers_are_deadlines() {
        for text in [
            "2008-08-12",
            "\"2008-08-12T00:00\"",
            "2008/8/12",
            "2008.08.12",
            "20080812",
            "20080812T00",
            "20080812000000",
            "(2008, 8, 12)",
            "(2008, 0, 31)",
            "(2008,8,12",
            "12-Aug-2008",
            "12 August 2008",
            "Aug 12, 2008",
            "August 12th, 2008",
            "Sept. 2 2008",
            "Sept 2008",
            "12.08.2008",
            "08/12/2008",
            "\"10/12/2005\"",
            "(\"Jul 11, 2007\")",
            "(2008, Calendar.AUGUST, 12)",
            "2008, Month::May, 1",
            "2008-Aug-12",
            "1218499200",
            "1218499200L",
            "1218499200000",
            "1218499200000000000",
            "128629728000000000",
            "633541392000000000",
            "1_218_499_200",
            "1'218'499'200",
            "= 1_700_000_001_000;",
        ] {
            assert_eq!(marks(text), [Marks::DEADLINE], "{text}");
        }
    }

    #[test]
    fn bare_years_and_round_numbers_are_weak() {
        for text in [
            "2008",
            "year > 2008)",
            "2021L",
            "2008;",
            "'2008'",
            "1000000000",
            "2147483647",
            "1200000000",
            "2008, 13, 1",
            "2008-06",
            "(2008-12)",
            "06.2008",
        ] {
            assert_eq!(marks(text), [Marks::YEAR], "{text}");
        }
    }

    #[test]
    fn other_numbers_are_not_dates() {
        for text in [
            "1999",
            "1999-12-31",
            "2100",
            "9999-12-31",
            "0x2008",
            "a2008",
            "x_2008",
            "2008px",
            "120080",
            "1.2008",
            "CVE-2008-1234",
            "2008.5",
            "20081332",
            "1218499200.5",
            "4294967295",
            "12345678901",
            "100",
            "20",
            "1_000_000",
            "20%",
            "2008_01",
            "2000",
            "2041",
            "2048",
        ] {
            assert_eq!(marks(text), [], "{text}");
        }
    }

    #[test]
    fn several_are_found_in_order() {
        let places: Vec<usize> =
            hits("2001-01-01 2002-02-02 x 2003 1700000001").into_iter().map(|(at, _)| at).collect();
        assert_eq!(places, [0, 11, 24, 29]);
    }

    proptest! {
        #[test]
        fn no_bytes_upset_it(bytes: Vec<u8>, digits in "[0-9_ 20/.-]{0,300}") {
            hits(&String::from_utf8_lossy(&bytes));
            hits(&digits);
        }
    }
}
