//! The rules' documents: one Markdown file each in `rules/catalogue`, which is documentation, `defuse explain` and test.
//!
//! A document opens with YAML front matter between `---` lines:
//!
//! ```yaml
//! id: date-gate                 # the rule, and the file's name
//! summary: One sentence.
//! level: deny                   # what its findings are by default
//! incident: One paragraph on a real case.
//! languages: [rust, c, cpp]     # each has at least one bad and one good example
//! ```
//!
//! Prose follows (why, how to fix), and under the heading `## Examples` fenced code, whose syntax is told in [`example`].
//! [`run`] runs the examples.

pub mod coverage;
pub mod example;
pub mod run;

use std::cell::LazyCell;
use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Problem};
use crate::finding::{Rule, Span};
use crate::gate::suggest;

pub use example::Example;

/// The embedded documents; a test checks that none is missing and that each is named after its rule.
const EMBEDDED: [(Rule, &str); 13] = [
    (Rule::DateGate, include_str!("../rules/catalogue/date-gate.md")),
    (Rule::BuildAgeLimit, include_str!("../rules/catalogue/build-age-limit.md")),
    (Rule::TrialPeriod, include_str!("../rules/catalogue/trial-period.md")),
    (Rule::LicenseExpiry, include_str!("../rules/catalogue/license-expiry.md")),
    (Rule::BetaLeftOn, include_str!("../rules/catalogue/beta-left-on.md")),
    (Rule::ConfigExpiry, include_str!("../rules/catalogue/config-expiry.md")),
    (Rule::CertificateExpiry, include_str!("../rules/catalogue/certificate-expiry.md")),
    (Rule::TokenExpiry, include_str!("../rules/catalogue/token-expiry.md")),
    (Rule::SignedMetadataExpiry, include_str!("../rules/catalogue/signed-metadata-expiry.md")),
    (Rule::TestTimeBomb, include_str!("../rules/catalogue/test-time-bomb.md")),
    (Rule::TimeRollover, include_str!("../rules/catalogue/time-rollover.md")),
    (Rule::ExpiredAnnotation, include_str!("../rules/catalogue/expired-annotation.md")),
    (Rule::StaleWaiver, include_str!("../rules/catalogue/stale-waiver.md")),
];

/// The heading that the examples stand under.
const EXAMPLES: &str = "\n## Examples\n";

/// One rule's document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The rule.
    pub rule: Rule,
    /// One sentence.
    pub summary: String,
    /// The level of its findings by default, as written.
    pub level: String,
    /// A real case.
    pub incident: String,
    /// The languages that it claims to cover, as fences name them.
    pub languages: Vec<String>,
    /// Why, and how to fix it: Markdown without the examples.
    pub prose: String,
    /// The examples as Markdown.
    pub examples_text: String,
    /// The examples.
    pub examples: Vec<Example>,
}

/// The documents of a set of rules.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    documents: BTreeMap<Rule, Document>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    id: String,
    summary: String,
    level: String,
    incident: String,
    #[serde(default)]
    languages: Vec<String>,
}

impl Catalogue {
    /// The documents that come with the tool.
    ///
    /// # Errors
    /// [`Error::Embedded`] when one cannot be read: a fault of this program, and a test of it.
    pub fn embedded() -> Result<Self, Error> {
        let mut catalogue = Self::default();
        for (rule, text) in EMBEDDED {
            let path = format!("rules/catalogue/{rule}.md");
            let broken = |error: Error| Error::Embedded { what: "catalogue", why: format!("{path}: {error}") };
            catalogue.add(Document::parse(&path, text).map_err(broken)?);
        }
        Ok(catalogue)
    }

    /// The documents that come with the tool, read when the first is asked for: most reports ask for none.
    pub fn when_asked() -> LazyCell<Self> {
        // That they can be read is for tests to say.
        LazyCell::new(|| Self::embedded().unwrap_or_default())
    }

    /// Adds a document, in place of an earlier one of that rule.
    pub fn add(&mut self, document: Document) {
        self.documents.insert(document.rule, document);
    }

    /// A rule's document.
    pub fn document(&self, rule: Rule) -> Option<&Document> {
        self.documents.get(&rule)
    }

    /// All documents, in the rules' order.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }
}

