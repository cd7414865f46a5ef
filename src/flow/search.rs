//! Finding the trigger by asking the code.
//!
//! A query computes a decision's answer at a given clock value. Where the comparisons in it are linear in the clock, the
//! instant at which each crosses is known from one reading and only has to be confirmed. Otherwise (years, months, text,
//! whole days) the answer is sampled over the years and months around the window and each change is narrowed down to
//! the second by bisection.

use std::collections::BTreeSet;

use crate::calendar::{Civil, Instant, Period};
use crate::finding::StepKind;

use super::World;
use super::eval::{Atom, Choices, Origin, Room, Run};
use super::facts::Id;
use super::ops::YEAR;
use super::taint::Taints;
use super::value::{Crossing, Meta, Truth, Value};

/// Ways through tables and unknown branches that are tried for one decision.
const COMBINATIONS: usize = 256;
/// Term visits spent on one decision that has not changed yet, over all its ways and readings.
const FRUITLESS: usize = 60_000;
/// Ways tried before one of them must have read the clock.
const BLIND: usize = 3;
/// Ways tried before one must have compared it with something known or told of another change.
const HOPEFUL: usize = 16;
/// Term visits spent before one of them must have.
const HOPELESS: usize = 2_500;
/// Changes reported for one way.
const CHANGES: usize = 6;
/// Changes from which on an answer goes back and forth.
const OFTEN: usize = 4;
/// Days before the window at which an answer that goes back and forth must not have done so to be a gate: a leap day's four
/// years and one.
const DAYS_BEFORE: i128 = 5 * 366;
const SECOND: i128 = 1_000_000_000;

/// A change of a decision's answer, with how it came about.
#[derive(Clone, Debug)]
pub struct Change {
    /// The first second of the new answer.
    pub at: Instant,
    /// The answer before.
    pub before: Truth,
    /// The answer after.
    pub after: Truth,
    /// The comparisons that changed theirs.
    pub atoms: Vec<Atom>,
    /// What is known of the answer.
    pub meta: Meta,
    /// Where its parts stem from.
    pub origins: Vec<Origin>,
    /// The calls on the way.
    pub passes: Vec<Origin>,
    /// One of several ways was taken.
    pub chosen: bool,
}

impl Change {
    /// The comparison that it is told by: the first that changed, preferring one that has a deadline.
    pub fn main_atom(&self) -> Option<&Atom> {
        self.atoms.iter().find(|atom| self.deadlines(atom).next().is_some()).or(self.atoms.first())
    }

    /// The place that holds the fixed date: of the comparison's origins, the one that is a date by itself or has a name.
    pub fn deadline<'c>(&'c self, atom: &'c Atom) -> Option<&'c Origin> {
        self.deadlines(atom)
            .find(|origin| origin.document.is_some())
            .or_else(|| self.deadlines(atom).find(|origin| origin.name.is_some()))
            .or_else(|| self.deadlines(atom).next())
    }

    /// The dates that a comparison's operands stem from.
    fn deadlines<'c>(&'c self, atom: &'c Atom) -> impl Iterator<Item = &'c Origin> {
        let origins = atom.meta.origins.iter().filter_map(|origin| self.origins.get(*origin as usize));
        origins.filter(|origin| origin.kind == StepKind::Deadline)
    }

    /// What tells it from others of the same decision: the comparison, its date, when it changes and to what.
    fn what(&self) -> impl Ord + use<> {
        let atom = self.main_atom();
        let place = |origin: &Origin| (origin.file, origin.span, origin.document.clone());
        let deadline = atom.and_then(|atom| self.deadline(atom)).map(place);
        (atom.map(|atom| (atom.file, atom.term, atom.meta.anchor)), deadline, self.at, self.after)
    }
}

/// What a decision said to all questions.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Its changes.
    pub changes: Vec<Change>,
    /// It reads the clock but waits for what its caller passes.
    pub waits_for_caller: bool,
    /// It reads the clock but waits for the object that it is asked of.
    pub waits_for_receiver: bool,
    /// What it cost, in term visits.
    pub effort: usize,
    /// It was not asked to the end: that would have cost more than it may.
    pub cut: bool,
}

/// One reading.
struct Reading {
    truth: Truth,
    value: Value,
    atoms: Vec<Atom>,
    origins: Vec<Origin>,
    passes: Vec<Origin>,
}

