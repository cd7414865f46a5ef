//! What the gate makes of a finding: trigger × window × confidence × effect × rule level.
//!
//! A level says what the gate does, a confidence how sure the evidence is; this is the only place where the one becomes
//! the other. In order, the first that holds:
//!
//! 1. A rule set to `off` yields nothing.
//! 2. `note_only` and [`Confidence::Possible`] findings are notes.
//! 3. A trigger past the window, or a gate that is already open at the release date, is a note; but a certificate,
//!    token, licence or signed metadata of the product that has already expired counts as inside.
//! 4. What remains takes its rule's level: `deny` unless the rule has a milder default or the config says otherwise.
//!    An effect that only logs takes one off; in test code it is at most what `test-time-bomb` is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::window::Window;
use crate::calendar::{Civil, Instant, Period};
use crate::finding::{Confidence, Finding, Rule, Severity, StepKind, Trigger, Zone};

/// What the gate does about a finding, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is worth knowing.
    Note,
    /// It is worth mending.
    Warn,
    /// It fails the gate.
    Deny,
}

impl Level {
    /// As users write it and scripts read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// As compilers say it: error, warning, note.
    pub const fn headline(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warning",
            Self::Deny => "error",
        }
    }

    const fn lowered(self) -> Self {
        match self {
            Self::Deny => Self::Warn,
            Self::Warn | Self::Note => Self::Note,
        }
    }
}

/// A rule's level in the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLevel {
    /// The rule is silent.
    Off,
    /// Its findings are notes.
    Note,
    /// Its findings warn at most.
    Warn,
    /// Its findings fail the gate.
    Deny,
}

impl RuleLevel {
    /// The names, strictest first.
    pub const NAMES: [&'static str; 4] = ["deny", "warn", "note", "off"];

    /// The level with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "off" => Self::Off,
            "note" => Self::Note,
            "warn" => Self::Warn,
            "deny" => Self::Deny,
            _ => return None,
        })
    }

    const fn level(self) -> Option<Level> {
        match self {
            Self::Off => None,
            Self::Note => Some(Level::Note),
            Self::Warn => Some(Level::Warn),
            Self::Deny => Some(Level::Deny),
        }
    }
}

/// The level of each rule.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    configured: BTreeMap<Rule, RuleLevel>,
}

impl Levels {
    /// The defaults, but for what the config says.
    pub const fn new(configured: BTreeMap<Rule, RuleLevel>) -> Self {
        Self { configured }
    }

    /// What a finding of that rule is when nothing speaks for a milder level. `None` is off.
    pub fn of_rule(&self, rule: Rule) -> Option<Level> {
        self.configured.get(&rule).map_or(Some(default_of(rule)), |level| level.level())
    }

    /// What the gate makes of the finding; `None` where its rule is off.
    pub fn of(&self, finding: &Finding, window: &Window) -> Option<Level> {
        let rule_level = self.of_rule(finding.rule)?;
        let quiet = finding.note_only.is_some() || finding.confidence == Confidence::Possible;
        if quiet || !stands(finding, window) {
            return Some(Level::Note);
        }
        let only_logs = finding.effect.as_ref().is_some_and(|effect| effect.severity == Severity::LogsOnly);
        let level = if only_logs { rule_level.lowered() } else { rule_level };
        let cap = self.of_rule(Rule::TestTimeBomb).unwrap_or(Level::Note);
        Some(if finding.in_test { level.min(cap) } else { level })
    }
}

/// The level of a rule's findings where the config says nothing.
pub const fn default_of(rule: Rule) -> Level {
    match rule {
        Rule::TestTimeBomb | Rule::ExpiredAnnotation | Rule::StaleWaiver => Level::Warn,
        Rule::DateGate
        | Rule::BuildAgeLimit
        | Rule::TrialPeriod
        | Rule::LicenseExpiry
        | Rule::BetaLeftOn
        | Rule::ConfigExpiry
        | Rule::CertificateExpiry
        | Rule::TokenExpiry
        | Rule::SignedMetadataExpiry
        | Rule::TimeRollover => Level::Deny,
    }
}

