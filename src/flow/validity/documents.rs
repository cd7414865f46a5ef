//! Dates in the documents of tests, under a name that product code compares with the clock: `expires_at: 2030-01-01` in
//! `test/fixtures/coupons.yml`.

use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Step, StepKind, Trigger, Zone};
use crate::flow::{Configured, World};
use crate::vocabulary::Strength;

use super::checked::Checked;
use super::{NEVER, shown};

/// Finds them in every document.
pub(super) fn find(world: &World<'_>, checked: &Checked<'_>) -> Vec<Finding> {
    let strong = |entry: &&Configured| world.vocabulary.expiry_strength(&entry.name) == Some(Strength::Strong);
    let ahead = |entry: &&Configured| entry.at >= world.window.0.instant();
    let entries = world.configured.values().flatten().filter(|entry| entry.in_test);
    let mut entries: Vec<&Configured> =
        entries.filter(ahead).filter(strong).filter(|entry| checked.reads(&entry.name)).collect();
    entries.sort_by_key(|entry| (&entry.path, entry.span));
    entries.into_iter().filter_map(finding).collect()
}

fn finding(entry: &Configured) -> Option<Finding> {
    let key = &entry.name;
    let at = entry.at.civil().filter(|at| at.year() < NEVER)?;
    let date = shown(at);
    let place = Place { path: entry.path.clone(), span: entry.span };
    let note = format!("the fixture gives {date} here ({key})");
    Some(Finding {
        rule: Rule::TestTimeBomb,
        confidence: Confidence::Likely,
        message: format!("a fixture gives `{key}` {date} as still valid, and the product compares it with the clock"),
        trigger: Some(Trigger::At { at, zone: Zone::Utc }),
        effect: Some(Effect { severity: Severity::Refuses, text: "the test fails".to_owned(), place: None }),
        in_test: true,
        steps: vec![Step { place: place.clone(), kind: StepKind::Deadline, note }],
        reach: Reach::default(),
        matched: format!("{key} {date}"),
        note_only: None,
        place,
    })
}
