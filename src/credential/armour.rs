//! Armoured blocks: `-----BEGIN LABEL-----` … `-----END LABEL-----`, wherever they stand (RFC 7468, RFC 9580 § 6.2).
//!
//! Blocks are found in one pass over the two kinds of marker. An END is looked for no further than the next BEGIN, so
//! that no file, however malformed, is read twice; a marker without its END is no block.

use std::ops::Range;

use memchr::memmem;

use super::base64_text::{self, Foreign};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// The most text that one block may span; the largest real ones (keyrings, CRLs) are well below.
const LONGEST_BLOCK: usize = 8 << 20;

/// One armoured block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// What it says it is: `CERTIFICATE`, `PGP PUBLIC KEY BLOCK`.
    pub(super) label: String,
    /// From the BEGIN marker into the END marker.
    pub(super) range: Range<usize>,
    /// The BEGIN marker.
    pub(super) marker: Range<usize>,
    /// What lies between the markers.
    body: Range<usize>,
    /// What every line of the block begins with, if that is comment or patch punctuation.
    prefix: Vec<u8>,
}

impl Block {
    /// The bytes it holds; `None` if they are no base64.
    pub(super) fn decode(&self, text: &[u8]) -> Option<Vec<u8>> {
        let body = text.get(self.body.clone())?;
        let (found, _) = base64_text::collect(body, usize::MAX, Foreign::Skip(&self.prefix));
        base64_text::decode(&found)
    }
}

/// Every block of a text, in order, not overlapping.
pub(super) fn blocks(text: &[u8]) -> Vec<Block> {
    let begins: Vec<usize> = memmem::find_iter(text, BEGIN).collect();
    let mut blocks = Vec::new();
    for (index, &start) in begins.iter().enumerate() {
        let next = begins.get(index + 1).copied().unwrap_or(text.len()).min(start + LONGEST_BLOCK);
        let Some((label, body)) = label(&text[start + BEGIN.len()..next]) else { continue };
        let body = start + BEGIN.len() + body;
        let Some(length) = memmem::find(&text[body..next], END) else { continue };
        let end = body + length;
        blocks.push(Block {
            label,
            range: start..end + END.len(),
            marker: start..body,
            body: body..end,
            prefix: line_prefix(&text[..start]),
        });
    }
    blocks
}

/// The label of a marker and the offset after its dashes.
fn label(text: &[u8]) -> Option<(String, usize)> {
    let length = memmem::find(&text[..text.len().min(80)], b"-----")?;
    let label = std::str::from_utf8(&text[..length]).ok()?;
    let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'#' | b'-'));
    plain.then(|| (label.to_owned(), length + 5))
}

/// The punctuation before a marker on its line, trimmed; empty if other text stands there.
fn line_prefix(before: &[u8]) -> Vec<u8> {
    let window = &before[before.len().saturating_sub(64)..];
    let line = window.iter().rposition(|byte| *byte == b'\n').map_or(window, |feed| &window[feed + 1..]);
    let prefix = line.trim_ascii();
    let punctuation = |byte: &u8| matches!(byte, b'/' | b'*' | b'#' | b';' | b'>' | b'|' | b'+' | b'!' | b'%');
    if prefix.iter().all(punctuation) { prefix.to_vec() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_block_needs_its_end_before_the_next_begins() {
        let text = b"x\n// -----BEGIN A B-----\n// Zm9v\n// -----END A B-----\n-----BEGIN C-----\nZm8\n\
                     -----BEGIN D-----Zm8-----END D-----";
        let found = blocks(text);
        let read: Vec<_> = found.iter().map(|b| (b.label.as_str(), b.decode(text).unwrap())).collect();
        assert_eq!(read, [("A B", b"foo".to_vec()), ("D", b"fo".to_vec())]);
        assert_eq!(&text[found[0].range.clone()], &text[5..45]);
        assert_eq!(&text[found[0].marker.clone()], b"-----BEGIN A B-----");
    }

    #[test]
    fn a_marker_needs_its_dashes() {
        assert!(blocks(b"-----BEGIN CERTIFICATE\n-----BEGIN \xff-----").is_empty());
        assert!(blocks(b"-----BEGIN ").is_empty());
    }
}
