//! [`Vocabulary`]: what a name says about the date that it holds.
//!
//! `expiresAt`, `EXPIRY_DATE` and `not-after` say that something stops; `build_time` that something is counted from there;
//! `created_at` that nothing follows. The words themselves are data: `rules/words.yaml`. Matching is on the words of an
//! identifier, so that `to` does not match in `token`, nor `end` in `sender`.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::carried::{self, rules};
use crate::finding::Anchor;
use crate::language::models::Unit;

/// How strongly a name says that something stops on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// Only together with other evidence: `end`, `until`, `date`.
    Weak,
    /// On its own: `expires`, `not_after`, `eol`.
    Strong,
}

/// A words file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the words cannot be read: {0}")]
pub struct VocabularyError(String);

/// The words file, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Words {
    expiry: ExpiryWords,
    period: Vec<String>,
    licence: Vec<String>,
    trial: Vec<String>,
    anchor: AnchorWords,
    network: NetworkWords,
    history: Vec<String>,
    novelty: Vec<String>,
    test: HashMap<InTest, Vec<String>>,
}

/// Words that name a trial and hardly anything else.
const TRIALS: [&str; 3] = ["trial", "trials", "shareware"];
/// What is told of a trial: its start, its length or its end.
const OF_TRIALS: [&str; 10] =
    ["period", "over", "ended", "ends", "end", "start", "started", "days", "finished", "remaining"];
/// Longer texts tell of many things.
const MESSAGE: usize = 160;

fn is_trial_word(word: &str) -> bool {
    TRIALS.contains(&word)
}

