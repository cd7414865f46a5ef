//! Which code is test code, and where its clock is not the real one.

use crate::finding::{Severity, Span};
use crate::language::ir::Module;
use crate::language::models::Index;
use crate::vocabulary::words;

use super::facts::{ConditionKind, FileFacts, FunctionFacts, Outcome, Term, TermKind};

/// Marks the functions of a file that are tests by attribute, name or base class, and those whose clock is frozen,
/// injected or simulated. `text` is the file.
pub fn mark(facts: &mut FileFacts, module: &Module, text: &str, index: &Index) {
    let models = &index.models;
    let (in_test, terms) = (facts.in_test, &facts.terms);
    let frozen: Vec<&String> = models.frozen.iter().filter(|word| text.contains(word.as_str())).collect();
    for (facts, function) in facts.functions.iter_mut().zip(&module.functions) {
        let by_attribute = function.attributes.iter().any(|attribute| {
            attribute.path.last().is_some_and(|last| {
                models.tests.attributes.iter().any(|known| known == last || attribute.path.join(".") == *known)
            })
        });
        let by_base = function.owner.as_deref().is_some_and(|owner| {
            let owner = super::index::last_of(owner);
            module
                .types
                .iter()
                .any(|ty| ty.name == owner && ty.bases.iter().any(|base| models.tests.bases.contains(base)))
        });
        // `test_licence()` of product code gives an answer or ends the program; a test says what is to come out.
        let by_name = models.tests.functions.iter().any(|pattern| named(pattern, &function.name));
        facts.test |= by_attribute || by_base || (by_name && (in_test || !acts(facts) || expects(facts, terms)));
        facts.frozen = frozen.iter().any(|word| within(text, function.span, word));
    }
    facts.frozen = !frozen.is_empty() && facts.in_test;
    if !frozen.is_empty() {
        let freezes = |line: &&str| {
            !is_import(line) && !sets_free(line) && frozen.iter().any(|word| line.contains(word.as_str()))
        };
        let lines = (1..).zip(text.lines()).filter(|(_, line)| freezes(line));
        facts.frozen_lines = lines.map(|(n, _)| n).collect();
    }
}

/// Whether a function gives something back or ends the program.
fn acts(function: &FunctionFacts) -> bool {
    let exits = |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|outcome| outcome.severity == Severity::Exits);
    function.value.is_some()
        || function.conditions.iter().any(|condition| exits(&condition.then) || exits(&condition.otherwise))
}

/// Whether a function says what it expects: by an assertion, or by calling what is named after one.
fn expects(function: &FunctionFacts, terms: &[Term]) -> bool {
    const SAYS: [&str; 9] = ["assert", "check", "expect", "verify", "should", "require", "fail", "ok", "equal"];
    let says = |name: &String| words(name).iter().any(|word| SAYS.iter().any(|says| word.starts_with(says)));
    function.conditions.iter().any(|condition| condition.kind == ConditionKind::Assert)
        || function.calls.iter().any(|call| match &terms[*call as usize].kind {
            TermKind::Call(path, _) => path.last().is_some_and(says),
            TermKind::Method(_, name, _) => says(name),
            _ => false,
        })
}

/// A line that only names what freezes the clock elsewhere.
fn is_import(line: &str) -> bool {
    const OPENERS: [&str; 7] = ["import ", "from ", "use ", "using ", "require", "#include", "const {"];
    let line = line.trim_start();
    OPENERS.iter().any(|opener| line.starts_with(opener))
}

/// A line that lets the clock go on: `Timecop.return`, `vi.useRealTimers()`.
fn sets_free(line: &str) -> bool {
    [".return", "travel_back", "RealTimers", "unfreeze", ".uninstall("].iter().any(|word| line.contains(word))
}

fn named(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        _ => name == pattern,
    }
}

/// Whether the lines of a span hold a word.
fn within(text: &str, span: Span, word: &str) -> bool {
    let lines = text
        .lines()
        .skip(span.line.saturating_sub(1) as usize)
        .take((span.end_line + 1 - span.line.min(span.end_line)) as usize);
    lines.into_iter().any(|line| line.contains(word))
}
