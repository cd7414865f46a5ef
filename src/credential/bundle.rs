//! Many trust anchors in one file: each ends on a day of its own, and the others go on.
//!
//! A list of a hundred and fifty roots always holds some that have ended and many that will not end for decades; to
//! say each would bury the few that end while the release is supported. Those are findings of their own, which warn, and the
//! rest is one note. Only a bundle of which nothing is left is dead as a whole.

use super::date;
use crate::calendar::{Civil, Instant};
use crate::finding::{Effect, Finding, Severity, Step, StepKind, Trigger};

/// The certificates of one file that is a bundle, in the order of the file. What is said of them depends on the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bundle {
    members: Vec<Finding>,
}

/// Where the end of a member lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Past,
    Inside,
    Beyond,
}

impl Bundle {
    /// A bundle of these.
    pub(super) const fn new(members: Vec<Finding>) -> Self {
        Self { members }
    }

    /// Every member by itself, as if it were alone.
    pub fn members(&self) -> &[Finding] {
        &self.members
    }

    /// What a release from `from` that is supported until the end of `until` has to know: the members that end in that
    /// time, and one finding for all others.
    pub fn findings(self, from: Civil, until: Civil) -> Vec<Finding> {
        let standing = |member: &Finding| standing(member, from, until);
        let size = self.members.len();
        let (inside, others): (Vec<Finding>, Vec<Finding>) = self
            .members
            .into_iter()
            .partition(|member| standing(member) == Standing::Inside && member.note_only.is_none());
        let ended = others.iter().filter(|member| standing(member) == Standing::Past).count();
        // Of those that end together, the first in the file.
        let last =
            others.iter().rev().filter(|member| standing(member) == Standing::Past).max_by_key(|member| end(member));
        let next = others.iter().filter(|member| standing(member) != Standing::Past).min_by_key(|member| end(member));
        let summary = match (last, next) {
            (Some(last), None) if inside.is_empty() => Some(dead(last, size)),
            (Some(last), _) => Some(noted(last, some_ended(last, ended, size), &others)),
            (None, Some(next)) => Some(noted(next, none_ended(next, others.len(), size), &others)),
            (None, None) => None,
        };
        inside.into_iter().chain(summary).collect()
    }
}

/// Nothing is left of the bundle.
fn dead(last: &Finding, size: usize) -> Finding {
    let message = format!("all {size} certificates of this bundle have ended, the last on {}", day(last));
    let text = "nothing verifies against it any more".to_owned();
    let effect = Some(Effect { severity: Severity::Refuses, text, place: None });
    Finding { message, matched: MATCHED.to_owned(), effect, ..last.clone() }
}

fn some_ended(last: &Finding, ended: usize, size: usize) -> String {
    let have = if ended == 1 { "has" } else { "have" };
    format!(
        "{ended} of the {size} certificates in this bundle {have} ended before the release, the last on {}",
        day(last)
    )
}

fn none_ended(next: &Finding, others: usize, size: usize) -> String {
    let the = if others < size { "the other" } else { "the" };
    format!("{the} {others} certificates of this bundle outlast the release; the next ends on {}", day(next))
}

/// One finding for all `others`, at `one` of them; the steps show each, by its end.
fn noted(one: &Finding, message: String, others: &[Finding]) -> Finding {
    let step = |member: &Finding| Step {
        place: member.place.clone(),
        kind: StepKind::Deadline,
        note: format!("this one ends on {}", day(member)),
    };
    let why = Some("the rest of the bundle goes on".to_owned());
    let mut by_end: Vec<&Finding> = others.iter().collect();
    by_end.sort_by_key(|member| end(member));
    let steps = by_end.into_iter().map(step).collect();
    Finding { message, steps, matched: MATCHED.to_owned(), note_only: why, ..one.clone() }
}

/// What identifies the summary in its file, whatever the window.
const MATCHED: &str = "bundle of certificates";

fn standing(member: &Finding, from: Civil, until: Civil) -> Standing {
    const DAY: i128 = 86_400_000_000_000;
    let end = end(member);
    if end < from.midnight().instant() {
        Standing::Past
    } else if end.0 < until.midnight().instant().0 + DAY {
        Standing::Inside
    } else {
        Standing::Beyond
    }
}

fn end(member: &Finding) -> Instant {
    match member.trigger {
        Some(Trigger::At { at, .. }) => at.instant(),
        _ => Instant(i128::MAX),
    }
}

fn day(member: &Finding) -> String {
    date(end(member))
}
