//! Representations of time that run out: numbers too narrow for the clock, years of two digits, formats with few bits
//! for the year, and tables and checks that end with a year.
//!
//! What is done with the clock itself is asked: [`narrow`] and [`leap`] compute it at ever later clock values until it
//! fails. The rest are shapes that are known from formats; a shape says nothing of the value that meets it, so these are
//! possible, and the report says when they run out.

mod digits;
mod fields;
mod keyed;
mod leap;
mod narrow;
mod tables;
mod years;

use rayon::prelude::*;
use rustc_hash::FxHashMap as HashMap;

use crate::calendar::{Civil, Instant};
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger, Zone};
use crate::language::ir::BinaryOp;

use super::World;
use super::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind};
use super::taint::Taints;

/// Terms looked at below one another.
const DEPTH: usize = 6;

/// Something that runs out.
struct RunsOut {
    /// Where.
    span: Span,
    /// The number that says when, if it is written elsewhere.
    written: Option<Span>,
    /// The first instant that it cannot hold.
    at: Instant,
    /// Whose clock.
    zone: Zone,
    /// What it is and does, for the message; the date follows.
    what: &'static str,
    /// What happens then.
    effect: &'static str,
    confidence: Confidence,
}

impl RunsOut {
    /// A shape that is known to run out.
    const fn possible(span: Span, at: Instant, what: &'static str, effect: &'static str) -> Self {
        Self { span, written: None, at, zone: Zone::Utc, what, effect, confidence: Confidence::Possible }
    }
}

/// Finds them in every file.
pub fn find(world: &World<'_>, taints: &Taints<'_>) -> Vec<Finding> {
    let of_file = |n: usize| -> Vec<Finding> {
        let source = Source::new(world, taints, n);
        let mut found = Vec::new();
        for id in 0..source.file.terms.len() as Id {
            found.extend(fields::at(&source, id));
            found.extend(digits::at(&source, id));
            found.extend(tables::at(&source, id));
            found.extend(keyed::at(&source, id));
            found.extend(narrow::at(&source, id));
            found.extend(leap::at(&source, id));
        }
        found.extend(tables::bounded(&source));
        found.extend(digits::centuries(&source));
        found.extend(keyed::limits(&source));
        let mut findings = Vec::new();
        found.iter().filter_map(|found| finding(source.file, found)).for_each(|finding| add(&mut findings, finding));
        findings
    };
    (0..world.files.len()).into_par_iter().flat_map_iter(of_file).collect()
}

fn add(findings: &mut Vec<Finding>, finding: Finding) {
    let same = |known: &Finding| known.place.span.line == finding.place.span.line;
    if !findings.iter().any(same) {
        findings.push(finding);
    }
}

fn finding(file: &FileFacts, found: &RunsOut) -> Option<Finding> {
    let place = Place { path: file.path.clone(), span: found.span };
    let function = function_at(file, found.span).map(|n| &file.functions[n]);
    let at = found.at.civil()?;
    let date = at.date_text();
    Some(Finding {
        rule: Rule::TimeRollover,
        confidence: found.confidence,
        message: format!("{} on {date}", found.what),
        trigger: Some(Trigger::At { at, zone: found.zone }),
        effect: Some(Effect { severity: Severity::Changes, text: found.effect.to_owned(), place: None }),
        in_test: file.in_test || function.is_some_and(|function| function.test),
        steps: vec![Step {
            place: Place { path: file.path.clone(), span: found.written.unwrap_or(found.span) },
            kind: StepKind::Deadline,
            note: format!("from {date} on: {}", found.effect),
        }],
        reach: function.map(FunctionFacts::qualified).map(Reach::one).unwrap_or_default(),
        matched: String::new(),
        note_only: None,
        place,
    })
}

/// The innermost function around a place.
fn function_at(file: &FileFacts, span: Span) -> Option<usize> {
    let around =
        file.functions.iter().enumerate().filter(|(_, f)| f.span.line <= span.line && span.line <= f.span.end_line);
    around.min_by_key(|(_, f)| f.span.end_line - f.span.line).map(|(n, _)| n)
}

/// A file as these searches see it.
struct Source<'w> {
    world: &'w World<'w>,
    taints: &'w Taints<'w>,
    /// Its number.
    n: usize,
    file: &'w FileFacts,
    /// The names of its parameters, by term.
    params: HashMap<Id, &'w str>,
    /// What its globals, the constants of its types, and locals around functions hold; nothing where two have the same name.
    globals: HashMap<&'w str, Option<Id>>,
}

impl<'w> Source<'w> {
    fn new(world: &'w World<'w>, taints: &'w Taints<'w>, n: usize) -> Self {
        let file = world.files[n];
        let params =
            file.functions.iter().flat_map(|f| &f.params).map(|param| (param.term, param.name.as_str())).collect();
        let fields = file.types.iter().flat_map(|ty| &ty.fields).map(|field| (&field.name, field.value));
        let mut globals: HashMap<&str, Option<Id>> = HashMap::default();
        for (name, value) in file.globals.iter().map(|global| (&global.name, global.value)).chain(fields) {
            if let Some(value) = value {
                globals.entry(name).and_modify(|known| *known = None).or_insert(Some(value));
            }
        }
        for (name, values) in &file.captured {
            if let [captured] = values.as_slice() {
                globals.entry(name).or_insert(Some(captured.value));
            }
        }
        Self { world, taints, n, file, params, globals }
    }

