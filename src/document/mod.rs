//! Configuration and data files: the keys and values in them, with exact spans, and those that hold an expiry.
//!
//! Each format has one file with one function that turns text into [`Entry`]s. What cannot be parsed (a Helm chart's
//! template, a file with a merge conflict) is read line by line instead, and says so in [`Document::problem`]. What the
//! keys *mean* is data: `rules/documents` and `rules/words.yaml`, applied in [`findings`].

mod flags;
mod flexnet;
mod json;
mod judge;
mod lines;
mod packed;
mod position;
mod promise;
mod rules;
mod seed;
mod stamp;
mod table;
mod toml;
mod xml;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;

pub use flags::{BuildFlag, BuildFlags};
pub use judge::{DatedKey, DocumentResult, Form, findings, texts};
pub use packed::unpacked;
pub use position::Positions;
pub use promise::{Promises, promises};
pub use rules::{DocumentRules, RulesError};
pub use stamp::Stamp;

use crate::calendar::Reading;
use crate::finding::Span;

/// Longer files are data, not documents that a person wrote: they are not read.
const MAX_BYTES: usize = 8 << 20;

/// Entries beyond this many are left out, and [`Document::problem`] says so.
const MAX_ENTRIES: usize = 200_000;

/// Paths longer than this keep their last parts.
const MAX_PATH: usize = 32;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// YAML 1.2, any number of documents.
    Yaml,
    /// JSON, with comments and trailing commas.
    Json,
    /// TOML 1.0.
    Toml,
    /// Sections of `key = value`; also HCL, of which the lines within blocks look the same.
    Ini,
    /// Java properties.
    Properties,
    /// `KEY=value` of a shell or dotenv file.
    Env,
    /// XML and property lists.
    Xml,
    /// FlexNet licence files.
    Flexnet,
    /// Comma, semicolon or tab separated values with a header line.
    Csv,
    /// Rows that SQL puts into tables.
    Sql,
    /// Anything else in lines, some of which may be `key: value`.
    Lines,
}

/// A value as its format typed it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, unescaped.
    Text(String),
    /// A whole number.
    Int(i128),
    /// A number with a fraction or exponent.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A date where the format has dates of its own.
    Date(Reading),
}

/// One key and its scalar value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The keys from the root; an index in a list is its number, from 0.
    pub path: Vec<String>,
    /// The value.
    pub value: Value,
    /// The last key; for an element of a list, the element.
    pub key_span: Span,
    /// The value, with its quotes.
    pub value_span: Span,
}

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    /// Why the format's own parser did not read it, or not all of it.
    pub problem: Option<String>,
}

/// The format of a file, by its name and where needed its first lines.
pub fn format_of(path: &str, head: &str) -> Option<Format> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        _ if matches!(name.as_str(), ".env" | ".envrc") || name.starts_with(".env.") => Format::Env,
        _ if matches!(extension, "lic" | "dat" | "license" | "licence") && flexnet::recognises(head) => Format::Flexnet,
        // Vendors give their licences the same name whatever is in them.
        "lic" | "license" | "licence" | "skm" if opens(head, "{") => Format::Json,
        "lic" | "license" | "licence" if opens(head, "<") => Format::Xml,
        "yaml" | "yml" | "snyk" | "sls" => Format::Yaml,
        "json" | "jsonc" | "json5" | "webmanifest" | "nsprc" | "jsonl" | "har" | "arb" => Format::Json,
        "toml" => Format::Toml,
        "ini" | "cfg" | "cnf" | "conf" | "editorconfig" | "desktop" | "service" | "timer" | "tf" | "tfvars" | "hcl"
        | "reg" | "lic" | "prefs" => Format::Ini,
        "properties" => Format::Properties,
        "env" => Format::Env,
        "xml" | "plist" | "config" | "csproj" | "props" | "targets" | "nuspec" | "xaml" | "xsd" | "wsdl"
        | "entitlements" => Format::Xml,
        "csv" | "tsv" => Format::Csv,
        "sql" => Format::Sql,
        "list" | "db" | "dat" | "data" | "txt" | "license" | "licence" | "key" | "rules" | "asc" | "gemspec" => {
            Format::Lines
        }
        _ if head.trim_start().starts_with("<?xml") => Format::Xml,
        _ if extension.is_empty() || name.starts_with('.') => Format::Lines,
        _ => return None,
    })
}

/// Whether a text begins so, after blanks and a byte order mark.
fn opens(head: &str, with: &str) -> bool {
    head.trim_start_matches('\u{feff}').trim_start().starts_with(with)
}

/// Whether a file of a language holds rows of data too.
pub fn holds_rows(path: &str) -> bool {
    format_of(path, "") == Some(Format::Sql)
}

/// Reads a file. Never fails: what its format cannot read is read line by line, and [`Document::problem`] says why.
pub fn read(format: Format, text: &str) -> Document {
    if text.len() > MAX_BYTES {
        let problem = format!("larger than {} MB", MAX_BYTES >> 20);
        return Document { entries: Vec::new(), problem: Some(problem) };
    }
    // A byte order mark counts as a character, so that columns stay right; XML allows no blank before its declaration.
    let marked = text.strip_prefix('\u{feff}').filter(|_| format != Format::Xml);
    let text = marked.map_or(Cow::Borrowed(text), |rest| Cow::Owned(format!(" {rest}")));
    let parser = match format {
        Format::Yaml => yaml::read,
        Format::Json => json::read,
        Format::Toml => toml::read,
        Format::Xml => xml::read,
        Format::Flexnet => flexnet::read,
        Format::Csv => table::read,
        Format::Sql => seed::read,
        Format::Ini | Format::Properties | Format::Env | Format::Lines => lines::read,
    };
    let mut out = Collector::new(&text);
    let problem = parser(&mut out).err();
    if problem.is_some() {
        out = Collector::new(&text);
        // The line reader itself never fails.
        let _ = lines::read(&mut out);
    }
    let full = out.entries.len() >= MAX_ENTRIES;
    let problem = problem.or_else(|| full.then(|| format!("only the first {MAX_ENTRIES} values were read")));
    Document { entries: out.entries, problem }
}

/// Where the readers put what they find.
struct Collector<'t> {
    text: &'t str,
    positions: Positions<'t>,
    entries: Vec<Entry>,
}

/// What a reader answers: nothing, or why it could not read the text.
type Outcome = Result<(), String>;

impl<'t> Collector<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, positions: Positions::new(text), entries: Vec::new() }
    }

    fn push(&mut self, path: Vec<String>, value: Value, key: Range<usize>, at: Range<usize>) {
        if self.entries.len() < MAX_ENTRIES {
            let (key_span, value_span) = (self.positions.span(key), self.positions.span(at));
            self.entries.push(Entry { path, value, key_span, value_span });
        }
    }
}

/// The last [`MAX_PATH`] parts of a path.
fn bounded(path: &[String]) -> Vec<String> {
    path.get(path.len().saturating_sub(MAX_PATH)..).unwrap_or(path).to_vec()
}

/// What an unquoted scalar means in formats without types of their own.
fn plain(text: &str) -> Value {
    let text = text.trim();
    match text {
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if let Some(int) = text.parse().ok().filter(|_| number) {
        return Value::Int(int);
    }
    match text.parse() {
        Ok(float) if number => Value::Float(float),
        _ => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests;
