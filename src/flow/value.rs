//! The domain: what a term can be worth at one clock value.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::calendar::{Civil, Instant, Period};
use crate::finding::{Anchor, Confidence, Zone};
use crate::language::models::{Models, Unit};

use super::facts::Id;
pub use super::origins::{OriginId, Origins};

/// The unit of a remembered instant of which nothing else is known, in nanoseconds.
const SECOND: i128 = 1_000_000_000;

/// A truth value; [`Truth::Maybe`] where it depends on something unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// No.
    False,
    /// It depends.
    Maybe,
    /// Yes.
    True,
}

impl Truth {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite.
    #[must_use]
    pub const fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Maybe => Self::Maybe,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// A wall-clock time taken apart, as `struct tm`, a calendar object or date components hold it. Months and days count
/// from 1; values out of range carry over when it is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Year, month, day, hour, minute, second.
    pub fields: [i64; 6],
}

impl Parts {
    /// 1 January of year 1970, midnight: what unset parts are.
    pub const START: Self = Self { fields: [1970, 1, 1, 0, 0, 0] };

    /// The parts of a wall-clock time.
    pub fn of(civil: Civil) -> Self {
        Self { fields: [civil.year(), civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second()] }
    }

    /// Put together, with carry.
    pub fn instant(self) -> Option<Instant> {
        let [year, month, day, hour, minute, second] = self.fields;
        Civil::carrying(year, month, day, hour, minute, second).map(Civil::instant)
    }
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Anything.
    Unknown,
    /// Null, `None`, nothing.
    Null,
    /// A truth value.
    Truth(Truth),
    /// A whole number.
    Int(i128),
    /// A fraction.
    Float(f64),
    /// A text.
    Text(Rc<str>),
    /// A point in time.
    Instant(Instant),
    /// A wall-clock time taken apart.
    Parts(Parts),
    /// A length of time.
    Period(Period),
    /// Values in order, with the type that a declaration gave them.
    List(Rc<[Value]>, Option<Rc<str>>),
    /// Keys and values.
    Map(Rc<[(Value, Value)]>),
    /// Named values.
    Record(Rc<Record>),
    /// Code with the frame that it was made in.
    Closure(Rc<ClosureValue>),
}

/// Named values.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Its type's last name.
    pub ty: Option<String>,
    /// Its values.
    pub fields: Vec<(String, Value)>,
}

impl Record {
    /// Puts a value under a name, in place of what was there.
    pub fn set(&mut self, name: &str, value: Value) {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value));
    }
}

/// Code with the frame that it was made in.
#[derive(Clone, Debug)]
pub struct ClosureValue {
    /// The frame.
    pub frame: usize,
    /// Its parameters' variables.
    pub params: Vec<u32>,
    /// Its result.
    pub value: Id,
}

/// What is known about a value beside its worth.
#[derive(Clone, Debug)]
pub struct Meta {
    /// It moves with the clock.
    pub timed: bool,
    /// Local if any part of it was read on the host's wall clock.
    pub zone: Zone,
    /// It depends on the clock through a part finer than the year (so that the answer may change within one).
    pub coarse: bool,
    /// It may lag behind the clock by less than this many nanoseconds: the clock was rounded.
    pub blur: i128,
    /// It counts from an anchor.
    pub anchor: Option<Anchor>,
    /// A number's unit in nanoseconds, where a clock or conversion gave it one. Of an instant: what a number that is
    /// added to it counts, and its difference to another (a Ruby `Date` counts days).
    pub unit: Option<i128>,
    /// Of a period between two times, when it begins, in seconds since 1970: its years and months are those of the calendar.
    pub since: Option<i64>,
    /// The clock's year chose it from a table: that there is one says something of the clock, what it is worth does not.
    pub by_year: bool,
    /// How sure the flow to it is.
    pub sure: Confidence,
    /// Where it stems from, most telling first.
    pub origins: Origins,
}

