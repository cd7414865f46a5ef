//! What an earlier scan knows: files that have not changed since are not read again.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// What tells that a file was not written since: as git's index keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// In bytes.
    size: u64,
    /// When it was written, and when that was recorded, in nanoseconds since 1970.
    pub(crate) written: u128,
    recorded: i128,
    /// Its number in the file system.
    number: u64,
}

impl State {
    /// The state of a file; `None` if the system does not tell.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        Self::new(&fs::symlink_metadata(path).ok()?)
    }

    fn new(metadata: &Metadata) -> Option<Self> {
        let written = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        let (recorded, number) = identity(metadata);
        metadata.is_file().then_some(Self { size: metadata.len(), written, recorded, number })
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (i128, u64) {
    use std::os::unix::fs::MetadataExt;
    (i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (i128, u64) {
    (0, 0)
}

/// What is known of the files of a source tree before they are read.
pub trait Memory: Sync {
    /// Whether the file is as it was; then it is not read.
    fn knows(&self, shown: &str, state: &State) -> bool;
    /// It was read whole, and was worth a visit or was not.
    fn learn(&self, shown: &str, state: State, worth: bool);
}
