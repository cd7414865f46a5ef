//! JUnit XML, for test reporters: one test case for each finding. Denied ones fail, waived ones are skipped, the others
//! pass and say what they are.

use std::io;

use super::describe::{self, shown};
use super::markup::escaped;
use super::{Context, Renderer};
use crate::gate::{Judged, Level, Report};

/// The JUnit format.
pub(super) struct Junit;

impl Renderer for Junit {
    fn render(&self, report: &Report, _context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let counts = report.counts();
        let (tests, failures) = (report.findings.len().max(1), counts.deny);
        let skipped = report.findings.iter().filter(|judged| judged.waived.is_some()).count();
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"defuse\" tests=\"{tests}\" failures=\"{failures}\">")?;
        writeln!(
            out,
            "  <testsuite name=\"defuse\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">"
        )?;
        if report.findings.is_empty() {
            writeln!(out, "    <testcase classname=\"defuse\" name=\"nothing stops on a date\"/>")?;
        }
        for judged in &report.findings {
            out.write_all(case(judged).as_bytes())?;
        }
        writeln!(out, "    <system-out>{}</system-out>", escaped(&describe::window(report)))?;
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

fn case(judged: &Judged) -> String {
    let (place, rule) = (&judged.finding.place, judged.finding.rule);
    let (path, line) = (escaped(&place.path), shown(place.span).line);
    let sentence = escaped(&describe::sentence(judged));
    let result = match (&judged.waived, judged.level) {
        (Some(waived), _) => format!("<skipped message=\"{}\"/>", escaped(&waived.reason)),
        (None, Level::Deny) => {
            format!("<failure type=\"{rule}\" message=\"{sentence}\">{}</failure>", escaped(&details(judged)))
        }
        (None, level) => format!("<system-out>{}: {sentence}</system-out>", level.headline()),
    };
    format!(
        "    <testcase classname=\"{path}\" name=\"{rule} line {line}\" file=\"{path}\" line=\"{line}\">\n      \
         {result}\n    </testcase>\n"
    )
}

fn details(judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut lines =
        vec![format!("{}:{}: {}", finding.place.path, shown(finding.place.span).line, describe::sentence(judged))];
    for step in &finding.steps {
        lines.push(format!("{}:{}: {}", step.place.path, shown(step.place.span).line, step.note));
    }
    lines.extend(finding.effect.as_ref().map(|effect| format!("then: {}", effect.text)));
    lines.extend(describe::reached_from(finding));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_support::{rendered, report};
    use super::*;

    #[test]
    fn it_is_xml_with_a_case_each() {
        let text = rendered(&Junit, &report(), false);
        let xml = roxmltree::Document::parse(&text).unwrap();
        let suite = xml.root_element().first_element_child().unwrap();
        let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
        assert_eq!(cases.len(), 3);
        let kinds: Vec<&str> = cases.iter().map(|case| case.first_element_child().unwrap().tag_name().name()).collect();
        assert_eq!(kinds, ["failure", "system-out", "skipped"]);
        assert_eq!((suite.attribute("failures"), suite.attribute("skipped")), (Some("1"), Some("1")));
    }

    #[test]
    fn hostile_text_stays_text_and_an_empty_report_has_a_case() {
        let mut report = report();
        report.findings[0].finding.message = "</failure>\u{0}\u{1b}&\"".into();
        report.findings[0].finding.place.path = "a\"<b>.c".into();
        roxmltree::Document::parse(&rendered(&Junit, &report, false)).unwrap();
        report.findings.clear();
        assert!(rendered(&Junit, &report, false).contains("<testcase classname=\"defuse\""));
    }
}
