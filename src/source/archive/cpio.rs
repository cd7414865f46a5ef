//! cpio with ASCII headers (`newc`): initial RAM disks and what RPM packages hold.

use std::io::{self, Read};

use super::Walk;
use super::tape::whole;

/// Magic, then thirteen numbers of eight hexadecimal digits.
const HEADER: usize = 110;
/// The longest name that is read, in bytes.
const NAME: u64 = 1 << 16;
/// The type bits of a regular file's mode, and the mask.
const REGULAR: (u64, u64) = (0o100_000, 0o170_000);

/// Shows every regular file up to the trailer. What follows it (another cpio, say) is not read.
pub(super) fn read(walk: &mut Walk<'_>, shown: &str, source: &mut dyn Read, depth: usize) -> io::Result<()> {
    loop {
        let mut header = [0; HEADER];
        if !whole(source, &mut header)? {
            return Ok(());
        }
        let (mode, size, name_size) = (field(&header, 1)?, field(&header, 6)?, field(&header, 11)?);
        if !header.starts_with(b"07070") || name_size > NAME {
            return Err(io::Error::other("a header makes no sense"));
        }
        let mut name = Vec::new();
        source.take(name_size).read_to_end(&mut name)?;
        skip(source, padding(HEADER as u64 + name_size))?;
        name.truncate(name.iter().position(|byte| *byte == 0).unwrap_or(name.len()));
        if name == b"TRAILER!!!" {
            return Ok(());
        }
        let mut content = source.take(size);
        if mode & REGULAR.1 == REGULAR.0 && !walk.member(shown, &name, &mut content, depth) {
            return Ok(());
        }
        io::copy(&mut content, &mut io::sink())?;
        skip(source, padding(size))?;
    }
}

/// The number at a place of the header.
fn field(header: &[u8; HEADER], index: usize) -> io::Result<u64> {
    let digits = header.get(6 + index * 8..14 + index * 8).and_then(|digits| std::str::from_utf8(digits).ok());
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.ok_or_else(|| io::Error::other("a header makes no sense"))
}

/// Headers and contents begin at multiples of four.
const fn padding(length: u64) -> u64 {
    (4 - length % 4) % 4
}

fn skip(source: &mut dyn Read, count: u64) -> io::Result<()> {
    io::copy(&mut source.take(count), &mut io::sink()).map(drop)
}
