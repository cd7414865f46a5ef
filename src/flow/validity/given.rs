//! The dates that test code gives to something whose name says that it ends.

use crate::calendar::{self, Civil, DayOrder, Instant, Reading};
use crate::finding::{Span, StepKind};
use crate::flow::eval::{Choices, Run};
use crate::flow::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::reach::CallGraph;
use crate::flow::taint::{Taint, Taints};
use crate::flow::trace::expand;
use crate::flow::value::{Kind as ValueKind, Value};
use crate::flow::{World, member_key};
use crate::language::ir::BinaryOp;
use crate::language::models::{Op, Use};
use crate::vocabulary::{InTest, Strength, words};

use super::cards::month_and_year;
use super::names::Names;
use super::queries;
use super::texts::epoch;
use super::{Linked, day};

/// Longer texts are data, not what a test gives.
const LONGEST: usize = 8_192;

/// What kind of thing is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A date under a name.
    Date,
    /// The month and year of a payment card.
    Card,
    /// A header whose date cannot have come yet.
    Ahead,
    /// What begins then.
    Later,
    /// An attribute of a cookie: whoever keeps cookies drops it on that date.
    Cookie,
    /// A claim of a token or a field of a certificate that the test makes: those who accept it look at the clock.
    Credential,
}

/// A date that a test gives.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) kind: Kind,
    /// Under which name.
    pub(super) name: String,
    /// How strongly the name says that something ends; `None` if only product code knows it.
    pub(super) strength: Option<Strength>,
    /// When it ends.
    pub(super) at: Instant,
    /// The date as it is given, if it stands by itself.
    pub(super) value: Option<ValueKind>,
    /// The call, record or text that holds it.
    pub(super) holder: Id,
    /// The date as it is given.
    pub(super) span: Span,
    /// Where it is written, in that file.
    pub(super) written: Span,
    /// Where it is given.
    pub(super) given_at: Span,
    /// The function around it; data of fixtures may have none.
    pub(super) function: Option<usize>,
    /// What is called with it.
    pub(super) callees: Vec<FunctionRef>,
    /// What is called with it passes it on to what refuses a date of the past.
    pub(super) refused: bool,
}

impl Given {
    /// The test around it; all of the file, if it only prepares some.
    pub(super) fn scope(&self, file: &FileFacts) -> Span {
        let test = self.function.map(|function| &file.functions[function]).filter(|function| function.test);
        test.map_or_else(Span::default, |test| test.span)
    }
}

/// Whether a place stands in a test of that extent; the empty one is all of the file.
pub(super) fn in_scope(scope: Span, place: Span) -> bool {
    scope == Span::default() || scope.contains(place)
}

/// A date, and where it stands.
pub(super) struct Dated {
    pub(super) kind: Kind,
    pub(super) at: Instant,
    pub(super) value: Option<ValueKind>,
    pub(super) span: Span,
    pub(super) written: Span,
}

impl Dated {
    /// One that stands where it is given.
    pub(super) const fn plain(kind: Kind, at: Instant, span: Span) -> Self {
        Self { kind, at, value: None, span, written: span }
    }
}

/// What stands under which name.
pub(super) struct Named<'n> {
    pub(super) holder: Id,
    pub(super) name: &'n str,
    pub(super) strength: Option<Strength>,
    /// The function around it, where the holder's place does not tell.
    pub(super) function: Option<usize>,
}

