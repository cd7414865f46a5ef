//! Runs the stages in order: walk, read, sift, parse, lower, flow, link. What comes out is evidence, not a verdict.

use std::path::PathBuf;
use std::sync::Arc;

use crate::calendar::Civil;
use crate::error::Error;
use crate::finding::Finding;

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
}

/// Scans the tree.
///
/// # Errors
/// When a path cannot be read, or the rules cannot be.
pub fn scan(_options: &ScanOptions) -> Result<Scanned, Error> {
    Ok(Scanned::default())
}
