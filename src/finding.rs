//! What every stage speaks of: a place in the tree, and a finding there.
//!
//! A [`Finding`] is *evidence*: which rule, where, when it triggers, what happens then, and the steps that prove it.
//! It carries no level: what the gate makes of it depends on the release window and the configuration, and is decided
//! in [`crate::gate`] alone.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::calendar::{Civil, Period};

/// A stretch of text in one file. Lines and columns count from 1, columns in Unicode scalar values;
/// the end column is exclusive. An all-zero span means "the file as a whole" and prints as line 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First line, from 1.
    pub line: u32,
    /// First column, from 1.
    pub column: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// Column after the last character, from 1.
    pub end_column: u32,
}

impl Span {
    /// A span on one line, from `column` up to but excluding `end_column`.
    pub const fn on_line(line: u32, column: u32, end_column: u32) -> Self {
        Self { line, column, end_line: line, end_column }
    }

    /// Whether the other lies inside this one.
    pub fn contains(self, other: Self) -> bool {
        (self.line, self.column) <= (other.line, other.column)
            && (other.end_line, other.end_column) <= (self.end_line, self.end_column)
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        let start = (self.line, self.column).min((other.line, other.column));
        let end = (self.end_line, self.end_column).max((other.end_line, other.end_column));
        Self { line: start.0, column: start.1, end_line: end.0, end_column: end.1 }
    }
}

/// A span in a file. The path is as the user would open it, with forward slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub path: Arc<str>,
    /// Where in it.
    pub span: Span,
}

/// The rules, in the order they are listed. The catalogue in `rules/catalogue` has one document for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A clock is compared with a fixed date.
    DateGate,
    /// The build stops a period after it was made.
    BuildAgeLimit,
    /// The product stops a period after installation or first use.
    TrialPeriod,
    /// A licence file or key that ends.
    LicenseExpiry,
    /// A beta or evaluation switch with a time limit, left on.
    BetaLeftOn,
    /// A configured date that the product acts on.
    ConfigExpiry,
    /// A certificate that ends.
    CertificateExpiry,
    /// A token or signed URL that ends.
    TokenExpiry,
    /// Signed metadata (keys, repositories, roots of trust) that ends.
    SignedMetadataExpiry,
    /// A test that turns red on a date.
    TestTimeBomb,
    /// A representation of time that runs out.
    TimeRollover,
    /// A promise in a comment or attribute whose date has come.
    ExpiredAnnotation,
    /// A waiver that has lapsed or waives nothing.
    StaleWaiver,
}

impl Rule {
    /// Every rule, in listing order.
    pub const ALL: [Self; 13] = [
        Self::DateGate,
        Self::BuildAgeLimit,
        Self::TrialPeriod,
        Self::LicenseExpiry,
        Self::BetaLeftOn,
        Self::ConfigExpiry,
        Self::CertificateExpiry,
        Self::TokenExpiry,
        Self::SignedMetadataExpiry,
        Self::TestTimeBomb,
        Self::TimeRollover,
        Self::ExpiredAnnotation,
        Self::StaleWaiver,
    ];

    /// The rule's name as users write it, e.g. `date-gate`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::DateGate => "date-gate",
            Self::BuildAgeLimit => "build-age-limit",
            Self::TrialPeriod => "trial-period",
            Self::LicenseExpiry => "license-expiry",
            Self::BetaLeftOn => "beta-left-on",
            Self::ConfigExpiry => "config-expiry",
            Self::CertificateExpiry => "certificate-expiry",
            Self::TokenExpiry => "token-expiry",
            Self::SignedMetadataExpiry => "signed-metadata-expiry",
            Self::TestTimeBomb => "test-time-bomb",
            Self::TimeRollover => "time-rollover",
            Self::ExpiredAnnotation => "expired-annotation",
            Self::StaleWaiver => "stale-waiver",
        }
    }

    /// The rule with that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// More than one step is inferred, or the evidence is weak.
    Possible,
    /// One step is inferred from names or conventions.
    Likely,
    /// A clock meets the deadline along a resolved flow, or the bytes themselves hold the expiry.
    Proven,
}

/// Whose clock decides when a wall-clock time is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// One instant everywhere.
    Utc,
    /// The host's local time: the trigger travels from UTC+14 to UTC−12.
    Local,
}

/// What an anchored limit counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// When the product was built.
    Build,
    /// When it was installed or first run.
    Install,
    /// When it was released.
    Release,
}

impl std::fmt::Display for Anchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Build => "build",
            Self::Install => "install",
            Self::Release => "release",
        })
    }
}

/// When a finding goes off.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trigger {
    /// At a wall-clock time.
    At {
        /// The time.
        at: Civil,
        /// Whose clock.
        zone: Zone,
    },
    /// A period after an anchor.
    After {
        /// The period.
        after: Period,
        /// What it counts from.
        anchor: Anchor,
    },
}

