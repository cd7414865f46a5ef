//! Where the clock of tests stands still because of another file: one that prepares every test below its folder, or that of
//! the class which the test's own extends.

use std::sync::OnceLock;

use super::World;
use super::facts::{FileFacts, FunctionFacts, TermKind};
use super::index::{family, folder_of, last_of, stem_of};

/// Classes above a test's that are looked at.
const BASES: usize = 3;
/// Folders of tests, beside which the code lies that they test.
const OF_TESTS: [&str; 5] = ["test", "tests", "__tests__", "config", "setup"];

/// By file, whether its clock stands still because of another one; and the files that prepare others and freeze it.
#[derive(Debug, Default)]
pub(super) struct Frozen {
    files: Vec<OnceLock<bool>>,
    preparing: OnceLock<Vec<usize>>,
}

impl Frozen {
    pub(super) fn of(files: usize) -> Self {
        Self { files: (0..files).map(|_| OnceLock::new()).collect(), preparing: OnceLock::new() }
    }
}

impl World<'_> {
    /// Whether the clock of a file of tests is frozen by another one.
    pub(super) fn is_frozen_elsewhere(&self, n: usize) -> bool {
        *self.frozen.files[n].get_or_init(|| self.is_prepared(n) || self.extends_frozen(n))
    }

    fn is_prepared(&self, n: usize) -> bool {
        let own = self.files[n];
        let preparing = self.frozen.preparing.get_or_init(|| {
            let all = self.files.iter().enumerate();
            all.filter(|(_, file)| prepares(file)).map(|(n, _)| n).collect()
        });
        preparing.iter().any(|other| {
            let file = self.files[*other];
            let folder = folder_of(&file.path);
            let above = folder.rsplit_once('/').unwrap_or(("", folder));
            let folder = if OF_TESTS.contains(&above.1) && file.language != "python" { above.0 } else { folder };
            family(file.language) == family(own.language) && is_below(&own.path, folder)
        })
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

/// Whether a file freezes the clock for all tests around it.
fn prepares(file: &FileFacts) -> bool {
    const SETUPS: [&str; 6] = ["setup", "setupTests", "setupFiles", "vitest", "jest", "test-setup"];
    let stem = stem_of(&file.path);
    match file.language {
        _ if file.frozen_lines.is_empty() => false,
        "python" => {
            let mut functions = file.functions.iter();
            stem == "conftest" && functions.any(|fixture| freezes(file, fixture) && is_for_all(file, fixture))
        }
        "javascript" | "typescript" => SETUPS.contains(&stem),
        _ => false,
    }
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
