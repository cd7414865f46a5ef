//! From decisions to findings: which of them change their answer as the clock moves, and what that means.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::{Civil, Instant, Period};
use crate::finding::{Confidence, Effect, Finding, Place, Rule, Span, Step, StepKind, Trigger, Zone};

use super::World;
use super::eval::{Atom, Origin};
use super::facts::FunctionFacts;
use super::follow::After;
use super::index::FunctionRef;
use super::picked;
use super::reach::CallGraph;
use super::search::Change;
use super::stand_in;

/// The effect of a comparison that only writes the years of a copyright.
pub const YEARS: &str = "writes a span of years";

/// A decision that changes its answer as the clock moves.
pub struct Fuse {
    /// What is reported of it. Its reach is that of the files that were linked.
    pub finding: Finding,
    /// The function that holds it: its file, the part of that file, and its number.
    pub function: (Arc<str>, usize, usize),
    /// What that function gives after the trigger, for those that ask it.
    pub after: Option<After>,
    /// Where the effect was found with those that ask it.
    pub(super) effect_told_by: Option<Place>,
    /// The message without that.
    pub(super) plain: Option<String>,
}

impl Fuse {
    /// Whether it matters who calls it: product code that is not past yet.
    pub fn matters(&self, from: Civil) -> bool {
        let ahead = match &self.finding.trigger {
            Some(Trigger::At { at, .. }) => *at >= from,
            Some(Trigger::After { .. }) => true,
            None => false,
        };
        ahead && !self.finding.in_test && self.finding.note_only.is_none()
    }
}

/// What was found, as it is reported: of one comparison's changes for one deadline one, and none for decisions around
/// others.
pub fn fuses(world: &World<'_>, graph: &CallGraph, found: BTreeMap<Key, Found>) -> Vec<Fuse> {
    let mut groups: BTreeMap<Comparison, Vec<(Key, Found)>> = BTreeMap::new();
    let own_clock = |found: &Found| found.in_test && stand_in::is_of_own_clock(world, graph, found);
    for (key, found) in found.into_iter().filter(|(_, found)| !own_clock(found)) {
        groups.entry((key.0, key.1, key.3)).or_default().push((key, found));
    }
    let chosen: Vec<(Key, Found)> = groups
        .into_values()
        .flat_map(|mut group| {
            group.sort_by_key(|(key, _)| key.2);
            if is_instant_of_test(world, &group) { Vec::new() } else { pick(world, group) }
        })
        .collect();
    let nested: Vec<bool> = chosen.iter().map(|one| chosen.iter().any(|other| encloses(one, other))).collect();
    let told = chosen.into_iter().zip(nested).filter(|(_, nested)| !nested);
    told.map(|((_, found), _)| {
        let (file, number) = found.function;
        let finding = finding(world, graph, found);
        let after = After::of(&world.files[file].functions[number], finding.effect.as_ref());
        let function = (world.files[file].path.clone(), world.files[file].part, number);
        Fuse { finding, function, after, effect_told_by: None, plain: None }
    })
    .collect()
}

/// In a test, what holds for no longer than a moment: the test would be red before it as well as after, so what is taken
/// for the clock there is something else.
fn is_instant_of_test(world: &World<'_>, group: &[(Key, Found)]) -> bool {
    const MOMENT: i128 = 36 * 3_600 * 1_000_000_000;
    let in_test = |found: &Found| found.in_test || world.is_test(found.function);
    let near = |pair: &[(Key, Found)]| pair[1].1.change.at.0 - pair[0].1.change.at.0 <= MOMENT;
    group.iter().all(|(_, found)| in_test(found) && found.anchored.is_none()) && group.windows(2).any(near)
}

/// Of one comparison's changes for one deadline: the gravest in the window (what holds for a year alone begins and ends), else
/// the first after it, else the last before it.
fn pick(world: &World<'_>, group: Vec<(Key, Found)>) -> Vec<(Key, Found)> {
    let (from, until) = (world.window.0.instant(), world.window.1.instant());
    let is_ahead = |found: &Found| found.anchored.is_some() || found.change.at >= from;
    let gravity = |found: &Found| found.effect.as_ref().map(|effect| effect.severity);
    let mut best = group.iter().position(|(_, found)| is_ahead(found)).unwrap_or(group.len() - 1);
    for (n, (_, found)) in group.iter().enumerate().skip(best + 1) {
        if found.change.at <= until && gravity(found) > gravity(&group[best].1) {
            best = n;
        }
    }
    group.into_iter().skip(best).take(1).collect()
}

