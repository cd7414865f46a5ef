//! Jupyter notebooks: the code cells of one language are one program; a cell that begins with `%%bash` is its own.
//!
//! The format is nbformat 4 (and 3, whose cells lie in worksheets): JSON in which a cell's source is a text or a list of
//! lines.

use std::collections::HashSet;
use std::ops::Range;

use crate::document::{self, Entry, Format, Value};
use crate::language::registry::Languages;

use super::Guest;
use super::guest::Lines;

/// Cell magics that run the cell in the notebook's own language.
const TRANSPARENT: [&str; 5] = ["time", "timeit", "capture", "prun", "px"];

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let document = document::read(Format::Json, text);
    if document.problem.is_some() {
        return Vec::new();
    }
    let lines = Lines::new(text);
    let Some(own) = languages.named(&language(&document.entries)) else { return Vec::new() };
    let mut whole = Guest::new(own);
    let mut others = Vec::new();
    for cell in cells(&document.entries) {
        let mut guest = Guest::new(own);
        for line in cell {
            if let Value::Text(value) = &line.value {
                let range = inside(lines.range(line.value_span));
                guest.decode(value, true, text, range);
            }
        }
        let first = guest.text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
        match first.trim_start().strip_prefix("%%").map(|magic| program(magic, languages)) {
            None | Some(Program::Own) => {
                whole.append(&plain(&guest));
                whole.write("\n", 0..0);
            }
            Some(Program::Other(language)) => {
                let mut other = blanked(&guest, |line| line.trim_start().starts_with("%%"), "");
                other.language = language;
                others.push(other);
            }
            Some(Program::None) => {}
        }
    }
    others.insert(0, whole);
    others
}

/// The language that the notebook says its cells are in.
fn language(entries: &[Entry]) -> String {
    let says = |keys: [&str; 2]| {
        let entry = entries.iter().find(|entry| entry.path.ends_with(&keys.map(str::to_owned)))?;
        if let Value::Text(text) = &entry.value { Some(text.clone()) } else { None }
    };
    says(["kernelspec", "language"]).or_else(|| says(["language_info", "name"])).unwrap_or_else(|| "python".to_owned())
}

/// The lines of each code cell.
fn cells(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let is = |entry: &Entry, key: &str| entry.path.last().is_some_and(|last| last == key);
    let code: HashSet<&[String]> = entries
        .iter()
        .filter(|entry| is(entry, "cell_type") && entry.value == Value::Text("code".to_owned()))
        .map(|entry| &entry.path[..entry.path.len() - 1])
        .collect();
    let mut cells: Vec<(&[String], Vec<&Entry>)> = Vec::new();
    for entry in entries {
        let source = entry.path.iter().rposition(|key| key == "source" || key == "input");
        let Some(cell) = source.and_then(|at| entry.path.get(..at)).filter(|cell| code.contains(cell)) else {
            continue;
        };
        match cells.last_mut().filter(|(last, _)| *last == cell) {
            Some((_, lines)) => lines.push(entry),
            None => cells.push((cell, vec![entry])),
        }
    }
    cells.into_iter().map(|(_, lines)| lines).collect()
}

/// What a text holds within its quotes.
fn inside(range: Range<usize>) -> Range<usize> {
    range.start + 1..range.end.saturating_sub(1).max(range.start + 1)
}

/// Who runs a cell with a magic.
enum Program {
    Own,
    Other(usize),
    None,
}

fn program(magic: &str, languages: &Languages) -> Program {
    let mut words = magic.split_whitespace();
    let first = words.next().unwrap_or("");
    let name = if first == "script" { words.next().unwrap_or("") } else { first };
    match languages.named(name) {
        _ if TRANSPARENT.contains(&first) => Program::Own,
        Some(language) => Program::Other(language),
        None => Program::None,
    }
}

/// A cell without what only the notebook understands: `%matplotlib inline`, `!pip install x`, `print?`.
fn plain(guest: &Guest) -> Guest {
    let odd = |line: &str| {
        let line = line.trim();
        line.starts_with(['%', '!', '?']) || (line.ends_with('?') && !line.contains(['#', '"', '\'']))
    };
    blanked(guest, odd, "pass")
}

/// The program with some of its lines replaced. Lines keep their places.
fn blanked(guest: &Guest, odd: impl Fn(&str) -> bool, instead: &str) -> Guest {
    guest.with_lines(|line| {
        odd(line).then(|| {
            let indent = line.len() - line.trim_start().len();
            format!("{}{instead}", &line[..indent])
        })
    })
}
