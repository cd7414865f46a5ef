//! Where code puts the year of the clock into what it gives: a partial date that is completed, a copyright line, the
//! bounds of a form. A year that is only compared, or taken from another, does not come out.

use std::collections::{HashMap, HashSet, VecDeque};

use rayon::prelude::*;

use crate::calendar::Instant;
use crate::flow::World;
use crate::flow::eval::{Choices, Run};
use crate::flow::facts::{FileFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::member_key;
use crate::flow::reach::CallGraph;
use crate::flow::taint::{Rank, Taint, Taints};
use crate::flow::trace::expand;
use crate::flow::value::Kind;
use crate::language::ir::BinaryOp;
use crate::language::models::{Calls, Op, Part, Use};
use crate::vocabulary::words;

/// Terms looked at in one function.
const PARTS: usize = 2_000;
/// Places kept.
const KEPT: usize = 200;
/// Calls followed upward from one, and functions that are reached.
const CALLS: usize = 6;
const VISITS: usize = 400;
/// Calls between a year and the functions whose callers are looked for.
const WAYS: usize = 3;
/// Term visits spent on asking for years.
const EFFORT: usize = 150_000;
/// A call that can mean more functions than this tells nothing.
const MEANINGS: usize = 3;
/// Years that the one that comes out may lie from the clock's.
const APART: i64 = 120;

/// A year that comes out of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    /// The function that asks the clock.
    pub(super) function: FunctionRef,
    /// Where it does.
    pub(super) term: Id,
    /// How far the year is ahead of the clock's.
    pub(super) ahead: i64,
}

/// All that come out of a program.
pub struct PutOut {
    pub(super) outputs: Vec<Output>,
    /// The functions that lead to one: which, and by how many calls.
    leading: HashMap<FunctionRef, (usize, usize)>,
    /// The names under which they come out.
    names: HashMap<String, usize>,
    /// What stands outside functions, of those files whose constants hold one.
    outside: HashSet<FunctionRef>,
}

impl PutOut {
    /// Looks through every file with a clock.
    pub fn new(world: &World<'_>, graph: &CallGraph, taints: &Taints<'_>) -> Self {
        let mut all =
            Self { outputs: Vec::new(), leading: HashMap::new(), names: HashMap::new(), outside: HashSet::new() };
        let mut effort = EFFORT;
        let files = (0..world.files.len()).into_par_iter().filter(|n| taints.rank(*n) != Rank::Neither);
        let years: Vec<(usize, Vec<u32>)> = files.map(|n| (n, years(world, taints, n))).collect();
        for (n, years) in years.into_iter().filter(|(_, years)| !years.is_empty()) {
            let file = world.files[n];
            let script = script(file);
            let holds_one = |f: &usize| {
                let span = file.functions[*f].span;
                *f == script || years.iter().any(|line| (span.line..=span.end_line).contains(line))
            };
            for f in (0..file.functions.len()).filter(holds_one) {
                let mut search = Search::new(world, taints, (n, f), effort);
                search.function();
                effort = search.effort;
                if search.constant && !file.in_test {
                    all.outside.insert((n, f));
                }
                for (output, name) in search.found {
                    all.add(output, name);
                }
                for param in search.params {
                    all.add_passed(world, graph, taints, ((n, f), param), CALLS);
                }
            }
        }
        for (number, output) in all.outputs.iter().enumerate() {
            lead(graph, output.function, number, &mut all.leading);
        }
        all
    }

    fn add(&mut self, output: Output, name: Option<String>) {
        let known =
            self.outputs.iter().position(|known| known.function == output.function && known.ahead == output.ahead);
        if known.is_none() && self.outputs.len() >= KEPT {
            return;
        }
        let number = known.unwrap_or_else(|| {
            self.outputs.push(output);
            self.outputs.len() - 1
        });
        if let Some(name) = name.filter(|name| tells(name)) {
            self.names.entry(member_key(&name)).or_insert(number);
        }
    }

