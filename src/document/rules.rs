//! [`DocumentRules`]: the keys and records that are known to carry an expiry, as data (`rules/documents/*.yaml`).
//!
//! A rules file is a mapping with any of these parts:
//!
//! ```yaml
//! rows:
//!   - says: the certificate pins expire        # the finding's message, before "on DATE"
//!     rule: config-expiry
//!     files: ["**/network_security_config.xml"]
//!     contains: pin-set                        # optional: text that the file must hold
//!     keys: ["**.pin-set.expiration"]          # `*` is one part of the path, `**` any number; or
//!     lines: ['^Expires:\s*(?P<date>.+)$']     # patterns with a group date, seconds, millis, ntp, through (a year), or year, month and day
//!     value: date                              # date | seconds | millis | ntp | auto (default)
//!     elsewhere: true                          # optional: the credential readers report it; here it only keeps words silent
//!     confidence: proven
//!     severity: changes
//!     effect: pinning is switched off without a word
//!     source: https://developer.android.com/privacy-and-security/security-config
//! quiet:
//!   files: ["**/package-lock.json"]            # files in which words alone mean nothing
//!   keys: [example, examples]                  # likewise below these keys
//!   tables: [sessions]                         # words in the names of SQL tables and scripts that record what happened
//!   expired: [expired, outdated]               # names of files that are meant to have expired
//! ```

use serde::Deserialize;

use super::Format;
use crate::carried::{self, rules};
use crate::finding::{Confidence, Rule, Severity};
use crate::matcher::{Paths, Pattern};

/// A rules file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// It is not of the form above.
    #[error("{file}: {problem}")]
    Form {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file pattern is none.
    #[error("{file}: {source}")]
    Glob {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// A line pattern is none.
    #[error("{file}: {source}")]
    Pattern {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        source: Box<regex::Error>,
    },
}

/// How a value is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ValueKind {
    /// A date in text, or seconds or milliseconds since 1970 by their size.
    #[default]
    Auto,
    /// Only a date in text.
    Date,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Millis,
    /// Seconds since 1900 (RFC 5905).
    Ntp,
}

/// A known place of an expiry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) says: String,
    pub(super) rule: Rule,
    pub(super) files: Vec<String>,
    #[serde(default)]
    pub(super) contains: Option<String>,
    #[serde(default)]
    pub(super) format: Option<Format>,
    #[serde(default)]
    pub(super) keys: Vec<String>,
    #[serde(default)]
    pub(super) lines: Vec<String>,
    #[serde(default)]
    pub(super) value: ValueKind,
    #[serde(default)]
    pub(super) elsewhere: bool,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) effect: String,
    /// Where the format is defined, for whoever maintains the row.
    #[serde(default, rename = "source")]
    _source: Option<String>,
    #[serde(skip)]
    pub(super) patterns: Vec<Pattern>,
}

impl Row {
    /// Only the file's name tells that the row may apply.
    fn by_name(&self) -> bool {
        self.contains.is_none() && self.keys.is_empty() || self.format.is_some()
    }

    /// One of the row's key patterns matches the path.
    pub(super) fn names(&self, path: &[String]) -> bool {
        self.keys.iter().any(|pattern| {
            let parts: Vec<&str> = pattern.split('.').collect();
            matches_path(&parts, path)
        })
    }
}

/// `*` stands for one part, `**` for any number, anything else for itself in any case.
fn matches_path(pattern: &[&str], path: &[String]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => (0..=path.len()).any(|skip| matches_path(rest, path.get(skip..).unwrap_or(&[]))),
        (Some((&part, rest)), Some((name, below))) => {
            (part == "*" || part.eq_ignore_ascii_case(name)) && matches_path(rest, below)
        }
        _ => false,
    }
}

/// The rules file, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RulesFile {
    rows: Vec<Row>,
    quiet: Quiet,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Quiet {
    files: Vec<String>,
    keys: Vec<String>,
    tables: Vec<String>,
    expired: Vec<String>,
}

/// What the tool knows of documents.
#[derive(Clone, Debug, Default)]
pub struct DocumentRules {
    rows: Vec<Row>,
    /// The files of all rows.
    files: Paths,
    quiet: Quiet,
    quiet_files: Paths,
}

/// The rules that the tool carries.
const EMBEDDED: [(&str, &str); 8] = [
    ("annotations.yaml", rules!("documents/annotations")),
    ("end-of-life.yaml", rules!("documents/end-of-life")),
    ("licences.yaml", rules!("documents/licences")),
    ("policies.yaml", rules!("documents/policies")),
    ("signed.yaml", rules!("documents/signed")),
    ("servers.yaml", rules!("documents/servers")),
    ("flags.yaml", rules!("documents/flags")),
    ("quiet.yaml", rules!("documents/quiet")),
];

impl DocumentRules {
    /// The rules that the tool carries.
    ///
    /// # Errors
    /// Only if an embedded file is broken, which a test rules out.
    pub fn embedded() -> Result<Self, RulesError> {
        let mut rules = Self::default();
        for (file, json) in EMBEDDED {
            rules.add(carried::read(json).map_err(|e| form(file, &e))?);
        }
        Ok(rules)
    }

