//! OpenPGP public keys (RFC 9580, RFC 4880): armoured, in binary keyrings and in GnuPG's keybox. Whatever a key or
//! signing subkey signed is refused after its end, as `EXPKEYSIG` by apt and gpg.
//!
//! Only packets are read. Whether a signature is genuine is not asked: a file that ships a forged expiry has other
//! problems.

mod key;
mod packet;
mod signature;

use std::ops::Range;

use crate::finding::{Rule, Severity};

use self::key::{Key, Subkey};
use self::packet::Packet;
use super::source::Source;
use super::{Expiring, date};

/// The findings of every key in the file.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let mut found = Vec::new();
    for block in source.blocks() {
        if block.label.starts_with("PGP ") && block.label.contains("KEY BLOCK") {
            let packets = block.decode(source.bytes()).unwrap_or_default();
            found.extend(keys(&packets, &block.marker));
        }
    }
    found.extend(binary(source.bytes()).flat_map(|packets| keys(packets, &(0..1))));
    found
}

/// The sequences of packets in a file that is a keyring or a keybox.
fn binary(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let keyring = is_keyring(bytes).then_some(bytes);
    let keybox = bytes.get(8..12) == Some(b"KBXf");
    keyring.into_iter().chain(keybox.then(|| packet::keybox(bytes)).into_iter().flatten())
}

/// Whether a file begins with a key packet that a user ID, a signature or a subkey follows.
fn is_keyring(bytes: &[u8]) -> bool {
    let mut packets = packet::packets(bytes);
    let key = packets.next().is_some_and(|first| first.is_primary() && matches!(first.body.first(), Some(2..=6)));
    key && packets.next().is_some_and(|second| matches!(second.tag, 2 | 7 | 12 | 13 | 14 | 17))
}

fn keys(packets: &[u8], range: &Range<usize>) -> Vec<Expiring> {
    let mut found = Vec::new();
    let mut packets = packet::packets(packets).skip_while(|packet| !packet.is_primary()).peekable();
    while let Some(first) = packets.next() {
        let mut parts: Vec<Packet> = vec![first];
        while let Some(part) = packets.next_if(|packet| !packet.is_primary()) {
            parts.push(part);
        }
        if let Some(key) = Key::new(&parts) {
            found.extend(expiring(&key, range));
        }
    }
    found
}

/// The findings of one key: its own end, and those of subkeys that end before it.
fn expiring(key: &Key, range: &Range<usize>) -> Vec<Expiring> {
    let mut found = Vec::new();
    if let Some(at) = key.expires {
        let message = format!("OpenPGP key {} of {} holds until {}", key.id, key.user, date(at));
        let matched = format!("openpgp {}", key.id);
        let mut thing = Expiring::new(Rule::SignedMetadataExpiry, range.clone(), at, message, matched);
        thing.effect = "signatures by it are refused (EXPKEYSIG)";
        found.push(thing);
    }
    found.extend(key.subkeys.iter().filter_map(|subkey| subkey_expiring(key, subkey, range)));
    found
}

fn subkey_expiring(key: &Key, subkey: &Subkey, range: &Range<usize>) -> Option<Expiring> {
    let at = subkey.expires.filter(|at| key.expires.is_none_or(|end| *at < end))?;
    let (created, purpose) = (date(subkey.created), if subkey.signs { "signing" } else { "encryption" });
    let message =
        format!("{purpose} subkey of {created} of OpenPGP key {} of {} holds until {}", key.id, key.user, date(at));
    let matched = format!("openpgp {} subkey {}", key.id, subkey.created.seconds());
    let mut thing = Expiring::new(Rule::SignedMetadataExpiry, range.clone(), at, message, matched);
    if subkey.signs {
        thing.effect = "signatures by it are refused (EXPKEYSIG)";
    } else {
        thing.severity = Severity::Changes;
        thing.effect = "nothing can be encrypted to it";
    }
    let outlives = |other: &Subkey| other.signs == subkey.signs && other.expires.is_none_or(|end| end > at);
    let succeeded = key.subkeys.iter().any(outlives) || (subkey.signs && key.signs);
    Some(if succeeded { thing.note("another subkey or the key itself goes on") } else { thing })
}