impl Default for Meta {
    fn default() -> Self {
        Self {
            timed: false,
            zone: Zone::Utc,
            coarse: false,
            blur: 0,
            anchor: None,
            unit: None,
            since: None,
            by_year: false,
            sure: Confidence::Proven,
            origins: Origins::default(),
        }
    }
}

impl Meta {
    /// Whether it is that of any value, beside where it stems from.
    pub fn is_plain(&self) -> bool {
        let Self { timed, zone, coarse, blur, anchor, unit, since, by_year, sure, origins: _ } = self;
        let bare = anchor.is_none() && unit.is_none() && since.is_none() && !by_year;
        bare && !timed && !coarse && *blur == 0 && *zone == Zone::Utc && *sure == Confidence::Proven
    }

    /// What is known of a value made of both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut origins = self.origins;
        for origin in &other.origins {
            if !origins.contains(origin) && origins.len() < 6 {
                origins.push(*origin);
            }
        }
        Self {
            timed: self.timed || other.timed,
            zone: self.zone.max(other.zone),
            coarse: self.coarse || other.coarse,
            blur: self.blur.max(other.blur),
            anchor: self.anchor.or(other.anchor),
            unit: self.unit.or(other.unit),
            since: None,
            by_year: self.by_year || other.by_year,
            sure: self.sure.min(other.sure),
            origins,
        }
    }
}

/// A value at one clock value.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// What else is known.
    pub meta: Meta,
}

impl Value {
    /// Not known.
    pub fn unknown() -> Self {
        Self::of(Kind::Unknown)
    }

    /// A value that nothing else is known of.
    pub fn of(kind: Kind) -> Self {
        Self { kind, meta: Meta::default() }
    }

    /// The same value, with what is known of another added.
    #[must_use]
    pub fn with(mut self, meta: &Meta) -> Self {
        self.meta = self.meta.join(meta);
        self
    }

    /// Whether nothing is known of its worth.
    pub const fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown)
    }

    /// Whether nothing is known of it at all.
    pub fn says_nothing(&self) -> bool {
        self.is_unknown() && self.meta.is_plain() && self.meta.origins.is_empty()
    }

    /// Its truth value, by the common rules: zero, null and the empty text are false.
    pub fn truth(&self) -> Truth {
        match &self.kind {
            Kind::Unknown => Truth::Maybe,
            Kind::Null => Truth::False,
            Kind::Truth(truth) => *truth,
            Kind::Int(n) => (*n != 0).into(),
            Kind::Float(n) => (*n != 0.0).into(),
            Kind::Text(text) => (!text.is_empty()).into(),
            Kind::Period(period) => (*period != Period::default()).into(),
            _ => Truth::True,
        }
    }

    /// As a whole number: numbers, truth values, numeric texts.
    pub fn int(&self) -> Option<i128> {
        match &self.kind {
            Kind::Int(n) => Some(*n),
            Kind::Float(n) if n.is_finite() && n.abs() < 1e30 => Some(n.trunc() as i128),
            Kind::Truth(Truth::True) => Some(1),
            Kind::Truth(Truth::False) => Some(0),
            Kind::Text(text) => text.trim().trim_start_matches('+').parse().ok(),
            _ => None,
        }
    }

    /// As a number.
    pub fn float(&self) -> Option<f64> {
        match &self.kind {
            Kind::Float(n) => Some(*n),
            Kind::Text(text) => text.trim().parse().ok(),
            _ => self.int().map(|n| n as f64),
        }
    }

    /// As a point in time, without guessing a unit: instants and parts.
    pub fn instant(&self) -> Option<Instant> {
        match &self.kind {
            Kind::Instant(at) => Some(*at),
            Kind::Parts(parts) => parts.instant(),
            _ => None,
        }
    }

    /// The text, of a text.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A part by name, of a record.
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Kind::Record(record) = &self.kind else { return None };
        record.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}

