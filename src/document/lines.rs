//! Files of lines: INI, properties, dotenv, headers, and everything that its own parser could not read.
//!
//! A line is a section, or a key and a value with `=` or `:` between them. Comments, list dashes, quotes, trailing commas
//! and `export` are passed over, so that the lines of a templated YAML or a broken JSON file read as well.

use std::ops::Range;

use super::{Collector, Outcome, Value, plain};

/// A longer line is no configuration.
const MAX_LINE: usize = 4096;

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let mut section: Option<String> = None;
    let text = out.text;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        if line.len() > MAX_LINE {
            continue;
        }
        let body = line.trim();
        if body.is_empty() || is_comment(body) {
            continue;
        }
        if let Some(name) = section_name(body) {
            section = Some(name.to_owned());
        } else if let Some((key, value)) = pair(line) {
            let text_of = |range: &Range<usize>| line.get(range.clone()).unwrap_or("");
            let path = section.iter().cloned().chain([unquoted(text_of(&key)).to_owned()]).collect();
            let scalar = scalar(text_of(&value));
            out.push(path, scalar, at + key.start..at + key.end, at + value.start..at + value.end);
        }
    }
    Ok(())
}

fn is_comment(body: &str) -> bool {
    ["#", ";", "//", "!", "<!--", "--", "{{", "{%", "*"].iter().any(|mark| body.starts_with(mark))
}

/// `[section]`, `[[table]]`; not a list.
fn section_name(body: &str) -> Option<&str> {
    let inside = body.strip_prefix('[')?.trim_start_matches('[');
    let (name, _) = inside.split_once(']')?;
    let name = name.trim();
    (!name.is_empty() && !name.contains([',', '"', '{', ':'])).then_some(name)
}

/// The byte ranges of a line's key and value.
fn pair(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut start = line.len() - line.trim_start().len();
    for prefix in ["- ", "export ", "set ", "{"] {
        while line.get(start..).is_some_and(|rest| rest.starts_with(prefix)) {
            start += prefix.len();
            start += blanks(line, start);
        }
    }
    let rest = line.get(start..)?;
    let length = key_length(rest)?;
    let separator = start + length + blanks(line, start + length);
    let mark = line.get(separator..)?.chars().next().filter(|c| matches!(c, '=' | ':'))?;
    let mut value = separator + mark.len_utf8();
    // `:=`, `==`, `=>`, `::`.
    value += line.get(value..)?.bytes().take_while(|byte| matches!(byte, b'=' | b'>' | b':')).count();
    value += blanks(line, value);
    let end = value + value_length(line.get(value..)?);
    (value < end).then_some((start..start + length, value..end))
}

fn blanks(line: &str, at: usize) -> usize {
    line.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len())
}

/// A quoted key, or words of letters, digits and `_-./$@`, at most five of them.
fn key_length(rest: &str) -> Option<usize> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inside = rest.get(1..)?;
        return inside.find(quote).filter(|length| *length > 0 && *length < 128).map(|length| length + 2);
    }
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$' | '@' | ' ' | '\t');
    let length = rest.find(|c: char| !part(c))?;
    let key = rest.get(..length)?.trim_end();
    let starts = key.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '$'));
    (starts && key.len() < 128 && key.split_whitespace().count() <= 5).then_some(key.len())
}

/// Up to the end of the line, without a trailing comma, semicolon or comment.
fn value_length(rest: &str) -> usize {
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))
        && let Some(end) = rest.get(1..).and_then(|inside| inside.find(quote))
    {
        return end + 2;
    }
    let comment = [" #", "\t#", " ;", " //"].iter().filter_map(|mark| rest.find(mark)).min();
    let value = rest.get(..comment.unwrap_or(rest.len())).unwrap_or(rest);
    value.trim_end().trim_end_matches([',', ';', '}']).trim_end().len()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

fn scalar(text: &str) -> Value {
    let inside = text.strip_prefix(['"', '\'', '`']).and_then(|rest| rest.strip_suffix(['"', '\'', '`']));
    inside.map_or_else(|| plain(text), |inside| Value::Text(inside.trim().to_owned()))
}
