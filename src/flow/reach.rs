//! The call graph: what each call can mean, and what stops working when a function does, up to the entry points.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::finding::{Entry, Reach};
use crate::vocabulary::words;

use super::World;
use super::entry::Site;
use super::facts::{Id, TermKind};
use super::fuse::Fuse;
use super::index::{DEFAULT_EXPORT, FunctionRef, stem_of};
use super::trace::expand;

/// Callers followed upward from one fuse.
const VISITS: usize = 400;
/// Entry points named; more are only counted.
const SHOWN: usize = 20;

/// Every call of the tree, resolved once.
#[derive(Default)]
pub struct CallGraph {
    /// The functions that a call can mean, by file and term.
    callees: HashMap<(usize, Id), Vec<FunctionRef>>,
    /// The calls of a function, with the function that makes them.
    callers: HashMap<FunctionRef, Vec<(FunctionRef, Id)>>,
}

impl CallGraph {
    /// Resolves the calls of every function.
    pub fn new(world: &World<'_>) -> Self {
        let of_file = |n: usize| -> Vec<(FunctionRef, Id, Vec<FunctionRef>)> {
            let functions = world.files[n].functions.iter().enumerate();
            let calls = functions.flat_map(|(f, function)| function.calls.iter().map(move |call| ((n, f), *call)));
            let resolved = calls.map(|(at, call)| (at, call, callees(world, at, call)));
            resolved.filter(|(_, _, callees)| !callees.is_empty()).collect()
        };
        let files: Vec<_> = (0..world.files.len()).into_par_iter().map(of_file).collect();
        let mut graph = Self::default();
        for (at, call, callees) in files.into_iter().flatten() {
            for callee in &callees {
                graph.callers.entry(*callee).or_default().push((at, call));
            }
            graph.callees.insert((at.0, call), callees);
        }
        graph
    }

    /// The functions that a call can mean.
    pub fn callees(&self, file: usize, call: Id) -> &[FunctionRef] {
        self.callees.get(&(file, call)).map_or(&[], Vec::as_slice)
    }

    /// Every call with what it can mean, in no order.
    pub fn calls(&self) -> impl Iterator<Item = (usize, Id, &[FunctionRef])> {
        self.callees.iter().map(|((file, call), callees)| (*file, *call, callees.as_slice()))
    }

    /// The calls of a function, with the function that makes them.
    pub fn callers(&self, of: FunctionRef) -> &[(FunctionRef, Id)] {
        self.callers.get(&of).map_or(&[], Vec::as_slice)
    }

    /// Every function that reaches `from`.
    pub fn upward(&self, from: FunctionRef) -> Vec<FunctionRef> {
        let mut seen: HashSet<FunctionRef> = HashSet::from_iter([from]);
        let mut queue = VecDeque::from([from]);
        let mut all = Vec::new();
        while let Some(at) = queue.pop_front() {
            for (caller, _) in self.callers(at) {
                if seen.len() < VISITS && seen.insert(*caller) {
                    all.push(*caller);
                    queue.push_back(*caller);
                }
            }
        }
        all
    }

    /// The functions that reach `from` and that code outside can enter, nearest first: exported ones, mains, scripts, and
    /// those that are registered under a route, an event or a command. If none is, the outermost.
    pub fn reach(&self, world: &World<'_>, from: FunctionRef) -> Reach {
        let mut climb = Climb::new(world, from);
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            let registered = world.registered(at);
            climb.arrive(at, &registered, self.callers(at).is_empty());
            for (caller, call) in self.callers(at) {
                climb.enter_by(*caller, *call, at);
            }
            let callers = self.callers(at).iter().map(|(caller, _)| *caller);
            for caller in callers.chain(registered.iter().filter_map(|site| site.by)) {
                if climb.step(caller, at) {
                    queue.push_back(caller);
                }
            }
        }
        climb.reach()
    }
}

