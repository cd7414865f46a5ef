//! Facts in a file: a head that says what they are, and a seal that shows whether they are whole.
//!
//! ```text
//! "defuse\0" kind   what it is, and in which form          8 bytes
//! rules             the version and rules that made it     32 bytes
//! seal              of what follows                        32 bytes
//! facts             postcard, deflated
//! ```
//!
//! What is cut short, was changed, or was made by another version or by other rules is told apart and never used.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What facts are unfolded to at most, in bytes.
const LIMIT: u64 = 4 << 30;
const NAME: &[u8; 7] = b"defuse\0";
const HEAD: usize = 8 + 32 + 32;

/// A hash that tells contents apart.
pub(super) type Digest = [u8; 32];

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// The facts of some files, for `defuse link`.
    Facts = 1,
    /// Which files a cache knows, and in which state.
    Index = 2,
    /// The facts that a cache holds.
    Entries = 3,
}

/// Why a file's facts are not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// It is something else.
    #[error("it holds no facts of defuse")]
    Foreign,
    /// It is cut short or was changed.
    #[error("it is damaged")]
    Damaged,
    /// It was made by another version or by other rules.
    #[error("it was made by another version of defuse, or with other rules")]
    Other,
}

/// What a file holds for these facts.
pub(super) fn seal(kind: Kind, rules: &Digest, facts: &impl Serialize) -> Result<Vec<u8>, Broken> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    let plain = postcard::to_stdvec(facts).map_err(|_| Broken::Damaged)?;
    let body = encoder.write_all(&plain).and_then(|()| encoder.finish()).map_err(|_| Broken::Damaged)?;
    let mut bytes = Vec::with_capacity(HEAD + body.len());
    bytes.extend_from_slice(NAME);
    bytes.push(kind as u8);
    bytes.extend_from_slice(rules);
    bytes.extend_from_slice(blake3::hash(&body).as_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// The facts that a file holds, if these rules made them.
pub(super) fn open<T: DeserializeOwned>(kind: Kind, rules: &Digest, bytes: &[u8]) -> Result<T, Broken> {
    let (made_by, body) = body(kind, bytes)?;
    if made_by != rules { Err(Broken::Other) } else { unfold(body) }
}

/// The facts that a file holds, and the rules that made them.
pub(super) fn open_any<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<(Digest, T), Broken> {
    let (made_by, body) = body(kind, bytes)?;
    let rules = made_by.try_into().map_err(|_| Broken::Foreign)?;
    Ok((rules, unfold(body)?))
}

/// The rules that made a file, and what follows its head.
fn body(kind: Kind, bytes: &[u8]) -> Result<(&[u8], &[u8]), Broken> {
    let (head, body) = bytes.split_at_checked(HEAD).ok_or(Broken::Foreign)?;
    let (name, head) = head.split_at(NAME.len());
    if name != NAME || head[0] != kind as u8 {
        return Err(Broken::Foreign);
    }
    let (made_by, sealed) = head[1..].split_at(32);
    if sealed != blake3::hash(body).as_bytes() {
        return Err(Broken::Damaged);
    }
    Ok((made_by, body))
}

fn unfold<T: DeserializeOwned>(body: &[u8]) -> Result<T, Broken> {
    let mut plain = Vec::new();
    DeflateDecoder::new(body).take(LIMIT).read_to_end(&mut plain).map_err(|_| Broken::Damaged)?;
    postcard::from_bytes(&plain).map_err(|_| Broken::Damaged)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const RULES: Digest = [7; 32];

    #[test]
    fn what_was_sealed_is_opened() {
        let facts = vec!["a".to_owned(), "b".repeat(1000)];
        let bytes = seal(Kind::Facts, &RULES, &facts).unwrap();
        assert_eq!(open::<Vec<String>>(Kind::Facts, &RULES, &bytes).unwrap(), facts);
        assert_eq!(open::<Vec<String>>(Kind::Index, &RULES, &bytes), Err(Broken::Foreign));
        assert_eq!(open::<Vec<String>>(Kind::Facts, &[8; 32], &bytes), Err(Broken::Other));
    }

    #[test]
    fn no_damaged_file_is_used() {
        let bytes = seal(Kind::Facts, &RULES, &vec![1_u64, 2, 3]).unwrap();
        for end in 0..bytes.len() {
            assert!(open::<Vec<u64>>(Kind::Facts, &RULES, &bytes[..end]).is_err(), "cut at {end}");
            let mut changed = bytes.clone();
            changed[end] ^= 0x20;
            assert!(open::<Vec<u64>>(Kind::Facts, &RULES, &changed).is_err(), "changed at {end}");
        }
    }
}
