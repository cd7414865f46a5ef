//! The rows of a language by what they are about.

use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;

use super::{Models, Row, segments};

/// The kinds of use that a row can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A call by path.
    Call,
    /// A method or property.
    Method,
    /// A property that is no method.
    Field,
    /// A constructor.
    New,
    /// A named value.
    Name,
}

/// A row's number and a path that it is about.
type Pattern = (usize, Vec<String>);

/// What is known of one language, by name.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The models themselves (rows of extended languages appended).
    pub models: Models,
    /// The models' rows, read when the first is asked for.
    rows: OnceLock<Vec<Row>>,
    /// Made ready when the first name is asked for.
    names: OnceLock<Names>,
}

/// Rows and known calls by their last segment.
#[derive(Clone, Debug, Default)]
struct Names {
    /// By the number of the use.
    rows: [HashMap<String, Vec<Pattern>>; 5],
    calls: HashMap<String, Vec<(Calls, Vec<String>)>>,
}

/// What a call is known to be, beyond its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Ends the process.
    Exit,
    /// Throws.
    Throw,
    /// Logs or prints.
    Log,
    /// Sends whoever asked elsewhere.
    Redirect,
    /// Answers whoever asked with a status.
    Respond,
    /// Asserts its first argument.
    Assert,
    /// Asserts that its arguments are equal.
    AssertEqual,
    /// Begins a fluent assertion.
    Fluent,
    /// Calls what it is given once a time has passed.
    Timer,
}

impl Index {
    /// Indexes the models; `extended` are the models of the languages that it extends.
    pub fn new(mut models: Models, extended: &[&Models]) -> Self {
        extended.iter().for_each(|base| models.absorb(base));
        Self { models, ..Self::default() }
    }

    /// All rows.
    fn all(&self) -> &[Row] {
        // That those which the tool carries can be read is for tests to say.
        self.rows.get_or_init(|| self.models.rows.read().unwrap_or_default())
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(&self.models, self.all()))
    }

    /// The rows about this use of this path (outermost first, imports resolved), most specific first.
    pub fn rows(&self, kind: Use, path: &[String]) -> impl Iterator<Item = &Row> {
        let found = self.named(kind, path).filter(|rows| !rows.is_empty());
        let by_name = matches!(kind, Use::Method | Use::Field);
        let fits = |pattern: &[String]| by_name || matches(pattern, path, self.models.ignore_case);
        let rows: Vec<usize> =
            found.into_iter().flatten().filter(|(_, pattern)| fits(pattern)).map(|(n, _)| *n).collect();
        let all = self.all();
        rows.into_iter().map(|n| &all[n])
    }

    /// Whether a method of that name is the models' own, and none of the tree that happens to have it. Texts are cut by
    /// methods of many names.
    pub fn owns(&self, method: &str) -> bool {
        self.rows(Use::Method, &[method.to_owned()]).any(|row| !row.cuts_text())
    }

    /// The rows about the path's last segment.
    fn named(&self, kind: Use, path: &[String]) -> Option<&Vec<Pattern>> {
        let last = path.last()?;
        let rows = &self.names().rows[kind as usize];
        if self.models.ignore_case { rows.get(&last.to_lowercase()) } else { rows.get(last) }
    }

    /// Whether the call is known to exit, throw, log or assert.
    pub fn call_kind(&self, path: &[String]) -> Option<Calls> {
        let last = path.last()?;
        let calls = &self.names().calls;
        let named = if self.models.ignore_case { calls.get(&last.to_lowercase()) } else { calls.get(last) };
        let named = named.map_or(&[][..], Vec::as_slice);
        let ignore_case = self.models.ignore_case;
        let exact = named.iter().find(|(_, pattern)| matches(pattern, path, ignore_case));
        // `*.Fatal` names the method of anything.
        let of_any = || named.iter().find(|(_, pattern)| path.len() > 1 && pattern.len() == 2 && pattern[0] == "*");
        // `log.*` names every member.
        let members = || calls.get("*").map_or(&[][..], Vec::as_slice).iter();
        let member = || {
            let front = &path[..path.len() - 1];
            members().find(|(_, pattern)| front.ends_with(&pattern[..pattern.len() - 1]))
        };
        exact.or_else(of_any).or_else(member).map(|(kind, _)| *kind)
    }

    /// Byte words of which a source file must hold one to read a clock: the clocks' own names and `sift`.
    pub fn clock_words(&self) -> Vec<String> {
        let clocks = self.all().iter().filter(|row| row.reads_clock());
        let mut words: Vec<String> = clocks
            .flat_map(|row| row.call.iter().chain(&row.new).chain(&row.name).chain(&row.method).chain(&row.field))
            .cloned()
            .collect();
        words.extend(self.models.sift.iter().cloned());
        words.sort();
        words.dedup();
        words
    }
}

impl Names {
    fn of(models: &Models, all: &[Row]) -> Self {
        let mut rows: [HashMap<String, Vec<Pattern>>; 5] = Default::default();
        for (n, row) in all.iter().enumerate() {
            let uses = [
                (Use::Call, &row.call),
                (Use::Method, &row.method),
                (Use::Field, &row.field),
                (Use::New, &row.new),
                (Use::Name, &row.name),
            ];
            for (kind, paths) in uses {
                for path in paths {
                    let path = folded(models, path);
                    if let Some(last) = path.last() {
                        rows[kind as usize].entry(last.clone()).or_default().push((n, path));
                    }
                }
            }
        }
        for named in rows.iter_mut().flat_map(HashMap::values_mut) {
            named.sort_by_key(|(n, pattern)| (std::cmp::Reverse(pattern.len()), *n));
        }
        let mut calls: HashMap<String, Vec<(Calls, Vec<String>)>> = HashMap::default();
        let kinds = [
            (Calls::Exit, &models.exits),
            (Calls::Redirect, &models.redirects),
            (Calls::Respond, &models.responds),
            (Calls::Throw, &models.throws),
            (Calls::Log, &models.logs),
            (Calls::Timer, &models.timers),
            (Calls::Assert, &models.asserts),
            (Calls::AssertEqual, &models.assert_equals),
            (Calls::Fluent, &models.fluent),
        ];
        for (kind, paths) in kinds {
            for path in paths {
                let path = folded(models, path);
                if let Some(last) = path.last() {
                    calls.entry(last.clone()).or_default().push((kind, path));
                }
            }
        }
        Self { rows, calls }
    }
}

/// The segments of a path that knowledge is written about, as names are looked up.
fn folded(models: &Models, path: &str) -> Vec<String> {
    let fold = |segment: &str| if models.ignore_case { segment.to_lowercase() } else { segment.to_owned() };
    segments(path).into_iter().map(fold).collect()
}

/// A pattern of several segments matches by suffix; one of a single segment only a bare name, or one that stems from a
/// standard library.
fn matches(pattern: &[String], path: &[String], ignore_case: bool) -> bool {
    const STANDARD: [&str; 6] = ["std", "libc", "core", "alloc", "ctime", "globalThis"];
    let same = |a: &String, b: &String| if ignore_case { a.eq_ignore_ascii_case(b) } else { a == b };
    if pattern.len() > path.len() || (pattern.len() == 1 && path.len() > 1 && !STANDARD.contains(&path[0].as_str())) {
        return false;
    }
    pattern.iter().rev().zip(path.iter().rev()).all(|(a, b)| same(a, b))
}
