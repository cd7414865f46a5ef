//! JSON in base64: licence files and keys, registry tokens, envelopes (DSSE, JWS in its JSON form), Docker's logins.
//!
//! The date stands in clear text, one or two encodings deep. Which keys tell a format and which one holds its end is data
//! (`rules/credentials/sealed.yaml`). Compact tokens are [`super::jwt`]'s, whole PEM texts [`super::blob`]'s.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use regex::bytes::Regex;
use serde::Deserialize;
use serde_json::Value;

use crate::calendar::{self, Instant};
use crate::carried::{self, rules};
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, base64_text, date, jwt};

/// How base64 of a JSON object begins: `{"`.
const OBJECT: &[u8] = b"eyJ";

/// The longest value that is decoded, in characters.
const LONGEST: usize = 256 << 10;

/// Values within values are followed so deep.
const DEPTH: usize = 3;

/// The most texts of one value that are looked into.
const TEXTS: usize = 64;

/// What is known of such JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    forms: Vec<Form>,
    claims: Vec<String>,
}

/// One format.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    /// What it is, for the message.
    says: String,
    rule: Rule,
    /// Paths of keys that all must be there.
    has: Vec<String>,
    /// Paths of keys that may hold the end.
    ends: Vec<String>,
    /// What happens at the end.
    effect: String,
    /// Where the format is defined, for whoever maintains it.
    #[serde(rename = "source")]
    _source: String,
}

fn known() -> &'static Sealed {
    static KNOWN: LazyLock<Sealed> = LazyLock::new(|| carried::read(rules!("credentials/sealed")).unwrap_or_default());
    &KNOWN
}

/// What Docker's configuration keeps a login under.
static LOGIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)\\?"auth\\?"\s*:\s*\\?"([A-Za-z0-9+/=_-]{40,65536})\\?""#).ok());

/// The findings of every value that is JSON in base64.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let mut found = licence_files(source);
    if source.contains("\"auths") {
        found.extend(logins(source).unwrap_or_default());
    }
    let bytes = source.bytes();
    let finder = Finder::new(OBJECT);
    let mut at = 0;
    while let Some(start) = finder.find(&bytes[at..]).map(|length| at + length) {
        let length = run(&bytes[start..]);
        at = start + length.max(OBJECT.len());
        let begins = start == 0 || !is_character(bytes[start - 1]) || after_escape(&bytes[..start]);
        // A compact token has dots; one part of it alone is no value.
        let compact = bytes.get(start + length) == Some(&b'.') || start > 0 && bytes[start - 1] == b'.';
        if !begins || compact && !is_key(&bytes[..start]) || source.block_at(start).is_some() {
            continue;
        }
        let shown = start..start + length.min(80);
        let Some(value) = decoded(&bytes[start..start + length]) else { continue };
        found.extend(claims(source, &value, &bytes[..start], &shown));
        look(&value, &shown, DEPTH, &mut found);
    }
    found
}

/// The armoured licence and machine files of Keygen, whose base64 holds JSON with a signature.
fn licence_files(source: &Source) -> Vec<Expiring> {
    let mut found = Vec::new();
    for block in source.blocks().iter().filter(|block| matches!(block.label.as_str(), "LICENSE FILE" | "MACHINE FILE"))
    {
        let json = block.decode(source.bytes()).and_then(|json| serde_json::from_slice::<Value>(&json).ok());
        if let Some(value) = json {
            look(&value, &block.marker, DEPTH, &mut found);
        }
    }
    found
}

/// The logins of a Docker configuration. Tokens that stand in clear text are found as such.
fn logins(source: &Source) -> Option<Vec<Expiring>> {
    let mut found = Vec::new();
    for login in LOGIN.as_ref()?.captures_iter(source.bytes()) {
        let (Some(text), true) = (login.get(1), !login[1].starts_with(OBJECT)) else { continue };
        let shown = text.start()..text.end().min(text.start() + 80);
        found.extend(std::str::from_utf8(text.as_bytes()).ok().and_then(|text| password(text, &shown)));
    }
    Some(found)
}

