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

use globset::{Glob, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::Format;
use crate::finding::{Confidence, Rule, Severity};

/// A rules file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// It is not of the form above.
    #[error("{file}: {source}")]
    Form {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        source: serde_yaml::Error,
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
    pub(super) patterns: Vec<Regex>,
}

impl Row {
    /// Only the file's name tells that the row may apply.
    fn by_name(&self) -> bool {
        self.contains.is_none() && self.keys.is_empty() || self.format.is_some()
    }

    /// Words that a file must hold for the row to find something.
    fn needles(&self) -> Vec<String> {
        match &self.contains {
            _ if self.by_name() => Vec::new(),
            Some(needle) => vec![needle.to_lowercase()],
            None => {
                let literal = |key: &String| key.split('.').rfind(|part| !part.contains('*')).map(str::to_lowercase);
                self.keys.iter().filter_map(literal).collect()
            }
        }
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
    /// The patterns of all rows, and whose each one is.
    files: GlobSet,
    owners: Vec<usize>,
    quiet: Quiet,
    quiet_files: GlobSet,
}

/// The rules that the tool carries.
const EMBEDDED: [(&str, &str); 8] = [
    ("annotations.yaml", include_str!("../../rules/documents/annotations.yaml")),
    ("end-of-life.yaml", include_str!("../../rules/documents/end-of-life.yaml")),
    ("licences.yaml", include_str!("../../rules/documents/licences.yaml")),
    ("policies.yaml", include_str!("../../rules/documents/policies.yaml")),
    ("signed.yaml", include_str!("../../rules/documents/signed.yaml")),
    ("servers.yaml", include_str!("../../rules/documents/servers.yaml")),
    ("flags.yaml", include_str!("../../rules/documents/flags.yaml")),
    ("quiet.yaml", include_str!("../../rules/documents/quiet.yaml")),
];

impl DocumentRules {
    /// The rules that the tool carries.
    ///
    /// # Errors
    /// Only if an embedded file is broken, which a test rules out.
    pub fn embedded() -> Result<Self, RulesError> {
        let mut rules = Self::default();
        for (file, yaml) in EMBEDDED {
            rules.extend(file, yaml)?;
        }
        Ok(rules)
    }

    /// Adds the rules of a YAML file; `file` names it in errors.
    ///
    /// # Errors
    /// Where the file is not of the form that this module describes.
    pub fn extend(&mut self, file: &str, yaml: &str) -> Result<(), RulesError> {
        let form = |source| RulesError::Form { file: file.to_owned(), source };
        let added: RulesFile = serde_yaml::from_str(yaml).map_err(form)?;
        for mut row in added.rows {
            row.patterns = row.lines.iter().map(|line| pattern(line, file)).collect::<Result<_, _>>()?;
            self.rows.push(row);
        }
        self.quiet.files.extend(added.quiet.files);
        self.quiet.keys.extend(added.quiet.keys);
        self.quiet.tables.extend(added.quiet.tables);
        self.quiet.expired.extend(added.quiet.expired);
        self.compile(file)
    }

    fn compile(&mut self, file: &str) -> Result<(), RulesError> {
        let broken = |source| RulesError::Glob { file: file.to_owned(), source };
        let mut builder = GlobSetBuilder::new();
        self.owners.clear();
        for (index, row) in self.rows.iter().enumerate() {
            for glob in &row.files {
                builder.add(Glob::new(glob).map_err(broken)?);
                self.owners.push(index);
            }
        }
        self.files = builder.build().map_err(broken)?;
        let mut builder = GlobSetBuilder::new();
        for glob in &self.quiet.files {
            builder.add(Glob::new(glob).map_err(broken)?);
        }
        self.quiet_files = builder.build().map_err(broken)?;
        Ok(())
    }

    /// Whether a row knows files of that name whatever they contain: such a file is always a candidate.
    pub fn knows(&self, path: &str) -> bool {
        let by_name =
            |glob: &usize| self.owners.get(*glob).and_then(|row| self.rows.get(*row)).is_some_and(Row::by_name);
        self.files.matches(relative(path)).iter().any(by_name)
    }

    /// Whether a row may find something in a file of that name, be it code.
    pub fn applies(&self, path: &str) -> bool {
        self.files.is_match(relative(path))
    }

    /// Lower-case words of which a file that [`Self::knows`] does not know must hold one, in any case, for a row to find
    /// something in it.
    pub fn needles(&self) -> Vec<String> {
        let mut needles: Vec<String> = self.rows.iter().flat_map(Row::needles).collect();
        needles.sort_unstable();
        needles.dedup();
        needles
    }

    /// The rows that apply to a file, in the order they were added.
    pub(super) fn rows_for(&self, path: &str, text: &str) -> Vec<&Row> {
        let mut rows: Vec<usize> =
            self.files.matches(relative(path)).iter().filter_map(|glob| self.owners.get(*glob).copied()).collect();
        rows.sort_unstable();
        rows.dedup();
        let holds = |row: &&Row| row.contains.as_ref().is_none_or(|needle| text.contains(needle.as_str()));
        rows.into_iter().filter_map(|row| self.rows.get(row)).filter(holds).collect()
    }

    /// Words alone mean nothing in this file.
    pub(super) fn is_quiet_file(&self, path: &str) -> bool {
        self.quiet_files.is_match(relative(path))
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

fn relative(path: &str) -> &str {
    path.trim_start_matches("./")
}

fn pattern(line: &str, file: &str) -> Result<Regex, RulesError> {
    let built = RegexBuilder::new(line).multi_line(true).size_limit(1 << 20).build();
    built.map_err(|source| RulesError::Pattern { file: file.to_owned(), source: Box::new(source) })
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
        }
    }

    #[test]
    fn the_sift_is_told_what_to_look_for() {
        let rules = DocumentRules::embedded().unwrap();
        assert!(rules.knows("a/.well-known/security.txt") && rules.knows("leap-seconds.list"));
        assert!(!rules.knows("package.json") && !rules.knows("app.yaml") && !rules.knows("pom.xml"));
        let needles = rules.needles();
        assert!(
            ["expires", "datelessthan", "ignoreuntil", "request.time"]
                .iter()
                .all(|word| { needles.iter().any(|needle| needle.contains(word)) }),
            "{needles:?}"
        );
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
