//! From decisions to findings: which of them change their answer as the clock moves, and what that means.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::calendar::{Instant, Period};
use crate::finding::{Confidence, Effect, Finding, Place, Rule, Severity, Span, Step, StepKind, Trigger, Zone};

use super::World;
use super::clocks::Clocks;
use super::eval::{Atom, Origin, Run};
use super::facts::{Condition, ConditionKind, FunctionFacts, Id, Outcome, TermKind};
use super::index::FunctionRef;
use super::reach::{Callers, SHOWN};
use super::search::{Change, ask};
use super::trace::expand;
use super::value::{Kind, Truth, Value};

/// Calls followed downward from a function that passes a clock or a date.
const CHAIN: usize = 4;
/// Ways followed from one function.
const WAYS: usize = 32;
/// Queries in one run of the tool; a tree with more decisions on the clock than this is told so.
const QUERIES: usize = 30_000;
/// Term visits in one run, likewise.
const EFFORT: usize = 6_000_000;
/// Periods shorter than this are timeouts; longer than the second, never.
const SHORTEST: i128 = 3_600 * 1_000_000_000;
const LONGEST: i128 = 40 * 365 * 86_400 * 1_000_000_000;

/// How a function is entered: from which root, by which calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Way {
    root: FunctionRef,
    calls: Vec<(Id, FunctionRef)>,
}

impl Way {
    fn callee(&self) -> FunctionRef {
        self.calls.last().map_or(self.root, |(_, callee)| *callee)
    }

    /// The frame of the last function.
    fn enter(&self, run: &mut Run<'_>) -> usize {
        let mut frame = run.root(self.root);
        for (call, callee) in &self.calls {
            frame = run.enter_by(frame, *call, *callee);
        }
        frame
    }
}

/// What linking found.
pub struct Fuses {
    /// The findings, unsorted.
    pub findings: Vec<Finding>,
    /// The query budget ran out.
    pub gave_up: bool,
    /// Functions whose callers matter, with their files: those that reach a fuse of the window, and those that wait for a
    /// date from their callers. Sorted.
    pub wanted: Vec<(String, Arc<str>)>,
}

impl Fuses {
    /// What is known when linking itself failed.
    pub const fn none() -> Self {
        Self { findings: Vec::new(), gave_up: true, wanted: Vec::new() }
    }
}

/// Finds every fuse.
pub fn find(world: &World<'_>) -> Fuses {
    let mut linker = Linker {
        world,
        clocks: Clocks::new(world),
        waiting: HashSet::new(),
        found: BTreeMap::new(),
        asked: HashSet::new(),
        queries: 0,
        effort: 0,
        ways: 0,
    };
    let mut all: Vec<FunctionRef> =
        world.files.iter().enumerate().flat_map(|(n, file)| (0..file.functions.len()).map(move |f| (n, f))).collect();
    // Files that hold a date come first: should the budget run out, it is spent where a clock can meet one.
    let dated: Vec<bool> = world.files.iter().map(|file| holds_date(file)).collect();
    all.sort_by_key(|(file, _)| !dated[*file]);
    for at in &all {
        linker.decisions(&Way { root: *at, calls: Vec::new() }, false);
    }
    for at in &all {
        linker.ways = WAYS;
        linker.explore(&Way { root: *at, calls: Vec::new() });
    }
    let rollovers = super::rollover::find(world, &linker.clocks);
    let mut fuses = linker.finish();
    fuses.findings.extend(rollovers);
    fuses
}

struct Linker<'w> {
    world: &'w World<'w>,
    clocks: Clocks,
    /// Functions whose decisions read the clock and wait for a parameter.
    waiting: HashSet<FunctionRef>,
    found: BTreeMap<Key, Found>,
    asked: HashSet<(Way, usize)>,
    queries: usize,
    effort: usize,
    /// Ways that may still be followed from the current root.
    ways: usize,
}

/// A comparison with its deadline: what changes of one fuse have in common.
type Comparison = (usize, Span, Option<(usize, Span)>);

/// What makes two changes the same fuse: the comparison, its trigger and its deadline.
type Key = (usize, Span, i128, Option<(usize, Span)>);

struct Found {
    change: Change,
    anchored: Option<Period>,
    effect: Option<Effect>,
    function: FunctionRef,
    via: HashSet<FunctionRef>,
    /// Names that the decision's other operands and guards mention: the switches around it.
    switches: Vec<String>,
}

