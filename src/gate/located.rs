//! A YAML document as a tree in which every node knows its place, so that a complaint about the config file can
//! point into it. Small files written by hand only: aliases and tags are refused rather than guessed at.

use granit_parser::{Event, Options, Parser, ScalarStyle};

use crate::finding::Span;

/// Deeper nesting than this is refused: a config file needs five levels.
const DEPTH_LIMIT: usize = 64;

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Where it stands.
    pub(crate) span: Span,
    /// What it holds.
    pub(crate) value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing, or a plain `null` or `~`.
    Null,
    /// A scalar, quotes and escapes undone.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order it is written.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Where it stands.
    pub(crate) span: Span,
    /// The key itself.
    pub(crate) text: String,
}

/// Why a document has no tree, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Where the reader stopped.
    pub(crate) span: Span,
    /// In plain words.
    pub(crate) why: String,
}

/// Reads the first document of a text. An empty text is [`Value::Null`].
pub(crate) fn read(text: &str) -> Result<Node, Broken> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut reader = Reader { events: Parser::new_from_str_with_options(text, options) };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(..) => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(Node { span, value: Value::Null }),
            event => return reader.node(event, span, 0),
        }
    }
}

struct Reader<'input, I: Iterator<Item = Result<(Event<'input>, granit_parser::Span), granit_parser::ScanError>>> {
    events: I,
}

impl<'input, I> Reader<'input, I>
where
    I: Iterator<Item = Result<(Event<'input>, granit_parser::Span), granit_parser::ScanError>>,
{
    fn next(&mut self) -> Result<(Event<'input>, Span), Broken> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, place(span))),
            Some(Err(error)) => {
                let (line, column) = (narrow(error.marker().line()), narrow(error.marker().col()) + 1);
                Err(Broken { span: Span::on_line(line, column, column + 1), why: error.info() })
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'input>, span: Span, depth: usize) -> Result<Node, Broken> {
        if depth > DEPTH_LIMIT {
            return Err(Broken { span, why: format!("nested deeper than {DEPTH_LIMIT} levels") });
        }
        match event {
            Event::Scalar(text, style, _, _) => Ok(Node { span, value: scalar(text.into_owned(), style) }),
            Event::SequenceStart(..) => self.list(span, depth),
            Event::MappingStart(..) => self.map(span, depth),
            Event::Alias(_) => Err(Broken { span, why: "aliases are not supported here: write the value out".into() }),
            _ => Err(Broken { span, why: "expected a value".into() }),
        }
    }

    fn list(&mut self, start: Span, depth: usize) -> Result<Node, Broken> {
        let (mut items, mut whole) = (Vec::new(), start);
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Node { span: whole.to(span), value: Value::List(items) });
            }
            let item = self.node(event, span, depth + 1)?;
            whole = whole.to(item.span);
            items.push(item);
        }
    }

    fn map(&mut self, start: Span, depth: usize) -> Result<Node, Broken> {
        let (mut pairs, mut whole) = (Vec::<(Key, Node)>::new(), start);
        loop {
            let (event, span) = self.next()?;
            let text = match event {
                Event::MappingEnd => return Ok(Node { span: trim(whole, span), value: Value::Map(pairs) }),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(Broken { span, why: "a key must be plain text".into() }),
            };
            if pairs.iter().any(|(key, _)| key.text == text) {
                return Err(Broken { span, why: format!("`{text}` is written twice") });
            }
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, depth + 1)?;
            whole = whole.to(span).to(value.span);
            pairs.push((Key { span, text }, value));
        }
    }
}

/// A flow mapping ends at its brace; a block mapping ends where its last value does, not at the next line's start.
fn trim(whole: Span, end: Span) -> Span {
    if end.line == whole.end_line { whole.to(end) } else { whole }
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text.as_str(), "" | "~" | "null") { Value::Null } else { Value::Scalar(text) }
}

fn place(span: granit_parser::Span) -> Span {
    Span {
        line: narrow(span.start.line()),
        column: narrow(span.start.col()) + 1,
        end_line: narrow(span.end.line()),
        end_column: narrow(span.end.col()) + 1,
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nodes_know_their_places() {
        let node = read("a: 1\nlist:\n  - {x: ä, y: two}\n").unwrap();
        let Value::Map(pairs) = node.value else { panic!("no map") };
        assert_eq!(pairs[0].0.span, Span::on_line(1, 1, 2));
        assert_eq!(pairs[0].1.span, Span::on_line(1, 4, 5));
        let Value::List(items) = &pairs[1].1.value else { panic!("no list") };
        assert_eq!(items[0].span, Span::on_line(3, 5, 19));
        let Value::Map(inner) = &items[0].value else { panic!("no inner map") };
        assert_eq!(inner[1].0.span, Span::on_line(3, 12, 13));
        assert_eq!(inner[1].1.value, Value::Scalar("two".into()));
    }

    #[test]
    fn empty_texts_are_null() {
        for text in ["", "# nothing\n", "---\n"] {
            assert_eq!(read(text).unwrap().value, Value::Null, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_has_a_place() {
        for (text, line) in
            [("a: [1\n", 1..=2), ("a: 1\na: 2\n", 2..=2), ("a: &x 1\nb: *x\n", 2..=2), ("? [a]\n: b\n", 1..=1)]
        {
            let broken = read(text).unwrap_err();
            assert!(line.contains(&broken.span.line), "{text:?}: {broken:?}");
            assert!(!broken.why.is_empty());
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(read(&"[".repeat(10_000)).is_err());
    }
}