/// The end of the password of `user:password` in base64: a token, or a registry's own.
fn password(text: &str, shown: &Range<usize>) -> Option<Expiring> {
    let password = login(text)?;
    let form = |value: Value| known().forms.iter().find_map(|form| form.expiring(&value, shown));
    jwt::expiring(&password, shown.clone()).or_else(|| decoded(&password).and_then(form))
}

/// `key/eyJ….signature`: a licence key of Keygen.
fn is_key(before: &[u8]) -> bool {
    before.ends_with(b"key/")
}

/// The end of a JWS in its JSON form: a lone payload with claims beside a signature.
fn claims(source: &Source, value: &Value, before: &[u8], shown: &Range<usize>) -> Option<Expiring> {
    let key = &before[before.len().saturating_sub(24)..];
    let is_payload = memchr::memmem::find(key, b"payload").is_some();
    let signed = || source.contains("\"signature") && source.contains("\"protected\"");
    let exp = known().claims.iter().find_map(|claim| value.get(claim)).filter(|_| is_payload && signed())?;
    let at = time(exp)?;
    let message = format!("token holds until {}", date(at));
    Some(Expiring::new(Rule::TokenExpiry, shown.clone(), at, message, format!("token {}", at.seconds())))
}

/// What the JSON says of itself, and what the texts in it hold.
fn look(value: &Value, shown: &Range<usize>, depth: usize, found: &mut Vec<Expiring>) {
    if let Some(thing) = known().forms.iter().find_map(|form| form.expiring(value, shown)) {
        return found.push(thing);
    }
    let mut texts = Vec::new();
    collect(value, &mut texts, DEPTH);
    for text in texts {
        if let Some(token) = jwt::expiring(text.as_bytes(), shown.clone()) {
            found.push(token);
        } else if let Some(inner) = decoded(text.as_bytes()).filter(|_| depth > 0) {
            look(&inner, shown, depth - 1, found);
        } else {
            found.extend(password(text, shown));
        }
    }
}

/// The password of `user:password` in base64, as Docker keeps it.
fn login(text: &str) -> Option<Vec<u8>> {
    let plain = base64_text::decode(text.as_bytes()).filter(|_| text.len() < LONGEST)?;
    let colon = memchr::memchr(b':', &plain)?;
    plain.get(colon + 1..).map(<[u8]>::to_vec)
}

/// The texts of a value, at any depth.
fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>, depth: usize) {
    if texts.len() >= TEXTS {
        return;
    }
    match value {
        Value::String(text) if text.len() > 16 => texts.push(text),
        Value::Array(items) if depth > 0 => items.iter().for_each(|item| collect(item, texts, depth - 1)),
        Value::Object(fields) if depth > 0 => fields.values().for_each(|field| collect(field, texts, depth - 1)),
        _ => {}
    }
}

impl Form {
    fn expiring(&'static self, value: &Value, shown: &Range<usize>) -> Option<Expiring> {
        self.has.iter().all(|path| member(value, path).is_some()).then_some(())?;
        let at = self.ends.iter().find_map(|path| time(member(value, path)?))?;
        let message = format!("{} holds until {}", self.says, date(at));
        let mut thing = Expiring::new(self.rule, shown.clone(), at, message, format!("{} {}", self.says, at.seconds()));
        thing.effect = &self.effect;
        Some(thing)
    }
}

/// The value below a path of keys.
fn member<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// A time of this century: seconds or milliseconds since 1970, or text.
fn time(value: &Value) -> Option<Instant> {
    const MILLENNIUM: i64 = 946_684_800;
    const FAR: i64 = 100_000_000_000;
    let number = match value {
        Value::Number(number) => number.as_f64()? as i64,
        Value::String(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => return calendar::read(text).map(|reading| reading.instant()),
        },
        _ => return None,
    };
    let seconds = if number > FAR { number / 1000 } else { number };
    (MILLENNIUM..FAR).contains(&seconds).then_some(Instant::from_seconds(seconds))
}

/// A run of base64 as a JSON object. Its own recursion limit guards against deep nesting.
fn decoded(text: &[u8]) -> Option<Value> {
    if !text.starts_with(OBJECT) || text.len() > LONGEST {
        return None;
    }
    serde_json::from_slice(&base64_text::decode(text)?).ok().filter(Value::is_object)
}

