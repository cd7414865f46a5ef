//! What picks elements out of a list by the clock: that one of them has ended leaves a shorter list and stops nothing, unless
//! what is left is refused.

use crate::finding::Severity;

use super::World;
use super::facts::{FileFacts, Id, TermKind};
use super::fuse::Found;
use super::trace::used::ELEMENT;

/// Terms looked at below one condition.
const PARTS: usize = 200;

/// Whether the change is only that an element is left out or taken in, and nobody there refuses what is left.
pub(super) fn only_picks(world: &World<'_>, found: &Found) -> bool {
    let picks = found.effect.as_ref().is_some_and(|effect| effect.text.contains(ELEMENT));
    let Some(atom) = found.change.main_atom().filter(|_| picks) else { return false };
    let file = world.files[atom.file];
    let place = file.term(atom.term).span;
    let holds = |id: &Id| match &file.term(*id).kind {
        TermKind::Closure(..) => file.term(*id).span.contains(place),
        _ => false,
    };
    let picking = |id: Id| match &file.term(id).kind {
        TermKind::Method(_, _, args) | TermKind::Call(_, args) => args.iter().any(|(_, arg)| holds(arg)),
        _ => false,
    };
    let lists: Vec<Id> = (0..file.terms.len() as Id).filter(|id| picking(*id)).collect();
    !is_refused(file, &lists)
}

/// A condition on one of these ends in a refusal.
fn is_refused(file: &FileFacts, lists: &[Id]) -> bool {
    let conditions = file.functions.iter().flat_map(|function| &function.conditions);
    let mut refusing = conditions.filter(|condition| {
        let outcomes = [&condition.then, &condition.otherwise].into_iter().flatten();
        outcomes.into_iter().any(|outcome| outcome.severity >= Severity::Refuses)
    });
    refusing.any(|condition| file.holds_any(condition.term, lists, PARTS))
}
