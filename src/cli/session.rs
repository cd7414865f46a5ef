//! From a request to a report: finds the config, the root and the window, scans, and judges.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::clock;
use super::options::{ConfigChoice, ScanRequest, Selection};
use super::terminal::Terminal;
use crate::calendar::Civil;
use crate::check::{self, ScanOptions, Scanned, Scope, Shards};
use crate::error::Error;
use crate::flow::insight::Insight;
use crate::gate::baseline::{self, Baseline};
use crate::gate::config::{self, Config};
use crate::gate::window::{DEFAULT_SUPPORT, Inputs, Support};
use crate::gate::{Files, Levels, Policy, Report, Root, ScanFacts, Window, judge};
use crate::report::Sources;
use crate::report::sources::{self, Both, Memory};
use crate::source::{git, normal};

/// A report, and what is needed to show it or to write a baseline of it.
pub(super) struct Session {
    /// The answer.
    pub(super) report: Report,
    /// The text of the files.
    pub(super) sources: Box<dyn Sources>,
    /// What paths count from.
    pub(super) root: Root,
    /// The baseline that was read.
    pub(super) baseline: Baseline,
}

/// Scans and judges what was asked for.
pub(super) fn run(request: &ScanRequest, terminal: &Terminal) -> Result<Session, Error> {
    judged(request, terminal, check::scan)
}

/// Judges facts that were kept.
pub(super) fn link(request: &ScanRequest, shards: Shards, terminal: &Terminal) -> Result<Session, Error> {
    judged(request, terminal, |options| check::scan_facts(options, shards))
}

/// Judges what was asked for and tells what is known of a line; nothing if its file holds no code.
pub(super) fn inspect(
    request: &ScanRequest,
    path: &str,
    line: u32,
    terminal: &Terminal,
) -> Result<(Session, Option<Insight>), Error> {
    let mut known = None;
    let session = judged(request, terminal, |options| {
        let (scanned, insight) = check::inspect(options, path, line)?;
        known = insight;
        Ok(scanned)
    })?;
    Ok((session, known))
}

/// The facts of what was asked for, as they are kept.
pub(super) fn facts(request: &ScanRequest) -> Result<Vec<u8>, Error> {
    let place = Place::find(request)?;
    let selected = Selected::of(request, &place.root)?;
    // Facts depend on no window; any will do.
    let day = clock::today()?;
    let options = options(request, &place, (day, day), &selected);
    check::facts(&options)
}

fn judged(
    request: &ScanRequest,
    terminal: &Terminal,
    scan: impl FnOnce(&ScanOptions) -> Result<Scanned, Error>,
) -> Result<Session, Error> {
    let place = Place::find(request)?;
    let window = window(request, &place, terminal)?;
    let baseline = request.baseline.as_deref().map(read_baseline).transpose()?.unwrap_or_default();
    let selected = Selected::of(request, &place.root)?;
    let options = options(request, &place, (window.from, window.until), &selected);
    let mut scanned = scan(&options)?;
    scanned.remarks.iter().for_each(|remark| terminal.warn(remark));
    if scanned.seen == 0 && selected.is_all() && !request.allow_empty {
        return Err(Error::Empty);
    }
    selected.restrict(&mut scanned, &place.root);
    let sources: Box<dyn Sources> = match options.scope {
        Scope::Staged => Box::new(sources::Lazy::new(git::staged_contents(Path::new(".")))),
        _ => {
            let members = std::mem::take(&mut scanned.members).into_iter();
            let members: Memory = members.map(|(path, text)| (path.to_string(), text)).collect();
            Box::new(Both(members, sources::disk(place.current.clone())))
        }
    };
    let facts = ScanFacts {
        inline: sources::waivers(&scanned, &*sources),
        whole_folders: selected.is_all(),
        whole_root: selected.is_all() && place.covers_root(&request.paths),
        files: Files {
            seen: scanned.seen,
            parsed: scanned.parsed,
            unparsed: scanned.unparsed,
            skipped: scanned.skipped,
        },
    };
    let levels = Levels::new(place.config.levels);
    let policy = Policy { window, levels, waivers: place.config.waivers, baseline, root: place.root };
    let report = judge(scanned.findings, &policy, facts);
    Ok(Session { report, sources, root: policy.root, baseline: policy.baseline })
}

fn options(request: &ScanRequest, place: &Place, window: (Civil, Civil), selected: &Selected) -> ScanOptions {
    let config = &place.config;
    let mut exclude = config.exclude.clone();
    // The tool's own files hold dates that nothing meets.
    exclude.extend([config::FILE_NAME.to_owned(), baseline::FILE_NAME.to_owned()]);
    ScanOptions {
        paths: selected.paths(request, &place.current),
        scope: if request.selection == Selection::Staged { Scope::Staged } else { Scope::Tree },
        root: place.root.folder().to_owned(),
        exclude,
        tests: config.tests.clone(),
        rules: request.rules.clone(),
        models: config.models.clone(),
        artifact: request.artifact,
        limits: config.archives,
        jobs: request.jobs,
        cache: request.cache.clone(),
        window_from: window.0,
        window_until: window.1,
    }
}

/// The files that are to be judged; `None` is all of them. The whole tree is scanned all the same: a deadline that is
/// changed in one file goes off where another compares it.
struct Selected(Option<BTreeSet<PathBuf>>);

impl Selected {
    fn of(request: &ScanRequest, root: &Root) -> Result<Self, Error> {
        let here = Path::new(".");
        let files = match &request.selection {
            Selection::All => return Ok(Self(None)),
            Selection::Staged => git::staged(here).map_err(git_error("list the staged files"))?,
            Selection::Diff(revision) => git::changed_since(here, revision).map_err(git_error("list what changed"))?,
            Selection::List(file) => listed(&read_list(file)?),
        };
        Ok(Self(Some(files.iter().map(|file| root.absolute(&file.to_string_lossy())).collect())))
    }

