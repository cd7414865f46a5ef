//! Representations of time that run out: numbers too narrow for the clock, years of two digits, formats with few bits
//! for the year, and tables and checks that end with a year.
//!
//! A narrowing of the clock itself is proven: the value is computed at ever later clock values until it no longer fits.
//! The rest are shapes of arithmetic that are known from formats; a shape says nothing of the value that
//! meets it, so these are possible, and the report says when they run out.

use crate::calendar::{Civil, Instant};
use crate::finding::{Confidence, Effect, Finding, Place, Rule, Severity, Span, Step, StepKind, Trigger, Zone};
use crate::language::ir::BinaryOp;

use super::World;
use super::eval::{Choices, Run};
use super::facts::{FileFacts, FunctionFacts, Id, TermKind};
use super::taint::{Taint, Taints};
use super::value::Kind;

/// 2108-01-01: after the last year of a DOS date.
const DOS_END: Instant = Instant::from_seconds(4_354_819_200);
/// 2036-02-07T06:28:16: when NTP's first era ends.
const NTP_END: Instant = Instant::from_seconds(2_085_978_496);
/// 2038-11-21: when the GPS week returns to 0.
const GPS_END: Instant = Instant::from_seconds(2_173_910_400);

/// Something that runs out.
struct RunsOut {
    /// The first instant that it cannot hold.
    at: Instant,
    /// What it is, for the message.
    what: &'static str,
    /// What happens then.
    effect: &'static str,
    confidence: Confidence,
}

/// Finds them in every file.
pub fn find(world: &World<'_>, taints: &Taints) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (n, file) in world.files.iter().enumerate() {
        for id in 0..file.terms.len() as Id {
            let found = shape(file, id).or_else(|| narrowed(world, taints, n, id));
            if let Some(found) = found {
                add(&mut findings, finding(file, file.term(id).span, &found));
            }
        }
        for function in &file.functions {
            for (span, found) in bounded_years(file, function) {
                add(&mut findings, finding(file, span, &found));
            }
        }
    }
    findings
}

fn add(findings: &mut Vec<Finding>, finding: Option<Finding>) {
    let Some(finding) = finding else { return };
    let same =
        |known: &Finding| known.place.path == finding.place.path && known.place.span.line == finding.place.span.line;
    if !findings.iter().any(same) {
        findings.push(finding);
    }
}

fn finding(file: &FileFacts, span: Span, found: &RunsOut) -> Option<Finding> {
    let place = Place { path: file.path.clone(), span };
    let function = file
        .functions
        .iter()
        .filter(|f| f.span.line <= span.line && span.line <= f.span.end_line)
        .min_by_key(|f| f.span.end_line - f.span.line);
    let at = found.at.civil()?;
    let date = at.date_text();
    Some(Finding {
        rule: Rule::TimeRollover,
        confidence: found.confidence,
        message: format!("{} runs out on {date}", found.what),
        trigger: Some(Trigger::At { at, zone: Zone::Utc }),
        effect: Some(Effect { severity: Severity::Changes, text: found.effect.to_owned(), place: None }),
        in_test: file.in_test || function.is_some_and(|function| function.test),
        steps: vec![Step {
            place: place.clone(),
            kind: StepKind::Deadline,
            note: format!("what is computed here holds no time from {date} on"),
        }],
        reach: function.map(FunctionFacts::qualified).into_iter().collect(),
        matched: String::new(),
        note_only: None,
        place,
    })
}

