//! What the tool knows of a language, as data: `rules/languages/LANG.yaml`.
//!
//! A [`Models`] is a list of [`Row`]s. A row says which calls, methods, constructors or names it is about and what they
//! *do*: a short pipeline of [`Op`]s, the vocabulary that the evaluator ([`crate::flow::ops`]) runs at any clock value.
//! Nothing here is executed at load time; teaching the tool a clock is one line of YAML:
//!
//! ```yaml
//! language: rust
//! extensions: [rs]
//! rows:
//!   - {call: [Utc::now], does: [{now: utc}]}                         # a clock
//!   - {call: [libc::time], does: [{now: utc}, {number: s}]}          # a clock that gives epoch seconds
//!   - {call: [gettimeofday], into: 0, does: [{now: utc}]}            # … that fills its first argument
//!   - {call: [NaiveDate::from_ymd_opt], does: [civil]}               # a deadline
//!   - {method: [timestamp], does: [{number: s}]}                     # a conversion, on any time value
//!   - {method: [tm_mon], does: [{part: {of: month, base: 0}}]}       # a field counts as a method without arguments
//!   - {name: [UNIX_EPOCH], does: [{is: 0}, {instant: s}]}            # a named value
//! exits: [std::process::exit]
//! ```
//!
//! Paths are written with `.` or `::` and match by suffix after imports are resolved; a one-segment path matches only a
//! bare name. The operands of a row are the receiver (for a method) and then the arguments; `params` names the
//! arguments so that keyword arguments find their position, `args` picks and reorders (`self`, `0`, `1`, …).

use std::collections::HashMap;

use serde::Deserialize;

use crate::finding::{Anchor, Zone};

/// Everything known of one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// The language's id: `rust`, `csharp`.
    pub language: String,
    /// File name endings, without the dot.
    pub extensions: Vec<String>,
    /// Whole file names (`Jenkinsfile`).
    pub files: Vec<String>,
    /// Programs in a `#!` line that run it.
    pub interpreters: Vec<String>,
    /// Openers of comments that run to the end of the line.
    pub line_comments: Vec<String>,
    /// Openers and closers of other comments.
    pub block_comments: Vec<(String, String)>,
    /// Functions begin at the margin with a line that ends in `{` and end with a `}` at the margin: what does not matter of
    /// a large file is not parsed.
    pub functions_at_margin: bool,
    /// What may stand between groups of digits.
    pub digit_separator: Option<char>,
    /// Languages whose rows hold here too (`cpp` extends `c`).
    pub extends: Vec<String>,
    /// Calls, methods, constructors and names.
    pub rows: Vec<Row>,
    /// Calls that end the process.
    pub exits: Vec<String>,
    /// Calls that throw (macros that panic, `raise` helpers).
    pub throws: Vec<String>,
    /// Calls that only log or print. A path that ends in `.*` names every member.
    pub logs: Vec<String>,
    /// Calls that assert in a test or check at run time: their first argument is a condition and failure throws.
    pub asserts: Vec<String>,
    /// Assertions that two arguments are equal.
    pub assert_equals: Vec<String>,
    /// Calls that begin a fluent assertion (`assertThat`, `*.Should`): what is called on their result asserts its answer.
    pub fluent: Vec<String>,
    /// Words (as bytes in the source) that show that a file's or function's clock is frozen, injected or simulated.
    pub frozen: Vec<String>,
    /// How tests are recognised.
    pub tests: Tests,
    /// A number compared or combined with an instant counts in this unit since 1970 (JavaScript: ms).
    pub instant_as: Option<Unit>,
    /// The difference of two instants is a number of this unit rather than a period (JavaScript ms, Ruby s).
    pub difference_as: Option<Unit>,
    /// A bare number added to an instant or date counts this unit (Ruby's `Date + 1`: days; Perl, Ruby `Time`: s).
    pub add_as: Option<Unit>,
    /// A function without parameters is called without parentheses: properties of C#, Kotlin and Swift; Scala, Ruby.
    pub bare_calls: bool,
    /// `+` and `-` take a text for the number that it holds (shells, Perl, Lua, PHP).
    pub text_counts: bool,
    /// `/` between integers gives a fraction.
    pub true_division: bool,
    /// Identifiers are compared without case (SQL, PHP functions, Visual Basic).
    pub ignore_case: bool,
    /// Further byte words that make a file a candidate, beyond the clocks' own names.
    pub sift: Vec<String>,
}

