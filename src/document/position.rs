//! [`Positions`]: from byte offsets to lines and columns, in time that does not depend on the length of a line.

use std::ops::Range;

use crate::finding::Span;

/// Bytes between two stored counts.
const STRIDE: usize = 512;

/// Line and column of every byte of one text. Minified files have a single line of a megabyte, so columns are not
/// counted from the line's start but from the last stored count.
#[derive(Debug)]
pub struct Positions<'t> {
    text: &'t str,
    /// Where each line starts.
    lines: Vec<usize>,
    /// Characters before each multiple of [`STRIDE`]; one that falls into a character does not count it.
    counts: Vec<usize>,
}

impl<'t> Positions<'t> {
    /// Indexes a text.
    pub fn new(text: &'t str) -> Self {
        let newline = memchr::memchr_iter(b'\n', text.as_bytes());
        let lines = std::iter::once(0).chain(newline.map(|at| at + 1)).collect();
        let mut counts = vec![0];
        let mut count = 0;
        for block in text.as_bytes().chunks(STRIDE) {
            count += starts(block);
            counts.push(count);
        }
        Self { text, lines, counts }
    }

    /// The span of a byte range. A range beyond the text ends at its end.
    pub fn span(&self, range: Range<usize>) -> Span {
        let (line, column) = self.line_and_column(range.start);
        let (end_line, end_column) = self.line_and_column(range.end.max(range.start));
        Span { line, column, end_line, end_column }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> u32 {
        self.line_and_column(offset).0
    }

    fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / STRIDE;
        let rest = self.text.as_bytes().get(block * STRIDE..offset).unwrap_or(&[]);
        self.counts.get(block).copied().unwrap_or(0) + starts(rest)
    }
}

/// Characters that start in these bytes of UTF-8.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let positions = Positions::new("a\näöü x\n");
        assert_eq!(positions.span(0..1), Span::on_line(1, 1, 2));
        assert_eq!(positions.span(9..10), Span::on_line(2, 5, 6));
        assert_eq!(positions.span(2..90), Span { line: 2, column: 1, end_line: 3, end_column: 1 });
    }

    proptest! {
        #[test]
        fn agrees_with_counting(text in "([aé\u{1f600}\n]|x{300}){0,40}", at in 0_usize..4000) {
            let Some((before, _)) = text.split_at_checked(at) else { return Ok(()) };
            let line = before.matches('\n').count() as u32 + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
            let span = Positions::new(&text).span(at..at);
            prop_assert_eq!((span.line, span.column), (line, column));
        }
    }
}
