//! Which terms can depend on the clock, and which on a fixed date: a cheap fixed point over the whole program that keeps
//! the evaluator away from decisions where the two cannot meet.
//!
//! A term's taint is that of its parts, of what the models say of its name, and of what its name is defined as anywhere:
//! a function's result, a global, a field that somebody writes. It says too much rather than too little. *Own* taint is what
//! a function has by itself; *called* taint adds what its callers pass.

use std::collections::{BTreeSet, HashMap};
use std::ops::{BitOr, BitOrAssign};

use crate::language::ir::BinaryOp;
use crate::language::models::{Index, Op, Part, PartForm, Row, Use};

use super::World;
use super::facts::{FileFacts, Id, TermKind};
use super::index::{FunctionRef, Stored, family};
use super::reach::CallGraph;
use super::trace::expand;

/// Rounds of the fixed point: a value behind more files than this is not followed.
const ROUNDS: usize = 12;

/// Values stored under one name, beyond which the name means nothing.
const WRITERS: usize = 48;

/// What a term can depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint(u16);

impl Taint {
    /// The clock.
    pub const CLOCK: Self = Self(1);
    /// A fixed date, or an instant that the product remembers.
    pub const DATE: Self = Self(2);
    /// A year of the clock or of a date.
    pub const YEAR: Self = Self(4);
    /// A number that is a year only beside [`Self::YEAR`]; it may count from 1900 or 2000.
    pub const SMALL: Self = Self(8);
    /// What the function was called with.
    pub const CALLER: Self = Self(16);
    /// A comparison of the clock with a date.
    pub const MEETS: Self = Self(32);
    /// A number that counts days.
    pub const DAY: Self = Self(64);
    /// A number that is a date only beside [`Self::DAY`].
    pub const COUNT: Self = Self(128);
    /// A comparison of the clock with what the function was called with.
    pub const WAITS: Self = Self(512);
    /// Some comparison.
    pub const COMPARED: Self = Self(256);

    /// Whether it holds all of these.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether both a clock and a date come in.
    fn brings_both(self) -> bool {
        let date = self.has(Self::DATE) || self.has(Self::YEAR | Self::SMALL) || self.has(Self::DAY | Self::COUNT);
        self.has(Self::CLOCK) && date
    }

    /// What a comparison of such parts is.
    fn compared(self) -> Self {
        match self {
            parts if parts.brings_both() => Self::COMPARED | Self::MEETS,
            parts if parts.has(Self::CLOCK | Self::CALLER) => Self::COMPARED | Self::WAITS,
            _ => Self::COMPARED,
        }
    }
}

impl BitOr for Taint {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Taint {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The taint of every term of every file.
pub struct Taints {
    own: Vec<Vec<Taint>>,
    called: Vec<Vec<Taint>>,
}

impl Taints {
    /// Finds them.
    pub fn new<'w>(world: &World<'w>, graph: &'w CallGraph) -> Self {
        let mut flow = Propagation::new(world, graph);
        // An object has what it was made with, whoever asks.
        flow.add_calls(world, |at| world.files[at.0].functions[at.1].name == "new");
        flow.settle(world);
        let own = flow.taints.clone();
        flow.add_calls(world, |_| true);
        flow.settle(world);
        Self { own, called: flow.taints }
    }

    /// What the term depends on by itself.
    pub fn own(&self, file: usize, id: Id) -> Taint {
        self.own[file].get(id as usize).copied().unwrap_or_default()
    }

    /// What it depends on with what callers pass.
    pub fn called(&self, file: usize, id: Id) -> Taint {
        self.called[file].get(id as usize).copied().unwrap_or_default()
    }
}

impl Taints {
    /// The names that nothing is known of in what the clock is compared with.
    pub fn undefined<'a>(&self, file: &'a FileFacts, n: usize, root: Id) -> Vec<&'a str> {
        const VISITS: usize = 200;
        let mut names = Vec::new();
        let mut open = vec![(root, false)];
        for _ in 0..VISITS {
            let Some((id, beside)) = open.pop() else { break };
            let kind = &file.term(id).kind;
            let unknown = beside && self.own(n, id) == Taint::default();
            match kind {
                TermKind::Name(path) | TermKind::Call(path, _) if unknown => {
                    names.extend(path.last().map(String::as_str))
                }
                TermKind::Field(_, name) | TermKind::Method(_, name, _) if unknown => names.push(name),
                _ => {}
            }
            let mut parts = Vec::new();
            kind.for_each_part(|part| parts.push(part));
            let timed = parts.iter().filter(|part| self.own(n, **part).has(Taint::CLOCK)).count();
            // The other side of a comparison, and all that it is made of.
            let compares = timed > 0 && self.own(n, id).has(Taint::COMPARED);
            open.extend(
                parts
                    .into_iter()
                    .map(|part| (part, beside || (compares && timed < 2 && !self.own(n, part).has(Taint::CLOCK)))),
            );
        }
        names
    }
}

