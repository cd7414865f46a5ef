//! How much of an archive is read, whatever it claims to hold.
//!
//! Every byte that any decoder gives, at any depth, is counted against one [`Budget`] of the outermost file: layers of a
//! bomb, overlapping entries and sparse files all end at the same place. The first limit that is reached ends the whole
//! archive and is said.

use std::cell::Cell;
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// Contents below this size are never called too much for their archive, in bytes: a few small repetitive files shrink
/// a thousandfold.
const SMALL: u64 = 64 << 20;

/// What decoders may hold of their window together, in bytes. `xz -9` needs 64 MB.
const WINDOWS: u64 = 96 << 20;

/// How much of one archive is read. The config file's `archives`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Contents, layers of compression counted each, in MB.
    pub megabytes: u64,
    /// How many times larger the contents may be than the archive.
    pub ratio: u64,
    /// Archives within archives, layers of compression counted each; the archive itself is the first.
    pub depth: u64,
    /// Members.
    pub entries: u64,
    /// Time, in seconds.
    pub seconds: u64,
}

impl Limits {
    /// The keys in the config file, with the least and the most that they may say.
    pub const KEYS: [(&'static str, u64, u64); 5] = [
        ("megabytes", 1, 1 << 20),
        ("ratio", 1, 1 << 20),
        ("depth", 1, 32),
        ("entries", 1, 1 << 32),
        ("seconds", 1, 86_400),
    ];

    /// The limit of that key.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut u64> {
        match key {
            "megabytes" => Some(&mut self.megabytes),
            "ratio" => Some(&mut self.ratio),
            "depth" => Some(&mut self.depth),
            "entries" => Some(&mut self.entries),
            "seconds" => Some(&mut self.seconds),
            _ => None,
        }
    }
}

impl Default for Limits {
    /// Enough for a container image of a few GB.
    fn default() -> Self {
        Self { megabytes: 8 << 10, ratio: 200, depth: 8, entries: 500_000, seconds: 120 }
    }
}

/// Which limit ended an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Bytes,
    Ratio,
    Entries,
    Time,
}

/// What was read of one outermost archive so far.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    limits: &'l Limits,
    /// From this many bytes on, the contents are too large for the archive.
    swollen: u64,
    began: Instant,
    bytes: Cell<u64>,
    entries: Cell<u64>,
    windows: Cell<u64>,
    reached: Cell<Option<Reached>>,
}

impl<'l> Budget<'l> {
    /// Nothing was read of an archive of `size` bytes.
    pub(super) fn new(limits: &'l Limits, size: u64) -> Self {
        Self {
            limits,
            swollen: size.saturating_mul(limits.ratio).max(SMALL),
            began: Instant::now(),
            bytes: Cell::new(0),
            entries: Cell::new(0),
            windows: Cell::new(WINDOWS),
            reached: Cell::new(None),
        }
    }

    /// How deep archives may nest.
    pub(super) fn depth(&self) -> usize {
        usize::try_from(self.limits.depth).unwrap_or(usize::MAX)
    }

    /// Why a nested archive was not opened.
    pub(super) fn too_deep(&self) -> String {
        format!("more than {} archives within each other: not opened (archives.depth)", self.limits.depth)
    }

    /// Counts a member; `false` if it is one too many.
    pub(super) fn entry(&self) -> bool {
        self.entries.set(self.entries.get() + 1);
        if self.entries.get() > self.limits.entries {
            self.end(Reached::Entries);
        }
        self.reached.get().is_none()
    }

    /// Sets `bytes` of memory aside for a decoder until it is done; less if there is not so much left.
    pub(super) fn window(&self, bytes: u64) -> Window<'_, 'l> {
        let granted = bytes.min(self.windows.get());
        self.windows.set(self.windows.get() - granted);
        Window { budget: self, granted }
    }

    /// Which limit ended the archive, in words.
    pub(super) fn reached(&self) -> Option<String> {
        let limits = self.limits;
        let (what, key) = match self.reached.get()? {
            Reached::Bytes => (format!("it holds more than {} MB", limits.megabytes), "megabytes"),
            Reached::Ratio => (format!("its contents are more than {} times as large", limits.ratio), "ratio"),
            Reached::Entries => (format!("it has more than {} members", limits.entries), "entries"),
            Reached::Time => (format!("it takes more than {} s", limits.seconds), "seconds"),
        };
        Some(format!("{what}: not read to its end (archives.{key})"))
    }

