//! Certificates inside binaries: programs, libraries, firmware. They carry them as DER or as PEM, compiled in, linked as a
//! resource, or appended as a signature (Authenticode is PKCS #7 at the end of a PE file).
//!
//! DER says its own length, so nothing but the bytes of one value is ever parsed, and the search goes on behind it.

use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem::Finder;

use super::held::{Held, held};
use super::source::Source;
use super::{Context, Expiring, Found, armour, der, pem};
use crate::source::APK_SIGNERS;

/// A SEQUENCE of 256 to 65,535 bytes, as every certificate, list and signature with one is.
const SEQUENCE: &[u8] = &[0x30, 0x82];

/// Everything that ends in the bytes of a binary and begins in the first `fresh` of them. `place` tells where, for the
/// message.
pub fn embedded(path: &str, bytes: &[u8], fresh: usize, context: &Context, place: &dyn Fn(usize) -> String) -> Found {
    let mut found: Vec<(Range<usize>, Held)> = armoured(bytes);
    found.extend(encoded(bytes));
    found.retain(|(range, _)| range.start < fresh);
    found.sort_by_key(|(range, _)| range.start);
    // There is no text around them that could say anything: the file's name has to.
    let source = Source::new(path, &[]);
    let mut expiring: Vec<Expiring> = pem::expiring(&source, found.into_iter());
    if path.ends_with(APK_SIGNERS) {
        // They stand there once for every version of the scheme.
        let mut known = HashSet::new();
        expiring.retain(|thing| known.insert(thing.matched.clone()));
    }
    for thing in &mut expiring {
        thing.message.push_str(&format!(" ({})", place(thing.range.start)));
    }
    Found::of(expiring, &source, context)
}

fn armoured(bytes: &[u8]) -> Vec<(Range<usize>, Held)> {
    let blocks = armour::blocks(bytes);
    let each = blocks.iter().filter(|block| pem::may_expire(block)).flat_map(|block| {
        let held = block.decode(bytes).map(|der| held(&der)).unwrap_or_default();
        held.into_iter().map(|held| (block.marker.clone(), held))
    });
    each.collect()
}

fn encoded(bytes: &[u8]) -> Vec<(Range<usize>, Held)> {
    let finder = Finder::new(SEQUENCE);
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = finder.find(&bytes[at..]).map(|length| at + length) {
        at = start + 1;
        let Some(value) = value_at(&bytes[start..]) else { continue };
        let held = held(value);
        if !held.is_empty() {
            at = start + value.len();
            found.extend(held.into_iter().map(|held| (start..start + 1, held)));
        }
    }
    found
}

/// Tag of an INTEGER, here the version of a PKCS #12 store.
const INTEGER: u8 = 0x02;

/// The whole value at the start of `bytes` if it can be a certificate or list (a SEQUENCE of SEQUENCEs), an envelope (one that
/// begins with a type) or a PKCS #12 store (one that begins with version 3).
fn value_at(bytes: &[u8]) -> Option<&[u8]> {
    let (header, total) = der::measure(bytes)?;
    match *bytes.get(header..header + 2)? {
        [der::SEQUENCE, 0x81 | 0x82] | [der::OBJECT_IDENTIFIER, 9] => bytes.get(..total),
        [INTEGER, 1] if bytes.get(header + 2..)?.starts_with(&[3, der::SEQUENCE]) => bytes.get(..total),
        _ => None,
    }
}
