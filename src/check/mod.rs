//! Runs the stages in order: walk, read, sift, parse, lower, flow, link. What comes out is evidence, not a verdict.
//!
//! Files that hold neither a clock nor a date are not parsed at first. Where a fuse is found, or a decision waits for
//! what its callers pass, the files that mention those functions are parsed *on demand* ([`demand`]) and linked too, round
//! by round up to the entry points.

mod binary;
mod compiled;
mod demand;
mod fixture;
mod read;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::calendar::{Civil, ReadZone};
use crate::error::Error;
use crate::finding::{Confidence, Finding, Place, Rule, Span, Zone};
use crate::flow::facts::FileFacts;
use crate::flow::link::{Linked, Program};
use crate::flow::reach::{self, CallGraph};
use crate::flow::{Configured, World, key_of};
use crate::knowledge::Knowledge;
use crate::source::{self, Excludes, Limits, WalkError, WalkOptions};

use self::compiled::Compiled;
use self::read::{Read, read};

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everything below the paths.
    #[default]
    Tree,
    /// These files alone, where they lie below the paths and are not excluded.
    Files(Vec<PathBuf>),
    /// The files that a commit would change, as the index holds them.
    Staged,
}

/// What to scan, and with what knowledge.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Files and folders, as the user named them.
    pub paths: Vec<PathBuf>,
    /// All of them, or a part.
    pub scope: Scope,
    /// The folder that `exclude` and `tests` count from: the config file's, else the work tree's top.
    pub root: PathBuf,
    /// Globs of paths that are not looked at.
    pub exclude: Vec<String>,
    /// Globs of paths that hold tests, beyond what the tool knows by itself.
    pub tests: Vec<String>,
    /// Folders with further rules.
    pub rules: Vec<PathBuf>,
    /// The config file's `models`, in the form of the files in `rules/`.
    pub models: Option<serde_yaml::Value>,
    /// All paths are a build's output: nothing is ignored, archives are opened.
    pub artifact: bool,
    /// How much of an archive is read.
    pub limits: Limits,
    /// Worker threads; `None` is one per core.
    pub jobs: Option<usize>,
    /// The first day of the window.
    pub window_from: Civil,
    /// The last day of the window.
    pub window_until: Civil,
}

/// A file that was not read to the end, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Skip {
    /// The file, as findings would name it.
    pub path: String,
    /// In plain words: "larger than 1 MB".
    pub why: String,
}

/// What a scan saw.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    /// The evidence.
    pub findings: Vec<Finding>,
    /// Files that were read.
    pub seen: usize,
    /// Files that were parsed.
    pub parsed: usize,
    /// Files that should have been parsed and could not be.
    pub unparsed: Vec<Skip>,
    /// Files that were passed over.
    pub skipped: Vec<Skip>,
    /// Files that hold the bytes `defuse:` and so may hold a waiver, as findings would name them.
    pub marked: Vec<Arc<str>>,
    /// The text of members of archives that findings or waivers stand in, as far as it is kept.
    pub members: Vec<(Arc<str>, Arc<str>)>,
}

