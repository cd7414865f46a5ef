//! Tables of separated values with a header line (CSV, TSV). A value goes by its row's number and its column's name.

use std::ops::Range;

use super::{Collector, Outcome, plain};

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let text = out.text;
    let header_line = text.split_inclusive('\n').next().unwrap_or("");
    let separator = [',', ';', '\t']
        .into_iter()
        .max_by_key(|separator| header_line.matches(*separator).count())
        .filter(|separator| header_line.contains(*separator))
        .ok_or("no header line with separators")?;
    let cell = |range: &Range<usize>| text.get(range.clone()).unwrap_or("").trim_matches('"').trim();
    let names: Vec<Range<usize>> = cells(header_line, 0, separator);
    let mut start = header_line.len();
    for (row, line) in text.get(start..).unwrap_or("").split_inclusive('\n').enumerate() {
        let at = start;
        start += line.len();
        for (name, range) in names.iter().zip(cells(line, at, separator)) {
            let value = cell(&range);
            if !value.is_empty() && value.len() < 256 {
                out.push(vec![row.to_string(), cell(name).to_owned()], plain(value), name.clone(), range);
            }
        }
    }
    Ok(())
}

/// The cells of a line as byte ranges of the file; a separator inside quotes does not separate.
fn cells(line: &str, at: usize, separator: char) -> Vec<Range<usize>> {
    let body = line.trim_end_matches(['\n', '\r']);
    let mut cells = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (index, c) in body.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            cells.push(at + start..at + index);
            start = index + c.len_utf8();
        }
    }
    cells.push(at + start..at + body.len());
    cells
}
