//! Units, epochs and parts of a date, and how a number counts them.

use serde::Deserialize;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Unit {
    /// Nanosecond.
    #[serde(rename = "ns")]
    Nanosecond,
    /// 100 ns: FILETIME and .NET ticks.
    #[serde(rename = "tick")]
    Tick,
    /// Microsecond.
    #[serde(rename = "us")]
    Microsecond,
    /// Millisecond.
    #[serde(rename = "ms")]
    Millisecond,
    /// Second.
    #[serde(rename = "s", alias = "second")]
    Second,
    /// Minute.
    #[serde(rename = "minute")]
    Minute,
    /// Hour.
    #[serde(rename = "hour")]
    Hour,
    /// 86,400 seconds.
    #[serde(rename = "day")]
    Day,
    /// Seven days.
    #[serde(rename = "week")]
    Week,
    /// Calendar month.
    #[serde(rename = "month")]
    Month,
    /// Calendar year.
    #[serde(rename = "year")]
    Year,
}

impl Unit {
    /// The unit that a word or letter names, as date libraries take it: `days`, `day`, `d`; `M` is a month, `m` a minute.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "y" | "Y" => Self::Year,
            "M" => Self::Month,
            "w" | "W" => Self::Week,
            "d" | "D" => Self::Day,
            "h" | "H" => Self::Hour,
            "m" => Self::Minute,
            "s" | "S" => Self::Second,
            "ms" => Self::Millisecond,
            word => match word.to_lowercase().trim_end_matches('s') {
                "year" => Self::Year,
                "month" => Self::Month,
                "week" => Self::Week,
                "day" | "date" => Self::Day,
                "hour" => Self::Hour,
                "minute" | "min" => Self::Minute,
                "second" | "sec" => Self::Second,
                "millisecond" | "milli" => Self::Millisecond,
                "microsecond" => Self::Microsecond,
                "nanosecond" => Self::Nanosecond,
                _ => return None,
            },
        })
    }

    /// Its length in nanoseconds; months and years have none.
    pub const fn nanos(self) -> Option<i128> {
        Some(match self {
            Self::Nanosecond => 1,
            Self::Tick => 100,
            Self::Microsecond => 1_000,
            Self::Millisecond => 1_000_000,
            Self::Second => 1_000_000_000,
            Self::Minute => 60_000_000_000,
            Self::Hour => 3_600_000_000_000,
            Self::Day => 86_400_000_000_000,
            Self::Week => 604_800_000_000_000,
            Self::Month | Self::Year => return None,
        })
    }
}

/// Where a count of time starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Epoch {
    /// 1970-01-01.
    #[default]
    Unix,
    /// 1601-01-01 (FILETIME).
    Windows,
    /// 0001-01-01 (.NET ticks).
    Dotnet,
    /// 2001-01-01 (Apple's reference date).
    Apple,
    /// 1900-01-01 (NTP, Common Lisp).
    Ntp,
    /// 1980-01-06 (GPS).
    Gps,
    /// 1899-12-30 (OLE automation dates, spreadsheets).
    Ole,
    /// The day before 0001-01-01, which is day 1 (Python's ordinals).
    Ordinal,
    /// The day before day 1 of the Julian day numbers, which count whole days (1970-01-01 is 2440588).
    Julian,
    /// 2000-01-01 (build numbers of .NET assemblies, PostgreSQL).
    Y2000,
}

impl Epoch {
    /// Seconds from 1970 to the epoch.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Unix => 0,
            Self::Windows => -11_644_473_600,
            Self::Dotnet => -62_135_596_800,
            Self::Ordinal => -62_135_683_200,
            Self::Apple => 978_307_200,
            Self::Ntp => -2_208_988_800,
            Self::Gps => 315_964_800,
            Self::Ole => -2_209_161_600,
            Self::Julian => -210_866_803_200,
            Self::Y2000 => 946_684_800,
        }
    }
}

/// A part of a wall-clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day of the month.
    Day,
    /// The hour.
    Hour,
    /// The minute.
    Minute,
    /// The second.
    Second,
    /// Nanoseconds in the second.
    Nanosecond,
    /// The day of the week, Monday 1 (less `base` 1 makes it 0).
    Weekday,
    /// The day of the year.
    YearDay,
}

/// A number with the unit and epoch that it counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "CountForm")]
pub struct Count {
    /// The unit.
    pub unit: Unit,
    /// Where it starts.
    pub epoch: Epoch,
    /// It keeps its fraction.
    pub fraction: bool,
    /// A period rounds down rather than towards zero.
    pub floor: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CountForm {
    Unit(Unit),
    Full {
        unit: Unit,
        #[serde(default)]
        epoch: Epoch,
        #[serde(default)]
        fraction: bool,
        #[serde(default)]
        floor: bool,
    },
}

impl From<Unit> for Count {
    fn from(unit: Unit) -> Self {
        Self { unit, epoch: Epoch::Unix, fraction: false, floor: false }
    }
}

impl From<CountForm> for Count {
    fn from(form: CountForm) -> Self {
        match form {
            CountForm::Unit(unit) => Self::from(unit),
            CountForm::Full { unit, epoch, fraction, floor } => Self { unit, epoch, fraction, floor },
        }
    }
}