/// The clock's seconds in 32 bits.
fn narrowed(world: &World<'_>, taints: &Taints, file: usize, id: Id) -> Option<RunsOut> {
    let facts = &world.files[file];
    let TermKind::Cast(ty, inner) = &facts.term(id).kind else { return None };
    let signed = match ty.as_str() {
        "i32" | "int32_t" | "int" | "INT32" | "Int32" | "s32" | "__s32" | "jint" => true,
        "u32" | "uint32_t" | "unsigned" | "UINT32" | "UInt32" | "__u32" | "DWORD" | "uint" => false,
        _ => return None,
    };
    if !taints.own(file, *inner).has(Taint::CLOCK) {
        return None;
    }
    let function = facts
        .functions
        .iter()
        .position(|f| f.span.line <= facts.term(id).span.line && facts.term(id).span.line <= f.span.end_line)?;
    let limit = if signed { Instant::from_seconds(1 << 31) } else { Instant::from_seconds(1 << 32) };
    let mut choices = Choices::default();
    let mut run = Run::new(world, limit, &mut choices);
    let frame = run.root((file, function));
    let value = run.value(frame, *inner);
    let seconds = matches!(value.kind, Kind::Int(n) if n == limit.seconds()) && value.meta.timed;
    seconds.then_some(RunsOut {
        at: limit,
        what: if signed { "the clock in a signed 32-bit number" } else { "the clock in an unsigned 32-bit number" },
        effect: "the number overflows",
        confidence: Confidence::Proven,
    })
}

/// The shapes of arithmetic that known formats have.
fn shape(file: &FileFacts, id: Id) -> Option<RunsOut> {
    let int = |id: Id| match file.term(id).kind {
        TermKind::Int(n) => Some(n),
        _ => None,
    };
    let known = |at: Instant, what, effect| Some(RunsOut { at, what, effect, confidence: Confidence::Possible });
    match &file.term(id).kind {
        // (year - 1980) << 9, << 25: the date of FAT and ZIP has seven bits for the year.
        TermKind::Binary(BinaryOp::ShiftLeft | BinaryOp::Multiply, base, by)
            if matches!(int(*by), Some(9 | 25 | 512)) && counts_from(file, *base, 1980, 4) =>
        {
            known(DOS_END, "a DOS date (seven bits for the year)", "the year overflows")
        }
        // seconds - 2208988800: NTP's 32 bits, counted from 1900.
        TermKind::Binary(BinaryOp::Subtract, _, epoch) if int(*epoch) == Some(2_208_988_800) => {
            known(NTP_END, "an NTP timestamp of 32 bits without an era", "the time falls back to 1900")
        }
        // week & 0x3ff: GPS weeks in ten bits.
        TermKind::Binary(BinaryOp::BitAnd, _, mask) if int(*mask) == Some(0x3ff) && mentions(file, id, "week", 3) => {
            known(GPS_END, "a GPS week of ten bits", "the week starts again at 0")
        }
        // yy < 70 ? 2000 + yy : 1900 + yy
        TermKind::Choose(cond, a, b) => {
            let pivot = pivot_of(file, *cond)?;
            let (a, b) = (century(file, *a)?, century(file, *b)?);
            ((a == 2000 && b == 1900) || (a == 1900 && b == 2000)).then_some(())?;
            known(
                Civil::from_ymd(2000 + i64::from(pivot), 1, 1)?.instant(),
                "a year of two digits with a fixed pivot",
                "the year falls back a century",
            )
        }
        _ => None,
    }
}

/// Whether a term is something minus that year, perhaps masked or converted.
fn counts_from(file: &FileFacts, id: Id, year: i128, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &file.term(id).kind {
        TermKind::Binary(BinaryOp::Subtract, _, n) => match file.term(*n).kind {
            TermKind::Int(n) => n == year || n == year - 1900,
            TermKind::Name(_) => year == 1980 && mentions(file, *n, "year", 2),
            _ => false,
        },
        TermKind::Binary(BinaryOp::BitAnd, a, _) | TermKind::Cast(_, a) => counts_from(file, *a, year, depth),
        _ => false,
    }
}

/// Whether a name below the term holds the word.
fn mentions(file: &FileFacts, id: Id, word: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let holds = |name: &str| name.to_lowercase().contains(word);
    match &file.term(id).kind {
        TermKind::Name(path) => path.last().is_some_and(|name| holds(name)),
        TermKind::Field(_, name) => holds(name),
        TermKind::Method(base, name, _) => holds(name) || mentions(file, *base, word, depth),
        TermKind::Call(path, _) => path.last().is_some_and(|name| holds(name)),
        TermKind::Cast(_, a) | TermKind::Unary(_, a) => mentions(file, *a, word, depth),
        TermKind::Binary(_, a, b) | TermKind::Index(a, b) => {
            mentions(file, *a, word, depth) || mentions(file, *b, word, depth)
        }
        _ => false,
    }
}

