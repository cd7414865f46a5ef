//! Where a value stems from: the first few places, in the value itself. Values are copied far more often than read.

use std::ops::Deref;

/// A place that a value stems from: a literal, a clock, an anchor. Numbers of [`super::eval::Run::origins`].
pub type OriginId = u32;

/// Places kept. More of them would tell nothing more.
const MOST: usize = 7;

/// A few places, most telling first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origins {
    ids: [OriginId; MOST],
    count: u32,
}

impl Origins {
    /// Adds a place behind the others, as long as there is room.
    pub fn push(&mut self, origin: OriginId) {
        if let Some(free) = self.ids.get_mut(self.count as usize) {
            *free = origin;
            self.count += 1;
        }
    }
}

impl Deref for Origins {
    type Target = [OriginId];

    fn deref(&self) -> &[OriginId] {
        self.ids.get(..self.count as usize).unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a Origins {
    type Item = &'a OriginId;
    type IntoIter = std::slice::Iter<'a, OriginId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
