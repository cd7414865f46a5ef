//! Programs of a virtual machine: their instructions are judged as their source would be.
//!
//! Places are those of the source where the compiler kept its lines. Nobody can open that source from here, so messages
//! say its name, and findings are told apart by the method they lie in.

use crate::finding::{Finding, Place, Span};
use crate::flow::facts::FileFacts;
use crate::flow::{test_code, trace};
use crate::knowledge::Knowledge;
use crate::language::program::Program;
use crate::source::{File, Marks, Sift};

use super::read::{Read, keep};

/// What is known of a compiled file beyond its facts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Compiled {
    /// The name of its source; unknown where the compiler left out lines or names.
    source: Option<String>,
    /// Its methods, by place.
    methods: Vec<(Span, String)>,
}

/// Reads a program that calls a clock or holds a date.
pub(super) fn read(knowledge: &Knowledge, sift: &Sift, file: &File<'_>, in_test: bool, read: &mut Read) {
    let Some(program) = Program::read(file.bytes) else { return };
    let Some(group) = knowledge.languages.named(program.models()) else { return };
    let words = program.words();
    if sift.marks(group, words.as_bytes()).any(Marks::CLOCK | Marks::DEADLINE) {
        let worth = |words: &str| sift.marks(group, words.as_bytes()).any(Marks::CLOCK | Marks::DEADLINE);
        lower(knowledge, file, &program, &words, &worth, in_test, read);
    }
}

/// Reads a program that mentions what something waits for.
pub(super) fn read_wanted(knowledge: &Knowledge, sift: &Sift, file: &File<'_>, in_test: bool, read: &mut Read) {
    let Some(program) = Program::read(file.bytes).filter(|_| sift.worth(file.group, file.marks)) else { return };
    let worth =
        |words: &str| sift.marks(file.group, words.as_bytes()).any(Marks::CLOCK | Marks::DEADLINE | Marks::EXPIRY);
    lower(knowledge, file, &program, &program.words(), &worth, in_test, read);
}

fn lower(
    knowledge: &Knowledge,
    file: &File<'_>,
    program: &Program<'_>,
    words: &str,
    worth: &dyn Fn(&str) -> bool,
    in_test: bool,
    read: &mut Read,
) {
    let language = knowledge.languages.named(program.models()).and_then(|group| knowledge.languages.list().get(group));
    let Some(language) = language else { return };
    let module = program.lower(worth);
    let mut facts: FileFacts = trace::trace(file.path.clone(), &module, &language.models);
    facts.language = language.id;
    facts.in_test = in_test || program.is_test();
    test_code::mark(&mut facts, &module, words, &language.models);
    read.in_test = facts.in_test;
    let source = program.source().map(str::to_owned);
    let name = |owner: &Option<String>, name: &str| format!("{}::{name}", owner.as_deref().unwrap_or_default());
    let methods = module.functions.iter().map(|method| (method.span, name(&method.owner, &method.name))).collect();
    read.compiled = Some(Compiled { source, methods });
    keep(facts, read);
}

impl Compiled {
    /// Says where the finding lies in words, and tells it from others of its file.
    pub(super) fn describe(&self, finding: &mut Finding) {
        let span = finding.place.span;
        let at = match &self.source {
            Some(source) => format!("{source}:{}", span.line),
            None => format!("at offset {:#x}", span.column.saturating_sub(1)),
        };
        finding.message.push_str(&format!(" ({at})"));
        let around = self.methods.iter().filter(|(method, _)| method.contains(span));
        let around = around.max_by_key(|(method, _)| (method.line, method.column));
        finding.matched = around.map(|(_, name)| name.clone()).unwrap_or_default();
    }

    /// Takes away what tells places on one line apart: there are no columns.
    pub(super) fn settle(place: &mut Place) {
        let Span { line, end_line, .. } = place.span;
        place.span = Span { line, column: 1, end_line, end_column: 1 };
    }
}