/// Whether `outer` is a decision around `inner` with the same effect: the inner one's answer takes the outer one's into
/// account, so the outer one is no fuse of its own.
fn encloses((outer, around): &(Key, Found), (inner, within): &(Key, Found)) -> bool {
    let place = |found: &Found| found.effect.as_ref().and_then(|effect| effect.place.clone());
    outer.0 == inner.0
        && (outer.1.line, outer.1.column) < (inner.1.line, inner.1.column)
        && around.function == within.function
        && place(around).is_some()
        && place(around) == place(within)
}

/// What makes two changes the same fuse: the comparison, its trigger and its deadline.
pub type Key = (usize, Span, i128, Option<(usize, Span)>);

/// A change of a decision's answer, with what is known around it.
pub struct Found {
    /// The change.
    pub change: Change,
    /// How long after its anchor, if it has one.
    pub anchored: Option<Period>,
    /// What is done then.
    pub effect: Option<Effect>,
    /// The function that holds the comparison.
    pub function: FunctionRef,
    /// Every way to it starts or ends in a test.
    pub in_test: bool,
    /// Names that the decision's other operands and guards mention: the switches around it.
    pub switches: Vec<String>,
}

/// A comparison with its deadline: what changes of one fuse have in common.
type Comparison = (usize, Span, Option<(usize, Span)>);

fn finding(world: &World<'_>, graph: &CallGraph, found: Found) -> Finding {
    let change = &found.change;
    let atom = change.main_atom().cloned();
    let function = &world.files[found.function.0].functions[found.function.1];
    let in_test = found.in_test || world.is_test(found.function);
    let deadline = atom.as_ref().and_then(|atom| change.deadline(atom)).cloned();
    let zone = atom.as_ref().map_or(Zone::Utc, |atom| atom.meta.zone);
    let trigger = match (found.anchored, atom.as_ref().and_then(|atom| atom.meta.anchor)) {
        (Some(after), Some(anchor)) => Some(Trigger::After { after, anchor }),
        _ => change.at.civil().map(|at| Trigger::At { at, zone }),
    };
    let comparison = atom.as_ref().map(|atom| place(world, atom.file, world.files[atom.file].term(atom.term).span));
    let main = comparison.unwrap_or_else(|| place(world, found.function.0, function.name_span));
    let steps = steps(world, &found, atom.as_ref(), &main, trigger.as_ref());
    let (rule, borne_out) = rule(world, &found, function, deadline.as_ref(), in_test);
    let sure = if borne_out { Confidence::Proven } else { Confidence::Possible };
    let sure = sure.min(atom.as_ref().map_or(Confidence::Possible, |atom| atom.meta.sure.min(change.meta.sure)));
    Finding {
        rule,
        confidence: sure,
        message: message(function, trigger.as_ref(), found.effect.as_ref()),
        place: main,
        trigger,
        effect: found.effect.clone(),
        in_test,
        steps,
        reach: graph.reach(world, found.function),
        matched: String::new(),
        note_only: note_only(world, &found, function, atom.as_ref(), change.at),
    }
}

/// Why a change is no bomb whatever its date.
fn note_only(
    world: &World<'_>,
    found: &Found,
    function: &FunctionFacts,
    atom: Option<&Atom>,
    at: Instant,
) -> Option<String> {
    if found.anchored.is_none() && at.civil().is_some_and(|civil| civil.year() >= 2100) {
        return Some("the date is a sentinel, beyond the lifetime of the product".to_owned());
    }
    if found.effect.as_ref().is_some_and(|effect| effect.text == YEARS) {
        return Some("it only writes a span of years".to_owned());
    }
    if picked::only_picks(world, found) {
        return Some("an element is left out of a list, or taken in, and nothing refuses what is left".to_owned());
    }
    let answers_no = found.effect.as_ref().is_some_and(|effect| effect.text.ends_with(" answers false"));
    if answers_no && world.vocabulary.asks_for_novelty(&function.name) {
        return Some("nothing stays new".to_owned());
    }
    if function.frozen || world.files[found.function.0].frozen {
        return Some("the clock is frozen, injected or simulated here".to_owned());
    }
    let both = atom.is_some_and(|atom| {
        atom.meta
            .origins
            .iter()
            .all(|o| found.change.origins.get(*o as usize).is_some_and(|o| o.kind == StepKind::Clock))
    });
    both.then(|| "the clock is compared with nothing but itself".to_owned())
}

