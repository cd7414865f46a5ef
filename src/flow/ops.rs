//! What a model row can say, computed on values. Operations that need the clock, a closure or a choice are in
//! [`super::eval`]; everything here is a function of its operands.

mod text;

use std::rc::Rc;

use crate::calendar::{self, Instant, Pattern, Period, ReadZone, Reading};
use crate::finding::Zone;
use crate::language::models::{
    CivilForm, Comparison, Count, Dialect, Models, ParseForm, Part, PartForm, PartOrder, Rounding, Unit,
};

use super::value::{self, Kind, Meta, Parts, Truth, Value};

pub use self::text::{cut, head, numbers, pad, place, replace, slice, split, through};

/// The longest month, in nanoseconds.
const MONTH: i128 = 31 * 86_400 * 1_000_000_000;
/// The longest year, in nanoseconds.
pub const YEAR: i128 = 366 * 86_400 * 1_000_000_000;

/// Numbers → instant, with carry. A record with broken-down parts, or a list of them, is put together.
pub fn civil(form: CivilForm, operands: &[Value]) -> Value {
    if let [Value { kind: Kind::List(items, _), .. }, ..] = operands {
        return civil(form, items);
    }
    let mut meta = joined(operands);
    meta.zone = meta.zone.max(form.zone);
    meta.unit = None;
    if let Some(Value { kind: Kind::Parts(parts), .. }) = operands.first() {
        return Value { kind: parts.instant().map_or(Kind::Unknown, Kind::Instant), meta };
    }
    if let Some(Value { kind: Kind::Instant(at), .. }) = operands.first() {
        return Value { kind: Kind::Instant(*at), meta };
    }
    if form.order == PartOrder::SecFirst {
        return civil(CivilForm { order: PartOrder::YearFirst, ..form }, &year_first(operands));
    }
    let mut fields = Parts::START.fields;
    let mut given = 0;
    for (n, operand) in operands.iter().take(6).enumerate() {
        match &operand.kind {
            Kind::Null => break,
            _ => match operand.int().and_then(|n| i64::try_from(n).ok()) {
                Some(number) => fields[n] = number,
                None if n < 3 => return Value { kind: Kind::Unknown, meta },
                None => break,
            },
        }
        given += 1;
    }
    if given == 0 {
        return Value { kind: Kind::Unknown, meta };
    }
    fields[0] = fields[0].saturating_add(form.year_base);
    if given > 1 {
        fields[1] = fields[1].saturating_add(1 - form.month_base);
    }
    let plausible = (-9_999..=9_999).contains(&fields[0]) && fields[1..].iter().all(|n| n.abs() < 1_000_000);
    let at = Parts { fields }.instant().filter(|_| plausible);
    Value { kind: at.map_or(Kind::Unknown, Kind::Instant), meta }
}

/// The parts of `struct tm` and its relatives in the usual order, with years that count from 1900 made whole.
fn year_first(operands: &[Value]) -> Vec<Value> {
    let mut parts: Vec<Value> = operands.iter().take(6).rev().cloned().collect();
    if let Some(Value { kind: Kind::Int(year), .. }) = parts.first_mut()
        && (0..1000).contains(year)
    {
        *year += 1900;
    }
    parts
}

/// Text, and a pattern where the call has one → instant.
pub fn parse(form: ParseForm, operands: &[Value]) -> Value {
    let Some(text) = operands.first() else { return Value::unknown() };
    let mut meta = Meta { unit: None, ..text.meta.clone() };
    if matches!(text.kind, Kind::Instant(_)) {
        return Value { kind: text.kind.clone(), meta };
    }
    let pattern = operands.iter().skip(1).find_map(|operand| operand.text());
    let read = text.text().and_then(|text| read_with(form, text, pattern));
    let Some(read) = read else { return Value { kind: Kind::Unknown, meta } };
    if read.zone == ReadZone::Unstated {
        meta.zone = meta.zone.max(form.zone.unwrap_or(Zone::Utc));
    }
    Value { kind: Kind::Instant(read.instant()), meta }
}

fn read_with(form: ParseForm, text: &str, pattern: Option<&str>) -> Option<Reading> {
    let by_pattern =
        form.dialect.zip(pattern).and_then(|(dialect, pattern)| Pattern::compile(dialect, pattern)?.read(text));
    let slashed = || calendar::read_slashed(text, form.slashed?);
    by_pattern.or_else(|| calendar::read(text)).or_else(slashed)
}

