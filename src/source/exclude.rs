//! Paths that are left out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A pattern that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is no path pattern: {why}")]
pub struct ExcludeError {
    /// As given.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

/// Patterns over paths below a folder, as `.gitignore` reads them: `*.min.js` holds in every folder, `docs/*.html` and
/// `/vendor` below the base folder alone, `vendor/` and `vendor/**` for all that is in it. `*` stops at a slash.
#[derive(Clone, Debug, Default)]
pub struct Excludes(Option<Arc<Patterns>>);

#[derive(Debug)]
struct Patterns {
    base: PathBuf,
    files: GlobSet,
    /// Folders of which nothing is left, so that they need not be walked.
    folders: GlobSet,
}

impl Excludes {
    /// Patterns relative to `base`, an absolute folder (that of the config file).
    ///
    /// # Errors
    /// One of them is malformed.
    pub fn new(base: &Path, patterns: &[String]) -> Result<Self, ExcludeError> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        let (mut files, mut folders) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns {
            let error =
                |error: globset::Error| ExcludeError { pattern: pattern.clone(), why: error.kind().to_string() };
            let glob = |text: &str| GlobBuilder::new(text).literal_separator(true).build().map_err(error);
            let bare = pattern.trim_end_matches('/').trim_start_matches("./");
            let (inner, of_contents) = bare.strip_suffix("/**").map_or((bare, false), |inner| (inner, true));
            let anywhere = if bare.contains('/') { "" } else { "**/" };
            let inner = format!("{anywhere}{}", inner.trim_start_matches('/'));
            folders.add(glob(&inner)?);
            files.add(glob(&format!("{inner}/**"))?);
            if !of_contents {
                files.add(glob(&inner)?);
            }
        }
        let error = |error: globset::Error| ExcludeError { pattern: patterns.join(", "), why: error.to_string() };
        let (files, folders) = (files.build().map_err(error)?, folders.build().map_err(error)?);
        Ok(Self(Some(Arc::new(Patterns { base: base.to_owned(), files, folders }))))
    }

    /// Nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a path (absolute) is left out. One outside the base folder is matched as it is.
    pub fn holds(&self, absolute: &Path, is_folder: bool) -> bool {
        self.0.as_ref().is_some_and(|patterns| {
            let path = absolute.strip_prefix(&patterns.base).unwrap_or(absolute);
            patterns.files.is_match(path) || (is_folder && patterns.folders.is_match(path))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn patterns_hold_as_in_gitignore() {
        for (pattern, path, is_folder, expected) in [
            ("vendor/**", "vendor", true, true),
            ("vendor/**", "vendor", false, false),
            ("vendor/**", "vendor/a/b.c", false, true),
            ("vendor/**", "src/vendor/a.c", false, false),
            ("vendor", "src/vendor/a.c", false, true),
            ("vendor/", "vendor/a.c", false, true),
            ("/vendor", "src/vendor/a.c", false, false),
            ("/vendor", "vendor/a.c", false, true),
            ("*.min.js", "a/b/c.min.js", false, true),
            ("docs/*.html", "docs/a.html", false, true),
            ("docs/*.html", "docs/a/b.html", false, false),
            ("**/testdata/**", "a/testdata/b", false, true),
            ("**/testdata/**", "a/testdata", true, true),
            ("./a.c", "a.c", false, true),
        ] {
            let excludes = Excludes::new(Path::new("/base"), &[pattern.to_owned()]).unwrap();
            assert_eq!(excludes.holds(&Path::new("/base").join(path), is_folder), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_malformed_pattern_is_named() {
        let error = Excludes::new(Path::new("/"), &["a[".to_owned()]).unwrap_err();
        assert_eq!(error.pattern, "a[");
    }
}