/// Where a term's taint comes from besides its own parts.
#[derive(Clone, Copy)]
enum Source {
    /// Another term.
    Term(usize, Id),
    /// Whatever is stored under a name.
    Name(usize),
}

/// Who sees what is stored under a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    /// The files of a language family: product code, or tests too.
    Family(&'static str, bool),
    /// One file: what objects hold that are filled there.
    File(usize),
}

/// Which of its parts a term's taint is that of: a call passes on what its function does, if that is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passes {
    /// All of them.
    All,
    /// None: what is not known does not compare with a date.
    Nothing,
    /// The first's: what is stored in an object is known by its own name.
    Base,
    /// Their callers' alone: a field is known by its own name.
    Caller,
    /// All of them, if a function that the call can mean makes its result from what it is called with.
    ThroughCallees,
}

/// The fixed point.
struct Propagation<'w> {
    graph: &'w CallGraph,
    taints: Vec<Vec<Taint>>,
    /// By file: the term, and where its taint comes from.
    sources: Vec<Vec<(Id, Source)>>,
    /// What a part of an object is computed by, if it is no field.
    getters: HashMap<(usize, Id), Vec<FunctionRef>>,
    /// The terms that are a function's receiver.
    receivers: HashMap<FunctionRef, Vec<Id>>,
    /// By file and term.
    passes: Vec<Vec<Passes>>,
    /// By file and term.
    roles: Vec<Vec<Role>>,
    /// Names of fields and variables, numbered, as the files of a language family see them: product code or tests.
    names: HashMap<(Scope, &'w str), usize>,
    /// What is stored under each name: the terms, and their taint together.
    stored: Vec<(Vec<(usize, Id)>, Taint)>,
    /// By file: it was visited at least once, and it changed in this round.
    visited: Vec<bool>,
    changed: Vec<bool>,
}

impl<'w> Propagation<'w> {
    fn new(world: &World<'w>, graph: &'w CallGraph) -> Self {
        let mut flow = Self {
            graph,
            taints: Vec::new(),
            getters: HashMap::new(),
            receivers: HashMap::new(),
            passes: Vec::new(),
            roles: Vec::new(),
            sources: vec![Vec::new(); world.files.len()],
            names: HashMap::new(),
            stored: Vec::new(),
            visited: vec![false; world.files.len()],
            changed: vec![false; world.files.len()],
        };
        for (name, stored) in world.symbols.all_stored() {
            stored.iter().for_each(|stored| flow.store(world, name, *stored));
        }
        for (n, file) in world.files.iter().enumerate() {
            for term in &file.terms {
                let stored = |value| Stored { file: n, function: None, value };
                match &term.kind {
                    TermKind::With(_, name, value) => flow.store_in(Scope::File(n), name, stored(*value)),
                    TermKind::Record(_, fields, _) => {
                        fields.iter().for_each(|(name, value)| flow.store_in(Scope::File(n), name, stored(*value)));
                    }
                    kind => {
                        given(world, n, kind).into_iter().for_each(|(name, id)| flow.store(world, name, stored(id)))
                    }
                }
            }
        }
        // A name that everybody writes means nothing.
        flow.stored.iter_mut().filter(|(terms, _)| terms.len() > WRITERS).for_each(|(terms, _)| terms.clear());
        for (n, file) in world.files.iter().enumerate() {
            let models = world.models(file.language);
            flow.taints.push((0..file.terms.len() as Id).map(|id| seed(world, file, id)).collect());
            flow.passes.push(vec![Passes::All; file.terms.len()]);
            flow.roles.push((0..file.terms.len() as Id).map(|id| role(file, &[], id)).collect());
            for id in (0..file.terms.len() as Id).filter(|id| is_named(&file.term(*id).kind)) {
                flow.name(world, models, n, id);
            }
            for (id, term) in file.terms.iter().enumerate().filter(|(_, term)| term.kind == TermKind::Receiver) {
                let around = file.functions.iter().enumerate().filter(|(_, f)| f.span.contains(term.span));
                if let Some((f, _)) = around.max_by_key(|(_, f)| (f.span.line, f.span.column)) {
                    flow.receivers.entry((n, f)).or_default().push(id as Id);
                }
            }
            for param in file.functions.iter().flat_map(|function| &function.params) {
                let seed = Taint::CALLER | named(world, &param.name);
                flow.taints[n][param.term as usize] |= seed;
                flow.sources[n].extend(param.default.map(|default| (param.term, Source::Term(n, default))));
            }
        }
        flow
    }

