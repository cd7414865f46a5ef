//! A calendar of the triggers (iCalendar, RFC 5545), so that a date that is shipped on purpose is at least in a diary.
//!
//! Gates that are open already and dates that never matter are left out. A limit that counts from an anchor is entered
//! on the first day that anybody can meet it: the period after the release date.

use std::io;

use super::describe::{self, shown};
use super::{Context, Renderer};
use crate::calendar::Civil;
use crate::finding::{Trigger, Zone};
use crate::gate::{Judged, Report};

/// Octets to a line, by RFC 5545 section 3.1.
const LINE: usize = 75;

/// The calendar format.
pub(super) struct Ics;

impl Renderer for Ics {
    fn render(&self, report: &Report, _context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            format!("PRODID:-//defuse//defuse {}//EN", env!("CARGO_PKG_VERSION")),
        ];
        for judged in &report.findings {
            lines.extend(event(judged, report));
        }
        lines.push("END:VCALENDAR".to_owned());
        lines.iter().try_for_each(|line| write!(out, "{}\r\n", folded(line)))
    }
}

fn event(judged: &Judged, report: &Report) -> Vec<String> {
    let finding = &judged.finding;
    let from = report.window.from;
    let start = match &finding.trigger {
        Some(Trigger::At { at, zone }) if *at >= from && finding.note_only.is_none() => Some((*at, *zone)),
        Some(Trigger::After { after, .. }) => after.after(from.instant()).and_then(|at| Some((at.civil()?, Zone::Utc))),
        _ => None,
    };
    let Some((at, zone)) = start else { return Vec::new() };
    let suffix = if zone == Zone::Utc { "Z" } else { "" };
    let place = format!("{}:{}", finding.place.path, shown(finding.place.span).line);
    let waived = judged.waived.as_ref().map(|waived| format!("waived: {}", waived.reason));
    let mut about = vec![describe::sentence(judged)];
    about.extend(finding.effect.as_ref().map(|effect| format!("then: {}", effect.text)));
    about.extend(describe::reached_from(finding));
    about.extend(waived);
    vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@defuse", judged.fingerprint),
        format!("DTSTAMP:{}Z", stamp(from)),
        format!("DTSTART:{}{suffix}", stamp(at)),
        format!("SUMMARY:{}", text(&format!("{}: {}", finding.rule, finding.message))),
        format!("LOCATION:{}", text(&place)),
        format!("DESCRIPTION:{}", text(&about.join("\n"))),
        format!("CATEGORIES:{}", judged.level.name()),
        "END:VEVENT".to_owned(),
    ]
}

fn stamp(at: Civil) -> String {
    let (date, time) = ((at.year(), at.month(), at.day()), (at.hour(), at.minute(), at.second()));
    format!("{:04}{:02}{:02}T{:02}{:02}{:02}", date.0, date.1, date.2, time.0, time.1, time.2)
}

/// A TEXT value, section 3.3.11.
fn text(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A long line goes on in the next after a blank, and no character is cut in two.
fn folded(line: &str) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for c in line.chars() {
        if used + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn an_event_each() {
        let calendar = rendered(&Ics, &report(), false);
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 3);
        assert!(calendar.contains("DTSTART:20250101T000000\r\n"), "local time floats");
        assert!(calendar.contains("DTSTART:20400101T000000Z\r\n"));
        assert!(calendar.contains("DTSTART:20240131T000000Z\r\n"), "30 days after the release");
        assert!(calendar.contains("DTSTAMP:20240101T000000Z\r\n"));
        assert!(calendar.lines().all(|line| line.len() <= LINE));
    }

    #[test]
    fn what_is_past_or_never_is_left_out() {
        let mut report = report();
        report.window.from = crate::gate::test_support::window("2041-01-01", "2042-01-01").from;
        assert_eq!(rendered(&Ics, &report, false).matches("BEGIN:VEVENT").count(), 1);
    }

    #[test]
    fn values_are_escaped_and_lines_folded() {
        assert_eq!(text("a,b;c\\d\ne\u{7}"), "a\\,b\\;c\\\\d\\ne ");
        let long = folded(&"ä".repeat(100));
        assert!(long.split("\r\n").all(|line| line.len() <= LINE), "{long}");
        assert_eq!(long.replace("\r\n ", ""), "ä".repeat(100));
    }
}
