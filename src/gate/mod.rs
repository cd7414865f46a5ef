//! Policy over findings: the window, the levels, the waivers, the baseline, and the verdict.
//!
//! [`judge`] is the whole of it: evidence and policy in, a [`Report`] out. Nothing here reads a file or a clock.

pub mod baseline;
pub mod config;
pub mod fingerprint;
pub mod level;
mod located;
pub mod root;
pub mod schema;
pub mod suggest;
#[cfg(test)]
pub(crate) mod test_support;
pub mod verdict;
pub mod waiver;
pub mod window;

pub use level::{Level, Levels, RuleLevel};
pub use root::Root;
pub use verdict::{Files, Judged, Report, Verdict, Waived, WaivedBy, judge};
pub use window::Window;

use baseline::Baseline;
use config::ConfigWaiver;
use waiver::InlineWaivers;

/// What is asked of a release.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The days on which it has to work.
    pub window: Window,
    /// The level of each rule.
    pub levels: Levels,
    /// The waivers of the config file.
    pub waivers: Vec<ConfigWaiver>,
    /// Findings that were there before the gate was.
    pub baseline: Baseline,
    /// What paths count from in waivers and fingerprints.
    pub root: Root,
}

/// What a scan saw besides its findings.
#[derive(Clone, Debug, Default)]
pub struct ScanFacts {
    /// The files.
    pub files: Files,
    /// The waivers in their comments.
    pub inline: InlineWaivers,
    /// Whole folders were scanned, so that an inline waiver without a finding is unused.
    pub whole_folders: bool,
    /// Everything below the root was scanned, so that a waiver of the config file without a finding is unused.
    pub whole_root: bool,
}
