//! What a test says itself: which day it is, what it expects to get, which states it gives.

use std::collections::HashSet;

use crate::finding::Span;
use crate::flow::facts::{Argument, Id, TermKind};
use crate::flow::member_key;
use crate::flow::taint::Taint;
use crate::vocabulary::{InTest, words};

use super::given::{Given, function_at, in_scope};
use super::surroundings::Surroundings;

/// A name of the clock.
const NOW: &str = "now";
/// Terms looked at in what a test expects.
const PARTS: usize = 400;

impl Surroundings<'_> {
    /// The test tells the code which day it is: `now=datetime(2030, 1, 1)`, `cls.today = date(2030, 1, 1)`.
    pub(super) fn is_told_now(&mut self, place: Span, function: Option<usize>) -> bool {
        let scope = self.scope(place, function);
        let owner = function.and_then(|function| self.facts.functions[function].owner.as_deref());
        // What only prepares tests is given to those of its class.
        let prepares = owner.is_some() && self.assertions(scope).is_empty();
        let told = self.told_now();
        let facts = self.facts;
        let beside = |span: Span| function_at(facts, span).and_then(|n| facts.functions[n].owner.as_deref()) == owner;
        told.iter().any(|(span, of)| {
            in_scope(scope, *span) || (owner.is_some() && of.as_deref() == owner) || (prepares && beside(*span))
        })
    }

    /// Something in the scope sets what stands for the clock: `opts.Now = func() time.Time { … }`.
    pub(super) fn sets_clock(&self, scope: Span) -> bool {
        let inside = |span: Span| in_scope(scope, span);
        let sets = |name: &str, value: Id| {
            self.world.vocabulary.says_in_test(name, InTest::Now)
                && !self.is_clock(value)
                && !matches!(self.facts.term(value).kind, TermKind::Param(_) | TermKind::Bool(_) | TermKind::Null)
        };
        self.facts.terms.iter().filter(|term| inside(term.span)).any(|term| match &term.kind {
            TermKind::With(_, name, value) => sets(name, *value),
            TermKind::Record(_, fields, _) => fields.iter().any(|(name, value)| sets(name, *value)),
            TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                args.iter().any(|(name, value)| name.as_ref().is_some_and(|name| sets(name, *value)))
            }
            _ => false,
        })
    }

    /// Where fixed dates are given under a name of the clock, and in which class.
    fn told_now(&mut self) -> Vec<(Span, Option<String>)> {
        if let Some(known) = &self.told_now {
            return known.clone();
        }
        let facts = self.facts;
        let is_fixed = |id: Id| self.is_fixed(id);
        let says = |name: &str| self.world.vocabulary.says_in_test(name, InTest::Now);
        let mut told = Vec::new();
        let mut add = |name: &str, value: Id, owner: Option<&String>| {
            if says(name) && is_fixed(value) {
                told.push((facts.term(value).span, owner.cloned()));
            }
        };
        for function in &facts.functions {
            for write in &function.writes {
                write.field.iter().for_each(|name| add(name, write.value, function.owner.as_ref()));
            }
        }
        for (id, term) in facts.terms.iter().enumerate() {
            match &term.kind {
                TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                    let named = args.iter().filter_map(|(name, value)| Some((name.as_ref()?, *value)));
                    named.for_each(|(name, value)| add(name, value, None));
                    self.told_in_place(id as Id, args).for_each(|clock| add(NOW, clock, None));
                    self.injected(id as Id, args).for_each(|clock| add(NOW, clock, None));
                }
                TermKind::Record(_, fields, _) => fields.iter().for_each(|(name, value)| add(name, *value, None)),
                TermKind::With(_, name, value) => add(name, *value, None),
                _ => {}
            }
        }
        self.told_now = Some(told.clone());
        told
    }

    /// Arguments that stand where what is called takes the clock: `authenticate(key, new Date("…"))` of a function
    /// `authenticate(key, now = new Date())`.
    fn told_in_place<'f>(&self, call: Id, args: &'f [Argument]) -> impl Iterator<Item = Id> + use<'f, '_> {
        let callee = self.graph.callees(self.file, call).first().copied();
        let takes_clock = move |n: usize| {
            let Some((file, function)) = callee else { return false };
            let Some(param) = self.world.files[file].functions[function].params.get(n) else { return false };
            let is_clock = |default: Id| self.taints.own(file, default).has(Taint::CLOCK);
            self.world.vocabulary.says_in_test(&param.name, InTest::Now) || param.default.is_some_and(is_clock)
        };
        let in_place = args.iter().enumerate().filter(|(_, (name, _))| name.is_none());
        in_place.filter(move |(n, _)| takes_clock(*n)).map(|(_, (_, value))| *value)
    }

    /// Whether a date comes in and no clock: in a function, in what is asked of a time, in what a time is made of.
    fn is_fixed(&self, id: Id) -> bool {
        let fixed = |taint: Taint| taint.has(Taint::DATE) && !taint.has(Taint::CLOCK);
        let own = |id: Id| self.taints.own(self.file, id);
        let kind = &self.facts.term(id).kind;
        match kind {
            TermKind::Closure(params, value) if params.len() <= 1 => self.is_fixed(*value),
            TermKind::Method(base, _, args) if args.is_empty() => self.is_fixed(*base),
            // A time made of nothing would be the clock's.
            TermKind::Call(_, args) | TermKind::New(_, args) if !args.is_empty() => {
                fixed(args.iter().fold(Taint::default(), |all, (_, arg)| all | own(*arg))) || fixed(own(id))
            }
            _ => fixed(own(id)),
        }
    }

    /// Functions without parameters that an object is made with, or what sets a clock: `new Tokens(() => fixed)`,
    /// `WithClock(func() time.Time { return fixed })`.
    fn injected<'f>(&self, call: Id, args: &'f [Argument]) -> impl Iterator<Item = Id> + use<'f, '_> {
        let facts = self.facts;
        let name = match &facts.term(call).kind {
            TermKind::Call(path, _) => path.last(),
            TermKind::Method(_, name, _) => Some(name),
            _ => None,
        };
        let makes = |name: &String| name == "new" || name.starts_with(char::is_uppercase);
        let says = |name: &String| self.world.vocabulary.says_in_test(name, InTest::Now);
        let takes_clock = name.is_none_or(|name| makes(name) || says(name));
        let is_function = move |id: &Id| match &facts.term(*id).kind {
            TermKind::Closure(params, _) => params.len() <= 1,
            _ => false,
        };
        args.iter().map(|(_, value)| *value).filter(move |value| takes_clock && is_function(value))
    }

    /// What holds the date is what the test expects to get: `assertEquals({expires: …}, got)`, `var expectedLicense = …`.
    pub(super) fn is_expectation(&mut self, given: &Given) -> bool {
        const EXPECTED: [&str; 4] = ["expected", "want", "wanted", "golden"];
        let says = |name: &str| words(name).first().is_some_and(|word| EXPECTED.contains(&word.as_str()));
        let facts = self.facts;
        if facts.globals.iter().any(|global| says(&global.name) && global.span.contains(given.given_at)) {
            return true;
        }
        let scope = self.scope(given.given_at, given.function);
        let assertions = self.assertions(scope);
        assertions.iter().any(|assertion| self.compares_data(*assertion, given.holder))
    }

    /// The assertion gets the term as data: as an argument, or inside lists and records that are one.
    fn compares_data(&self, assertion: Id, term: Id) -> bool {
        const CHAIN: usize = 8;
        let mut at = assertion;
        for _ in 0..CHAIN {
            let (base, args) = match &self.facts.term(at).kind {
                TermKind::Method(base, _, args) => (Some(*base), args.as_slice()),
                TermKind::Call(_, args) => (None, args.as_slice()),
                TermKind::Field(base, _) => (Some(*base), &[][..]),
                _ => return false,
            };
            if self.is_assertion(at) && args.iter().any(|(_, arg)| self.is_in_data(*arg, term)) {
                return true;
            }
            let Some(base) = base else { return false };
            at = base;
        }
        false
    }

    fn is_in_data(&self, data: Id, term: Id) -> bool {
        let mut open = vec![data];
        for _ in 0..PARTS {
            let Some(id) = open.pop() else { return false };
            let kind = &self.facts.term(id).kind;
            if !matches!(kind, TermKind::Record(..) | TermKind::Map(_) | TermKind::List(_)) {
                continue;
            }
            if id == term {
                return true;
            }
            kind.for_each_part(|part| open.push(part));
        }
        false
    }

    /// The names under which a test gives truth values itself: that `is_active=True` comes back says nothing of a date.
    pub(super) fn given_states(&self, scope: Span) -> HashSet<String> {
        let inside = |span: Span| in_scope(scope, span);
        let is_truth = |id: Id| matches!(self.facts.term(id).kind, TermKind::Bool(_));
        let mut names = HashSet::new();
        for term in self.facts.terms.iter().filter(|term| inside(term.span)) {
            match &term.kind {
                TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
                    let given = args.iter().filter(|(_, value)| is_truth(*value));
                    names.extend(given.filter_map(|(name, _)| Some(member_key(name.as_ref()?))));
                }
                TermKind::Record(_, fields, _) => {
                    names.extend(fields.iter().filter(|(_, value)| is_truth(*value)).map(|(name, _)| member_key(name)));
                }
                _ => {}
            }
        }
        names
    }
}
