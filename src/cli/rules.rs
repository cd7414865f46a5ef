//! `defuse rules`: lists the rules, and runs the examples of their documents.

use std::path::{Path, PathBuf};

use super::args::{RulesArgs, RulesCommand};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::catalogue::{Catalogue, Document, run};
use crate::error::Error;

pub(super) fn run(args: RulesArgs, terminal: &Terminal) -> Result<Exit, Error> {
    match args.command.unwrap_or(RulesCommand::List) {
        RulesCommand::List => list(&Catalogue::embedded()?, terminal),
        RulesCommand::Test { folder } => test(folder.as_deref(), terminal),
    }
}

/// One line for each rule.
pub(super) fn list(catalogue: &Catalogue, terminal: &Terminal) -> Result<Exit, Error> {
    let width = catalogue.documents().map(|document| document.rule.id().len()).max().unwrap_or(0);
    terminal.print(|out| {
        catalogue.documents().try_for_each(|document| {
            let Document { rule, level, summary, .. } = document;
            writeln!(out, "{:width$}  {level:4}  {summary}", rule.id())
        })
    })?;
    Ok(Exit::Pass)
}

fn test(folder: Option<&Path>, terminal: &Terminal) -> Result<Exit, Error> {
    let catalogue = folder.map_or_else(Catalogue::embedded, load)?;
    let count: usize = catalogue.documents().map(|document| document.examples.len()).sum();
    if count == 0 {
        return Err(Error::usage_with("there are no examples", "a rules folder holds Markdown documents: RULE.md"));
    }
    let failures = run::run_examples(&catalogue, run::scan)?;
    terminal.print(|out| {
        failures.iter().try_for_each(|failure| writeln!(out, "{failure}\n"))?;
        writeln!(out, "{} passed, {} failed", count - failures.len(), failures.len())
    })?;
    Ok(if failures.is_empty() { Exit::Pass } else { Exit::Fail })
}

/// The documents of a rules folder: in it, or in its `catalogue`.
fn load(folder: &Path) -> Result<Catalogue, Error> {
    let inner = folder.join("catalogue");
    let folder = if inner.is_dir() { &inner } else { folder };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(Error::read(folder))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    files.sort();
    let mut catalogue = Catalogue::default();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(Error::read(&file))?;
        catalogue.add(Document::parse(&file.to_string_lossy(), &text)?);
    }
    Ok(catalogue)
}
