//! Which way the flow goes where it could go several.

use super::super::facts::Id;

/// Alternatives followed at one place.
pub(super) const ALTERNATIVES: usize = 256;

/// Which way each undecided place goes; shared by all runs of one derivation.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    picks: Vec<((usize, Id, u8), usize, usize)>,
}

impl Choices {
    /// The way chosen at a place with `count` ways; a place met for the first time goes the first way.
    pub(super) fn pick(&mut self, place: (usize, Id, u8), count: usize) -> usize {
        if let Some((_, pick, _)) = self.picks.iter().find(|(known, ..)| *known == place) {
            return (*pick).min(count.saturating_sub(1));
        }
        self.picks.push((place, 0, count.min(ALTERNATIVES)));
        0
    }

    /// The next combination, in order; `None` after the last.
    pub fn next(mut self) -> Option<Self> {
        while let Some((place, pick, count)) = self.picks.pop() {
            if pick + 1 < count {
                self.picks.push((place, pick + 1, count));
                return Some(self);
            }
        }
        None
    }

    /// Whether anything was chosen.
    pub fn is_empty(&self) -> bool {
        self.picks.is_empty()
    }
}
