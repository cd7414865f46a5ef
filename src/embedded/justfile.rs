//! Justfiles: every line of a recipe is a program of the shell's, a recipe that begins with `#!` is one as a whole.
//!
//! `{{name}}` is a variable, whose value is a text, another variable, or in backticks a command's output.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::registry::Languages;

use super::variables::{Variable, with_variables};
use super::{Guest, UNKNOWN};

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(shell) = languages.named("sh") else { return Vec::new() };
    let mut file = Justfile::default();
    file.read(text, shell, languages);
    let known = |name: &str| file.variables.get(name).cloned();
    let finish = |guest: &Guest| {
        let guest = interpolated(guest);
        if guest.language == shell { with_variables(&guest, true, known) } else { guest }
    };
    file.recipes.iter().map(finish).collect()
}

#[derive(Default)]
struct Justfile {
    recipes: Vec<Guest>,
    variables: HashMap<String, Variable>,
}

impl Justfile {
    fn read(&mut self, text: &str, shell: usize, languages: &Languages) {
        let (mut at, mut whole, mut goes_on) = (0, false, false);
        for line in text.split_inclusive('\n') {
            let range = at..at + line.len();
            at = range.end;
            if !line.starts_with([' ', '\t']) && !line.trim().is_empty() {
                (whole, goes_on) = (false, false);
                self.variables.extend(assignment(line, range.start));
                continue;
            }
            let body = line.trim_start();
            if body.starts_with("#!") {
                // What no frontend reads is nothing's.
                let language = languages.shebang(body.as_bytes());
                self.recipes.push(Guest::new(language.unwrap_or(usize::MAX)));
                whole = true;
            } else if whole || goes_on {
                if let Some(last) = self.recipes.last_mut() {
                    last.copy(text, range);
                }
                goes_on = line.trim_end().ends_with('\\');
            } else if !body.is_empty() {
                let mut guest = Guest::new(shell);
                let bare = body.trim_start_matches(['@', '-']);
                guest.copy(text, range.end - bare.len()..range.end);
                self.recipes.push(guest);
                goes_on = line.trim_end().ends_with('\\');
            }
        }
        self.recipes.retain(|guest| languages.list().get(guest.language).is_some());
    }
}

/// `name := "text"`, `export name := other`, ``name := `command` ``.
fn assignment(line: &str, start: usize) -> Option<(String, Variable)> {
    let (name, value) = line.split_once(":=")?;
    let name = name.trim().trim_start_matches("export ").trim();
    let from = start + line.len() - value.trim_start().len();
    let value = value.trim();
    let place: Range<usize> = from..from + value.len();
    let inside = value.get(1..value.len().saturating_sub(1)).unwrap_or("");
    let value = match value.chars().next()? {
        '`' => format!("$({inside})"),
        '"' | '\'' if !inside.contains(['"', '\'', '\\']) => {
            return Some((name.to_owned(), Variable::text(inside, place)));
        }
        _ if value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') => format!("${{{value}}}"),
        _ => return None,
    };
    Some((name.to_owned(), Variable { value, place }))
}

fn interpolated(guest: &Guest) -> Guest {
    guest.with_pieces(|text| {
        let from = text.find("{{")?;
        let length = text[from..].find("}}")?;
        let name = text[from + 2..from + length].trim();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let instead = if is_name { format!("${{{name}}}") } else { UNKNOWN.to_owned() };
        Some((from, length + 2, instead))
    })
}
