//! [`Cursor`]: the small scanner under the date readers, and the names of months and weekdays.
//!
//! It moves over ASCII only, so a position is always a character boundary; anything else simply does not match.

/// A position in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes passed so far.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes one ASCII byte.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = byte.is_ascii() && self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Passes one of these ASCII bytes and says which.
    pub(super) fn eat_any(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| byte.is_ascii() && bytes.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    /// Passes this very text.
    pub(super) fn eat_text(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Passes blanks and says how many there were.
    pub(super) fn spaces(&mut self) -> usize {
        let count = self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.at += count;
        count
    }

    /// How many digits follow.
    pub(super) fn digit_run(&self) -> usize {
        self.rest().bytes().take_while(u8::is_ascii_digit).count()
    }

    /// Passes `min` to `max` digits, as many as there are; `max` is at most 18.
    pub(super) fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let length = self.digit_run().min(max);
        let digits = self.rest().get(..length).filter(|_| length >= min && length > 0)?;
        let value = digits.parse().ok()?;
        self.at += length;
        Some(value)
    }

    /// Passes digits after a decimal point as nanoseconds; those beyond the ninth are dropped.
    pub(super) fn fraction(&mut self) -> Option<i64> {
        let length = self.digit_run();
        let digits = self.rest().get(..length.min(9)).filter(|digits| !digits.is_empty())?;
        let value: i64 = digits.parse().ok()?;
        let scale = 10_i64.pow(9 - digits.len() as u32);
        self.at += length;
        Some(value * scale)
    }

    /// Passes ASCII letters, at least one.
    pub(super) fn word(&mut self) -> Option<&'t str> {
        let length = self.rest().bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = self.rest().get(..length).filter(|word| !word.is_empty())?;
        self.at += length;
        Some(word)
    }

    /// Runs a reader and goes back to where it started if it fails.
    pub(super) fn attempt<T>(&mut self, reader: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let read = reader(self);
        if read.is_none() {
            self.at = start;
        }
        read
    }
}

/// English month names, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// English weekday names, Monday first.
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The month (1 to 12) of a name in full or of three letters, in any case; `Sept` too.
pub fn month_of(word: &str) -> Option<i64> {
    if word.eq_ignore_ascii_case("sept") {
        return Some(9);
    }
    named(word, &MONTHS)
}

/// The weekday (1 to 7) of a name in full or of three letters, in any case; `Tues`, `Thur` and `Thurs` too.
pub(super) fn weekday_of(word: &str) -> Option<i64> {
    match word.to_ascii_lowercase().as_str() {
        "tues" => Some(2),
        "thur" | "thurs" => Some(4),
        _ => named(word, &WEEKDAYS),
    }
}

fn named(word: &str, names: &[&str]) -> Option<i64> {
    let matches = |name: &&str| {
        word.eq_ignore_ascii_case(name) || name.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short))
    };
    names.iter().position(matches).map(|index| index as i64 + 1)
}
