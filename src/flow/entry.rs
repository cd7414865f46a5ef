//! How code outside comes in: the route, event, command or signal that a function was registered under, and who did that.
//!
//! `app.get("/export", handler)`, `signal(SIGALRM, on_alarm)`, `@app.route("/export")`, a table of commands: nobody calls the
//! function by its name, but the text beside it says how it is entered.

use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;

use super::World;
use super::facts::{Argument, FileFacts, Id, TermKind};
use super::index::{FunctionRef, sees};
use crate::finding::Span;

/// A name that is registered more often than this says nothing.
const SITES: usize = 4;
/// Calls in a chain that are looked through: `program.command("export").action(run)`.
const CHAIN: usize = 4;

/// Where functions are given to others to call, by their names.
#[derive(Debug, Default)]
pub(super) struct Registered(OnceLock<HashMap<String, Vec<Site>>>);

/// One such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    /// The file that registers it, and the function there; a table of globals stands in none.
    pub(super) file: usize,
    pub(super) by: Option<FunctionRef>,
    /// Under what, in words: "GET /export".
    pub(super) label: String,
}

impl World<'_> {
    /// Where a function is given to others to call.
    pub(super) fn registered(&self, at: FunctionRef) -> Vec<&Site> {
        let file = self.files[at.0];
        let all = self.registered.0.get_or_init(|| self.sites());
        let named = all.get(&file.functions[at.1].name).map_or(&[][..], Vec::as_slice);
        let near: Vec<&Site> = named.iter().filter(|site| sees(self.files[site.file], file)).collect();
        if near.len() <= SITES { near } else { Vec::new() }
    }

    fn sites(&self) -> HashMap<String, Vec<Site>> {
        let mut sites: HashMap<String, Vec<Site>> = HashMap::default();
        for (n, file) in self.files.iter().enumerate().filter(|(_, file)| !file.in_test) {
            let calls = file.functions.iter().enumerate();
            let calls = calls.flat_map(|(f, function)| function.calls.iter().map(move |call| (Some((n, f)), *call)));
            let globals = file.globals.iter().filter_map(|global| global.value);
            let script = file.script().map(|script| (n, script));
            let rows = globals.flat_map(|value| rows(file, value)).map(|row| (script, row));
            for (by, id) in calls.chain(rows) {
                for name in given(file, id) {
                    if self.symbols.defines(name)
                        && let Some(label) = label(file, id)
                    {
                        let known = sites.entry(name.clone()).or_default();
                        let site = Site { file: n, by, label };
                        if known.len() <= SITES && !known.contains(&site) {
                            known.push(site);
                        }
                    }
                }
            }
        }
        sites
    }

    /// What a function's own annotations say of how it is entered.
    pub(super) fn annotated(&self, at: FunctionRef) -> Option<String> {
        let file = self.files[at.0];
        let attributes = file.functions[at.1].attributes.iter();
        attributes.filter_map(|attribute| label(file, *attribute)).find(|label| label.contains('/'))
    }

    /// What a closure was registered under that holds a call in its function.
    pub(super) fn entered_by(&self, caller: FunctionRef, call: Id) -> Option<String> {
        let file = self.files[caller.0];
        let place = file.term(call).span;
        let around = file.functions[caller.1].calls.iter().filter(|id| holds_closure_around(file, **id, place));
        let inner = around.max_by_key(|id| (file.term(**id).span.line, file.term(**id).span.column))?;
        label(file, *inner)
    }
}

fn holds_closure_around(file: &FileFacts, call: Id, place: Span) -> bool {
    let closure = |(_, arg): &Argument| {
        let term = file.term(*arg);
        matches!(term.kind, TermKind::Closure(..)) && term.span.contains(place)
    };
    arguments(file, call).iter().any(closure)
}

fn arguments(file: &FileFacts, call: Id) -> &[Argument] {
    match &file.term(call).kind {
        TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => args,
        TermKind::Mutated(_, _, args) => args,
        _ => &[],
    }
}