/// Number since an epoch → instant; texts are read, instants stay.
pub fn instant(form: Count, operand: &Value) -> Value {
    let meta = Meta { unit: None, ..operand.meta.clone() };
    let kind = match &operand.kind {
        Kind::Instant(at) => Kind::Instant(*at),
        Kind::Parts(parts) => parts.instant().map_or(Kind::Unknown, Kind::Instant),
        Kind::Text(text) => match calendar::read(text) {
            Some(read) => Kind::Instant(read.instant()),
            None => Kind::Unknown,
        },
        Kind::Period(period) if period.months == 0 => Kind::Instant(Instant(epoch_nanos(form) + period.nanos)),
        _ => match (operand.float(), operand.int(), form.unit.nanos()) {
            (Some(number), whole, Some(unit)) => {
                let nanos = match (&operand.kind, whole) {
                    (Kind::Float(_), _) | (_, None) => Some((number * unit as f64) as i128),
                    (_, Some(n)) => n.checked_mul(unit),
                };
                nanos
                    .and_then(|n| n.checked_add(epoch_nanos(form)))
                    .map_or(Kind::Unknown, |n| Kind::Instant(Instant(n)))
            }
            _ => Kind::Unknown,
        },
    };
    Value { kind, meta }
}

fn epoch_nanos(form: Count) -> i128 {
    i128::from(form.epoch.seconds()) * 1_000_000_000
}

/// Instant → number since an epoch; period → number; numbers stay.
pub fn number(form: Count, operand: &Value) -> Value {
    let mut meta = operand.meta.clone();
    let nanos = match &operand.kind {
        Kind::Instant(at) => Some(at.0 - epoch_nanos(form)),
        Kind::Parts(parts) => parts.instant().map(|at| at.0 - epoch_nanos(form)),
        Kind::Period(period) => {
            if matches!(form.unit, Unit::Month | Unit::Year) && period.nanos == 0 {
                let size = if form.unit == Unit::Year { 12 } else { 1 };
                return Value { kind: Kind::Int(i128::from(period.months / size)), meta };
            }
            if let Some(years) = calendar_count(form.unit, operand) {
                return years;
            }
            let month = 2_629_746_000_000_000_i128;
            Some(period.nanos + i128::from(period.months) * month)
        }
        Kind::Int(n) if form.fraction => return Value { kind: Kind::Float(*n as f64), meta },
        Kind::Int(_) | Kind::Float(_) => return operand.clone(),
        _ => None,
    };
    let unit = form.unit.nanos().unwrap_or(match form.unit {
        Unit::Month => 2_629_746_000_000_000,
        _ => 31_556_952_000_000_000,
    });
    let kind = match nanos {
        None => Kind::Unknown,
        Some(nanos) if form.fraction => Kind::Float(nanos as f64 / unit as f64),
        // Periods round towards zero, counts since an epoch down.
        Some(nanos) if matches!(operand.kind, Kind::Period(_)) && !form.floor => Kind::Int(nanos / unit),
        Some(nanos) => Kind::Int(nanos.div_euclid(unit)),
    };
    if form.epoch == crate::language::models::Epoch::Unix {
        meta.unit = Some(unit);
    }
    Value { kind, meta }
}

/// Numbers → period, one unit for each operand.
pub fn period(units: &[Unit], operands: &[Value]) -> Value {
    let meta = Meta { unit: None, ..joined(operands) };
    let mut total = Period::default();
    let mut known = false;
    for (unit, operand) in units.iter().zip(operands) {
        match &operand.kind {
            Kind::Null => {}
            // A remembered instant of which only the name is known is a count of whatever unit it is used in.
            Kind::Instant(at) if operand.meta.anchor.is_some() => {
                total.nanos = total.nanos.saturating_add(at.0);
                known = true;
            }
            Kind::Period(period) => {
                total = Period {
                    months: total.months.saturating_add(period.months),
                    nanos: total.nanos.saturating_add(period.nanos),
                };
                known = true;
            }
            _ => {
                let Some(number) = operand.float().filter(|n| n.abs() < 1e18) else {
                    if let Some(Ok(period)) = operand.text().map(Period::parse) {
                        return Value { kind: Kind::Period(period), meta };
                    }
                    return Value { kind: Kind::Unknown, meta };
                };
                known = true;
                match unit {
                    Unit::Month => total.months = total.months.saturating_add(number as i64),
                    Unit::Year => total.months = total.months.saturating_add((number * 12.0) as i64),
                    _ => total.nanos = total.nanos.saturating_add((number * unit.nanos().unwrap_or(0) as f64) as i128),
                }
            }
        }
    }
    Value { kind: if known { Kind::Period(total) } else { Kind::Unknown }, meta }
}

