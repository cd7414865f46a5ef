//! Walk, read and sift, all in one go on several threads, and a visit to each file that is worth it.
//!
//! A file is read where the walk finds it, into that thread's buffer, and forgotten after the sift. Only what is worth
//! it is visited: on threads of their own with room for deep recursion, and behind a net, so that a parser's fault
//! costs one file, which is then said to be skipped.

use std::fs;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::decode;
use super::git::{self, Contents, GitError, IndexEntry};
use super::marks::Marks;
use super::read::Reader;
use super::sift::Sift;
use super::walk::{self, Found, Scope, Skip, WalkError, WalkOptions};

/// The stack of a visit: parsers recurse.
const STACK: usize = 32 << 20;

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
}

/// What came of it.
#[derive(Debug)]
pub struct Scan<T> {
    /// What the visits gave, by path.
    pub results: Vec<(Arc<str>, T)>,
    /// Files that could not be read, or would have been worth a visit but could not be given one; by path.
    pub skipped: Vec<Skip>,
    /// Files that the walk came across, the skipped ones among them.
    pub seen: usize,
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
    let visits = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads())
        .stack_size(STACK)
        .build()
        .map_err(|error| WalkError::Threads(error.to_string()))?;
    let gathered = Mutex::new(Scan { results: Vec::new(), skipped: Vec::new(), seen: 0 });
    let worker = || Worker {
        sift,
        visit: &visit,
        visits: &visits,
        reader: Reader::default(),
        own: Scan { results: Vec::new(), skipped: Vec::new(), seen: 0 },
        gathered: &gathered,
    };
    if let Scope::Index(paths) = scope {
        scan_index(&git::index(Path::new("."), paths)?, options, &worker)?;
    } else {
        walk::walk(scope, options, || {
            let mut worker = worker();
            move |found: Found<'_>| worker.found(found)
        })?;
    }
    let mut scan = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    scan.results.sort_by(|a, b| a.0.cmp(&b.0));
    scan.skipped.sort();
    Ok(scan)
}

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
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..options.threads().min(entries.len())).map(|_| scope.spawn(work)).collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(())));
        ends.fold(Ok(()), Result::and)
    })
}

/// One thread's share of the work.
struct Worker<'a, T: Send, V> {
    sift: &'a Sift,
    visit: &'a V,
    visits: &'a rayon::ThreadPool,
    reader: Reader,
    own: Scan<T>,
    gathered: &'a Mutex<Scan<T>>,
}

impl<T: Send, V: Fn(&File<'_>) -> Option<T> + Sync> Worker<'_, T, V> {
    fn found(&mut self, found: Found<'_>) {
        self.own.seen += 1;
        match found {
            Found::File { path, shown } => {
                if !self.sift.is_blind(&shown) {
                    let read = fs::File::open(path).and_then(|mut file| self.file(&shown, &mut file));
                    self.note(&shown, read);
                }
            }
            Found::Skip(skip) => self.own.skipped.push(skip),
        }
    }

    fn blob(&mut self, shown: String, id: &str, contents: &mut Contents) {
        self.own.seen += 1;
        if !self.sift.is_blind(&shown) {
            let read = contents.read(id, |mut content| self.file(&shown, &mut content)).flatten();
            self.note(&shown, read);
        }
    }

    fn note(&mut self, shown: &str, read: io::Result<Result<(), String>>) {
        let why = match read {
            Ok(Ok(())) => return,
            Ok(Err(why)) => why,
            Err(error) => walk::reason(&error),
        };
        self.own.skipped.push(Skip { path: shown.into(), why });
    }

    /// Reads, sifts and perhaps visits. The inner error says why a file that is worth a visit gets none.
    fn file(&mut self, shown: &str, source: &mut impl Read) -> io::Result<Result<(), String>> {
        let cap = self.sift.cap(shown);
        let length = self.reader.read(source, cap)?;
        let Some(group) = self.sift.group_of(shown, self.reader.bytes(length)) else { return Ok(Ok(())) };
        let cap = cap.min(self.sift.group(group).cap);
        if length > cap {
            return self.oversized(source, length, group, cap);
        }
        let bytes = self.reader.bytes(length);
        let marks = self.sift.marks_of_text(group, bytes);
        if !self.sift.worth(group, marks) {
            return Ok(Ok(()));
        }
        if decode::is_binary(bytes) && !self.sift.group(group).binary {
            return Ok(Err("binary: not parsed".to_owned()));
        }
        let file = File { path: shown.into(), bytes, group, marks };
        let visited = self.visits.install(|| panic::catch_unwind(AssertUnwindSafe(|| (self.visit)(&file))));
        Ok(match visited {
            Ok(result) => {
                self.own.results.extend(result.map(|result| (file.path, result)));
                Ok(())
            }
            Err(_) => Err("the parser failed on it (a bug in defuse)".to_owned()),
        })
    }

    /// Searches a file that is too large to hold, and says so if there was something in it.
    fn oversized(
        &mut self,
        source: &mut impl Read,
        length: usize,
        group: usize,
        cap: usize,
    ) -> io::Result<Result<(), String>> {
        let mut marks = Marks::NONE;
        let sift = self.sift;
        let searched = self.reader.windows(source, length, SEARCH_LIMIT, |window| {
            marks |= sift.marks(group, window);
            !sift.worth(group, marks)
        })?;
        Ok(if sift.worth(group, marks) {
            Err(format!("larger than {}: not parsed", size(cap as u64)))
        } else if searched {
            Ok(())
        } else {
            Err(format!("larger than {}: not searched to its end", size(SEARCH_LIMIT)))
        })
    }
}

impl<T: Send, V> Drop for Worker<'_, T, V> {
    fn drop(&mut self) {
        let mut all = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        all.results.append(&mut self.own.results);
        all.skipped.append(&mut self.own.skipped);
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
