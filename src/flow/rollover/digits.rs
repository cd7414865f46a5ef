//! Years of two digits: a fixed pivot between the centuries, a fixed century; and patterns that end with a year.

use crate::finding::Confidence;
use crate::language::ir::BinaryOp;

use super::super::facts::{Id, TermKind};
use super::{DEPTH, RunsOut, Source, year_start, years};

const BACK: &str = "the year falls back a century";

/// A year of two digits, made into one of four by this term.
pub(super) fn at(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    let end = |year: i128, what, effect| Some(RunsOut::possible(source.span(id), year_start(year)?, what, effect));
    match source.kind(id) {
        // yy < 70 ? 2000 + yy : 1900 + yy
        TermKind::Choose(cond, then, otherwise) => {
            let pivot = pivot_of(source, *cond, DEPTH)?;
            let same = |a: i128, b: i128| matches!((a, b), (2000, 1900) | (1900, 2000));
            let split = match (century(source, *then, DEPTH), century(source, *otherwise, DEPTH)) {
                (Some(a), Some(b)) => same(a, b),
                // struct tm counts from 1900: yy < 70 ? yy + 100 : yy
                (Some(100), None) => adds_to(source, *then, *otherwise),
                (None, Some(100)) => adds_to(source, *otherwise, *then),
                _ => false,
            };
            split.then(|| end(2000 + pivot, "a year of two digits with a fixed pivot runs out", BACK))?
        }
        TermKind::Text(text) => {
            let year = years::year_after(text)?;
            let effect = "later years do not match";
            let found = end(i128::from(year), "a pattern for years runs out", effect)?;
            Some(RunsOut { confidence: Confidence::Likely, ..found })
        }
        _ if let Some(year) = short_format(source, id) => {
            end(year, "a format with a year of two digits and a fixed pivot runs out", BACK)
        }
        _ if takes_date(source, id) => {
            let (_, _, args) = source.call(id)?;
            args.iter().find(|(_, arg)| is_prefixed(source, *arg, DEPTH))?;
            end(2100, "a year of two digits with a fixed century runs out", BACK)
        }
        TermKind::Binary(BinaryOp::Add | BinaryOp::Concat, a, b)
            if is_twenty(source, *a) && ["year", "yy"].iter().any(|word| source.mentions(*b, word, 3)) =>
        {
            end(2100, "a year of two digits with a fixed century runs out", BACK)
        }
        // 2000 + bcd(register): two digits in one byte, whatever is done to read them
        TermKind::Binary(BinaryOp::Add, a, b)
            if source.constant(*a, DEPTH) == Some(2000) && is_bcd(source, *b, DEPTH)
                || source.constant(*b, DEPTH) == Some(2000) && is_bcd(source, *a, DEPTH) =>
        {
            end(2100, "a year of two digits with a fixed century runs out", BACK)
        }
        // bcd(year - 2000)
        TermKind::Call(_, args) | TermKind::Method(_, _, args) if is_bcd(source, id, 1) => {
            let of_century = |arg: Id| matches!(source.kind(bare(source, arg)), TermKind::Binary(BinaryOp::Subtract, _, n) if source.constant(*n, DEPTH) == Some(2000));
            args.iter().find(|(_, arg)| of_century(*arg))?;
            end(2100, "a year of two digits with a fixed century runs out", "the year overflows")
        }
        _ => None,
    }
}

/// Whether a term is what a call reads or writes whose name says that it is about decimal digits in half-bytes.
fn is_bcd(source: &Source<'_>, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match source.kind(id) {
        TermKind::Cast(_, inner) => is_bcd(source, *inner, depth),
        _ => source.call(id).is_some_and(|(_, name, _)| name.to_lowercase().contains("bcd")),
    }
}

/// A term without the types that it is made.
fn bare(source: &Source<'_>, mut id: Id) -> Id {
    while let TermKind::Cast(_, inner) = source.kind(id) {
        id = *inner;
    }
    id
}

/// Constants that hold the century.
pub(super) fn centuries(source: &Source<'_>) -> Vec<RunsOut> {
    let is_century =
        |name: &str| name.to_lowercase().split('_').any(|word| word == "century") || name.ends_with("Century");
    let globals = source.file.globals.iter().filter(|global| is_century(&global.name));
    let fixed = globals.filter(|global| {
        global.value.is_some_and(|id| is_twenty(source, id) || matches!(source.constant(id, DEPTH), Some(20 | 2000)))
    });
    let what = "a century that is fixed in the source runs out";
    fixed.filter_map(|global| Some(RunsOut::possible(global.span, year_start(2100)?, what, BACK))).collect()
}