/// A part of an instant.
pub fn part(form: PartForm, operand: &Value) -> Value {
    let mut meta = operand.meta.clone();
    meta.unit = None;
    match form.of {
        Part::Year => meta.blur = meta.blur.max(YEAR),
        _ => meta.coarse = true,
    }
    let civil = operand.instant().and_then(Instant::civil);
    let kind = civil.map_or(Kind::Unknown, |civil| {
        let number = match form.of {
            Part::Year => civil.year() - form.base,
            Part::Month => civil.month() - 1 + form.base,
            Part::Day => civil.day() - 1 + form.base,
            Part::Hour => civil.hour(),
            Part::Minute => civil.minute(),
            Part::Second => civil.second(),
            Part::Nanosecond => civil.nanosecond(),
            // ISO weekdays start on Monday; with base 0 Sunday is 0, as in C.
            Part::Weekday if form.base == 0 => civil.weekday() % 7,
            Part::Weekday => civil.weekday(),
            Part::YearDay => civil.year_day() - 1 + form.base,
        };
        Kind::Int(i128::from(number))
    });
    Value { kind, meta }
}

/// A value with one part replaced, where the models say which part a name is.
pub fn set_part(form: PartForm, base: &Value, to: &Value) -> Value {
    let meta = Meta { unit: None, coarse: true, ..base.meta.join(&to.meta) };
    let mut parts = match &base.kind {
        Kind::Parts(parts) => *parts,
        Kind::Instant(at) => match at.civil() {
            Some(civil) => Parts::of(civil),
            None => return Value { kind: Kind::Unknown, meta },
        },
        Kind::Unknown | Kind::Record(_) | Kind::Null | Kind::List(..) => Parts::START,
        _ => return Value { kind: Kind::Unknown, meta },
    };
    let Some(number) = to.int().and_then(|n| i64::try_from(n).ok()).filter(|n| n.abs() < 1_000_000) else {
        return Value { kind: Kind::Unknown, meta };
    };
    match form.of {
        Part::Year => parts.fields[0] = number + form.base,
        Part::Month => parts.fields[1] = number + 1 - form.base,
        Part::Day => parts.fields[2] = number + 1 - form.base,
        Part::Hour => parts.fields[3] = number,
        Part::Minute => parts.fields[4] = number,
        Part::Second => parts.fields[5] = number,
        Part::Nanosecond | Part::Weekday | Part::YearDay => {}
    }
    let timed_or_known = !base.is_unknown() || matches!(form.of, Part::Year | Part::Month | Part::Day);
    if timed_or_known { Value { kind: Kind::Parts(parts), meta } } else { Value { kind: Kind::Unknown, meta } }
}

/// Instant → text.
pub fn print(dialect: Dialect, operands: &[Value]) -> Value {
    let mut meta = joined(operands);
    meta.unit = None;
    meta.coarse = true;
    let civil = operands.first().and_then(Value::instant).and_then(Instant::civil);
    let pattern = operands.iter().skip(1).find_map(|operand| operand.text());
    if let (Dialect::Strftime, Some("%s"), Some(first)) = (dialect, pattern, operands.first()) {
        // The pattern of nothing but the epoch second: a count rather than a text.
        return number(Count::from(Unit::Second), first);
    }
    let text = civil.and_then(|civil| match pattern {
        Some(pattern) => Pattern::compile(dialect, pattern)?.print(civil),
        None if operands.len() < 2 => Some(civil.to_string()),
        None => None,
    });
    Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
}

