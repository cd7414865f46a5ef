//! Signed URLs and shared access signatures: the query says until when the signature is honoured.
//!
//! | service | parameters |
//! |---|---|
//! | Amazon S3, Signature V4 | `X-Amz-Date` + `X-Amz-Expires` |
//! | Amazon S3, Signature V2 | `AWSAccessKeyId`, `Expires`, `Signature` |
//! | CloudFront | `Key-Pair-Id`, `Expires`, `Signature`; or `Policy` with `AWS:EpochTime`; the same in cookies |
//! | Google Cloud Storage | `X-Goog-Date` + `X-Goog-Expires`, or `GoogleAccessId`, `Expires`, `Signature` |
//! | Azure Storage, Service Bus, IoT Hub | `se` + `sig` |

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::calendar::{self, Instant};
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, base64_text, date};

/// A parameter that only a signed URL has.
static PARAMETER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)X-Amz-Expires=|X-Goog-Expires=|Key-Pair-Id=|AWSAccessKeyId=|GoogleAccessId=|(?:[?&;\s]|u0026)sig=",
    )
    .ok()
});

/// A signed cookie of CloudFront, in a header or as an entry of a map.
static COOKIE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?-u)CloudFront-(?:Expires["'=:,\s]{1,8}([0-9]{9,11})\b|Policy["'=:,\s]{1,8}([A-Za-z0-9~_-]{40,2000}))"#,
    )
    .ok()
});

/// The most text of one URL on either side of the parameter.
const REACH: usize = 2_048;

/// The findings of every signed URL.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    let Some(pattern) = PARAMETER.as_ref() else { return Vec::new() };
    let (mut at, mut found) = (0, Vec::new());
    while let Some(hit) = pattern.find_at(bytes, at) {
        let range = url_around(bytes, hit.end() - 1);
        at = range.end.max(hit.end());
        found.extend(expiring(&bytes[range.clone()], range));
    }
    found.extend(cookies(bytes).unwrap_or_default());
    found
}

fn cookies(bytes: &[u8]) -> Option<Vec<Expiring>> {
    let each = COOKIE.as_ref()?.captures_iter(bytes).filter_map(|found| {
        let text = |group: usize| found.get(group).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let at = text(1).and_then(time).or_else(|| policy_end(text(2)?))?;
        let whole = found.get(0)?.range();
        let message = format!("signed CloudFront cookie holds until {}", date(at));
        let matched = format!("signed CloudFront cookie {}", at.seconds());
        Some(Expiring::new(Rule::TokenExpiry, whole.start..whole.end.min(whole.start + 80), at, message, matched))
    });
    Some(each.collect())
}

/// The text without blanks, quotes and brackets around an offset.
fn url_around(bytes: &[u8], at: usize) -> Range<usize> {
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'(' | b')');
    let floor = at.saturating_sub(REACH);
    let start = bytes[floor..at].iter().rposition(ends).map_or(floor, |before| floor + before + 1);
    let ceiling = bytes.len().min(at + REACH);
    let end = bytes[at..ceiling].iter().position(ends).map_or(ceiling, |length| at + length);
    start..end
}

fn expiring(url: &[u8], range: Range<usize>) -> Option<Expiring> {
    let query = Query::new(url);
    let (service, at) = query.expiry()?;
    let message = format!("{service} holds until {}", date(at));
    Some(Expiring::new(Rule::TokenExpiry, range, at, message, format!("{service} {}", at.seconds())))
}

/// The parameters of a query, percent-decoded, also where markup or JSON escapes its `&`.
struct Query(Vec<(String, String)>);

impl Query {
    fn new(url: &[u8]) -> Self {
        let text = String::from_utf8_lossy(url).replace("&amp;", "&").replace("\\u0026", "&");
        let query = text.split_once('?').map_or(text.as_str(), |(_, query)| query);
        let pairs = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (name.to_owned(), percent_decoded(value))).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The service that signed it and its end.
    fn expiry(&self) -> Option<(&'static str, Instant)> {
        let lasting = |date, seconds| self.lasting(date, seconds);
        if let Some(at) = lasting("X-Amz-Date", "X-Amz-Expires") {
            return Some(("presigned S3 URL", at));
        }
        if let Some(at) = lasting("X-Goog-Date", "X-Goog-Expires") {
            return Some(("signed Cloud Storage URL", at));
        }
        if self.get("sig").is_some() {
            return Some(("shared access signature", self.get("se").and_then(time)?));
        }
        let service = match () {
            () if self.get("Key-Pair-Id").is_some() => "signed CloudFront URL",
            () if self.get("AWSAccessKeyId").is_some() => "presigned S3 URL",
            () if self.get("GoogleAccessId").is_some() => "signed Cloud Storage URL",
            () => return None,
        };
        let at = self.get("Expires").and_then(time).or_else(|| policy_end(self.get("Policy")?))?;
        Some((service, at))
    }

