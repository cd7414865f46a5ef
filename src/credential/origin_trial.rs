//! Chrome origin-trial tokens: base64 of a version byte, a 64-byte signature, a length, and a JSON payload with
//! `expiry` in seconds. The browser ignores the token from then on, and the feature with it.
//!
//! The payload begins after 69 bytes, which is 92 characters of base64, so `{"` shows as `eyJ` in every token.

use memchr::memmem;
use serde_json::Value;

use crate::calendar::Instant;
use crate::finding::{Rule, Severity};

use super::source::Source;
use super::{Expiring, base64_text, date};

/// Characters before the payload.
const HEAD: usize = 92;
/// The longest payload read.
const LONGEST: usize = 4_096;

/// The findings of every origin-trial token.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    memmem::find_iter(bytes, b"eyJ").filter_map(|at| token(bytes, at.checked_sub(HEAD)?)).collect()
}

fn token(bytes: &[u8], start: usize) -> Option<Expiring> {
    let character = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if bytes[start] != b'A' || !bytes[start..start + HEAD].iter().all(|byte| character(&byte)) {
        return None;
    }
    let head = base64_text::decode(&bytes[start..start + HEAD])?;
    let length = usize::try_from(u32::from_be_bytes(head.get(65..69)?.try_into().ok()?)).ok()?;
    if !matches!(head[0], 2 | 3) || length > LONGEST {
        return None;
    }
    let rest = &bytes[start + HEAD..];
    let end = start + HEAD + rest.iter().take(LONGEST * 2).take_while(character).count();
    let payload = base64_text::decode(&bytes[start + HEAD..end])?;
    let payload: Value = serde_json::from_slice(payload.get(..length)?).ok()?;
    let at = Instant::from_seconds(payload.get("expiry")?.as_i64()?);
    let feature: String = payload.get("feature")?.as_str()?.chars().filter(|c| !c.is_control()).take(64).collect();
    let message = format!("origin-trial token for {feature} holds until {}", date(at));
    let mut thing =
        Expiring::new(Rule::TokenExpiry, start..end, at, message, format!("origin trial {feature} {}", at.seconds()));
    thing.severity = Severity::Changes;
    thing.effect = "browsers switch the feature off";
    Some(thing)
}

#[cfg(test)]
mod tests {
    use super::*;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn the_payload_follows_its_length() {
        let payload = br#"{"origin":"https://fuse.example:443","feature":"Spark","expiry":2000000000}"#;
        let mut token = vec![3];
        token.extend([0x5A; 64]);
        token.extend((payload.len() as u32).to_be_bytes());
        token.extend(payload);
        let text = format!("<meta http-equiv=\"origin-trial\" content=\"{}\">", STANDARD.encode(&token));
        let found = read(&Source::new("index.html", text.as_bytes()));
        let messages: Vec<&str> = found.iter().map(|thing| thing.message.as_str()).collect();
        assert_eq!(messages, ["origin-trial token for Spark holds until 2033-05-18"]);
        token[0] = 9;
        assert!(read(&Source::new("", STANDARD.encode(&token).as_bytes())).is_empty());
    }
}
