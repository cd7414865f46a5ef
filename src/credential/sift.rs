//! By what a file is known that may hold a credential, read from `rules/credentials/sift.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::carried::{self, rules};

/// What makes a file worth reading for credentials. Whoever walks a tree searches for these in its one pass.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sift {
    /// Bytes anywhere in the file.
    pub words: Vec<String>,
    /// How base64 of one begins. Counts where at least [`Sift::BASE64`] letters, digits, `+` or `/` follow.
    pub base64: Vec<String>,
    /// Endings of files that are a credential as a whole, in lower case without the dot.
    pub extensions: Vec<String>,
    /// First bytes of binary files that are one, in hexadecimal.
    pub magic: Vec<String>,
}

/// The built-in knowledge.
pub fn sift() -> &'static Sift {
    static SIFT: LazyLock<Sift> = LazyLock::new(|| carried::read(rules!("credentials/sift")).unwrap_or_default());
    &SIFT
}

impl Sift {
    /// How long what follows the beginning of a base64 value is at least: no value that ends is shorter.
    pub const BASE64: usize = 12;

    /// Whether a file is worth reading, by its name and bytes.
    pub fn keeps(&self, path: &str, bytes: &[u8]) -> bool {
        let ending = path.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase());
        self.extensions.contains(&ending)
            || self.magic.iter().any(|magic| begins(bytes, magic))
            || self.words.iter().chain(&self.base64).any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
    }
}

/// Whether `bytes` begin with the bytes that `magic` spells in hexadecimal.
fn begins(bytes: &[u8], magic: &str) -> bool {
    let spelled = (0..magic.len()).step_by(2).map(|at| magic.get(at..at + 2));
    let mut pairs = spelled.zip(bytes.iter().map(Some).chain(std::iter::repeat(None)));
    pairs.all(|(digits, byte)| digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).as_ref() == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_knowledge_is_read() {
        assert!(sift().words.len() > 20 && sift().extensions.len() > 10 && sift().magic.len() > 5);
    }

    #[test]
    fn names_first_bytes_and_words_keep_a_file() {
        assert!(sift().keeps("a/trust.JKS", b""));
        assert!(sift().keeps("a", &[0xFE, 0xED, 0xFE, 0xED, 0]));
        assert!(sift().keeps("a.c", b"x = \"-----BEGIN \""));
        assert!(!sift().keeps("a.c", b"int main(void) { return 0x30; }"));
        assert!(!sift().keeps("", b"") && !sift().keeps("a", &[0xFE, 0xED]));
    }
}