/// The number of `unit`s (in nanoseconds) since 1970, rounded down.
fn count(at: Instant, unit: i128) -> i128 {
    at.0.div_euclid(unit.max(1))
}

/// Brings an instant and a number to two numbers or two instants, by the number's own unit or the language's.
fn commensurate(a: &Value, b: &Value, models: &Models) -> Option<(i128, i128)> {
    match (a.instant(), b.instant()) {
        (Some(a), Some(b)) => Some((a.0, b.0)),
        (Some(at), None) => {
            let unit = b.meta.unit.or(models.instant_as.and_then(Unit::nanos))?;
            Some((count(at, unit), b.int()?))
        }
        (None, Some(at)) => {
            let unit = a.meta.unit.or(models.instant_as.and_then(Unit::nanos))?;
            Some((a.int()?, count(at, unit)))
        }
        (None, None) => None,
    }
}

/// A period's length where months must have one: 30.436875 days.
fn length(period: Period) -> i128 {
    const MONTH: i128 = 2_629_746_000_000_000;
    i128::from(period.months) * MONTH + period.nanos
}

/// The order of two values; `None` where it is not known.
pub fn compare(a: &Value, b: &Value, models: &Models) -> Option<Ordering> {
    if let Some((a, b)) = commensurate(a, b, models) {
        return Some(a.cmp(&b));
    }
    match (&a.kind, &b.kind) {
        (Kind::Text(x), Kind::Text(y)) => Some(x.cmp(y)),
        (Kind::Period(x), Kind::Period(y)) => Some(length(*x).cmp(&length(*y))),
        (Kind::Period(x), _) => {
            let unit = b.meta.unit.or(models.difference_as.and_then(Unit::nanos)).unwrap_or(1);
            let n = b.int()?;
            (n == 0 || b.meta.unit.is_some() || models.difference_as.is_some()).then(|| length(*x).cmp(&(n * unit)))
        }
        (_, Kind::Period(_)) => compare(b, a, models).map(Ordering::reverse),
        // Whichever way a time is written, it is more than nothing.
        (Kind::Instant(_) | Kind::Parts(_), Kind::Text(text)) if text.is_empty() => Some(Ordering::Greater),
        (Kind::Instant(_) | Kind::Parts(_), Kind::Text(text)) => {
            let read = crate::calendar::read(text)?;
            Some(a.instant()?.cmp(&read.instant()))
        }
        (Kind::Text(_), Kind::Instant(_) | Kind::Parts(_)) => compare(b, a, models).map(Ordering::reverse),
        (Kind::List(x, _), Kind::List(y, _)) => {
            for (a, b) in x.iter().zip(y.iter()) {
                match compare(a, b, models)? {
                    Ordering::Equal => {}
                    order => return Some(order),
                }
            }
            Some(x.len().cmp(&y.len()))
        }
        (Kind::Truth(x), Kind::Truth(y)) if *x != Truth::Maybe && *y != Truth::Maybe => Some(x.cmp(y)),
        (Kind::Null, Kind::Null) => Some(Ordering::Equal),
        (Kind::Int(x), Kind::Int(y)) => Some(x.cmp(y)),
        _ => a.float()?.partial_cmp(&b.float()?),
    }
}

/// `a + b` and `a - b`.
pub fn add(a: &Value, b: &Value, minus: bool, models: &Models) -> Value {
    if let (Kind::Int(_), Kind::Truth(truth)) = (&a.kind, &b.kind)
        && *truth != Truth::Maybe
    {
        // `year - born.year - (today < birthday)`
        let b = Value { kind: Kind::Int((*truth == Truth::True).into()), meta: b.meta.clone() };
        return plus(a, &b, minus, models);
    }
    if let (Kind::Text(text), Kind::Int(n), true) = (&a.kind, &b.kind, models.text_moves && !minus) {
        let rest = usize::try_from(*n).ok().and_then(|n| text.get(n..));
        let kind = rest.map_or(Kind::Unknown, |rest| Kind::Text(rest.into()));
        return Value { kind, meta: a.meta.join(&b.meta) };
    }
    match models.text_counts {
        true => plus(&counted(a), &counted(b), minus, models),
        false => plus(a, b, minus, models),
    }
}

