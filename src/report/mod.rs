//! One report, many forms: each renderer turns a [`Report`] into the text of one format.
//!
//! A renderer reads source text through [`Sources`] and knowledge of the rules through the catalogue; it asks nothing
//! else of the world, so that the same report gives the same bytes everywhere.

mod clean;
mod concise;
mod describe;
mod github;
mod gitlab;
mod html;
mod human;
mod ics;
mod json;
mod junit;
mod markup;
mod sarif;
pub mod snippet;
pub mod sources;
#[cfg(test)]
mod test_support;
pub mod timeline;
pub mod why;

use std::cell::LazyCell;
use std::io;

use crate::catalogue::Catalogue;
use crate::gate::Report;

pub use clean::clean;
pub use sources::Sources;

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With source lines, for people at a terminal.
    Human,
    /// One line each, for editors and grep.
    Concise,
    /// For scripts; schema version 1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, for annotations on GitHub.
    Github,
    /// Code Quality, for merge requests on GitLab.
    Gitlab,
    /// For test reporters.
    Junit,
    /// A page on its own.
    Html,
    /// A calendar of the triggers.
    Ics,
}

impl Format {
    /// Every format, in the order they are listed.
    pub const ALL: [Self; 9] = [
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Html,
        Self::Ics,
    ];

    /// As users write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Ics => "ics",
        }
    }

    /// The format with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What writes it.
    pub fn renderer(self) -> &'static dyn Renderer {
        match self {
            Self::Human => &human::Human,
            Self::Concise => &concise::Concise,
            Self::Json => &json::Json,
            Self::Sarif => &sarif::Sarif,
            Self::Github => &github::Github,
            Self::Gitlab => &gitlab::Gitlab,
            Self::Junit => &junit::Junit,
            Self::Html => &html::Html,
            Self::Ics => &ics::Ics,
        }
    }
}

/// Writes reports in one format.
pub trait Renderer: Sync {
    /// Writes the report.
    ///
    /// # Errors
    /// Whatever the sink says.
    fn render(&self, report: &Report, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()>;
}

/// What a renderer may use besides the report.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The text of the files.
    pub sources: &'a dyn Sources,
    /// The rules' texts.
    pub catalogue: &'a LazyCell<Catalogue>,
    /// How to write for people.
    pub style: Style,
}

/// How to write for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// With links on the rules' names.
    pub links: bool,
    /// With notes, and with all the files that were passed over.
    pub verbose: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, links: false, verbose: false, width: 120 }
    }
}
