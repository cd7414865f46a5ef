//! The symbol table over all files: who defines a name, who writes a field, who calls a function.
//!
//! A name resolves in the order a reader would try: the same file, the files that this one includes or imports, the same
//! folder, then the whole tree if only one definition exists there. An ambiguous name resolves to nothing rather than to
//! a guess; two or three implementations of one method are all followed.

mod bases;
mod given;
mod literals;
mod place;

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::language::ir::BASE;
use crate::vocabulary::words;

use super::facts::{FileFacts, FunctionFacts, Id, TermKind};
use super::memo::Memo;

use self::place::Places;

pub use self::place::{family, folder_of, sees, stem_of};

/// A function, by file and number.
pub type FunctionRef = (usize, usize);

/// The name of a function that its module itself is, when it is called (`module.exports = function …`).
pub const DEFAULT_EXPORT: &str = "default";

/// Implementations of one method that are followed side by side; more are too many to tell apart.
const IMPLEMENTATIONS: usize = 3;

/// Types that extend one, directly or not, that are looked through; more are too many to tell apart.
const DERIVED: usize = 256;

/// Members that override one and are meant by it; more are too many to tell apart.
const OVERRIDERS: usize = 16;

/// A stored value: the file, the function that it is evaluated in, the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stored {
    /// The file.
    pub file: usize,
    /// The function whose parameters the value may mention.
    pub function: Option<usize>,
    /// The value.
    pub value: Id,
}

/// From so many definitions on a name's are also kept by their owners.
const CROWD: usize = 32;
/// Types of one name beyond which which of them is meant at a place is worked out once.
const MANY: usize = 4;

/// The definitions of a name that has many.
#[derive(Debug, Default)]
struct Crowd<'a> {
    /// By each part of their owners' names.
    owned: HashMap<&'a str, Vec<FunctionRef>>,
    /// Those without an owner.
    free: Vec<FunctionRef>,
}

/// The symbol table.
#[derive(Debug, Default)]
pub struct SymbolTable<'a> {
    places: Places<'a>,
    functions: HashMap<&'a str, Vec<FunctionRef>>,
    crowds: HashMap<&'a str, Crowd<'a>>,
    /// The scripts that give a value, by their files' names without endings.
    scripts: HashMap<&'a str, Vec<FunctionRef>>,
    globals: HashMap<&'a str, Vec<(usize, usize)>>,
    types: HashMap<&'a str, Vec<(usize, usize)>>,
    /// The types that extend one.
    derived: HashMap<&'a str, Vec<&'a str>>,
    /// What types hold by name, with the type.
    held: HashMap<&'a str, Vec<(&'a str, Stored)>>,
    written_fields: HashMap<&'a str, HashMap<&'a str, Vec<Stored>>>,
    written_names: HashMap<&'a str, Vec<Stored>>,
    /// The fields and variables of types, by owner and name.
    members: HashSet<(&'a str, &'a str)>,
    literal_fields: HashMap<&'a str, Vec<Stored>>,
    /// Calls that make an object, by the name of its type.
    constructions: HashMap<&'a str, Vec<(FunctionRef, Id)>>,
    /// What constructors of a type hand up to the type that it extends: the calls that make that part of the object.
    handed: HashMap<&'a str, Vec<(FunctionRef, Id)>>,
    /// Objects that globals hold, by type.
    constants: HashMap<&'a str, Vec<Stored>>,
    /// What was resolved before: by file, by name, then by owner.
    resolved: Vec<Memo<String, Resolved>>,
    /// The types of names that many types have, likewise: a Ruby module is opened again in each of its files.
    chosen: Vec<Memo<String, Option<(usize, usize)>>>,
    /// The same of [`SymbolTable::extending`].
    extending: Memo<String, Arc<HashSet<String>>>,
    /// The same of [`SymbolTable::overriding`], by name, then by type.
    overriding: Memo<String, Overriding>,
}

/// What stands before a name, and its number if it is a module's.
struct Qualifier<'q> {
    name: &'q str,
    module: Option<usize>,
}

impl Qualifier<'_> {
    /// It is whatever the code stands in.
    fn is_own(&self) -> bool {
        matches!(self.name, "self" | "crate" | "super" | "this")
    }
}

/// The functions that a name means, for each owner it was asked with.
type Resolved = Vec<(Option<String>, Vec<FunctionRef>)>;