/// A text as the number that it holds; any other value as it is.
fn counted(value: &Value) -> Value {
    let Kind::Text(text) = &value.kind else { return value.clone() };
    let int = value.int().map(Kind::Int);
    let kind = int.or_else(|| text.trim().parse().ok().map(Kind::Float)).unwrap_or(Kind::Unknown);
    Value { kind, meta: value.meta.clone() }
}

fn plus(a: &Value, b: &Value, minus: bool, models: &Models) -> Value {
    let sign: i128 = if minus { -1 } else { 1 };
    let mut meta = a.meta.join(&b.meta);
    if meta.anchor.is_some() && meta.unit.is_none() && models.instant_as.is_none() {
        meta.unit = Some(SECOND);
    }
    if minus && let (Some(_), Some(from)) = (a.instant(), b.instant()) {
        meta.since = i64::try_from(from.0.div_euclid(SECOND)).ok();
    }
    let kind = match (&a.kind, &b.kind) {
        (Kind::Int(x), Kind::Int(y)) => x.checked_add(sign * y).map(Kind::Int),
        (Kind::Period(x), Kind::Period(y)) => sum(*x, *y, sign).map(Kind::Period),
        (Kind::Instant(_) | Kind::Parts(_), Kind::Period(period)) => shift(a, *period, sign),
        (Kind::Period(period), Kind::Instant(_) | Kind::Parts(_)) if !minus => shift(b, *period, 1),
        (Kind::Instant(_) | Kind::Parts(_), Kind::Instant(_) | Kind::Parts(_)) if minus => difference(a, b, models),
        (Kind::Instant(_) | Kind::Parts(_), Kind::Int(_) | Kind::Float(_)) => instant_and_number(a, b, minus, models),
        (Kind::Int(_) | Kind::Float(_), Kind::Instant(_) | Kind::Parts(_)) => {
            commensurate(a, b, models).and_then(|(x, y)| x.checked_add(sign * y)).map(Kind::Int)
        }
        (Kind::Text(_), _) | (_, Kind::Text(_)) if !minus => concat(&[a.clone(), b.clone()]),
        _ => match (a.float(), b.float()) {
            (Some(x), Some(y)) => Some(Kind::Float(if minus { x - y } else { x + y })),
            _ => None,
        },
    };
    Value { kind: kind.unwrap_or(Kind::Unknown), meta }
}

fn sum(a: Period, b: Period, sign: i128) -> Option<Period> {
    let months = a.months.checked_add(b.months.checked_mul(sign as i64)?)?;
    Some(Period { months, nanos: a.nanos.checked_add(sign * b.nanos)? })
}

fn shift(at: &Value, period: Period, sign: i128) -> Option<Kind> {
    let period = Period { months: period.months.checked_mul(sign as i64)?, nanos: sign * period.nanos };
    period.after(at.instant()?).map(Kind::Instant)
}

fn difference(a: &Value, b: &Value, models: &Models) -> Option<Kind> {
    let nanos = a.instant()?.0.checked_sub(b.instant()?.0)?;
    if let Some(unit) = a.meta.unit.filter(|unit| b.meta.unit == Some(*unit) && nanos % unit == 0) {
        return Some(Kind::Int(nanos / unit));
    }
    Some(match models.difference_as.and_then(Unit::nanos) {
        Some(unit) if unit == 1_000_000 => Kind::Int(nanos.div_euclid(unit)),
        Some(unit) => Kind::Float(nanos as f64 / unit as f64),
        None => Kind::Period(Period { months: 0, nanos }),
    })
}