/// Down to the start of a day, month or year; `up` to the last nanosecond of it.
pub fn round(unit: Unit, operand: &Value, up: bool) -> Value {
    let size = match unit {
        Unit::Year => YEAR,
        Unit::Month => MONTH,
        _ => unit.nanos().unwrap_or(0),
    };
    let meta = Meta { blur: operand.meta.blur.max(size), ..operand.meta.clone() };
    let start = operand.instant().and_then(|at| {
        let civil = at.civil()?;
        Some(match unit {
            Unit::Year => calendar::Civil::from_ymd(civil.year(), 1, 1)?.instant(),
            Unit::Month => calendar::Civil::from_ymd(civil.year(), civil.month(), 1)?.instant(),
            _ => {
                let size = unit.nanos()?;
                Instant(at.0.div_euclid(size) * size)
            }
        })
    });
    let at = start.and_then(|start| {
        if !up {
            return Some(start);
        }
        let size = match unit {
            Unit::Year => Period::months(12),
            Unit::Month => Period::months(1),
            _ => Period { months: 0, nanos: unit.nanos()? },
        };
        size.after(start).map(|end| Instant(end.0 - 1))
    });
    Value { kind: at.map_or(Kind::Unknown, Kind::Instant), meta }
}

/// A comparison's answer.
pub fn compare(comparison: Comparison, a: &Value, b: &Value, models: &Models) -> Value {
    let mut meta = a.meta.join(&b.meta);
    for operand in [a, b] {
        if let Kind::List(items, _) = &operand.kind {
            meta = meta.join(&joined(items));
        }
    }
    meta.unit = None;
    let unequal_kinds =
        matches!((&a.kind, &b.kind), (Kind::Null, k) | (k, Kind::Null) if !matches!(k, Kind::Null | Kind::Unknown));
    if unequal_kinds {
        let truth = match comparison {
            Comparison::Eq => Truth::False,
            Comparison::Ne => Truth::True,
            _ => Truth::Maybe,
        };
        // That there is nothing may be the clock's doing.
        let timed = [a, b].iter().any(|side| side.meta.timed && matches!(side.kind, Kind::Null));
        return Value { kind: Kind::Truth(truth), meta: Meta { timed, ..meta } };
    }
    let kind = match value::compare(a, b, models) {
        None if comparison == Comparison::Cmp => Kind::Unknown,
        None => Kind::Truth(Truth::Maybe),
        Some(order) => match comparison {
            Comparison::Lt => Kind::Truth(order.is_lt().into()),
            Comparison::Le => Kind::Truth(order.is_le().into()),
            Comparison::Gt => Kind::Truth(order.is_gt().into()),
            Comparison::Ge => Kind::Truth(order.is_ge().into()),
            Comparison::Eq => Kind::Truth(order.is_eq().into()),
            Comparison::Ne => Kind::Truth(order.is_ne().into()),
            Comparison::Cmp => Kind::Int(order as i128),
        },
    };
    Value { kind, meta }
}

/// The unit that an operand names.
fn named_unit(operand: Option<&Value>) -> Option<Unit> {
    operand.and_then(Value::text).and_then(Unit::named)
}

/// What is added or subtracted: the operands after the first, as [`Op::Add`](crate::language::models::Op::Add) takes them.
pub fn amount(unit: Option<Unit>, operands: &[Value], models: &Models) -> Value {
    let [second, rest @ ..] = operands else { return Value::unknown() };
    match (unit.or_else(|| named_unit(rest.first())), &second.kind) {
        (Some(unit), _) => period(&[unit], std::slice::from_ref(second)),
        (None, Kind::Record(_) | Kind::Map(_) | Kind::Text(_)) => measured(second, models),
        (None, _) => second.clone(),
    }
}

/// A period from a record of units, a text, or a number of the unit that differences have in the language.
pub fn measured(operand: &Value, models: &Models) -> Value {
    let meta = Meta { unit: None, ..operand.meta.clone() };
    let parts: Vec<(Option<Unit>, &Value)> = match &operand.kind {
        Kind::Record(record) => record.fields.iter().map(|(name, value)| (Unit::named(name), value)).collect(),
        Kind::Map(pairs) => pairs.iter().map(|(key, value)| (named_unit(Some(key)), value)).collect(),
        Kind::Text(text) => {
            let text = text.trim();
            let (back, length) = match text.strip_prefix('-') {
                Some(length) => (true, length),
                None => (false, text.trim_start_matches('+')),
            };
            let kind = Period::parse(length.trim()).map_or(Kind::Unknown, |period| {
                let sign = if back { -1 } else { 1 };
                Kind::Period(Period { months: period.months * sign, nanos: period.nanos * i128::from(sign) })
            });
            return Value { kind, meta };
        }
        Kind::Int(_) | Kind::Float(_) => match models.difference_as {
            Some(unit) => return period(&[unit], std::slice::from_ref(operand)),
            None => return operand.clone(),
        },
        _ => return operand.clone(),
    };
    let (units, values): (Vec<Unit>, Vec<Value>) =
        parts.into_iter().filter_map(|(unit, value)| Some((unit?, value.clone()))).unzip();
    period(&units, &values)
}