/// What is held under a name, for each type it was asked of.
type Overriding = Vec<(String, Arc<[Stored]>)>;

/// The names in an owner path (`a::B.C` → `a`, `B`, `C`).
fn parts_of(owner: &str) -> impl Iterator<Item = &str> {
    owner.split([':', '.']).filter(|part| !part.is_empty())
}

/// The last segment of an owner path (`a::B` → `B`).
pub fn last_of(owner: &str) -> &str {
    let separator = owner.as_bytes().windows(2).rposition(|pair| pair == b"::");
    separator.map_or(owner, |at| &owner[at + 2..])
}

impl<'a> Crowd<'a> {
    fn of(files: &[&'a FileFacts], found: &[FunctionRef]) -> Self {
        let mut crowd = Self::default();
        for at in found {
            let Some(owner) = &files[at.0].functions[at.1].owner else {
                crowd.free.push(*at);
                continue;
            };
            for part in parts_of(owner) {
                let owned = crowd.owned.entry(part).or_default();
                if owned.last() != Some(at) {
                    owned.push(*at);
                }
            }
        }
        crowd
    }

    /// Those that may belong to an owner, or to a module, of that name.
    fn called(&self, owner: &str) -> Vec<FunctionRef> {
        let mut found: Vec<_> = self.owned.get(owner).into_iter().flatten().chain(&self.free).copied().collect();
        found.sort_unstable();
        found
    }
}

impl<'a> SymbolTable<'a> {
    /// Reads the facts of every file once.
    pub fn new(files: &[&'a FileFacts]) -> Self {
        let resolved = files.iter().map(|_| Memo::default()).collect();
        let chosen = files.iter().map(|_| Memo::default()).collect();
        let mut table = Self { places: Places::new(files), resolved, chosen, ..Self::default() };
        for file in files {
            for ty in &file.types {
                table.members.extend(ty.fields.iter().map(|field| (ty.name.as_str(), field.name.as_str())));
            }
            let owned = file.globals.iter().filter_map(|global| Some((last_of(global.owner.as_deref()?), global)));
            table.members.extend(owned.map(|(owner, global)| (owner, global.name.as_str())));
        }
        for (n, file) in files.iter().enumerate() {
            table.add(n, file);
        }
        for (owner, field, stored) in given::given(files) {
            // Where the type is not told, whoever reads a part of that name may mean it.
            match owner {
                Some(owner) => table.write_field(owner, field, stored),
                None => table.literal_fields.entry(field).or_default().push(stored),
            }
        }
        let crowded = table.functions.iter().filter(|(_, found)| found.len() >= CROWD);
        table.crowds = crowded.map(|(name, found)| (*name, Crowd::of(files, found))).collect();
        table
    }

    fn add(&mut self, n: usize, file: &'a FileFacts) {
        for (f, function) in file.functions.iter().enumerate() {
            self.add_function((n, f), function, file);
        }
        self.add_records(n, file);
        self.add_filled(n, file);
        self.add_put(n, file);
        for (g, global) in file.globals.iter().enumerate() {
            self.globals.entry(&global.name).or_default().push((n, g));
            if let Some(value) = global.value {
                let stored = Stored { file: n, function: None, value };
                if let Some(ty) = &global.ty {
                    self.add_objects(file, ty, stored);
                }
                if let Some(owner) = &global.owner {
                    self.held.entry(&global.name).or_default().push((last_of(owner), stored));
                }
                self.literals(file, stored, 6);
            }
        }
        for (t, ty) in file.types.iter().enumerate() {
            self.types.entry(&ty.name).or_default().push((n, t));
            for base in &ty.bases {
                self.derived.entry(last_of(base)).or_default().push(&ty.name);
            }
            for field in &ty.fields {
                if let Some(value) = field.value {
                    let stored = Stored { file: n, function: None, value };
                    self.write_field(&ty.name, &field.name, stored);
                    self.literals(file, stored, 6);
                }
            }
        }
    }

    fn add_function(&mut self, at: FunctionRef, function: &'a FunctionFacts, file: &'a FileFacts) {
        if !function.name.is_empty() {
            self.functions.entry(&function.name).or_default().push(at);
        } else if function.value.is_some() && function.owner.is_none() {
            self.scripts.entry(stem_of(&file.path)).or_default().push(at);
        }
        for write in &function.writes {
            let stored = Stored { file: at.0, function: Some(at.1), value: write.value };
            let owner = function.owner.as_deref().map(last_of);
            if let (Some(field), Some(owner)) = (&write.field, owner) {
                self.write_field(owner, field, stored);
                continue;
            }
            let Some(path) = &write.name else { continue };
            let Some(name) = path.last() else { continue };
            if name == BASE {
                owner.into_iter().for_each(|owner| self.handed.entry(owner).or_default().push((at, write.value)));
                continue;
            }
            if is_settings(name) {
                self.literals(file, stored, 6);
            }
            // A member is written by its bare name from within its type, or by `Type.name`.
            let owner = if path.len() > 1 { Some(path[path.len() - 2].as_str()) } else { owner };
            match owner.filter(|owner| self.members.contains(&(*owner, name.as_str()))) {
                Some(owner) => self.write_field(owner, name, stored),
                None => self.written_names.entry(name).or_default().push(stored),
            }
        }
        for call in &function.calls {
            match &file.term(*call).kind {
                TermKind::Call(path, args) => {
                    // `Licence(…)`, `Licence::new(…)`
                    let made = path.iter().rev().find(|name| *name != "new");
                    if let Some(name) = made {
                        self.constructions.entry(name).or_default().push((at, *call));
                    }
                    args.iter().for_each(|(_, arg)| {
                        self.literals(file, Stored { file: at.0, function: Some(at.1), value: *arg }, 4)
                    });
                }
                TermKind::Method(_, _, args) => {
                    args.iter().for_each(|(_, arg)| {
                        self.literals(file, Stored { file: at.0, function: Some(at.1), value: *arg }, 4)
                    });
                }
                TermKind::New(path, _) => {
                    if let Some(name) = path.last() {
                        self.constructions.entry(name).or_default().push((at, *call));
                    }
                }
                _ => {}
            }
        }
        if let Some(value) = function.value {
            self.literals(file, Stored { file: at.0, function: Some(at.1), value }, 4);
        }
    }

    fn write_field(&mut self, owner: &'a str, field: &'a str, stored: Stored) {
        self.written_fields.entry(owner).or_default().entry(field).or_default().push(stored);
        self.held.entry(field).or_default().push((owner, stored));
    }

    /// The definitions that a name can mean at `from`, nearest first; empty if ambiguous.
    fn nearest(&self, from: usize, found: Vec<(usize, usize)>, several: usize) -> Vec<(usize, usize)> {
        let places = &self.places;
        let here = |at: &(usize, usize)| at.0 == from;
        let drawn = |at: &(usize, usize)| places.draws(from, at.0) && places.sees(from, at.0);
        let beside = |at: &(usize, usize)| places.beside(from, at.0) && places.sees(from, at.0);
        let kin = |at: &(usize, usize)| places.sees(from, at.0);
        for near in [&here as &dyn Fn(&(usize, usize)) -> bool, &drawn, &beside, &kin] {
            // One more than can be told apart shows that they are too many.
            let close: Vec<_> = found.iter().copied().filter(|at| near(at)).take(several + 1).collect();
            if !close.is_empty() {
                return if close.len() <= several { close } else { Vec::new() };
            }
        }
        Vec::new()
    }

    /// The functions that `name` (of `owner`, if said) can mean at `from`.
    pub fn functions(&self, files: &[&FileFacts], from: usize, owner: Option<&str>, name: &str) -> Vec<FunctionRef> {
        let of = |owners: &Resolved| {
            owners.iter().find(|(known, _)| known.as_deref() == owner).map(|(_, known)| known.clone())
        };
        self.resolved[from].read(name, of).flatten().unwrap_or_else(|| {
            let found = self.resolve(files, from, owner, name);
            self.resolved[from].add(name.to_owned(), |owners| owners.push((owner.map(str::to_owned), found.clone())));
            found
        })
    }

    fn resolve(&self, files: &[&FileFacts], from: usize, owner: Option<&str>, name: &str) -> Vec<FunctionRef> {
        let owner = owner.map(|owner| self.qualifier(owner));
        let named = owner.as_ref().filter(|owner| !owner.is_own());
        let found = match (named, self.crowds.get(name)) {
            (Some(owner), Some(crowd)) => Cow::Owned(crowd.called(owner.name)),
            _ => Cow::Borrowed(self.functions.get(name).map_or(&[][..], Vec::as_slice)),
        };
        let found: Vec<_> = found
            .iter()
            .copied()
            .filter(|(file, f)| {
                let function = &files[*file].functions[*f];
                !function.declared_only
                    && owner.as_ref().is_none_or(|owner| self.belongs(function.owner.as_deref(), owner, *file))
            })
            .collect();
        let several = if owner.is_some() { IMPLEMENTATIONS } else { 1 };
        if found.is_empty() && owner.is_none() {
            return self.nearest(from, self.module_function(name), 1);
        }
        self.nearest(from, found, several)
    }

    /// The functions that modules of that name are themselves.
    fn module_function(&self, name: &str) -> Vec<FunctionRef> {
        let defaults = self.functions.get(DEFAULT_EXPORT).into_iter().flatten().copied();
        let name = self.places.known(name);
        defaults.filter(|(file, _)| self.places.is_called(*file, name)).collect()
    }

    /// A qualifier, ready to be compared.
    fn qualifier<'q>(&self, written: &'q str) -> Qualifier<'q> {
        let name = last_of(written);
        Qualifier { name, module: self.places.known(name) }
    }