    /// Counts bytes that a decoder gave.
    ///
    /// # Errors
    /// A limit is reached, now or before.
    pub(super) fn charge(&self, bytes: u64) -> io::Result<()> {
        let total = self.bytes.get().saturating_add(bytes);
        self.bytes.set(total);
        if total > self.limits.megabytes.saturating_mul(1 << 20) {
            self.end(Reached::Bytes);
        } else if total > self.swollen {
            self.end(Reached::Ratio);
        } else if self.began.elapsed() > Duration::from_secs(self.limits.seconds) {
            self.end(Reached::Time);
        }
        match self.reached.get() {
            Some(_) => Err(io::Error::other("a limit is reached")),
            None => Ok(()),
        }
    }

    fn end(&self, reached: Reached) {
        if self.reached.get().is_none() {
            self.reached.set(Some(reached));
        }
    }
}

/// Memory set aside for a decoder; given back when dropped.
#[derive(Debug)]
pub(super) struct Window<'b, 'l> {
    budget: &'b Budget<'l>,
    granted: u64,
}

impl Window<'_, '_> {
    /// How much it is, in bytes.
    pub(super) const fn bytes(&self) -> u64 {
        self.granted
    }
}

impl Drop for Window<'_, '_> {
    fn drop(&mut self) {
        self.budget.windows.set(self.budget.windows.get() + self.granted);
    }
}

/// Counts what a reader gives, and ends it at the first limit or error: some decoders never end when they are asked again
/// after one.
#[derive(Debug)]
pub(super) struct Metered<'b, R> {
    inner: R,
    budget: &'b Budget<'b>,
    failed: bool,
}

impl<'b, R: Read> Metered<'b, R> {
    pub(super) const fn new(inner: R, budget: &'b Budget<'b>) -> Self {
        Self { inner, budget, failed: false }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::Error::other("it is damaged"));
        }
        let read = self.inner.read(buffer);
        self.failed = read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        let count = read?;
        self.budget.charge(count as u64)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ended(limits: &Limits, size: u64, read: u64, entries: u64) -> Option<String> {
        let budget = Budget::new(limits, size);
        let _ = io::copy(&mut Metered::new(io::repeat(0).take(read), &budget), &mut io::sink());
        for _ in 0..entries {
            budget.entry();
        }
        budget.reached()
    }

    #[test]
    fn the_first_limit_is_said() {
        let limits = Limits { megabytes: 100, ratio: 2, depth: 3, entries: 5, seconds: 3600 };
        let mb = 1 << 20;
        assert_eq!(ended(&limits, 40 * mb, 80 * mb, 5), None);
        for (size, read, entries, key) in [
            (40 * mb, 81 * mb, 0, "ratio"),
            (60 * mb, 101 * mb, 9, "megabytes"),
            (1, SMALL + 1, 0, "ratio"),
            (1, 1, 6, "entries"),
        ] {
            let why = ended(&limits, size, read, entries).unwrap();
            assert!(why.ends_with(&format!("(archives.{key})")), "{why}");
        }
    }

    #[test]
    fn what_failed_is_not_asked_again() {
        struct Once(bool);
        impl Read for Once {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) { Ok(buffer.len()) } else { Err(io::Error::other("damaged")) }
            }
        }
        let limits = Limits::default();
        let budget = Budget::new(&limits, 0);
        let mut reader = Metered::new(Once(false), &budget);
        for _ in 0..3 {
            assert!(reader.read(&mut [0; 8]).is_err());
        }
    }

    #[test]
    fn memory_is_given_back() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, 0);
        let first = budget.window(WINDOWS - 10);
        assert_eq!((first.bytes(), budget.window(20).bytes()), (WINDOWS - 10, 10));
        drop(first);
        assert_eq!(budget.window(20).bytes(), 20);
    }

    #[test]
    fn every_key_is_a_limit() {
        let mut limits = Limits::default();
        for (key, least, most) in Limits::KEYS {
            let value = *limits.get_mut(key).unwrap();
            assert!(least <= value && value <= most, "{key}");
        }
        assert_eq!(limits.get_mut("size"), None);
    }
}
