//! Files that are parsed because of what was found, not because of what they hold.
//!
//! A file that calls `license.checkout()` needs no clock and no date to stop working. Once a fuse is known, its function's
//! name is a word like any other: the tree is sifted again for the names of the functions that reach a fuse (or wait for a
//! date from their callers), and the files that mention one are parsed. Each round adds callers, until none is left.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::flow::link::Budget;
use crate::flow::reach::Wanted;
use crate::knowledge::{Knowledge, is_timed};
use crate::source::{self, Focus, Marks, Scope, Sift, WalkError, WalkOptions, decode};

use super::compiled;
use super::definition::{is_defined, is_home_of};
use super::link::Facts;
use super::read::{Deferred, Read, code, nothing, prune};

/// Rounds: the longest chain of calls that is followed beyond files with a clock.
const ROUNDS: usize = 8;
/// Rounds of them that look for what clocks wait for, and in a large tree.
const WAITING: usize = 3;
const WAITING_LARGE: usize = 1;
/// Names searched for in one round.
const NAMES: usize = 400;
/// In a tree of more files than this, code that holds dates and no clock waits until a clock asks for them, callers are looked for in the fuse's own folder and below, and of those that a clock
/// waits for only the ones that hold a year themselves.
const LARGE: usize = 20_000;

/// Whether a tree of so many files is a large one.
pub(super) const fn is_large(seen: usize) -> bool {
    seen > LARGE
}

/// Files by path, with what they gave.
pub(super) type Answer = Vec<(Arc<str>, Read)>;

/// What was asked for so far.
pub(super) struct Demand<'a> {
    scope: &'a Scope,
    walk: &'a WalkOptions,
    sift: &'a Sift,
    large: bool,
    asked: BTreeSet<(String, bool)>,
    /// Finds all names that were asked for.
    named: Option<Sift>,
    rounds: usize,
    /// The tests were asked what they give.
    tests: bool,
}

/// One search for names.
struct Round<'r> {
    knowledge: &'r Knowledge,
    known: &'r Facts,
    /// Finds clocks and dates.
    timed: &'r Sift,
    /// Finds the names of this round.
    sift: &'r Sift,
    /// Those of them whose home is read even if it holds no year.
    homes: &'r HashSet<&'r str>,
    /// Finds those of the rounds before, and all.
    before: Option<&'r Sift>,
    named: Option<&'r Sift>,
}

impl Round<'_> {
    /// Reads a file that mentions a name, unless it is known as far as it matters.
    fn read(&self, file: &source::File<'_>) -> Option<Read> {
        let facts = self.known.get(&(file.path.clone(), 0));
        let binary = decode::is_binary(file.bytes);
        if facts.is_some_and(|facts| !facts.pruned) || binary != file.part.is_some() {
            return None;
        }
        let mut read = nothing();
        if binary {
            let in_test = self.knowledge.is_test(&file.path, None);
            compiled::read_wanted(self.knowledge, self.sift, file, in_test, &mut read);
            return Some(read);
        }
        let decoded = decode::text(file.bytes);
        let language = self.knowledge.languages.list().get(file.group)?;
        // Only for homes were files without a year let through.
        if facts.is_none() && !self.homes.is_empty() {
            let marks = self.sift.marks(file.group, decoded.text.as_bytes());
            if !self.sift.worth(file.group, marks) && !is_home_of(&decoded.text, self.homes) {
                return None;
            }
        }
        let pruned =
            |named| prune(language, &decoded.text, &Focus::on(|body: &[u8]| self.is_worth(file.group, body, named)));
        if facts.is_some() && pruned(self.before) == pruned(self.named) {
            return None;
        }
        let in_test = self.knowledge.is_test(&file.path, Some(file.group));
        let focus = Focus::on(|body: &[u8]| self.is_worth(file.group, body, self.named));
        code(self.knowledge, file, &decoded.text, in_test, &focus, &mut read);
        Some(read)
    }

    /// Whether a function mentions one of the names, or holds a clock or a date itself.
    fn is_worth(&self, group: usize, body: &[u8], named: Option<&Sift>) -> bool {
        let is_named = named.is_some_and(|named| named.marks(group, body).any(Marks::CLOCK | Marks::EXPIRY));
        is_named || is_timed(self.timed.marks(group, body))
    }
}

/// Where names are looked for.
struct Mentions<'w> {
    /// What is defined anywhere.
    anywhere: HashSet<&'w str>,
    /// What is used in a folder or below: callers in a large tree stand near.
    near: HashMap<&'w str, Vec<&'w str>>,
}

impl<'w> Mentions<'w> {
    fn of(wanted: &'w BTreeSet<Wanted>) -> Self {
        let mut mentions = Self { anywhere: HashSet::default(), near: HashMap::default() };
        for Wanted { name, path, defined, .. } in wanted {
            if *defined {
                mentions.anywhere.insert(name);
            } else {
                let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
                mentions.near.entry(name).or_default().push(folder);
            }
        }
        mentions
    }