    /// Those of the calls that pass a clock for a parameter whose year comes out.
    fn add_passed(
        &mut self,
        world: &World<'_>,
        graph: &CallGraph,
        taints: &Taints<'_>,
        (at, param): (FunctionRef, u16),
        calls: usize,
    ) {
        let Some(calls) = calls.checked_sub(1) else { return };
        let callee = &world.files[at.0].functions[at.1];
        let Some(name) = callee.params.get(usize::from(param)).map(|param| &param.name) else { return };
        for (caller, call) in graph.callers(at) {
            let file = world.files[caller.0];
            let (TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args)) =
                &file.term(*call).kind
            else {
                continue;
            };
            let keyed = args.iter().find(|(keyword, _)| keyword.as_ref() == Some(name));
            let Some((_, passed)) = keyed.or_else(|| args.get(usize::from(param))) else { continue };
            let taint = taints.own(caller.0, *passed);
            if taint.has(Taint::CLOCK) && !taint.has(Taint::DATE) {
                self.add(Output { function: *caller, term: *passed, ahead: 0 }, None);
            } else if let TermKind::Param(param) = file.term(*passed).kind {
                self.add_passed(world, graph, taints, (*caller, param), calls);
            }
        }
    }

    /// The nearest of those that a function leads to, and by how many calls.
    pub(super) fn led_to(&self, function: FunctionRef) -> Option<(&Output, usize)> {
        self.leading.get(&function).map(|(output, calls)| (&self.outputs[*output], *calls))
    }

    /// The one that all of a file has: what stands outside functions makes it.
    pub(super) fn of_file(&self, file: usize) -> Option<&Output> {
        self.outputs.iter().find(|output| output.function.0 == file && self.outside.contains(&output.function))
    }

    /// The one that comes out under a name.
    pub(super) fn named(&self, name: &str) -> Option<&Output> {
        self.names.get(&member_key(name)).map(|output| &self.outputs[*output])
    }

    /// The functions of product code that lead to one, the nearest first, by names that tell them: their callers are to be
    /// found.
    pub fn ways(&self, world: &World<'_>) -> Vec<FunctionRef> {
        let is_told = |(n, f): &FunctionRef| {
            let (file, function) = (world.files[*n], &world.files[*n].functions[*f]);
            !file.in_test && !function.test && words(&function.name).len() > 1 && tells(&function.name)
        };
        let mut ways: Vec<(usize, FunctionRef)> = self.leading.iter().map(|(at, (_, calls))| (*calls, *at)).collect();
        ways.retain(|(calls, at)| *calls <= WAYS && is_told(at));
        ways.sort_unstable();
        ways.into_iter().map(|(_, at)| at).collect()
    }

    /// The names of the functions of product code that lead to one, and those under which they come out.
    pub fn spelled(&self, world: &World<'_>) -> Vec<String> {
        let mut names: Vec<String> = self.names.keys().cloned().collect();
        names.sort_unstable();
        for file in self.outside.iter().map(|(n, _)| world.files[*n]) {
            names.extend(file.types.iter().map(|ty| ty.name.clone()).filter(|name| tells(name)));
        }
        names.sort_unstable();
        names.extend(self.ways(world).into_iter().map(|(n, f)| world.files[n].functions[f].name.clone()));
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }
}

/// The lines on which a file takes the year of a clock, or of what it is called with.
fn years(world: &World<'_>, taints: &Taints<'_>, n: usize) -> Vec<u32> {
    let file = world.files[n];
    let is_year =
        |id: &Id| taints.own(n, *id).has(Taint::CLOCK | Taint::YEAR) || year_of_param(world, file, *id).is_some();
    let mut lines: Vec<u32> = (0..file.terms.len() as Id).filter(is_year).map(|id| file.term(id).span.line).collect();
    lines.dedup();
    lines
}

/// The parameter that a term is the year of, if callers pass a clock: `pivot.Year()`.
fn year_of_param(world: &World<'_>, file: &FileFacts, id: Id) -> Option<u16> {
    let (TermKind::Method(base, name, _) | TermKind::Field(base, name)) = &file.term(id).kind else { return None };
    let TermKind::Param(param) = file.term(*base).kind else { return None };
    let models = world.models(file.language);
    let name = std::slice::from_ref(name);
    let mut rows = models.rows(Use::Method, name).chain(models.rows(Use::Field, name));
    let reads = rows.any(|row| matches!(row.does.last(), Some(Op::Part(form)) if form.of == Part::Year));
    reads.then_some(param)
}