/// How a language's tests are recognised beyond what syntax tells.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tests {
    /// Globs over the path (`**/*_test.go`).
    pub paths: Vec<String>,
    /// Attributes, annotations and decorators (`Test`, `pytest.fixture`).
    pub attributes: Vec<String>,
    /// Calls whose closures are tests (`it`, `describe`).
    pub calls: Vec<String>,
    /// Function names, with `*` at either end (`test_*`).
    pub functions: Vec<String>,
    /// Base classes of test classes.
    pub bases: Vec<String>,
}

/// One piece of knowledge.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Row {
    /// Functions called by path.
    pub call: Vec<String>,
    /// Methods or properties, by name, of any value that the pipeline can work on.
    pub method: Vec<String>,
    /// Properties alone, where the method of that name means something else (luxon's `month`, moment's `month()`).
    pub field: Vec<String>,
    /// Constructors (`new T(…)`).
    pub new: Vec<String>,
    /// Named values.
    pub name: Vec<String>,
    /// How many arguments it is about: `0`, `1-2`, `3+`; any if absent.
    pub arity: Option<Arity>,
    /// The arguments' names, in order.
    pub params: Vec<String>,
    /// Which operands the pipeline gets, in order; by default the receiver and all arguments.
    pub args: Option<Vec<Operand>>,
    /// The argument (from 0) that receives the result, for calls that fill a variable.
    pub into: Option<usize>,
    /// The result replaces the receiver (`calendar.set(…)`).
    pub mutates: bool,
    /// … but only where the call stands alone as a statement: elsewhere the receiver may be immutable (PHP's two dates).
    pub alone: bool,
    /// What it does.
    pub does: Vec<Op>,
    /// Only where this argument is written as this name or text (`clock_gettime(CLOCK_REALTIME, …)`).
    pub when: Option<When>,
    /// Only on a receiver of one of these types, as far as it is declared (`clock.millis()` on a `Clock`).
    pub on: Vec<String>,
    /// The finding is at most likely when it rests on this row (a convention rather than an API).
    pub likely: bool,
}

impl Row {
    /// Whether what it does depends on the clock, whatever its operands.
    pub fn reads_clock(&self) -> bool {
        let clock = |op: &Op| {
            matches!(
                op,
                Op::Now(_)
                    | Op::Phrase(_)
                    | Op::ChainClock
                    | Op::Past
                    | Op::Future
                    | Op::Until
                    | Op::Since
                    | Op::Ago
                    | Op::FromNow
            )
        };
        self.does.iter().any(clock)
    }
}

/// A condition on how an argument is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Which argument, from 0.
    pub arg: usize,
    /// Any of these names (last segment) or texts.
    #[serde(default)]
    pub is: Vec<String>,
    /// Whether it is written as a text, whatever it says.
    #[serde(default)]
    pub text: Option<bool>,
}

/// An operand: the receiver or the n-th argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum Operand {
    /// `self`
    Receiver,
    /// `0`, `1`, …
    Argument(usize),
}

impl TryFrom<serde_json::Value> for Operand {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        match (value.as_str(), value.as_u64()) {
            (Some("self"), _) => Ok(Self::Receiver),
            (_, Some(n)) => Ok(Self::Argument(n as usize)),
            _ => Err(format!("{value} is no operand: write `self` or an argument's number from 0")),
        }
    }
}

/// A range of argument counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct Arity {
    /// At least.
    pub min: usize,
    /// At most.
    pub max: usize,
}

