//! Literals that hold a year: a number, a text with the year as a word of its own, a date, a count of seconds.

use crate::calendar::{self, Civil, Instant};
use crate::flow::facts::{FileFacts, Id, TermKind};

use super::super::texts::epoch;
use super::partial::MonthDay;

/// Longer texts are documents.
const LONGEST: usize = 20_000;

/// What a literal says of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    /// The year.
    pub(super) year: i64,
    /// The days of that year that it names.
    pub(super) days: Vec<MonthDay>,
}

/// The first of these years that a literal holds, by itself or in a text.
pub(super) fn read(file: &FileFacts, id: Id, years: &[i64]) -> Option<Dated> {
    let of = |at: Instant| {
        let civil = at.civil().filter(|civil| years.contains(&civil.year()))?;
        Some(Dated { year: civil.year(), days: vec![(civil.month(), civil.day())] })
    };
    match &file.term(id).kind {
        TermKind::Int(n) => {
            let bare = years.iter().find(|year| i128::from(**year) == *n);
            bare.map(|year| Dated { year: *year, days: Vec::new() }).or_else(|| instant(*n).and_then(of))
        }
        TermKind::Float(n) if n.fract() == 0.0 => instant(*n as i128).and_then(of),
        TermKind::Text(text) if text.len() <= LONGEST => in_text(text, years),
        // `new Date(2018, 6, 2)`, `datetime.date(2018, 7, 2)`
        TermKind::Call(_, args) | TermKind::New(_, args) if args.len() >= 3 => {
            let numbers: Option<Vec<i64>> = args.iter().take(3).map(|(_, arg)| number(file, *arg)).collect();
            match numbers?.as_slice() {
                [year, month @ 0..=12, day @ 1..=31] if years.contains(year) => {
                    Some(Dated { year: *year, days: vec![(*month, *day)] })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn number(file: &FileFacts, id: Id) -> Option<i64> {
    match file.term(id).kind {
        TermKind::Int(n) => i64::try_from(n).ok(),
        _ => None,
    }
}

/// A count since 1970, or of a spreadsheet's days.
fn instant(n: i128) -> Option<Instant> {
    const NANOS: i128 = 1_000_000_000;
    match n {
        1_000_000_000_000_000_000..4_102_444_800_000_000_000 => Some(Instant(n)),
        1_000_000_000_000_000..4_102_444_800_000_000 => Some(Instant(n * 1_000)),
        // 25 569 is 1 January 1970.
        40_000..60_000 => Some(Instant((n - 25_569) * 86_400 * NANOS)),
        _ => epoch(n),
    }
}

fn in_text(text: &str, years: &[i64]) -> Option<Dated> {
    let known = |year: i64| years.contains(&year);
    if let Some(at) = text.parse::<i128>().ok().filter(|_| text.len() >= 10).and_then(instant) {
        let civil = at.civil().filter(|civil| known(civil.year()))?;
        return Some(Dated { year: civil.year(), days: vec![(civil.month(), civil.day())] });
    }
    let found = calendar::find_all(text).into_iter().filter_map(|(_, reading)| reading.instant().civil());
    let mut dates: Vec<Civil> = found.filter(|civil| known(civil.year())).collect();
    dates.truncate(64);
    let year = dates.first().map(|civil| civil.year()).or_else(|| words(text).find(|year| known(*year)))?;
    let days = dates.iter().filter(|civil| civil.year() == year).map(|civil| (civil.month(), civil.day())).collect();
    Some(Dated { year, days })
}

/// The numbers of four digits that stand alone in a text, or behind a word (`FY2024`), and are no part of a version or a path.
fn words(text: &str) -> impl Iterator<Item = i64> + '_ {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let joins = move |at: Option<usize>, beyond: Option<usize>| {
        let Some(byte) = at.and_then(|at| bytes.get(at)) else { return false };
        byte.is_ascii_alphanumeric() || *byte == b'_' || (matches!(byte, b'.' | b',') && beyond.is_some_and(is_digit))
    };
    (0..bytes.len()).filter_map(move |at| {
        let run = (at..at + 4).all(is_digit);
        let behind_word = at >= 2 && bytes[at - 2..at].iter().all(u8::is_ascii_alphabetic);
        let begins = behind_word || !joins(at.checked_sub(1), at.checked_sub(2));
        let alone = begins && !joins(Some(at + 4), Some(at + 5));
        (run && alone).then(|| text.get(at..at + 4)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_in_a_text_stands_alone() {
        for (text, expected) in [
            ("between 1900 and 2017", Some((2017, vec![]))),
            ("2017 Jul 13 16:14:35.324", Some((2017, vec![]))),
            ("Hello 2017!", Some((2017, vec![]))),
            ("2017-05-23", Some((2017, vec![(5, 23)]))),
            ("27/12/2017\twind", Some((2017, vec![(12, 27)]))),
            ("FEDORA-2017-a3bbe1a8f2", Some((2017, vec![]))),
            ("1495497600", Some((2017, vec![(5, 23)]))),
            ("FY2017", Some((2017, vec![]))),
            ("2017.1", None),
            ("v2017", None),
            ("12017", None),
            ("a_2017", None),
            ("2016", None),
        ] {
            let read = in_text(text, &[2017]);
            match expected {
                Some((year, days)) => {
                    let read = read.unwrap_or_else(|| panic!("{text}"));
                    assert_eq!(read.year, year, "{text}");
                    assert!(days.iter().all(|day| read.days.contains(day)), "{text}: {:?}", read.days);
                }
                None => assert_eq!(read, None, "{text}"),
            }
        }
    }
}
