//! From the paths that a user gives to the files that are read.
//!
//! A source tree is walked as git sees it: `.gitignore` holds (inside a work tree, and nobody's private excludes, so
//! that every machine sees the same files), hidden files are read, `.git` is not. In a build's output nothing is
//! ignored, and archives are opened. Excludes hold for every file, also for one that is named on the command line.
//!
//! Symbolic links are not followed, except one that is named itself. Pipes, sockets and devices are never opened.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::archive::{self, Limits};
use super::exclude::Excludes;
use super::git;

/// What is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// These folders as git sees them, and these files.
    Source(Vec<PathBuf>),
    /// Everything in these folders, and these files; archives are opened.
    Output(Vec<PathBuf>),
    /// Some of either kind.
    Mixed {
        /// As [`Scope::Source`].
        source: Vec<PathBuf>,
        /// As [`Scope::Output`].
        output: Vec<PathBuf>,
    },
    /// Exactly these files. One that is gone is skipped, not an error: a hook may name a deleted file.
    Files(Vec<PathBuf>),
    /// What git's index holds: [`git::index`](super::git::index).
    Index(Vec<super::git::IndexEntry>),
}

/// How to walk.
#[derive(Clone, Debug)]
pub struct WalkOptions {
    /// The current folder, absolute: paths below it are shown relative to it. It must be the process's own, since
    /// relative paths are opened as they are.
    pub current_dir: PathBuf,
    /// What is left out.
    pub excludes: Excludes,
    /// Threads that read; 0 for as many as there are cores.
    pub jobs: usize,
    /// How much of an archive is read.
    pub limits: Limits,
}

impl Scope {
    /// The trees at `paths`: all of them a build's output, or those that [`is_output`] takes for one.
    pub fn trees(paths: &[PathBuf], output: bool) -> Self {
        let (output, source): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| output || is_output(path));
        match (source.is_empty(), output.is_empty()) {
            (_, true) => Self::Source(source),
            (true, false) => Self::Output(output),
            (false, false) => Self::Mixed { source, output },
        }
    }
}

/// Folders that hold what a build made, by their name.
const OUTPUTS: [&str; 2] = ["dist", "artifacts"];

/// Whether a path that was named holds what a build made: an archive, a folder called `dist`, one that git ignores.
fn is_output(path: &Path) -> bool {
    let Some(name) = path.file_name() else { return false };
    if !path.is_dir() {
        return archive::is_archive(path);
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    OUTPUTS.iter().any(|output| name == *output) || git::ignores(above, Path::new(name))
}

impl WalkOptions {
    /// Nothing excluded, as many threads as there are cores.
    pub fn new(current_dir: PathBuf) -> Self {
        Self { current_dir, excludes: Excludes::default(), jobs: 0, limits: Limits::default() }
    }

    pub(super) fn threads(&self) -> usize {
        if self.jobs > 0 { self.jobs } else { std::thread::available_parallelism().map_or(1, usize::from) }
    }
}

/// A file, or a folder that could not be listed, that was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// Which.
    pub path: Arc<str>,
    /// Why.
    pub why: Why,
}

/// Why something was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Why {
    /// A socket, a pipe, a device.
    #[error("not a regular file")]
    NotRegular,
    /// A binary in a source tree.
    #[error("binary: not parsed")]
    Binary,
    /// It holds what might have been judged; the reason in a few words.
    #[error("{0}")]
    Unread(String),
}

impl Why {
    /// There was nothing to judge.
    pub const fn is_no_text(&self) -> bool {
        matches!(self, Self::NotRegular | Self::Binary)
    }
}

/// Nothing can be judged.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// A path that the user gave cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Unreadable {
        /// As given.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The system gives no threads.
    #[error("cannot start threads: {0}")]
    Threads(String),
    /// git failed.
    #[error(transparent)]
    Git(#[from] super::git::GitError),
}

/// What the walk comes across.
pub(super) enum Found<'a> {
    /// A regular file (or what is taken for one: it may change before it is opened).
    File {
        /// To open it.
        path: &'a Path,
        /// To show it.
        shown: String,
        /// It is what a build made.
        output: bool,
    },
    /// Something that cannot be looked at.
    Skip(Skip),
}