/// The name says more than that something is a year.
fn tells(name: &str) -> bool {
    const COMMON: [&str; 24] = [
        "year", "years", "date", "value", "text", "name", "title", "default", "label", "message", "format", "result",
        "data", "body", "content", "init", "main", "index", "handle", "create", "render", "test", "call", "__init__",
    ];
    name.len() > 3 && !COMMON.contains(&member_key(name).as_str()) && !COMMON.contains(&name)
}

/// What stands for the statements outside functions: they, or the first function.
fn script(file: &FileFacts) -> usize {
    file.script().unwrap_or(0)
}

/// The functions that lead to `from`, with their distance.
fn lead(graph: &CallGraph, from: FunctionRef, number: usize, leading: &mut HashMap<FunctionRef, (usize, usize)>) {
    let mut seen = HashSet::from([from]);
    let mut queue = VecDeque::from([(from, 0)]);
    while let Some((at, calls)) = queue.pop_front() {
        let nearest = leading.entry(at).or_insert((number, calls));
        if calls < nearest.1 {
            *nearest = (number, calls);
        }
        if calls >= CALLS {
            continue;
        }
        for (caller, call) in graph.callers(at) {
            let clear = graph.callees(caller.0, *call).len() <= MEANINGS;
            if clear && seen.len() < VISITS && seen.insert(*caller) {
                queue.push_back((*caller, calls + 1));
            }
        }
    }
}

/// One function that is looked through.
struct Search<'s, 'w> {
    world: &'s World<'w>,
    taints: &'s Taints<'w>,
    at: FunctionRef,
    file: &'s FileFacts,
    found: Vec<(Output, Option<String>)>,
    /// A constant of the file holds one.
    constant: bool,
    /// Parameters whose year comes out.
    params: Vec<u16>,
    /// The terms looked at, each under which names: they share parts, and the ways to these are without number.
    seen: HashSet<(Id, Option<String>)>,
    /// Term visits that are left.
    effort: usize,
}

impl<'s, 'w> Search<'s, 'w> {
    fn new(world: &'s World<'w>, taints: &'s Taints<'w>, at: FunctionRef, effort: usize) -> Self {
        let file = world.files[at.0];
        Self {
            world,
            taints,
            at,
            file,
            found: Vec::new(),
            constant: false,
            params: Vec::new(),
            seen: HashSet::new(),
            effort,
        }
    }

    fn function(&mut self) {
        let function = &self.file.functions[self.at.1];
        let outside = function.name.is_empty();
        if self.at.1 == script(self.file) {
            let fields = self.file.types.iter().flat_map(|ty| &ty.fields).filter_map(|field| field.value);
            let constants = self.file.globals.iter().filter_map(|global| global.value).chain(fields);
            constants.for_each(|value| self.descend(value, None));
            self.constant = !self.found.is_empty();
        }
        if let Some(value) = function.value {
            let name = function.name.strip_prefix("get").unwrap_or(&function.name);
            self.descend(value, Some(name.trim_start_matches('_')));
        }
        for write in &function.writes {
            // What a script keeps is its own: `copyright = …` of a documentation's settings.
            let name = write.field.as_ref().or_else(|| write.name.as_ref()?.last()).filter(|_| !outside);
            self.descend(write.value, name.map(String::as_str));
        }
        for call in &function.calls {
            self.descend(*call, None);
        }
    }

    /// Looks at a term whose value comes out, under a name if it has one.
    fn descend(&mut self, id: Id, name: Option<&str>) {
        let mut open: Vec<(Id, Option<String>)> = vec![(id, name.map(str::to_owned))];
        while let Some((id, name)) = open.pop() {
            if self.seen.len() > PARTS || !self.seen.insert((id, name.clone())) {
                continue;
            }
            if let Some(param) = year_of_param(self.world, self.file, id) {
                self.params.push(param);
                continue;
            }
            if let Some(ahead) = self.year(id) {
                let output = Output { function: self.at, term: id, ahead };
                self.found.push((output, name));
                continue;
            }
            self.parts(id, name, &mut open);
        }
    }