/// Whether the release meets the trigger while it is supported, or is already dead.
fn stands(finding: &Finding, window: &Window) -> bool {
    match &finding.trigger {
        None => true,
        Some(Trigger::After { after, .. }) => counts_from_own_start(finding.rule) || within(*after, window),
        Some(Trigger::At { at, zone }) => match standing(*at, *zone, window) {
            Standing::Inside => true,
            Standing::Past => is_credential(finding.rule) && !finding.in_test && !is_open_gate(finding),
            Standing::Beyond => false,
        },
    }
}

/// Where a trigger lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Every host has passed it at the release.
    Past,
    /// Some host reaches it within the window.
    Inside,
    /// No host reaches it while the release is supported.
    Beyond,
}

fn standing(at: Civil, zone: Zone, window: &Window) -> Standing {
    if last_reached(at, zone) < window.from.instant() {
        Standing::Past
    } else if first_reached(at, zone) < day_after(window.until) {
        Standing::Inside
    } else {
        Standing::Beyond
    }
}

/// When the first host anywhere reaches a wall-clock time: local time is first at UTC+14.
pub fn first_reached(at: Civil, zone: Zone) -> Instant {
    shifted(at.instant(), if zone == Zone::Local { -14 } else { 0 })
}

/// When the last host anywhere reaches it: local time is last at UTC−12.
pub fn last_reached(at: Civil, zone: Zone) -> Instant {
    shifted(at.instant(), if zone == Zone::Local { 12 } else { 0 })
}

fn shifted(at: Instant, hours: i128) -> Instant {
    Instant(at.0.saturating_add(hours * 3_600 * 1_000_000_000))
}

fn day_after(day: Civil) -> Instant {
    shifted(day.midnight().instant(), 24)
}

/// Limits that every installation meets, however late it is made.
const fn counts_from_own_start(rule: Rule) -> bool {
    matches!(rule, Rule::BuildAgeLimit | Rule::TrialPeriod | Rule::LicenseExpiry | Rule::BetaLeftOn)
}

const fn is_credential(rule: Rule) -> bool {
    matches!(rule, Rule::CertificateExpiry | Rule::TokenExpiry | Rule::LicenseExpiry | Rule::SignedMetadataExpiry)
}

/// Whether it is code that compares the clock with a date of its own, rather than with what a licence file says: the release
/// was made with the gate open, and it stays open.
fn is_open_gate(finding: &Finding) -> bool {
    let ending = |path: &str| path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_header =
        |path: &str| ending(path).is_some_and(|ending| matches!(ending.as_str(), "h" | "hh" | "hpp" | "hxx" | "h++"));
    let beside = |path: &str| ending(path) == ending(&finding.place.path) || is_header(path);
    let mut deadlines = finding.steps.iter().filter(|step| step.kind == StepKind::Deadline);
    finding.steps.iter().any(|step| step.kind == StepKind::Clock) && deadlines.all(|step| beside(&step.place.path))
}

