//! Byte offsets to lines and columns.
//!
//! Grammars count bytes; the rest of the tool counts characters from 1. Text that is all ASCII (nearly every file)
//! needs no counting; for the rest the characters before every block of bytes are counted once, so that a column in a
//! line of a megabyte costs no more than one in a short line.

use std::ops::Range;

use crate::finding::Span;

/// How many bytes share one count of the characters before them.
const BLOCK: usize = 256;

/// The lines and characters of one text.
pub(crate) struct Positions<'s> {
    text: &'s str,
    /// The byte that each line starts at.
    lines: Vec<usize>,
    /// The number of characters before each block; empty for ASCII.
    blocks: Vec<usize>,
}

impl<'s> Positions<'s> {
    /// Counts the lines of a text.
    pub(crate) fn new(text: &'s str) -> Self {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let lines = std::iter::once(0).chain(newlines).collect();
        let blocks = if text.is_ascii() { Vec::new() } else { count_blocks(text.as_bytes()) };
        Self { text, lines, blocks }
    }

    /// The span of a byte range. Offsets past the end are taken as the end.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let (line, column) = self.point(range.start);
        let (end_line, end_column) = self.point(range.end.max(range.start));
        Span { line, column, end_line, end_column }
    }

    fn point(&self, byte: usize) -> (u32, u32) {
        let byte = byte.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = self.lines[line.saturating_sub(1)];
        let column = self.characters_before(byte).saturating_sub(self.characters_before(start)) + 1;
        (number(line), number(column))
    }

    fn characters_before(&self, byte: usize) -> usize {
        match self.blocks.get(byte / BLOCK) {
            None => byte,
            Some(before) => before + characters(&self.text.as_bytes()[byte / BLOCK * BLOCK..byte]),
        }
    }
}

fn count_blocks(bytes: &[u8]) -> Vec<usize> {
    let mut before = 0;
    let mut blocks = Vec::with_capacity(bytes.len() / BLOCK + 2);
    for block in bytes.chunks(BLOCK) {
        blocks.push(before);
        before += characters(block);
    }
    blocks.push(before);
    blocks
}

/// The characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        for (text, range, line, column, end_column) in [
            ("ab\ncd", 3..4, 2, 1, 2),
            ("é = 1", 0..2, 1, 1, 2),
            ("é = 1", 5..6, 1, 5, 6),
            ("x\n\u{1F600}y", 6..7, 2, 2, 3),
            ("", 0..5, 1, 1, 1),
        ] {
            let span = Positions::new(text).span(range);
            assert_eq!((span.line, span.column, span.end_column), (line, column, end_column), "{text:?}");
        }
    }

    #[test]
    fn long_lines_count_across_blocks() {
        let text = "é".repeat(1000) + "x";
        assert_eq!(Positions::new(&text).span(2000..2001), Span::on_line(1, 1001, 1002));
    }
}
