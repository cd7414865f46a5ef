//! [`promises`]: comments and messages that promise to act on a date ("TODO: remove after June 2023").
//!
//! Works on lines of any text, code or configuration, without knowing the language: what a comment is, is told by its
//! mark. What counts as a promise is data (`rules/promises.yaml`). A date there stops nothing by itself, so the effect is
//! the mildest there is.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use super::judge::{captured, shown, wall_clock};
use super::rules::form;
use super::{Positions, RulesError};
use crate::calendar::{Civil, Reading, find_all};
use crate::carried::{self, rules};
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger};
use crate::matcher::{Paths, Pattern};

/// A longer line was not written by a person.
const MAX_LINE: usize = 400;

/// How promises are worded.
#[derive(Clone, Debug)]
pub struct Promises {
    marker: Pattern,
    adjacent: Pattern,
    action: Pattern,
    link: Pattern,
    loose: Pattern,
    sample: Pattern,
    expiry: Pattern,
    history: Pattern,
    future: Pattern,
    announcement: Pattern,
    lines: Vec<Pattern>,
    year: Pattern,
    quiet: Paths,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PromisesFile {
    marker: String,
    adjacent: String,
    action: String,
    link: String,
    loose: String,
    sample: String,
    expiry: String,
    history: String,
    future: String,
    announcement: String,
    lines: Vec<String>,
    quiet: Vec<String>,
}

impl Promises {
    /// The wordings that the tool carries.
    ///
    /// # Errors
    /// Only if the embedded file is broken, which a test rules out.
    pub fn embedded() -> Result<Self, RulesError> {
        let words: PromisesFile = carried::read(rules!("promises")).map_err(|e| form("promises.yaml", &e))?;
        let pattern = |text: &String| Pattern::new(&text.replace('\n', "")).in_any_case();
        Ok(Self {
            marker: pattern(&words.marker),
            adjacent: pattern(&words.adjacent),
            action: pattern(&words.action),
            link: pattern(&words.link),
            loose: pattern(&words.loose),
            sample: pattern(&words.sample),
            expiry: pattern(&words.expiry),
            history: pattern(&words.history),
            future: pattern(&words.future),
            announcement: pattern(&words.announcement),
            lines: words.lines.iter().map(pattern).collect(),
            year: Pattern::new(r"20[0-9]{2}"),
            quiet: Paths::new(&words.quiet),
        })
    }

    /// Whether the date at `date` in a line is promised, and how surely.
    fn confidence(&self, line: &str, date: &Range<usize>) -> Option<Confidence> {
        if self.sample.is_match(line) {
            return None;
        }
        let comment = comment_start(line).filter(|start| *start <= date.start);
        let before = line.get(comment.unwrap_or(0)..date.start)?;
        let firmly = self.link.is_match(before);
        let linked = firmly || self.loose.is_match(before);
        if comment.is_none() {
            let announced = linked && self.announcement.is_match(line) && self.action.is_match(line);
            return announced.then_some(Confidence::Possible);
        }
        let future = self.future.is_match(before);
        let promised = self.expiry.is_match(before)
            || self.adjacent.is_match(before)
            || self.marker.is_match(before) && is_bracketed(line, date)
            || (future || !self.history.is_match(before))
                && self.acts(line.get(comment.unwrap_or(0)..).unwrap_or(""), before, firmly, linked, future);
        promised.then_some(Confidence::Likely)
    }

    /// The date only stands in brackets beside what the comment tells, and nothing there says to act: a test that tells
    /// its story says of a thing in it when that is due.
    fn is_told(&self, line: &str, date: &Range<usize>) -> bool {
        let before = line.get(..date.start).unwrap_or("");
        let Some((told, within)) = before.rsplit_once('(') else { return false };
        let story = told.trim_start_matches(|c: char| !c.is_alphanumeric());
        !within.contains(')')
            && story.contains(' ')
            && !self.marker.is_match(before)
            && !self.action.is_match(told)
            && self.expiry.is_match(within)
    }

