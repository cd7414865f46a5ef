//! The exit codes, which scripts rely on.

use std::process::ExitCode;

use crate::gate::Verdict;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: the gate passes, or the command did what it was asked.
    Pass,
    /// 1: the gate fails.
    Fail,
    /// 2: it could not judge; never 0 in doubt.
    Error,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Fail => Self::Fail,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Pass => 0,
            Exit::Fail => 1,
            Exit::Error => 2,
        })
    }
}