/// Scans the tree.
///
/// # Errors
/// When a path cannot be read, or the rules cannot be.
pub fn scan(options: &ScanOptions) -> Result<Scanned, Error> {
    let knowledge = Knowledge::load(&options.rules, options.models.as_ref(), &options.tests)?;
    let sift = knowledge.sift();
    let current_dir = std::env::current_dir().map_err(|source| Error::Read { path: PathBuf::from("."), source })?;
    let excludes = Excludes::new(&options.root, &options.exclude).map_err(|e| Error::usage(e.to_string()))?;
    let walk = WalkOptions { current_dir, excludes, jobs: options.jobs.unwrap_or(0), limits: options.limits };
    let scope = match &options.scope {
        Scope::Tree => source::Scope::trees(&options.paths, options.artifact),
        Scope::Files(files) => source::Scope::Files(files.clone()),
        Scope::Staged => source::Scope::Index(options.paths.clone()),
    };
    let waits = matches!(scope, source::Scope::Source(_));
    let visit = |file: &source::File<'_>| Some(read(&knowledge, &sift, file, waits));
    let mut scan = source::scan(&scope, &walk, &sift, visit).map_err(walk_error)?;
    let threads = linking_threads(options.jobs);
    if let Some(threads) = threads.as_ref().filter(|_| !demand::is_large(scan.seen)) {
        threads.install(|| scan.results.par_iter_mut().for_each(|(path, read)| read.resume(&knowledge, &sift, path)));
    }
    let mut scanned = Scanned { seen: scan.seen, ..Scanned::default() };
    scanned.skipped =
        scan.skipped.into_iter().map(|skip| Skip { path: skip.path.to_string(), why: skip.why }).collect();
    scanned.unparsed.extend(scan.unread.into_iter().map(|skip| Skip { path: skip.path.to_string(), why: skip.why }));
    let mut tree = Tree::default();
    let window = (options.window_from, options.window_until);
    for (path, mut read) in scan.results {
        let bundle = read.bundle.take().map(|bundle| bundle.findings(window.0, window.1));
        scanned.findings.extend(bundle.into_iter().flatten());
        tree.add(&mut scanned, path, read);
    }
    fixture::mark(&mut scanned.findings, &knowledge, &scope, &walk, options.window_until).map_err(walk_error)?;
    let mut demand = demand::Demand::new(&scope, &walk, &sift, scanned.seen);
    // What waits for a date is asked with what its callers pass, so they come first; then what reaches the fuses.
    let mut linked: Option<Linked> = None;
    while let Some(threads) = &threads {
        let ask = |world: &World<'_>| {
            let graph = CallGraph::new(world);
            if let Some(linked) = &mut linked {
                reach::retell(world, &graph, &mut linked.fuses);
            } else {
                let program = Program::new(world, &graph);
                if let Some(more) = demand.answer_waiting(&knowledge, &program.waiting(), &tree.facts)? {
                    return Ok(Some(more));
                }
                linked = Some(program.find());
            }
            let fuses = linked.as_ref().map_or(&[][..], |linked| &linked.fuses);
            demand.answer(&knowledge, &reach::toward(world, &graph, fuses), &tree.facts)
        };
        match tree.linked(threads, &knowledge, window, ask).unwrap_or(Ok(None)).map_err(walk_error)? {
            Some(more) => more.into_iter().for_each(|(path, read)| tree.add(&mut scanned, path, read)),
            None => break,
        }
    }
    let linked = linked.unwrap_or_else(Linked::none);
    if linked.gave_up {
        let why = "there are more decisions on the clock than are followed in one run".to_owned();
        scanned.unparsed.push(Skip { path: ".".to_owned(), why });
    }
    scanned.unparsed.sort();
    for mut finding in linked.fuses.into_iter().map(|fuse| fuse.finding).chain(linked.rollovers).chain(linked.bombs) {
        if let Some(compiled) = tree.compiled.get(&finding.place.path) {
            compiled.describe(&mut finding);
        }
        tree.settle(&mut finding);
        if finding.matched.is_empty() {
            let text = tree.texts.get(&finding.place.path);
            finding.matched = text.map(|text| cut(text, finding.place.span)).unwrap_or_default();
        }
        replace_document(&mut scanned.findings, &finding);
        scanned.findings.push(finding);
    }
    scanned.members = members(tree.texts);
    Ok(scanned)
}

/// The texts of members of archives, up to so many bytes.
fn members(texts: HashMap<Arc<str>, Arc<str>>) -> Vec<(Arc<str>, Arc<str>)> {
    const MOST: usize = 32 << 20;
    let mut members: Vec<_> = texts.into_iter().filter(|(path, _)| path.contains("!/")).collect();
    members.sort();
    let mut left = MOST;
    members.retain(|(_, text)| {
        let fits = text.len() <= left;
        left -= if fits { text.len() } else { 0 };
        fits
    });
    members
}

/// The facts of the files, by path and part.
type Facts = BTreeMap<(Arc<str>, usize), FileFacts>;

/// The threads that link, with room for deep recursion; `None` if there are none to be had.
fn linking_threads(jobs: Option<usize>) -> Option<rayon::ThreadPool> {
    const STACK: usize = 256 << 20;
    rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(jobs.unwrap_or(0)).build().ok()
}