    /// What a term is by its name: by what the models say of it, and by what it is defined as.
    fn name(&mut self, world: &World<'w>, models: &Index, n: usize, id: Id) {
        let (file, graph) = (world.files[n], self.graph);
        let rows = rows(file, models, id);
        let getters = match &file.term(id).kind {
            TermKind::Field(_, name) => world.symbols.methods(world.files, n, name),
            _ => Vec::new(),
        };
        let callees = if getters.is_empty() { graph.callees(n, id) } else { &getters };
        let at = id as usize;
        self.passes[n][at] = passes(file, &rows, callees, id);
        self.roles[n][at] = role(file, &rows, id);
        self.taints[n][at] = rows.iter().fold(self.taints[n][at], |all, row| all | of_row(row));
        if !getters.is_empty() {
            self.add_results(world, n, id, &getters);
            self.getters.insert((n, id), getters);
        }
        self.link(world, n, id);
    }

    /// Notes what is stored under a name. Product code does not see what tests store.
    fn store(&mut self, world: &World<'w>, name: &'w str, stored: Stored) {
        let file = world.files[stored.file];
        let in_test = file.in_test || stored.function.is_some_and(|function| file.functions[function].test);
        self.store_in(Scope::Family(family(file.language), true), name, stored);
        if !in_test {
            self.store_in(Scope::Family(family(file.language), false), name, stored);
        }
    }

    fn store_in(&mut self, scope: Scope, name: &'w str, stored: Stored) {
        let n = *self.names.entry((scope, name)).or_insert(self.stored.len());
        if n == self.stored.len() {
            self.stored.push((Vec::new(), Taint::default()));
        }
        self.stored[n].0.push((stored.file, stored.value));
    }

    /// Finds what the term's name is defined as.
    fn link(&mut self, world: &World<'w>, n: usize, id: Id) {
        let file = world.files[n];
        let graph = self.graph;
        let called = graph.callees(n, id);
        self.add_results(world, n, id, called);
        match &file.term(id).kind {
            TermKind::Name(path) => {
                let full = expand(&file.imports, path);
                self.define(world, n, id, &full);
                if full != *path {
                    self.define(world, n, id, path);
                }
                if path.len() > 1
                    && (!called.is_empty() || reads_part(world.models(file.language), &path[path.len() - 1]))
                {
                    self.define(world, n, id, &path[..path.len() - 1]);
                }
            }
            TermKind::Field(_, name) => {
                self.define(world, n, id, std::slice::from_ref(name));
            }
            TermKind::Call(path, _) => {
                if called.is_empty() {
                    self.add_functions(world, n, id, &expand(&file.imports, path));
                }
                // A closure or table that is applied, or the object before the method's name.
                self.define(world, n, id, if path.len() > 1 { &path[..path.len() - 1] } else { path });
            }
            TermKind::New(path, _) if called.is_empty() => {
                self.add_functions(world, n, id, &expand(&file.imports, path));
            }
            TermKind::Method(_, name, _) => {
                if called.is_empty() {
                    self.add_results(world, n, id, &world.symbols.methods(world.files, n, name));
                }
                self.add_stored(world, n, id, name);
            }
            TermKind::Variable(variable) => {
                let element = file.elements.get(variable);
                self.sources[n].extend(element.map(|element| (id, Source::Term(n, *element))));
            }
            _ => {}
        }
    }

    /// The results of functions.
    fn add_results(&mut self, world: &World<'w>, n: usize, id: Id, functions: &[FunctionRef]) {
        let value = |at: &FunctionRef| Some(Source::Term(at.0, world.files[at.0].functions[at.1].value?));
        self.sources[n].extend(functions.iter().filter_map(value).map(|source| (id, source)));
    }