    /// Adds the rules of a YAML file; `file` names it in errors.
    ///
    /// # Errors
    /// Where the file is not of the form that this module describes.
    pub fn extend(&mut self, file: &str, yaml: &str) -> Result<(), RulesError> {
        let mut added: RulesFile = serde_yaml::from_str(yaml).map_err(|e| form(file, &e))?;
        let glob = |source| RulesError::Glob { file: file.to_owned(), source };
        for row in &mut added.rows {
            Paths::new(&row.files).ready().map_err(glob)?;
            let pattern = |line: &String| {
                line_pattern(line)
                    .ready()
                    .map_err(|source| RulesError::Pattern { file: file.to_owned(), source: Box::new(source) })
            };
            row.patterns = row.lines.iter().map(pattern).collect::<Result<_, _>>()?;
        }
        Paths::new(&added.quiet.files).ready().map_err(glob)?;
        self.add(added);
        Ok(())
    }

    fn add(&mut self, added: RulesFile) {
        for mut row in added.rows {
            self.files.add(&row.files, self.rows.len());
            if row.patterns.is_empty() {
                row.patterns = row.lines.iter().map(|line| line_pattern(line)).collect();
            }
            self.rows.push(row);
        }
        self.quiet_files.add(&added.quiet.files, 0);
        self.quiet.keys.extend(added.quiet.keys);
        self.quiet.tables.extend(added.quiet.tables);
        self.quiet.expired.extend(added.quiet.expired);
    }

    /// Whether a row knows files of that name whatever they contain: such a file is always a candidate.
    pub fn knows(&self, path: &str) -> bool {
        self.files.owners(path).iter().filter_map(|row| self.rows.get(*row)).any(Row::by_name)
    }

    /// Whether a row may find something in a file of that name, be it code.
    pub fn applies(&self, path: &str) -> bool {
        self.files.is_match(path)
    }

    /// The rows that apply to a file, in the order they were added.
    pub(super) fn rows_for(&self, path: &str, text: &str) -> Vec<&Row> {
        let holds = |row: &&Row| row.contains.as_ref().is_none_or(|needle| text.contains(needle.as_str()));
        self.files.owners(path).into_iter().filter_map(|row| self.rows.get(row)).filter(holds).collect()
    }

    /// Words alone mean nothing in this file.
    pub(super) fn is_quiet_file(&self, path: &str) -> bool {
        self.quiet_files.is_match(path)
    }

    /// Words alone mean nothing below this key.
    pub(super) fn is_quiet_key(&self, key: &str) -> bool {
        self.quiet.keys.iter().any(|quiet| quiet.eq_ignore_ascii_case(key))
    }

    /// Words in a table's name that say that its rows record what happened.
    pub(super) fn is_quiet_table(&self, word: &str) -> bool {
        self.quiet.tables.iter().any(|quiet| quiet == word)
    }

    /// Words in a file's name that say that it is meant to have expired.
    pub(super) fn means_expired(&self, word: &str) -> bool {
        self.quiet.expired.iter().any(|expired| expired == word)
    }
}

fn line_pattern(line: &str) -> Pattern {
    Pattern::new(line).of_lines()
}

pub(super) fn form(file: &str, error: &dyn std::error::Error) -> RulesError {
    RulesError::Form { file: file.to_owned(), problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_embedded_rules_can_be_read() {
        let rules = DocumentRules::embedded().unwrap();
        assert!(rules.rows.len() > 20);
        for row in &rules.rows {
            assert!(row.keys.is_empty() != row.lines.is_empty(), "{} needs keys or lines", row.says);
            assert!(!row.says.ends_with('.') && !row.effect.ends_with('.'), "{}", row.says);
            assert!(row.patterns.iter().all(|pattern| pattern.clone().ready().is_ok()), "{}", row.says);
        }
        assert!(rules.files.ready().is_ok() && rules.quiet_files.ready().is_ok());
    }

    #[test]
    fn some_files_are_known_by_name() {
        let rules = DocumentRules::embedded().unwrap();
        assert!(rules.knows("a/.well-known/security.txt") && rules.knows("leap-seconds.list"));
        assert!(!rules.knows("package.json") && !rules.knows("app.yaml") && !rules.knows("pom.xml"));
    }

    #[test]
    fn key_patterns() {
        let matches = |pattern: &str, path: &str| {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            matches_path(&pattern.split('.').collect::<Vec<_>>(), &path)
        };
        assert!(matches("signed.expires", "signed.expires"));
        assert!(!matches("signed.expires", "a.signed.expires"));
        assert!(matches("**.expires", "a.b.Expires") && matches("**.expires", "expires"));
        assert!(matches("ignore.*.expires", "ignore.x.expires") && !matches("ignore.*.expires", "ignore.expires"));
    }

    #[test]
    fn broken_rules_are_refused() {
        let mut rules = DocumentRules::default();
        for yaml in ["rows: 3", "other: []", "quiet: {files: ['a[']}", "rows: [{says: x}]"] {
            assert!(rules.extend("mine.yaml", yaml).unwrap_err().to_string().starts_with("mine.yaml: "), "{yaml}");
        }
    }
}
