//! The baseline: findings that were there before the gate was, so that it can be switched on in an old tree.
//!
//! The file is JSON, sorted, one finding to a line, so that two branches merge. Only the fingerprint counts when it is
//! read; the rest of a line is there for people.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Level;
use super::root::Root;
use super::verdict::{Report, WaivedBy};
use crate::error::{Error, Problem};
use crate::finding::{Span, Trigger};

/// The name that `baseline write` gives the file.
pub const FILE_NAME: &str = "defuse-baseline.json";

/// The schema of the file.
const SCHEMA: u32 = 1;

/// One finding of a baseline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The file, counted from the root.
    pub path: String,
    /// The rule's name.
    pub rule: String,
    /// When it goes off, for people.
    #[serde(default)]
    pub trigger: String,
    /// The finding's identity.
    pub fingerprint: String,
}

/// A set of known findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeSet<Entry>,
    fingerprints: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Stored {
    schema: u32,
    findings: Vec<Entry>,
}

impl Baseline {
    /// A baseline of what a report denies or warns of and nobody has waived. Notes are left out: one whose trigger
    /// moves into the window of a later release is news.
    pub fn of(report: &Report, root: &Root) -> Self {
        let known = report.findings.iter().filter(|judged| {
            let waived = judged.waived.as_ref().is_some_and(|waived| waived.by != WaivedBy::Baseline);
            judged.level > Level::Note && !waived
        });
        known
            .map(|judged| Entry {
                path: root.relative(&judged.finding.place.path),
                rule: judged.finding.rule.id().to_owned(),
                trigger: judged.finding.trigger.as_ref().map(short).unwrap_or_default(),
                fingerprint: judged.fingerprint.clone(),
            })
            .collect()
    }

    /// Reads a baseline file; `path` is how the user would open it.
    ///
    /// # Errors
    /// [`Error::Problems`] when it is no baseline, or one of a later schema.
    pub fn parse(path: &str, text: &str) -> Result<Self, Error> {
        let refuse = |line: usize, column: usize, label: String| {
            let (line, column) = (u32::try_from(line.max(1)).unwrap_or(1), u32::try_from(column.max(1)).unwrap_or(1));
            Error::Problems(vec![Problem {
                title: "this is not a baseline".to_owned(),
                path: path.to_owned(),
                text: text.into(),
                span: Span::on_line(line, column, column + 1),
                label,
                help: Some("write a new one with `defuse baseline write`".to_owned()),
            }])
        };
        let stored: Stored =
            serde_json::from_str(text).map_err(|error| refuse(error.line(), error.column(), plain(&error)))?;
        if stored.schema != SCHEMA {
            return Err(refuse(1, 1, format!("it has schema {}, and this version reads {SCHEMA}", stored.schema)));
        }
        Ok(stored.findings.into_iter().collect())
    }

    /// Whether a finding is known.
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.fingerprints.contains(fingerprint)
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Those that the report still has, as they were: pruning never adds.
    #[must_use]
    pub fn pruned(&self, report: &Report) -> Self {
        let live: BTreeSet<&str> = report.findings.iter().map(|judged| judged.fingerprint.as_str()).collect();
        self.entries.iter().filter(|entry| live.contains(entry.fingerprint.as_str())).cloned().collect()
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never in practice: an entry is plain text.
    pub fn render(&self) -> serde_json::Result<String> {
        let lines = self.entries.iter().map(serde_json::to_string).collect::<serde_json::Result<Vec<_>>>()?;
        let body = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
        Ok(format!("{{\"schema\": {SCHEMA}, \"findings\": [{body}]}}\n"))
    }
}

impl FromIterator<Entry> for Baseline {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries: BTreeSet<Entry> = entries.into_iter().collect();
        let fingerprints = entries.iter().map(|entry| entry.fingerprint.clone()).collect();
        Self { entries, fingerprints }
    }
}

fn short(trigger: &Trigger) -> String {
    match trigger {
        Trigger::At { at, .. } => at.date_text(),
        Trigger::After { after, anchor } => format!("{after} after {anchor}"),
    }
}

/// The cause without the place: the snippet shows the place.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(cause, _)| cause.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entry(path: &str, fingerprint: &str) -> Entry {
        Entry {
            path: path.into(),
            rule: "date-gate".into(),
            trigger: "2025-01-01".into(),
            fingerprint: fingerprint.into(),
        }
    }

    #[test]
    fn one_sorted_finding_to_a_line() {
        let baseline: Baseline = [entry("b", "1"), entry("a", "2"), entry("a", "2")].into_iter().collect();
        let text = baseline.render().unwrap();
        assert_eq!(
            text,
            "{\"schema\": 1, \"findings\": [\n\
             {\"path\":\"a\",\"rule\":\"date-gate\",\"trigger\":\"2025-01-01\",\"fingerprint\":\"2\"},\n\
             {\"path\":\"b\",\"rule\":\"date-gate\",\"trigger\":\"2025-01-01\",\"fingerprint\":\"1\"}\n]}\n"
        );
        assert_eq!(Baseline::parse("x", &text).unwrap(), baseline);
        assert!(baseline.knows("1") && !baseline.knows("3"));
    }

    #[test]
    fn an_empty_one_reads_back() {
        let text = Baseline::default().render().unwrap();
        assert_eq!(text, "{\"schema\": 1, \"findings\": []}\n");
        assert!(Baseline::parse("x", &text).unwrap().is_empty());
    }

    #[test]
    fn anything_else_is_refused_with_its_place() {
        for text in ["", "[]", "{\"schema\": 1}", "{\"schema\": 2, \"findings\": []}", "\u{0}"] {
            assert!(matches!(Baseline::parse("x", text), Err(Error::Problems(_))), "{text:?}");
        }
    }
}
