//! Little-endian numbers at places of a file; everything is `None` outside it.

/// The bytes at a place, as many as the number takes.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

pub(super) fn u16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

pub(super) fn u32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

pub(super) fn u64(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

/// A number of four bytes as a place.
pub(super) fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32(bytes, at)?).ok()
}

/// A compressed number (§ II.23.2) and how many bytes it takes.
pub(super) fn compressed(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = u32::from(*bytes.get(at)?);
    let next = |n: usize| bytes.get(at + n).map(|byte| u32::from(*byte));
    Some(match first {
        0..=0x7F => (first, 1),
        0x80..=0xBF => ((first & 0x3F) << 8 | next(1)?, 2),
        _ => ((first & 0x1F) << 24 | next(1)? << 16 | next(2)? << 8 | next(3)?, 4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_numbers_take_one_two_or_four_bytes() {
        for (bytes, expected) in [
            (&[0x03][..], Some((3, 1))),
            (&[0x80, 0x80], Some((0x80, 2))),
            (&[0xAE, 0x57], Some((0x2E57, 2))),
            (&[0xC0, 0x00, 0x40, 0x00], Some((0x4000, 4))),
            (&[0xC0, 0x00], None),
            (&[], None),
        ] {
            assert_eq!(compressed(bytes, 0), expected);
        }
    }
}
