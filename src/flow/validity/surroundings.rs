//! What stands around a date that a test gives: a frozen clock, the date asserted back, an expected refusal.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::calendar;
use crate::finding::Span;
use crate::flow::facts::{ConditionKind, FileFacts, FunctionFacts, Id, TermKind};
use crate::flow::frozen::is_for_all;
use crate::flow::reach::CallGraph;
use crate::flow::taint::{Taint, Taints};
use crate::flow::{World, member_key};
use crate::language::ir::{BinaryOp, UnaryOp};
use crate::language::models::{Calls, Index};
use crate::vocabulary::{InTest, words};

use super::given::{Given, in_scope, is_script};
use super::{Linked, day, given, texts};

/// Terms looked at in one assertion.
const PARTS: usize = 400;

/// What the assertions around a date say of the state that ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Unsaid,
    /// It holds: what is expired is refused.
    Holds,
    /// It is over, or asked for at a date that the test gives as well.
    Over,
}

/// What one test asserts.
#[derive(Debug, Default)]
struct Test {
    /// The assertions: the outermost calls and conditions.
    assertions: Vec<Id>,
    /// A refusal is expected.
    refusal: bool,
    /// None is expected, and that is said: `expect(…).not.toThrow()`.
    no_refusal: bool,
}

/// The surroundings of the dates of one file.
pub(super) struct Surroundings<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) taints: &'w Taints<'w>,
    pub(super) graph: &'w CallGraph,
    pub(super) file: usize,
    pub(super) facts: &'w FileFacts,
    index: &'w Index,
    /// The blocks that are tests by themselves: closures with a title.
    blocks: Vec<Span>,
    /// The terms that hold a date that is given.
    holders: HashSet<Id>,
    /// Where these dates are written.
    dates: HashSet<Span>,
    tests: HashMap<Span, Test>,
    states: HashMap<Span, State>,
    accepting: Option<bool>,
    pub(super) told_now: Option<Vec<(Span, Option<String>)>>,
}

