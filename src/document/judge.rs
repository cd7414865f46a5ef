//! [`findings`]: which of a document's dates say that something stops.
//!
//! Three kinds of evidence, strongest first: a known place (a row of `rules/documents`), a key that says so on its own
//! (`expires`), a key that says so in company (`end` below `licence`). Every other date is handed on as a [`DatedKey`], for the
//! code that reads it may compare it with the clock.

use std::collections::HashMap;
use std::sync::Arc;

use super::rules::{Row, ValueKind};
use super::{DocumentRules, Entry, Format, Positions, Value, format_of, read};
use crate::calendar::{Civil, Instant, Precision, ReadZone, Reading, read as read_date};
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Span, Step, StepKind, Trigger, Zone};
use crate::vocabulary::{Strength, Vocabulary, words};

/// How a date was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Form {
    /// As a date.
    Date,
    /// As seconds since 1970.
    Seconds,
    /// As milliseconds since 1970.
    Millis,
    /// As seconds since 1900.
    Ntp,
}

/// A key whose value is a date, or a number that could be one.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DatedKey {
    /// The keys from the root; list indexes as numbers.
    pub path: Vec<String>,
    /// The last key.
    pub key_span: Span,
    /// The value.
    pub value_span: Span,
    /// The date.
    pub reading: Reading,
    /// How it was written.
    pub form: Form,
}

/// What a document holds.
#[derive(Clone, Debug, Default)]
pub struct DocumentResult {
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// In the order of the file, at most 2,000.
    pub dated: Vec<DatedKey>,
    /// Why the file was not, or not fully, read as what it is.
    pub problem: Option<String>,
}

/// More dated keys than this in one file are a table of data.
const MAX_DATED: usize = 2_000;

/// A file with more expiry words than this is a table of data: words alone are then weak evidence.
const TABLE: usize = 24;

/// A table that SQL fills with more dates than this is data.
const SEEDS: usize = 6;

/// No release is supported for this long: such a date means "never".
const SENTINEL_YEAR: i64 = 2100;

/// Finds what expires in a document.
///
/// `path` is as the user would open it; `in_test` says that the file belongs to a test.
pub fn findings(
    path: &str,
    text: &str,
    rules: &DocumentRules,
    vocabulary: &Vocabulary,
    in_test: bool,
) -> DocumentResult {
    let format = format_of(path, head(text));
    let rows = rules.rows_for(path, text);
    if format.is_none() && rows.is_empty() {
        return DocumentResult::default();
    }
    let judge = Judge {
        path: Arc::from(path),
        rules,
        vocabulary,
        in_test,
        format,
        rows,
        listens: format.is_some_and(|format| listens(format, path, vocabulary)) && !rules.is_quiet_file(path),
        meant: in_test && path.split('/').any(|part| words(part).iter().any(|word| rules.means_expired(word))),
    };
    if rows_only(&judge) {
        return DocumentResult { findings: judge.by_lines(text), ..DocumentResult::default() };
    }
    let document = format.map(|format| read(format, text)).unwrap_or_default();
    let mut result = DocumentResult { problem: document.problem, ..DocumentResult::default() };
    let mut by_words = Vec::new();
    for entry in &document.entries {
        let row = judge.row_of(entry);
        result.findings.extend(row.and_then(|row| judge.by_row(row, entry)));
        let Some((reading, form)) = dated(&entry.value, ValueKind::Auto) else { continue };
        if row.is_none() {
            by_words.extend(judge.by_words(entry, &reading, form));
        }
        if result.dated.len() < MAX_DATED {
            result.dated.push(DatedKey {
                path: entry.path.clone(),
                key_span: entry.key_span,
                value_span: entry.value_span,
                reading,
                form,
            });
        }
    }
    if format == Some(Format::Sql) {
        seeds(&mut by_words);
    }
    if !result.findings.is_empty() {
        // Where the places are known, words add only noise.
        by_words.clear();
    }
    if by_words.len() > TABLE {
        by_words.iter_mut().for_each(|finding| finding.confidence = Confidence::Possible);
    }
    result.findings.extend(by_words);
    let lines = judge.by_lines(text);
    result.findings.retain(|finding| !lines.iter().any(|line| line.place.span.line == finding.place.span.line));
    result.findings.extend(lines);
    result.findings.sort_by_key(|finding| finding.place.span);
    result
}

