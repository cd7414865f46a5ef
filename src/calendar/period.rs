//! [`Period`]: a length of time in months and nanoseconds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::civil::{Civil, Instant, NANOS};

/// A length of time. Months are kept apart from the rest because their length depends on where they are counted from;
/// days are always 86,400 seconds. Prints as ISO 8601 (`P3Y`, `P30D`, `PT36H`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// Calendar months (12 to a year).
    pub months: i64,
    /// The rest, in nanoseconds.
    pub nanos: i128,
}

impl Period {
    /// That many days of 86,400 seconds.
    pub const fn days(days: i64) -> Self {
        Self { months: 0, nanos: days as i128 * 86_400 * NANOS }
    }

    /// That many calendar months.
    pub const fn months(months: i64) -> Self {
        Self { months, nanos: 0 }
    }

    /// The instant this long after `start`; `None` outside years −9999 to 9999.
    pub fn after(self, start: Instant) -> Option<Instant> {
        let shifted = if self.months == 0 { start } else { shift(start, self.months)? };
        let end = Instant(shifted.0.checked_add(self.nanos)?);
        end.civil().map(|_| end)
    }

    /// Reads `P3Y`, `P90D`, `PT36H`, `3 years`, `18 months`, `6 weeks`, `90d`, `3y`; a bare number has no unit and is refused.
    ///
    /// # Errors
    /// A sentence that names what could not be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let refuse = || format!("`{text}` is no period: write it as `P3Y`, `18 months` or `90d`");
        let span: jiff::Span = text.parse().map_err(|_| refuse())?;
        let months = i64::from(span.get_years()) * 12 + i64::from(span.get_months());
        let seconds = i128::from(span.get_weeks()) * 604_800
            + i128::from(span.get_days()) * 86_400
            + i128::from(span.get_hours()) * 3_600
            + i128::from(span.get_minutes()) * 60
            + i128::from(span.get_seconds());
        let period = Self { months, nanos: seconds * NANOS };
        if period == Self::default() && !text.contains('0') { Err(refuse()) } else { Ok(period) }
    }

    /// In words: "3 years", "18 months", "30 days", "36 hours".
    pub fn words(self) -> String {
        let seconds = self.nanos / NANOS;
        let mut parts = Vec::new();
        if self.months != 0 {
            parts.push(if self.months % 12 == 0 {
                count(self.months / 12, "year")
            } else {
                count(self.months, "month")
            });
        }
        if seconds != 0 || parts.is_empty() {
            let (unit, size) = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
                .into_iter()
                .find(|(_, size)| seconds % size == 0)
                .unwrap_or(("second", 1));
            parts.push(count((seconds / size) as i64, unit));
        }
        parts.join(" and ")
    }
}

fn count(n: i64, unit: &str) -> String {
    if n == 1 { format!("{n} {unit}") } else { format!("{n} {unit}s") }
}

fn shift(start: Instant, months: i64) -> Option<Instant> {
    Some(Civil::add_months(start.civil()?, months)?.instant())
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.nanos / NANOS;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        f.write_str("P")?;
        for (n, unit) in [(self.months / 12, "Y"), (self.months % 12, "M"), (days as i64, "D")] {
            if n != 0 {
                write!(f, "{n}{unit}")?;
            }
        }
        if rest != 0 || *self == Self::default() || (self.months == 0 && days == 0) {
            f.write_str("T")?;
            let parts = [(rest / 3_600, "H"), (rest % 3_600 / 60, "M"), (rest % 60, "S")];
            for (n, unit) in parts {
                if n != 0 || (unit == "S" && rest == 0) {
                    write!(f, "{n}{unit}")?;
                }
            }
        }
        Ok(())
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_users_write() {
        for (text, printed, words) in [
            ("P3Y", "P3Y", "3 years"),
            ("3y", "P3Y", "3 years"),
            ("3 years", "P3Y", "3 years"),
            ("1 year", "P1Y", "1 year"),
            ("18 months", "P1Y6M", "18 months"),
            ("18mo", "P1Y6M", "18 months"),
            ("P18M", "P1Y6M", "18 months"),
            ("90d", "P90D", "90 days"),
            ("90 days", "P90D", "90 days"),
            ("P90D", "P90D", "90 days"),
            ("6 weeks", "P42D", "42 days"),
            ("6w", "P42D", "42 days"),
            ("PT36H", "P1DT12H", "36 hours"),
            ("36 hours", "P1DT12H", "36 hours"),
            ("1 year 6 months", "P1Y6M", "18 months"),
            ("0d", "PT0S", "0 days"),
            (" 2 years ", "P2Y", "2 years"),
        ] {
            let period = Period::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((period.to_string().as_str(), period.words().as_str()), (printed, words), "{text:?}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "3", "y", "three years", "3 lightyears", "P", "2021-01-01", "99999999999999999999y", "5ms"] {
            assert!(Period::parse(text).is_err(), "{text:?} is {:?}", Period::parse(text));
        }
    }

    #[test]
    fn counts_from_an_instant() {
        let day = |y, m, d| Civil::from_ymd(y, m, d).unwrap().instant();
        assert_eq!(Period::months(1).after(day(2021, 1, 31)), Some(day(2021, 2, 28)));
        assert_eq!(Period::days(30).after(day(2021, 1, 31)), Some(day(2021, 3, 2)));
        assert_eq!(Period::months(i64::MAX).after(day(2021, 1, 31)), None);
        assert_eq!(Period { months: 0, nanos: i128::MAX }.after(day(2021, 1, 31)), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,24}") {
            let _ = Period::parse(&text);
        }

        #[test]
        fn reads_what_it_prints(months in 0_i64..1200, seconds in 0_i64..100_000_000) {
            let period = Period { months, nanos: i128::from(seconds) * NANOS };
            prop_assert_eq!(Period::parse(&period.to_string()).unwrap(), period);
        }
    }
}
