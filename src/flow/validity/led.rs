//! Where a test leads by what it names, where no call says so: a controller's action that it asks for by a route or a
//! symbol, a predicate behind a matcher, a method of an object that a factory made.
//!
//! A test that names a function, and either the type that holds it or the file by its own name, is about that function.

use std::collections::{HashMap, HashSet};

use crate::finding::Span;
use crate::flow::World;
use crate::flow::facts::{FileFacts, TermKind};
use crate::flow::index::{FunctionRef, folder_of, stem_of};
use crate::flow::member_key;
use crate::vocabulary::words;

use super::given::in_scope;

/// Longer texts name nothing.
const LONGEST: usize = 120;
/// Words of the names of files that say that they hold tests.
const AFFIXES: [&str; 9] = ["test", "tests", "spec", "specs", "it", "e2e", "unit", "integration", "case"];
/// Files are called so in every folder.
const GENERAL: [&str; 9] = ["index", "main", "mod", "init", "utils", "util", "helpers", "models", "views"];
/// What stands in for a dependency is called so.
const MOCKS: [&str; 5] = ["mock", "Mock", "thenReturn", "and_return", "willReturn"];
/// Names of functions that mean too much to be asked for by a text.
const ANY: [&str; 10] = ["index", "show", "create", "update", "new", "test", "main", "init", "setup", "id"];

/// What one test file names.
pub(super) struct Named {
    /// Functions, by key: where.
    functions: HashMap<String, Vec<Span>>,
    /// Those that a route names: `/reports/usage`.
    routed: HashMap<String, Vec<Span>>,
    types: HashSet<String>,
    mocks: Vec<Span>,
    stem: Vec<String>,
    folder: String,
}

impl Named {
    pub(super) fn of(file: &FileFacts) -> Self {
        let (stem, folder) = (stem(&file.path), folder_of(&file.path).to_owned());
        let (functions, routed) = (HashMap::new(), HashMap::new());
        let mut named = Self { functions, routed, types: HashSet::new(), mocks: Vec::new(), stem, folder };
        for term in &file.terms {
            match &term.kind {
                TermKind::Method(_, name, _) | TermKind::Mutated(_, name, _) | TermKind::Field(_, name) => {
                    named.function(name, term.span);
                }
                TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Name(path) => {
                    path.last().into_iter().for_each(|name| named.function(name, term.span));
                    named.types.extend(path.iter().filter(|name| is_type(name)).cloned());
                }
                TermKind::Record(Some(path), ..) => named.types.extend(path.last().cloned()),
                TermKind::Text(text) if text.len() <= LONGEST => named.texts(text, term.span),
                _ => {}
            }
        }
        named
    }

    fn function(&mut self, name: &str, span: Span) {
        if MOCKS.iter().any(|word| name.contains(word)) {
            self.mocks.push(span);
        }
        // A matcher stands for the predicate: `be_expired` asks `expired?`.
        let name = name.strip_prefix("be_").unwrap_or(name);
        self.functions.entry(member_key(name)).or_default().push(span);
    }

    /// The parts of a route, or a symbol.
    fn texts(&mut self, text: &str, span: Span) {
        let is_part =
            |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let text = text.split(['?', '#']).next().unwrap_or(text);
        if text.contains(' ') {
            return;
        }
        for part in text.split(['/', ':', '.']).filter(is_part) {
            if ANY.contains(&part) {
                continue;
            }
            self.functions.entry(member_key(part)).or_default().push(span);
            if text.starts_with('/') {
                self.routed.entry(member_key(part)).or_default().push(span);
            }
        }
    }

    /// Where the file names the function, if it names what holds it: its type, or its file by the test's own name.
    pub(super) fn leading(&self, world: &World<'_>, (n, f): FunctionRef) -> &[Span] {
        let file = world.files[n];
        let function = &file.functions[f];
        let Some(places) = self.functions.get(&member_key(&function.name)) else { return &[] };
        let is_held = function.held_by().is_some_and(|owner| self.types.contains(owner)) || self.is_sister(&file.path);
        if is_held { places } else { &[] }
    }

    /// A route that the file asks for names the function.
    pub(super) fn asks_for(&self, world: &World<'_>, (n, f): FunctionRef) -> bool {
        self.routed.contains_key(&member_key(&world.files[n].functions[f].name))
    }

    /// Something in that scope is made to answer what the test says.
    pub(super) fn mocks(&self, scope: Span) -> bool {
        self.mocks.iter().any(|place| in_scope(scope, *place))
    }

    /// The file names that document: `read("fixtures/session.json")`, the fixture `events(:one)`.
    pub(super) fn mentions(&self, document: &str) -> bool {
        self.functions.contains_key(&member_key(stem_of(document)))
    }

    /// The test's file is named after that file.
    pub(super) fn is_sister(&self, path: &str) -> bool {
        let general = self.stem.iter().all(|word| GENERAL.contains(&word.as_str()));
        self.stem == stem(path) && (!general || self.folder == folder_of(path))
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// The words of a file's name without those that say that it holds tests.
fn stem(path: &str) -> Vec<String> {
    let mut own = words(stem_of(path));
    own.retain(|word| !AFFIXES.contains(&word.as_str()));
    own
}
