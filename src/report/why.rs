//! Why a line is reported, step by step; and what is known of it, reported or not.

use std::io;

use super::describe::{self, shown};
use super::sources::Sources;
use super::{Context, clean};
use crate::finding::{Finding, Place};
use crate::flow::insight::{Insight, Known};
use crate::gate::{Judged, Report};

/// Columns of source that are quoted.
const WIDE: usize = 100;

/// A line of a file, as findings would name it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The file.
    pub path: &'a str,
    /// From 1.
    pub line: u32,
}

/// Writes the findings that have to do with a line, each with its whole derivation, and what is known of the line.
///
/// # Errors
/// Whatever the sink says.
pub fn render(
    report: &Report,
    insight: Option<&Insight>,
    at: Line<'_>,
    context: &Context<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let touching: Vec<&Judged> = report.findings.iter().filter(|judged| touches(&judged.finding, at)).collect();
    for judged in &touching {
        derivation(judged, context.sources, out)?;
    }
    if touching.is_empty() {
        writeln!(out, "nothing is reported for {}:{}\n", clean(at.path), at.line)?;
    }
    known(insight, at, context.sources, out)?;
    writeln!(out, "{}", describe::window(report))
}

/// Whether a finding lies on the line or one of its steps does.
fn touches(finding: &Finding, at: Line<'_>) -> bool {
    let effect = finding.effect.iter().filter_map(|effect| effect.place.as_ref());
    let places = finding.steps.iter().map(|step| &step.place).chain(effect).chain([&finding.place]);
    let covers = |place: &Place| (shown(place.span).line..=shown(place.span).end_line).contains(&at.line);
    places.into_iter().any(|place| *place.path == *at.path && covers(place))
}

fn derivation(judged: &Judged, sources: &dyn Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let finding = &judged.finding;
    let (level, rule) = (judged.level.headline(), finding.rule);
    writeln!(out, "{level}[{rule}]: {}", clean(&finding.message))?;
    let mut steps: Vec<(&Place, &str)> = finding.steps.iter().map(|step| (&step.place, step.note.as_str())).collect();
    if !steps.iter().any(|(place, _)| **place == finding.place) {
        steps.push((&finding.place, "this is what is reported"));
    }
    let effect = finding.effect.as_ref();
    let ends = effect.and_then(|effect| Some((effect.place.as_ref()?, effect.text.as_str())));
    steps.extend(ends.filter(|(place, _)| !steps.iter().any(|(known, _)| known == place)));
    for (n, (place, note)) in steps.iter().enumerate() {
        let span = shown(place.span);
        writeln!(out, "  {}. {}:{}:{}: {}", n + 1, clean(&place.path), span.line, span.column, clean(note))?;
        quote(sources, &place.path, span.line, out)?;
    }
    if let Some(trigger) = &finding.trigger {
        writeln!(out, "  when: {}", describe::when(trigger))?;
    }
    if let Some(effect) = effect {
        writeln!(out, "  then: {}", clean(&effect.text))?;
    }
    writeln!(out, "  how sure: {}", format!("{:?}", finding.confidence).to_lowercase())?;
    for more in describe::reached_from(finding).into_iter().chain(describe::doubt(finding)) {
        writeln!(out, "  {}", clean(&more))?;
    }
    if let Some(waived) = &judged.waived {
        writeln!(out, "  waived: {}", clean(&waived.reason))?;
    }
    writeln!(out)
}

fn known(insight: Option<&Insight>, at: Line<'_>, sources: &dyn Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(insight) = insight else {
        return writeln!(out, "{} holds no code that defuse reads\n", clean(at.path));
    };
    let inside = insight.function.as_ref().map_or(String::new(), |function| format!(", in {function}"));
    writeln!(out, "what is known of {}:{}{}:", clean(at.path), at.line, clean(&inside))?;
    quote(sources, at.path, at.line, out)?;
    let source = sources.text(at.path);
    let line = source.as_deref().and_then(|text| text.lines().nth(at.line.saturating_sub(1) as usize)).unwrap_or("");
    for decision in &insight.decisions {
        writeln!(out, "  the decision {}: {}", clean(&cut(line, decision)), clean(&decision.text))?;
    }
    for value in &insight.values {
        writeln!(out, "  {}: {}", clean(&cut(line, value)), clean(&value.text))?;
    }
    if insight.unread {
        writeln!(out, "  the parser could not read this line")?;
    } else if insight.decisions.is_empty() && insight.values.is_empty() {
        writeln!(out, "  nothing on it can hold a time")?;
    }
    writeln!(out)
}

/// The text of an expression, as far as it stands on its first line.
fn cut(line: &str, known: &Known) -> String {
    let (from, span) = (known.span.column.saturating_sub(1) as usize, known.span);
    let until = if span.end_line > span.line { usize::MAX } else { span.end_column.saturating_sub(1) as usize };
    let text: String = line.chars().skip(from).take(until.saturating_sub(from).min(WIDE)).collect();
    format!("`{}`", text.trim())
}

fn quote(sources: &dyn Sources, path: &str, line: u32, out: &mut dyn io::Write) -> io::Result<()> {
    let text = sources.text(path);
    let quoted = text.as_deref().and_then(|text| text.lines().nth(line.saturating_sub(1) as usize));
    match quoted {
        Some(quoted) => {
            let short: String = quoted.trim().chars().take(WIDE).collect();
            writeln!(out, "       {line} | {}", clean(&short))
        }
        None => Ok(()),
    }
}
