//! Where files lie and what they draw in, told once for each file: which of several definitions a name means is asked of
//! every definition of that name.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::flow::facts::FileFacts;
use crate::language::ir::Import;

/// A name of files, folders and packages by its number.
type Name = usize;

/// What is asked of one file.
#[derive(Debug)]
struct Place<'a> {
    kin: Kin,
    path: &'a str,
    folder: &'a str,
    reach: Reach,
    package: &'a [String],
    imports: &'a [Import],
    /// The names that a qualifier can mean it by: its own without the ending, its folder's and its package's.
    modules: [Option<Name>; 3],
    /// The names of files that it draws in, and its own.
    draws: HashSet<Name>,
    /// What it includes, with the file's own name.
    includes: Vec<(Name, &'a str)>,
}

/// The places of all files.
#[derive(Debug, Default)]
pub(super) struct Places<'a> {
    names: HashMap<&'a str, Name>,
    places: Vec<Place<'a>>,
    /// The names of folders that files lie in.
    folders: HashSet<&'a str>,
}

impl<'a> Places<'a> {
    pub(super) fn new(files: &[&'a FileFacts]) -> Self {
        let mut places = Self::default();
        for file in files {
            let folder = folder_of(&file.path);
            let own = Some(places.name(stem_of(&file.path)));
            let around = folder.rsplit('/').next().map(|name| places.name(name));
            let package = file.package.last().map(|name| places.name(name));
            let modules = [own, around, package];
            let (draws, includes) = (HashSet::default(), Vec::new());
            places.folders.extend(folder.split('/'));
            places.places.push(Place {
                kin: Kin::of(file),
                path: &file.path,
                folder,
                reach: Reach::of(file.language),
                package: &file.package,
                imports: &file.imports,
                modules,
                draws,
                includes,
            });
        }
        // Only the names of files of the tree can be drawn in.
        for (place, file) in places.places.iter_mut().zip(files) {
            let segments = file.imports.iter().flat_map(|import| &import.path);
            let known = segments.filter_map(|segment| places.names.get(segment.as_str()));
            place.draws = known.copied().chain(place.modules[0]).collect();
            let includes = file.includes.iter().map(|include| stem(include));
            let known = includes.filter_map(|include| Some((*places.names.get(stem_of(include))?, include)));
            place.includes = known.collect();
        }
        places
    }

    fn name(&mut self, name: &'a str) -> Name {
        let next = self.names.len();
        *self.names.entry(name).or_insert(next)
    }

    /// The number of a name that some file, folder or package has.
    pub(super) fn known(&self, name: &str) -> Option<Name> {
        self.names.get(name).copied()
    }

    /// Whether a file is a module of that name: by its own, its folder's or its package's.
    pub(super) fn is_module(&self, file: usize, name: Option<Name>) -> bool {
        name.is_some() && self.places[file].modules.contains(&name)
    }

    /// Whether a file's own name is this.
    pub(super) fn is_called(&self, file: usize, name: Option<Name>) -> bool {
        name.is_some() && self.places[file].modules[0] == name
    }

    /// Whether the folder that a file lies in is called so.
    pub(super) fn lies_in(&self, file: usize, name: Option<Name>) -> bool {
        name.is_some() && self.places[file].modules[1] == name
    }

    /// Whether one file can mean what the other defines (see [`sees`]).
    pub(super) fn sees(&self, from: usize, to: usize) -> bool {
        self.places[from].kin.sees(self.places[to].kin)
    }

    /// The same, where both are of one language.
    pub(super) fn shares(&self, from: usize, to: usize) -> bool {
        let (from, to) = (self.places[from].kin, self.places[to].kin);
        is_same(from.language, to.language) && from.sees(to)
    }

    /// Whether one file draws the other in, or bears its name.
    pub(super) fn draws(&self, from: usize, to: usize) -> bool {
        let (from, to) = (&self.places[from], &self.places[to]);
        let Some(own) = to.modules[0] else { return false };
        let included = |(name, include): &(Name, &str)| {
            *name == own && (to.path.ends_with(include) || stem_of(to.path) == *include)
        };
        from.draws.contains(&own) || from.includes.iter().any(included)
    }

    /// Whether a file can mean by a path what stands in another, as far as folders and packages tell: `b.limits.END` is none
    /// of `a/limits`, and what another package holds is meant only where that is imported.
    pub(super) fn can_mean(&self, from: usize, to: usize, path: &[String]) -> bool {
        let place = &self.places[to];
        let lies_in = |name: &str| place.folder.split('/').any(|part| part == name);
        // The first folder that it names: what lies deeper may be handed on from elsewhere.
        let around = path[..path.len().saturating_sub(2)].iter();
        let mut folders = around.filter(|name| self.folders.contains(name.as_str()));
        let mut elsewhere = || place.reach == Reach::Folders && folders.next().is_some_and(|name| !lies_in(name));
        from == to || !elsewhere() && self.places[from].has_in_scope(place, path)
    }

    /// Whether both lie in one folder.
    pub(super) fn beside(&self, one: usize, other: usize) -> bool {
        self.places[one].folder == self.places[other].folder
    }
}

impl Place<'_> {
    /// Whether a name of another file's package is in scope here, where the language says so.
    fn has_in_scope(&self, other: &Self, path: &[String]) -> bool {
        let (from, to) = (self, other);
        let imported = |import: &Import| import.path.starts_with(to.package) || to.package.starts_with(&import.path);
        match (from.reach, to.reach) {
            (Reach::Folder, Reach::Folder) => {
                path.len() > 1 || from.folder == to.folder || from.imports.iter().any(|i| i.alias == ".")
            }
            (Reach::Package, Reach::Package) => {
                from.package.starts_with(to.package)
                    || path.starts_with(to.package)
                    || to.package.starts_with(from.package)
                    || from.imports.iter().any(imported)
            }
            _ => true,
        }
    }
}