impl TryFrom<serde_json::Value> for Arity {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number =
            |s: &str| s.trim().parse::<usize>().map_err(|_| format!("`{text}` is no arity: write 2, 1-3 or 3+"));
        if let Some(min) = text.strip_suffix('+') {
            Ok(Self { min: number(min)?, max: usize::MAX })
        } else if let Some((min, max)) = text.split_once('-') {
            Ok(Self { min: number(min)?, max: number(max)? })
        } else {
            number(&text).map(|n| Self { min: n, max: n })
        }
    }
}

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
            Self::Apple => 978_307_200,
            Self::Ntp => -2_208_988_800,
            Self::Gps => 315_964_800,
            Self::Ole => -2_209_161_600,
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

pub use crate::calendar::Dialect;

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

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// −1, 0 or 1.
    Cmp,
}

/// What is done over the elements of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// True if the closure holds for any.
    Any,
    /// True if it holds for all.
    All,
    /// An element, whichever the closure picks.
    Find,
    /// Every element through the closure.
    Map,
    /// The elements that the closure keeps: any of them.
    Filter,
    /// The closure over the value itself (`Option::map`, `let`, `then`): not a collection.
    Apply,
}

/// One step of what a row does. The first operand is the value so far; the others are the row's further operands.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// The real-time clock.
    Now(Zone),
    /// A clock that says nothing of the date.
    Monotonic,
    /// The chain's own clock: median or block time. Moves with the real one; findings are at most likely.
    ChainClock,
    /// Year, month, day, hour, minute, second → instant, with carry. Missing parts are the first.
    Civil(CivilForm),
    /// Text (and pattern) → instant.
    Parse(ParseForm),
    /// Text in words → instant: `30 days ago`, `+1 week`, `tomorrow`, a date; without a zone of its own, in this one.
    Phrase(Zone),
    /// The first, moved as the second says in words: `+1 month`, `last day of next month`.
    Moved,
    /// Number → instant; text is parsed; an instant stays.
    Instant(Count),
    /// Instant → number since the epoch; period → number; a number stays.
    Number(Count),
    /// Numbers → period: one unit for each operand in order.
    Period(Vec<Unit>),
    /// A part of an instant, as a number that starts at `base`.
    Part(PartForm),
    /// The instant with the parts replaced by the further operands, in order.
    Set(Vec<PartForm>),
    /// Instant (and pattern) → text. Without a pattern: ISO 8601.
    Print(Dialect),
    /// First plus second; a bare second number counts the unit, or the one that the third operand names.
    Add(Option<Unit>),
    /// First minus second.
    Subtract(Option<Unit>),
    /// First minus second as a number of the unit (whole) or of the one that the third operand names, else a period.
    Difference(Option<Unit>),
    /// A period from a number and a unit's name, a record of units (`{days: 30}`), or a text (`P30D`, `30 days`).
    Amount,
    /// The first minus the clock, in the unit that the second operand names if there is one.
    Until,
    /// The clock minus the first, likewise.
    Since,
    /// The clock less the first, a period.
    Ago,
    /// The clock and the first, a period.
    FromNow,
    /// An instant of which a number that is added, and a difference, counts the unit.
    Counts(Unit),
    /// First against second.
    Compare(Comparison),
    /// The first is less than nothing: a difference that an API reports as a failure (`duration_since(…).is_err()`).
    Negative,
    /// The first lies between the second and the third, or between the two ends that the second lists.
    Between,
    /// The first is before the clock.
    Past,
    /// The first is after the clock.
    Future,
    /// Down to the start of the day, month or year.
    Floor(Unit),
    /// Up to the last instant of the day, month or year.
    Ceiling(Unit),
    /// The same instant, read on another clock.
    Zone(Zone),
    /// An instant that the product remembers.
    Anchor(Anchor),
    /// A configured value: the operand is its key.
    Config,
    /// The value so far, unchanged (wrappers).
    Pass,
    /// The first operand unless it is null or unknown, then the second.
    Fallback,
    /// A constant.
    Is(serde_json::Value),
    /// To a whole number, towards zero.
    ToInt,
    /// First divided by the second, towards zero.
    Quotient,
    /// To a whole number, rounded so.
    Whole(Rounding),
    /// To text.
    ToText,
    /// Text: the parts between the second operand.
    Split,
    /// Text: the second operand replaced by the third (nothing if absent).
    Replace,
    /// Text: from the second operand, up to the third.
    Slice,
    /// A format of the `printf` family with the further operands in its fields.
    Format,
    /// A format with braces (`{0:D4}`, `{:02d}`) with the further operands in them; times are printed in the dialect.
    Compose(Dialect),
    /// A number as text, as the format that is the second operand says: `D2`, `00`, `02d`.
    Digits,
    /// Text: filled up on the left to the second operand's length, with the third operand (a blank if absent).
    Pad,
    /// Instant → text by a pattern of the models.
    PrintAs(PrintForm),
    /// The keys of a map or record.
    Keys,
    /// Its values.
    Values,
    /// Its pairs.
    Entries,
    /// Whether the first, a collection, holds the second.
    Holds,
    /// The smaller.
    Min,
    /// The larger.
    Max,
    /// Without its sign.
    Abs,
    /// The opposite truth value.
    Not,
    /// With the other sign.
    Negate,
    /// An instant taken apart: the list of its parts, in that order. A row of the method `[]` says what a time value
    /// gives when it is indexed, sliced or unpacked like a list.
    Parts(Vec<PartForm>),
    /// The part of the first operand that the second names.
    Member,
    /// The value under the second operand in a map, else the third.
    Entry,
    /// The first moved on by the further operands, one unit for each in order.
    Later(Vec<Unit>),
    /// The first moved back by the further operands.
    Earlier(Vec<Unit>),
    /// First times second.
    Multiply,
    /// First divided by second, rounded down.
    Divide,
    /// The operands in order, as a collection.
    List,
    /// The operands as keys and values in turn; operands that are pairs already are one entry each.
    Pairs,
    /// Any element of a collection.
    Choose,
    /// The element at this place of a list that is known, else any.
    Item(usize),
    /// Text: the numbers in it, as a list (`18.4.40`).
    Numbers,
    /// The closure (second operand) over the elements of the first.
    Each(Each),
    /// Nothing is known of the result, on purpose (a simulated clock, a seed).
    Unknown,
}

