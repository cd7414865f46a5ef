//! X.509 certificates (RFC 5280): until when one holds, whose it is, and what its neighbours in the file make of it.

use std::ops::Range;

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::calendar::Instant;
use crate::finding::{Rule, Severity};

use super::source::Source;
use super::{Expiring, date, surroundings};

/// 9999-12-31T23:59:59Z, with which a certificate says that it has no end (RFC 5280 § 4.1.2.5).
const NO_END: Instant = Instant::from_seconds(253_402_300_799);

/// From this many certificates on, mostly of authorities, a file is a bundle of trust anchors.
const BUNDLE: usize = 8;

/// What is read of one certificate.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    /// Common name, else organisation, of the subject.
    subject: String,
    /// The same of the issuer.
    issuer: String,
    /// The serial number in hexadecimal, as openssl prints it.
    serial: String,
    not_before: Instant,
    not_after: Instant,
    /// What the key is for, as far as the certificate says.
    uses: Vec<&'static str>,
    /// Basic constraints say that it may issue others.
    is_authority: bool,
    self_issued: bool,
    /// It came with a signature that a time stamp keeps valid.
    signed_with_time: bool,
    /// The subject's and the key's encoding: equal in a certificate and its renewal.
    identity: (Vec<u8>, Vec<u8>),
}

impl Certificate {
    /// Reads a certificate from the start of `der`; what follows it (OpenSSL's trust settings) is ignored.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        Some(Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            serial: hexadecimal(certificate.raw_serial()),
            not_before: Instant::from_seconds(validity.not_before.timestamp()),
            not_after: Instant::from_seconds(validity.not_after.timestamp()),
            uses: uses(&certificate),
            is_authority: certificate.is_ca(),
            self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
            signed_with_time: false,
            identity: (certificate.subject().as_raw().to_vec(), certificate.public_key().raw.to_vec()),
        })
    }

    /// The same as part of a signature, which may carry a time stamp.
    pub(super) fn of_signature(self, signed_with_time: bool) -> Self {
        Self { signed_with_time, ..self }
    }

    fn describe(&self) -> String {
        let kind = match (self.is_authority, self.self_issued) {
            (true, true) => "root certificate",
            (true, false) => "CA certificate",
            (false, true) => "self-signed certificate",
            (false, false) => "certificate",
        };
        let issuer = if self.self_issued { String::new() } else { format!("issued by {}, ", self.issuer) };
        let uses = match self.uses.as_slice() {
            [] => String::new(),
            uses => format!(", for {}", uses.join(", ")),
        };
        format!("{kind} of {} ({issuer}serial {}{uses})", self.subject, self.serial)
    }

    /// The finding of this certificate alone.
    fn expiring(&self, range: Range<usize>) -> Expiring {
        let (from, until) = (date(self.not_before), date(self.not_after));
        let message = format!("{} is valid from {from} until {until}", self.describe());
        let mut found = Expiring::new(Rule::CertificateExpiry, range, self.not_after, message, self.matched());
        found.effect =
            if self.is_authority { "whatever chains to it is refused" } else { "peers that verify it refuse it" };
        found
    }

    /// A certificate that a test wants refused because it does not hold yet goes off when it begins to.
    fn not_yet(&self, range: Range<usize>) -> Expiring {
        let from = date(self.not_before);
        let message = format!("{} is meant to be not yet valid, but is valid from {from}", self.describe());
        let mut found = Expiring::new(Rule::CertificateExpiry, range, self.not_before, message, self.matched());
        found.effect = "it is no longer refused as not yet valid";
        found
    }

    fn matched(&self) -> String {
        format!("certificate {} {}", self.subject, self.serial)
    }
}

/// What the extended key usage (RFC 5280 § 4.2.1.12) allows, else the key usage (§ 4.2.1.3). That an authority's key signs
/// certificates goes without saying.
fn uses(certificate: &X509Certificate) -> Vec<&'static str> {
    if let Ok(Some(extended)) = certificate.extended_key_usage() {
        let extended = extended.value;
        return [
            (extended.server_auth, "TLS servers"),
            (extended.client_auth, "TLS clients"),
            (extended.code_signing, "code signing"),
            (extended.email_protection, "e-mail"),
            (extended.time_stamping, "time stamps"),
            (extended.ocsp_signing, "OCSP responses"),
            (extended.any, "any use"),
        ]
        .into_iter()
        .filter_map(|(allowed, says)| allowed.then_some(says))
        .collect();
    }
    let Ok(Some(usage)) = certificate.key_usage() else { return Vec::new() };
    if usage.value.key_cert_sign() {
        return Vec::new();
    }
    [
        (usage.value.digital_signature(), "signatures"),
        (usage.value.key_encipherment() || usage.value.data_encipherment(), "encryption"),
        (usage.value.key_agreement(), "key agreement"),
    ]
    .into_iter()
    .filter_map(|(allowed, says)| allowed.then_some(says))
    .collect()
}

