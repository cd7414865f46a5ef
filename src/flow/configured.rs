//! Dated entries of documents and builds, for the code that reads their keys.

use std::hash::Hasher;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashSet, FxHasher};

use crate::calendar::Instant;
use crate::finding::{Span, Zone};
use crate::vocabulary::words;

use super::World;
use super::facts::TermKind;
use super::index::{folder_of, stem_of};

/// Longer texts are no paths.
const LONGEST: usize = 256;

/// A dated entry of a document, for the code that reads its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// The document.
    pub path: Arc<str>,
    /// The value's place.
    pub span: Span,
    /// The date.
    pub at: Instant,
    /// Whose clock.
    pub zone: Zone,
    /// The key's last name, as written.
    pub name: String,
    /// The document belongs to tests.
    pub in_test: bool,
    /// What the code knows it by.
    pub known_by: KnownBy,
    /// It is so much after the build: `at` counts from 1970 as from there.
    pub from_build: bool,
}

impl Configured {
    /// Whether it is what code means by a key of its last name. A variable is asked for by its whole name; a field that is
    /// filled from it has the name in another case, if that is telling.
    fn answers(&self, key: &str) -> bool {
        let telling = || !self.name.contains('.') && words(&self.name).len() > 1;
        self.known_by == KnownBy::Key || self.name == key || telling()
    }
}

/// What the code knows a dated entry by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// The key of a document, which any code may read.
    Key,
    /// A variable that is set around the program: code asks for it by that very name.
    Variable,
    /// One of the code's own names, which a build gives a value.
    Name,
}

/// The documents that the code names: what it opens, draws in or compiles in; and what it only says a part of.
#[derive(Debug, Default)]
pub(super) struct Named(OnceLock<(FxHashSet<String>, FxHashSet<String>)>);

impl World<'_> {
    /// The one dated entry that documents hold under this key; `None` if several disagree.
    pub(super) fn configured(&self, key: &str) -> Option<&Configured> {
        let entries = self.configured.get(&self.keys.find(key)?)?;
        let name = key.rsplit(['.', '/', ':']).next().unwrap_or(key);
        // Names of the code are what they are; each build that sets one is shipped, so the first to end is told.
        let flags = entries.iter().filter(|entry| entry.known_by == KnownBy::Name && entry.name == name);
        let answers = |entry: &&Configured| entry.known_by != KnownBy::Name && entry.answers(key);
        let documents: Vec<&Configured> =
            entries.iter().filter(answers).filter(|entry| entry.in_test || self.may_be_read(entry)).collect();
        let only = match documents.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        flags.min_by_key(|entry| (entry.from_build, entry.at)).or(only)
    }

    /// Whether the code may read this document: it does for certain, it holds settings by its name, or some text of the code
    /// is the document's name without its ending or that of the folder that holds it (`config_for(:sale)`,
    /// `glob("events/*.yml")`). That a key of it is the name of something in the code makes no reader: examples of a
    /// description and samples have those names too.
    fn may_be_read(&self, entry: &Configured) -> bool {
        let said = &self.named.0.get_or_init(|| self.documents_named()).1;
        self.is_read(entry)
            || holds_settings(&entry.path)
            || said.contains(stem_of(&entry.path))
            || folder_of(&entry.path).rsplit('/').next().is_some_and(|folder| said.contains(folder))
    }

    /// Whether the code reads this document for certain: it says its name, or a framework reads documents of that name by
    /// itself. What a build or a service sets is read by its name.
    pub(super) fn is_read(&self, entry: &Configured) -> bool {
        let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
        let known = || &self.named.0.get_or_init(|| self.documents_named()).0;
        entry.known_by != KnownBy::Key
            || is_conventional(name)
            || known().contains(name)
            || known().contains(stem_of(name))
    }

    /// Every name of a document with dated entries that product code says (`"config.toml"`, `require('./default.json')`), and
    /// the parts of the paths and the names in its texts that are one without its ending, or that of its folder.
    fn documents_named(&self) -> (FxHashSet<String>, FxHashSet<String>) {
        let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
        let paths = || self.configured.values().flatten().map(|entry| &*entry.path);
        let documents: FxHashSet<String> = paths().filter_map(name).collect();
        let stems: FxHashSet<&str> = documents.iter().map(|name| stem_of(name)).collect();
        let folders = paths().filter_map(|path| folder_of(path).rsplit('/').next());
        let near: FxHashSet<&str> = folders.filter(|folder| !folder.is_empty()).chain(paths().map(stem_of)).collect();
        let (mut said, mut parts) = (FxHashSet::default(), FxHashSet::default());
        for file in self.files.iter().filter(|file| !file.in_test) {
            let texts = file.terms.iter().filter_map(|term| match &term.kind {
                TermKind::Text(text) => Some(&**text),
                _ => None,
            });
            for text in texts {
                said.extend(text.rsplit('/').next().filter(|last| documents.contains(*last)).map(str::to_owned));
                if text.len() <= LONGEST && !text.contains(' ') {
                    parts.extend(text.split('/').filter(|part| near.contains(part)).map(str::to_owned));
                }
            }
            let imported = file.imports.iter().filter_map(|import| import.path.last());
            let imported = imported.filter(|last| documents.contains(*last) || stems.contains(last.as_str()));
            said.extend(imported.cloned());
        }
        (said, parts)
    }

    /// What a build gives a name of the code, if anything.
    pub(super) fn flag(&self, name: &str) -> Option<&Configured> {
        self.configured(name).filter(|entry| entry.known_by == KnownBy::Name)
    }
}

