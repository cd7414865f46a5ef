//! Which names product code compares with the clock: a date under such a name is checked where the tests cannot see it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::finding::Span;
use crate::flow::facts::{FileFacts, Id, TermKind};
use crate::flow::index::{FunctionRef, family};
use crate::flow::reach::CallGraph;
use crate::flow::taint::{Taint, Taints};
use crate::flow::{World, member_key};
use crate::vocabulary::words;

use super::comparison::{
    accessor, beside_clock, blamed, clock_in, is_handed, is_of_element, is_ordered, names_beside, names_in, parameter,
    refused_past, stands_in,
};
use super::given::in_scope;
use super::led::Named;
use super::met::Asked;
use super::{declared, queries};

/// Getters followed from a comparison to the fields behind it.
const GETTERS: usize = 2;
/// Comparisons kept for one name.
const KEPT: usize = 8;
/// Places looked at where values are chosen by one name.
const CHOSEN: usize = 64;
/// Names that mean too much to tell by themselves which date is meant.
const COMMON: [&str; 24] = [
    "date",
    "time",
    "day",
    "at",
    "on",
    "start",
    "end",
    "begin",
    "finish",
    "from",
    "to",
    "value",
    "when",
    "timestamp",
    "ts",
    "datetime",
    "now",
    "today",
    "year",
    "month",
    "dt",
    "last",
    "next",
    "current",
];

/// The name means too much to tell by itself.
pub(super) fn is_common(name: &str) -> bool {
    COMMON.contains(&member_key(name).as_str())
}

/// A comparison with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Comparison {
    /// The function that holds it.
    pub(super) function: FunctionRef,
    /// Its term.
    pub(super) term: Id,
}

/// Places of one file.
type Places = Rc<Vec<Span>>;

