//! What was worked out before, shared by all threads.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::sync::{PoisonError, RwLock};

use rustc_hash::{FxBuildHasher, FxHashMap};

/// Parts that are locked by themselves, so that threads seldom wait for each other.
const PARTS: usize = 16;

/// Answers by question. Two threads may work out the same answer at once; it is the same.
#[derive(Debug)]
pub(super) struct Memo<K, V>([RwLock<FxHashMap<K, V>>; PARTS]);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| RwLock::default()))
    }
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    /// The part that holds the answer to a question.
    fn part<Q: Hash + ?Sized>(&self, key: &Q) -> &RwLock<FxHashMap<K, V>> {
        // The map goes by the lowest and the highest bits.
        &self.0[(FxBuildHasher.hash_one(key) >> 32) as usize % PARTS]
    }

    /// The answer to a question, if it is known.
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.read(key, V::clone)
    }

    /// What is wanted of the answer, if it is known.
    pub(super) fn read<Q: Hash + Eq + ?Sized, R>(&self, key: &Q, wanted: impl FnOnce(&V) -> R) -> Option<R>
    where
        K: Borrow<Q>,
    {
        self.part(key).read().unwrap_or_else(PoisonError::into_inner).get(key).map(wanted)
    }

    /// Remembers an answer and gives it back.
    pub(super) fn insert(&self, key: K, value: V) -> V {
        self.part(&key).write().unwrap_or_else(PoisonError::into_inner).insert(key, value.clone());
        value
    }

    /// Adds to an answer.
    pub(super) fn add(&self, key: K, add: impl FnOnce(&mut V))
    where
        V: Default,
    {
        add(self.part(&key).write().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    }
}
