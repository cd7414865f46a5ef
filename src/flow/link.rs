//! Asking the decisions: which of them change their answer as the clock moves, by themselves or with what callers pass.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::calendar::{Instant, Period};
use crate::finding::{Effect, Finding, Place, Severity, Span};

use super::World;
use super::eval::Run;
use super::facts::{Argument, Condition, ConditionKind, FileFacts, Id, Outcome, TermKind};
use super::fuse::{self, Found, Fuse, Key};
use super::index::FunctionRef;
use super::reach::{self, CallGraph, Wanted};
use super::search::{Answers, Change, ask};
use super::taint::{Taint, Taints};
use super::trace::used::HANDS;
use super::value::{Kind, Truth, Value};

/// Calls followed upward to a function that passes a clock or a date.
const CHAIN: usize = 4;
/// Ways followed to one function.
const WAYS: usize = 32;
/// Queries in one run of the tool; a tree with more decisions on the clock than this is told so.
const QUERIES: usize = 30_000;
/// Functions that are asked side by side.
const ABREAST: usize = 128;
/// Term visits for one decision, and for one that is asked before others: a few that cost much must not use up what there
/// is for all.
const COSTLY: usize = 300_000;
const QUICK: usize = 30_000;
/// Term visits in one run, likewise.
pub const EFFORT: usize = 8_000_000;
/// Of a tree so large that most of its clocks tell of something else.
pub const EFFORT_LARGE: usize = 5_000_000;
/// Periods shorter than this are timeouts; longer than the second, never.
const SHORTEST: i128 = 3_600 * 1_000_000_000;
const LONGEST: i128 = 40 * 365 * 86_400 * 1_000_000_000;

/// A change so near to where clocks count from is a comparison with nothing, or next to nothing, in nanoseconds.
const FIRST_YEAR: i128 = 365 * 86_400 * 1_000_000_000;

/// Term visits after which a decision that told nothing is not asked by further ways.
const FRUITLESS: usize = 10_000;

/// Whether a clock or a date comes in.
const fn brings_either(taint: Taint) -> bool {
    taint.has(Taint::CLOCK) || taint.has(Taint::DATE)
}

/// A decision that waits for what callers pass.
struct Pending {
    /// Its number in the function.
    n: usize,
    /// Term visits that told nothing.
    spent: usize,
}

/// What a decision says when it is asked by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// No clock comes in.
    NoClock,
    /// The clock comes in and meets no date.
    NoDate {
        /// It is compared with what the function is called with.
        waits: bool,
    },
    /// The answer is always the same.
    Same,
    /// The answer depends on what callers pass.
    Waits,
    /// It was not followed to the end.
    Cut,
    /// The answer changes at these times, to this.
    Changes(Vec<(Instant, Truth)>),
}

/// How a function is entered: from which root, by which calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Way {
    root: FunctionRef,
    calls: Vec<(Id, FunctionRef)>,
}

impl Way {
    /// The function by itself.
    const fn to(root: FunctionRef) -> Self {
        Self { root, calls: Vec::new() }
    }

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
pub struct Linked {
    /// Decisions that change their answer.
    pub fuses: Vec<Fuse>,
    /// Representations of time that run out.
    pub rollovers: Vec<Finding>,
    /// Dates that tests give as still valid.
    pub bombs: Vec<Finding>,
    /// The budget ran out.
    pub gave_up: bool,
    /// What was not followed to its end, by file.
    pub unfollowed: BTreeMap<Arc<str>, String>,
}

impl Linked {
    /// What is known when linking itself failed.
    pub const fn none() -> Self {
        Self { fuses: Vec::new(), rollovers: Vec::new(), bombs: Vec::new(), gave_up: true, unfollowed: BTreeMap::new() }
    }
}

/// The files together: who calls whom, and where the clock can meet a date.
pub struct Program<'w> {
    world: &'w World<'w>,
    graph: &'w CallGraph,
    taints: Taints<'w>,
}

impl<'w> Program<'w> {
    /// Links the files.
    pub fn new(world: &'w World<'w>, graph: &'w CallGraph) -> Self {
        Self { world, graph, taints: Taints::new(world, graph) }
    }