/// The functions of the tree that a call can mean.
pub fn callees(world: &World<'_>, at: FunctionRef, call: Id) -> Vec<FunctionRef> {
    let file = &world.files[at.0];
    match &file.term(call).kind {
        TermKind::Call(path, _) => {
            let full = expand(&file.imports, path);
            let Some(name) = full.last() else { return Vec::new() };
            let here = file.functions[at.1].owner.as_deref();
            let owner = full.len().checked_sub(2).map(|n| full[n].as_str());
            let owner = if owner == Some("Self") { here } else { owner };
            let found = world.symbols.functions(world.files, at.0, owner, name);
            if found.is_empty() && name.starts_with(char::is_uppercase) {
                let constructors = world.symbols.functions(world.files, at.0, Some(name), "new");
                if !constructors.is_empty() {
                    return constructors;
                }
            }
            if found.is_empty() && full.len() >= 2 {
                // `object.method()` on a global or field: by the method's name.
                return world.symbols.methods(world.files, at.0, name);
            }
            found
        }
        // A property.
        TermKind::Name(path) => {
            let Some(name) = path.last() else { return Vec::new() };
            let owner = path.len().checked_sub(2).map(|n| path[n].as_str());
            let found = world.symbols.functions(world.files, at.0, owner, name);
            let found = if found.is_empty() && owner.is_some() {
                world.symbols.methods(world.files, at.0, name)
            } else {
                found
            };
            found.into_iter().filter(|callee| world.files[callee.0].functions[callee.1].params.is_empty()).collect()
        }
        TermKind::Method(receiver, name, _) | TermKind::Field(receiver, name) => {
            if matches!(file.term(*receiver).kind, TermKind::Receiver)
                && let Some(owner) = file.functions[at.1].owner.as_deref()
            {
                let own = world.symbols.functions(world.files, at.0, Some(owner), name);
                if !own.is_empty() {
                    return own;
                }
            }
            if let TermKind::Param(n) = file.term(*receiver).kind
                && let Some(ty) = file.functions[at.1].params.get(usize::from(n)).and_then(|param| param.ty.as_deref())
            {
                let typed = world.symbols.functions(world.files, at.0, Some(ty), name);
                if !typed.is_empty() {
                    return typed;
                }
            }
            world.symbols.methods(world.files, at.0, name)
        }
        TermKind::New(path, _) => {
            path.last().map(|ty| world.symbols.functions(world.files, at.0, Some(ty), "new")).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

impl Linker<'_> {
    /// The budget of the run is spent.
    const fn exhausted(&self) -> bool {
        self.queries >= QUERIES || self.effort >= EFFORT
    }

    fn function(&self, at: FunctionRef) -> &FunctionFacts {
        &self.world.files[at.0].functions[at.1]
    }

    /// Asks each decision of the way's last function.
    fn decisions(&mut self, way: &Way, all: bool) {
        let callee = way.callee();
        for n in 0..self.function(callee).conditions.len() {
            let condition = &self.world.files[callee.0].functions[callee.1].conditions[n];
            let timed = self.clocks.can_read(callee.0, condition.term)
                || (all && depends_on_caller(&self.world.files[callee.0].terms, condition.term, 12));
            if !timed || self.exhausted() || !self.asked.insert((way.clone(), n)) {
                continue;
            }
            self.queries += 1;
            let answers = ask(self.world, &|run: &mut Run<'_>| decide(run, way, condition));
            self.effort += answers.effort;
            if answers.waits_for_caller {
                self.waiting.insert(callee);
            }
            for change in answers.changes {
                self.record(way, condition, change);
            }
        }
    }

    /// Follows calls that pass the clock, or that enter a function which waits for a date.
    fn explore(&mut self, way: &Way) {
        let caller = way.callee();
        let calls = self.function(caller).calls.clone();
        for call in calls {
            let passes_clock = self.arguments(caller, call).iter().any(|arg| self.clocks.can_read(caller.0, *arg));
            let may_pass = passes_clock || !way.calls.is_empty();
            let mut timed = None;
            for callee in callees(self.world, caller, call) {
                let waits = self.waiting.contains(&callee);
                let entered = callee == caller || way.calls.iter().any(|(_, c)| *c == callee);
                if entered || !(may_pass || waits) || self.ways == 0 || self.exhausted() {
                    continue;
                }
                if waits || *timed.get_or_insert_with(|| self.passes_time(way, call)) {
                    self.ways -= 1;
                    let mut next = way.clone();
                    next.calls.push((call, callee));
                    self.decisions(&next, true);
                    if next.calls.len() < CHAIN {
                        self.explore(&next);
                    }
                }
            }
        }
    }

    fn arguments(&self, at: FunctionRef, call: Id) -> Vec<Id> {
        match &self.world.files[at.0].term(call).kind {
            TermKind::Call(_, args) | TermKind::New(_, args) => args.iter().map(|(_, id)| *id).collect(),
            TermKind::Method(receiver, _, args) => {
                std::iter::once(*receiver).chain(args.iter().map(|(_, id)| *id)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an argument of the call moves with the clock.
    fn passes_time(&mut self, way: &Way, call: Id) -> bool {
        self.queries += 1;
        let args = self.arguments(way.callee(), call);
        let mut choices = super::eval::Choices::default();
        let mut run = Run::new(self.world, self.world.window.0.instant(), &mut choices);
        let frame = way.enter(&mut run);
        let timed = args.iter().any(|arg| run.value(frame, *arg).meta.timed);
        self.effort += run.steps();
        timed
    }

    fn record(&mut self, way: &Way, condition: &Condition, change: Change) {
        let Some(atom) = main_atom(&change) else { return };
        let anchored = match change.meta.anchor.or(atom.meta.anchor) {
            Some(_) => {
                let nanos = change.at.0 - self.world.anchor_at.0;
                if !(SHORTEST..LONGEST).contains(&nanos) {
                    return;
                }
                Some(Period { months: 0, nanos: round(nanos) })
            }
            None => None,
        };
        let function = (atom.file, atom.function.unwrap_or(usize::MAX));
        let decider = way.callee();
        let span = self.world.files[atom.file].term(atom.term).span;
        let deadline = deadline(&change, atom).map(|origin| (origin.file, origin.span));
        let key = (atom.file, span, anchored.map_or(change.at.0, |p| p.nanos), deadline);
        let effect = self.effect(decider, condition, &change);
        let via: HashSet<FunctionRef> = std::iter::once(decider).chain(std::iter::once(way.root)).collect();
        match self.found.get_mut(&key) {
            Some(known) => {
                known.via.extend(via);
                let severity = |e: &Option<Effect>| e.as_ref().map(|e| (e.severity, !e.text.contains(" answers ")));
                if severity(&effect) > severity(&known.effect) {
                    known.effect = effect;
                }
            }
            None => {
                let function = if function.1 == usize::MAX { decider } else { function };
                let switches = self.switches(decider, condition);
                self.found.insert(key, Found { change, anchored, effect, function, via, switches });
            }
        }
    }

    /// The bare names in a decision and its guards.
    fn switches(&self, at: FunctionRef, condition: &Condition) -> Vec<String> {
        let file = &self.world.files[at.0];
        let mut names = Vec::new();
        let mut open: Vec<(Id, usize)> = condition.guards.iter().chain([&condition.term]).map(|id| (*id, 6)).collect();
        while let Some((id, depth)) = open.pop() {
            let Some(depth) = depth.checked_sub(1) else { continue };
            match &file.term(id).kind {
                TermKind::Name(path) => names.extend(path.last().cloned()),
                TermKind::Field(_, name) | TermKind::Method(_, name, _) => names.push(name.clone()),
                TermKind::Call(path, _) => names.extend(path.last().cloned()),
                TermKind::Unary(_, a) => open.push((*a, depth)),
                TermKind::Binary(_, a, b) => open.extend([(*a, depth), (*b, depth)]),
                _ => {}
            }
        }
        names
    }

    /// What is done after the change.
    fn effect(&self, at: FunctionRef, condition: &Condition, change: &Change) -> Option<Effect> {
        let after = change.after > change.before;
        let path = &self.world.files[at.0].path;
        let place = |span: Span| Some(Place { path: path.clone(), span });
        let (done, left) =
            if after { (&condition.then, &condition.otherwise) } else { (&condition.otherwise, &condition.then) };
        let of = |outcome: &Outcome| Effect {
            severity: outcome.severity,
            text: outcome.text.clone(),
            place: place(outcome.span),
        };
        match (done, left) {
            (Some(done), _) => Some(of(done)),
            (None, Some(left)) if condition.kind != ConditionKind::Assert => Some(Effect {
                severity: left.severity.min(Severity::Changes),
                text: format!("no longer {}", left.text),
                place: place(left.span),
            }),
            _ => None,
        }
    }

    fn finish(self) -> Fuses {
        let mut reach: Option<Callers> = None;
        let gave_up = self.exhausted();
        let world = self.world;
        let mut findings = Vec::new();
        let mut groups: HashMap<Comparison, Vec<(Key, Found)>> = HashMap::new();
        for (key, found) in self.found {
            groups.entry((key.0, key.1, key.3)).or_default().push((key, found));
        }
        let mut chosen: Vec<(Key, Found)> = Vec::new();
        let mut wanted: BTreeSet<FunctionRef> = self.waiting.iter().copied().collect();
        for (_, mut group) in groups {
            group.sort_by_key(|(key, _)| key.2);
            chosen.extend(pick(world, group));
        }
        let nested: Vec<bool> = chosen.iter().map(|one| chosen.iter().any(|other| encloses(one, other))).collect();
        for ((_, found), nested) in chosen.into_iter().zip(nested) {
            if !nested {
                let callers = reach.get_or_insert_with(|| Callers::new(world));
                let function = found.function;
                let finding = finding(world, callers, found);
                if matters(world, &finding) {
                    wanted.extend(callers.upward(function).into_iter().chain([function]));
                }
                findings.push(finding);
            }
        }
        let wanted: BTreeSet<(String, Arc<str>)> = wanted
            .into_iter()
            .map(|at| (world.files[at.0].functions[at.1].name.clone(), world.files[at.0].path.clone()))
            .filter(|(name, _)| name.len() > 3 && !super::clocks::is_common(name))
            .collect();
        Fuses { findings, gave_up, wanted: wanted.into_iter().collect() }
    }
}

/// Whether a term mentions what its function was called with.
fn depends_on_caller(terms: &[super::facts::Term], id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    let by = |id: &Id| depends_on_caller(terms, *id, depth);
    match &terms[id as usize].kind {
        TermKind::Param(_) | TermKind::Receiver => true,
        TermKind::Name(path) => path.len() == 1,
        TermKind::Field(a, _) | TermKind::Unary(_, a) | TermKind::Cast(_, a) | TermKind::Element(a) => by(a),
        TermKind::IsVariant(a, _) | TermKind::Payload(a, _) | TermKind::Closure(_, a) => by(a),
        TermKind::Index(a, b) | TermKind::Binary(_, a, b) | TermKind::With(a, _, b) => by(a) || by(b),
        TermKind::Choose(a, b, c) => by(a) || by(b) || by(c),
        TermKind::Any(all) | TermKind::List(all) | TermKind::Concat(all) => all.iter().any(by),
        TermKind::Call(_, args) | TermKind::New(_, args) => args.iter().any(|(_, arg)| by(arg)),
        TermKind::Method(a, _, args) | TermKind::Mutated(a, _, args) | TermKind::Apply(a, args) => {
            by(a) || args.iter().any(|(_, arg)| by(arg))
        }
        TermKind::Record(_, fields, base) => fields.iter().any(|(_, id)| by(id)) || base.as_ref().is_some_and(by),
        TermKind::Map(pairs) => pairs.iter().any(|(k, v)| by(k) || by(v)),
        _ => false,
    }
}

/// Whether a file holds a literal that can be a date by itself: an epoch number of the years 2001 to 2099, or a text.
fn holds_date(file: &super::facts::FileFacts) -> bool {
    file.terms.iter().any(|term| match &term.kind {
        TermKind::Int(n) => {
            (978_307_200..4_102_444_800).contains(n) || (978_307_200_000..4_102_444_800_000).contains(n)
        }
        TermKind::Text(text) => (8..40).contains(&text.len()) && crate::calendar::read(text).is_some(),
        _ => false,
    })
}

/// Of one comparison's changes for one deadline: the first in or after the window, else the last before it.
fn pick(world: &World<'_>, group: Vec<(Key, Found)>) -> Vec<(Key, Found)> {
    let from = world.window.0.instant();
    let at = group
        .iter()
        .position(|(_, found)| found.anchored.is_some() || found.change.at >= from)
        .unwrap_or(group.len() - 1);
    group.into_iter().skip(at).take(1).collect()
}

/// Whether it matters who calls it: product code that is not past yet.
fn matters(world: &World<'_>, finding: &Finding) -> bool {
    let ahead = match &finding.trigger {
        Some(Trigger::At { at, .. }) => *at >= world.window.0,
        Some(Trigger::After { .. }) => true,
        None => false,
    };
    ahead && !finding.in_test && finding.note_only.is_none()
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

/// A decision under its guards; a guard that is not known does not stand in the way.
fn decide(run: &mut Run<'_>, way: &Way, condition: &Condition) -> Value {
    let frame = way.enter(run);
    let mut value = run.value(frame, condition.term);
    if !value.meta.timed {
        return value;
    }
    let mut truth = value.truth();
    for guard in &condition.guards {
        let guard = run.value(frame, *guard);
        if guard.truth() == Truth::False {
            truth = Truth::False;
        }
        value.meta.coarse |= guard.meta.coarse;
    }
    value.kind = Kind::Truth(truth);
    value
}

/// Rounds a period to what its author wrote: strict comparisons change a second late.
fn round(nanos: i128) -> i128 {
    const SECOND: i128 = 1_000_000_000;
    let seconds = (nanos + SECOND / 2).div_euclid(SECOND);
    let whole = if seconds % 60 == 1 { seconds - 1 } else { seconds };
    whole * SECOND
}

/// The comparison that the change is told by: the first that changed, preferring one that has a deadline.
fn main_atom(change: &Change) -> Option<&Atom> {
    let telling = |atom: &&Atom| {
        atom.meta.origins.iter().any(|o| change.origins.get(*o as usize).is_some_and(|o| o.kind == StepKind::Deadline))
    };
    change.atoms.iter().find(telling).or(change.atoms.first())
}

/// The place that holds the fixed date: of the comparison's origins, the one that is a date by itself or has a name.
fn deadline<'c>(change: &'c Change, atom: &Atom) -> Option<&'c Origin> {
    let origins = || {
        atom.meta
            .origins
            .iter()
            .filter_map(|o| change.origins.get(*o as usize))
            .filter(|o| o.kind == StepKind::Deadline)
    };
    origins()
        .find(|o| o.document.is_some())
        .or_else(|| origins().find(|o| o.name.is_some()))
        .or_else(|| origins().next())
}

fn finding(world: &World<'_>, callers: &Callers, found: Found) -> Finding {
    let change = &found.change;
    let atom = main_atom(change).cloned();
    let function = &world.files[found.function.0].functions[found.function.1];
    let in_test = world.files[found.function.0].in_test
        || function.test
        || found.via.iter().any(|at| world.files[at.0].in_test || world.files[at.0].functions[at.1].test);
    let deadline = atom.as_ref().and_then(|atom| deadline(change, atom)).cloned();
    let zone = atom.as_ref().map_or(Zone::Utc, |atom| atom.meta.zone);
    let trigger = match (found.anchored, atom.as_ref().and_then(|a| a.meta.anchor).or(change.meta.anchor)) {
        (Some(after), Some(anchor)) => Some(Trigger::After { after, anchor }),
        _ => change.at.civil().map(|at| Trigger::At { at, zone }),
    };
    let comparison = atom.as_ref().map(|atom| place(world, atom.file, world.files[atom.file].term(atom.term).span));
    let main = comparison.unwrap_or_else(|| place(world, found.function.0, function.name_span));
    let steps = steps(world, &found, atom.as_ref(), &main, trigger.as_ref());
    let (rule, borne_out) = rule(world, &found, function, deadline.as_ref(), in_test);
    let sure = if borne_out { Confidence::Proven } else { Confidence::Possible };
    let sure = sure.min(atom.as_ref().map_or(Confidence::Possible, |atom| atom.meta.sure.min(change.meta.sure)));
    let reach = callers.entry_points(world, found.function);
    let mut names: Vec<String> = reach.iter().map(|at| world.files[at.0].functions[at.1].qualified()).collect();
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    if names.len() > SHOWN {
        let more = names.len() - SHOWN;
        names.truncate(SHOWN);
        names.push(format!("… and {more} more"));
    }
    Finding {
        rule,
        confidence: sure,
        message: message(function, trigger.as_ref(), found.effect.as_ref()),
        place: main,
        trigger,
        effect: found.effect.clone(),
        in_test,
        steps,
        reach: names,
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
        return (Rule::TestTimeBomb, true);
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
    match anchor {
        Some(crate::finding::Anchor::Install) if trial(&near) || trial(&around) => (Rule::TrialPeriod, true),
        Some(crate::finding::Anchor::Install) if licence(&near) || licence(&around) => (Rule::LicenseExpiry, true),
        Some(crate::finding::Anchor::Install) => (Rule::TrialPeriod, false),
        Some(_) => (Rule::BuildAgeLimit, true),
        None if trial(&near) => (Rule::BetaLeftOn, true),
        None if licence(&near) => (Rule::LicenseExpiry, true),
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
    format!("`{}` {what} {when}", function.qualified())
}
