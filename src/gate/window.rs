//! The release window: from the release date to the end of support, and where the release date came from.
//!
//! A passing day must not turn an unrelated change red, so the date is the commit's wherever there is a commit, and
//! today's only as the last resort. Today itself is an input: this module reads no clock.

use std::fmt;

use crate::calendar::{Civil, Instant, Period};
use crate::error::Error;

/// Support after the release unless the user says otherwise: 3 years.
pub const DEFAULT_SUPPORT: Period = Period::months(36);

/// The days on which the release has to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The release date, at midnight.
    pub from: Civil,
    /// The last day of support, at its midnight; the whole day belongs to the window.
    pub until: Civil,
    /// Who said so.
    pub source: Source,
}

/// Where the release date came from, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `--release-date DATE`.
    Flag,
    /// `--release-date today`.
    FlagToday,
    /// `release.date` in the config file.
    Config,
    /// The environment variable `SOURCE_DATE_EPOCH`.
    SourceDateEpoch,
    /// HEAD's committer date.
    Commit,
    /// Nothing else said: today.
    Today,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--release-date",
            Self::FlagToday => "--release-date today",
            Self::Config => "defuse.yaml",
            Self::SourceDateEpoch => "SOURCE_DATE_EPOCH",
            Self::Commit => "HEAD's committer date",
            Self::Today => "today",
        })
    }
}

/// How far a release is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// That long from the release date on.
    For(Period),
    /// Up to and with that day.
    Until(Civil),
}

/// All that can name the release date. Dates are midnights, in UTC.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// The value of `--release-date`.
    pub flag: Option<&'a str>,
    /// `release.date` of the config file.
    pub config: Option<Civil>,
    /// The value of `SOURCE_DATE_EPOCH`.
    pub epoch: Option<&'a str>,
    /// The committer date of the commit being judged, in seconds since 1970; none for a commit about to be made.
    pub commit: Option<i64>,
    /// Today.
    pub today: Civil,
}

impl Window {
    /// Takes the first input that is there.
    ///
    /// # Errors
    /// When the flag or the variable cannot be read as a date, or the window would end before it begins.
    pub fn resolve(inputs: &Inputs<'_>, support: Support) -> Result<Self, Error> {
        let (from, source) = release(inputs)?;
        let until = match support {
            Support::Until(day) => day,
            Support::For(period) => end(from, period)
                .ok_or_else(|| Error::usage(format!("the support period {period} leads out of the calendar")))?,
        };
        if until < from {
            let (from, until) = (from.date_text(), until.date_text());
            return Err(Error::usage_with(
                format!("support ends on {until}, before the release on {from} ({source})"),
                "pass a later --supported-until, or another --release-date",
            ));
        }
        Ok(Self { from, until, source })
    }
}

fn release(inputs: &Inputs<'_>) -> Result<(Civil, Source), Error> {
    if let Some(flag) = inputs.flag {
        return if flag == "today" {
            Ok((inputs.today, Source::FlagToday))
        } else {
            Ok((day_arg("--release-date", flag)?, Source::Flag))
        };
    }
    if let Some(day) = inputs.config {
        return Ok((day, Source::Config));
    }
    if let Some(text) = inputs.epoch {
        let seconds: Option<i64> = text.trim().parse().ok();
        let day = seconds.and_then(|s| Instant::from_seconds(s).civil()).map(Civil::midnight);
        let day = day.ok_or_else(|| {
            Error::usage_with(
                format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds since 1970"),
                "unset it, or pass --release-date",
            )
        })?;
        return Ok((day, Source::SourceDateEpoch));
    }
    let commit = inputs.commit.and_then(|seconds| Instant::from_seconds(seconds).civil());
    Ok(commit.map_or((inputs.today, Source::Today), |at| (at.midnight(), Source::Commit)))
}

fn end(from: Civil, period: Period) -> Option<Civil> {
    period.after(from.instant())?.civil().map(Civil::midnight)
}

/// Reads `2026-11-30`: four, two and two digits of an existing day.
pub fn day(text: &str) -> Option<Civil> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let well_formed = [(year, 4), (month, 2), (day, 2)]
        .iter()
        .all(|(part, length)| part.len() == *length && part.bytes().all(|b| b.is_ascii_digit()));
    if !well_formed {
        return None;
    }
    Civil::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Reads the date that an option holds.
///
/// # Errors
/// A usage error that names the option.
pub fn day_arg(option: &str, text: &str) -> Result<Civil, Error> {
    day(text).ok_or_else(|| {
        Error::usage_with(format!("`{text}` is no date for {option}"), "write an existing day as YYYY-MM-DD")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const YEARS: Support = Support::For(DEFAULT_SUPPORT);

    fn inputs<'a>() -> Inputs<'a> {
        let today = day("2026-05-01").unwrap();
        Inputs { flag: None, config: None, epoch: None, commit: None, today }
    }

    fn resolved(inputs: &Inputs<'_>) -> (String, String, Source) {
        let window = Window::resolve(inputs, YEARS).unwrap();
        (window.from.date_text(), window.until.date_text(), window.source)
    }

    #[test]
    fn the_first_source_wins() {
        let mut given = inputs();
        assert_eq!(resolved(&given), ("2026-05-01".into(), "2029-05-01".into(), Source::Today));
        given.commit = Some(1_217_000_000);
        assert_eq!(resolved(&given), ("2008-07-25".into(), "2011-07-25".into(), Source::Commit));
        given.epoch = Some("86399");
        assert_eq!(resolved(&given), ("1970-01-01".into(), "1973-01-01".into(), Source::SourceDateEpoch));
        given.config = day("2020-02-29");
        assert_eq!(resolved(&given), ("2020-02-29".into(), "2023-02-28".into(), Source::Config));
        given.flag = Some("2021-01-01");
        assert_eq!(resolved(&given), ("2021-01-01".into(), "2024-01-01".into(), Source::Flag));
        given.flag = Some("today");
        assert_eq!(resolved(&given), ("2026-05-01".into(), "2029-05-01".into(), Source::FlagToday));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for flag in ["2021-02-30", "2021-1-1", "tomorrow", "", "2021-01-01T00:00:00", "+021-01-01"] {
            assert!(Window::resolve(&Inputs { flag: Some(flag), ..inputs() }, YEARS).is_err(), "{flag}");
        }
        for epoch in ["", "now", "1e9", "99999999999999999999"] {
            assert!(Window::resolve(&Inputs { epoch: Some(epoch), ..inputs() }, YEARS).is_err(), "{epoch}");
        }
    }

    #[test]
    fn support_must_not_end_before_the_release() {
        let given = inputs();
        assert!(Window::resolve(&given, Support::Until(day("2026-04-30").unwrap())).is_err());
        let last = Window::resolve(&given, Support::Until(given.today)).unwrap();
        assert_eq!(last.until, last.from);
        assert!(Window::resolve(&given, Support::For(Period::months(12 * 9_000))).is_err());
    }
}
