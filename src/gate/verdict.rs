//! The verdict: findings and policy in, a [`Report`] out.

use serde::Serialize;

use super::config::ConfigWaiver;
use super::level::Level;
use super::waiver::{InlineWaiver, Malformed};
use super::window::Window;
use super::{Policy, ScanFacts, fingerprint};
use crate::calendar::Civil;
use crate::check::Skip;
use crate::finding::{Confidence, Finding, Place, Reach, Rule, Trigger};

/// Whether the release may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that is denied, or all of it is waived.
    Pass,
    /// At least one finding is denied and not waived.
    Fail,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Files that were read.
    pub seen: usize,
    /// Files that were parsed.
    pub parsed: usize,
    /// Files that should have been parsed and could not be, sorted.
    pub unparsed: Vec<Skip>,
    /// Files that were passed over, sorted.
    pub skipped: Vec<Skip>,
}

/// Who said that a finding is shipped anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WaivedBy {
    /// A waiver of the config file.
    Config,
    /// A comment in the source.
    Inline,
    /// The baseline.
    Baseline,
}

/// The decision to ship a finding anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// Who decided.
    pub owner: Option<String>,
    /// The last day on which it holds.
    #[serde(serialize_with = "date_only")]
    pub until: Option<Civil>,
    /// Where it is written.
    pub by: WaivedBy,
}

/// A finding and what the gate makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The evidence.
    pub finding: Finding,
    /// What the gate does about it, waived or not.
    pub level: Level,
    /// Its identity.
    pub fingerprint: String,
    /// Set when it does not count.
    pub waived: Option<Waived>,
}

/// The whole answer, in the form that every renderer reads.
#[derive(Clone, Debug)]
pub struct Report {
    /// The days on which the release has to work.
    pub window: Window,
    /// Whether it may go out.
    pub verdict: Verdict,
    /// What was looked at.
    pub files: Files,
    /// By trigger, then path and line.
    pub findings: Vec<Judged>,
}

/// How many findings there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Denied and not waived.
    pub deny: usize,
    /// Warned of and not waived.
    pub warn: usize,
    /// Noted and not waived.
    pub note: usize,
    /// Waived by the config or a comment.
    pub waived: usize,
    /// Known from the baseline.
    pub baseline: usize,
}

impl Report {
    /// Counts the findings.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for judged in &self.findings {
            let slot = match (&judged.waived, judged.level) {
                (Some(waived), _) if waived.by == WaivedBy::Baseline => &mut counts.baseline,
                (Some(_), _) => &mut counts.waived,
                (None, Level::Deny) => &mut counts.deny,
                (None, Level::Warn) => &mut counts.warn,
                (None, Level::Note) => &mut counts.note,
            };
            *slot += 1;
        }
        counts
    }

    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Judged> {
        self.findings.iter().filter(|judged| judged.waived.is_none())
    }
}

/// Applies the policy. The result does not depend on the order of the findings.
pub fn judge(mut findings: Vec<Finding>, policy: &Policy, facts: ScanFacts) -> Report {
    sort(&mut findings);
    let mut book = Book::new(policy, &facts);
    let mut waived: Vec<Option<Waived>> = findings.iter().map(|finding| book.waive(finding)).collect();
    let stale = book.stale(&facts);
    waived.resize(findings.len() + stale.len(), None);
    findings.extend(stale);

    let fingerprints = fingerprint::of_all(&findings, &policy.root);
    let mut judged: Vec<Judged> = findings
        .into_iter()
        .zip(fingerprints)
        .zip(waived)
        .filter_map(|((finding, fingerprint), waived)| {
            let level = policy.levels.of(&finding, &policy.window)?;
            let waived = waived.or_else(|| policy.baseline.knows(&fingerprint).then(in_baseline));
            Some(Judged { finding, level, fingerprint, waived })
        })
        .collect();
    judged.sort_by(|a, b| key(&a.finding).cmp(&key(&b.finding)));

    let fails = judged.iter().any(|judged| judged.level == Level::Deny && judged.waived.is_none());
    let mut files = facts.files;
    files.unparsed.sort();
    files.skipped.sort();
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    Report { window: policy.window.clone(), verdict, files, findings: judged }
}

/// By trigger, then path and line; the rest only makes the order total. A finding without a trigger comes last.
fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
}

type Key<'a> = (bool, Option<&'a Trigger>, &'a Place, Rule, &'a str, &'a str);

fn key(finding: &Finding) -> Key<'_> {
    let trigger = finding.trigger.as_ref();
    (trigger.is_none(), trigger, &finding.place, finding.rule, &finding.matched, &finding.message)
}

fn in_baseline() -> Waived {
    Waived { reason: "known from the baseline".to_owned(), owner: None, until: None, by: WaivedBy::Baseline }
}

/// The waivers, and which of their rules have waived something.
struct Book<'a> {
    policy: &'a Policy,
    config: Vec<(&'a ConfigWaiver, bool)>,
    inline: Vec<(InlineWaiver, Vec<Rule>)>,
}

