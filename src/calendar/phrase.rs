//! Dates told in words relative to the clock, as `date -d` and `strtotime` take them: `30 days ago`, `+1 week`,
//! `tomorrow`, `last day of next month 23:59:59`, `2026-01-01 + 30 days`, `@1764115200`.

use super::civil::NANOS;
use super::{Civil, DayOrder, Instant, Period, Reading, read, read_slashed};

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

/// Which day near the one that was counted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Day {
    /// The first of its month.
    First,
    /// The last of its month.
    Last,
    /// The next of these days of the week (Monday is 1), or that day itself.
    On(i64),
    /// The next of these days of the week after that day.
    After(i64),
    /// The last of these days of the week before that day.
    Before(i64),
}

/// A base, and how far from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phrase {
    /// Where it counts from.
    pub base: Base,
    /// What is added.
    pub offset: Period,
    /// Which day is then taken.
    pub day: Option<Day>,
    /// The time of that day, in seconds after midnight, if it is said.
    pub time: Option<i64>,
}

impl Phrase {
    /// What the phrase makes of its base. `None` outside years −9999 to 9999.
    pub fn from(&self, base: Instant) -> Option<Instant> {
        let mut at = self.offset.after(base)?;
        if let Some(day) = self.day {
            at = Instant(at.0.checked_add(i128::from(day.distance(at.civil()?)?) * 86_400 * NANOS)?);
        }
        let Some(time) = self.time else { return Some(at) };
        Period { months: 0, nanos: i128::from(time) * NANOS }.after(at.civil()?.midnight().instant())
    }
}

impl Day {
    /// How many days lie between a day and the one that is meant.
    fn distance(self, from: Civil) -> Option<i64> {
        let days_to = |weekday: i64| (weekday - from.weekday()).rem_euclid(7);
        Some(match self {
            Self::First => 1 - from.day(),
            Self::Last => {
                let first = Civil::from_ymd(from.year(), from.month(), 1)?;
                let days = first.add_months(1)?.instant().0 - first.instant().0;
                i64::try_from(days / (86_400 * NANOS)).ok()? - from.day()
            }
            Self::On(weekday) => days_to(weekday),
            Self::After(weekday) => (days_to(weekday) + 6) % 7 + 1,
            Self::Before(weekday) => days_to(weekday) - 7,
        })
    }
}

/// Longer text is no phrase.
const LONGEST: usize = 96;

/// Reads a phrase; a date alone is one without an offset. `None` if any word of it is not understood.
pub fn phrase(text: &str) -> Option<Phrase> {
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase().replace("first day of", "first-day").replace("last day of", "last-day");
    let lower = lower.replace(" of ", " ");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let mut found = Phrase { base: Base::Now, offset: Period::default(), day: None, time: None };
    let mut date: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some((day, count)) = day_of(&words[at..]) {
            found.day = Some(day);
            at += count;
            continue;
        }
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
        // A time of day alone; anything else has to be a date.
        match date.iter().find(|word| !matches!(**word, "utc" | "z" | "gmt")) {
            Some(time) if date.iter().all(|word| word == time || matches!(*word, "utc" | "z" | "gmt")) => {
                match time_of(time) {
                    Some(time) => found.time = Some(time),
                    None => found.base = Base::At(written(&date)?),
                }
            }
            Some(_) => found.base = Base::At(written(&date)?),
            None => {}
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
    // With slashes as Americans write it, as PHP and GNU date read it.
    read(&text).or_else(|| read_slashed(&text, DayOrder::MonthFirst).filter(|_| text.contains('/'))).or_else(day)
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

/// `23:59`, `23:59:59`, `noon`, in seconds.
fn time_of(word: &str) -> Option<i64> {
    if word == "noon" {
        return Some(12 * 3_600);
    }
    let parts: Vec<i64> = word.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [h @ 0..=24, m @ 0..=59] => Some(h * 3_600 + m * 60),
        [h @ 0..=24, m @ 0..=59, s @ 0..=60] => Some(h * 3_600 + m * 60 + s),
        _ => None,
    }
}

/// A day at the start of the words, and how many words it takes.
fn day_of(words: &[&str]) -> Option<(Day, usize)> {
    match words {
        ["first-day", ..] => Some((Day::First, 1)),
        ["last-day", ..] => Some((Day::Last, 1)),
        ["next", name, ..] => Some((Day::After(weekday(name)?), 2)),
        ["last" | "previous", name, ..] => Some((Day::Before(weekday(name)?), 2)),
        ["this", name, ..] => Some((Day::On(weekday(name)?), 2)),
        [name, ..] => Some((Day::On(weekday(name)?), 1)),
        [] => None,
    }
}

fn weekday(name: &str) -> Option<i64> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let whole = |day: &&str| *day == name || (name.len() == 3 && day.starts_with(name));
    DAYS.iter().position(whole).and_then(|n| i64::try_from(n + 1).ok())
}

/// A step from the base at the start of the words, and how many words it takes.
fn step(words: &[&str]) -> Option<(Period, usize)> {
    match words {
        ["tomorrow", ..] => Some((Period::days(1), 1)),
        ["yesterday", ..] => Some((Period::days(-1), 1)),
        ["next", name, ..] => Some((unit(name, 1)?, 2)),
        ["this", name, ..] => Some((unit(name, 0)?, 2)),
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
            assert_eq!(phrase(text), Some(Phrase { base, offset, day: None, time: None }), "{text}");
        }
        for text in ["", "$DATE", "30 apples ago", "third thursday"] {
            assert_eq!(phrase(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_times_are_taken_after_the_offset() {
        // A Thursday.
        let from = Civil::new(2026, 1, 15, 10, 0, 0).unwrap().instant();
        for (text, at) in [
            ("last day of this month", "2026-01-31T10:00:00"),
            ("last day of this month 23:59:59", "2026-01-31T23:59:59"),
            ("first day of next month", "2026-02-01T10:00:00"),
            ("last day of february 2028 noon", "-"),
            ("tomorrow noon", "2026-01-16T12:00:00"),
            ("thursday", "2026-01-15T10:00:00"),
            ("next thursday", "2026-01-22T10:00:00"),
            ("last thursday", "2026-01-08T10:00:00"),
            ("last friday", "2026-01-09T10:00:00"),
            ("next mon 08:30", "2026-01-19T08:30:00"),
        ] {
            let found = phrase(text).and_then(|phrase| phrase.from(from)).and_then(Instant::civil);
            assert_eq!(found.map_or("-".to_owned(), |civil| civil.to_string()), at, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,32}|([+-]?[0-9]{1,20} (days|years|months)( ago)? ?){1,3}") {
            let _ = phrase(&text).and_then(|phrase| phrase.from(Instant::from_seconds(0)));
        }
    }
}
