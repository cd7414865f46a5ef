//! Which part of a path is the project's. Whoever unpacks a product below a folder named `tests` has not made test code of
//! it, and whoever stands in `tests` has not made product code of that: what tells is the names between the project's
//! top and the file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::walk::{normal, shown, shown_from};

/// What marks the top of a project; a folder that has one of the first is it, whatever lies between.
const TOPS: &[&str] = &[".git", ".hg", ".svn", "defuse.yaml"];
/// What marks the top of a project that is no repository, as it is unpacked; the nearest is taken.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "CMakeLists.txt",
    "configure.ac",
    "configure",
    "meson.build",
    "composer.json",
    "Gemfile",
    "Makefile.PL",
    "Build.PL",
    "mix.exs",
    "Package.swift",
    "debian",
];

/// The scanned paths as files below them are shown, and the same counted from the top of their project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projects(Vec<(String, String)>);

impl Projects {
    /// Of `paths`, as the user named them in the folder `current` (absolute).
    pub fn of(paths: &[PathBuf], current: &Path) -> Self {
        let project = |path: &PathBuf| {
            let absolute = normal(&current.join(path));
            let top = top_of(&absolute, current);
            let inside = absolute.strip_prefix(top).map(shown).unwrap_or_default();
            (shown_from(path, &absolute, current), inside)
        };
        Self(paths.iter().map(project).collect())
    }

    /// A path as it is shown, counted from the top of its project; as it is, if it lies below none of the scanned ones.
    pub fn inside<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let below = |(scanned, inside): &'_ (String, String)| Some((below(path, scanned)?, inside.clone()));
        // The longest of those that hold it, which leaves the least.
        let Some((rest, inside)) = self.0.iter().filter_map(below).min_by_key(|(rest, _)| rest.len()) else {
            return Cow::Borrowed(path);
        };
        match (inside.as_str(), rest) {
            ("", rest) => Cow::Borrowed(rest),
            (_, "") => Cow::Owned(inside),
            _ => Cow::Owned(format!("{inside}/{rest}")),
        }
    }
}

/// What is left of a path below a folder.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    match path.strip_prefix(folder)? {
        "" => Some(""),
        rest if folder.is_empty() || folder.ends_with('/') => Some(rest),
        rest => rest.strip_prefix('/'),
    }
}

/// The top of the project that a path (absolute) lies in. Where nothing marks one it is the current folder, or for a path
/// elsewhere the scanned folder itself.
fn top_of<'p>(path: &'p Path, current: &'p Path) -> &'p Path {
    let start = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let marked = |names: &[&str]| start.ancestors().find(|folder| names.iter().any(|name| folder.join(name).exists()));
    let here = || if start.starts_with(current) && current.parent().is_some() { current } else { start };
    marked(TOPS).or_else(|| marked(MANIFESTS)).unwrap_or_else(here)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    /// How `file` counts when `path` is scanned from `current`, in a folder with those files.
    fn inside(files: &[&str], current: &str, path: &str, file: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let current = folder.path().join(current);
        fs::create_dir_all(&current).unwrap();
        let replace = |text: &str| text.replace('~', &shown(folder.path()));
        let projects = Projects::of(&[PathBuf::from(replace(path))], &current);
        projects.inside(&replace(file)).into_owned()
    }

    #[test]
    fn names_above_the_project_tell_nothing() {
        // What is unpacked below a folder of tests, marked and not.
        assert_eq!(inside(&["tests/a/setup.py"], "", "tests/a", "tests/a/b.py"), "b.py");
        assert_eq!(inside(&["tests/a/b.py"], "elsewhere", "~/tests/a", "~/tests/a/b.py"), "b.py");
        assert_eq!(inside(&["tests/a/b.py"], "elsewhere", "../tests/a", "../tests/a/b.py"), "b.py");
        // A folder of a repository, by whatever way it is named.
        let repository = &["r/.git/HEAD", "r/tests/a/package.json", "r/tests/a/b.js"];
        assert_eq!(inside(repository, "r", "tests/a", "tests/a/b.js"), "tests/a/b.js");
        assert_eq!(inside(repository, "r/tests", ".", "a/b.js"), "tests/a/b.js");
        assert_eq!(inside(repository, "r/tests/a", "b.js", "b.js"), "tests/a/b.js");
        assert_eq!(inside(repository, "", "~/r/tests/a", "r/tests/a/b.js"), "tests/a/b.js");
        // Nothing marks a project: the current folder is one.
        assert_eq!(inside(&["tests/a.py"], "", "tests", "tests/a.py"), "tests/a.py");
        assert_eq!(inside(&["tests/a.py"], "", "src", "other/a.py"), "other/a.py");
    }

    #[test]
    fn the_nearest_scanned_path_tells() {
        let projects =
            Projects(vec![(String::new(), "x".into()), ("a".into(), "y".into()), ("/".into(), String::new())]);
        for (path, inside) in [("a/b", "y/b"), ("ab", "x/ab"), ("a", "y"), ("/c", "c")] {
            assert_eq!(projects.inside(path), inside, "{path}");
        }
    }
}
