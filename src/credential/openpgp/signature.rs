//! Signature packets (RFC 9580 § 5.2): who made one, when, and what it says of a key's end.

use super::packet::{Packet, big_endian, new_length};

/// What is read of one signature.
#[derive(Clone, Debug, Default)]
pub(super) struct Signature {
    /// 0x10–0x13 certification, 0x18 subkey binding, 0x1F direct key, 0x20, 0x28 and 0x30 revocations.
    pub(super) kind: u8,
    /// Seconds since 1970.
    pub(super) created: u32,
    /// Subpacket 9: seconds from the key's creation to its end.
    pub(super) key_lifetime: Option<u32>,
    /// Subpacket 27: what the key may do.
    pub(super) key_flags: Option<u8>,
    /// The key ID of the maker.
    pub(super) issuer: Option<Vec<u8>>,
    /// It holds preferences, as only a key's own signatures do.
    preferences: bool,
}

impl Signature {
    /// Reads a signature packet of version 3 to 6.
    pub(super) fn new(packet: &Packet) -> Option<Self> {
        let body = packet.body;
        match body.first()? {
            3 => Some(Self {
                kind: *body.get(2)?,
                created: number(body.get(3..7)?),
                issuer: body.get(7..15).map(<[u8]>::to_vec),
                ..Self::default()
            }),
            4 | 5 => Self::with_subpackets(*body.get(1)?, body.get(4..)?, 2),
            6 => Self::with_subpackets(*body.get(1)?, body.get(4..)?, 4),
            _ => None,
        }
    }

    /// Whether it says things that a key says only of itself.
    pub(super) fn speaks_of_own_key(&self) -> bool {
        self.preferences || self.key_flags.is_some() || self.key_lifetime.is_some()
    }

    /// Reads the hashed and the other subpackets, whose lengths take `width` bytes.
    fn with_subpackets(kind: u8, bytes: &[u8], width: usize) -> Option<Self> {
        let (hashed, rest) = area(bytes, width)?;
        let mut signature = Self { kind, ..Self::default() };
        subpackets(hashed).for_each(|(kind, body)| signature.read_hashed(kind, body));
        if signature.issuer.is_none() {
            let (unhashed, _) = area(rest, width)?;
            signature.issuer = subpackets(unhashed).find_map(|(kind, body)| issuer(kind, body));
        }
        Some(signature)
    }

    fn read_hashed(&mut self, kind: u8, body: &[u8]) {
        match kind {
            2 => self.created = number(body),
            9 => self.key_lifetime = Some(number(body)),
            11 | 21 | 22 | 30 => self.preferences = true,
            16 | 33 => self.issuer = issuer(kind, body),
            27 => self.key_flags = body.first().copied(),
            _ => {}
        }
    }
}

/// A stretch of subpackets after its length, and what follows.
fn area(bytes: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(width)?;
    rest.split_at_checked(big_endian(length))
}

/// Type (without its critical bit) and body of each subpacket (§ 5.2.3.7).
fn subpackets(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (length, rest) = new_length(bytes)?;
        let (subpacket, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        let (&kind, body) = subpacket.split_first()?;
        Some((kind & 0x7F, body))
    })
}

/// The key ID in an issuer (16) or issuer fingerprint (33) subpacket: the end of a version 4 fingerprint, the
/// beginning of later ones.
fn issuer(kind: u8, body: &[u8]) -> Option<Vec<u8>> {
    let id = match (kind, body) {
        (16, id) => id,
        (33, [4, fingerprint @ ..]) => fingerprint.get(fingerprint.len().checked_sub(8)?..)?,
        (33, [_, fingerprint @ ..]) => fingerprint.get(..8)?,
        _ => return None,
    };
    Some(id.to_vec())
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}