/// The rows of a table, where it has some.
fn rows(file: &FileFacts, table: Id) -> Vec<Id> {
    match &file.term(table).kind {
        TermKind::List(items) => items.clone(),
        TermKind::Cast(_, inner) => rows(file, *inner),
        _ => Vec::new(),
    }
}

/// The names of what may be functions that a call is given, or a row of a table holds.
fn given(file: &FileFacts, id: Id) -> Vec<&String> {
    let name = |id: &Id| match &file.term(*id).kind {
        TermKind::Name(path) => path.last(),
        TermKind::Field(base, name) if matches!(file.term(*base).kind, TermKind::Receiver) => Some(name),
        _ => None,
    };
    match &file.term(id).kind {
        TermKind::List(items) => items.iter().filter_map(name).collect(),
        TermKind::Record(_, fields, _) => fields.iter().filter_map(|(_, id)| name(id)).collect(),
        _ => arguments(file, id).iter().filter_map(|(_, arg)| name(arg)).collect(),
    }
}

/// Calls that register what they are given, whether or not they say under what.
const REGISTER: [&str; 5] = ["use", "set_defaults", "connect", "subscribe", "pthread_create"];

/// What something is registered under: a route, a word, or a constant that names an event.
fn label(file: &FileFacts, id: Id) -> Option<String> {
    let mut at = id;
    let mut verb = None;
    for _ in 0..CHAIN {
        let kind = &file.term(at).kind;
        let (name, base) = match kind {
            TermKind::Call(path, _) | TermKind::New(path, _) => (path.last().cloned(), None),
            TermKind::Method(base, name, _) | TermKind::Mutated(base, name, _) => (Some(name.clone()), Some(*base)),
            TermKind::List(_) | TermKind::Record(..) => (None, None),
            _ => return None,
        };
        // What is registered by a word of its own: `.action(run)` takes that of what it is called on.
        let hands_on = matches!(name.as_deref(), Some("action" | "handler" | "handle" | "to" | "exec" | "run"));
        verb = name.or(verb);
        if let (true, Some(verb)) = (at == id, verb.as_deref().filter(|verb| REGISTER.contains(verb))) {
            let word = said(file, at);
            return Some(word.map_or_else(|| verb.to_owned(), |word| told(Some(verb), &word)));
        }
        if let Some(word) = said(file, at) {
            return Some(told(verb.as_deref(), &word));
        }
        at = base.filter(|_| hands_on)?;
    }
    None
}

/// The text or constant beside a function.
fn said(file: &FileFacts, id: Id) -> Option<String> {
    let parts: Vec<Id> = match &file.term(id).kind {
        TermKind::List(items) => items.clone(),
        TermKind::Record(_, fields, _) => fields.iter().map(|(_, id)| *id).collect(),
        _ => arguments(file, id).iter().map(|(_, arg)| *arg).collect(),
    };
    let is_constant = |name: &String| {
        name.len() > 2 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
    };
    parts.iter().find_map(|part| match &file.term(*part).kind {
        TermKind::Text(text) if (1..=60).contains(&text.len()) && !text.contains(char::is_whitespace) => {
            Some(text.to_string())
        }
        TermKind::Name(path) => path.last().filter(|name| is_constant(name)).cloned(),
        _ => None,
    })
}

/// `GET /export`, `on ready`, `signal SIGALRM`.
fn told(verb: Option<&str>, word: &str) -> String {
    const METHODS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];
    let Some(verb) = verb else { return word.to_owned() };
    let lower = verb.to_lowercase();
    let bare = lower.trim_start_matches("http").trim_start_matches("map").trim_end_matches("mapping");
    match (word.starts_with('/'), METHODS.iter().find(|method| **method == bare)) {
        (true, Some(method)) => format!("{} {word}", method.to_uppercase()),
        (true, None) => word.to_owned(),
        (false, _) => format!("{verb} {word}"),
    }
}