/// Whether a text holds a word in lower or upper case, or with a capital: a quick look.
fn contains_word(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// What a name in a test can say of the dates that the test gives: the keys of `test` in `rules/words.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InTest {
    /// Something still holds on this date.
    Validity,
    /// Something begins to hold on this date.
    Later,
    /// A date that cannot have come yet.
    Ahead,
    /// Part of a payment card.
    Card,
    /// A call that asserts.
    Asserts,
    /// A call that expects a refusal.
    Refusal,
    /// A call that expects that something was called.
    Called,
    /// A state that ends with the date.
    Holds,
    /// A state that begins with the date.
    Over,
    /// It turns an assertion round.
    Negates,
    /// A call that only reads, prints or compares a date.
    Reads,
    /// A call that accepts a credential only while it is valid.
    Accepts,
    /// An option by which it is accepted all the same.
    Lenient,
    /// A bound from below that product code sets for a value.
    Least,
    /// A validator's rule that a date lies ahead.
    Bound,
    /// The clock, as a test gives it.
    Now,
    /// A number that counts something else than time.
    Measure,
    /// A call that says what a stand-in answers.
    Answer,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExpiryWords {
    strong: Vec<String>,
    weak: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AnchorWords {
    build: Vec<String>,
    install: Vec<String>,
    other: Vec<String>,
    release: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NetworkWords {
    services: Vec<String>,
    texts: Vec<String>,
    seconds: Vec<String>,
    milliseconds: Vec<String>,
    reply_dates: Vec<String>,
}

/// In what form a service of the network tells the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// As text.
    Text,
    /// In seconds since 1970.
    Seconds,
    /// In milliseconds since 1970.
    Milliseconds,
}

impl Told {
    /// What its number counts, if it is one.
    pub const fn unit(self) -> Option<Unit> {
        match self {
            Self::Text => None,
            Self::Seconds => Some(Unit::Second),
            Self::Milliseconds => Some(Unit::Millisecond),
        }
    }
}

/// Units in which instants are counted, at the end of their names.
const COUNTS: [&str; 5] = ["ms", "millis", "milliseconds", "seconds", "secs"];

/// What the tool knows of names.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    strong: Phrases,
    weak: Phrases,
    period: Phrases,
    licence: Phrases,
    trial: Phrases,
    build: Phrases,
    install: Phrases,
    other: Phrases,
    release: Phrases,
    history: Phrases,
    /// Hosts that tell the time.
    services: Vec<String>,
    /// How code reads the date of a reply.
    reply_dates: Vec<String>,
    /// What they tell it under, the words written as one.
    told: HashMap<String, Told>,
    test: HashMap<InTest, Phrases>,
    /// Questions whether something is new, the words written as one.
    novelty: HashSet<String>,
}

impl Vocabulary {
    /// The vocabulary that the tool carries.
    ///
    /// # Errors
    /// Only if the embedded file is broken, which a test rules out.
    pub fn embedded() -> Result<Self, VocabularyError> {
        let mut vocabulary = Self::default();
        vocabulary.add(carried::read(rules!("words")).map_err(|e| VocabularyError(e.to_string()))?);
        Ok(vocabulary)
    }

    /// Adds the words of a YAML file of the same form as `rules/words.yaml`; every part may be left out.
    ///
    /// # Errors
    /// Where the text is no such file.
    pub fn extend(&mut self, yaml: &str) -> Result<(), VocabularyError> {
        self.add(serde_yaml::from_str(yaml).map_err(|e| VocabularyError(e.to_string()))?);
        Ok(())
    }

    fn add(&mut self, words: Words) {
        for (phrases, added) in [
            (&mut self.strong, words.expiry.strong),
            (&mut self.weak, words.expiry.weak),
            (&mut self.period, words.period),
            (&mut self.licence, words.licence),
            (&mut self.trial, words.trial),
            (&mut self.build, words.anchor.build),
            (&mut self.install, words.anchor.install),
            (&mut self.other, words.anchor.other),
            (&mut self.release, words.anchor.release),
            (&mut self.history, words.history),
        ] {
            added.iter().for_each(|phrase| phrases.add(phrase));
        }
        self.services.extend(words.network.services);
        self.reply_dates.extend(words.network.reply_dates);
        for (told, added) in [
            (Told::Text, words.network.texts),
            (Told::Seconds, words.network.seconds),
            (Told::Milliseconds, words.network.milliseconds),
        ] {
            self.told.extend(added.iter().map(|phrase| (self::words(phrase).concat(), told)));
        }
        self.novelty.extend(words.novelty.iter().map(|phrase| self::words(phrase).concat()));
        for (what, added) in words.test {
            let phrases = self.test.entry(what).or_default();
            added.iter().for_each(|phrase| phrases.add(phrase));
        }
    }

    /// Whether the name says that something stops, and how strongly. A name of a length of time (`expires_in`,
    /// `expiry_days`) says nothing of the kind. A weak word counts only at the name's end.
    pub fn expiry_strength(&self, identifier: &str) -> Option<Strength> {
        let words = words(identifier);
        if self.ends_as_period(&words) {
            return None;
        }
        if self.strong.found_in(&words) {
            return Some(Strength::Strong);
        }
        self.weak.ends(&words).then_some(Strength::Weak)
    }

    /// The name is of a length of time: `expires_in`, `TRIAL_DAYS`, `sessionTimeout`.
    pub fn is_period(&self, identifier: &str) -> bool {
        self.ends_as_period(&words(identifier))
    }

    /// What is counted from, if the name is of such an instant.
    pub fn anchor(&self, identifier: &str) -> Option<Anchor> {
        let words = words(identifier);
        // `BUILD_EPOCH_MILLIS` says in which unit the instant is counted.
        let unit = words.last().is_some_and(|last| COUNTS.contains(&last.as_str()));
        let words = &words[..words.len() - usize::from(unit)];
        if self.ends_as_period(words) {
            return None;
        }
        [(&self.build, Anchor::Build), (&self.install, Anchor::Install), (&self.release, Anchor::Release)]
            .into_iter()
            .find(|(phrases, _)| phrases.found_in(words))
            .map(|(_, anchor)| anchor)
    }

    /// A value that code of a trial keeps under this name may be when the trial began: the name says nothing else.
    pub fn may_be_start(&self, identifier: &str) -> bool {
        let words = words(identifier);
        !self.ends_as_period(&words) && !self.other.found_in(&words) && self.expiry_strength(identifier).is_none()
    }

    /// The name is of licensing: `licenseManager`, `subscription_end`.
    pub fn is_licence(&self, identifier: &str) -> bool {
        self.licence.found_in(&words(identifier))
    }

    /// The name asks whether something is new: that it is not any more is the way of all things.
    pub fn asks_for_novelty(&self, identifier: &str) -> bool {
        self.novelty.contains(&words(identifier).concat())
    }

    /// The name is of a trial, demo, beta or evaluation.
    pub fn is_trial(&self, identifier: &str) -> bool {
        self.trial.found_in(&words(identifier))
    }

    /// The name is of a grace period, which many things have that nobody tries.
    pub fn is_grace(&self, identifier: &str) -> bool {
        let words = words(identifier);
        words.iter().any(|word| word == "grace") && !words.iter().any(|word| is_trial_word(word))
    }

    /// The name is of a trial in so many words: no preview, and nothing that is evaluated.
    pub fn is_trial_proper(&self, identifier: &str) -> bool {
        words(identifier).iter().any(|word| is_trial_word(word))
    }

    /// A text tells of a trial's start, length or end: `Your trial has ended`, `trial_start.txt`.
    pub fn tells_of_trial(&self, text: &str) -> bool {
        if text.len() > MESSAGE || !TRIALS.iter().any(|word| contains_word(text, word)) {
            return false;
        }
        let words = words(text);
        let trial = words.iter().any(|word| is_trial_word(word));
        let file = !text.contains(' ') && text.rfind('.').is_some_and(|dot| (1..=5).contains(&(text.len() - dot - 1)));
        let told = self.strong.found_in(&words) || words.iter().any(|word| OF_TRIALS.contains(&word.as_str()));
        trial && (told || file)
    }

    /// The text names a host that tells the time.
    pub fn names_time_service(&self, text: &str) -> bool {
        text.contains('.') && self.services.iter().any(|host| text.contains(host.as_str()))
    }

    /// In what form a host that tells the time does so under a name, if it does.
    pub fn told_time(&self, identifier: &str) -> Option<Told> {
        self.told.get(&words(identifier).concat()).copied()
    }

    /// What code writes that asks the network for the time.
    pub fn network_clocks(&self) -> impl Iterator<Item = &str> {
        self.services.iter().chain(&self.reply_dates).map(String::as_str)
    }

    /// The name is of a date that something has behind it: `created_at`, `release_date`, `since`.
    pub fn is_history(&self, identifier: &str) -> bool {
        self.history.found_in(&words(identifier))
    }

    /// What a name in a test says of the dates that it gives.
    pub fn says_in_test(&self, identifier: &str, what: InTest) -> bool {
        let words = words(identifier);
        self.test.get(&what).is_some_and(|phrases| match what {
            InTest::Holds | InTest::Over | InTest::Least | InTest::Now | InTest::Measure => phrases.ends(&words),
            InTest::Reads | InTest::Asserts | InTest::Bound | InTest::Accepts | InTest::Answer => {
                phrases.begins(&words)
            }
            _ => phrases.found_in(&words),
        })
    }

    fn ends_as_period(&self, words: &[String]) -> bool {
        words.len() > 1 && self.period.ends(words) && !is_counted_date(words)
    }
}

/// A date whose name says what its number counts: `expiryDateInMillis`, `endTimestampMs`.
fn is_counted_date(words: &[String]) -> bool {
    const UNITS: [&str; 7] = ["millis", "milliseconds", "ms", "seconds", "secs", "sec", "in"];
    let counted = words.iter().rev().take_while(|word| UNITS.contains(&word.as_str())).count();
    let own = words.get(..words.len() - counted).and_then(<[String]>::last);
    counted > 0 && own.is_some_and(|word| matches!(word.as_str(), "date" | "timestamp" | "epoch"))
}

/// The lower-case words of an identifier: camelCase, PascalCase, snake_case, kebab-case, dots and blanks split; digits
/// are words of their own. `XMLExpiryDate2` is `xml expiry date 2`.
pub fn words(identifier: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    let mut chars = identifier.chars().peekable();
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        let starts_upper = c.is_uppercase() && (!previous.is_uppercase() || next_is_lower);
        let changes_kind = c.is_numeric() != previous.is_numeric();
        if (!c.is_alphanumeric() || starts_upper || changes_kind) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Phrases of one or more words, by their first word; and joined, for names that do not tell their words apart.
#[derive(Clone, Debug, Default)]
struct Phrases {
    by_first: HashMap<String, Vec<Vec<String>>>,
    joined: Vec<String>,
}

impl Phrases {
    fn add(&mut self, phrase: &str) {
        let words = words(phrase);
        let Some((first, rest)) = words.split_first() else { return };
        if !rest.is_empty() {
            self.joined.push(words.concat());
        }
        self.by_first.entry(first.clone()).or_default().push(rest.to_vec());
    }

    /// A phrase stands somewhere in the words.
    fn found_in(&self, words: &[String]) -> bool {
        (0..words.len()).any(|at| self.lengths_at(words, at).next().is_some()) || self.is_joined(words)
    }

    /// A phrase stands at the end of the words.
    fn ends(&self, words: &[String]) -> bool {
        (0..words.len()).any(|at| self.lengths_at(words, at).any(|length| at + length == words.len()))
            || self.is_joined(words)
    }

    /// A phrase stands at the beginning of the words.
    fn begins(&self, words: &[String]) -> bool {
        self.lengths_at(words, 0).next().is_some()
    }

    fn lengths_at<'a>(&'a self, words: &'a [String], at: usize) -> impl Iterator<Item = usize> + 'a {
        let tail = words.get(at + 1..).unwrap_or(&[]);
        let phrases = words.get(at).and_then(|first| self.by_first.get(first)).map_or(&[][..], Vec::as_slice);
        phrases.iter().filter(|rest| tail.starts_with(rest)).map(|rest| rest.len() + 1)
    }

    /// `expiresat`, `notafter`: the whole name, or its last word, is a phrase written as one.
    fn is_joined(&self, words: &[String]) -> bool {
        words.last().is_some_and(|last| self.joined.iter().any(|joined| joined == last))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn embedded() -> Vocabulary {
        Vocabulary::embedded().unwrap()
    }

    #[test]
    fn splits_identifiers() {
        for (identifier, expected) in [
            ("expiresAt", "expires at"),
            ("EXPIRY_DATE", "expiry date"),
            ("not-after", "not after"),
            ("XMLExpiryDate2", "xml expiry date 2"),
            ("valid until", "valid until"),
            ("a.b::cD", "a b c d"),
            ("_", ""),
            ("ÄndernAm", "ändern am"),
        ] {
            assert_eq!(words(identifier).join(" "), expected, "{identifier}");
        }
    }

    #[test]
    fn tells_strong_from_weak_from_neither() {
        let vocabulary = embedded();
        for (strength, names) in [
            (
                Some(Strength::Strong),
                "expires expiresAt EXPIRY_DATE not-after notAfter notafter valid_until validTo license.expiration EOL eol_date \
                 endOfLife END_OF_SUPPORT sunsetDate killDate ignoreUntil expired_at licenseExpiryDate expirationdate \
                 expires_after trial_end support.end",
            ),
            (Some(Strength::Weak), "end endDate end_time until deadline cutoffDate"),
            (
                None,
                "sender token endpoint date to valid_date expires_in expiryDays expiration_seconds tokenExpiryInterval created candidate \
                 update endless experts expression geology depend total TRIAL_DAYS",
            ),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(vocabulary.expiry_strength(name), strength, "{name}");
            }
        }
    }

    #[test]
    fn knows_anchors_licences_trials_and_history() {
        let vocabulary = embedded();
        assert_eq!(vocabulary.anchor("BUILD_TIMESTAMP"), Some(Anchor::Build));
        assert_eq!(vocabulary.anchor("buildDate"), Some(Anchor::Build));
        assert_eq!(vocabulary.anchor("firstLaunchDate"), Some(Anchor::Install));
        assert_eq!(vocabulary.anchor("installed_at"), Some(Anchor::Install));
        assert_eq!(vocabulary.anchor("release_date"), Some(Anchor::Release));
        assert_eq!(vocabulary.anchor("rebuild"), None);
        assert!(vocabulary.is_licence("LicenseManager") && vocabulary.is_licence("licence_key"));
        assert!(vocabulary.is_trial("trialEnd") && !vocabulary.is_trial("industrial"));
        assert!(vocabulary.is_history("created_at") && vocabulary.is_history("lastUpdated"));
        assert!(!vocabulary.is_history("expires"));
        assert!(vocabulary.is_period("TRIAL_DAYS") && !vocabulary.is_period("days"));
    }

    #[test]
    fn is_extended_by_the_user() {
        let mut vocabulary = embedded();
        vocabulary.extend("expiry: {strong: [ablaufdatum]}").unwrap();
        assert_eq!(vocabulary.expiry_strength("ABLAUFDATUM"), Some(Strength::Strong));
        assert!(vocabulary.extend("expiri: {}").is_err());
    }

    #[test]
    fn knows_what_names_say_in_tests() {
        let vocabulary = embedded();
        for (what, names) in [
            (InTest::Validity, "exp neededBy embargoUntilDate"),
            (InTest::Ahead, "If-Modified-Since"),
            (InTest::Card, "cvv security_code CreditCard"),
            (InTest::Asserts, "assertTrue EXPECT_EQ shouldBe refute"),
            (InTest::Refusal, "assertRaises toThrow raise_error should_panic"),
            (InTest::Holds, "isValid active?"),
            (InTest::Over, "isExpired expired? invalid"),
            (InTest::Negates, "assertFalse not_to"),
            (InTest::Reads, "parseExpiry get_expires"),
        ] {
            for name in names.split_whitespace() {
                assert!(vocabulary.says_in_test(name, what), "{name}: {what:?}");
            }
        }
        assert!(!vocabulary.says_in_test("validate", InTest::Holds));
        assert!(!vocabulary.says_in_test("expires_from", InTest::Reads));
    }

    proptest! {
        #[test]
        fn never_panics(identifier in "\\PC{0,24}") {
            let _ = embedded().expiry_strength(&identifier);
        }
    }
}