/// In which order a date's parts are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartOrder {
    /// Year, month, day, hour, minute, second.
    #[default]
    YearFirst,
    /// Second, minute, hour, day, month, year; a year below 1000 counts from 1900 (C's `struct tm`, Perl).
    SecFirst,
}

/// How [`Op::Civil`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CivilForm {
    /// The order of the operands.
    pub order: PartOrder,
    /// The number of January.
    pub month_base: i64,
    /// What is added to the year.
    pub year_base: i64,
    /// Whose wall clock.
    pub zone: Zone,
}

impl Default for CivilForm {
    fn default() -> Self {
        Self { order: PartOrder::YearFirst, month_base: 1, year_base: 0, zone: Zone::Utc }
    }
}

/// How [`Op::Parse`] reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParseForm {
    /// How the pattern is written; without one, any locale-free form is read.
    pub dialect: Option<Dialect>,
    /// The zone of a text that names none. UTC if absent.
    pub zone: Option<Zone>,
}

/// Which whole number a fraction becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// The one below.
    Floor,
    /// The one above.
    Ceiling,
    /// The nearest.
    Nearest,
}

/// How [`Op::PrintAs`] writes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintForm {
    /// How the pattern is written.
    pub dialect: Dialect,
    /// The pattern.
    pub pattern: String,
}

