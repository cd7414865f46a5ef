//! Which rule has examples in which language: `docs/coverage.md`, and what must not be missing there.
//!
//! A product is written in several languages, and a fuse found in one must be found in all. So every language that the
//! tool reads has, for each of the [`REQUIRED`] groups of rules, at least [`SPELLINGS`] expected findings and a good
//! example, all of which run as tests.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalogue, Example};
use crate::finding::Rule;
use crate::gate::Level;

/// Groups of rules of which every language has examples.
const REQUIRED: [&[Rule]; 4] =
    [&[Rule::DateGate], &[Rule::BuildAgeLimit, Rule::TrialPeriod], &[Rule::LicenseExpiry], &[Rule::TestTimeBomb]];

/// Expected findings that a required cell has at least.
const SPELLINGS: usize = 3;

/// The examples of a rule in a language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    /// Findings above `note` that are expected.
    bad: usize,
    /// Examples that must stay silent.
    good: usize,
}

/// How many examples there are of each rule in each language.
#[derive(Clone, Debug, Default)]
pub struct Coverage(BTreeMap<String, BTreeMap<Rule, Cell>>);

impl Coverage {
    /// Counts the examples of a catalogue. What counts is the rule that is expected, whatever document says so; a good
    /// example counts for the rule of its document.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut coverage = Self::default();
        for example in catalogue.documents().flat_map(|document| &document.examples) {
            coverage.count(example);
        }
        coverage
    }

    fn count(&mut self, example: &Example) {
        if !example.is_bad() {
            let languages: BTreeSet<&str> = example.languages().collect();
            languages.into_iter().for_each(|language| self.cell(language, example.rule).good += 1);
        }
        for file in &example.files {
            for expected in file.expected.iter().filter(|expected| expected.level != Some(Level::Note)) {
                self.cell(&file.language, expected.rule).bad += 1;
            }
        }
    }

    fn cell(&mut self, language: &str, rule: Rule) -> &mut Cell {
        self.0.entry(language.to_owned()).or_default().entry(rule).or_default()
    }

    /// What a required cell lacks, one sentence for each.
    pub fn missing<'a>(&self, languages: impl Iterator<Item = &'a str>) -> Vec<String> {
        let lacks = |language: &'a str| {
            REQUIRED.iter().filter_map(move |rules| {
                let cells = rules.iter().filter_map(|rule| self.0.get(language)?.get(rule));
                let sum = cells.fold(Cell::default(), |a, b| Cell { bad: a.bad + b.bad, good: a.good + b.good });
                let names: Vec<&str> = rules.iter().map(|rule| rule.id()).collect();
                let enough = sum.bad >= SPELLINGS && sum.good > 0;
                (!enough).then(|| format!("{language}: {} bad, {} good for {}", sum.bad, sum.good, names.join(" or ")))
            })
        };
        languages.flat_map(lacks).collect()
    }

    /// The matrix as Markdown: how many findings are expected, and in how many examples none is.
    pub fn markdown(&self) -> String {
        let mut out = String::from(INTRODUCTION);
        let rules: Vec<Rule> =
            Rule::ALL.into_iter().filter(|rule| self.0.values().any(|cells| cells.contains_key(rule))).collect();
        let row = |first: &str, cells: Vec<String>| format!("| {first} | {} |\n", cells.join(" | "));
        out += &row("", rules.iter().map(|rule| rule.id().to_owned()).collect());
        out += &row("---", rules.iter().map(|_| "---".to_owned()).collect());
        for (language, cells) in &self.0 {
            let cell = |rule| cells.get(rule).map_or(String::new(), |cell| format!("{} / {}", cell.bad, cell.good));
            out += &row(language, rules.iter().map(cell).collect());
        }
        out
    }
}

const INTRODUCTION: &str = "# Coverage

How many findings the examples in `rules/catalogue` expect of each rule in each language, and how many examples must stay
silent. Every one of them runs as a test. This page is generated: `SNAPSHOTS=overwrite cargo test --lib coverage` writes it.

";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::language::registry::Languages;

    #[test]
    fn no_required_cell_is_empty() {
        let coverage = Coverage::of(&Catalogue::embedded().unwrap());
        let languages = Languages::load(&[]).unwrap();
        // Pages are JavaScript.
        let ids = languages.list().iter().map(|language| language.id).filter(|id| *id != "html");
        let missing = coverage.missing(ids);
        assert!(missing.is_empty(), "{} cells lack examples:\n{}", missing.len(), missing.join("\n"));
    }

    #[test]
    fn the_page_is_current() {
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
        let text = Coverage::of(&Catalogue::embedded().unwrap()).markdown();
        snapbox::assert_data_eq!(text, snapbox::Data::read_from(&page, None).raw());
    }
}
