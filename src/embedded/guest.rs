//! [`Guest`]: a program put together from parts of its host, and where each part came from.

use std::ops::Range;

use crate::document::Positions;
use crate::finding::Span;

/// How far on in the host the next character of a guest is looked for: no escape and no indentation is longer.
const REACH: usize = 256;

/// A program that stands inside another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The number of its language.
    pub language: usize,
    /// The program, as its own frontend reads it.
    pub text: String,
    parts: Vec<Part>,
}

/// From a byte of the guest on, up to the next part.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    at: usize,
    from: usize,
    /// Where in the host it ends, if it does not stand there letter for letter.
    to: Option<usize>,
}

impl Guest {
    /// An empty program.
    pub(super) fn new(language: usize) -> Self {
        Self { language, text: String::new(), parts: Vec::new() }
    }

    /// Adds what stands in the host, letter for letter.
    pub(super) fn copy(&mut self, host: &str, range: Range<usize>) {
        let Some(text) = host.get(range.clone()).filter(|text| !text.is_empty()) else { return };
        let goes_on = self
            .parts
            .last()
            .is_some_and(|last| last.to.is_none() && last.from + self.text.len() - last.at == range.start);
        if !goes_on {
            self.parts.push(Part { at: self.text.len(), from: range.start, to: None });
        }
        self.text.push_str(text);
    }

    /// Adds what the host says in other words.
    pub(super) fn write(&mut self, text: &str, host: Range<usize>) {
        self.parts.push(Part { at: self.text.len(), from: host.start, to: Some(host.end) });
        self.text.push_str(text);
    }

    /// Adds a value of the host, whose text is `value` once indentation is taken off and, with `escapes`, what begins with
    /// a backslash is read.
    pub(super) fn decode(&mut self, value: &str, escapes: bool, host: &str, range: Range<usize>) {
        let mut from = range.start;
        for c in value.chars() {
            let rest = host.get(from..range.end).unwrap_or("");
            if let Some(length) = escape_length(rest).filter(|_| escapes) {
                self.write(c.encode_utf8(&mut [0; 4]), from..from + length);
                from += length;
            } else if let Some((skip, _)) = rest.char_indices().take(REACH).find(|(_, there)| *there == c) {
                from += skip;
                self.copy(host, from..from + c.len_utf8());
                from += c.len_utf8();
            } else {
                self.write(c.encode_utf8(&mut [0; 4]), from..from);
            }
        }
    }

    /// Adds the text of another program.
    pub(super) fn append(&mut self, other: &Self) {
        let shift = self.text.len();
        self.parts.extend(other.parts.iter().map(|part| Part { at: part.at + shift, ..part.clone() }));
        self.text.push_str(&other.text);
    }

    /// The program with those lines replaced that `instead` has something for.
    pub(super) fn with_lines(&self, instead: impl Fn(&str) -> Option<String>) -> Self {
        let mut out = Self::new(self.language);
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            match instead(bare) {
                Some(other) => {
                    out.write(&other, self.origin(at)..self.origin_of_end(at + bare.len()));
                    out.append(&self.slice(at + bare.len()..at + line.len()));
                }
                None => out.append(&self.slice(at..at + line.len())),
            }
            at += line.len();
        }
        out
    }

    /// The program with those pieces replaced that `next` finds first in what is left: where, how long, and by what.
    pub(super) fn with_pieces(&self, next: impl Fn(&str) -> Option<(usize, usize, String)>) -> Self {
        let mut out = Self::new(self.language);
        let mut at = 0;
        while let Some((from, length, instead)) = next(&self.text[at..]).filter(|(_, length, _)| *length > 0) {
            out.append(&self.slice(at..at + from));
            let end = at + from + length;
            out.write(&instead, self.origin(at + from)..self.origin_of_end(end));
            at = end;
        }
        out.append(&self.slice(at..self.text.len()));
        out
    }

    /// A part of the program.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let mut out = Self::new(self.language);
        let Some(text) = self.text.get(range.clone()) else { return out };
        let first = self.parts.partition_point(|part| part.at <= range.start).saturating_sub(1);
        for part in self.parts.iter().skip(first).take_while(|part| part.at < range.end) {
            let cut = range.start.saturating_sub(part.at);
            let from = if part.to.is_some() { part.from } else { part.from + cut };
            out.parts.push(Part { at: part.at + cut - range.start, from, to: part.to });
        }
        text.clone_into(&mut out.text);
        out
    }

    /// Where in the host it begins.
    pub(super) fn start(&self) -> usize {
        self.origin(0)
    }

    /// Where in the host a byte comes from.
    fn origin(&self, at: usize) -> usize {
        self.part(at).map_or(0, |part| if part.to.is_some() { part.from } else { part.from + at - part.at })
    }

    /// Where in the host what ends before a byte ends.
    fn origin_of_end(&self, end: usize) -> usize {
        let part = self.part(end.saturating_sub(1));
        part.map_or(0, |part| part.to.unwrap_or_else(|| part.from + end.saturating_sub(part.at)))
    }

    fn part(&self, at: usize) -> Option<&Part> {
        let after = self.parts.partition_point(|part| part.at <= at);
        self.parts.get(after.saturating_sub(1))
    }
}

