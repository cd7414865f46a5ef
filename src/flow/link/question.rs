//! What there is to ask of the decisions of a function, and what they say: of itself, and as its callers enter it.
//! Nothing here changes anything, so that functions can be asked side by side.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::flow::World;
use crate::flow::eval::Run;
use crate::flow::facts::{Condition, ConditionKind, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::reach::CallGraph;
use crate::flow::search::{Answers, ask};
use crate::flow::taint::{Taint, Taints};

use super::way::Way;
use super::{Program, expected, functions, names, terms};

/// Calls followed upward to a function that passes a clock or a date.
pub(super) const CHAIN: usize = 4;
/// Ways followed to one function.
const WAYS: usize = 32;
/// Term visits for one decision, and for one that is asked before others: a few that cost much must not use up what there
/// is for all.
const COSTLY: usize = 300_000;
const QUICK: usize = 30_000;
/// Term visits after which a decision that told nothing is not asked by further ways; those after which no decision of a
/// function is, if none told anything, and if some did.
const FRUITLESS: usize = 10_000;
const FRUITLESS_CLIMB: usize = 40_000;
const CLIMB: usize = 200_000;

/// Calls and records looked into for a function that is handed over.
const HANDED: usize = 2;

/// A decision that waits for what callers pass.
#[derive(Clone)]
pub(super) struct Pending {
    /// Its number in the function.
    n: usize,
    /// Term visits that told nothing.
    spent: usize,
}

/// What one decision of the way's last function said.
pub(super) struct Said {
    pub(super) way: Way,
    /// Its number.
    pub(super) n: usize,
    pub(super) answers: Answers,
    /// It was asked before others, and may be asked again for longer.
    pub(super) quick: bool,
}

/// What the decisions of a function said.
#[derive(Default)]
pub(super) struct Reply {
    pub(super) said: Vec<Said>,
    /// Its clock may meet a date that comes from further away than calls are followed.
    pub(super) unfollowed: Option<FunctionRef>,
    /// Not all ways to it were gone.
    pub(super) tired: bool,
}

impl Reply {
    /// Whether more was spent on ways to one function than what they told is worth.
    fn is_enough(&self) -> bool {
        let tells = self.said.iter().any(|said| !said.answers.changes.is_empty());
        let effort: usize = self.said.iter().map(|said| said.answers.effort).sum();
        effort > if tells { CLIMB } else { FRUITLESS_CLIMB }
    }
}

/// What questions are asked with.
#[derive(Clone, Copy)]
pub(super) struct Questions<'w> {
    pub(super) world: &'w World<'w>,
    graph: &'w CallGraph,
    taints: &'w Taints<'w>,
}

impl<'w> Questions<'w> {
    pub(super) const fn of(program: &'w Program<'w>) -> Self {
        let Program { world, graph, taints, .. } = program;
        Self { world, graph, taints }
    }