impl<'a> Book<'a> {
    fn new(policy: &'a Policy, facts: &ScanFacts) -> Self {
        let config = policy.waivers.iter().map(|waiver| (waiver, false)).collect();
        let inline = facts.inline.waivers.iter().map(|waiver| (waiver.clone(), Vec::new())).collect();
        Self { policy, config, inline }
    }

    /// The waiver that holds for a finding, if one does. All that do count as used.
    fn waive(&mut self, finding: &Finding) -> Option<Waived> {
        let mut first = None;
        for (waiver, used) in self.inline.iter_mut().filter(|(waiver, _)| waiver.covers(finding)) {
            used.push(finding.rule);
            if !lapsed(waiver.until, &self.policy.window) {
                first = first.or_else(|| Some(decision(&waiver.reason, &waiver.owner, waiver.until, WaivedBy::Inline)));
            }
        }
        let path = self.policy.root.relative(&finding.place.path);
        for (waiver, used) in &mut self.config {
            let here = waiver.path.as_ref().is_none_or(|glob| glob.is_match(&path));
            if waiver.rule == finding.rule && here {
                *used = true;
                if !lapsed(waiver.until, &self.policy.window) {
                    first =
                        first.or_else(|| Some(decision(&waiver.reason, &waiver.owner, waiver.until, WaivedBy::Config)));
                }
            }
        }
        first
    }

    /// One finding for each waiver that has lapsed, waives nothing or cannot be read.
    fn stale(&self, facts: &ScanFacts) -> Vec<Finding> {
        let mut stale: Vec<Finding> = facts.inline.malformed.iter().map(unreadable).collect();
        for (waiver, used) in &self.inline {
            let unused = waiver.rules.iter().filter(|rule| facts.whole_folders && !used.contains(rule));
            stale.extend(self.complaint(&waiver.place, waiver.until, unused.copied().collect()));
        }
        for (waiver, used) in &self.config {
            let unused = if facts.whole_root && !used { vec![waiver.rule] } else { Vec::new() };
            stale.extend(self.complaint(&waiver.place, waiver.until, unused));
        }
        stale
    }

    fn complaint(&self, place: &Place, until: Option<Civil>, unused: Vec<Rule>) -> Option<Finding> {
        let from = self.policy.window.from.date_text();
        let names = unused.iter().map(|rule| rule.id()).collect::<Vec<_>>().join(", ");
        if let Some(until) = until.filter(|_| lapsed(until, &self.policy.window)) {
            let until = until.date_text();
            let message =
                format!("this waiver lapsed on {until}, before the release on {from}, and waives nothing now");
            return Some(bookkeeping(place, message, format!("lapsed {until}")));
        }
        if names.is_empty() {
            return None;
        }
        Some(bookkeeping(place, format!("this waiver of {names} waives nothing: there is no such finding here"), names))
    }
}

fn lapsed(until: Option<Civil>, window: &Window) -> bool {
    until.is_some_and(|until| until < window.from)
}

fn decision(reason: &str, owner: &Option<String>, until: Option<Civil>, by: WaivedBy) -> Waived {
    Waived { reason: reason.to_owned(), owner: owner.clone(), until, by }
}

fn unreadable(malformed: &Malformed) -> Finding {
    bookkeeping(
        &malformed.place,
        format!("this waiver cannot be read and waives nothing: {}", malformed.why),
        malformed.why.clone(),
    )
}

fn bookkeeping(place: &Place, message: String, matched: String) -> Finding {
    Finding {
        rule: Rule::StaleWaiver,
        confidence: Confidence::Proven,
        place: place.clone(),
        message,
        trigger: None,
        effect: None,
        in_test: false,
        steps: Vec::new(),
        reach: Reach::default(),
        matched,
        note_only: None,
    }
}

