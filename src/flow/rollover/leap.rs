//! The same month and day of another year: on 29 February there is none.
//!
//! Only where the language answers with an error; others go on to 1 March. The parts are computed on the next leap day.

use crate::calendar::{Civil, Instant};
use crate::finding::{Confidence, Zone};

use super::super::eval::{Choices, Run};
use super::super::facts::{Id, TermKind};
use super::super::taint::Taint;
use super::super::value::Kind;
use super::{RunsOut, Source, function_at};

/// A date with the clock's month and day and another year.
pub(super) fn at(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    let (base, parts) = date(source, id)?;
    let clock = |id: Id| source.taints.own(source.n, id).has(Taint::CLOCK);
    if !parts.iter().copied().chain(base).any(clock) || is_handled(source, id) {
        return None;
    }
    let function = function_at(source.file, source.span(id))?;
    let noon = next_leap_day(source.world.window.0)?;
    let mut choices = Choices::default();
    let mut run = Run::new(source.world, noon, &mut choices);
    let frame = run.root((source.n, function));
    if let Some(base) = base {
        let base = run.value(frame, base);
        let day = match base.kind {
            Kind::Instant(at) if base.meta.timed => at.civil()?.midnight(),
            _ => return None,
        };
        (day == noon.civil()?.midnight()).then_some(())?;
    }
    let numbers: Option<Vec<i64>> = parts.iter().map(|part| number(&run.value(frame, *part).kind)).collect();
    let numbers = numbers?;
    let (year, month, day) = match numbers[..] {
        [year] => (year, 2, 29),
        [year, month, day] => (year, month, day),
        _ => return None,
    };
    let missing = (month, day) == (2, 29) && Civil::from_ymd(year, month, day).is_none();
    missing.then_some(RunsOut {
        span: source.span(id),
        written: None,
        at: noon.civil()?.midnight().instant(),
        zone: Zone::Local,
        what: "the same day of another year is none",
        effect: "a date that does not exist is an error",
        confidence: Confidence::Likely,
    })
}

/// What a term makes a date of: a date with a new year, or a year, month and day.
fn date(source: &Source<'_>, id: Id) -> Option<(Option<Id>, Vec<Id>)> {
    let language = source.language();
    match (language, source.kind(id)) {
        ("python", TermKind::Method(base, name, args)) if name == "replace" => match args.as_slice() {
            [(Some(keyword), year)] if keyword == "year" => Some((Some(*base), vec![*year])),
            _ => None,
        },
        ("rust", TermKind::Method(made, name, _)) if matches!(name.as_str(), "unwrap" | "expect") => {
            match source.kind(*made) {
                TermKind::Method(base, name, args) if name == "with_year" => {
                    Some((Some(*base), args.iter().map(|(_, arg)| *arg).collect()))
                }
                _ => whole(source, *made, &["from_ymd_opt"]),
            }
        }
        ("python", _) => whole(source, id, &["date", "datetime"]),
        ("csharp", _) => whole(source, id, &["DateTime", "DateOnly"]),
        ("java", TermKind::Method(..) | TermKind::Call(..)) => whole(source, id, &["of"]),
        _ => None,
    }
}

fn whole(source: &Source<'_>, id: Id, names: &[&str]) -> Option<(Option<Id>, Vec<Id>)> {
    let (_, name, args) = source.call(id)?;
    let parts = args.get(..3)?;
    let plain = parts.iter().all(|(keyword, _)| keyword.is_none()) && names.contains(&name);
    plain.then(|| (None, parts.iter().map(|(_, part)| *part).collect()))
}

fn number(kind: &Kind) -> Option<i64> {
    match kind {
        Kind::Int(n) => i64::try_from(*n).ok(),
        _ => None,
    }
}

/// Noon of the first leap day after a day.
fn next_leap_day(day: Civil) -> Option<Instant> {
    let days = (day.year()..day.year() + 9).filter_map(|year| Civil::new(year, 2, 29, 12, 0, 0));
    days.map(Civil::instant).find(|at| *at > day.instant())
}

/// Whether the failure is caught, or the function knows of the day.
fn is_handled(source: &Source<'_>, id: Id) -> bool {
    let place = source.span(id);
    source.file.tried.iter().any(|tried| tried.contains(place))
        || source.around(place).any(|id| match source.kind(id) {
            TermKind::Int(n) => matches!(n, 28 | 29 | 59 | 60 | 366),
            _ => source.mentions(id, "leap", 1),
        })
}