    /// The results of the functions of that path.
    fn add_functions(&mut self, world: &World<'w>, n: usize, id: Id, full: &[String]) {
        let Some((name, front)) = full.split_last() else { return };
        let functions = world.symbols.functions(world.files, n, front.last().map(String::as_str), name);
        self.add_results(world, n, id, &functions);
    }

    /// What is stored under the name.
    fn add_stored(&mut self, world: &World<'w>, n: usize, id: Id, name: &str) {
        let file = world.files[n];
        let scopes = [Scope::Family(family(file.language), file.in_test), Scope::File(n)];
        let stored = scopes.iter().filter_map(|scope| self.names.get(&(*scope, name)));
        self.sources[n].extend(stored.map(|stored| (id, Source::Name(*stored))));
    }

    /// The globals, captured locals and stored values that a dotted name can mean.
    fn define(&mut self, world: &World<'w>, n: usize, id: Id, path: &[String]) {
        let file = world.files[n];
        let value = |(file, g): (usize, usize)| Some(Source::Term(file, world.files[file].globals[g].value?));
        let globals = world.symbols.globals(world.files, n, &path.to_vec());
        self.sources[n].extend(globals.into_iter().filter_map(value).map(|source| (id, source)));
        let captured = path.first().and_then(|first| file.captured(first, file.term(id).span));
        self.sources[n].extend(captured.map(|captured| (id, Source::Term(n, captured.value))));
        path.last().into_iter().for_each(|last| self.add_stored(world, n, id, last));
    }

    fn add_calls(&mut self, world: &World<'w>, which: impl Fn(&FunctionRef) -> bool) {
        for (file, call, callees) in self.graph.calls() {
            for callee in callees.iter().filter(|at| which(at)) {
                self.add_arguments(world, file, call, *callee);
            }
        }
    }

    /// What a call passes to a function.
    fn add_arguments(&mut self, world: &World<'w>, file: usize, call: Id, callee: FunctionRef) {
        let (receiver, args) = match &world.files[file].term(call).kind {
            TermKind::Call(_, args) | TermKind::New(_, args) => (None, args.as_slice()),
            TermKind::Method(receiver, _, args) => (Some(*receiver), args.as_slice()),
            TermKind::Field(receiver, _) => (Some(*receiver), &[][..]),
            _ => return,
        };
        let params = &world.files[callee.0].functions[callee.1].params;
        for (n, (keyword, arg)) in args.iter().enumerate() {
            let named = keyword.as_ref().and_then(|keyword| params.iter().find(|param| param.name == *keyword));
            if let Some(param) = named.or_else(|| params.get(n)) {
                self.sources[callee.0].push((param.term, Source::Term(file, *arg)));
            }
        }
        if let (Some(receiver), Some(own)) = (receiver, self.receivers.get(&callee)) {
            self.sources[callee.0].extend(own.iter().map(|own| (*own, Source::Term(file, receiver))));
        }
    }

    /// Carries taint along until nothing changes: files that nothing new comes into are not visited again.
    fn settle(&mut self, world: &World<'_>) {
        let (dependents, readers) = self.dependents();
        let mut dirty: BTreeSet<usize> = (0..world.files.len()).collect();
        for _ in 0..ROUNDS {
            let mut next = BTreeSet::new();
            for n in std::mem::take(&mut dirty) {
                if self.settle_file(world, n, world.files[n]) {
                    next.extend(dependents[n].iter().copied());
                    self.changed[n] = true;
                }
            }
            for (name, (terms, taint)) in self.stored.iter_mut().enumerate() {
                let before = *taint;
                let fresh = terms.iter().filter(|(file, _)| self.changed[*file]);
                fresh.for_each(|(file, id)| *taint |= self.taints[*file][*id as usize]);
                if *taint != before {
                    next.extend(readers[name].iter().copied());
                }
            }
            self.changed.fill(false);
            if next.is_empty() {
                break;
            }
            dirty = next;
        }
    }

    /// By file, the files that take from it (itself too, if it takes from later terms); by name, those that read it.
    fn dependents(&self) -> (Vec<BTreeSet<usize>>, Vec<BTreeSet<usize>>) {
        let mut files = vec![BTreeSet::new(); self.sources.len()];
        let mut names = vec![BTreeSet::new(); self.stored.len()];
        for (n, sources) in self.sources.iter().enumerate() {
            for (_, source) in sources {
                match source {
                    Source::Term(file, _) => files[*file].insert(n),
                    Source::Name(name) => names[*name].insert(n),
                };
            }
        }
        (files, names)
    }

