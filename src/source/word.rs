//! The words of the sift's vocabulary, and whether one stands at a place.

use std::ops::Range;

use super::marks::Marks;

/// Longer lines were not written by hand: what stands further from a date than this has nothing to do with it.
const LINE: usize = 256;

/// A word that the sift looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiftWord {
    /// The word. If `loose`, in lower case with its parts joined by `_`: `valid_until`.
    pub text: String,
    /// What a file that holds it can matter for.
    pub marks: Marks,
    /// Any spelling: `valid_until`, `validUntil`, `ValidUntil`, `VALID_UNTIL`, `valid-until`, `validuntil`.
    pub loose: bool,
    /// Not within a longer name: `time` is not in `mktime`. A loose word may be part of a compound:
    /// `trial` is in `trial_days` and `isTrial`, not in `industrial`.
    pub whole: bool,
    /// Followed by `(`, with at most one blank between.
    pub call: bool,
    /// Counts only if a date or year stands on the same line, at most 256 bytes away.
    pub dated: bool,
    /// Counts only near a word of the calendar: a number that is a year among other things.
    pub of_calendar: bool,
    /// Followed by at least so many letters, digits, `+` and `/`: `MII` is also the name of a network bus, `MII_BUS`.
    pub base64: usize,
}

/// A word as it is searched for: one spelling of its end, ready to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: Vec<u8>,
    pub(super) marks: Marks,
    pub(super) loose: bool,
    pub(super) dated: bool,
    pub(super) of_calendar: bool,
    whole: bool,
    base64: usize,
}

impl SiftWord {
    /// A word as it is written.
    pub fn exact(text: &str, marks: Marks) -> Self {
        Self { text: text.to_owned(), marks, ..Self::default() }
    }

    /// A whole name that is called.
    pub fn call(text: &str, marks: Marks) -> Self {
        Self { whole: true, call: true, ..Self::exact(text, marks) }
    }

    /// A word in any spelling.
    pub fn loose(text: &str, marks: Marks) -> Self {
        Self { loose: true, whole: true, ..Self::exact(text, marks) }
    }

    /// The literals to search for; none for an empty word.
    pub(super) fn literals(&self) -> impl Iterator<Item = Literal> {
        let endings: &[&str] = if self.text.is_empty() {
            &[]
        } else if self.call {
            &["(", " ("]
        } else {
            &[""]
        };
        endings.iter().map(|ending| Literal {
            text: format!("{}{ending}", self.text).into_bytes(),
            marks: self.marks,
            loose: self.loose,
            whole: self.whole,
            dated: self.dated,
            of_calendar: self.of_calendar,
            base64: self.base64,
        })
    }
}

impl Literal {
    /// Whether the word stands where its byte number `offset` was found at `at`.
    pub(super) fn stands_at(&self, bytes: &[u8], at: usize, offset: usize) -> bool {
        let span = if self.loose { self.loosely(bytes, at, offset) } else { self.exactly(bytes, at, offset) };
        span.is_some_and(|(start, end)| {
            (!self.whole || self.is_whole(bytes, start, end)) && goes_on_in_base64(bytes, end, self.base64)
        })
    }

    fn exactly(&self, bytes: &[u8], at: usize, offset: usize) -> Option<(usize, usize)> {
        let start = at.checked_sub(offset)?;
        let end = start + self.text.len();
        (bytes.get(start..end)? == self.text).then_some((start, end))
    }

    /// Compares without case; a `_` in the word stands for `_`, `-`, a blank or nothing.
    fn loosely(&self, bytes: &[u8], at: usize, offset: usize) -> Option<(usize, usize)> {
        let (mut start, mut end) = (at, at);
        for expected in self.text[..offset].iter().rev() {
            let found = start.checked_sub(1).map(|i| bytes[i]);
            match (expected, found) {
                (b'_', Some(b'_' | b'-' | b' ')) => start -= 1,
                (b'_', _) => {}
                (letter, Some(byte)) if byte.eq_ignore_ascii_case(letter) => start -= 1,
                _ => return None,
            }
        }
        for expected in &self.text[offset..] {
            match (expected, bytes.get(end)) {
                (b'_', Some(b'_' | b'-' | b' ')) => end += 1,
                (b'_', _) => {}
                (letter, Some(byte)) if byte.eq_ignore_ascii_case(letter) => end += 1,
                _ => return None,
            }
        }
        Some((start, end))
    }

    fn is_whole(&self, bytes: &[u8], start: usize, end: usize) -> bool {
        let before = start.checked_sub(1).map_or(b' ', |i| bytes[i]);
        let after = bytes.get(end).copied().unwrap_or(b' ');
        let (first, last) = (bytes[start], bytes[end - 1]);
        let (goes_on_before, goes_on_after) = if self.loose {
            // A compound has seams: `isTrial`, but neither `industrial` nor `TRIALS`.
            let lower = before.is_ascii_lowercase() && first.is_ascii_uppercase();
            let upper = after.is_ascii_uppercase() && !last.is_ascii_uppercase();
            (before.is_ascii_alphanumeric() && !lower, after.is_ascii_alphabetic() && !upper)
        } else {
            (is_name(first) && is_name(before), is_name(last) && is_name(after))
        };
        !goes_on_before && !goes_on_after
    }
}

fn goes_on_in_base64(bytes: &[u8], from: usize, count: usize) -> bool {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    bytes.get(from..from.saturating_add(count)).is_some_and(|text| text.iter().all(belongs))
}

/// The line around a place, at most `LINE` bytes to either side.
pub(super) fn line_around(bytes: &[u8], at: usize) -> Range<usize> {
    let before = &bytes[at.saturating_sub(LINE)..at];
    let after = &bytes[at..bytes.len().min(at + LINE)];
    let start = memchr::memrchr(b'\n', before).map_or(before.len(), |newline| before.len() - newline - 1);
    at - start..at + memchr::memchr(b'\n', after).unwrap_or(after.len())
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
