//! Dates in the documents of tests, under a name that product code compares with the clock: `expires_at: 2030-01-01` in
//! `test/fixtures/coupons.yml`.
//!
//! A name that says that something ends tells by itself. Any other counts if a test names the document and leads to the code
//! that compares the name, or chooses by it; there a date that has passed may have been recent when it was written.

use crate::calendar::Instant;
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger, Zone};
use crate::flow::index::FunctionRef;
use crate::flow::{Configured, World};
use crate::vocabulary::{InTest, Strength};

use super::asked::{Asker, RECENT};
use super::checked::{Checked, is_common};
use super::surroundings::Surroundings;
use super::{Linked, NEVER, shown};

/// Entries of documents that are looked at.
const MOST: usize = 400;

/// Finds them in every document. `tests` are the files with tests.
pub(super) fn find(
    world: &World<'_>,
    linked: Linked<'_>,
    checked: &Checked<'_>,
    asker: &Asker<'_>,
    tests: &[usize],
) -> Vec<Finding> {
    let entries = world.configured.values().flatten().filter(|entry| entry.in_test);
    let counts = |name: &str| world.vocabulary.says_in_test(name, InTest::Measure);
    let asked = |entry: &&Configured| !counts(&entry.name) && checked.asks(&entry.name);
    let mut entries: Vec<&Configured> = entries.filter(asked).collect();
    entries.sort_by_key(|entry| (&entry.path, entry.span));
    let readers = Readers { world, linked, checked, tests };
    let start = world.window.0.instant();
    let mut findings = Vec::new();
    for entry in entries.into_iter().take(MOST) {
        let strong = world.vocabulary.expiry_strength(&entry.name) == Some(Strength::Strong);
        let ends = match entry.at >= start {
            true if strong && checked.reads(&entry.name) => Some((entry.at, None)),
            true => readers.chooses(entry).map(|at| (entry.at, Some(at))),
            false => readers.window(asker, entry),
        };
        findings.extend(ends.and_then(|(ends, at)| finding(world, entry, ends, at)));
    }
    findings
}

/// The tests that read documents.
struct Readers<'w> {
    world: &'w World<'w>,
    linked: Linked<'w>,
    checked: &'w Checked<'w>,
    tests: &'w [usize],
}

impl Readers<'_> {
    /// A test that reads the document leads to the function, asserts something, and does not tell which day it is.
    fn lead_to(&self, entry: &Configured, function: FunctionRef) -> bool {
        self.tests.iter().any(|test| {
            let facts = self.world.files[*test];
            let leads = || {
                self.checked.is_reached(function, *test)
                    || self.checked.is_named(self.world, *test, Span::default(), function)
            };
            facts.frozen_lines.is_empty()
                && !facts.frozen
                && self.checked.named(self.world, *test).mentions(&entry.path)
                && leads()
                && self.asserts(*test)
        })
    }

    fn asserts(&self, test: usize) -> bool {
        let mut around = Surroundings::new(self.world, self.linked, test, std::iter::empty());
        !around.assertions(Span::default()).is_empty() && !around.sets_clock(Span::default())
    }

    /// Where such a test lets the product choose by the name.
    fn chooses(&self, entry: &Configured) -> Option<FunctionRef> {
        self.checked.chosen_at(&entry.name).find(|at| self.lead_to(entry, *at))
    }

    /// When the product no longer takes the date for recent, and where it says so.
    fn window(&self, asker: &Asker<'_>, entry: &Configured) -> Option<(Instant, Option<FunctionRef>)> {
        let past = self.world.window.0.instant().0 - entry.at.0;
        if is_common(&entry.name) || past > RECENT {
            return None;
        }
        let comparisons = self.checked.comparisons_of(&entry.name).iter();
        let ends = comparisons.filter_map(|at| Some((asker.change(&entry.name, entry.at, None, *at)?, at.function)));
        let reached = ends.filter(|(_, function)| self.lead_to(entry, *function));
        reached.min_by_key(|(at, _)| *at).map(|(at, function)| (at, Some(function)))
    }
}

fn finding(world: &World<'_>, entry: &Configured, ends: Instant, code: Option<FunctionRef>) -> Option<Finding> {
    let key = &entry.name;
    let at = entry.at.civil()?;
    let ends = ends.civil().filter(|at| at.year() < NEVER)?;
    let date = shown(at);
    let place = Place { path: entry.path.clone(), span: entry.span };
    let note = format!("the fixture gives {date} here ({key})");
    let mut steps = vec![Step { place: place.clone(), kind: StepKind::Deadline, note }];
    if let Some((file, function)) = code {
        let place =
            Place { path: world.files[file].path.clone(), span: world.files[file].functions[function].name_span };
        steps.push(Step { place, kind: StepKind::Comparison, note: "the clock meets it here".to_owned() });
    }
    let message = match ends == at {
        true => format!("a fixture gives `{key}` {date} as still valid, and the product compares it with the clock"),
        false => format!("a fixture gives `{key}` {date} as recent, and it is not from {} on", shown(ends)),
    };
    Some(Finding {
        rule: Rule::TestTimeBomb,
        confidence: Confidence::Likely,
        message,
        trigger: Some(Trigger::At { at: ends, zone: Zone::Utc }),
        effect: Some(Effect { severity: Severity::Refuses, text: "the test fails".to_owned(), place: None }),
        in_test: true,
        steps,
        reach: Reach::default(),
        matched: format!("{key} {date}"),
        note_only: None,
        place,
    })
}