fn date_only<S: serde::Serializer>(day: &Option<Civil>, serializer: S) -> Result<S::Ok, S::Error> {
    day.map(Civil::date_text).serialize(serializer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::gate::baseline::Baseline;
    use crate::gate::config::Config;
    use crate::gate::test_support::{finding, window};
    use crate::gate::waiver::InlineWaivers;
    use crate::gate::{Levels, Root};

    fn policy(config: &str) -> Policy {
        let config = Config::parse("defuse.yaml", config).unwrap();
        Policy {
            window: window("2024-01-01", "2027-01-01"),
            levels: Levels::new(config.levels),
            waivers: config.waivers,
            baseline: Baseline::default(),
            root: Root::new(Path::new("/r"), Path::new("/r")),
        }
    }

    fn facts(path: &str, text: &str) -> ScanFacts {
        let mut inline = InlineWaivers::default();
        inline.read(path, text);
        ScanFacts { inline, whole_folders: true, whole_root: true, ..ScanFacts::default() }
    }

    fn bomb() -> Finding {
        finding(Rule::DateGate, "2025-01-01")
    }

    fn summary(report: &Report) -> Vec<(Rule, Level, Option<WaivedBy>)> {
        report.findings.iter().map(|j| (j.finding.rule, j.level, j.waived.as_ref().map(|w| w.by))).collect()
    }

    #[test]
    fn one_denied_finding_fails() {
        assert_eq!(judge(vec![bomb()], &policy(""), ScanFacts::default()).verdict, Verdict::Fail);
        assert_eq!(judge(vec![], &policy(""), ScanFacts::default()).verdict, Verdict::Pass);
        let later = finding(Rule::DateGate, "2030-01-01");
        assert_eq!(judge(vec![later], &policy(""), ScanFacts::default()).verdict, Verdict::Pass);
        let off = judge(vec![bomb()], &policy("levels: {date-gate: off}"), ScanFacts::default());
        assert!(off.findings.is_empty());
    }

    #[test]
    fn findings_come_by_trigger_then_path_then_line() {
        let late = finding(Rule::DateGate, "2026-01-01");
        let mut other = bomb();
        other.place.path = "a.c".into();
        let one = judge(vec![late.clone(), bomb(), other.clone()], &policy(""), ScanFacts::default());
        let two = judge(vec![other, late, bomb()], &policy(""), ScanFacts::default());
        assert_eq!(one.findings, two.findings);
        let paths: Vec<&str> = one.findings.iter().map(|j| &*j.finding.place.path).collect();
        assert_eq!(paths, ["a.c", "src/a.c", "src/a.c"]);
    }

    #[test]
    fn config_waivers_hold_where_they_say() {
        let waiver = |path: &str| format!("waivers: [{{rule: date-gate, path: \"{path}\", reason: known}}]");
        let report =
            judge(vec![bomb()], &policy(&waiver("src/**")), ScanFacts { whole_root: true, ..ScanFacts::default() });
        assert_eq!(summary(&report), [(Rule::DateGate, Level::Deny, Some(WaivedBy::Config))]);
        assert_eq!((report.verdict, report.counts().waived), (Verdict::Pass, 1));

        let whole = || ScanFacts { whole_root: true, ..ScanFacts::default() };
        let report = judge(vec![bomb()], &policy(&waiver("lib/**")), whole());
        assert_eq!(summary(&report), [(Rule::DateGate, Level::Deny, None), (Rule::StaleWaiver, Level::Warn, None)]);
        let part = judge(vec![bomb()], &policy(&waiver("lib/**")), ScanFacts::default());
        assert_eq!(summary(&part), [(Rule::DateGate, Level::Deny, None)], "a part of the tree proves nothing unused");
    }

    #[test]
    fn a_lapsed_waiver_waives_nothing_and_is_said() {
        let config = "waivers: [{rule: date-gate, reason: known, until: 2023-12-31}]";
        let report = judge(vec![bomb()], &policy(config), ScanFacts::default());
        assert_eq!(summary(&report), [(Rule::DateGate, Level::Deny, None), (Rule::StaleWaiver, Level::Warn, None)]);
        let config = config.replace("2023-12-31", "2024-01-01");
        assert_eq!(judge(vec![bomb()], &policy(&config), ScanFacts::default()).verdict, Verdict::Pass);
    }

    #[test]
    fn inline_waivers_hold_and_grow_stale() {
        let text = "\n\n x // defuse: allow(date-gate) reason=\"ok\"\n";
        let report = judge(vec![bomb()], &policy(""), facts("src/a.c", text));
        assert_eq!(summary(&report), [(Rule::DateGate, Level::Deny, Some(WaivedBy::Inline))]);
        let report = judge(vec![bomb()], &policy(""), facts("src/b.c", text));
        assert_eq!(summary(&report), [(Rule::DateGate, Level::Deny, None), (Rule::StaleWaiver, Level::Warn, None)]);
        let report = judge(vec![bomb()], &policy(""), facts("src/a.c", &text.replace("reason", "because")));
        assert_eq!(summary(&report), [(Rule::DateGate, Level::Deny, None), (Rule::StaleWaiver, Level::Warn, None)]);
        let two = text.replace("date-gate", "date-gate, trial-period");
        let report = judge(vec![bomb()], &policy(""), facts("src/a.c", &two));
        assert_eq!(report.findings[1].finding.matched, "trial-period", "the half that waives nothing is said");
    }

    #[test]
    fn the_baseline_hides_what_it_knows_and_never_grows_by_pruning() {
        let mut policy = policy("");
        let before = judge(vec![bomb(), finding(Rule::DateGate, "2040-01-01")], &policy, ScanFacts::default());
        policy.baseline = Baseline::of(&before, &policy.root);
        assert_eq!(policy.baseline.len(), 1, "notes are left out");
        let mut moved = bomb();
        moved.place.span.line += 7;
        let other = Finding { matched: "other".into(), ..bomb() };
        let after = judge(vec![moved, other], &policy, ScanFacts::default());
        assert_eq!((after.counts().baseline, after.counts().deny), (1, 1));
        assert_eq!(policy.baseline.pruned(&after), policy.baseline);
        let gone = judge(vec![Finding { matched: "other".into(), ..bomb() }], &policy, ScanFacts::default());
        assert!(policy.baseline.pruned(&gone).is_empty());
    }
}