impl<'w> Surroundings<'w> {
    /// Of the dates of that file.
    pub(super) fn new<'g>(
        world: &'w World<'w>,
        linked: Linked<'w>,
        file: usize,
        given: impl Iterator<Item = &'g Given>,
    ) -> Self {
        let facts = world.files[file];
        let index = world.models(facts.language);
        let blocks = (0..facts.terms.len() as Id).filter_map(|id| block(facts, index, id)).collect();
        let (holders, dates) = given.map(|given| (given.holder, given.span)).unzip();
        Self {
            world,
            taints: linked.taints,
            graph: linked.graph,
            file,
            facts,
            index,
            blocks,
            holders,
            dates,
            tests: HashMap::new(),
            states: HashMap::new(),
            accepting: None,
            told_now: None,
        }
    }

    /// The clock stands still where the date is asked for: it is frozen for all tests, or in the same test before anything
    /// is asserted.
    pub(super) fn is_frozen(&mut self, place: Span, function: Option<usize>) -> bool {
        if self.world.is_frozen_around(self.file) {
            return true;
        }
        let own = self.scope(place, function);
        let facts = self.facts;
        let line_of = |id: &Id| facts.term(*id).span.line;
        let asserted: Vec<u32> = self.assertions(own).iter().map(line_of).collect();
        let asserted_before = |line: u32| asserted.iter().any(|at| (place.end_line..line).contains(at));
        let elsewhere = self.world.freezing_lines(self.file);
        self.facts.frozen_lines.iter().chain(elsewhere).any(|line| {
            let here = Span::on_line(*line, 1, 1);
            let decorated = self.decorated(*line);
            let Some(function) = decorated.or_else(|| given::function_at(self.facts, here)) else { return true };
            let here = decorated.map_or(here, |function| self.facts.functions[function].name_span);
            let around = self.scope(here, Some(function));
            let other_test = around != own && !contains_lines(around, own) && self.is_test(function, around);
            !other_test && (around != own || !asserted_before(*line))
        })
    }

    /// The function that an attribute on that line belongs to: `@freeze_time("2030-01-01")`.
    fn decorated(&self, line: u32) -> Option<usize> {
        let on_line = |id: &Id| {
            let span = self.facts.term(*id).span;
            (span.line..=span.end_line).contains(&line)
        };
        self.facts.functions.iter().position(|function| function.attributes.iter().any(on_line))
    }

    /// What the assertions of the test say.
    pub(super) fn state(&mut self, given: &Given) -> State {
        let scope = self.scope(given.given_at, given.function);
        if let Some(known) = self.states.get(&scope) {
            return *known;
        }
        let own = self.given_states(scope);
        let states: Vec<State> = self.assertions(scope).iter().map(|id| self.state_of(*id, &own)).collect();
        let state = [State::Holds, State::Over].into_iter().find(|state| states.contains(state));
        let state = state.unwrap_or(State::Unsaid);
        self.states.insert(scope, state);
        state
    }

    /// Somewhere in the file the clock is asked of what is given: a token is verified, a connection made.
    pub(super) fn accepts(&mut self) -> bool {
        if let Some(known) = self.accepting {
            return known;
        }
        let says = |id: Id, what| self.called(id).is_some_and(|name| self.world.vocabulary.says_in_test(name, what));
        let lenient = |id: Id| {
            let is_lenient = |name: &str| self.world.vocabulary.says_in_test(name, InTest::Lenient);
            match &self.facts.term(id).kind {
                TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                    args.iter().filter_map(|(name, _)| name.as_deref()).any(is_lenient)
                }
                TermKind::Record(_, fields, _) => fields.iter().any(|(name, _)| is_lenient(name)),
                TermKind::Map(pairs) => pairs.iter().any(|(key, _)| match &self.facts.term(*key).kind {
                    TermKind::Text(name) => name.len() <= 48 && is_lenient(name),
                    _ => false,
                }),
                _ => false,
            }
        };
        let calls = || self.facts.functions.iter().flat_map(|function| function.calls.iter().copied());
        let ids = 0..self.facts.terms.len() as Id;
        let lenient = ids.clone().any(|id| says(id, InTest::Lenient) || lenient(id));
        let accepts =
            !lenient && (calls().any(|call| says(call, InTest::Accepts)) || ids.clone().any(|id| self.is_success(id)));
        self.accepting = Some(accepts);
        accepts
    }

    /// An answer over HTTP that accepts what was sent.
    fn is_success(&self, id: Id) -> bool {
        self.expects_code(id, 200..=204)
    }

    /// One that refuses it, or another sign of a refusal in an assertion: `have_http_status(:unprocessable_entity)`.
    fn is_refusal(&self, id: Id) -> bool {
        let mut says = false;
        self.visit(id, |_, kind| {
            if let TermKind::Text(text) = kind {
                says |= text.len() <= 32 && self.world.vocabulary.says_in_test(text, InTest::Refusal);
            }
        });
        says || self.expects_code(id, 400..=422)
    }

    fn expects_code(&self, id: Id, codes: RangeInclusive<i128>) -> bool {
        let is_code = |id: &Id| matches!(&self.facts.term(*id).kind, TermKind::Int(n) if codes.contains(n));
        match &self.facts.term(id).kind {
            TermKind::Binary(BinaryOp::Equal, a, b) => is_code(a) || is_code(b),
            TermKind::Call(_, args) | TermKind::Method(_, _, args) => {
                args.iter().any(|(_, arg)| is_code(arg)) && (self.is_assertion(id) || args.len() == 1)
            }
            _ => false,
        }
    }

    /// The test asserts something.
    pub(super) fn asserts(&mut self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        !self.assertions(scope).is_empty()
    }

    /// The test, or where it only prepares some test of the file, asserts that something is found.
    pub(super) fn expects_something(&mut self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        let mut assertions = self.assertions(scope);
        if assertions.is_empty() {
            assertions = self.assertions(Span::default());
        }
        assertions.iter().any(|id| !self.expects_nothing(*id))
    }

    /// `Assert.Null(x)`, `expect(x).toEqual([])`, `assertThat(xs).isEmpty()`.
    fn expects_nothing(&self, assertion: Id) -> bool {
        let (mut nothing, mut negated) = (false, false);
        self.visit(assertion, |id, kind| {
            let says = |any: &[&str]| {
                let name = self.called(id).filter(|_| !matches!(kind, TermKind::Text(_)));
                name.is_some_and(|name| words(name).iter().any(|word| any.contains(&word.as_str())))
            };
            nothing |= matches!(kind, TermKind::Null) || says(&["null", "nil", "none", "empty", "undefined"]);
            nothing |= matches!(kind, TermKind::List(items) if items.is_empty());
            negated |= says(&["not", "isnt", "refute"]);
        });
        nothing && !negated
    }

    /// The test expects that what it gives is refused.
    pub(super) fn expects_refusal(&mut self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        self.assertions(scope);
        self.tests.get(&scope).is_some_and(|test| test.refusal)
    }

    /// The test expects a refusal, and nothing that is taken beside it.
    pub(super) fn expects_only_refusal(&mut self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        self.expects_refusal(given) && !self.assertions(scope).iter().any(|id| self.is_success(*id))
    }

    /// The test says that what it gives is not refused.
    pub(super) fn expects_no_refusal(&mut self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        self.assertions(scope);
        self.tests.get(&scope).is_some_and(|test| test.no_refusal)
    }

    /// The test asserts that a client sends the cookie back: it asks for the header of a request that holds it.
    fn is_sent_back(&mut self, scope: Span) -> bool {
        let mut sent = false;
        for assertion in self.assertions(scope) {
            self.visit(assertion, |_, kind| {
                sent |= matches!(kind, TermKind::Text(text) if text.eq_ignore_ascii_case("cookie"));
            });
        }
        sent
    }

    /// What gets the text only reads or writes it: the test is about its form.
    pub(super) fn only_reads(&mut self, given: &Given) -> bool {
        const FORMS: [&str; 10] =
            ["parse", "format", "serialize", "stringify", "split", "tokenize", "lex", "encode", "decode", "print"];
        let of_form = |name: &str| words(name).iter().any(|word| FORMS.contains(&word.trim_end_matches('s')));
        let scope = self.scope(given.given_at, given.function);
        if self.is_sent_back(scope) {
            return false;
        }
        let around = given.function.map(|function| self.facts.functions[function].name.as_str());
        let calls = self.facts.functions.iter().flat_map(|function| &function.calls);
        let mut getting = calls.filter(|call| {
            let span = self.facts.term(**call).span;
            in_scope(scope, span) && self.passes(**call, given.holder)
        });
        around.is_some_and(of_form) || getting.any(|call| self.called(*call).is_some_and(of_form))
    }

    /// The call gets that term as an argument.
    fn passes(&self, call: Id, term: Id) -> bool {
        match &self.facts.term(call).kind {
            TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                args.iter().any(|(_, arg)| *arg == term)
            }
            _ => false,
        }
    }

    /// The test compares the date with what it gave, or with a text that was made of it.
    pub(super) fn is_asserted_back(&mut self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        let assertions = self.assertions(scope);
        assertions.iter().any(|id| self.mentions(*id, given))
    }

    /// What is given stands in a row with a text of the same day, as tables of what is given and expected have it.
    pub(super) fn is_expected_in_row(&self, given: &Given) -> bool {
        let lines = |span: Span| span.line <= given.span.line && given.span.end_line <= span.end_line;
        let says_day = |id: &Id| match &self.facts.term(*id).kind {
            TermKind::Text(text) => {
                calendar::find_all(text).iter().any(|(_, reading)| day(reading.instant()) == day(given.at))
            }
            _ => false,
        };
        let is_given = |id: &Id| self.facts.term(*id).span.contains(given.span);
        self.facts.terms.iter().filter(|term| lines(term.span)).any(|term| match &term.kind {
            TermKind::List(row) => row.iter().any(is_given) && row.iter().any(|id| !is_given(id) && says_day(id)),
            _ => false,
        })
    }

    /// A stand-in answers with what is given: `pay.Update().Returns(new Card { … })`, or with something that holds it.
    pub(super) fn is_answer(&self, given: &Given) -> bool {
        let answers =
            |id: Id| self.called(id).is_some_and(|name| self.world.vocabulary.says_in_test(name, InTest::Answer));
        let holds = |call: Id| {
            let mut found = self.facts.term(call).span.contains(given.given_at);
            self.visit(call, |id, _| found |= id == given.holder);
            found
        };
        let calls = self.facts.functions.iter().flat_map(|function| function.calls.iter().copied());
        calls.filter(|call| answers(*call)).any(holds)
    }

    /// The clock comes in.
    pub(super) fn is_clock(&self, id: Id) -> bool {
        self.taints.own(self.file, id).has(Taint::CLOCK)
    }

    /// The test around a place whose function is not known.
    pub(super) fn scope_of(&self, place: Span) -> Span {
        self.scope(place, given::function_at(self.facts, place))
    }

    /// The place stands in a test or in what is made ready for some, and not for all of the file.
    pub(super) fn is_in_test(&self, place: Span) -> bool {
        let function = given::function_at(self.facts, place);
        let scope = self.scope(place, function);
        self.blocks.contains(&scope) || function.is_some_and(|function| self.facts.functions[function].test)
    }

    /// The test around a place, or the group of tests that it prepares; none if it stands beside all.
    pub(super) fn test_around(&self, place: Span, function: Option<usize>) -> Span {
        let test = function.map(|function| &self.facts.functions[function]).filter(|function| function.test);
        self.block_around(place).or_else(|| test.map(|test| test.span)).unwrap_or_default()
    }

    /// The scope, if anything is asserted there; else all of the file, whose tests it prepares.
    pub(super) fn asserting(&mut self, scope: Span) -> Span {
        if self.assertions(scope).is_empty() { Span::default() } else { scope }
    }

    /// The innermost block around a place that is a test by itself.
    fn block_around(&self, place: Span) -> Option<Span> {
        let around = self.blocks.iter().filter(|block| block.contains(place));
        around.max_by_key(|block| (block.line, block.column)).copied()
    }

    /// The innermost test around a place: a block with a title, else the function.
    pub(super) fn scope(&self, place: Span, function: Option<usize>) -> Span {
        let function = function.map_or_else(Span::default, |function| self.facts.functions[function].span);
        match self.block_around(place) {
            Some(block) if function == Span::default() || function.contains(block) => block,
            _ => function,
        }
    }

    /// A refusal that is said not to come: `expect(…).not.toThrow()`, `assertDoesNotThrow(…)`.
    fn is_denied(&self, refusal: Id, asserted: &[Id]) -> bool {
        let words = &self.world.vocabulary;
        let place = self.facts.term(refusal).span;
        let around = asserted.iter().filter(|id| self.facts.term(**id).span.contains(place));
        if around.clone().any(|id| self.is_compared_with_null(*id)) {
            return true;
        }
        std::iter::once(&refusal).chain(around).any(|id| {
            let mut at = *id;
            loop {
                if self.called(at).is_some_and(|name| words.says_in_test(name, InTest::Negates)) {
                    return true;
                }
                match &self.facts.term(at).kind {
                    TermKind::Method(base, _, _) | TermKind::Field(base, _) => at = *base,
                    _ => return false,
                }
            }
        })
    }

    /// `is(exception { … }, undef)`, `assertEquals(null, thrown(…))`
    fn is_compared_with_null(&self, assertion: Id) -> bool {
        let is_null = |id: &Id| matches!(self.facts.term(*id).kind, TermKind::Null);
        match &self.facts.term(assertion).kind {
            TermKind::Call(_, args) => args.iter().any(|(_, arg)| is_null(arg)),
            TermKind::Binary(BinaryOp::Equal, a, b) => is_null(a) || is_null(b),
            _ => false,
        }
    }

    /// `assertRaises`, but not `getPlanOrThrow`, which only says what it may do.
    fn names_refusal(&self, name: &str) -> bool {
        self.world.vocabulary.says_in_test(name, InTest::Refusal) && !words(name).iter().any(|word| word == "or")
    }

    fn is_test(&self, function: usize, scope: Span) -> bool {
        let own = &self.facts.functions[function];
        (own.test && !is_for_all(self.facts, own)) || self.blocks.contains(&scope)
    }

    pub(super) fn assertions(&mut self, scope: Span) -> Vec<Id> {
        if !self.tests.contains_key(&scope) {
            let test = self.look(scope);
            self.tests.insert(scope, test);
        }
        self.tests.get(&scope).map(|test| test.assertions.clone()).unwrap_or_default()
    }

    fn look(&self, scope: Span) -> Test {
        let inside = |span: Span| in_scope(scope, span);
        let around =
            |function: &&FunctionFacts| is_script(function) || inside(function.span) || function.span.contains(scope);
        let mut test = Test::default();
        let mut asserted: Vec<Id> = Vec::new();
        let mut refusals: Vec<Id> = Vec::new();
        for function in self.facts.functions.iter().filter(around) {
            let decided = function.conditions.iter().filter(|condition| condition.kind == ConditionKind::Assert);
            asserted.extend(decided.map(|condition| condition.term));
            for call in &function.calls {
                if !inside(self.facts.term(*call).span) {
                    continue;
                }
                let name = self.called(*call);
                if name.is_some_and(|name| self.names_refusal(name)) {
                    refusals.push(*call);
                }
                if self.is_assertion(*call) {
                    asserted.push(*call);
                }
            }
        }
        let (denied, expected): (Vec<Id>, Vec<Id>) =
            refusals.into_iter().partition(|refusal| self.is_denied(*refusal, &asserted));
        test.no_refusal = expected.is_empty() && !denied.is_empty();
        test.refusal = !expected.is_empty()
            || (asserted.iter().any(|id| !denied.contains(id) && self.is_refusal(*id))
                && !asserted.iter().any(|id| self.is_success(*id)));
        asserted.retain(|id| inside(self.facts.term(*id).span));
        // Of an assertion within another, the outer one says it all.
        asserted.sort_by_key(|id| {
            let span = self.facts.term(*id).span;
            (span.line, span.column, std::cmp::Reverse((span.end_line, span.end_column)))
        });
        let mut end = (0, 0);
        for id in asserted {
            let span = self.facts.term(id).span;
            if (span.end_line, span.end_column) > end {
                end = (span.end_line, span.end_column);
                test.assertions.push(id);
            }
        }
        test
    }

    fn called(&self, id: Id) -> Option<&'w str> {
        match &self.facts.term(id).kind {
            TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Name(path) => path.last().map(String::as_str),
            TermKind::Method(_, name, _) | TermKind::Field(_, name) => Some(name.as_str()),
            _ => None,
        }
    }

    /// A call that asserts, by what the models know or by its name, or that continues one: `expect(x).to …`.
    pub(super) fn is_assertion(&self, id: Id) -> bool {
        const CHAIN: usize = 8;
        let mut at = id;
        for _ in 0..CHAIN {
            let Some(name) = self.called(at) else { return false };
            let any = ["*".to_owned(), name.to_owned()];
            let kind = match &self.facts.term(at).kind {
                TermKind::Call(path, _) => self.index.call_kind(path),
                _ => self.index.call_kind(&any),
            };
            let library = match &self.facts.term(at).kind {
                // `Assert.NotNull(x)`, `require.NoError(t, err)`
                TermKind::Call(path, _) => path.first().map_or(name, String::as_str),
                _ => name,
            };
            if matches!(kind, Some(Calls::Assert | Calls::AssertEqual | Calls::Fluent))
                || [name, library].iter().any(|name| self.world.vocabulary.says_in_test(name, InTest::Asserts))
            {
                return true;
            }
            match &self.facts.term(at).kind {
                TermKind::Method(base, _, _) | TermKind::Field(base, _) => at = *base,
                _ => return false,
            }
        }
        false
    }

    /// Visits the terms of an assertion, but not what holds a date.
    fn visit(&self, id: Id, mut visit: impl FnMut(Id, &TermKind)) {
        let mut open = vec![id];
        let mut left = PARTS;
        while let Some(id) = open.pop() {
            let Some(rest) = left.checked_sub(1) else { return };
            left = rest;
            let kind = &self.facts.term(id).kind;
            visit(id, kind);
            if !self.holders.contains(&id) {
                kind.for_each_part(|part| open.push(part));
            }
        }
    }

    fn mentions(&self, assertion: Id, given: &Given) -> bool {
        let mut found = false;
        let same = |at| day(at) == day(given.at);
        self.visit(assertion, |id, kind| {
            let term = self.facts.term(id);
            // What was computed for the assertion from the given date stands where that stands.
            let itself = id != assertion && term.span == given.span && !self.holders.contains(&id);
            found |= itself
                || match kind {
                    TermKind::Text(text) => {
                        !self.holders.contains(&id)
                            && calendar::find_all(text).iter().any(|(_, reading)| same(reading.instant()))
                    }
                    TermKind::Int(n) => texts::epoch(*n).is_some_and(same),
                    TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                        !self.holders.contains(&id) && self.is_day(args.iter().map(|(_, arg)| *arg), given)
                    }
                    _ => false,
                };
        });
        found
    }

    /// Arguments that are the year, month and day of the date.
    fn is_day(&self, args: impl Iterator<Item = Id>, given: &Given) -> bool {
        let Some(civil) = given.at.civil() else { return false };
        let numbers: Vec<i128> = args
            .map_while(|arg| match self.facts.term(arg).kind {
                TermKind::Int(n) => Some(n),
                _ => None,
            })
            .collect();
        let wanted = [civil.year(), civil.month(), civil.day()].map(i128::from);
        numbers.starts_with(&wanted) || numbers.windows(3).any(|window| window == [wanted[2], wanted[1], wanted[0]])
    }

    /// A call that gets a fixed date beside what is given: it does not ask the clock.
    fn is_told(&self, kind: &TermKind) -> bool {
        let (TermKind::Call(_, args) | TermKind::Method(_, _, args)) = kind else { return false };
        let tells = |arg: Id| {
            let taint = self.taints.own(self.file, arg);
            let span = self.facts.term(arg).span;
            taint.has(Taint::DATE) && !taint.has(Taint::CLOCK) && !self.dates.iter().any(|date| span.contains(*date))
        };
        args.iter().any(|(_, arg)| tells(*arg))
    }

    /// What an assertion says of a state that ends with a date.
    fn state_of(&self, assertion: Id, own: &HashSet<String>) -> State {
        let words = &self.world.vocabulary;
        let (mut negated, mut told) = (false, false);
        let mut state = None;
        self.visit(assertion, |id, kind| {
            match kind {
                TermKind::Unary(UnaryOp::Not, _) | TermKind::Bool(false) => negated = !negated,
                _ => {}
            }
            let text = match kind {
                TermKind::Text(text) if text.len() <= 24 && !text.contains(' ') => Some(&**text),
                TermKind::Text(_) => None,
                _ => self.called(id),
            };
            let Some(name) = text.filter(|name| !own.contains(&member_key(name))) else { return };
            let before = state;
            if words.says_in_test(name, InTest::Holds) && !words.says_in_test(name, InTest::Over) {
                state = state.or(Some(true));
            } else if words.says_in_test(name, InTest::Over) {
                state = state.or(Some(false));
            }
            told |= state != before && self.is_told(kind);
            if !matches!(kind, TermKind::Text(_)) && words.says_in_test(name, InTest::Negates) != says_absent(name) {
                negated = !negated;
            }
        });
        match state {
            Some(_) if told => State::Over,
            None => State::Unsaid,
            Some(holds) if holds != negated => State::Holds,
            Some(_) => State::Over,
        }
    }
}

/// `assertNull`, `isEmpty`; what is not null is there.
fn says_absent(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "null" | "nil" | "none" | "empty"))
}

/// The closure of a call that makes it a test: `it 'accepts a coupon' do … end`.
fn block(facts: &FileFacts, index: &Index, id: Id) -> Option<Span> {
    let TermKind::Call(path, args) = &facts.term(id).kind else { return None };
    let (_, last) = args.last()?;
    let TermKind::Closure(..) = facts.term(*last).kind else { return None };
    let titled = args.len() > 1 && matches!(facts.term(args[0].1).kind, TermKind::Text(_) | TermKind::Concat(_));
    let known = path.last().is_some_and(|name| index.models.tests.calls.contains(name));
    (titled || known).then_some(facts.term(*last).span)
}

fn contains_lines(outer: Span, inner: Span) -> bool {
    outer == Span::default() || (outer.line <= inner.line && inner.end_line <= outer.end_line)
}
