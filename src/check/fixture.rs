//! Fixtures that do not lie among the tests: a certificate in `assets/` that only tests name.
//!
//! Where a file lies does not always say whose it is. What the code says of it does: if every line that names the file
//! stands in a test, so does what is in it. One name elsewhere, of the file or of its folder as a whole, and the file is
//! the product's; so is one that nothing names, since programs also read whatever they find. Where code of the product
//! names the file itself, that is said: there it stops working.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use memchr::memmem;

use crate::calendar::Civil;
use crate::finding::{Finding, Place, Rule, Span, Step, StepKind, Trigger};
use crate::knowledge::Knowledge;
use crate::source::{self, File, Scope, WalkError, WalkOptions, decode};

use super::definition::line_start;

/// Files that are asked after in one run; a tree of more is a collection of credentials, and nobody names each.
const ASKED: usize = 64;

/// What a file's name tells of who uses the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// The product, there where its code names the file itself.
    Product(Option<Place>),
    /// A test, there.
    Test(Place),
}

/// Marks the findings in files that only tests name. `until` is the last day that matters.
pub(super) fn mark(
    findings: &mut [Finding],
    knowledge: &Knowledge,
    scope: &Scope,
    walk: &WalkOptions,
    until: Civil,
) -> Result<(), WalkError> {
    let wanted: BTreeSet<Arc<str>> =
        findings.iter().filter(|f| is_wanted(f, knowledge, until)).map(|f| Arc::clone(&f.place.path)).collect();
    if wanted.is_empty() || wanted.len() > ASKED || !matches!(scope, Scope::Source(_)) {
        return Ok(());
    }
    let twins = |path: &str| findings.iter().any(|other| other.in_test && name_of(&other.place.path) == name_of(path));
    let asked: Vec<Asked> = wanted.iter().map(|path| Asked::new(path, twins(path))).collect();
    let sift = knowledge.sift_naming(asked.iter().flat_map(|asked| [asked.name, asked.folder()]));
    let scan = source::scan(scope, walk, &sift, |file| Some(uses(knowledge, file, &asked)))?;
    let mut by_file: BTreeMap<usize, Vec<Use>> = BTreeMap::new();
    for (index, used) in scan.results.into_iter().flat_map(|(_, found)| found) {
        by_file.entry(index).or_default().push(used);
    }
    for (index, uses) in by_file {
        let in_test = uses.iter().all(|used| matches!(used, Use::Test(_)));
        let named = uses.into_iter().filter_map(|used| match used {
            Use::Product(place) => place,
            Use::Test(place) => Some(place).filter(|_| in_test),
        });
        let Some(place) = named.min() else { continue };
        let note = if in_test { "only tests name the file, here for one" } else { "the file is used here" };
        let step = Step { place, kind: StepKind::Passes, note: note.to_owned() };
        for finding in findings.iter_mut().filter(|finding| finding.place.path == *asked[index].path) {
            finding.in_test |= in_test;
            finding.steps.push(step.clone());
        }
    }
    Ok(())
}

/// Whether it matters for the finding's level whose the file is.
fn is_wanted(finding: &Finding, knowledge: &Knowledge, until: Civil) -> bool {
    let credential = matches!(finding.rule, Rule::CertificateExpiry | Rule::TokenExpiry | Rule::SignedMetadataExpiry);
    let near = matches!(finding.trigger, Some(Trigger::At { at, .. }) if at.midnight() <= until.midnight());
    let own = !finding.in_test && finding.note_only.is_none();
    credential && near && own && !knowledge.is_code(&finding.place.path)
}

/// A file that is asked after.
struct Asked<'a> {
    path: &'a Arc<str>,
    name: &'a str,
    /// A test has a file of that name too: the bare name may be that one's.
    ambiguous: bool,
}

impl<'a> Asked<'a> {
    fn new(path: &'a Arc<str>, ambiguous: bool) -> Self {
        Self { path, name: name_of(path), ambiguous }
    }

    /// The folder that it lies in; empty at the top.
    fn folder(&self) -> &'a str {
        self.path.rsplit('/').nth(1).unwrap_or_default()
    }

    /// Whether the folders before a name, nearest first, can be this file's.
    fn lies_in(&self, folders: &[&str]) -> bool {
        self.path.rsplit('/').skip(1).zip(folders).all(|(own, named)| own == *named)
    }
}

