//! What stops working: the callers of a fuse, up to the entry points.

use std::collections::{HashMap, HashSet, VecDeque};

use super::World;
use super::index::FunctionRef;

/// Callers followed upward from one fuse.
const VISITS: usize = 400;
/// Entry points named; more are only counted.
pub const SHOWN: usize = 20;

/// The call graph upward: who calls each function.
pub struct Callers {
    callers: HashMap<FunctionRef, Vec<FunctionRef>>,
}

impl Callers {
    /// Resolves every call once.
    pub fn new(world: &World<'_>) -> Self {
        let mut callers: HashMap<FunctionRef, Vec<FunctionRef>> = HashMap::new();
        for (n, file) in world.files.iter().enumerate() {
            for (f, function) in file.functions.iter().enumerate() {
                for call in &function.calls {
                    for callee in super::fuse::callees(world, (n, f), *call) {
                        let known = callers.entry(callee).or_default();
                        if !known.contains(&(n, f)) {
                            known.push((n, f));
                        }
                    }
                }
            }
        }
        Self { callers }
    }

    /// Every function that reaches `from`.
    pub fn upward(&self, from: FunctionRef) -> Vec<FunctionRef> {
        let mut seen: HashSet<FunctionRef> = HashSet::from([from]);
        let mut queue = VecDeque::from([from]);
        let mut all = Vec::new();
        while let Some(at) = queue.pop_front() {
            for caller in self.callers.get(&at).into_iter().flatten() {
                if seen.len() < VISITS && seen.insert(*caller) {
                    all.push(*caller);
                    queue.push_back(*caller);
                }
            }
        }
        all
    }

    /// The functions that reach `from`, nearest first, that code outside can enter: exported ones, mains, scripts. If
    /// none is, the outermost.
    pub fn entry_points(&self, world: &World<'_>, from: FunctionRef) -> Vec<FunctionRef> {
        let mut seen: HashSet<FunctionRef> = HashSet::from([from]);
        let mut queue = VecDeque::from([from]);
        let (mut entries, mut outermost) = (Vec::new(), Vec::new());
        while let Some(at) = queue.pop_front() {
            let function = &world.files[at.0].functions[at.1];
            let callers = self.callers.get(&at).map_or(&[][..], Vec::as_slice);
            if at != from && (function.exported || matches!(function.name.as_str(), "main" | "")) {
                entries.push(at);
            } else if callers.is_empty() && at != from {
                outermost.push(at);
            }
            for caller in callers {
                if seen.len() < VISITS && seen.insert(*caller) {
                    queue.push_back(*caller);
                }
            }
        }
        if entries.is_empty() { outermost } else { entries }
    }
}
