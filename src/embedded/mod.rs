//! Code that stands inside files of another kind and runs there: the steps of a CI workflow, the `RUN` lines of a
//! Dockerfile, the recipes of a Makefile, the cells of a notebook, the commands of a crontab, the tags of a page.
//!
//! Which file is a host, and of which languages, is data: `rules/hosts.yaml`. Each kind of host has one reader, which
//! takes its file apart into [`Guest`]s: programs as their own frontend reads them, each with where in the host its text
//! came from. What is found in a guest is told at its place in the host ([`Places`]).

mod crontab;
mod dockerfile;
mod guest;
mod makefile;
mod notebook;
mod steps;
mod template;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::carried::{self, rules};
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
    /// What the program of a template begins and ends with, and what it gets for the text of the page.
    #[serde(default)]
    begins: String,
    #[serde(default)]
    ends: String,
    #[serde(default)]
    shows: String,
    /// What code stands between in a template.
    #[serde(default)]
    tags: Vec<template::Tag>,
    /// The words that code of a template stands behind.
    #[serde(default)]
    directives: Vec<template::Directive>,
}

impl Host {
    /// It builds or runs a program, and may give it values by name.
    pub fn is_build(&self) -> bool {
        !matches!(self.reader, Reader::Steps | Reader::Template)
    }

    /// It is a document too, whose keys and values are read.
    pub fn is_document(&self) -> bool {
        self.reader == Reader::Steps
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
}

/// The kinds of host that the tool knows.
///
/// # Errors
/// Only if the embedded file is broken, which a test rules out.
pub fn hosts() -> Result<Vec<Host>, serde_json::Error> {
    carried::read(rules!("hosts"))
}

/// The programs in a host.
pub fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    match host.reader {
        Reader::Notebook => notebook::guests(text, languages),
        Reader::Dockerfile => dockerfile::guests(text, languages),
        Reader::Crontab => crontab::guests(text, languages),
        Reader::Makefile => makefile::guests(text, languages),
        Reader::Steps => steps::guests(host, text, languages),
        Reader::Template => template::guests(host, text, languages),
    }
}
