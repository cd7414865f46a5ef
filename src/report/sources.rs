//! The text of scanned files, for those renderers that show it.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use crate::check::Scanned;
use crate::gate::waiver::InlineWaivers;
use crate::source::decode;

/// Larger files are not shown.
const SIZE_LIMIT: u64 = 4 * 1024 * 1024;

/// Gives the text of a file that a finding names.
pub trait Sources {
    /// The text, or nothing where there is none to show: a binary file, a file that has gone.
    fn text(&self, path: &str) -> Option<Arc<str>>;
}

/// Files that are read when they are asked for, each once.
pub struct Lazy<F> {
    read: F,
    known: RefCell<HashMap<String, Option<Arc<str>>>>,
}

impl<F: Fn(&str) -> Option<Vec<u8>>> Lazy<F> {
    /// `read` gives the bytes of a file, if there is such a file.
    pub fn new(read: F) -> Self {
        Self { read, known: RefCell::default() }
    }
}

impl<F: Fn(&str) -> Option<Vec<u8>>> Sources for Lazy<F> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let text = (self.read)(path).and_then(|bytes| text(&bytes));
        self.known.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }
}

/// The files on the disk, as seen from that folder.
pub fn disk(current: PathBuf) -> impl Sources {
    Lazy::new(move |path| {
        let path = current.join(path);
        let meta = std::fs::metadata(&path).ok()?;
        if meta.is_file() && meta.len() <= SIZE_LIMIT { std::fs::read(&path).ok() } else { None }
    })
}

/// The waivers in the comments of every file that may hold one: those that the scan marked, and those with findings.
pub fn waivers(scanned: &Scanned, sources: &dyn Sources) -> InlineWaivers {
    let of_findings = scanned.findings.iter().flat_map(|finding| {
        std::iter::once(&finding.place).chain(finding.steps.iter().map(|step| &step.place)).map(|place| &place.path)
    });
    let paths: BTreeSet<&Arc<str>> = scanned.marked.iter().chain(of_findings).collect();
    let mut waivers = InlineWaivers::default();
    for path in paths {
        if let Some(text) = sources.text(path) {
            waivers.read(path, &text);
        }
    }
    waivers
}

/// Bytes as the text that columns count in; nothing for a binary file.
fn text(bytes: &[u8]) -> Option<Arc<str>> {
    (!decode::is_binary(bytes)).then(|| decode::text(bytes).text.into())
}

/// Texts that are already at hand.
#[derive(Clone, Debug, Default)]
pub struct Memory(HashMap<String, Arc<str>>);

/// The texts of the first, and where it has none, of the second.
pub struct Both<A, B>(pub A, pub B);

impl<A: Sources, B: Sources> Sources for Both<A, B> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.text(path).or_else(|| self.1.text(path))
    }
}

impl Sources for Memory {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(path).cloned()
    }
}

impl<P: Into<String>, T: Into<Arc<str>>> FromIterator<(P, T)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(texts: I) -> Self {
        Self(texts.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_text_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), b"\xef\xbb\xbfa\xff").unwrap();
        std::fs::write(folder.path().join("b"), b"a\0b").unwrap();
        let disk = disk(folder.path().to_owned());
        assert_eq!(disk.text("a").as_deref(), Some("aÿ"));
        for path in ["b", "c", ".", "a.jar!/x"] {
            assert_eq!(disk.text(path), None, "{path}");
        }
    }
}