/// Walks on several threads. `visitor` is called once for each of them and gives what is called there.
pub(super) fn walk<V>(scope: &Scope, options: &WalkOptions, visitor: impl Fn() -> V + Sync) -> Result<(), WalkError>
where
    V: FnMut(Found<'_>) + Send,
{
    const SOURCE: Manner = Manner { output: false, ignore: true };
    const OUTPUT: Manner = Manner { output: true, ignore: false };
    let parts: &[(&Vec<PathBuf>, Manner)] = match scope {
        Scope::Source(paths) => &[(paths, SOURCE)],
        Scope::Output(paths) => &[(paths, OUTPUT)],
        // An archive that is named counts as one, even if it lies in a folder that is named too.
        Scope::Mixed { source, output } => &[(output, OUTPUT), (source, SOURCE)],
        Scope::Files(paths) => {
            walk_files(paths, SOURCE, options, &once_each(paths.len(), &visitor));
            return Ok(());
        }
        Scope::Index(_) => return Ok(()),
    };
    let visitor = once_each(parts.iter().map(|(paths, _)| paths.len()).sum(), &visitor);
    for (paths, manner) in parts {
        let (mut folders, files) = split(paths)?;
        walk_files(&files, *manner, options, &visitor);
        while let Some(folder) = folders.pop() {
            let ignore = manner.ignore && !has_odd_gitignore(&folder);
            folders.extend(walk_folder(&folder, Manner { ignore, ..*manner }, options, &visitor));
        }
    }
    Ok(())
}

/// How a folder is walked.
#[derive(Clone, Copy)]
struct Manner {
    /// It is what a build made: `.git` is a part of it.
    output: bool,
    /// `.gitignore` holds.
    ignore: bool,
}

/// Whether the folder's `.gitignore` is a pipe, a link to a device, or too large: reading it would not end. git does
/// not follow a link there either. Nothing is ignored in such a folder.
fn has_odd_gitignore(folder: &Path) -> bool {
    const LARGEST: u64 = 1 << 20;
    fs::symlink_metadata(folder.join(".gitignore")).is_ok_and(|about| !about.is_file() || about.len() > LARGEST)
}

/// Sorts the given paths into folders and others; an error if one cannot be read.
fn split(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), WalkError> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for path in paths {
        let readable = fs::metadata(path).and_then(|about| {
            if about.is_dir() {
                fs::read_dir(path).map(|_| true)
            } else if about.is_file() {
                fs::File::open(path).map(|_| false)
            } else {
                Ok(false)
            }
        });
        match readable {
            Ok(true) => folders.push(path.clone()),
            Ok(false) => files.push(path.clone()),
            Err(error) => return Err(WalkError::Unreadable { path: path.display().to_string(), error }),
        }
    }
    Ok((folders, files))
}

/// Where several paths are given, one may lie in another: lets each file through once.
fn once_each<'a, V>(
    paths: usize,
    visitor: &'a (impl Fn() -> V + Sync),
) -> impl Fn() -> Box<dyn FnMut(Found<'_>) + Send + 'a> + Sync + 'a
where
    V: FnMut(Found<'_>) + Send + 'a,
{
    let seen: Option<Arc<Mutex<HashSet<String>>>> = (paths > 1).then(Arc::default);
    move || {
        let mut visit = visitor();
        let seen = seen.clone();
        Box::new(move |found| {
            let shown = match &found {
                Found::File { shown, .. } => shown,
                Found::Skip(skip) => &*skip.path,
            };
            let fresh = seen
                .as_ref()
                .is_none_or(|seen| seen.lock().unwrap_or_else(PoisonError::into_inner).insert(shown.to_owned()));
            if fresh {
                visit(found);
            }
        })
    }
}

fn walk_files<V: FnMut(Found<'_>)>(
    paths: &[PathBuf],
    manner: Manner,
    options: &WalkOptions,
    visitor: &(impl Fn() -> V + Sync),
) {
    let next = AtomicUsize::new(0);
    let threads = options.threads().min(paths.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut visit = visitor();
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(shown) = shown_unless_excluded(path, options) {
                        visit(explicit(path, shown, manner.output));
                    }
                }
            });
        }
    });
}

/// How a file is shown, unless it is left out.
pub(super) fn shown_unless_excluded(path: &Path, options: &WalkOptions) -> Option<String> {
    let place = Place::of(path, options);
    (!options.excludes.holds(&place.absolute, false)).then_some(place.shown)
}

/// A file that was named, link or not.
fn explicit(path: &Path, shown: String, output: bool) -> Found<'_> {
    match fs::metadata(path) {
        Ok(about) if about.is_file() => Found::File { path, shown, output },
        Ok(about) if about.is_dir() => skip(shown, Why::Unread("is a folder".to_owned())),
        Ok(_) => skip(shown, Why::NotRegular),
        Err(error) => skip(shown, reason(&error)),
    }
}

