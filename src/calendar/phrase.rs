//! Dates told in words relative to the clock, as `date -d` and `strtotime` take them: `30 days ago`, `+1 week`,
//! `tomorrow`, `2026-01-01 + 30 days`, `@1764115200`.

use super::{Instant, Period, Reading, read};

/// Where a phrase counts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Base {
    /// The clock.
    Now,
    /// The start of the clock's day.
    Today,
    /// A date that is written out.
    At(Reading),
    /// Seconds since 1970.
    Epoch(Instant),
}

/// A base, and how far from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phrase {
    /// Where it counts from.
    pub base: Base,
    /// What is added.
    pub offset: Period,
}

/// Longer text is no phrase.
const LONGEST: usize = 96;

/// Reads a phrase; a date alone is one without an offset. `None` if any word of it is not understood.
pub fn phrase(text: &str) -> Option<Phrase> {
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase().replace(" of ", " ");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let mut found = Phrase { base: Base::Now, offset: Period::default() };
    let mut date: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += match word_of(word, &mut found.base) {
            true => 1,
            false => match step(&words[at..]) {
                Some((period, count)) => {
                    found.offset = sum(found.offset, period)?;
                    count
                }
                None => {
                    date.push(word);
                    1
                }
            },
        };
    }
    if !date.is_empty() {
        // A time of day after `tomorrow` moves nothing that matters; anything else has to be a date.
        let is_time = date.iter().all(|word| word.contains(':') || matches!(*word, "utc" | "z" | "gmt"));
        if !is_time {
            found.base = Base::At(written(&date)?);
        }
    }
    (!words.is_empty()).then_some(found)
}

/// A date that is written out; `utc` may stand after a day alone, too.
fn written(words: &[&str]) -> Option<Reading> {
    let text = words.join(" ");
    let day = || {
        let (zone, day) = words.split_last()?;
        let is_utc = matches!(*zone, "utc" | "z" | "gmt") && !text.contains(':');
        is_utc.then(|| read(&format!("{}T00:00:00Z", day.join(" "))).or_else(|| read(&day.join(" "))))?
    };
    read(&text).or_else(day)
}

/// A word that is a base by itself.
fn word_of(word: &str, base: &mut Base) -> bool {
    match word {
        "now" => *base = Base::Now,
        "today" | "midnight" => *base = Base::Today,
        _ => {
            let seconds = word.strip_prefix('@').and_then(|digits| digits.parse::<i64>().ok());
            let Some(seconds) = seconds else { return false };
            *base = Base::Epoch(Instant::from_seconds(seconds));
        }
    }
    true
}

/// A step from the base at the start of the words, and how many words it takes.
fn step(words: &[&str]) -> Option<(Period, usize)> {
    match words {
        ["tomorrow", ..] => Some((Period::days(1), 1)),
        ["yesterday", ..] => Some((Period::days(-1), 1)),
        ["next", name, ..] => Some((unit(name, 1)?, 2)),
        ["last" | "previous", name, ..] => Some((unit(name, -1)?, 2)),
        [sign @ ("+" | "-"), number, rest @ ..] => counted(&[sign, *number].concat(), rest).map(|(p, n)| (p, n + 1)),
        [number, rest @ ..] => counted(number, rest),
        [] => None,
    }
}

/// `30 days`, `+30days`, `30 days ago`.
fn counted(number: &str, rest: &[&str]) -> Option<(Period, usize)> {
    let digits = number.trim_start_matches(['+', '-']);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, glued) = digits.split_at(end);
    let count: i64 = digits.parse().ok()?;
    let count = if number.starts_with('-') { -count } else { count };
    let (name, used) = if glued.is_empty() { (*rest.first()?, 2) } else { (glued, 1) };
    let is_ago = rest.get(used - 1) == Some(&"ago");
    let count = if is_ago { -count } else { count };
    Some((unit(name, count)?, used + usize::from(is_ago)))
}

fn unit(name: &str, count: i64) -> Option<Period> {
    let seconds = |size: i64| Some(Period { months: 0, nanos: i128::from(count.checked_mul(size)?) * 1_000_000_000 });
    match name.trim_end_matches('s') {
        "sec" | "second" => seconds(1),
        "min" | "minute" => seconds(60),
        "hour" => seconds(3_600),
        "day" => seconds(86_400),
        "week" => seconds(7 * 86_400),
        "fortnight" => seconds(14 * 86_400),
        "month" => Some(Period::months(count)),
        "year" => Some(Period::months(count.checked_mul(12)?)),
        _ => None,
    }
}

fn sum(a: Period, b: Period) -> Option<Period> {
    Some(Period { months: a.months.checked_add(b.months)?, nanos: a.nanos.checked_add(b.nanos)? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn phrases_are_a_base_and_an_offset() {
        let days = Period::days;
        for (text, base, offset) in [
            ("now", Base::Now, days(0)),
            ("today", Base::Today, days(0)),
            ("tomorrow", Base::Now, days(1)),
            ("30 days ago", Base::Now, days(-30)),
            ("-30 days", Base::Now, days(-30)),
            ("+1 week", Base::Now, days(7)),
            ("now + 90 days", Base::Now, days(90)),
            ("+3days", Base::Now, days(3)),
            ("1 year 2 months", Base::Now, Period::months(14)),
            ("last month", Base::Now, Period::months(-1)),
            ("@86400", Base::Epoch(Instant::from_seconds(86_400)), days(0)),
            ("2026-01-01", Base::At(read("2026-01-01").unwrap()), days(0)),
            ("2026-01-01 +30 days", Base::At(read("2026-01-01").unwrap()), days(30)),
            ("1 March 2026", Base::At(read("1 March 2026").unwrap()), days(0)),
        ] {
            assert_eq!(phrase(text), Some(Phrase { base, offset }), "{text}");
        }
        for text in ["", "$DATE", "30 apples ago", "third thursday"] {
            assert_eq!(phrase(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,32}|([+-]?[0-9]{1,20} (days|years|months)( ago)? ?){1,3}") {
            let _ = phrase(&text);
        }
    }
}
