//! Asking the decisions: which of them change their answer as the clock moves, by themselves or with what callers pass.

mod expected;
mod inquiry;
mod question;
mod record;
mod way;
mod years;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Instant;
use crate::finding::Finding;

use super::World;
use super::facts::{Argument, Condition, ConditionKind, FileFacts, FunctionFacts, Id, TermKind};
use super::fuse::{self, Fuse};
use super::index::{FunctionRef, last_of};
use super::reach::{self, CallGraph, Wanted};
use super::taint::{Rank, Sought, Taint, Taints};
use super::validity::PutOut;
use super::value::Truth;
use crate::vocabulary::words;

use self::inquiry::Inquiry;
use self::question::{CHAIN, Questions};
use self::way::Way;

pub use self::inquiry::Budget;

/// Terms of a file beyond which it is hardly written by hand.
const BUNDLE: usize = 20_000;

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

/// What linking found.
#[derive(Default)]
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
    /// The years of the clock that come out of it: several ask for them.
    years: OnceCell<PutOut>,
}

impl<'w> Program<'w> {
    /// Links the files.
    pub fn new(world: &'w World<'w>, graph: &'w CallGraph) -> Self {
        Self { world, graph, taints: Taints::new(world, graph), years: OnceCell::new() }
    }

    /// The same, with what callers pass.
    #[must_use]
    pub fn with_calls(mut self) -> Self {
        self.taints.add_calls(self.world);
        self
    }

    /// What a decision says when it is asked by itself.
    pub fn asked(&self, at: FunctionRef, n: usize) -> Told {
        let questions = Questions::of(self);
        let called = questions.called(at, &questions.conditions(at)[n]);
        if !called.has(Taint::CLOCK) {
            return Told::NoClock;
        }
        if !called.has(Taint::MEETS) {
            return Told::NoDate { waits: called.has(Taint::WAITS) };
        }
        let answers = questions.answers(&Way::to(at), n);
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
        let questions = Questions::of(self);
        let mut wanted = BTreeSet::new();
        for at in functions(self.world) {
            let file = self.world.files[at.0];
            let function = &file.functions[at.1];
            let want = |name: &str, sure: bool| reach::want_defined(self.world, name, at.0, sure);
            if self.world.is_test(at) {
                // Who tells it both a date and the clock may have it compare the two.
                if self.unknown_given(at, Taint::DATE).next().is_some() {
                    wanted.extend(self.unknown_given(at, Taint::CLOCK).filter_map(|name| want(name, true)));
                }
                continue;
            }
            let value = function.value.map_or_else(Taint::default, |value| self.taints.own(at.0, value));
            if value.has(Taint::CLOCK) {
                // What asks the clock through a function of that name compares what it is given elsewhere; what is left
                // until a date is compared with a plain number.
                let dated = !reach::says_now(&function.name) && !value.meets_here();
                wanted.extend(reach::want(self.world, known_by(function), at.0, dated));
                wanted.extend(reach::want_age(self.world, called_age(function), at.0));
            }
            wanted.extend(self.unknown_given(at, Taint::CLOCK).filter_map(|name| want(name, false)));
            for condition in &function.conditions {
                let own = questions.own(at, condition);
                if own.has(Taint::WAITS) && condition.kind != ConditionKind::Used {
                    wanted.extend(reach::want(self.world, &function.name, at.0, false));
                }
                if own.has(Taint::CLOCK | Taint::COMPARED) {
                    let names = self.taints.undefined(self.world, self.graph, (at.0, condition.term));
                    let wants =
                        |Sought { file, name, given_date }| reach::want_defined(self.world, name, file, given_date);
                    wanted.extend(names.into_iter().filter_map(wants));
                }
            }
        }
        wanted.extend(self.years());
        wanted
    }

    fn put_out(&self) -> &PutOut {
        self.years.get_or_init(|| PutOut::new(self.world, self.graph, &self.taints))
    }

    /// The callers of what leads to a year of the clock: tests may expect it of them.
    fn years(&self) -> Vec<Wanted> {
        const MOST: usize = 40;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let ways = self.put_out().ways(self.world).into_iter();
        let named = ways.map(|at| (self.world.files[at.0].functions[at.1].name.as_str(), at.0));
        let named = named.filter(|(name, _)| seen.insert(name)).take(MOST);
        named.filter_map(|(name, file)| reach::want(self.world, name, file, false)).collect()
    }

