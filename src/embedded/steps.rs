//! CI workflows, manifests and units: values of a document's keys are commands. Which keys, and in which language, is data.
//!
//! The items of a list of commands (`script:`) run in one shell, so they are one program. What the workflow puts into the
//! environment is known to its commands, and an expression of the workflow (`${{ env.END }}`) is a variable of theirs. A value
//! that is a condition of its own kind (Ansible's `when`) is a program of that.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::{self, Entry, Value};
use crate::language::registry::Languages;

use super::guest::Lines;
use super::variables::{Variable, with_variables};
use super::{Guest, Host, Interpolation, Key, UNKNOWN, expression};

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let document = document::read(host.format, text);
    if document.problem.is_some() {
        return Vec::new();
    }
    let workflow = Workflow::new(host, text, &document.entries);
    let mut programs: Vec<(&[String], Guest)> = Vec::new();
    for entry in &document.entries {
        let Value::Text(value) = &entry.value else { continue };
        let path = without_numbers(&entry.path);
        let Some(key) = workflow.key(path) else { continue };
        let Some(language) = languages.named(workflow.language(path, key)) else { continue };
        if key.condition {
            programs.push((path, workflow.condition(entry, language)));
            continue;
        }
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
        let guest = host.interpolates.iter().fold(guest, |guest, form| expressions(&guest, form));
        with_variables(&guest, true, |name| workflow.variable(path, name))
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

    /// Which key of the host's the value of that path has, if it is code.
    fn key(&self, path: &[String]) -> Option<&'a Key> {
        let fits = |key: &&Key| {
            ends_with(path, &key.key) && key.beside.iter().all(|(other, says)| self.says(path, other, says))
        };
        self.host.keys.iter().find(fits)
    }

    /// What language a key's value is in.
    fn language(&self, path: &[String], key: &'a Key) -> &'a str {
        let shell = self.host.shells.iter().find_map(|shell| self.nearest(path, shell));
        match shell {
            Some(shell) if key.by_shell => shell.split_whitespace().next().unwrap_or(""),
            _ => &key.holds,
        }
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

    /// A condition as a program that does something if it holds.
    fn condition(&self, entry: &Entry, language: usize) -> Guest {
        let (range, _) = content(self.text, self.lines.range(entry.value_span));
        let end = range.end - usize::from(self.text[..range.end].ends_with(['"', '\'']) && self.is_quoted(range.start));
        let mut guest = Guest::new(language);
        guest.write(&self.host.begins, range.start..range.start);
        guest.write("if ", range.start..range.start);
        if let Some(form) = self.host.expressions {
            guest.append(&expression::program(form, self.host, self.text, range.start..end, language));
        }
        guest.write(&self.host.shows, end..end);
        guest
    }

    fn is_quoted(&self, start: usize) -> bool {
        self.text[..start].ends_with(['"', '\''])
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

/// Whether a path ends with these keys, of which `*` is any; places in lists do not count.
fn ends_with(path: &[String], keys: &str) -> bool {
    let mut own = path.iter().rev().filter(|key| !is_number(key));
    // A module of Ansible's has dots in its name.
    path.last().is_some_and(|last| last == keys)
        || keys.rsplit('.').all(|key| own.next().is_some_and(|there| key == "*" || there == key))
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

/// The commands with the host's expressions as variables: `${{ env.END }}` is `${END}`.
fn expressions(guest: &Guest, form: &Interpolation) -> Guest {
    guest.with_pieces(|text| {
        let from = text.find(&form.open)?;
        let inside = &text[from + form.open.len()..];
        let length = inside.find(&form.close)?;
        let name = inside[..length].trim();
        let name = name.strip_prefix(&form.before).filter(|name| !form.before.is_empty() || is_name(name));
        let instead = form.instead.clone().unwrap_or_else(|| format!("${{{}}}", name.unwrap_or(UNKNOWN)));
        Some((from, form.open.len() + length + form.close.len(), instead))
    })
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
