//! [`BuildFlags`]: the names of the code that a build gives a date to.
//!
//! `-DEXPIRES=1764115200`, `-X main.expires=$(date -d '+90 days')`, `buildConfigField`, a bundler's `define`, an image's
//! `ENV`: the code that reads the name compares it with the clock, and the date stands here. How such definitions are
//! written is data (`rules/build-flags.yaml`); what their values are is for [`stamp`](super::stamp) to say.

use std::collections::HashMap;

use regex::Captures;
use serde::{Deserialize, Serialize};

use super::rules::form;
use super::stamp::{Stamp, Stamps};
use super::{Positions, RulesError};
use crate::carried::{self, rules};
use crate::finding::Span;
use crate::matcher::{Paths, Pattern};

/// More definitions in one file are a table of data.
const MOST: usize = 500;

/// A longer value was generated.
const LONGEST: usize = 600;

/// Variables that a value is followed through.
const DEPTH: usize = 4;

/// A name that a build gives a value to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildFlag {
    /// The name, as the code knows it.
    pub name: String,
    /// What it is given.
    pub stamp: Stamp,
    /// The value's place.
    pub span: Span,
    /// It is a key that code asks for, no name of the code.
    pub key: bool,
}

/// How definitions are written.
#[derive(Clone, Debug)]
pub struct BuildFlags {
    rows: Vec<Row>,
    files: Paths,
    stamps: Stamps,
    variable: Pattern,
    /// A variable and something more.
    sum: Pattern,
}

#[derive(Clone, Debug)]
struct Row {
    contains: String,
    key: bool,
    within: Option<Pattern>,
    defines: Vec<Pattern>,
}

/// The rules file, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    flags: Vec<RowRules>,
    now: HashMap<String, Vec<String>>,
    later: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowRules {
    /// For whoever maintains the row.
    #[serde(rename = "what")]
    _what: String,
    files: Vec<String>,
    contains: String,
    /// The code asks for the name as for a key; else it is one of the code's own names.
    #[serde(default)]
    key: bool,
    #[serde(default)]
    within: Option<String>,
    defines: Vec<String>,
}

impl BuildFlags {
    /// The ways of writing that the tool carries.
    ///
    /// # Errors
    /// Only if the embedded file is broken, which a test rules out.
    pub fn embedded() -> Result<Self, RulesError> {
        let known: Rules = carried::read(rules!("build-flags")).map_err(|e| form("build-flags.yaml", &e))?;
        let (mut files, mut rows) = (Paths::default(), Vec::new());
        for (index, row) in known.flags.into_iter().enumerate() {
            files.add(&row.files, index);
            let within = row.within.as_deref().map(Pattern::new);
            let defines = row.defines.iter().map(|text| Pattern::new(text)).collect();
            rows.push(Row { contains: row.contains, key: row.key, within, defines });
        }
        let variable = Pattern::new(
            r"^\$?\$?[({]\{?\s*(?:\.?[Ee]nv\.)?(?P<a>[A-Za-z_]\w*)\s*\}?[)}]$|^%(?P<b>\w+)%$|^\{\{\s*\.Env\.(?P<c>\w+)\s*\}\}$|^\$(?P<d>[A-Za-z_]\w*)$|^(?:JSON\.stringify|String)?\(?(?P<e>[A-Za-z_]\w*)\)?$|^@(?P<f>[A-Za-z_]\w*)@$",
        );
        let sum = Pattern::new(r"^\$?[({]*([A-Za-z_]\w*)[)}]*\s*\+");
        Ok(Self { rows, files, stamps: Stamps::new(&known.now, &known.later), variable, sum })
    }

    /// Whether definitions are looked for in a file of that name.
    pub fn applies(&self, path: &str) -> bool {
        self.files.is_match(path)
    }

    /// The names that a file gives a date to.
    pub fn read(&self, path: &str, text: &str) -> Vec<BuildFlag> {
        let rows = self.files.owners(path).into_iter().filter_map(|row| self.rows.get(row));
        let rows: Vec<&Row> = rows.filter(|row| text.contains(&row.contains)).collect();
        self.defined(&rows, text)
    }

    /// The names that a text gives a date to in the ways of these rows.
    fn defined(&self, rows: &[&Row], text: &str) -> Vec<BuildFlag> {
        let (mut found, mut positions) = (Vec::new(), None);
        for row in rows {
            row.each(text, |captures| {
                let (Some(name), Some(value)) = (captures.name("name"), captures.name("value")) else { return };
                if found.len() >= MOST || value.len() > LONGEST {
                    return;
                }
                let Some(stamp) = self.stamp(text, value.as_str(), DEPTH) else { return };
                // Of one of the code's own names, the last part; a key is asked for as it is written.
                let own = name.as_str().rsplit('.').next().filter(|_| !row.key);
                let name = own.unwrap_or(name.as_str()).to_owned();
                let positions = positions.get_or_insert_with(|| Positions::new(text));
                let flag = BuildFlag { name, stamp, span: positions.span(value.range()), key: row.key };
                if !found.contains(&flag) {
                    found.push(flag);
                }
            });
        }
        found
    }

