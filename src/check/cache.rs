//! What an earlier check of the same tree found out.
//!
//! Two files per tree: an *index* of all its files and their states (size, times, number), with the outcome of the check,
//! and the *entries*, the facts of those that were worth a visit, by the hash of their content. A file in the state that
//! the index knows is not read; one in another state whose content is known is not parsed; and where no file of the tree
//! and no option changed, the outcome is that of the last check, and the entries are not even opened.
//!
//! Facts and outcome are sealed: what is damaged or was made by another build or with other rules is not used. Files are
//! replaced as a whole, so that two checks can share a cache; the later one wins.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

use crate::source::{Memory, State};

use super::gather::{Gathered, Setting};
use super::read::Read;
use super::sealed::{self, Broken, Digest, Kind};
use super::{Scanned, Skip};

/// Trees of fewer files are checked faster than a cache is written.
const WORTH: usize = 2_000;
/// How much older than the index a file must be to be known by its state, in nanoseconds: a later write may bear the same
/// time.
const SETTLED: u128 = 2_000_000_000;

/// All files of a tree, and the outcome of its check.
#[derive(Serialize, Deserialize)]
struct Index {
    files: Files,
    skipped: Vec<Skip>,
    /// What the options were, and what came of it.
    outcome: Option<(Digest, Scanned)>,
}

/// By path, the state of a file, and its content's hash if it was worth a visit.
type Files = BTreeMap<String, (State, Option<Digest>)>;

/// The facts of files.
#[derive(Default, Serialize, Deserialize)]
struct Entries<Files> {
    /// The tree was a large one: less was parsed.
    large: bool,
    files: Files,
}

/// By path, the content's hash and what it gave, in the form of a file of its own.
type Known = Entries<BTreeMap<Arc<str>, (Digest, Vec<u8>)>>;

/// The cache of one tree.
pub(super) struct Cache {
    index_file: PathBuf,
    entries_file: PathBuf,
    /// The build and the rules that made it.
    rules: Digest,
    /// It is written however small the tree is.
    always: bool,
    old: Option<Index>,
    /// When the index was written, in nanoseconds since 1970.
    written: u128,
    entries: OnceLock<Known>,
    new: Mutex<Files>,
    hashes: Mutex<HashMap<Arc<str>, Digest>>,
    remarks: Mutex<Vec<String>>,
}

impl Cache {
    /// Opens the cache of a tree in `folder`, or begins a new one.
    pub(super) fn open(folder: &Path, always: bool, setting: &Setting<'_>) -> Self {
        let projects = setting.knowledge.projects();
        let place = (&setting.walk.current_dir, &setting.options.paths, setting.options.artifact, projects);
        let name = blake3::hash(format!("{place:?}").as_bytes()).to_hex();
        let rules = build(&setting.rules());
        let mut cache = Self {
            index_file: folder.join(format!("{}.index", &name[..32])),
            entries_file: folder.join(format!("{}.facts", &name[..32])),
            rules,
            always,
            old: None,
            written: 0,
            entries: OnceLock::new(),
            new: Mutex::default(),
            hashes: Mutex::default(),
            remarks: Mutex::default(),
        };
        cache.old = cache.load(Kind::Index, &cache.index_file);
        cache.written = State::of(&cache.index_file).map_or(0, |state| state.written);
        cache
    }

    /// What the file gives: as it is known, or afresh.
    pub(super) fn read(&self, path: &Arc<str>, bytes: &[u8], fresh: impl FnOnce() -> Read) -> Read {
        let hash = *blake3::hash(bytes).as_bytes();
        lock(&self.hashes).insert(path.clone(), hash);
        let known = self.entries().files.get(path).filter(|(known, _)| *known == hash);
        known.and_then(|(_, entry)| self.decode(entry)).unwrap_or_else(fresh)
    }

    /// The outcome of the last check, if nothing has changed since.
    pub(super) fn outcome(&self, gathered: &Gathered, options: &Digest) -> Option<Scanned> {
        let old = self.old.as_ref()?;
        let (asked, outcome) = old.outcome.as_ref()?;
        let read = !gathered.files.is_empty() || gathered.not_read() != old.skipped || gathered.seen != outcome.seen;
        let same = asked == options && !read;
        (same && *lock(&self.new) == old.files).then(|| outcome.clone())
    }

    /// Adds the facts of the files that were not read. The error is that they are not to be had.
    pub(super) fn complete(&self, gathered: &mut Gathered) -> Result<(), Broken> {
        if self.entries().large != gathered.is_large() && !self.entries().files.is_empty() {
            return Err(Broken::Other);
        }
        let read: HashSet<Arc<str>> = gathered.files.iter().map(|(path, _)| path.clone()).collect();
        let new = lock(&self.new);
        let worth = new.iter().filter_map(|(path, (_, hash))| Some((path.as_str(), (*hash)?)));
        for (path, hash) in worth.filter(|(path, _)| !read.contains(*path)) {
            // Another check may have written them meanwhile, of another content.
            let entry = self.entries().files.get(path).filter(|(known, _)| *known == hash);
            let (_, entry) = entry.ok_or(Broken::Damaged)?;
            let path: Arc<str> = path.into();
            lock(&self.hashes).insert(path.clone(), hash);
            gathered.files.push((path, self.decode(entry).ok_or(Broken::Damaged)?));
        }
        gathered.files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(())
    }

