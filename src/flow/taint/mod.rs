//! Which terms can depend on the clock, and which on a fixed date: a cheap fixed point over the whole program that keeps
//! the evaluator away from decisions where the two cannot meet.
//!
//! A term's taint is that of its parts, of what the models say of its name, and of what its name is defined as anywhere:
//! a function's result, a global, a field that somebody writes. It says too much rather than too little. *Own* taint is what
//! a function has by itself; *called* taint adds what its callers pass.

mod names;
mod settle;
mod short;
mod undefined;
mod words;

use std::ops::{BitOr, BitOrAssign};

use super::World;
use rustc_hash::FxHashSet as HashSet;

use super::facts::{FileFacts, Id, TermKind};
use super::index::FunctionRef;
use super::reach::CallGraph;

use self::names::Propagation;
pub(super) use self::undefined::Sought;
pub(super) use self::words::{is_setting, says_date};

/// What a term can depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint(u16);

impl Taint {
    /// The clock.
    pub const CLOCK: Self = Self(1);
    /// A fixed date, or an instant that the product remembers.
    pub const DATE: Self = Self(2);
    /// A year of the clock or of a date.
    pub const YEAR: Self = Self(4);
    /// A number that is a year only beside [`Self::YEAR`]; it may count from 1900 or 2000.
    pub const SMALL: Self = Self(8);
    /// What the function was called with.
    pub const CALLER: Self = Self(16);
    /// A comparison of the clock with a date.
    pub const MEETS: Self = Self(32);
    /// A number that counts days.
    pub const DAY: Self = Self(64);
    /// A number that is a date only beside [`Self::DAY`].
    pub const COUNT: Self = Self(128);
    /// A comparison of the clock with what the function was called with.
    pub const WAITS: Self = Self(512);
    /// Some comparison.
    pub const COMPARED: Self = Self(256);
    /// A comparison of the clock with a date that no function which is called decides by itself.
    pub const HERE: Self = Self(1024);
    /// A date made of numbers that the function was called with.
    pub const MADE: Self = Self(2048);

    /// Whether it holds all of these.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The clock meets a date here.
    pub const fn meets_here(self) -> bool {
        self.has(Self::MEETS) && self.has(Self::HERE)
    }

    /// The clock meets a date, but in a function that is called and decides it by itself.
    pub const fn meets_elsewhere(self) -> bool {
        self.has(Self::MEETS) && !self.has(Self::HERE)
    }

    /// All of these.
    const ALL: Self = Self(u16::MAX);

    /// Whether a time comes in, or a number that can be one.
    pub const fn is_timed(self) -> bool {
        const TIMED: Taint = Taint(Taint::CLOCK.0 | Taint::DATE.0 | Taint::YEAR.0 | Taint::DAY.0 | Taint::COUNT.0);
        self.0 & TIMED.0 != 0
    }

    /// Those that are not in `other`.
    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those that are in `other` too.
    const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it is a date, beside all that is compared with it.
    fn dates(self, all: Self) -> bool {
        let pairs =
            [(Self::YEAR, Self::SMALL), (Self::SMALL, Self::YEAR), (Self::DAY, Self::COUNT), (Self::COUNT, Self::DAY)];
        self.has(Self::DATE) || pairs.iter().any(|(own, other)| self.has(*own) && all.has(*other))
    }

    /// What a comparison is in which all of it comes together somehow.
    fn compared(self) -> Self {
        let meets = self.has(Self::CLOCK) && self.dates(self);
        self.waiting() | if meets { Self::MEETS | Self::HERE } else { Self::default() }
    }

    /// The same, if nothing new is known to meet there.
    fn waiting(self) -> Self {
        Self::COMPARED | if self.has(Self::CLOCK | Self::CALLER) { Self::WAITS } else { Self::default() }
    }

    /// What a comparison of two sides is: the clock stands on one, the date or what the function was called with on the
    /// other.
    fn beside(self, other: Self) -> Self {
        let all = self | other;
        let sides = [(self, other), (other, self)];
        let meets = sides.iter().any(|(clock, date)| clock.has(Self::CLOCK) && date.dates(all));
        let waits = sides.iter().any(|(clock, waits)| clock.has(Self::CLOCK) && waits.has(Self::CALLER));
        let meets = if meets { Self::MEETS | Self::HERE } else { Self::default() };
        let waits = if waits { Self::WAITS } else { Self::default() };
        all | Self::COMPARED | meets | waits
    }

