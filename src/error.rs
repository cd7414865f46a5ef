//! Every error a user can meet: a title, what it is about, and what to do. All of them mean "could not judge".

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Span;

/// Something wrong in a file that the user wrote for this tool, with the place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// One sentence without a final full stop.
    pub title: String,
    /// The file, as the user would open it.
    pub path: String,
    /// The whole text of the file.
    pub text: Arc<str>,
    /// Where in it.
    pub span: Span,
    /// What stands under the carets.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Why the tool could not judge.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that cannot be.
    #[error("{title}")]
    Usage {
        /// What is wrong.
        title: String,
        /// What to write instead.
        help: Option<String>,
    },
    /// A file written for this tool (config, baseline, rules) is wrong; at least one problem.
    #[error("{}", first_title(.0))]
    Problems(Vec<Problem>),
    /// A file or folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file or stream cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `git` was asked and did not answer.
    #[error("git could not {what}")]
    Git {
        /// What it was asked to do: "list the staged files".
        what: &'static str,
        /// What it said.
        why: String,
    },
    /// There was nothing to look at.
    #[error("nothing to scan")]
    Empty,
    /// The tool's own embedded data is broken: a fault of this program.
    #[error("the embedded {what} cannot be read")]
    Embedded {
        /// Which data.
        what: &'static str,
        /// Why.
        why: String,
    },
}

impl Error {
    /// A usage error with nothing to add.
    pub fn usage(title: impl Into<String>) -> Self {
        Self::Usage { title: title.into(), help: None }
    }

    /// A usage error and what to write instead.
    pub fn usage_with(title: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { title: title.into(), help: Some(help.into()) }
    }

    /// For `map_err`: that file cannot be read.
    pub fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }

    /// For `map_err`: that file cannot be written.
    pub fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Write { path, source }
    }

    /// Whether this is only a reader that went away (`defuse check | head`).
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Write { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// The cause, in plain words, where the title does not say it all.
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::Read { source, .. } | Self::Write { source, .. } => Some(source.to_string()),
            Self::Git { why, .. } | Self::Embedded { why, .. } => Some(why.trim().to_owned()).filter(|w| !w.is_empty()),
            Self::Usage { .. } | Self::Problems(_) | Self::Empty => None,
        }
    }

    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Usage { help, .. } => help.clone(),
            Self::Empty => Some("name a path that holds files, or pass --allow-empty if this is expected".to_owned()),
            Self::Embedded { .. } => Some("this is a fault in defuse: please report it".to_owned()),
            Self::Problems(_) | Self::Read { .. } | Self::Write { .. } | Self::Git { .. } => None,
        }
    }
}

fn first_title(problems: &[Problem]) -> &str {
    problems.first().map_or("a file is wrong", |problem| &problem.title)
}