/// How long the escape is that a text begins with, as JSON and YAML write them.
fn escape_length(text: &str) -> Option<usize> {
    let mut chars = text.strip_prefix('\\')?.chars();
    let kind = chars.next()?;
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let length = 1 + kind.len_utf8() + chars.take(digits).map(char::len_utf8).sum::<usize>();
    // Half of a pair: the other half belongs to the same character.
    let high = text.get(2..4).is_some_and(|digits| {
        kind == 'u' && u8::from_str_radix(digits, 16).is_ok_and(|high| (0xD8..=0xDB).contains(&high))
    });
    let low = text.get(length..length + 6).filter(|low| high && low.starts_with("\\u"));
    Some(length + low.map_or(0, str::len))
}

/// The lines of a text.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(starts).collect() }
    }

    /// The byte at a line and column, both from 1.
    fn offset(&self, line: u32, column: u32) -> usize {
        let Some(start) = self.starts.get(line.saturating_sub(1) as usize) else { return self.text.len() };
        let (rest, skip) = (&self.text[*start..], column.saturating_sub(1) as usize);
        // Nearly every line is all ASCII up to there.
        if rest.as_bytes().get(..skip).is_some_and(<[u8]>::is_ascii) {
            return start + skip;
        }
        rest.char_indices().nth(skip).map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The bytes of a span.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let start = self.offset(span.line, span.column);
        start..self.offset(span.end_line, span.end_column).max(start)
    }
}

impl Guest {
    /// The first and last line in the host of each part that stands after a byte.
    pub fn lines_after(&self, host: &str, at: usize) -> Vec<(u32, u32)> {
        let positions = Positions::new(host);
        let ends = self.parts.iter().skip(1).map(|part| part.at).chain([self.text.len()]);
        let after = self.parts.iter().zip(ends).filter(|(part, _)| part.at >= at);
        let lines = |(part, end): (&Part, usize)| {
            let to = part.to.unwrap_or_else(|| part.from + end.saturating_sub(part.at));
            let span = positions.span(part.from..to.max(part.from));
            (span.line, span.end_line)
        };
        after.map(lines).collect()
    }
}

/// The places of a host.
pub struct Places<'h>(Positions<'h>);

impl<'h> Places<'h> {
    /// Of a host's text.
    pub fn new(host: &'h str) -> Self {
        Self(Positions::new(host))
    }

    /// Says where in the host a place of the guest stands. A place without a line has none.
    pub fn of<'a>(&'a self, guest: &'a Guest) -> impl Fn(Span) -> Span + 'a {
        let lines = Lines::new(&guest.text);
        move |span| {
            if span.line == 0 {
                return span;
            }
            let range = lines.range(span);
            let start = guest.origin(range.start);
            let end = if range.is_empty() { start } else { guest.origin_of_end(range.end) };
            self.0.span(start..end.max(start))
        }
    }
}
