//! The outermost layer of DER (ITU-T X.690 § 8.1): tag, length, content. Enough to measure a value, to walk the
//! envelope of CMS and to tell apart what a file holds; certificates themselves are left to `x509-parser`.

/// Tag of a SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;
/// Tag of an OBJECT IDENTIFIER.
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
/// Tag of a context-specific, constructed `[0]`.
pub(super) const CONTEXT_0: u8 = 0xA0;
/// Tag of a context-specific, constructed `[1]`.
pub(super) const CONTEXT_1: u8 = 0xA1;

/// One value: its tag, its content, and what follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    /// The tag byte.
    pub(super) tag: u8,
    /// The content.
    pub(super) content: &'a [u8],
    /// The value with its tag and length.
    pub(super) whole: &'a [u8],
    /// What follows.
    pub(super) rest: &'a [u8],
}

/// The first value of `bytes`; `None` if it is cut or of indefinite length.
pub(super) fn value(bytes: &[u8]) -> Option<Value<'_>> {
    let (header, total) = measure(bytes)?;
    let (whole, rest) = bytes.split_at_checked(total)?;
    Some(Value { tag: whole[0], content: &whole[header..], whole, rest })
}

/// The first value of `bytes` if it has that tag.
pub(super) fn tagged(bytes: &[u8], tag: u8) -> Option<Value<'_>> {
    value(bytes).filter(|value| value.tag == tag)
}

/// The values of a content, one after the other, up to the first that is cut.
pub(super) fn values(content: &[u8]) -> impl Iterator<Item = Value<'_>> {
    std::iter::successors(value(content), |last| value(last.rest))
}

/// The lengths of the header and of the whole value that `bytes` begins with, of which only the header must be there.
pub(super) fn measure(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.get(1)?);
    if first < 0x80 {
        return Some((2, 2 + first));
    }
    let count = first - 0x80;
    if count == 0 || count > 4 {
        return None;
    }
    let length = bytes.get(2..2 + count)?.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    Some((2 + count, length.checked_add(2 + count)?))
}

/// Values within values, in BER.
const DEPTH: usize = 24;
/// Tags of an OCTET STRING, whole and in pieces.
const OCTETS: [u8; 2] = [0x04, 0x24];
/// What ends a value of indefinite length.
const END: &[u8] = &[0, 0];

/// The first value of `bytes` with lengths in place of ends (BER, § 8.1.3.6), pieces of octet strings joined; `None` if it
/// has a length, is cut, or is nested beyond reason.
pub(super) fn definite(bytes: &[u8]) -> Option<Vec<u8>> {
    (bytes.get(1) == Some(&0x80)).then(|| rewritten(bytes, DEPTH)).flatten().map(|(value, _)| value)
}

/// The first value, and what follows it.
fn rewritten(bytes: &[u8], depth: usize) -> Option<(Vec<u8>, &[u8])> {
    let depth = depth.checked_sub(1)?;
    let tag = *bytes.first()?;
    let constructed = tag & 0x20 != 0;
    let indefinite = bytes.get(1) == Some(&0x80);
    if !indefinite && !constructed {
        let value = value(bytes)?;
        return Some((value.whole.to_vec(), value.rest));
    }
    let (mut rest, mut after) = match value(bytes) {
        Some(value) => (value.content, value.rest),
        None => (bytes.get(2..).filter(|_| indefinite && constructed)?, &[][..]),
    };
    let mut content = Vec::new();
    while !rest.is_empty() {
        if indefinite && rest.starts_with(END) {
            after = &rest[END.len()..];
            break;
        }
        let (member, next) = rewritten(rest, depth)?;
        match value(&member) {
            Some(piece) if tag == OCTETS[1] && piece.tag == OCTETS[0] => content.extend_from_slice(piece.content),
            _ => content.extend(member),
        }
        rest = next;
    }
    let mut whole = vec![if tag == OCTETS[1] { OCTETS[0] } else { tag }];
    let length = u32::try_from(content.len()).ok()?.to_be_bytes();
    match length {
        [0, 0, 0, short @ ..0x80] => whole.push(short),
        _ => {
            whole.push(0x84);
            whole.extend(length);
        }
    }
    whole.extend(content);
    Some((whole, after))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_short_long_and_wrong() {
        assert_eq!(measure(&[0x30, 5]), Some((2, 7)));
        assert_eq!(measure(&[0x30, 0x82, 1, 0]), Some((4, 260)));
        assert_eq!(measure(&[0x30, 0x80]), None);
        assert_eq!(measure(&[0x30, 0x85, 1, 1, 1, 1, 1]), None);
        assert_eq!(measure(&[0x30, 0x82, 1]), None);
        assert_eq!(measure(&[]), None);
    }

    #[test]
    fn lengths_take_the_place_of_ends() {
        for (ber, der) in [
            (&[0x30, 0x80, 0x02, 1, 7, 0, 0][..], Some(&[0x30, 3, 0x02, 1, 7][..])),
            (&[0x30, 0x80, 0x24, 0x80, 0x04, 1, 1, 0x04, 1, 2, 0, 0, 0, 0], Some(&[0x30, 4, 0x04, 2, 1, 2])),
            (&[0x30, 0x80, 0x30, 7, 0x24, 0x80, 0x04, 1, 1, 0, 0, 0, 0], Some(&[0x30, 5, 0x30, 3, 0x04, 1, 1])),
            (&[0x30, 0x80, 0x02, 9, 7], None),
            (&[0x30, 3, 0x02, 1, 7], None),
            (&[0x04, 0x80, 0, 0], None),
            (&[], None),
        ] {
            assert_eq!(definite(ber).as_deref(), der, "{ber:?}");
        }
        assert_eq!(definite(&[0x30, 0x80].repeat(100_000)), None);
    }

    #[test]
    fn values_follow_each_other() {
        let content = [0x02, 1, 7, 0x30, 0, 0x04, 9];
        let tags: Vec<u8> = values(&content).map(|value| value.tag).collect();
        assert_eq!(tags, [0x02, 0x30]);
        assert_eq!(tagged(&content, 0x02).unwrap().content, [7]);
        assert!(tagged(&content, SEQUENCE).is_none());
    }
}
