//! Names that queries compare with the clock: `where('expires_at > ?', Time.current)`, `filter(expires_at__gt=now())`,
//! `where('ends_at', '>=', now())`, `expires_at > NOW()`.

use crate::calendar::Instant;
use crate::finding::Span;
use crate::flow::World;
use crate::flow::eval::{Choices, Run};
use crate::flow::facts::{Argument, FileFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::taint::{Taint, Taints};
use crate::flow::value::{Kind, Value};
use crate::language::ir::RANGE;
use crate::vocabulary::words;

/// Longer texts are no queries.
const LONGEST: usize = 4_096;
/// What asks the database for its clock.
const CLOCKS: [&str; 6] = ["now(", "current_timestamp", "current_date", "getdate(", "sysdate", "curdate("];
const LOOKUPS: [&str; 4] = ["__gt", "__gte", "__lt", "__lte"];
/// Those that ask for what is later.
const LATER: [&str; 2] = ["__gte", "__gt"];

/// Calls that keep what a closure answers true for, or look for it.
const FILTERS: [&str; 10] = ["where", "filter", "find", "first", "single", "any", "some", "select", "reject", "count"];

/// Where the closures of a file stand that choose among values: `.Where(c => c.EndsAt >= DateTime.UtcNow)`.
pub(super) fn choosing(facts: &FileFacts) -> Vec<Span> {
    let chooses = |name: &str| words(name).first().is_some_and(|word| FILTERS.contains(&word.as_str()));
    let closures = |args: &[Argument]| {
        let terms = args.iter().map(|(_, arg)| facts.term(*arg));
        terms.filter(|term| matches!(term.kind, TermKind::Closure(..))).map(|term| term.span).collect::<Vec<Span>>()
    };
    let calls = facts.terms.iter().filter_map(|term| match &term.kind {
        TermKind::Method(_, name, args) if chooses(name) => Some(closures(args)),
        TermKind::Call(path, args) if path.len() > 1 && path.last().is_some_and(|name| chooses(name)) => {
            Some(closures(args))
        }
        _ => None,
    });
    calls.flatten().collect()
}

/// The names in a file's queries, and the terms that hold them.
pub(super) fn names(world: &World<'_>, taints: &Taints<'_>, file: usize) -> Vec<(String, Id)> {
    let facts = world.files[file];
    let is_clock = |(_, arg): &Argument| taints.own(file, *arg).has(Taint::CLOCK);
    let text = |(_, arg): &Argument| match &facts.term(*arg).kind {
        TermKind::Text(text) if text.len() <= LONGEST => Some(text.clone()),
        _ => None,
    };
    let mut names = Vec::new();
    for (id, term) in facts.terms.iter().enumerate() {
        let mut add = |found: Vec<String>| names.extend(found.into_iter().map(|name| (name, id as Id)));
        match &term.kind {
            TermKind::Call(_, args) | TermKind::Method(_, _, args) if args.iter().any(is_clock) => {
                let lookups = args.iter().filter(|arg| is_clock(arg)).filter_map(|(keyword, _)| keyword.as_deref());
                let fields = lookups.filter_map(|keyword| LOOKUPS.iter().find_map(|end| keyword.strip_suffix(end)));
                add(fields.map(str::to_owned).collect());
                let Some(first) = args.first().and_then(text) else { continue };
                let is_operator = |text: &str| matches!(text.trim(), "<" | ">" | "<=" | ">=");
                if args.get(1).and_then(text).is_some_and(|second| is_operator(&second)) {
                    add(vec![first.to_string()]);
                }
                add(compared(&first));
            }
            TermKind::Text(text) if text.len() <= LONGEST && text.contains(['<', '>']) => {
                let lower = text.to_lowercase();
                if CLOCKS.iter().any(|clock| lower.contains(clock)) {
                    add(compared(text));
                }
            }
            _ => {}
        }
    }
    names
}

/// The values of the clock that queries ask names to lie beyond: `filter(seen_on__gte=now() - timedelta(days=30))`,
/// `where('seen_on > ?', 30.days.ago)`, `where('seen_on', '>=', $start)`, `where(seen_on: 30.days.ago..)`.
pub(super) fn bounds(taints: &Taints<'_>, file: usize, facts: &FileFacts) -> Vec<(String, Id)> {
    let is_clock = |id: Id| taints.own(file, id).has(Taint::CLOCK);
    let text = |(_, arg): &Argument| match &facts.term(*arg).kind {
        TermKind::Text(text) if text.len() <= LONGEST => Some(text.clone()),
        _ => None,
    };
    let mut bounds = Vec::new();
    for term in &facts.terms {
        let (TermKind::Call(_, args) | TermKind::Method(_, _, args)) = &term.kind else { continue };
        for (keyword, arg) in args {
            let Some(keyword) = keyword else { continue };
            let range = match &facts.term(*arg).kind {
                TermKind::Cast(ty, ends) if ty == RANGE => *ends,
                _ => *arg,
            };
            match &facts.term(range).kind {
                TermKind::List(ends) if matches!(ends.as_slice(), [from, _] if is_clock(*from)) => {
                    bounds.push((keyword.clone(), ends[0]));
                }
                _ if is_clock(*arg) => {
                    let name = LATER.iter().find_map(|end| keyword.strip_suffix(end));
                    bounds.extend(name.map(|name| (name.to_owned(), *arg)));
                }
                _ => {}
            }
        }
        bounds.extend(left(facts, &term.kind, &is_clock));
        let Some(first) = args.first().and_then(text) else { continue };
        match args.as_slice() {
            [_, operator, (_, bound)]
                if is_clock(*bound) && text(operator).is_some_and(|text| matches!(text.trim(), ">" | ">=")) =>
            {
                bounds.push((first.to_string(), *bound));
            }
            [_, (_, bound)] if is_clock(*bound) && first.contains('>') => {
                bounds.extend(compared(&first).into_iter().map(|name| (name, *bound)));
            }
            _ => {}
        }
    }
    bounds
}

/// What a query that deletes leaves lies beyond its bound: `run("DELETE FROM runs WHERE at < ?", (oldest,))`,
/// `prepare("DELETE …").run(oldest)`.
fn left(facts: &FileFacts, call: &TermKind, is_clock: &dyn Fn(Id) -> bool) -> Option<(String, Id)> {
    let (base, args) = match call {
        TermKind::Method(base, _, args) => (Some(*base), args),
        TermKind::Call(_, args) => (None, args),
        _ => return None,
    };
    let first = |args: &[Argument]| match &facts.term(args.first()?.1).kind {
        TermKind::Text(text) if is_delete(text) && text.len() <= LONGEST => Some(text.clone()),
        _ => None,
    };
    let query = first(args).or_else(|| match &facts.term(base?).kind {
        TermKind::Method(_, _, args) | TermKind::Call(_, args) => first(args),
        _ => None,
    })?;
    let parts = |id: Id| match &facts.term(id).kind {
        TermKind::List(items) => items.clone(),
        TermKind::Cast(_, inner) => vec![*inner],
        _ => vec![id],
    };
    let bound = args.iter().flat_map(|(_, arg)| parts(*arg)).find(|id| is_clock(*id))?;
    let (before, _) = query.split_once('<')?;
    Some((compared(&format!("{before}<")).into_iter().next()?, bound))
}

/// Whether a query deletes rows.
fn is_delete(query: &str) -> bool {
    query.trim_start().get(..6).is_some_and(|verb| verb.eq_ignore_ascii_case("delete"))
}

/// Under which names a function puts what it is called with into a table: `INSERT INTO runs (at) VALUES (?)`. By parameter.
pub(super) fn inserted(facts: &FileFacts, function: usize) -> Vec<(u16, String)> {
    let mut names = Vec::new();
    for call in &facts.functions[function].calls {
        let (base, args) = match &facts.term(*call).kind {
            TermKind::Method(base, _, args) => (Some(*base), args),
            TermKind::Call(_, args) => (None, args),
            _ => continue,
        };
        let first = |args: &[Argument]| match &facts.term(args.first()?.1).kind {
            TermKind::Text(text) if text.len() <= LONGEST => columns(text),
            _ => None,
        };
        let own = first(args);
        let given = if own.is_some() { args.get(1..).unwrap_or_default() } else { args };
        let columns = own.or_else(|| match &facts.term(base?).kind {
            TermKind::Method(_, _, args) | TermKind::Call(_, args) => first(args),
            _ => None,
        });
        let Some(columns) = columns else { continue };
        let values: Vec<Id> = match given {
            [(_, only)] => match &facts.term(*only).kind {
                TermKind::List(items) => items.clone(),
                TermKind::Call(_, items) => items.iter().map(|(_, item)| *item).collect(),
                _ => vec![*only],
            },
            _ => given.iter().map(|(_, arg)| *arg).collect(),
        };
        if values.len() != columns.len() {
            continue;
        }
        names.extend(columns.into_iter().zip(values).filter_map(|(name, value)| match facts.term(value).kind {
            TermKind::Param(n) => Some((n, name)),
            _ => None,
        }));
    }
    names
}

/// The columns that a query inserts into, where each gets a value of its own from the program.
fn columns(query: &str) -> Option<Vec<String>> {
    let query = query.trim_start();
    query.get(..6).filter(|verb| verb.eq_ignore_ascii_case("insert"))?;
    let (_, behind) = query.split_once('(')?;
    let (columns, values) = behind.split_once(')')?;
    let (_, values) = values.split_once('(')?;
    let places =
        values.split(')').next()?.split(',').filter(|value| value.trim().starts_with(['?', '$', '%', ':', '@']));
    let names: Vec<String> = columns.split(',').map(|name| name.trim().trim_matches(['"', '`']).to_owned()).collect();
    (places.count() == names.len()).then_some(names)
}

const DAY: i128 = 86_400_000_000_000;
/// Between two clocks that are asked.
const APART: i128 = 1_000 * DAY;

/// What a term is at a clock.
fn at(world: &World<'_>, function: FunctionRef, term: Id, clock: Instant) -> Value {
    let mut choices = Choices::default();
    let mut run = Run::new(world, clock, &mut choices);
    let frame = run.root(function);
    run.value(frame, term)
}

/// A term moves as the clock does.
pub(super) fn moves(world: &World<'_>, function: FunctionRef, term: Id) -> bool {
    let now = world.window.0.instant();
    let timed = |clock: Instant| at(world, function, term, clock);
    let (own, later) = (timed(now), timed(Instant(now.0 + APART)));
    own.meta.timed && !matches!((&own.kind, &later.kind), (Kind::Unknown, _) | (_, Kind::Unknown))
}

/// How many days before the clock a bound lies, whatever the clock says.
pub(super) fn days_before(world: &World<'_>, function: FunctionRef, bound: Id) -> Option<i64> {
    let now = world.window.0.instant();
    let before = |clock: Instant| {
        let value = at(world, function, bound, clock);
        let written = || Some(crate::calendar::read(value.text()?)?.instant());
        let at = value.instant().or_else(written)?;
        Some((clock.0 - at.0).div_euclid(DAY))
    };
    let days = before(now)?;
    let later = before(Instant(now.0 + APART))?;
    let days = i64::try_from(days).ok().filter(|days| (1..=3_660).contains(days))?;
    // Months are of different lengths.
    (i128::from(days) - later).abs().le(&3).then_some(days)
}

/// The names that a query takes for recent within so many days: `seen_on > now() - interval '30 days'`.
pub(super) fn windows(query: &str) -> Vec<(String, i64)> {
    let lower = query.to_lowercase();
    let mut windows = Vec::new();
    // What is deleted is what is older.
    for (at, _) in lower.match_indices(if is_delete(&lower) { '<' } else { '>' }) {
        let behind = lower.get(at + 1..).unwrap_or("").trim_start_matches(['=', ' ', '\n']);
        if let Some(days) = modified(behind) {
            let name = compared(lower.get(..=at).unwrap_or("")).pop();
            windows.extend(name.map(|name| (name, days)));
            continue;
        }
        let Some(clock) = CLOCKS.iter().find(|clock| behind.starts_with(**clock)) else { continue };
        let behind = behind.get(clock.len()..).unwrap_or("").trim_start_matches([')', ' ']);
        let Some(days) = behind.strip_prefix('-').and_then(days) else { continue };
        let name = compared(lower.get(..=at).unwrap_or("")).pop();
        windows.extend(name.map(|name| (name, days)));
    }
    windows
}

/// SQLite's `datetime('now', '-30 days')`.
fn modified(text: &str) -> Option<i64> {
    let text = text.strip_prefix("datetime(").or_else(|| text.strip_prefix("date("))?;
    let (now, by) = text.split_once(',')?;
    let by = by.trim_start().strip_prefix("'-").filter(|_| now.trim() == "'now'")?;
    days(by)
}

/// `interval '30 days'`, `'30 days'::interval`, `interval 30 day`.
fn days(text: &str) -> Option<i64> {
    let text = text.trim_start().trim_start_matches("interval").trim_start_matches([' ', '\'']);
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: i64 = text.get(..digits)?.parse().ok()?;
    let unit = text.get(digits..)?.trim_start_matches(['\'', ' ']);
    let unit = unit.get(..unit.find(|c: char| !c.is_alphabetic()).unwrap_or(unit.len()))?;
    let each = match unit.trim_end_matches('s') {
        "day" => 1,
        "week" => 7,
        "month" => 30,
        "year" => 365,
        _ => return None,
    };
    number.checked_mul(each).filter(|days| (1..=3_660).contains(days))
}

/// The names before and behind `<` and `>` in a query.
fn compared(query: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut names = Vec::new();
    for (at, _) in query.match_indices(['<', '>']) {
        let before = query.get(..at).unwrap_or("").trim_end();
        let after = query.get(at + 1..).unwrap_or("").trim_start_matches(['=', ' ']);
        let start =
            before.rfind(|c| !is_name(c)).map_or(0, |n| n + before[n..].chars().next().map_or(1, char::len_utf8));
        let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
        for name in [&before[start..], &after[..end]] {
            let name = name.rsplit('.').next().unwrap_or(name);
            if name.len() > 2 && name.starts_with(|c: char| c.is_alphabetic()) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{compared, windows};

    #[test]
    fn names_stand_beside_the_operators() {
        for (query, expected) in [
            ("expires_at > ?", "expires_at"),
            ("SELECT * FROM t WHERE t.valid_until >= NOW() AND a = 3", "valid_until NOW"),
            ("? <= ends_at", "ends_at"),
            ("ä>b", ""),
            ("", ""),
        ] {
            assert_eq!(compared(query).join(" "), expected, "{query}");
        }
    }

    #[test]
    fn windows_of_queries_are_counted_in_days() {
        for (query, expected) in [
            ("WHERE a.seen_on > now() - '30 days'::interval", Some(("seen_on", 30))),
            ("where seen_on >= NOW() - INTERVAL 2 WEEK", Some(("seen_on", 14))),
            ("where seen_on > CURRENT_DATE - interval '1 year'", Some(("seen_on", 365))),
            ("delete from t where seen_on < datetime('now', '-90 days')", Some(("seen_on", 90))),
            ("select 1 from t where seen_on < datetime('now', '-90 days')", None),
            ("where seen_on > now()", None),
            ("where seen_on > now() - $1", None),
            ("seen_on >", None),
        ] {
            let expected = expected.map(|(name, days)| (name.to_owned(), days));
            assert_eq!(windows(query).pop(), expected, "{query}");
        }
    }
}
