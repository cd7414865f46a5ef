//! The flow from end to end on small programs: what goes off, where, when, and what then. Each program is written for
//! the one thing that it tests; `rules/catalogue` holds the wider set, in every language.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use crate::calendar;
use crate::finding::{Finding, Trigger};
use crate::language::registry::Languages;
use crate::vocabulary::Vocabulary;

use super::{World, link, test_code, trace};

/// One line per fuse: `FILE:LINE TRIGGER: message`, sorted.
fn fuses(language: &str, release: &str, sources: &[(&str, &str)]) -> Vec<String> {
    lines(language, release, sources, |linked| linked.fuses.into_iter().map(|fuse| fuse.finding).collect())
}

/// One line per finding that `pick` takes from what is found.
fn lines(
    language: &str,
    release: &str,
    sources: &[(&str, &str)],
    pick: impl FnOnce(link::Linked) -> Vec<Finding>,
) -> Vec<String> {
    let languages = Languages::load(&[]).unwrap();
    let vocabulary = Vocabulary::embedded().unwrap();
    let language = languages.list().iter().find(|l| l.id == language).unwrap();
    let files: Vec<_> = sources
        .iter()
        .map(|(path, text)| {
            let module = (language.lower)(text);
            assert!(module.gaps.is_empty(), "{path} does not parse: {:?}", module.gaps);
            let mut facts = trace::trace((*path).into(), &module, &language.models);
            facts.language = language.id;
            test_code::mark(&mut facts, &module, text, &language.models);
            facts
        })
        .collect();
    let models = languages.models();
    let from = calendar::read(release).unwrap().civil;
    let until = from.add_months(36).unwrap();
    let files: Vec<_> = files.iter().collect();
    let world = World::new(&files, &models, &vocabulary, HashMap::new(), (from, until));
    let mut lines: Vec<String> =
        pick(link::Program::new(&world, &super::reach::CallGraph::new(&world)).find(link::Budget::USUAL))
            .iter()
            .filter(|finding| finding.note_only.is_none())
            .map(|finding| {
                let trigger = match finding.trigger.as_ref().unwrap() {
                    Trigger::At { at, .. } if at.is_midnight() => at.date_text(),
                    Trigger::At { at, .. } => at.to_string(),
                    Trigger::After { after, anchor } => format!("{after} after {anchor}"),
                };
                format!("{}:{} {trigger}: {}", finding.place.path, finding.place.span.line, finding.message)
            })
            .collect();
    lines.sort();
    lines
}

fn rust(text: &str) -> Vec<String> {
    fuses("rust", "2025-01-01", &[("a.rs", text)])
}

const CLOCK: &str = "fn now() -> u64 { SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() }\n";

fn with_clock(text: &str) -> Vec<String> {
    rust(&format!("{CLOCK}{text}"))
}

#[cfg(feature = "bash")]
mod bash;
mod cases;
#[cfg(feature = "dart")]
mod dart;
#[cfg(feature = "javascript")]
mod javascript;
#[cfg(feature = "objc")]
mod objc;
#[cfg(feature = "php")]
mod php;
#[cfg(feature = "python")]
mod python;
mod rollover;
mod rust_models;
#[cfg(feature = "swift")]
mod swift;
mod validity;

#[test]
fn a_constant_behind_a_getter_meets_the_clock() {
    let found =
        with_clock("const END: u64 = 1_764_115_200;\nfn check() { if now() > END { std::process::exit(88); } }");
    assert_eq!(found, ["a.rs:3 2025-11-26: `check` exits (std::process::exit) from 2025-11-26 on"]);
}

#[test]
fn arithmetic_on_either_side_moves_the_trigger() {
    for (condition, at) in [
        ("now() + 30 * 86_400 > 1_764_115_200", "2025-10-27"),
        ("1_764_115_200 - now() <= 0", "2025-11-26"),
        ("now() / 86_400 >= 20_418", "2025-11-26"),
        ("now() * 1000 > 1_764_115_200_000", "2025-11-26"),
        ("!(now() < 1_764_115_200)", "2025-11-26"),
    ] {
        let found = with_clock(&format!("fn check() {{ if {condition} {{ panic!(\"over\") }} }}"));
        assert_eq!(found, [format!("a.rs:2 {at}: `check` fails (panic!) from {at} on")], "{condition}");
    }
}

#[test]
fn years_months_and_days_fold_into_one_trigger() {
    for condition in [
        "d.year() > 2026 || (d.year() == 2026 && d.month() >= 3)",
        "d.year() * 100 + d.month() >= 202603",
        "d.year() * 12 + d.month() > 2026 * 12 + 2",
        "(d.year(), d.month()) >= (2026, 3)",
        "d.format(\"%Y%m%d\").to_string() >= \"20260301\".to_string()",
        "d >= NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()",
    ] {
        let found = rust(&format!(
            "fn check() -> Result<(), E> {{ let d = Utc::now();\n if {condition} {{ return Err(E::Expired); }} Ok(()) }}"
        ));
        assert_eq!(found, ["a.rs:2 2026-03-01: `check` returns Err(Expired) from 2026-03-01 on"], "{condition}");
    }
}

