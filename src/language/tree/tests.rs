//! What every frontend tests its table with, and the bounds that hold for all.

use super::Grammar;
use crate::language::print;

/// Every kind and field that the dialect's table names exists in the grammar.
pub(crate) fn known(grammar: &'static Grammar) {
    known_but(grammar, &[]);
}

/// … but for these, which a table that it builds on has for its own grammar.
pub(crate) fn known_but(grammar: &'static Grammar, others: &[&str]) {
    assert_eq!(grammar.table().unknown, others, "names that the grammar does not have");
}

/// The sample, with bytes of it dropped, doubled, swapped and replaced by brackets in a fixed random order, is lowered
/// without a panic; and so is each of its prefixes.
pub(crate) fn survives(grammar: &'static Grammar, sample: &str) {
    let chars: Vec<char> = sample.chars().collect();
    let mut random = Random(0x5DEE_CE66_D1CE_4E5B);
    for _ in 0..200 {
        let mut mutated = chars.clone();
        for _ in 0..=random.below(8) {
            mutate(&mut mutated, &mut random);
        }
        let text: String = mutated.into_iter().collect();
        print::module(&grammar.lower(&text));
    }
    for end in (0..chars.len()).step_by(chars.len() / 50 + 1) {
        grammar.lower(&chars[..end].iter().collect::<String>());
    }
}

/// Brackets a hundred thousand deep end in a gap, not in an overflow.
pub(crate) fn bounded(grammar: &'static Grammar) {
    nested(grammar, &["(", "[", "{", "-", "a(", "a ? ", "if (a) ", "x = "]);
    let chain = format!("int x = {};", vec!["1"; 100_000].join(" + "));
    grammar.lower(&chain);
    let balanced = format!("int x = {}1{};", "(-".repeat(10_000), ")".repeat(10_000));
    assert!(!grammar.lower(&balanced).gaps.is_empty());
}

/// What opens something, repeated over a hundred thousand bytes, is survived.
pub(crate) fn nested(grammar: &'static Grammar, openers: &[&str]) {
    for open in openers {
        let text = open.repeat(100_000 / open.len());
        grammar.lower(&text);
        grammar.lower(&format!("void f() {{ {text} }}"));
    }
}

/// What is opened, and closed again, up to twenty thousand times over, is survived: `(open, inner, close)`.
pub(crate) fn balanced(grammar: &'static Grammar, cases: &[(&str, &str, &str)]) {
    for (open, inner, close) in cases {
        for times in [900, 20_000] {
            grammar.lower(&[&open.repeat(times), *inner, &close.repeat(times)].concat());
        }
    }
}

fn mutate(text: &mut Vec<char>, random: &mut Random) {
    const BRACKETS: [char; 16] = ['(', ')', '[', ']', '{', '}', '"', '\'', ';', ':', '\\', '\n', '\0', '#', 'é', '<'];
    let at = random.below(text.len());
    if text.is_empty() {
        return;
    }
    match random.below(4) {
        0 => {
            let end = (at + random.below(20)).min(text.len());
            text.drain(at..end);
        }
        1 => {
            let end = (at + random.below(20)).min(text.len());
            let copy = text[at..end].to_vec();
            text.splice(at..at, copy);
        }
        2 => {
            let other = random.below(text.len());
            text.swap(at, other);
        }
        _ => text[at] = BRACKETS[random.below(BRACKETS.len())],
    }
}

/// A small generator (xorshift): the same mutations in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}
