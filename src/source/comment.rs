//! Where a byte stands: in code or in a comment.
//!
//! The sift asks this only of the few places that look like a clock or a date, and always in ascending order, so one
//! cursor walks each file at most once. It knows quotes as far as needed not to take the `//` of an address for a
//! comment. In doubt (a Rust lifetime, a heredoc) it says "code": a file too many is parsed, never one too few.

use memchr::memmem;

/// How a language writes its comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Openers of comments that run to the end of the line: `//`, `#`, `--`.
    pub line: Vec<String>,
    /// Openers and closers: `/*` and `*/`.
    pub block: Vec<(String, String)>,
}

impl Comments {
    /// `//` and `/* */`.
    pub fn c_like() -> Self {
        Self { line: vec!["//".to_owned()], block: vec![("/*".to_owned(), "*/".to_owned())] }
    }

    /// `#`.
    pub fn hash() -> Self {
        Self { line: vec!["#".to_owned()], block: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.line.is_empty() && self.block.is_empty()
    }

    /// For each byte, whether something may begin there: a comment or a quote.
    pub(super) fn openers(&self) -> Openers {
        let mut starts = [false; 256];
        let texts = self.line.iter().chain(self.block.iter().map(|(open, _)| open));
        for byte in texts.filter_map(|text| text.bytes().next()).chain([b'"', b'\'']) {
            starts[usize::from(byte)] = true;
        }
        let few: Vec<u8> = (0..=255).filter(|byte| starts[usize::from(*byte)]).collect();
        let few = match *few.as_slice() {
            [a, b] => Some([a, b, b]),
            [a, b, c] => Some([a, b, c]),
            _ => None,
        };
        Openers { comments: self.clone(), starts, few }
    }
}

/// [`Comments`], made ready for the cursor.
#[derive(Clone, Debug)]
pub(super) struct Openers {
    comments: Comments,
    starts: [bool; 256],
    /// The same bytes, if vector code can look for them.
    few: Option<[u8; 3]>,
}

impl Openers {
    fn next(&self, bytes: &[u8]) -> Option<usize> {
        match self.few {
            Some([a, b, c]) => memchr::memchr3(a, b, c, bytes),
            None => bytes.iter().position(|byte| self.starts[usize::from(*byte)]),
        }
    }
}

/// Walks one file. See the module.
pub(super) struct Cursor<'a> {
    openers: &'a Openers,
    bytes: &'a [u8],
    /// Everything before this is known, and code resumes here.
    at: usize,
    /// The comment that ends at `at`.
    last: std::ops::Range<usize>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(openers: &'a Openers, bytes: &'a [u8]) -> Self {
        Self { openers, bytes, at: 0, last: 0..0 }
    }

    /// Whether the byte at `place` is part of a comment. Places must be asked for in ascending order.
    pub(super) fn in_comment(&mut self, place: usize) -> bool {
        if self.openers.comments.is_empty() {
            return false;
        }
        while self.at <= place {
            let Some(skip) = self.openers.next(&self.bytes[self.at..=place]) else {
                self.at = place + 1;
                break;
            };
            self.at = self.pass(self.at + skip);
        }
        self.last.contains(&place)
    }

    /// The end of what begins at `start`: a comment, a quoted text, or just that byte.
    fn pass(&mut self, start: usize) -> usize {
        let rest = &self.bytes[start..];
        let comments = &self.openers.comments;
        for (open, close) in &comments.block {
            if rest.starts_with(open.as_bytes()) {
                let body = &rest[open.len()..];
                let length = memmem::find(body, close.as_bytes()).map_or(body.len(), |n| n + close.len());
                return self.comment(start, start + open.len() + length);
            }
        }
        if comments.line.iter().any(|open| rest.starts_with(open.as_bytes())) {
            return self.comment(start, start + memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
        }
        match rest[0] {
            quote @ (b'"' | b'\'') => start + quoted(rest, quote),
            _ => start + 1,
        }
    }

    fn comment(&mut self, start: usize, end: usize) -> usize {
        self.last = start..end;
        end
    }
}

/// The length of a quoted text with its quotes; a line's end closes it.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(skip) = memchr::memchr3(quote, b'\\', b'\n', &rest[at.min(rest.len())..]) {
        at += skip;
        if rest[at] != b'\\' {
            return at + 1;
        }
        at += 2;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(comments: &Comments, text: &str) -> String {
        let openers = comments.openers();
        let mut cursor = Cursor::new(&openers, text.as_bytes());
        text.char_indices().map(|(at, c)| if cursor.in_comment(at) { '~' } else { c }).collect()
    }

    #[test]
    fn comments_are_told_from_code_and_quotes() {
        for (text, expected) in [
            ("a // b\nc", "a ~~~~\nc"),
            ("a /* b\n * c */ d", "a ~~~~~~~~~~~~ d"),
            ("\"http://x\" // y", "\"http://x\" ~~~~"),
            ("'\\'' // y", "'\\'' ~~~~"),
            ("/* open", "~~~~~~~"),
            ("\"open // x\n// y", "\"open // x\n~~~~"),
            ("a / b", "a / b"),
            ("\"\\", "\"\\"),
        ] {
            assert_eq!(shown(&Comments::c_like(), text), expected);
        }
        assert_eq!(shown(&Comments::hash(), "a # b\n'#' c"), "a ~~~\n'#' c");
        assert_eq!(shown(&Comments::default(), "# a"), "# a");
    }

    #[test]
    fn places_may_be_skipped() {
        let openers = Comments::c_like().openers();
        let mut cursor = Cursor::new(&openers, b"/* 2007 */ x = 2008; // 2009");
        assert!(cursor.in_comment(3));
        assert!(!cursor.in_comment(15));
        assert!(cursor.in_comment(24));
    }
}
