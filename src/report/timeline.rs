//! What goes off when, in date order, one line each, whatever its level.

use std::io;

use super::clean;
use super::describe::{self, shown};
use crate::finding::Trigger;
use crate::gate::{Judged, Report};

/// Writes the timeline. The ends of the window stand among the dates, so that one sees on which side each lies.
///
/// # Errors
/// Whatever the sink says.
pub fn render(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let dated: Vec<&Judged> = report.findings.iter().filter(|judged| judged.finding.trigger.is_some()).collect();
    let lines: Vec<(String, String)> = dated.iter().filter_map(|judged| line(judged)).collect();
    let width = lines.iter().map(|(when, _)| when.chars().count()).max().unwrap_or(0);
    let mut ends = ends(report);
    for (judged, (when, what)) in dated.iter().zip(&lines) {
        while ends.first().is_some_and(|(end, _)| passed(judged, *end)) {
            let (_, words) = ends.remove(0);
            writeln!(out, "{words}")?;
        }
        writeln!(out, "{when:width$}  {}", clean(what))?;
    }
    for (_, words) in ends {
        writeln!(out, "{words}")?;
    }
    Ok(())
}

fn line(judged: &Judged) -> Option<(String, String)> {
    let finding = &judged.finding;
    let when = describe::when(finding.trigger.as_ref()?);
    let (path, line) = (&finding.place.path, shown(finding.place.span).line);
    let effect = finding.effect.as_ref().map_or(String::new(), |effect| format!("; then: {}", effect.text));
    let waived = judged.waived.as_ref().map_or("", |_| ", waived");
    let (level, rule) = (judged.level.name(), finding.rule);
    Some((when, format!("{path}:{line}: {} [{rule}, {level}{waived}]{effect}", finding.message)))
}

fn ends(report: &Report) -> Vec<(crate::calendar::Civil, String)> {
    let window = &report.window;
    let (from, until) = (window.from.date_text(), window.until.date_text());
    vec![
        (window.from, format!("-- {from}: release ({})", window.source)),
        (window.until, format!("-- {until}: end of support")),
    ]
}

/// Whether the end stands before that finding in the list. Limits with an anchor come after all dates.
fn passed(judged: &Judged, end: crate::calendar::Civil) -> bool {
    match &judged.finding.trigger {
        Some(Trigger::At { at, .. }) => *at >= end,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_support::report;
    use super::*;

    #[test]
    fn dates_in_order_with_the_window_among_them() {
        let mut out = Vec::new();
        render(&report(), &mut out).unwrap();
        let expected = "\
-- 2024-01-01: release (--release-date)
2025-01-01 local time  src/a.c:3: the program stops on 2025-01-01 [date-gate, deny]; then: exits
-- 2027-01-01: end of support
2040-01-01 UTC         src/a.c:3: the program stops on 2040-01-01 [date-gate, note]; then: exits
30 days after install  src/a.c:3: the product stops after its trial [trial-period, deny, waived]; then: exits
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