/// What one file's text tells of the files that are asked after.
fn uses(knowledge: &Knowledge, file: &File<'_>, asked: &[Asked<'_>]) -> Vec<(usize, Use)> {
    if decode::is_binary(file.bytes) || knowledge.is_prose(&file.path) {
        return Vec::new();
    }
    let decoded = decode::text(file.bytes);
    let text = &*decoded.text;
    let is_code = knowledge.is_code(&file.path);
    let openers = knowledge.line_comments(file.group);
    let in_test = knowledge.is_test(&file.path, Some(file.group));
    let test_module = file.path.ends_with(".rs").then(|| text.find("#[cfg(test)]")).flatten();
    let mut found = Vec::new();
    for (index, asked) in asked.iter().enumerate() {
        if *asked.path == file.path {
            continue;
        }
        for at in occurrences(text, asked.name).chain(occurrences(text, asked.folder()).filter(|_| is_code)) {
            let mention = Mention::at(text, at, asked).filter(|_| !is_comment(text, at, openers));
            let Some(mention) = mention else { continue };
            let tested = in_test || test_module.is_some_and(|start| start < at);
            let place = || Place { path: Arc::clone(&file.path), span: span_at(text, at, asked.name) };
            match (tested, mention) {
                (false, Mention::File) if is_code => found.push((index, Use::Product(Some(place())))),
                (false, _) => found.push((index, Use::Product(None))),
                (true, Mention::File) => found.push((index, Use::Test(place()))),
                (true, _) => {}
            }
        }
    }
    found
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mention {
    /// The file's name, and nothing before it that speaks of another.
    File,
    /// The file's name, after folders of which the nearest is its own and another is not: perhaps it.
    Similar,
    /// Its folder, and no file in it.
    Folder,
}

impl Mention {
    /// Reads the path around `at`, where the file's or its folder's name stands.
    fn at(text: &str, at: usize, asked: &Asked<'_>) -> Option<Self> {
        let start = text[..at]
            .rfind(|c| !in_path(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let end = text[at..].find(|c| !in_path(c)).map_or(text.len(), |length| at + length);
        let path = text[start..end].trim_end_matches('.');
        let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
        let (last, folders) = parts.split_last()?;
        // `$DIR/ca.pem`: wherever that is.
        let variable = usize::from(text[..start].ends_with('$'));
        let folders: Vec<&str> = folders.iter().skip(variable).rev().copied().collect();
        if *last == asked.name {
            return match folders.first() {
                None if asked.ambiguous => Some(Self::Similar),
                Some(nearest) if *nearest != asked.folder() => None,
                _ if asked.lies_in(&folders) => Some(Self::File),
                _ => Some(Self::Similar),
            };
        }
        // A text that begins with the word, as messages do, is no path.
        let told = text[end..].starts_with([':', ' ', ',', '!', '?']);
        let quoted = text[..start].ends_with(['"', '\'', '`']) && !told || !folders.is_empty();
        (*last == asked.folder() && quoted).then_some(Self::Folder)
    }
}

fn in_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\\')
}

/// Whether the line of a place begins as a comment does.
pub(super) fn is_comment(text: &str, at: usize, openers: &[String]) -> bool {
    let line = text[line_start(text, at)..at].trim_start();
    openers.iter().any(|opener| line.starts_with(opener.as_str())) || line.starts_with("* ") || line.starts_with("/*")
}

fn occurrences<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let name = Some(name).filter(|name| !name.is_empty());
    name.into_iter().flat_map(|name| memmem::find_iter(text.as_bytes(), name))
}

pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn span_at(text: &str, at: usize, name: &str) -> Span {
    let as_u32 = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().map_or(0, |before| before.chars().count()) + 1;
    Span::on_line(as_u32(line), as_u32(column), as_u32(column + name.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(path: &str, text: &str) -> Option<Mention> {
        let path: Arc<str> = path.into();
        let asked = Asked::new(&path, false);
        let at = text.find(asked.name).or_else(|| text.find(asked.folder()))?;
        Mention::at(text, at, &asked)
    }

    #[test]
    fn a_path_in_the_text_is_compared_with_the_files_own() {
        for (text, expected) in [
            ("include_bytes!(\"../assets/ca.pem\")", Some(Mention::File)),
            ("open(\"ca.pem\")", Some(Mention::File)),
            ("# see assets\\ca.pem.", Some(Mention::File)),
            ("$DIR/assets/ca.pem", Some(Mention::File)),
            ("/usr/share/assets/ca.pem", Some(Mention::Similar)),
            ("${DIR}/ca.pem", Some(Mention::File)),
            ("/srv/x-509/assets/ca.pem", Some(Mention::File)),
            ("open(\"other/ca.pem\")", None),
            ("open(\"my-ca.pem\")", None),
            ("open(\"ca.pem.bak\")", None),
            ("Path(\"assets\")", Some(Mention::Folder)),
            ("\"assets/*.pem\"", Some(Mention::Folder)),
            ("\"assets/other.pem\"", None),
            ("let assets = 1;", None),
            ("log(\"assets: loaded\")", None),
        ] {
            assert_eq!(mention("x-509/assets/ca.pem", text), expected, "{text}");
        }
    }
}