    /// One round over a file; whether anything changed.
    fn settle_file(&mut self, world: &World<'_>, n: usize, file: &FileFacts) -> bool {
        let mut changed = !std::mem::replace(&mut self.visited[n], true);
        for (id, source) in &self.sources[n] {
            let from = match source {
                Source::Term(file, id) => self.taints[*file][*id as usize],
                Source::Name(name) => self.stored[*name].1,
            };
            // What another function was called with is not this one's business.
            let from = Taint(from.0 & !(Taint::CALLER.0 | Taint::WAITS.0));
            let taint = &mut self.taints[n][*id as usize];
            changed |= !taint.has(from);
            *taint |= from;
        }
        if changed {
            let mut taints = std::mem::take(&mut self.taints[n]);
            let all = &self.taints;
            for (id, term) in file.terms.iter().enumerate() {
                let mut compares = self.roles[n][id] == Role::Compares;
                let mask = match self.passes[n][id] {
                    Passes::All => u16::MAX,
                    Passes::Nothing => continue,
                    Passes::Base => {
                        if let TermKind::With(base, ..) = &term.kind {
                            let base = taints[*base as usize];
                            taints[id] |= base;
                        }
                        continue;
                    }
                    Passes::Caller => Taint::CALLER.0,
                    Passes::ThroughCallees => {
                        let through = |at: &FunctionRef| {
                            let value = world.files[at.0].functions[at.1].value;
                            let of =
                                |value: Id| if at.0 == n { taints[value as usize] } else { all[at.0][value as usize] };
                            let value = value.map(of).filter(|value| value.has(Taint::CALLER));
                            compares |= value.is_some_and(|value| value.has(Taint::COMPARED));
                            value.is_some()
                        };
                        let getters = self.getters.get(&(n, id as Id)).map_or(&[][..], Vec::as_slice);
                        let through = self.graph.callees(n, id as Id).iter().chain(getters).any(through);
                        if through { u16::MAX } else { Taint::CALLER.0 }
                    }
                };
                let mut taint = taints[id];
                term.kind.for_each_part(|part| taint |= Taint(taints[part as usize].0 & mask));
                if compares {
                    taint |= taint.compared();
                }
                if self.roles[n][id] == Role::MakesDate && taint.has(Taint::SMALL) {
                    taint |= Taint::DATE;
                }
                taints[id] = taint;
            }
            self.taints[n] = taints;
        }
        changed
    }
}

/// What an object of a type without a constructor is made of, by name.
fn given<'w>(world: &World<'w>, file: usize, kind: &'w TermKind) -> Vec<(&'w str, Id)> {
    match kind {
        TermKind::Call(path, args) | TermKind::New(path, args)
            if path[path.len() - 1].starts_with(char::is_uppercase) =>
        {
            let ty = world.symbols.type_of(world.files, file, &path[path.len() - 1]);
            let fields = ty.map_or(&[][..], |(file, ty)| &world.files[file].types[ty].fields);
            let name = |n: usize, keyword: &'w Option<String>| {
                keyword.as_deref().or_else(|| fields.get(n).map(|field| field.name.as_str()))
            };
            args.iter().enumerate().filter_map(|(n, (keyword, id))| Some((name(n, keyword)?, *id))).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the models know the name as a part, property or method of a time value.
fn reads_part(models: &Index, name: &String) -> bool {
    let known = |kind: Use| models.rows(kind, std::slice::from_ref(name)).next().is_some();
    known(Use::Field) || known(Use::Method)
}

/// Whether the term has a name that can mean something elsewhere.
const fn is_named(kind: &TermKind) -> bool {
    matches!(
        kind,
        TermKind::Name(_)
            | TermKind::Call(..)
            | TermKind::New(..)
            | TermKind::Method(..)
            | TermKind::Mutated(..)
            | TermKind::Field(..)
            | TermKind::With(..)
            | TermKind::Record(..)
            | TermKind::Index(..)
            | TermKind::Variable(_)
    )
}

/// What the models say of a term, whichever of its forms it turns out to be.
fn rows<'m>(file: &FileFacts, models: &'m Index, id: Id) -> Vec<&'m Row> {
    let find = |kind: Use, path: &[String]| models.rows(kind, path).collect::<Vec<_>>();
    let member = |name: &String| {
        let name = std::slice::from_ref(name);
        [find(Use::Field, name), find(Use::Method, name)].concat()
    };
    // A dotted name may be a clock with its parts: `DateTime.Now.Year`.
    let dotted = |full: &[String]| {
        let bare = models.models.bare_calls;
        let fronts = (1..=full.len()).map(|n| &full[..n]);
        let fronts =
            fronts.flat_map(|front| [find(Use::Name, front), if bare { find(Use::Call, front) } else { Vec::new() }]);
        fronts.flatten().chain(full.iter().skip(1).flat_map(member)).collect::<Vec<_>>()
    };
    match &file.term(id).kind {
        TermKind::Name(path) => dotted(&expand(&file.imports, path)),
        TermKind::Call(path, _) => {
            let full = expand(&file.imports, path);
            let named = [find(Use::Call, &full), find(Use::New, &full), find(Use::Method, &path[path.len() - 1..])];
            let front = if full.len() > 1 { dotted(&full[..full.len() - 1]) } else { Vec::new() };
            named.into_iter().flatten().chain(front).collect()
        }
        TermKind::New(path, _) => find(Use::New, &expand(&file.imports, path)),
        TermKind::Method(_, name, _) | TermKind::Mutated(_, name, _) => find(Use::Method, std::slice::from_ref(name)),
        TermKind::Field(_, name) => member(name),
        TermKind::With(_, name, _) => member(name),
        TermKind::Record(_, fields, _) => fields.iter().flat_map(|(name, _)| member(name)).collect(),
        TermKind::Index(..) => find(Use::Method, &["[]".to_owned()]),
        _ => Vec::new(),
    }
}