/// An instant with a bare number: the number's own unit makes both numbers; else the language says what it counts.
fn instant_and_number(a: &Value, b: &Value, minus: bool, models: &Models) -> Option<Kind> {
    let sign: i128 = if minus { -1 } else { 1 };
    if let Some(unit) = b.meta.unit {
        return Some(Kind::Int(count(a.instant()?, unit).checked_add(sign * b.int()?)?));
    }
    if let Some(unit) = a.meta.unit.or(models.add_as.and_then(Unit::nanos)) {
        let nanos = (b.float()? * unit as f64) as i128;
        return Some(Kind::Instant(Instant(a.instant()?.0.checked_add(sign * nanos)?)));
    }
    let unit = models.instant_as.and_then(Unit::nanos).or(a.meta.anchor.map(|_| SECOND))?;
    Some(Kind::Int(count(a.instant()?, unit).checked_add(sign * b.int()?)?))
}

/// Texts put together; one that grows beyond a line is no date any more, and is not followed.
pub fn concat(parts: &[Value]) -> Option<Kind> {
    const LONGEST: usize = 1_000;
    if let Some(remembered) = remembered(parts) {
        return Some(remembered.kind.clone());
    }
    let parts: Vec<String> = parts.iter().map(printed).collect::<Option<_>>()?;
    (parts.iter().map(String::len).sum::<usize>() <= LONGEST).then(|| Kind::Text(parts.concat().into()))
}

/// The one instant that the product remembers among the parts of a text, where the others tell no more of when that was:
/// `__DATE__ " " __TIME__`.
fn remembered(parts: &[Value]) -> Option<&Value> {
    let is_instant = |part: &&Value| matches!(part.kind, Kind::Instant(_)) && part.meta.anchor.is_some();
    let (instants, others): (Vec<_>, Vec<_>) = parts.iter().partition(is_instant);
    let tells_nothing = |part: &&Value| part.text().is_some_and(|text| !text.bytes().any(|b| b.is_ascii_digit()));
    instants.first().copied().filter(|_| instants.len() == 1 && others.iter().all(tells_nothing))
}

/// How a value is written in a text, where that is the same everywhere.
pub fn printed(value: &Value) -> Option<String> {
    Some(match &value.kind {
        Kind::Text(text) => text.to_string(),
        Kind::Int(n) => n.to_string(),
        Kind::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        Kind::Instant(at) => at.civil()?.to_string(),
        _ => return None,
    })
}

/// `a * b`.
pub fn multiply(a: &Value, b: &Value) -> Value {
    let mut meta = a.meta.join(&b.meta);
    let kind = match (&a.kind, &b.kind) {
        (Kind::Int(x), Kind::Int(y)) => {
            meta.unit = scaled(a, b, |unit, n| (n != 0).then(|| unit / n));
            x.checked_mul(*y).map(Kind::Int)
        }
        // Where periods are numbers of nanoseconds: Go's `time.Duration(days) * 24 * time.Hour`.
        (Kind::Period(x), Kind::Period(y)) if x.months == 0 && y.months == 0 => {
            x.nanos.checked_mul(y.nanos).map(|nanos| Kind::Period(Period { months: 0, nanos }))
        }
        // A remembered instant has no unit yet: `BUILD_TIME * 1000` is still that instant.
        (Kind::Instant(_), Kind::Int(1_000 | 1_000_000 | 1_000_000_000)) if a.meta.anchor.is_some() => {
            Some(a.kind.clone())
        }
        (Kind::Period(period), _) => b.float().map(|n| Kind::Period(times(*period, n))),
        (_, Kind::Period(period)) => a.float().map(|n| Kind::Period(times(*period, n))),
        _ => a.float().zip(b.float()).map(|(x, y)| Kind::Float(x * y)),
    };
    Value { kind: kind.unwrap_or(Kind::Unknown), meta }
}

fn times(period: Period, n: f64) -> Period {
    Period { months: (period.months as f64 * n) as i64, nanos: (period.nanos as f64 * n) as i128 }
}

