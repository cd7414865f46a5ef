//! Where the clock of tests stands still because of another file: one that prepares every test below its folder, that of the
//! class which the test's own extends, or that of a helper which the test calls.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use crate::vocabulary::words;

use super::World;
use super::facts::{Argument, FileFacts, FunctionFacts, TermKind};
use super::index::{FunctionRef, family, folder_of, last_of, stem_of};

/// Classes above a test's that are looked at.
const BASES: usize = 3;
/// Folders of tests, beside which the code lies that they test.
const OF_TESTS: [&str; 5] = ["test", "tests", "__tests__", "config", "setup"];

/// A helper that freezes the clock is called so.
const FREEZERS: [&str; 8] = ["freeze", "freezes", "frozen", "freezer", "travel", "timecop", "timers", "clock"];

/// By file, whether its clock stands still because of another one; and the files that prepare others and freeze it.
#[derive(Debug, Default)]
pub(super) struct Frozen {
    files: Vec<OnceLock<bool>>,
    lines: Vec<OnceLock<Vec<u32>>>,
    preparing: OnceLock<Vec<Preparing>>,
    helpers: OnceLock<Helpers>,
}

/// A file that freezes the clock for the tests below its folder.
#[derive(Debug)]
struct Preparing {
    file: usize,
    /// Only for those marked so: `describe Coupon, :frozen`.
    mark: Option<String>,
}

/// What freezes the clock for those who name it.
#[derive(Debug, Default)]
struct Helpers {
    names: FxHashSet<String>,
    functions: FxHashSet<FunctionRef>,
    globals: FxHashSet<(usize, usize)>,
}

impl Frozen {
    pub(super) fn of(files: usize) -> Self {
        Self {
            files: (0..files).map(|_| OnceLock::new()).collect(),
            lines: (0..files).map(|_| OnceLock::new()).collect(),
            ..Self::default()
        }
    }
}

