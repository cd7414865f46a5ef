//! What was worked out before, shared by all threads.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

use rustc_hash::FxHashMap;

/// Answers by question. Two threads may work out the same answer at once; it is the same.
#[derive(Debug)]
pub(super) struct Memo<K, V>(RwLock<FxHashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
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
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).map(wanted)
    }

    /// Remembers an answer and gives it back.
    pub(super) fn insert(&self, key: K, value: V) -> V {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, value.clone());
        value
    }

    /// Adds to an answer.
    pub(super) fn add(&self, key: K, add: impl FnOnce(&mut V))
    where
        V: Default,
    {
        add(self.0.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    }
}
