//! Runs the stages in order: walk, read, sift, parse, lower, flow, link. What comes out is evidence, not a verdict.
//!
//! Files that hold neither a clock nor a date are not parsed at first. Where a fuse is found, or a decision waits for
//! what its callers pass, the files that mention those functions are parsed *on demand* ([`demand`]) and linked too, round
//! by round up to the entry points.

mod binary;
mod cache;
mod certificates;
mod compiled;
mod definition;
mod demand;
mod fixture;
mod gather;
mod link;
mod read;
mod sealed;
mod trust;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::calendar::Civil;
use crate::error::Error;
use crate::finding::Finding;
use crate::flow::insight::Insight;
use crate::source::{Limits, WalkError};

use self::cache::Cache;
use self::gather::{Gathered, Setting};
use self::sealed::{Broken, Digest, Kind};

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
    /// Where what was found out is kept for the next time.
    pub cache: Option<CacheFolder>,
    /// Worker threads; `None` is one per core.
    pub jobs: Option<usize>,
    /// The first day of the window.
    pub window_from: Civil,
    /// The last day of the window.
    pub window_until: Civil,
}

/// A folder for what is kept between runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheFolder {
    /// Where.
    pub folder: PathBuf,
    /// It is used for small trees too, which gain nothing by it.
    pub always: bool,
}

/// A file that was not read to the end, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skip {
    /// The file, as findings would name it.
    pub path: String,
    /// In plain words: "larger than 1 MB".
    pub why: String,
}

/// What a scan saw.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
    /// What there is to say of the cache.
    pub remarks: Vec<String>,
}

/// Scans the tree.
///
/// # Errors
/// When a path cannot be read, or the rules cannot be.
pub fn scan(options: &ScanOptions) -> Result<Scanned, Error> {
    let setting = Setting::new(options)?;
    // What a build made is read anew: its archives have no states of their own.
    let folder = options.cache.as_ref().filter(|_| matches!(setting.scope, crate::source::Scope::Source(_)));
    let Some(CacheFolder { folder, always }) = folder else {
        return link::link(&setting, setting.gather(None)?);
    };
    let mut cache = Cache::open(folder, *always, &setting);
    let mut scanned = cached(&setting, &mut cache)?;
    scanned.remarks = cache.remarks();
    Ok(scanned)
}

/// Scans the tree as far as it changed since the last time.
fn cached(setting: &Setting<'_>, cache: &mut Cache) -> Result<Scanned, Error> {
    let asked = ScanOptions { jobs: None, cache: None, ..setting.options.clone() };
    let asked = *blake3::hash(format!("{asked:?}").as_bytes()).as_bytes();
    let mut gathered = setting.gather(Some(cache))?;
    if let Some(outcome) = cache.outcome(&gathered, &asked) {
        return Ok(outcome);
    }
    if cache.complete(&mut gathered).is_err() {
        cache.forget();
        gathered = setting.gather(Some(cache))?;
    }
    setting.resume(&mut gathered);
    cache.save_entries(&gathered);
    let skipped = gathered.not_read();
    let scanned = link::link(setting, gathered)?;
    cache.save_index(skipped, asked, &scanned);
    Ok(scanned)
}

/// Scans the tree and tells what is known of a line of one of its files, as findings would name it; `None` if the file
/// holds no code.
///
/// # Errors
/// As [`scan`].
pub fn inspect(options: &ScanOptions, path: &str, line: u32) -> Result<(Scanned, Option<Insight>), Error> {
    let setting = Setting::new(options)?;
    link::inspect(&setting, setting.gather(None)?, path, line)
}

/// The facts of the files below the paths, as they are kept in a file for [`scan_facts`].
///
/// # Errors
/// When a path cannot be read, or the rules cannot be.
pub fn facts(options: &ScanOptions) -> Result<Vec<u8>, Error> {
    let setting = Setting::new(options)?;
    let gathered = setting.gather(None)?;
    let shard = Shard { paths: options.paths.clone(), artifact: options.artifact, gathered };
    sealed::seal(Kind::Facts, &setting.rules(), &shard).map_err(|why| Error::usage(format!("the facts: {why}")))
}

/// Facts that were kept in a file.
#[derive(Serialize, Deserialize)]
struct Shard {
    paths: Vec<PathBuf>,
    artifact: bool,
    gathered: Gathered,
}

/// Facts of files, read back from where they were kept.
pub struct Shards {
    /// The files and folders that they were made of.
    pub paths: Vec<PathBuf>,
    /// The paths hold what a build made.
    pub artifact: bool,
    /// What each file was made with.
    rules: Vec<(PathBuf, Digest)>,
    gathered: Gathered,
}

impl Shards {
    /// Reads facts back, file by file, and puts them together.
    ///
    /// # Errors
    /// When a file cannot be read, is no such file or is damaged; when two of them hold the same.
    pub fn open(files: &[PathBuf]) -> Result<Self, Error> {
        let (mut paths, mut artifact, mut made, mut parts) = (Vec::new(), None, Vec::new(), Vec::new());
        for file in files {
            let bytes = std::fs::read(file).map_err(Error::read(file))?;
            let opened = sealed::open_any(Kind::Facts, &bytes);
            let (rules, shard): (Digest, Shard) = opened.map_err(|why| unusable(file, &why))?;
            if !shard.gathered.is_sound() {
                return Err(unusable(file, &Broken::Damaged));
            }
            if artifact.replace(shard.artifact).is_some_and(|others| others != shard.artifact) {
                return Err(unusable(file, &"a source tree and a build's output are not judged together"));
            }
            made.push((file.clone(), rules));
            paths.extend(shard.paths);
            parts.push(shard.gathered);
        }
        paths.sort();
        paths.dedup();
        let gathered = Gathered::merged(parts)
            .map_err(|path| Error::usage(format!("two of the files hold the facts of {path}")))?;
        Ok(Self { paths, artifact: artifact.unwrap_or_default(), rules: made, gathered })
    }
}

fn unusable(file: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("{}: {why}", file.display()))
}

/// Judges what was kept: the other half of a check. Files that call what was found are looked for where they lay.
///
/// # Errors
/// As [`scan`]; when facts were made by another version or with other rules.
pub fn scan_facts(options: &ScanOptions, shards: Shards) -> Result<Scanned, Error> {
    let setting = Setting::new(options)?;
    let rules = setting.rules();
    if let Some((file, _)) = shards.rules.iter().find(|(_, made_by)| *made_by != rules) {
        return Err(unusable(file, &Broken::Other));
    }
    link::link(&setting, shards.gathered)
}

fn walk_error(error: WalkError) -> Error {
    match error {
        WalkError::Unreadable { path, error } => Error::Read { path: Path::new(&path).to_owned(), source: error },
        WalkError::Threads(why) => Error::usage(format!("cannot start threads: {why}")),
        WalkError::Git(why) => Error::Git { what: "list the files", why: why.to_string() },
    }
}
