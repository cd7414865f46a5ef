//! Reads files into one buffer per thread.

use std::io::{self, Read};

/// The buffer's size between files; it grows for a larger one and shrinks again.
const USUAL: usize = 2 << 20;

/// Bytes of a window that the next one repeats, so that a word on the seam is seen.
const OVERLAP: usize = 256;

/// A reusable buffer. It never holds more than the largest cap plus one byte.
#[derive(Debug, Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
}

impl Reader {
    /// Reads until the end, or until more than `cap` bytes are there. Gives how many are.
    pub(super) fn read(&mut self, source: &mut impl Read, cap: usize) -> io::Result<usize> {
        if self.buffer.len() > USUAL {
            self.buffer.truncate(USUAL);
            self.buffer.shrink_to_fit();
        }
        self.fill(source, 0, cap.saturating_add(1))
    }

    /// Reads on after the first `length` bytes until `cap` are there. Gives how many are.
    pub(super) fn more(&mut self, source: &mut impl Read, length: usize, cap: usize) -> io::Result<usize> {
        self.fill(source, length, cap.max(length))
    }

    /// Moves the bytes from `kept` to `length` to the front. Gives how many they are.
    pub(super) fn slide(&mut self, kept: usize, length: usize) -> usize {
        self.buffer.copy_within(kept..length, 0);
        length - kept
    }

    /// The first `length` bytes of what was read.
    pub(super) fn bytes(&self, length: usize) -> &[u8] {
        &self.buffer[..length]
    }

    /// Goes through the rest of a file of which `length` bytes are in the buffer, window by window and starting
    /// with those, until `visit` returns `false`, the end, or `limit` bytes. Tells whether the end was seen or not needed.
    pub(super) fn windows(
        &mut self,
        source: &mut impl Read,
        mut length: usize,
        limit: u64,
        mut visit: impl FnMut(&[u8]) -> bool,
    ) -> io::Result<bool> {
        let mut seen = length as u64;
        let window = length.max(OVERLAP * 2);
        loop {
            if !visit(&self.buffer[..length]) {
                return Ok(true);
            }
            if seen > limit {
                return Ok(false);
            }
            let kept = length.min(OVERLAP);
            self.buffer.copy_within(length - kept..length, 0);
            length = self.fill(source, kept, window)?;
            if length == kept {
                return Ok(true);
            }
            seen += (length - kept) as u64;
        }
    }

    /// Reads to the buffer from `from` on until it holds `until` bytes or the source ends. Gives the buffer's new end.
    fn fill(&mut self, source: &mut impl Read, mut from: usize, until: usize) -> io::Result<usize> {
        while from < until {
            if from == self.buffer.len() {
                let longer = (self.buffer.len() * 2).max(USUAL / 2 + 1).min(until);
                self.buffer.resize(longer.max(from + 1), 0);
            }
            let end = self.buffer.len().min(until);
            match source.read(&mut self.buffer[from..end]) {
                Ok(0) => break,
                Ok(count) => from += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(from)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_more_than_the_cap_and_a_byte_is_held() {
        let mut reader = Reader::default();
        for (size, cap, expected) in
            [(0, 10, 0), (10, 10, 10), (11, 10, 11), (5000, 10, 11), (3 << 20, 4 << 20, 3 << 20)]
        {
            let data = vec![7; size];
            let length = reader.read(&mut data.as_slice(), cap).unwrap();
            assert_eq!(length, expected);
            assert!(reader.bytes(length).iter().all(|byte| *byte == 7));
        }
    }

    #[test]
    fn windows_cover_everything_with_an_overlap() {
        let data: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut reader = Reader::default();
        let mut source = data.as_slice();
        let length = reader.read(&mut source, 1000).unwrap();
        let mut joined: Vec<u8> = Vec::new();
        let whole = reader
            .windows(&mut source, length, u64::MAX, |window| {
                let kept = joined.len().min(OVERLAP);
                assert_eq!(joined[joined.len() - kept..], window[..kept]);
                joined.extend(&window[kept..]);
                true
            })
            .unwrap();
        assert!(whole);
        assert_eq!(joined, data);
    }

    #[test]
    fn windows_stop_at_the_limit_and_when_told() {
        let mut reader = Reader::default();
        let length = reader.read(&mut io::repeat(b'x'), 1000).unwrap();
        assert!(!reader.windows(&mut io::repeat(b'x'), length, 10_000, |_| true).unwrap());
        assert!(reader.windows(&mut io::repeat(b'x'), length, 10_000, |_| false).unwrap());
    }
}