#[test]
fn of_two_comparisons_the_one_with_a_known_date_counts() {
    let found = with_clock(
        "fn active(o: &Options) -> bool {\n if o.is_set(\"fork\") { return now() >= o.time(\"fork\"); }\n now() >= 1_764_115_200 }",
    );
    assert_eq!(found, ["a.rs:4 2025-11-26: `active` answers true from 2025-11-26 on"]);
}

#[test]
fn a_stored_answer_is_followed_to_its_reader() {
    let found = with_clock(
        "struct L { over: bool }\nimpl L {\n fn load(&mut self) { self.over = is_over(); }\n fn open(&self) { if self.over { std::process::exit(1) } } }\nfn is_over() -> bool { now() > 1_764_115_200 }",
    );
    assert_eq!(found, ["a.rs:6 2025-11-26: `is_over` exits (std::process::exit) from 2025-11-26 on"]);
}

#[test]
fn a_wrapped_result_is_an_outcome() {
    let found = rust("fn f() -> Result<bool, E> { if Utc::now().year() > 2026 { return Ok(false); } Ok(true) }");
    assert_eq!(found, ["a.rs:1 2027-01-01: `f` returns Ok(false) from 2027-01-01 on"]);
}

#[test]
fn nested_decisions_count_together() {
    let found =
        rust("fn check() { let d = Utc::now(); if d.year() >= 2026 { if d.month() >= 6 { std::process::exit(1) } } }");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("a.rs:1 2026-06-01: `check` exits"), "{found:?}");
}

#[test]
fn a_truth_value_is_followed_to_what_it_decides() {
    let found = with_clock(
        "struct License { until: u64 }
impl License {
    fn trial() -> Self { Self { until: 1_764_115_200 } }
    fn is_expired(&self) -> bool { now() >= self.until }
    fn days_left(&self) -> i64 { (self.until - now()) / 86_400 }
}
pub fn open() -> Result<File, Error> {
    let license = License::trial();
    if license.is_expired() { return Err(Error::Denied); }
    Ok(File)
}",
    );
    assert_eq!(found, ["a.rs:5 2025-11-26: `License::is_expired` returns Err(Denied) from 2025-11-26 on"]);
}

#[test]
fn a_date_passed_to_a_helper_is_found_at_its_comparison() {
    let found = with_clock(
        "fn guard(end: u64) { if now() > end { panic!() } }\nfn main() { guard(1_764_115_200); guard(1_790_000_000); }",
    );
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("a.rs:2 2025-11-26") && found[1].starts_with("a.rs:2 2026-09-21"), "{found:?}");
}

#[test]
fn a_clock_passed_to_a_helper_is_found_there() {
    let found = with_clock(
        "fn late(t: u64) -> bool { t > 1_764_115_200 }\nfn main() { let t = now(); if late(t) { panic!() } }",
    );
    assert_eq!(found, ["a.rs:2 2025-11-26: `late` fails (panic!) from 2025-11-26 on"]);
}

#[test]
fn every_entry_of_a_table_is_one() {
    let found = with_clock(
        "const EOL: [(&str, u64); 2] = [(\"1.0\", 1_764_115_200), (\"2.0\", 1_790_000_000)];
fn supported(v: &str) -> bool { for (name, end) in EOL { if name == v { return now() < end; } } false }",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn an_anchor_and_a_period_are_a_limit() {
    let found = with_clock(
        "const TRIAL: u64 = 14 * 24 * 60 * 60;
fn status(s: &Settings) -> Status { let since = now() - s.first_launch; if since >= TRIAL { Status::Expired } else { Status::Active } }",
    );
    assert_eq!(found, ["a.rs:3 P14D after install: `status` returns Expired 14 days after the install"]);
}

#[test]
fn what_is_no_bomb_is_silent() {
    for text in [
        // A timeout: the clock against itself.
        "fn f() { let start = now(); work(); if now() - start > 30 { panic!() } }",
        // A cache: a field that nobody fixed.
        "fn f(c: &Cache) -> bool { now() - c.refreshed > 3600 }",
        // Dates that never meet the clock.
        "const SINCE: u64 = 1_764_115_200; fn f(x: u64) -> bool { x > SINCE }",
        "fn f(d: Deadline) { if now() > d.at { panic!() } }",
        // A monotonic clock.
        "fn f() { if Instant::now().elapsed().as_secs() > 1_764_115_200 { panic!() } }",
    ] {
        assert_eq!(with_clock(text), [""; 0], "{text}");
    }
}
