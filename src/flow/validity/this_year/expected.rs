//! What a test expects and what it gives, of years.

use std::collections::{HashMap, HashSet};

use crate::finding::Span;
use crate::flow::facts::{FileFacts, Id, TermKind};
use crate::language::ir::BinaryOp;
use crate::vocabulary::words;

use super::super::comparison::accessor;
use super::super::given::in_scope;
use super::super::surroundings::Surroundings;
use super::literal::{self, Dated};
use super::partial::{self, MonthDay};

/// Terms looked at in one assertion.
const PARTS: usize = 2_000;

/// A year that a test expects.
pub(super) struct Expected {
    pub(super) span: Span,
    pub(super) dated: Dated,
    /// The names beside it: keys, and members that it is compared with.
    pub(super) names: Vec<String>,
    /// It stands in one text with today.
    pub(super) beside_today: Option<Id>,
    /// It stands in the assertion itself, not in something that the test may give as well.
    pub(super) inside: bool,
    /// It stands in a row of a table.
    pub(super) in_row: bool,
}

impl Expected {
    const fn plain(span: Span, dated: Dated, names: Vec<String>) -> Self {
        Self { span, dated, names, beside_today: None, inside: true, in_row: false }
    }
}

/// A literal of a test file that holds a year.
pub(super) struct Literal {
    id: Id,
    span: Span,
    dated: Dated,
    /// The test around it.
    pub(super) scope: Span,
    /// It stands in a test, and not beside all.
    in_test: bool,
}

/// What stands in one file, whichever test it is of.
pub(super) struct Written {
    /// What holds a year.
    pub(super) literals: Vec<Literal>,
    /// The days without a year.
    partial: Vec<(Span, MonthDay)>,
    /// Days with their year that stand beside the same day without one, and years beside what the clock gives, and that.
    rows: Vec<(Span, Dated, Option<Id>)>,
}

impl Written {
    /// All of it, for years that may be the clock's.
    pub(super) fn of(around: &Surroundings<'_>, years: &[i64]) -> Self {
        let file = around.facts;
        let dated = (0..file.terms.len() as Id).filter_map(|id| Some((id, literal::read(file, id, years)?)));
        let literals: Vec<Literal> = dated
            .map(|(id, dated)| {
                let span = file.term(id).span;
                Literal { id, span, dated, scope: around.scope_of(span), in_test: around.is_in_test(span) }
            })
            .collect();
        if literals.is_empty() {
            return Self { literals, partial: Vec::new(), rows: Vec::new() };
        }
        let texts = file.terms.iter().filter_map(|term| match &term.kind {
            TermKind::Text(text) => Some((term.span, partial::read(text))),
            _ => None,
        });
        let partial = texts.flat_map(|(span, days)| days.into_iter().map(move |day| (span, day))).collect();
        let rows = rows(around, &literals);
        Self { literals, partial, rows }
    }
}

/// What one test expects and gives.
pub(super) struct Reading {
    pub(super) this_year: i64,
    pub(super) expected: Vec<Expected>,
    /// The years that it gives.
    given: HashSet<i64>,
    /// The days that it gives without a year.
    pub(super) partial: HashSet<MonthDay>,
}

impl Reading {
    /// Of the assertions in a scope.
    pub(super) fn of(around: &mut Surroundings<'_>, scope: Span, written: &Written, years: &[i64]) -> Self {
        let file = around.facts;
        let inside = |span: Span| in_scope(scope, span);
        let assertions = around.assertions(scope);
        let mut visit = Visit { around, file, years, expected: Vec::new(), given: HashSet::new(), left: PARTS };
        for assertion in assertions {
            visit.left = PARTS;
            let before = visit.expected.len();
            visit.expect(assertion, &mut Vec::new());
            let around = file.term(assertion).span;
            let found = visit.expected[before..].iter_mut();
            found.for_each(|expected| expected.inside = around.contains(expected.span));
        }
        visit.left = PARTS;
        addresses(file, scope).for_each(|address| visit.expect(address, &mut Vec::new()));
        let Visit { mut expected, given, .. } = visit;
        let rows = written.rows.iter().filter(|(span, ..)| inside(*span));
        expected.extend(rows.map(|(span, dated, today)| Expected {
            beside_today: *today,
            in_row: true,
            ..Expected::plain(*span, dated.clone(), Vec::new())
        }));
        expected.retain(|expected| !given.contains(&expected.span));
        let spans: HashSet<Span> = expected.iter().map(|expected| expected.span).collect();
        let expects = |span: Span| spans.contains(&span) || spans.iter().any(|expected| expected.contains(span));
        let own = |literal: &Literal| inside(literal.span) || !literal.in_test || literal.scope.contains(scope);
        let given = written.literals.iter().filter(|literal| own(literal) && !expects(literal.span));
        let given = given.map(|literal| literal.dated.year).collect();
        let partial = written.partial.iter().filter(|(span, _)| inside(*span)).map(|(_, day)| *day).collect();
        Self { this_year: around.world.window.0.year(), expected, given, partial }
    }

