//! The dates that test code gives to something whose name says that it ends.

use crate::calendar::{self, Civil, Instant};
use crate::finding::Span;
use crate::flow::World;
use crate::flow::eval::{Choices, Run};
use crate::flow::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::reach::CallGraph;
use crate::flow::taint::{Taint, Taints};
use crate::flow::value::{Kind as ValueKind, Value};
use crate::vocabulary::{InTest, Strength, words};

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
}

/// A date that a test gives.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) kind: Kind,
    /// Under which name.
    pub(super) name: String,
    /// How strongly the name says that something ends.
    pub(super) strength: Strength,
    /// What ends.
    pub(super) at: Instant,
    /// The call, record or text that holds it.
    pub(super) holder: Id,
    /// Where the date is written.
    pub(super) span: Span,
    /// Where it is given.
    pub(super) given_at: Span,
    /// The function around it.
    pub(super) function: usize,
    /// What is called with it.
    pub(super) callees: Vec<FunctionRef>,
}

/// What stands under which name.
struct Named<'n> {
    holder: Id,
    name: &'n str,
    strength: Strength,
    /// The function around it, where the holder's place does not tell.
    function: Option<usize>,
}

/// Every one of a file, whatever its date.
pub(super) fn collect(world: &World<'_>, graph: &CallGraph, taints: &Taints<'_>, file: usize) -> Vec<Given> {
    let facts = world.files[file];
    let mut collector = Collector { world, graph, taints, file, facts, found: Vec::new() };
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
    collector.found
}

/// The innermost function around a place; the script stands around everything.
pub(super) fn function_at(facts: &FileFacts, place: Span) -> Option<usize> {
    let around = facts.functions.iter().enumerate().filter(|(_, function)| function.span.contains(place));
    let innermost = around.max_by_key(|(_, function)| (function.span.line, function.span.column));
    innermost.map(|(n, _)| n).or_else(|| facts.functions.iter().position(is_script))
}

/// The statements outside functions.
pub(super) fn is_script(function: &FunctionFacts) -> bool {
    function.name.is_empty() && function.span == Span::default()
}

struct Collector<'w> {
    world: &'w World<'w>,
    graph: &'w CallGraph,
    taints: &'w Taints<'w>,
    file: usize,
    facts: &'w FileFacts,
    found: Vec<Given>,
}