/// Every one of a file, whatever its date.
pub(super) fn collect(world: &World<'_>, program: Linked<'_>, names: &Names<'_>, file: usize) -> Vec<Given> {
    let facts = world.files[file];
    let Linked { graph, taints } = program;
    let mut collector = Collector { world, graph, taints, names, file, facts, found: Vec::new() };
    for id in 0..facts.terms.len() as Id {
        collector.term(id);
    }
    for (f, function) in facts.functions.iter().enumerate() {
        for write in &function.writes {
            if let Some(name) = &write.field {
                collector.named(write.value, name, write.value, Some(f));
            }
        }
    }
    for (f, function) in facts.functions.iter().enumerate() {
        // What a test remembers under a name: `let(:due_date) { "2030-01-01" }`.
        if let Some(value) = function.value.filter(|_| function.params.is_empty() && !function.name.is_empty()) {
            collector.named(value, &function.name, value, Some(f));
        }
        for param in &function.params {
            // Callers may give another date: only a name that says it all counts.
            let strong = names.said(&param.name).strength == Some(Strength::Strong);
            if let Some(default) = param.default.filter(|_| strong) {
                collector.named(default, &param.name, default, Some(f));
            }
        }
    }
    for (f, function) in facts.functions.iter().enumerate().filter(|(_, function)| function.test) {
        for attribute in &function.attributes {
            collector.table(f, *attribute);
        }
    }
    collector.found
}

/// The innermost function around a place; the script stands around everything.
pub(super) fn function_at(facts: &FileFacts, place: Span) -> Option<usize> {
    facts.function_at(place).or_else(|| facts.functions.iter().position(is_script))
}

/// The statements outside functions.
pub(super) fn is_script(function: &FunctionFacts) -> bool {
    function.name.is_empty() && function.span == Span::default()
}

/// `01-02-2030` and `01/02/2030`, in the order in which most write them.
fn numbers(text: &str) -> Option<Reading> {
    let order = if text.contains('/') { DayOrder::MonthFirst } else { DayOrder::DayFirst };
    calendar::read_slashed(text, order)
}

pub(super) struct Collector<'w> {
    pub(super) world: &'w World<'w>,
    graph: &'w CallGraph,
    taints: &'w Taints<'w>,
    pub(super) names: &'w Names<'w>,
    file: usize,
    pub(super) facts: &'w FileFacts,
    found: Vec<Given>,
}

