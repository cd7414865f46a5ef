//! [`Source`]: a file as the readers see it, with what several of them need worked out once.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use crate::finding::{Place, Span};

use super::armour::{self, Block};
use super::inert;
use super::intent::intent;

/// A file's bytes (UTF-16 already turned into UTF-8), its name, and lazily its lines and armoured blocks.
pub(super) struct Source<'a> {
    path: Arc<str>,
    bytes: Cow<'a, [u8]>,
    /// Offsets of every line's first byte.
    lines: OnceCell<Vec<usize>>,
    blocks: OnceCell<Vec<Block>>,
    comments: OnceCell<Vec<Range<usize>>>,
    /// Stretches under `#if 0`.
    disabled: OnceCell<Vec<Range<usize>>>,
    /// Where Rust's inline test modules begin, if there is one.
    test_module: OnceCell<Option<usize>>,
    /// What sets the clock of this file's tests.
    frozen_clock: OnceCell<Option<&'static str>>,
    /// The last offset whose column was asked for, and the characters from its line's start: the next is mostly near.
    last_column: Cell<(usize, usize)>,
}

impl<'a> Source<'a> {
    /// Wraps a file. Nothing is searched before it is asked for.
    pub(super) fn new(path: &str, bytes: &'a [u8]) -> Self {
        Self {
            path: path.into(),
            bytes: from_utf16(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned),
            lines: OnceCell::new(),
            blocks: OnceCell::new(),
            comments: OnceCell::new(),
            disabled: OnceCell::new(),
            test_module: OnceCell::new(),
            frozen_clock: OnceCell::new(),
            last_column: Cell::default(),
        }
    }

    /// The bytes to search.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The path as the user would open it.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The file's name, without folders.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The names of the three folders nearest to the file.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.path.rsplit('/').skip(1).take(3)
    }

    /// The lower-case extension, empty if there is none.
    pub(super) fn extension(&self) -> String {
        self.name().rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
    }

    /// Whether the bytes hold that word.
    pub(super) fn contains(&self, word: &str) -> bool {
        memmem::find(self.bytes(), word.as_bytes()).is_some()
    }

    /// Every armoured block (`-----BEGIN …`), in order.
    pub(super) fn blocks(&self) -> &[Block] {
        self.blocks.get_or_init(|| armour::blocks(self.bytes()))
    }

    /// The armoured block that covers an offset.
    pub(super) fn block_at(&self, offset: usize) -> Option<&Block> {
        let blocks = self.blocks();
        let after = blocks.partition_point(|block| block.range.start <= offset);
        blocks[..after].last().filter(|block| block.range.end > offset)
    }

    /// The bytes of the line around an offset, without its line feed, and where it starts.
    pub(super) fn line_at(&self, offset: usize) -> (usize, &[u8]) {
        let lines = self.lines();
        let index = lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = lines.get(index).copied().unwrap_or(0);
        let end = lines.get(index + 1).map_or(self.bytes.len(), |next| next - 1);
        (start, &self.bytes[start..end])
    }

    /// The place of a stretch of bytes, cut to its first line.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        let (start, text) = self.line_at(range.start);
        let line = self.lines().partition_point(|first| *first <= range.start);
        let from = range.start.min(start + text.len());
        let to = range.end.clamp(from, start + text.len());
        let span = Span::on_line(as_u32(line.max(1)), self.column(start, from), self.column(start, to));
        Place { path: Arc::clone(&self.path), span }
    }

    /// Whether an offset lies in the test module that Rust sources keep at their end.
    pub(super) fn is_test_module(&self, offset: usize) -> bool {
        let begins = self
            .test_module
            .get_or_init(|| (self.extension() == "rs").then(|| memmem::find(self.bytes(), b"#[cfg(test)]")).flatten());
        begins.is_some_and(|start| start < offset)
    }

    /// Whether the preprocessor leaves out the line around an offset.
    pub(super) fn is_disabled(&self, offset: usize) -> bool {
        const LANGUAGES: [&str; 9] = ["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "m", "mm"];
        let disabled = self.disabled.get_or_init(|| {
            if LANGUAGES.contains(&self.extension().as_str()) { inert::disabled(self.bytes()) } else { Vec::new() }
        });
        covers(disabled, offset)
    }

    /// Whether an offset lies in a block comment.
    pub(super) fn is_block_comment(&self, offset: usize) -> bool {
        covers(self.comments.get_or_init(|| inert::comments(self.bytes())), offset)
    }

    /// The word that says that the clock of this file's tests is set.
    pub(super) fn frozen_clock(&self) -> Option<&'static str> {
        *self
            .frozen_clock
            .get_or_init(|| intent().frozen_clock.iter().map(String::as_str).find(|word| self.contains(word)))
    }

    /// The column of an offset in the line that begins at `start`, from 1, in Unicode scalar values (stray
    /// continuation bytes count nothing).
    fn column(&self, start: usize, offset: usize) -> u32 {
        let (last, before) = self.last_column.get();
        let (from, before) = if (start..=offset).contains(&last) { (last, before) } else { (start, 0) };
        let characters = before + self.bytes[from..offset].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        self.last_column.set((offset, characters));
        as_u32(characters + 1)
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', &self.bytes).map(|feed| feed + 1)).collect()
        })
    }
}

/// Whether one of the stretches, which are in order, covers an offset.
fn covers(stretches: &[Range<usize>], offset: usize) -> bool {
    let after = stretches.partition_point(|stretch| stretch.start <= offset);
    stretches[..after].last().is_some_and(|stretch| stretch.end > offset)
}

fn as_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The text of a file in UTF-16 (with its byte order mark) as UTF-8; `None` for any other file.
fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_lines() {
        let source = Source::new("a/b.PEM", "é\n  ü-x\r\n".as_bytes());
        assert_eq!(source.place(7..9).span, Span::on_line(2, 4, 6));
        assert_eq!(source.place(0..999).span, Span::on_line(1, 1, 2));
        assert_eq!((source.name(), source.extension().as_str()), ("b.PEM", "pem"));
        assert_eq!(Source::new("", b"").place(0..5).span, Span::on_line(1, 1, 1));
    }

    #[test]
    fn utf16_is_read_as_text() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("a\nb".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(Source::new("x", &bytes).bytes(), b"a\nb");
        assert_eq!(Source::new("x", &[0xFE, 0xFF, 0]).bytes(), b"");
    }

    #[test]
    fn a_test_module_is_what_follows_its_attribute() {
        let source = Source::new("lib.rs", b"fn f() {}\n#[cfg(test)]\nmod tests {}");
        assert!(!source.is_test_module(3) && source.is_test_module(30));
        assert!(!Source::new("lib.py", b"#[cfg(test)]  ").is_test_module(13));
    }
}