    /// The comment says to act, and that the date is when.
    fn acts(&self, text: &str, before: &str, firmly: bool, linked: bool, future: bool) -> bool {
        let marked = self.marker.is_match(before);
        let Some(action) = self.action.find(text) else { return linked && marked };
        let imperative = text.get(..action.start()).is_some_and(|lead| !lead.contains(char::is_alphanumeric));
        marked || firmly || linked && (future || imperative)
    }
}

/// `[2026-03-01]`: how linters write when a comment falls due, wherever in it.
fn is_bracketed(line: &str, date: &Range<usize>) -> bool {
    let (before, after) = (line.get(..date.start), line.get(date.end..));
    before.is_some_and(|before| before.ends_with('[')) && after.is_some_and(|after| after.starts_with(']'))
}

/// Finds the promises in a text. `path` is as the user would open it.
pub fn promises(path: &str, text: &str, promises: &Promises, in_test: bool) -> Vec<Finding> {
    if promises.quiet.is_match(path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut positions = None;
    let path: Arc<str> = Arc::from(path);
    let mut done = 0;
    for year in promises.year.find_iter(text) {
        if year.start() < done {
            continue;
        }
        let line = line_around(text, year.start());
        done = line.end.max(year.end());
        let content = text.get(line.clone()).unwrap_or("");
        if content.len() > MAX_LINE {
            continue;
        }
        for (date, reading, confidence) in in_line(content, promises, in_test) {
            let span = positions
                .get_or_insert_with(|| Positions::new(text))
                .span(line.start + date.start..line.start + date.end);
            found.push(finding(&path, span, &reading, confidence, content.trim(), in_test));
        }
    }
    found
}

fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| at + newline);
    start..end
}

fn in_line(line: &str, promises: &Promises, in_test: bool) -> Vec<(Range<usize>, Reading, Confidence)> {
    for captures in promises.lines.iter().filter_map(|pattern| pattern.captures(line)) {
        if let Some((reading, range)) = captured(&captures) {
            return vec![(range, reading, Confidence::Likely)];
        }
    }
    let mut dates = find_all(line);
    if dates.is_empty() {
        dates.extend(missing_day(line));
    }
    if dates.is_empty() {
        dates.extend(bare_year(line, promises));
    }
    let promised = |(range, reading): (Range<usize>, Reading)| {
        let told = in_test && promises.is_told(line, &range);
        let confidence = promises.confidence(line, &range)?;
        Some((range, reading, if told { confidence.min(Confidence::Possible) } else { confidence }))
    };
    dates.into_iter().filter_map(promised).collect()
}

/// `2025-04-31`: people promise days that do not exist; the month's last is meant.
fn missing_day(line: &str) -> Option<(Range<usize>, Reading)> {
    let start = line.find("20")?;
    let text = line.get(start..start + 10)?;
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let last =
        (28..=31).rev().filter(|last| *last < day && day <= 31).find_map(|day| Civil::from_ymd(year, month, day))?;
    Some((start..start + 10, Reading::day(last)))
}

/// `TODO: drop in 2026`: the start of that year; its end, if it is to be after it.
fn bare_year(line: &str, promises: &Promises) -> Option<(Range<usize>, Reading)> {
    let range = promises.year.find(line)?.range();
    let before = line.get(..range.start)?;
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ':' | '_' | '#');
    let after = line.get(range.end..)?;
    let alone = !before.ends_with(joins) && !after.trim_start_matches(['.', ':']).starts_with(joins);
    let late = before.trim_end().ends_with("after") || before.trim_end().ends_with("end of");
    let year = line.get(range.clone())?.parse().ok()?;
    let day = if late { Civil::from_ymd(year, 12, 31)? } else { Civil::from_ymd(year, 1, 1)? };
    let marked = promises.marker.is_match(before) && promises.action.is_match(before);
    (alone && marked).then(|| (range, Reading::day(day)))
}

