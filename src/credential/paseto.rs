//! PASETO public tokens: `v4.public.` and base64url of claims and signature; the claim `exp` is an ISO 8601 time.

use memchr::memmem;
use serde_json::Value;

use crate::calendar;
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, base64_text, date};

/// The length of a signature by version (PASETO version specifications, § Sign).
const SIGNATURES: [(&[u8], usize); 4] = [(b"v1", 256), (b"v2", 64), (b"v3", 96), (b"v4", 64)];
/// The longest token read.
const LONGEST: usize = 64 << 10;

/// The findings of every public token with an end.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    memmem::find_iter(bytes, b".public.").filter_map(|at| token(bytes, at)).collect()
}

/// The token whose purpose stands at `purpose`.
fn token(bytes: &[u8], purpose: usize) -> Option<Expiring> {
    let start = purpose.checked_sub(2)?;
    let (_, signature) = SIGNATURES.iter().find(|(version, _)| *version == &bytes[start..purpose])?;
    let body = purpose + b".public.".len();
    let character = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let end = body + bytes[body..].iter().take(LONGEST).take_while(character).count();
    let signed = base64_text::decode(&bytes[body..end])?;
    let claims: Value = serde_json::from_slice(signed.get(..signed.len().checked_sub(*signature)?)?).ok()?;
    let text = claims.get("exp")?.as_str()?;
    let at = calendar::read(text)?.instant();
    let message = format!("PASETO token holds until {}", date(at));
    Some(Expiring::new(Rule::TokenExpiry, start..end, at, message, format!("paseto {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn the_claims_stand_before_the_signature() {
        let mut signed = br#"{"exp":"2030-01-02T03:04:05+00:00"}"#.to_vec();
        signed.extend([0x80; 64]);
        let body = URL_SAFE_NO_PAD.encode(&signed);
        let ends = |text: String| -> Vec<String> {
            read(&Source::new("", text.as_bytes())).iter().filter_map(|thing| thing.at.map(date)).collect()
        };
        assert_eq!(ends(format!("t = \"v4.public.{body}.Zm9v\"")), ["2030-01-02"]);
        assert_eq!(ends(format!("t = \"v1.public.{body}\"")), [""; 0]);
        assert_eq!(ends(format!("t = \"v4.local.{body}\"")), [""; 0]);
    }
}
