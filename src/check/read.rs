//! One file: what its bytes and the rules alone say of it.

use std::borrow::Cow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::credential::{self, Bundle};
use crate::document::{self, BuildFlag, DatedKey};
use crate::embedded;
use crate::finding::Finding;
use crate::flow::facts::FileFacts;
use crate::flow::{test_code, trace};
use crate::knowledge::{Knowledge, SOURCE_CAP, is_timed};
use crate::language::ir::Module;
use crate::language::registry::Language;
use crate::source::{self, File, Focus, Marks, Sift, decode};

use super::binary;
use super::compiled::Compiled;

/// More lines than this that cannot be read show that the parser lost its way.
const LOST: u32 = 200;

/// What one file gave.
#[derive(Serialize, Deserialize)]
pub(super) struct Read {
    /// One for a file of a language, one for each program that stands in another file.
    pub(super) facts: Vec<FileFacts>,
    pub(super) findings: Vec<Finding>,
    /// Trust anchors, of which the window decides what is said.
    pub(super) bundle: Option<Bundle>,
    pub(super) dated: Vec<DatedKey>,
    /// Names of the code that it gives a date to.
    pub(super) flags: Vec<BuildFlag>,
    /// It belongs to tests.
    pub(super) in_test: bool,
    /// It may hold a waiver.
    pub(super) marked: bool,
    /// It was parsed.
    pub(super) parsed: bool,
    /// Why not, or not all of it.
    pub(super) problem: Option<String>,
    /// It holds dates and no clock, or clocks and no date: it may wait until one asks for the other.
    pub(super) deferred: Option<Deferred>,
    /// Its lines, if it holds decisions that may become findings; of a member of an archive, if they may be shown.
    pub(super) text: Option<Arc<str>>,
    /// It was compiled from other files.
    pub(super) compiled: Option<Compiled>,
}

/// A file that is parsed if anything asks for it.
#[derive(Serialize, Deserialize)]
pub(super) struct Deferred {
    text: String,
    group: usize,
    marks: Marks,
}

impl Deferred {
    /// All that is in it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What it is read as: the number of its group.
    pub(super) const fn group(&self) -> usize {
        self.group
    }

    /// It holds clocks and no date, not the other way round.
    pub(super) const fn is_of_clocks(&self) -> bool {
        self.marks.has(Marks::CLOCK)
    }

    /// Parses it after all; of a large one, what is of interest.
    pub(super) fn parse(
        &self,
        knowledge: &Knowledge,
        path: &Arc<str>,
        focus: &Focus<impl Fn(&[u8]) -> bool>,
        read: &mut Read,
    ) {
        let Self { text, group, marks } = self;
        let file = File { path: Arc::clone(path), bytes: text.as_bytes(), group: *group, marks: *marks, part: None };
        let in_test = read.in_test;
        if panic::catch_unwind(AssertUnwindSafe(|| code(knowledge, &file, text, in_test, focus, read))).is_err() {
            read.problem = Some("the parser failed on it (a bug in defuse)".to_owned());
        }
    }
}

impl Read {
    /// Whether its facts hold together: what was read from a file may not.
    pub(super) fn is_sound(&self) -> bool {
        self.facts.iter().all(FileFacts::is_sound)
    }

    /// Parses what was deferred after all. In a large tree dates wait on, and of clocks no more is of interest than where
    /// they are read: most of them meet no date.
    pub(super) fn resume(&mut self, knowledge: &Knowledge, sift: &Sift, path: &Arc<str>, is_large: bool) {
        if let Some(deferred) = self.deferred.take_if(|deferred| !is_large || deferred.is_of_clocks()) {
            let worth = |body: &[u8]| is_timed(sift.marks(deferred.group(), body));
            deferred.parse(knowledge, path, &Focus { worth, related: !is_large }, self);
        }
    }
}

/// A file that says nothing.
pub(super) const fn nothing() -> Read {
    Read {
        facts: Vec::new(),
        findings: Vec::new(),
        bundle: None,
        dated: Vec::new(),
        flags: Vec::new(),
        in_test: false,
        marked: false,
        parsed: false,
        problem: None,
        deferred: None,
        text: None,
        compiled: None,
    }
}

