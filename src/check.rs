//! Runs the stages in order: walk, read, sift, parse, lower, flow, link. What comes out is evidence, not a verdict.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::calendar::{Civil, ReadZone};
use crate::credential;
use crate::document::{self, DatedKey};
use crate::error::Error;
use crate::finding::{Finding, Span, Zone};
use crate::flow::facts::FileFacts;
use crate::flow::{Configured, World, fuse, key_of, test_code, trace};
use crate::knowledge::Knowledge;
use crate::source::{self, Excludes, File, Marks, WalkError, WalkOptions, decode};

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

/// What one file gave.
struct Read {
    facts: Option<FileFacts>,
    findings: Vec<Finding>,
    dated: Vec<DatedKey>,
    /// It may hold a waiver.
    marked: bool,
    /// It was parsed.
    parsed: bool,
    /// Why not, or not all of it.
    problem: Option<String>,
    /// Its lines, if it holds decisions that may become findings.
    text: Option<Arc<str>>,
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
    let walk = WalkOptions { current_dir, excludes, jobs: options.jobs.unwrap_or(0) };
    let scope = match &options.scope {
        Scope::Tree => source::Scope::Source(options.paths.clone()),
        Scope::Files(files) => source::Scope::Files(files.clone()),
        Scope::Staged => source::Scope::Index(options.paths.clone()),
    };
    let scan = source::scan(&scope, &walk, &sift, |file| Some(read(&knowledge, file))).map_err(walk_error)?;
    let mut scanned = Scanned { seen: scan.seen, ..Scanned::default() };
    scanned.skipped =
        scan.skipped.into_iter().map(|skip| Skip { path: skip.path.to_string(), why: skip.why }).collect();
    let mut facts = Vec::new();
    let mut configured: HashMap<String, Vec<Configured>> = HashMap::new();
    let mut texts: HashMap<Arc<str>, Arc<str>> = HashMap::new();
    for (path, read) in scan.results {
        scanned.parsed += usize::from(read.parsed);
        scanned.findings.extend(read.findings);
        if let Some(why) = read.problem {
            scanned.unparsed.push(Skip { path: path.to_string(), why });
        }
        if read.marked {
            scanned.marked.push(path.clone());
        }
        for key in &read.dated {
            let entry = Configured {
                path: path.clone(),
                span: key.value_span,
                at: key.reading.instant(),
                zone: if key.reading.zone == ReadZone::Unstated { Zone::Local } else { Zone::Utc },
            };
            let key = key.path.iter().rev().find(|part| part.parse::<usize>().is_err()).map_or("", String::as_str);
            configured.entry(key_of(key)).or_default().push(entry);
        }
        texts.extend(read.text.map(|text| (path, text)));
        facts.extend(read.facts);
    }
    let (fuses, gave_up) = link(&knowledge, &facts, configured, (options.window_from, options.window_until));
    if gave_up {
        let why = "there are more decisions on the clock than are followed in one run".to_owned();
        scanned.unparsed.push(Skip { path: ".".to_owned(), why });
    }
    for mut finding in fuses {
        if finding.matched.is_empty() {
            finding.matched =
                texts.get(&finding.place.path).map(|text| cut(text, finding.place.span)).unwrap_or_default();
        }
        replace_document(&mut scanned.findings, &finding);
        scanned.findings.push(finding);
    }
    Ok(scanned)
}

/// Links the facts of all files on a thread with room for deep recursion.
fn link(
    knowledge: &Knowledge,
    facts: &[FileFacts],
    configured: HashMap<String, Vec<Configured>>,
    window: (Civil, Civil),
) -> (Vec<Finding>, bool) {
    const STACK: usize = 256 << 20;
    let run = move || {
        let models = knowledge.languages.models();
        let world = World::new(facts, &models, &knowledge.words, configured, window);
        let fuses = fuse::find(&world);
        (fuses.findings, fuses.gave_up)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or((Vec::new(), true))
    })
}

/// Where code compares a document's date with the clock, the document's own finding by key and word is the same thing.
fn replace_document(findings: &mut Vec<Finding>, proven: &Finding) {
    findings.retain(|finding| {
        let same = |place: &crate::finding::Place| {
            place.path == finding.place.path && place.span.line == finding.place.span.line
        };
        finding.rule != crate::finding::Rule::ConfigExpiry || !proven.steps.iter().any(|step| same(&step.place))
    });
}

/// Everything that depends on the file's bytes and the rules alone.
fn read(knowledge: &Knowledge, file: &File<'_>) -> Read {
    let languages = knowledge.languages.list();
    let own = languages.get(file.group).map(|_| file.group);
    let in_test = knowledge.is_test(&file.path, own);
    let mut read = Read {
        facts: None,
        findings: Vec::new(),
        dated: Vec::new(),
        marked: file.marks.has(Marks::WAIVER),
        parsed: false,
        problem: None,
        text: None,
    };
    let is_credential = file.group == languages.len() + 1;
    if file.marks.has(Marks::CREDENTIAL) || is_credential {
        read.findings = credential::findings(&file.path, file.bytes, &credential::Context { in_test });
    }
    if decode::is_binary(file.bytes) {
        return read;
    }
    let timed = file.marks.any(Marks::CLOCK | Marks::DEADLINE | Marks::YEAR);
    if own.is_none()
        && !is_credential
        && (file.marks.any(Marks::DEADLINE | Marks::EXPIRY) || knowledge.documents.knows(&file.path))
    {
        let decoded = decode::text(file.bytes);
        let result = document::findings(&file.path, &decoded.text, &knowledge.documents, &knowledge.words, in_test);
        read.parsed = true;
        read.findings.extend(result.findings);
        read.dated = result.dated;
        read.problem = result.problem;
    }
    if file.marks.has(Marks::ANNOTATION) {
        let decoded = decode::text(file.bytes);
        read.findings.extend(document::promises(&file.path, &decoded.text, &knowledge.promises, in_test));
    }
    if own.is_some() && timed {
        let decoded = decode::text(file.bytes);
        code(knowledge, file, &decoded.text, in_test, &mut read);
    }
    read
}

/// Parses and traces a file of a language.
fn code(knowledge: &Knowledge, file: &File<'_>, text: &str, in_test: bool, read: &mut Read) {
    let Some(language) = knowledge.languages.of(&file.path, file.bytes) else { return };
    let module = (language.lower)(text);
    let mut facts = trace::trace(file.path.clone(), &module, &language.models);
    facts.language = language.id;
    facts.in_test = in_test;
    test_code::mark(&mut facts, &module, text, &language.models);
    read.parsed = true;
    if let Some(first) = facts.gaps.first() {
        let lines: u32 = facts.gaps.iter().map(|gap| gap.end_line + 1 - gap.line.min(gap.end_line)).sum();
        read.problem = Some(format!("{lines} lines could not be parsed, from line {} on", first.line));
    }
    read.text = file.marks.has(Marks::CLOCK).then(|| text.into());
    read.facts = Some(facts);
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