/// Whether frameworks and shells read a document of that name without being told to.
fn is_conventional(name: &str) -> bool {
    const STEMS: [&str; 8] =
        ["application", "appsettings", "bootstrap", "default", "production", "Info", "AndroidManifest", "strings"];
    name.starts_with(".env") || name.ends_with(".env") || STEMS.contains(&stem_of(name))
}

/// Whether a document holds the settings of a program, by its name, its form or its folder.
fn holds_settings(path: &str) -> bool {
    const FORMS: [&str; 7] = ["toml", "ini", "properties", "conf", "cfg", "env", "plist"];
    const SAY: [&str; 13] = [
        "config",
        "configs",
        "configuration",
        "conf",
        "settings",
        "setting",
        "options",
        "app",
        "env",
        "params",
        "parameters",
        "features",
        "flags",
    ];
    let says = |part: &str| words(part).iter().any(|word| SAY.contains(&word.as_str()));
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let form = name.rsplit_once('.').map_or("", |(_, form)| form);
    FORMS.contains(&form) || says(stem_of(name)) || folder.split('/').any(says)
}

/// The keys of the dated entries at a glance: hardly a name in the code is one of them.
#[derive(Debug, Default)]
pub(super) struct Keys(FxHashSet<u64>);

impl Keys {
    /// Of these keys, as [`key_of`] writes them.
    pub(super) fn of<'k>(keys: impl Iterator<Item = &'k String>) -> Self {
        Self(keys.filter_map(|key| glance(key)).collect())
    }

    /// The key as [`key_of`] writes it, if it may be among them.
    fn find(&self, key: &str) -> Option<String> {
        glance(key).is_none_or(|glance| self.0.contains(&glance)).then(|| key_of(key))
    }
}

/// A number for all ways to write a key; `None` where it takes more than a glance.
fn glance(key: &str) -> Option<u64> {
    let mut hasher = FxHasher::default();
    let letters = last_segment(key).bytes().filter(u8::is_ascii_alphanumeric);
    letters.for_each(|letter| hasher.write_u8(letter.to_ascii_lowercase()));
    key.is_ascii().then(|| hasher.finish())
}

fn last_segment(key: &str) -> &str {
    key.rsplit(['.', '/', ':']).next().unwrap_or(key)
}

/// A key's last segment as documents and code are matched by: without case and separators.
pub fn key_of(key: &str) -> String {
    let last = last_segment(key);
    last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
