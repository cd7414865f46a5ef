//! Findings in words, the same in every format.

use crate::calendar::Civil;
use crate::finding::{Confidence, Entry, Finding, Span, Trigger, Zone};
use crate::gate::level::first_reached;
use crate::gate::verdict::{Counts, Verdict};
use crate::gate::{Judged, Report};

/// When it goes off: "2008-08-12, local time", "30 days after build".
pub(super) fn when(trigger: &Trigger) -> String {
    match trigger {
        Trigger::At { at, zone: Zone::Utc } => format!("{} UTC", moment(*at)),
        Trigger::At { at, zone: Zone::Local } => format!("{} local time", moment(*at)),
        Trigger::After { after, anchor } => format!("{} after {anchor}", after.words()),
    }
}

/// When the first host anywhere reaches a local time: "2008-08-11 10:00 UTC".
pub(super) fn first_host(trigger: &Trigger) -> Option<String> {
    match trigger {
        Trigger::At { at, zone: Zone::Local } => {
            first_reached(*at, Zone::Local).civil().map(|first| format!("{} UTC", moment(first)))
        }
        _ => None,
    }
}

/// The date, and the time of day unless it is midnight: "2008-08-12", "2008-08-11 10:00", "2038-01-19 03:14:08".
pub(super) fn moment(at: Civil) -> String {
    let date = at.date_text();
    match (at.is_midnight(), at.second()) {
        (true, _) => date,
        (false, 0) => format!("{date} {:02}:{:02}", at.hour(), at.minute()),
        (false, second) => format!("{date} {:02}:{:02}:{second:02}", at.hour(), at.minute()),
    }
}

/// Why it is not sure, where it is not.
pub(super) fn doubt(finding: &Finding) -> Option<String> {
    if let Some(reason) = &finding.note_only {
        return Some(format!("a note only: {reason}"));
    }
    match finding.confidence {
        Confidence::Proven => None,
        Confidence::Likely => Some("likely: one step is inferred from names or conventions".to_owned()),
        Confidence::Possible => Some("possible: the evidence is weak".to_owned()),
    }
}

/// The functions from each entry point down to the one that holds the fuse; none if all call it themselves.
pub(super) fn chains(finding: &Finding) -> Vec<Vec<&str>> {
    let entries = &finding.reach.entries;
    if is_direct(entries) {
        return Vec::new();
    }
    entries.iter().map(|entry| std::iter::once(&entry.name).chain(&entry.by).map(String::as_str).collect()).collect()
}

/// The entry points that stop working, the first few by name, with the way from each where one is longer than a call.
pub(super) fn reached_from(finding: &Finding) -> Vec<String> {
    const SHOWN: usize = 8;
    let entries = &finding.reach.entries;
    let (first, hidden) = entries.split_at(entries.len().min(SHOWN));
    let rest = finding.reach.rest(hidden.len());
    if is_direct(first) {
        let names: Vec<String> = first.iter().map(|entry| entry.name.clone()).chain(rest).collect();
        return if names.is_empty() { names } else { vec![format!("reached from {}", names.join(", "))] };
    }
    let way = |entry: &Entry| {
        let by: String = entry.by.iter().map(|name| format!(" → {}", bare(name))).collect();
        format!("{}{by}", entry.name)
    };
    first.iter().map(way).chain(rest).map(|way| format!("reached from {way}")).collect()
}

fn is_direct(entries: &[Entry]) -> bool {
    entries.iter().all(|entry| entry.by.len() < 2)
}

/// A function's name without its type's.
fn bare(name: &str) -> &str {
    name.rsplit([':', '.', '#']).next().filter(|bare| !bare.is_empty()).unwrap_or(name)
}

/// A span that can be printed: the file as a whole is line 1.
pub(super) fn shown(span: Span) -> Span {
    let (line, column) = (span.line.max(1), span.column.max(1));
    let end_line = span.end_line.max(line);
    let end_column = if end_line == line { span.end_column.max(column) } else { span.end_column.max(1) };
    Span { line, column, end_line, end_column }
}

