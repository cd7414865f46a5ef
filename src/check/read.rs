//! One file: what its bytes and the rules alone say of it.

use std::sync::Arc;

use crate::credential::{self, Bundle};
use crate::document::{self, DatedKey};
use crate::embedded;
use crate::finding::Finding;
use crate::flow::facts::FileFacts;
use crate::flow::{test_code, trace};
use crate::knowledge::{Knowledge, SOURCE_CAP};
use crate::language::registry::Language;
use crate::source::{File, Marks, Sift, decode};

use super::binary;
use super::compiled::Compiled;

/// What one file gave.
pub(super) struct Read {
    /// One for a file of a language, one for each program that stands in another file.
    pub(super) facts: Vec<FileFacts>,
    pub(super) findings: Vec<Finding>,
    /// Trust anchors, of which the window decides what is said.
    pub(super) bundle: Option<Bundle>,
    pub(super) dated: Vec<DatedKey>,
    /// It belongs to tests.
    pub(super) in_test: bool,
    /// It may hold a waiver.
    pub(super) marked: bool,
    /// It was parsed.
    pub(super) parsed: bool,
    /// Why not, or not all of it.
    pub(super) problem: Option<String>,
    /// Its lines, if it holds decisions that may become findings; of a member of an archive, if they may be shown.
    pub(super) text: Option<Arc<str>>,
    /// It was compiled from other files.
    pub(super) compiled: Option<Compiled>,
}

/// A file that says nothing.
pub(super) const fn nothing() -> Read {
    Read {
        facts: Vec::new(),
        findings: Vec::new(),
        bundle: None,
        dated: Vec::new(),
        in_test: false,
        marked: false,
        parsed: false,
        problem: None,
        text: None,
        compiled: None,
    }
}

/// Everything that depends on the file's bytes and the rules alone.
pub(super) fn read(knowledge: &Knowledge, sift: &Sift, file: &File<'_>) -> Read {
    let languages = knowledge.languages.list();
    let own = languages.get(file.group).map(|_| file.group);
    let in_test = knowledge.is_test(&file.path, own);
    if let Some(part) = &file.part {
        return binary::read(knowledge, sift, file, part, in_test);
    }
    let mut read = Read { in_test, marked: file.marks.has(Marks::WAIVER), ..nothing() };
    let is_credential = file.group == languages.len() + 1;
    if file.marks.has(Marks::CREDENTIAL) || is_credential {
        let found = credential::read(&file.path, file.bytes, &credential::Context { in_test });
        (read.findings, read.bundle) = (found.findings, found.bundle);
    }
    if decode::is_binary(file.bytes) {
        return read;
    }
    let timed = file.marks.any(Marks::CLOCK | Marks::DEADLINE) || file.marks.has(Marks::EXPIRY | Marks::YEAR);
    if own.is_none()
        && !is_credential
        && (file.marks.any(Marks::DEADLINE | Marks::EXPIRY) || knowledge.documents.knows(&file.path))
    {
        let decoded = decode::text(file.bytes);
        let result = document::findings(&file.path, &decoded.text, &knowledge.documents, &knowledge.words, in_test);
        read.parsed = true;
        read.findings.extend(result.findings);
        read.dated = result.dated;
        read.problem = result.problem;
    }
    if own.is_some() && file.marks.has(Marks::EXPIRY) && knowledge.documents.applies(&file.path) {
        let decoded = decode::text(file.bytes);
        let result = document::findings(&file.path, &decoded.text, &knowledge.documents, &knowledge.words, in_test);
        read.findings.extend(result.findings);
    }
    if file.marks.has(Marks::ANNOTATION) {
        let decoded = decode::text(file.bytes);
        read.findings.extend(document::promises(&file.path, &decoded.text, &knowledge.promises, in_test));
    }
    if let Some(host) = knowledge.host(file.group).filter(|_| file.marks.has(Marks::CLOCK)) {
        guests(knowledge, sift, file, host, in_test, &mut read);
    }
    if own.is_some() && timed {
        let decoded = decode::text(file.bytes);
        code(knowledge, file, &decoded.text, in_test, &mut read);
    }
    if file.is_member() && read.text.is_none() && (read.marked || !read.findings.is_empty()) {
        read.text = Some((*decode::text(file.bytes).text).into());
    }
    read
}

/// Parses and traces a file of a language.
pub(super) fn code(knowledge: &Knowledge, file: &File<'_>, text: &str, in_test: bool, read: &mut Read) {
    let Some(language) = knowledge.languages.of(&file.path, file.bytes) else { return };
    let facts = traced(language, file, text, in_test);
    read.text = file.marks.has(Marks::CLOCK).then(|| text.into());
    keep(facts, read);
}

/// Parses and traces the programs in a file that read a clock, each as one of its language.
fn guests(knowledge: &Knowledge, sift: &Sift, file: &File<'_>, host: &embedded::Host, in_test: bool, read: &mut Read) {
    let decoded = decode::text(file.bytes);
    let places = embedded::Places::new(&decoded.text);
    for guest in embedded::guests(host, &decoded.text, &knowledge.languages) {
        let Some(language) = knowledge.languages.list().get(guest.language) else { continue };
        if guest.text.len() > SOURCE_CAP || !sift.marks(guest.language, guest.text.as_bytes()).has(Marks::CLOCK) {
            continue;
        }
        let mut facts = traced(language, file, &guest.text, in_test);
        facts.relocate(places.of(&guest));
        facts.part = read.facts.len();
        keep(facts, read);
    }
    read.text = (!read.facts.is_empty()).then(|| (*decoded.text).into());
}

fn traced(language: &Language, file: &File<'_>, text: &str, in_test: bool) -> FileFacts {
    let module = (language.lower)(text);
    let mut facts = trace::trace(file.path.clone(), &module, &language.models);
    facts.language = language.id;
    facts.in_test = in_test;
    test_code::mark(&mut facts, &module, text, &language.models);
    facts
}

pub(super) fn keep(facts: FileFacts, read: &mut Read) {
    read.parsed = true;
    if let Some(first) = facts.gaps.first() {
        let lines: u32 = facts.gaps.iter().map(|gap| gap.end_line + 1 - gap.line.min(gap.end_line)).sum();
        read.problem = Some(format!("{lines} lines could not be parsed, from line {} on", first.line));
    }
    read.facts.push(facts);
}
