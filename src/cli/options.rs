//! What was meant: the arguments checked and made into what the library takes. No `clap` type goes further than this.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use super::args::{CacheArgs, ReportArgs, ScanArgs, SettingArgs, TreeArgs, WindowArgs};
use crate::calendar::Period;
use crate::check::CacheFolder;
use crate::error::Error;
use crate::gate::suggest;
use crate::gate::window::{self, Support};
use crate::report::Format;

/// More threads than this are a slip of the finger.
const JOBS_LIMIT: usize = 1_024;

/// What to scan and how to judge it.
#[derive(Clone, Debug)]
pub(super) struct ScanRequest {
    /// The files and folders; at least one.
    pub(super) paths: Vec<PathBuf>,
    /// Which of the files below them.
    pub(super) selection: Selection,
    /// `--release-date`, as typed.
    pub(super) release_date: Option<String>,
    /// How long the release is supported, if the command line says so.
    pub(super) support: Option<Support>,
    /// Which config file.
    pub(super) config: ConfigChoice,
    /// Folders with further rules.
    pub(super) rules: Vec<PathBuf>,
    /// Worker threads.
    pub(super) jobs: Option<usize>,
    /// All paths are a build's output.
    pub(super) artifact: bool,
    /// Nothing to scan is fine.
    pub(super) allow_empty: bool,
    /// The baseline file.
    pub(super) baseline: Option<PathBuf>,
    /// Where what is found out is kept.
    pub(super) cache: Option<CacheFolder>,
}

/// Which files below the paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of them.
    All,
    /// What the next commit changes.
    Staged,
    /// What changed since the branch left that revision.
    Diff(String),
    /// What that file lists; `-` is standard input.
    List(PathBuf),
}

/// Which config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConfigChoice {
    /// The nearest one upward.
    Nearest,
    /// That one.
    File(PathBuf),
    /// None.
    Isolated,
}

/// A file to write a report to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// In this format.
    pub(super) format: Format,
    /// To this file.
    pub(super) path: PathBuf,
}

impl ScanRequest {
    /// Checks what `clap` cannot.
    pub(super) fn new(args: ScanArgs, baseline: Option<PathBuf>) -> Result<Self, Error> {
        let selection = match (args.staged, args.diff, args.file_list) {
            (true, ..) => Selection::Staged,
            (_, Some(revision), _) => Selection::Diff(revision),
            (_, _, Some(file)) => Selection::List(file),
            _ => Selection::All,
        };
        let (allow_empty, cache) = (args.allow_empty, cache(args.cache));
        let request = Self::of(args.tree, args.window, args.setting, baseline)?;
        Ok(Self { selection, allow_empty, cache, ..request })
    }

    /// All files of a tree.
    pub(super) fn of(
        tree: TreeArgs,
        window: WindowArgs,
        setting: SettingArgs,
        baseline: Option<PathBuf>,
    ) -> Result<Self, Error> {
        let support = match (&window.support, &window.supported_until) {
            (Some(text), _) => Some(Support::For(period(text)?)),
            (None, Some(text)) => Some(Support::Until(window::day_arg("--supported-until", text)?)),
            (None, None) => None,
        };
        let config = match (setting.config, setting.isolated) {
            (Some(file), _) => ConfigChoice::File(file),
            (None, true) => ConfigChoice::Isolated,
            (None, false) => ConfigChoice::Nearest,
        };
        if let Some(jobs) = setting.jobs.filter(|jobs| !(1..=JOBS_LIMIT).contains(jobs)) {
            return Err(Error::usage(format!("--jobs {jobs} is not between 1 and {JOBS_LIMIT}")));
        }
        let paths = if tree.paths.is_empty() { vec![PathBuf::from(".")] } else { tree.paths };
        Ok(Self {
            paths,
            selection: Selection::All,
            release_date: window.release_date,
            support,
            config,
            rules: setting.rules,
            jobs: setting.jobs,
            artifact: tree.artifact,
            allow_empty: false,
            baseline,
            cache: None,
        })
    }
}

/// Where what was found out is kept: where the user says, or else with what others keep.
fn cache(args: CacheArgs) -> Option<CacheFolder> {
    match (args.cache_dir, args.no_cache) {
        (_, true) => None,
        (Some(folder), false) => Some(CacheFolder { folder, always: true }),
        (None, false) => {
            let folders = etcetera::choose_base_strategy().ok()?;
            Some(CacheFolder { folder: folders.cache_dir().join("defuse"), always: false })
        }
    }
}

fn period(text: &str) -> Result<Period, Error> {
    let period = Period::parse(text).map_err(|why| Error::usage(format!("--support: {why}")))?;
    if period.months < 0 || period.nanos < 0 {
        return Err(Error::usage(format!("--support: `{text}` leads backwards")));
    }
    Ok(period)
}

/// The outputs of a check: what standard output gets, and the files.
pub(super) fn outputs(args: &ReportArgs) -> Result<(Format, Vec<Output>), Error> {
    let format = Format::from_name(&args.format).unwrap_or(Format::Human);
    let files = args.output.iter().map(|text| output(text)).collect::<Result<Vec<_>, _>>()?;
    Ok((format, files))
}

/// `FORMAT=FILE`, or a file whose ending tells.
fn output(text: &str) -> Result<Output, Error> {
    if let Some((name, path)) = text.split_once('=').filter(|(name, _)| !name.contains(['/', '\\', '.'])) {
        let format = Format::from_name(name).ok_or_else(|| {
            let names = Format::ALL.map(Format::name);
            let help = suggest::question(name, names).unwrap_or_else(|| format!("one of {}", names.join(", ")));
            Error::usage_with(format!("--output: there is no format `{name}`"), help)
        })?;
        return Ok(Output { format, path: PathBuf::from(path) });
    }
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    let format = match ending.to_ascii_lowercase().as_str() {
        "json" => Format::Json,
        "sarif" => Format::Sarif,
        "xml" => Format::Junit,
        "html" | "htm" => Format::Html,
        "ics" => Format::Ics,
        "txt" => Format::Human,
        _ => {
            let help = "write it as `--output FORMAT=FILE`";
            return Err(Error::usage_with(format!("--output: the name `{text}` does not tell the format"), help));
        }
    };
    Ok(Output { format, path: PathBuf::from(text) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn outputs_tell_their_format() {
        for (text, format, path) in [
            ("sarif=out.json", Format::Sarif, "out.json"),
            ("report.html", Format::Html, "report.html"),
            ("a/b.c=d.ics", Format::Ics, "a/b.c=d.ics"),
            ("gitlab=x=y", Format::Gitlab, "x=y"),
            ("OUT.SARIF", Format::Sarif, "OUT.SARIF"),
        ] {
            assert_eq!(output(text).unwrap(), Output { format, path: path.into() }, "{text}");
        }
        for text in ["report", "sarfi=x", "=x", "x.pdf"] {
            assert!(output(text).is_err(), "{text}");
        }
    }

    #[test]
    fn support_must_lead_forward() {
        assert!(period("3y").is_ok());
        for text in ["-3y", "3", "soon", ""] {
            assert!(period(text).is_err(), "{text}");
        }
    }
}