/// How far a name of a language means something by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// In its folder: Go.
    Folder,
    /// In its package: Java and its kin.
    Package,
    /// Where the path to it is told by folders: Python, JavaScript.
    Folders,
    /// Everywhere.
    Tree,
}

impl Reach {
    fn of(language: &str) -> Self {
        match language {
            "go" => Self::Folder,
            "java" | "kotlin" | "scala" | "groovy" => Self::Package,
            "python" | "javascript" | "typescript" => Self::Folders,
            _ => Self::Tree,
        }
    }
}

/// Languages that see each other's names.
pub fn family(language: &'static str) -> &'static str {
    match language {
        "cpp" | "objc" => "c",
        "kotlin" | "scala" | "groovy" => "java",
        "typescript" | "html" => "javascript",
        other => other,
    }
}

/// Whether one file can mean what the other defines: its languages are of a family, and product code uses no tests.
pub fn sees(from: &FileFacts, to: &FileFacts) -> bool {
    Kin::of(from).sees(Kin::of(to))
}

/// What decides whose names a file can mean.
#[derive(Clone, Copy, Debug)]
struct Kin {
    language: &'static str,
    family: &'static str,
    in_test: bool,
}

impl Kin {
    fn of(file: &FileFacts) -> Self {
        Self { language: file.language, family: family(file.language), in_test: file.in_test }
    }

    fn sees(self, other: Self) -> bool {
        is_same(self.family, other.family) && (self.in_test || !other.in_test)
    }
}

/// Whether two ids of languages are one; mostly they are the same text in the same place.
fn is_same(one: &'static str, other: &'static str) -> bool {
    std::ptr::eq(one, other) || one == other
}

/// The folder of a path; empty at the root.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A file's name without folders and ending.
pub fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// What an include names, without `./` and quotes.
fn stem(include: &str) -> &str {
    include.trim_start_matches(['.', '/']).trim_matches(['"', '<', '>'])
}
