//! Test bombs that no comparison in the test shows: a literal date that the test gives as "still valid" and expects to be
//! accepted. It lies in the future when the test is written and in the past one day, and then the test is red.
//!
//! 1. [`checked`] says which names product code compares with the clock: by comparisons, [queries] and what is
//!    [declared] of them.
//! 2. [`given`] collects the dates that test code gives to something whose name says that it ends, or that product code
//!    asks the clock about ([`names`]): a keyword, a field, a setter, a map's key, a row of the test's [table](tables), an
//!    attribute in a [text](texts), a payment [card](cards), or in [other forms](forms).
//! 3. A name alone says little: it counts where the test [comes](met) to the code that compares it, by calls, or as it is
//!    [led] by what it names, a route's action, a predicate's matcher. Cookies count that something [keeps](kept).
//! 4. [`asked`] asks product code when a date that has passed stops being recent: it has a rolling window.
//! 5. [`surroundings`] says what silences one: the clock is frozen, the date is only asserted back, a refusal is expected;
//!    so does what the test [says itself](told): which day it is, and what it expects to get.
//! 6. What product code checks, an assertion of a state that ends with the date, a payment card, or a token that is
//!    accepted make a finding likely; else it is possible. What the flow proves is a [fuse](super::fuse) already.
//! 7. Two things more end a test without a date that it gives as valid: it expects [this year](this_year), or
//!    [how long ago](relative) a day was.
//!
//! [`documents`] does the same for the fixtures of tests that are no code.

use crate::calendar::{Civil, Instant};
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger, Zone};
use crate::vocabulary::Strength;

use super::World;
use super::facts::FileFacts;
use super::fuse::Fuse;
use super::reach::{CallGraph, says_now};
use super::taint::Taints;

mod asked;
mod cards;
mod checked;
mod comparison;
mod declared;
mod documents;
mod forms;
mod given;
mod kept;
mod led;
mod met;
mod names;
mod queries;
mod relative;
mod surroundings;
mod tables;
mod texts;
mod this_year;
mod told;

use asked::Asker;
use checked::{Checked, Comparison};
use given::{Given, Kind};
use names::Names;
use surroundings::{State, Surroundings};

pub use this_year::PutOut;

/// Dates from here on mean "never".
const NEVER: i64 = 2100;

/// What linking knows of the calls and of the clock.
#[derive(Clone, Copy)]
struct Linked<'w> {
    graph: &'w CallGraph,
    taints: &'w Taints<'w>,
}

/// Finds them in the test code of every file. `years` are the years of the clock that the program puts out.
pub fn find(world: &World<'_>, graph: &CallGraph, taints: &Taints<'_>, years: &PutOut, fuses: &[Fuse]) -> Vec<Finding> {
    let linked = Linked { graph, taints };
    let mut findings: Vec<Finding> = Vec::new();
    let tests =
        |(_, facts): &(usize, &&FileFacts)| facts.in_test || facts.functions.iter().any(|function| function.test);
    let tests: Vec<usize> = world.files.iter().enumerate().filter(tests).map(|(file, _)| file).collect();
    let documents = world.configured.values().flatten().any(|entry| entry.in_test);
    if tests.is_empty() && !documents {
        return findings;
    }
    let checked = Checked::new(world, graph, taints);
    let asker = Asker::new(world, taints);
    let names = Names::new(world.vocabulary, &checked);
    for file in tests.iter().copied() {
        let given: Vec<(Given, End)> = given::collect(world, linked, &names, file)
            .into_iter()
            .filter_map(|given| Some((end(world, &checked, &asker, file, &given)?, given)))
            .map(|(end, given)| (given, end))
            .collect();
        let mut surroundings = Surroundings::new(world, linked, file, given.iter().map(|(given, _)| given));
        for (one, end) in &given {
            let Some(confidence) = judge(world, &checked, &mut surroundings, file, one, *end) else { continue };
            add(&mut findings, fuses, finding(world, file, one, *end, confidence));
        }
    }
    let this_year = this_year::find(world, linked, years, &tests);
    let ages = relative::find(world, linked, &tests);
    this_year.into_iter().chain(ages).for_each(|finding| add(&mut findings, fuses, finding));
    findings.extend(documents::find(world, linked, &checked, &asker, &tests));
    findings
}

