//! Walk, read and sift, all in one go on several threads, and a visit to each file that is worth it.
//!
//! A file is read where the walk finds it, into that thread's buffer, and forgotten after the sift. Only what is worth
//! it is visited: on threads of their own with room for deep recursion, and behind a net, so that a parser's fault
//! costs one file, which is then said to be skipped. Archives wait until the walk is over, since what is open at once
//! bounds the memory.

use std::fs;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::archive::{self, Visit};
use super::decode;
use super::git::{Contents, GitError, IndexEntry};
use super::marks::Marks;
use super::memory::{Memory, State};
use super::read::Reader;
use super::sift::Sift;
use super::walk::{self, Found, Scope, Skip, WalkError, WalkOptions, Why};

/// The stack of a visit: parsers recurse.
const STACK: usize = 32 << 20;

/// The most of a binary that is held at once.
const PART: usize = 32 << 20;
/// What two parts share, so that a credential on the seam is seen.
const SEAM: usize = 128 << 10;
/// Larger parts are held by one thread at a time.
const SMALL: usize = 4 << 20;
/// How far a binary is searched.
const BINARY_LIMIT: u64 = 1 << 30;

/// How far an oversized file is searched for a reason to mention it.
const SEARCH_LIMIT: u64 = 256 << 20;

/// A file that is worth a visit.
#[derive(Debug)]
pub struct File<'a> {
    /// As it is shown.
    pub path: Arc<str>,
    /// All that is in it.
    pub bytes: &'a [u8],
    /// The group that it belongs to: [`Sift::group`].
    pub group: usize,
    /// What the sift found.
    pub marks: Marks,
    /// A binary that a build made, or a part of it.
    pub part: Option<Part>,
}

impl File<'_> {
    /// Whether it lies in an archive, where nobody can open it afterwards.
    pub fn is_member(&self) -> bool {
        self.path.contains("!/")
    }
}

/// A part of a binary. Most have but one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where in the file it begins.
    pub offset: u64,
    /// How many of its bytes the next part does not begin with.
    pub fresh: usize,
    /// It is the whole file.
    pub whole: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Scan<T> {
    /// What the visits gave, by path.
    pub results: Vec<(Arc<str>, T)>,
    /// Files that could not be read, or would have been worth a visit but could not be given one; by path.
    pub skipped: Vec<Skip>,
    /// Archives, and members of them, that were not read to their end; by path.
    pub unread: Vec<Skip>,
    /// Files and members of archives that the walk came across, the skipped ones among them.
    pub seen: usize,
}

impl<T> Scan<T> {
    const fn new() -> Self {
        Self { results: Vec::new(), skipped: Vec::new(), unread: Vec::new(), seen: 0 }
    }
}

