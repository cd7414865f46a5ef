//! Workflow commands, which GitHub shows as annotations on the changed lines.

use std::io;

use super::describe::{self, shown};
use super::{Context, Renderer};
use crate::gate::{Judged, Level, Report};

/// The GitHub format.
pub(super) struct Github;

impl Renderer for Github {
    fn render(&self, report: &Report, _context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        for judged in report.open() {
            writeln!(out, "{}", command(judged))?;
        }
        for file in &report.files.unparsed {
            writeln!(out, "::warning file={},title=not read to the end::{}", property(&file.path), data(&file.why))?;
        }
        let (verdict, tally) = (describe::verdict(report), describe::tally(report.counts()));
        writeln!(out, "{verdict}: {tally}; {}", describe::window(report))
    }
}

fn command(judged: &Judged) -> String {
    let place = &judged.finding.place;
    let span = shown(place.span);
    let kind = match judged.level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "notice",
    };
    // Columns only make sense to GitHub on a single line.
    let columns = if span.line == span.end_line {
        format!(",col={},endColumn={}", span.column, span.end_column.max(span.column + 1) - 1)
    } else {
        String::new()
    };
    format!(
        "::{kind} file={},line={},endLine={}{columns},title={}::{}",
        property(&place.path),
        span.line,
        span.end_line,
        property(judged.finding.rule.id()),
        data(&describe::sentence(judged)),
    )
}

/// The text of a command: a line break or a `%` would end or change it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: `:` and `,` would end it too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn one_command_each() {
        let text = rendered(&Github, &report(), false);
        let lines: Vec<&str> = text.lines().collect();
        let first =
            "::error file=src/a.c,line=3,endLine=3,col=9,endColumn=24,title=date-gate::the program stops on 2025-01-01";
        assert_eq!(lines[0], first);
        assert!(lines[1].starts_with("::notice "), "{text}");
        assert_eq!(lines[2], "::warning file=src/b.c,title=not read to the end::broken");
        assert!(lines[3].starts_with("fail: 1 error"));
    }

    #[test]
    fn nothing_breaks_out_of_a_command() {
        let mut report = report();
        report.findings[0].finding.place.path = "a,b:c%d\n.c".into();
        report.findings[0].finding.message = "100%\r\n::error::x".into();
        let text = rendered(&Github, &report, false);
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("::error file=a%2Cb%3Ac%25d%0A.c,line=3"), "{first}");
        assert!(first.ends_with("::100%25%0D%0A::error::x (2025-01-01 local time)"), "{first}");
    }
}
