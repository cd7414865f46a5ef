//! Tables that end with a year, and checks of a year against a fixed last one.

use crate::calendar::{Civil, Instant};
use crate::finding::Span;
use crate::language::ir::{BinaryOp, UnaryOp};

use super::super::facts::{FunctionFacts, Id, TermKind};
use super::{DEPTH, RunsOut, Source, year_start};

/// A list of at least so many zones is a table of them.
const ZONES: usize = 20;
/// A range of years that is checked for being in a table, rather than for a part of history, has at least so many.
const RANGE: i128 = 50;
/// Last years that formats and tables have, and history hardly.
const LAST: [i128; 10] = [2037, 2038, 2049, 2050, 2069, 2099, 2100, 2101, 2105, 2106];
/// Years that a bound may be.
const BOUNDS: std::ops::Range<i128> = 2001..2400;

const REFUSED: &str = "later years are refused or treated differently";

/// A table of time zones whose file says for which years it holds.
pub(super) fn at(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    let part = |name: &str| part_of(source, id, name);
    let TermKind::List(zones) = source.kind(part("zones")?) else { return None };
    let is_zone = |id: &&Id| matches!(source.kind(**id), TermKind::Text(text) if text.contains('/'));
    if zones.iter().take(ZONES * 2).filter(is_zone).count() < ZONES {
        return None;
    }
    let version = part("version");
    let file_name = source.file.path.rsplit('/').next()?;
    let last = last_year(file_name).or_else(|| {
        let TermKind::Text(version) = source.kind(version?) else { return None };
        Some(version.get(..4)?.parse::<i128>().ok()? + years_around(file_name)? / 2)
    })?;
    let span = source.span(version.or_else(|| zones.first().copied())?);
    let what = "a table of time zones runs out";
    Some(RunsOut::possible(span, year_start(last + 1)?, what, "later changes of the clocks are not known"))
}

/// The part of a record, or of a map with written keys.
fn part_of(source: &Source<'_>, id: Id, name: &str) -> Option<Id> {
    match source.kind(id) {
        TermKind::Record(_, fields, _) => fields.iter().find(|(field, _)| field == name).map(|(_, id)| *id),
        TermKind::Map(pairs) => {
            let is = |key: Id| matches!(source.kind(key), TermKind::Text(text) if **text == *name);
            pairs.iter().find(|(key, _)| is(*key)).map(|(_, id)| *id)
        }
        _ => None,
    }
}

/// `data-1970-2030.js`: 2030.
fn last_year(file_name: &str) -> Option<i128> {
    let years: Vec<Option<i128>> = file_name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| word.parse().ok().filter(|_| word.len() == 4).filter(|year| (1900..2200).contains(year)))
        .collect();
    years.windows(2).find_map(|pair| match pair {
        [Some(first), Some(last)] if first < last => Some(*last),
        _ => None,
    })
}

/// `data-10-year-range.js`: 10.
fn years_around(file_name: &str) -> Option<i128> {
    let (before, _) = file_name.split_once("-year-range")?;
    before.rsplit('-').next()?.parse().ok().filter(|years| (2..200).contains(years))
}

/// Decisions that compare a year, or a date written as a number, with a fixed last one: the end of a table or a format.
pub(super) fn bounded(source: &Source<'_>) -> Vec<RunsOut> {
    let mut found = Vec::new();
    for function in &source.file.functions {
        for condition in &function.conditions {
            let bounds = comparisons(source, condition.term);
            let last = bounds.iter().map(|bound| bound.with).max();
            let years: Vec<&Bound> = bounds.iter().filter(|bound| is_year(source, function, bound.of, last)).collect();
            let ends = Ends::of(&years);
            for bound in &bounds {
                let first = if years.iter().any(|year| std::ptr::eq(*year, bound)) {
                    year_refused(source, bound, &ends).and_then(year_start)
                } else if is_packed(source, bound.of, DEPTH) {
                    day_refused(bound)
                } else {
                    None
                };
                let what = "a check against a fixed last year runs out";
                found.extend(first.map(|at| RunsOut {
                    written: Some(bound.written),
                    ..RunsOut::possible(bound.span, at, what, REFUSED)
                }));
            }
        }
    }
    found
}

/// The first year that a comparison sets apart: by itself, or as the upper end of a range that is long or ends after the
/// release, which a part of history does not.
fn year_refused(source: &Source<'_>, bound: &Bound, ends: &Ends) -> Option<i128> {
    let year = match bound.op {
        BinaryOp::Greater | BinaryOp::GreaterEqual => {
            ends.upper.is_none_or(|upper| upper <= bound.with).then_some(())?;
            bound.with + i128::from(bound.op == BinaryOp::Greater)
        }
        BinaryOp::LessEqual | BinaryOp::Less => {
            let ahead = bound.with >= i128::from(source.world.window.0.year());
            ends.lower.filter(|lower| ahead || bound.with - lower >= RANGE)?;
            bound.with + i128::from(bound.op == BinaryOp::LessEqual)
        }
        _ => return None,
    };
    BOUNDS.contains(&bound.with).then_some(year)
}

/// The first day after the upper end of a range of dates written as numbers.
fn day_refused(bound: &Bound) -> Option<Instant> {
    let n = i64::try_from(bound.with).ok()?;
    let day = Civil::from_ymd(n / 10_000, n / 100 % 100, n % 100)?;
    BOUNDS.contains(&i128::from(day.year())).then_some(())?;
    let after = match bound.op {
        BinaryOp::Greater | BinaryOp::LessEqual => 86_400,
        BinaryOp::GreaterEqual | BinaryOp::Less => 0,
        _ => return None,
    };
    Some(Instant::from_seconds(i64::try_from(day.instant().seconds()).ok()? + after))
}

