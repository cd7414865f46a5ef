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
use super::bytes::{u32_le, u64_le};
use super::limits::Metered;

/// What may be read to find the directory, in bytes: its reader remembers every place that could be it.
const SEARCHED: u64 = 16 << 20;

/// Shows every member. One that cannot be read (it is encrypted, say) is said and passed over.
pub(super) fn read<R: Read + Seek>(walk: &mut Walk<'_>, shown: &str, source: &mut R, depth: usize) -> io::Result<()> {
    let left = Rc::new(Cell::new(SEARCHED));
    let reader = Leashed { inner: &mut *source, left: Rc::clone(&left) };
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
            return Ok(());
        }
    }
    // The signers of an Android package stand between its members and its directory.
    if let Some(block) = signatures(source)? {
        walk.member(shown, APK_SIGNERS.as_bytes(), &mut block.as_slice(), depth);
    }
    Ok(())
}

/// How the signing block of an Android package is shown, as if it were a member.
pub const APK_SIGNERS: &str = "APK Signing Block";

/// The mark at the signing block's end, and the most of it that is read, in bytes.
const MARK: &[u8] = b"APK Sig Block 42";
const LONGEST: u64 = 8 << 20;
/// The end of the directory, and how far from the end of the file it may begin.
const END: &[u8] = b"PK\x05\x06";
const COMMENT: u64 = 22 + (1 << 16);

/// The APK Signing Block, if there is one: its size, pairs of ids and values, its size again and its mark.
fn signatures<R: Read + Seek>(source: &mut R) -> io::Result<Option<Vec<u8>>> {
    let size = source.seek(SeekFrom::End(0))?;
    let mut tail = Vec::new();
    source.seek(SeekFrom::Start(size.saturating_sub(COMMENT)))?;
    source.read_to_end(&mut tail)?;
    let directory = memchr::memmem::rfind(&tail, END).and_then(|at| u32_le(&tail, at + 16)).map(u64::from);
    let Some(end) = directory.and_then(|at| at.checked_sub(24)) else { return Ok(None) };
    let mut foot = [0; 24];
    source.seek(SeekFrom::Start(end))?;
    if source.read_exact(&mut foot).is_err() || !foot.ends_with(MARK) {
        return Ok(None);
    }
    let length = u64_le(&foot, 0).unwrap_or_default().clamp(24, LONGEST);
    source.seek(SeekFrom::Start((end + 24).saturating_sub(length)))?;
    let mut block = Vec::new();
    source.take(length).read_to_end(&mut block)?;
    Ok(Some(block))
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