    /// What a value is, through the variables of the same file.
    fn stamp(&self, text: &str, value: &str, depth: usize) -> Option<Stamp> {
        let value = value.trim().trim_end_matches([',', ')', ';']).trim_matches(['"', '\'', '\\', '`', ' ']);
        // A bracket that was opened is closed.
        let opened = value.matches(['(', '[']).count().saturating_sub(value.matches([')', ']']).count());
        let value = &format!("{value}{}", ")".repeat(opened.min(8)));
        let known = |name: &str| self.assigned(text, name);
        if let Some(stamp) = self.stamps.of(value, &known).or_else(|| self.later(text, value, depth)) {
            return Some(stamp);
        }
        let name = self.variable.captures(value)?.iter().skip(1).flatten().next()?.as_str().to_owned();
        let assigned = if depth > 0 { self.assigned(text, &name) } else { None };
        match assigned.and_then(|assigned| self.stamp(text, &assigned, depth - 1)) {
            Some(stamp) => Some(stamp),
            // Another file may set it.
            None => Some(Stamp::Named(name)).filter(|_| value.contains(['$', '{', '%', '@'])),
        }
    }

    /// What a variable of the same file holds, and something more: `${NOW} + 35 * 86400`.
    fn later(&self, text: &str, value: &str, depth: usize) -> Option<Stamp> {
        let depth = depth.checked_sub(1)?;
        let found = self.sum.captures(value)?;
        let (whole, name) = (found.get(0)?, found.get(1)?);
        let assigned = self.assigned(text, name.as_str())?;
        let assigned = assigned.trim_end_matches([';', ' ']);
        self.stamp(text, &format!("{assigned} {}", value.get(whole.end() - 1..)?), depth)
    }

    /// What the file assigns to a variable.
    fn assigned(&self, text: &str, name: &str) -> Option<String> {
        // `NAME := value`, `set NAME=value`, `for … do set NAME=%%a`, `let name = value;`, `NAME: value`
        let mut from = 0;
        while let Some(at) = text.get(from..)?.find(name).map(|at| at + from) {
            from = at + name.len();
            let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let (before, line) = (&text[line_start..at], text[from..].lines().next().unwrap_or(""));
            let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            if is_word(before.chars().next_back()) || is_word(line.chars().next()) {
                continue;
            }
            if before.ends_with("string(TIMESTAMP ") {
                return Some(before.trim_start().to_owned());
            }
            if before.ends_with("math(EXPR ") {
                return line.split('"').nth(1).map(str::to_owned);
            }
            if before.ends_with("set(") {
                return line.trim_start().split(')').next().map(str::to_owned);
            }
            let stripped = line.trim_start_matches(['"', '\'', ' ', '\t']);
            let stripped = stripped.strip_prefix([':', '?', '+', '!']).unwrap_or(stripped);
            let value = stripped.strip_prefix('=').or_else(|| line.starts_with(": ").then_some(stripped));
            let Some(value) = value.map(str::trim).filter(|value| !value.is_empty() && !value.starts_with('=')) else {
                continue;
            };
            // A loop over a command's output sets it to what the command prints.
            let looped = value.starts_with("%%") && before.trim_start().to_ascii_lowercase().starts_with("for ");
            return Some(if looped { before.to_owned() } else { value.to_owned() }).filter(|v| v.len() <= LONGEST);
        }
        None
    }
}

impl Row {
    /// Every definition in the parts of a text that hold some.
    fn each(&self, text: &str, mut visit: impl FnMut(&Captures<'_>)) {
        let Some(within) = &self.within else {
            self.defines.iter().flat_map(|define| define.captures_iter(text)).for_each(|captures| visit(&captures));
            return;
        };
        for part in within.find_iter(text).take(MOST) {
            for define in &self.defines {
                let mut at = part.start();
                while let Some(captures) = define.captures_at(&text[..part.end()], at) {
                    let Some(whole) = captures.get(0) else { break };
                    // What ends one definition may begin the next.
                    at = whole.end().max(at + 1);
                    visit(&captures);
                    if !text.is_char_boundary(at) || at >= part.end() {
                        break;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_patterns_can_be_read() {
        let flags = BuildFlags::embedded().unwrap();
        let patterns = flags.rows.iter().flat_map(|row| row.defines.iter().chain(&row.within));
        for pattern in patterns.chain([&flags.variable, &flags.sum]).chain(flags.stamps.patterns()) {
            pattern.clone().ready().unwrap();
        }
        flags.files.ready().unwrap();
    }
}
