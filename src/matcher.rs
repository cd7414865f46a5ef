//! Patterns and globs of the rules, made ready when they are first asked: most runs ask few of them, and to make all
//! ready takes longer than to check a small tree.
//!
//! What users add is made ready when it is read, so that a mistake in it is told ([`Pattern::ready`],
//! [`Paths::ready`]); that what the tool carries has none is for tests to say.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::{Captures, Match, Regex, RegexBuilder};

/// The most that a pattern may take, in bytes.
const SIZE: usize = 1 << 22;

/// A pattern over text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pattern {
    text: String,
    lines: bool,
    any_case: bool,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// `^` and `$` are the ends of a line.
    pub(crate) fn of_lines(self) -> Self {
        Self { lines: true, ..self }
    }

    /// Upper and lower case are the same.
    pub(crate) fn in_any_case(self) -> Self {
        Self { any_case: true, ..self }
    }

    /// The same, made ready now.
    ///
    /// # Errors
    /// It is no pattern.
    pub(crate) fn ready(self) -> Result<Self, regex::Error> {
        let regex = self.build()?;
        Ok(Self { regex: OnceLock::from(Some(regex)), ..self })
    }

    fn build(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.text).multi_line(self.lines).case_insensitive(self.any_case).size_limit(SIZE).build()
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.build().ok()).as_ref()
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.regex()?.find(text)
    }

    /// Every match, in order.
    pub(crate) fn find_iter<'p, 't: 'p>(&'p self, text: &'t str) -> impl Iterator<Item = Match<'t>> + 'p {
        self.regex().into_iter().flat_map(|regex| regex.find_iter(text))
    }

    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.regex()?.captures(text)
    }

    /// The same from an offset on, with what stands before it in view.
    pub(crate) fn captures_at<'t>(&self, text: &'t str, at: usize) -> Option<Captures<'t>> {
        self.regex()?.captures_at(text, at)
    }

    /// Every match with its groups, in order.
    pub(crate) fn captures_iter<'p, 't: 'p>(&'p self, text: &'t str) -> impl Iterator<Item = Captures<'t>> + 'p {
        self.regex().into_iter().flat_map(|regex| regex.captures_iter(text))
    }

    /// The text with every match replaced by what `with` makes of it.
    pub(crate) fn replace_all(&self, text: &str, with: impl Fn(&Captures<'_>) -> String) -> String {
        self.regex().map_or_else(|| text.to_owned(), |regex| regex.replace_all(text, with).into_owned())
    }
}

/// Globs over paths, each of which belongs to an owner: a row of a table, by its number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths {
    globs: Vec<(String, usize)>,
    /// `*` stops at a slash.
    by_part: bool,
    set: OnceLock<GlobSet>,
}

impl Paths {
    /// Globs in which `*` runs over slashes.
    pub(crate) fn new<'a>(globs: impl IntoIterator<Item = &'a String>) -> Self {
        let mut paths = Self::default();
        paths.add(globs, 0);
        paths
    }

    /// The same globs, but `*` stops at a slash.
    pub(crate) fn by_part(self) -> Self {
        Self { by_part: true, set: OnceLock::new(), ..self }
    }

    /// More globs, of that owner.
    pub(crate) fn add<'a>(&mut self, globs: impl IntoIterator<Item = &'a String>, owner: usize) {
        self.globs.extend(globs.into_iter().map(|glob| (glob.clone(), owner)));
        self.set = OnceLock::new();
    }

    /// The same, made ready now.
    ///
    /// # Errors
    /// One of them is no glob.
    pub(crate) fn ready(self) -> Result<Self, globset::Error> {
        let set = self.build()?;
        Ok(Self { set: OnceLock::from(set), ..self })
    }

    fn build(&self) -> Result<GlobSet, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for (glob, _) in &self.globs {
            set.add(GlobBuilder::new(glob).literal_separator(self.by_part).build()?);
        }
        set.build()
    }

    fn set(&self) -> &GlobSet {
        self.set.get_or_init(|| self.build().unwrap_or_else(|_| GlobSet::empty()))
    }

    pub(crate) fn is_match(&self, path: &str) -> bool {
        !self.globs.is_empty() && self.set().is_match(relative(path))
    }

    /// The owners of the globs that match, in their order.
    pub(crate) fn owners(&self, path: &str) -> Vec<usize> {
        let matches = self.set().matches(relative(path));
        let mut owners: Vec<usize> =
            matches.into_iter().filter_map(|glob| self.globs.get(glob).map(|(_, owner)| *owner)).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }
}

fn relative(path: &str) -> &str {
    path.trim_start_matches("./")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_broken_pattern_is_told_when_it_is_made_ready_and_else_matches_nothing() {
        assert!(Pattern::new("(a").ready().is_err());
        assert!(!Pattern::new("(a").is_match("(a"));
        assert!(Pattern::new("^A").of_lines().in_any_case().ready().unwrap().is_match("b\nab"));
    }

    #[test]
    fn paths_know_whose_glob_matches() {
        let mut paths = Paths::new(&["a/*.c".to_owned()]);
        paths.add(&["**/b.c".to_owned(), "x".to_owned()], 4);
        assert_eq!(paths.owners("./a/b.c"), [0, 4]);
        assert!(paths.is_match("x") && !paths.is_match("y"));
        assert!(paths.is_match("a/c/d.c") && !paths.by_part().is_match("a/c/d.c"));
        assert!(Paths::new(&["a[".to_owned()]).ready().is_err());
    }
}
