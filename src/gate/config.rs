//! The config file, `defuse.yaml`: what it may say, and every way it can be wrong.
//!
//! It is read strictly. A misspelt key or rule that is taken in silence would open the gate without anyone knowing,
//! so each is an error that shows the user's own line, and all of them are reported at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobMatcher;

use super::level::RuleLevel;
use super::located::{self, Key, Node, Value};
use super::{suggest, window};
use crate::calendar::{Civil, Period};
use crate::error::{Error, Problem};
use crate::finding::{Place, Rule, Span};
use crate::source::Limits;

/// The file's name.
pub const FILE_NAME: &str = "defuse.yaml";

/// What the config file says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `release.date`.
    pub release_date: Option<Civil>,
    /// `release.support`.
    pub support: Option<Period>,
    /// `paths.exclude`.
    pub exclude: Vec<String>,
    /// `paths.tests`.
    pub tests: Vec<String>,
    /// `levels`.
    pub levels: BTreeMap<Rule, RuleLevel>,
    /// `waivers`.
    pub waivers: Vec<ConfigWaiver>,
    /// `archives`.
    pub archives: Limits,
    /// `models`, as it stands.
    pub models: Option<serde_yaml::Value>,
}

/// One entry of `waivers`.
#[derive(Clone, Debug)]
pub struct ConfigWaiver {
    /// The rule that it silences.
    pub rule: Rule,
    /// The files that it holds for, counted from the root; `None` is all of them.
    pub path: Option<GlobMatcher>,
    /// Why the finding is shipped anyway.
    pub reason: String,
    /// Who decided.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Civil>,
    /// Where it stands in the config file.
    pub place: Place,
}

/// The config file that holds for a path: the nearest one upward, up to and with `top`.
pub fn find(start: &Path, top: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .take_while(|folder| folder.starts_with(top))
        .map(|folder| folder.join(FILE_NAME))
        .find(|file| file.is_file())
}

impl Config {
    /// Reads the text of a config file; `path` is how the user would open it.
    ///
    /// # Errors
    /// [`Error::Problems`] with everything that is wrong in it.
    pub fn parse(path: &str, text: &str) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader { path, text: text.into(), problems: Vec::new() };
        let config = match located::read(text) {
            Ok(node) => reader.config(&node),
            Err(broken) => {
                reader.complain(broken.span, "this is not valid YAML", broken.why, None);
                Self::default()
            }
        };
        reader.problems.sort_by_key(|problem| problem.span);
        if reader.problems.is_empty() { Ok(config) } else { Err(Error::Problems(reader.problems)) }
    }
}

