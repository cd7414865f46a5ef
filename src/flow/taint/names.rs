//! What a name is defined as: where a term's taint comes from besides its own parts.

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::super::World;
use super::super::facts::{FileFacts, Id, TermKind};
use super::super::index::{FunctionRef, Stored, family, last_of, settings_of};
use super::super::reach::CallGraph;
use super::super::trace::expand;
use super::Taint;
use super::settle::Sheet;
use super::words::{Names, Passes, Role, is_named, member, of_row, passes, reads_part, role, rows, seed};
use crate::language::ir::BinaryOp;
use crate::language::models::{Op, Row};

/// Values stored under one name, beyond which the name means nothing.
const WRITERS: usize = 48;

/// Where a term's taint comes from besides its own parts.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Another term.
    Term(usize, Id),
    /// Whatever is stored under a name.
    Name(usize),
    /// A function's result.
    Result(FunctionRef),
}

/// Who sees what is stored under a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// The files of a language family: product code, or tests too.
    Family(&'static str, bool),
    /// One file: what objects hold that are filled there.
    File(usize),
}

/// The fixed point.
pub(super) struct Propagation<'w> {
    pub(super) graph: &'w CallGraph,
    pub(super) taints: Vec<Vec<Taint>>,
    /// By file: the term, and where its taint comes from.
    pub(super) sources: Vec<Vec<(Id, Source)>>,
    /// What a part of an object is computed by, if it is no field.
    pub(super) getters: HashMap<(usize, Id), Vec<FunctionRef>>,
    /// The terms that are a function's receiver.
    pub(super) receivers: HashMap<FunctionRef, Vec<Id>>,
    /// By file and term.
    pub(super) passes: Vec<Vec<Passes>>,
    /// By file and term.
    pub(super) roles: Vec<Vec<Role>>,
    /// Names of fields and variables, numbered, as the files of a language family see them: product code or tests.
    pub(super) names: HashMap<(Scope, &'w str), usize>,
    /// What is stored under each name: the terms, and their taint together.
    pub(super) stored: Vec<(Vec<(usize, Id)>, Taint)>,
    /// By file: what its terms do with the taint of their parts, once it was asked for.
    pub(super) sheets: Vec<Sheet>,
    /// By file: it was visited at least once, and it changed in this round.
    pub(super) visited: Vec<bool>,
    pub(super) changed: Vec<bool>,
}

