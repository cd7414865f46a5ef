//! Tables of cron (crontab(5)): what each line runs is a program of the shell's.
//!
//! A line is `minute hour day month weekday command`, or `@daily command`; in a system's table the user stands before the
//! command. `\%` is a percent sign, and what follows a bare one is the command's input. Lines `NAME = value` are the
//! environment.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::registry::Languages;

use super::Guest;
use super::variables::{Variable, with_variables};

/// Commands that look like users.
const COMMANDS: [&str; 12] =
    ["test", "if", "case", "while", "until", "for", "exec", "env", "expr", "date", "command", "sh"];

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(shell) = languages.named("sh") else { return Vec::new() };
    let mut variables: HashMap<String, Variable> = HashMap::new();
    let mut guests = Vec::new();
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        if let Some((name, variable)) = setting(line, start) {
            variables.insert(name, variable);
        } else if let Some(at) = command(line) {
            let guest = program(text, start + at..end, shell);
            guests.push(with_variables(&guest, false, |name| variables.get(name).cloned()));
        }
    }
    guests
}

/// `NAME = value`, in quotes or not.
fn setting(line: &str, start: usize) -> Option<(String, Variable)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let trimmed = value.trim();
    let at = start + line.len() - value.trim_start().len();
    is_name.then(|| (name.to_owned(), Variable::text(trimmed.trim_matches(['"', '\'']), at..at + trimmed.len())))
}

/// Where in a line the command begins.
fn command(line: &str) -> Option<usize> {
    let mut words = Words { line, at: 0 };
    let first = words.next()?;
    let times = if line[first.clone()].starts_with('@') { 0 } else { 4 };
    let is_time = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-?LW#~".contains(c));
    if line.starts_with('#') || times > 0 && !is_time(&line[first]) {
        return None;
    }
    for _ in 0..times {
        words.next().filter(|word| is_time(&line[word.clone()]))?;
    }
    let begins = words.next()?;
    let after = words.next();
    let is_user = after.is_some() && names_user(&line[begins.clone()]);
    Some(if is_user { after? } else { begins }.start)
}

fn names_user(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c))
        && !COMMANDS.contains(&word)
}

/// The command, up to a bare `%`.
fn program(text: &str, range: Range<usize>, shell: usize) -> Guest {
    let mut guest = Guest::new(shell);
    let mut from = range.start;
    for at in text[range.clone()].match_indices('%').map(|(at, _)| range.start + at) {
        if !text[range.start..at].ends_with('\\') {
            guest.copy(text, from..at);
            return guest;
        }
        guest.copy(text, from..at - 1);
        guest.write("%", at - 1..at + 1);
        from = at + 1;
    }
    guest.copy(text, from..range.end);
    guest
}

/// The places of the words of a line.
struct Words<'l> {
    line: &'l str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = &self.line[self.at..];
        let start = self.at + rest.find(|c: char| !c.is_whitespace())?;
        let length = self.line[start..].find(char::is_whitespace).unwrap_or(self.line.len() - start);
        self.at = start + length;
        Some(start..self.at)
    }
}