    /// Begins anew: what was known does not hold together.
    pub(super) fn forget(&mut self) {
        self.old = None;
        self.entries = OnceLock::from(Known::default());
        self.new = Mutex::default();
        self.hashes = Mutex::default();
    }

    /// Writes the facts of all files that are worth a visit. Before the index: one that knows of more than the entries
    /// hold would be taken for damaged.
    pub(super) fn save_entries(&self, gathered: &Gathered) {
        let hashes = lock(&self.hashes);
        let known = self.entries();
        let fresh = |read: &Read| postcard::to_stdvec(read).ok().map(Cow::from);
        let entry = |path: &Arc<str>, read: &Read| -> Option<(&Digest, Cow<'_, [u8]>)> {
            let hash = hashes.get(path)?;
            let known = known.files.get(path).filter(|(known, _)| known == hash);
            Some((hash, known.map_or_else(|| fresh(read), |(_, entry)| Some(Cow::from(entry)))?))
        };
        let entries = gathered.files.iter().filter_map(|(path, read)| Some((path, entry(path, read)?)));
        let entries = Entries { large: gathered.is_large(), files: entries.collect::<BTreeMap<_, _>>() };
        let same = entries.files.values().all(|(_, entry)| matches!(entry, Cow::Borrowed(_)));
        if self.is_worth() && !(same && entries.files.len() == known.files.len()) {
            self.write(Kind::Entries, &self.entries_file, &entries);
        }
    }

    /// Writes which files there are, and what came of them.
    pub(super) fn save_index(&self, skipped: Vec<Skip>, options: Digest, outcome: &Scanned) {
        if self.is_worth() {
            let files = std::mem::take(&mut *lock(&self.new));
            let index = Index { files, skipped, outcome: Some((options, outcome.clone())) };
            self.write(Kind::Index, &self.index_file, &index);
        }
    }

    fn is_worth(&self) -> bool {
        self.always || lock(&self.new).len() >= WORTH
    }

    /// What there is to say of the cache.
    pub(super) fn remarks(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.remarks))
    }

    fn remark(&self, remark: String) {
        lock(&self.remarks).push(remark);
    }

    fn entries(&self) -> &Known {
        self.entries.get_or_init(|| self.load(Kind::Entries, &self.entries_file).unwrap_or_default())
    }

    fn decode(&self, entry: &[u8]) -> Option<Read> {
        postcard::from_bytes::<Read>(entry).ok().filter(Read::is_sound)
    }

    fn load<T: serde::de::DeserializeOwned>(&self, kind: Kind, file: &Path) -> Option<T> {
        let bytes = fs::read(file).ok()?;
        match sealed::open(kind, &self.rules, &bytes) {
            Ok(value) => Some(value),
            // What another version left is simply replaced.
            Err(Broken::Other) => None,
            Err(why) => {
                self.remark(format!("the cache {} is not used: {why}", file.display()));
                None
            }
        }
    }

    fn write(&self, kind: Kind, file: &Path, value: &impl Serialize) {
        if let Err(error) = self.replace(kind, file, value) {
            let folder = file.parent().unwrap_or(file);
            self.remark(format!("the cache in {} cannot be written: {error}", folder.display()));
        }
    }

    fn replace(&self, kind: Kind, file: &Path, value: &impl Serialize) -> io::Result<()> {
        let bytes = sealed::seal(kind, &self.rules, value).map_err(io::Error::other)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut draft = file.as_os_str().to_owned();
        draft.push(format!(".{}", std::process::id()));
        fs::write(&draft, bytes)?;
        fs::rename(&draft, file).inspect_err(|_| drop(fs::remove_file(&draft)))
    }
}

impl Memory for Cache {
    fn knows(&self, shown: &str, state: &State) -> bool {
        let Some((known, hash)) = self.old.as_ref().and_then(|old| old.files.get(shown)) else { return false };
        let same = known == state && state.written + SETTLED < self.written;
        if same {
            lock(&self.new).insert(shown.to_owned(), (*state, *hash));
        }
        same
    }

    fn learn(&self, shown: &str, state: State, worth: bool) {
        let hash = lock(&self.hashes).get(shown).copied().filter(|_| worth);
        lock(&self.new).insert(shown.to_owned(), (state, hash));
    }
}

/// The rules together with this very build: an engine in development changes more often than its version.
fn build(rules: &Digest) -> Digest {
    let own = std::env::current_exe().ok().and_then(|own| State::of(&own));
    *blake3::keyed_hash(rules, format!("{own:?}").as_bytes()).as_bytes()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