/// The way upward from a fuse.
struct Climb<'a, 'w> {
    world: &'a World<'w>,
    from: FunctionRef,
    /// Each function with the one that it calls on the shortest way.
    next: HashMap<FunctionRef, FunctionRef>,
    entered: Vec<Entry>,
    outermost: Vec<Entry>,
    /// Functions that are entered by their closures.
    within: HashSet<FunctionRef>,
    cut: bool,
}

impl<'a, 'w> Climb<'a, 'w> {
    fn new(world: &'a World<'w>, from: FunctionRef) -> Self {
        let next = HashMap::from_iter([(from, from)]);
        let (entered, outermost) = (Vec::new(), Vec::new());
        Self { world, from, next, entered, outermost, within: HashSet::default(), cut: false }
    }

    /// Notes whether code outside can enter there.
    fn arrive(&mut self, at: FunctionRef, registered: &[&Site], uncalled: bool) {
        let function = &self.world.files[at.0].functions[at.1];
        let label = registered.first().map(|site| site.label.clone()).or_else(|| self.world.annotated(at));
        let open = function.exported || matches!(function.name.as_str(), "main" | "");
        if label.is_some() || (at != self.from && open && !self.within.contains(&at)) {
            let entry = Entry { name: self.name(at, label), by: self.chain(at) };
            self.entered.push(entry);
        } else if uncalled && at != self.from {
            self.outermost.push(Entry { name: self.name(at, None), by: self.chain(at) });
        }
    }

    /// Notes a call that stands in a closure which is registered by itself: `app.get("/export", () => …)`.
    fn enter_by(&mut self, caller: FunctionRef, call: Id, at: FunctionRef) {
        if let Some(label) = self.world.entered_by(caller, call) {
            let by = std::iter::once(self.name(at, None)).chain(self.chain(at)).collect();
            self.within.insert(caller);
            self.entered.push(Entry { name: self.name(caller, Some(label)), by });
        }
    }

    /// Whether the way goes on there.
    fn step(&mut self, caller: FunctionRef, at: FunctionRef) -> bool {
        if self.next.contains_key(&caller) {
            return false;
        }
        let goes = self.next.len() < VISITS;
        self.cut |= !goes;
        goes && self.next.insert(caller, at).is_none()
    }

    /// A function, with what it is registered under.
    fn name(&self, at: FunctionRef, label: Option<String>) -> String {
        let file = self.world.files[at.0];
        let function = &file.functions[at.1];
        let name = match function.name.as_str() {
            // The module itself.
            DEFAULT_EXPORT => stem_of(&file.path).to_owned(),
            _ => function.qualified(),
        };
        match label {
            Some(label) if function.name.is_empty() => label,
            Some(label) => format!("{name} ({label})"),
            None => name,
        }
    }

    /// What is called on the way from there.
    fn chain(&self, at: FunctionRef) -> Vec<String> {
        let next = |at: &FunctionRef| self.next.get(at).copied().filter(|_| *at != self.from);
        std::iter::successors(Some(at), next).skip(1).map(|at| self.name(at, None)).collect()
    }

    fn reach(self) -> Reach {
        let mut entries: Vec<Entry> = Vec::new();
        for entry in if self.entered.is_empty() { self.outermost } else { self.entered } {
            if entries.iter().all(|known| known.name != entry.name) {
                entries.push(entry);
            }
        }
        let more = entries.len().saturating_sub(SHOWN);
        entries.truncate(SHOWN);
        Reach { entries, more, cut: self.cut }
    }
}

/// A name that is looked for in files that were not parsed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The name.
    pub name: String,
    /// The file that leads to it.
    pub path: Arc<str>,
    /// Only files that hold a year matter: a date is looked for, not a caller.
    pub dated: bool,
    /// It is looked for where it is defined, which may be anywhere; else near the file, where it is used.
    pub defined: bool,
}

