//! The fixed point: taint is carried along until nothing changes.

use std::collections::BTreeSet;

use super::super::World;
use super::super::facts::{FileFacts, Id, TermKind};
use super::super::index::FunctionRef;
use super::Taint;
use super::names::{Propagation, Source};
use super::words::{Passes, Role};

/// Rounds: a value behind more files than this is not followed.
const ROUNDS: usize = 12;

impl Propagation<'_> {
    /// Carries taint along until nothing changes: files that nothing new comes into are not visited again.
    pub(super) fn settle(&mut self, world: &World<'_>) {
        let (dependents, readers) = self.dependents();
        let mut dirty: BTreeSet<usize> = (0..world.files.len()).collect();
        for _ in 0..ROUNDS {
            let mut next = BTreeSet::new();
            for n in std::mem::take(&mut dirty) {
                if self.settle_file(world, n, world.files[n]) {
                    next.extend(dependents[n].iter().copied());
                    self.changed[n] = true;
                }
            }
            for (name, (terms, taint)) in self.stored.iter_mut().enumerate() {
                let before = *taint;
                let fresh = terms.iter().filter(|(file, _)| self.changed[*file]);
                fresh.for_each(|(file, id)| *taint |= self.taints[*file][*id as usize]);
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
    }

    /// By file, the files that take from it (itself too, if it takes from later terms); by name, those that read it.
    fn dependents(&self) -> (Vec<BTreeSet<usize>>, Vec<BTreeSet<usize>>) {
        let mut files = vec![BTreeSet::new(); self.sources.len()];
        let mut names = vec![BTreeSet::new(); self.stored.len()];
        for (n, sources) in self.sources.iter().enumerate() {
            for (_, source) in sources {
                match source {
                    Source::Term(file, _) => files[*file].insert(n),
                    Source::Name(name) => names[*name].insert(n),
                };
            }
        }
        (files, names)
    }

    /// One round over a file; whether anything changed.
    fn settle_file(&mut self, world: &World<'_>, n: usize, file: &FileFacts) -> bool {
        let mut changed = !std::mem::replace(&mut self.visited[n], true);
        for (id, source) in &self.sources[n] {
            let from = match source {
                Source::Term(file, id) => self.taints[*file][*id as usize],
                Source::Name(name) => self.stored[*name].1,
            };
            // What another function was called with is not this one's business.
            let from = Taint(from.0 & !(Taint::CALLER.0 | Taint::WAITS.0));
            let taint = &mut self.taints[n][*id as usize];
            changed |= !taint.has(from);
            *taint |= from;
        }
        if changed {
            let mut taints = std::mem::take(&mut self.taints[n]);
            let all = &self.taints;
            for (id, term) in file.terms.iter().enumerate() {
                let mut compares = self.roles[n][id] == Role::Compares;
                let mask = match self.passes[n][id] {
                    Passes::All => u16::MAX,
                    Passes::Nothing => continue,
                    Passes::Base => {
                        if let TermKind::With(base, ..) = &term.kind {
                            let base = taints[*base as usize];
                            taints[id] |= base;
                        }
                        continue;
                    }
                    Passes::Caller => Taint::CALLER.0,
                    Passes::ThroughCallees => {
                        let through = |at: &FunctionRef| {
                            let value = world.files[at.0].functions[at.1].value;
                            let of =
                                |value: Id| if at.0 == n { taints[value as usize] } else { all[at.0][value as usize] };
                            let value = value.map(of).filter(|value| value.has(Taint::CALLER));
                            compares |= value.is_some_and(|value| value.has(Taint::COMPARED));
                            value.is_some()
                        };
                        let getters = self.getters.get(&(n, id as Id)).map_or(&[][..], Vec::as_slice);
                        let through = self.graph.callees(n, id as Id).iter().chain(getters).any(through);
                        if through { u16::MAX } else { Taint::CALLER.0 }
                    }
                };
                let mut taint = taints[id];
                term.kind.for_each_part(|part| taint |= Taint(taints[part as usize].0 & mask));
                if compares {
                    taint |= taint.compared();
                }
                if self.roles[n][id] == Role::MakesDate && taint.has(Taint::SMALL) {
                    taint |= Taint::DATE;
                }
                taints[id] = taint;
            }
            self.taints[n] = taints;
        }
        changed
    }
}
