//! Base64 without a PEM header: DER in the values of Kubernetes objects, kubeconfig, JSON, plists, SAML metadata and
//! JWKS `x5c` (RFC 7517 § 4.7), and whole PEM texts in base64 (`LS0tLS1CRUdJTi…`).
//!
//! DER says its own length in its first four bytes, so exactly one value is collected, over line breaks and literals.
//! The search goes on after what was collected, which keeps it linear in any text.

use memchr::memmem::Finder;

use super::base64_text::{self, Foreign};
use super::held::{Held, held};
use super::source::Source;
use super::{Expiring, der, pem};

/// base64 of `30 82`: a SEQUENCE of 256 to 65,535 bytes.
const DER: &[u8] = b"MII";
/// base64 of `-----BEGIN `.
const ARMOUR: &[u8] = b"LS0tLS1CRUdJTi";
/// The most characters of one value; a Secret is at most 1 MiB (etcd's limit).
const LONGEST: usize = 2 << 20;

/// What a value at the start of a text holds, and how much of the text it takes.
type Decoder = fn(&[u8]) -> (Vec<Held>, usize);

/// The findings of every base64 value outside armour.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    let mut found = Vec::new();
    for (word, decode) in [(DER, der_at as Decoder), (ARMOUR, armour_at)] {
        let finder = Finder::new(word);
        let mut at = 0;
        while let Some(start) = finder.find(&bytes[at..]).map(|length| at + length) {
            at = run_end(bytes, start);
            if continues(bytes, start) || source.block_at(start).is_some() {
                continue;
            }
            let (held, length) = decode(&bytes[start..]);
            let shown = start..at.min(start + 80);
            at = at.max(start + length);
            found.extend(held.into_iter().map(|held| (shown.clone(), held)));
        }
    }
    pem::expiring(source, found.into_iter())
}

/// Whether a word at `start` is the middle of a longer run. After the `n` of `\n` it is not.
fn continues(bytes: &[u8], start: usize) -> bool {
    match bytes[..start] {
        [.., b'\\', b'n' | b'r' | b't'] => false,
        [.., before] => is_base64(before),
        [] => false,
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// The end of the run that stands at `start`.
fn run_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| !is_base64(*byte)).map_or(bytes.len(), |length| start + length)
}

/// One DER value that is a SEQUENCE of a SEQUENCE (a certificate or list) or of a type (an envelope).
fn der_at(text: &[u8]) -> (Vec<Held>, usize) {
    let (head, _) = base64_text::collect(text, 8, Foreign::Stop);
    let header = base64_text::decode(&head).unwrap_or_default();
    let (Some((_, length)), Some(&inner)) = (der::measure(&header), header.get(4)) else { return Default::default() };
    if inner != der::SEQUENCE && inner != der::OBJECT_IDENTIFIER {
        return Default::default();
    }
    let (characters, read) = base64_text::collect(text, length.div_ceil(3) * 4, Foreign::Stop);
    match base64_text::decode(&characters) {
        Some(value) if value.len() >= length => (held(&value[..length]), read),
        _ => (Vec::new(), read),
    }
}

fn armour_at(text: &[u8]) -> (Vec<Held>, usize) {
    let text = &text[..text.len().min(LONGEST)];
    let (characters, read) = base64_text::collect(text, LONGEST, Foreign::Stop);
    (base64_text::decode(&characters).map(|pem| pem::held_in(&pem)).unwrap_or_default(), read)
}
