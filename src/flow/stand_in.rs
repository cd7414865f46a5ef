//! Where a test hands in a clock of its own: another implementation of what the product reads the clock through. Asked for
//! by its name alone, the product's implementation is found, and it is not what runs in that test.

use crate::finding::{Span, StepKind};

use super::World;
use super::facts::{FileFacts, Id, TermKind};
use super::fuse::Found;
use super::index::{FunctionRef, last_of};
use super::reach::CallGraph;

/// What makes an object that stands in for another is called so.
const MAKERS: [&str; 5] = ["mock", "stub", "fake", "substitute", "double"];

/// Whether the tests that a change shows in read their own clock where the product reads the real one.
pub(super) fn is_of_own_clock(world: &World<'_>, graph: &CallGraph, found: &Found) -> bool {
    let change = &found.change;
    let tests: Vec<usize> = change
        .origins
        .iter()
        .chain(&change.passes)
        .filter(|origin| is_test(world, origin.file, origin.span))
        .map(|origin| origin.file)
        .collect();
    let clocks = change.main_atom().into_iter().flat_map(|atom| &atom.meta.origins);
    let clocks = clocks.filter_map(|origin| change.origins.get(*origin as usize));
    let mut read = clocks.filter(|origin| origin.kind == StepKind::Clock && !is_test(world, origin.file, origin.span));
    read.any(|origin| {
        let Some(function) = world.files.get(origin.file).and_then(|file| file.function_at(origin.span)) else {
            return false;
        };
        let clock = Clock::of(world, (origin.file, function));
        clock.is_some_and(|clock| tests.iter().any(|test| clock.is_replaced(world, graph, *test)))
    })
}

fn is_test(world: &World<'_>, file: usize, place: Span) -> bool {
    world.files.get(file).is_some_and(|file| file.is_test_at(place))
}

/// A method of the product that reads the clock.
struct Clock<'w> {
    at: FunctionRef,
    name: &'w str,
    /// Its type.
    owner: &'w str,
    /// That, and what it implements.
    kinds: Vec<&'w str>,
}

impl<'w> Clock<'w> {
    fn of(world: &World<'w>, at: FunctionRef) -> Option<Self> {
        let function = &world.files[at.0].functions[at.1];
        let owner = last_of(function.owner.as_deref()?);
        let bases = world.symbols.type_of(at.0, owner).map(|(file, ty)| &world.files[file].types[ty].bases);
        let kinds = bases.into_iter().flatten().map(|base| last_of(base)).chain([owner]).collect();
        Some(Self { at, name: &function.name, owner, kinds })
    }

    /// The test's file has, makes or names an object that stands in for the product's, and does not name that.
    fn is_replaced(&self, world: &World<'_>, graph: &CallGraph, test: usize) -> bool {
        let file = world.files[test];
        let named = |ty: &str| file.terms.iter().any(|term| names_type(&term.kind, ty));
        let overrides = || {
            let all = self.kinds.iter().flat_map(|kind| world.symbols.overriders(world.files, kind, self.name));
            let mut others = all.filter(|at| *at != self.at);
            others.any(|(n, f)| {
                let owner = world.files[n].functions[f].owner.as_deref().map(last_of);
                owner.is_some_and(|owner| owner != self.owner && (named(owner) || (n == test && file.in_test)))
            })
        };
        let made = || (0..file.terms.len() as Id).any(|id| self.is_made(world, graph, test, id));
        (overrides() || made()) && !(self.kinds.len() > 1 && named(self.owner))
    }

    /// A closure where such an object is taken, an object with a method of that name, or a mock of the type.
    fn is_made(&self, world: &World<'_>, graph: &CallGraph, test: usize, id: Id) -> bool {
        let file = world.files[test];
        let is_closure = |id: Id| matches!(file.term(id).kind, TermKind::Closure(..));
        match &file.term(id).kind {
            TermKind::Record(_, fields, _) => {
                fields.iter().any(|(name, value)| name == self.name && is_closure(*value))
            }
            // An object of an anonymous class is made of what that implements.
            TermKind::New(path, _)
                if path.last().is_some_and(|ty| ty != self.owner && self.kinds.contains(&ty.as_str())) =>
            {
                true
            }
            TermKind::Call(path, args) | TermKind::New(path, args) => {
                let params = graph.callees(test, id).first().map(|(n, f)| &world.files[*n].functions[*f].params);
                let takes = |n: usize| {
                    let ty = params.and_then(|params| params.get(n)).and_then(|param| param.ty.as_deref());
                    ty.is_some_and(|ty| self.kinds.contains(&last_of(ty)))
                };
                let makes = path.last().is_some_and(|name| is_maker(name));
                args.iter()
                    .enumerate()
                    .any(|(n, (_, arg))| (is_closure(*arg) && takes(n)) || (makes && self.is_kind(file, *arg)))
            }
            _ => false,
        }
    }

    /// The term names one of the types: `Clock.class`, `Clock::class`.
    fn is_kind(&self, file: &FileFacts, id: Id) -> bool {
        let is = |name: &String| self.kinds.contains(&name.as_str());
        match &file.term(id).kind {
            TermKind::Name(path) => path.iter().any(is),
            TermKind::Field(base, _) => self.is_kind(file, *base),
            _ => false,
        }
    }
}

fn is_maker(name: &str) -> bool {
    let name = name.to_lowercase();
    MAKERS.iter().any(|maker| name.contains(maker))
}

fn names_type(kind: &TermKind, ty: &str) -> bool {
    match kind {
        TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Name(path) | TermKind::Record(Some(path), ..) => {
            path.iter().any(|name| name == ty)
        }
        _ => false,
    }
}
