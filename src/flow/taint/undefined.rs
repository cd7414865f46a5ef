//! Which names the clock waits for: those that nothing is known of in what it is compared with. Files that define one are
//! parsed for their sake.

use rustc_hash::FxHashSet as HashSet;

use crate::language::models::Use;

use super::super::World;
use super::super::facts::{Id, TermKind};
use super::super::index::FunctionRef;
use super::super::reach::CallGraph;
use super::super::trace::expand;
use super::{Taint, Taints};

/// Terms that are looked at for one comparison.
const VISITS: usize = 200;

/// A name that nothing is known of.
pub struct Sought<'w> {
    /// The file that mentions it.
    pub file: usize,
    /// The name.
    pub name: &'w str,
    /// A function of that name is given a date: what it makes of it is all that is missing.
    pub given_date: bool,
}

/// A term of a file.
type Place = (usize, Id);

impl Taints<'_> {
    /// The names that nothing is known of in what the clock is compared with there: in
    /// the comparison itself, in what the functions give that it calls, and in what these are called with.
    pub fn undefined<'w>(&self, world: &World<'w>, graph: &CallGraph, at: Place) -> Vec<Sought<'w>> {
        let mut search = Search { taints: self, world, graph, seen: HashSet::default(), names: Vec::new() };
        let mut open = vec![(at, false)];
        while let Some((at, beside)) = open.pop().filter(|_| search.seen.len() < VISITS) {
            if search.seen.insert((at, beside)) {
                search.visit(at, beside, &mut open);
            }
        }
        search.names
    }
}

struct Search<'a, 'w> {
    taints: &'a Taints<'a>,
    world: &'a World<'w>,
    graph: &'a CallGraph,
    seen: HashSet<(Place, bool)>,
    names: Vec<Sought<'w>>,
}

impl<'w> Search<'_, 'w> {
    /// Looks at a term; it stands `beside` the clock, or leads to where something does.
    fn visit(&mut self, (n, id): Place, beside: bool, open: &mut Vec<(Place, bool)>) {
        let kind = &self.world.files[n].term(id).kind;
        let own = self.taints.own(n, id);
        let called = self.graph.callees(n, id);
        open.extend(self.results(called, beside).map(|at| (at, beside)));
        // What a variable of the file is made of may be unknown for all that there is a date in it.
        let asked = beside && (!own.has(Taint::DATE) || matches!(kind, TermKind::Name(_)));
        let given = if asked { self.given((n, id)) } else { Vec::new() };
        if beside && called.is_empty() && given.is_empty() {
            let given_date = self.reads_elsewhere((n, id));
            let sought = name(kind).filter(|_| own == Taint::default() || given_date);
            self.names.extend(sought.map(|name| Sought { file: n, name, given_date }));
        }
        open.extend(given.into_iter().map(|at| (at, true)));
        let mut parts = Vec::new();
        kind.for_each_part(|part| parts.push(part));
        let is_timed = |part: Id| self.taints.own(n, part).has(Taint::CLOCK);
        let timed = parts.iter().filter(|part| is_timed(**part)).count();
        // The other side of a comparison, and all that it is made of.
        let compares = timed == 1 && own.has(Taint::COMPARED);
        open.extend(parts.into_iter().map(|part| ((n, part), beside || (compares && !is_timed(part)))));
    }

    /// A call that is given a date and of which nothing is known: what it makes of it stands in another file.
    fn reads_elsewhere(&self, (n, id): Place) -> bool {
        let file = self.world.files[n];
        let TermKind::Call(path, args) = &file.term(id).kind else { return false };
        let models = self.world.models(file.language);
        let is_date = |id: Id| self.taints.own(n, id).has(Taint::DATE);
        (is_date(id) || args.iter().any(|(_, arg)| is_date(*arg)))
            && models.rows(Use::Call, &expand(&file.imports, path)).next().is_none()
    }

    /// What functions give, if it matters.
    fn results(&self, called: &[FunctionRef], beside: bool) -> impl Iterator<Item = Place> {
        let values = called.iter().filter_map(|of| Some((of.0, self.world.files[of.0].functions[of.1].value?)));
        values.filter(move |at| beside || self.taints.own(at.0, at.1).has(Taint::CLOCK))
    }

    /// What callers pass for a parameter, and what is kept in a member of the object.
    fn given(&self, (n, id): Place) -> Vec<Place> {
        let file = self.world.files[n];
        let term = file.term(id);
        let around = || file.function_at(term.span).map(|f| (n, f));
        let given = match &term.kind {
            TermKind::Param(k) => around().map(|at| self.passed(at, usize::from(*k))),
            TermKind::Name(path) if path.len() == 1 => {
                let own = around().map(|at| self.kept(at, &path[0])).filter(|kept| !kept.is_empty());
                let outside = || self.world.symbols.given(n, &path[0]).into_iter();
                Some(own.unwrap_or_else(|| outside().map(|stored| (stored.file, stored.value)).collect()))
            }
            TermKind::Field(base, name) if matches!(file.term(*base).kind, TermKind::Receiver) => {
                around().map(|at| self.kept(at, name))
            }
            _ => None,
        };
        given.unwrap_or_default()
    }

    fn passed(&self, of: FunctionRef, k: usize) -> Vec<Place> {
        let argument = |(caller, call): &(FunctionRef, Id)| match &self.world.files[caller.0].term(*call).kind {
            TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                Some((caller.0, args.get(k)?.1))
            }
            _ => None,
        };
        self.graph.callers(of).iter().filter_map(argument).collect()
    }

    fn kept(&self, (n, f): FunctionRef, name: &str) -> Vec<Place> {
        let owner = self.world.files[n].functions[f].owner.as_deref();
        let stored = owner.map_or(&[][..], |owner| self.world.symbols.field(owner, name));
        stored.iter().map(|stored| (stored.file, stored.value)).collect()
    }
}

/// The name that a term is known by.
fn name(kind: &TermKind) -> Option<&str> {
    match kind {
        TermKind::Name(path) | TermKind::Call(path, _) => path.last().map(String::as_str),
        TermKind::Field(_, name) | TermKind::Method(_, name, _) => Some(name),
        _ => None,
    }
}
