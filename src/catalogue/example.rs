//! The examples of a rule: fenced code with the findings that it is to yield written into it.
//!
//! The info string of a fence is `LANG [path=FILE] [example=NAME] [release=DATE]`:
//!
//! - `LANG` is the language, and names the file `example.EXT` unless `path` does;
//! - fences with the same `example` are files of one tree;
//! - `release` is the release date that the example is judged at, [`RELEASE`] by default; support lasts three years.
//!
//! A comment `~ RULE [TRIGGER] [LEVEL]` at the end of a line, in whichever comment syntax, expects a finding whose main
//! place begins on that line; several lines may have one. `TRIGGER` is a date (`2024-03-01`) or a period (`P30D`), `LEVEL`
//! is `deny`, `warn` or `note`; without it, deny or warn. The comment is cut off before the file is scanned. Whatever
//! else is denied or warned of is a failure: an example without expectations must stay silent.

use crate::calendar::Civil;
use crate::finding::{Finding, Rule, Trigger};
use crate::gate::{Judged, Level, window};

/// The release date of an example that names none.
pub const RELEASE: &str = "2024-01-01";

/// One tree to scan, and what it is to yield.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The rule whose document it stands in.
    pub rule: Rule,
    /// Its name, or the heading above it.
    pub name: String,
    /// The line of its first fence in the document.
    pub line: u32,
    /// The release date.
    pub release: Civil,
    /// The files.
    pub files: Vec<File>,
}

/// One file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The language of the fence.
    pub language: String,
    /// Where in the tree it stands.
    pub path: String,
    /// What it holds, the expectations cut off.
    pub text: String,
    /// What is to be found in it.
    pub expected: Vec<Expected>,
}

/// One finding that an example is to yield.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The line of its main place.
    pub line: u32,
    /// Its rule.
    pub rule: Rule,
    /// Its trigger: a date or a period.
    pub trigger: Option<String>,
    /// Its level; `None` is deny or warn.
    pub level: Option<Level>,
}

/// Why an example cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The line in the document.
    pub(super) line: u32,
    /// In plain words.
    pub(super) why: String,
}

impl Example {
    /// Whether anything is to be found above `note`.
    pub fn is_bad(&self) -> bool {
        self.files.iter().flat_map(|file| &file.expected).any(|expected| expected.level != Some(Level::Note))
    }

    /// The languages of its files.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.language.as_str())
    }
}

impl Expected {
    /// Whether that is the finding.
    pub fn is_met_by(&self, judged: &Judged) -> bool {
        let finding = &judged.finding;
        let level = self.level.map_or(judged.level > Level::Note, |level| level == judged.level);
        let trigger = self.trigger.as_ref().is_none_or(|wanted| triggers_at(finding, wanted));
        finding.rule == self.rule && finding.place.span.line.max(1) == self.line && level && trigger
    }
}

fn triggers_at(finding: &Finding, wanted: &str) -> bool {
    match &finding.trigger {
        Some(Trigger::At { at, .. }) => at.date_text() == wanted || at.to_string() == wanted,
        Some(Trigger::After { after, .. }) => after.to_string() == wanted,
        None => false,
    }
}

/// Reads the examples of a document; `first_line` is the line that the text begins on.
pub(super) fn read(rule: Rule, text: &str, first_line: usize) -> Result<Vec<Example>, Wrong> {
    let mut examples: Vec<Example> = Vec::new();
    let (mut heading, mut lines) = (String::new(), text.lines().enumerate());
    while let Some((index, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("### ") {
            title.trim().clone_into(&mut heading);
        }
        let Some((fence, info)) = fence(line) else { continue };
        let number = u32::try_from(first_line + index).unwrap_or(u32::MAX);
        let info = Info::read(info).map_err(|why| Wrong { line: number, why })?;
        let code: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_end() != fence).collect();
        let file = file(&info, &code);
        let earlier = examples.iter_mut().find(|example| info.example.is_some_and(|name| example.name == name));
        if let Some(example) = earlier {
            example.release = info.release.unwrap_or(example.release);
            example.files.push(file);
            continue;
        }
        let release = info.release.or_else(|| window::day(RELEASE));
        let release = release.ok_or_else(|| Wrong { line: number, why: "it has no release date".to_owned() })?;
        let name = info.example.map_or_else(|| heading.clone(), str::to_owned);
        examples.push(Example { rule, name, line: number, release, files: vec![file] });
    }
    Ok(examples)
}

/// The fence that a line opens, and its info string.
fn fence(line: &str) -> Option<(&str, &str)> {
    let length = line.len() - line.trim_start_matches('`').len();
    (length >= 3).then(|| line.split_at(length))
}

/// An info string, read.
struct Info<'a> {
    language: &'a str,
    path: Option<&'a str>,
    example: Option<&'a str>,
    release: Option<Civil>,
}