/// Which part, and the number of its first value (month 0 or 1; year 1900 means years since 1900).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "PartFormForm")]
pub struct PartForm {
    /// The part.
    pub of: Part,
    /// For months and days: the number of the first; for years: what to add to get the year.
    pub base: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PartFormForm {
    Part(Part),
    Full { of: Part, base: i64 },
}

impl From<PartFormForm> for PartForm {
    fn from(form: PartFormForm) -> Self {
        match form {
            PartFormForm::Full { of, base } => Self { of, base },
            PartFormForm::Part(of) => {
                let base = i64::from(matches!(of, Part::Month | Part::Day | Part::Weekday | Part::YearDay));
                Self { of, base }
            }
        }
    }
}

/// A path that knowledge is written about, split at `.` and `::`.
fn segments(path: &str) -> Vec<&str> {
    path.split(['.', ':']).filter(|s| !s.is_empty()).collect()
}

/// A problem in a models file.
#[derive(Debug, thiserror::Error)]
#[error("{language}: {problem}")]
pub struct ModelsError {
    /// The file or language.
    pub language: String,
    /// What is wrong.
    pub problem: String,
}

impl Models {
    /// Reads one `rules/languages` document.
    ///
    /// # Errors
    /// The YAML is broken, or a key, operation or unit is unknown.
    pub fn read(name: &str, yaml: &str) -> Result<Self, ModelsError> {
        let error = |problem: String| ModelsError { language: name.to_owned(), problem };
        let value: serde_json::Value = serde_yaml::from_str(yaml).map_err(|e| error(e.to_string()))?;
        serde_json::from_value(normalise(value)).map_err(|e| error(e.to_string()))
    }

    /// Takes over the rows and lists of other models; its own settings stay.
    pub fn absorb(&mut self, other: &Self) {
        self.rows.extend(other.rows.iter().cloned());
        for (own, theirs) in [
            (&mut self.exits, &other.exits),
            (&mut self.throws, &other.throws),
            (&mut self.logs, &other.logs),
            (&mut self.asserts, &other.asserts),
            (&mut self.assert_equals, &other.assert_equals),
            (&mut self.fluent, &other.fluent),
            (&mut self.frozen, &other.frozen),
            (&mut self.sift, &other.sift),
            (&mut self.tests.paths, &other.tests.paths),
            (&mut self.tests.attributes, &other.tests.attributes),
            (&mut self.tests.calls, &other.tests.calls),
            (&mut self.tests.functions, &other.tests.functions),
            (&mut self.tests.bases, &other.tests.bases),
        ] {
            own.extend(theirs.iter().cloned());
        }
    }
}

/// Lets operations with only optional settings be written as a bare word (`civil`, `parse`, `add`, `period`).
fn normalise(mut value: serde_json::Value) -> serde_json::Value {
    let rows = value.get_mut("rows").and_then(|rows| rows.as_array_mut());
    for row in rows.into_iter().flatten() {
        let ops = row.get_mut("does").and_then(|ops| ops.as_array_mut());
        for op in ops.into_iter().flatten() {
            let bare = match op.as_str() {
                Some(word @ ("civil" | "parse")) => serde_json::json!({ word: {} }),
                Some(word @ ("add" | "subtract" | "difference")) => serde_json::json!({ word: null }),
                Some("now") => serde_json::json!({ "now": "utc" }),
                _ => continue,
            };
            *op = bare;
        }
    }
    value
}

/// The kinds of use that a row can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// A call by path.
    Call,
    /// A method or property.
    Method,
    /// A property that is no method.
    Field,
    /// A constructor.
    New,
    /// A named value.
    Name,
}

/// A row's number and a path that it is about.
type Pattern = (usize, Vec<String>);

/// The rows of one language, indexed by their last segment.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The models themselves (rows of extended languages appended).
    pub models: Models,
    by_last: HashMap<Use, HashMap<String, Vec<Pattern>>>,
    calls: HashMap<String, Vec<(Calls, Vec<String>)>>,
}

/// What a call is known to be, beyond its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Ends the process.
    Exit,
    /// Throws.
    Throw,
    /// Logs or prints.
    Log,
    /// Asserts its first argument.
    Assert,
    /// Asserts that its arguments are equal.
    AssertEqual,
    /// Begins a fluent assertion.
    Fluent,
}