/// What a term passes on.
fn passes(file: &FileFacts, rows: &[&Row], callees: &[FunctionRef], id: Id) -> Passes {
    let kind = &file.term(id).kind;
    match kind {
        TermKind::Field(_, name) => {
            if is_position(name) || !rows.is_empty() {
                Passes::All
            } else {
                Passes::Caller
            }
        }
        TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
            let wraps = matches!(kind, TermKind::Call(path, args) | TermKind::New(path, args)
                if args.len() == 1 && path[path.len() - 1].starts_with(char::is_uppercase));
            let keyed = args.first().is_some_and(|(_, key)| matches!(file.term(*key).kind, TermKind::Text(_)));
            match () {
                () if wraps || !rows.is_empty() => Passes::All,
                () if !callees.is_empty() => Passes::ThroughCallees,
                () if keyed => Passes::All,
                () => Passes::Nothing,
            }
        }
        TermKind::With(..) if rows.is_empty() => Passes::Base,
        TermKind::Record(Some(_), fields, None)
            if rows.is_empty() && !fields.iter().any(|(name, _)| is_position(name)) =>
        {
            Passes::Caller
        }
        _ => Passes::All,
    }
}

/// Whether a field is told by its place rather than its name.
fn is_position(name: &str) -> bool {
    name.parse::<u8>().is_ok() || matches!(name, "first" | "second" | "key" | "value")
}

/// What a term does with the taint of its parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Nothing more.
    Plain,
    /// Compares them, or takes one from the other.
    Compares,
    /// Makes a date of numbers.
    MakesDate,
}

fn role(file: &FileFacts, rows: &[&Row], id: Id) -> Role {
    let kind = &file.term(id).kind;
    if let TermKind::Binary(op, _, _) = kind {
        return match op {
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => Role::Compares,
            BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Compare | BinaryOp::Subtract => Role::Compares,
            _ => Role::Plain,
        };
    }
    let stored = matches!(kind, TermKind::With(..) | TermKind::Record(..));
    let makes = |op: &Op| matches!(op, Op::Civil(_) | Op::Set(_)) || (stored && matches!(op, Op::Part(_)));
    let mut ops = rows.iter().flat_map(|row| &row.does);
    match kind {
        TermKind::IsVariant(..) => Role::Compares,
        _ if ops.clone().any(makes) => Role::MakesDate,
        _ if ops.any(is_comparing) => Role::Compares,
        _ => Role::Plain,
    }
}

const fn is_comparing(op: &Op) -> bool {
    matches!(
        op,
        Op::Compare(_)
            | Op::Negative
            | Op::Between
            | Op::Past
            | Op::Future
            | Op::Until
            | Op::Since
            | Op::Subtract(_)
            | Op::Difference(_)
            | Op::Holds
    )
}