    /// The test gives that year itself.
    pub(super) fn is_given(&self, expected: &Expected) -> bool {
        self.given.contains(&expected.dated.year)
    }
}

struct Visit<'v, 's> {
    around: &'v Surroundings<'s>,
    file: &'s FileFacts,
    years: &'v [i64],
    expected: Vec<Expected>,
    /// The places of literals that are given in the assertion itself.
    given: HashSet<Span>,
    left: usize,
}

impl Visit<'_, '_> {
    /// A term that stands on the side of what is expected, or may.
    fn expect(&mut self, id: Id, names: &mut Vec<String>) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let span = self.file.term(id).span;
        if let Some(dated) = literal::read(self.file, id, self.years) {
            self.expected.push(Expected::plain(span, dated, names.clone()));
            return;
        }
        let file = self.file;
        match &file.term(id).kind {
            TermKind::Fold(_, start, _, next) => [start, next].into_iter().for_each(|part| self.expect(*part, names)),
            TermKind::List(all) | TermKind::Any(all) => all.iter().for_each(|part| self.expect(*part, names)),
            TermKind::Concat(all) => {
                let before = self.expected.len();
                all.iter().for_each(|part| self.expect(*part, names));
                let today = all.iter().copied().find(|part| self.around.is_clock(*part));
                self.expected[before..].iter_mut().for_each(|expected| expected.beside_today = today);
            }
            TermKind::Map(pairs) => {
                for (key, value) in pairs {
                    let name = match &file.term(*key).kind {
                        TermKind::Text(text) => Some(text.to_string()),
                        _ => None,
                    };
                    self.under(name, *value, names);
                }
            }
            TermKind::Record(_, fields, base) => {
                fields.iter().for_each(|(name, value)| self.under(Some(name.clone()), *value, names));
                base.iter().for_each(|base| self.expect(*base, names));
            }
            TermKind::With(base, name, value) => {
                self.under(Some(name.clone()), *value, names);
                self.expect(*base, names);
            }
            TermKind::Binary(op, a, b) if is_expecting(*op) => self.sides(&[*a, *b], names),
            TermKind::Unary(_, inner) | TermKind::Cast(_, inner) => self.expect(*inner, names),
            TermKind::Call(_, args) if self.is_expecting_call(id) => {
                self.sides(&args.iter().map(|(_, arg)| *arg).collect::<Vec<_>>(), names);
            }
            TermKind::Method(base, _, args) if self.is_expecting_call(id) => {
                let sides: Vec<Id> = std::iter::once(*base).chain(args.iter().map(|(_, arg)| *arg)).collect();
                self.sides(&sides, names);
            }
            TermKind::Field(base, _) if self.around.is_assertion(id) => self.expect(*base, names),
            TermKind::Call(..) | TermKind::New(..) | TermKind::Method(..) => self.give(id),
            _ => {}
        }
    }

    fn under(&mut self, name: Option<String>, value: Id, names: &mut Vec<String>) {
        let before = names.len();
        names.extend(name);
        self.expect(value, names);
        names.truncate(before);
    }

    /// What is compared: each side may be what is expected, under the name of the others.
    fn sides(&mut self, sides: &[Id], names: &mut Vec<String>) {
        for (at, side) in sides.iter().enumerate() {
            let before = names.len();
            let others = sides.iter().enumerate().filter(|(other, _)| *other != at);
            names.extend(others.filter_map(|(_, other)| self.member(*other)));
            self.expect(*side, names);
            names.truncate(before);
        }
    }

    /// The member that a value is, also inside `expect(…)`.
    fn member(&self, id: Id) -> Option<String> {
        let mut at = id;
        while let TermKind::Call(_, args) = &self.file.term(at).kind
            && self.around.is_assertion(at)
        {
            at = args.first()?.1;
        }
        accessor(self.file, usize::MAX, at)
    }

    /// Everything below a term is given.
    fn give(&mut self, id: Id) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(left) = self.left.checked_sub(1) else { return };
            self.left = left;
            let term = self.file.term(id);
            if literal::read(self.file, id, self.years).is_some() {
                self.given.insert(term.span);
            }
            term.kind.for_each_part(|part| open.push(part));
        }
    }

    /// A call that asserts, asks a text for another, or only dresses one up.
    fn is_expecting_call(&self, id: Id) -> bool {
        const ASKS: [&str; 12] = [
            "startswith",
            "endswith",
            "contains",
            "include",
            "includes",
            "match",
            "matches",
            "equal",
            "equals",
            "eq",
            "strip",
            "dedent",
        ];
        const DRESSES: [&str; 10] =
            ["trim", "doc", "escape", "bytes", "to_bytes", "string", "regex", "regexp", "qr", "compile"];
        if self.around.is_assertion(id) {
            return true;
        }
        let name = match &self.file.term(id).kind {
            TermKind::Call(path, _) => path.last().map_or("", String::as_str),
            TermKind::Method(_, name, _) => name,
            _ => return false,
        };
        let folded = words(name).join("");
        ASKS.contains(&folded.as_str()) || DRESSES.contains(&folded.as_str())
    }
}

