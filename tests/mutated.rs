//! Every decoder with changed seeds: cut at every length, bytes flipped, stretches doubled, moved and overwritten. The same
//! entries are fuzzed (`fuzz/`). Nothing may panic or take long.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[path = "../fuzz/entries.rs"]
mod entries;

/// Changed seeds of one decoder.
const ROUNDS: usize = 1000;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end.max(1)
    }
}

fn seeds(places: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = Vec::new();
    for place in places.iter().map(|place| root.join(place)) {
        if place.is_dir() {
            files.extend(fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.push(place);
        }
    }
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn changed(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let length = dice.below(bytes.len() - at).min(64);
        match dice.below(6) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            2 if at < bytes.len() => bytes[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][dice.below(6)],
            3 => bytes.extend_from_within(at..at + length),
            4 => bytes[at..at + length].fill(0xFF),
            _ => {
                let stretch = bytes[at..at + length].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, stretch);
            }
        }
    }
    bytes
}

#[test]
fn changed_seeds_are_no_harm() {
    for (n, (name, entry, places)) in entries::ENTRIES.into_iter().enumerate() {
        let seeds = seeds(places);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        let mut dice = Dice(0x1234_79B9_7F4A_7C15 ^ n as u64);
        for round in 0..ROUNDS {
            let bytes = changed(&seeds[round % seeds.len()], &mut dice);
            let began = Instant::now();
            entry(&bytes);
            let took = began.elapsed();
            assert!(took < Duration::from_secs(10), "{name}, round {round}: {took:?}");
        }
    }
}

#[test]
fn der_is_cut_at_every_length() {
    for name in ["leaf.der", "chain.p7b", "trust.jks", "keyring.gpg"] {
        let whole = fs::read(format!("{}/tests/fixtures/credential/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for end in 0..whole.len() {
            entries::der(&whole[..end]);
            entries::keystore(&whole[..end]);
            entries::pkcs12(&whole[..end]);
        }
    }
}
