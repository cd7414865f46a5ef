//! Archives that are read from front to back: tar and ar.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::Walk;
use super::limits::Metered;

/// What may be read between two members, in bytes: headers, long names, maps of sparse files. Their readers hold it all.
const BETWEEN: u64 = 1 << 20;

/// POSIX, GNU and old tar. Links, folders and devices hold nothing.
pub(super) fn tar(walk: &mut Walk<'_>, shown: &str, source: &mut dyn Read, depth: usize) -> io::Result<()> {
    let leash = Rc::new(Cell::new(0));
    let mut archive = tar::Archive::new(Leashed { inner: source, left: Rc::clone(&leash) });
    let mut entries = archive.entries()?;
    loop {
        leash.set(BETWEEN);
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry?;
        leash.set(u64::MAX);
        let kind = entry.header().entry_type();
        if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
            let name = entry.path_bytes().into_owned();
            // The holes of a sparse file are bytes that no decoder gave.
            let go_on = if kind.is_gnu_sparse() {
                let budget = walk.budget;
                walk.member(shown, &name, &mut Metered::new(&mut entry, budget), depth)
            } else {
                walk.member(shown, &name, &mut entry, depth)
            };
            if !go_on {
                return Ok(());
            }
        }
        io::copy(&mut entry, &mut io::sink())?;
    }
}

/// Gives no more than it is let to.
struct Leashed<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Leashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other("a header is too long"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(&mut buffer[..most])?;
        self.left.set(left.saturating_sub(count as u64));
        Ok(count)
    }
}

/// What every ar archive begins with.
const AR_MAGIC: u64 = 8;

/// ar in the common, GNU and BSD forms. The archive's own index is no member.
pub(super) fn ar(walk: &mut Walk<'_>, shown: &str, source: &mut dyn Read, depth: usize) -> io::Result<()> {
    io::copy(&mut source.take(AR_MAGIC), &mut io::sink())?;
    let mut names = Vec::new();
    loop {
        let mut header = [0; 60];
        if !whole(source, &mut header)? {
            return Ok(());
        }
        let size = number(&header[48..58]).ok_or_else(|| io::Error::other("a size is no number"))?;
        let mut content = source.take(size);
        let name = header[..16].trim_ascii_end();
        match name {
            b"//" => {
                (&mut content).take(BETWEEN).read_to_end(&mut names)?;
            }
            b"/" | b"/SYM64/" | b"__.SYMDEF" | b"__.SYMDEF SORTED" => {}
            _ => {
                let name = long_name(name, &names, &mut content)?;
                if !walk.member(shown, &name, &mut content, depth) {
                    return Ok(());
                }
            }
        }
        io::copy(&mut content, &mut io::sink())?;
        // Members begin at even places.
        io::copy(&mut source.take(size % 2), &mut io::sink())?;
    }
}

/// A member's name: in the header, in the table of names (`/17`), or before its content (`#1/20`).
fn long_name(name: &[u8], names: &[u8], content: &mut impl Read) -> io::Result<Vec<u8>> {
    if let Some(length) = name.strip_prefix(b"#1/").and_then(number) {
        let mut long = Vec::new();
        content.take(length.min(BETWEEN)).read_to_end(&mut long)?;
        return Ok(long.split(|byte| *byte == 0).next().unwrap_or_default().to_vec());
    }
    let at = name.strip_prefix(b"/").and_then(number).and_then(|at| usize::try_from(at).ok());
    let long = at.and_then(|at| names.get(at..)).and_then(|rest| rest.split(|byte| *byte == b'\n').next());
    Ok(long.unwrap_or(name).strip_suffix(b"/").unwrap_or(long.unwrap_or(name)).to_vec())
}

/// A number in decimal with blanks after it.
fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.trim_end().parse().ok()
}

/// Fills the buffer; `false` if there is nothing left to fill it with.
///
/// # Errors
/// There is something, but not enough.
pub(super) fn whole(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<bool> {
    if source.take(1).read(&mut buffer[..1])? == 0 {
        return Ok(false);
    }
    source.read_exact(&mut buffer[1..])?;
    Ok(true)
}
