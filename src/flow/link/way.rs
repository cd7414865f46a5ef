//! A way into a function, and what a decision in it answers there.

use crate::flow::eval::Run;
use crate::flow::facts::{Condition, Id};
use crate::flow::index::FunctionRef;
use crate::flow::value::{Kind, Truth, Value};

/// How a function is entered: from which root, by which calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Way {
    pub(super) root: FunctionRef,
    pub(super) calls: Vec<(Id, FunctionRef)>,
}

impl Way {
    /// The function by itself.
    pub(super) const fn to(root: FunctionRef) -> Self {
        Self { root, calls: Vec::new() }
    }

    /// The same way, begun a call earlier.
    pub(super) fn from(&self, caller: FunctionRef, call: Id) -> Self {
        let calls = std::iter::once((call, self.root)).chain(self.calls.iter().copied()).collect();
        Self { root: caller, calls }
    }

    /// It comes through that function already.
    pub(super) fn enters(&self, function: FunctionRef) -> bool {
        function == self.root || self.calls.iter().any(|(_, callee)| *callee == function)
    }

    pub(super) fn callee(&self) -> FunctionRef {
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

    /// A decision of the last function under its guards; a guard that is not known does not stand in the way.
    pub(super) fn decide(&self, run: &mut Run<'_>, condition: &Condition) -> Value {
        let frame = self.enter(run);
        let mut value = run.decided_by(frame, condition.term);
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
}
