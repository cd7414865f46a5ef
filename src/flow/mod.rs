//! The flow of time values: from the IR of each file to fuses.
//!
//! 1. [`trace`](mod@trace) runs each function symbolically and leaves its [`facts`]: terms, decisions, calls.
//! 2. [`index`](mod@index) merges the facts of all files into one symbol table.
//! 3. [`reach`] resolves the calls, and [`taint`](mod@taint) says where the clock can meet a date at all.
//! 4. [`eval`] computes any term *at a given clock value*, through calls and across files; [`ops`] is what models can say.
//! 5. [`search`](mod@search) asks a decision for its answer at many clock values and finds the instant at which it changes:
//!    the trigger is found by asking the code itself, not by recognising its shape.
//! 6. [`link`] asks every decision in which the two can meet, by itself and as its callers enter it, and [`fuse`] turns each
//!    that changes into a finding.
//! 7. [`validity`] adds the dates that tests give as still valid where no comparison shows.
//!
//! [`insight`](mod@insight) tells what of all this is known of one line.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::calendar::{Civil, Instant};
use crate::finding::Anchor;
use crate::language::models::Index;
use crate::vocabulary::{Vocabulary, words};

pub use self::configured::{Configured, KnownBy, key_of};
use self::configured::{Keys, Named};
use self::memo::Memo;

mod captures;
mod collections;
mod configured;
mod entry;
pub mod eval;
pub mod facts;
pub mod follow;
mod frozen;
pub mod fuse;
pub mod index;
pub mod insight;
pub mod link;
mod memo;
mod network;
mod object;
pub mod ops;
mod origins;
pub mod outcome;
mod picked;
mod printf;
pub mod reach;
pub mod rollover;
mod scanf;
pub mod search;
mod stand_in;
pub mod taint;
pub mod test_code;
pub mod trace;
pub mod validity;
pub mod value;

#[cfg(test)]
mod tests;

/// Everything that linking sees.
pub struct World<'a> {
    /// The facts of every file, sorted by path.
    pub files: &'a [&'a facts::FileFacts],
    /// The symbol table over them.
    pub symbols: index::SymbolTable<'a>,
    /// What is known of each language, by id.
    pub languages: &'a FxHashMap<&'static str, Arc<Index>>,
    /// Expiry and anchor words.
    pub vocabulary: &'a Vocabulary,
    /// Dated entries of documents by key, as [`key_of`] writes it.
    pub configured: HashMap<String, Vec<Configured>>,
    /// Where anchors lie while a term is computed; triggers that count from one are reported as the difference.
    pub anchor_at: Instant,
    /// The release window.
    pub window: (Civil, Civil),
    empty: Arc<Index>,
    keys: Keys,
    anchors: Memo<String, Option<Anchor>>,
    /// By file, whether it keeps a trial.
    trials: Vec<OnceLock<bool>>,
    /// By file, whether it names a service that tells the time.
    networked: Vec<OnceLock<bool>>,
    named: Named,
    /// By function, where it mentions the date of the build.
    builds: Memo<index::FunctionRef, Option<facts::Id>>,
    registered: entry::Registered,
    frozen: frozen::Frozen,
}

impl<'a> World<'a> {
    /// Whether a function is a test, or stands in a file of tests.
    fn is_test(&self, at: index::FunctionRef) -> bool {
        self.files[at.0].in_test || self.files[at.0].functions.get(at.1).is_some_and(|function| function.test)
    }

    /// Links the files.
    pub fn new(
        files: &'a [&'a facts::FileFacts],
        languages: &'a FxHashMap<&'static str, Arc<Index>>,
        vocabulary: &'a Vocabulary,
        configured: HashMap<String, Vec<Configured>>,
        window: (Civil, Civil),
    ) -> Self {
        let symbols = index::SymbolTable::new(files);
        let anchor_at = window.0.instant();
        let keys = Keys::of(configured.keys());
        Self {
            files,
            symbols,
            languages,
            vocabulary,
            configured,
            anchor_at,
            window,
            empty: Arc::default(),
            keys,
            anchors: Memo::default(),
            trials: files.iter().map(|_| OnceLock::new()).collect(),
            networked: files.iter().map(|_| OnceLock::new()).collect(),
            named: Named::default(),
            builds: Memo::default(),
            registered: entry::Registered::default(),
            frozen: frozen::Frozen::of(files.len()),
        }
    }

    /// What is known of a language.
    pub fn models(&self, language: &str) -> &Index {
        self.languages.get(language).unwrap_or(&self.empty)
    }

    /// The anchor that a name stands for.
    fn anchor(&self, name: &str) -> Option<Anchor> {
        let known = self.anchors.get(name);
        known.unwrap_or_else(|| self.anchors.insert(name.to_owned(), self.vocabulary.anchor(name)))
    }

    /// Whether a file has to do with a trial, by its name or by those of its functions and types.
    fn is_of_trial(&self, file: &facts::FileFacts) -> bool {
        let is_trial = |name: &str| self.vocabulary.is_trial(name);
        let of = |function: &facts::FunctionFacts| {
            is_trial(&function.name) || function.owner.as_deref().is_some_and(is_trial)
        };
        is_trial(index::stem_of(&file.path)) || file.functions.iter().any(of)
    }

    /// Whether a file has to do with a trial for certain: a name of its functions and types says so, or a text that tells of
    /// a trial's start or end.
    fn keeps_trial(&self, n: usize) -> bool {
        *self.trials[n].get_or_init(|| {
            let file = self.files[n];
            let names = |function: &'a facts::FunctionFacts| {
                [Some(function.name.as_str()), function.owner.as_deref()].into_iter().flatten()
            };
            let mut names = file.functions.iter().flat_map(names).chain([index::stem_of(&file.path)]);
            let tells = |term: &facts::Term| match &term.kind {
                facts::TermKind::Text(text) => self.vocabulary.tells_of_trial(text),
                _ => false,
            };
            names.any(|name| self.vocabulary.is_trial_proper(name)) || file.terms.iter().any(tells)
        })
    }
}

/// A name as fields, getters, setters and queries share it: `getExpiryDate`, `expiry_date` and `ExpiryDate` are one.
pub fn member_key(name: &str) -> String {
    let words = words(name);
    let own = match words.split_first() {
        Some((first, rest)) if !rest.is_empty() && matches!(first.as_str(), "get" | "set" | "with" | "has" | "is") => {
            rest
        }
        _ => words.as_slice(),
    };
    own.concat()
}
