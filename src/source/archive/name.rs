//! How members are shown. A name in an archive is anybody's text: it never leads out of the archive.

use crate::source::walk::printable;

/// Longer names are cut, in bytes.
const LONGEST: usize = 4096;

/// Endings that a compressed file's name loses, and what takes their place.
const ENDINGS: [(&str, &str); 13] = [
    (".gz", ""),
    (".xz", ""),
    (".zst", ""),
    (".bz2", ""),
    (".lz4", ""),
    (".lzma", ""),
    (".tlz", ".tar"),
    (".tgz", ".tar"),
    (".txz", ".tar"),
    (".tzst", ".tar"),
    (".tbz2", ".tar"),
    (".tbz", ".tar"),
    (".svgz", ".svg"),
];

/// `app.jar!/certs/ca.pem`. Roots, `.` and `..` are dropped.
pub(super) fn joined(outer: &str, name: &[u8]) -> String {
    let name = &name[..name.len().min(LONGEST)];
    let parts = name.split(|byte| matches!(byte, b'/' | b'\\')).filter(|part| !matches!(*part, b"" | b"." | b".."));
    let parts: Vec<String> = parts.map(printable).collect();
    format!("{outer}!/{}", parts.join("/"))
}

/// The name of what a compressed file holds.
pub(super) fn unpacked(shown: &str) -> String {
    let name = shown.rsplit('/').next().unwrap_or(shown);
    let lower = name.to_ascii_lowercase();
    let known = ENDINGS.iter().find(|(ending, _)| lower.len() > ending.len() && lower.ends_with(ending));
    known.map_or_else(|| name.to_owned(), |(ending, other)| format!("{}{other}", &name[..name.len() - ending.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_archive() {
        for (name, expected) in [
            (&b"certs/ca.pem"[..], "a.zip!/certs/ca.pem"),
            (b"./usr/share/x", "a.zip!/usr/share/x"),
            (b"../../etc/passwd", "a.zip!/etc/passwd"),
            (b"/etc/passwd", "a.zip!/etc/passwd"),
            (b"C:\\a\\..\\b", "a.zip!/C:/a/b"),
            (b"a\xFFb", "a.zip!/a\\xFFb"),
            (b"", "a.zip!/"),
        ] {
            assert_eq!(joined("a.zip", name), expected);
        }
        assert!(joined("a.zip", &[b'x'; 100_000]).len() < 5_000);
    }

    #[test]
    fn a_compressed_file_loses_its_ending() {
        for (shown, expected) in [
            ("a/notes.txt.gz", "notes.txt"),
            ("a.tgz", "a.tar"),
            ("a.deb!/data.tar.ZST", "data.tar"),
            (".gz", ".gz"),
            ("blobs/sha256/0123", "0123"),
            ("ü.gz", "ü"),
        ] {
            assert_eq!(unpacked(shown), expected);
        }
    }
}