/// The addresses for which a test has an answer ready: code that asks for another gets none.
/// `requests_mock.get("https://example.org/?year=2024")`
fn addresses(file: &FileFacts, scope: Span) -> impl Iterator<Item = Id> {
    const READY: [&str; 10] =
        ["mock", "mocker", "stub", "nock", "responses", "httpretty", "respx", "webmock", "wiremock", "interceptor"];
    let says = |name: &str| words(name).iter().any(|word| READY.contains(&word.as_str()));
    let is_address = |id: &Id| match &file.term(*id).kind {
        TermKind::Text(text) => !text.contains(' ') && text.contains('/') && text.contains(['?', ':']),
        _ => false,
    };
    let calls = file.functions.iter().flat_map(|function| &function.calls).copied();
    let readied = calls.filter(move |call| in_scope(scope, file.term(*call).span)).flat_map(move |call| {
        match &file.term(call).kind {
            TermKind::Call(path, args) if path.iter().any(|name| says(name)) => args.as_slice(),
            TermKind::Method(base, name, args) if says(name) || file.names_of(*base).any(says) => args.as_slice(),
            _ => &[],
        }
    });
    readied.take(PARTS).map(|(_, arg)| *arg).filter(is_address)
}

/// Days with their year that stand in one row with the same day without one: `["07/05", "2018-07-05"]`; years that stand in
/// one with a text of the clock: `{"Hello " + year, "Hello 2018"}`.
fn rows(around: &Surroundings<'_>, literals: &[Literal]) -> Vec<(Span, Dated, Option<Id>)> {
    let file = around.facts;
    let by_id: HashMap<Id, &Literal> = literals.iter().map(|literal| (literal.id, literal)).collect();
    let mut found = Vec::new();
    for term in &file.terms {
        let row: Vec<Id> = match &term.kind {
            TermKind::List(row) => row.clone(),
            TermKind::Record(_, fields, _) => fields.iter().map(|(_, value)| *value).collect(),
            TermKind::Map(pairs) => pairs.iter().map(|(_, value)| *value).collect(),
            _ => continue,
        };
        let dated: Vec<&Literal> = row.iter().filter_map(|id| by_id.get(id).copied()).collect();
        if dated.is_empty() {
            continue;
        }
        let joined = |id: &Id| matches!(file.term(*id).kind, TermKind::Concat(_) | TermKind::Binary(BinaryOp::Add, ..));
        let today = row.iter().copied().find(|id| joined(id) && around.is_clock(*id));
        let texts = row.iter().filter_map(|id| match &file.term(*id).kind {
            TermKind::Text(text) => Some(partial::read(text)),
            _ => None,
        });
        let without: HashSet<MonthDay> = texts.flatten().collect();
        let of_row = |literal: &&&Literal| {
            let named = &literal.dated.days;
            named.iter().any(|day| without.contains(day)) || (today.is_some() && named.is_empty())
        };
        found.extend(dated.iter().filter(of_row).map(|literal| (literal.span, literal.dated.clone(), today)));
    }
    found
}

fn is_expecting(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Equal | B::In | B::And | B::Or | B::Add)
}