/// Rows of a table that SQL fills. A table of several licences holds those of its users rather than the product's own,
/// and one of many rows is data.
fn seeds(by_words: &mut [Finding]) {
    let table = |finding: &Finding| finding.matched.split('.').next().unwrap_or("").to_owned();
    let mut rows: HashMap<String, usize> = HashMap::new();
    by_words.iter().for_each(|finding| *rows.entry(table(finding)).or_default() += 1);
    for finding in by_words {
        let count = rows.get(&table(finding)).copied().unwrap_or(0);
        if count > 1 && finding.rule == Rule::LicenseExpiry {
            finding.rule = Rule::ConfigExpiry;
        }
        if count > SEEDS {
            finding.confidence = Confidence::Possible;
        }
    }
}

/// What ends by the words of `key: value` in texts that were found in a binary, one on each line. Nobody wrote them as
/// settings, so none of it is more than possible.
pub fn texts(path: &str, texts: &str, rules: &DocumentRules, vocabulary: &Vocabulary, in_test: bool) -> Vec<Finding> {
    let (path, format) = (Arc::from(path), Some(Format::Lines));
    let judge = Judge { path, rules, vocabulary, in_test, format, rows: Vec::new(), listens: true, meant: false };
    let document = read(Format::Lines, texts);
    let found = document.entries.iter().filter_map(|entry| {
        let (reading, form) = dated(&entry.value, ValueKind::Date)?;
        judge.by_words(entry, &reading, form)
    });
    found.map(|finding| Finding { confidence: Confidence::Possible, ..finding }).collect()
}

/// Nothing can come of the keys: a lock file, say, whose dates no code of the product reads.
fn rows_only(judge: &Judge<'_>) -> bool {
    judge.format.is_none() || (!judge.listens && judge.rows.iter().all(|row| row.keys.is_empty()))
}

/// The first few kilobytes.
fn head(text: &str) -> &str {
    (4093..=4096).rev().find_map(|end| text.get(..end)).unwrap_or(text)
}

/// Whether words alone count in files of that kind. Prose has `key: value` lines too, so a file of plain lines must be a
/// licence by its name.
fn listens(format: Format, path: &str, vocabulary: &Vocabulary) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    format != Format::Lines || (vocabulary.is_licence(name) && !name.to_ascii_lowercase().ends_with(".txt"))
}

/// What the judgements on one file share.
struct Judge<'a> {
    path: Arc<str>,
    rules: &'a DocumentRules,
    vocabulary: &'a Vocabulary,
    in_test: bool,
    format: Option<Format>,
    rows: Vec<&'a Row>,
    /// Words alone count.
    listens: bool,
    /// The file's name says that it is meant to have expired.
    meant: bool,
}

