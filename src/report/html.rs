//! A page on its own: no script, no font and no picture from elsewhere, so that it can be kept with the release.

use std::io;

use super::describe::{self, shown};
use super::markup::escaped;
use super::{Context, Renderer, Sources, clean};
use crate::catalogue;
use crate::finding::Place;
use crate::gate::{Judged, Report};

/// Lines shown around a place.
const AROUND: usize = 2;

/// Characters of a source line that are shown.
const WIDTH: usize = 200;

const STYLE: &str = include_str!("html.css");

/// The HTML format.
pub(super) struct Html;

impl Renderer for Html {
    fn render(&self, report: &Report, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let verdict = describe::verdict(report);
        writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
        writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(out, "<title>defuse: {verdict}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>")?;
        let window = escaped(&describe::window(report));
        writeln!(
            out,
            "<h1 class=\"{verdict}\">{verdict}</h1>\n<p>{}; {window}.</p>",
            escaped(&describe::tally(report.counts()))
        )?;
        writeln!(out, "<p>{}.</p>", escaped(&describe::files(report)))?;
        if !report.findings.is_empty() {
            table(report, out)?;
        }
        for (index, judged) in report.findings.iter().enumerate() {
            section(index, judged, context, out)?;
        }
        unparsed(report, out)?;
        writeln!(out, "</body>\n</html>")
    }
}

fn table(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<table>\n<tr><th>When</th><th>What</th><th>Where</th><th>Rule</th><th>Level</th></tr>")?;
    for (index, judged) in report.findings.iter().enumerate() {
        let finding = &judged.finding;
        let when = finding.trigger.as_ref().map(describe::when).unwrap_or_default();
        let level = if judged.waived.is_some() { "waived" } else { judged.level.name() };
        writeln!(
            out,
            "<tr class=\"{level}\"><td>{}</td><td><a href=\"#f{index}\">{}</a></td><td>{}</td><td>{}</td><td>{level}</td></tr>",
            escaped(&when),
            escaped(&finding.message),
            escaped(&place_name(&finding.place)),
            finding.rule,
        )?;
    }
    writeln!(out, "</table>")
}

fn section(index: usize, judged: &Judged, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let finding = &judged.finding;
    writeln!(out, "<section id=\"f{index}\">\n<h2>{}</h2>", escaped(&finding.message))?;
    let mut facts: Vec<String> = Vec::new();
    facts.extend(finding.trigger.as_ref().map(|trigger| format!("Triggers: {}", describe::when(trigger))));
    let first = finding.trigger.as_ref().and_then(describe::first_host);
    facts.extend(first.map(|first| format!("The first hosts anywhere (UTC+14) reach it on {first}")));
    facts.extend(finding.effect.as_ref().map(|effect| format!("Then: {}", effect.text)));
    facts.extend(describe::reached_from(finding));
    facts.extend(describe::doubt(finding));
    facts.extend(judged.waived.as_ref().map(|waived| format!("Waived: {}", waived.reason)));
    writeln!(out, "<ul>")?;
    for fact in facts {
        writeln!(out, "<li>{}</li>", escaped(&fact))?;
    }
    let rule = finding.rule;
    writeln!(out, "<li><a href=\"{}\">{rule}</a></li>\n</ul>", escaped(&catalogue::url(rule)))?;
    lines(&finding.place, "", context.sources, out)?;
    for step in finding.steps.iter().filter(|step| step.place != finding.place) {
        lines(&step.place, &step.note, context.sources, out)?;
    }
    writeln!(out, "</section>")
}

fn lines(place: &Place, note: &str, sources: &dyn Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let label = if note.is_empty() { place_name(place) } else { format!("{}: {note}", place_name(place)) };
    writeln!(out, "<figure><figcaption>{}</figcaption>", escaped(&label))?;
    if let Some(text) = sources.text(&place.path) {
        let line = shown(place.span).line as usize;
        let first = line.saturating_sub(AROUND).max(1);
        write!(out, "<pre>")?;
        for (number, code) in (first..=line + AROUND).zip(text.lines().skip(first - 1)) {
            let cut: String = code.chars().take(WIDTH).collect();
            let code = escaped(&clean(&cut));
            let tag = if number == line { "mark" } else { "span" };
            writeln!(out, "<{tag}>{number:5}  {code}</{tag}>")?;
        }
        writeln!(out, "</pre>")?;
    }
    writeln!(out, "</figure>")
}

fn unparsed(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    if report.files.unparsed.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Not parsed</h2>\n<ul>")?;
    for file in &report.files.unparsed {
        writeln!(out, "<li>{}: {}</li>", escaped(&file.path), escaped(&file.why))?;
    }
    writeln!(out, "</ul>")
}

fn place_name(place: &Place) -> String {
    format!("{}:{}", place.path, shown(place.span).line)
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn a_page_on_its_own() {
        let page = rendered(&Html, &report(), false);
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        assert!(page.contains("<mark>    3      if (time(NULL) &gt; END)</mark>"), "{page}");
        for outside in ["<script", "<link", "src=\"", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert_eq!(page.matches("<section").count(), 3);
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut report = report();
        report.findings[0].finding.message = "<script>alert(1)</script>".into();
        report.findings[0].finding.place.path = "\"><img>".into();
        let page = rendered(&Html, &report, false);
        assert!(!page.contains("<script") && !page.contains("<img"));
    }
}
