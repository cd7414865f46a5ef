//! Programs, libraries and firmware that a build made: the certificates in them, and their texts that say until when.
//!
//! There are no lines in them. What is found is told by its offset and, where the format has sections, by the section.

use regex::bytes::Regex;
use std::sync::LazyLock;

use crate::credential;
use crate::document;
use crate::finding::{Finding, Span};
use crate::knowledge::Knowledge;
use crate::source::{File, Marks, Part, Sections, Sift};

use super::compiled::{self, Compiled};
use super::read::{self, Read, nothing};

/// A text of a binary: printable characters in a row, with the year of a date in them.
static TEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)[\x20-\x7E]{1,200}[:= ]\W{0,3}20\d\d-?[01]\d[\x20-\x7E]{0,60}").ok());

/// More texts than this are a table of data.
const TEXTS: usize = 200;

/// What one part of a binary says.
pub(super) fn read(knowledge: &Knowledge, sift: &Sift, file: &File<'_>, part: &Part, in_test: bool) -> Read {
    let sections = if part.whole { Sections::of(file.bytes) } else { Sections::default() };
    let place = |at: usize| {
        let at = part.offset + at as u64;
        let section = sections.name_at(at).map_or_else(String::new, |name| format!(" in {name}"));
        format!("at offset {at:#x}{section}")
    };
    let context = credential::Context { in_test };
    let found = credential::embedded(&file.path, file.bytes, part.fresh, &context, &place);
    let mut read = Read { findings: found.findings, bundle: found.bundle, ..nothing() };
    if file.marks.has(Marks::EXPIRY) && file.marks.any(Marks::DEADLINE | Marks::YEAR) {
        read.findings.extend(texts(knowledge, file, part.fresh, in_test, &place));
    }
    if part.whole
        && let Some(text) = document::unpacked(file.bytes)
    {
        return unpacked(knowledge, sift, file, &text);
    }
    if part.whole {
        compiled::read(knowledge, sift, file, in_test, &mut read);
    }
    read
}

/// What the text of a packed document says. Its lines are kept, its columns are not.
fn unpacked(knowledge: &Knowledge, sift: &Sift, file: &File<'_>, text: &str) -> Read {
    let marks = sift.marks(file.group, text.as_bytes());
    let plain = File { path: file.path.clone(), bytes: text.as_bytes(), group: file.group, marks, part: None };
    let mut read = read::read(knowledge, sift, &plain, false);
    for finding in &mut read.findings {
        let steps = finding.steps.iter_mut().map(|step| &mut step.place);
        steps.chain([&mut finding.place]).for_each(Compiled::settle);
    }
    // It cannot hold a comment.
    Read { marked: false, ..read }
}

/// The texts by whose own words something ends.
fn texts(
    knowledge: &Knowledge,
    file: &File<'_>,
    fresh: usize,
    in_test: bool,
    place: &dyn Fn(usize) -> String,
) -> Vec<Finding> {
    let Some(pattern) = TEXT.as_ref() else { return Vec::new() };
    let texts: Vec<_> = pattern.find_iter(file.bytes).take_while(|text| text.start() < fresh).take(TEXTS).collect();
    let lines: Vec<_> = texts.iter().map(|text| String::from_utf8_lossy(text.as_bytes())).collect();
    let mut found = document::texts(&file.path, &lines.join("\n"), &knowledge.documents, &knowledge.words, in_test);
    for finding in &mut found {
        let line = (finding.place.span.line as usize).saturating_sub(1);
        let at = texts.get(line).map_or(0, regex::bytes::Match::start);
        finding.message.push_str(&format!(" ({})", place(at)));
        finding.place.span = Span::on_line(1, 1, 1);
    }
    found
}