/// Reads what is in scope and visits what is worth it. The result is the same whatever the number of threads.
///
/// # Errors
/// A path that was given cannot be read at all, or git cannot give its index.
pub fn scan<T: Send>(
    scope: &Scope,
    options: &WalkOptions,
    sift: &Sift,
    visit: impl Fn(&File<'_>) -> Option<T> + Sync,
) -> Result<Scan<T>, WalkError> {
    scan_anew(scope, options, sift, None, visit)
}

/// The same without the files of source trees that `memory` knows.
///
/// # Errors
/// As [`scan`].
pub fn scan_anew<T: Send>(
    scope: &Scope,
    options: &WalkOptions,
    sift: &Sift,
    memory: Option<&dyn Memory>,
    visit: impl Fn(&File<'_>) -> Option<T> + Sync,
) -> Result<Scan<T>, WalkError> {
    let visits = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads())
        .stack_size(STACK)
        .build()
        .map_err(|error| WalkError::Threads(error.to_string()))?;
    let gathered = Mutex::new(Scan::new());
    let (archives, large) = (Mutex::new(Vec::new()), Mutex::new(()));
    let worker = || Worker {
        sift,
        options,
        memory,
        visit: &visit,
        visits: &visits,
        reader: Reader::default(),
        own: Scan::new(),
        gathered: &gathered,
        archives: &archives,
        large: &large,
    };
    if let Scope::Index(entries) = scope {
        scan_index(entries, options, &worker)?;
    } else {
        walk::walk(scope, options, || {
            let mut worker = worker();
            move |found: Found<'_>| worker.found(found)
        })?;
        let archives = std::mem::take(&mut *archives.lock().unwrap_or_else(PoisonError::into_inner));
        open_archives(&archives, options, &worker).map_err(|error| WalkError::Threads(error.to_string()))?;
    }
    let mut scan = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    scan.results.sort_by(|a, b| a.0.cmp(&b.0));
    scan.skipped.sort();
    scan.unread.sort();
    Ok(scan)
}

/// An archive, and how it is shown.
type Archive = (PathBuf, String);

/// Archives that are open at once: a decoder may hold 96 MB.
const OPEN: usize = 2;

/// Shows the members of every archive to a worker.
fn open_archives<'a, T: Send + 'a, V: Fn(&File<'_>) -> Option<T> + Sync + 'a>(
    archives: &[Archive],
    options: &WalkOptions,
    worker: &(impl Fn() -> Worker<'a, T, V> + Sync),
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut worker = worker();
        while let Some((path, shown)) = archives.get(next.fetch_add(1, Ordering::Relaxed)) {
            let opened = panic::catch_unwind(AssertUnwindSafe(|| {
                fs::File::open(path).map(|file| archive::open(shown, file, &options.limits, &mut worker))
            }));
            let why = match opened {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => walk::reason(&error),
                Err(_) => Why::Unread("its reader failed on it (a bug in defuse)".to_owned()),
            };
            worker.own.unread.push(Skip { path: shown.as_str().into(), why });
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.threads().min(OPEN).min(archives.len()) {
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        }
        Ok(())
    })
}

/// Files of the index that one thread reads.
const FEW: usize = 64;

fn scan_index<'a, T: Send + 'a, V: Fn(&File<'_>) -> Option<T> + Sync + 'a>(
    entries: &[IndexEntry],
    options: &WalkOptions,
    worker: &(impl Fn() -> Worker<'a, T, V> + Sync),
) -> Result<(), GitError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut contents = Contents::start(Path::new("."))?;
        let mut worker = worker();
        while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(shown) = walk::shown_unless_excluded(&entry.path, options) {
                worker.blob(shown, &entry.id, &mut contents);
            }
        }
        Ok(())
    };
    // A second git takes longer to start than these few take to read.
    let threads = options.threads().min(entries.len().div_ceil(FEW));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(())));
        ends.fold(Ok(()), Result::and)
    })
}

/// One thread's share of the work.
struct Worker<'a, T: Send, V> {
    sift: &'a Sift,
    options: &'a WalkOptions,
    memory: Option<&'a dyn Memory>,
    visit: &'a V,
    visits: &'a rayon::ThreadPool,
    reader: Reader,
    own: Scan<T>,
    gathered: &'a Mutex<Scan<T>>,
    /// What is to be opened when the walk is over.
    archives: &'a Mutex<Vec<Archive>>,
    /// Whose turn it is to hold a large binary.
    large: &'a Mutex<()>,
}