impl Collector<'_> {
    fn term(&mut self, id: Id) {
        match &self.facts.term(id).kind {
            TermKind::Call(path, args) => self.call(id, path.last(), args, true),
            TermKind::Method(_, name, args) => self.call(id, Some(name), args, true),
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
            TermKind::With(_, name, value) => self.named(id, name, *value, None),
            TermKind::Text(text) if text.len() <= LONGEST && text.contains("20") => self.text(id, text),
            _ => {}
        }
    }

    /// A constant text or name that is a key.
    fn key(&self, id: Id) -> Option<String> {
        match &self.facts.term(id).kind {
            TermKind::Text(text) if text.len() <= 64 => Some(text.to_string()),
            TermKind::Name(path) => path.last().cloned(),
            _ => None,
        }
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
        match args {
            [(None, value)] if sets && !words.says_in_test(callee, InTest::Reads) => {
                self.named(id, callee, *value, None);
            }
            [(None, key), (None, value)] => {
                if let (TermKind::Text(_), Some(key)) = (&self.facts.term(*key).kind, self.key(*key)) {
                    self.named(id, &key, *value, None);
                }
            }
            _ => {}
        }
    }

    /// What the parameters of what is called are named: those of the function, or the fields of the type.
    fn parameters(&self, id: Id, callee: &str, count: usize) -> Vec<String> {
        let files = self.world.files;
        if let Some((file, function)) = self.graph.callees(self.file, id).first() {
            return files[*file].functions[*function].params.iter().map(|param| param.name.clone()).collect();
        }
        if !matches!(self.facts.term(id).kind, TermKind::New(..)) {
            return Vec::new();
        }
        let ty = self.world.symbols.type_of(files, self.file, callee).map(|(file, ty)| &files[file].types[ty]);
        let fields = ty.map(|ty| &ty.fields).filter(|fields| fields.len() == count);
        fields.into_iter().flatten().map(|field| field.name.clone()).collect()
    }

    /// Values that are given together.
    fn group(&mut self, holder: Id, ty: Option<&str>, fields: &[(String, Id)]) {
        if let Some((at, year)) = self.card(ty, holder, fields) {
            let named = Named { holder, name: "card expiry", strength: Strength::Strong, function: None };
            self.push(named, Kind::Card, at, self.facts.term(year).span);
            return;
        }
        for (name, value) in fields {
            self.named(holder, name, *value, None);
        }
    }

    /// A value under a name.
    fn named(&mut self, holder: Id, name: &str, value: Id, function: Option<usize>) {
        let Some(strength) = self.strength(name) else { return };
        let Some((at, kind)) = self.date(value) else { return };
        let span = self.facts.term(value).span;
        self.push(Named { holder, name, strength, function }, kind, at, span);
    }

    fn strength(&self, name: &str) -> Option<Strength> {
        let words = &self.world.vocabulary;
        let own = words.says_in_test(name, InTest::Validity) && !words.is_period(name);
        if own { Some(Strength::Strong) } else { words.expiry_strength(name) }
    }

    fn push(&mut self, named: Named<'_>, kind: Kind, at: Instant, span: Span) {
        let Named { holder, name, strength, function } = named;
        let given_at = self.facts.term(holder).span;
        let Some(function) = function.or_else(|| function_at(self.facts, given_at)) else { return };
        if !self.facts.in_test && !self.facts.functions[function].test {
            return;
        }
        let callees = self.graph.callees(self.file, holder).to_vec();
        let name = name.to_owned();
        self.found.push(Given { kind, name, strength, at, holder, span, given_at, function, callees });
    }

    /// The fixed date that a value is, whatever the clock says.
    fn date(&self, value: Id) -> Option<(Instant, Kind)> {
        let value = self.value(value)?;
        if let Some(at) = value.instant() {
            return Some((at, Kind::Date));
        }
        match &value.kind {
            ValueKind::Int(n) => Some((epoch(*n)?, Kind::Date)),
            ValueKind::Text(text) => {
                let month = month_and_year(text).map(|at| (at, Kind::Card));
                month.or_else(|| Some((calendar::read(text)?.instant(), Kind::Date)))
            }
            _ => None,
        }
    }

    fn value(&self, id: Id) -> Option<Value> {
        if self.taints.own(self.file, id).has(Taint::CLOCK) {
            return None;
        }
        let function = function_at(self.facts, self.facts.term(id).span)?;
        let mut choices = Choices::default();
        let mut run = Run::new(self.world, self.world.window.0.instant(), &mut choices);
        let frame = run.root((self.file, function));
        let value = run.value(frame, id);
        (!value.meta.timed && !run.read_clock).then_some(value)
    }

    /// The end of a payment card's last month, if a month, a year and something else of a card are given together; with the
    /// year's term.
    fn card(&self, ty: Option<&str>, holder: Id, fields: &[(String, Id)]) -> Option<(Instant, Id)> {
        let vocabulary = &self.world.vocabulary;
        let ends = |name: &str, with: &[&str]| words(name).last().is_some_and(|last| with.contains(&last.as_str()));
        let of = |with: &[&str]| fields.iter().find(|(name, _)| ends(name, with));
        let is_card = ty.is_some_and(|ty| vocabulary.says_in_test(ty, InTest::Card))
            || fields.iter().any(|(name, _)| vocabulary.says_in_test(name, InTest::Card));
        let (year, month) = match (of(&["year", "yy", "yyyy", "yr"]), of(&["month", "mm", "mon"])) {
            (Some(year), Some(month)) => (year.1, month.1),
            _ if is_card && fields.is_empty() => self.positional(holder)?,
            _ => return None,
        };
        let expiring = of(&["year", "yy", "yyyy", "yr"]).is_some_and(|(name, _)| {
            vocabulary.expiry_strength(name).is_some() || words(name).first().is_some_and(|first| first == "exp")
        });
        (is_card || expiring).then_some(())?;
        Some((after_month(self.year(year)?, self.month(month)?)?, year))
    }

    /// A month and a year side by side among arguments without names.
    fn positional(&self, holder: Id) -> Option<(Id, Id)> {
        let mut parts = Vec::new();
        self.facts.term(holder).kind.for_each_part(|part| parts.push(part));
        let pair = parts.windows(2).find(|pair| {
            let is_month =
                matches!(&self.facts.term(pair[0]).kind, TermKind::Name(path) if month_named(path).is_some());
            is_month && self.year(pair[1]).is_some()
        })?;
        Some((pair[1], pair[0]))
    }

    fn year(&self, id: Id) -> Option<i64> {
        let value = self.value(id)?;
        let n = match &value.kind {
            ValueKind::Int(n) => i64::try_from(*n).ok()?,
            ValueKind::Text(text) => text.trim().parse().ok()?,
            ValueKind::Instant(at) => at.civil()?.year(),
            ValueKind::Parts(parts) => parts.fields[0],
            _ => return None,
        };
        match n {
            2000..2100 => Some(n),
            10..100 => Some(2000 + n),
            _ => None,
        }
    }

    fn month(&self, id: Id) -> Option<i64> {
        if let TermKind::Name(path) = &self.facts.term(id).kind
            && let Some(month) = month_named(path)
        {
            return Some(month);
        }
        let value = self.value(id)?;
        let n = match &value.kind {
            ValueKind::Int(n) => i64::try_from(*n).ok()?,
            ValueKind::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        (1..=12).contains(&n).then_some(n)
    }

    /// Attributes inside a text: `expires=…`, `"validUntil": "…"`, `If-Modified-Since: …`.
    fn text(&mut self, id: Id, text: &str) {
        let span = self.facts.term(id).span;
        for (range, reading) in calendar::find_all(text) {
            let Some(name) = text.get(..range.start).and_then(key_before) else { continue };
            let line = text.get(..range.start).map_or(0, |before| before.matches('\n').count()) as u32;
            // A text over several lines as its source shows it.
            let place = match span.line + line {
                at if line > 0 && at <= span.end_line => Span::on_line(at, 1, 2),
                _ => span,
            };
            let kind = if self.world.vocabulary.says_in_test(name, InTest::Ahead) { Kind::Ahead } else { Kind::Date };
            if kind == Kind::Ahead || self.strength(name) == Some(Strength::Strong) {
                let named = Named { holder: id, name, strength: Strength::Strong, function: None };
                self.push(named, kind, reading.instant(), place);
            }
        }
    }
}

