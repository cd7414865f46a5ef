//! Picks the few bytes by which each word of a vocabulary is searched.
//!
//! A vectorised search is fast while its patterns are few and rarely met. Words share parts (`expires`, `expiry` and
//! `EXPIRED` all hold `xpir` or `XPIR`), and some of their parts are rare where others are not (`_DAT`, not `__DA`). Each word is
//! given the window of up to four bytes that adds least to the cost of the search so far.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, Span, packed};

use super::word::Literal;

/// Bytes in a fragment. Teddy looks at four.
const LENGTH: usize = 4;

/// Patterns in one pass. Teddy has eight buckets up to here; beyond, it does half as many bytes at once.
const PASS: usize = 32;

/// −log₂ of how often each byte occurs in source code (81 MB of C, Python, Rust, JavaScript and others).
const RARITY: [u8; 128] = [
    15, 15, 15, 15, 15, 15, 15, 15, 15, 5, 5, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 3, 10, 8, 9, 11, 11, 9, 8, 6, 6, 7, 10, 6, 7, 7, 8, 7, 8, 8, 9, 9, 9, 9, 10, 9, 10, 8, 7, 10, 7, 8, 12,
    11, 7, 9, 7, 8, 7, 8, 8, 9, 7, 13, 9, 7, 8, 7, 8, 7, 11, 7, 7, 7, 8, 9, 10, 9, 10, 12, 9, 10, 9, 15, 5, 11, 5, 7,
    5, 5, 4, 6, 7, 7, 5, 10, 8, 6, 6, 5, 5, 6, 9, 5, 5, 4, 6, 7, 8, 7, 8, 10, 8, 10, 8, 13, 15,
];

/// How many more times (as a power of two) four lower-case letters occur than their single frequencies tell.
const WORDLIKE: f64 = 4.0;

/// A literal's index, and where in it the fragment begins.
type Owner = (usize, usize);

/// The fragments of a vocabulary, ready to search.
#[derive(Debug)]
pub(super) struct Fragments(Vec<Pass>);

/// Some of the fragments, searched together.
#[derive(Debug)]
pub(super) struct Pass {
    searcher: Searcher,
    owners: Vec<Vec<Owner>>,
}

#[derive(Debug)]
enum Searcher {
    Nothing,
    Teddy(packed::Searcher),
    Automaton(Box<AhoCorasick>),
}

impl Fragments {
    /// Picks fragments for the literals.
    pub(super) fn of(literals: &[Literal]) -> Self {
        let mut chosen: BTreeMap<Vec<u8>, Vec<Owner>> = BTreeMap::new();
        // The choosiest first: those with few windows leave no choice, the others may follow them.
        let mut order: Vec<usize> = (0..literals.len()).collect();
        order.sort_by_key(|&index| literals[index].text.len());
        for index in order {
            let best =
                windows(&literals[index]).min_by(|(_, a), (_, b)| price(a, &chosen).total_cmp(&price(b, &chosen)));
            for (offset, fragment) in
                best.into_iter().flat_map(|(offset, all)| all.into_iter().map(move |f| (offset, f)))
            {
                chosen.entry(fragment).or_default().push((index, offset));
            }
        }
        let mut chosen: Vec<(Vec<u8>, Vec<Owner>)> = without_prefixed(chosen).into_iter().collect();
        // The shortest fragment of a pass says how closely Teddy looks: keep them together.
        chosen.sort_by_key(|(fragment, _)| fragment.len());
        Self(chosen.chunks(PASS).map(Pass::new).collect())
    }

    /// The passes; each is to be searched.
    pub(super) fn passes(&self) -> &[Pass] {
        &self.0
    }
}

impl Pass {
    fn new(fragments: &[(Vec<u8>, Vec<Owner>)]) -> Self {
        let (patterns, owners): (Vec<Vec<u8>>, Vec<Vec<Owner>>) = fragments.iter().cloned().unzip();
        Self { searcher: Searcher::new(&patterns), owners }
    }

    /// Calls `visit` with each place where a fragment stands and the literals that it may belong to, in order, until
    /// it returns `false`.
    pub(super) fn search(&self, bytes: &[u8], mut visit: impl FnMut(usize, &[Owner]) -> bool) {
        let mut at = 0;
        while let Some((start, pattern)) = self.searcher.find(bytes, at) {
            if !visit(start, &self.owners[pattern]) {
                break;
            }
            at = start + 1;
        }
    }
}

impl Searcher {
    fn new(patterns: &[Vec<u8>]) -> Self {
        if let Some(searcher) = packed::Searcher::new(patterns) {
            return Self::Teddy(searcher);
        }
        // A processor without vectors. So few short patterns are never too many for an automaton.
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::DFA))
            .build(patterns)
            .map_or(Self::Nothing, |automaton| Self::Automaton(Box::new(automaton)))
    }

    /// The start and number of the next pattern from `at` on.
    fn find(&self, bytes: &[u8], at: usize) -> Option<(usize, usize)> {
        let found = match self {
            Self::Nothing => None,
            Self::Teddy(searcher) => searcher.find_in(bytes, Span { start: at, end: bytes.len() }),
            Self::Automaton(automaton) => automaton.find(aho_corasick::Input::new(bytes).range(at..)),
        };
        found.map(|found| (found.start(), found.pattern().as_usize()))
    }
}