impl Judge<'_> {
    /// The row that knows the key.
    fn row_of(&self, entry: &Entry) -> Option<&Row> {
        let applies =
            |row: &&Row| row.format.is_none_or(|format| Some(format) == self.format) && row.names(&entry.path);
        self.rows.iter().copied().find(applies)
    }

    /// A known key, unless it is reported elsewhere.
    fn by_row(&self, row: &Row, entry: &Entry) -> Option<Finding> {
        if row.elsewhere {
            return None;
        }
        let (reading, _) = dated(&entry.value, row.value)?;
        let key = entry.path.join(".");
        Some(self.known(row, reading, entry.value_span, &key))
    }

    /// Known lines, in the order of the rows.
    fn by_lines(&self, text: &str) -> Vec<Finding> {
        if self.rows.iter().all(|row| row.patterns.is_empty()) {
            return Vec::new();
        }
        let positions = Positions::new(text);
        let mut found: Vec<Finding> = Vec::new();
        for row in &self.rows {
            for captures in row.patterns.iter().flat_map(|pattern| pattern.captures_iter(text)) {
                let Some((reading, range)) = captured(&captures) else { continue };
                let matched = captures.get(0).map_or("", |whole| whole.as_str());
                let span = positions.span(range);
                if !found.iter().any(|other| other.place.span == span) {
                    found.push(self.known(row, reading, span, matched.trim()));
                }
            }
        }
        found
    }

    fn known(&self, row: &Row, reading: Reading, span: Span, matched: &str) -> Finding {
        let effect = Effect { severity: row.severity, text: row.effect.clone(), place: None };
        self.finding(row.rule, row.confidence, &row.says, reading, span, matched, Some(effect))
    }

    /// A key whose words say that something stops.
    fn by_words(&self, entry: &Entry, reading: &Reading, form: Form) -> Option<Finding> {
        if !self.listens || entry.path.iter().any(|key| self.rules.is_quiet_key(key)) || self.is_quiet_table(entry) {
            return None;
        }
        let mut confidence = self.confidence(&entry.path)?;
        if form != Form::Date && confidence < Confidence::Likely || reading.civil.year() < 1990 {
            return None;
        }
        if self.in_test {
            confidence = Confidence::Possible;
        }
        let key = entry.path.join(".");
        let says = format!("`{key}` ends");
        Some(self.finding(self.rule_for(&entry.path), confidence, &says, *reading, entry.value_span, &key, None))
    }

    /// Rows of a table or script that by its name records what happened.
    fn is_quiet_table(&self, entry: &Entry) -> bool {
        let script = self.path.rsplit('/').next().unwrap_or("");
        let table = entry.path.first().filter(|_| self.format == Some(Format::Sql));
        table.is_some_and(|table| {
            [table, script].iter().flat_map(|name| words(name)).any(|word| self.rules.is_quiet_table(&word))
        })
    }

    /// How sure the words of a path make it. Only names count, not list indexes.
    fn confidence(&self, path: &[String]) -> Option<Confidence> {
        let mut names = path.iter().rev().filter(|name| name.chars().any(char::is_alphabetic));
        let leaf = names.next()?;
        let strength = self.vocabulary.expiry_strength(leaf)?;
        let leaf_words = words(leaf);
        let last_is_history = leaf_words.last().is_some_and(|last| self.vocabulary.is_history(last));
        if strength == Strength::Strong {
            return (!last_is_history).then_some(Confidence::Likely);
        }
        let parent = names.next().map_or("", String::as_str);
        let joined = format!("{parent} {leaf}");
        let in_company = self.vocabulary.expiry_strength(&joined) == Some(Strength::Strong)
            || path.iter().any(|name| self.vocabulary.is_licence(name) || self.vocabulary.is_trial(name));
        let says_enough = leaf_words.len() > 1
            && !self.vocabulary.is_history(leaf)
            && !matches!(self.format, Some(Format::Csv | Format::Sql));
        (in_company || says_enough).then_some(Confidence::Possible)
    }

    /// The rule by the words of the path; a licence file need not repeat in its keys that it is one.
    fn rule_for(&self, path: &[String]) -> Rule {
        let name = self.path.rsplit('/').next().unwrap_or("");
        if path.iter().any(|key| self.vocabulary.is_trial(key)) {
            Rule::TrialPeriod
        } else if path.iter().any(|key| self.vocabulary.is_licence(key)) || self.vocabulary.is_licence(name) {
            Rule::LicenseExpiry
        } else {
            Rule::ConfigExpiry
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one record")]
    fn finding(
        &self,
        rule: Rule,
        confidence: Confidence,
        says: &str,
        reading: Reading,
        span: Span,
        matched: &str,
        effect: Option<Effect>,
    ) -> Finding {
        let (at, zone) = wall_clock(&reading);
        let place = Place { path: self.path.clone(), span };
        let date = shown(at, zone, reading.precision);
        let note_only = if at.year() >= SENTINEL_YEAR {
            Some("no release is supported until then: the date stands for never".to_owned())
        } else {
            self.meant.then(|| "the file's name says that it is meant to have expired".to_owned())
        };
        Finding {
            rule,
            confidence,
            message: format!("{says} on {date}"),
            trigger: Some(Trigger::At { at, zone }),
            effect,
            in_test: self.in_test,
            steps: vec![Step {
                place: place.clone(),
                kind: StepKind::Deadline,
                note: format!("{date} is written here"),
            }],
            reach: Reach::default(),
            matched: format!("{matched}={at}"),
            note_only,
            place,
        }
    }
}

/// A stated zone makes it one instant, shown in UTC; without one it is the local time of whoever reads it.
pub(super) fn wall_clock(reading: &Reading) -> (Civil, Zone) {
    match reading.zone {
        ReadZone::Unstated => (reading.civil, Zone::Local),
        ReadZone::Utc | ReadZone::Offset(_) => (reading.instant().civil().unwrap_or(reading.civil), Zone::Utc),
    }
}

pub(super) fn shown(at: Civil, zone: Zone, precision: Precision) -> String {
    match zone {
        _ if precision < Precision::Time || at.is_midnight() => at.date_text(),
        Zone::Utc => format!("{at} UTC"),
        Zone::Local => at.to_string(),
    }
}

/// The date that a value holds, if it holds one.
pub(super) fn dated(value: &Value, kind: ValueKind) -> Option<(Reading, Form)> {
    match value {
        Value::Date(reading) => Some((*reading, Form::Date)),
        Value::Text(text) => match text.trim().parse() {
            Ok(number) => numeric(number, kind),
            Err(_) => read_text(text, kind),
        },
        Value::Int(number) => numeric(*number, kind),
        Value::Float(number) if number.is_finite() && number.abs() < 1e15 => numeric(*number as i128, kind),
        Value::Float(_) | Value::Bool(_) => None,
    }
}

fn read_text(text: &str, kind: ValueKind) -> Option<(Reading, Form)> {
    let reading = matches!(kind, ValueKind::Auto | ValueKind::Date).then(|| read_date(text))??;
    Some((reading, Form::Date))
}

/// Numbers that could be seconds since 1970: 2001-09-09 to 2096-10-02.
const SECONDS: std::ops::Range<i128> = 1_000_000_000..4_000_000_000;

/// Numbers that could be a date and a time in 14 digits.
const STAMPS: std::ops::Range<i128> = 19_700_101_000_000..22_000_000_000_000;

/// From 1900-01-01 to 1970-01-01.
const NTP_TO_UNIX: i128 = 2_208_988_800;

fn numeric(number: i128, kind: ValueKind) -> Option<(Reading, Form)> {
    let stamp = |instant: Instant, form| {
        let civil = instant.civil()?;
        Some((Reading { civil, zone: ReadZone::Utc, precision: Precision::Time }, form))
    };
    let seconds = |number: i128| i64::try_from(number).ok().map(Instant::from_seconds);
    match kind {
        ValueKind::Ntp => stamp(seconds(number.checked_sub(NTP_TO_UNIX)?)?, Form::Ntp),
        ValueKind::Seconds => stamp(seconds(number)?, Form::Seconds),
        ValueKind::Millis => stamp(Instant(number.checked_mul(1_000_000)?), Form::Millis),
        ValueKind::Auto | ValueKind::Date if (19_700_101..22_000_000).contains(&number) => {
            Some((read_date(&number.to_string())?, Form::Date))
        }
        ValueKind::Date if STAMPS.contains(&number) => {
            let digits = number.to_string();
            Some((read_date(&format!("{}T{}", digits.get(..8)?, digits.get(8..)?))?, Form::Date))
        }
        ValueKind::Auto if SECONDS.contains(&number) => stamp(seconds(number)?, Form::Seconds),
        ValueKind::Auto if SECONDS.contains(&(number / 1000)) => {
            stamp(Instant(number.checked_mul(1_000_000)?), Form::Millis)
        }
        ValueKind::Auto | ValueKind::Date => None,
    }
}

/// The date in a line pattern's groups, and where it stands.
pub(super) fn captured(captures: &regex::Captures<'_>) -> Option<(Reading, std::ops::Range<usize>)> {
    for (name, kind) in [
        ("date", ValueKind::Date),
        ("seconds", ValueKind::Seconds),
        ("millis", ValueKind::Millis),
        ("ntp", ValueKind::Ntp),
    ] {
        if let Some(group) = captures.name(name) {
            let (reading, _) = dated(&Value::Text(group.as_str().to_owned()), kind)?;
            return Some((reading, group.range()));
        }
    }
    if let Some(group) = captures.name("through") {
        let end = Civil::from_ymd(group.as_str().parse::<i64>().ok()? + 1, 1, 1)?;
        return Some((Reading::day(end), group.range()));
    }
    let part = |name| captures.name(name).and_then(|group| group.as_str().parse::<i64>().ok());
    let groups = || ["year", "month", "day"].into_iter().filter_map(|name| captures.name(name));
    let range = groups().map(|group| group.start()).min()?..groups().map(|group| group.end()).max()?;
    // A month without a day begins with its first.
    let day = if captures.name("day").is_some() { part("day")? } else { 1 };
    Some((Reading::day(Civil::from_ymd(part("year")?, part("month")?, day)?), range))
}