impl Index {
    /// Indexes the models; `extended` are the models of the languages that it extends.
    pub fn new(mut models: Models, extended: &[&Models]) -> Self {
        for base in extended {
            models.rows.extend(base.rows.iter().cloned());
            for (own, theirs) in [
                (&mut models.exits, &base.exits),
                (&mut models.throws, &base.throws),
                (&mut models.logs, &base.logs),
                (&mut models.asserts, &base.asserts),
                (&mut models.assert_equals, &base.assert_equals),
                (&mut models.fluent, &base.fluent),
                (&mut models.frozen, &base.frozen),
                (&mut models.sift, &base.sift),
                (&mut models.tests.paths, &base.tests.paths),
                (&mut models.tests.attributes, &base.tests.attributes),
                (&mut models.tests.calls, &base.tests.calls),
                (&mut models.tests.functions, &base.tests.functions),
                (&mut models.tests.bases, &base.tests.bases),
            ] {
                own.extend(theirs.iter().cloned());
            }
        }
        let mut by_last: HashMap<Use, HashMap<String, Vec<Pattern>>> = HashMap::new();
        for (n, row) in models.rows.iter().enumerate() {
            let uses = [
                (Use::Call, &row.call),
                (Use::Method, &row.method),
                (Use::Field, &row.field),
                (Use::New, &row.new),
                (Use::Name, &row.name),
            ];
            for (kind, paths) in uses {
                for path in paths {
                    let path: Vec<String> = segments(path).into_iter().map(|s| fold(&models, s)).collect();
                    if let Some(last) = path.last() {
                        by_last.entry(kind).or_default().entry(last.clone()).or_default().push((n, path));
                    }
                }
            }
        }
        for rows in by_last.values_mut().flat_map(HashMap::values_mut) {
            rows.sort_by_key(|(n, pattern)| (std::cmp::Reverse(pattern.len()), *n));
        }
        let mut calls: HashMap<String, Vec<(Calls, Vec<String>)>> = HashMap::new();
        let kinds = [
            (Calls::Exit, &models.exits),
            (Calls::Throw, &models.throws),
            (Calls::Log, &models.logs),
            (Calls::Assert, &models.asserts),
            (Calls::AssertEqual, &models.assert_equals),
            (Calls::Fluent, &models.fluent),
        ];
        for (kind, paths) in kinds {
            for path in paths {
                let path: Vec<String> = segments(path).into_iter().map(|s| fold(&models, s)).collect();
                if let Some(last) = path.last() {
                    calls.entry(last.clone()).or_default().push((kind, path));
                }
            }
        }
        Self { models, by_last, calls }
    }

    /// The rows about this use of this path (outermost first, imports resolved), most specific first.
    pub fn rows(&self, kind: Use, path: &[String]) -> impl Iterator<Item = &Row> {
        let found = self.named(kind, path).filter(|rows| !rows.is_empty());
        let by_name = matches!(kind, Use::Method | Use::Field);
        let fits = |pattern: &[String]| by_name || matches(pattern, path, self.models.ignore_case);
        let rows: Vec<usize> =
            found.into_iter().flatten().filter(|(_, pattern)| fits(pattern)).map(|(n, _)| *n).collect();
        rows.into_iter().map(|n| &self.models.rows[n])
    }

    /// The rows about the path's last segment.
    fn named(&self, kind: Use, path: &[String]) -> Option<&Vec<Pattern>> {
        let last = path.last()?;
        let rows = self.by_last.get(&kind)?;
        if self.models.ignore_case { rows.get(&last.to_lowercase()) } else { rows.get(last) }
    }

    /// Whether the call is known to exit, throw, log or assert.
    pub fn call_kind(&self, path: &[String]) -> Option<Calls> {
        let last = path.last()?;
        let named = if self.models.ignore_case { self.calls.get(&last.to_lowercase()) } else { self.calls.get(last) };
        let named = named.map_or(&[][..], Vec::as_slice);
        let ignore_case = self.models.ignore_case;
        let exact = named.iter().find(|(_, pattern)| matches(pattern, path, ignore_case));
        // `*.Fatal` names the method of anything.
        let of_any = || named.iter().find(|(_, pattern)| path.len() > 1 && pattern.len() == 2 && pattern[0] == "*");
        // `log.*` names every member.
        let members = || self.calls.get("*").map_or(&[][..], Vec::as_slice).iter();
        let member = || {
            let front = &path[..path.len() - 1];
            members().find(|(_, pattern)| front.ends_with(&pattern[..pattern.len() - 1]))
        };
        exact.or_else(of_any).or_else(member).map(|(kind, _)| *kind)
    }