/// The findings for the certificates of one file, each with what to show of it.
pub(super) fn expiring(source: &Source, found: &[(Range<usize>, Certificate)]) -> Vec<Expiring> {
    let authorities = found.iter().filter(|(_, certificate)| certificate.is_authority).count();
    let bundle = found.len() >= BUNDLE && authorities * 2 >= found.len();
    let newest = found.iter().map(|(_, certificate)| certificate.not_before).max();
    found
        .iter()
        .filter(|(_, certificate)| certificate.not_after != NO_END)
        .map(|(range, certificate)| {
            let latest = newest == Some(certificate.not_before) && !bundle;
            if latest && surroundings::meant_to_be_not_yet_valid(source, range.start) {
                return certificate.not_yet(range.clone());
            }
            let mut thing = certificate.expiring(range.clone());
            if bundle {
                in_bundle(&mut thing, found.len(), newest);
            }
            if certificate.not_after <= certificate.not_before {
                thing = thing.note("it ends before it begins: it never holds");
            }
            if certificate.signed_with_time {
                thing = thing.note("it belongs to a signature with a time stamp, which outlasts it");
            }
            match successor(certificate, found) {
                Some(end) => thing.note(format!("its renewal in the same file holds until {}", date(end))),
                None => thing,
            }
        })
        .collect()
}

/// One root among many: the others go on, and one that had ended when the newest of them began is dead weight.
fn in_bundle(thing: &mut Expiring, size: usize, newest: Option<Instant>) {
    thing.bundled = true;
    // Worth a look, not a stop: what fails is what still chains to this one alone.
    thing.severity = Severity::LogsOnly;
    thing.effect = "chains to it stop verifying; the rest of the bundle goes on";
    thing.message.push_str(&format!(", one of {size} certificates in this bundle"));
    if let Some(newest) = newest.filter(|newest| Some(*newest) > thing.at) {
        thing.note_only =
            Some(format!("it had already ended when the newest certificate of the bundle began, {}", date(newest)));
    }
}

/// The end of a certificate in the same file with the same subject and key that lasts longer.
fn successor(certificate: &Certificate, found: &[(Range<usize>, Certificate)]) -> Option<Instant> {
    // A renewal needs a twin, and a file of thousands is no place to look for one pair by pair.
    if found.len() > 1_000 {
        return None;
    }
    let twins = found.iter().map(|(_, other)| other).filter(|other| other.identity == certificate.identity);
    twins.map(|twin| twin.not_after).max().filter(|end| *end > certificate.not_after)
}

/// What a person would call the holder of a name: its common name, else organisation, unit, or any attribute.
pub(super) fn name(name: &X509Name) -> String {
    let attribute = name
        .iter_common_name()
        .chain(name.iter_organization())
        .chain(name.iter_organizational_unit())
        .chain(name.iter_attributes())
        .map(text)
        .find(|text| !text.is_empty());
    attribute.unwrap_or_else(|| "an empty name".to_owned())
}

/// An attribute's text, at most 64 characters, without control characters. Old string types are read as Latin-1
/// without its zeros, which is right for the letters that names are made of.
fn text(attribute: &AttributeTypeAndValue) -> String {
    let whole = match attribute.as_str() {
        Ok(text) => text.to_owned(),
        Err(_) => attribute.as_slice().iter().copied().map(char::from).collect(),
    };
    whole.chars().filter(|c| !c.is_control()).take(64).collect::<String>().trim().to_owned()
}

/// A serial number's octets, at most the 20 that RFC 5280 § 4.1.2.2 allows, without leading zeros.
fn hexadecimal(octets: &[u8]) -> String {
    let significant = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len().saturating_sub(1));
    octets[significant..].iter().take(20).map(|octet| format!("{octet:02X}")).collect()
}
