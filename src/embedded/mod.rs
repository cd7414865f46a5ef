//! Code that stands inside files of another kind and runs there: the steps of a CI workflow, the `RUN` lines of a
//! Dockerfile, the recipes of a Makefile, the cells of a notebook, the commands of a crontab, the tags of a page, the
//! scripts of a manifest; and in the texts of a program: what a shell is handed, and queries.
//!
//! Which file is a host, and of which languages, is data: `rules/hosts.yaml`. Each kind of host has one reader, which
//! takes its file apart into [`Guest`]s: programs as their own frontend reads them, each with where in the host its text
//! came from. What is found in a guest is told at its place in the host ([`Places`]).

mod brackets;
mod calls;
mod cmake;
mod crontab;
mod dockerfile;
mod expression;
mod guest;
mod indented;
mod inline;
mod justfile;
mod makefile;
#[cfg(test)]
mod manifest_tests;
mod notebook;
mod queries;
mod razor;
mod sections;
mod steps;
mod template;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::carried::{self, rules};
use crate::document::Format;
use crate::language::registry::Languages;

pub use guest::{Guest, Places};

/// What stands for a value that only the host knows.
const UNKNOWN: &str = "_";

/// A kind of file that holds code of other languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name, for messages.
    pub host: String,
    /// Who takes it apart.
    reader: Reader,
    /// Whole file names.
    #[serde(default)]
    pub names: Vec<String>,
    /// What a file name begins with, up to its first dot.
    #[serde(default)]
    pub stems: Vec<String>,
    /// File name endings; only below `folders`, if there are any, where none means any name.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// Names of folders.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Programs in the `#!` line of files without an ending.
    #[serde(default)]
    pub interpreters: Vec<String>,
    /// The languages whose files with those endings hold the code, beside what is theirs.
    #[serde(default)]
    pub inside: Vec<String>,
    /// It is a document too.
    #[serde(default)]
    document: bool,
    /// Clocks of its own, as the sift looks for them.
    #[serde(default)]
    pub clocks: Vec<String>,
    /// The languages whose clocks make a file worth taking apart.
    pub guests: Vec<String>,
    /// The keys whose values name the program that runs a step.
    #[serde(default)]
    shells: Vec<String>,
    /// The keys that hold variables.
    #[serde(default)]
    variables: Vec<String>,
    /// The keys that hold code.
    #[serde(default)]
    keys: Vec<Key>,
    /// The format of what has keys.
    #[serde(default = "yaml")]
    format: Format,
    /// How the host writes its own expressions into commands.
    #[serde(default)]
    interpolates: Vec<Interpolation>,
    /// The words that begin a section, each with the language of its code; of those that hold none, it is empty.
    #[serde(default)]
    sections: BTreeMap<String, String>,
    /// Functions whose text is a program, each with its language.
    #[serde(default)]
    calls: BTreeMap<String, String>,
    /// What the program of a template begins and ends with, and what it gets for the text of the page.
    #[serde(default)]
    begins: String,
    #[serde(default)]
    ends: String,
    #[serde(default)]
    shows: String,
    /// What it gets behind code that opens a block, and where that ends, in a template whose blocks end with their indentation.
    #[serde(default)]
    opens: String,
    #[serde(default)]
    closes: String,
    /// What code stands between in a template.
    #[serde(default)]
    tags: Vec<template::Tag>,
    /// The words that code of a template stands behind.
    #[serde(default)]
    directives: Vec<template::Directive>,
    /// How a template with expressions of its own writes them.
    #[serde(default)]
    expressions: Option<expression::Form>,
    /// What its functions, filters and names are in the language of the program, and what its operators.
    #[serde(default)]
    functions: Vec<expression::Function>,
    #[serde(default)]
    operators: BTreeMap<String, String>,
    /// What the program writes before a variable, and before a member.
    #[serde(default)]
    sigil: String,
    #[serde(default)]
    member: Option<String>,
}

