//! [`read`]: is this text a date, in any form that needs no locale to understand?
//!
//! One hand-written reader covers ISO 8601 (extended and basic), RFC 2822, RFC 850, HTTP and cookie dates, `asctime`,
//! C's `__DATE__ __TIME__`, OpenSSL's print form, JavaScript's and Go's default forms, access logs and English prose
//! (`12 August 2008`, `August 12th, 2008`, `Aug 2008`). A form whose parts could be swapped (`03/04/2021`) is read by
//! [`read_slashed`], where the caller knows the order.

use serde::Deserialize;

use super::civil::{Civil, Instant, NANOS};
use super::clock::{Clock, clock, zone};
use super::cursor::{Cursor, month_of, weekday_of};

/// What zone a text stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ReadZone {
    /// `Z`, `UTC`, `GMT`, or an offset of zero.
    Utc,
    /// Seconds east of UTC.
    Offset(i32),
    /// None: whoever reads it decides.
    Unstated,
}

/// How finely a text names the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Precision {
    /// A year.
    Year,
    /// A month of a year.
    Month,
    /// A day.
    Day,
    /// A time of day.
    Time,
}

/// A date that was read from text. Missing parts are the first of January, midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Reading {
    /// The wall-clock time as written.
    pub civil: Civil,
    /// The zone it is in.
    pub zone: ReadZone,
    /// How much of it was written.
    pub precision: Precision,
}

impl Reading {
    /// A reading of a whole day without a zone.
    pub const fn day(civil: Civil) -> Self {
        Self { civil, zone: ReadZone::Unstated, precision: Precision::Day }
    }

    /// The instant it names; without a zone, as if it were in UTC.
    pub fn instant(&self) -> Instant {
        let offset = if let ReadZone::Offset(seconds) = self.zone { i128::from(seconds) } else { 0 };
        Instant(self.civil.instant().0 - offset * NANOS)
    }
}

/// Which of two numbers before the year is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayOrder {
    /// `31/12/2021`
    DayFirst,
    /// `12/31/2021`
    MonthFirst,
}

/// Longer text is never one date.
const LONGEST: usize = 96;

/// Reads a text that is, apart from blanks around it, one date and nothing else.
pub fn read(text: &str) -> Option<Reading> {
    whole(text, |cursor| prefix(cursor).map(|found| found.reading))
}

/// Reads `31/12/2021`, `31-12-2021` or `31.12.2021` (four-digit years, with or without a time) in the order given.
pub fn read_slashed(text: &str, order: DayOrder) -> Option<Reading> {
    whole(text, |cursor| {
        let (first, second, year, _) = day_month_year(cursor)?;
        let (day, month) = if order == DayOrder::DayFirst { (first, second) } else { (second, first) };
        finish(cursor, Civil::from_ymd(year, month, day)?)
    })
}

fn whole(text: &str, reader: impl FnOnce(&mut Cursor<'_>) -> Option<Reading>) -> Option<Reading> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let mut cursor = Cursor::new(text);
    let reading = reader(&mut cursor)?;
    cursor.at_end().then_some(reading)
}

/// How a date was written, as far as it matters for telling dates from other numbers in prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `20210102`
    Compact,
    /// `2021.01.02`, `2021-1`: a version number looks the same.
    Version,
    /// `2021/01/02`: a path looks the same.
    Slashed,
    /// Anything else.
    Plain,
}

/// A date at the start of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix {
    pub(super) reading: Reading,
    pub(super) shape: Shape,
}

/// Reads the longest date at the cursor and passes it.
pub(super) fn prefix(cursor: &mut Cursor<'_>) -> Option<Prefix> {
    let plain = |reading| Prefix { reading, shape: Shape::Plain };
    match cursor.digit_run() {
        0 => cursor.attempt(worded).map(plain),
        8 | 14 => cursor.attempt(compact).map(|reading| Prefix { reading, shape: Shape::Compact }),
        4 => cursor.attempt(year_first),
        1 | 2 => cursor
            .attempt(day_and_month_name)
            .map(plain)
            .or_else(|| cursor.attempt(numbers))
            .or_else(|| cursor.attempt(month_and_year)),
        _ => None,
    }
}

