//! Tests that expect how long ago a fixed date was: `"2 years ago"` of 2021-02-23 is so for a year.
//!
//! The text and the date belong together if, at the release, the date is just so long ago. A second date in the test that
//! is just so long after the first tells the code which day it is, and then the text stays true.

use crate::calendar::{self, Civil, Instant};
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger, Zone};
use crate::flow::World;
use crate::flow::facts::{FileFacts, Id, TermKind};

use super::surroundings::Surroundings;
use super::texts::epoch;
use super::{Linked, given, shown};

/// Terms looked at in one assertion.
const PARTS: usize = 400;
/// Longer texts are documents.
const LONGEST: usize = 4_096;

/// So many months ago, give or take the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Age {
    count: i64,
    /// 1 or 12.
    months: i64,
}

/// Finds them in the test code of these files.
pub(super) fn find(world: &World<'_>, linked: Linked<'_>, tests: &[usize]) -> Vec<Finding> {
    tests.iter().flat_map(|n| of_file(world, linked, *n)).collect()
}

fn of_file(world: &World<'_>, linked: Linked<'_>, n: usize) -> Vec<Finding> {
    let file = world.files[n];
    if !file.terms.iter().any(|term| matches!(&term.kind, TermKind::Text(text) if !ages(text).is_empty())) {
        return Vec::new();
    }
    let mut around = Surroundings::new(world, linked, n, std::iter::empty());
    let mut findings: Vec<Finding> = Vec::new();
    let mut found: Vec<Span> = Vec::new();
    for (id, term) in file.terms.iter().enumerate() {
        let TermKind::Text(text) = &term.kind else { continue };
        let ages = ages(text);
        let function = given::function_at(file, term.span);
        let scope = around.scope(term.span, function);
        if ages.is_empty() || scope == Span::default() || !is_asserted(&mut around, scope, id as Id) {
            continue;
        }
        let dates = dates(file, scope);
        let told = ages.iter().find_map(|age| tells(&dates, *age, world.window.0));
        let Some((date, at, ends)) = told else { continue };
        if around.is_frozen(term.span, function)
            || around.is_told_now(term.span, function)
            || around.sets_clock(scope)
            || found.contains(&scope)
        {
            continue;
        }
        found.push(scope);
        let who = function.map_or_else(|| "the test".to_owned(), |function| file.functions[function].qualified());
        findings.push(finding(file, who, term.span, (date, at, ends)));
    }
    findings
}

/// The term is part of what an assertion of that scope says.
fn is_asserted(around: &mut Surroundings<'_>, scope: Span, term: Id) -> bool {
    let place = around.facts.term(term).span;
    around.assertions(scope).into_iter().any(|assertion| {
        let mut open = vec![assertion];
        for _ in 0..PARTS {
            let Some(id) = open.pop() else { break };
            if id == term || around.facts.term(id).span == place {
                return true;
            }
            around.facts.term(id).kind.for_each_part(|part| open.push(part));
        }
        false
    })
}