    /// The words of the names under which tests give what product code compares with the clock, the more telling ones
    /// first.
    pub fn given_names(&self) -> Vec<String> {
        super::validity::asked_names(self.world, self.graph, &self.taints, self.put_out())
    }

    /// The functions that nothing is known of and that are given a clock, or a date.
    fn unknown_given(&self, at: FunctionRef, what: Taint) -> impl Iterator<Item = &'w str> {
        let file = self.world.files[at.0];
        let given = move |arguments: &[Argument]| {
            arguments.iter().any(|(_, argument)| self.taints.own(at.0, *argument).has(what))
        };
        let unknown = file.functions[at.1].calls.iter().filter(move |call| self.graph.callees(at.0, **call).is_empty());
        unknown.filter_map(move |call| match &file.term(*call).kind {
            TermKind::Call(path, arguments) if given(arguments) => path.last().map(String::as_str),
            TermKind::Method(_, name, arguments) if given(arguments) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Finds every fuse, within a budget.
    pub fn find(mut self, budget: Budget) -> Linked {
        self.taints.add_calls(self.world);
        let mut inquiry = Inquiry::new(Questions::of(&self), budget);
        // The likeliest decisions first, should the budget run out: where the clock is read; those of bundles last, unless they
        // hold a date themselves.
        let mut all: Vec<FunctionRef> = functions(self.world).collect();
        let is_large = |file: usize| self.world.files[file].terms.len() > BUNDLE;
        let rank = |at: &FunctionRef| self.taints.rank(at.0);
        let far = |at: &FunctionRef| !self.taints.reads_clock(*at) || is_large(at.0) && rank(at) > Rank::Date;
        all.sort_by_key(|at| (far(at), self.world.files[at.0].in_test, rank(at), is_large(at.0)));
        let (near, further) = all.split_at(all.partition_point(|at| !far(at)));
        inquiry.run(near, further);
        let gave_up = inquiry.gave_up;
        inquiry.ask_left(&all);
        inquiry.ask_tests(&all);
        inquiry.ask_used(&all);
        let unfollowed = self.unfollowed(&inquiry);
        let fuses = fuse::fuses(self.world, self.graph, inquiry.found);
        let (world, graph, taints, years) = (self.world, self.graph, &self.taints, self.put_out());
        let (mut rollovers, bombs) = rayon::join(
            || super::rollover::find(world, taints),
            || super::validity::find(world, graph, taints, years, &fuses),
        );
        // What is known to end there with the clock need not be said again of its shape.
        rollovers.retain(|shape| {
            let lines = |finding: &Finding| (finding.place.path.clone(), finding.place.span.line);
            let same = |fuse: &Fuse| fuse.finding.trigger == shape.trigger && lines(&fuse.finding) == lines(shape);
            !fuses.iter().any(same)
        });
        Linked { fuses, rollovers, bombs, gave_up, unfollowed }
    }

    /// By file, what was not followed to its end.
    fn unfollowed(&self, inquiry: &Inquiry<'_>) -> BTreeMap<Arc<str>, String> {
        let far = inquiry.unfollowed.iter().rev().map(|at| {
            let file = self.world.files[at.0];
            let name = file.functions[at.1].qualified();
            (file.path.clone(), format!("`{name}` may get a date through more than {CHAIN} calls: not followed"))
        });
        let tired = inquiry.tired.iter().map(|file| {
            let why = "there are more decisions on the clock than are followed in one file".to_owned();
            (self.world.files[*file].path.clone(), why)
        });
        far.chain(tired).collect()
    }
}

/// The name that callers of a function write: its own, or of one that is only called `now` that of what it belongs to, if
/// that tells more.
fn known_by(function: &FunctionFacts) -> &str {
    let owner = function.owner.as_deref().and_then(|owner| owner.rsplit([':', '.']).next());
    let telling = owner.filter(|owner| function.name == "now" && words(owner).len() > 1);
    telling.unwrap_or(&function.name)
}

/// The name that says of a function whether it gives an age: of `Age.of` that of what it belongs to.
fn called_age(function: &FunctionFacts) -> &str {
    let owner = function.owner.as_deref().map(last_of);
    let short =
        matches!(function.name.to_ascii_lowercase().as_str(), "of" | "from" | "at" | "on" | "calculate" | "get");
    owner.filter(|_| short).unwrap_or(&function.name)
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
