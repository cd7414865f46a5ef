//! What was typed: the one definition of parser, help, completions and man page. Nothing is checked here that needs more
//! than the words themselves; [`super::options`] does that.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::report::Format;

/// Will this build stop working on a date, and if so when, where, and what stops?
#[derive(Debug, Parser)]
#[command(name = "defuse", version, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 the gate passes, 1 it fails, 2 it could not judge.")]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalArgs {
    /// Say nothing but the report and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show notes and every file that was passed over
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    pub(super) color: ColorWhen,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// At a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge a tree: fails when something stops working while the release is supported
    Check(CheckArgs),
    /// List what goes off when, in date order
    Timeline(TimelineArgs),
    /// Say how the verdict on a line came about, or what is known of it where there is none
    Why(WhyArgs),
    /// Keep the facts of files, for `link`: the first half of a check
    Facts(FactsArgs),
    /// Judge kept facts: the second half of a check
    Link(LinkArgs),
    /// Explain a rule: why, a real incident, bad and good code
    Explain(ExplainArgs),
    /// List the rules, or run the examples in a rules folder
    Rules(RulesArgs),
    /// Record what is there today, so that only what is new fails
    Baseline(BaselineArgs),
    /// Write a commented defuse.yaml
    Init(InitArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the man page
    Man,
}

/// What to scan, and at which date.
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) window: WindowArgs,
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// Only what the next commit changes, as the index holds it
    #[arg(long, help_heading = "Selection", group = "selection", conflicts_with = "artifact")]
    pub(super) staged: bool,
    /// Only files that changed since this branch left REF
    #[arg(long, value_name = "REF", help_heading = "Selection", group = "selection", conflicts_with = "artifact")]
    pub(super) diff: Option<String>,
    /// Only the files in this list, separated by NUL; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = "Selection", group = "selection", conflicts_with = "artifact")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file_list: Option<PathBuf>,
    #[command(flatten)]
    pub(super) setting: SettingArgs,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
    /// Pass when there is nothing to scan
    #[arg(long)]
    pub(super) allow_empty: bool,
}

/// Which tree.
#[derive(Debug, Args)]
pub(super) struct TreeArgs {
    /// Files and folders to scan
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// The paths hold what a build made: ignore nothing, open archives [default for archives, `dist`, and folders that git
    /// ignores]
    #[arg(long, help_heading = "Selection")]
    pub(super) artifact: bool,
}

/// When the release is made, and how long it lives.
#[derive(Debug, Default, Args)]
pub(super) struct WindowArgs {
    /// The release date, YYYY-MM-DD, or `today`; by default the config's, SOURCE_DATE_EPOCH, or the commit's date
    #[arg(long, value_name = "DATE", help_heading = "Window")]
    pub(super) release_date: Option<String>,
    /// How long the release is supported: `3y`, `18 months`, `90d` [default: 3 years]
    #[arg(long, value_name = "PERIOD", help_heading = "Window")]
    pub(super) support: Option<String>,
    /// The last day of support, YYYY-MM-DD
    #[arg(long, value_name = "DATE", help_heading = "Window", conflicts_with = "support")]
    pub(super) supported_until: Option<String>,
}

/// What is known, and how hard to work.
#[derive(Debug, Args)]
pub(super) struct SettingArgs {
    /// The config file, instead of the nearest defuse.yaml upward
    #[arg(long, value_name = "FILE", help_heading = "Configuration", value_hint = ValueHint::FilePath)]
    pub(super) config: Option<PathBuf>,
    /// Read no config file
    #[arg(long, help_heading = "Configuration", conflicts_with = "config")]
    pub(super) isolated: bool,
    /// A folder with further rules; may be given more than once
    #[arg(long, value_name = "DIR", help_heading = "Configuration", value_hint = ValueHint::DirPath)]
    pub(super) rules: Vec<PathBuf>,
    /// Worker threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<usize>,
}

/// What is kept for the next time.
#[derive(Debug, Default, Args)]
pub(super) struct CacheArgs {
    /// Where to keep what was found out, for the next time [default: the user's cache folder, for large trees]
    #[arg(long, value_name = "DIR", help_heading = "Configuration", value_hint = ValueHint::DirPath)]
    pub(super) cache_dir: Option<PathBuf>,
    /// Keep nothing, and use nothing that was kept
    #[arg(long, help_heading = "Configuration", conflicts_with = "cache_dir")]
    pub(super) no_cache: bool,
}

/// How to report.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// What to write to standard output
    #[arg(long, value_name = "FORMAT", default_value = Format::Human.name(), help_heading = "Output")]
    #[arg(value_parser = PossibleValuesParser::new(Format::ALL.map(Format::name)))]
    pub(super) format: String,
    /// Also write to a file; the format is the file's by its ending unless it is given
    #[arg(long, value_name = "[FORMAT=]FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub(super) output: Vec<String>,
    /// Pass over the findings that this file knows
    #[arg(long, value_name = "FILE", help_heading = "Configuration", value_hint = ValueHint::FilePath)]
    pub(super) baseline: Option<PathBuf>,
    /// Exit with 0 even if the gate fails
    #[arg(long)]
    pub(super) exit_zero: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) scan: ScanArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

/// Arguments of `why`.
#[derive(Debug, Args)]
pub(super) struct WhyArgs {
    /// The line, as reports name it
    #[arg(value_name = "PATH:LINE", value_hint = ValueHint::FilePath)]
    pub(super) line: String,
    /// Files and folders that belong to it [default: the current folder]
    #[arg(value_name = "TREE", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) window: WindowArgs,
    #[command(flatten)]
    pub(super) setting: SettingArgs,
}

/// Arguments of `facts`.
#[derive(Debug, Args)]
pub(super) struct FactsArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    #[command(flatten)]
    pub(super) setting: SettingArgs,
    /// The file to keep them in
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,
}

/// Arguments of `link`.
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// Files that `defuse facts` wrote
    #[arg(value_name = "FACTS", required = true, value_hint = ValueHint::FilePath)]
    pub(super) facts: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) window: WindowArgs,
    #[command(flatten)]
    pub(super) setting: SettingArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

/// Arguments of `timeline`.
#[derive(Debug, Args)]
pub(super) struct TimelineArgs {
    #[command(flatten)]
    pub(super) scan: ScanArgs,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule; all of them in short without one
    #[arg(value_name = "RULE")]
    pub(super) rule: Option<String>,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) command: Option<RulesCommand>,
}

/// The subcommands of `rules`.
#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List the rules
    List,
    /// Run the examples of every document in a folder; without one, of the documents that come with the tool
    Test {
        /// The folder
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: Option<PathBuf>,
    },
}

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    #[command(subcommand)]
    pub(super) command: BaselineCommand,
}

/// The subcommands of `baseline`.
#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Record what is denied or warned of today
    Write(BaselineFileArgs),
    /// Drop what is no longer there; never adds
    Prune(BaselineFileArgs),
}

/// Arguments of `baseline write` and `baseline prune`.
#[derive(Debug, Args)]
pub(super) struct BaselineFileArgs {
    #[command(flatten)]
    pub(super) scan: ScanArgs,
    /// The baseline file
    #[arg(long, value_name = "FILE", default_value = crate::gate::baseline::FILE_NAME, value_hint = ValueHint::FilePath)]
    pub(super) baseline: PathBuf,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The folder to write it to
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: clap_complete::Shell,
}