/// The length of the run of base64 at the start of a text, in either alphabet.
fn run(text: &[u8]) -> usize {
    text.iter().take(LONGEST).take_while(|byte| is_character(**byte)).count()
}

fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Whether a text ends in an escape such as `\n`, or in the `/` of a licence key, whose characters belong to no value.
fn after_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't']) || is_key(before)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn messages(text: &str) -> Vec<String> {
        read(&Source::new("a.json", text.as_bytes())).into_iter().map(|thing| thing.message).collect()
    }

    fn sealed(json: &str) -> String {
        STANDARD.encode(json)
    }

    #[test]
    fn the_built_in_knowledge_is_read() {
        assert!(known().forms.len() >= 7 && known().forms.iter().all(|form| !form.has.is_empty()));
    }

    #[test]
    fn licences_say_their_end() {
        let keygen = r#"{"data":{"type":"licenses","attributes":{"expiry":"2031-05-06T07:08:09Z"}},"meta":{"ttl":1}}"#;
        let file = sealed(&format!(r#"{{"enc":"{}","sig":"c2ln","alg":"base64+ed25519"}}"#, sealed(keygen)));
        let armoured = format!("-----BEGIN LICENSE FILE-----\n{file}\n-----END LICENSE FILE-----\n");
        let key = URL_SAFE_NO_PAD.encode(r#"{"license":{"id":"1","expiry":"2031-05-06T07:08:09Z"}}"#);
        let cryptolens = sealed(r#"{"ProductId":1,"Key":"A-B","Expires":1935803289}"#);
        let elastic = r#"{"license":{"uid":"1","expiry_date_in_millis":1935803289000,"signature":"A"}}"#;
        for text in [
            armoured,
            format!("LICENSE=key/{key}.c2lnbmF0dXJl"),
            format!(r#"{{"licenseKey":"{cryptolens}","signature":"A"}}"#),
            format!("licence: {}", sealed(elastic)),
        ] {
            assert_eq!(messages(&text), ["licence holds until 2031-05-06"], "{text}");
        }
    }

    #[test]
    fn tokens_and_statements_say_their_end() {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let token = format!("{}.{}.c2ln", part(r#"{"alg":"none"}"#), part(r#"{"exp":1935803289}"#));
        let login = sealed(&format!("user:{token}"));
        let registry = r#"{"payload":"xxxxxxxx","datakey":"yyyyyyyy","expiration":1935803289}"#;
        let layout = sealed(r#"{"_type":"layout","steps":[],"expires":"2031-05-06T07:08:09Z"}"#);
        let claims = part(r#"{"sub":"a","exp":1935803289}"#);
        for (text, what) in [
            (sealed(&format!(r#"{{"auths":{{"r.example":{{"auth":"{login}"}}}}}}"#)), "token"),
            (format!(r#"{{"auths":{{"r.example":{{"auth":"{login}"}}}}}}"#), "token"),
            (
                format!(r#"{{"auths":{{"r":{{"auth":"{}"}}}}}}"#, sealed(&format!("AWS:{}", sealed(registry)))),
                "container registry token",
            ),
            (sealed(registry), "container registry token"),
            (format!(r#"{{"payload":"{layout}","signatures":[]}}"#), "in-toto layout"),
            (format!(r#"{{"payload":"{claims}","protected":"eyJhbGciOiJFUzI1NiJ9","signature":"A"}}"#), "token"),
        ] {
            assert_eq!(messages(&text), [format!("{what} holds until 2031-05-06")], "{text}");
        }
    }

    #[test]
    fn other_json_is_silent() {
        for text in [
            sealed(r#"{"expires":"2031-05-06","name":"cache"}"#),
            format!("t = \"{}.x.y\"", URL_SAFE_NO_PAD.encode(r#"{"license":{"id":"1","expiry":"2031-05-06"}}"#)),
            format!(r#"{{"payload":"{}"}}"#, URL_SAFE_NO_PAD.encode(r#"{"exp":1935803289}"#)),
            sealed(r#"{"license":{"id":"1","expiry":null}}"#),
            "eyJ".repeat(1000),
        ] {
            assert!(messages(&text).is_empty(), "{text}");
        }
    }
}