/// Where the comment in a line starts; 0 for a line that reads as prose (the middle of a docstring or block comment).
fn comment_start(line: &str) -> Option<usize> {
    let body = line.trim_start();
    let indent = line.len() - body.len();
    let leading =
        ["*", "#", ";", "%", "--", "\"\"\"", "'''", "..", "!", "rem ", "REM ", "=", "//", "<!--", "{#", "{{/*", "dnl "];
    let directive = ["#define", "#if", "#el", "#include", "#pragma", "#error", "#warning"];
    if directive.iter().all(|word| !body.starts_with(word)) && leading.iter().any(|mark| body.starts_with(mark)) {
        return Some(indent);
    }
    let inline = |mark: &str| line.match_indices(mark).find(|(at, _)| opens(line, *at, mark)).map(|(at, _)| at);
    ["//", "/*", "# ", "-- ", "<!--", "#:", "; "]
        .iter()
        .filter_map(|mark| inline(mark))
        .min()
        .or_else(|| is_prose(body).then_some(indent))
}

/// A comment mark inside a line stands after a blank, and not inside a string.
fn opens(line: &str, at: usize, mark: &str) -> bool {
    let before = line.get(..at).unwrap_or("");
    let spaced = before.ends_with([' ', '\t', ',', '{', '}', ')']) || mark.starts_with("/*") || mark == "; ";
    let quotes = before.matches('"').count() % 2 + before.matches('\'').count() % 2;
    spaced && quotes == 0 && (mark != "; " || before.trim().is_empty())
}

fn is_prose(body: &str) -> bool {
    body.starts_with(|c: char| c.is_alphabetic())
        && !body.contains(['=', ';', '{', '}', '"', '\'', '<', '>', '`', '\\', '$'])
        && !body.contains("](")
        && body.split_whitespace().filter(|word| word.chars().all(|c| c.is_alphabetic() || c == ',')).count() >= 3
}