/// Everything that depends on the file's bytes and the rules alone; code that holds dates alone, or clocks alone, can wait.
pub(super) fn read(knowledge: &Knowledge, sift: &Sift, file: &File<'_>, waits: bool) -> Read {
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
    // A bundler's configuration is no product code, but what it defines is.
    if knowledge.flags.applies(&file.path) && !knowledge.is_test(&file.path, None) {
        read.flags = knowledge.flags.read(&file.path, &decode::text(file.bytes).text);
    }
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
    let has_rows = knowledge.documents.applies(&file.path) || document::holds_rows(&file.path);
    if own.is_some() && file.marks.has(Marks::EXPIRY) && has_rows {
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
    if own.is_some() && is_timed(file.marks) {
        let decoded = decode::text(file.bytes);
        if waits && !in_test && can_wait(file.marks) {
            let text = decoded.text.into_owned();
            read.deferred = Some(Deferred { text, group: file.group, marks: file.marks });
            return read;
        }
        let focus = Focus::on(|body: &[u8]| is_timed(sift.marks(file.group, body)));
        code(knowledge, file, &decoded.text, in_test, &focus, &mut read);
        let language = knowledge.languages.of(&file.path, file.bytes).filter(|_| file.marks.has(Marks::CLOCK));
        for host in language.into_iter().flat_map(|language| knowledge.inner_hosts(language.id, &file.path)) {
            if !host.is_markup() {
                guests(knowledge, sift, file, host, in_test, &mut read);
            }
        }
    }
    if file.is_member() && read.text.is_none() && (read.marked || !read.findings.is_empty()) {
        read.text = Some((*decode::text(file.bytes).text).into());
    }
    read
}

/// Whether code with those marks holds dates alone, or clocks alone.
const fn can_wait(marks: Marks) -> bool {
    const DATES: Marks = Marks::DEADLINE.and(Marks::YEAR).and(Marks::EXPIRY);
    let has_both = marks.has(Marks::CLOCK) && marks.any(DATES);
    !(has_both || marks.has(Marks::ROLLOVER))
}

/// Parses and traces a file of a language; of a large one, what is of interest.
pub(super) fn code(
    knowledge: &Knowledge,
    file: &File<'_>,
    text: &str,
    in_test: bool,
    focus: &Focus<impl Fn(&[u8]) -> bool>,
    read: &mut Read,
) {
    let Some(language) = knowledge.languages.of(&file.path, file.bytes) else { return };
    let pruned = prune(language, text, focus);
    let mut facts =
        page(knowledge, language, file, text, in_test).unwrap_or_else(|| traced(language, file, &pruned, in_test));
    facts.pruned = matches!(pruned, Cow::Owned(_));
    if facts.pruned && unread_lines(&facts) > LOST {
        facts = traced(language, file, text, in_test);
    }
    if let Some(other) = knowledge.languages.instead_of(language, &file.path).filter(|_| !facts.gaps.is_empty()) {
        let (pruned, text) = (facts.pruned, if facts.pruned { &pruned } else { text });
        let other = FileFacts { pruned, ..traced(other, file, text, in_test) };
        facts = if unread_lines(&other) < unread_lines(&facts) { other } else { facts };
    }
    read.text = file.marks.has(Marks::CLOCK).then(|| text.into());
    keep(facts, read);
}

/// The facts of a page's scripts and its markup, if that reads a clock or shows what depends on one.
fn page(knowledge: &Knowledge, language: &Language, file: &File<'_>, text: &str, in_test: bool) -> Option<FileFacts> {
    let lower = language.lower_page.filter(|_| file.marks.has(Marks::CLOCK))?;
    let host = knowledge.inner_hosts(language.id, &file.path).find(|host| host.is_markup())?;
    let guest = embedded::page(host, text, knowledge.languages.named(language.id)?)?;
    let mut facts = facts_of(language, file, &guest.text, &lower(&guest.text, text.len()), in_test);
    facts.relocate(embedded::Places::new(text).of(&guest));
    facts.data_lines = guest.lines_after(text, text.len());
    Some(facts)
}

/// The functions of a text that are of interest, where the language's layout tells.
pub(super) fn prune<'t>(language: &Language, text: &'t str, focus: &Focus<impl Fn(&[u8]) -> bool>) -> Cow<'t, str> {
    if language.models.models.functions_at_margin { source::prune(text, focus) } else { Cow::Borrowed(text) }
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
        if host.shows_data() {
            facts.data_lines = vec![(0, u32::MAX)];
        }
        let problem = read.problem.clone();
        keep(facts, read);
        if !host.is_verbatim() {
            read.problem = problem;
        }
    }
    read.text = (!read.facts.is_empty()).then(|| (*decoded.text).into());
}

fn traced(language: &Language, file: &File<'_>, text: &str, in_test: bool) -> FileFacts {
    facts_of(language, file, text, &(language.lower)(text), in_test)
}

fn facts_of(language: &Language, file: &File<'_>, text: &str, module: &Module, in_test: bool) -> FileFacts {
    let mut facts = trace::trace(file.path.clone(), module, &language.models);
    facts.language = language.id;
    facts.in_test = in_test;
    test_code::mark(&mut facts, module, text, &language.models);
    facts
}

fn unread_lines(facts: &FileFacts) -> u32 {
    facts.gaps.iter().map(|gap| gap.end_line + 1 - gap.line.min(gap.end_line)).sum()
}

pub(super) fn keep(facts: FileFacts, read: &mut Read) {
    read.parsed = true;
    if let Some(first) = facts.gaps.first() {
        read.problem = Some(format!("{} lines could not be parsed, from line {} on", unread_lines(&facts), first.line));
    }
    read.facts.push(facts);
}
