//! One report that every renderer's test reads.
#![allow(clippy::unwrap_used)]

use super::sources::Memory;
use super::{Context, Renderer, Style};
use crate::calendar::Period;
use crate::catalogue::Catalogue;
use crate::check::Skip;
use crate::finding::{Anchor, Finding, Rule, Trigger, Zone};
use crate::gate::test_support::{at, finding, window};
use crate::gate::verdict::{Files, Verdict, Waived, WaivedBy};
use crate::gate::{Judged, Level, Report};

/// The text of `src/a.c`.
pub(super) const SOURCE: &str = "const char *limit = \"2025-01-01\";\n\n    if (time(NULL) > END)\n        exit(1);\n";

/// A denied finding, a note past the window and a waived one, in that order.
pub(super) fn report() -> Report {
    let mut local = finding(Rule::DateGate, "2025-01-01");
    local.trigger = Some(at("2025-01-01", Zone::Local));
    local.steps[0].place.span.end_column = 33;
    let trial = Finding {
        trigger: Some(Trigger::After { after: Period::days(30), anchor: Anchor::Install }),
        message: "the product stops after its trial".into(),
        ..finding(Rule::TrialPeriod, "2025-01-01")
    };
    let waived = Waived {
        reason: "the product".into(),
        owner: Some("licensing".into()),
        until: crate::gate::window::day("2026-06-30"),
        by: WaivedBy::Config,
    };
    let judged =
        |finding: Finding, level, n: u32, waived| Judged { finding, level, fingerprint: format!("{n:032x}"), waived };
    Report {
        window: window("2024-01-01", "2027-01-01"),
        verdict: Verdict::Fail,
        files: Files {
            seen: 3,
            parsed: 2,
            unparsed: vec![Skip { path: "src/b.c".into(), why: "broken".into() }],
            skipped: vec![Skip { path: "big.js".into(), why: "larger than 1 MB".into() }],
        },
        findings: vec![
            judged(local, Level::Deny, 1, None),
            judged(finding(Rule::DateGate, "2040-01-01"), Level::Note, 2, None),
            judged(trial, Level::Deny, 3, Some(waived)),
        ],
    }
}

/// What a renderer makes of a report.
pub(super) fn rendered(renderer: &dyn Renderer, report: &Report, verbose: bool) -> String {
    let (sources, catalogue) = (Memory::from_iter([("src/a.c", SOURCE)]), Catalogue::when_asked());
    let style = Style { verbose, ..Style::default() };
    let mut out = Vec::new();
    renderer.render(report, &Context { sources: &sources, catalogue: &catalogue, style }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
