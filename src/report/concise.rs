//! One line for each finding, as compilers write them: `path:line:column: error[rule]: message`.

use std::io;

use super::describe::{self, shown};
use super::{Context, Renderer, clean};
use crate::gate::{Level, Report};

/// The concise format.
pub(super) struct Concise;

impl Renderer for Concise {
    fn render(&self, report: &Report, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        for judged in report.open().filter(|judged| context.style.verbose || judged.level > Level::Note) {
            let (place, rule) = (&judged.finding.place, judged.finding.rule);
            let (path, span) = (clean(&place.path), shown(place.span));
            let (level, text) = (judged.level.headline(), describe::sentence(judged));
            writeln!(out, "{path}:{}:{}: {level}[{rule}]: {}", span.line, span.column, clean(&text))?;
        }
        for file in &report.files.unparsed {
            writeln!(out, "{}:1:1: not read to the end: {}", clean(&file.path), clean(&file.why))?;
        }
        let (verdict, tally) = (describe::verdict(report), describe::tally(report.counts()));
        writeln!(out, "{verdict}: {tally}; {}", describe::window(report))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn one_line_each() {
        let expected = "\
src/a.c:3:9: error[date-gate]: the program stops on 2025-01-01
src/b.c:1:1: not read to the end: broken
fail: 1 error, 0 warnings, 1 note, 1 waived; release date 2024-01-01 (--release-date), supported until 2027-01-01
";
        assert_eq!(rendered(&Concise, &report(), false), expected);
    }

    #[test]
    fn control_characters_do_not_pass() {
        let mut report = report();
        report.findings[0].finding.message = "a\u{1b}[2Jb".into();
        assert!(!rendered(&Concise, &report, true).contains('\u{1b}'));
    }
}