impl<'a> Info<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let language = words.next().ok_or("the fence names no language")?;
        let mut info = Self { language, path: None, example: None, release: None };
        for word in words {
            match word.split_once('=') {
                Some(("path", path)) if is_below(path) => info.path = Some(path),
                Some(("example", name)) => info.example = Some(name),
                Some(("release", day)) => {
                    info.release = Some(window::day(day).ok_or_else(|| format!("`{day}` is no date"))?);
                }
                _ => return Err(format!("`{word}` is not one of path=FILE, example=NAME, release=DATE")),
            }
        }
        Ok(info)
    }
}

/// Whether a path stays in the example's own folder.
fn is_below(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains(['\\', ':'])
}

fn file(info: &Info<'_>, code: &[&str]) -> File {
    let (mut text, mut expected) = (String::new(), Vec::new());
    for (index, line) in code.iter().enumerate() {
        let (line, found) = expectation(line);
        expected.extend(found.map(|found| Expected { line: u32::try_from(index + 1).unwrap_or(u32::MAX), ..found }));
        text.push_str(line);
        text.push('\n');
    }
    let path = info.path.map_or_else(|| format!("example.{}", extension(info.language)), str::to_owned);
    File { language: info.language.to_owned(), path, text, expected }
}

/// The line without its expectation, and the expectation.
fn expectation(line: &str) -> (&str, Option<Expected>) {
    const OPENERS: [&str; 8] = ["<!--", "//", "/*", "--", "#", ";", "%", "'"];
    let found = line.rsplit_once("~ ").and_then(|(before, said)| {
        let before = before.trim_end();
        let code = OPENERS.iter().find_map(|opener| before.strip_suffix(opener))?;
        let said = said.trim_end().trim_end_matches("*/").trim_end_matches("-->");
        Some((code.trim_end(), expected(said)?))
    });
    found.map_or((line, None), |(code, expected)| (code, Some(expected)))
}

fn expected(said: &str) -> Option<Expected> {
    let mut words = said.split_whitespace();
    let rule = Rule::from_id(words.next()?)?;
    let (mut trigger, mut level) = (None, None);
    for word in words {
        match word {
            "deny" => level = Some(Level::Deny),
            "warn" => level = Some(Level::Warn),
            "note" => level = Some(Level::Note),
            other => trigger = Some(other.to_owned()),
        }
    }
    Some(Expected { line: 0, rule, trigger, level })
}

/// The usual extension of a language's files; most languages' names are their own.
fn extension(language: &str) -> &str {
    match language {
        "rust" => "rs",
        "python" => "py",
        "javascript" => "js",
        "typescript" => "ts",
        "csharp" => "cs",
        "powershell" => "ps1",
        "ruby" => "rb",
        "kotlin" => "kt",
        "bash" | "shell" => "sh",
        "perl" => "pl",
        "elixir" => "ex",
        "objc" => "m",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn fences_become_files_and_comments_expectations() {
        let text = "### One\n\n```c\nint a; // ~ date-gate 2024-03-01 deny\nint b;\n```\n\n\
                    ```python path=tests/x.py example=two release=2020-02-02\nx = 1  # ~ trial-period P30D\n```\n\
                    ```toml path=a.toml example=two\ny = \"~ 2\"\n```\n";
        let examples = read(Rule::DateGate, text, 11).unwrap();
        assert_eq!(examples.len(), 2);
        let one = &examples[0];
        assert_eq!((one.name.as_str(), one.line, one.files[0].path.as_str()), ("One", 13, "example.c"));
        assert_eq!(one.files[0].text, "int a;\nint b;\n");
        let expected =
            Expected { line: 1, rule: Rule::DateGate, trigger: Some("2024-03-01".into()), level: Some(Level::Deny) };
        assert_eq!(one.files[0].expected, [expected]);
        let two = &examples[1];
        assert_eq!((two.release.date_text().as_str(), two.files.len()), ("2020-02-02", 2));
        assert_eq!(two.files[0].expected[0].trigger.as_deref(), Some("P30D"));
        assert_eq!(two.files[1].text, "y = \"~ 2\"\n");
    }

    #[test]
    fn every_comment_syntax_holds_an_expectation() {
        for line in [
            "x // ~ date-gate",
            "x # ~ date-gate",
            "x /* ~ date-gate */",
            "x -- ~ date-gate",
            "x <!-- ~ date-gate -->",
            "x ; ~ date-gate",
        ] {
            let (code, found) = expectation(line);
            assert_eq!((code, found.map(|f| f.rule)), ("x", Some(Rule::DateGate)), "{line}");
        }
        for line in ["x = ~ y", "x // ~ not-a-rule", "// about ~ 3 days", ""] {
            assert_eq!(expectation(line), (line, None));
        }
    }

    #[test]
    fn wrong_fences_are_refused() {
        for info in ["", "c path=../x", "c path=/etc/x", "c release=2024-13-01", "c good"] {
            assert!(read(Rule::DateGate, &format!("```{info}\n```\n"), 1).is_err(), "{info}");
        }
    }
}