/// `20210102`, `20210102T030405Z`, `20210102030405`.
fn compact(cursor: &mut Cursor<'_>) -> Option<Reading> {
    let joined = cursor.digit_run() == 14;
    let date = Civil::from_ymd(cursor.number(4, 4).filter(plausible)?, cursor.number(2, 2)?, cursor.number(2, 2)?)?;
    if !joined {
        return finish(cursor, date);
    }
    let clock = Clock::new(cursor.number(2, 2)?, cursor.number(2, 2)?, cursor.number(2, 2)?)?;
    let zone = cursor.attempt(zone).unwrap_or(ReadZone::Unstated);
    clock.on(date, zone)
}

fn plausible(year: &i64) -> bool {
    (1970..2200).contains(year)
}

/// `2021-01-02`, `2021/1/2`, `2021.01.02`, `2021-01`, `2021-Jan-02`, `2021 Jan 2`.
fn year_first(cursor: &mut Cursor<'_>) -> Option<Prefix> {
    let year = cursor.number(4, 4)?;
    let separator = cursor.eat_any(b"-/. ")?;
    if let Some(word) = cursor.attempt(Cursor::word) {
        let month = month_of(word)?;
        let day = (cursor.eat_any(&[separator])).and_then(|_| cursor.number(1, 2))?;
        return Some(Prefix { reading: finish(cursor, Civil::from_ymd(year, month, day)?)?, shape: Shape::Plain });
    }
    if separator == b' ' {
        return None;
    }
    let wide = cursor.digit_run() == 2;
    let month = cursor.number(1, 2)?;
    let day = cursor.attempt(|cursor| {
        cursor.eat_any(&[separator])?;
        if cursor.digit_run() > 2 { None } else { cursor.number(1, 2) }
    });
    let Some(day) = day else {
        let civil = Civil::from_ymd(year, month, 1).filter(|_| wide && separator != b'.' && plausible(&year))?;
        let reading = Reading { civil, zone: ReadZone::Unstated, precision: Precision::Month };
        return Some(Prefix { reading, shape: if separator == b'-' { Shape::Plain } else { Shape::Slashed } });
    };
    let shape = match separator {
        b'.' => Shape::Version,
        b'/' => Shape::Slashed,
        _ if !wide => Shape::Version,
        _ => Shape::Plain,
    };
    Some(Prefix { reading: finish(cursor, Civil::from_ymd(year, month, day)?)?, shape })
}

/// `31/12/2021` and `12/31/2021`, where one part can only be the day; `31.12.2021`, where the day always comes first.
fn numbers(cursor: &mut Cursor<'_>) -> Option<Prefix> {
    let (first, second, year, separator) = day_month_year(cursor)?;
    let (month, day) = match separator {
        b'.' => (second, first),
        _ if first > 12 || first == second => (second, first),
        _ if second > 12 => (first, second),
        _ => return None,
    };
    let reading = finish(cursor, Civil::from_ymd(year, month, day)?)?;
    Some(Prefix { reading, shape: if separator == b'/' { Shape::Slashed } else { Shape::Plain } })
}

/// `01/2024`.
fn month_and_year(cursor: &mut Cursor<'_>) -> Option<Prefix> {
    let month = cursor.number(2, 2)?;
    let year = cursor.eat(b'/').then(|| year(cursor))?.filter(plausible)?;
    let reading =
        Reading { civil: Civil::from_ymd(year, month, 1)?, zone: ReadZone::Unstated, precision: Precision::Month };
    Some(Prefix { reading, shape: Shape::Slashed })
}

fn day_month_year(cursor: &mut Cursor<'_>) -> Option<(i64, i64, i64, u8)> {
    let first = cursor.number(1, 2)?;
    let separator = cursor.eat_any(b"/-.")?;
    let second = cursor.number(1, 2)?;
    cursor.eat_any(&[separator])?;
    let year = Some(cursor).filter(|cursor| cursor.digit_run() == 4)?.number(4, 4)?;
    Some((first, second, year, separator))
}

