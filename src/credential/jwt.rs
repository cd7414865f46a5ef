//! JSON Web Tokens (RFC 7519) in compact form: `eyJ….eyJ….…`, whose claim `exp` (§ 4.1.4) is the end. A token without
//! one, and an encrypted one (RFC 7516), says nothing.

use std::ops::Range;

use memchr::memmem::Finder;
use serde_json::Value;

use crate::calendar::Instant;
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, base64_text, date};

/// The longest token read; servers refuse headers well below.
const LONGEST: usize = 64 << 10;

/// The findings of every token with an end.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    let finder = Finder::new("eyJ");
    let (mut at, mut found) = (0, Vec::new());
    while let Some(start) = finder.find(&bytes[at..]).map(|length| at + length) {
        let (token, read) = token(&bytes[start..bytes.len().min(start + LONGEST)]);
        at = start + read.max(3);
        let middle = start > 0 && (is_character(bytes[start - 1]) && !after_escape(&bytes[..start]));
        if !middle && source.block_at(start).is_none() {
            found.extend(expiring(&token, start..start + shown(&bytes[start..])));
        }
    }
    found
}

/// The token at the start of a text, over the joints of literals, and how much of the text it takes.
fn token(text: &[u8]) -> (Vec<u8>, usize) {
    let (mut token, mut at) = (Vec::new(), 0);
    loop {
        let run = shown(&text[at..]);
        token.extend_from_slice(&text[at..at + run]);
        at += run;
        match joint(&text[at..]) {
            Some(length) => at += length,
            None => return (token, at),
        }
    }
}

/// The length of what joins two literals on two lines: `" +⏎ "`, `"⏎ "`, `' \⏎ '`; within one, `\⏎`.
fn joint(text: &[u8]) -> Option<usize> {
    if let Some(rest) = text.strip_prefix(b"\\\n").or_else(|| text.strip_prefix(b"\\\r\n")) {
        let blanks = rest.iter().take(200).take_while(|byte| byte.is_ascii_whitespace()).count();
        return Some(text.len() - rest.len() + blanks);
    }
    let quote = *text.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let window = &text[1..text.len().min(200)];
    let next = window.iter().position(|byte| *byte == quote)?;
    let between = &window[..next];
    let joins = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'+' | b'\\' | b'.' | b'&');
    (between.contains(&b'\n') && between.iter().all(joins)).then_some(next + 2)
}

/// The length of the run of token characters at the start of a text.
fn shown(text: &[u8]) -> usize {
    text.iter().take(LONGEST).take_while(|byte| is_character(**byte) || **byte == b'.').count()
}

fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a text ends in an escape such as `\n`, whose letter belongs to no token.
fn after_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't'])
}

/// The finding of one token, if it is one with an end.
pub(super) fn expiring(token: &[u8], range: Range<usize>) -> Option<Expiring> {
    let mut segments = token.split(|byte| *byte == b'.');
    let (header, payload, _signature) = (segments.next()?, segments.next()?, segments.next()?);
    if segments.next().is_some_and(|segment| !segment.is_empty()) || payload.is_empty() {
        return None;
    }
    let header = json(header)?;
    header.get("alg")?;
    let claims = json(payload)?;
    let at = seconds(claims.get("exp")?)?;
    let whose = ["sub", "iss", "name", "aud"].iter().find_map(|claim| claims.get(claim)?.as_str());
    let whose = whose.map(|text| text.chars().filter(|c| !c.is_control()).take(48).collect::<String>());
    let of = whose.as_deref().map(|whose| format!(" of {whose}")).unwrap_or_default();
    let message = format!("token{of} holds until {}", date(at));
    let matched = format!("token {} {}", whose.unwrap_or_default(), at.seconds());
    Some(Expiring::new(Rule::TokenExpiry, range, at, message, matched))
}

/// A segment as JSON. Its own recursion limit guards against deep nesting.
fn json(segment: &[u8]) -> Option<Value> {
    serde_json::from_slice(&base64_text::decode(segment)?).ok()
}

/// A NumericDate (RFC 7519 § 2): seconds since 1970, by some writers with a fraction, as text, or in milliseconds. A
/// token that ended before this century is made up.
fn seconds(claim: &Value) -> Option<Instant> {
    let number = match claim {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let number = if number > 1e11 { number / 1000.0 } else { number };
    (946_684_800.0..1e11).contains(&number).then_some(Instant::from_seconds(number as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn made(header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(claims))
    }

    fn ends(text: &str) -> Vec<i128> {
        read(&Source::new("a.py", text.as_bytes())).iter().filter_map(|thing| Some(thing.at?.seconds())).collect()
    }

    #[test]
    fn the_claim_exp_is_the_end() {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        for claims in
            [r#"{"exp":2000000000}"#, r#"{"exp":2000000000.5}"#, r#"{"exp":"2000000000"}"#, r#"{"exp":2000000000000}"#]
        {
            assert_eq!(ends(&format!("token = '{}'", made(header, claims))), [2_000_000_000], "{claims}");
        }
        for claims in [r#"{"sub":"1234567890","iat":1516239022}"#, r#"{"exp":0}"#, r#"{"exp":null}"#, "[]", "{"] {
            assert_eq!(ends(&made(header, claims)), [0; 0], "{claims}");
        }
        assert_eq!(ends(&made(r#"{"typ":"JWT"}"#, r#"{"exp":2000000000}"#)), [0; 0], "no algorithm");
    }

    #[test]
    fn a_token_may_be_split_over_literals() {
        let token = made(r#"{"alg":"none"}"#, r#"{"sub":"me","exp":2000000000}"#);
        let (first, second) = token.split_at(20);
        for text in [
            format!("('{first}'\n '{second}')"),
            format!("\"{first}\" +\n  \"{second}\";"),
            format!("\"{first}\\\n    {second}\";"),
            format!("Authorization: Bearer {token}\n"),
            format!("\\n{token}"),
        ] {
            assert_eq!(ends(&text), [2_000_000_000], "{text}");
        }
        assert_eq!(ends(&format!("('{first}', '{second}')")), [0; 0]);
        assert_eq!(ends(&format!("x{token}")), [0; 0]);
    }

    #[test]
    fn the_message_says_whose() {
        let text = made(r#"{"alg":"none"}"#, r#"{"sub":"me","exp":2000000000}"#);
        let found = read(&Source::new("", text.as_bytes()));
        assert_eq!(found[0].message, "token of me holds until 2033-05-18");
    }
}
