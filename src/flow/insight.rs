//! What is known of one line: the values on it, and what came of asking its decisions. For those who doubt a verdict.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::calendar::Instant;
use crate::finding::Span;

use super::World;
use super::eval::{Choices, Run};
use super::facts::{FileFacts, FunctionFacts, Id, TermKind};
use super::index::FunctionRef;
use super::link::{Program, Told};
use super::reach::CallGraph;
use super::value::{Kind, Truth, Value};

/// Values of one line that are told.
const VALUES: usize = 24;
/// Of a text, this many characters.
const SHOWN: usize = 40;

/// What is known of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Insight {
    /// The function that it lies in, as a user would say it.
    pub function: Option<String>,
    /// The values on it, from left to right, the larger ones first.
    pub values: Vec<Known>,
    /// The decisions on it.
    pub decisions: Vec<Known>,
    /// The lines that the parser could not read.
    pub unread: bool,
}

/// What is known of an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Known {
    /// Where it stands.
    pub span: Span,
    /// In plain words.
    pub text: String,
}

/// What is known of a line of a file; `None` if the file is not among those that were parsed.
pub fn of(world: &World<'_>, path: &str, line: u32) -> Option<Insight> {
    let graph = CallGraph::new(world);
    let program = Program::new(world, &graph).with_calls();
    let mut files = world.files.iter().enumerate().filter(|(_, file)| *file.path == *path).peekable();
    files.peek()?;
    let mut insight = Insight::default();
    for (n, file) in files {
        let around = file.functions.iter().filter(|function| spans(function.span, line) && !function.name.is_empty());
        let innermost = around.max_by_key(|function| function.span.line);
        insight.function = insight.function.or_else(|| innermost.map(FunctionFacts::qualified));
        insight.unread |= file.gaps.iter().any(|gap| spans(*gap, line));
        insight.values.extend(values(world, &graph, n, line));
        for (f, function) in file.functions.iter().enumerate() {
            for (c, condition) in function.conditions.iter().enumerate() {
                let span = file.term(condition.term).span;
                if span.line == line {
                    let text = told(program.asked((n, f), c));
                    insight.decisions.push(Known { span, text });
                }
            }
        }
    }
    insight.decisions.sort();
    insight.decisions.dedup();
    Some(insight)
}

fn spans(span: Span, line: u32) -> bool {
    (span.line..=span.end_line).contains(&line)
}

/// The values of a line: one for each place, the first term that stands for it; others are made of it, as its negation.
fn values(world: &World<'_>, graph: &CallGraph, n: usize, line: u32) -> Vec<Known> {
    let file = world.files[n];
    let mut by_place: BTreeMap<(u32, Reverse<(u32, u32)>), Id> = BTreeMap::new();
    for (id, term) in (0..).zip(&file.terms) {
        let literal = matches!(term.kind, TermKind::Text(_) | TermKind::Bool(_) | TermKind::Null | TermKind::Receiver);
        if term.span.line == line && !literal {
            let place = (term.span.column, Reverse((term.span.end_line, term.span.end_column)));
            by_place.entry(place).or_insert(id);
        }
    }
    let describe = |id: Id| {
        let span = file.term(id).span;
        let function = file.function_at(span);
        let mut choices = Choices::default();
        let mut run = Run::new(world, world.window.0.instant(), &mut choices);
        let frame = run.root((n, function.unwrap_or(usize::MAX)));
        let value = run.value(frame, id);
        let text = match (&value.kind, value.meta.timed) {
            (Kind::Unknown, false) => reason(world, graph, (n, function.unwrap_or(usize::MAX)), id),
            _ => describe(&value, world.window.0.instant()),
        };
        Known { span, text }
    };
    by_place.into_values().take(VALUES).map(describe).collect()
}

/// A number in words, with what it counts if that is a time.
fn counted(n: &impl std::fmt::Display, value: &Value) -> String {
    match value.meta.unit.filter(|_| value.meta.timed) {
        Some(unit) => format!("the number {n}, which counts {}", unit_name(unit)),
        None => format!("the number {n}"),
    }
}