impl<'w> Propagation<'w> {
    pub(super) fn new(world: &World<'w>, graph: &'w CallGraph) -> Self {
        let mut flow = Self {
            graph,
            taints: Vec::new(),
            getters: HashMap::default(),
            receivers: HashMap::default(),
            passes: Vec::new(),
            roles: Vec::new(),
            sources: Vec::new(),
            names: HashMap::default(),
            stored: Vec::new(),
            sheets: Vec::new(),
            visited: vec![false; world.files.len()],
            changed: vec![false; world.files.len()],
        };
        for (name, stored) in world.symbols.all_stored() {
            stored.iter().for_each(|stored| flow.store(world, name, *stored));
        }
        for (n, file) in world.files.iter().enumerate() {
            // A member is read through an object of its type or of one that extends it.
            let types: HashSet<&str> = file.types.iter().map(|ty| ty.name.as_str()).collect();
            for global in &file.globals {
                let owned = global.owner.as_deref().is_some_and(|owner| types.contains(last_of(owner)));
                if let Some(value) = global.value.filter(|_| owned) {
                    flow.store(world, &global.name, Stored { file: n, function: None, value });
                }
            }
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
        let named = |n: usize| Naming::of(world, graph, &flow.names, n);
        let files: Vec<Named> = (0..world.files.len()).into_par_iter().map(named).collect();
        for (n, file) in files.into_iter().enumerate() {
            flow.getters.extend(file.getters.into_iter().map(|(id, getters)| ((n, id), getters)));
            flow.receivers.extend(file.receivers.into_iter().map(|(function, ids)| ((n, function), ids)));
            flow.taints.push(file.taints);
            flow.passes.push(file.passes);
            flow.roles.push(file.roles);
            flow.sources.push(file.sources);
        }
        flow
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

    /// Whether the term makes a date of its parts.
    pub(super) fn makes_date(&self, file: usize, id: usize) -> bool {
        self.roles[file][id] == Role::MakesDate
    }

    pub(super) fn add_calls(&mut self, world: &World<'w>, which: impl Fn(&FunctionRef) -> bool) {
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
        let function = &world.files[callee.0].functions[callee.1];
        let (params, extends) = (&function.params, world.files[callee.0].extends_by(function));
        let is_call = matches!(world.files[file].term(call).kind, TermKind::Call(..)) && args.len() < params.len();
        // What it is called on comes first; of a dotted name the call itself stands for that.
        let first = receiver.or_else(|| is_call.then_some(call)).filter(|_| extends);
        if let (Some(first), Some(param)) = (first, params.first()) {
            self.sources[callee.0].push((param.term, Source::Term(file, first)));
        }
        for (n, (keyword, arg)) in args.iter().enumerate() {
            let named = keyword.as_ref().and_then(|keyword| params.iter().find(|param| param.name == *keyword));
            if let Some(param) = named.or_else(|| params.get(n + usize::from(first.is_some()))) {
                self.sources[callee.0].push((param.term, Source::Term(file, *arg)));
            }
        }
        let Some(own) = self.receivers.get(&callee) else { return };
        // `Phase.BETA.over()`: a global stands before the method's name.
        let on = match &world.files[file].term(call).kind {
            TermKind::Call(path, _) if function.method && path.len() > 1 => {
                let front = expand(&world.files[file].imports, &path[..path.len() - 1]).into_owned();
                let globals = world.symbols.globals(world.files, file, &front);
                globals.first().and_then(|(file, g)| Some((*file, world.files[*file].globals[*g].value?)))
            }
            _ => receiver.map(|receiver| (file, receiver)),
        };
        if let Some((file, on)) = on {
            self.sources[callee.0].extend(own.iter().map(|own| (*own, Source::Term(file, on))));
        }
    }
}

/// What the terms of one file are by their names.
#[derive(Default)]
struct Named {
    taints: Vec<Taint>,
    passes: Vec<Passes>,
    roles: Vec<Role>,
    sources: Vec<(Id, Source)>,
    getters: Vec<(Id, Vec<FunctionRef>)>,
    /// The terms that are the receiver of a function, by its number.
    receivers: HashMap<usize, Vec<Id>>,
}

/// Finds that out.
struct Naming<'a, 'w> {
    world: &'a World<'w>,
    graph: &'a CallGraph,
    /// The names under which something is stored.
    names: &'a HashMap<(Scope, &'w str), usize>,
    n: usize,
    file: &'w FileFacts,
    found: Named,
}

impl<'a, 'w> Naming<'a, 'w> {
    fn of(world: &'a World<'w>, graph: &'a CallGraph, names: &'a HashMap<(Scope, &'w str), usize>, n: usize) -> Named {
        let file = world.files[n];
        let ids = 0..file.terms.len() as Id;
        let mut own = Names::of(world, n);
        let found = Named {
            taints: ids.clone().map(|id| seed(world, &mut own, file, id)).collect(),
            passes: vec![Passes::All; file.terms.len()],
            roles: ids.clone().map(|id| role(file, &[], id)).collect(),
            ..Named::default()
        };
        let mut naming = Self { world, graph, names, n, file, found };
        ids.clone().filter(|id| is_named(&file.term(*id).kind)).for_each(|id| naming.name(id));
        ids.for_each(|id| naming.setting(id));
        naming.kept();
        naming.receivers();
        for param in file.functions.iter().flat_map(|function| &function.params) {
            naming.found.taints[param.term as usize] |= Taint::CALLER | own.named(&param.name);
            let default = param.default.map(|default| (param.term, Source::Term(n, default)));
            naming.found.sources.extend(default);
        }
        naming.declared_defaults();
        naming.found
    }

    /// What headers give parameters that calls leave out.
    fn declared_defaults(&mut self) {
        let (world, file) = (self.world, self.file);
        if family(file.language) != "c" {
            return;
        }
        for function in file.functions.iter().filter(|function| !function.declared_only && !function.params.is_empty())
        {
            for at in world.symbols.declarations(world.files, function) {
                let declared = &world.files[at.0].functions[at.1].params;
                let defaults = function.params.iter().zip(declared).filter_map(|(own, declared)| {
                    Some((own.term, Source::Term(at.0, declared.default.filter(|_| own.default.is_none())?)))
                });
                self.found.sources.extend(defaults);
            }
        }
    }

    /// Where code of a trial has two ways to a value, or reads a member of what it was told, one may be what it kept from its
    /// first run.
    fn kept(&mut self) {
        let (world, n, file, taints) = (self.world, self.n, self.file, &mut self.found.taints);
        if !taints.iter().any(|taint| taint.has(Taint::CLOCK)) || !world.keeps_trial(n) {
            return;
        }
        let has_ways = |kind: &TermKind| match kind {
            TermKind::Choose(..) | TermKind::Any(_) | TermKind::Fold(..) => true,
            TermKind::Binary(op, ..) => matches!(op, BinaryOp::Or | BinaryOp::Otherwise),
            TermKind::Name(path) if path.len() == 1 => world.symbols.given(n, &path[0]).len() == 2,
            // `JSON.parse(kept).since`
            TermKind::Field(_, name) => world.vocabulary.may_be_start(name),
            _ => false,
        };
        let both = file.terms.iter().zip(taints).filter(|(term, _)| has_ways(&term.kind));
        both.for_each(|(_, taint)| *taint |= Taint::DATE);
    }

    fn receivers(&mut self) {
        for (id, term) in self.file.terms.iter().enumerate().filter(|(_, term)| term.kind == TermKind::Receiver) {
            if let Some(f) = self.file.function_at(term.span) {
                self.found.receivers.entry(f).or_default().push(id as Id);
            }
        }
    }

    /// What a term is by its name: by what the models say of it, and by what it is defined as.
    fn name(&mut self, id: Id) {
        let (world, file, graph, n) = (self.world, self.file, self.graph, self.n);
        let rows = rows(file, world.models(file.language), id);
        let getters = match &file.term(id).kind {
            TermKind::Field(_, name) => world.symbols.methods(world.files, n, name),
            _ => Vec::new(),
        };
        let callees = if getters.is_empty() { graph.callees(n, id) } else { &getters };
        let at = id as usize;
        let has_body = |at: &FunctionRef| {
            let function = &world.files[at.0].functions[at.1];
            function.name != "new" && function.value.is_some()
        };
        let called = callees.iter().any(has_body);
        self.found.passes[at] = passes(file, &rows, (callees, called), id);
        self.found.roles[at] = role(file, &rows, id);
        self.found.taints[at] = rows.iter().fold(self.found.taints[at], |all, row| all | of_row(row));
        // What code of a trial reads back from where it keeps it may be when the trial began.
        if rows.iter().any(|row| row.does.contains(&Op::Config)) && (world.is_of_trial(file) || world.keeps_trial(n)) {
            self.found.taints[at] |= Taint::DATE;
        }
        self.scripts(id, &rows);
        if !getters.is_empty() {
            self.add_results(id, &getters);
            self.found.getters.push((id, getters));
        }
        if !rows.iter().any(|row| row.reads_clock()) {
            self.link(id);
        } else if let TermKind::Name(path) | TermKind::Call(path, _) = &file.term(id).kind
            && path.len() > 1
        {
            // A clock is none of the tree's functions that has its name, but it may be asked how far off something is.
            self.define(id, &path[..path.len() - 1]);
        }
        if let Some(name) = member(file, &rows, id) {
            self.add_stored(id, name);
        }
    }

    /// What classes of settings hold under the key that is asked for.
    fn setting(&mut self, id: Id) {
        let file = self.file;
        let TermKind::Index(base, key) = file.term(id).kind else { return };
        if let TermKind::Text(key) = &file.term(key).kind
            && settings_of(file, base)
        {
            self.add_stored(id, key);
        }
    }

    /// The scripts whose results a call reads, by the path or key that it is passed.
    fn scripts(&mut self, id: Id, rows: &[&Row]) {
        let (world, file, n) = (self.world, self.file, self.n);
        let TermKind::Call(_, args) = &file.term(id).kind else { return };
        let Some(TermKind::Text(named)) = args.first().map(|(_, arg)| &file.term(*arg).kind) else { return };
        let reads = |op: &Op| rows.iter().any(|row| row.does.contains(op));
        let run = reads(&Op::Script).then(|| world.symbols.script(world.files, n, named)).flatten();
        let set = || world.symbols.settings(n, named).map(|(script, _)| script);
        let script = run.or_else(|| reads(&Op::Config).then(set).flatten());
        self.add_results(id, &Vec::from_iter(script));
    }

    /// Finds what the term's name is defined as.
    fn link(&mut self, id: Id) {
        let (world, file, graph, n) = (self.world, self.file, self.graph, self.n);
        let called = graph.callees(n, id);
        self.add_results(id, called);
        match &file.term(id).kind {
            TermKind::Name(path) => {
                let full = expand(&file.imports, path);
                self.define(id, &full);
                if full != *path {
                    self.define(id, path);
                }
                if path.len() > 1
                    && (!called.is_empty() || reads_part(world.models(file.language), &path[path.len() - 1]))
                {
                    self.define(id, &path[..path.len() - 1]);
                }
            }
            TermKind::Field(_, name) => {
                self.define(id, std::slice::from_ref(name));
            }
            TermKind::Call(path, _) => {
                if called.is_empty() {
                    let full = expand(&file.imports, path);
                    self.add_functions(id, &full);
                    let held = world.symbols.held_by_global(world.files, n, &full);
                    self.add_results(id, &Vec::from_iter(held));
                }
                // A closure or table that is applied, or the object before the method's name.
                self.define(id, if path.len() > 1 { &path[..path.len() - 1] } else { path });
            }
            TermKind::New(path, _) if called.is_empty() => {
                self.add_functions(id, &expand(&file.imports, path));
            }
            TermKind::Method(_, name, _) => {
                if called.is_empty() {
                    self.add_results(id, &world.symbols.methods(world.files, n, name));
                }
                self.add_stored(id, name);
            }
            TermKind::Variable(variable) => {
                let element = file.elements.get(variable);
                self.found.sources.extend(element.map(|element| (id, Source::Term(n, *element))));
            }
            _ => {}
        }
    }

    /// The results of functions.
    fn add_results(&mut self, id: Id, functions: &[FunctionRef]) {
        let world = self.world;
        let returning = functions.iter().filter(|at| world.files[at.0].functions[at.1].value.is_some());
        self.found.sources.extend(returning.map(|at| (id, Source::Result(*at))));
    }

    /// The results of the functions of that path.
    fn add_functions(&mut self, id: Id, full: &[String]) {
        let (world, n) = (self.world, self.n);
        let Some((name, front)) = full.split_last() else { return };
        let functions = world.symbols.functions(world.files, n, front.last().map(String::as_str), name);
        self.add_results(id, &functions);
    }

    /// What is stored under the name.
    fn add_stored(&mut self, id: Id, name: &str) {
        let (file, n) = (self.file, self.n);
        let scopes = [Scope::Family(family(file.language), file.in_test), Scope::File(n)];
        let stored = scopes.iter().filter_map(|scope| self.names.get(&(*scope, name)));
        self.found.sources.extend(stored.map(|stored| (id, Source::Name(*stored))));
    }

    /// The globals, captured locals and stored values that a dotted name can mean.
    fn define(&mut self, id: Id, path: &[String]) {
        let (world, file, n) = (self.world, self.file, self.n);
        let value = |(file, g): (usize, usize)| Some(Source::Term(file, world.files[file].globals[g].value?));
        let globals = world.symbols.globals(world.files, n, path);
        self.found.sources.extend(globals.into_iter().filter_map(value).map(|source| (id, source)));
        let captured = path.first().and_then(|first| file.captured(first, file.term(id).span));
        self.found.sources.extend(captured.map(|captured| (id, Source::Term(n, captured.value))));
        path.last().into_iter().for_each(|last| self.add_stored(id, last));
    }
}

/// What an object of a type without a constructor is made of, by name.
fn given<'w>(world: &World<'w>, file: usize, kind: &'w TermKind) -> Vec<(&'w str, Id)> {
    match kind {
        TermKind::Call(path, args) | TermKind::New(path, args)
            if path.last().is_some_and(|ty| ty.starts_with(char::is_uppercase)) =>
        {
            let ty = path.last().and_then(|ty| world.symbols.type_of(file, ty));
            let fields = ty.map_or(&[][..], |(file, ty)| &world.files[file].types[ty].fields);
            let name = |n: usize, keyword: &'w Option<String>| {
                keyword.as_deref().or_else(|| fields.get(n).map(|field| field.name.as_str()))
            };
            args.iter().enumerate().filter_map(|(n, (keyword, id))| Some((name(n, keyword)?, *id))).collect()
        }
        _ => Vec::new(),
    }
}