fn finding(
    path: &Arc<str>,
    span: Span,
    reading: &Reading,
    confidence: Confidence,
    line: &str,
    in_test: bool,
) -> Finding {
    let (at, zone) = wall_clock(reading);
    let date = shown(at, zone, reading.precision);
    let place = Place { path: path.clone(), span };
    let effect = Effect {
        severity: Severity::Unknown,
        text: "stops nothing by itself: it says that something has to change by then".to_owned(),
        place: None,
    };
    Finding {
        rule: Rule::ExpiredAnnotation,
        confidence,
        message: format!("this promise falls due on {date}"),
        trigger: Some(Trigger::At { at, zone }),
        effect: Some(effect),
        in_test,
        steps: vec![Step { place: place.clone(), kind: StepKind::Deadline, note: format!("{date} is written here") }],
        reach: Reach::default(),
        matched: line.split_whitespace().collect::<Vec<_>>().join(" "),
        note_only: None,
        place,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static EMBEDDED: LazyLock<Promises> = LazyLock::new(|| Promises::embedded().unwrap());

    fn found(path: &str, text: &str) -> Vec<String> {
        let found = promises(path, text, &EMBEDDED, false);
        found
            .iter()
            .map(|finding| {
                let Some(Trigger::At { at, .. }) = finding.trigger else { return String::new() };
                let span = finding.place.span;
                format!("{:?} {}:{}-{} {}", finding.confidence, span.line, span.column, span.end_column, at.date_text())
            })
            .collect()
    }

    #[test]
    fn the_patterns_can_be_read() {
        let p = &*EMBEDDED;
        let one = [&p.marker, &p.adjacent, &p.action, &p.link, &p.loose, &p.sample, &p.expiry, &p.history];
        for pattern in one.into_iter().chain([&p.future, &p.announcement, &p.year]).chain(&p.lines) {
            pattern.clone().ready().unwrap();
        }
        p.quiet.clone().ready().unwrap();
    }

    #[test]
    fn reads_promises() {
        for (text, expected) in [
            ("# TODO(me): remove the shim after 2022/08/11.", "Likely 1:35-45 2022-08-11"),
            ("  // TODO: This banner can be deleted in March 2027. See", "Likely 1:42-52 2027-03-01"),
            ("\n# TODO: 2022-08-20 or later: replace with error", "Likely 2:9-19 2022-08-20"),
            ("  // TODO(2020-05-01): Make this unconditional.", "Likely 1:11-21 2020-05-01"),
            ("  // TODO(me, 2020-05-01): Make this unconditional.", "Likely 1:15-25 2020-05-01"),
            ("    Retain until at least 2025-04-31. See the issue", "Likely 1:27-37 2025-04-30"),
            ("/* These options will be removed in September 2025 */", "Likely 1:37-51 2025-09-01"),
            (" * Remove this code in September 2006, that gives", "Likely 1:24-38 2006-09-01"),
            ("# TODO(b/3): Remove this branch around 01/2024 after", "Likely 1:40-47 2024-01-01"),
            ("os: { runner: x }, # EOL = 2026-10-13 | see", "Likely 1:28-38 2026-10-13"),
            ("x = 1 # Do not remove prior to 2023-05-01 or 3.13", "Likely 1:32-42 2023-05-01"),
            ("// Supported until at least 2023-09-11", "Likely 1:29-39 2023-09-11"),
            ("// FIXME(by 2023-06): remove", "Likely 1:13-20 2023-06-01"),
            ("// FIXME: drop it [03/01/2026]", "Likely 1:20-30 2026-03-01"),
            ("// TODO (@ada) [2026-05-05]: drop", "Likely 1:17-27 2026-05-05"),
            ("// REMOVEME[2026-06-01][ada]: x", "Likely 1:13-23 2026-06-01"),
            ("x = f(a); // DevSkim: ignore DS1 until 2026-05-09", "Likely 1:40-50 2026-05-09"),
            ("TodoOrDie(\"Remove\", by: \"2026-02-01\")", "Likely 1:26-36 2026-02-01"),
            ("TodoOrDie(\"Remove\", by: Date.civil(2026, 2, 4))", "Likely 1:36-46 2026-02-04"),
            ("todo_by!(\"2026-01-15\", \"drop it\");", "Likely 1:11-21 2026-01-15"),
            ("todo_or_die::after_date!(2026, 1, 15);", "Likely 1:26-37 2026-01-15"),
            ("#[bestbefore(\"2026-01\")]", "Likely 1:15-22 2026-01-01"),
            ("#[best_before(\"01.2026\")]", "Likely 1:16-23 2026-01-01"),
            ("[Obsolete(\"Removed after 2026-03-01\")]", "Possible 1:26-36 2026-03-01"),
            ("/* expires: 12 August 2008 */", "Likely 1:13-27 2008-08-12"),
            ("@deprecation.deprecated('2023-03-01',", "Likely 1:26-36 2023-03-01"),
            ("    due_date=(2023, 10, 30),", "Likely 1:15-27 2023-10-30"),
            ("warn(\"x will be removed after 2023-03-01\")", "Possible 1:31-41 2023-03-01"),
        ] {
            assert_eq!(found("src/a.py", text), [expected], "{text}");
        }
    }

    #[test]
    fn passes_other_dates() {
        for text in [
            "# Copyright 2021-01-02",
            "# deprecated on 13 Sept 2023",
            "// added in May 2021",
            "# Removed a hack, 2020-01-01",
            "# From 1955 until May 2012, when the National Assembly of",
            "expires = \"2023-05-01\"",
            "resp['Expires'] = 'Sun, 13 Feb 2011 17:35:44 GMT'",
            "remove(\"2023-05-01\")",
            "// see https://example.com/2021-01-02/remove",
            "# Remove a check inserted on 2019-12-09 that",
            "# XXX me 2016-12-24: This template is confusing",
            "// Fails in WebKit before Feb 2011 nightlies",
            "# The switch to summer time will occur on Sunday, June 9th 2019",
            "# => Set-Cookie: a=b; path=/; expires=Sun, 16-Dec-2029 03:24:16 GMT",
            " * available when you enable what was created prior to February 16, 2023",
            "# since 2021-01-02 we keep it",
            "// cookie.expires = '2021-01-02';",
            "<!-- <pin-set expiration=\"2021-01-02\"> -->",
            "x = 2023 # TODO: remove",
            "# version 2023-05-01: drop support",
            "# see [2023-05-01]",
            "TodoOrDie(\"Remove what came with 2026-02-01\", if: -> { x })",
            "[Obsolete(\"Use B, added 2026-03-01\")]",
        ] {
            assert_eq!(found("src/a.py", text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(found("docs/a.md", "TODO: remove after 2023-05-01"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn never_panics(text in "(TODO|remove|after|until|2023-05-31|2025-04-31|[#/*;:'\" \n]|é|\\PC){0,30}") {
            let _ = found("a.rs", &text);
        }
    }
}