    /// The same, with what callers pass.
    #[must_use]
    pub fn with_calls(mut self) -> Self {
        self.taints.add_calls(self.world);
        self
    }

    /// What a decision says when it is asked by itself.
    pub fn asked(&self, at: FunctionRef, n: usize) -> Told {
        let inquiry = Inquiry::new(self);
        let condition = &inquiry.conditions(at)[n];
        let called = inquiry.called(at, condition);
        if !called.has(Taint::CLOCK) {
            return Told::NoClock;
        }
        if !called.has(Taint::MEETS) {
            return Told::NoDate { waits: called.has(Taint::WAITS) };
        }
        let answers = inquiry.answers(&Way::to(at), n, COSTLY);
        let changes: Vec<_> = answers.changes.iter().map(|change| (change.at, change.after)).collect();
        match (changes.is_empty(), answers.cut) {
            (false, _) => Told::Changes(changes),
            (true, true) => Told::Cut,
            (true, false) if answers.waits_for_caller || answers.waits_for_receiver => Told::Waits,
            (true, false) => Told::Same,
        }
    }

    /// What the product's clocks wait for: callers of the functions that compare the clock with what they are called with,
    /// and dates beside the names of clocks or of what they are compared with.
    pub fn waiting(&self) -> BTreeSet<Wanted> {
        let inquiry = Inquiry::new(self);
        let mut wanted = BTreeSet::new();
        for at in functions(self.world) {
            let file = self.world.files[at.0];
            let function = &file.functions[at.1];
            if file.in_test || function.test {
                continue;
            }
            if function.value.is_some_and(|value| self.taints.own(at.0, value).has(Taint::CLOCK)) {
                // What asks the clock through a function of that name compares what it is given elsewhere.
                let dated = !reach::says_now(&function.name);
                wanted.extend(reach::want(self.world, &function.name, at.0, dated));
                wanted.extend(reach::want_age(self.world, &function.name, at.0));
            }
            wanted.extend(self.given_clocks(at).filter_map(|name| reach::want_defined(self.world, name, at.0)));
            for condition in &function.conditions {
                let own = inquiry.own(at, condition);
                if own.has(Taint::WAITS) && condition.kind != ConditionKind::Used {
                    wanted.extend(reach::want(self.world, &function.name, at.0, false));
                }
                if own.has(Taint::CLOCK | Taint::COMPARED) {
                    let names = self.taints.undefined(self.world, self.graph, (at.0, condition.term));
                    wanted.extend(names.into_iter().filter_map(|(n, name)| reach::want_defined(self.world, name, n)));
                }
            }
        }
        wanted
    }

    /// The words of the names under which tests give what product code compares with the clock, the more telling ones
    /// first.
    pub fn given_names(&self) -> Vec<String> {
        super::validity::asked_names(self.world, self.graph, &self.taints)
    }