fn skip<'a>(shown: String, why: Why) -> Found<'a> {
    Found::Skip(Skip { path: shown.into(), why })
}

/// An error in a few words, the same on every system where that is possible.
pub(super) fn reason(error: &io::Error) -> Why {
    Why::Unread(match error.kind() {
        io::ErrorKind::NotFound => "not found".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    })
}

/// Walks a folder, and gives those below it that are to be walked on their own.
fn walk_folder<V: FnMut(Found<'_>) + Send>(
    root: &Path,
    manner: Manner,
    options: &WalkOptions,
    visitor: &(impl Fn() -> V + Sync),
) -> Vec<PathBuf> {
    let place = Arc::new(Place::of(root, options));
    let apart: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).threads(options.threads());
    builder.git_ignore(manner.ignore).parents(manner.ignore);
    let (excludes, folder, odd) = (options.excludes.clone(), Arc::clone(&place), Arc::clone(&apart));
    builder.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if (!manner.output && entry.depth() > 0 && entry.file_name() == ".git")
            || (!excludes.is_empty() && excludes.holds(&folder.absolute_of(entry), is_folder))
        {
            return false;
        }
        let apart = manner.ignore && is_folder && has_odd_gitignore(entry.path());
        if apart {
            odd.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_owned());
        }
        !apart
    });
    builder.build_parallel().run(|| {
        let mut visit = visitor();
        let place = Arc::clone(&place);
        Box::new(move |entry| {
            match entry {
                Ok(entry) => match entry.file_type() {
                    Some(kind) if kind.is_file() => {
                        visit(Found::File { path: entry.path(), shown: place.shown_of(&entry), output: manner.output })
                    }
                    Some(kind) if kind.is_dir() || kind.is_symlink() => {}
                    _ => visit(skip(place.shown_of(&entry), Why::NotRegular)),
                },
                Err(error) => visit(place.skip_of(&error)),
            }
            WalkState::Continue
        })
    });
    let mut apart = apart.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *apart)
}

/// Where a given path lies, and how it and what is below it are shown.
struct Place {
    given: PathBuf,
    shown: String,
    absolute: PathBuf,
}

impl Place {
    fn of(path: &Path, options: &WalkOptions) -> Self {
        let absolute = normal(&options.current_dir.join(path));
        let shown = shown_from(path, &absolute, &options.current_dir);
        Self { given: path.to_owned(), shown, absolute }
    }

    fn shown_of(&self, entry: &DirEntry) -> String {
        self.join(&shown(self.below(entry.path())))
    }

    fn absolute_of(&self, entry: &DirEntry) -> PathBuf {
        let below = self.below(entry.path());
        if below.as_os_str().is_empty() { self.absolute.clone() } else { self.absolute.join(below) }
    }

    fn below<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.given).unwrap_or(path)
    }

    fn join(&self, below: &str) -> String {
        match (self.shown.as_str(), below) {
            (root, "") => root.to_owned(),
            ("", below) => below.to_owned(),
            (root, below) if root.ends_with('/') => format!("{root}{below}"),
            (root, below) => format!("{root}/{below}"),
        }
    }

    /// A folder that could not be listed, or an entry that went away.
    fn skip_of(&self, error: &ignore::Error) -> Found<'static> {
        let (path, why) = describe(error);
        skip(self.join(&path.map(|path| shown(self.below(path))).unwrap_or_default()), why)
    }
}

/// The path and reason in the walker's nested errors.
fn describe(error: &ignore::Error) -> (Option<&Path>, Why) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), describe(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => describe(err),
        ignore::Error::Io(error) => (None, reason(error)),
        other => (None, Why::Unread(other.to_string())),
    }
}

/// How a path, which lies at `absolute`, is shown in the folder `current`: counted from it where it lies below, else as it
/// was given.
pub(super) fn shown_from(given: &Path, absolute: &Path, current: &Path) -> String {
    shown(absolute.strip_prefix(current).unwrap_or(given))
}

/// With forward slashes; bytes that are not UTF-8 as `\xFF`, so that two names never look the same.
pub(super) fn shown(path: &Path) -> String {
    let text = printable(path.as_os_str().as_encoded_bytes());
    if std::path::MAIN_SEPARATOR == '/' { text } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// A name as text; bytes that are not UTF-8 as `\xFF`.
pub(super) fn printable(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    text
}

/// The path without `.` and `..`, by its text alone: links are not followed.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