    /// Byte words of which a source file must hold one to read a clock: the clocks' own names and `sift`.
    pub fn clock_words(&self) -> Vec<String> {
        let clocks = self.models.rows.iter().filter(|row| row.reads_clock());
        let mut words: Vec<String> = clocks
            .flat_map(|row| row.call.iter().chain(&row.new).chain(&row.name).chain(&row.method).chain(&row.field))
            .cloned()
            .collect();
        words.extend(self.models.sift.iter().cloned());
        words.sort();
        words.dedup();
        words
    }
}

fn fold(models: &Models, segment: &str) -> String {
    if models.ignore_case { segment.to_lowercase() } else { segment.to_owned() }
}

/// A pattern of several segments matches by suffix; one of a single segment only a bare name, or one that stems from a
/// standard library.
fn matches(pattern: &[String], path: &[String], ignore_case: bool) -> bool {
    const STANDARD: [&str; 6] = ["std", "libc", "core", "alloc", "ctime", "globalThis"];
    let same = |a: &String, b: &String| if ignore_case { a.eq_ignore_ascii_case(b) } else { a == b };
    if pattern.len() > path.len() || (pattern.len() == 1 && path.len() > 1 && !STANDARD.contains(&path[0].as_str())) {
        return false;
    }
    pattern.iter().rev().zip(path.iter().rev()).all(|(a, b)| same(a, b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SAMPLE: &str = "
language: rust
extensions: [rs]
rows:
  - {call: [Utc::now], does: [now]}
  - {call: [time], does: [{now: utc}, {number: s}]}
  - {call: [NaiveDate::from_ymd_opt], does: [civil]}
  - {call: [mktime], does: [{civil: {month_base: 0, year_base: 1900, zone: local}}]}
  - {method: [tm_mon], does: [{part: {of: month, base: 0}}]}
  - {method: [num_days], does: [{number: day}]}
  - {call: [GetSystemTimeAsFileTime], into: 0, does: [now, {number: {unit: tick, epoch: windows}}]}
  - {new: [Date], arity: 3+, does: [{civil: {month_base: 0}}]}
  - {name: [Ordering::Less], does: [{is: -1}]}
exits: [std::process::exit]
logs: ['log.*']
";

    fn path(text: &str) -> Vec<String> {
        segments(text).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn rows_match_by_suffix_and_bare_names_exactly() {
        let index = Index::new(Models::read("rust", SAMPLE).unwrap(), &[]);
        for (kind, text, count) in [
            (Use::Call, "chrono::Utc::now", 1),
            (Use::Call, "now", 0),
            (Use::Call, "time", 1),
            (Use::Call, "libc::time", 1),
            (Use::Call, "my::time", 0),
            (Use::Method, "num_days", 1),
            (Use::New, "java.util.Date", 0),
            (Use::New, "Date", 1),
        ] {
            assert_eq!(index.rows(kind, &path(text)).count(), count, "{text}");
        }
        assert_eq!(index.call_kind(&path("process::exit")), None);
        assert_eq!(index.call_kind(&path("std::process::exit")), Some(Calls::Exit));
        assert_eq!(index.call_kind(&path("log.warn")), Some(Calls::Log));
    }

    #[test]
    fn unknown_keys_and_operations_are_refused() {
        for yaml in ["rows: [{call: [a], doez: []}]", "rows: [{call: [a], does: [frobnicate]}]", "colour: red"] {
            assert!(Models::read("x", yaml).is_err(), "{yaml}");
        }
    }
}
