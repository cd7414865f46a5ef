//! Words that say what a credential is there for, read from `rules/credentials/intent.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::carried::{self, rules};

/// The words, each list in lower case with `-` between words; a `*` at the end stands for the rest of a word.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    /// In a file's name: the credential is meant to be refused.
    pub(super) refused_name: Vec<String>,
    /// In the text before the credential: the same.
    pub(super) refused_text: Vec<String>,
    /// In a file's name: it is meant to be refused because it does not hold yet.
    pub(super) not_yet_valid_name: Vec<String>,
    /// In the text before the credential: the same.
    pub(super) not_yet_valid_text: Vec<String>,
    /// In a test's source: time is frozen, injected or handed to the verifier.
    pub(super) frozen_clock: Vec<String>,
    /// Extensions of prose.
    pub(super) documentation: Vec<String>,
    /// Extensions of markup that is prose in a folder for documentation.
    pub(super) markup: Vec<String>,
    /// Names of such folders.
    pub(super) documentation_folders: Vec<String>,
    /// Extensions of data that is made up if its name says so.
    pub(super) data: Vec<String>,
    /// In the name of such a file.
    pub(super) example_name: Vec<String>,
    /// Extensions of patches.
    pub(super) patches: Vec<String>,
    /// Extensions of what was only written down.
    pub(super) logs: Vec<String>,
    /// Ends of paths that are not part of what is shipped.
    pub(super) not_shipped: Vec<String>,
}

/// The words that are built in.
pub(super) fn intent() -> &'static Intent {
    static INTENT: LazyLock<Intent> = LazyLock::new(|| carried::read(rules!("credentials/intent")).unwrap_or_default());
    &INTENT
}

/// A name in lower case with `-` at every word's beginning and end, whatever its writing:
/// `selfSigned_expired2.pem` becomes `-self-signed-expired-2-pem-`.
pub(super) fn words(name: &str) -> String {
    let mut words = String::from("-");
    let mut last = ' ';
    for c in name.chars() {
        let boundary = (last.is_lowercase() && c.is_uppercase()) || (last.is_alphabetic() != c.is_alphabetic());
        if boundary && !words.ends_with('-') {
            words.push('-');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        last = c;
    }
    if !words.ends_with('-') {
        words.push('-');
    }
    words
}

/// The first of `list` that stands in `words` as a word of its own, or begins one if it ends in `*`.
pub(super) fn named<'a>(words: &str, list: &'a [String]) -> Option<&'a str> {
    list.iter().map(|entry| entry.strip_suffix('*').unwrap_or(entry)).zip(list).find_map(|(word, entry)| {
        let end = if word.len() < entry.len() { "" } else { "-" };
        words.contains(&format!("-{word}{end}")).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_words_are_read() {
        assert!(intent().refused_name.iter().any(|word| word == "expired*"));
        assert!(!intent().frozen_clock.is_empty() && !intent().documentation.is_empty());
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("selfSigned_expired2.pem"), "-self-signed-expired-2-pem-");
        assert_eq!(words("pub-not-yet.pem"), "-pub-not-yet-pem-");
        let list = ["not-yet".to_owned(), "expired*".to_owned()];
        assert_eq!(named(&words("pub_NotYet"), &list), Some("not-yet"));
        assert_eq!(named(&words("knotyet"), &list), None);
        assert_eq!(named(&words("expiredcert.pem"), &list), Some("expired"));
        assert_eq!(named(&words("unexpired.pem"), &list), None);
    }
}
