//! Dates that stand in a test's own table: `@pytest.mark.parametrize("expires, ok", […])`, `[InlineData("2030-01-01")]`.

use crate::calendar;
use crate::flow::facts::{Id, TermKind};

use super::given::{Collector, Dated, Kind, Named};

/// Rows looked at in one table.
const ROWS: usize = 64;
/// Lists inside lists that a row stands in.
const NESTED: usize = 3;

impl Collector<'_> {
    /// The rows of an attribute of a test, under the names of the test's parameters.
    pub(super) fn table(&mut self, function: usize, attribute: Id) {
        let TermKind::Call(_, args) = &self.facts.term(attribute).kind else { return };
        let params: Vec<&str> = self.facts.functions[function].params.iter().map(|param| param.name.as_str()).collect();
        let texts = args.iter().filter(|(keyword, _)| keyword.is_none()).map(|(_, arg)| *arg).collect::<Vec<Id>>();
        match texts.as_slice() {
            // The names come first.
            [names, rows, ..]
                if self.names(*names).is_some_and(|names| names.iter().all(|name| params.contains(&name.as_str()))) =>
            {
                let names = self.names(*names).unwrap_or_default();
                for row in self.items(*rows) {
                    let row = if names.len() == 1 { vec![row] } else { self.items(row) };
                    self.row(attribute, function, &names, &row);
                }
            }
            own => {
                let names: Vec<String> = params.iter().map(|name| (*name).to_owned()).collect();
                self.row(attribute, function, &names, own);
                for (_, list) in args {
                    for text in self.items(*list) {
                        self.line(attribute, function, &names, text);
                    }
                }
            }
        }
    }

    /// `"expires, ok"` or `["expires", "ok"]`.
    fn names(&self, id: Id) -> Option<Vec<String>> {
        let text = |id: &Id| match &self.facts.term(*id).kind {
            TermKind::Text(text) => Some(text.to_string()),
            _ => None,
        };
        let names: Vec<String> = match &self.facts.term(id).kind {
            TermKind::Text(names) => names.split(',').map(|name| name.trim().to_owned()).collect(),
            TermKind::List(items) => items.iter().map(text).collect::<Option<_>>()?,
            _ => return None,
        };
        (!names.is_empty()).then_some(names)
    }

    /// The elements of a list, or the arguments of what stands for one: `pytest.param(…)`.
    fn items(&self, id: Id) -> Vec<Id> {
        match &self.facts.term(id).kind {
            TermKind::List(items) => items.iter().copied().take(ROWS).collect(),
            TermKind::Call(_, args) => args.iter().filter(|(name, _)| name.is_none()).map(|(_, arg)| *arg).collect(),
            _ => Vec::new(),
        }
    }

    /// One row; one that says `False` and not `True` expects a refusal.
    fn row(&mut self, holder: Id, function: usize, names: &[String], row: &[Id]) {
        let says = |truth: bool| row.iter().any(|id| self.facts.term(*id).kind == TermKind::Bool(truth));
        if row.len() > names.len() || (says(false) && !says(true)) {
            return;
        }
        for (name, value) in names.iter().zip(row) {
            self.named(holder, name, *value, Some(function));
        }
    }

    /// A row in one text: `@CsvSource({"2030-01-01, true"})`, `@ValueSource(strings = {"2030-01-01"})`.
    fn line(&mut self, holder: Id, function: usize, names: &[String], id: Id) {
        let mut open = vec![(id, NESTED)];
        while let Some((id, depth)) = open.pop() {
            if let (TermKind::List(_), Some(depth)) = (&self.facts.term(id).kind, depth.checked_sub(1)) {
                open.extend(self.items(id).into_iter().map(|item| (item, depth)));
            }
            let TermKind::Text(text) = &self.facts.term(id).kind else { continue };
            let cells: Vec<&str> = text.split(',').map(str::trim).collect();
            if cells.len() > names.len() || (cells.contains(&"false") && !cells.contains(&"true")) {
                continue;
            }
            for (name, cell) in names.iter().zip(cells) {
                let said = self.names.said(name);
                let Some(reading) = calendar::read(cell).filter(|_| said.counts()) else { continue };
                let named = Named { holder, name, strength: said.strength, function: Some(function) };
                self.push(named, Dated::plain(Kind::Date, reading.instant(), self.facts.term(id).span));
            }
        }
    }
}