impl World<'_> {
    /// Whether the clock of a file of tests is frozen by another one, for all of them or for some.
    pub(super) fn is_frozen_elsewhere(&self, n: usize) -> bool {
        self.is_frozen_around(n) || !self.freezing_lines(n).is_empty()
    }

    /// Whether it is for all of them.
    pub(super) fn is_frozen_around(&self, n: usize) -> bool {
        *self.frozen.files[n].get_or_init(|| self.is_prepared(n) || self.extends_frozen(n))
    }

    fn is_prepared(&self, n: usize) -> bool {
        let own = self.files[n];
        let preparing = self.frozen.preparing.get_or_init(|| {
            let all = self.files.iter().enumerate();
            all.flat_map(|(n, file)| prepares(file).into_iter().map(move |mark| Preparing { file: n, mark })).collect()
        });
        preparing.iter().any(|Preparing { file, mark }| {
            let file = self.files[*file];
            let folder = folder_of(&file.path);
            let above = folder.rsplit_once('/').unwrap_or(("", folder));
            let folder = if OF_TESTS.contains(&above.1) && !matches!(file.language, "python" | "ruby") {
                above.0
            } else {
                folder
            };
            let folder = folder.strip_suffix("/support").unwrap_or(folder);
            family(file.language) == family(own.language)
                && is_below(&own.path, folder)
                && mark.as_ref().is_none_or(|mark| is_marked(own, mark))
        })
    }

    /// The lines of a file of tests that name what freezes the clock in another file: `beforeEach(freeze)`, `@frozen`.
    pub(super) fn freezing_lines(&self, n: usize) -> &[u32] {
        self.frozen.lines[n].get_or_init(|| {
            let file = self.files[n];
            let helpers = self.frozen.helpers.get_or_init(|| self.freezing_helpers());
            if helpers.names.is_empty() {
                return Vec::new();
            }
            let named = file.terms.iter().filter_map(|term| match &term.kind {
                TermKind::Call(path, _) | TermKind::Name(path) => Some((path, term.span.line)),
                _ => None,
            });
            let near = named.filter(|(path, _)| path.last().is_some_and(|name| helpers.names.contains(name)));
            near.filter(|(path, _)| self.freezes_elsewhere(helpers, n, path)).map(|(_, line)| line).collect()
        })
    }

    fn freezes_elsewhere(&self, helpers: &Helpers, n: usize, path: &[String]) -> bool {
        let functions = || {
            let name = path.last().map_or("", String::as_str);
            self.symbols.functions(self.files, n, None, name)
        };
        self.symbols.globals(self.files, n, path).iter().any(|at| at.0 != n && helpers.globals.contains(at))
            || functions().iter().any(|at| at.0 != n && helpers.functions.contains(at))
    }

    fn freezing_helpers(&self) -> Helpers {
        let mut helpers = Helpers::default();
        for (n, file) in self.files.iter().enumerate().filter(|(_, file)| !file.frozen_lines.is_empty()) {
            for (f, function) in file.functions.iter().enumerate() {
                if !function.test && is_freezer(&function.name) && freezes(file, function) {
                    helpers.names.insert(function.name.clone());
                    helpers.functions.insert((n, f));
                }
            }
            for (g, global) in file.globals.iter().enumerate() {
                let on_line = |line: &u32| (global.span.line..=global.span.end_line).contains(line);
                if is_freezer(&global.name) && file.frozen_lines.iter().any(on_line) {
                    helpers.names.insert(global.name.clone());
                    helpers.globals.insert((n, g));
                }
            }
        }
        helpers
    }

    fn extends_frozen(&self, n: usize) -> bool {
        let mut open: Vec<(usize, &str)> =
            self.files[n].types.iter().flat_map(|ty| &ty.bases).map(|base| (n, last_of(base))).collect();
        for _ in 0..BASES {
            let mut above = Vec::new();
            for (from, base) in open {
                let Some((file, ty)) = self.symbols.type_of(from, base) else { continue };
                let facts = self.files[file];
                let own = |function: &&FunctionFacts| function.owner.as_deref().map(last_of) == Some(base);
                if file != n && facts.functions.iter().filter(own).any(|function| freezes(facts, function)) {
                    return true;
                }
                above.extend(facts.types[ty].bases.iter().map(|base| (file, last_of(base))));
            }
            open = above;
        }
        false
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn is_freezer(name: &str) -> bool {
    words(name).iter().any(|word| FREEZERS.contains(&word.as_str()))
}

/// A test is marked so: by a symbol, or by the folder that it lies in.
fn is_marked(file: &FileFacts, mark: &str) -> bool {
    let says = |args: &[Argument]| args.iter().any(|(name, _)| name.as_deref() == Some(mark));
    file.terms.iter().any(|term| match &term.kind {
        TermKind::Text(text) => **text == *mark,
        TermKind::Call(_, args) | TermKind::Method(_, _, args) => says(args),
        _ => false,
    })
}

/// For which tests around it a file freezes the clock; `None` is all of them.
fn prepares(file: &FileFacts) -> Vec<Option<String>> {
    const SETUPS: [&str; 6] = ["setup", "setupTests", "setupFiles", "vitest", "jest", "test-setup"];
    let stem = stem_of(&file.path);
    let all = match file.language {
        _ if file.frozen_lines.is_empty() => false,
        "python" => {
            let mut functions = file.functions.iter();
            stem == "conftest" && functions.any(|fixture| freezes(file, fixture) && is_for_all(file, fixture))
        }
        "javascript" | "typescript" => SETUPS.contains(&stem),
        "ruby" => return hooks(file),
        _ => false,
    };
    if all { vec![None] } else { Vec::new() }
}

/// The hooks of a helper of RSpec that freeze the clock, and for whom: `config.around(:each, :frozen) { … }`.
fn hooks(file: &FileFacts) -> Vec<Option<String>> {
    const HOOKS: [&str; 4] = ["around", "before", "prepend_before", "append_before"];
    const WHEN: [&str; 6] = ["each", "all", "example", "suite", "context", "type"];
    let is_helper = stem_of(&file.path).ends_with("_helper") || folder_of(&file.path).contains("support");
    let hooks = file.terms.iter().filter_map(|term| match &term.kind {
        TermKind::Call(path, args) if path.len() > 1 => Some((path.last()?, args)),
        TermKind::Method(_, name, args) => Some((name, args)),
        _ => None,
    });
    let freezes = |(_, arg): &Argument| {
        let term = file.term(*arg);
        let lines = term.span.line..=term.span.end_line;
        matches!(term.kind, TermKind::Closure(..)) && file.frozen_lines.iter().any(|line| lines.contains(line))
    };
    let marks = |args: &[Argument]| {
        args.iter().find_map(|(name, arg)| match (&file.term(*arg).kind, name) {
            (TermKind::Text(text), _) if !WHEN.contains(&&**text) => Some(text.to_string()),
            (_, Some(name)) if !WHEN.contains(&name.as_str()) => Some(name.clone()),
            _ => None,
        })
    };
    let freezing = hooks.filter(|(name, args)| is_helper && HOOKS.contains(&name.as_str()) && args.iter().any(freezes));
    freezing.map(|(_, args)| marks(args)).collect()
}

/// Whether the clock is frozen within a function.
fn freezes(file: &FileFacts, function: &FunctionFacts) -> bool {
    let lines = function.span.line..=function.span.end_line;
    file.frozen_lines.iter().any(|line| lines.contains(line))
}

/// `@pytest.fixture(autouse=True)`
pub(in crate::flow) fn is_for_all(file: &FileFacts, fixture: &FunctionFacts) -> bool {
    fixture.attributes.iter().any(|attribute| match &file.term(*attribute).kind {
        TermKind::Call(_, args) => args.iter().any(|(name, _)| name.as_deref() == Some("autouse")),
        _ => false,
    })
}
