//! Findings and windows for the tests of gate and report.
#![allow(clippy::unwrap_used)]

use super::window::{self, Source, Window};
use crate::finding::{Confidence, Effect, Finding, Place, Reach, Rule, Severity, Span, Step, StepKind, Trigger, Zone};

/// A window from one day to another, as if `--release-date` had named it.
pub(crate) fn window(from: &str, until: &str) -> Window {
    Window { from: window::day(from).unwrap(), until: window::day(until).unwrap(), source: Source::Flag }
}

/// A trigger at midnight of a day.
pub(crate) fn at(when: &str, zone: Zone) -> Trigger {
    Trigger::At { at: window::day(when).unwrap(), zone }
}

/// A place on one line.
pub(crate) fn place(path: &str, line: u32, column: u32, end_column: u32) -> Place {
    Place { path: path.into(), span: Span::on_line(line, column, end_column) }
}

/// A proven finding in `src/a.c`, line 3, with a deadline on line 1.
pub(crate) fn finding(rule: Rule, when: &str) -> Finding {
    Finding {
        rule,
        confidence: Confidence::Proven,
        place: place("src/a.c", 3, 9, 25),
        message: format!("the program stops on {when}"),
        trigger: Some(at(when, Zone::Utc)),
        effect: Some(Effect { severity: Severity::Exits, text: "exits".into(), place: None }),
        in_test: false,
        steps: vec![Step {
            place: place("src/a.c", 1, 21, 31),
            kind: StepKind::Deadline,
            note: format!("deadline {when} is defined here"),
        }],
        reach: Reach::one("main".into()),
        matched: "time(NULL) > END".into(),
        note_only: None,
    }
}
