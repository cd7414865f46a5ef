//! The first half of a check: the facts of every file, each from its bytes and the rules alone.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::source::{self, Excludes, Focus, Projects, Sift, WalkOptions};

use super::cache::Cache;
use super::demand;
use super::read::{Read, code, nothing, read};
use super::sealed::Digest;
use super::{ScanOptions, Scope, Skip, walk_error};

/// What a scan works with.
pub(super) struct Setting<'o> {
    pub(super) options: &'o ScanOptions,
    pub(super) knowledge: Knowledge,
    pub(super) sift: Sift,
    pub(super) walk: WalkOptions,
    pub(super) scope: source::Scope,
    /// The threads that link, started when they are needed.
    threads: OnceLock<Option<rayon::ThreadPool>>,
}

impl<'o> Setting<'o> {
    /// Loads the rules.
    pub(super) fn new(options: &'o ScanOptions) -> Result<Self, Error> {
        let current_dir = std::env::current_dir().map_err(Error::read(&PathBuf::from(".")))?;
        let projects = Projects::of(&options.paths, &current_dir);
        let knowledge = Knowledge::load(&options.rules, options.models.as_ref(), &options.tests)?.of_projects(projects);
        let sift = knowledge.sift();
        let excludes = Excludes::new(&options.root, &options.exclude).map_err(|e| Error::usage(e.to_string()))?;
        // To ask the system takes time: it is asked once.
        let jobs = options.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
        let walk = WalkOptions { current_dir, excludes, jobs, limits: options.limits };
        let scope = match &options.scope {
            Scope::Tree => source::Scope::trees(&options.paths, options.artifact),
            Scope::Files(files) => source::Scope::Files(files.clone()),
            Scope::Staged => {
                let entries = source::git::index(&PathBuf::from("."), &options.paths);
                source::Scope::Index(entries.map_err(|error| walk_error(error.into()))?)
            }
        };
        Ok(Self { options, knowledge, sift, walk, scope, threads: OnceLock::new() })
    }

    /// The threads that link, with room for deep recursion; `None` if there are none to be had.
    pub(super) fn threads(&self) -> Option<&rayon::ThreadPool> {
        const STACK: usize = 256 << 20;
        let start = || rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(self.walk.jobs).build().ok();
        self.threads.get_or_init(start).as_ref()
    }

    /// The version and the rules that facts are made with.
    pub(super) fn rules(&self) -> Digest {
        self.knowledge.digest()
    }

    /// Walks, reads, sifts and parses.
    pub(super) fn gather(&self, cache: Option<&Cache>) -> Result<Gathered, Error> {
        let waits = matches!(self.scope, source::Scope::Source(_));
        let visit = |file: &source::File<'_>| {
            let fresh = || read(&self.knowledge, &self.sift, file, waits);
            Some(match cache {
                Some(cache) => cache.read(&file.path, file.bytes, fresh),
                None => fresh(),
            })
        };
        let memory = cache.map(|cache| cache as &dyn source::Memory);
        let scan = source::scan_anew(&self.scope, &self.walk, &self.sift, memory, visit).map_err(walk_error)?;
        let named = |skip: source::Skip| Skip { path: skip.path.to_string(), why: skip.why.to_string() };
        let (skipped, unread): (Vec<_>, Vec<_>) = scan.skipped.into_iter().partition(|skip| skip.why.is_no_text());
        Ok(Gathered {
            files: scan.results,
            skipped: skipped.into_iter().map(named).collect(),
            unread: unread.into_iter().chain(scan.unread).map(named).collect(),
            seen: scan.seen,
        })
    }

    /// All of one file, whatever it holds.
    pub(super) fn whole(&self, path: &str) -> Result<Vec<(Arc<str>, Read)>, Error> {
        let scope = source::Scope::Files(vec![PathBuf::from(path)]);
        let visit = |file: &source::File<'_>| {
            let in_test = self.knowledge.is_test(&file.path, Some(file.group));
            let mut read = nothing();
            let focus = Focus::on(|_: &[u8]| true);
            code(&self.knowledge, file, &source::decode::text(file.bytes).text, in_test, &focus, &mut read);
            Some(read)
        };
        let scan = source::scan(&scope, &self.walk, &self.knowledge.sift_for_all(), visit).map_err(walk_error)?;
        Ok(scan.results)
    }

    /// Parses what waited; in a large tree dates wait until they are asked for.
    pub(super) fn resume(&self, gathered: &mut Gathered) {
        let is_large = gathered.is_large();
        let resume = |(path, read): &mut (Arc<str>, Read)| read.resume(&self.knowledge, &self.sift, path, is_large);
        if gathered.files.iter().all(|(_, read)| read.deferred.is_none()) {
            return;
        }
        if let Some(threads) = self.threads() {
            threads.install(|| gathered.files.par_iter_mut().for_each(resume));
        }
    }
}

/// What the files gave.
#[derive(Serialize, Deserialize)]
pub(super) struct Gathered {
    /// By path.
    pub(super) files: Vec<(Arc<str>, Read)>,
    /// What was passed over: there was nothing to judge.
    pub(super) skipped: Vec<Skip>,
    /// Files that could not be read, and archives that were not read to their end.
    pub(super) unread: Vec<Skip>,
    /// Files that the walk came across.
    pub(super) seen: usize,
}

impl Gathered {
    /// The tree is so large that not everything in it is parsed.
    pub(super) const fn is_large(&self) -> bool {
        demand::is_large(self.seen)
    }

    /// Everything that gave nothing, and why.
    pub(super) fn not_read(&self) -> Vec<Skip> {
        self.skipped.iter().chain(&self.unread).cloned().collect()
    }

    /// Puts parts of a tree together. The error is a file that two of them hold.
    pub(super) fn merged(parts: Vec<Self>) -> Result<Self, Arc<str>> {
        let mut files: Vec<(Arc<str>, Read)> = Vec::new();
        let mut known: BTreeSet<Arc<str>> = BTreeSet::new();
        let (mut skipped, mut unread) = (BTreeSet::new(), BTreeSet::new());
        let mut seen = 0;
        for part in parts {
            if let Some((twice, _)) = part.files.iter().find(|(path, _)| known.contains(path)) {
                return Err(Arc::clone(twice));
            }
            known.extend(part.files.iter().map(|(path, _)| Arc::clone(path)));
            files.extend(part.files);
            skipped.extend(part.skipped);
            unread.extend(part.unread);
            seen += part.seen;
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Self { files, skipped: skipped.into_iter().collect(), unread: unread.into_iter().collect(), seen })
    }

    /// Whether the facts are what the tool itself would make, as far as can be told.
    pub(super) fn is_sound(&self) -> bool {
        self.files.iter().all(|(_, read)| read.is_sound())
    }
}
