//! Tables by year: a holiday for each year up to the last that is written, and the last date that a file fixes by name.

use crate::calendar::{Civil, Instant};

use super::super::facts::{Argument, Id, TermKind};
use super::{DEPTH, RunsOut, Source, year_start};

/// A table of years has at least so many, without a gap at its end.
const ROWS: usize = 8;
/// The years that a table may end with.
const ENDS: std::ops::Range<i128> = 2010..2400;

const UNKNOWN: &str = "later years are not known";

/// A table whose keys are years, in code that is no test.
pub(super) fn at(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    if source.file.in_test {
        return None;
    }
    let keys: Vec<Id> = match source.kind(id) {
        TermKind::Map(pairs) if pairs.len() >= ROWS => pairs.iter().map(|(key, _)| *key).collect(),
        TermKind::Record(None, fields, None) if fields.len() >= ROWS => return named(source, id, fields),
        TermKind::Call(_, args) | TermKind::Method(_, _, args) if args.len() >= ROWS => {
            args.iter().filter_map(|(_, arg)| entry(source, *arg)).collect()
        }
        _ => return None,
    };
    let years: Vec<(i128, Id)> = keys.iter().filter_map(|key| Some((year_of(source, *key)?, *key))).collect();
    let (last, key) = (years.len() == keys.len()).then(|| last_of(years))??;
    let found = ends(source, id, last)?;
    Some(RunsOut { span: source.span(key), ..found })
}

/// The fields of a record that are called by years.
fn named(source: &Source<'_>, id: Id, fields: &[(String, Id)]) -> Option<RunsOut> {
    let years: Option<Vec<(i128, Id)>> =
        fields.iter().map(|(name, value)| Some((four_digits(name)?, *value))).collect();
    let (last, value) = last_of(years?)?;
    Some(RunsOut { span: source.span(value), ..ends(source, id, last)? })
}

fn ends(source: &Source<'_>, id: Id, last: i128) -> Option<RunsOut> {
    Some(RunsOut::possible(source.span(id), year_start(last + 1)?, "a table by year runs out", UNKNOWN))
}

/// The key of an entry that is made by a call: `Map.entry(2030, …)`.
fn entry(source: &Source<'_>, id: Id) -> Option<Id> {
    let (_, name, args) = source.call(id)?;
    let keyed = matches!(name, "entry" | "Pair" | "pair" | "of");
    args.first().filter(|_| keyed && args.len() == 2).map(|(_, key): &Argument| *key)
}

fn year_of(source: &Source<'_>, id: Id) -> Option<i128> {
    match source.kind(id) {
        TermKind::Int(year) => Some(*year).filter(|year| (1500..2400).contains(year)),
        TermKind::Text(text) => four_digits(text),
        _ => None,
    }
}

fn four_digits(text: &str) -> Option<i128> {
    (text.len() == 4).then(|| text.parse().ok())?.filter(|year| (1500..2400).contains(year))
}

/// The last year of enough that follow one another.
fn last_of(mut years: Vec<(i128, Id)>) -> Option<(i128, Id)> {
    years.sort_by_key(|(year, _)| *year);
    let run = years.windows(2).rev().take_while(|pair| pair[1].0 == pair[0].0 + 1).count();
    years.last().copied().filter(|(last, _)| run + 1 >= ROWS && ENDS.contains(last))
}

/// What the file calls its last date, or the range of its dates: `MAX_DATE`, `GREGORIAN_RANGE`.
pub(super) fn limits(source: &Source<'_>) -> Vec<RunsOut> {
    if source.file.in_test {
        return Vec::new();
    }
    let globals = source.file.globals.iter().filter(|global| limits_dates(&global.name));
    let found = globals.filter_map(|global| {
        let last = last_date(source, global.value?, DEPTH)?;
        let after = Instant::from_seconds(i64::try_from(last.instant().seconds()).ok()? + 86_400);
        Some(RunsOut::possible(global.span, after, "the last date that is fixed in the source is over", UNKNOWN))
    });
    found.collect()
}

/// Whether a name is that of an upper limit of dates.
fn limits_dates(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split('_').collect();
    let has = |all: &[&str]| words.iter().any(|word| all.contains(word));
    has(&["range"]) && !has(&["test"]) || has(&["max", "last", "latest"]) && has(&["date", "day", "datetime"])
}

/// The latest date that a value holds as year, month and day.
fn last_date(source: &Source<'_>, id: Id, depth: usize) -> Option<Civil> {
    let depth = depth.checked_sub(1)?;
    let parts = |all: &[Id]| match all {
        [year, month, day] => {
            let part = |id: Id| i64::try_from(source.constant(id, 2)?).ok();
            let date = Civil::from_ymd(part(*year)?, part(*month)?, part(*day)?)?;
            ENDS.contains(&i128::from(date.year())).then_some(date)
        }
        _ => None,
    };
    match source.kind(id) {
        TermKind::List(items) => {
            parts(items).or_else(|| items.iter().filter_map(|item| last_date(source, *item, depth)).max())
        }
        TermKind::Call(_, args) | TermKind::New(_, args) => {
            parts(&args.iter().map(|(_, arg)| *arg).collect::<Vec<_>>())
        }
        _ => None,
    }
}