/// "1 error, 2 warnings, 3 notes, 1 waived".
pub(super) fn tally(counts: Counts) -> String {
    let mut parts = vec![count(counts.deny, "error"), count(counts.warn, "warning"), count(counts.note, "note")];
    parts.push(format!("{} waived", counts.waived));
    if counts.baseline > 0 {
        parts.push(format!("{} in the baseline", counts.baseline));
    }
    parts.join(", ")
}

/// "release date 2008-07-25 (--release-date), supported until 2011-07-25".
pub(super) fn window(report: &Report) -> String {
    let window = &report.window;
    let (from, until) = (window.from.date_text(), window.until.date_text());
    format!("release date {from} ({}), supported until {until}", window.source)
}

/// "812 files seen, 14 parsed".
pub(super) fn files(report: &Report) -> String {
    format!("{} seen, {} parsed", count(report.files.seen, "file"), report.files.parsed)
}

/// "pass" or "fail".
pub(super) const fn verdict(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
    }
}

/// The message and, where it does not say so itself, when it goes off.
pub(super) fn sentence(judged: &Judged) -> String {
    let finding = &judged.finding;
    let dated = finding.trigger.as_ref().filter(|trigger| match trigger {
        Trigger::At { at, .. } => !finding.message.contains(&at.date_text()),
        Trigger::After { after, .. } => !finding.message.contains(&after.words()),
    });
    dated.map_or_else(|| finding.message.clone(), |trigger| format!("{} ({})", finding.message, when(trigger)))
}

/// "1 file", "2 files".
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::calendar::Period;
    use crate::finding::Reach;
    use crate::finding::{Anchor, Rule};
    use crate::gate::test_support::{at, finding};

    #[test]
    fn triggers_in_words() {
        let local = at("2008-08-12", Zone::Local);
        assert_eq!(when(&local), "2008-08-12 local time");
        assert_eq!(first_host(&local).unwrap(), "2008-08-11 10:00 UTC");
        assert_eq!(first_host(&at("2008-08-12", Zone::Utc)), None);
        let end = Trigger::At { at: Civil::new(2038, 1, 19, 3, 14, 8).unwrap(), zone: Zone::Utc };
        assert_eq!(when(&end), "2038-01-19 03:14:08 UTC");
        assert_eq!(when(&Trigger::After { after: Period::days(30), anchor: Anchor::Build }), "30 days after build");
    }

    #[test]
    fn long_lists_are_cut() {
        let mut many = finding(Rule::DateGate, "2025-01-01");
        assert_eq!(reached_from(&many), ["reached from main"]);
        let direct = |name: &str| Entry { name: name.to_owned(), by: Vec::new() };
        many.reach.entries = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(direct).to_vec();
        many.reach.more = 30;
        assert_eq!(reached_from(&many), ["reached from a, b, c, d, e, f, g, h, … and 32 more"]);
        many.reach = Reach { cut: true, ..Reach::default() };
        assert_eq!(reached_from(&many), ["reached from … and perhaps more"]);
        assert!(reached_from(&Finding { reach: Reach::default(), ..many }).is_empty());
    }

    #[test]
    fn ways_of_several_calls_are_shown() {
        let mut finding = finding(Rule::DateGate, "2025-01-01");
        let by = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        finding.reach.entries =
            vec![Entry { name: "vm::Vm::on".to_owned(), by: by(&["lic::Manager::checkout", "lic::Manager::over"]) }];
        assert_eq!(reached_from(&finding), ["reached from vm::Vm::on → checkout → over"]);
        assert_eq!(chains(&finding), [["vm::Vm::on", "lic::Manager::checkout", "lic::Manager::over"]]);
    }

    #[test]
    fn the_whole_file_is_line_one() {
        assert_eq!(shown(Span::default()), Span::on_line(1, 1, 1));
        assert_eq!(shown(Span { line: 3, column: 5, end_line: 2, end_column: 1 }), Span::on_line(3, 5, 5));
    }
}
