//! When what product code compares with the clock changes its answer for a date that a test gives: the code is asked with
//! every member of that name taken to hold the date. A date of last week under a rolling window of a month ends so.

use std::cell::Cell;

use crate::calendar::Instant;
use crate::finding::Span;
use crate::flow::eval::Run;
use crate::flow::facts::{Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::search::ask;
use crate::flow::taint::Taints;
use crate::flow::value::{Kind as ValueKind, Value};
use crate::flow::{World, member_key};

use super::checked::{Checked, Comparison, is_common};
use super::given::Given;

/// Term visits in one run of the tool.
const EFFORT: usize = 200_000;
/// A date further back is no recent one, in nanoseconds.
pub(super) const RECENT: i128 = 3 * 366 * DAY;
const DAY: i128 = 86_400_000_000_000;

/// Asks within a budget.
pub(super) struct Asker<'w> {
    world: &'w World<'w>,
    taints: &'w Taints<'w>,
    effort: Cell<usize>,
}

impl<'w> Asker<'w> {
    pub(super) const fn new(world: &'w World<'w>, taints: &'w Taints<'w>) -> Self {
        Self { world, taints, effort: Cell::new(0) }
    }

    /// When the window closes in which a date that has passed still counts as recent, and where product code says so. Only
    /// code that the test's file reaches is asked.
    pub(super) fn window_end(
        &self,
        checked: &Checked<'_>,
        file: usize,
        given: &Given,
    ) -> Option<(Instant, Comparison)> {
        let start = self.world.window.0.instant();
        if given.at >= start || start.0 - given.at.0 > RECENT {
            return None;
        }
        let reached = checked.comparisons_of(&given.name).iter().filter(|comparison| {
            let function = comparison.function;
            checked.is_reached(function, file)
                || given.callees.contains(&function)
                || self.is_asked(checked, file, given, function)
                || (!is_common(&given.name)
                    && checked.is_named(self.world, file, given.scope(self.world.files[file]), function))
        });
        let change = |at: &Comparison| self.change(&given.name, given.at, given.value.as_ref(), *at);
        let ends = reached.filter_map(|comparison| Some((change(comparison)?, *comparison)));
        ends.min_by_key(|(at, _)| *at).or_else(|| self.queried_end(checked, file, given))
    }

    /// The same for a window of the database's clock.
    fn queried_end(&self, checked: &Checked<'_>, file: usize, given: &Given) -> Option<(Instant, Comparison)> {
        let named = checked.named(self.world, file);
        let reached = checked.windows_of(&given.name).iter().filter(|(_, at)| {
            let path = &self.world.files[at.function.0].path;
            checked.is_led_to(self.world, file, Span::default(), at.function)
                || named.is_sister(path)
                || checked.upward(at.function).iter().any(|at| named.asks_for(self.world, *at))
        });
        let ends = reached.map(|(days, at)| (Instant(given.at.0 + i128::from(*days) * DAY), *at));
        ends.filter(|(at, _)| *at >= self.world.window.0.instant()).min_by_key(|(at, _)| *at)
    }

    /// The date goes into an object of the type that compares it, and the test calls the method that does, by name.
    fn is_asked(&self, checked: &Checked<'_>, file: usize, given: &Given, function: FunctionRef) -> bool {
        let of = |at: FunctionRef| &self.world.files[at.0].functions[at.1];
        let owner = of(function).owner.as_ref();
        let made = given.callees.iter().any(|callee| of(*callee).name == "new" && of(*callee).owner.as_ref() == owner);
        if owner.is_none() || !made {
            return false;
        }
        let methods: Vec<&str> = checked.upward(function).iter().map(|at| of(*at).name.as_str()).collect();
        let facts = self.world.files[file];
        let called = |id: &Id| match &facts.term(*id).kind {
            TermKind::Method(_, name, _) | TermKind::Field(_, name) => methods.contains(&name.as_str()),
            _ => false,
        };
        facts.functions.iter().flat_map(|function| &function.calls).any(called)
    }

    /// The first change of a comparison's answer from the release on, with the date under that name, or what it is written as.
    pub(super) fn change(
        &self,
        name: &str,
        date: Instant,
        written: Option<&ValueKind>,
        comparison: Comparison,
    ) -> Option<Instant> {
        let key = member_key(name);
        let own = written.filter(|kind| !matches!(kind, ValueKind::Instant(_))).cloned();
        for kind in [Some(ValueKind::Instant(date)), own].into_iter().flatten() {
            if self.effort.get() > EFFORT {
                return None;
            }
            let answers = ask(self.world, self.taints, EFFORT, &|run: &mut Run<'_>| {
                run.suppose(&key, Value::of(kind.clone()));
                let frame = run.root(comparison.function);
                run.value(frame, comparison.term)
            });
            self.effort.set(self.effort.get() + answers.effort);
            let start = self.world.window.0.instant();
            let changes = answers.changes.iter().filter(|change| change.meta.anchor.is_none()).map(|change| change.at);
            // What changes again and again is no end.
            let changes: Vec<Instant> = changes.collect();
            if let ([_] | [_, _], Some(at)) =
                (changes.as_slice(), changes.iter().copied().filter(|at| *at >= start).min())
            {
                return Some(at);
            }
        }
        None
    }
}