impl Collector<'_> {
    fn term(&mut self, id: Id) {
        match &self.facts.term(id).kind {
            TermKind::Call(path, args) => {
                self.call(id, path.last(), args, true);
                self.entries(id, path, args);
            }
            TermKind::Method(base, name, args) => {
                self.call(id, Some(name), args, true);
                self.allowed(id, *base, name, args);
            }
            TermKind::New(path, args) => self.call(id, path.last(), args, false),
            TermKind::Record(ty, fields, _) => {
                let fields: Vec<(String, Id)> = fields.iter().map(|(name, id)| (name.clone(), *id)).collect();
                let ty = ty.as_ref().and_then(|ty| ty.last()).cloned();
                self.group(id, ty.as_deref(), &fields);
            }
            TermKind::Map(pairs) => {
                let fields: Vec<(String, Id)> =
                    pairs.iter().filter_map(|(key, value)| Some((self.key(*key)?, *value))).collect();
                self.group(id, None, &fields);
            }
            TermKind::With(_, name, value) => {
                self.named(id, name, *value, None);
                self.set_in_turn(id);
            }
            TermKind::Put(..) => self.set_in_turn(id),
            TermKind::List(items) => {
                self.flags(id, items);
                let pairs: Vec<(String, Id)> = items.iter().filter_map(|item| self.pair(*item)).collect();
                self.group(id, None, &pairs);
            }
            TermKind::Text(text) if text.len() <= LONGEST && (text.contains("20") || text.contains("GMT")) => {
                self.text(id, text);
            }
            _ => {}
        }
    }

    /// A constant text or name that is a key.
    pub(super) fn key(&self, id: Id) -> Option<String> {
        match &self.facts.term(id).kind {
            TermKind::Text(text) if text.len() <= 64 => Some(text.to_string()),
            TermKind::Name(path) => path.last().cloned(),
            _ => None,
        }
    }

    /// A call that makes a map of keys and values: `Map.of("exp", 1900000000)`, `mapOf("exp" to 1900000000)`.
    fn entries(&mut self, id: Id, path: &[String], args: &[Argument]) {
        let models = self.world.models(self.facts.language);
        let path = expand(&self.facts.imports, path);
        if !models.rows(Use::Call, &path).any(|row| row.does.contains(&Op::Pairs)) {
            return;
        }
        let pairs: Vec<(String, Id)> = args.iter().filter_map(|(_, arg)| self.pair(*arg)).collect();
        let in_turn = args.chunks_exact(2).filter_map(|two| Some((self.key(two[0].1)?, two[1].1)));
        let fields = if pairs.is_empty() { in_turn.collect() } else { pairs };
        self.group(id, None, &fields);
    }

    /// A row that is a key and its value: `("expires", "2030-01-01")`, C++'s `{"exp", 1900000000}`, Kotlin's
    /// `"exp" to 1900000000`.
    fn pair(&self, id: Id) -> Option<(String, Id)> {
        let (key, value) = match &self.facts.term(id).kind {
            TermKind::List(items) => match items.as_slice() {
                [key, value] => (key, value),
                _ => return None,
            },
            TermKind::Method(key, name, args) if self.makes_list(Use::Method, std::slice::from_ref(name)) => {
                (key, &args.first()?.1)
            }
            TermKind::Call(path, args) if args.len() == 2 && self.makes_list(Use::Call, path) => {
                (&args[0].1, &args[1].1)
            }
            _ => return None,
        };
        matches!(self.facts.term(*key).kind, TermKind::Text(_)).then_some((self.key(*key)?, *value))
    }

    /// What is called does nothing but put its operands in a row.
    fn makes_list(&self, kind: Use, path: &[String]) -> bool {
        self.world.models(self.facts.language).rows(kind, path).any(|row| row.does == [Op::List])
    }

    fn call(&mut self, id: Id, callee: Option<&String>, args: &[Argument], sets: bool) {
        let callee = callee.map_or("", String::as_str);
        let words = &self.world.vocabulary;
        if words.says_in_test(callee, InTest::Asserts) {
            return;
        }
        let names = self.parameters(id, callee, args.len());
        let named = |(n, (keyword, value)): (usize, &Argument)| {
            Some((keyword.clone().or_else(|| names.get(n).cloned())?, *value))
        };
        let fields: Vec<(String, Id)> = args.iter().enumerate().filter_map(named).collect();
        self.group(id, Some(callee), &fields);
        self.touched(id, callee, args);
        self.passed(id, &fields);
        self.flags(id, &args.iter().filter(|(name, _)| name.is_none()).map(|(_, arg)| *arg).collect::<Vec<Id>>());
        match args {
            [(None, value)]
                if sets
                    && names.first().is_none_or(|param| !self.world.vocabulary.says_in_test(param, InTest::Now))
                    && self.names.said(callee).counts()
                    && !words.says_in_test(callee, InTest::Reads)
                    && !self.converts(id) =>
            {
                // `expires_at { Date.new(2030, 1, 1) }` in a factory.
                let value = match &self.facts.term(*value).kind {
                    TermKind::Closure(params, value) if params.is_empty() => *value,
                    _ => *value,
                };
                self.named(id, callee, value, None);
            }
            // `fill_in 'Delivery date', with: '2030-01-01'`
            [(None, key), (keyword, value)] if keyword.as_deref().is_none_or(|keyword| keyword == "with") => {
                if let (TermKind::Text(_), Some(key)) = (&self.facts.term(*key).kind, self.key(*key)) {
                    self.named(id, &key, *value, None);
                }
            }
            _ => {}
        }
    }

    /// Dates that what is called passes on to what refuses them once they have passed.
    fn passed(&mut self, id: Id, fields: &[(String, Id)]) {
        let Some(callee) = self.graph.callees(self.file, id).first() else { return };
        let params = &self.world.files[callee.0].functions[callee.1].params;
        for (name, value) in fields {
            let Some(at) = params.iter().position(|param| param.name == *name) else { continue };
            if !self.names.passes_on(*callee, at) {
                continue;
            }
            let Some(date) = self.date(*value) else { continue };
            if date.kind == Kind::Date {
                let strength = self.names.said(name).strength;
                let before = self.found.len();
                self.push(Named { holder: id, name, strength, function: None }, date);
                self.found[before..].iter_mut().for_each(|given| given.refused = true);
            }
        }
    }

    /// What the parameters of what is called are named: those of the function, or the fields of the type.
    fn parameters(&self, id: Id, callee: &str, count: usize) -> Vec<String> {
        let files = self.world.files;
        if let Some((file, function)) = self.graph.callees(self.file, id).first() {
            let params = files[*file].functions[*function].params.iter().map(|param| param.name.clone());
            let mut names: Vec<String> = params.collect();
            for (param, column) in queries::inserted(files[*file], *function) {
                if let Some(name) = names.get_mut(usize::from(param)) {
                    *name = column;
                }
            }
            return names;
        }
        let constructs = callee.starts_with(char::is_uppercase) || callee == "new";
        if !constructs && !matches!(self.facts.term(id).kind, TermKind::New(..)) {
            return Vec::new();
        }
        let ty = self.world.symbols.type_of(self.file, callee).map(|(file, ty)| &files[file].types[ty]);
        let fields = ty.map(|ty| &ty.fields).filter(|fields| fields.len() == count);
        fields.into_iter().flatten().map(|field| field.name.clone()).collect()
    }

    /// Flags of a command line with a date behind them: `--expires 2030-01-01`.
    fn flags(&mut self, holder: Id, args: &[Id]) {
        for pair in args.windows(2) {
            if let TermKind::Text(flag) = &self.facts.term(pair[0]).kind
                && flag.starts_with('-')
                && flag.len() <= 48
            {
                self.named(holder, flag.trim_start_matches('-'), pair[1], None);
            }
        }
    }

    /// The call only makes a date of its argument.
    fn converts(&self, id: Id) -> bool {
        let TermKind::Call(_, args) = &self.facts.term(id).kind else { return false };
        !args.iter().any(|(_, arg)| self.is_closure(*arg))
            && self.taints.own(self.file, id).has(Taint::DATE)
            && self.date(id).is_some()
    }

    fn is_closure(&self, id: Id) -> bool {
        matches!(self.facts.term(id).kind, TermKind::Closure(..))
    }

    /// Values that are given together.
    fn group(&mut self, holder: Id, ty: Option<&str>, fields: &[(String, Id)]) {
        if let Some((at, year)) = self.card(ty, holder, fields) {
            let named = Named { holder, name: "card expiry", strength: Some(Strength::Strong), function: None };
            self.push(named, Dated::plain(Kind::Card, at, self.facts.term(year).span));
            return;
        }
        self.parted(holder, fields);
        let claims = self.is_claims(ty, fields);
        for (name, value) in fields {
            let before = self.found.len();
            self.named(holder, name, self.wrapped(*value), None);
            let is_expiry = claims && member_key(name) == "exp";
            if let (true, Some(given)) = (is_expiry, self.found.get_mut(before)) {
                given.kind = Kind::Credential;
            }
        }
    }

    /// The value inside one that says what it is: `{type: 'utcTime', value: …}`, `{"$date": …}`.
    fn wrapped(&self, id: Id) -> Id {
        const INNER: [&str; 5] = ["value", "date", "time", "iso", "seconds"];
        let inner = match &self.facts.term(id).kind {
            TermKind::Record(_, fields, None) if fields.len() <= 2 => {
                fields.iter().find(|(name, _)| INNER.contains(&member_key(name).as_str())).map(|(_, value)| *value)
            }
            TermKind::Map(pairs) if pairs.len() <= 2 => {
                let says = |key: Id| self.key(key).is_some_and(|key| INNER.contains(&member_key(&key).as_str()));
                pairs.iter().find(|(key, _)| says(*key)).map(|(_, value)| *value)
            }
            _ => None,
        };
        inner.unwrap_or(id)
    }

    /// The claims of a token: `{sub: …, exp: …}`, or what is encoded or signed as such.
    fn is_claims(&self, ty: Option<&str>, fields: &[(String, Id)]) -> bool {
        const CLAIMS: [&str; 9] = ["iss", "sub", "aud", "iat", "nbf", "jti", "scope", "roles", "email"];
        const MAKERS: [&str; 7] = ["claims", "jwt", "token", "encode", "sign", "payload", "jws"];
        ty.is_some_and(|ty| words(ty).iter().any(|word| MAKERS.contains(&word.as_str())))
            || fields.iter().any(|(name, _)| CLAIMS.contains(&member_key(name).as_str()))
    }

    /// A value under a name.
    pub(super) fn named(&mut self, holder: Id, name: &str, value: Id, function: Option<usize>) {
        let said = self.names.said(name);
        if !said.counts() {
            return;
        }
        let Some(mut date) = self.date(value) else { return };
        if date.kind == Kind::Date {
            date.kind = said.kind;
        }
        let strength = said.strength;
        self.push(Named { holder, name, strength, function }, date);
    }

    pub(super) fn push(&mut self, named: Named<'_>, date: Dated) {
        let Named { holder, name, strength, function } = named;
        let Dated { kind, at, value, span, written } = date;
        let given_at = self.facts.term(holder).span;
        let function = function.or_else(|| function_at(self.facts, given_at));
        if !self.facts.in_test && !function.is_some_and(|function| self.facts.functions[function].test) {
            return;
        }
        let callees = self.graph.callees(self.file, holder).to_vec();
        let name = name.to_owned();
        let refused = false;
        self.found.push(Given {
            kind,
            name,
            strength,
            at,
            value,
            holder,
            span,
            written,
            given_at,
            function,
            callees,
            refused,
        });
    }

    /// The fixed date that a value is, whatever the clock says, or that stands for one that is not given.
    fn date(&self, id: Id) -> Option<Dated> {
        self.fixed(id).or_else(|| match &self.facts.term(id).kind {
            TermKind::Binary(BinaryOp::Or | BinaryOp::Otherwise, _, default) => self.fixed(*default),
            _ => None,
        })
    }

    fn fixed(&self, id: Id) -> Option<Dated> {
        if !self.may_be_date(id) {
            return None;
        }
        let (value, origin) = self.value_from(id)?;
        let (at, kind) = match &value.kind {
            _ if value.instant().is_some() => (value.instant()?, Kind::Date),
            ValueKind::Int(n) => (epoch(*n)?, Kind::Date),
            ValueKind::Text(text) => match month_and_year(text) {
                Some(at) => (at, Kind::Card),
                None => (calendar::read(text).or_else(|| numbers(text))?.instant(), Kind::Date),
            },
            ValueKind::Unknown => (self.year_month_day(id)?, Kind::Date),
            _ => return None,
        };
        // A helper may hand its numbers on together: `def day(*parts): return datetime(*parts)`.
        let year = |at: &Instant| at.civil().map(|civil| civil.year());
        let day = self
            .year_month_day(id)
            .filter(|day| !self.graph.callees(self.file, id).is_empty() && year(day) == year(&at));
        let at = day.unwrap_or(at);
        let span = self.facts.term(id).span;
        let written = origin.filter(|origin| !(span.line..=span.end_line).contains(&origin.line)).unwrap_or(span);
        Some(Dated { kind, at, value: Some(value.kind), span, written })
    }

    /// The day that a helper makes of three numbers.
    fn year_month_day(&self, id: Id) -> Option<Instant> {
        let (TermKind::Call(_, args) | TermKind::New(_, args)) = &self.facts.term(id).kind else { return None };
        let [year, month, day] = self.numbers(args)?;
        Civil::carrying(year, month, day, 0, 0, 0).map(Civil::instant)
    }

    /// Not worth an evaluation otherwise: a literal, or what a date comes in.
    fn may_be_date(&self, id: Id) -> bool {
        match &self.facts.term(id).kind {
            TermKind::Text(text) => text.len() <= 64 && text.contains(|c: char| c.is_ascii_digit()),
            TermKind::Int(n) => epoch(*n).is_some(),
            TermKind::Float(_) | TermKind::Bool(_) | TermKind::Null | TermKind::Unknown => false,
            TermKind::List(_) | TermKind::Record(..) | TermKind::Map(_) | TermKind::Closure(..) => false,
            // What others call so may come from a clock; what is meant here shows when it is asked.
            TermKind::Name(path) if path.len() == 1 && self.is_held_here(&path[0]) => true,
            TermKind::Call(path, args) if path.len() == 1 && args.is_empty() && self.is_held_here(&path[0]) => true,
            // `new Date("…").getTime()`
            TermKind::Method(date, _, args) if args.is_empty() && self.may_be_date(*date) => true,
            TermKind::Call(_, args) | TermKind::New(_, args) if args.iter().all(|(_, arg)| self.is_literal(*arg)) => {
                self.taints.own(self.file, id).has(Taint::DATE) || self.numbers(args).is_some()
            }
            _ => {
                let taint = self.taints.own(self.file, id);
                taint.has(Taint::DATE) && !taint.has(Taint::CLOCK)
            }
        }
    }

    /// `date(2030, 1, 31)`, whatever is called so.
    fn numbers(&self, args: &[Argument]) -> Option<[i64; 3]> {
        let number = |arg: &Argument| match self.facts.term(arg.1).kind {
            TermKind::Int(n) => i64::try_from(n).ok(),
            _ => None,
        };
        let numbers: Option<Vec<i64>> = args.iter().take(3).map(number).collect();
        match numbers.as_deref() {
            Some([year @ 1900..=2100, month @ 0..=12, day @ 1..=31]) => Some([*year, *month, *day]),
            _ => None,
        }
    }

    /// A local, a constant or what a function without parameters gives, of this file.
    fn is_held_here(&self, name: &str) -> bool {
        self.facts.captured.contains_key(name)
            || self.facts.globals.iter().any(|global| global.name == name)
            || self.facts.functions.iter().any(|function| function.name == name && function.params.is_empty())
    }

    fn is_literal(&self, id: Id) -> bool {
        matches!(self.facts.term(id).kind, TermKind::Int(_) | TermKind::Float(_) | TermKind::Text(_))
    }

    /// What a term is, if the clock does not tell. A calendar that was made of the clock and then set to a day counts.
    pub(super) fn value(&self, id: Id) -> Option<Value> {
        self.value_from(id).map(|(value, _)| value)
    }

    /// The same, and where in this file it is written.
    fn value_from(&self, id: Id) -> Option<(Value, Option<Span>)> {
        const LATER: i128 = 1_234 * 86_400_000_000_000 + 56_789_000_000_000;
        let now = self.world.window.0.instant();
        let (value, origin, told) = self.value_at(id, now);
        if !told {
            return Some((value, origin));
        }
        let (later, ..) = self.value_at(id, Instant(now.0 + LATER));
        let day_of = |value: &Value| value.instant().map(day);
        let fixed = day_of(&value).is_some_and(|own| Some(own) == day_of(&later));
        fixed.then_some((value, origin))
    }

    /// What a term is at a clock, where that is written, and whether the clock was asked for it.
    fn value_at(&self, id: Id, clock: Instant) -> (Value, Option<Span>, bool) {
        let function = function_at(self.facts, self.facts.term(id).span).unwrap_or(0);
        let mut choices = Choices::default();
        let mut run = Run::guided(self.world, self.taints, clock, &mut choices);
        let frame = run.root((self.file, function));
        let value = run.value(frame, id);
        let told = value.meta.timed || run.read_clock;
        let origins = value.meta.origins.iter().filter_map(|origin| run.origins.get(*origin as usize));
        let mut written = origins.filter(|origin| origin.kind == StepKind::Deadline && origin.document.is_none());
        let origin = written.next().filter(|origin| origin.file == self.file).map(|origin| origin.span);
        (value, origin, told)
    }
}
