//! For people at a terminal: what goes off, where, when, and what stops, with the source lines that prove it.

use std::collections::BTreeSet;
use std::io;

use super::describe;
use super::snippet::{self, Mark, Message};
use super::{Context, Renderer, clean};
use crate::catalogue;
use crate::check::Skip;
use crate::finding::{Finding, Rule, StepKind, Trigger};
use crate::gate::{Judged, Level, Report};

/// Files that are named when not all of them are asked for.
const NAMED: usize = 5;

/// Steps of one finding that are drawn; a bundle of certificates has a hundred and more.
const DRAWN: usize = 8;

/// The human format.
pub(super) struct Human;

impl Renderer for Human {
    fn render(&self, report: &Report, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut explained = BTreeSet::new();
        for judged in report.open().filter(|judged| context.style.verbose || judged.level > Level::Note) {
            let message = message(judged, report, explained.insert(judged.finding.rule));
            writeln!(out, "{}\n", snippet::draw(&message, context.sources, context.style))?;
        }
        passed_over(&report.files.unparsed, "not read to the end", context, out)?;
        if context.style.verbose {
            passed_over(&report.files.skipped, "passed over", context, out)?;
        }
        let counts = report.counts();
        let hidden = if counts.note > 0 && !context.style.verbose { " (-v shows the notes)" } else { "" };
        let (verdict, tally) = (describe::verdict(report), describe::tally(counts));
        writeln!(out, "{verdict}: {tally}{hidden}; {}; {}", describe::files(report), describe::window(report))
    }
}

fn passed_over(files: &[Skip], what: &str, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} {what}:", describe::count(files.len(), "file"))?;
    let shown = if context.style.verbose { files.len() } else { NAMED };
    for file in files.iter().take(shown) {
        writeln!(out, "  {}: {}", clean(&file.path), clean(&file.why))?;
    }
    if files.len() > shown {
        writeln!(out, "  and {} more (-v names them)", files.len() - shown)?;
    }
    writeln!(out)
}

fn message(judged: &Judged, report: &Report, first_of_rule: bool) -> Message {
    let finding = &judged.finding;
    let rule = finding.rule;
    Message {
        level: judged.level,
        id: Some(rule.id().to_owned()),
        url: Some(catalogue::url(rule)),
        title: finding.message.clone(),
        marks: marks(finding),
        notes: notes(finding),
        help: first_of_rule.then(|| help(finding, report)),
    }
}

/// The main place first, then the steps in their order and the effect. A step at the main place only lends its words.
fn marks(finding: &Finding) -> Vec<Mark> {
    let main = &finding.place;
    let here = finding.steps.iter().find(|step| step.place == *main);
    let effect = finding.effect.as_ref();
    let label = match (here, effect) {
        (Some(step), _) => step.note.clone(),
        (None, Some(effect)) if effect.place.is_none() => effect.text.clone(),
        (None, _) => String::new(),
    };
    let mut marks = vec![Mark { path: main.path.clone(), span: main.span, label, primary: true }];
    for step in finding.steps.iter().filter(|step| step.place != *main).take(DRAWN) {
        let (path, span) = (step.place.path.clone(), step.place.span);
        marks.push(Mark { path, span, label: step.note.clone(), primary: false });
    }
    let told = finding.steps.iter().any(|step| step.kind == StepKind::Effect);
    if let Some((effect, place)) = effect.and_then(|e| e.place.as_ref().map(|p| (e, p))).filter(|_| !told) {
        let (path, span) = (place.path.clone(), place.span);
        marks.push(Mark { path, span, label: effect.text.clone(), primary: false });
    }
    marks
}

fn notes(finding: &Finding) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(trigger) = &finding.trigger {
        let verb = if matches!(trigger, Trigger::At { .. }) { "triggers on" } else { "triggers" };
        let first = describe::first_host(trigger)
            .map_or(String::new(), |first| format!("; the first hosts anywhere (UTC+14) reach it on {first}"));
        notes.push(format!("{verb} {}{first}", describe::when(trigger)));
    }
    notes.extend(finding.effect.as_ref().map(|effect| format!("then: {}", effect.text)));
    let more = finding.steps.iter().filter(|step| step.place != finding.place).count().saturating_sub(DRAWN);
    notes.extend((more > 0).then(|| format!("{more} more lines belong to it; `--format json` names them")));
    notes.extend(describe::reached_from(finding));
    notes.extend(describe::doubt(finding));
    notes
}

fn help(finding: &Finding, report: &Report) -> String {
    let rule = finding.rule;
    if rule == Rule::StaleWaiver {
        return "mend or remove the waiver; `defuse explain stale-waiver` says more".to_owned();
    }
    let waive = if takes_comments(&finding.place.path) {
        let until = report.window.until.date_text();
        format!("put `defuse: allow({rule}) until={until} reason=\"…\"` in a comment on the line or above it")
    } else {
        "add it with its reason to `waivers` in defuse.yaml".to_owned()
    };
    format!("`defuse explain {rule}` says how to fix it; to ship it anyway, {waive}")
}

/// Whether an inline waiver can stand in a file.
fn takes_comments(path: &str) -> bool {
    const WITHOUT: [&str; 14] =
        ["json", "pem", "crt", "cer", "der", "key", "p12", "pfx", "jks", "asc", "gpg", "csv", "txt", "md"];
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    !path.contains("!/") && !WITHOUT.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{SOURCE, rendered, report};
    use super::*;

    #[test]
    fn the_whole_report() {
        let text = rendered(&Human, &report(), false);
        let expected = "\
error[date-gate]: the program stops on 2025-01-01
 --> src/a.c:3:9
  |
1 | const char *limit = \"2025-01-01\";
  |                     ------------ deadline 2025-01-01 is defined here
2 |
3 |     if (time(NULL) > END)
  |         ^^^^^^^^^^^^^^^^ exits
  |
  = note: triggers on 2025-01-01 local time; the first hosts anywhere (UTC+14) reach it on 2024-12-31 10:00 UTC
  = note: then: exits
  = note: reached from main
  = help: `defuse explain date-gate` says how to fix it; to ship it anyway, put `defuse: allow(date-gate) until=2027-01-01 reason=\"…\"` in a comment on the line or above it

1 file not read to the end:
  src/b.c: broken

fail: 1 error, 0 warnings, 1 note, 1 waived (-v shows the notes); 3 files seen, 2 parsed; release date 2024-01-01 (--release-date), supported until 2027-01-01
";
        assert_eq!(text, expected);
        assert!(SOURCE.contains("END"));
    }

    #[test]
    fn the_hint_fits_the_file() {
        let mut report = report();
        report.findings[0].finding.place.path = "certs/ca.PEM".into();
        let text = rendered(&Human, &report, false);
        assert!(text.contains("to ship it anyway, add it with its reason to `waivers` in defuse.yaml"), "{text}");
    }

    #[test]
    fn verbose_shows_the_notes() {
        let text = rendered(&Human, &report(), true);
        assert!(text.contains("note[date-gate]: the program stops on 2040-01-01"), "{text}");
        assert!(text.contains("passed over"), "{text}");
    }
}
