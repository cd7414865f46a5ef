//! zip, by its directory at the end.
//!
//! The directory is read entry by entry, never as a whole: it can name millions of members, all with the same content.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipReadOptions;
use zip::read::Config;
use zip::unstable::read::ZipIterable;

use super::Walk;
use super::limits::Metered;

/// What may be read to find the directory, in bytes: its reader remembers every place that could be it.
const SEARCHED: u64 = 16 << 20;

/// Shows every member. One that cannot be read (it is encrypted, say) is said and passed over.
pub(super) fn read<R: Read + Seek>(walk: &mut Walk<'_>, shown: &str, source: &mut R, depth: usize) -> io::Result<()> {
    let left = Rc::new(Cell::new(SEARCHED));
    let reader = Leashed { inner: source, left: Rc::clone(&left) };
    let mut archive = ZipIterable::try_new(reader, Config::default())?;
    left.set(u64::MAX);
    let files = archive.files()?;
    while let Some(entry) = files.next() {
        let entry = entry?;
        if entry.is_dir() || entry.is_symlink() {
            continue;
        }
        let name = entry.name_raw().to_vec();
        let go_on = match entry.with_reader(files.reader_mut(), ZipReadOptions::default()) {
            Ok(content) => {
                let budget = walk.budget;
                walk.member(shown, &name, &mut Metered::new(content, budget), depth)
            }
            Err(error) => walk.refused(shown, &name, &error.to_string()),
        };
        if !go_on {
            break;
        }
    }
    Ok(())
}

/// Gives no more than it is let to.
struct Leashed<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Leashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(count as u64);
        self.left.set(left.ok_or_else(|| io::Error::other("its directory is not found"))?);
        Ok(count)
    }
}

impl<R: Seek> Seek for Leashed<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