/// `12 August 2008`, `12th of Aug, 2008`, `12-aug-2008`, `02/Jan/2021:03:04:05 +0000`, `12Aug2008`.
fn day_and_month_name(cursor: &mut Cursor<'_>) -> Option<Reading> {
    let day = ordinal(cursor)?;
    let separator = separate(cursor);
    cursor.attempt(|cursor| {
        let of = cursor.word()?.eq_ignore_ascii_case("of");
        (of && cursor.spaces() > 0).then_some(())
    });
    let month = month_of(cursor.word()?)?;
    if separate(cursor) != separator {
        return None;
    }
    let year = year(cursor)?;
    finish(cursor, Civil::from_ymd(year, month, day)?)
}

/// Passes `-`, `/`, or blanks with an optional comma before them, and says which it was (0 for nothing).
fn separate(cursor: &mut Cursor<'_>) -> u8 {
    cursor.eat_any(b"-/").unwrap_or_else(|| {
        let comma = cursor.eat(b',');
        let spaces = cursor.spaces();
        if comma || spaces > 0 { b' ' } else { 0 }
    })
}

/// A day of the month with an optional `st`, `nd`, `rd` or `th`.
fn ordinal(cursor: &mut Cursor<'_>) -> Option<i64> {
    if cursor.digit_run() > 2 {
        return None;
    }
    let day = cursor.number(1, 2)?;
    cursor.attempt(|cursor| {
        let suffix = cursor.word()?;
        ["st", "nd", "rd", "th"].iter().any(|known| suffix.eq_ignore_ascii_case(known)).then_some(())
    });
    Some(day)
}

/// A year of exactly four digits.
fn year(cursor: &mut Cursor<'_>) -> Option<i64> {
    if cursor.digit_run() == 4 { cursor.number(4, 4) } else { None }
}

/// What starts with a word: a weekday before any other form, or a month.
fn worded(cursor: &mut Cursor<'_>) -> Option<Reading> {
    let word = cursor.word()?;
    if let Some(month) = month_of(word) {
        return after_month(cursor, month);
    }
    weekday_of(word)?;
    cursor.eat(b',');
    cursor.spaces();
    if cursor.digit_run() > 0 {
        return cursor
            .attempt(rfc850)
            .or_else(|| cursor.attempt(day_and_month_name))
            .or_else(|| cursor.attempt(year_first).map(|found| found.reading));
    }
    let month = month_of(cursor.word()?)?;
    after_month(cursor, month)
}

/// `02-Jan-21 03:04:05 GMT` after a weekday (RFC 850, obsolete in RFC 9110 section 5.6.7).
fn rfc850(cursor: &mut Cursor<'_>) -> Option<Reading> {
    let day = cursor.number(2, 2)?;
    let month = cursor.eat(b'-').then(|| cursor.word())?.and_then(month_of)?;
    let year = (cursor.eat(b'-') && cursor.digit_run() == 2).then(|| cursor.number(2, 2))??;
    let reading = finish(cursor, Civil::from_ymd(pivot(year), month, day)?)?;
    (reading.precision == Precision::Time).then_some(reading)
}

/// The century of a two-digit year as POSIX has it: 69 to 99 are 1969 to 1999, 0 to 68 are 2000 to 2068.
pub(super) const fn pivot(year: i64) -> i64 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

/// After a month's name: `12, 2008`, `2 2021 03:04:05`, ` 2 03:04:05 2021 GMT`, `2008`.
fn after_month(cursor: &mut Cursor<'_>, month: i64) -> Option<Reading> {
    let hyphen = cursor.eat(b'-');
    if !hyphen {
        cursor.eat(b'.');
        cursor.eat(b',');
        if cursor.spaces() == 0 {
            return None;
        }
    }
    if cursor.digit_run() == 4 {
        let civil = Civil::from_ymd(cursor.number(4, 4).filter(plausible)?, month, 1)?;
        return Some(Reading { civil, zone: ReadZone::Unstated, precision: Precision::Month });
    }
    let day = ordinal(cursor)?;
    if hyphen {
        let year = cursor.eat(b'-').then(|| year(cursor))??;
        return finish(cursor, Civil::from_ymd(year, month, day)?);
    }
    separate(cursor);
    if let Some(year) = year(cursor) {
        return finish(cursor, Civil::from_ymd(year, month, day)?);
    }
    let clock = clock(cursor)?;
    let before = cursor.attempt(zone);
    cursor.spaces();
    let year = year(cursor)?;
    let zone = before.or_else(|| cursor.attempt(zone)).unwrap_or(ReadZone::Unstated);
    clock.on(Civil::from_ymd(year, month, day)?, zone)
}