/// Asks a decision. `query` sets up its frames in the run and computes it; `taints` say which calls are worth following. It
/// may cost `limit` term visits, over all its ways and readings; what is not found by then is not found.
pub fn ask(world: &World<'_>, taints: &Taints<'_>, limit: usize, query: &dyn Fn(&mut Run<'_>) -> Value) -> Answers {
    let mut asker = Asker {
        world,
        taints,
        limit,
        query,
        choices: Choices::default(),
        answers: Answers::default(),
        needs: false,
        reads: false,
        lost: false,
        room: Room::default(),
    };
    let mut compares = false;
    let mut told = BTreeSet::new();
    let mut repeats = 0;
    for tried in 1..=COMBINATIONS {
        let known = asker.answers.changes.len();
        compares |= asker.way();
        let Asker { answers, needs, reads, lost, .. } = &mut asker;
        // What never reads the clock itself may wait for one that is passed.
        answers.waits_for_caller |= *needs && !*reads;
        let tired = tried >= HOPEFUL || answers.effort > HOPELESS || *lost;
        let blind = !*reads && (tried >= BLIND || *lost);
        let hopeless = blind || (!compares && tired);
        let fruitless = answers.changes.is_empty() && answers.effort > FRUITLESS;
        let news = answers.changes[known..].iter().filter(|change| told.insert(change.what())).count();
        repeats = if news > 0 || answers.changes.is_empty() { 0 } else { repeats + 1 };
        answers.cut = answers.effort > limit;
        if answers.cut || fruitless || hopeless || repeats >= HOPEFUL {
            break;
        }
        match asker.choices.next() {
            Some(next) => asker.choices = next,
            None => break,
        }
    }
    asker.answers
}

struct Asker<'w, 'q> {
    world: &'w World<'w>,
    taints: &'w Taints<'w>,
    limit: usize,
    query: &'q dyn Fn(&mut Run<'_>) -> Value,
    /// The way that is followed now.
    choices: Choices,
    answers: Answers,
    /// A parameter was needed.
    needs: bool,
    /// The clock was read.
    reads: bool,
    /// A reading ended for want of steps.
    lost: bool,
    /// What the reading before took.
    room: Room,
}

impl Asker<'_, '_> {
    fn read(&mut self, at: Instant) -> Reading {
        let run = Run::guided(self.world, self.taints, at, &mut self.choices);
        let mut run = run.in_room(std::mem::take(&mut self.room));
        let value = (self.query)(&mut run);
        self.answers.waits_for_caller |= run.needs_caller && run.read_clock;
        self.answers.waits_for_receiver |= run.needs_receiver && run.read_clock;
        self.answers.effort += run.steps();
        self.needs |= run.needs_caller;
        self.reads |= run.read_clock;
        self.lost |= run.is_lost();
        let (atoms, origins, passes) =
            (std::mem::take(&mut run.atoms), std::mem::take(&mut run.origins), std::mem::take(&mut run.passes));
        self.room = run.leave();
        Reading { truth: value.truth(), value, atoms, origins, passes }
    }

    /// Follows one way to all its changes; whether it compares the clock with something known.
    fn way(&mut self) -> bool {
        let start = self.world.window.0.instant();
        let first = self.read(start);
        // Two readings of the clock stay as far from each other as they are.
        if !first.value.meta.timed || first.atoms.iter().all(|atom| atom.itself && !atom.meta.coarse) {
            return false;
        }
        let crossed = self.crossings(&first);
        let mut points = vec![start, Instant::from_seconds(0), Instant::from_seconds(4_102_444_800)];
        points.extend(&crossed);
        let is_linear = first.atoms.iter().all(|atom| atom.crossing.is_some());
        let within_years = |meta: &Meta| meta.coarse || (1..YEAR).contains(&meta.blur);
        let coarse = first.atoms.iter().map(|atom| &atom.meta).chain([&first.value.meta]).any(within_years);
        if !is_linear {
            points.extend(years());
            points.extend(coarse.then(months).into_iter().flatten());
        }
        let mut readings = self.readings(points);
        // What is not known on the first of any month is not known on any day, and what changes once between them does so for
        // good.
        let known = readings.iter().any(|(_, truth)| *truth != Truth::Maybe);
        if !is_linear && coarse && known && flips(&readings).count() != 1 {
            readings.extend(self.readings(days(self.world.window)));
            readings.sort_unstable();
            readings.dedup();
        }
        let flips: Vec<Flip> = flips(&readings).collect();
        // Whatever else was compared on the way, no crossing tells of these changes.
        let crosses = |flip: &Flip| crossed.iter().any(|at| (flip.from..=flip.to).contains(at));
        let sampled = !flips.iter().any(crosses);
        for flip in self.told(&readings, flips, sampled) {
            let change = self.narrow(flip.from, flip.to, flip.before);
            // What comes after the last day of the calendar is a bound of what can be written, no date.
            let change = change.filter(|change| change.at.civil().is_some() && !self.comes_round(change));
            self.answers.changes.extend(change);
        }
        true
    }

