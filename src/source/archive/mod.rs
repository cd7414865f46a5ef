//! Archives: what a build puts into one file, read member by member as if they were files.
//!
//! What ships is mostly packed, and packed again: a Debian package is an `ar` of compressed `tar`s, a container image a
//! `tar` of `tar`s, a jar holds jars. So every member is looked at in turn: an archive is opened, anything else goes to the
//! same sift as a file of the tree. Nothing is written out, and nothing but [`tempfile`]'s unlinked file for a large
//! archive within an archive touches the disk. A member is shown as `app.jar!/certs/ca.pem`.
//!
//! All formats are told by their first bytes. They come from anywhere, so every reader is held to [`Limits`], and memory
//! does not grow with what an archive claims to hold.

mod bytes;
mod cpio;
mod iso;
mod kind;
mod limits;
mod name;
mod rpm;
mod seven;
mod squash;
mod streams;
mod tape;
mod zipped;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

pub use self::limits::Limits;
pub use self::zipped::APK_SIGNERS;

use self::kind::Kind;
use self::limits::{Budget, Metered};
use super::walk::{Skip, Why};

/// An archive within an archive is held in memory up to this size, in bytes.
const IN_MEMORY: usize = 8 << 20;

/// Who is shown the members.
pub(super) trait Visit {
    /// Whether anything of that name is to be looked at.
    fn wants(&self, shown: &str) -> bool;
    /// A file that is no archive.
    ///
    /// # Errors
    /// Where its content cannot be read to the end that the visitor needs.
    fn member(&mut self, shown: &str, content: &mut dyn Read) -> io::Result<()>;
    /// An archive, or a member, that was not read to its end.
    fn unread(&mut self, skip: Skip);
}

/// Whether a file is an archive that [`open`] reads, by its first bytes.
pub(super) fn is_archive(path: &Path) -> bool {
    let head = |path| -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        File::open(path)?.take(kind::HEAD as u64).read_to_end(&mut head)?;
        Ok(head)
    };
    path.is_file() && head(path).is_ok_and(|head| Kind::of(&head).is_some())
}

/// Shows all that is in an archive, nested ones opened.
pub(super) fn open(shown: &str, mut file: File, limits: &Limits, visit: &mut dyn Visit) {
    let size = file.metadata().map_or(0, |about| about.len());
    let budget = Budget::new(limits, size);
    let mut walk = Walk { budget: &budget, visit, too_deep: 0 };
    let walked = walk.file(shown, &mut file);
    // One is named; a bomb has thousands.
    if let Some(more) = walk.too_deep.checked_sub(1).filter(|more| *more > 0) {
        walk.unread(shown, format!("{more} more archives in it: {}", budget.too_deep()));
    }
    if let Some(reached) = budget.reached() {
        walk.unread(shown, reached);
    } else if let Err(error) = walked {
        walk.unread(shown, format!("cannot be opened: {error}"));
    }
}

/// One archive and all that is in it.
struct Walk<'a> {
    budget: &'a Budget<'a>,
    visit: &'a mut dyn Visit,
    /// Archives that lay too deep to be opened.
    too_deep: usize,
}

impl Walk<'_> {
    fn unread(&mut self, shown: &str, why: String) {
        self.visit.unread(Skip { path: shown.into(), why: Why::Unread(why) });
    }

    /// The outermost archive.
    fn file(&mut self, shown: &str, file: &mut File) -> io::Result<()> {
        let head = head_of(file)?;
        file.seek(SeekFrom::Start(0))?;
        match Kind::of(&head) {
            Some(kind) if kind.needs_all() => self.random(shown, kind, file, 1),
            Some(kind) => self.archive(shown, kind, file, 1),
            None => Ok(()),
        }
    }

    /// An archive of which only a stream is there. `depth` counts from 1.
    fn archive(&mut self, shown: &str, kind: Kind, source: &mut dyn Read, depth: usize) -> io::Result<()> {
        match kind {
            Kind::Zip | Kind::Iso | Kind::Squash | Kind::Seven => {
                let mut whole = tempfile::spooled_tempfile(IN_MEMORY);
                io::copy(source, &mut whole)?;
                self.random(shown, kind, &mut whole, depth)
            }
            Kind::Tar => tape::tar(self, shown, source, depth),
            Kind::Ar => tape::ar(self, shown, source, depth),
            Kind::Cpio => cpio::read(self, shown, source, depth),
            Kind::Rpm => {
                rpm::skip_headers(source)?;
                self.stream(shown, source, depth + 1)
            }
            Kind::Closed(format) => Err(io::Error::other(format!("the format {format} is not read"))),
            Kind::Stream(kind) => {
                let mut plain = Metered::new(streams::decoder(kind, source, self.budget)?, self.budget);
                self.stream(shown, &mut plain, depth + 1)
            }
        }
    }

    /// An archive whose reader goes back and forth.
    fn random<R: Read + Seek>(&mut self, shown: &str, kind: Kind, source: &mut R, depth: usize) -> io::Result<()> {
        match kind {
            Kind::Iso => iso::read(self, shown, source, depth),
            Kind::Squash => squash::read(self, shown, source, depth),
            Kind::Seven => seven::read(self, shown, source, depth),
            _ => zipped::read(self, shown, source, depth),
        }
    }

    /// What a compressed file holds: an archive, or one file that has its name without the last ending.
    fn stream(&mut self, shown: &str, source: &mut dyn Read, depth: usize) -> io::Result<()> {
        self.content(shown, Some(name::unpacked(shown)), source, depth)
    }

    /// One member of an archive that lies at `depth`. Gives whether the next one may be looked at.
    fn member(&mut self, outer: &str, name: &[u8], source: &mut dyn Read, depth: usize) -> bool {
        let shown = name::joined(outer, name);
        if self.budget.entry() && self.visit.wants(&shown) {
            let read = self.content(&shown, None, source, depth + 1);
            if let Err(error) = read.or_else(|error| self.budget.reached().map_or(Err(error), |_| Ok(()))) {
                self.unread(&shown, format!("cannot be read: {error}"));
            }
        }
        self.budget.reached().is_none()
    }

    /// One member that its archive does not give.
    fn refused(&mut self, outer: &str, name: &[u8], why: &str) -> bool {
        let shown = name::joined(outer, name);
        if self.budget.entry() && self.visit.wants(&shown) {
            self.unread(&shown, format!("cannot be read: {why}"));
        }
        self.budget.reached().is_none()
    }

    /// An archive at `depth`, or a file, then with that name below it.
    fn content(&mut self, shown: &str, name: Option<String>, source: &mut dyn Read, depth: usize) -> io::Result<()> {
        let head = head_of(source)?;
        let mut source = head.as_slice().chain(source);
        match (Kind::of(&head), name) {
            (Some(kind), _) if depth <= self.budget.depth() => self.archive(shown, kind, &mut source, depth),
            (Some(_), _) => {
                if self.too_deep == 0 {
                    self.unread(shown, self.budget.too_deep());
                }
                self.too_deep += 1;
                Ok(())
            }
            (None, Some(name)) => {
                let shown = name::joined(shown, name.as_bytes());
                if self.visit.wants(&shown) { self.visit.member(&shown, &mut source) } else { Ok(()) }
            }
            (None, None) => self.visit.member(shown, &mut source),
        }
    }
}

/// As many of the first bytes as tell the format; fewer where there are no more.
fn head_of(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(kind::HEAD);
    source.take(kind::HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}
