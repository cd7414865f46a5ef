//! The fixed point: taint is carried along until nothing changes.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::language::ir::BinaryOp;

use super::super::World;
use super::super::facts::{ConditionKind, Id, TermKind};
use super::super::index::FunctionRef;
use super::Taint;
use super::names::{Propagation, Source};
use super::words::{Passes, Role};

/// Rounds: a value behind more files than this is not followed.
const ROUNDS: usize = 12;

/// How the taint of a file's terms follows from that of their parts, in the order of the terms: what [`Passes`] and
/// [`Role`] say, made ready to be gone over many times.
#[derive(Default)]
pub(super) struct Sheet {
    steps: Vec<Step>,
    /// The parts of all terms.
    parts: Vec<Id>,
    /// The results of the functions that calls can mean.
    results: Vec<Made>,
}

/// What a function gives, and what was last seen of how it makes it of what it is called with.
struct Made {
    file: usize,
    id: Id,
    seen: Taint,
}

impl Made {
    /// Of a taint, what a call's depends on.
    const fn telling(taint: Taint) -> Taint {
        taint.and(Taint(Taint::CALLER.0 | Taint::COMPARED.0 | Taint::MADE.0))
    }
}

/// One term's.
struct Step {
    term: Id,
    parts: Range<u32>,
    does: Does,
    makes_date: bool,
}

enum Does {
    /// Passes on what its parts have of this.
    Pass(Taint),
    /// Compares two sides.
    Binary,
    /// Compares all that comes in.
    Compare,
    /// Looks for one part in another.
    LookUp,
    /// Passes on what the functions make of it, if they make their results of what they are called with.
    Through(Range<u32>),
}

impl Sheet {
    fn new(flow: &Propagation<'_>, world: &World<'_>, n: usize) -> Self {
        let mut sheet = Self::default();
        for (id, term) in world.files[n].terms.iter().enumerate() {
            let (id, role) = (id as Id, flow.roles[n][id]);
            let from = sheet.parts.len();
            term.kind.for_each_part(|part| sheet.parts.push(part));
            let binary = matches!(term.kind, TermKind::Binary(..));
            let does = match flow.passes[n][id as usize] {
                Passes::All => match role {
                    Role::Compares if binary => Does::Binary,
                    Role::Compares => Does::Compare,
                    Role::LooksUp => Does::LookUp,
                    _ => Does::Pass(Taint::ALL),
                },
                Passes::Nothing => {
                    sheet.parts.truncate(from);
                    continue;
                }
                Passes::Base => {
                    sheet.parts.truncate(from + 1);
                    Does::Pass(Taint::ALL)
                }
                Passes::Caller => Does::Pass(Taint::CALLER),
                Passes::ThroughCallees => {
                    let start = sheet.results.len();
                    let getters = flow.getters.get(&(n, id)).map_or(&[][..], Vec::as_slice);
                    let result = |at: &FunctionRef| {
                        let id = world.files[at.0].functions[at.1].value?;
                        Some(Made { file: at.0, id, seen: Taint::default() })
                    };
                    let callees = flow.graph.callees(n, id).iter().chain(getters);
                    sheet.results.extend(callees.filter_map(result));
                    Does::Through(start as u32..sheet.results.len() as u32)
                }
            };
            let makes_date = role == Role::MakesDate;
            if sheet.parts.len() > from || makes_date || matches!(does, Does::Compare) {
                let parts = from as u32..sheet.parts.len() as u32;
                sheet.steps.push(Step { term: id, parts, does, makes_date });
            }
        }
        sheet
    }

    /// Whether a function makes its result otherwise of what it is called with than it did when its calls were last gone over:
    /// it may stand behind them.
    fn is_stale(&self, all: &[Vec<Taint>]) -> bool {
        self.results.iter().any(|of| Made::telling(all[of.file][of.id as usize]) != of.seen)
    }

    /// Goes over the terms of file `n` once; `all` is the taint of the other files.
    fn apply(&mut self, n: usize, taints: &mut [Taint], all: &[Vec<Taint>]) {
        for step in &self.steps {
            let parts = &self.parts[step.parts.start as usize..step.parts.end as usize];
            let own = taints[step.term as usize];
            let of = |part: &Id| taints[*part as usize];
            let joined = |parts: &[Id]| parts.iter().fold(Taint::default(), |taint, part| taint | of(part));
            let mut taint = match &step.does {
                Does::Pass(mask) => own | joined(parts).and(*mask),
                Does::Binary => own | of(&parts[0]).beside(of(&parts[1])),
                Does::Compare => {
                    let taint = own | joined(parts);
                    taint | taint.compared()
                }
                Does::LookUp => {
                    let taint = own | joined(parts);
                    taint | taint.looked_up()
                }
                Does::Through(results) => {
                    let (mut passes, mut compares, mut dates) = (false, false, false);
                    for result in &mut self.results[results.start as usize..results.end as usize] {
                        let file = if result.file == n { &*taints } else { &all[result.file] };
                        result.seen = Made::telling(file[result.id as usize]);
                        passes |= result.seen.has(Taint::CALLER);
                        compares |= result.seen.has(Taint::CALLER | Taint::COMPARED);
                        dates |= result.seen.has(Taint::MADE);
                    }
                    let passed = joined(parts).and(if passes { Taint::ALL } else { Taint::CALLER });
                    let passed = if dates { passed | passed.made() } else { passed };
                    let taint = own | passed;
                    match compares {
                        true if passed.adds_to(taint) => taint | taint.compared(),
                        true => taint | taint.waiting(),
                        false => taint,
                    }
                }
            };
            if step.makes_date {
                taint |= taint.made();
            }
            taints[step.term as usize] = taint;
        }
    }
}