    fn kind(&self, id: Id) -> &'w TermKind {
        &self.file.term(id).kind
    }

    fn span(&self, id: Id) -> Span {
        self.file.term(id).span
    }

    /// The language's family: `javascript` also for TypeScript.
    fn language(&self) -> &'static str {
        super::index::family(self.file.language)
    }

    /// What is called, of what, and with what: `Convert.ToInt32(x)` is `ToInt32` of `Convert`.
    fn call(&self, id: Id) -> Option<(&'w str, &'w str, &'w [Argument])> {
        match self.kind(id) {
            TermKind::Call(path, args) | TermKind::New(path, args) => {
                let (name, front) = path.split_last()?;
                Some((front.last().map_or("", String::as_str), name, args))
            }
            TermKind::Method(base, name, args) => {
                let of = match self.kind(*base) {
                    TermKind::Name(path) => path.last().map_or("", String::as_str),
                    _ => "",
                };
                Some((of, name, args))
            }
            _ => None,
        }
    }

    /// Whether a name in the term or below it holds the word.
    fn mentions(&self, id: Id, word: &str, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let holds = |name: &str| name.to_lowercase().contains(word);
        match self.kind(id) {
            TermKind::Param(_) => self.params.get(&id).is_some_and(|name| holds(name)),
            TermKind::Name(path) => path.last().is_some_and(|name| holds(name)),
            TermKind::Field(_, name) => holds(name),
            TermKind::Method(base, name, _) => holds(name) || self.mentions(*base, word, depth),
            TermKind::Call(path, _) => path.last().is_some_and(|name| holds(name)),
            TermKind::Cast(_, a) | TermKind::Unary(_, a) => self.mentions(*a, word, depth),
            TermKind::Binary(_, a, b) | TermKind::Index(a, b) => {
                self.mentions(*a, word, depth) || self.mentions(*b, word, depth)
            }
            _ => false,
        }
    }

    /// A number that the file fixes: a literal, a global, arithmetic on these; of alternatives the largest.
    fn constant(&self, id: Id, depth: usize) -> Option<i128> {
        self.fixed(id, depth).map(|(n, _)| n)
    }

    /// The same, and the term in which it is written.
    fn fixed(&self, id: Id, depth: usize) -> Option<(i128, Id)> {
        let depth = depth.checked_sub(1)?;
        let both = |a: Id, b: Id| Some((self.fixed(a, depth)?, self.fixed(b, depth)?));
        let computed = |a: Id, b: Id, compute: fn(i128, i128) -> Option<i128>| {
            let ((a, written), (b, _)) = both(a, b)?;
            Some((compute(a, b)?, written))
        };
        match self.kind(id) {
            TermKind::Int(n) => Some((*n, id)),
            TermKind::Name(path) => match path.as_slice() {
                [list, length] if length == "length" => {
                    self.listed((*self.globals.get(list.as_str())?)?).map(|items| (items, id))
                }
                _ => self.global(path.last()?, depth),
            },
            TermKind::Field(base, name) if matches!(self.kind(*base), TermKind::Receiver | TermKind::Name(_)) => {
                self.global(name, depth)
            }
            TermKind::Binary(BinaryOp::Add, a, b) => computed(*a, *b, i128::checked_add),
            TermKind::Binary(BinaryOp::Subtract, a, b) => computed(*a, *b, i128::checked_sub),
            TermKind::Binary(BinaryOp::Multiply, a, b) => computed(*a, *b, i128::checked_mul),
            TermKind::Cast(_, inner) => self.fixed(*inner, depth),
            TermKind::Field(list, name) if name == "length" => Some((self.items(*list)?, id)),
            TermKind::Call(path, args) if path.last()? == "len" && args.len() == 1 => {
                Some((self.items(args[0].1)?, id))
            }
            TermKind::Method(list, name, _) if matches!(name.as_str(), "len" | "size" | "length") => {
                Some((self.items(*list)?, id))
            }
            TermKind::Choose(_, a, b) => both(*a, *b).map(|(a, b)| if b.0 > a.0 { b } else { a }),
            _ => None,
        }
    }

    /// How many items a list has that the file fixes.
    fn items(&self, id: Id) -> Option<i128> {
        let id = match self.kind(id) {
            TermKind::Name(path) => (*self.globals.get(path.last()?.as_str())?)?,
            _ => id,
        };
        self.listed(id)
    }

    fn listed(&self, id: Id) -> Option<i128> {
        match self.kind(id) {
            TermKind::List(items) => i128::try_from(items.len()).ok(),
            _ => None,
        }
    }

    /// The one global, or constant of a type, of that name.
    fn global(&self, name: &str, depth: usize) -> Option<(i128, Id)> {
        self.fixed((*self.globals.get(name)?)?, depth)
    }

    /// The terms of the function around a place.
    fn around(&self, place: Span) -> impl Iterator<Item = Id> + use<'w> {
        let function = function_at(self.file, place).map(|n| self.file.functions[n].span);
        let terms = self.file.terms.iter().enumerate();
        let inside = move |span: Span| function.is_none_or(|f| f.line <= span.line && span.end_line <= f.end_line);
        terms.filter(move |(_, term)| inside(term.span)).map(|(id, _)| id as Id)
    }
}

/// The start of a year.
fn year_start(year: i128) -> Option<Instant> {
    Civil::from_ymd(i64::try_from(year).ok()?, 1, 1).map(Civil::instant)
}