    /// Whether something owned by `owner` in a file can be called `qualifier::x`.
    fn belongs(&self, owner: Option<&str>, qualifier: &Qualifier<'_>, file: usize) -> bool {
        if qualifier.is_own() {
            return true;
        }
        match owner {
            Some(owner) => parts_of(owner).any(|part| part == qualifier.name),
            None => self.places.is_module(file, qualifier.module),
        }
    }

    /// The script that code at `from` runs for what it gives: `require 'config.php'`.
    pub fn script(&self, files: &[&FileFacts], from: usize, path: &str) -> Option<FunctionRef> {
        let path = path.trim_start_matches(['.', '/']);
        let named = self.scripts.get(stem_of(path))?.iter().copied();
        let found = named.filter(|(file, _)| {
            let front = files[*file].path.strip_suffix(path);
            front.is_some_and(|front| front.is_empty() || front.ends_with('/'))
        });
        self.nearest(from, found.collect(), 1).first().copied()
    }

    /// The script of settings that a key begins with the name of, and the rest of the key.
    pub fn settings<'k>(&self, from: usize, key: &'k str) -> Option<(FunctionRef, &'k str)> {
        let (name, rest) = key.split_once('.')?;
        let named = self.scripts.get(name)?.iter().copied();
        let folder = self.places.known("config");
        let found = named.filter(|(file, _)| self.places.lies_in(*file, folder)).collect();
        Some((self.nearest(from, found, 1).first().copied()?, rest))
    }

    /// The methods that `name` can mean on a receiver of unknown type.
    pub fn methods(&self, files: &[&FileFacts], from: usize, name: &str) -> Vec<FunctionRef> {
        let found = self.functions.get(name).into_iter().flatten().copied();
        let found: Vec<_> = found
            .filter(|(file, f)| {
                let function = &files[*file].functions[*f];
                !function.declared_only && function.owner.is_some() && self.places.sees(from, *file)
            })
            .collect();
        if found.len() <= IMPLEMENTATIONS { found } else { Vec::new() }
    }

    /// The function whose name a global holds: `clock_fn wall_clock = real_clock;`.
    pub fn held_by_global(&self, files: &[&FileFacts], from: usize, path: &[String]) -> Option<FunctionRef> {
        let (file, global) = *self.globals(files, from, path).first()?;
        let TermKind::Name(held) = &files[file].term(files[file].globals[global].value?).kind else { return None };
        let (name, front) = held.split_last()?;
        self.functions(files, file, front.last().map(String::as_str), name).first().copied()
    }

    /// The declarations of a function without a body.
    pub fn declarations<'t>(
        &'t self,
        files: &'t [&'a FileFacts],
        of: &'t FunctionFacts,
    ) -> impl Iterator<Item = FunctionRef> + 't {
        let named = self.functions.get(of.name.as_str()).into_iter().flatten().copied();
        let owner = |function: &FunctionFacts| function.owner.as_deref().map(last_of).map(str::to_owned);
        named.filter(move |at| {
            let function = &files[at.0].functions[at.1];
            function.declared_only && function.params.len() == of.params.len() && owner(function) == owner(of)
        })
    }

    /// Whether the tree has a function of that name.
    pub fn defines(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// The globals that a path can mean at `from`.
    pub fn globals(&self, files: &[&FileFacts], from: usize, path: &[String]) -> Vec<(usize, usize)> {
        let Some(name) = path.last() else { return Vec::new() };
        let qualifier = path.len().checked_sub(2).map(|n| self.qualifier(&path[n]));
        let found = self.globals.get(name.as_str()).into_iter().flatten().copied();
        let found: Vec<_> = found
            .filter(|(file, g)| {
                let global = &files[*file].globals[*g];
                global.value.is_some()
                    && self.places.can_mean(from, *file, path)
                    && qualifier.as_ref().is_none_or(|owner| self.belongs(global.owner.as_deref(), owner, *file))
            })
            .collect();
        self.nearest(from, found, 1)
    }

    /// Those that a path can mean at `from` by its last name alone, where nothing that it names says otherwise.
    pub fn globals_named(
        &self,
        files: &[&FileFacts],
        from: usize,
        path: &[String],
        full: &[String],
    ) -> Vec<(usize, usize)> {
        let mut found = self.globals(files, from, path);
        found.retain(|(file, _)| self.places.can_mean(from, *file, full));
        found
    }

    /// The type of that name at `from`.
    pub fn type_of(&self, from: usize, name: &str) -> Option<(usize, usize)> {
        let found = self.types.get(name)?;
        let choose = || self.nearest(from, found.clone(), 1).first().copied();
        if found.len() <= MANY {
            return choose();
        }
        self.chosen[from].get(name).unwrap_or_else(|| self.chosen[from].insert(name.to_owned(), choose()))
    }

    /// What is stored in a field of a type, by initialisers, constructors and methods.
    pub fn field(&self, owner: &str, field: &str) -> &[Stored] {
        self.written_fields.get(last_of(owner)).and_then(|fields| fields.get(field)).map_or(&[], Vec::as_slice)
    }

    /// What the statements of a file store in a global of that name.
    pub fn given(&self, file: usize, name: &str) -> Vec<Stored> {
        self.stored(name).iter().filter(|stored| stored.file == file).copied().collect()
    }

    /// What functions store in a global of that name.
    pub fn stored(&self, name: &str) -> &[Stored] {
        self.written_names.get(name).map_or(&[], Vec::as_slice)
    }

    /// What classes of settings hold under a name.
    pub fn settings_of_classes(&self, name: &str) -> Vec<Stored> {
        let held = self.held.get(name).into_iter().flatten();
        let of_settings = |owner: &str| words(owner).iter().any(|word| is_settings(word));
        held.filter(|(owner, _)| of_settings(owner)).map(|(_, stored)| *stored).collect()
    }

    /// What record literals anywhere put under that name.
    pub fn literal(&self, field: &str) -> &[Stored] {
        self.literal_fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// Everything that is stored under a name, in a field, a variable or a record literal, in no order; a name may come
    /// several times.
    pub fn all_stored(&self) -> impl Iterator<Item = (&'a str, &[Stored])> {
        let fields = self.written_fields.values().flatten();
        fields.chain(&self.written_names).chain(&self.literal_fields).map(|(name, stored)| (*name, stored.as_slice()))
    }

    /// Whether a type has a field or variable of that name.
    pub fn is_member(&self, ty: &str, name: &str) -> bool {
        self.members.contains(&(last_of(ty), name))
    }

    /// Whether code of one file can mean what another stores, in its own language.
    pub fn shares(&self, from: usize, to: usize) -> bool {
        self.places.shares(from, to)
    }

    /// The objects of that type that globals hold: members of an enum, entries of a table.
    pub fn constants(&self, ty: &str) -> &[Stored] {
        self.constants.get(last_of(ty)).map_or(&[], Vec::as_slice)
    }

    /// What a type and those that extend it, however far, hold under a name; empty if none of the latter does, or too
    /// many to tell apart. Switches are not told apart.
    pub fn overriding(&self, files: &[&'a FileFacts], ty: &str, name: &str) -> Arc<[Stored]> {
        let of = |types: &Overriding| types.iter().find(|(known, _)| known == ty).map(|(_, known)| known.clone());
        self.overriding.read(name, of).flatten().unwrap_or_else(|| {
            let found: Arc<[Stored]> = self.find_overriding(files, last_of(ty), name).into();
            self.overriding.add(name.to_owned(), |types| types.push((ty.to_owned(), found.clone())));
            found
        })
    }

    fn find_overriding(&self, files: &[&'a FileFacts], ty: &str, name: &str) -> Vec<Stored> {
        let derived = self.extending(ty);
        let held = self.held.get(name).map_or(&[][..], Vec::as_slice);
        if derived.is_empty() || !held.iter().any(|(owner, _)| derived.contains(*owner)) {
            return Vec::new();
        }
        let of = |owner: &str| owner == ty || derived.contains(owner);
        let found = held.iter().filter(|(owner, stored)| of(owner) && tells(files, stored));
        let found: Vec<(bool, Stored)> =
            found.map(|(owner, stored)| (*owner != ty, *stored)).take(OVERRIDERS + 1).collect();
        let telling = found.len() <= OVERRIDERS && found.iter().any(|(derived, _)| *derived);
        if telling { found.into_iter().map(|(_, stored)| stored).collect() } else { Vec::new() }
    }

    /// The types that extend one, however far; none if they are too many to tell apart.
    fn extending(&self, ty: &str) -> Arc<HashSet<String>> {
        if let Some(known) = self.extending.get(ty) {
            return known;
        }
        let mut found: HashSet<String> = HashSet::default();
        let mut open = vec![ty];
        while let Some(ty) = open.pop().filter(|_| found.len() <= DERIVED) {
            let derived = self.derived.get(ty).into_iter().flatten();
            open.extend(derived.filter(|derived| found.insert((**derived).to_owned())));
        }
        if found.len() > DERIVED {
            found.clear();
        }
        self.extending.insert(ty.to_owned(), Arc::new(found))
    }

    /// The methods of that name of the types that extend one, however far; none if they are too many to tell apart.
    pub fn overriders(&self, files: &[&'a FileFacts], ty: &str, name: &str) -> Vec<FunctionRef> {
        let named = self.functions.get(name).map_or(&[][..], Vec::as_slice);
        if named.len() < 2 {
            return Vec::new();
        }
        let derived = self.extending(last_of(ty));
        if derived.is_empty() {
            return Vec::new();
        }
        let found = named.iter().copied().filter(|(file, f)| {
            let function = &files[*file].functions[*f];
            let owner = function.owner.as_deref().map(last_of);
            !function.declared_only && owner.is_some_and(|owner| derived.contains(owner))
        });
        let found: Vec<FunctionRef> = found.take(OVERRIDERS + 1).collect();
        if found.len() <= OVERRIDERS { found } else { Vec::new() }
    }

    /// The calls that make an object of that type: the caller and the call.
    pub fn constructions(&self, ty: &str) -> &[(FunctionRef, Id)] {
        self.constructions.get(last_of(ty)).map_or(&[], Vec::as_slice)
    }
}

/// Whether an object of that name is where a framework keeps a program's settings: `config.x.sale_ends = …`.
fn is_settings(name: &str) -> bool {
    matches!(name, "config" | "configuration" | "settings")
}

/// Whether a value is part of such settings, or such settings with parts replaced.
pub fn settings_of(file: &FileFacts, mut id: Id) -> bool {
    loop {
        id = match &file.term(id).kind {
            TermKind::Method(_, name, args) if args.is_empty() && is_settings(name) => {
                return true;
            }
            TermKind::Method(base, ..) | TermKind::With(base, ..) | TermKind::Field(base, _) => *base,
            TermKind::Name(path) | TermKind::Call(path, _) => return path.iter().any(|name| is_settings(name)),
            _ => return false,
        };
    }
}

/// Whether a type is a table by name, whatever its entries are.
pub fn is_table_type(ty: &str) -> bool {
    matches!(
        ty,
        "Record" | "Partial" | "Readonly" | "Map" | "ReadonlyMap" | "object" | "array" | "Dictionary" | "dict" | "Dict"
    )
}

/// Whether what is stored is more than a switch or nothing.
fn tells(files: &[&FileFacts], stored: &Stored) -> bool {
    !matches!(files[stored.file].term(stored.value).kind, TermKind::Bool(_) | TermKind::Null)
}