/// An operand that is text, read as the time it says.
fn timely(operand: &Value) -> Option<Instant> {
    operand.instant().or_else(|| calendar::read(operand.text()?).map(|read| read.instant()))
}

/// First minus second as a whole number of a unit.
pub fn difference(unit: Option<Unit>, operands: &[Value], models: &Models) -> Value {
    let [a, b, rest @ ..] = operands else { return Value::unknown() };
    let unit = unit.or_else(|| named_unit(rest.first()));
    let (Some(unit), Some(x), Some(y)) = (unit, timely(a), timely(b)) else {
        return value::add(a, b, true, models);
    };
    let meta = a.meta.join(&b.meta);
    if let Unit::Month | Unit::Year = unit {
        let months = whole_months(x, y);
        let size = if unit == Unit::Year { 12 } else { 1 };
        return Value { kind: months.map_or(Kind::Unknown, |n| Kind::Int(i128::from(n / size))), meta };
    }
    number(
        Count { unit, epoch: crate::language::models::Epoch::Unix, fraction: false, floor: false },
        &Value { kind: Kind::Period(Period { months: 0, nanos: x.0 - y.0 }), meta },
    )
}

/// How many whole months or years of the calendar a period between two times holds.
fn calendar_count(unit: Unit, operand: &Value) -> Option<Value> {
    let Kind::Period(period) = operand.kind else { return None };
    let size = match unit {
        Unit::Month => 1,
        Unit::Year => 12,
        _ => return None,
    };
    let from = Instant::from_seconds(operand.meta.since?);
    let until = Instant(from.0.checked_add(period.nanos)?);
    let months = match until >= from {
        true => whole_months(until, from)?,
        false => -whole_months(from, until)?,
    };
    let meta = Meta { unit: None, since: None, ..operand.meta.clone() };
    Some(Value { kind: Kind::Int(i128::from(months / size)), meta })
}

/// The whole months from one time to a later one.
fn whole_months(later: Instant, earlier: Instant) -> Option<i64> {
    let (x, y) = (later.civil()?, earlier.civil()?);
    let whole = (x.year() - y.year()) * 12 + x.month() - y.month();
    Some(if x.day() < y.day() { whole - 1 } else { whole })
}

/// A time as the number that the language takes it for in arithmetic; anything else as it is.
pub fn counted(operand: &Value, models: &Models) -> Value {
    match (operand.instant(), models.instant_as.and_then(Unit::nanos)) {
        (Some(at), Some(unit)) => {
            let meta = Meta { unit: Some(unit), ..operand.meta.clone() };
            Value { kind: Kind::Int(at.0.div_euclid(unit)), meta }
        }
        _ => operand.clone(),
    }
}

/// To a whole number; times count as the language says.
pub fn to_int(operand: &Value, models: &Models) -> Value {
    let operand = counted(operand, models);
    let kind = match &operand.kind {
        Kind::Instant(_) | Kind::Period(_) => operand.kind.clone(),
        _ => operand.int().map_or(Kind::Unknown, Kind::Int),
    };
    Value { kind, meta: operand.meta }
}

/// To a whole number; of a text, the digits that it begins with.
pub fn leading_int(operand: &Value, models: &Models) -> Value {
    let Some(text) = operand.text() else { return to_int(operand, models) };
    let text = text.trim_start();
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..sign + digits].trim_start_matches('+').parse();
    Value { kind: number.map_or(Kind::Unknown, Kind::Int), meta: operand.meta.clone() }
}

/// To a whole number, rounded.
pub fn whole(rounding: Rounding, operand: &Value, models: &Models) -> Value {
    let operand = counted(operand, models);
    let rounded = match &operand.kind {
        Kind::Float(n) if n.abs() < 1e30 => Kind::Int(match rounding {
            Rounding::Floor => n.floor(),
            Rounding::Ceiling => n.ceil(),
            Rounding::Nearest => n.round(),
        } as i128),
        _ => return to_int(&operand, models),
    };
    Value { kind: rounded, meta: operand.meta }
}

