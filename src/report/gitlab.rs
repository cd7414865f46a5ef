//! Code Quality, which GitLab shows in merge requests. Waived findings are left out: the format knows no waivers.

use std::io;

use serde::Serialize;

use super::describe::{self, shown};
use super::{Context, Renderer};
use crate::gate::{Judged, Level, Report};

/// The GitLab format.
pub(super) struct Gitlab;

impl Renderer for Gitlab {
    fn render(&self, report: &Report, _context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let issues: Vec<Issue<'_>> = report.open().map(Issue::new).collect();
        serde_json::to_writer_pretty(&mut *out, &issues)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl<'a> Issue<'a> {
    fn new(judged: &'a Judged) -> Self {
        let span = shown(judged.finding.place.span);
        Self {
            description: describe::sentence(judged),
            check_name: judged.finding.rule.id(),
            fingerprint: &judged.fingerprint,
            severity: match judged.level {
                Level::Deny => "critical",
                Level::Warn => "minor",
                Level::Note => "info",
            },
            location: Location {
                path: judged.finding.place.path.trim_start_matches("./"),
                lines: Lines { begin: span.line, end: span.end_line },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn an_issue_each() {
        let value: Value = serde_json::from_str(&rendered(&Gitlab, &report(), false)).unwrap();
        assert_eq!(value.as_array().unwrap().len(), 2, "the waived one is left out");
        assert_eq!(
            value[0],
            json!({
                "description": "the program stops on 2025-01-01", "check_name": "date-gate",
                "fingerprint": "00000000000000000000000000000001", "severity": "critical",
                "location": {"path": "src/a.c", "lines": {"begin": 3, "end": 3}}
            })
        );
    }
}
