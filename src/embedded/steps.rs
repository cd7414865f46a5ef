//! CI workflows: values of a YAML file's keys are commands. Which keys, and in which language, is data.
//!
//! The items of a list of commands (`script:`) run in one shell, so they are one program. What the workflow puts into the
//! environment is known to its commands, and an expression of the workflow (`${{ env.END }}`) is a variable of theirs.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::{self, Entry, Format, Value};
use crate::language::registry::Languages;

use super::guest::Lines;
use super::variables::{Variable, with_variables};
use super::{Guest, Host, Key, UNKNOWN};

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let document = document::read(Format::Yaml, text);
    if document.problem.is_some() {
        return Vec::new();
    }
    let workflow = Workflow::new(host, text, &document.entries);
    let mut programs: Vec<(&[String], Guest)> = Vec::new();
    for entry in &document.entries {
        let Value::Text(value) = &entry.value else { continue };
        let path = without_numbers(&entry.path);
        let Some(language) = workflow.language(path).and_then(|name| languages.named(name)) else { continue };
        let command = workflow.command(value, entry, language);
        match programs.last_mut().filter(|(last, guest)| *last == path && guest.language == language) {
            Some((_, guest)) => {
                guest.write("\n", 0..0);
                guest.append(&command);
            }
            None => programs.push((path, command)),
        }
    }
    let shell = languages.named("bash");
    let finish = |(path, guest): (&[String], Guest)| {
        if shell != Some(guest.language) {
            return guest;
        }
        with_variables(&expressions(&guest), true, |name| workflow.variable(path, name))
    };
    programs.into_iter().map(finish).collect()
}

/// The path without the places in lists at its end.
fn without_numbers(path: &[String]) -> &[String] {
    let end = path.iter().rposition(|key| !is_number(key)).map_or(0, |last| last + 1);
    &path[..end]
}

fn is_number(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_digit())
}

struct Workflow<'a> {
    host: &'a Host,
    text: &'a str,
    lines: Lines<'a>,
    values: HashMap<&'a [String], &'a Entry>,
}

impl<'a> Workflow<'a> {
    fn new(host: &'a Host, text: &'a str, entries: &'a [Entry]) -> Self {
        let values = entries.iter().map(|entry| (entry.path.as_slice(), entry)).collect();
        Self { host, text, lines: Lines::new(text), values }
    }

    /// What language the value of that path is in, if it is code.
    fn language(&self, path: &[String]) -> Option<&str> {
        let fits = |key: &&Key| {
            ends_with(path, &key.key) && key.beside.iter().all(|(other, says)| self.says(path, other, says))
        };
        let key = self.host.keys.iter().find(fits)?;
        let shell = self.host.shells.iter().find_map(|shell| self.nearest(path, shell));
        Some(match shell {
            Some(shell) if key.by_shell => shell.split_whitespace().next().unwrap_or(""),
            _ => &key.holds,
        })
    }

    fn says(&self, path: &[String], key: &str, text: &str) -> bool {
        self.nearest(path, key).is_some_and(|value| value.contains(text))
    }

    /// The text under a key of the mapping that the path lies in, or of the nearest around it.
    fn nearest(&self, path: &[String], key: &str) -> Option<&'a str> {
        (0..path.len()).rev().find_map(|length| {
            let mut wanted = path[..length].to_vec();
            wanted.extend(key.split('.').map(str::to_owned));
            let first = [wanted.as_slice(), &["0".to_owned()]].concat();
            let entry = self.values.get(wanted.as_slice()).or_else(|| self.values.get(first.as_slice()))?;
            if let Value::Text(text) = &entry.value { Some(text.as_str()) } else { None }
        })
    }

    /// A value as a program, with its places.
    fn command(&self, value: &str, entry: &Entry, language: usize) -> Guest {
        let range = self.lines.range(entry.value_span);
        let (range, quoted) = content(self.text, range);
        let mut guest = Guest::new(language);
        guest.decode(value, quoted, self.text, range);
        guest
    }

    /// A variable that the workflow sets where the path lies or around it.
    fn variable(&self, path: &[String], name: &str) -> Option<Variable> {
        (0..path.len()).rev().find_map(|length| {
            self.host.variables.iter().find_map(|key| {
                let wanted = [&path[..length], &[key.clone(), name.to_owned()]].concat();
                let entry = self.values.get(wanted.as_slice())?;
                let place = self.lines.range(entry.value_span);
                let text = match &entry.value {
                    Value::Text(text) => text.clone(),
                    Value::Int(number) => number.to_string(),
                    _ => return None,
                };
                (!text.contains("${{")).then(|| Variable::text(&text, place))
            })
        })
    }
}

/// Whether a path ends with these keys; places in lists do not count.
fn ends_with(path: &[String], keys: &str) -> bool {
    let mut own = path.iter().rev().filter(|key| !is_number(key));
    keys.rsplit('.').all(|key| own.next().is_some_and(|there| there == key))
}

/// Where a scalar's text stands, without quotes or the header of a block; and whether backslashes are escapes in it.
fn content(text: &str, range: Range<usize>) -> (Range<usize>, bool) {
    let written = text.get(range.clone()).unwrap_or("");
    match written.as_bytes().first() {
        Some(b'"') => (range.start + 1..range.end, true),
        Some(b'\'') => (range.start + 1..range.end, false),
        Some(b'|' | b'>') => {
            let header = written.find('\n').unwrap_or(0);
            (range.start + header..range.end, false)
        }
        _ => (range, false),
    }
}

/// The commands with the workflow's expressions as variables: `${{ env.END }}` is `${END}`.
fn expressions(guest: &Guest) -> Guest {
    guest.with_lines(|line| {
        let mut out = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("${{") {
            let (inside, after) = after.split_once("}}")?;
            let name = inside.trim().strip_prefix("env.").unwrap_or(UNKNOWN);
            out.push_str(before);
            out.push_str(&format!("${{{name}}}"));
            rest = after;
        }
        (!out.is_empty()).then(|| out + rest)
    })
}
