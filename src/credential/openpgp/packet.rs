//! OpenPGP packets (RFC 9580 § 4) and the blobs of GnuPG's keybox (`kbx/keybox-blob.c`) that hold them.

/// One packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    /// Its type: 2 signature, 5 and 6 primary key, 7 and 14 subkey, 13 user ID, 17 user attribute.
    pub(super) tag: u8,
    /// Its body.
    pub(super) body: &'a [u8],
}

impl Packet<'_> {
    /// Whether it begins a key.
    pub(super) fn is_primary(&self) -> bool {
        matches!(self.tag, 5 | 6)
    }
}

/// The packets of a sequence, up to the first that is cut or streamed (keys never are).
pub(super) fn packets(mut bytes: &[u8]) -> impl Iterator<Item = Packet<'_>> {
    std::iter::from_fn(move || {
        let (packet, rest) = packet(bytes)?;
        bytes = rest;
        Some(packet)
    })
}

fn packet(bytes: &[u8]) -> Option<(Packet<'_>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (tag, (length, rest)) = match first {
        0xC0.. => (first & 0x3F, new_length(rest)?),
        0x80.. => (first >> 2 & 0x0F, old_length(first & 3, rest)?),
        _ => return None,
    };
    let (body, rest) = rest.split_at_checked(length)?;
    Some((Packet { tag, body }, rest))
}

/// A length in the old format (§ 4.2.2): one, two or four bytes by the kind in the tag.
fn old_length(kind: u8, bytes: &[u8]) -> Option<(usize, &[u8])> {
    let width = match kind {
        0 => 1,
        1 => 2,
        2 => 4,
        _ => return None,
    };
    let (length, rest) = bytes.split_at_checked(width)?;
    Some((big_endian(length), rest))
}

/// A length in the new format (§ 4.2.1), which signature subpackets share (§ 5.2.3.7).
pub(super) fn new_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    match first {
        0..192 => Some((usize::from(first), rest)),
        192..224 => {
            let (&second, rest) = rest.split_first()?;
            Some((((usize::from(first) - 192) << 8) + usize::from(second) + 192, rest))
        }
        255 => {
            let (length, rest) = rest.split_at_checked(4)?;
            Some((big_endian(length), rest))
        }
        _ => None,
    }
}

/// The number that at most four bytes spell.
pub(super) fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// The OpenPGP keyblocks of a keybox: blobs of length, type (2), version, flags, and where the packets stand.
pub(super) fn keybox(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    let blobs = std::iter::from_fn(move || {
        let length = big_endian(rest.get(..4)?);
        let (blob, after) = rest.split_at_checked(length)?;
        rest = after;
        (length >= 16).then_some(blob)
    });
    blobs.filter(|blob| blob[4] == 2).filter_map(|blob| {
        let start = big_endian(&blob[8..12]);
        blob.get(start..start.checked_add(big_endian(&blob[12..16]))?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_and_their_lengths() {
        let bytes = [0x99, 0, 1, 4, 0xCD, 2, b'a', b'b', 0x88, 1, 9, 0xC2, 0xFF, 0, 0, 0, 1, 7];
        let read: Vec<(u8, usize)> = packets(&bytes).map(|packet| (packet.tag, packet.body.len())).collect();
        assert_eq!(read, [(6, 1), (13, 2), (2, 1), (2, 1)]);
        assert_eq!(new_length(&[192, 0]), Some((192, &[][..])));
        assert_eq!(new_length(&[223, 255]), Some((8383, &[][..])));
        assert_eq!(new_length(&[224]), None);
    }

    #[test]
    fn a_blob_that_is_cut_ends_the_keybox() {
        assert_eq!(keybox(&[0, 0, 0, 99, 2]).count(), 0);
        assert_eq!(keybox(&[0; 64]).count(), 0);
    }
}
