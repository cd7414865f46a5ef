//! What paths count from: the same file must have the same name from whichever folder the tool is started.

use std::path::{Path, PathBuf};

use crate::source::normal;

/// The folder that globs and fingerprints count from, and the folder that printed paths count from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    folder: PathBuf,
    current: PathBuf,
}

impl Root {
    /// `folder` is what globs count from; `current`, an absolute path, is what relative paths count from.
    pub fn new(folder: &Path, current: &Path) -> Self {
        Self { folder: normal(&current.join(folder)), current: normal(current) }
    }

    /// The folder, absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path as the report prints it, counted from the root, with forward slashes; unchanged where it lies outside.
    pub fn relative(&self, printed: &str) -> String {
        let absolute = normal(&self.current.join(printed));
        match absolute.strip_prefix(&self.folder) {
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => slashed(inside),
            Err(_) => printed.to_owned(),
        }
    }

    /// A path as the report prints it, absolute; that of the archive for a member of one (`a.jar!/b`).
    pub fn absolute(&self, printed: &str) -> PathBuf {
        let file = printed.split_once("!/").map_or(printed, |(archive, _)| archive);
        normal(&self.current.join(file))
    }

    /// How a user in the current folder would name a file: relative where it lies below, else as it is.
    pub fn printed(&self, path: &Path) -> String {
        let absolute = normal(&self.current.join(path));
        absolute.strip_prefix(&self.current).map_or_else(|_| slashed(path), slashed)
    }
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name_from_everywhere() {
        let folder = Path::new("/repo");
        for (current, printed) in [
            ("/repo", "src/a.c"),
            ("/repo/src", "a.c"),
            ("/repo/src", "./a.c"),
            ("/repo/doc", "../src/a.c"),
            ("/", "/repo/src/a.c"),
        ] {
            assert_eq!(Root::new(folder, Path::new(current)).relative(printed), "src/a.c", "{current} {printed}");
        }
    }

    #[test]
    fn what_lies_outside_keeps_its_name() {
        let root = Root::new(Path::new("/repo"), Path::new("/repo"));
        assert_eq!(root.relative("../other/a.c"), "../other/a.c");
        assert_eq!(root.relative("/etc/a"), "/etc/a");
        assert_eq!(root.printed(Path::new("/repo/x/y")), "x/y");
        assert_eq!(root.printed(Path::new("../z")), "../z");
        assert_eq!(root.absolute("./x/../a.jar!/b/C.class"), Path::new("/repo/a.jar"));
    }
}
