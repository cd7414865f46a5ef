//! A key with its user IDs, subkeys and signatures (RFC 9580 § 10.1), reduced to when its parts end.

use crate::calendar::Instant;

use super::packet::Packet;
use super::signature::Signature;

/// Key flag: it may sign (§ 5.2.3.29).
const SIGN: u8 = 0x02;

/// A primary key that is not revoked.
#[derive(Debug)]
pub(super) struct Key {
    /// Its key ID in hexadecimal, or when it was created if no signature of its own names it.
    pub(super) id: String,
    /// Its first user ID.
    pub(super) user: String,
    /// Its end.
    pub(super) expires: Option<Instant>,
    /// It may sign by itself rather than only by a subkey.
    pub(super) signs: bool,
    /// Its subkeys that are not revoked.
    pub(super) subkeys: Vec<Subkey>,
}

/// A subkey.
#[derive(Debug)]
pub(super) struct Subkey {
    pub(super) created: Instant,
    pub(super) expires: Option<Instant>,
    /// It may sign.
    pub(super) signs: bool,
}

/// A part of a key (itself, a user ID, a subkey) and the signatures that follow it.
struct Part<'a> {
    packet: Packet<'a>,
    signatures: Vec<Signature>,
}

impl Key {
    /// Reads the packets of one key, the first of which is its primary key packet. `None` if it is revoked or
    /// unreadable.
    pub(super) fn new(packets: &[Packet]) -> Option<Self> {
        let parts = parts(packets);
        let (primary, others) = parts.split_first()?;
        let created = creation(primary.packet.body)?;
        if primary.signatures.iter().any(|signature| signature.kind == 0x20) {
            return None;
        }
        let id = own_id(&parts);
        let own = |signature: &&Signature| signature.issuer.is_none() || signature.issuer == id;
        let user = others.iter().find(|part| part.packet.tag == 13).map(|part| user(part.packet.body));
        Some(Self {
            id: id.as_deref().map_or_else(|| format!("of {}", super::date(created)), hexadecimal),
            user: user.filter(|user| !user.is_empty()).unwrap_or_else(|| "an unnamed holder".to_owned()),
            expires: end(created, statement(&parts, own)).or_else(|| old_end(primary.packet.body)),
            signs: flags(&parts, own).is_none_or(|flags| flags & SIGN != 0),
            subkeys: others.iter().filter_map(|part| Subkey::new(part, own)).collect(),
        })
    }
}

impl Subkey {
    fn new(part: &Part, own: impl Fn(&&Signature) -> bool) -> Option<Self> {
        if !matches!(part.packet.tag, 7 | 14) || part.signatures.iter().any(|signature| signature.kind == 0x28) {
            return None;
        }
        let created = creation(part.packet.body)?;
        let binding = newest(part.signatures.iter().filter(|signature| signature.kind == 0x18).filter(own))?;
        let signs = binding.key_flags.is_some_and(|flags| flags & SIGN != 0);
        Some(Self { created, expires: end(created, Some(binding)), signs })
    }
}

/// Groups packets by the part that their signatures speak of.
fn parts<'a>(packets: &[Packet<'a>]) -> Vec<Part<'a>> {
    let mut parts: Vec<Part> = Vec::new();
    for packet in packets {
        match packet.tag {
            5 | 6 | 7 | 13 | 14 | 17 => parts.push(Part { packet: *packet, signatures: Vec::new() }),
            2 => {
                if let Some((part, signature)) = parts.last_mut().zip(Signature::new(packet)) {
                    part.signatures.push(signature);
                }
            }
            _ => {}
        }
    }
    parts
}

/// The key's ID, without hashing it: only the key itself binds subkeys and states its own preferences.
fn own_id(parts: &[Part]) -> Option<Vec<u8>> {
    let all = || parts.iter().flat_map(|part| &part.signatures);
    let binding = all().find(|signature| signature.kind == 0x18).and_then(|signature| signature.issuer.clone());
    binding.or_else(|| all().find(|signature| signature.speaks_of_own_key())?.issuer.clone())
}

/// The signature that decides the key's end: a direct one that names an end, else the newest of those user IDs that
/// name one, each by its newest certification (as GnuPG decides).
fn statement<'a>(parts: &'a [Part], own: impl Fn(&&Signature) -> bool + Copy) -> Option<&'a Signature> {
    let primary = parts.first()?;
    let direct = newest(primary.signatures.iter().filter(|signature| signature.kind == 0x1F).filter(own));
    let named = |signature: &&Signature| signature.key_lifetime.is_some();
    direct.filter(named).or_else(|| newest(certifications(parts, own).filter(named)))
}

/// What the key may do, by its newest statement.
fn flags(parts: &[Part], own: impl Fn(&&Signature) -> bool + Copy) -> Option<u8> {
    let direct = parts.first()?.signatures.iter().filter(|signature| signature.kind == 0x1F).filter(own);
    newest(certifications(parts, own).chain(direct).filter(|signature| signature.key_flags.is_some()))?.key_flags
}

/// The newest own certification of each user ID that is not revoked.
fn certifications<'a>(
    parts: &'a [Part],
    own: impl Fn(&&Signature) -> bool + Copy,
) -> impl Iterator<Item = &'a Signature> {
    let users = parts.iter().filter(|part| matches!(part.packet.tag, 13 | 17));
    users
        .filter_map(move |part| {
            let about_user = |signature: &&Signature| matches!(signature.kind, 0x10..=0x13 | 0x30);
            newest(part.signatures.iter().filter(about_user).filter(own))
        })
        .filter(|signature| signature.kind != 0x30)
}

fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|signature| signature.created)
}

/// When a key packet says that it was made (§ 5.5.2).
fn creation(body: &[u8]) -> Option<Instant> {
    let seconds: [u8; 4] = body.get(1..5)?.try_into().ok()?;
    matches!(body.first()?, 2..=6).then(|| Instant::from_seconds(i64::from(u32::from_be_bytes(seconds))))
}

/// The end that a signature gives a key; a lifetime of zero is none.
fn end(created: Instant, signature: Option<&Signature>) -> Option<Instant> {
    let lifetime = signature?.key_lifetime.filter(|lifetime| *lifetime > 0)?;
    Some(later(created, i64::from(lifetime)))
}

/// The end of a version 3 key, in days from its creation (§ 5.5.2.1).
fn old_end(body: &[u8]) -> Option<Instant> {
    let days = u16::from_be_bytes(body.get(5..7)?.try_into().ok()?);
    let old = matches!(body.first()?, 2 | 3) && days > 0;
    old.then_some(later(creation(body)?, i64::from(days) * 86_400))
}

fn later(start: Instant, seconds: i64) -> Instant {
    Instant(start.0 + Instant::from_seconds(seconds).0)
}

fn user(body: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(64).collect();
    text.trim().to_owned()
}

fn hexadecimal(id: &[u8]) -> String {
    let digits: String = id.iter().take(8).map(|octet| format!("{octet:02X}")).collect();
    format!("0x{digits}")
}
