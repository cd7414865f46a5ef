//! In what order decisions are asked, and within what budget. Functions are asked side by side and what they say is taken
//! in by their order, so that the outcome does not depend on how many threads there are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::flow::fuse::{Found, Key};
use crate::flow::index::FunctionRef;

use super::question::{Pending, Questions, Readers, Reply, Said};
use super::record;
use super::way::Way;

/// Queries in one run of the tool; a tree with more decisions on the clock than this is told so.
const QUERIES: usize = 30_000;
/// Functions that are asked side by side: by themselves, with all ways to them, and of which one question may cost much.
const ABREAST: usize = 128;
const CLIMBING: usize = 16;
const DEAR: usize = 8;

/// What may be spent, in term visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// On decisions where the clock is read, by themselves; as much again on what callers bring, and half on what changes
    /// mean to others.
    near: usize,
    /// Beyond that, on those elsewhere; then on what costs much, which must not keep others from being asked; then on what is
    /// left.
    more: usize,
    /// On the decisions of one file that told nothing: a long program that reads clocks all over must not use up what there
    /// is for all.
    file: usize,
}

impl Budget {
    /// Of most trees: a file may be all that there is.
    pub const USUAL: Self = Self { near: 2_000_000, more: 500_000, file: 2_500_000 };
    /// Of a tree so large that most of its clocks tell of something else.
    pub const LARGE: Self = Self { near: 800_000, more: 200_000, file: 300_000 };

    fn is_usual(self) -> bool {
        self.near == Self::USUAL.near
    }

    /// The same in a tree of so many files with times: no few of them may use up what there is.
    fn among(self, files: usize) -> Self {
        const FEW: usize = 40;
        Self { file: if files > FEW { self.file.min(self.near / 8) } else { self.file }, ..self }
    }
}

/// Asking, within a budget.
pub(super) struct Inquiry<'w> {
    questions: Questions<'w>,
    budget: Budget,
    pub(super) found: BTreeMap<Key, Found>,
    /// Functions that hold one, and whose callers were not asked for what it means to them.
    changed: BTreeSet<FunctionRef>,
    /// The decisions that were asked, in whatever way.
    asked: HashSet<(FunctionRef, usize)>,
    queries: usize,
    effort: usize,
    /// Who reads what others decided, once that was asked for.
    readers: Option<Readers<'w>>,
    /// What may be spent by now.
    limit: usize,
    /// Not all were asked.
    pub(super) gave_up: bool,
    /// By file, what was spent and told nothing.
    fruitless: HashMap<usize, usize>,
    /// Files that were not asked to the end.
    pub(super) tired: BTreeSet<usize>,
    /// Functions whose clock may meet a date that comes from further away than calls are followed.
    pub(super) unfollowed: Vec<FunctionRef>,
    /// What cost much: its rest was put off.
    costly: Vec<(Way, usize)>,
}

impl<'w> Inquiry<'w> {
    pub(super) fn new(questions: Questions<'w>, budget: Budget) -> Self {
        let budget = budget.among(questions.world.files.len());
        Self {
            questions,
            budget,
            found: BTreeMap::new(),
            changed: BTreeSet::new(),
            asked: HashSet::default(),
            queries: 0,
            effort: 0,
            readers: None,
            limit: 0,
            gave_up: false,
            fruitless: HashMap::default(),
            tired: BTreeSet::new(),
            unfollowed: Vec::new(),
            costly: Vec::new(),
        }
    }

    /// Asks the decisions of the functions that read the clock, those of the others, and what was put off.
    pub(super) fn run(&mut self, near: &[FunctionRef], further: &[FunctionRef]) {
        let left = self.round(near, self.budget.near);
        self.gave_up |= !left.is_empty();
        if !left.is_empty() {
            self.round(left, self.budget.more);
        }
        let left = self.round(further, self.budget.more);
        self.gave_up |= !left.is_empty();
        self.grant(self.budget.more);
        self.ask_costly();
        self.grant(self.budget.more);
    }