    const fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// The paths to scan: those asked for, and by name the selected files below them, which `.gitignore` might hide.
    fn paths(&self, request: &ScanRequest, current: &Path) -> Vec<PathBuf> {
        let mut paths = request.paths.clone();
        if request.selection != Selection::Staged {
            let asked: Vec<PathBuf> = request.paths.iter().map(|path| normal(&current.join(path))).collect();
            let files = self.0.iter().flatten().filter(|file| file.is_file());
            let below = files.filter(|file| asked.iter().any(|folder| file.starts_with(folder)));
            paths.extend(below.map(|file| file.strip_prefix(current).unwrap_or(file).to_owned()));
        }
        paths
    }

    /// Keeps what has to do with a selected file.
    fn restrict(&self, scanned: &mut Scanned, root: &Root) {
        let Some(files) = &self.0 else { return };
        let chosen = |path: &str| files.contains(&root.absolute(path));
        scanned
            .findings
            .retain(|finding| chosen(&finding.place.path) || finding.steps.iter().any(|step| chosen(&step.place.path)));
        scanned.unparsed.retain(|skip| chosen(&skip.path));
        scanned.skipped.retain(|skip| chosen(&skip.path));
        scanned.marked.retain(|path| chosen(path));
    }
}

fn git_error(what: &'static str) -> impl FnOnce(git::GitError) -> Error {
    move |error| Error::Git { what, why: error.to_string() }
}

/// Where the scan happens.
struct Place {
    /// The current folder.
    current: PathBuf,
    /// The folder of the first path, absolute.
    start: PathBuf,
    /// What globs and fingerprints count from.
    root: Root,
    /// The config that holds.
    config: Config,
}

impl Place {
    fn find(request: &ScanRequest) -> Result<Self, Error> {
        let current = std::env::current_dir().map_err(Error::read(Path::new(".")))?;
        for path in &request.paths {
            std::fs::symlink_metadata(path).map_err(Error::read(path))?;
        }
        let first = request.paths.first().map_or_else(|| current.clone(), |path| normal(&current.join(path)));
        let start = if first.is_dir() { first } else { first.parent().map_or_else(|| first.clone(), Path::to_owned) };
        let top = start.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
        // Without a repository nothing above the current folder, or the scanned one, is the project's.
        let top = top.unwrap_or_else(|| if start.starts_with(&current) { current.clone() } else { start.clone() });
        let file = match &request.config {
            ConfigChoice::Nearest => config::find(&start, &top),
            ConfigChoice::File(file) => Some(file.clone()),
            ConfigChoice::Isolated => None,
        };
        let folder = match (&request.config, file.as_deref().and_then(Path::parent)) {
            (ConfigChoice::Nearest, Some(folder)) => folder.to_owned(),
            _ => top,
        };
        let root = Root::new(&folder, &current);
        let config = file.map(|file| read_config(&file, &root)).transpose()?.unwrap_or_default();
        Ok(Self { current, start, root, config })
    }

    /// Whether one of the paths is the root or lies above it.
    fn covers_root(&self, paths: &[PathBuf]) -> bool {
        paths.iter().any(|path| self.root.folder().starts_with(normal(&self.current.join(path))))
    }
}

fn read_config(file: &Path, root: &Root) -> Result<Config, Error> {
    let text = std::fs::read_to_string(file).map_err(Error::read(file))?;
    Config::parse(&root.printed(file), &text)
}

fn read_baseline(file: &Path) -> Result<Baseline, Error> {
    let text = std::fs::read_to_string(file).map_err(Error::read(file))?;
    Baseline::parse(&file.to_string_lossy(), &text)
}

fn window(request: &ScanRequest, place: &Place, terminal: &Terminal) -> Result<Window, Error> {
    let config = &place.config;
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok();
    let flag = request.release_date.as_deref();
    let named = flag.is_some() || config.release_date.is_some() || epoch.is_some();
    // With --staged the commit is about to be made, and its date will be today's.
    let commit =
        if named || request.selection == Selection::Staged { None } else { commit_date(&place.start, terminal) };
    let inputs = Inputs { flag, config: config.release_date, epoch: epoch.as_deref(), commit, today: clock::today()? };
    let support = request.support.unwrap_or(Support::For(config.support.unwrap_or(DEFAULT_SUPPORT)));
    Window::resolve(&inputs, support)
}

fn commit_date(folder: &Path, terminal: &Terminal) -> Option<i64> {
    git::head_date(folder).unwrap_or_else(|error| {
        terminal.warn(&format!("the commit's date is not known ({error}): the release date is today"));
        None
    })
}

fn read_list(file: &Path) -> Result<Vec<u8>, Error> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(Error::read(Path::new("standard input")))?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(Error::read(file))
}

/// Names separated by NUL; a list without any is read by lines, which is what people write by hand.
fn listed(bytes: &[u8]) -> Vec<PathBuf> {
    let separator = if bytes.contains(&0) { 0 } else { b'\n' };
    bytes
        .split(|byte| *byte == separator)
        .map(|name| if separator == 0 { name } else { name.strip_suffix(b"\r").unwrap_or(name) })
        .filter(|name| !name.is_empty())
        .map(git::path_of)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_separated_by_nul_or_lines() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(listed(b"a\0b c\0d\ne\0"), paths(&["a", "b c", "d\ne"]));
        assert_eq!(listed(b"a\r\nb\n\n"), paths(&["a", "b"]));
        assert_eq!(listed(b""), paths(&[]));
    }
}
