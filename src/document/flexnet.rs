//! FlexNet (FLEXlm) and Reprise (RLM) licence files: one `FEATURE`, `INCREMENT` or `LICENSE` line per feature, with its
//! expiry as the fifth word.
//!
//! `FEATURE name vendor version dd-mmm-yyyy count …`; a line goes on after a backslash. `permanent`, a year of 0 and an
//! empty date (`1-jan-0000`) never end. `START=` and `ISSUED=` are not expiries.

use std::ops::Range;

use super::{Collector, Outcome, Value};
use crate::calendar::{Civil, Reading, read as read_date};

/// The lines that carry an expiry.
const LINES: [&str; 4] = ["FEATURE", "INCREMENT", "UPGRADE", "LICENSE"];

/// Whether a text looks like such a file.
pub(super) fn recognises(head: &str) -> bool {
    head.lines().any(|line| {
        let mut words = line.split_whitespace();
        let first = words.next();
        let feature = first.is_some_and(|word| LINES.iter().any(|known| word.eq_ignore_ascii_case(known)));
        let after: Vec<&str> = words.take(4).collect();
        // Prose begins with `License` too.
        let prose = || {
            first.is_some_and(|word| word.eq_ignore_ascii_case("LICENSE"))
                && !after.get(3).is_some_and(|word| is_end(word))
        };
        feature && after.len() == 4 && !prose() || matches!(first, Some("SERVER" | "VENDOR" | "DAEMON" | "USE_SERVER"))
    })
}

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let mut words: Vec<Range<usize>> = Vec::new();
    let text = out.text;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let body = line.trim_end();
        let (body, goes_on) = body.strip_suffix('\\').map_or((body, false), |body| (body, true));
        // Only the first six words matter, however long the continuation is.
        if words.len() < 6 && (!words.is_empty() || !body.trim_start().starts_with('#')) {
            words.extend(word_ranges(body, at));
        }
        if !goes_on {
            feature(&words, out);
            words.clear();
        }
    }
    feature(&words, out);
    Ok(())
}

fn word_ranges(line: &str, at: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    line.split_whitespace().map(move |word| {
        // Only blanks lie between two words, so the next occurrence is the word itself.
        let start = from + line.get(from..).and_then(|rest| rest.find(word)).unwrap_or(0);
        from = start + word.len();
        at + start..at + from
    })
}

fn feature(words: &[Range<usize>], out: &mut Collector<'_>) {
    let text_of = |index: usize| words.get(index).and_then(|range| out.text.get(range.clone()));
    let Some(kind) = text_of(0).filter(|kind| LINES.iter().any(|known| kind.eq_ignore_ascii_case(known))) else {
        return;
    };
    // UPGRADE has the version that it comes from before the one that it leads to.
    let expiry = if kind.eq_ignore_ascii_case("UPGRADE") { 5 } else { 4 };
    let (Some(name), Some(date)) = (text_of(1), text_of(expiry)) else { return };
    let Some(reading) = ends(date) else { return };
    // Reprise's line names the vendor before the product.
    let name = if kind.eq_ignore_ascii_case("LICENSE") { text_of(2).unwrap_or(name) } else { name };
    let path = vec![name.to_owned(), "expires".to_owned()];
    let (key, at) = (words.get(1).cloned(), words.get(expiry).cloned());
    out.push(path, Value::Date(reading), key.unwrap_or(0..0), at.unwrap_or(0..0));
}

/// Whether a word stands where an expiry does.
fn is_end(word: &str) -> bool {
    word.eq_ignore_ascii_case("permanent") || word.ends_with("-0") || ends(word).is_some()
}

/// The expiry, unless the licence is permanent. Two-digit years are of this century, as vendors still write them.
fn ends(date: &str) -> Option<Reading> {
    if let Some(reading) = read_date(date) {
        return Some(reading);
    }
    let (rest, year) = date.rsplit_once('-')?;
    if year.len() != 2 || year == "00" {
        return None;
    }
    let reading = read_date(&format!("{rest}-20{year}"))?;
    Some(Reading::day(Civil::from_ymd(reading.civil.year(), reading.civil.month(), reading.civil.day())?))
}
