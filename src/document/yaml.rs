//! YAML: a walk over the parser's events. Aliases are not expanded, so that no document can grow by them.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use super::{Collector, Outcome, Value, bounded, plain};

/// What the walk is inside of.
enum Frame {
    /// A mapping, with the key whose value comes next.
    Mapping(Option<(String, Range<usize>)>),
    /// A sequence, with the number of its next element.
    Sequence(usize),
}

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let mut frames: Vec<Frame> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let text = out.text;
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| error.to_string())?;
        let at = range(&span);
        match event {
            Event::Scalar(scalar, style, ..) => {
                if let Some(key) = open_key(&mut frames) {
                    *key = Some((scalar.into_owned(), at));
                    continue;
                }
                let key = enter(&mut frames, &mut path, &at);
                let value = if style == ScalarStyle::Plain { plain(&scalar) } else { Value::Text(scalar.into_owned()) };
                out.push(bounded(&path), value, key, at);
                leave(&mut frames, &mut path);
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                // A collection as a key has no name that anything could be known by.
                if let Some(key) = open_key(&mut frames) {
                    *key = Some((String::new(), at.clone()));
                }
                enter(&mut frames, &mut path, &at);
                let sequence = matches!(event, Event::SequenceStart(..));
                frames.push(if sequence { Frame::Sequence(0) } else { Frame::Mapping(None) });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                frames.pop();
                leave(&mut frames, &mut path);
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => match open_key(&mut frames) {
                Some(key) => *key = Some((String::new(), at)),
                None => {
                    enter(&mut frames, &mut path, &at);
                    leave(&mut frames, &mut path);
                }
            },
            Event::DocumentStart(..) | Event::DocumentEnd => {
                frames.clear();
                path.clear();
            }
            _ => {}
        }
    }
    Ok(())
}

fn range(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or(0..0)
}

/// The place for the next key, if a key comes next.
fn open_key(frames: &mut [Frame]) -> Option<&mut Option<(String, Range<usize>)>> {
    match frames.last_mut() {
        Some(Frame::Mapping(key @ None)) => Some(key),
        _ => None,
    }
}

/// Adds the value's own key or number to the path, and says where it stands.
fn enter(frames: &mut [Frame], path: &mut Vec<String>, at: &Range<usize>) -> Range<usize> {
    match frames.last_mut() {
        Some(Frame::Mapping(Some((key, range)))) => {
            path.push(key.clone());
            range.clone()
        }
        Some(Frame::Sequence(next)) => {
            path.push(next.to_string());
            at.clone()
        }
        _ => at.clone(),
    }
}

/// The value is done: its key is used up, or the sequence moves on.
fn leave(frames: &mut [Frame], path: &mut Vec<String>) {
    match frames.last_mut() {
        Some(Frame::Mapping(key)) => *key = None,
        Some(Frame::Sequence(next)) => *next += 1,
        None => return,
    }
    path.pop();
}