/// A trigger for people and their scripts: its keys tell which kind it is.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OpenTrigger {
    At { at: Civil, zone: Zone },
    After { after: Period, anchor: Anchor },
}

/// A trigger in a format without keys.
#[derive(Serialize, Deserialize)]
enum SealedTrigger {
    At(Civil, Zone),
    After(Period, Anchor),
}

impl Serialize for Trigger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.clone(), serializer.is_human_readable()) {
            (Self::At { at, zone }, true) => OpenTrigger::At { at, zone }.serialize(serializer),
            (Self::After { after, anchor }, true) => OpenTrigger::After { after, anchor }.serialize(serializer),
            (Self::At { at, zone }, false) => SealedTrigger::At(at, zone).serialize(serializer),
            (Self::After { after, anchor }, false) => SealedTrigger::After(after, anchor).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Ok(match OpenTrigger::deserialize(deserializer)? {
                OpenTrigger::At { at, zone } => Self::At { at, zone },
                OpenTrigger::After { after, anchor } => Self::After { after, anchor },
            });
        }
        Ok(match SealedTrigger::deserialize(deserializer)? {
            SealedTrigger::At(at, zone) => Self::At { at, zone },
            SealedTrigger::After(after, anchor) => Self::After { after, anchor },
        })
    }
}

/// How bad the path after the trigger is, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Only a log line or a printed message.
    LogsOnly,
    /// Not known, or a change of behaviour that names nothing worse.
    Unknown,
    /// A different value or path.
    Changes,
    /// A feature is refused, an error returned, an exception thrown.
    Refuses,
    /// The process ends.
    Exits,
}

/// What the path taken after the trigger does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Effect {
    /// How bad it is.
    pub severity: Severity,
    /// In plain words, third person: "returns LICENSE_EXPIRED".
    pub text: String,
    /// Where it happens, if that is a place of its own.
    pub place: Option<Place>,
}

/// What a step of a derivation shows. The human report labels them by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// The fixed date, or the place that holds the expiry.
    Deadline,
    /// The instant that is counted from.
    Anchor,
    /// The length that is counted.
    Period,
    /// Where the clock is read.
    Clock,
    /// A value passes through here: a call, a field, a variable.
    Passes,
    /// The comparison that joins clock and deadline.
    Comparison,
    /// What is done after the trigger.
    Effect,
}

/// One step of the derivation of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// What it shows.
    pub kind: StepKind,
    /// In plain words: "deadline 2008-08-12 is defined here".
    pub note: String,
}

/// What stops working: the entry points that reach a fuse, the shortest chain first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Of many the first.
    pub entries: Vec<Entry>,
    /// How many more there are.
    pub more: usize,
    /// There may be still more: callers were followed up to a limit.
    pub cut: bool,
}

impl Reach {
    /// One entry point, the function itself.
    pub fn one(name: String) -> Self {
        Self { entries: vec![Entry { name, by: Vec::new() }], ..Self::default() }
    }

    /// The names, and as the last one how many are left out.
    pub fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.name.clone()).chain(self.rest(0)).collect()
    }

    /// How many are left out, and `hidden` besides, in words.
    pub fn rest(&self, hidden: usize) -> Option<String> {
        let more = self.more + hidden;
        match (more, self.cut) {
            (0, false) => None,
            (0, true) => Some("… and perhaps more".to_owned()),
            (more, false) => Some(format!("… and {more} more")),
            (more, true) => Some(format!("… and at least {more} more")),
        }
    }
}

/// A function by which code outside comes to a fuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// As "Type::function".
    pub name: String,
    /// The functions that it calls on the way, one by the other; the last one holds the fuse. Empty if it does so itself.
    pub by: Vec<String>,
}

/// One fuse, or one expiring thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule that it falls under.
    pub rule: Rule,
    /// How sure it is.
    pub confidence: Confidence,
    /// The comparison where there is one, else the deadline.
    pub place: Place,
    /// One sentence without a final full stop.
    pub message: String,
    /// When it goes off. `None` only for findings about the tool's own bookkeeping (`stale-waiver`).
    pub trigger: Option<Trigger>,
    /// What happens then.
    pub effect: Option<Effect>,
    /// It lies in test code or a test's fixture.
    pub in_test: bool,
    /// Every other line that a reader needs; the deadline's own line is always among them.
    pub steps: Vec<Step>,
    /// What stops working.
    pub reach: Reach,
    /// The text that identifies the finding in its file (normalised by the fingerprint): the comparison, the
    /// key and value, the certificate's subject and serial.
    pub matched: String,
    /// A further reason that caps what the gate may make of it, e.g. a sentinel year or a test that expects a refusal.
    pub note_only: Option<String>,
}