/// Adds what is not known yet, by another of them or by a fuse.
fn add(findings: &mut Vec<Finding>, fuses: &[Fuse], finding: Finding) {
    let mut known = findings.iter().chain(fuses.iter().map(|fuse| &fuse.finding));
    if !known.any(|known| is_same(known, &finding)) {
        findings.push(finding);
    }
}

/// When what a test gives stops being so.
#[derive(Clone, Copy, Debug)]
enum End {
    /// On the date itself.
    Itself,
    /// When product code no longer takes it for recent.
    Window(Instant, Comparison),
}

/// The end lies ahead when the release is made, and will come.
fn end(world: &World<'_>, checked: &Checked<'_>, asker: &Asker<'_>, file: usize, given: &Given) -> Option<End> {
    if given.at >= world.window.0.instant() {
        return given.at.civil().is_some_and(|civil| civil.year() < NEVER).then_some(End::Itself);
    }
    if given.kind != Kind::Date {
        return None;
    }
    let (at, comparison) = asker.window_end(checked, file, given)?;
    Some(End::Window(at, comparison))
}

/// How sure it is that the test turns red with the date; `None` if it does not.
fn judge(
    world: &World<'_>,
    checked: &Checked<'_>,
    around: &mut Surroundings<'_>,
    file: usize,
    given: &Given,
    end: End,
) -> Option<Confidence> {
    let (place, function) = (given.given_at, given.function);
    let told_now = says_now(&given.name) || around.is_told_now(place, function);
    if told_now || around.is_frozen(place, function) || around.is_expectation(given) {
        return None;
    }
    let refusal = around.expects_refusal(given);
    let state = around.state(given);
    let scope = around.test_around(place, function);
    let met = checked.meets(world, file, around.asserting(scope), given);
    if given.kind == Kind::Later {
        // Data for all tests of a file says nothing of which one refuses it.
        let comes = (met && scope != Span::default()) || !checked.reads(&given.name);
        return (comes && (around.expects_only_refusal(given) || state == State::Over)).then_some(Confidence::Likely);
    }
    if state == State::Over || (state == State::Unsaid && refusal) {
        return None;
    }
    let holds = state == State::Holds || (state == State::Unsaid && around.expects_no_refusal(given));
    let read = met || checked.is_about(world, file, given, holds);
    let telling = read || state == State::Holds;
    let refused = given.refused || (met && checked.refuses(world, file, &given.name));
    let untold = !read || given.strength.is_none() || matches!(given.kind, Kind::Credential | Kind::Cookie);
    let refused_there = matches!(end, End::Window(_, at) if checked.refuses_in(world, at.function, &given.name));
    let chosen = around.expects_something(given).then(|| checked.chooses(world, file, scope, &given.name)).flatten();
    let told_all_the_same = refused || refused_there || (chosen.is_some() && scope != Span::default());
    let mut comes_back = || (untold && around.is_asserted_back(given)) || around.is_expected_in_row(given);
    if !told_all_the_same && comes_back() {
        return None;
    }
    match (given.kind, given.strength) {
        _ if matches!(end, End::Window(..)) => around.expects_something(given).then_some(Confidence::Likely),
        (Kind::Card, _) if !met && around.is_answer(given) => Some(Confidence::Possible),
        (Kind::Card | Kind::Ahead, _) => Some(Confidence::Likely),
        (Kind::Credential, _) if around.accepts() => Some(Confidence::Likely),
        (Kind::Cookie, _) if around.asserts(given) && !around.only_reads(given) => Some(Confidence::Likely),
        (Kind::Date, Some(Strength::Strong)) if around.is_kept_cookie(given) && around.asserts(given) => {
            Some(Confidence::Likely)
        }
        (_, Some(Strength::Strong)) if telling => Some(Confidence::Likely),
        (_, Some(Strength::Weak)) if refused || (met && checked.tells(world, file, &given.name)) || (read && holds) => {
            Some(Confidence::Likely)
        }
        (_, None) if refused || (holds && met) => Some(Confidence::Likely),
        (_, Some(Strength::Weak) | None) if chosen.is_some() => Some(Confidence::Likely),
        (_, Some(Strength::Weak)) if telling || checked.reads(&given.name) => Some(Confidence::Possible),
        (_, Some(Strength::Strong)) => Some(Confidence::Possible),
        (_, Some(Strength::Weak) | None) => None,
    }
}