/// The first year of two digits that belongs to the last century.
fn pivot_of(source: &Source<'_>, id: Id, depth: usize) -> Option<i128> {
    let depth = depth.checked_sub(1)?;
    let TermKind::Binary(op, a, b) = source.kind(id) else { return None };
    let digits = |id: Id| match source.kind(id) {
        TermKind::Int(n @ 10..=99) => Some(*n),
        _ => None,
    };
    let of = |id: Id| pivot_of(source, id, depth);
    match op {
        BinaryOp::Less | BinaryOp::GreaterEqual => digits(*b).or_else(|| digits(*a).map(|n| n + 1)),
        BinaryOp::LessEqual | BinaryOp::Greater => digits(*b).map(|n| n + 1).or_else(|| digits(*a)),
        // 83..=99: the other end is where two digits end.
        BinaryOp::And => [of(*a), of(*b)].into_iter().flatten().filter(|pivot| *pivot < 99).min(),
        _ => None,
    }
}

/// What a term adds to make a year of two digits one of four, as a number or as text; 100 for one that counts from 1900.
fn century(source: &Source<'_>, id: Id, depth: usize) -> Option<i128> {
    let depth = depth.checked_sub(1)?;
    match source.kind(id) {
        TermKind::Int(n @ (1900 | 2000)) => Some(*n),
        TermKind::Text(text) if &**text == "19" => Some(1900),
        TermKind::Text(text) if &**text == "20" => Some(2000),
        TermKind::Binary(BinaryOp::Add | BinaryOp::Concat, a, b) => {
            let added = |id: Id| match source.kind(id) {
                TermKind::Int(100) => Some(100),
                TermKind::Int(_) | TermKind::Text(_) => century(source, id, depth),
                _ => None,
            };
            added(*a).or_else(|| added(*b))
        }
        TermKind::Concat(parts) => century(source, *parts.first()?, depth),
        TermKind::Cast(_, a) | TermKind::Choose(_, a, _) => century(source, *a, depth),
        // What is not changed is a year of this century or the last already.
        _ => None,
    }
}

/// Whether the first is the second and something.
fn adds_to(source: &Source<'_>, sum: Id, base: Id) -> bool {
    matches!(source.kind(sum), TermKind::Binary(BinaryOp::Add, a, b) if *a == base || *b == base)
}

/// The first year that a format with two digits for it reads as one of the last century: POSIX and Go take 69 to 99 for
/// that, PHP 70 to 99. Others move the pivot with the clock.
fn short_format(source: &Source<'_>, id: Id) -> Option<i128> {
    let (of, name, args) = source.call(id)?;
    let mut texts = args.iter().filter_map(|(_, arg)| match source.kind(*arg) {
        TermKind::Text(text) => Some(&**text),
        _ => None,
    });
    match (name, source.language()) {
        _ if source.file.in_test => None,
        ("strptime" | "_strptime", _) => texts.any(|format| format.contains("%y")).then_some(2069),
        ("createFromFormat" | "date_create_from_format" | "date_parse_from_format", "php") => {
            let short = |format: &str| format.contains('y') && !format.contains(['Y', '\\']);
            texts.next().filter(|format| short(format)).map(|_| 2070)
        }
        ("Parse" | "ParseInLocation", "go") if of == "time" => {
            let layout = texts.next()?;
            let short = layout.contains("06") && layout.contains("02") && !layout.contains("2006");
            short.then_some(2069)
        }
        _ => None,
    }
}

/// Whether a call takes a date, by its name.
fn takes_date(source: &Source<'_>, id: Id) -> bool {
    let Some((_, name, _)) = source.call(id) else { return false };
    let name = name.to_lowercase();
    name == "utc" || ["date", "fullyear", "strptime", "from_ymd"].iter().any(|word| name.contains(word))
}

/// Whether a text begins with `20` and goes on with what is not fixed; perhaps read as a number.
fn is_prefixed(source: &Source<'_>, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let open = |id: Id| !matches!(source.kind(id), TermKind::Text(_) | TermKind::Int(_));
    match source.kind(id) {
        TermKind::Binary(BinaryOp::Add | BinaryOp::Concat, a, b) => {
            is_twenty(source, *a) && open(*b) || is_prefixed(source, *a, depth)
        }
        TermKind::Concat(parts) => {
            matches!(parts.as_slice(), [first, second, ..] if is_twenty(source, *first) && open(*second))
        }
        TermKind::Cast(_, a) => is_prefixed(source, *a, depth),
        TermKind::Call(path, args) => {
            let reads =
                path.last().is_some_and(|name| matches!(name.as_str(), "Number" | "parseInt" | "int" | "intval"));
            reads && args.first().is_some_and(|(_, arg)| is_prefixed(source, *arg, depth))
        }
        _ => false,
    }
}

fn is_twenty(source: &Source<'_>, id: Id) -> bool {
    matches!(source.kind(id), TermKind::Text(text) if &**text == "20")
}