    /// What it is to look up a key in a table: a year of the clock may be none of its own.
    fn looked_up(self) -> Self {
        let by_year = self.has(Self::SMALL | Self::CLOCK | Self::YEAR);
        if by_year { Self::MEETS | Self::HERE } else { Self::default() }
    }

    /// What a date is that is made of this: one of its own if there are numbers, else its caller's.
    fn made(self) -> Self {
        let date = if self.has(Self::SMALL) { Self::DATE } else { Self::default() };
        date | if self.has(Self::CALLER) { Self::MADE } else { Self::default() }
    }

    /// Whether what a call passes adds the clock or the date to what its function compares, which is `all` with it.
    fn adds_to(self, all: Self) -> bool {
        self.has(Self::CLOCK) || self.dates(all)
    }
}

impl BitOr for Taint {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Taint {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a file holds by its own words, the likeliest to hold a fuse first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A clock and a date that is written as one.
    Date,
    /// A clock and a number that can be one.
    Number,
    /// A clock.
    Clock,
    /// No clock.
    Neither,
}

impl Rank {
    fn of(flow: &Propagation<'_>, file: &FileFacts, n: usize) -> Self {
        let taints = &flow.taints[n];
        let is_date = |id: usize| taints[id].has(Taint::DATE);
        let written =
            |id: usize| flow.makes_date(n, id) || (is_date(id) && matches!(file.terms[id].kind, TermKind::Text(_)));
        match () {
            () if !taints.iter().any(|taint| taint.has(Taint::CLOCK)) => Self::Neither,
            () if (0..taints.len()).any(written) => Self::Date,
            () if (0..taints.len()).any(is_date) => Self::Number,
            () => Self::Clock,
        }
    }
}

/// The functions of file `n` that hold a clock, of which its terms are `taints` by their own names.
fn reading(taints: &[Taint], file: &FileFacts, n: usize) -> Vec<FunctionRef> {
    let clocks = file.terms.iter().zip(taints).filter(|(_, taint)| taint.has(Taint::CLOCK));
    clocks.filter_map(|(term, _)| Some((n, file.function_at(term.span).or_else(|| file.script())?))).collect()
}

/// The taint of every term of every file.
pub struct Taints<'w> {
    own: Vec<Vec<Taint>>,
    /// By file: how near a clock and a date are to each other.
    ranks: Vec<Rank>,
    /// The functions that read the clock themselves.
    reading: HashSet<FunctionRef>,
    /// With what callers pass, once that was asked for.
    flow: Propagation<'w>,
}

impl<'w> Taints<'w> {
    /// Finds what functions have by themselves.
    pub fn new(world: &'w World<'w>, graph: &'w CallGraph) -> Self {
        let mut flow = Propagation::new(world, graph);
        let ranks = (0..world.files.len()).map(|n| Rank::of(&flow, world.files[n], n)).collect();
        let reading = (0..world.files.len()).flat_map(|n| reading(&flow.taints[n], world.files[n], n)).collect();
        // An object has what it was made with, whoever asks.
        flow.add_calls(world, |at| world.files[at.0].functions[at.1].name == "new");
        flow.settle(world);
        Self { own: flow.taints.clone(), ranks, reading, flow }
    }

    /// What the term depends on by itself.
    pub fn own(&self, file: usize, id: Id) -> Taint {
        self.own[file].get(id as usize).copied().unwrap_or_default()
    }

    /// What a file holds by its own words.
    pub fn rank(&self, file: usize) -> Rank {
        self.ranks[file]
    }

    /// The function reads the clock itself, and not through others.
    pub fn reads_clock(&self, at: FunctionRef) -> bool {
        self.reading.contains(&at)
    }

    /// The file holds a date of its own.
    pub fn holds_date(&self, file: usize) -> bool {
        self.own[file].iter().any(|taint| taint.has(Taint::DATE))
    }

    /// Adds what callers pass.
    pub fn add_calls(&mut self, world: &World<'w>) {
        self.flow.add_calls(world, |_| true);
        self.flow.settle(world);
    }

    /// What it depends on with what callers pass, if that was [added](Self::add_calls).
    pub fn called(&self, file: usize, id: Id) -> Taint {
        self.flow.taints[file].get(id as usize).copied().unwrap_or_default()
    }
}