/// The rule that a fuse falls under, and whether its surroundings bear that out.
///
/// A date is told by its own name, by that of the function that compares it and by the switches around it; a limit that
/// counts from an installation is a trial only where something says so (else it may be a cache or a reminder).
fn rule(
    world: &World<'_>,
    found: &Found,
    function: &FunctionFacts,
    deadline: Option<&Origin>,
    in_test: bool,
) -> (Rule, bool) {
    if in_test {
        // A file that a test has just made is not old enough to count as an installation.
        let made = found.anchored.is_some() && found.change.meta.anchor == Some(crate::finding::Anchor::Install);
        return (Rule::TestTimeBomb, !made);
    }
    if deadline.is_some_and(|deadline| deadline.document.is_some()) {
        return (Rule::ConfigExpiry, true);
    }
    let words = &world.vocabulary;
    let near: Vec<&str> = std::iter::once(function.name.as_str())
        .chain(found.change.origins.iter().filter_map(|origin| origin.name.as_deref()))
        .chain(found.switches.iter().map(String::as_str))
        .collect();
    let around = [function.owner.as_deref().unwrap_or(""), super::index::stem_of(&world.files[found.function.0].path)];
    let trial = |names: &[&str]| names.iter().any(|name| words.is_trial(name));
    let licence = |names: &[&str]| names.iter().any(|name| words.is_licence(name));
    let anchor = found.anchored.and(found.change.meta.anchor);
    let says_trial = || trial(&near) || trial(&around) || world.keeps_trial(found.function.0);
    match anchor {
        Some(crate::finding::Anchor::Install) if says_trial() => (Rule::TrialPeriod, true),
        Some(crate::finding::Anchor::Install) if licence(&near) || licence(&around) => (Rule::LicenseExpiry, true),
        Some(crate::finding::Anchor::Install) => (Rule::TrialPeriod, false),
        Some(_) => (Rule::BuildAgeLimit, true),
        None if trial(&near) => (Rule::BetaLeftOn, true),
        None if licence(&near) || licence(&around) => (Rule::LicenseExpiry, true),
        None => (Rule::DateGate, true),
    }
}

fn place(world: &World<'_>, file: usize, span: Span) -> Place {
    Place { path: world.files[file].path.clone(), span }
}

fn origin_place(world: &World<'_>, origin: &Origin) -> Place {
    let path: Arc<str> = origin.document.clone().unwrap_or_else(|| world.files[origin.file].path.clone());
    Place { path, span: origin.span }
}

fn steps(world: &World<'_>, found: &Found, atom: Option<&Atom>, main: &Place, trigger: Option<&Trigger>) -> Vec<Step> {
    let change = &found.change;
    let mut steps: Vec<Step> = Vec::new();
    let mut add = |step: Step| {
        let same = |s: &Step| {
            s.place.path == step.place.path && s.place.span.line == step.place.span.line && s.kind == step.kind
        };
        match steps.iter_mut().find(|s| same(s)) {
            Some(known) => known.place.span = known.place.span.to(step.place.span),
            None => steps.push(step),
        }
    };
    let date = match trigger {
        Some(Trigger::At { at, .. }) if at.is_midnight() => at.date_text(),
        Some(Trigger::At { at, .. }) => at.to_string(),
        _ => String::new(),
    };
    for origin in atom.iter().flat_map(|atom| &atom.meta.origins).filter_map(|o| change.origins.get(*o as usize)) {
        let named = origin.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let (kind, note) = match origin.kind {
            StepKind::Deadline if found.anchored.is_some() => {
                (StepKind::Period, format!("the limit is defined here{named}"))
            }
            StepKind::Deadline => (StepKind::Deadline, format!("deadline {date} is defined here{named}")),
            StepKind::Anchor => (StepKind::Anchor, format!("the time is counted from here{named}")),
            StepKind::Clock => (StepKind::Clock, "the clock is read here".to_owned()),
            kind => (kind, format!("it is read here{named}")),
        };
        add(Step { place: origin_place(world, origin), kind, note });
    }
    for pass in change.passes.iter().take(8) {
        let name = pass.name.as_deref().unwrap_or("a function");
        add(Step { place: origin_place(world, pass), kind: StepKind::Passes, note: format!("through {name}") });
    }
    add(Step { place: main.clone(), kind: StepKind::Comparison, note: "the clock meets the limit here".to_owned() });
    if let Some(Effect { text, place: Some(place), .. }) = &found.effect {
        add(Step { place: place.clone(), kind: StepKind::Effect, note: format!("{text} after the trigger") });
    }
    steps
}

fn message(function: &FunctionFacts, trigger: Option<&Trigger>, effect: Option<&Effect>) -> String {
    let when = match trigger {
        Some(Trigger::At { at, .. }) if at.is_midnight() => format!("from {} on", at.date_text()),
        Some(Trigger::At { at, .. }) => format!("from {at} on"),
        Some(Trigger::After { after, anchor }) => format!("{} after the {anchor}", after.words()),
        None => "on a date".to_owned(),
    };
    let what = effect.map_or("decides differently", |effect| effect.text.as_str());
    // A function's answer is told with its name.
    let own = what.strip_prefix(function.name.as_str()).and_then(|rest| rest.strip_prefix(' '));
    format!("`{}` {} {when}", function.qualified(), own.unwrap_or(what))
}