/// An instant taken apart: the list of its parts.
pub fn parts(forms: &[PartForm], operand: &Value) -> Value {
    let parts: Vec<Value> = forms.iter().map(|form| part(*form, operand)).collect();
    match operand.instant() {
        Some(_) => Value::of(Kind::List(parts.into(), None)),
        None => Value { kind: Kind::Unknown, meta: operand.meta.clone() },
    }
}

/// The operands in order.
pub fn list(operands: &[Value]) -> Value {
    Value::of(Kind::List(operands.into(), None))
}

/// The first operand, a list or nothing yet, with the further ones at its end.
pub fn gain(operands: &[Value]) -> Value {
    let Some((first, gained)) = operands.split_first() else { return Value::unknown() };
    match &first.kind {
        Kind::List(items, ty) => {
            let items = items.iter().chain(gained).cloned().collect();
            Value { kind: Kind::List(items, ty.clone()), meta: first.meta.clone() }
        }
        Kind::Null => list(gained),
        Kind::Record(record) if record.fields.is_empty() => list(gained),
        _ => list(operands),
    }
}

/// How many elements a list has, if each of them is known: else one may stand for several.
pub fn length(operand: &Value) -> Value {
    if let Some(numbers) = super::collections::numbers(operand) {
        let count = numbers.end.saturating_sub(numbers.start).max(0);
        return Value {
            kind: Kind::Int(count),
            meta: Meta { unit: None, ..joined(&super::collections::elements(operand)) },
        };
    }
    let kind = match &operand.kind {
        Kind::List(items, _) if !items.iter().any(Value::is_unknown) => Kind::Int(items.len() as i128),
        _ => Kind::Unknown,
    };
    Value { kind, meta: Meta { unit: None, ..operand.meta.clone() } }
}

/// The operands as keys and values in turn; if each is a pair already, or the only one a list of pairs, these are the entries.
pub fn pairs(operands: &[Value]) -> Value {
    let is_pair = |value: &Value| matches!(&value.kind, Kind::List(items, _) if items.len() == 2);
    if let [Value { kind: Kind::List(items, _), .. }] = operands
        && items.iter().all(is_pair)
    {
        return pairs(items);
    }
    let pair = |value: &Value| match &value.kind {
        Kind::List(items, _) if items.len() == 2 => Some((items[0].clone(), items[1].clone())),
        _ => None,
    };
    let entries: Option<Vec<(Value, Value)>> = operands.iter().map(pair).collect();
    let in_turn = || operands.chunks_exact(2).map(|two| (two[0].clone(), two[1].clone())).collect();
    Value::of(Kind::Map(entries.unwrap_or_else(in_turn).into()))
}

/// The first operand moved by the further ones, one unit for each.
pub fn shifted(units: &[Unit], operands: &[Value], back: bool, models: &Models) -> Value {
    let [first, amounts @ ..] = operands else { return Value::unknown() };
    if first.instant().is_none() {
        return Value { kind: Kind::Unknown, meta: first.meta.clone() };
    }
    value::add(first, &period(units, amounts), back, models)
}

/// The smaller or the larger of two.
pub fn outer(smaller: bool, a: &Value, b: &Value, models: &Models) -> Value {
    let mut value = match value::compare(a, b, models) {
        Some(order) if order.is_lt() == smaller => a.clone().with(&b.meta),
        Some(_) => b.clone().with(&a.meta),
        None => return Value::unknown(),
    };
    // Of the clock and a limit it moves only on one side of the limit.
    value.meta.coarse |= a.meta.timed != b.meta.timed;
    value
}

/// A constant of the models.
pub fn constant(value: &serde_json::Value) -> Value {
    Value::of(match value {
        serde_json::Value::Null => Kind::Null,
        serde_json::Value::Bool(b) => Kind::Truth((*b).into()),
        serde_json::Value::Number(n) => match n.as_i64() {
            Some(n) => Kind::Int(i128::from(n)),
            None => Kind::Float(n.as_f64().unwrap_or(0.0)),
        },
        serde_json::Value::String(text) => Kind::Text(Rc::from(text.as_str())),
        serde_json::Value::Array(items) if items.is_empty() => Kind::List(Rc::from([]), None),
        _ => Kind::Unknown,
    })
}

/// What is known of a value made of all operands.
pub fn joined(operands: &[Value]) -> Meta {
    operands.iter().fold(Meta::default(), |meta, operand| meta.join(&operand.meta))
}