/// Where a rule is explained on the web.
pub fn url(rule: Rule) -> String {
    format!("{}/blob/main/rules/catalogue/{rule}.md", env!("CARGO_PKG_REPOSITORY"))
}

impl Document {
    /// Reads a document; `path` is how the user would open it.
    ///
    /// # Errors
    /// [`Error::Problems`] that point at what is wrong.
    pub fn parse(path: &str, text: &str) -> Result<Self, Error> {
        let complain = |line: u32, title: &str, label: String, help: Option<String>| {
            let (title, path) = (title.to_owned(), path.to_owned());
            let span = Span { line, column: 1, end_line: line, end_column: u32::MAX };
            Error::Problems(vec![Problem { title, path, text: text.into(), span, label, help }])
        };
        let normal = text.replace("\r\n", "\n");
        let Some((front_text, body)) = normal.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) else {
            return Err(complain(1, "no front matter", "expected `---`, YAML, `---`".to_owned(), None));
        };
        let front: Front = serde_yaml::from_str(front_text).map_err(|error| {
            let line = error.location().map_or(1, |at| u32::try_from(at.line()).unwrap_or(0) + 1);
            complain(line, "the front matter cannot be read", error.to_string(), None)
        })?;
        let rule = Rule::from_id(&front.id).ok_or_else(|| {
            let help = suggest::question(&front.id, Rule::ALL.map(Rule::id));
            complain(2, "unknown rule", format!("there is no rule `{}`", front.id), help)
        })?;
        let (prose, examples_text) = body.split_once(EXAMPLES).unwrap_or((body, ""));
        let before = normal.len() - examples_text.len();
        let first_line = normal[..before].matches('\n').count() + 1;
        let examples = example::read(rule, examples_text, first_line)
            .map_err(|wrong| complain(wrong.line, "this example cannot be read", wrong.why, None))?;
        Ok(Self {
            rule,
            summary: front.summary.trim().to_owned(),
            level: front.level,
            incident: front.incident.trim().to_owned(),
            languages: front.languages,
            prose: prose.trim().to_owned(),
            examples_text: examples_text.trim().to_owned(),
            examples,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::gate::level;

    #[test]
    fn every_rule_has_its_document_and_no_other_file_stands_there() {
        let catalogue = Catalogue::embedded().unwrap();
        for rule in Rule::ALL {
            let document = catalogue.document(rule).unwrap();
            assert_eq!(document.level, level::default_of(rule).name(), "{rule}");
            assert!(document.summary.ends_with('.') && !document.summary.contains('\n'), "{rule}");
            assert!(!document.incident.is_empty() && document.prose.contains("## How to fix"), "{rule}");
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/catalogue");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let id = name.strip_suffix(".md").unwrap();
            assert!(Rule::from_id(id).is_some(), "{name}");
            assert!(EMBEDDED.iter().any(|(rule, _)| rule.id() == id), "{name}");
        }
        for ((embedded, text), rule) in EMBEDDED.iter().zip(Rule::ALL) {
            assert_eq!(*embedded, rule, "in listing order");
            assert!(text.contains(&format!("id: {rule}\n")), "{rule}");
        }
    }

    #[test]
    fn every_claimed_language_has_a_bad_and_a_good_example() {
        for document in Catalogue::embedded().unwrap().documents() {
            for language in &document.languages {
                let of: Vec<&Example> =
                    document.examples.iter().filter(|e| e.languages().any(|l| l == language)).collect();
                let (bad, good): (Vec<_>, Vec<_>) = of.into_iter().partition(|example| example.is_bad());
                assert!(!bad.is_empty() && !good.is_empty(), "{} for {language}", document.rule);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let front = |front: &str| format!("---\n{front}\n---\nbody\n");
        let whole = "id: date-gate\nsummary: s.\nlevel: deny\nincident: i";
        assert!(Document::parse("x.md", &front(whole)).is_ok());
        for (text, line) in [
            ("no front matter".to_owned(), 1),
            (front(&whole.replace("date-gate", "dategate")), 2),
            (front(&format!("{whole}\nextra: 1")), 6),
            (format!("{}\n## Examples\n\n```c release=soon\n```\n", front(whole)), 11),
        ] {
            match Document::parse("x.md", &text) {
                Err(Error::Problems(problems)) => assert_eq!(problems[0].span.line, line, "{text}: {problems:?}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
