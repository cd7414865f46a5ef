//! `defuse explain`: the rule's document, or all rules in short.

use super::args::ExplainArgs;
use super::exit::Exit;
use super::rules;
use super::terminal::Terminal;
use crate::catalogue::{Catalogue, Document};
use crate::error::Error;
use crate::finding::Rule;
use crate::gate::suggest;

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let catalogue = Catalogue::embedded()?;
    let Some(name) = &args.rule else {
        return rules::list(&catalogue, terminal);
    };
    let document = Rule::from_id(name).and_then(|rule| catalogue.document(rule)).ok_or_else(|| unknown(name))?;
    terminal.print(|out| out.write_all(text(document).as_bytes()))?;
    Ok(Exit::Pass)
}

fn unknown(name: &str) -> Error {
    let help = suggest::question(name, Rule::ALL.map(Rule::id));
    let help = help.unwrap_or_else(|| "`defuse rules list` lists the rules".to_owned());
    Error::usage_with(format!("there is no rule `{name}`"), help)
}

fn text(document: &Document) -> String {
    let Document { rule, summary, level, incident, prose, examples_text, .. } = document;
    format!(
        "# {rule} ({level})\n\n{summary}\n\n{prose}\n\n## A real incident\n\n{incident}\n\n## Examples\n\n{examples_text}\n"
    )
}
