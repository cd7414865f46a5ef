//! Certificates of tests that sign themselves and that no test trusts.
//!
//! A certificate that signs itself is verified only by whoever is told to trust it. Where no test of the tree trusts a
//! file, and those that name this one hand it to a server or switch verification off, nothing notices its end.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use memchr::memmem;
use serde::Deserialize;

use crate::calendar::Civil;
use crate::carried;
use crate::finding::{Finding, Rule, Trigger};
use crate::knowledge::Knowledge;
use crate::source::{self, File, Scope, WalkError, WalkOptions, decode};

use super::fixture::{is_comment, name_of};

/// Why such a finding is a note.
const WHY: &str = "it signs itself, and no test is told to trust it";

/// What tests do with such a certificate: `rules/credentials/verification.yaml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verification {
    /// Someone is told what to trust, or to verify.
    trusts: Vec<String>,
    /// It is a server's own, or nobody verifies it.
    serves: Vec<String>,
}

fn verification() -> &'static Verification {
    static KNOWN: LazyLock<Verification> =
        LazyLock::new(|| carried::read(carried::rules!("credentials/verification")).unwrap_or_default());
    &KNOWN
}

/// What one file of tests does.
struct Deed {
    trusts: bool,
    serves: bool,
    /// The files that it names, by number.
    names: Vec<usize>,
}

/// Makes notes of those that no test trusts. `until` is the last day that matters.
pub(super) fn spare(
    findings: &mut [Finding],
    knowledge: &Knowledge,
    scope: &Scope,
    walk: &WalkOptions,
    until: Civil,
) -> Result<(), WalkError> {
    let alone =
        |finding: &&Finding| findings.iter().filter(|other| other.place.path == finding.place.path).count() == 1;
    let wanted: BTreeSet<Arc<str>> = findings
        .iter()
        .filter(|finding| signs_itself(finding) && finding.in_test && is_near(finding, until))
        .filter(alone)
        .map(|finding| Arc::clone(&finding.place.path))
        .collect();
    if wanted.is_empty() || !matches!(scope, Scope::Source(_)) {
        return Ok(());
    }
    let wanted: Vec<Arc<str>> = wanted.into_iter().collect();
    let Verification { trusts, serves } = verification();
    let words = trusts.iter().chain(serves).map(String::as_str).chain(wanted.iter().map(|path| name_of(path)));
    let sift = knowledge.sift_naming(words);
    let scan = source::scan(scope, walk, &sift, |file| deed(knowledge, file, &wanted))?;
    let deeds: Vec<Deed> = scan.results.into_iter().map(|(_, deed)| deed).collect();
    if deeds.iter().any(|deed| deed.trusts) {
        return Ok(());
    }
    for (n, path) in wanted.iter().enumerate() {
        let mut named = deeds.iter().filter(|deed| deed.names.contains(&n)).peekable();
        if named.peek().is_some() && named.all(|deed| deed.serves) {
            let found = findings.iter_mut().filter(|finding| finding.place.path == *path);
            found.for_each(|finding| {
                finding.note_only.get_or_insert_with(|| WHY.to_owned());
            });
        }
    }
    Ok(())
}

fn signs_itself(finding: &Finding) -> bool {
    let says = |kind: &str| finding.message.starts_with(kind);
    finding.rule == Rule::CertificateExpiry && (says("root certificate of ") || says("self-signed certificate of "))
}

fn is_near(finding: &Finding, until: Civil) -> bool {
    let near = matches!(finding.trigger, Some(Trigger::At { at, .. }) if at.midnight() <= until.midnight());
    near && finding.note_only.is_none()
}

fn deed(knowledge: &Knowledge, file: &File<'_>, wanted: &[Arc<str>]) -> Option<Deed> {
    let in_test = knowledge.is_test(&file.path, Some(file.group));
    if !in_test || decode::is_binary(file.bytes) || knowledge.is_prose(&file.path) {
        return None;
    }
    let decoded = decode::text(file.bytes);
    let text = &*decoded.text;
    let openers = knowledge.line_comments(file.group);
    let says = |word: &str| {
        let mut places = memmem::find_iter(text.as_bytes(), word);
        places.any(|at| is_whole(text, at, word) && !is_comment(text, at, openers))
    };
    let Verification { trusts, serves } = verification();
    Some(Deed {
        trusts: trusts.iter().any(|word| says(word)),
        serves: serves.iter().any(|word| says(word)),
        names: (0..wanted.len()).filter(|n| *wanted[*n] != *file.path && says(name_of(&wanted[*n]))).collect(),
    })
}

/// Whether a word is not part of a longer name.
fn is_whole(text: &str, at: usize, word: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let before = text[..at].chars().next_back().is_some_and(|c| goes_on(c) && word.starts_with(goes_on));
    let after = text[at + word.len()..].chars().next().is_some_and(goes_on);
    !before && !after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_carried() {
        let Verification { trusts, serves } = verification();
        assert!(trusts.len() > 20 && serves.len() > 10);
        assert!(trusts.iter().all(|word| !serves.contains(word)));
    }

    #[test]
    fn words_are_whole() {
        for (text, word, whole) in [
            ("{ca: file}", "ca", true),
            ("ca-click", "ca", false),
            ("local_ca", "ca", false),
            ("curl --cacert x", "--cacert", true),
            ("SslVerifyMode::NONE);", "SslVerifyMode::NONE", true),
        ] {
            assert_eq!(text.find(word).map(|at| is_whole(text, at, word)), Some(whole), "{text}");
        }
    }
}