    /// Whether the answer was the new one already shortly before: the minutes of a countdown, a clock that is rounded and
    /// compared with itself. The periods have nothing in common with those of clocks. Or it is the new one on leap days.
    fn comes_round(&mut self, change: &Change) -> bool {
        const BEFORE: [i128; 5] = [97, 1_033, 4_421, 26_041, 91_009];
        const DAY: i128 = 86_400;
        let mut reads = |seconds: i128| self.read(Instant(change.at.0 + seconds * SECOND)).truth;
        BEFORE.iter().any(|seconds| reads(-seconds) == change.after)
            || reads(2 * DAY) == change.before && reads(-1_461 * DAY) == change.after
    }

    /// The answers at these instants in order, as far as the limit allows.
    fn readings(&mut self, mut points: Vec<Instant>) -> Vec<(Instant, Truth)> {
        points.sort_unstable();
        points.dedup();
        let mut readings = Vec::with_capacity(points.len());
        for at in points {
            if self.answers.effort > self.limit {
                break;
            }
            readings.push((at, self.read(at).truth));
        }
        readings
    }

    /// The changes that are worth telling: those around the window's start, and of an answer that goes back and forth at most
    /// one.
    fn told(&mut self, readings: &[(Instant, Truth)], flips: Vec<Flip>, sampled: bool) -> Vec<Flip> {
        let window = self.world.window;
        if sampled && let Some(flip) = settles(readings, &flips, window) {
            return vec![flip];
        }
        if sampled && recurs(flips.iter().map(|flip| flip.to), window) {
            return self.begins(&flips).into_iter().collect();
        }
        let from = window.0.midnight().instant();
        let ahead = flips.iter().filter(|flip| flip.to >= from).count();
        let past = flips.len().saturating_sub(ahead.max(CHANGES / 2)).min(flips.len().saturating_sub(CHANGES));
        flips.into_iter().skip(past).take(CHANGES).collect()
    }

    /// The first change of an answer that goes back and forth, if it has never changed before the window:
    /// `year >= 2027 && month >= 6 && day >= 15`.
    fn begins(&mut self, flips: &[Flip]) -> Option<Flip> {
        let from = self.world.window.0.midnight().instant();
        let flip = *flips.first().filter(|flip| flip.to > from)?;
        let before: Vec<Instant> = (1..=DAYS_BEFORE).map(|n| Instant(from.0 - n * 86_400 * SECOND)).collect();
        let asked = before.len();
        let readings = self.readings(before);
        let steady = readings.len() == asked && readings.iter().all(|(_, truth)| *truth == flip.before);
        steady.then_some(flip)
    }

    /// The instants at which linear comparisons cross, with a second on both sides of where they may; more may show behind
    /// the first.
    fn crossings(&mut self, first: &Reading) -> Vec<Instant> {
        let mut known: Vec<(Id, Crossing)> = Vec::new();
        let mut points = Vec::new();
        let of = |atom: &Atom| Some((atom.term, atom.crossing?));
        let mut open: Vec<(Id, Crossing)> = first.atoms.iter().filter_map(of).collect();
        while let Some((term, crossing)) = open.pop() {
            let Crossing { at, blur } = crossing;
            let same = |(other, known): &(Id, Crossing)| {
                known.at == at || (*other == term && (known.at.0 - at.0).abs() <= known.blur)
            };
            if known.iter().any(same) || known.len() >= 24 || at.civil().is_none() {
                continue;
            }
            known.push((term, crossing));
            let after = Instant(at.0 + blur + SECOND);
            points.extend([Instant(at.0 - blur - SECOND), at, after]);
            open.extend(self.read(after).atoms.iter().filter_map(of));
        }
        points
    }

    /// The second at which the answer changes between two readings that differ.
    fn narrow(&mut self, mut low: Instant, mut high: Instant, before: Truth) -> Option<Change> {
        while high.0 - low.0 > SECOND {
            let middle = Instant((low.0 + (high.0 - low.0) / 2).div_euclid(SECOND) * SECOND);
            if middle <= low || middle >= high {
                break;
            }
            if self.read(middle).truth == before {
                low = middle;
            } else {
                high = middle;
            }
        }
        let (old, new) = (self.read(low), self.read(high));
        // A comparison in a loop is decided for one element after the other: one of them goes over to the new answer.
        let times = |atoms: &[Atom], atom: &Atom, truth: Truth| {
            let what = |atom: &Atom| (atom.file, atom.term, atom.function);
            atoms.iter().filter(|other| what(other) == what(atom) && other.truth == truth).count()
        };
        let flipped = |n: &usize| {
            let atom = &new.atoms[*n];
            let (truth, other) = (atom.truth, atom.truth.negate());
            let before = times(&old.atoms, atom, truth);
            before == 0
                || times(&new.atoms[..=*n], atom, truth) > before
                    && times(&old.atoms, atom, other) > times(&new.atoms, atom, other)
        };
        let mut atoms: Vec<Atom> = (0..new.atoms.len()).filter(flipped).map(|n| new.atoms[n].clone()).collect();
        if atoms.is_empty() {
            atoms = new.atoms.iter().take(1).cloned().collect();
        }
        let at = if high.0.rem_euclid(60 * SECOND) == SECOND { Instant(high.0 - SECOND) } else { high };
        Some(Change {
            at,
            before,
            after: new.truth,
            meta: new.value.meta,
            atoms,
            origins: new.origins,
            passes: new.passes,
            chosen: !self.choices.is_empty(),
        })
    }
}