/// A value in words; `now` is when it was computed.
fn describe(value: &Value, now: Instant) -> String {
    let worth = match &value.kind {
        Kind::Unknown => "not known".to_owned(),
        Kind::Null => "nothing".to_owned(),
        Kind::Truth(Truth::Maybe) => "true or false".to_owned(),
        Kind::Truth(truth) => format!("{}", *truth == Truth::True),
        Kind::Int(n) => counted(n, value),
        Kind::Float(n) => counted(n, value),
        Kind::Text(text) => match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("the text {:?}…", &text[..end]),
            None => format!("the text {text:?}"),
        },
        Kind::Instant(_) | Kind::Parts(_) => match value.instant().and_then(Instant::civil) {
            Some(civil) => format!("the time {civil}"),
            None => "a time".to_owned(),
        },
        Kind::Period(period) => format!("the period {period}"),
        Kind::List(items, _) => format!("a list of {}", items.len()),
        Kind::Map(pairs) => format!("a table of {}", pairs.len()),
        Kind::Record(record) => record.ty.as_ref().map_or("a record".to_owned(), |ty| format!("a {ty}")),
        Kind::Closure(_) => "a function".to_owned(),
    };
    let date = now.civil().map(|civil| civil.date_text()).unwrap_or_default();
    match (value.meta.timed, value.meta.anchor) {
        (true, _) => format!("moves with the clock; on {date}, {worth}"),
        (false, Some(anchor)) => format!("counts from the {anchor}; for one of {date}, {worth}"),
        _ => worth,
    }
}

fn unit_name(nanos: i128) -> String {
    match nanos {
        1 => "nanoseconds".to_owned(),
        1_000 => "microseconds".to_owned(),
        1_000_000 => "milliseconds".to_owned(),
        1_000_000_000 => "seconds".to_owned(),
        86_400_000_000_000 => "days".to_owned(),
        _ => format!("units of {nanos} ns"),
    }
}

/// Why a value is not known.
fn reason(world: &World<'_>, graph: &CallGraph, at: FunctionRef, id: Id) -> String {
    let file: &FileFacts = world.files[at.0];
    match &file.term(id).kind {
        TermKind::Param(_) => match graph.callers(at).len() {
            0 => "not known: what callers pass, and no caller was found".to_owned(),
            1 => "not known by itself: what the one caller passes".to_owned(),
            n => format!("not known by itself: what {n} callers pass"),
        },
        TermKind::Receiver => "not known by itself: the object".to_owned(),
        TermKind::Name(name) => {
            format!("not known: nothing, or more than one thing, gives `{}` a value", name.join("."))
        }
        TermKind::Call(name, _) | TermKind::New(name, _) => called(graph, at.0, id, &name.join(".")),
        TermKind::Method(_, name, _) | TermKind::Field(_, name) => called(graph, at.0, id, name),
        _ => "not known: a part of it is not".to_owned(),
    }
}

fn called(graph: &CallGraph, file: usize, id: Id, name: &str) -> String {
    match graph.callees(file, id).len() {
        0 => format!("not known: no model and nothing in the tree says what `{name}` is here"),
        1 => format!("not known: `{name}` was followed, and its value is not known"),
        n => format!("not known: `{name}` can be {n} functions"),
    }
}

/// What came of asking a decision.
fn told(told: Told) -> String {
    match told {
        Told::NoClock => "no clock comes in: not asked".to_owned(),
        Told::NoDate { waits: false } => "the clock comes in, and meets no date: not asked".to_owned(),
        Told::NoDate { waits: true } => {
            "compares the clock with what the function is called with, and no caller brings a date".to_owned()
        }
        Told::Same => "the clock meets a date, and the answer never changes between 1971 and 2199".to_owned(),
        Told::Waits => "the clock meets a date with what callers pass; by itself nothing can be said".to_owned(),
        Told::Cut => "the clock may meet a date; the terms behind it are too many to be followed".to_owned(),
        Told::Changes(times) => {
            let times: Vec<String> = times
                .iter()
                .filter_map(|(at, after)| Some(format!("{} from {} on", *after == Truth::True, at.civil()?)))
                .collect();
            format!("the answer changes: {}", times.join(", "))
        }
    }
}
