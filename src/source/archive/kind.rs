//! Which archive it is, by the first bytes.

use super::streams::Stream;
use super::{iso, seven, squash};

/// How many bytes are needed to tell: an image's own mark stands behind what a machine starts from.
pub(super) const HEAD: usize = iso::MARK.0 + iso::MARK.1.len();

/// An archive's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// zip, and what is one by another name: jar, war, ear, apk, aab, ipa, whl, nupkg, vsix, xpi, crx.
    Zip,
    /// POSIX and GNU tar.
    Tar,
    /// ar: Debian packages and static libraries.
    Ar,
    /// cpio with ASCII headers: initial RAM disks, the payload of RPM packages.
    Cpio,
    /// RPM packages.
    Rpm,
    /// ISO 9660: images of discs.
    Iso,
    /// Squashfs: snaps, live images.
    Squash,
    /// 7z.
    Seven,
    /// One compressed stream.
    Stream(Stream),
    /// A format by that name which is known but not read.
    Closed(&'static str),
}

impl Kind {
    /// Its reader goes back and forth, so that all of it must be there.
    pub(super) const fn needs_all(self) -> bool {
        matches!(self, Self::Zip | Self::Iso | Self::Squash | Self::Seven)
    }

    /// The format of what begins with `head`; `None` for everything that is no archive.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Kind); 27] = [
            (b"PK\x03\x04", Kind::Zip),
            (b"PK\x05\x06", Kind::Zip),
            (b"PK00PK\x03\x04", Kind::Zip),
            (b"Cr24", Kind::Zip),
            (b"!<arch>\n", Kind::Ar),
            (b"070701", Kind::Cpio),
            (b"070702", Kind::Cpio),
            (b"\xED\xAB\xEE\xDB", Kind::Rpm),
            (squash::MAGIC, Kind::Squash),
            (seven::MAGIC, Kind::Seven),
            (b"\x1F\x8B\x08", Kind::Stream(Stream::Gzip)),
            (b"BZh", Kind::Stream(Stream::Bzip2)),
            (b"\xFD7zXZ\0", Kind::Stream(Stream::Xz)),
            (b"\x28\xB5\x2F\xFD", Kind::Stream(Stream::Zstd)),
            (b"\x04\x22\x4D\x18", Kind::Stream(Stream::Lz4)),
            (b"\x02\x21\x4C\x18", Kind::Stream(Stream::Lz4)),
            (b"\x89LZO\0\r\n\x1A\n", Kind::Closed("lzop")),
            (b"LZIP\x01", Kind::Closed("lzip")),
            (b"\x1F\x9D", Kind::Closed("compress")),
            (b"Rar!\x1A\x07", Kind::Closed("RAR")),
            (b"MSCF\0\0\0\0", Kind::Closed("cabinet")),
            (b"xar!", Kind::Closed("xar")),
            (b"\x45\x3D\xCD\x28", Kind::Closed("cramfs")),
            (b"\x28\xCD\x3D\x45", Kind::Closed("cramfs")),
            (b"UBI#\x01", Kind::Closed("UBI")),
            (b"070707", Kind::Closed("old cpio")),
            (b"#!/", Kind::Zip),
        ];
        let kind = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| *kind);
        match kind {
            // Scripts are no archives; a jar or zipapp with a launcher in front has its first member right after it.
            Some(Kind::Zip) if head.starts_with(b"#!") => follows_launcher(head).then_some(Kind::Zip),
            Some(Kind::Stream(Stream::Bzip2)) if !is_bzip2(head) => None,
            Some(kind) => Some(kind),
            None if head.get(257..262) == Some(b"ustar") => Some(Kind::Tar),
            None if is_lzma(head) => Some(Kind::Stream(Stream::Lzma)),
            None if head.get(1024..1028) == Some(b"\xE2\xE1\xF5\xE0") => Some(Kind::Closed("EROFS")),
            None if is_udf(head) => Some(Kind::Closed("UDF")),
            None => head.get(iso::MARK.0..).is_some_and(|rest| rest.starts_with(iso::MARK.1)).then_some(Kind::Iso),
        }
    }
}

/// Whether a zip member begins on the line after `#!…`.
fn follows_launcher(head: &[u8]) -> bool {
    memchr::memchr(b'\n', head).is_some_and(|feed| head[feed + 1..].starts_with(b"PK\x03\x04"))
}

/// The block size and the first block's mark, or that of the end of an empty stream.
fn is_bzip2(head: &[u8]) -> bool {
    matches!(head.get(3), Some(b'1'..=b'9'))
        && matches!(head.get(4..10), Some(b"\x31\x41\x59\x26\x53\x59" | b"\x17\x72\x45\x38\x50\x90"))
}

/// LZMA alone has no mark: usual properties, a dictionary of a power of two (or one and a half), and a size that is
/// unknown or below a terabyte.
fn is_lzma(head: &[u8]) -> bool {
    let Some([0x5D, a, b, c, d, size @ .., 0]) = head.first_chunk::<14>() else { return false };
    let dictionary = u32::from_le_bytes([*a, *b, *c, *d]);
    let usual = dictionary >= 4096
        && (dictionary.is_power_of_two() || (dictionary / 3).is_power_of_two() && dictionary % 3 == 0);
    let size = u64::from_le_bytes(*size);
    usual && (size == u64::MAX || (1..1 << 40).contains(&size))
}

/// A disc image without ISO 9660: its first descriptor is that of ECMA-167.
fn is_udf(head: &[u8]) -> bool {
    head.get(iso::MARK.0..).is_some_and(|mark| mark.starts_with(b"BEA01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_their_first_bytes() {
        for (head, expected) in [
            (&b"PK\x03\x04"[..], Some(Kind::Zip)),
            (b"#!/usr/bin/env python3\nPK\x03\x04", Some(Kind::Zip)),
            (b"#!/bin/sh\necho PK", None),
            (b"BZh is a word", None),
            (b"!<arch>\ndebian-binary", Some(Kind::Ar)),
            (b"\x1F\x8B\x08\0", Some(Kind::Stream(Stream::Gzip))),
            (b"", None),
            (b"PK", None),
            (b"Rar!\x1A\x07\x01\0", Some(Kind::Closed("RAR"))),
            (b"Rarely", None),
            (b"\x04\x22\x4D\x18\x64", Some(Kind::Stream(Stream::Lz4))),
            (b"\x5D\0\0\x80\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0", Some(Kind::Stream(Stream::Lzma))),
            (b"\x5D\0\0\x80\0\x10\0\0\0\0\0\0\0\0", Some(Kind::Stream(Stream::Lzma))),
            (b"\x5D\0\0\x81\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0", None),
            (b"]\0\0\0\0\0\0\0\0\0\0\0\0\0", None),
        ] {
            assert_eq!(Kind::of(head), expected, "{head:?}");
        }
        let mut tape = [b'a'; HEAD];
        assert_eq!(Kind::of(&tape), None);
        tape[257..262].copy_from_slice(b"ustar");
        assert_eq!(Kind::of(&tape), Some(Kind::Tar));
        tape[257] = 0;
        tape[HEAD - 5..].copy_from_slice(b"CD001");
        assert_eq!(Kind::of(&tape), Some(Kind::Iso));
    }
}