impl Host {
    /// It builds or runs a program, and may give it values by name.
    pub fn is_build(&self) -> bool {
        use Reader::{Crontab, Dockerfile, Makefile, Notebook};
        matches!(self.reader, Notebook | Dockerfile | Makefile | Crontab)
    }

    /// Its programs stand in it as they are: what of them cannot be read is told.
    pub fn is_verbatim(&self) -> bool {
        let put_together = matches!(self.reader, Reader::Razor | Reader::Cmake | Reader::Indented);
        self.inside.is_empty() && self.expressions.is_none() && !put_together
    }

    /// What its programs name is data of a page or a table.
    pub fn shows_data(&self) -> bool {
        matches!(self.reader, Reader::Template | Reader::Indented | Reader::Razor | Reader::Queries)
    }

    /// Its code belongs to the scripts of the page.
    pub fn is_markup(&self) -> bool {
        self.reader == Reader::Template && self.guests.iter().all(|id| id == "javascript")
    }

    /// Whether a file of a language holds code of this host's too.
    pub fn is_inside(&self, language: &str, path: &str) -> bool {
        let ends = |ending: &String| path.strip_suffix(ending.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.inside.iter().any(|own| own == language)
            && (self.extensions.is_empty() || self.extensions.iter().any(ends))
    }

    /// It is a document too, whose keys and values are read.
    pub fn is_document(&self) -> bool {
        self.reader == Reader::Steps || self.document
    }
}

/// Who takes a host apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reader {
    Notebook,
    Dockerfile,
    Makefile,
    Crontab,
    Steps,
    Template,
    Indented,
    Razor,
    Justfile,
    Cmake,
    Sections,
    Calls,
    Queries,
    Shell,
}

/// The format of a host that names none.
const fn yaml() -> Format {
    Format::Yaml
}

/// An expression of the host's in a command.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Interpolation {
    /// What it begins with.
    open: String,
    /// What it ends with.
    #[serde(default)]
    close: String,
    /// What stands before the name of a variable in it; what has none is not known.
    #[serde(default)]
    before: String,
    /// What the shell gets instead.
    #[serde(default)]
    instead: Option<String>,
}

/// A key that holds code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    /// The end of the path of keys, joined by dots.
    key: String,
    /// What other keys of the mappings around must hold.
    #[serde(default, rename = "where")]
    beside: BTreeMap<String, String>,
    /// The language.
    holds: String,
    /// Unless a shell is named.
    #[serde(default)]
    by_shell: bool,
    /// It is a condition in the host's own expressions.
    #[serde(default)]
    condition: bool,
}

/// The kinds of host that the tool knows.
///
/// # Errors
/// Only if the embedded file is broken, which a test rules out.
pub fn hosts() -> Result<Vec<Host>, serde_json::Error> {
    carried::read(rules!("hosts"))
}

/// The programs in a host, and those that its commands are handed.
pub fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let mut found = match host.reader {
        Reader::Notebook => notebook::guests(text, languages),
        Reader::Dockerfile => dockerfile::guests(text, languages),
        Reader::Crontab => crontab::guests(text, languages),
        Reader::Makefile => makefile::guests(text, languages),
        Reader::Justfile => justfile::guests(text, languages),
        Reader::Cmake => cmake::guests(text, languages),
        Reader::Sections => sections::guests(host, text, languages),
        Reader::Steps => steps::guests(host, text, languages),
        Reader::Template => template::guests(host, text, languages),
        Reader::Indented => indented::guests(host, text, languages),
        Reader::Calls => calls::guests(host, text, languages),
        Reader::Queries => queries::guests(host, text, languages),
        Reader::Razor => razor::guests(text, languages),
        Reader::Shell => return inline::of_file(text, languages),
    };
    let handed: Vec<Guest> = found.iter().flat_map(|guest| inline::guests(guest, languages)).collect();
    found.extend(handed);
    found
}

/// A page's own text, with the program of its markup after it, in the language of its scripts. `None` if the markup holds
/// no code.
pub fn page(host: &Host, text: &str, language: usize) -> Option<Guest> {
    template::after_text(host, text, language)
}
