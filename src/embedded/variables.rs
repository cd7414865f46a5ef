//! Variables that the host gives a shell: written before the commands, so that the shell's own frontend knows them.

use std::collections::HashSet;
use std::ops::Range;

use super::Guest;

/// Variables that are written before one program; more come from a generator.
const MOST: usize = 64;

/// A variable of the host.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Its value as a shell writes it after the `=`.
    pub(super) value: String,
    /// Where the host has it.
    pub(super) place: Range<usize>,
}

impl Variable {
    /// A variable with this very text.
    pub(super) fn text(text: &str, place: Range<usize>) -> Self {
        Self { value: format!("'{}'", text.replace('\'', "'\\''")), place }
    }
}

/// The commands with what they name of the host's variables before them. Where the host runs a list of commands, one that
/// fails is the last (`strict`).
pub(super) fn with_variables(commands: &Guest, strict: bool, known: impl Fn(&str) -> Option<Variable>) -> Guest {
    let mut order: Vec<(String, Variable)> = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![commands.text.clone()];
    while let Some(text) = open.pop() {
        for name in mentioned(&text) {
            if order.len() < MOST && seen.insert(name.to_owned()) {
                let Some(variable) = known(name) else { continue };
                open.push(variable.value.clone());
                order.push((name.to_owned(), variable));
            }
        }
    }
    let mut guest = Guest::new(commands.language);
    if strict {
        guest.write("set -e\n", 0..0);
    }
    // What a value names was found after it.
    for (name, variable) in order.into_iter().rev() {
        guest.write(&format!("{name}="), variable.place.clone());
        guest.write(&variable.value, variable.place.clone());
        guest.write("\n", variable.place);
    }
    guest.append(commands);
    guest
}

/// The names after a `$`.
fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(|after| {
        let name = after.strip_prefix('{').unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        Some(&name[..end]).filter(|name| !name.is_empty())
    })
}
