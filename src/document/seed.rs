//! Rows that SQL scripts put into tables: `INSERT INTO t (a, b) VALUES (…), (…)`, `INSERT INTO t SET a = …`, and
//! `COPY t (a, b) FROM stdin` with its lines. A value goes by its table's name, its row's number and its column's name;
//! where the statement does not name its columns, the script's own `CREATE TABLE` does.
//!
//! Only what is written out counts: a text or a number, also with its type (`DATE '…'`, `'…'::date`, `TO_DATE('…', …)`).
//! What is computed (`NOW() + INTERVAL '30 days'`) is no date in the script.

use std::collections::HashMap;
use std::ops::Range;

use super::{Collector, Outcome, Value, plain};

/// A longer value is no date.
const LONGEST: usize = 64;

/// Tokens of a value that are kept: more than the longest conversion has.
const PARTS: usize = 12;

/// Names of columns, and where they stand.
type Columns = Vec<(String, Range<usize>)>;

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let text = out.text;
    let mut reader = Reader { text, at: 0, tables: HashMap::new(), row: 0 };
    while let Some(token) = reader.next() {
        match reader.word(&token).as_str() {
            "insert" | "replace" => reader.insert(out),
            "create" => reader.create(),
            "copy" => reader.copy(out),
            _ => {}
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    /// A name in quotes.
    Quoted,
    Text,
    Number,
    Mark(u8),
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    range: Range<usize>,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tables: HashMap<String, Columns>,
    row: usize,
}

impl Reader<'_> {
    /// `INSERT INTO t …`, after its first word.
    fn insert(&mut self, out: &mut Collector<'_>) {
        let Some(table) = self.table("into") else { return };
        let mut columns = self.tables.get(&table.to_lowercase()).cloned().unwrap_or_default();
        let mut named = false;
        while let Some(token) = self.next() {
            match (token.kind, self.word(&token).as_str()) {
                (Kind::Mark(b'('), _) if !named => {
                    columns = self.columns();
                    named = true;
                }
                (_, "values" | "value") => return self.rows(out, &table, &columns),
                (_, "set") => return self.pairs(out, &table),
                (Kind::Mark(b';') | Kind::Text, _) | (_, "select" | "with" | "exec" | "execute") => return,
                _ => {}
            }
        }
    }

    /// The name of the table that a statement is about, after this word.
    fn table(&mut self, after: &str) -> Option<String> {
        for _ in 0..6 {
            let token = self.next()?;
            if self.word(&token) == after {
                let first = self.next()?;
                return self.qualified(first);
            }
            if token.kind != Kind::Word {
                return None;
            }
        }
        None
    }

    /// The last part of a name that begins with this token.
    fn qualified(&mut self, first: Token) -> Option<String> {
        let mut name = self.name(&first)?;
        loop {
            let before = self.at;
            match self.next() {
                Some(Token { kind: Kind::Mark(b'.'), .. }) => {
                    let next = self.next()?;
                    name = self.name(&next)?;
                }
                _ => {
                    self.at = before;
                    return Some(name);
                }
            }
        }
    }

    /// The names up to the closing parenthesis.
    fn columns(&mut self) -> Columns {
        let mut columns = Columns::new();
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Mark(b')' | b';') => break,
                _ => columns.extend(self.name(&token).map(|name| (name, token.range))),
            }
        }
        columns
    }

    /// `(…), (…)`.
    fn rows(&mut self, out: &mut Collector<'_>, table: &str, columns: &Columns) {
        self.row = 0;
        loop {
            let before = self.at;
            match self.next() {
                Some(Token { kind: Kind::Mark(b'('), .. }) => self.cells(out, table, columns),
                Some(Token { kind: Kind::Mark(b','), .. }) => {}
                _ => {
                    self.at = before;
                    return;
                }
            }
        }
    }

    /// The values of one row, up to its closing parenthesis.
    fn cells(&mut self, out: &mut Collector<'_>, table: &str, columns: &Columns) {
        let (mut column, mut depth) = (0, 0_usize);
        let mut cell: Vec<Token> = Vec::new();
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Mark(b';') => return,
                Kind::Mark(b',' | b')') if depth == 0 => {
                    if let Some((name, key)) = columns.get(column) {
                        self.keep(out, table, name, key.clone(), &cell);
                    }
                    cell.clear();
                    column += 1;
                    if token.kind == Kind::Mark(b')') {
                        self.row += 1;
                        return;
                    }
                    continue;
                }
                Kind::Mark(b'(') => depth += 1,
                Kind::Mark(b')') => depth -= 1,
                _ => {}
            }
            if cell.len() < PARTS {
                cell.push(token);
            }
        }
    }

    /// `a = …, b = …`.
    fn pairs(&mut self, out: &mut Collector<'_>, table: &str) {
        self.row = 0;
        let mut cell: Vec<Token> = Vec::new();
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Mark(b'(') => depth += 1,
                Kind::Mark(b')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            let ends = depth == 0 && matches!(token.kind, Kind::Mark(b',' | b';'));
            if !ends {
                if cell.len() < PARTS {
                    cell.push(token);
                }
                continue;
            }
            if let [key, Token { kind: Kind::Mark(b'='), .. }, value @ ..] = cell.as_slice()
                && let Some(name) = self.name(key)
            {
                self.keep(out, table, &name, key.range.clone(), value);
            }
            cell.clear();
            if token.kind == Kind::Mark(b';') {
                return;
            }
        }
    }

    /// Keeps a value that is written out.
    fn keep(&self, out: &mut Collector<'_>, table: &str, column: &str, key: Range<usize>, cell: &[Token]) {
        let Some(token) = self.written(cell).filter(|token| token.range.len() <= LONGEST) else { return };
        let text = self.text.get(token.range.clone()).unwrap_or("");
        let value = match token.kind {
            Kind::Text => Value::Text(text.trim_start_matches(['N', 'n', 'E', 'e']).trim_matches('\'').to_owned()),
            _ => plain(text),
        };
        let path = vec![table.to_owned(), self.row.to_string(), column.to_owned()];
        out.push(path, value, key, token.range.clone());
    }

    /// The text or number that a value is.
    fn written<'c>(&self, cell: &'c [Token]) -> Option<&'c Token> {
        let first = cell.first()?;
        let is_value = |token: &Token| matches!(token.kind, Kind::Text | Kind::Number);
        match cell {
            [only] => is_value(only).then_some(only),
            [value, Token { kind: Kind::Mark(b':'), .. }, ..] => is_value(value).then_some(value),
            [_, value] => (is_value(value)
                && matches!(self.word(first).as_str(), "date" | "timestamp" | "timestamptz" | "datetime"))
            .then_some(value),
            [_, Token { kind: Kind::Mark(b'('), .. }, value, ..] => {
                let converts = matches!(
                    self.word(first).as_str(),
                    "to_date"
                        | "to_timestamp"
                        | "str_to_date"
                        | "cast"
                        | "date"
                        | "datetime"
                        | "timestamp"
                        | "from_unixtime"
                );
                let ends = matches!(cell.last().map(|last| last.kind), Some(Kind::Mark(b')')));
                (converts && ends && is_value(value)).then_some(value)
            }
            _ => None,
        }
    }

    /// `CREATE TABLE t (a …, b …)`: its columns.
    fn create(&mut self) {
        const NO_COLUMN: [&str; 11] = [
            "primary",
            "unique",
            "key",
            "constraint",
            "foreign",
            "check",
            "index",
            "fulltext",
            "spatial",
            "exclude",
            "like",
        ];
        let Some(mut table) = self.table("table") else { return };
        if table.eq_ignore_ascii_case("if") {
            // `IF NOT EXISTS`
            let Some(first) = self.nth(2) else { return };
            let Some(name) = self.qualified(first) else { return };
            table = name;
        }
        match self.next() {
            Some(Token { kind: Kind::Mark(b'('), .. }) => {}
            _ => return,
        }
        let mut columns = Columns::new();
        let (mut depth, mut begins) = (0_usize, true);
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Mark(b';') => break,
                Kind::Mark(b'(') => depth += 1,
                Kind::Mark(b')') if depth == 0 => break,
                Kind::Mark(b')') => depth -= 1,
                Kind::Mark(b',') if depth == 0 => {
                    begins = true;
                    continue;
                }
                _ if begins && !NO_COLUMN.contains(&self.word(&token).as_str()) => {
                    columns.extend(self.name(&token).map(|name| (name, token.range.clone())));
                }
                _ => {}
            }
            begins = false;
        }
        self.tables.insert(table.to_lowercase(), columns);
    }

    /// The token after `skipped` others.
    fn nth(&mut self, skipped: usize) -> Option<Token> {
        for _ in 0..skipped {
            self.next()?;
        }
        self.next()
    }

    /// `COPY t (a, b) FROM stdin;` and the lines after it, up to `\.`.
    fn copy(&mut self, out: &mut Collector<'_>) {
        let Some(first) = self.next() else { return };
        let Some(table) = self.qualified(first) else { return };
        let mut columns = self.tables.get(&table.to_lowercase()).cloned().unwrap_or_default();
        let mut from_input = false;
        while let Some(token) = self.next() {
            match (token.kind, self.word(&token).as_str()) {
                (Kind::Mark(b'('), _) if !from_input => columns = self.columns(),
                (_, "stdin") => from_input = true,
                (Kind::Mark(b';'), _) => break,
                _ => {}
            }
        }
        if !from_input {
            return;
        }
        let rest = self.text.get(self.at..).unwrap_or("");
        let mut at = self.at + rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.row = 0;
        for line in self.text.get(at..).unwrap_or("").split_inclusive('\n') {
            let start = at;
            at += line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            if line == "\\." {
                break;
            }
            let mut from = start;
            for (cell, (name, key)) in line.split('\t').zip(&columns) {
                let range = from..from + cell.len();
                from = range.end + 1;
                if !cell.is_empty() && cell.len() <= LONGEST && cell != "\\N" {
                    let path = vec![table.clone(), self.row.to_string(), name.clone()];
                    out.push(path, plain(cell), key.clone(), range);
                }
            }
            self.row += 1;
        }
        self.at = at;
    }

    /// A keyword in lower case; empty for what is none.
    fn word(&self, token: &Token) -> String {
        let text = self.text.get(token.range.clone()).filter(|text| token.kind == Kind::Word && text.len() < 32);
        text.unwrap_or("").to_ascii_lowercase()
    }

    fn name(&self, token: &Token) -> Option<String> {
        let text = self.text.get(token.range.clone())?;
        match token.kind {
            Kind::Word => Some(text.to_owned()),
            Kind::Quoted => Some(text.trim_matches(['"', '`', '[', ']']).to_owned()),
            _ => None,
        }
    }

    /// The next token; blanks and comments are passed over.
    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = self.text.get(self.at..)?;
            let first = rest.chars().next()?;
            let blank = match rest.as_bytes() {
                [b'-', b'-', ..] | [b'#', b' ', ..] => rest.find('\n').unwrap_or(rest.len()),
                // What MySQL runs although it looks like a comment is a comment here too.
                [b'/', b'*', ..] => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
                _ if first.is_whitespace() => first.len_utf8(),
                _ => 0,
            };
            if blank == 0 {
                let (kind, length) = token(rest, first);
                let range = self.at..self.at + length;
                self.at = range.end;
                return Some(Token { kind, range });
            }
            self.at += blank;
        }
    }
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '@');
    match first {
        '\'' => (Kind::Text, quoted(rest, 1, b'\'')),
        'N' | 'n' | 'E' | 'e' if rest.as_bytes().get(1) == Some(&b'\'') => (Kind::Text, quoted(rest, 2, b'\'')),
        '"' | '`' => (Kind::Quoted, quoted(rest, 1, rest.as_bytes()[0])),
        '[' => (Kind::Quoted, rest.find([']', '\n']).map_or(rest.len(), |end| end + 1)),
        c if c.is_ascii_digit() => {
            (Kind::Number, rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len()))
        }
        c if is_name(c) => (Kind::Word, rest.find(|c| !is_name(c)).unwrap_or(rest.len())),
        c if c.is_ascii() => (Kind::Mark(rest.as_bytes()[0]), 1),
        c => (Kind::Mark(b'?'), c.len_utf8()),
    }
}

/// The length of a text in quotes, of which `from` bytes have been read; a quote is doubled or has a backslash.
fn quoted(rest: &str, from: usize, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' => at += 1,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 1,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}
