//! Test bombs that no comparison in the test shows: a literal date that the test gives as "still valid" and expects to be
//! accepted. It lies in the future when the test is written and in the past one day, and then the test is red.
//!
//! 1. [`given`] collects the dates that test code gives to something whose name says that it ends: a keyword, a field, a
//!    setter, a map's key, a cookie's attribute, a payment card's month and year.
//! 2. [`surroundings`] says what silences one: the clock is frozen, the date is only asserted back, a refusal is expected.
//! 3. [`checked`] says which of these names product code compares with the clock. That, an assertion of a state that ends
//!    with the date, or a payment card make a finding likely; else it is possible. What the flow proves is a
//!    [fuse](super::fuse) already.

use crate::calendar::{Civil, Instant};
use crate::finding::{Confidence, Effect, Finding, Place, Rule, Severity, Step, StepKind, Trigger, Zone};
use crate::vocabulary::Strength;

use super::World;
use super::fuse::Fuse;
use super::reach::CallGraph;
use super::taint::Taints;

mod checked;
mod given;
mod surroundings;

use checked::Checked;
use given::{Given, Kind};
use surroundings::{State, Surroundings};

/// Dates from here on mean "never".
const NEVER: i64 = 2100;

/// Finds them in the test code of every file.
pub fn find(world: &World<'_>, graph: &CallGraph, taints: &Taints<'_>, fuses: &[Fuse]) -> Vec<Finding> {
    let mut checked = None;
    let mut findings: Vec<Finding> = Vec::new();
    for (file, facts) in world.files.iter().enumerate() {
        if !facts.in_test && !facts.functions.iter().any(|function| function.test) {
            continue;
        }
        let given: Vec<Given> =
            given::collect(world, graph, taints, file).into_iter().filter(|given| is_ahead(world, given)).collect();
        if given.is_empty() {
            continue;
        }
        let checked = checked.get_or_insert_with(|| Checked::new(world, taints));
        let mut surroundings = Surroundings::new(world, taints, file, &given);
        for one in &given {
            let Some(confidence) = judge(world, checked, &mut surroundings, one) else { continue };
            let finding = finding(world, file, one, confidence);
            if !findings.iter().any(|known| is_same(known, &finding))
                && !fuses.iter().any(|fuse| is_same(&fuse.finding, &finding))
            {
                findings.push(finding);
            }
        }
    }
    findings
}

/// The date has not come when the release is made, and will.
fn is_ahead(world: &World<'_>, given: &Given) -> bool {
    given.at >= world.window.0.instant() && given.at.civil().is_some_and(|civil| civil.year() < NEVER)
}

/// How sure it is that the test turns red with the date; `None` if it does not.
fn judge(world: &World<'_>, checked: &Checked, around: &mut Surroundings<'_>, given: &Given) -> Option<Confidence> {
    if around.is_frozen(given) {
        return None;
    }
    let read = checked.reads(&given.name) || given.callees.iter().any(|callee| checked.waits(world, *callee));
    let state = around.state(given);
    if state == State::Over || (state == State::Unsaid && around.expects_refusal(given)) {
        return None;
    }
    if around.is_asserted_back(given) && !read {
        return None;
    }
    let telling = read || state == State::Holds;
    match (given.kind, given.strength) {
        (Kind::Card | Kind::Ahead, _) => Some(Confidence::Likely),
        (_, Strength::Strong) if telling => Some(Confidence::Likely),
        (_, Strength::Weak) if telling => Some(Confidence::Possible),
        (_, Strength::Strong) => Some(Confidence::Possible),
        (_, Strength::Weak) => None,
    }
}

fn is_same(known: &Finding, finding: &Finding) -> bool {
    let here = |place: &Place| {
        place.path == finding.place.path
            && (place.span.line..=place.span.end_line.max(place.span.line)).contains(&finding.place.span.line)
    };
    known.rule == Rule::TestTimeBomb && (here(&known.place) || known.steps.iter().any(|step| here(&step.place)))
}

fn finding(world: &World<'_>, file: usize, given: &Given, confidence: Confidence) -> Finding {
    let facts = &world.files[file];
    let function = &facts.functions[given.function];
    let at = given.at.civil().unwrap_or(world.window.0);
    let date = shown(at);
    let place = Place { path: facts.path.clone(), span: given.span };
    let who = function.qualified();
    let message = match given.kind {
        Kind::Card => format!("`{who}` pays with a card that expires on {date}"),
        Kind::Ahead => format!("`{who}` sends `{}` {date}, and the test changes its answer then", given.name),
        Kind::Date => format!("`{who}` gives `{}` {date} as still valid, and fails where that is checked", given.name),
    };
    Finding {
        rule: Rule::TestTimeBomb,
        confidence,
        message,
        trigger: Some(Trigger::At { at, zone: Zone::Utc }),
        effect: Some(Effect { severity: Severity::Refuses, text: "the test fails".to_owned(), place: None }),
        in_test: true,
        steps: vec![Step {
            place: place.clone(),
            kind: StepKind::Deadline,
            note: format!("the test gives {date} here ({})", given.name),
        }],
        reach: vec![who],
        matched: format!("{} {date}", given.name),
        note_only: None,
        place,
    }
}

fn shown(at: Civil) -> String {
    if at.is_midnight() { at.date_text() } else { at.to_string() }
}

/// The day of an instant, counted from 1970.
fn day(at: Instant) -> i128 {
    const DAY: i128 = 86_400_000_000_000;
    at.0.div_euclid(DAY)
}
