//! Runs the examples of a catalogue: each is written to a folder of its own, scanned and judged, and what is found is
//! compared with what the example expects.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::example::{Example, Expected};
use super::{Catalogue, Document};
use crate::calendar::Civil;
use crate::check::{self, ScanOptions, Scope};
use crate::error::Error;
use crate::finding::Rule;
use crate::gate::baseline::Baseline;
use crate::gate::window::{DEFAULT_SUPPORT, Source};
use crate::gate::{self, Judged, Level, Levels, Policy, Report, Root, ScanFacts, Window};

/// An example that did not do what it says.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The document's rule.
    pub rule: Rule,
    /// The example's name.
    pub name: String,
    /// Its line in the document.
    pub line: u32,
    /// What differs, one sentence each.
    pub differences: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.md:{}: {}", self.rule, self.line, self.name)?;
        self.differences.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}

/// Runs every example of every document. `scan` is given the folder and the release date; [`scan`] is the real one.
///
/// # Errors
/// When an example cannot be written or scanned.
pub fn run_examples(
    catalogue: &Catalogue,
    mut scan: impl FnMut(&Path, Civil) -> Result<Report, Error>,
) -> Result<Vec<Failure>, Error> {
    let examples = catalogue.documents().flat_map(|document: &Document| &document.examples);
    let mut failures = Vec::new();
    for example in examples {
        let scratch = Scratch::new(example)?;
        let report = scan(&scratch.folder, example.release)?;
        let differences = differences(example, &report, &scratch.folder);
        if !differences.is_empty() {
            let (rule, name, line) = (example.rule, example.name.clone(), example.line);
            failures.push(Failure { rule, name, line, differences });
        }
    }
    Ok(failures)
}

/// Scans and judges a folder with the defaults: no config file, three years of support.
///
/// # Errors
/// What the scan says.
pub fn scan(folder: &Path, release: Civil) -> Result<Report, Error> {
    let end = DEFAULT_SUPPORT.after(release.instant()).and_then(|end| end.civil());
    let until = end.ok_or_else(|| Error::usage("the release date leads out of the calendar"))?;
    let window = Window { from: release, until, source: Source::Flag };
    let options = ScanOptions {
        cache: None,
        paths: vec![folder.to_owned()],
        scope: Scope::Tree,
        root: folder.to_owned(),
        exclude: Vec::new(),
        tests: Vec::new(),
        rules: Vec::new(),
        models: None,
        artifact: false,
        limits: crate::source::Limits::default(),
        jobs: Some(1),
        window_from: window.from,
        window_until: window.until,
    };
    let scanned = check::scan(&options)?;
    let policy = Policy {
        window,
        levels: Levels::default(),
        waivers: Vec::new(),
        baseline: Baseline::default(),
        root: Root::new(folder, folder),
    };
    let sources = crate::report::sources::disk(folder.to_owned());
    let inline = crate::report::sources::waivers(&scanned, &sources);
    let facts = ScanFacts { inline, whole_folders: true, whole_root: true, ..ScanFacts::default() };
    Ok(gate::judge(scanned.findings, &policy, facts))
}

/// What was expected and not found, and what was found loudly and not expected.
fn differences(example: &Example, report: &Report, folder: &Path) -> Vec<String> {
    let mut open: Vec<(&str, &Expected)> =
        example.files.iter().flat_map(|file| file.expected.iter().map(|e| (file.path.as_str(), e))).collect();
    let mut extra = Vec::new();
    for judged in &report.findings {
        let path = relative(&judged.finding.place.path, folder);
        match open.iter().position(|(file, expected)| *file == path && expected.is_met_by(judged)) {
            Some(met) => {
                open.remove(met);
            }
            None if judged.level > Level::Note => extra.push(format!("unexpected {}", found(&path, judged))),
            None => {}
        }
    }
    let mut all: Vec<String> =
        open.iter().map(|(path, expected)| format!("missing {}", wanted(path, expected))).collect();
    all.extend(extra);
    all
}

fn relative(printed: &str, folder: &Path) -> String {
    Path::new(printed)
        .strip_prefix(folder)
        .map_or_else(|_| printed.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn wanted(path: &str, expected: &Expected) -> String {
    let trigger = expected.trigger.as_ref().map_or(String::new(), |trigger| format!(" {trigger}"));
    let level = expected.level.map_or("deny or warn", Level::name);
    format!("{path}:{}: {}{trigger} {level}", expected.line, expected.rule)
}

fn found(path: &str, judged: &Judged) -> String {
    let finding = &judged.finding;
    let trigger = finding.trigger.as_ref().map_or(String::new(), |trigger| match trigger {
        crate::finding::Trigger::At { at, .. } => format!(" {at}"),
        crate::finding::Trigger::After { after, .. } => format!(" {after}"),
    });
    let (line, rule, level) = (finding.place.span.line.max(1), finding.rule, judged.level.name());
    format!("{path}:{line}: {rule}{trigger} {level}: {}", finding.message)
}

/// A folder that holds an example and goes when this does.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new(example: &Example) -> Result<Self, Error> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("defuse-example-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).map_err(Error::write(&folder))?;
        let scratch = Self { folder };
        for file in &example.files {
            let path = scratch.folder.join(&file.path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(Error::write(parent))?;
            }
            std::fs::write(&path, &file.text).map_err(Error::write(&path))?;
        }
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that stays behind in the system's scratch space is no reason to fail.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gate::test_support::finding;

    const DOCUMENT: &str = "---\nid: date-gate\nsummary: s.\nlevel: deny\nincident: i\n---\n\n## Examples\n\n### Bad\n\n\
                            ```c path=src/a.c\n\n\nif (x) // ~ date-gate 2025-01-01 deny\n```\n\n### Good\n\n```c\nint x;\n```\n";

    fn run(mut found: impl FnMut(&Path) -> Vec<crate::finding::Finding>) -> Vec<Failure> {
        let mut catalogue = Catalogue::default();
        catalogue.add(Document::parse("x.md", DOCUMENT).unwrap());
        run_examples(&catalogue, |folder, release| {
            let base = scan(folder, release)?;
            let policy = Policy {
                window: base.window,
                levels: Levels::default(),
                waivers: Vec::new(),
                baseline: Baseline::default(),
                root: Root::new(folder, folder),
            };
            Ok(gate::judge(found(folder), &policy, ScanFacts::default()))
        })
        .unwrap()
    }

    fn at(folder: &Path, path: &str) -> crate::finding::Finding {
        let mut finding = finding(Rule::DateGate, "2025-01-01");
        finding.place.path = folder.join(path).to_string_lossy().as_ref().into();
        finding
    }

    #[test]
    fn examples_pass_when_they_hold() {
        let failures = run(|folder| {
            let bad = folder.join("src/a.c");
            if bad.exists() {
                assert_eq!(std::fs::read_to_string(bad).unwrap(), "\n\nif (x)\n");
                vec![at(folder, "src/a.c")]
            } else {
                Vec::new()
            }
        });
        assert!(failures.is_empty(), "{failures:?}");
    }

    #[test]
    fn what_differs_is_told() {
        let failures = run(|folder| vec![at(folder, "example.c")]);
        let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "date-gate.md:12: Bad\n  missing src/a.c:3: date-gate 2025-01-01 deny\n  \
                 unexpected example.c:3: date-gate 2025-01-01T00:00:00 deny: the program stops on 2025-01-01",
                "date-gate.md:20: Good\n  \
                 unexpected example.c:3: date-gate 2025-01-01T00:00:00 deny: the program stops on 2025-01-01",
            ]
        );
    }
}