/// The name before a date in a text: `NAME=`, `NAME: `, `"NAME": "`.
fn key_before(before: &str) -> Option<&str> {
    let before = before.trim_end_matches([' ', '"', '\'', '\\', '(']);
    let before = before.strip_suffix("=>").or_else(|| before.strip_suffix(['=', ':']))?;
    let before = before.trim_end_matches([' ', '"', '\'', '\\']);
    let start = before
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    before.get(start..).filter(|name| !name.is_empty() && name.len() <= 48)
}

/// A number of seconds or milliseconds since 1970, if it lies in this century.
pub(super) fn epoch(n: i128) -> Option<Instant> {
    match n {
        1_000_000_000..4_102_444_800 => Some(Instant(n * 1_000_000_000)),
        1_000_000_000_000..4_102_444_800_000 => Some(Instant(n * 1_000_000)),
        _ => None,
    }
}

/// `12/25`, `12/2025`, `12-2025`: the end of that month.
fn month_and_year(text: &str) -> Option<Instant> {
    let (month, year) = text.trim().split_once(['/', '-'])?;
    let (month, year) = (month.trim(), year.trim());
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = digits(month) && digits(year) && (1..=2).contains(&month.len()) && matches!(year.len(), 2 | 4);
    let (month, year): (i64, i64) = (month.parse().ok().filter(|_| fits)?, year.parse().ok()?);
    after_month(if year < 100 { 2000 + year } else { year }, month)
}

/// The first day after a month.
fn after_month(year: i64, month: i64) -> Option<Instant> {
    Some(Civil::from_ymd(year, month, 1)?.add_months(1)?.instant())
}

/// The month that a name's last segment is in English: `Month.DECEMBER`.
fn month_named(path: &[String]) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let last = path.last()?.to_lowercase();
    MONTHS.iter().position(|month| *month == last).and_then(|n| i64::try_from(n + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_before_a_date_is_the_nearest_name() {
        for (before, key) in [
            ("a=b; expires=", Some("expires")),
            ("{\"validUntil\": \"", Some("validUntil")),
            ("If-Modified-Since: ", Some("If-Modified-Since")),
            ("{\\\"expires\\\":\\\"", Some("expires")),
            ("expires => '", Some("expires")),
            ("expires at ", None),
            ("", None),
            ("=", None),
        ] {
            assert_eq!(key_before(before), key, "{before}");
        }
    }

    #[test]
    fn a_card_ends_with_its_month() {
        let date = |text: &str| month_and_year(text)?.civil().map(Civil::date_text);
        for (text, expected) in
            [("12/25", Some("2026-01-01")), ("1/2027", Some("2027-02-01")), ("13/25", None), ("1/2/25", None)]
        {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
    }
}
