//! RPM packages: what stands before the compressed cpio that holds the files.
//!
//! A lead of 96 bytes, a signature header, padding to eight bytes, the package's header, then the payload. A header is
//! its magic, a count of index entries of 16 bytes each and the size of their data (LSB core, "RPM package format").

use std::io::{self, Read};

const LEAD: u64 = 96;
const MAGIC: [u8; 3] = [0x8E, 0xAD, 0xE8];
/// rpm's own limit for a header's data.
const LARGEST: u64 = 256 << 20;

/// Reads up to the payload.
pub(super) fn skip_headers(source: &mut dyn Read) -> io::Result<()> {
    skip(source, LEAD)?;
    let signature = header(source)?;
    skip(source, (8 - signature % 8) % 8)?;
    header(source).map(drop)
}

/// Skips one header and gives the size of its index and data.
fn header(source: &mut dyn Read) -> io::Result<u64> {
    let mut intro = [0; 16];
    source.read_exact(&mut intro)?;
    let [.., a, b, c, d, e, f, g, h] = intro;
    let (entries, data) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
    let size = u64::from(entries) * 16 + u64::from(data);
    if !intro.starts_with(&MAGIC) || size > LARGEST {
        return Err(io::Error::other("a header makes no sense"));
    }
    skip(source, size)?;
    Ok(size)
}

fn skip(source: &mut dyn Read, count: u64) -> io::Result<()> {
    io::copy(&mut source.take(count), &mut io::sink()).map(drop)
}
