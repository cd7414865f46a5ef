//! Tests that expect the year in which they were written, of code that puts the year of the clock into what it gives: they
//! are red from New Year's Day on.
//!
//! 1. [`put_out`] finds the code: a partial date is completed with `now.year`, a copyright line ends with it.
//! 2. [`expected`] tells what a test expects from what it gives. A year that the test gives itself comes back whatever the
//!    clock says; only one that comes from nowhere else counts.
//! 3. The two belong together if the test leads to that code by calls, or if the year is expected under the name under
//!    which the code gives it. If the test gives a day without a year and expects it with one, they do all the more.

use crate::calendar::Civil;
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger, Zone};
use crate::flow::World;
use crate::flow::facts::{FileFacts, Id, TermKind};
use crate::flow::reach::CallGraph;

use super::Linked;
use super::given::in_scope;
use super::surroundings::Surroundings;

mod expected;
mod literal;
mod partial;
mod put_out;

use expected::{Expected, Reading, Written};
use put_out::Output;

pub use put_out::PutOut;

/// Calls between a test and the code that asks for the year up to which nothing else is likely to have made it.
const NEAR: usize = 4;

/// Finds them in the test code of these files.
pub(super) fn find(world: &World<'_>, linked: Linked<'_>, put_out: &PutOut, tests: &[usize]) -> Vec<Finding> {
    let this_year = world.window.0.year();
    let mut years: Vec<i64> =
        put_out.outputs.iter().map(|output| this_year + output.ahead).chain([this_year]).collect();
    years.sort_unstable();
    years.dedup();
    tests.iter().flat_map(|file| of_file(world, linked, put_out, *file, &years)).collect()
}