    /// The end of what is given as a beginning and a number of seconds.
    fn lasting(&self, beginning: &str, seconds: &str) -> Option<Instant> {
        let beginning = calendar::read(self.get(beginning)?)?.instant();
        let seconds: u32 = self.get(seconds)?.parse().ok()?;
        Some(Instant(beginning.0 + Instant::from_seconds(i64::from(seconds)).0))
    }
}

/// A time as seconds since 1970 or in ISO 8601.
fn time(text: &str) -> Option<Instant> {
    match text.parse::<i64>() {
        Ok(seconds) => (100_000_000..100_000_000_000).contains(&seconds).then_some(Instant::from_seconds(seconds)),
        Err(_) => calendar::read(text).map(|reading| reading.instant()),
    }
}

/// The end in a CloudFront policy: base64 with `-_~` for `+=/`, of JSON with `"DateLessThan":{"AWS:EpochTime":…}`.
fn policy_end(policy: &str) -> Option<Instant> {
    let plain: String = policy
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '=',
            '~' => '/',
            c => c,
        })
        .collect();
    let policy = base64_text::decode(plain.as_bytes())?;
    let policy = String::from_utf8_lossy(&policy);
    let (_, less_than) = policy.split_once("\"DateLessThan\"")?;
    let digits = less_than.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
    time(&digits.collect::<String>())
}

fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'%').then(|| after.get(..2)).flatten();
        match code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()) {
            Some(code) => {
                decoded.push(code);
                rest = &after[2..];
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> Vec<(i128, String)> {
        read(&Source::new("", text.as_bytes()))
            .iter()
            .filter_map(|thing| Some((thing.at?.seconds(), thing.message.clone())))
            .collect()
    }

    #[test]
    fn each_service_says_its_end() {
        let cases = [
            (
                "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=A&X-Amz-Date=20300101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=0",
                1_893_459_600,
            ),
            ("https://b.s3.amazonaws.com/k?AWSAccessKeyId=A&Expires=1900000000&Signature=x%3D", 1_900_000_000),
            ("'https://d.cloudfront.net/k?Expires=1900000000&amp;Signature=x&amp;Key-Pair-Id=K'", 1_900_000_000),
            (
                "https://storage.googleapis.com/b/k?X-Goog-Date=20300101T000000Z\\u0026X-Goog-Expires=60\\u0026X-Goog-Signature=0",
                1_893_456_060,
            ),
            (
                "url: https://a.blob.core.windows.net/c?sv=2020-08-04&se=2030-01-01T00%3A00%3A00Z&sp=r&sig=x%3D",
                1_893_456_000,
            ),
            ("\"SharedAccessSignature sr=h&sig=x%3d&se=1900000000&skn=k\"", 1_900_000_000),
        ];
        for (text, at) in cases {
            let read = ends(text);
            assert_eq!(read.first().map(|(end, _)| *end), Some(at), "{text}: {read:?}");
            assert_eq!(read.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_policy_is_read() {
        // {"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1900000000}}}]}
        let policy =
            "eyJTdGF0ZW1lbnQiOlt7IkNvbmRpdGlvbiI6eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTkwMDAwMDAwMH19fV19";
        let text = format!("https://d.cloudfront.net/k?Policy={policy}&Signature=x&Key-Pair-Id=K");
        assert_eq!(ends(&text)[0].0, 1_900_000_000);
    }

    #[test]
    fn a_signed_cookie_says_its_end() {
        let policy =
            "eyJTdGF0ZW1lbnQiOlt7IkNvbmRpdGlvbiI6eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTkwMDAwMDAwMH19fV19";
        for text in [
            "Cookie: CloudFront-Expires=1900000000; CloudFront-Signature=x".to_owned(),
            "jar = {'CloudFront-Expires': '1900000000'}".to_owned(),
            format!("CloudFront-Policy={policy}; CloudFront-Key-Pair-Id=K"),
        ] {
            assert_eq!(ends(&text), [(1_900_000_000, "signed CloudFront cookie holds until 2030-03-17".to_owned())]);
        }
        assert!(ends("res.cookie('CloudFront-Policy', policy)").is_empty());
    }

    #[test]
    fn an_unsigned_query_is_silent() {
        for text in
            ["https://x/?Expires=1900000000", "?sig=1&x=2", "X-Amz-Expires=60", "?se=2030-01-01&sig", "?sig=x&se=soon"]
        {
            assert!(ends(text).is_empty(), "{text}");
        }
    }
}