    pub(super) fn conditions(&self, at: FunctionRef) -> &'w [Condition] {
        &self.world.files[at.0].functions[at.1].conditions
    }

    /// Those that decide something there, with their numbers.
    fn decisions(&self, at: FunctionRef) -> impl Iterator<Item = (usize, &'w Condition)> + use<'w> {
        let decides = |(_, condition): &(usize, &Condition)| condition.kind != ConditionKind::Used;
        self.conditions(at).iter().enumerate().filter(decides)
    }

    /// What a term there depends on by itself.
    pub(super) fn of_term(&self, at: FunctionRef, id: Id) -> Taint {
        self.taints.own(at.0, id)
    }

    /// What a decision and its guards depend on by themselves.
    pub(super) fn own(&self, at: FunctionRef, condition: &Condition) -> Taint {
        terms(condition).fold(Taint::default(), |taint, id| taint | self.taints.own(at.0, id))
    }

    /// The same with what callers pass.
    pub(super) fn called(&self, at: FunctionRef, condition: &Condition) -> Taint {
        terms(condition).fold(Taint::default(), |taint, id| taint | self.taints.called(at.0, id))
    }

    /// Asks one decision, whatever it costs up to a point.
    pub(super) fn answers(&self, way: &Way, n: usize) -> Answers {
        self.within(COSTLY, way, n)
    }

    fn within(&self, limit: usize, way: &Way, n: usize) -> Answers {
        let condition = &self.conditions(way.callee())[n];
        ask(self.world, self.taints, limit, &|run: &mut Run<'_>| way.decide(run, condition))
    }

    /// Asks one decision again that was not asked to the end.
    pub(super) fn again(&self, way: &Way, n: usize) -> Reply {
        let said = Said { way: way.clone(), n, answers: self.answers(way, n), quick: false };
        Reply { said: vec![said], ..Reply::default() }
    }

    /// The decisions in which the clock can meet a date there; which of them wait for callers.
    pub(super) fn first(&self, at: FunctionRef) -> (Reply, Vec<Pending>) {
        self.by_themselves(at, Taint::meets_here)
    }

    /// The decisions in which the clock has met a date in a function that is called, by themselves and then as callers
    /// enter them.
    pub(super) fn inherited(&self, at: FunctionRef) -> Reply {
        let (mut reply, pending) = self.by_themselves(at, Taint::meets_elsewhere);
        let climbed = self.climb(at, &pending);
        reply.said.extend(climbed.said);
        Reply { unfollowed: climbed.unfollowed, tired: climbed.tired, ..reply }
    }

    /// The comparisons of product code whose truth is handed on: what a test hands on, it checks elsewhere.
    pub(super) fn used(&self, at: FunctionRef) -> Reply {
        let mut reply = Reply::default();
        if self.world.is_test(at) {
            return reply;
        }
        for (n, condition) in self.conditions(at).iter().enumerate() {
            if condition.kind == ConditionKind::Used && self.own(at, condition).meets_here() {
                self.ask(&Way::to(at), n, &mut reply);
            }
        }
        reply
    }

    /// The decisions of product code in which the clock can meet a date and that were not asked yet, by themselves: calls
    /// may have stored it.
    pub(super) fn left(&self, at: FunctionRef, asked: &HashSet<(FunctionRef, usize)>) -> Reply {
        let mut reply = Reply::default();
        if self.world.is_test(at) {
            return reply;
        }
        for (n, condition) in self.decisions(at) {
            if !asked.contains(&(at, n)) && self.called(at, condition).has(Taint::CLOCK | Taint::MEETS) {
                self.ask(&Way::to(at), n, &mut reply);
            }
        }
        reply
    }

    /// The decisions of a test that read the clock somewhere and that nobody came to ask: the test may have made what is
    /// asked there with a date of its own.
    pub(super) fn of_test(&self, at: FunctionRef, asked: &HashSet<(FunctionRef, usize)>) -> Reply {
        let mut reply = Reply::default();
        if !self.world.is_test(at) || !self.taints.holds_date(at.0) || self.hands_clock(at) {
            return reply;
        }
        for (n, condition) in self.decisions(at) {
            if !asked.contains(&(at, n)) && self.called(at, condition).has(Taint::CLOCK) {
                self.ask(&Way::to(at), n, &mut reply);
            }
        }
        reply
    }

    /// The decisions of product code that compare the clock with a part of what a test calls it with, where the test hands
    /// over an object that holds a date and then asks of what was to be called whether it was.
    pub(super) fn of_witness(&self, at: FunctionRef) -> Reply {
        let file = self.world.files[at.0];
        let mut reply = Reply::default();
        if !self.world.is_test(at) || !self.taints.holds_date(at.0) || self.hands_clock(at) {
            return reply;
        }
        for call in &file.functions[at.1].calls {
            let [callee] = self.graph.callees(at.0, *call) else { continue };
            let waiting =
                || self.decisions(*callee).filter(|(_, condition)| self.own(*callee, condition).has(Taint::WAITS));
            if self.world.is_test(*callee)
                || waiting().next().is_none()
                || !file.given_to(*call).iter().any(|(_, given)| self.holds_date(at, *given))
                || !expected::expects_call(self.world, at, *call)
            {
                continue;
            }
            for (n, _) in waiting() {
                self.ask(&Way::to(*callee).from(at, *call), n, &mut reply);
            }
        }
        reply
    }

    /// Whether a term makes an object with a date under a name.
    fn holds_date(&self, at: FunctionRef, id: Id) -> bool {
        let dated = |id: &Id| self.of_term(at, *id).has(Taint::DATE);
        match &self.world.files[at.0].term(id).kind {
            TermKind::Record(_, fields, _) => fields.iter().any(|(_, value)| dated(value)),
            TermKind::Call(_, args) | TermKind::New(_, args) => {
                args.iter().any(|(name, value)| name.is_some() && dated(value))
            }
            _ => false,
        }
    }

    /// Whether a test hands over a function that gives a date of its own, as the clock to go by.
    fn hands_clock(&self, at: FunctionRef) -> bool {
        let file = self.world.files[at.0];
        let mut open: Vec<(Id, usize)> = Vec::new();
        for call in &file.functions[at.1].calls {
            file.term(*call).kind.for_each_part(|part| open.push((part, HANDED)));
        }
        while let Some((id, depth)) = open.pop() {
            match &file.term(id).kind {
                TermKind::Closure(params, value) => {
                    let given = self.of_term(at, *value);
                    if params.is_empty() && given.has(Taint::DATE) && !given.has(Taint::CLOCK) {
                        return true;
                    }
                }
                TermKind::Record(..) | TermKind::Call(..) | TermKind::New(..) if depth > 0 => {
                    file.term(id).kind.for_each_part(|part| open.push((part, depth - 1)));
                }
                _ => {}
            }
        }
        false
    }

    fn by_themselves(&self, at: FunctionRef, meets: fn(Taint) -> bool) -> (Reply, Vec<Pending>) {
        let mut reply = Reply::default();
        let mut waits = BTreeMap::new();
        for (n, condition) in self.decisions(at) {
            if meets(self.own(at, condition)) {
                waits.insert(n, self.ask(&Way::to(at), n, &mut reply).waits_for_caller);
            }
        }
        // Of those that were asked, the ones that wait for what callers bring.
        let pending = self
            .decisions(at)
            .filter(|(n, condition)| meets(self.called(at, condition)) && waits.get(n).copied().unwrap_or(true));
        let pending = pending.map(|(n, _)| Pending { n, spent: 0 }).collect();
        (reply, pending)
    }

    /// Asks before others.
    fn ask<'r>(&self, way: &Way, n: usize, reply: &'r mut Reply) -> &'r Answers {
        let answers = self.within(QUICK, way, n);
        reply.said.push(Said { way: way.clone(), n, answers, quick: true });
        &reply.said[reply.said.len() - 1].answers
    }

    /// How likely callers bring one of them its date: it compares the clock with what the function is called with, and a call
    /// passes a date of its own.
    pub(super) fn likelihood(&self, at: FunctionRef, pending: &[Pending]) -> usize {
        let awaits =
            |decision: &Pending| self.own(at, &self.conditions(at)[decision.n]).has(Taint::CLOCK | Taint::WAITS);
        let way = Way::to(at);
        let dated = |(caller, call): &(FunctionRef, Id)| self.passed(&way.from(*caller, *call)).0.has(Taint::DATE);
        if !pending.iter().any(awaits) {
            return 0;
        }
        1 + usize::from(self.graph.callers(at).iter().any(dated))
    }

    /// Asks decisions of a function again by the calls that bring a clock or a date, from callers whose own it is, the
    /// nearest first. A decision that cost much and told nothing is not asked by further ways.
    pub(super) fn climb(&self, at: FunctionRef, pending: &[Pending]) -> Reply {
        let mut pending = pending.to_vec();
        let mut reply = Reply::default();
        let mut ways = WAYS;
        let own = |decision: &Pending| self.own(at, &self.conditions(at)[decision.n]);
        let brings =
            if pending.iter().any(|decision| own(decision).has(Taint::MADE)) { brings_parts } else { brings_either };
        let mut level = vec![Way::to(at)];
        for _ in 0..CHAIN {
            let mut above = Vec::new();
            for way in &level {
                for longer in self.entered_by(way, brings) {
                    reply.tired = reply.is_enough();
                    if ways == 0 || pending.is_empty() || reply.tired {
                        return reply;
                    }
                    let (own, _) = self.passed(&longer);
                    if brings(own) {
                        ways -= 1;
                        self.ask_pending(&longer, &mut pending, &mut reply);
                    }
                    if own.has(Taint::CALLER) && above.len() < WAYS {
                        above.push(longer);
                    }
                }
            }
            level = above;
        }
        let clocks = pending.iter().any(|decision| own(decision).has(Taint::CLOCK));
        let further = clocks && level.iter().any(|way| !self.entered_by(way, brings).is_empty());
        reply.unfollowed = further.then_some(at);
        reply
    }

    fn ask_pending(&self, way: &Way, pending: &mut Vec<Pending>, reply: &mut Reply) {
        for decision in &mut *pending {
            let answers = self.ask(way, decision.n, reply);
            decision.spent += if answers.changes.is_empty() { answers.effort } else { 0 };
        }
        pending.retain(|decision| decision.spent < FRUITLESS);
    }

    /// The way by each call of its root that brings something.
    fn entered_by(&self, way: &Way, brings: fn(Taint) -> bool) -> Vec<Way> {
        let calls = self.graph.callers(way.root).iter().filter(|(caller, _)| !way.enters(*caller));
        let longer = calls.map(|(caller, call)| way.from(*caller, *call));
        longer.filter(|longer| brings(self.passed(longer).1)).collect()
    }

    /// What the first call of a way passes: by the caller's own, and with what its callers pass. A test passes what it had
    /// the same object keep before.
    fn passed(&self, way: &Way) -> (Taint, Taint) {
        let mut passed = (Taint::default(), Taint::default());
        let file = self.world.files[way.root.0];
        let mut add = |call: Id| {
            file.term(call).kind.for_each_part(|arg| {
                passed.0 |= self.taints.own(way.root.0, arg);
                passed.1 |= self.taints.called(way.root.0, arg);
            });
        };
        if let Some((call, _)) = way.calls.first() {
            add(*call);
            let object = file.object_of(*call).filter(|_| self.world.is_test(way.root));
            object.into_iter().flat_map(|object| file.calls_before(way.root.1, *call, object)).for_each(add);
        }
        passed
    }

    /// Whom a changed decision means something to: its function's callers and those that read what these store.
    pub(super) fn concerned(&self, at: FunctionRef, readers: &Readers<'w>) -> Vec<FunctionRef> {
        let callers = self.graph.callers(at).iter().map(|(caller, _)| *caller);
        let near: BTreeSet<FunctionRef> = callers.chain([at]).collect();
        // A property is read by its own name.
        let own = self.world.files[at.0].functions[at.1].name.as_str();
        let names: BTreeSet<&str> = near.iter().flat_map(|at| self.stores(*at)).chain([own]).collect();
        let readers = names.iter().filter_map(|name| readers.0.get(name)).flatten().copied();
        near.iter().copied().chain(readers).collect()
    }

    /// The functions with decisions on what others have decided, by the names in these.
    pub(super) fn readers(&self) -> Readers<'w> {
        let mut readers: HashMap<&str, Vec<FunctionRef>> = HashMap::default();
        for at in functions(self.world) {
            let conditions = self.decisions(at).filter(|(_, condition)| self.called(at, condition).meets_elsewhere());
            let file = self.world.files[at.0];
            let names: BTreeSet<&str> = conditions.flat_map(|(_, condition)| names(file, terms(condition))).collect();
            names.into_iter().for_each(|name| readers.entry(name).or_default().push(at));
        }
        Readers(readers)
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
}

/// The functions with decisions on what others have decided, by the names in these.
pub(super) struct Readers<'w>(HashMap<&'w str, Vec<FunctionRef>>);

/// Whether a clock, a date or the numbers that one is made of come in.
const fn brings_parts(taint: Taint) -> bool {
    brings_either(taint) || taint.has(Taint::SMALL)
}

/// Whether a clock or a date comes in.
const fn brings_either(taint: Taint) -> bool {
    taint.has(Taint::CLOCK) || taint.has(Taint::DATE)
}