/// A comparison with a fixed number, which is on its right.
struct Bound {
    of: Id,
    op: BinaryOp,
    with: i128,
    span: Span,
    /// Where the number is written.
    written: Span,
}

/// How far the years reach that a decision asks for.
struct Ends {
    /// The least that they are above.
    lower: Option<i128>,
    /// The greatest that they are below.
    upper: Option<i128>,
}

impl Ends {
    fn of(years: &[&Bound]) -> Self {
        let above = |op| matches!(op, BinaryOp::Greater | BinaryOp::GreaterEqual);
        let below = |op| matches!(op, BinaryOp::Less | BinaryOp::LessEqual);
        Self {
            lower: years.iter().filter(|bound| above(bound.op)).map(|bound| bound.with).min(),
            upper: years.iter().filter(|bound| below(bound.op)).map(|bound| bound.with).max(),
        }
    }
}

/// The comparisons that a decision is made of.
fn comparisons(source: &Source<'_>, decision: Id) -> Vec<Bound> {
    let mut found = Vec::new();
    let mut open = vec![(decision, DEPTH)];
    while let Some((id, depth)) = open.pop() {
        let Some(depth) = depth.checked_sub(1) else { continue };
        match source.kind(id) {
            TermKind::Unary(UnaryOp::Not, a) | TermKind::Choose(a, ..) => open.push((*a, depth)),
            TermKind::Binary(BinaryOp::And | BinaryOp::Or, a, b) => open.extend([(*a, depth), (*b, depth)]),
            TermKind::Binary(op, a, b) => {
                let span = source.span(id);
                if let Some((with, written)) = source.fixed(*b, DEPTH) {
                    let (of, with) = counted_from(source, *a, with, is_length(source, *b));
                    found.push(Bound { of, op: *op, with, span, written: source.span(written) });
                } else if let (Some((with, written)), Some(op)) = (source.fixed(*a, DEPTH), mirrored(*op)) {
                    found.push(Bound { of: *b, op, with, span, written: source.span(written) });
                }
            }
            _ => {}
        }
    }
    found
}

/// `year - 1980 > 119` asks whether the year is after 2099; `year - FIRST >= TABLE.length`, whether it is in the table.
fn counted_from(source: &Source<'_>, id: Id, with: i128, is_length: bool) -> (Id, i128) {
    let counts = |start: i128| matches!(start, 1900 | 1970 | 1980 | 2000) || is_length && (1800..2100).contains(&start);
    match source.kind(id) {
        TermKind::Binary(BinaryOp::Subtract, of, start) => match source.constant(*start, DEPTH) {
            Some(start) if counts(start) => (*of, with.saturating_add(start)),
            _ => (id, with),
        },
        _ => (id, with),
    }
}

/// Whether a number is how long something is.
fn is_length(source: &Source<'_>, id: Id) -> bool {
    match source.kind(id) {
        TermKind::Field(_, name) => name == "length",
        TermKind::Name(path) => path.len() > 1 && path.last().is_some_and(|name| name == "length"),
        _ => source.call(id).is_some_and(|(_, name, _)| matches!(name, "len" | "size" | "length")),
    }
}

const fn mirrored(op: BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        _ => return None,
    })
}

/// What is called a year: a parameter or a part of one; anything else only up to a year with which formats end.
fn is_year(source: &Source<'_>, function: &FunctionFacts, id: Id, last: Option<i128>) -> bool {
    let named = |name: &str| {
        let lower = name.to_lowercase();
        lower.ends_with("year") || matches!(lower.as_str(), "iy" | "yr" | "yyyy" | "y")
    };
    let given = |base: Id| matches!(source.kind(base), TermKind::Param(_) | TermKind::Receiver);
    let is_last = last.is_some_and(|last| LAST.contains(&last));
    match source.kind(id) {
        TermKind::Param(n) => function.params.get(usize::from(*n)).is_some_and(|param| named(&param.name)),
        TermKind::Method(inner, name, args)
            if args.is_empty() && matches!(name.as_str(), "into" | "unwrap" | "clone") =>
        {
            is_year(source, function, *inner, last)
        }
        TermKind::Field(base, name) | TermKind::Method(base, name, _) => named(name) && (is_last || given(*base)),
        TermKind::Index(_, key) => is_last && matches!(source.kind(*key), TermKind::Text(name) if named(name)),
        TermKind::Cast(_, inner) => is_year(source, function, *inner, last),
        _ => false,
    }
}

/// year × 10000 + month × 100 + day.
fn is_packed(source: &Source<'_>, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match source.kind(id) {
        TermKind::Binary(BinaryOp::Add, a, b) => is_packed(source, *a, depth) || is_packed(source, *b, depth),
        TermKind::Binary(BinaryOp::Multiply, a, b) => {
            matches!(source.kind(*b), TermKind::Int(10_000)) && source.mentions(*a, "year", 3)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{last_year, years_around};

    #[test]
    fn file_names_say_their_years() {
        for (name, last) in [
            ("zones-1970-2030.js", Some(2030)),
            ("zones_2012_2022.min.js", Some(2022)),
            ("zones-2030.js", None),
            ("zones-2030-1970.js", None),
            ("zones.js", None),
        ] {
            assert_eq!(last_year(name), last, "{name}");
        }
        assert_eq!(years_around("zones-10-year-range.js"), Some(10));
        assert_eq!(years_around("zones-year-range.js"), None);
    }
}
