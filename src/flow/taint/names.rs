//! What a name is defined as: where a term's taint comes from besides its own parts.

use std::collections::{HashMap, HashSet};

use crate::language::models::Index;

use super::super::World;
use super::super::facts::{Id, TermKind};
use super::super::index::{FunctionRef, Stored, family, last_of};
use super::super::reach::CallGraph;
use super::super::trace::expand;
use super::Taint;
use super::words::{Passes, Role, is_named, member, named, of_row, passes, reads_part, role, rows, seed};

/// Values stored under one name, beyond which the name means nothing.
const WRITERS: usize = 48;

/// Where a term's taint comes from besides its own parts.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Another term.
    Term(usize, Id),
    /// Whatever is stored under a name.
    Name(usize),
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
    /// By file: it was visited at least once, and it changed in this round.
    pub(super) visited: Vec<bool>,
    pub(super) changed: Vec<bool>,
}

impl<'w> Propagation<'w> {
    pub(super) fn new(world: &World<'w>, graph: &'w CallGraph) -> Self {
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
        if let Some(name) = member(file, &rows, id) {
            self.add_stored(world, n, id, name);
        }
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
}

/// What an object of a type without a constructor is made of, by name.
fn given<'w>(world: &World<'w>, file: usize, kind: &'w TermKind) -> Vec<(&'w str, Id)> {
    match kind {
        TermKind::Call(path, args) | TermKind::New(path, args)
            if path.last().is_some_and(|ty| ty.starts_with(char::is_uppercase)) =>
        {
            let ty = path.last().and_then(|ty| world.symbols.type_of(world.files, file, ty));
            let fields = ty.map_or(&[][..], |(file, ty)| &world.files[file].types[ty].fields);
            let name = |n: usize, keyword: &'w Option<String>| {
                keyword.as_deref().or_else(|| fields.get(n).map(|field| field.name.as_str()))
            };
            args.iter().enumerate().filter_map(|(n, (keyword, id))| Some((name(n, keyword)?, *id))).collect()
        }
        _ => Vec::new(),
    }
}
