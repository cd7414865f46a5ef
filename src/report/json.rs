//! For scripts: JSON, schema version 1. The keys and their meaning are a contract; a change needs a new version.

use std::io;

use serde::Serialize;

use super::describe::{self, shown};
use super::{Context, Renderer};
use crate::check::Skip;
use crate::finding::{Confidence, Rule, Trigger};
use crate::gate::{Judged, Level, Report, Verdict, Waived};

/// The version of the schema.
const SCHEMA: u32 = 1;

/// The JSON format.
pub(super) struct Json;

impl Renderer for Json {
    fn render(&self, report: &Report, _context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, &Document::new(report))?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    window: WindowShown,
    verdict: Verdict,
    files: FilesShown<'a>,
    findings: Vec<FindingShown<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct WindowShown {
    from: String,
    until: String,
    source: String,
}

#[derive(Serialize)]
struct FilesShown<'a> {
    seen: usize,
    parsed: usize,
    unparsed: &'a [Skip],
}

#[derive(Serialize)]
struct FindingShown<'a> {
    rule: Rule,
    level: Level,
    confidence: Confidence,
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: &'a str,
    trigger: Option<&'a Trigger>,
    effect: Option<&'a str>,
    in_test: bool,
    steps: Vec<StepShown<'a>>,
    reach: Vec<String>,
    /// From each entry point down to the function that holds the fuse, where one gets there by others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chains: Vec<Vec<&'a str>>,
    fingerprint: &'a str,
    waived: Option<&'a Waived>,
}

#[derive(Serialize)]
struct StepShown<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    note: &'a str,
}

impl<'a> Document<'a> {
    fn new(report: &'a Report) -> Self {
        let window = &report.window;
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            window: WindowShown {
                from: window.from.date_text(),
                until: window.until.date_text(),
                source: window.source.to_string(),
            },
            verdict: report.verdict,
            files: FilesShown {
                seen: report.files.seen,
                parsed: report.files.parsed,
                unparsed: &report.files.unparsed,
            },
            findings: report.findings.iter().map(FindingShown::new).collect(),
        }
    }
}

impl<'a> FindingShown<'a> {
    fn new(judged: &'a Judged) -> Self {
        let finding = &judged.finding;
        let span = shown(finding.place.span);
        Self {
            rule: finding.rule,
            level: judged.level,
            confidence: finding.confidence,
            path: &finding.place.path,
            line: span.line,
            column: span.column,
            end_line: span.end_line,
            end_column: span.end_column,
            message: &finding.message,
            trigger: finding.trigger.as_ref(),
            effect: finding.effect.as_ref().map(|effect| effect.text.as_str()),
            in_test: finding.in_test,
            steps: finding.steps.iter().map(StepShown::new).collect(),
            reach: finding.reach.names(),
            chains: describe::chains(finding),
            fingerprint: &judged.fingerprint,
            waived: judged.waived.as_ref(),
        }
    }
}

impl<'a> StepShown<'a> {
    fn new(step: &'a crate::finding::Step) -> Self {
        let span = shown(step.place.span);
        Self { path: &step.place.path, line: span.line, column: span.column, note: &step.note }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn the_contract() {
        let value: Value = serde_json::from_str(&rendered(&Json, &report(), false)).unwrap();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&value), ["schema", "tool", "window", "verdict", "files", "findings"]);
        assert_eq!(value["schema"], 1);
        assert_eq!(value["window"], json!({"from": "2024-01-01", "until": "2027-01-01", "source": "--release-date"}));
        assert_eq!(value["verdict"], "fail");
        assert_eq!(value["files"], json!({"seen": 3, "parsed": 2, "unparsed": [{"path": "src/b.c", "why": "broken"}]}));
        let first = &value["findings"][0];
        assert_eq!(
            *first,
            json!({
                "rule": "date-gate", "level": "deny", "confidence": "proven", "path": "src/a.c", "line": 3, "column": 9,
                "end_line": 3, "end_column": 25, "message": "the program stops on 2025-01-01",
                "trigger": {"at": "2025-01-01T00:00:00", "zone": "local"}, "effect": "exits", "in_test": false,
                "steps": [{"path": "src/a.c", "line": 1, "column": 21, "note": "deadline 2025-01-01 is defined here"}],
                "reach": ["main"], "fingerprint": first["fingerprint"], "waived": null
            })
        );
        assert_eq!(first["fingerprint"].as_str().unwrap().len(), 32);
        let waived = &value["findings"][2];
        assert_eq!(waived["trigger"], json!({"after": "P30D", "anchor": "install"}));
        assert_eq!(
            waived["waived"],
            json!({"reason": "the product", "owner": "licensing", "until": "2026-06-30", "by": "config"})
        );
    }
}