/// The functions as they are looked for, sorted. Names that mean too much are not.
pub(super) fn wanted(world: &World<'_>, functions: impl Iterator<Item = FunctionRef>) -> BTreeSet<Wanted> {
    let named = functions.map(|at| (world.files[at.0].functions[at.1].name.as_str(), at.0));
    named.filter_map(|(name, file)| want(world, name, file, false)).collect()
}

/// The name, if it is telling enough to be looked for.
pub(super) fn want(world: &World<'_>, name: &str, file: usize, dated: bool) -> Option<Wanted> {
    const COMMON: [&str; 12] =
        ["main", "init", "value", "default", "test", "from", "into", "format", "string", "start", "result", "type"];
    let telling = name.len() > 3 && !COMMON.contains(&name);
    telling.then(|| Wanted { name: name.to_owned(), path: world.files[file].path.clone(), dated, defined: false })
}

/// The same of what is to be defined beside a date. A name of one word means something else in every other file.
pub(super) fn want_defined(world: &World<'_>, name: &str, file: usize, sure: bool) -> Option<Wanted> {
    let telling = sure || words(name).len() > 1 || !name.bytes().any(|byte| byte.is_ascii_lowercase());
    want(world, name, file, true).map(|wanted| Wanted { defined: telling, ..wanted })
}

/// A function of that name stands for the clock: `localized_utcnow`, `getToday`.
pub(super) fn says_now(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "now" | "utcnow" | "today"))
}

/// The name of an age: who asks for one knows a date of birth, which is no date of these years.
pub(super) fn want_age(world: &World<'_>, name: &str, file: usize) -> Option<Wanted> {
    const BESIDE: [&str; 9] = ["get", "calculate", "calc", "compute", "current", "in", "years", "user", "person"];
    let words = words(name);
    let own: Vec<&String> = words.iter().filter(|word| !BESIDE.contains(&word.as_str())).collect();
    let is_age = matches!(own.as_slice(), [only] if *only == "age");
    let path = world.files[file].path.clone();
    is_age.then(|| Wanted { name: name.to_owned(), path, dated: false, defined: false })
}

/// The functions that reach the fuses that matter, to look for their callers.
pub fn toward(world: &World<'_>, graph: &CallGraph, fuses: &[Fuse]) -> BTreeSet<Wanted> {
    let mattering = fuses.iter().filter(|fuse| fuse.matters(world.window.0));
    let homes: BTreeSet<FunctionRef> = mattering.filter_map(|fuse| home(world, fuse)).collect();
    wanted(world, homes.into_iter().flat_map(|at| graph.upward(at).into_iter().chain([at])))
}

/// Says of each fuse what reaches it, now that more files are known.
pub fn retell(world: &World<'_>, graph: &CallGraph, fuses: &mut [Fuse]) {
    for fuse in fuses {
        if let Some(at) = home(world, fuse) {
            fuse.finding.reach = graph.reach(world, at);
        }
    }
}

pub(super) fn home(world: &World<'_>, fuse: &Fuse) -> Option<FunctionRef> {
    let (path, part, number) = &fuse.function;
    let file = world.files.binary_search_by(|file| file.path.cmp(path).then(file.part.cmp(part))).ok()?;
    (*number < world.files[file].functions.len()).then_some((file, *number))
}

/// The type that a field of a type was declared with.
fn declared_type<'w>(world: &World<'w>, file: usize, owner: &str, field: &str) -> Option<&'w str> {
    let (file, ty) = world.symbols.type_of(file, owner)?;
    let facts = world.files[file];
    facts.types[ty].fields.iter().find(|known| known.name == field)?.ty.as_deref()
}

/// The type of what a global holds: as it was declared, or as it is made.
fn global_type<'w>(world: &World<'w>, from: usize, name: &String) -> Option<&'w str> {
    let (file, global) = *world.symbols.globals(world.files, from, std::slice::from_ref(name)).first()?;
    let facts = world.files[file];
    let made = || match &facts.term(facts.globals[global].value?).kind {
        TermKind::New(path, _) => path.last(),
        TermKind::Call(path, _) => path.last().filter(|ty| ty.starts_with(char::is_uppercase)),
        _ => None,
    };
    facts.globals[global].ty.as_deref().or_else(|| made().map(String::as_str))
}