    /// Whether a text in a file of that path uses or defines one of them.
    fn are_in(&self, text: &str, path: &str) -> bool {
        let near = |word| self.near.get(word).is_some_and(|folders| folders.iter().any(|near| path.starts_with(near)));
        let mut words = source::word_indices(text);
        words.any(|(at, word)| near(word) || (self.anywhere.contains(word) && is_defined(text, at, word)))
    }
}

impl<'a> Demand<'a> {
    /// Nothing yet; the tree has `seen` files.
    pub(super) fn new(scope: &'a Scope, walk: &'a WalkOptions, sift: &'a Sift, seen: usize) -> Self {
        Self { scope, walk, sift, large: is_large(seen), asked: BTreeSet::new(), named: None, rounds: 0, tests: false }
    }

    /// What linking may cost.
    pub(super) const fn budget(&self) -> Budget {
        if self.large { Budget::LARGE } else { Budget::USUAL }
    }

    /// Reads the files that may hold what clocks wait for; `None` when nothing is left.
    pub(super) fn answer_waiting(
        &mut self,
        knowledge: &Knowledge,
        wanted: impl FnOnce() -> BTreeSet<Wanted>,
        known: &Facts,
        deferred: Vec<(Arc<str>, Deferred)>,
    ) -> Result<Option<Answer>, WalkError> {
        let rounds = if self.large { WAITING_LARGE } else { WAITING };
        if self.rounds >= rounds {
            return Ok(None);
        }
        if self.large {
            Ok(self.answer_deferred(knowledge, &wanted(), deferred))
        } else {
            self.answer(knowledge, &wanted(), known)
        }
    }

    /// Parses those that wait and mention what is wanted.
    fn answer_deferred(
        &mut self,
        knowledge: &Knowledge,
        wanted: &BTreeSet<Wanted>,
        deferred: Vec<(Arc<str>, Deferred)>,
    ) -> Option<Answer> {
        self.rounds += 1;
        self.asked.extend(wanted.iter().map(|wanted| (wanted.name.clone(), true)));
        let mentions = Mentions::of(wanted);
        let parse = |(path, deferred): (Arc<str>, Deferred)| {
            let mentions = |text: &str| mentions.are_in(text, &path);
            if !mentions(deferred.text()) {
                return None;
            }
            let mut read = nothing();
            // What has to do with those functions is kept too, and with it the dates that reach them.
            let focus = Focus::on(|body: &[u8]| std::str::from_utf8(body).is_ok_and(mentions));
            deferred.parse(knowledge, &path, &focus, &mut read);
            Some((path, read))
        };
        let answer: Answer = deferred.into_par_iter().filter_map(parse).collect();
        (!answer.is_empty()).then_some(answer)
    }

    /// Reads, once, the test files that hold a year and one of the names under which product code compares dates with the
    /// clock; `None` when nothing is left. What a test gives as still valid may need no clock of its own.
    pub(super) fn answer_tests(
        &mut self,
        knowledge: &Knowledge,
        names: impl FnOnce() -> Vec<String>,
        known: &Facts,
    ) -> Result<Option<Answer>, WalkError> {
        if self.large || std::mem::replace(&mut self.tests, true) {
            return Ok(None);
        }
        let names = names();
        if names.is_empty() {
            return Ok(None);
        }
        let sift = knowledge.sift_for_members(names.iter().map(String::as_str).take(NAMES));
        let (timed, before, named) = (self.sift, None, Some(&sift));
        let round = Round { knowledge, known, timed, sift: &sift, homes: &HashSet::default(), before, named };
        let visit = |file: &source::File<'_>| {
            let in_test = file.part.is_none() && knowledge.is_test(&file.path, Some(file.group));
            in_test.then(|| round.read(file)).flatten()
        };
        let found = source::scan(self.scope, self.walk, &sift, visit)?;
        Ok(Some(found.results).filter(|found| !found.is_empty()))
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
        // What the clock is compared with may take its date from elsewhere.
        let of_home = |wanted: &Wanted| wanted.dated && wanted.defined && !self.large;
        let homes: HashSet<&str> =
            fresh.iter().filter(|wanted| of_home(wanted)).map(|wanted| wanted.name.as_str()).collect();
        let wide = fresh.iter().map(|wanted| (wanted.name.as_str(), wanted.dated && !of_home(wanted)));
        let wide = knowledge.sift_for(wide);
        let scope = self.narrowed(&fresh);
        let named = knowledge.sift_for(self.asked.iter().map(|(name, dated)| (name.as_str(), *dated)));
        let before = self.named.replace(named);
        let (before, named) = (before.as_ref(), self.named.as_ref());
        let round = Round { knowledge, known, timed: self.sift, sift: &sift, homes: &homes, before, named };
        let visit = |file: &source::File<'_>| round.read(file);
        let found = source::scan(scope.as_ref().unwrap_or(self.scope), self.walk, &wide, visit)?;
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