/// Whether a period from the release on ends within the window.
fn within(after: Period, window: &Window) -> bool {
    after.after(window.from.instant()).is_some_and(|end| end < day_after(window.until))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::finding::{Anchor, Effect, Place, Span, Step};
    use crate::gate::test_support::{at, finding, window};

    fn level(finding: &Finding) -> Option<Level> {
        Levels::default().of(finding, &window("2024-01-01", "2027-01-01"))
    }

    fn configured(rule: Rule, level: RuleLevel) -> Levels {
        Levels::new(BTreeMap::from([(rule, level)]))
    }

    #[test]
    fn the_window_decides() {
        for (when, expected) in [
            ("2023-12-31", Level::Note),
            ("2024-01-01", Level::Deny),
            ("2025-06-30", Level::Deny),
            ("2027-01-01", Level::Deny),
            ("2027-01-02", Level::Note),
            ("9999-12-31", Level::Note),
        ] {
            assert_eq!(level(&finding(Rule::DateGate, when)), Some(expected), "{when}");
        }
    }

    #[test]
    fn local_time_widens_the_window_by_the_zones() {
        let local = |when| Finding { trigger: Some(at(when, Zone::Local)), ..finding(Rule::DateGate, when) };
        assert_eq!(level(&local("2027-01-02")), Some(Level::Deny), "UTC+14 is there on the last day");
        assert_eq!(level(&local("2027-01-03")), Some(Level::Note));
        assert_eq!(level(&local("2023-12-31")), Some(Level::Note));
    }

    #[test]
    fn expired_credentials_of_the_product_are_denied() {
        for rule in [Rule::CertificateExpiry, Rule::TokenExpiry, Rule::LicenseExpiry, Rule::SignedMetadataExpiry] {
            let expired = finding(rule, "2020-01-01");
            assert_eq!(level(&expired), Some(Level::Deny), "{rule}");
            assert_eq!(level(&Finding { in_test: true, ..expired }), Some(Level::Note), "{rule}");
        }
        assert_eq!(level(&finding(Rule::ConfigExpiry, "2020-01-01")), Some(Level::Note));
    }

    #[test]
    fn a_gate_on_a_date_of_the_code_is_open_whatever_it_guards() {
        let step = |path: &str, kind| Step {
            place: Place { path: path.into(), span: Span::default() },
            kind,
            note: String::new(),
        };
        let gate = |deadline: &str| {
            let steps = vec![step("src/a.c", StepKind::Clock), step(deadline, StepKind::Deadline)];
            let place = Place { path: "src/a.c".into(), span: Span::default() };
            level(&Finding { steps, place, ..finding(Rule::LicenseExpiry, "2020-01-01") })
        };
        assert_eq!(gate("src/a.c"), Some(Level::Note));
        assert_eq!(gate("src/limits.h"), Some(Level::Note));
        assert_eq!(gate("license.json"), Some(Level::Deny));
    }

    #[test]
    fn anchored_limits_of_licences_are_denied_at_any_length() {
        let after = |rule, days| {
            let trigger = Some(Trigger::After { after: Period::days(days), anchor: Anchor::Build });
            level(&Finding { trigger, ..finding(rule, "2024-01-01") })
        };
        for rule in [Rule::BuildAgeLimit, Rule::TrialPeriod, Rule::LicenseExpiry, Rule::BetaLeftOn] {
            assert_eq!(after(rule, 30), Some(Level::Deny), "{rule}");
            assert_eq!(after(rule, 36_500), Some(Level::Deny), "{rule}");
        }
        assert_eq!(after(Rule::CertificateExpiry, 365), Some(Level::Deny));
        assert_eq!(after(Rule::CertificateExpiry, 36_500), Some(Level::Note));
    }

    #[test]
    fn weak_evidence_and_mild_effects_lower_it() {
        let base = finding(Rule::DateGate, "2025-01-01");
        let effect = |severity| Some(Effect { severity, text: "logs".into(), place: None });
        assert_eq!(level(&Finding { confidence: Confidence::Likely, ..base.clone() }), Some(Level::Deny));
        assert_eq!(level(&Finding { confidence: Confidence::Possible, ..base.clone() }), Some(Level::Note));
        assert_eq!(level(&Finding { note_only: Some("sentinel".into()), ..base.clone() }), Some(Level::Note));
        assert_eq!(level(&Finding { effect: effect(Severity::LogsOnly), ..base.clone() }), Some(Level::Warn));
        assert_eq!(level(&Finding { effect: effect(Severity::Unknown), ..base.clone() }), Some(Level::Deny));
        assert_eq!(level(&Finding { in_test: true, ..base }), Some(Level::Warn));
        assert_eq!(level(&finding(Rule::TestTimeBomb, "2025-01-01")), Some(Level::Warn));
    }

    #[test]
    fn the_config_replaces_a_rules_level() {
        let span = window("2024-01-01", "2027-01-01");
        let inside = finding(Rule::DateGate, "2025-01-01");
        let of = |level, finding: &Finding| configured(Rule::DateGate, level).of(finding, &span);
        assert_eq!(of(RuleLevel::Off, &inside), None);
        assert_eq!(of(RuleLevel::Note, &inside), Some(Level::Note));
        assert_eq!(of(RuleLevel::Warn, &inside), Some(Level::Warn));
        assert_eq!(of(RuleLevel::Deny, &finding(Rule::DateGate, "2040-01-01")), Some(Level::Note), "never raised");
        let test = Finding { in_test: true, ..inside };
        assert_eq!(of(RuleLevel::Deny, &test), Some(Level::Warn), "a test stays a test");
        assert_eq!(configured(Rule::TestTimeBomb, RuleLevel::Deny).of(&test, &span), Some(Level::Deny));
        assert_eq!(configured(Rule::TestTimeBomb, RuleLevel::Off).of(&test, &span), Some(Level::Note));
    }
}