/// The functions of the tree that a call can mean.
fn callees(world: &World<'_>, at: FunctionRef, call: Id) -> Vec<FunctionRef> {
    let file = &world.files[at.0];
    let here = file.functions[at.1].owner.as_deref();
    // What the models know is no function of the tree that happens to have the name.
    let by_name = |name: &String| {
        let known = world.models(file.language).owns(name);
        if known { Vec::new() } else { world.symbols.methods(world.files, at.0, name) }
    };
    let of = |owner: Option<&str>, name: &str| world.symbols.functions(world.files, at.0, owner, name);
    let of_type = |ty: &str, name: &str| world.symbols.methods_of(world.files, at.0, ty, name);
    // Of the type that a field was declared with, or of what implements it.
    let of_field = |field: &String, name: &String| {
        let declared = here.and_then(|here| declared_type(world, at.0, here, field));
        let Some(ty) = declared.or_else(|| global_type(world, at.0, field)) else { return by_name(name) };
        let mut typed = of(Some(ty), name);
        typed.extend(world.symbols.overriders(world.files, ty, name));
        if typed.is_empty() { by_name(name) } else { typed }
    };
    match &file.term(call).kind {
        TermKind::Call(path, _) => {
            let full = expand(&file.imports, path);
            let Some(name) = full.last() else { return Vec::new() };
            let owner = full.len().checked_sub(2).map(|n| full[n].as_str());
            let owner = if owner == Some("Self") { here } else { owner };
            let found = of(owner, name);
            if found.is_empty() && name.starts_with(char::is_uppercase) {
                let constructors = of(Some(name), "new");
                if !constructors.is_empty() {
                    return constructors;
                }
            }
            // `std::iter::once` is no method of the tree that happens to be called so.
            let is_foreign = file.language == "rust" && matches!(full[0].as_str(), "std" | "core" | "alloc");
            if found.is_empty() && full.len() >= 2 && !is_foreign {
                // `object.method()` on a global or field: by the method's name.
                return of_field(&full[full.len() - 2], name);
            }
            found
        }
        // A property.
        TermKind::Name(path) => {
            let Some(name) = path.last() else { return Vec::new() };
            let owner = path.len().checked_sub(2).map(|n| path[n].as_str());
            let found = of(owner, name);
            let mut found = if found.is_empty() && owner.is_some() { by_name(name) } else { found };
            found.retain(|callee| world.files[callee.0].functions[callee.1].params.is_empty());
            found
        }
        TermKind::Method(receiver, name, _) | TermKind::Field(receiver, name) => {
            let ty = match file.term(*receiver).kind {
                TermKind::Receiver => here,
                TermKind::Param(n) => {
                    file.functions[at.1].params.get(usize::from(n)).and_then(|param| param.ty.as_deref())
                }
                _ => None,
            };
            let mut typed = match &file.term(*receiver).kind {
                TermKind::New(path, _) => path.last().map(|ty| of_type(ty, name)).unwrap_or_default(),
                TermKind::Field(base, field) if matches!(file.term(*base).kind, TermKind::Receiver) => {
                    return of_field(field, name);
                }
                TermKind::Name(path) if path.len() == 1 => return of_field(&path[0], name),
                _ => ty.map(|ty| of_type(ty, name)).unwrap_or_default(),
            };
            if let (TermKind::Receiver, Some(here)) = (&file.term(*receiver).kind, here) {
                typed.extend(world.symbols.overriders(world.files, here, name));
            }
            if typed.is_empty() { by_name(name) } else { typed }
        }
        TermKind::New(path, _) => path.last().map(|ty| of(Some(ty), "new")).unwrap_or_default(),
        _ => Vec::new(),
    }
}