    /// The functions that nothing is known of and that are given a clock.
    fn given_clocks(&self, at: FunctionRef) -> impl Iterator<Item = &'w str> {
        let file = self.world.files[at.0];
        let clock = move |arguments: &[Argument]| {
            arguments.iter().any(|(_, argument)| self.taints.own(at.0, *argument).has(Taint::CLOCK))
        };
        let unknown = file.functions[at.1].calls.iter().filter(move |call| self.graph.callees(at.0, **call).is_empty());
        unknown.filter_map(move |call| match &file.term(*call).kind {
            TermKind::Call(path, arguments) if clock(arguments) => path.last().map(String::as_str),
            TermKind::Method(_, name, arguments) if clock(arguments) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Finds every fuse, with so many term visits at most.
    pub fn find(mut self, effort: usize) -> Linked {
        self.taints.add_calls(self.world);
        let mut inquiry = Inquiry { limit: effort, ..Inquiry::new(&self) };
        // Every decision by itself first, and the likeliest ones, should the budget run out.
        let mut all: Vec<FunctionRef> = functions(self.world).collect();
        all.sort_by_key(|at| self.taints.rank(at.0));
        let pending = inquiry.first(&all);
        // What meets a date by itself is worth more than what callers may bring, up to a point.
        inquiry.ask_costly(effort / 3);
        for (at, pending) in pending {
            inquiry.climb(at, pending);
        }
        inquiry.ask_costly(effort);
        inquiry.ascend();
        inquiry.ask_costly(effort);
        let gave_up = inquiry.exhausted();
        inquiry.ask_used(&all);
        let unfollowed = inquiry.unfollowed.iter().rev().map(|at| {
            let file = self.world.files[at.0];
            let name = file.functions[at.1].qualified();
            (file.path.clone(), format!("`{name}` may get a date through more than {CHAIN} calls: not followed"))
        });
        let unfollowed = unfollowed.collect();
        let fuses = fuse::fuses(self.world, self.graph, inquiry.found);
        let mut rollovers = super::rollover::find(self.world, &self.taints);
        // What is known to end there with the clock need not be said again of its shape.
        rollovers.retain(|shape| {
            let lines = |finding: &Finding| (finding.place.path.clone(), finding.place.span.line);
            let same = |fuse: &Fuse| fuse.finding.trigger == shape.trigger && lines(&fuse.finding) == lines(shape);
            !fuses.iter().any(same)
        });
        let bombs = super::validity::find(self.world, self.graph, &self.taints, &fuses);
        Linked { fuses, rollovers, bombs, gave_up, unfollowed }
    }
}

fn functions<'w>(world: &'w World<'_>) -> impl Iterator<Item = FunctionRef> + 'w {
    world.files.iter().enumerate().flat_map(|(n, file)| (0..file.functions.len()).map(move |f| (n, f)))
}

/// The terms of a decision: its guards and what decides.
fn terms(condition: &Condition) -> impl Iterator<Item = Id> + '_ {
    condition.guards.iter().chain([&condition.term]).copied()
}

/// The bare names in terms.
fn names(file: &FileFacts, terms: impl Iterator<Item = Id>) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut open: Vec<(Id, usize)> = terms.map(|id| (id, 6)).collect();
    while let Some((id, depth)) = open.pop() {
        let Some(depth) = depth.checked_sub(1) else { continue };
        match &file.term(id).kind {
            TermKind::Name(path) | TermKind::Call(path, _) => names.extend(path.last().map(String::as_str)),
            TermKind::Field(_, name) | TermKind::Method(_, name, _) => names.push(name),
            TermKind::Unary(_, a) => open.push((*a, depth)),
            TermKind::Binary(_, a, b) => open.extend([(*a, depth), (*b, depth)]),
            _ => {}
        }
    }
    names
}

/// Asking, within a budget.
struct Inquiry<'w> {
    world: &'w World<'w>,
    graph: &'w CallGraph,
    taints: &'w Taints<'w>,
    found: BTreeMap<Key, Found>,
    /// Functions that hold one, and whose callers were not asked for what it means to them.
    changed: BTreeSet<FunctionRef>,
    queries: usize,
    effort: usize,
    /// Of the effort.
    limit: usize,
    /// Functions whose clock may meet a date that comes from further away than calls are followed.
    unfollowed: Vec<FunctionRef>,
    /// What cost much: its rest was put off.
    costly: Vec<(Way, usize)>,
}

impl<'w> Inquiry<'w> {
    fn new(program: &'w Program<'w>) -> Self {
        let Program { world, graph, taints } = program;
        Self {
            world,
            graph,
            taints,
            found: BTreeMap::new(),
            changed: BTreeSet::new(),
            queries: 0,
            effort: 0,
            limit: EFFORT,
            unfollowed: Vec::new(),
            costly: Vec::new(),
        }
    }

    /// The budget of the run is spent.
    const fn exhausted(&self) -> bool {
        self.queries >= QUERIES || self.effort >= self.limit
    }