/// The dates that are written in a scope, and where.
fn dates(file: &FileFacts, scope: Span) -> Vec<(Span, Instant)> {
    let inside = file.terms.iter().filter(|term| scope.contains(term.span));
    let mut dates: Vec<(Span, Instant)> = Vec::new();
    for term in inside {
        let at = match &term.kind {
            TermKind::Int(n) => epoch(*n),
            TermKind::Text(text) if text.len() <= 64 => calendar::read(text).map(|reading| reading.instant()),
            TermKind::Call(_, args) | TermKind::New(_, args) if args.len() >= 3 => {
                let number = |at: usize| match file.term(args[at].1).kind {
                    TermKind::Int(n) => i64::try_from(n).ok(),
                    _ => None,
                };
                match (number(0), number(1), number(2)) {
                    (Some(year @ 1900..=2100), Some(month @ 0..=12), Some(day @ 1..=31)) => {
                        Civil::carrying(year, month, day, 0, 0, 0).map(Civil::instant)
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(at) = at.filter(|at| !dates.iter().any(|(_, known)| known == at)) {
            dates.push((term.span, at));
        }
    }
    dates
}

/// The date that is so long ago at the release, and when it is longer; nothing if another date stands for the clock.
fn tells(dates: &[(Span, Instant)], age: Age, now: Civil) -> Option<(Span, Instant, Civil)> {
    let lies = |from: Instant, until: Instant| {
        let from = from.civil()?;
        let ends = from.add_months(age.months * (age.count + 1))?;
        // What is rounded, or "almost" so long ago, may be half a unit short of it.
        let begins = from.add_months(age.months * age.count - age.months.div_euclid(2))?;
        let until = until.civil()?;
        (begins <= until && until < ends).then_some(ends)
    };
    let told = |from: Instant| dates.iter().any(|(_, other)| *other != from && lies(from, *other).is_some());
    if dates.iter().any(|(_, from)| told(*from)) {
        return None;
    }
    let found = dates.iter().filter_map(|(span, at)| Some((*span, *at, lies(*at, now.instant())?)));
    found.min_by_key(|(_, _, ends)| *ends)
}

/// The ages of a month or more that a text tells: `about 2 years ago`, `a month ago`.
fn ages(text: &str) -> Vec<Age> {
    if text.len() > LONGEST || !text.contains(" ago") {
        return Vec::new();
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let age = |words: &[&str]| {
        let [count, unit, "ago"] = words else { return None };
        let count = match *count {
            "a" | "an" | "one" => 1,
            count => count.parse().ok().filter(|count| (1..=60).contains(count))?,
        };
        let months = match unit.trim_end_matches('s') {
            "year" => 12,
            "month" => 1,
            _ => return None,
        };
        Some(Age { count, months })
    };
    words.windows(3).filter_map(age).collect()
}

fn finding(file: &FileFacts, who: String, span: Span, (date, at, ends): (Span, Instant, Civil)) -> Finding {
    let place = Place { path: file.path.clone(), span };
    let date_text = at.civil().map_or_else(String::new, shown);
    let step = |span, kind, note: String| Step { place: Place { path: file.path.clone(), span }, kind, note };
    Finding {
        rule: Rule::TestTimeBomb,
        confidence: Confidence::Likely,
        message: format!(
            "`{who}` expects how long ago {date_text} was, and it is longer from {} on",
            shown(ends.midnight())
        ),
        trigger: Some(Trigger::At { at: ends.midnight(), zone: Zone::Local }),
        effect: Some(Effect { severity: Severity::Refuses, text: "the test fails".to_owned(), place: None }),
        in_test: true,
        steps: vec![
            step(date, StepKind::Deadline, format!("the test gives {date_text} here")),
            step(span, StepKind::Comparison, "how long ago it was is expected here".to_owned()),
        ],
        reach: Reach::one(who),
        matched: date_text,
        note_only: None,
        place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_in_months() {
        for (text, expected) in [
            ("a year ago", &[(1, 12)][..]),
            ("about 2 years ago", &[(2, 12)]),
            ("opened 3 months ago by x, closed a month ago", &[(3, 1), (1, 1)]),
            ("2 days ago", &[]),
            ("years ago", &[]),
            ("2 years", &[]),
        ] {
            let ages: Vec<(i64, i64)> = ages(text).into_iter().map(|age| (age.count, age.months)).collect();
            assert_eq!(ages, expected, "{text}");
        }
    }

    #[test]
    fn a_date_is_so_long_ago_until_the_next_unit_is_full() {
        let day = |year, month, day| Civil::from_ymd(year, month, day).unwrap_or_else(|| panic!());
        let dated = |days: &[Civil]| -> Vec<(Span, Instant)> {
            days.iter().map(|day| (Span::default(), day.instant())).collect()
        };
        let two = Age { count: 2, months: 12 };
        let ends = |days: &[Civil], now| tells(&dated(days), two, now).map(|(_, _, ends)| ends);
        assert_eq!(ends(&[day(2021, 2, 23)], day(2023, 8, 1)), Some(day(2024, 2, 23)));
        assert_eq!(ends(&[day(2021, 2, 23)], day(2024, 3, 1)), None);
        assert_eq!(ends(&[day(2021, 2, 23)], day(2022, 3, 1)), None);
        // The second is the day of the test.
        assert_eq!(ends(&[day(2021, 2, 23), day(2023, 3, 1)], day(2023, 8, 1)), None);
    }
}
