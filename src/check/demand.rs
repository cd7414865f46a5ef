//! Files that are parsed because of what was found, not because of what they hold.
//!
//! A file that calls `license.checkout()` needs no clock and no date to stop working. Once a fuse is known, its function's
//! name is a word like any other: the tree is sifted again for the names of the functions that reach a fuse (or wait for a
//! date from their callers), and the files that mention one are parsed. Each round adds callers, until none is left.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::flow::reach::Wanted;
use crate::knowledge::Knowledge;
use crate::source::{self, Scope, WalkError, WalkOptions, decode};

use super::Facts;
use super::compiled;
use super::read::{Read, code, nothing};

/// Rounds: the longest chain of calls that is followed beyond files with a clock.
const ROUNDS: usize = 8;
/// Rounds of them that look for what clocks wait for, and in a large tree.
const WAITING: usize = 3;
const WAITING_LARGE: usize = 1;
/// Names searched for in one round.
const NAMES: usize = 400;
/// In a tree of more files than this, callers are looked for in the fuse's own folder and below, and of those that a clock
/// waits for only the ones that hold a year themselves.
const LARGE: usize = 20_000;

/// Files by path, with what they gave.
pub(super) type Answer = Vec<(Arc<str>, Read)>;

/// What was asked for so far.
pub(super) struct Demand<'a> {
    scope: &'a Scope,
    walk: &'a WalkOptions,
    large: bool,
    asked: BTreeSet<(String, bool)>,
    rounds: usize,
}

impl<'a> Demand<'a> {
    /// Nothing yet; the tree has `seen` files.
    pub(super) fn new(scope: &'a Scope, walk: &'a WalkOptions, seen: usize) -> Self {
        Self { scope, walk, large: seen > LARGE, asked: BTreeSet::new(), rounds: 0 }
    }

    /// Reads the files that may hold what clocks wait for; `None` when nothing is left.
    pub(super) fn answer_waiting(
        &mut self,
        knowledge: &Knowledge,
        wanted: &BTreeSet<Wanted>,
        known: &Facts,
    ) -> Result<Option<Answer>, WalkError> {
        let rounds = if self.large { WAITING_LARGE } else { WAITING };
        if self.rounds >= rounds {
            return Ok(None);
        }
        if !self.large {
            return self.answer(knowledge, wanted, known);
        }
        let dated = wanted.iter().map(|wanted| Wanted { dated: true, ..wanted.clone() }).collect();
        self.answer(knowledge, &dated, known)
    }

    /// Reads the files that mention what is wanted and that were not parsed yet; `None` when nothing is left.
    pub(super) fn answer(
        &mut self,
        knowledge: &Knowledge,
        wanted: &BTreeSet<Wanted>,
        known: &Facts,
    ) -> Result<Option<Answer>, WalkError> {
        let fresh: Vec<&Wanted> = wanted
            .iter()
            .filter(|wanted| !self.asked.contains(&(wanted.name.clone(), wanted.dated)))
            .take(NAMES)
            .collect();
        if fresh.is_empty() || self.rounds >= ROUNDS {
            return Ok(None);
        }
        self.rounds += 1;
        self.asked.extend(fresh.iter().map(|wanted| (wanted.name.clone(), wanted.dated)));
        let sift = knowledge.sift_for(fresh.iter().map(|wanted| (wanted.name.as_str(), wanted.dated)));
        let scope = self.narrowed(&fresh);
        let visit = |file: &source::File<'_>| {
            let known = known.contains_key(&(file.path.clone(), 0));
            let binary = decode::is_binary(file.bytes);
            (!known && binary == file.part.is_some()).then(|| {
                let language = knowledge.languages.list().get(file.group).map(|_| file.group);
                let mut read = nothing();
                if binary {
                    let in_test = knowledge.is_test(&file.path, None);
                    compiled::read_wanted(knowledge, &sift, file, in_test, &mut read);
                    return read;
                }
                let decoded = decode::text(file.bytes);
                code(knowledge, file, &decoded.text, knowledge.is_test(&file.path, language), &mut read);
                read
            })
        };
        let found = source::scan(scope.as_ref().unwrap_or(self.scope), self.walk, &sift, visit)?;
        Ok(Some(found.results))
    }

    /// In a large tree, the folders of the fuses.
    fn narrowed(&self, wanted: &[&Wanted]) -> Option<Scope> {
        if !self.large || !matches!(self.scope, Scope::Source(_)) {
            return None;
        }
        let folders: BTreeSet<PathBuf> = wanted
            .iter()
            .filter_map(|wanted| std::path::Path::new(&*wanted.path).parent().map(PathBuf::from))
            .filter(|folder| !folder.as_os_str().is_empty())
            .collect();
        Some(Scope::Source(folders.into_iter().collect()))
    }
}
