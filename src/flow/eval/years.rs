//! Tables by year, asked for the clock's: there is a last year in them, and then nothing.
//!
//! What such a table holds for a year says nothing of time: rates change with the years, and a holiday comes every year.

use super::*;

/// The years that keys of such a table are.
const YEARS: std::ops::Range<i128> = 1_970..2_200;
/// Rows that are searched for one of a year; a longer table does not run out soon.
const ROWS: usize = 64;

impl Run<'_> {
    /// Of what such a table held and whether it held it, as Go tells both, the one asked for.
    pub(super) fn told_of_year(&self, entry: &Value, which: &Value) -> Option<Value> {
        let absent = match entry.kind {
            Kind::Null if entry.meta.by_year => true,
            Kind::Unknown if entry.meta.by_year => false,
            _ => return None,
        };
        match which.int().filter(|_| !which.meta.timed)? {
            0 => Some(entry.clone()),
            1 => Some(Value { kind: Kind::Truth((!absent).into()), meta: entry.meta.clone() }),
            _ => None,
        }
    }

    /// What a table by year holds for a year of the clock; `None` if it is no such table, or another key.
    pub(super) fn of_year(&mut self, frame: usize, id: Id, table: &Value, key: &Value) -> Option<Value> {
        // Few keys hang on the clock; texts are read for those alone.
        let year = if key.meta.timed { key.int() } else { None }.filter(|year| YEARS.contains(year))?;
        let entries: Vec<(i128, &Value, &Value)> = match &table.kind {
            Kind::Map(pairs) => pairs.iter().map(|(key, value)| Some((year_of(key)?, key, value))).collect(),
            Kind::Record(record) if parts::is_table(record) => {
                record.fields.iter().map(|(name, value)| Some((written_year(name)?, value, value))).collect()
            }
            _ => None,
        }?;
        let (_, last, _) = entries.iter().max_by_key(|(year, ..)| *year)?;
        let entry = entries.iter().find(|(known, ..)| *known == year).map(|(.., value)| *value);
        let meta = Meta { unit: None, by_year: true, ..key.meta.join(&last.meta) };
        self.atom(frame, id, &Value { kind: Kind::Truth(entry.is_some().into()), meta: meta.clone() });
        // This year's festival is no date to wait for.
        let kind = match entry.map(|entry| &entry.kind) {
            None => Kind::Null,
            Some(kind @ (Kind::List(..) | Kind::Map(_) | Kind::Record(_) | Kind::Closure(_))) => kind.clone(),
            Some(_) => Kind::Unknown,
        };
        Some(Value { kind, meta })
    }

    /// The row that a search by the clock's year finds, as [`Run::of_year`] tells it: `rows.find(r => r.year === year)`.
    /// `None` if it is another search.
    pub(super) fn row_of_year(&mut self, frame: usize, id: Id, rows: &Value, asks: &Value) -> Option<Value> {
        let Kind::List(rows, _) = &rows.kind else { return None };
        // A row with a year in it may have been taken for a date taken apart.
        let is_row = |row: &Value| matches!(row.kind, Kind::Record(_) | Kind::Parts(_));
        if rows.is_empty() || rows.len() > ROWS || !rows.iter().all(is_row) {
            return None;
        }
        let known = self.atoms.len();
        let mut found = None;
        let mut meta = Meta::default();
        for row in rows.iter() {
            let answer = self.apply(asks, std::slice::from_ref(row));
            // All that the clock is asked for is the year.
            let asked = self.atoms.get(known..).unwrap_or_default();
            let by_year = !asked.is_empty() && asked.iter().all(|atom| atom.meta.blur == ops::YEAR);
            let whole = matches!(row.kind, Kind::Parts(_)) || !answer.meta.coarse;
            if !by_year || !whole || answer.truth() == Truth::Maybe {
                return None;
            }
            found = found.or((answer.truth() == Truth::True).then(|| row.clone()));
            meta = answer.meta;
        }
        // That one row is not the year's is no answer by itself.
        self.atoms.truncate(known);
        let meta = Meta { unit: None, by_year: true, coarse: false, ..meta };
        self.atom(frame, id, &Value { kind: Kind::Truth(found.is_some().into()), meta: meta.clone() });
        let kind = match found.map(|row| row.kind) {
            None => Kind::Null,
            Some(row @ Kind::Record(_)) => row,
            Some(_) => Kind::Record(Rc::default()),
        };
        Some(Value { kind, meta })
    }
}

fn year_of(key: &Value) -> Option<i128> {
    match &key.kind {
        Kind::Text(text) => written_year(text),
        _ => key.int().filter(|year| YEARS.contains(year)),
    }
}

fn written_year(text: &str) -> Option<i128> {
    (text.len() == 4).then(|| text.parse().ok())?.filter(|year| YEARS.contains(year))
}

/// What a comparison says of what the clock's year chose: whether there is one.
pub(super) fn compared(comparison: Comparison, a: &Value, b: &Value) -> Value {
    let is_null = |value: &Value| matches!(value.kind, Kind::Null) && !value.meta.by_year;
    let chosen = match () {
        () if is_null(a) => b,
        () if is_null(b) => a,
        () => return Value::unknown(),
    };
    let absent = Truth::from(matches!(chosen.kind, Kind::Null));
    match comparison {
        Comparison::Eq => Value { kind: Kind::Truth(absent), meta: chosen.meta.clone() },
        Comparison::Ne => Value { kind: Kind::Truth(absent.negate()), meta: chosen.meta.clone() },
        _ => Value::unknown(),
    }
}
