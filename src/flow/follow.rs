//! What an answer leads to: from a function that answers otherwise after the trigger, or fails, through those that ask it,
//! to what they do.
//!
//! The evaluator asks the decisions of the files that hold a clock. Those that only ask the answer are read later, to say what
//! stops; here their decisions are told by their form: `if (!expired())`, `err := check(); err != nil`, `valid && ready`.

use std::collections::VecDeque;

use rustc_hash::FxHashSet as HashSet;

use crate::finding::{Effect, Place, Severity, Step, StepKind};
use crate::language::ir::{BinaryOp, UnaryOp};

use super::World;
use super::facts::{Condition, ConditionKind, FileFacts, FunctionFacts, Id, Outcome, TermKind};
use super::fuse::Fuse;
use super::index::FunctionRef;
use super::reach::CallGraph;
use super::trace::used::HANDS;

/// Functions that are followed upward from one answer.
const VISITS: usize = 48;
/// Operators inside each other that are looked through.
const DEPTH: usize = 6;

/// What a function gives after the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum After {
    /// A truth value.
    Truth(bool),
    /// An error, or a code that stands for one.
    Failure,
}

impl After {
    /// Of a function, by its effect in words.
    pub(super) fn of(function: &FunctionFacts, effect: Option<&Effect>) -> Option<Self> {
        let text = effect?.text.as_str();
        if let Some(answer) = text.strip_prefix(function.name.as_str()).and_then(|rest| rest.strip_prefix(" answers "))
        {
            return answer.parse().ok().map(Self::Truth);
        }
        let returned = text.strip_prefix("returns ")?;
        let fails = returned.starts_with("the error ") || returned.starts_with("Err") || returned.starts_with("ERR");
        fails.then_some(Self::Failure)
    }
}

/// Says of each fuse that only gives an answer what is done with it where that is worse.
pub fn tell(world: &World<'_>, graph: &CallGraph, fuses: &mut [Fuse]) {
    for fuse in fuses {
        let (Some(after), Some(home)) = (fuse.after, super::reach::home(world, fuse)) else { continue };
        if fuse.finding.in_test {
            continue;
        }
        let Some((outcome, at)) = worst(world, graph, home, after) else { continue };
        let known = fuse.finding.effect.as_ref().map(|effect| effect.severity);
        let told = matches!(after, After::Truth(_)) && fuse.effect_told_by.is_none();
        if known.is_some_and(|known| outcome.severity < known || (outcome.severity == known && !told)) {
            continue;
        }
        fuse.retold(world, &outcome, at);
    }
}

impl Fuse {
    fn retold(&mut self, world: &World<'_>, outcome: &Outcome, at: FunctionRef) {
        let file = world.files[at.0];
        let by = file.functions[at.1].qualified();
        let place = Place { path: file.path.clone(), span: outcome.span };
        let plain = self.plain.get_or_insert_with(|| self.finding.message.clone());
        self.finding.message = format!("{plain}, and `{by}` {}", outcome.text);
        self.finding.steps.retain(|step| self.effect_told_by.as_ref() != Some(&step.place));
        let note = format!("{} after the trigger", outcome.text);
        self.finding.steps.push(Step { place: place.clone(), kind: StepKind::Effect, note });
        let effect = Effect { severity: outcome.severity, text: outcome.text.clone(), place: Some(place.clone()) };
        self.finding.effect = Some(effect);
        self.effect_told_by = Some(place);
    }
}

/// The worst that is done with an answer, the nearest first, and who does it.
fn worst(world: &World<'_>, graph: &CallGraph, home: FunctionRef, after: After) -> Option<(Outcome, FunctionRef)> {
    let mut seen: HashSet<FunctionRef> = HashSet::from_iter([home]);
    let mut queue = VecDeque::from([(home, after)]);
    let mut found: Option<(Outcome, FunctionRef)> = None;
    while let Some((at, after)) = queue.pop_front() {
        for (caller, call) in graph.callers(at) {
            let file = world.files[caller.0];
            let function = &file.functions[caller.1];
            if world.is_test(*caller) || *caller == at {
                continue;
            }
            for condition in &function.conditions {
                let Some(holds) = meaning(file, condition.term, *call, after, DEPTH) else { continue };
                if condition.kind == ConditionKind::Answer {
                    if seen.len() < VISITS && seen.insert(*caller) {
                        queue.push_back((*caller, After::Truth(holds)));
                    }
                    continue;
                }
                let Some(done) = done(condition, holds) else { continue };
                if found.as_ref().is_none_or(|(known, _)| done.severity > known.severity) {
                    found = Some((done, *caller));
                }
            }
        }
    }
    found.filter(|(outcome, _)| outcome.severity >= Severity::Changes)
}

/// What a decision does when it comes out so.
fn done(condition: &Condition, holds: bool) -> Option<Outcome> {
    let (done, left) = match holds {
        true => (&condition.then, &condition.otherwise),
        false => (&condition.otherwise, &condition.then),
    };
    let done = done.clone().or_else(|| {
        let left = left.as_ref().filter(|_| condition.kind != ConditionKind::Assert)?;
        let (severity, text) = (left.severity.min(Severity::Changes), format!("no longer {}", left.text));
        Some(Outcome { severity, text, span: left.span })
    })?;
    (!done.text.starts_with(HANDS) && !done.text.contains(" answers ")).then_some(done)
}

/// What a decision comes to, by what a call in it gives.
fn meaning(file: &FileFacts, decision: Id, call: Id, after: After, depth: usize) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    let of = |id: Id| meaning(file, id, call, after, depth);
    if decision == call {
        return Some(after != After::Truth(false));
    }
    match &file.term(decision).kind {
        TermKind::Unary(UnaryOp::Not, inner) => of(*inner).map(|holds| !holds),
        TermKind::Binary(BinaryOp::And | BinaryOp::Or, a, b) => of(*a).or_else(|| of(*b)),
        TermKind::Binary(op @ (BinaryOp::Equal | BinaryOp::NotEqual), a, b) => {
            let other = [(a, b), (b, a)].into_iter().find(|(side, _)| **side == call).map(|(_, other)| *other)?;
            let same = match (&file.term(other).kind, after) {
                (TermKind::Bool(other), After::Truth(truth)) => *other == truth,
                (TermKind::Null | TermKind::Int(0), After::Failure) => false,
                _ => return None,
            };
            Some(same == (*op == BinaryOp::Equal))
        }
        TermKind::IsVariant(value, variant) if *value == call && after == After::Failure => {
            variant.last().map(|variant| variant != "Ok" && variant != "Some")
        }
        _ => None,
    }
}