/// The optional time and zone after a complete date.
fn finish(cursor: &mut Cursor<'_>, date: Civil) -> Option<Reading> {
    let time = cursor.attempt(|cursor| {
        let marked = cursor.eat_any(b"Tt:_").is_some();
        if !marked {
            cursor.eat(b',');
            if cursor.spaces() == 0 {
                return None;
            }
            cursor.attempt(|cursor| (cursor.word()? == "at" && cursor.spaces() > 0).then_some(()));
        }
        clock(cursor)
    });
    if let Some(clock) = time {
        let zone = cursor.attempt(zone).unwrap_or(ReadZone::Unstated);
        return clock.on(date, zone);
    }
    let zone = cursor.attempt(|cursor| {
        let named = matches!(cursor.peek(), Some(b'Z'));
        let zone = zone(cursor)?;
        named.then_some(zone)
    });
    Some(Reading { civil: date, zone: zone.unwrap_or(ReadZone::Unstated), precision: Precision::Day })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let Some(reading) = read(text) else { return "none".into() };
        let zone = match reading.zone {
            ReadZone::Utc => "Z".to_owned(),
            ReadZone::Offset(seconds) => format!("{:+}", seconds / 60),
            ReadZone::Unstated => String::new(),
        };
        match reading.precision {
            Precision::Time => format!("{}{zone}", reading.civil),
            Precision::Day => format!("{}{zone}", reading.civil.date_text()),
            Precision::Month => format!("{:04}-{:02}", reading.civil.year(), reading.civil.month()),
            Precision::Year => format!("{:04}", reading.civil.year()),
        }
    }

    #[test]
    fn reads_every_form() {
        for (text, expected) in [
            // ISO 8601 and its relatives
            ("2021-01-02", "2021-01-02"),
            (" 2021-1-2\n", "2021-01-02"),
            ("2021-01-02T03:04:05Z", "2021-01-02T03:04:05Z"),
            ("2021-01-02T03:04Z", "2021-01-02T03:04:00Z"),
            ("2021-01-02 03:04:05", "2021-01-02T03:04:05"),
            ("2021-01-02 03:04:05.123456", "2021-01-02T03:04:05.123456"),
            ("2021-01-02T03:04:05,5+02:00", "2021-01-02T03:04:05.5+120"),
            ("2021-01-02T03:04:05-0830", "2021-01-02T03:04:05-510"),
            ("2021-01-02 03:04:05 +00", "2021-01-02T03:04:05Z"),
            ("2021-01-02T03:04:05+01:00[Europe/Paris]", "2021-01-02T03:04:05+60"),
            ("2021-12-31T24:00:00Z", "2022-01-01T00:00:00Z"),
            ("2021-06-30T23:59:60Z", "2021-06-30T23:59:59Z"),
            ("2021-01-02Z", "2021-01-02Z"),
            ("2021-01", "2021-01"),
            ("2021/01/02", "2021-01-02"),
            ("2021.01.02", "2021-01-02"),
            ("9999-12-31", "9999-12-31"),
            ("20210102", "2021-01-02"),
            ("20210102T030405Z", "2021-01-02T03:04:05Z"),
            ("20210102030405", "2021-01-02T03:04:05"),
            ("20210102030405Z", "2021-01-02T03:04:05Z"),
            // mail, HTTP, cookies
            ("Sat, 02 Jan 2021 03:04:05 GMT", "2021-01-02T03:04:05Z"),
            ("2 Jan 2021 03:04:05 -0800 (PST)", "2021-01-02T03:04:05-480"),
            ("Saturday, 02-Jan-21 03:04:05 GMT", "2021-01-02T03:04:05Z"),
            ("Sat, 02-Jan-2021 03:04:05 GMT", "2021-01-02T03:04:05Z"),
            ("02/Jan/2021:03:04:05 +0100", "2021-01-02T03:04:05+60"),
            // C, OpenSSL, JavaScript, Go
            ("Sat Jan  2 03:04:05 2021", "2021-01-02T03:04:05"),
            ("Sat Jan  2 03:04:05 UTC 2021", "2021-01-02T03:04:05Z"),
            ("Jan  2 2021 03:04:05", "2021-01-02T03:04:05"),
            ("Jan  2 2021", "2021-01-02"),
            ("Jan  2 03:04:05 2021 GMT", "2021-01-02T03:04:05Z"),
            ("Sat Jan 02 2021 03:04:05 GMT+0100 (Central European Standard Time)", "2021-01-02T03:04:05+60"),
            ("2021-01-02 03:04:05.6 +0000 UTC", "2021-01-02T03:04:05.6Z"),
            // prose
            ("12 August 2008", "2008-08-12"),
            ("12th of august, 2008", "2008-08-12"),
            ("August 12, 2008", "2008-08-12"),
            ("Aug 12 2008", "2008-08-12"),
            ("August 1st, 2008 at 3:04 PM", "2008-08-01T15:04:00"),
            ("Aug. 12, 2008", "2008-08-12"),
            ("12-aug-2008", "2008-08-12"),
            ("12AUG2008", "2008-08-12"),
            ("2008-Aug-12", "2008-08-12"),
            ("2008 Aug 12", "2008-08-12"),
            ("Sept 2008", "2008-09"),
            ("August 2008", "2008-08"),
            // numbers that can be read in one way only
            ("31/12/2021", "2021-12-31"),
            ("12/31/2021", "2021-12-31"),
            ("12/31/2021 11:59:59 PM", "2021-12-31T23:59:59"),
            ("31.12.2021", "2021-12-31"),
            ("05/05/2021", "2021-05-05"),
            ("05/2021", "2021-05"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "-",
            "2021",
            "2021-02-30",
            "2021-13-01",
            "2021-00-10",
            "300000-01-01",
            "300000",
            "1.2.3",
            "10.0.2021",
            "127.0.0.1",
            "03/04/2021",
            "03-04-2021",
            "20211345",
            "12345678",
            "99991231",
            "1609556645",
            "2021-01-02x",
            "x2021-01-02",
            "2021-01-02T",
            "2021-01-02T25:00:00",
            "2021-01-02 03:60",
            "2021-01-02 13:00 PM",
            "12-Aug-08",
            "Mayor 2021",
            "May",
            "Monday",
            "Mon, 2021",
            "20210102-1234",
            "2021-01-02T03:04:05+99:00",
            "２０２１-01-02",
            "2021-01-02 — done",
        ] {
            assert_eq!(shown(text), "none", "{text:?}");
        }
    }

    #[test]
    fn reads_slashed_dates_in_either_order() {
        let day = |text, order| read_slashed(text, order).map(|reading| reading.civil.date_text());
        assert_eq!(day("03/04/2021", DayOrder::DayFirst).as_deref(), Some("2021-04-03"));
        assert_eq!(day("03/04/2021", DayOrder::MonthFirst).as_deref(), Some("2021-03-04"));
        assert_eq!(day("3-4-2021 10:00", DayOrder::MonthFirst).as_deref(), Some("2021-03-04"));
        assert_eq!(day("31/12/2021", DayOrder::MonthFirst), None);
        assert_eq!(day("03/04/21", DayOrder::DayFirst), None);
        assert_eq!(day("03/04-2021", DayOrder::DayFirst), None);
    }

    #[test]
    fn applies_the_offset() {
        let instant = |text| read(text).unwrap().instant();
        assert_eq!(instant("1970-01-01T01:00:00+01:00"), Instant(0));
        assert_eq!(instant("1970-01-01"), Instant(0));
        assert_eq!(instant("1969-12-31T16:00:00 PST"), Instant(0));
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = read(&text);
            let _ = read_slashed(&text, DayOrder::DayFirst);
        }

        #[test]
        fn never_panics_near_dates(text in "[0-9 TZ:/.,+-]{0,30}|(Mon|Jan|August|12th|2021)[ ,.0-9:é-]{0,30}") {
            let _ = read(&text);
        }

        #[test]
        fn reads_back_what_it_prints(seconds in -62_135_596_800_i64..253_402_300_800) {
            let civil = Instant::from_seconds(seconds).civil().unwrap();
            let reading = read(&civil.to_string()).unwrap();
            prop_assert_eq!(reading.civil, civil);
            prop_assert_eq!(reading.instant(), Instant::from_seconds(seconds));
        }
    }
}