/// What a term depends on by its own words.
fn seed(world: &World<'_>, file: &FileFacts, id: Id) -> Taint {
    match &file.term(id).kind {
        TermKind::Int(n) => number(*n),
        TermKind::Float(n) if n.abs() < 1e24 => number(*n as i128),
        TermKind::Text(text) => {
            let key = text.len() < 64 && !text.contains(' ');
            match text.parse::<i128>() {
                Ok(n) => number(n),
                Err(_) if holds_year(text) => Taint::DATE,
                Err(_) if key => named(world, text),
                Err(_) => Taint::default(),
            }
        }
        TermKind::Receiver => Taint::CALLER,
        TermKind::Name(path) | TermKind::Call(path, _) => {
            expand(&file.imports, path).last().map_or_else(Taint::default, |name| named(world, name))
        }
        TermKind::Method(_, name, _) | TermKind::Mutated(_, name, _) => {
            named(world, name.strip_prefix("get").unwrap_or(name))
        }
        TermKind::Field(_, name) => named(world, name),
        // `(2026, 3, 1)`
        TermKind::List(items) => match items.first().map(|first| &file.term(*first).kind) {
            Some(TermKind::Int(1_950..=2_200)) => Taint::DATE,
            _ => Taint::default(),
        },
        _ => Taint::default(),
    }
}

/// What a row's result depends on, whatever its operands.
fn of_row(row: &Row) -> Taint {
    let mut taint = if row.reads_clock() { Taint::CLOCK } else { Taint::default() };
    let is_year = |form: &PartForm| form.of == Part::Year;
    for op in &row.does {
        taint |= match op {
            Op::Anchor(_) => Taint::DATE,
            Op::Part(form) if is_year(form) => Taint::YEAR,
            Op::Parts(forms) if forms.iter().any(is_year) => Taint::YEAR,
            Op::Print(_) | Op::PrintAs(_) => Taint::YEAR,
            Op::Number(_) | Op::Difference(_) | Op::Until | Op::Since | Op::Period(_) => Taint::DAY,
            _ => Taint::default(),
        };
    }
    taint
}

/// A name that stands for a remembered instant, or under which a document holds a date.
fn named(world: &World<'_>, name: &str) -> Taint {
    let dated = world.anchor(name).is_some() || (!world.configured.is_empty() && world.configured(name).is_some());
    if dated { Taint::DATE } else { Taint::default() }
}

/// What a number can be: a date in some unit or layout, a year, a count of days, or neither.
fn number(n: i128) -> Taint {
    /// Counts since an epoch and dates written as numbers: Julian days, seconds, milli-, micro- and nanoseconds, FILETIME
    /// and .NET ticks, `YYYYMM`, `YYYYMMDD` and longer.
    const DATES: [(i128, i128); 10] = [
        (197_001, 220_012),
        (2_440_000, 2_490_000),
        (19_700_101, 22_001_231),
        (315_532_800, 999_999_999),
        (1_000_000_001, 4_294_967_294),
        (197_001_010_000, 220_012_312_359),
        (315_532_800_000, 7_258_118_400_000),
        (19_700_101_000_000, 22_001_231_235_959),
        (315_532_800_000_000, 7_258_118_400_000_000),
        (100_000_000_000_000_000, 4_102_444_800_000_000_000),
    ];
    let two_digit_year = matches!((n / 10_000, n / 100 % 100, n % 100), (10..=99, 1..=12, 1..=31));
    match n {
        _ if DATES.iter().any(|(from, until)| (*from..=*until).contains(&n)) || two_digit_year => Taint::DATE,
        24 => Taint::SMALL | Taint::DAY,
        1..=200 | 1_950..=2_200 => Taint::SMALL,
        1_440 | 86_400 | 86_400_000 => Taint::DAY,
        9_000..=89_999 | 693_596..=803_532 => Taint::COUNT,
        _ => Taint::default(),
    }
}

/// Whether a text holds what can be a year or a longer date.
fn holds_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() < 256
        && bytes.split(|b| !b.is_ascii_digit()).any(|run| match run {
            [b'1', b'9', b'5'..=b'9', b'0'..=b'9'] | [b'2', b'0' | b'1', b'0'..=b'9', b'0'..=b'9'] => true,
            run => run.len() >= 6 && run.len() <= 20,
        })
}