/// The two-digit bound of a comparison.
fn pivot_of(file: &FileFacts, id: Id) -> Option<u8> {
    let TermKind::Binary(op, a, b) = &file.term(id).kind else { return None };
    let int = |id: Id| match file.term(id).kind {
        TermKind::Int(n) => u8::try_from(n).ok().filter(|n| (10..100).contains(n)),
        _ => None,
    };
    let inclusive = match op {
        BinaryOp::Less | BinaryOp::GreaterEqual => 0,
        BinaryOp::LessEqual | BinaryOp::Greater => 1,
        _ => return None,
    };
    int(*b).map(|n| n + inclusive).or_else(|| int(*a))
}

/// The century that a term adds.
fn century(file: &FileFacts, id: Id) -> Option<i128> {
    match &file.term(id).kind {
        TermKind::Binary(BinaryOp::Add, a, b) => [a, b].into_iter().find_map(|id| match file.term(*id).kind {
            TermKind::Int(n @ (1900 | 2000)) => Some(n),
            _ => None,
        }),
        TermKind::Cast(_, a) => century(file, *a),
        // What is not changed is a year of this century or the last already.
        _ => None,
    }
}

/// Decisions that compare a year given as an argument with a fixed one: the last year of a table or a format.
fn bounded_years(file: &FileFacts, function: &FunctionFacts) -> Vec<(Span, RunsOut)> {
    let mut found = Vec::new();
    for condition in &function.conditions {
        let mut open = vec![(condition.term, 5_usize)];
        while let Some((id, depth)) = open.pop() {
            let Some(depth) = depth.checked_sub(1) else { continue };
            let TermKind::Binary(op, a, b) = &file.term(id).kind else { continue };
            match op {
                BinaryOp::And | BinaryOp::Or => open.extend([(*a, depth), (*b, depth)]),
                BinaryOp::Greater | BinaryOp::GreaterEqual if is_year(file, function, *a) => {
                    if let Some(year) = constant(file, *b, 6).filter(|year| (2001..2400).contains(year)) {
                        let first = if *op == BinaryOp::Greater { year + 1 } else { year };
                        let what = "a check of the year against a fixed last one";
                        let at = i64::try_from(first).ok().and_then(|year| Civil::from_ymd(year, 1, 1));
                        let Some(at) = at.map(Civil::instant) else { continue };
                        found.push((
                            file.term(id).span,
                            RunsOut {
                                at,
                                what,
                                effect: "later years are refused or treated differently",
                                confidence: Confidence::Possible,
                            },
                        ));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// A parameter, or a part of one, that is called a year.
fn is_year(file: &FileFacts, function: &FunctionFacts, id: Id) -> bool {
    let named = |name: &str| {
        let lower = name.to_lowercase();
        lower.ends_with("year") || matches!(lower.as_str(), "iy" | "yr" | "yyyy" | "y")
    };
    match &file.term(id).kind {
        TermKind::Param(n) => function.params.get(usize::from(*n)).is_some_and(|param| named(&param.name)),
        TermKind::Field(base, name) | TermKind::Method(base, name, _) => {
            named(name) && matches!(file.term(*base).kind, TermKind::Param(_) | TermKind::Receiver)
        }
        TermKind::Cast(_, inner) => is_year(file, function, *inner),
        _ => false,
    }
}

/// A constant of the file: a literal, a global, a sum of these.
fn constant(file: &FileFacts, id: Id, depth: usize) -> Option<i128> {
    let depth = depth.checked_sub(1)?;
    match &file.term(id).kind {
        TermKind::Int(n) => Some(*n),
        TermKind::Name(path) => {
            let name = path.last()?;
            let global = file.globals.iter().find(|global| global.name == *name)?;
            constant(file, global.value?, depth)
        }
        TermKind::Binary(BinaryOp::Add, a, b) => Some(constant(file, *a, depth)? + constant(file, *b, depth)?),
        TermKind::Binary(BinaryOp::Subtract, a, b) => Some(constant(file, *a, depth)? - constant(file, *b, depth)?),
        TermKind::Cast(_, inner) => constant(file, *inner, depth),
        _ => None,
    }
}