fn is_same(known: &Finding, finding: &Finding) -> bool {
    let here = |place: &Place| {
        place.path == finding.place.path
            && (place.span.line..=place.span.end_line.max(place.span.line)).contains(&finding.place.span.line)
    };
    known.rule == Rule::TestTimeBomb && (here(&known.place) || known.steps.iter().any(|step| here(&step.place)))
}

fn finding(world: &World<'_>, file: usize, given: &Given, end: End, confidence: Confidence) -> Finding {
    let facts = &world.files[file];
    let (ends, comparison) = match end {
        End::Itself => (given.at, None),
        End::Window(at, comparison) => (at, Some(comparison)),
    };
    let at = ends.civil().unwrap_or(world.window.0);
    let date = shown(given.at.civil().unwrap_or(at));
    let place = Place { path: facts.path.clone(), span: given.written };
    let who = given.function.map_or_else(|| "the script".to_owned(), |function| facts.functions[function].qualified());
    let name = &given.name;
    let message = match (given.kind, end) {
        (_, End::Window(..)) => format!("`{who}` gives `{name}` {date} as recent, and it is not from {} on", shown(at)),
        (Kind::Card, _) => format!("`{who}` pays with a card that expires on {date}"),
        (Kind::Ahead, _) => format!("`{who}` sends `{name}` {date}, and the test changes its answer then"),
        (Kind::Later, _) => format!("`{who}` expects a refusal before `{name}` {date}, and there is none after it"),
        (Kind::Date | Kind::Credential | Kind::Cookie, _) => {
            format!("`{who}` gives `{name}` {date} as still valid, and fails where that is checked")
        }
    };
    let note = format!("the test gives {date} here ({name})");
    let mut steps = vec![Step { place: place.clone(), kind: StepKind::Deadline, note }];
    if given.written != given.span {
        let place = Place { path: facts.path.clone(), span: given.span };
        let note = format!("as `{name}`");
        steps.push(Step { place, kind: StepKind::Passes, note });
    }
    if let Some(Comparison { function, term }) = comparison {
        let product = world.files[function.0];
        let place = Place { path: product.path.clone(), span: product.term(term).span };
        let note = "the clock meets it here".to_owned();
        steps.push(Step { place, kind: StepKind::Comparison, note });
    }
    Finding {
        rule: Rule::TestTimeBomb,
        confidence,
        message,
        trigger: Some(Trigger::At { at, zone: Zone::Utc }),
        effect: Some(Effect { severity: Severity::Refuses, text: "the test fails".to_owned(), place: None }),
        in_test: true,
        steps,
        reach: Reach::one(who),
        matched: format!("{name} {date}"),
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

/// The words to look for in tests: of what gives a year of the clock, and of the names that product code compares with the
/// clock, the more telling ones first: dates that tests give stand under them.
pub fn asked_names(world: &World<'_>, graph: &CallGraph, taints: &Taints<'_>, years: &PutOut) -> Vec<String> {
    const YEARS: usize = 60;
    let checked = Checked::new(world, graph, taints);
    let mut names = years.spelled(world);
    names.truncate(YEARS);
    names.extend(checked.telling(world).into_iter().map(str::to_owned));
    names
}