    /// Asks every decision of these functions by itself, then as callers enter it, the likeliest first, then what its change
    /// means to others. `limit` is what may be spent on the first. Those that were not asked.
    fn round<'f>(&mut self, functions: &'f [FunctionRef], limit: usize) -> &'f [FunctionRef] {
        self.grant(limit);
        let (pending, left) = self.first(functions);
        self.grant(limit);
        self.climb(pending);
        self.grant(limit / 2);
        self.ascend();
        left
    }

    /// Asks the tests what they make of dates of their own.
    pub(super) fn ask_tests(&mut self, functions: &[FunctionRef]) {
        let asked = std::mem::take(&mut self.asked);
        self.abreast(functions, ABREAST, |at| *at, |questions, at| (questions.of_test(*at, &asked), ()));
        if self.budget.is_usual() {
            self.abreast(functions, ABREAST, |at| *at, |questions, at| (questions.of_witness(*at), ()));
        }
    }

    /// Asks, in a tree of usual size, what nobody came to ask, and what that means to others.
    pub(super) fn ask_left(&mut self, functions: &[FunctionRef]) {
        if self.budget.is_usual() {
            let asked = std::mem::take(&mut self.asked);
            self.abreast(functions, ABREAST, |at| *at, |questions, at| (questions.left(*at, &asked), ()));
            self.asked.extend(asked);
            self.ascend();
        }
    }

    /// Asks, last of all, the comparisons whose truth is handed on.
    pub(super) fn ask_used(&mut self, functions: &[FunctionRef]) {
        self.abreast(functions, ABREAST, |at| *at, |questions, at| (questions.used(*at), ()));
    }

    /// So much more may be spent, whatever was until now.
    fn grant(&mut self, visits: usize) {
        self.limit = self.limit.max(self.effort) + visits;
    }

    /// What may be spent by now is spent.
    const fn exhausted(&self) -> bool {
        self.queries >= QUERIES || self.effort >= self.limit
    }

    fn first<'f>(&mut self, functions: &'f [FunctionRef]) -> (Vec<(FunctionRef, Vec<Pending>)>, &'f [FunctionRef]) {
        let ask = |questions: Questions<'_>, at: &FunctionRef| {
            let (reply, pending) = questions.first(*at);
            (reply, (*at, pending))
        };
        let (mut pending, left) = self.abreast(functions, ABREAST, |at| *at, ask);
        pending.retain(|(_, pending)| !pending.is_empty());
        pending.sort_by_cached_key(|(at, pending)| Reverse(self.questions.likelihood(*at, pending)));
        (pending, left)
    }

    fn climb(&mut self, pending: Vec<(FunctionRef, Vec<Pending>)>) {
        let ask =
            |questions: Questions<'_>, (at, pending): &(FunctionRef, Vec<Pending>)| (questions.climb(*at, pending), ());
        let (_, left) = self.abreast(&pending, CLIMBING, |(at, _)| *at, ask);
        self.gave_up |= !left.is_empty();
    }

    /// Asks what a decision that changes means to others, then what theirs means, as long as they change too.
    fn ascend(&mut self) {
        if self.changed.is_empty() {
            return;
        }
        let readers = self.readers.take().unwrap_or_else(|| self.questions.readers());
        let mut asked: HashSet<FunctionRef> = HashSet::default();
        while !self.changed.is_empty() {
            let changed = std::mem::take(&mut self.changed);
            let concerned = changed.iter().flat_map(|at| self.questions.concerned(*at, &readers));
            let fresh: Vec<FunctionRef> = concerned.filter(|at| asked.insert(*at)).collect();
            self.abreast(&fresh, CLIMBING, |at| *at, |questions, at| (questions.inherited(*at), ()));
        }
        self.readers = Some(readers);
    }

    /// Asks what was put off.
    fn ask_costly(&mut self) {
        let costly = std::mem::take(&mut self.costly);
        let again = |questions: Questions<'_>, (way, n): &(Way, usize)| (questions.again(way, *n), ());
        self.abreast(&costly, DEAR, |(way, _)| way.callee(), again);
        self.ascend();
    }

    /// Asks so many at once, and takes in what they say; what else came of each that was asked, and those that were not.
    fn abreast<'t, T: Sync, R: Send>(
        &mut self,
        of: &'t [T],
        at_once: usize,
        function: fn(&T) -> FunctionRef,
        ask: impl Fn(Questions<'w>, &T) -> (Reply, R) + Sync,
    ) -> (Vec<R>, &'t [T]) {
        let mut results = Vec::new();
        let mut left = of;
        while !left.is_empty() && !self.exhausted() {
            let (of, rest) = left.split_at(at_once.min(left.len()));
            left = rest;
            let (tired, open): (Vec<_>, Vec<_>) = of.iter().partition(|t| self.is_tired(function(t).0));
            self.tired.extend(tired.into_iter().map(|t| function(t).0));
            let questions = self.questions;
            let replies: Vec<(Reply, R)> = open.par_iter().map(|t| ask(questions, t)).collect();
            for (t, (reply, result)) in open.into_iter().zip(replies) {
                self.tired.extend(reply.tired.then(|| function(t).0));
                self.take_in(reply);
                results.push(result);
            }
        }
        (results, left)
    }

    fn is_tired(&self, file: usize) -> bool {
        self.fruitless.get(&file).is_some_and(|spent| *spent >= self.budget.file)
    }

    fn take_in(&mut self, reply: Reply) {
        self.unfollowed.extend(reply.unfollowed);
        for Said { way, n, answers, quick } in reply.said {
            self.queries += 1;
            self.asked.insert((way.callee(), n));
            self.effort += answers.effort;
            // Its callers may know the object.
            if (quick && answers.waits_for_receiver) || !answers.changes.is_empty() {
                self.changed.insert(way.callee());
            }
            if answers.changes.is_empty() {
                *self.fruitless.entry(way.callee().0).or_default() += answers.effort;
            }
            let condition = &self.questions.conditions(way.callee())[n];
            for change in answers.changes {
                record::record(&self.questions, &mut self.found, &way, condition, change);
            }
            if quick && answers.cut {
                self.costly.push((way, n));
            }
        }
    }
}