impl<T: Send, V: Fn(&File<'_>) -> Option<T> + Sync> Worker<'_, T, V> {
    fn found(&mut self, found: Found<'_>) {
        self.own.seen += 1;
        match found {
            Found::File { path, shown, output } => {
                if output && archive::is_archive(path) {
                    let mut archives = self.archives.lock().unwrap_or_else(PoisonError::into_inner);
                    archives.push((path.to_owned(), shown));
                } else if !self.sift.is_blind(&shown) {
                    self.regular(path, &shown, output);
                }
            }
            Found::Skip(skip) => self.own.skipped.push(skip),
        }
    }

    /// Reads a file, unless it is known.
    fn regular(&mut self, path: &Path, shown: &str, output: bool) {
        let memory = self.memory.filter(|_| !output);
        // Its state before it is read: what is written meanwhile is noticed the next time.
        let known = memory.and_then(|memory| Some((memory, State::of(path)?)));
        if known.is_some_and(|(memory, state)| memory.knows(shown, &state)) {
            return;
        }
        let before = self.own.results.len();
        let read = fs::File::open(path).and_then(|mut file| self.file(shown, &mut file, output));
        if let (Some((memory, state)), Ok(Ok(()))) = (known, &read) {
            memory.learn(shown, state, self.own.results.len() > before);
        }
        self.note(shown, read);
    }

    fn blob(&mut self, shown: String, id: &str, contents: &mut Contents) {
        self.own.seen += 1;
        if !self.sift.is_blind(&shown) {
            let read = contents.read(id, |mut content| self.file(&shown, &mut content, false)).flatten();
            self.note(&shown, read);
        }
    }

    fn note(&mut self, shown: &str, read: io::Result<Result<(), Why>>) {
        let why = match read {
            Ok(Ok(())) => return,
            Ok(Err(why)) => why,
            Err(error) => walk::reason(&error),
        };
        self.own.skipped.push(Skip { path: shown.into(), why });
    }

    /// Reads, sifts and perhaps visits. The inner error says why a file that is worth a visit gets none.
    fn file(&mut self, shown: &str, source: &mut impl Read, output: bool) -> io::Result<Result<(), Why>> {
        let cap = self.sift.cap(shown);
        let length = self.reader.read(source, cap)?;
        let Some(group) = self.sift.group_of(shown, self.reader.bytes(length)) else { return Ok(Ok(())) };
        let cap = cap.min(self.sift.group(group).cap);
        let binary = decode::is_binary(self.reader.bytes(length)) && !self.sift.group(group).binary;
        if binary && output {
            return self.binary(shown, source, length, group);
        }
        if length > cap {
            return self.oversized(source, length, group, cap);
        }
        let bytes = self.reader.bytes(length);
        let marks = self.sift.marks_of_text(group, bytes);
        if !self.sift.worth(group, marks) {
            return Ok(Ok(()));
        }
        if binary {
            return Ok(Err(Why::Binary));
        }
        Ok(self.visit(shown, length, group, marks, None))
    }

    /// Visits what is in the buffer.
    fn visit(&mut self, shown: &str, length: usize, group: usize, marks: Marks, part: Option<Part>) -> Result<(), Why> {
        let file = File { path: shown.into(), bytes: self.reader.bytes(length), group, marks, part };
        let visited = self.visits.install(|| panic::catch_unwind(AssertUnwindSafe(|| (self.visit)(&file))));
        let result = visited.map_err(|_| Why::Unread("the parser failed on it (a bug in defuse)".to_owned()))?;
        self.own.results.extend(result.map(|result| (file.path, result)));
        Ok(())
    }

    /// Visits a binary that a build made, part by part.
    fn binary(
        &mut self,
        shown: &str,
        source: &mut impl Read,
        mut length: usize,
        group: usize,
    ) -> io::Result<Result<(), Why>> {
        length = self.reader.more(source, length, SMALL)?;
        let _turn = (length >= SMALL).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        let mut offset = 0;
        loop {
            length = self.reader.more(source, length, PART)?;
            let last = length < PART;
            let fresh = if last { length } else { length - SEAM };
            let marks = self.sift.marks(group, self.reader.bytes(length));
            let part = Part { offset, fresh, whole: last && offset == 0 };
            if let Err(why) = self.visit(shown, length, group, marks, Some(part)) {
                return Ok(Err(why));
            }
            offset += fresh as u64;
            if last {
                return Ok(Ok(()));
            }
            if offset > BINARY_LIMIT {
                return Ok(Err(Why::Unread(format!("larger than {}: not searched to its end", size(BINARY_LIMIT)))));
            }
            length = self.reader.slide(fresh, length);
        }
    }

    /// Searches a file that is too large to hold, and says so if there was something in it.
    fn oversized(
        &mut self,
        source: &mut impl Read,
        length: usize,
        group: usize,
        cap: usize,
    ) -> io::Result<Result<(), Why>> {
        let mut marks = Marks::NONE;
        let sift = self.sift;
        let searched = self.reader.windows(source, length, SEARCH_LIMIT, |window| {
            marks |= sift.marks(group, window);
            !sift.worth(group, marks)
        })?;
        Ok(if sift.worth(group, marks) {
            Err(Why::Unread(format!("larger than {}: not parsed", size(cap as u64))))
        } else if searched {
            Ok(())
        } else {
            Err(Why::Unread(format!("larger than {}: not searched to its end", size(SEARCH_LIMIT))))
        })
    }
}

impl<T: Send, V: Fn(&File<'_>) -> Option<T> + Sync> Visit for Worker<'_, T, V> {
    fn wants(&self, shown: &str) -> bool {
        !self.options.excludes.holds(&self.options.current_dir.join(shown), false)
    }

    fn member(&mut self, shown: &str, mut content: &mut dyn Read) -> io::Result<()> {
        self.own.seen += 1;
        if self.sift.is_blind(shown) {
            return Ok(());
        }
        if let Err(why) = self.file(shown, &mut content, true)? {
            self.own.skipped.push(Skip { path: shown.into(), why });
        }
        Ok(())
    }

    fn unread(&mut self, skip: Skip) {
        self.own.unread.push(skip);
    }
}

impl<T: Send, V> Drop for Worker<'_, T, V> {
    fn drop(&mut self) {
        let mut all = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        all.results.append(&mut self.own.results);
        all.skipped.append(&mut self.own.skipped);
        all.unread.append(&mut self.own.unread);
        all.seen += self.own.seen;
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        n if n >= 1 << 20 => format!("{} MB", n >> 20),
        n if n >= 1 << 10 => format!("{} KB", n >> 10),
        n => format!("{n} bytes"),
    }
}
