//! Dates without a year, as they stand in a text: `Jul 02 10:00:00`, `due 23 may`, `07/05`.

use crate::calendar;

/// Longer texts are documents.
const LONGEST: usize = 400;

/// A month and a day.
pub(super) type MonthDay = (i64, i64);

/// What a text holds of them, if it holds no year.
pub(super) fn read(text: &str) -> Vec<MonthDay> {
    if text.len() > LONGEST || holds_year(text) {
        return Vec::new();
    }
    if let Some(both) = numbers(text.trim()) {
        return both;
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != ':').filter(|word| !word.is_empty()).collect();
    let month = |word: &str| calendar::month_of(word).filter(|_| word.len() >= 3);
    let day = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ending = &word[digits.len()..];
        let plain = ending.is_empty() || matches!(ending, "st" | "nd" | "rd" | "th");
        digits.parse::<i64>().ok().filter(|day| plain && digits.len() <= 2 && (1..=31).contains(day))
    };
    let at = |n: Option<usize>| n.and_then(|n| words.get(n)).and_then(|word| day(word));
    let found = words.iter().enumerate().filter_map(|(n, word)| {
        let month = month(word)?;
        Some((month, at(Some(n + 1)).or_else(|| at(n.checked_sub(1)))?))
    });
    found.collect()
}

/// `07/05`, in both orders.
fn numbers(text: &str) -> Option<Vec<MonthDay>> {
    let (a, b) = text.split_once(['/', '-'])?;
    let number = |text: &str| text.parse::<i64>().ok().filter(|_| (1..=2).contains(&text.len()));
    let (a, b) = (number(a)?, number(b)?);
    let fits = |(month, day): &MonthDay| (1..=12).contains(month) && (1..=31).contains(day);
    Some([(a, b), (b, a)].into_iter().filter(fits).collect())
}

/// Whether some number in a text can be a year.
fn holds_year(text: &str) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.into_iter().any(|run| (run.len() == 4 && (run.starts_with("19") || run.starts_with("20"))) || run.len() == 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_and_a_day_without_a_year_are_read() {
        for (text, expected) in [
            ("Jul 02", &[(7, 2)][..]),
            ("Mon Jul  2", &[(7, 2)]),
            ("<11>Jan  1 00:00:00 mainfw snort[32640]: x", &[(1, 1)]),
            ("a do some stuff due 23 may", &[(5, 23)]),
            ("6/October", &[(10, 6)]),
            ("23rd May", &[(5, 23)]),
            ("07/05", &[(7, 5), (5, 7)]),
            ("07/25", &[(7, 25)]),
            ("Jul 02 2018", &[]),
            ("2018-07-02", &[]),
            ("may be 23 of them", &[]),
            ("10:20", &[]),
            ("", &[]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