/// Two readings with different answers.
#[derive(Clone, Copy)]
struct Flip {
    from: Instant,
    to: Instant,
    before: Truth,
    after: Truth,
}

impl Flip {
    fn between((from, before): (Instant, Truth), (to, after): (Instant, Truth)) -> Option<Self> {
        (before != after).then_some(Self { from, to, before, after })
    }
}

/// The pairs of neighbours that differ.
fn flips(readings: &[(Instant, Truth)]) -> impl Iterator<Item = Flip> {
    readings.windows(2).filter_map(|pair| Flip::between(pair[0], pair[1]))
}

/// The first change in the window to the answer that stays in the end, if every year before that began with the other one:
/// `year > 2026 || month > 6 || day > 15`, as dates are compared by mistake.
fn settles(readings: &[(Instant, Truth)], flips: &[Flip], (from, until): (Civil, Civil)) -> Option<Flip> {
    let (from, until) = (from.midnight().instant(), until.instant());
    let last = flips.last().filter(|last| flips.len() >= OFTEN && last.to.0 < until.0)?;
    let year_begins = |at: Instant| at.civil().is_some_and(|civil| (civil.month(), civil.day()) == (1, 1));
    let mut before = readings.iter().filter(|(at, _)| *at < last.to && year_begins(*at));
    let other = before.all(|(_, truth)| *truth == last.before && last.before != last.after);
    flips.iter().find(|flip| flip.to > from && flip.after == last.after).filter(|_| other).copied()
}

/// Whether the answer goes back and forth with the calendar, and did so before the window: a weekday, a month, a leap year.
fn recurs(flips: impl Iterator<Item = Instant>, (from, until): (Civil, Civil)) -> bool {
    const LONG_AGO: i128 = 20 * YEAR;
    let flips: Vec<Instant> = flips.collect();
    let (from, until) = (from.midnight().instant(), until.instant());
    let within: Vec<i128> = flips.iter().filter(|at| (from..=until).contains(at)).map(|at| at.0 - from.0).collect();
    let longest = within.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
    let in_window = within.len() >= OFTEN && within[0] <= longest;
    // Where readings ended for want of effort, the years before the window must do.
    let before: Vec<i128> = flips.iter().filter(|at| **at < from).map(|at| at.0).collect();
    in_window
        || keeps_time(&before)
        || (flips.len() >= 2 * OFTEN && flips[0].0 < LONG_AGO)
        || (flips.len() >= 4 * OFTEN && flips[0] < from)
}

/// Whether instants come again and again after the same two spans of time, as far as months tell: leap years.
fn keeps_time(instants: &[i128]) -> bool {
    const NEAR: i128 = 40 * 86_400 * SECOND;
    let gaps: Vec<i128> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
    instants.len() >= 2 * OFTEN && gaps.windows(3).all(|gaps| (gaps[2] - gaps[0]).abs() <= NEAR)
}

/// Where to ask when nothing says where the answer changes: every year from 1971 to 2199, and for answers that change within a
/// year also [`months`] and [`days`].
fn years() -> impl Iterator<Item = Instant> {
    (1971..2200).filter_map(|year| Civil::from_ymd(year, 1, 1)).map(Civil::instant)
}

/// Every month around the window.
fn months() -> impl Iterator<Item = Instant> {
    (0..12 * 40).filter_map(|n| Civil::from_ymd(2000, 1, 1)?.add_months(n)).map(Civil::instant)
}

/// Every day in the window, up to a number of them.
fn days((from, until): (Civil, Civil)) -> Vec<Instant> {
    const MOST: usize = 5_000;
    let next = |day: &Instant| Period::days(1).after(*day);
    std::iter::successors(Some(from.midnight().instant()), next)
        .take_while(|day| *day < until.instant())
        .take(MOST)
        .collect()
}
