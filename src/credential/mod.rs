//! Credentials: what expires by itself, because the bytes say until when they hold.
//!
//! A certificate, a token, a signed URL, a public key or signed metadata needs no comparison in the product's code:
//! whoever verifies it compares. So a reader here only has to find it, in whatever text or bytes surround it, and read
//! one field. There is one file per kind of credential, each a function from a [`Source`] to [`Expiring`] things;
//! [`read`] runs them all and adds what the surroundings say (a comment, a test that wants a refusal, …).
//!
//! Nothing is verified and no key is used: the expiry stands in clear text in every format read here. All readers take
//! time linear in the file and accept any bytes.

mod armour;
mod array;
mod base64_text;
mod blob;
mod bundle;
mod certificate;
mod cookie;
mod der;
mod embedded;
mod held;
mod hexadecimal;
mod inert;
mod intent;
mod jwt;
mod keystore;
mod macaroon;
mod ocsp;
mod openpgp;
mod origin_trial;
mod paseto;
mod pem;
mod pinset;
mod pkcs12;
mod profile;
mod record;
mod revocation;
mod sealed;
mod sift;
mod signed_url;
mod source;
mod ssh;
mod standalone;
mod surroundings;
mod tuf;

use std::ops::Range;

use crate::calendar::Instant;
use crate::finding::{Confidence, Effect, Finding, Reach, Rule, Severity, Step, StepKind, Trigger, Zone};

pub use self::bundle::Bundle;
pub use self::embedded::embedded;
pub use self::sift::{Sift, sift};
use self::source::Source;

/// What the caller knows of a file before it is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The file is test code or a test's fixture.
    pub in_test: bool,
}

/// Something that expires, at a stretch of bytes of the file.
#[derive(Clone, Debug)]
struct Expiring {
    /// The rule it falls under.
    rule: Rule,
    /// How sure its expiry is.
    confidence: Confidence,
    /// What a reader should be shown: the marker, the declaration, the token.
    range: Range<usize>,
    /// When it ends; unknown of what cannot be read.
    at: Option<Instant>,
    /// Whose clock decides; UTC for all but a few.
    zone: Zone,
    /// The finding's message.
    message: String,
    /// What identifies it in its file.
    matched: String,
    /// How bad its end is.
    severity: Severity,
    /// What happens at its end, third person.
    effect: &'static str,
    /// Why it may not be more than a note, if its own bytes say so.
    note_only: Option<String>,
    /// Another line worth showing: where the bytes stand, if `range` is a declaration.
    data: Option<usize>,
    /// It is one of a bundle of trust anchors.
    bundled: bool,
}

impl Expiring {
    /// One that is refused at its end and whose own bytes hold the date.
    fn new(rule: Rule, range: Range<usize>, at: Instant, message: String, matched: String) -> Self {
        Self {
            rule,
            confidence: Confidence::Proven,
            range,
            at: Some(at),
            zone: Zone::Utc,
            message,
            matched,
            severity: Severity::Refuses,
            effect: "what verifies it refuses it",
            note_only: None,
            data: None,
            bundled: false,
        }
    }

    /// A store whose certificates are encrypted: whether they end is for whoever has the password to say.
    fn locked(range: Range<usize>) -> Self {
        let message = "the certificates in this store cannot be read without its password".to_owned();
        let matched = "locked store".to_owned();
        let thing = Self::new(Rule::CertificateExpiry, range, Instant::from_seconds(0), message, matched);
        Self { at: None, confidence: Confidence::Possible, ..thing }.note("it cannot be read without its password")
    }

    /// The same as a note, for a reason.
    fn note(mut self, why: impl Into<String>) -> Self {
        self.note_only.get_or_insert_with(|| why.into());
        self
    }
}

/// Every kind of credential that is read, in the order of the report's ties.
const READERS: [fn(&Source) -> Vec<Expiring>; 19] = [
    pem::read,
    standalone::read,
    keystore::read,
    array::read,
    hexadecimal::read,
    blob::read,
    profile::read,
    pinset::read,
    ssh::read,
    jwt::read,
    sealed::read,
    macaroon::read,
    paseto::read,
    signed_url::read,
    cookie::read,
    origin_trial::read,
    openpgp::read,
    tuf::read,
    record::read,
];

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// By place.
    pub findings: Vec<Finding>,
    /// The members of a bundle of trust anchors, if the file is one.
    pub bundle: Option<Bundle>,
}

/// All credentials in a file that end on a date. `path` is what findings carry, and its name is read for hints (an
/// extension, `expired.pem`); the file itself is not opened. Anything may be in `bytes`.
pub fn read(path: &str, bytes: &[u8], context: &Context) -> Found {
    let source = Source::new(path, bytes);
    if intent::intent().logs.contains(&source.extension()) {
        return Found::default();
    }
    let expiring = READERS.iter().flat_map(|read| read(&source)).collect();
    Found::of(expiring, &source, context)
}

impl Found {
    /// What comes of the things in one file.
    fn of(mut expiring: Vec<Expiring>, source: &Source, context: &Context) -> Self {
        expiring.sort_by_key(|thing| thing.range.start);
        let (bundled, alone): (Vec<Expiring>, Vec<Expiring>) = expiring.into_iter().partition(|thing| thing.bundled);
        let all =
            |things: Vec<Expiring>| things.into_iter().filter_map(|thing| finding(thing, source, context)).collect();
        let bundle = (!bundled.is_empty()).then(|| Bundle::new(all(bundled)));
        Self { findings: all(alone), bundle }
    }
}

/// The finding for one expiring thing; `None` where its end is no date at all (outside the calendar).
fn finding(mut thing: Expiring, source: &Source, context: &Context) -> Option<Finding> {
    let in_test = context.in_test || source.is_test_module(thing.range.start);
    if thing.note_only.is_none() {
        thing.note_only = surroundings::reason_for_note(source, thing.range.start, in_test);
    }
    let place = source.place(thing.range.clone());
    let steps = thing.data.map(|data| Step {
        place: source.place(data..data + 1),
        kind: StepKind::Deadline,
        note: format!("its bytes begin here and hold the end, {}", thing.at.map(date).unwrap_or_default()),
    });
    let trigger = match thing.at {
        Some(at) => Some(Trigger::At { at: at.civil()?, zone: thing.zone }),
        None => None,
    };
    let effect = Effect { severity: thing.severity, text: thing.effect.to_owned(), place: None };
    Some(Finding {
        rule: thing.rule,
        confidence: thing.confidence,
        effect: trigger.is_some().then_some(effect),
        trigger,
        place,
        message: thing.message,
        in_test,
        steps: steps.into_iter().collect(),
        reach: Reach::default(),
        matched: thing.matched,
        note_only: thing.note_only,
    })
}

/// The day of an instant, for messages; empty outside the calendar.
fn date(at: Instant) -> String {
    at.civil().map(|civil| civil.date_text()).unwrap_or_default()
}