fn of_file(world: &World<'_>, linked: Linked<'_>, put_out: &PutOut, n: usize, years: &[i64]) -> Vec<Finding> {
    let file = world.files[n];
    let mut around = Surroundings::new(world, linked, n, std::iter::empty());
    let written = Written::of(&around, years);
    let mut scopes: Vec<Span> = written.literals.iter().map(|literal| literal.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let mut findings: Vec<Finding> = Vec::new();
    for scope in scopes {
        let reading = Reading::of(&mut around, scope, &written, years);
        if reading.expected.is_empty() {
            continue;
        }
        let led = led(world, linked.graph, put_out, n, scope);
        for expected in &reading.expected {
            let made = made(put_out, &led, &reading, expected);
            let Some((output, confidence)) = made.or_else(|| beside_today(world, n, file, &reading, expected)) else {
                continue;
            };
            let function = super::given::function_at(file, expected.span);
            if around.is_frozen(expected.span, function) || around.is_told_now(expected.span, function) {
                continue;
            }
            let finding = finding(world, file, scope, expected, &output, confidence);
            findings.push(finding);
            break;
        }
    }
    findings
}

/// The text that holds the year holds today too: `"1 Jan 2018 to #{today}"`. What the test gives itself comes back.
fn beside_today(
    world: &World<'_>,
    n: usize,
    file: &FileFacts,
    reading: &Reading,
    expected: &Expected,
) -> Option<(Output, Confidence)> {
    if !expected.in_row && reading.is_given(expected) {
        return None;
    }
    let today = expected.beside_today.filter(|_| expected.dated.year == world.window.0.year())?;
    let function = super::given::function_at(file, expected.span)?;
    Some((Output { function: (n, function), term: today, ahead: 0 }, Confidence::Likely))
}

/// The years of the clock that a test leads to by its calls, and by how many: of each distance from the clock's the nearest.
fn led(world: &World<'_>, graph: &CallGraph, put_out: &PutOut, n: usize, scope: Span) -> Vec<(Output, usize)> {
    let file = world.files[n];
    let inside = |span: Span| in_scope(scope, span);
    let calls = file.functions.iter().flat_map(|function| &function.calls);
    let calls: Vec<Id> = calls.copied().filter(|call| inside(file.term(*call).span)).collect();
    let by_calls = calls.iter().flat_map(|call| graph.callees(n, *call)).filter_map(|callee| put_out.led_to(*callee));
    // What is used of a file has its constants at hand.
    let homes = calls.iter().filter_map(|call| home(world, graph, n, *call)).filter(|home| *home != n);
    let by_home = homes.filter_map(|home| Some((put_out.of_file(home)?, 1)));
    let mut led: Vec<(Output, usize)> = Vec::new();
    for (output, calls) in by_calls.chain(by_home) {
        match led.iter_mut().find(|(known, _)| known.ahead == output.ahead) {
            Some(known) if calls < known.1 => *known = (*output, calls),
            Some(_) => {}
            None => led.push((*output, calls)),
        }
    }
    led
}

/// The file of what is called or made.
fn home(world: &World<'_>, graph: &CallGraph, n: usize, call: Id) -> Option<usize> {
    match graph.callees(n, call) {
        [callee] => Some(callee.0),
        [] => {
            let (TermKind::Call(path, _) | TermKind::New(path, _)) = &world.files[n].term(call).kind else {
                return None;
            };
            let ty = path.last().filter(|name| name.starts_with(char::is_uppercase))?;
            world.symbols.type_of(n, ty).map(|(file, _)| file)
        }
        _ => None,
    }
}

/// Which code made the year that is expected, and how sure that is.
fn made(
    put_out: &PutOut,
    led: &[(Output, usize)],
    reading: &Reading,
    expected: &Expected,
) -> Option<(Output, Confidence)> {
    let fits = |output: &Output| expected.dated.year - output.ahead == reading.this_year;
    let completed = expected.dated.days.iter().any(|day| reading.partial.contains(day));
    if let Some((output, calls)) = led.iter().find(|(output, _)| fits(output)) {
        if completed {
            return Some((*output, Confidence::Likely));
        }
        let bare = expected.dated.days.is_empty();
        if (expected.inside || bare) && !reading.is_given(expected) {
            return Some((*output, if *calls <= NEAR { Confidence::Likely } else { Confidence::Possible }));
        }
    }
    let named = expected.names.iter().find_map(|name| put_out.named(name)).filter(|output| fits(output));
    named.filter(|_| !reading.is_given(expected)).map(|output| (*output, Confidence::Likely))
}

fn finding(
    world: &World<'_>,
    file: &FileFacts,
    scope: Span,
    expected: &Expected,
    output: &Output,
    confidence: Confidence,
) -> Finding {
    let at = Civil::from_ymd(world.window.0.year() + 1, 1, 1).unwrap_or(world.window.0);
    let place = Place { path: file.path.clone(), span: expected.span };
    let who = file.functions.iter().find(|function| function.span == scope && scope != Span::default());
    let who = who.map_or_else(|| "the test".to_owned(), |function| function.qualified());
    let year = expected.dated.year;
    let product = world.files[output.function.0];
    let clock = Place { path: product.path.clone(), span: product.term(output.term).span };
    let asked = product.functions[output.function.1].qualified();
    let step = |place: &Place, kind, note: String| Step { place: place.clone(), kind, note };
    Finding {
        rule: Rule::TestTimeBomb,
        confidence,
        message: format!("`{who}` expects {year}, the year of the clock when it was written, and fails in the next"),
        trigger: Some(Trigger::At { at, zone: Zone::Local }),
        effect: Some(Effect { severity: Severity::Refuses, text: "the test fails".to_owned(), place: None }),
        in_test: true,
        steps: vec![
            step(&place, StepKind::Deadline, format!("the test expects {year} here and gives it nowhere")),
            step(&clock, StepKind::Clock, format!("`{asked}` takes the year from the clock here")),
        ],
        reach: Reach::one(who),
        matched: year.to_string(),
        note_only: None,
        place,
    }
}