    fn conditions(&self, at: FunctionRef) -> &'w [Condition] {
        &self.world.files[at.0].functions[at.1].conditions
    }

    /// Those that decide something there, with their numbers.
    fn decisions(&self, at: FunctionRef) -> impl Iterator<Item = (usize, &'w Condition)> + use<'w> {
        let decides = |(_, condition): &(usize, &Condition)| condition.kind != ConditionKind::Used;
        self.conditions(at).iter().enumerate().filter(decides)
    }

    /// What a decision and its guards depend on by themselves.
    fn own(&self, at: FunctionRef, condition: &Condition) -> Taint {
        terms(condition).fold(Taint::default(), |taint, id| taint | self.taints.own(at.0, id))
    }

    /// The same with what callers pass.
    fn called(&self, at: FunctionRef, condition: &Condition) -> Taint {
        terms(condition).fold(Taint::default(), |taint, id| taint | self.taints.called(at.0, id))
    }

    /// Asks the decisions in which the clock can meet a date there, side by side; which of them wait for callers.
    fn first(&mut self, functions: &[FunctionRef]) -> Vec<(FunctionRef, Vec<Pending>)> {
        let mut pending = Vec::new();
        // What is asked at once does not depend on how many threads there are.
        for functions in functions.chunks(ABREAST) {
            let ask = |at: &FunctionRef| -> Vec<(usize, Answers)> {
                let asked = self.decisions(*at).filter(|(_, condition)| self.own(*at, condition).meets_here());
                asked.map(|(n, _)| (n, self.answers(&Way::to(*at), n, QUICK))).collect()
            };
            let exhausted = self.exhausted();
            let answers: Vec<_> = functions.par_iter().map(|at| if exhausted { Vec::new() } else { ask(at) }).collect();
            for (at, answers) in functions.iter().zip(answers) {
                let answers = answers.into_iter();
                let waits = answers.map(|(n, answers)| (n, self.take_in_first(&Way::to(*at), n, answers))).collect();
                let waiting = self.pending(*at, Taint::meets_here, &waits);
                if !waiting.is_empty() {
                    pending.push((*at, waiting));
                }
            }
        }
        pending
    }

    /// Asks, last of all, the comparisons of product code whose truth is handed on: what a test hands on, it checks elsewhere.
    fn ask_used(&mut self, functions: &[FunctionRef]) {
        for at in functions {
            let file = self.world.files[at.0];
            if file.in_test || file.functions[at.1].test {
                continue;
            }
            for (n, condition) in self.conditions(*at).iter().enumerate() {
                if condition.kind == ConditionKind::Used && self.own(*at, condition).meets_here() {
                    self.ask(&Way::to(*at), n);
                }
            }
        }
    }

    /// Asks the decisions of a function in which the clock has met a date in a function that is called; which of them wait
    /// for callers.
    fn inherited(&mut self, at: FunctionRef) -> Vec<Pending> {
        let mut waits = BTreeMap::new();
        for (n, condition) in self.decisions(at) {
            if self.own(at, condition).meets_elsewhere() {
                waits.insert(n, self.ask(&Way::to(at), n));
            }
        }
        self.pending(at, Taint::meets_elsewhere, &waits)
    }

    /// The decisions of a function that callers may bring a clock or a date to: of those that were asked by themselves, the
    /// ones that wait for it.
    fn pending(&self, at: FunctionRef, meets: fn(Taint) -> bool, waits: &BTreeMap<usize, bool>) -> Vec<Pending> {
        let waiting = self
            .decisions(at)
            .filter(|(n, condition)| meets(self.called(at, condition)) && waits.get(n).copied().unwrap_or(true));
        waiting.map(|(n, _)| Pending { n, spent: 0 }).collect()
    }

    /// Asks what a decision that changes means to others: to its function's callers and to those that read what these
    /// store; then what theirs means, as long as they change too.
    fn ascend(&mut self) {
        let readers = self.readers();
        let mut asked: HashSet<FunctionRef> = HashSet::default();
        let mut open = std::mem::take(&mut self.changed);
        while let Some(at) = open.pop_first() {
            let callers = self.graph.callers(at).iter().map(|(caller, _)| *caller);
            let near: BTreeSet<FunctionRef> = callers.chain([at]).collect();
            // A property is read by its own name.
            let own = self.world.files[at.0].functions[at.1].name.as_str();
            let names: BTreeSet<&str> = near.iter().flat_map(|at| self.stores(*at)).chain([own]).collect();
            let readers = names.iter().filter_map(|name| readers.get(name)).flatten().copied();
            for at in near.iter().copied().chain(readers) {
                if asked.insert(at) {
                    let pending = self.inherited(at);
                    self.climb(at, pending);
                }
            }
            open.append(&mut self.changed);
        }
    }

    /// The functions with decisions on what others have decided, by the names in these.
    fn readers(&self) -> HashMap<&'w str, Vec<FunctionRef>> {
        let mut readers: HashMap<&str, Vec<FunctionRef>> = HashMap::default();
        for at in functions(self.world) {
            let conditions = self.decisions(at).filter(|(_, condition)| self.called(at, condition).meets_elsewhere());
            let file = self.world.files[at.0];
            let names: BTreeSet<&str> = conditions.flat_map(|(_, condition)| names(file, terms(condition))).collect();
            names.into_iter().for_each(|name| readers.entry(name).or_default().push(at));
        }
        readers
    }

    /// The names under which a function stores or returns what it has decided; a script defines those of its file.
    fn stores(&self, at: FunctionRef) -> Vec<&'w str> {
        let file = self.world.files[at.0];
        let function = &file.functions[at.1];
        let decided = |value: &Id| self.taints.called(at.0, *value).has(Taint::MEETS);
        let written = function.writes.iter().filter(|write| decided(&write.value));
        let mut names: Vec<&str> = written
            .filter_map(|write| write.field.as_ref().or_else(|| write.name.as_ref()?.last()))
            .map(String::as_str)
            .collect();
        if function.name.is_empty() {
            let globals = file.globals.iter().map(|global| (&global.name, global.value));
            let fields = file.types.iter().flat_map(|ty| &ty.fields).map(|field| (&field.name, field.value));
            let defined = globals.chain(fields).filter(|(_, value)| value.as_ref().is_some_and(decided));
            names.extend(defined.map(|(name, _)| name.as_str()));
        }
        match function.value.map(|value| &file.term(value).kind) {
            Some(TermKind::Record(_, fields, _)) => {
                names.extend(fields.iter().filter(|(_, value)| decided(value)).map(|(name, _)| name.as_str()));
            }
            Some(TermKind::With(_, name, value)) if decided(value) => names.push(name),
            _ => {}
        }
        names
    }

    /// Asks what was put off, for so many term visits at most.
    fn ask_costly(&mut self, visits: usize) {
        let enough = self.effort + visits;
        for (way, n) in std::mem::take(&mut self.costly) {
            if self.exhausted() || self.effort >= enough {
                self.costly.push((way, n));
                continue;
            }
            let answers = self.answers(&way, n, COSTLY);
            self.take_in(&way, n, answers);
        }
    }

    /// Asks one decision of the way's last function, or puts the rest of it off; whether it waits for what callers pass.
    fn ask(&mut self, way: &Way, n: usize) -> bool {
        if self.exhausted() {
            return false;
        }
        let answers = self.answers(way, n, QUICK);
        self.take_in_first(way, n, answers)
    }

    fn answers(&self, way: &Way, n: usize, limit: usize) -> Answers {
        let condition = &self.conditions(way.callee())[n];
        ask(self.world, self.taints, limit, &|run: &mut Run<'_>| decide(run, way, condition))
    }

    /// Takes in the answers to a decision's first question; whether it waits for what callers pass.
    fn take_in_first(&mut self, way: &Way, n: usize, answers: Answers) -> bool {
        let waits = answers.waits_for_caller;
        if answers.waits_for_receiver {
            // Its callers may know the object.
            self.changed.insert(way.callee());
        }
        if answers.cut {
            self.costly.push((way.clone(), n));
        }
        self.take_in(way, n, answers);
        waits
    }

    fn take_in(&mut self, way: &Way, n: usize, answers: Answers) {
        self.queries += 1;
        self.effort += answers.effort;
        let condition = &self.conditions(way.callee())[n];
        if !answers.changes.is_empty() {
            self.changed.insert(way.callee());
        }
        for change in answers.changes {
            self.record(way, condition, change);
        }
    }

    /// Asks decisions of a function again by the calls that bring a clock or a date, from callers whose own it is, the
    /// nearest first. A decision that cost much and told nothing is not asked by further ways.
    fn climb(&mut self, at: FunctionRef, mut pending: Vec<Pending>) {
        let mut ways = WAYS;
        let mut level = vec![Way::to(at)];
        for _ in 0..CHAIN {
            let mut above = Vec::new();
            for way in &level {
                for longer in self.entered_by(way) {
                    if ways == 0 || pending.is_empty() || self.exhausted() {
                        return;
                    }
                    let (own, _) = self.passed(&longer);
                    if brings_either(own) {
                        ways -= 1;
                        self.ask_pending(&longer, &mut pending);
                    }
                    if own.has(Taint::CALLER) && above.len() < WAYS {
                        above.push(longer);
                    }
                }
            }
            level = above;
        }
        let clocks = pending.iter().any(|decision| self.own(at, &self.conditions(at)[decision.n]).has(Taint::CLOCK));
        if clocks && level.iter().any(|way| !self.entered_by(way).is_empty()) {
            self.unfollowed.push(at);
        }
    }

    /// The way by each call of its root that can bring a clock or a date.
    fn entered_by(&self, way: &Way) -> Vec<Way> {
        let entered =
            |caller: &FunctionRef| *caller == way.root || way.calls.iter().any(|(_, callee)| callee == caller);
        let calls = self.graph.callers(way.root).iter().filter(|(caller, _)| !entered(caller));
        let longer = calls.map(|(caller, call)| Way {
            root: *caller,
            calls: std::iter::once((*call, way.root)).chain(way.calls.iter().copied()).collect(),
        });
        longer.filter(|longer| brings_either(self.passed(longer).1)).collect()
    }

    /// What the first call of a way passes: by the caller's own, and with what its callers pass.
    fn passed(&self, way: &Way) -> (Taint, Taint) {
        let mut passed = (Taint::default(), Taint::default());
        if let Some((call, _)) = way.calls.first() {
            self.world.files[way.root.0].term(*call).kind.for_each_part(|arg| {
                passed.0 |= self.taints.own(way.root.0, arg);
                passed.1 |= self.taints.called(way.root.0, arg);
            });
        }
        passed
    }

    fn ask_pending(&mut self, way: &Way, pending: &mut Vec<Pending>) {
        for decision in &mut *pending {
            let (effort, found) = (self.effort, self.found.len());
            self.ask(way, decision.n);
            decision.spent += if self.found.len() > found { 0 } else { self.effort - effort };
        }
        pending.retain(|decision| decision.spent < FRUITLESS);
    }

    fn record(&mut self, way: &Way, condition: &Condition, change: Change) {
        let Some(atom) = fuse::main_atom(&change) else { return };
        let anchored = match change.meta.anchor.or(atom.meta.anchor) {
            Some(_) => {
                let nanos = change.at.0 - self.world.anchor_at.0;
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
        let span = self.world.files[atom.file].term(atom.term).span;
        let deadline = fuse::deadline(&change, atom).map(|origin| (origin.file, origin.span));
        let key = (atom.file, span, anchored.map_or(change.at.0, |p| p.nanos), deadline);
        let effect = self.effect(decider, condition, &change);
        let in_test = |at: FunctionRef| self.world.files[at.0].in_test || self.world.files[at.0].functions[at.1].test;
        // What a test of a frozen clock passes ends for no other.
        let frozen = |at: FunctionRef| self.world.files[at.0].frozen || self.world.files[at.0].functions[at.1].frozen;
        if atom.file != way.root.0 && in_test(way.root) && frozen(way.root) {
            return;
        }
        let in_test = in_test(decider) || in_test(way.root);
        match self.found.get_mut(&key) {
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
                let mentioned = names(self.world.files[decider.0], terms(condition));
                let switches = mentioned.into_iter().map(str::to_owned).collect();
                self.found.insert(key, Found { change, anchored, effect, function, in_test, switches });
            }
        }
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
        let year = change.at.civil().filter(|at| at.is_midnight() && at.month() == 1 && at.day() == 1);
        if year.is_some_and(|at| left.as_ref().is_some_and(|left| writes_year(left, at.year() - 1))) {
            return Some(Effect { severity: Severity::LogsOnly, text: fuse::YEARS.to_owned(), place: None });
        }
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
}

/// Whether an outcome is the very year that the clock is compared with, as a text, or none: `y > 2026 ? "2026-" + y : "2026"`.
fn writes_year(outcome: &Outcome, year: i64) -> bool {
    let text = outcome.text.strip_prefix("returns ").unwrap_or(&outcome.text).trim_matches('"');
    text == year.to_string()
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