impl Propagation<'_> {
    /// Carries taint along until nothing changes: files that nothing new comes into are not visited again.
    pub(super) fn settle(&mut self, world: &World<'_>) {
        let (dependents, readers) = self.dependents();
        let mut sheets = std::mem::take(&mut self.sheets);
        if sheets.is_empty() {
            sheets = (0..world.files.len()).into_par_iter().map(|n| Sheet::new(self, world, n)).collect();
        }
        let mut dirty: BTreeSet<usize> = (0..world.files.len()).collect();
        for _ in 0..ROUNDS {
            let mut next = BTreeSet::new();
            for n in std::mem::take(&mut dirty) {
                if self.take_in(world, n) || sheets[n].is_stale(&self.taints) {
                    let mut taints = std::mem::take(&mut self.taints[n]);
                    sheets[n].apply(n, &mut taints, &self.taints);
                    self.taints[n] = taints;
                    next.extend(dependents[n].iter().copied());
                    self.changed[n] = true;
                }
            }
            for (name, (terms, taint)) in self.stored.iter_mut().enumerate() {
                let before = *taint;
                for (file, id) in terms.iter().filter(|(file, _)| self.changed[*file]) {
                    let term = self.taints[*file][*id as usize];
                    *taint |= if decides(world, *file, *id) { term } else { term.without(Taint::HERE) };
                }
                if *taint != before {
                    next.extend(readers[name].iter().copied());
                }
            }
            self.changed.fill(false);
            if next.is_empty() {
                break;
            }
            dirty = next;
        }
        self.sheets = sheets;
    }

    /// By file, the files that take from it (itself too, if it takes from later terms); by name, those that read it.
    fn dependents(&self) -> (Vec<BTreeSet<usize>>, Vec<BTreeSet<usize>>) {
        let mut files = vec![BTreeSet::new(); self.sources.len()];
        let mut names = vec![BTreeSet::new(); self.stored.len()];
        for (n, sources) in self.sources.iter().enumerate() {
            for (_, source) in sources {
                match source {
                    Source::Term(file, _) | Source::Result((file, _)) => files[*file].insert(n),
                    Source::Name(name) => names[*name].insert(n),
                };
            }
        }
        (files, names)
    }

    /// Takes in what comes to a file from elsewhere; whether it has to be gone over.
    fn take_in(&mut self, world: &World<'_>, n: usize) -> bool {
        let mut changed = !std::mem::replace(&mut self.visited[n], true);
        for (id, source) in &self.sources[n] {
            let from = match source {
                Source::Term(file, id) => {
                    let term = self.taints[*file][*id as usize];
                    if decides(world, *file, *id) { term } else { term.without(Taint::HERE) }
                }
                Source::Name(name) => self.stored[*name].1,
                Source::Result(at) => self.result(world, *at),
            };
            // What another function was called with is not this one's business.
            let from = from.without(Taint::CALLER | Taint::WAITS | Taint::MADE);
            let taint = &mut self.taints[n][*id as usize];
            changed |= !taint.has(from);
            *taint |= from;
        }
        changed
    }

    /// What a function's result depends on. Where it decides something by itself, its callers are asked only if that
    /// turns out to change.
    fn result(&self, world: &World<'_>, at: FunctionRef) -> Taint {
        let function = &world.files[at.0].functions[at.1];
        let of = |id: Id| self.taints[at.0][id as usize];
        let taint = function.value.map_or_else(Taint::default, of);
        let mut decisions = function.conditions.iter().filter(|condition| condition.kind != ConditionKind::Used);
        let mut decides = || decisions.any(|condition| of(condition.term).has(Taint::HERE));
        if taint.has(Taint::HERE) && decides() { taint.without(Taint::HERE) } else { taint }
    }
}

/// Whether a value that is kept for later is the answer to a question, one of two that an answer chooses, or what is left
/// until a date, in whatever unit; whatever else a comparison takes part in is no decision where it is read.
fn decides(world: &World<'_>, file: usize, id: Id) -> bool {
    let file = world.files[file];
    let is_left = |mut id: Id| {
        for _ in 0..4 {
            match &file.term(id).kind {
                TermKind::Binary(BinaryOp::Divide | BinaryOp::FloorDivide, a, _) | TermKind::Cast(_, a) => id = *a,
                kind => return matches!(kind, TermKind::Binary(BinaryOp::Subtract, ..)),
            }
        }
        false
    };
    let constant = |id: &Id| {
        use TermKind as T;
        matches!(file.term(*id).kind, T::Bool(_) | T::Int(_) | T::Text(_) | T::Null | T::Name(_))
    };
    match &file.term(id).kind {
        TermKind::Binary(op, _, _) => {
            use BinaryOp as B;
            let arithmetic = matches!(op, B::Add | B::Multiply | B::Divide | B::FloorDivide | B::Remainder | B::Power);
            is_left(id) || !arithmetic && !matches!(op, B::ShiftLeft | B::ShiftRight | B::BitXor)
        }
        TermKind::Unary(..) | TermKind::IsVariant(..) | TermKind::Closure(..) => true,
        TermKind::Call(..) | TermKind::Method(..) => true,
        TermKind::Choose(_, a, b) => constant(a) || constant(b),
        _ => false,
    }
}