    /// The parts whose year is part of what the term gives.
    fn parts(&self, id: Id, name: Option<String>, open: &mut Vec<(Id, Option<String>)>) {
        let text = |id: &Id| match &self.file.term(*id).kind {
            TermKind::Text(text) if text.len() <= 48 => Some(text.to_string()),
            _ => None,
        };
        match &self.file.term(id).kind {
            TermKind::Binary(op, a, b) => {
                if matches!(op, BinaryOp::Add | BinaryOp::Multiply | BinaryOp::Or | BinaryOp::Otherwise) {
                    open.extend([(*a, name.clone()), (*b, name)]);
                }
            }
            TermKind::Choose(_, a, b) => open.extend([(*a, name.clone()), (*b, name)]),
            TermKind::Index(base, _) => open.push((*base, None)),
            TermKind::Fold(_, start, _, next) => open.extend([(*start, name.clone()), (*next, name)]),
            TermKind::Concat(all) | TermKind::Any(all) => open.extend(all.iter().map(|part| (*part, name.clone()))),
            TermKind::Cast(_, inner) => open.push((*inner, name)),
            TermKind::Map(pairs) => open.extend(pairs.iter().map(|(key, value)| (*value, text(key)))),
            TermKind::Put(base, key, value) => open.extend([(*base, None), (*value, text(key))]),
            TermKind::With(base, name, value) => open.extend([(*base, None), (*value, Some(name.clone()))]),
            TermKind::Record(_, fields, base) => {
                open.extend(fields.iter().map(|(name, value)| (*value, Some(name.clone()))));
                open.extend(base.map(|base| (base, None)));
            }
            TermKind::Call(path, args) | TermKind::New(path, args) => {
                if self.world.models(self.file.language).call_kind(path) != Some(Calls::Log) {
                    open.extend(args.iter().map(|(keyword, value)| (*value, keyword.clone().or_else(|| name.clone()))));
                }
            }
            TermKind::Method(base, _, args) | TermKind::Mutated(base, _, args) => {
                open.push((*base, name.clone()));
                open.extend(args.iter().map(|(keyword, value)| (*value, keyword.clone().or_else(|| name.clone()))));
            }
            TermKind::IsVariant(..) | TermKind::Unary(..) => {}
            kind => kind.for_each_part(|part| open.push((part, None))),
        }
    }

    /// How far the year that a term is lies ahead of the clock's, if it is one at any clock.
    fn year(&mut self, id: Id) -> Option<i64> {
        const LATER: i128 = 1_234 * 86_400_000_000_000;
        let taint = self.taints.own(self.at.0, id);
        if !taint.has(Taint::CLOCK | Taint::YEAR) || self.effort == 0 || !self.may_be_year(id) {
            return None;
        }
        let now = self.world.window.0.instant();
        let ahead = self.year_at(id, now)?;
        (self.year_at(id, Instant(now.0 + LATER))? == ahead && ahead.abs() <= APART).then_some(ahead)
    }

    /// Worth a computation: what reads a part of a time or prints it, a name, an element, or a number of years more or less.
    fn may_be_year(&self, id: Id) -> bool {
        let models = self.world.models(self.file.language);
        let last = |path: &[String]| path.last().cloned().into_iter().collect::<Vec<String>>();
        let known = |kinds: &[Use], path: &[String]| kinds.iter().any(|kind| models.rows(*kind, path).next().is_some());
        let is_number = |id: &Id| matches!(self.file.term(*id).kind, TermKind::Int(_));
        match &self.file.term(id).kind {
            TermKind::Name(path) => path.len() <= 4,
            TermKind::Index(..) => true,
            TermKind::Call(path, _) => {
                known(&[Use::Call, Use::New], &expand(&self.file.imports, path)) || known(&[Use::Method], &last(path))
            }
            TermKind::Method(_, name, _) | TermKind::Field(_, name) => {
                known(&[Use::Method, Use::Field], std::slice::from_ref(name))
            }
            TermKind::Binary(BinaryOp::Add | BinaryOp::Subtract, a, b) => is_number(a) || is_number(b),
            _ => false,
        }
    }

    /// The year that a term is at a clock, less the clock's.
    fn year_at(&mut self, id: Id, clock: Instant) -> Option<i64> {
        let mut choices = Choices::default();
        let mut run = Run::new(self.world, clock, &mut choices);
        let frame = run.root(self.at);
        let value = run.value(frame, id);
        self.effort = self.effort.saturating_sub(run.steps());
        let year: i64 = match &value.kind {
            Kind::Int(year) => i64::try_from(*year).ok()?,
            Kind::Text(text) if text.len() == 4 => text.parse().ok()?,
            _ => return None,
        };
        Some(year - clock.civil()?.year())
    }
}