/// What product code compares with the clock.
pub(super) struct Checked<'w> {
    taints: &'w Taints<'w>,
    graph: &'w CallGraph,
    /// By name: where.
    names: HashMap<String, Vec<Comparison>>,
    /// Their words.
    spelled: HashMap<String, String>,
    /// Names whose past dates are refused, by family of languages: where, if by a comparison.
    refused: HashMap<(&'static str, String), Vec<FunctionRef>>,
    /// The names of all of them.
    refusing: HashSet<String>,
    /// Those whose refusal is thrown, and not a state that is told.
    thrown: HashSet<String>,
    /// Names by which product code chooses among values, and where: in loops, and in closures that filter.
    chosen: HashMap<String, Vec<FunctionRef>>,
    /// Those by which queries do.
    queried: HashMap<String, Vec<FunctionRef>>,
    /// Functions that compare what they are called with: which argument, and where.
    comparing: HashMap<FunctionRef, (usize, Comparison)>,
    /// Functions that pass on, under a name whose past dates are refused, what they are called with: which arguments.
    passing: HashMap<FunctionRef, Vec<usize>>,
    /// Names that queries take for recent: within so many days, and where.
    windows: HashMap<String, Vec<(i64, Comparison)>>,
    waiting: RefCell<HashMap<FunctionRef, bool>>,
    reaching: RefCell<HashMap<FunctionRef, HashSet<usize>>>,
    /// By test file: what it names.
    named: RefCell<HashMap<usize, Rc<Named>>>,
    /// Names that an error is reported for once they have passed, by family of languages: a model's own validation.
    blamed: HashSet<(&'static str, String)>,
    /// Functions that compare what stands under a name, whoever brings the clock.
    places: HashMap<String, Vec<FunctionRef>>,
    upward: RefCell<HashMap<FunctionRef, Rc<HashSet<FunctionRef>>>>,
    /// By test file and function: where the file leads there.
    leading: RefCell<HashMap<(usize, FunctionRef), Places>>,
    /// Whether a test comes to where a name is compared.
    pub(super) met: RefCell<HashMap<Asked, bool>>,
}

impl<'w> Checked<'w> {
    /// Looks through every file that is not test code.
    pub(super) fn new(world: &World<'_>, graph: &'w CallGraph, taints: &'w Taints<'w>) -> Self {
        let mut checked = Self {
            taints,
            graph,
            names: HashMap::new(),
            spelled: HashMap::new(),
            refused: HashMap::new(),
            refusing: HashSet::new(),
            thrown: HashSet::new(),
            chosen: HashMap::new(),
            queried: HashMap::new(),
            comparing: HashMap::new(),
            passing: HashMap::new(),
            windows: HashMap::new(),
            waiting: RefCell::default(),
            reaching: RefCell::default(),
            named: RefCell::default(),
            blamed: HashSet::new(),
            places: HashMap::new(),
            upward: RefCell::default(),
            leading: RefCell::default(),
            met: RefCell::default(),
        };
        for (n, file) in world.files.iter().enumerate().filter(|(_, file)| !file.in_test) {
            checked.comparisons(world, n);
            checked.refusals(file, n);
            checked.windows(file, n);
            checked.bounds(world, n);
            let family = family(file.language);
            for (name, term) in queries::names(world, taints, n) {
                checked.places(&name);
                if let Some(function) = super::given::function_at(file, file.term(term).span) {
                    checked.queried.entry(member_key(&name)).or_default().push((n, function));
                }
            }
            for name in declared::must_lie_ahead(world, taints, n) {
                checked.places(&name);
                checked.refused.entry((family, member_key(&name))).or_default();
            }
        }
        checked.follow_arguments(world);
        checked.follow_getters(world);
        checked.refusing = checked.refused.keys().map(|(_, key)| key.clone()).collect();
        checked.follow_parameters(world);
        checked
    }

    /// Where what stands under a name is compared.
    fn places(&mut self, name: &str) -> &mut Vec<Comparison> {
        let key = member_key(name);
        self.spelled.entry(key.clone()).or_insert_with(|| words(name).join("_"));
        self.names.entry(key).or_default()
    }

    fn comparisons(&mut self, world: &World<'_>, n: usize) {
        let file = world.files[n];
        let tests: Vec<_> = file.functions.iter().filter(|function| function.test).collect();
        let choosing = queries::choosing(file);
        for id in 0..file.terms.len() as Id {
            let span = file.term(id).span;
            let Some(beside) = beside_clock(file, n, self.taints, id) else { continue };
            if tests.iter().any(|test| test.span.contains(span)) {
                continue;
            }
            let Some(function) = super::given::function_at(file, span) else { continue };
            let comparison = Comparison { function: (n, function), term: id };
            let clock = clock_in(file, n, self.taints, id);
            if clock.is_some_and(|clock| is_handed(file, world.models(file.language), clock)) {
                continue;
            }
            let by_itself = self.taints.own(n, id).has(Taint::CLOCK);
            if let Some(param) = parameter(file, beside).filter(|_| by_itself) {
                self.comparing.entry((n, function)).or_insert((param, comparison));
            }
            let of_element = || {
                let ordered = by_itself && is_of_element(file, beside) && is_ordered(file, n, self.taints, id);
                ordered && clock.is_some_and(|clock| queries::moves(world, (n, function), clock))
            };
            let chooses = !clock.is_some_and(|clock| stands_in(file, clock))
                && (choosing.iter().any(|closure| closure.contains(span)) || of_element());
            for name in names_beside(file, id, beside) {
                if chooses {
                    self.chosen.entry(member_key(&name)).or_default().push((n, function));
                }
                let places = self.places.entry(member_key(&name)).or_default();
                if places.last() != Some(&(n, function)) {
                    places.push((n, function));
                }
                let kept = self.places(&name);
                if by_itself && kept.len() < KEPT && !kept.contains(&comparison) {
                    kept.push(comparison);
                }
            }
        }
    }

    /// Queries that take what is not older than so many days.
    fn windows(&mut self, file: &FileFacts, n: usize) {
        for (id, term) in file.terms.iter().enumerate() {
            let TermKind::Text(text) = &term.kind else { continue };
            if file.functions.is_empty() {
                return;
            }
            let windows = queries::windows(text);
            if windows.is_empty() {
                continue;
            }
            for function in running(file, term.span) {
                let comparison = Comparison { function: (n, function), term: id as Id };
                for &(ref name, days) in &windows {
                    let places = self.windows.entry(member_key(name)).or_default();
                    if places.len() < KEPT {
                        places.push((days, comparison));
                    }
                }
            }
        }
    }

    /// The same, where the query gets its bound from the program.
    fn bounds(&mut self, world: &World<'_>, n: usize) {
        let file = world.files[n];
        for (name, bound) in queries::bounds(self.taints, n, file) {
            let function = super::given::function_at(file, file.term(bound).span).unwrap_or(0);
            let Some(days) = queries::days_before(world, (n, function), bound) else { continue };
            let places = self.windows.entry(member_key(&name)).or_default();
            if places.len() < KEPT {
                places.push((days, Comparison { function: (n, function), term: bound }));
            }
        }
    }

    /// How many days a date under the name is recent in queries, and where.
    pub(super) fn windows_of(&self, name: &str) -> &[(i64, Comparison)] {
        self.windows.get(&member_key(name)).map_or(&[], Vec::as_slice)
    }

    /// Conditions that refuse what lies behind the clock.
    fn refusals(&mut self, file: &FileFacts, n: usize) {
        for (f, function) in file.functions.iter().enumerate().filter(|(_, function)| !function.test) {
            for condition in &function.conditions {
                for name in blamed(file, n, self.taints, function, condition) {
                    self.refused.entry((family(file.language), member_key(&name))).or_default();
                    self.blamed.insert((family(file.language), member_key(&name)));
                    self.places(&name);
                }
                for (past, thrown) in refused_past(file, n, self.taints, condition) {
                    let own = declared::validated(file, function, past);
                    let declared = !own.is_empty();
                    for name in own.into_iter().chain(accessor(file, f, past)) {
                        let places = self.refused.entry((family(file.language), member_key(&name))).or_default();
                        if !declared {
                            places.push((n, f));
                        }
                        if thrown {
                            self.thrown.insert(member_key(&name));
                        }
                        self.places(&name);
                    }
                }
            }
        }
    }

    /// What is passed to a function that compares it: `if (!isFuture(config.until))`.
    fn follow_arguments(&mut self, world: &World<'_>) {
        if self.comparing.is_empty() {
            return;
        }
        let mut passed: Vec<(String, Comparison)> = Vec::new();
        for (n, file) in world.files.iter().enumerate().filter(|(_, file)| !file.in_test) {
            for (f, function) in file.functions.iter().enumerate().filter(|(_, function)| !function.test) {
                passed.extend(function.calls.iter().filter_map(|call| self.passed(file, (n, f), *call)));
            }
        }
        for (name, comparison) in passed {
            let kept = self.places(&name);
            if kept.len() < KEPT && !kept.contains(&comparison) {
                kept.push(comparison);
            }
        }
    }

    /// The name of the argument of a call that the called function compares, and where.
    fn passed(&self, file: &FileFacts, at: FunctionRef, call: Id) -> Option<(String, Comparison)> {
        let (TermKind::Call(_, args) | TermKind::Method(_, _, args)) = &file.term(call).kind else { return None };
        let callees = self.graph.callees(at.0, call);
        let (param, comparison) = callees.iter().find_map(|callee| self.comparing.get(callee))?;
        let name = accessor(file, at.1, args.get(*param)?.1)?;
        (!COMMON.contains(&member_key(&name).as_str())).then_some((name, *comparison))
    }

    /// What a getter returns is compared as it is.
    fn follow_getters(&mut self, world: &World<'_>) {
        for _ in 0..GETTERS {
            let getters = world.files.iter().filter(|file| !file.in_test).flat_map(|file| {
                let functions = file.functions.iter().filter(|function| function.params.is_empty());
                functions.filter_map(move |function| Some((file, &function.name, function.value?)))
            });
            let behind: Vec<(String, Vec<Comparison>)> = getters
                .filter_map(|(file, name, value)| Some((file, value, self.names.get(&member_key(name))?)))
                .flat_map(|(file, value, at)| names_in(file, value).into_iter().map(|name| (name, at.clone())))
                .collect();
            for (name, at) in behind {
                let kept = self.places(&name);
                kept.extend(at);
                kept.truncate(KEPT);
            }
        }
    }

    /// What is passed on under a name whose past dates are refused: `Segment(travel_date=parse(departure))`.
    fn follow_parameters(&mut self, world: &World<'_>) {
        if self.refused.is_empty() {
            return;
        }
        for _ in 0..GETTERS {
            let mut found: Vec<(FunctionRef, usize)> = Vec::new();
            for (n, file) in world.files.iter().enumerate().filter(|(_, file)| !file.in_test) {
                for (f, function) in file.functions.iter().enumerate().filter(|(_, function)| !function.test) {
                    let passed = function.calls.iter().flat_map(|call| self.passed_on(world, n, *call));
                    found.extend(passed.map(|param| ((n, f), param)));
                }
            }
            let before = self.passing.values().map(Vec::len).sum::<usize>();
            for (function, param) in found {
                let params = self.passing.entry(function).or_default();
                if !params.contains(&param) {
                    params.push(param);
                }
            }
            if before == self.passing.values().map(Vec::len).sum::<usize>() {
                return;
            }
        }
    }

    /// The parameters of the function around a call that the call gives to something that refuses them.
    fn passed_on(&self, world: &World<'_>, n: usize, call: Id) -> Vec<usize> {
        let file = world.files[n];
        let (TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args)) = &file.term(call).kind
        else {
            return Vec::new();
        };
        let callee = self.graph.callees(n, call).first();
        let passing = callee.and_then(|callee| self.passing.get(callee));
        let own = family(file.language);
        let refused = |at: usize, keyword: &Option<String>| {
            let name = keyword.as_deref().or_else(|| {
                let (file, function) = callee?;
                Some(world.files[*file].functions[*function].params.get(at)?.name.as_str())
            });
            let Some(name) = name else { return false };
            let at = callee.and_then(|(file, function)| {
                world.files[*file].functions[*function].params.iter().position(|param| param.name == name)
            });
            let key = member_key(name);
            at.is_some_and(|at| passing.is_some_and(|params| params.contains(&at)))
                || (keyword.is_some() && !COMMON.contains(&key.as_str()) && self.refused.contains_key(&(own, key)))
        };
        let given = args.iter().enumerate().filter(|(at, (keyword, _))| refused(*at, keyword));
        given.filter_map(|(_, (_, value))| parameter(file, *value)).collect()
    }

    /// The function refuses a date of the past as that argument, by what it passes on.
    pub(super) fn passes_on(&self, function: FunctionRef, param: usize) -> bool {
        self.passing.get(&function).is_some_and(|params| params.contains(&param))
    }

    /// The words of the names that a date in a test may stand under, the more telling ones first.
    pub(super) fn telling(&self, world: &World<'_>) -> Vec<&str> {
        let mut names: Vec<(bool, &str)> = Vec::new();
        for (key, words) in &self.spelled {
            let ends = world.vocabulary.expiry_strength(words).is_some() || self.refusing.contains(key);
            if !COMMON.contains(&key.as_str()) && (ends || words.contains('_')) && key.len() > 3 {
                names.push((!ends, words));
            }
        }
        names.sort_unstable();
        names.into_iter().map(|(_, words)| words).collect()
    }

    /// A date under that name is compared with the clock.
    pub(super) fn reads(&self, name: &str) -> bool {
        self.names.contains_key(&member_key(name))
    }

    /// Product code asks the clock about the name, whatever its callers pass, or refuses what lies behind it.
    pub(super) fn asks(&self, name: &str) -> bool {
        let key = member_key(name);
        self.names.get(&key).is_some_and(|at| !at.is_empty())
            || self.refusing.contains(&key)
            || self.chosen.contains_key(&key)
            || self.queried.contains_key(&key)
    }

    /// Where it is.
    pub(super) fn comparisons_of(&self, name: &str) -> &[Comparison] {
        self.names.get(&member_key(name)).map_or(&[], Vec::as_slice)
    }

    /// The functions that compare what stands under the name, whoever brings the clock.
    pub(super) fn places_at(&self, name: &str) -> impl Iterator<Item = FunctionRef> {
        let compared = self.comparisons_of(name).iter().map(|comparison| comparison.function);
        compared.chain(self.places.get(&member_key(name)).into_iter().flatten().copied())
    }

    /// Where a date of the past is refused under the name, in that file's language.
    pub(super) fn refused_at(&self, world: &World<'_>, file: usize, name: &str) -> &[FunctionRef] {
        let own = (family(world.files[file].language), member_key(name));
        self.refused.get(&own).map_or(&[], Vec::as_slice)
    }

    /// What is stored under the name is declared not to have passed, or validated so when it is stored, in that file's language.
    pub(super) fn is_declared(&self, world: &World<'_>, file: usize, name: &str) -> bool {
        let own = (family(world.files[file].language), member_key(name));
        self.refused.get(&own).is_some_and(Vec::is_empty) || self.blamed.contains(&own)
    }

    /// The name is told at length, and code of the same languages compares it.
    pub(super) fn tells(&self, world: &World<'_>, file: usize, name: &str) -> bool {
        let own = family(world.files[file].language);
        let same = |comparison: &Comparison| family(world.files[comparison.function.0].language) == own;
        words(name).len() > 2 && self.comparisons_of(name).iter().any(same)
    }

    /// A date of the past is refused under that name, by what stands for it in that file's language.
    pub(super) fn refuses(&self, world: &World<'_>, file: usize, name: &str) -> bool {
        let key = member_key(name);
        let words = words(name);
        let own = words.iter().any(|word| !COMMON.contains(&word.as_str()));
        let telling = words.len() > 1 && !COMMON.contains(&key.as_str()) && (own || self.thrown.contains(&key));
        let places = self.refused.get(&(family(world.files[file].language), key));
        places.is_some_and(|places| {
            places.is_empty() || telling || places.iter().any(|place| self.is_reached(*place, file))
        })
    }

    /// Where values are chosen by the name and the clock, if the calls in that scope of a test file lead there, or the test
    /// names what does.
    pub(super) fn chooses(&self, world: &World<'_>, file: usize, scope: Span, name: &str) -> Option<FunctionRef> {
        let named = self.named(world, file);
        // Where something is mocked, only the code that the test is named after is sure to run.
        let mocks = named.mocks(scope);
        let runs = |place: &FunctionRef| !mocks || named.is_sister(&world.files[place.0].path);
        let led = |place: &FunctionRef| runs(place) && self.is_led_to(world, file, scope, *place);
        let key = member_key(name);
        let of = |places: &HashMap<String, Vec<FunctionRef>>| {
            places.get(&key).into_iter().flatten().take(CHOSEN).copied().find(led)
        };
        // A mock answers whatever the query says.
        of(&self.chosen).or_else(|| of(&self.queried).filter(|_| !mocks))
    }

    /// The calls in that scope of a test file lead to the function, or the test names one that does.
    pub(super) fn is_led_to(&self, world: &World<'_>, file: usize, scope: Span, function: FunctionRef) -> bool {
        (scope == Span::default() && self.is_reached(function, file)) || self.is_named(world, file, scope, function)
    }

    /// The same, but for what calls it outside the functions that are told apart.
    pub(super) fn is_named(&self, world: &World<'_>, file: usize, scope: Span, function: FunctionRef) -> bool {
        self.leading(world, file, function).iter().any(|place| in_scope(scope, *place))
    }

    /// Where that file calls the function, through others, or names one that does.
    fn leading(&self, world: &World<'_>, file: usize, function: FunctionRef) -> Places {
        if let Some(known) = self.leading.borrow().get(&(file, function)) {
            return known.clone();
        }
        let (facts, ways, named) = (world.files[file], self.upward(function), self.named(world, file));
        let mut places: Vec<Span> = ways.iter().flat_map(|at| named.leading(world, *at)).copied().collect();
        if self.is_reached(function, file) {
            let calls = facts.functions.iter().flat_map(|function| function.calls.iter().copied());
            let leads = |call: &Id| self.graph.callees(file, *call).iter().any(|callee| ways.contains(callee));
            places.extend(calls.filter(leads).map(|call| facts.term(call).span));
        }
        let places = Rc::new(places);
        self.leading.borrow_mut().insert((file, function), places.clone());
        places
    }

    /// What that test file names.
    pub(super) fn named(&self, world: &World<'_>, file: usize) -> Rc<Named> {
        let mut known = self.named.borrow_mut();
        known.entry(file).or_insert_with(|| Rc::new(Named::of(world.files[file]))).clone()
    }

    /// Where values are chosen by the name and the clock.
    pub(super) fn chosen_at(&self, name: &str) -> impl Iterator<Item = FunctionRef> {
        let key = member_key(name);
        [&self.chosen, &self.queried].into_iter().filter_map(move |places| places.get(&key)).flatten().copied()
    }

    /// That function refuses a date of the past under that name.
    pub(super) fn refuses_in(&self, world: &World<'_>, function: FunctionRef, name: &str) -> bool {
        let places = self.refused.get(&(family(world.files[function.0].language), member_key(name)));
        places.is_some_and(|places| places.contains(&function))
    }

    /// The function and all that call it, through others.
    pub(super) fn upward(&self, function: FunctionRef) -> Rc<HashSet<FunctionRef>> {
        let mut known = self.upward.borrow_mut();
        let all = || self.graph.upward(function).into_iter().chain([function]).collect();
        known.entry(function).or_insert_with(|| Rc::new(all())).clone()
    }

    /// Some function of that file calls the function, through others.
    pub(super) fn is_reached(&self, function: FunctionRef, file: usize) -> bool {
        let mut reaching = self.reaching.borrow_mut();
        let files = reaching
            .entry(function)
            .or_insert_with(|| self.graph.upward(function).into_iter().map(|caller| caller.0).collect());
        files.contains(&file)
    }

    /// The function compares what it is called with with the clock.
    pub(super) fn waits(&self, world: &World<'_>, at: FunctionRef) -> bool {
        if let Some(known) = self.waiting.borrow().get(&at) {
            return *known;
        }
        let file = &world.files[at.0];
        let function = &file.functions[at.1];
        let terms = file.terms.iter().enumerate().filter(|(_, term)| function.span.contains(term.span));
        let waits = !file.in_test
            && !function.test
            && terms.map(|(id, _)| self.taints.own(at.0, id as Id)).any(|taint| taint.has(Taint::WAITS));
        self.waiting.borrow_mut().insert(at, waits);
        waits
    }
}

/// The functions that run a query at a place: the one around it, or those that name the constant which holds it; else the
/// file's first one stands for them.
fn running(file: &FileFacts, place: Span) -> Vec<usize> {
    let global = file.globals.iter().find(|global| global.span.contains(place));
    let naming = global.into_iter().flat_map(|global| {
        let is_named = move |kind: &TermKind| {
            matches!(kind, TermKind::Name(path) if path.last().is_some_and(|name| *name == global.name))
        };
        let terms = file.terms.iter().filter(move |term| is_named(&term.kind));
        terms.filter_map(|term| file.function_at(term.span))
    });
    let mut running: Vec<usize> = file.function_at(place).into_iter().chain(naming).collect();
    running.sort_unstable();
    running.dedup();
    if running.is_empty() { vec![0] } else { running }
}
