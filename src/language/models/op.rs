//! The operations that a row is made of.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::calendar::DayOrder;
use crate::finding::{Anchor, Zone};

use super::{Count, Dialect, Part, Unit};

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
    /// Those that it does not keep.
    Reject,
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
    /// The first lies between the second and the third, or in the second alone: a range, a list, a text.
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
    /// What the script gives whose file the text names (`require 'config.php'`).
    Script,
    /// The value so far, unchanged (wrappers).
    Pass,
    /// The first operand unless it is null or unknown, then the second.
    Fallback,
    /// A constant.
    Is(serde_json::Value),
    /// To a whole number, towards zero.
    ToInt,
    /// The same; of a text as far as it begins with one.
    LeadingInt,
    /// Text, a `scanf` format, and which of its values: that value.
    Scan,
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
    /// Text: from the second operand, as much as the third says; a start below zero counts from the end.
    Cut,
    /// Text: as many of its first characters as the second operand says.
    Head,
    /// Text: from the second operand through the third, counted from 1.
    Through,
    /// Text, and a pattern → what its groups hold where it first matches: a list with the whole match first.
    Captures(PatternForm),
    /// Text, and a pattern → the list of every match.
    Matches(PatternForm),
    /// The groups of a match, without the whole of it.
    Groups,
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
    /// The smaller; of one collection, its smallest element or key.
    Min,
    /// The larger, likewise.
    Max,
    /// The whole numbers from the first operand (zero, if there is only one) up to the last, without it.
    Range,
    /// The same, with the last.
    RangeTo,
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
    /// A list with the further operands at its end; a method that `mutates` puts its argument there.
    Gain,
    /// A function that is given some of its arguments before it is called (`functools.partial`): it comes first.
    Bind,
    /// A collection with the last operand under the one before it; likewise.
    Store,
    /// The first moved on by the further operands, one unit for each in order.
    Later(Vec<Unit>),
    /// The first moved back by the further operands.
    Earlier(Vec<Unit>),
    /// First times second.
    Multiply,
    /// First divided by second, rounded down.
    Divide,
    /// The entries of the operands in one table, the later ones in place of the earlier; lists one behind the other.
    Merge,
    /// The operands in order, as a collection.
    List,
    /// How many elements a list has that is known.
    Length,
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
    /// Which number is the day where a slash stands between them and either may be. Such a text says nothing if absent.
    pub slashed: Option<DayOrder>,
}

/// How a pattern is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatternForm {
    /// A regular expression.
    Plain,
    /// One between marks, with flags after them: PHP's `'/(\d+)/i'`.
    Delimited,
    /// Lua's own.
    Lua,
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

/// The operations of a row. One whose settings may all be left out may be written as a bare word.
pub(super) fn written<'de, D: Deserializer<'de>>(row: D) -> Result<Vec<Op>, D::Error> {
    let ops: Vec<Written> = Vec::deserialize(row)?;
    Ok(ops.into_iter().map(|Written(op)| op).collect())
}

struct Written(Op);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(op: D) -> Result<Self, D::Error> {
        op.deserialize_any(Form).map(Self)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Op;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an operation: a word, or a word and its settings")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Op, E> {
        Ok(match word {
            "now" => Op::Now(Zone::Utc),
            "civil" => Op::Civil(CivilForm::default()),
            "parse" => Op::Parse(ParseForm::default()),
            "add" => Op::Add(None),
            "subtract" => Op::Subtract(None),
            "difference" => Op::Difference(None),
            _ => return Op::deserialize(word.into_deserializer()),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, settings: A) -> Result<Op, A::Error> {
        Op::deserialize(MapAccessDeserializer::new(settings))
    }
}
