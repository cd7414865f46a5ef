//! Keeps what was found: one entry for a comparison, its change and its date, with the gravest of what is done then.

use std::collections::BTreeMap;

use crate::calendar::Period;
use crate::finding::{Effect, Place, Severity, Span};
use crate::flow::facts::{Condition, ConditionKind, Outcome};
use crate::flow::fuse::{self, Found, Key};
use crate::flow::index::FunctionRef;
use crate::flow::search::Change;
use crate::flow::trace::used::HANDS;

use super::question::Questions;
use super::way::Way;
use super::{expected, names, terms, years};

/// Periods shorter than this are timeouts; longer than the second, never. In nanoseconds.
const SHORTEST: i128 = 3_600 * 1_000_000_000;
const LONGEST: i128 = 40 * 365 * 86_400 * 1_000_000_000;
/// A change so near to where clocks count from is a comparison with nothing, or next to nothing, in nanoseconds.
const FIRST_YEAR: i128 = 365 * 86_400 * 1_000_000_000;

/// Keeps a change, unless it is none of a date or is known.
pub(super) fn record(
    questions: &Questions<'_>,
    found: &mut BTreeMap<Key, Found>,
    way: &Way,
    condition: &Condition,
    change: Change,
) {
    let world = questions.world;
    let Some(atom) = change.main_atom() else { return };
    // What is compared with a day of its own does not hang on what stands beside it.
    let anchored = match atom.meta.anchor {
        Some(_) => {
            let nanos = change.at.0 - world.anchor_at.0;
            if !(SHORTEST..LONGEST).contains(&nanos) {
                return;
            }
            Some(Period { months: 0, nanos: round(nanos) })
        }
        None if change.at.0.abs() < FIRST_YEAR => return,
        None => None,
    };
    let function = (atom.file, atom.function.unwrap_or(usize::MAX));
    let decider = way.callee();
    let span = world.files[atom.file].term(atom.term).span;
    let deadline = change.deadline(atom).map(|origin| (origin.file, origin.span));
    let key = (atom.file, span, anchored.map_or(change.at.0, |p| p.nanos), deadline);
    let effect = effect(questions, decider, condition, &change);
    let in_test = |at: FunctionRef| world.is_test(at);
    // What a test of a frozen clock passes ends for no other.
    let frozen = |at: FunctionRef| {
        world.files[at.0].frozen || world.files[at.0].functions[at.1].frozen || world.is_frozen_elsewhere(at.0)
    };
    if atom.file != way.root.0 && in_test(way.root) && frozen(way.root) {
        return;
    }
    let in_test = in_test(decider) || in_test(way.root);
    // Nobody keeps a test whose own assertion fails until then.
    let fails_until = condition.kind == ConditionKind::Assert && change.after > change.before;
    if in_test && fails_until && anchored.is_none() && change.at > world.window.0.instant() {
        return;
    }
    let mends = in_test && mends(condition, &change);
    let expected = || way.calls.first().is_some_and(|(call, _)| expected::expects_failure(world, way.root, *call));
    if mends && !expected() {
        return;
    }
    let effect = if mends { missed(&effect, condition, &change) } else { effect };
    match found.get_mut(&key) {
        Some(known) => {
            known.in_test &= in_test;
            let vague = |text: &str| text.contains(" answers ") || text.starts_with(HANDS);
            let severity = |e: &Option<Effect>| e.as_ref().map(|e| (e.severity, !vague(&e.text)));
            if severity(&effect) > severity(&known.effect) {
                known.effect = effect;
            }
        }
        None => {
            let function = if function.1 == usize::MAX { decider } else { function };
            let mentioned = names(world.files[decider.0], terms(condition));
            let switches = mentioned.into_iter().map(str::to_owned).collect();
            found.insert(key, Found { change, anchored, effect, function, in_test, switches });
        }
    }
}

/// What a test misses that expects the failure which ends.
fn missed(effect: &Option<Effect>, condition: &Condition, change: &Change) -> Option<Effect> {
    let (_, left) = sides(condition, change);
    let (effect, left) = (effect.as_ref()?, left.as_ref()?);
    Some(Effect { severity: left.severity, text: format!("{}, which the test expects", effect.text), ..effect.clone() })
}

/// Whether a test that fails until then would pass: nobody keeps one that fails, so that something else is compared there.
fn mends(condition: &Condition, change: &Change) -> bool {
    let fails =
        |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|outcome| outcome.severity >= Severity::Refuses);
    let (done, left) = sides(condition, change);
    condition.kind == ConditionKind::Branch && done.is_none() && fails(left)
}

/// What is done after the change, and what was done before.
pub(super) fn sides<'c>(condition: &'c Condition, change: &Change) -> (&'c Option<Outcome>, &'c Option<Outcome>) {
    match change.after > change.before {
        true => (&condition.then, &condition.otherwise),
        false => (&condition.otherwise, &condition.then),
    }
}

/// What is done after the change.
fn effect(questions: &Questions<'_>, at: FunctionRef, condition: &Condition, change: &Change) -> Option<Effect> {
    let path = &questions.world.files[at.0].path;
    let place = |span: Span| Some(Place { path: path.clone(), span });
    let (done, left) = sides(condition, change);
    let of = |outcome: &Outcome| Effect {
        severity: outcome.severity,
        text: outcome.text.clone(),
        place: place(outcome.span),
    };
    if years::spans(questions, at, condition, change) {
        return Some(Effect { severity: Severity::LogsOnly, text: fuse::YEARS.to_owned(), place: None });
    }
    match (done, left) {
        // To say that it is over, and to do nothing more.
        (Some(done), Some(left))
            if done.severity == Severity::LogsOnly
                && left.severity == Severity::Changes
                && left.text.starts_with("calls ") =>
        {
            let text = format!("{} and no longer {}", done.text, left.text);
            Some(Effect { severity: Severity::Changes, text, place: place(done.span) })
        }
        (Some(done), _) => Some(of(done)),
        (None, Some(left)) if condition.kind != ConditionKind::Assert => Some(Effect {
            severity: left.severity.min(Severity::Changes),
            text: format!("no longer {}", left.text),
            place: place(left.span),
        }),
        _ => None,
    }
}

/// Rounds a period to what its author wrote: strict comparisons change a second late.
fn round(nanos: i128) -> i128 {
    const SECOND: i128 = 1_000_000_000;
    let seconds = (nanos + SECOND / 2).div_euclid(SECOND);
    let whole = if seconds % 60 == 1 { seconds - 1 } else { seconds };
    whole * SECOND
}