/// Each window of the literal: where it begins, and the ways that it may be spelt.
fn windows(literal: &Literal) -> impl Iterator<Item = (usize, Vec<Vec<u8>>)> {
    let text = literal.text.clone();
    let loose = literal.loose;
    let parts = text.split(|byte| *byte == b'_').map(<[u8]>::len);
    let longest = if loose { parts.max().unwrap_or(0) } else { text.len() };
    let length = longest.min(LENGTH);
    let offsets = if length == 0 { 0..0 } else { 0..text.len() - length + 1 };
    offsets.filter_map(move |offset| {
        let window = &text[offset..offset + length];
        if !loose {
            return Some((offset, vec![window.to_vec()]));
        }
        if window.contains(&b'_') {
            return None;
        }
        let mut ways = vec![window.to_ascii_lowercase(), window.to_ascii_uppercase()];
        if offset == 0 || text[offset - 1] == b'_' {
            let mut capital = ways[0].clone();
            capital[0].make_ascii_uppercase();
            ways.push(capital);
        }
        ways.sort();
        ways.dedup();
        Some((offset, ways))
    })
}

/// What searching for these too would cost: a slot for each, and its share of false hits.
fn price(fragments: &[Vec<u8>], chosen: &BTreeMap<Vec<u8>, Vec<Owner>>) -> f64 {
    let news = fragments.iter().filter(|fragment| !chosen.contains_key(*fragment));
    news.map(|fragment| {
        let rarity: u8 = fragment.iter().map(|byte| RARITY.get(usize::from(*byte)).copied().unwrap_or(15)).sum();
        // Letters go together in words far more often than by chance.
        let likely = if fragment.iter().all(u8::is_ascii_lowercase) { WORDLIKE } else { 0.0 };
        1.0 + (20.0 + likely - f64::from(rarity)).exp2()
    })
    .sum()
}

/// Drops every fragment that begins with another one, and gives its owners to that: a search that reports one pattern
/// for each place would hide it.
fn without_prefixed(chosen: BTreeMap<Vec<u8>, Vec<Owner>>) -> BTreeMap<Vec<u8>, Vec<Owner>> {
    let mut kept: BTreeMap<Vec<u8>, Vec<Owner>> = BTreeMap::new();
    for (fragment, owners) in chosen {
        // Shorter ones sort before those that they begin.
        let shorter = (1..=fragment.len()).map(|n| &fragment[..n]).find(|start| kept.contains_key(*start));
        let key = shorter.unwrap_or(&fragment).to_vec();
        kept.entry(key).or_default().extend(owners);
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::marks::Marks;
    use super::super::word::SiftWord;
    use super::*;

    fn literals(words: &[SiftWord]) -> Vec<Literal> {
        words.iter().flat_map(SiftWord::literals).collect()
    }

    /// The words that stand in the text.
    fn found(words: &[SiftWord], text: &str) -> Vec<String> {
        let literals = literals(words);
        let mut found = Vec::new();
        for pass in Fragments::of(&literals).passes() {
            pass.search(text.as_bytes(), |at, candidates| {
                let standing =
                    candidates.iter().filter(|(n, offset)| literals[*n].stands_at(text.as_bytes(), at, *offset));
                found.extend(standing.map(|(n, _)| String::from_utf8_lossy(&literals[*n].text).into_owned()));
                true
            });
        }
        found.sort();
        found
    }

    #[test]
    fn words_that_share_parts_share_fragments() {
        let words =
            ["expire", "expires", "expired", "expiry", "expiration"].map(|text| SiftWord::loose(text, Marks::EXPIRY));
        assert_eq!(Fragments::of(&literals(&words)).passes()[0].owners.len(), 2);
        assert_eq!(found(&words, "isExpired"), ["expired"]);
        assert_eq!(found(&words, "EXPIRY_DATE"), ["expiry"]);
    }

    #[test]
    fn short_and_overlapping_words_hide_nothing() {
        let words = ["ab", "abcd", "abcde", "bcde"].map(|text| SiftWord::exact(text, Marks::CLOCK));
        assert_eq!(found(&words, "xabcdex"), ["ab", "abcd", "abcde", "bcde"]);
        assert!(found(&[SiftWord::default(), SiftWord::loose("__", Marks::CLOCK)], "a_bc").is_empty());
    }

    proptest! {
        #[test]
        fn any_vocabulary_finds_what_a_plain_search_finds(
            words in prop::collection::vec("[a-c]{1,6}", 0..90),
            text in "[a-d]{0,60}",
        ) {
            let mut words = words;
            words.sort();
            words.dedup();
            let places = |word: &String| (0..text.len()).filter(|at| text[*at..].starts_with(word)).count();
            let mut expected: Vec<String> =
                words.iter().flat_map(|word| std::iter::repeat_n(word.clone(), places(word))).collect();
            expected.sort();
            let words: Vec<SiftWord> = words.iter().map(|word| SiftWord::exact(word, Marks::CLOCK)).collect();
            prop_assert_eq!(found(&words, &text), expected);
        }
    }
}