struct Reader<'a> {
    path: &'a str,
    text: Arc<str>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn complain(&mut self, span: Span, title: &str, label: impl Into<String>, help: Option<String>) {
        let (path, text) = (self.path.to_owned(), Arc::clone(&self.text));
        self.problems.push(Problem { title: title.to_owned(), path, text, span, label: label.into(), help });
    }

    fn config(&mut self, node: &Node) -> Config {
        let mut config = Config::default();
        for (key, value) in self.map(node, &["release", "paths", "levels", "waivers", "archives", "models"]) {
            match key.text.as_str() {
                "release" => self.release(value, &mut config),
                "paths" => self.paths(value, &mut config),
                "levels" => config.levels = self.levels(value),
                "waivers" => config.waivers = self.waivers(value),
                "archives" => config.archives = self.archives(value),
                _ => config.models = self.models(value),
            }
        }
        config
    }

    fn release(&mut self, node: &Node, config: &mut Config) {
        for (key, value) in self.map(node, &["date", "support"]) {
            match key.text.as_str() {
                "date" => config.release_date = self.day(value),
                _ => config.support = self.period(value),
            }
        }
    }

    fn paths(&mut self, node: &Node, config: &mut Config) {
        for (key, value) in self.map(node, &["exclude", "tests"]) {
            let globs = self.list(value).iter().filter_map(|item| Some(self.glob(item)?.glob().to_string())).collect();
            match key.text.as_str() {
                "exclude" => config.exclude = globs,
                _ => config.tests = globs,
            }
        }
    }

    fn levels(&mut self, node: &Node) -> BTreeMap<Rule, RuleLevel> {
        let mut levels = BTreeMap::new();
        let Some(pairs) = self.pairs(node) else { return levels };
        for (key, value) in pairs {
            let rule = self.rule(&key.text, key.span);
            let level = self.level(value);
            levels.extend(rule.zip(level));
        }
        levels
    }

    fn level(&mut self, node: &Node) -> Option<RuleLevel> {
        let text = self.scalar(node, "a level")?;
        let level = RuleLevel::from_name(&text);
        if level.is_none() {
            let help = suggest::question(&text, RuleLevel::NAMES);
            self.complain(node.span, "unknown level", "expected deny, warn, note or off", help);
        }
        level
    }

    fn waivers(&mut self, node: &Node) -> Vec<ConfigWaiver> {
        self.list(node).iter().filter_map(|item| self.waiver(item)).collect()
    }

    fn waiver(&mut self, node: &Node) -> Option<ConfigWaiver> {
        let before = self.problems.len();
        let (mut rule, mut path, mut reason, mut owner, mut until) = (None, None, None, None, None);
        for (key, value) in self.map(node, &["rule", "path", "reason", "owner", "until"]) {
            match key.text.as_str() {
                "rule" => rule = self.scalar(value, "a rule").and_then(|text| self.rule(&text, value.span)),
                "path" => path = self.glob(value),
                "reason" => reason = self.scalar(value, "a reason").filter(|text| !text.trim().is_empty()),
                "owner" => owner = self.scalar(value, "a name"),
                _ => until = self.day(value),
            }
        }
        if self.problems.len() == before {
            for (missing, title) in
                [(rule.is_none(), "a waiver must name its rule"), (reason.is_none(), "a waiver must give its reason")]
            {
                if missing {
                    self.complain(
                        node.span,
                        title,
                        "in this waiver",
                        Some("say why it is safe to ship: `reason: \"…\"`".to_owned())
                            .filter(|_| title.ends_with("reason")),
                    );
                }
            }
        }
        let place = Place { path: self.path.into(), span: node.span };
        Some(ConfigWaiver { rule: rule?, path, reason: reason?, owner, until, place })
    }

    fn archives(&mut self, node: &Node) -> Limits {
        let mut limits = Limits::default();
        for (key, value) in self.map(node, &Limits::KEYS.map(|(key, ..)| key)) {
            let Some((_, least, most)) = Limits::KEYS.iter().find(|(known, ..)| *known == key.text) else { continue };
            let Some(text) = self.scalar(value, "a number") else { continue };
            match (text.parse(), limits.get_mut(&key.text)) {
                (Ok(number), Some(limit)) if (*least..=*most).contains(&number) => *limit = number,
                _ => {
                    let label = format!("expected a whole number from {least} to {most}");
                    self.complain(value.span, "not a limit", label, None);
                }
            }
        }
        limits
    }

    /// The subtree goes to the rules' own reader, which says what is wrong in it.
    fn models(&mut self, node: &Node) -> Option<serde_yaml::Value> {
        match serde_yaml::from_str::<serde_yaml::Value>(&self.text) {
            Ok(whole) => whole.get("models").cloned(),
            Err(error) => {
                self.complain(node.span, "the models cannot be read", error.to_string(), None);
                None
            }
        }
    }

    /// The pairs of a mapping whose keys are all known; others are complained of and left out.
    fn map<'n>(&mut self, node: &'n Node, known: &[&str]) -> Vec<&'n (Key, Node)> {
        let pairs = self.pairs(node).unwrap_or_default();
        let (good, bad): (Vec<_>, Vec<_>) = pairs.iter().partition(|(key, _)| known.contains(&key.text.as_str()));
        for (key, _) in bad {
            let help = suggest::question(&key.text, known.iter().copied());
            let label = format!("expected one of: {}", known.join(", "));
            self.complain(key.span, "unknown key", label, help);
        }
        good
    }

    fn pairs<'n>(&mut self, node: &'n Node) -> Option<&'n [(Key, Node)]> {
        match &node.value {
            Value::Map(pairs) => Some(pairs),
            Value::Null => None,
            _ => {
                self.complain(node.span, "wrong kind of value", "expected `key: value` pairs", None);
                None
            }
        }
    }

    fn list<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.complain(node.span, "wrong kind of value", "expected a list", None);
                &[]
            }
        }
    }

    fn scalar(&mut self, node: &Node, wanted: &str) -> Option<String> {
        if let Value::Scalar(text) = &node.value {
            return Some(text.clone());
        }
        self.complain(node.span, "wrong kind of value", format!("expected {wanted}"), None);
        None
    }

    fn rule(&mut self, text: &str, span: Span) -> Option<Rule> {
        let rule = Rule::from_id(text);
        if rule.is_none() {
            let help = suggest::question(text, Rule::ALL.map(Rule::id))
                .unwrap_or_else(|| "`defuse rules list` lists the rules".to_owned());
            self.complain(span, "unknown rule", "there is no such rule", Some(help));
        }
        rule
    }

    fn day(&mut self, node: &Node) -> Option<Civil> {
        let text = self.scalar(node, "a date, YYYY-MM-DD")?;
        let day = window::day(&text);
        if day.is_none() {
            self.complain(node.span, "not a date", "expected an existing day, YYYY-MM-DD", None);
        }
        day
    }

    fn period(&mut self, node: &Node) -> Option<Period> {
        let text = self.scalar(node, "a period: `3y`, `18 months`, `90d`")?;
        match Period::parse(&text) {
            Ok(period) => Some(period),
            Err(why) => {
                self.complain(node.span, "not a period", why, None);
                None
            }
        }
    }

    fn glob(&mut self, node: &Node) -> Option<GlobMatcher> {
        let text = self.scalar(node, "a path pattern")?;
        match globset::GlobBuilder::new(&text).literal_separator(true).build() {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                self.complain(node.span, "not a path pattern", error.kind().to_string(), None);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problems(text: &str) -> Vec<Problem> {
        match Config::parse("defuse.yaml", text) {
            Err(Error::Problems(problems)) => problems,
            other => panic!("{text:?} gave {other:?}"),
        }
    }

    #[test]
    fn everything_in_the_contract_is_read() {
        let text = "release: {date: 2026-11-30, support: 3y}\n\
                    paths: {exclude: [\"vendor/**\"], tests: [\"**/testdata/**\"]}\n\
                    levels: {test-time-bomb: deny}\n\
                    waivers:\n  - {rule: trial-period, path: \"src/trial/**\", reason: \"the trial is the product\", owner: licensing, until: 2027-06-30}\n\
                    archives: {depth: 3, megabytes: 100}\n\
                    models:\n  words: [sunset]\n";
        let config = Config::parse("defuse.yaml", text).unwrap();
        assert_eq!(config.release_date, window::day("2026-11-30"));
        assert_eq!(config.support, Some(Period::months(36)));
        assert_eq!(config.exclude, ["vendor/**"]);
        assert_eq!(config.tests, ["**/testdata/**"]);
        assert_eq!(config.levels[&Rule::TestTimeBomb], RuleLevel::Deny);
        let waiver = &config.waivers[0];
        assert_eq!((waiver.rule, waiver.reason.as_str()), (Rule::TrialPeriod, "the trial is the product"));
        assert!(waiver.path.as_ref().unwrap().is_match("src/trial/a/b.rs"));
        assert_eq!((waiver.owner.as_deref(), waiver.until), (Some("licensing"), window::day("2027-06-30")));
        assert_eq!(waiver.place.span.line, 5);
        assert_eq!(config.archives, Limits { depth: 3, megabytes: 100, ..Limits::default() });
        assert!(config.models.unwrap().get("words").is_some());
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for text in ["", "# only a comment\n", "release:\npaths:\nlevels:\nwaivers:\n"] {
            let config = Config::parse("defuse.yaml", text).unwrap();
            assert!(config.levels.is_empty() && config.waivers.is_empty());
        }
    }

    #[test]
    fn mistakes_point_at_themselves() {
        for (text, line, column, title, help) in [
            ("release: {dat: 2026-01-01}", 1, 11, "unknown key", Some("did you mean `date`?")),
            ("levels:\n  date-gat: deny", 2, 3, "unknown rule", Some("did you mean `date-gate`?")),
            ("levels:\n  date-gate: allow", 2, 14, "unknown level", None),
            ("levels: [date-gate]", 1, 9, "wrong kind of value", None),
            ("release: {date: 2026-02-30}", 1, 17, "not a date", None),
            ("release: {support: 3}", 1, 20, "not a period", None),
            ("archives: {depth: 99}", 1, 19, "not a limit", None),
            ("paths: {exclude: [\"a[\"]}", 1, 19, "not a path pattern", None),
            (
                "waivers:\n  - rule: date-gate\n",
                2,
                5,
                "a waiver must give its reason",
                Some("say why it is safe to ship: `reason: \"…\"`"),
            ),
            (
                "waivers:\n  - {rule: date-gate, reason: \" \"}\n",
                2,
                5,
                "a waiver must give its reason",
                Some("say why it is safe to ship: `reason: \"…\"`"),
            ),
            ("waivers:\n  - reason: x\n", 2, 5, "a waiver must name its rule", None),
            ("a: [", 1, 4, "this is not valid YAML", None),
        ] {
            let found = problems(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let problem = &found[0];
            assert_eq!((problem.span.line, problem.span.column), (line, column), "{text}: {problem:?}");
            assert_eq!((problem.title.as_str(), problem.help.as_deref()), (title, help), "{text}");
        }
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        assert_eq!(problems("relase: 1\nlevels: {x: deny, date-gate: y}\nwaivers: [{rule: nope}]\n").len(), 4);
    }
}
