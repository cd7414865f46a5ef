//! [`Instant`] and [`Civil`], and the way from one to the other.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Nanoseconds in one second.
pub(crate) const NANOS: i128 = 1_000_000_000;

/// A point in time: nanoseconds since 1970-01-01T00:00:00 UTC, without leap seconds.
/// Any `i128` is a valid instant; those outside years −9999 to 9999 have no [`Civil`] form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub i128);

impl Instant {
    /// The instant that many seconds after 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds as i128 * NANOS)
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i128 {
        self.0.div_euclid(NANOS)
    }

    /// The UTC wall-clock time, `None` outside years −9999 to 9999.
    pub fn civil(self) -> Option<Civil> {
        let seconds = i64::try_from(self.seconds()).ok()?;
        let nanos = i32::try_from(self.0.rem_euclid(NANOS)).ok()?;
        EPOCH.checked_add(jiff::SignedDuration::new(seconds, nanos)).ok().map(Civil)
    }
}

/// Where [`Instant`] counts from. We count in civil time: `jiff::Timestamp` ends a day before the calendar does, and
/// 9999-12-31 is a date that products write.
const EPOCH: jiff::civil::DateTime = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A wall-clock date and time, to the nanosecond, without a zone. Prints and serialises as ISO 8601
/// (`2008-08-12T00:00:00`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Civil(jiff::civil::DateTime);

impl Civil {
    /// Midnight of a day; `None` where the calendar has no such day (2021-02-30) or year.
    pub fn from_ymd(year: i64, month: i64, day: i64) -> Option<Self> {
        Self::new(year, month, day, 0, 0, 0)
    }

    /// A wall-clock time; `None` where the calendar has no such day or the clock no such time. Second 60 is read as 59.
    pub fn new(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<Self> {
        let second = if second == 60 { 59 } else { second };
        let date = jiff::civil::Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        let time =
            jiff::civil::Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, 0).ok()?;
        Some(Self(date.to_datetime(time)))
    }

    /// As C's `timegm`, JavaScript's `Date.UTC` and Go's `time.Date` do: fields out of range carry over
    /// (month 13 is January of the next year, day 0 the last of the month before). `month` and `day` count from 1.
    pub fn carrying(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<Self> {
        let months = year.checked_mul(12)?.checked_add(month.checked_sub(1)?)?;
        let first = Self::from_ymd(months.div_euclid(12), months.rem_euclid(12) + 1, 1)?;
        let seconds =
            (i128::from(day) - 1) * 86_400 + i128::from(hour) * 3_600 + i128::from(minute) * 60 + i128::from(second);
        Instant(first.instant().0.checked_add(seconds.checked_mul(NANOS)?)?).civil()
    }

    /// The instant at which a clock set to UTC shows this time.
    pub fn instant(self) -> Instant {
        Instant(self.0.duration_since(EPOCH).as_nanos())
    }

    /// The year, −9999 to 9999.
    pub fn year(self) -> i64 {
        i64::from(self.0.year())
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i64 {
        i64::from(self.0.month())
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> i64 {
        i64::from(self.0.day())
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> i64 {
        i64::from(self.0.hour())
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> i64 {
        i64::from(self.0.minute())
    }

    /// The second, 0 to 59.
    pub fn second(self) -> i64 {
        i64::from(self.0.second())
    }

    /// Nanoseconds within the second.
    pub fn nanosecond(self) -> i64 {
        i64::from(self.0.subsec_nanosecond())
    }

    /// The day of the week, Monday 1 to Sunday 7 (ISO 8601).
    pub fn weekday(self) -> i64 {
        i64::from(self.0.weekday().to_monday_one_offset())
    }

    /// The day of the year, 1 to 366.
    pub fn year_day(self) -> i64 {
        i64::from(self.0.day_of_year())
    }

    /// Midnight of the same day.
    #[must_use]
    pub fn midnight(self) -> Self {
        Self(self.0.date().to_datetime(jiff::civil::Time::midnight()))
    }

    /// Whether the time of day is midnight.
    pub fn is_midnight(self) -> bool {
        self.0.time() == jiff::civil::Time::midnight()
    }

    /// The same second with another fraction; `None` unless 0 to 999,999,999.
    pub fn with_nanosecond(self, nanosecond: i64) -> Option<Self> {
        self.0.with().subsec_nanosecond(nanosecond.try_into().ok()?).build().ok().map(Self)
    }

    /// The date alone, `2008-08-12`.
    pub fn date_text(self) -> String {
        self.0.date().to_string()
    }

    /// `months` later (or earlier), at the last day of the month where the day does not exist there (31 January plus
    /// one month is 28 February). `None` outside the calendar.
    pub fn add_months(self, months: i64) -> Option<Self> {
        let span = jiff::Span::new().try_months(months).ok()?;
        self.0.checked_add(span).ok().map(Self)
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Civil {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Civil {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_calendar_has_ends() {
        assert_eq!(Civil::from_ymd(2021, 2, 30), None);
        assert_eq!(Civil::from_ymd(300_000, 1, 1), None);
        assert_eq!(Civil::from_ymd(i64::MAX, i64::MIN, 1), None);
        assert_eq!(Instant(i128::MAX).civil(), None);
        assert_eq!(Instant(i128::MIN).civil(), None);
        let last = Civil::new(9999, 12, 31, 23, 59, 59).unwrap();
        assert_eq!(last.instant().seconds(), 253_402_300_799);
        assert_eq!(last.instant().civil(), Some(last));
        assert_eq!(last.add_months(1), None);
        assert_eq!(last.add_months(i64::MAX), None);
    }

    #[test]
    fn fields_carry_over() {
        let shown = |y, m, d, h| Civil::carrying(y, m, d, h, 0, 0).map(|civil| civil.to_string());
        assert_eq!(shown(2020, 13, 1, 0).as_deref(), Some("2021-01-01T00:00:00"));
        assert_eq!(shown(2021, 3, 0, 24).as_deref(), Some("2021-03-01T00:00:00"));
        assert_eq!(shown(2021, 0, 1, -1).as_deref(), Some("2020-11-30T23:00:00"));
        assert_eq!(shown(i64::MAX, i64::MAX, 1, 0), None);
        assert_eq!(shown(2021, 1, i64::MIN, i64::MAX), None);
    }

    proptest! {
        #[test]
        fn instants_round_trip(nanos in -377_705_116_800_000_000_000_i128..253_402_300_800_000_000_000) {
            let civil = Instant(nanos).civil().unwrap();
            prop_assert_eq!(civil.instant(), Instant(nanos));
            let text = serde_json::to_string(&civil).unwrap();
            prop_assert_eq!(serde_json::from_str::<Civil>(&text).unwrap(), civil);
        }
    }
}
