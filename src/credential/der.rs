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
    fn values_follow_each_other() {
        let content = [0x02, 1, 7, 0x30, 0, 0x04, 9];
        let tags: Vec<u8> = values(&content).map(|value| value.tag).collect();
        assert_eq!(tags, [0x02, 0x30]);
        assert_eq!(tagged(&content, 0x02).unwrap().content, [7]);
        assert!(tagged(&content, SEQUENCE).is_none());
    }
}