/// What is linked: the facts of the files, and what else they gave.
#[derive(Default)]
struct Tree {
    facts: Facts,
    configured: HashMap<String, Vec<Configured>>,
    texts: HashMap<Arc<str>, Arc<str>>,
    compiled: HashMap<Arc<str>, Compiled>,
}

impl Tree {
    fn add(&mut self, scanned: &mut Scanned, path: Arc<str>, read: Read) {
        if self.facts.contains_key(&(path.clone(), 0)) {
            scanned.unparsed.retain(|skip| *skip.path != *path);
        } else {
            scanned.parsed += usize::from(read.parsed);
        }
        scanned.findings.extend(read.findings);
        if let Some(why) = read.problem {
            scanned.unparsed.push(Skip { path: path.to_string(), why });
        }
        if read.marked {
            scanned.marked.push(path.clone());
        }
        for key in &read.dated {
            let name = key.path.iter().rev().find(|part| part.parse::<usize>().is_err()).map_or("", String::as_str);
            let entry = Configured {
                path: path.clone(),
                span: key.value_span,
                at: key.reading.instant(),
                name: name.to_owned(),
                in_test: read.in_test,
                zone: if key.reading.zone == ReadZone::Unstated { Zone::Local } else { Zone::Utc },
            };
            self.configured.entry(key_of(name)).or_default().push(entry);
        }
        self.texts.extend(read.text.map(|text| (path.clone(), text)));
        self.compiled.extend(read.compiled.map(|compiled| (path.clone(), compiled)));
        self.facts.extend(read.facts.into_iter().map(|facts| ((path.clone(), facts.part), facts)));
    }

    /// Takes the places of a finding in compiled files for what they are: lines without columns.
    fn settle(&self, finding: &mut Finding) {
        let steps = finding.steps.iter_mut().map(|step| &mut step.place);
        let effect = finding.effect.iter_mut().filter_map(|effect| effect.place.as_mut());
        for place in steps.chain(effect).chain([&mut finding.place]) {
            if self.compiled.contains_key(&place.path) {
                Compiled::settle(place);
            }
        }
    }

    /// Asks all files together; `None` if that failed.
    fn linked<T: Send>(
        &self,
        threads: &rayon::ThreadPool,
        knowledge: &Knowledge,
        window: (Civil, Civil),
        question: impl FnOnce(&World<'_>) -> T + Send,
    ) -> Option<T> {
        let run = move || {
            let models = knowledge.languages.models();
            let files: Vec<&FileFacts> = self.facts.values().collect();
            let world = World::new(&files, &models, &knowledge.words, self.configured.clone(), window);
            question(&world)
        };
        // What panics there must not take the rest of the report with it.
        std::thread::scope(|scope| scope.spawn(|| threads.install(run)).join().ok())
    }
}

/// Where code compares a date with the clock, what the date's own line says by key and word is the same thing.
fn replace_document(findings: &mut Vec<Finding>, proven: &Finding) {
    let firm = proven.confidence > Confidence::Possible && proven.note_only.is_none();
    findings.retain(|finding| {
        let same = |place: &Place| place.path == finding.place.path && place.span.line == finding.place.span.line;
        let by_word = match finding.rule {
            Rule::ConfigExpiry => true,
            Rule::ExpiredAnnotation => firm,
            _ => false,
        };
        !by_word || !proven.steps.iter().any(|step| same(&step.place))
    });
}

/// The text of a span.
fn cut(text: &str, span: Span) -> String {
    let lines = text.lines().skip(span.line.saturating_sub(1) as usize);
    let count = (span.end_line.saturating_sub(span.line) + 1).min(20) as usize;
    let mut cut = String::new();
    for (n, line) in lines.take(count).enumerate() {
        let from = if n == 0 { span.column.saturating_sub(1) as usize } else { 0 };
        let to = if n + 1 == count { span.end_column.saturating_sub(1) as usize } else { usize::MAX };
        cut.extend(line.chars().take(to).skip(from));
        cut.push(' ');
    }
    cut.trim().to_owned()
}

fn walk_error(error: WalkError) -> Error {
    match error {
        WalkError::Unreadable { path, error } => Error::Read { path: Path::new(&path).to_owned(), source: error },
        WalkError::Threads(why) => Error::usage(format!("cannot start threads: {why}")),
        WalkError::Git(why) => Error::Git { what: "list the files", why: why.to_string() },
    }
}