/// The unit of a count that is multiplied or divided by a plain number.
fn scaled(a: &Value, b: &Value, change: impl Fn(i128, i128) -> Option<i128>) -> Option<i128> {
    match (a.meta.unit, b.meta.unit) {
        (Some(unit), None) => change(unit, b.int()?).filter(|unit| *unit > 0),
        (None, Some(unit)) => change(unit, a.int()?).filter(|unit| *unit > 0),
        _ => None,
    }
}

/// `a / b`; whole numbers divide to a whole number unless `fraction`; `floor` rounds towards −∞.
pub fn divide(a: &Value, b: &Value, fraction: bool, floor: bool) -> Value {
    let mut meta = a.meta.join(&b.meta);
    meta.unit = scaled(a, b, |unit, n| unit.checked_mul(n));
    let kind = match (&a.kind, &b.kind) {
        (Kind::Int(_), Kind::Int(0)) => None,
        (Kind::Int(x), Kind::Int(y)) if floor => Some(Kind::Int(x.div_euclid(*y))),
        (Kind::Int(x), Kind::Int(y)) if !fraction => Some(Kind::Int(x / y)),
        (Kind::Period(x), Kind::Period(y)) if length(*y) != 0 => {
            Some(Kind::Float(length(*x) as f64 / length(*y) as f64))
        }
        (Kind::Period(period), _) => b.float().filter(|n| *n != 0.0).map(|n| Kind::Period(times(*period, 1.0 / n))),
        _ => a.float().zip(b.float()).filter(|(_, y)| *y != 0.0).map(|(x, y)| {
            let quotient = x / y;
            if floor { Kind::Int(quotient.floor() as i128) } else { Kind::Float(quotient) }
        }),
    };
    Value { kind: kind.unwrap_or(Kind::Unknown), meta }
}

/// The other integer operators.
pub fn integer(a: &Value, b: &Value, compute: impl Fn(i128, i128) -> Option<i128>) -> Value {
    let mut meta = a.meta.join(&b.meta);
    meta.unit = None;
    let kind = a.int().zip(b.int()).and_then(|(x, y)| compute(x, y)).map_or(Kind::Unknown, Kind::Int);
    Value { kind, meta }
}

/// Where two operands cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The instant.
    pub at: Instant,
    /// How far from it they may cross, in nanoseconds, where the clock is rounded or counted in large units.
    pub blur: i128,
}

/// Where two operands cross while the clock moves and the other stands still, if both are instants, periods or counts of
/// a known unit.
pub fn crossing(a: &Value, b: &Value, now: Instant) -> Option<Crossing> {
    const EXACT: i128 = 1_000_000_000;
    let sign = match (a.meta.timed, b.meta.timed) {
        (true, false) => 1,
        (false, true) => -1,
        _ => return None,
    };
    if a.meta.coarse || b.meta.coarse {
        return None;
    }
    let mut blur = a.meta.blur.max(b.meta.blur);
    let gap = match (a.instant(), b.instant()) {
        (Some(a), Some(b)) => b.0.checked_sub(a.0)?,
        (Some(at), None) => b.int()?.checked_mul(b.meta.unit?)?.checked_sub(at.0)?,
        (None, Some(at)) => at.0.checked_sub(a.int()?.checked_mul(a.meta.unit?)?)?,
        (None, None) => match (&a.kind, &b.kind) {
            (Kind::Period(a), Kind::Period(b)) => length(*b).checked_sub(length(*a))?,
            _ => {
                let unit = if sign == 1 { a.meta.unit? } else { b.meta.unit? };
                if unit > EXACT {
                    blur = blur.checked_add(unit)?;
                }
                b.int()?.checked_sub(a.int()?)?.checked_mul(unit)?
            }
        },
    };
    now.0.checked_add(sign * gap).map(|at| Crossing { at: Instant(at), blur })
}
