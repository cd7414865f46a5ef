//! Literal `Set-Cookie` headers, and cookies that a page's script sets, with an `Expires` date (RFC 6265 § 4.1.2.1). Weak
//! evidence: a date long past deletes the cookie, and most others are examples; so these are `possible` only.
//!
//! Files of cookies as Netscape's browser kept them, and curl and wget do: one a line, seven fields with a tab between them,
//! of which the fifth is the end in seconds since 1970. Who loads such a file is left with those that hold.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::calendar::{self, Instant};
use crate::finding::{Confidence, Rule, Severity};

use super::source::Source;
use super::{Expiring, date};

static SET_COOKIE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)(?:(?:set-cookie["']?\s?[:,=]|document\.cookie\s?\+?=)\s?["'`]?|set-cookie\s+["'])([!-:<-~]{1,200}?)=[^\r\n]{0,300}?;\s*expires=([a-z]{3,9},?[ 0-9a-z:-]{12,40})"#).ok()
});

/// Cookies that ended before there were any (1994) are set to be deleted.
const NEVER: Instant = Instant::from_seconds(757_382_400);

/// What a file of cookies begins with.
const JARS: [&str; 2] = ["# Netscape HTTP Cookie File", "# HTTP Cookie File"];
/// Cookies of one file that are told.
const TOLD: usize = 8;

/// The findings of every literal cookie with an end, and of every one in a file of cookies.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    literal(source).into_iter().chain(kept(source)).collect()
}

/// The cookies of a file of cookies; those without an end hold as long as a browser runs.
fn kept(source: &Source) -> Vec<Expiring> {
    let text = source.bytes();
    if !JARS.iter().any(|jar| text.starts_with(jar.as_bytes())) {
        return Vec::new();
    }
    let mut line_starts = 0;
    let cookies = text.split_inclusive(|byte| *byte == b'\n').filter_map(|line| {
        let start = line_starts;
        line_starts += line.len();
        cookie(start, line)
    });
    cookies.take(TOLD).collect()
}

/// The cookie of a line that starts at an offset.
fn cookie(start: usize, line: &[u8]) -> Option<Expiring> {
    let fields: Vec<&str> = std::str::from_utf8(line).ok()?.trim_end().split('\t').collect();
    let [domain, _, _, _, ends, name, ..] = fields.as_slice() else { return None };
    let at = Instant::from_seconds(ends.parse().ok()?);
    let offset = fields[..4].iter().map(|field| field.len() + 1).sum::<usize>() + start;
    let message = format!("cookie `{name}` of {} ends on {}", domain.trim_start_matches("#HttpOnly_"), date(at));
    let range = offset..offset + ends.len();
    let mut thing = Expiring::new(Rule::TokenExpiry, range, at, message, format!("cookie {domain} {name} {ends}"));
    thing.confidence = Confidence::Likely;
    thing.effect = "who loads the file drops the cookie";
    (at > NEVER).then_some(thing)
}

fn literal(source: &Source) -> Vec<Expiring> {
    let Some(pattern) = SET_COOKIE.as_ref().filter(|_| source.contains("ookie")) else { return Vec::new() };
    pattern
        .captures_iter(source.bytes())
        .filter_map(|found| {
            let text = String::from_utf8_lossy(&found[2]);
            let at = calendar::read(text.trim())?.instant();
            (at > NEVER).then_some(())?;
            let name = String::from_utf8_lossy(&found[1]);
            let name = name.trim_matches(['"', '\'']);
            let message = format!("cookie `{name}` is set until {}", date(at));
            let matched = format!("cookie {name} {}", text.trim());
            let mut thing = Expiring::new(Rule::TokenExpiry, found.get(2)?.range(), at, message, matched);
            thing.confidence = Confidence::Possible;
            thing.severity = Severity::Changes;
            thing.effect = "browsers drop the cookie as soon as it is set";
            Some(thing)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_header_is_weak_evidence() {
        for text in [
            "Set-Cookie: id=1; Path=/; Expires=Wed, 01 Jan 2031 00:00:00 GMT",
            "document.cookie = 'id=1; expires=Wed, 01 Jan 2031 00:00:00 UTC; path=/';",
            "add_header Set-Cookie \"id=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT; Path=/\";",
            "header('Set-Cookie: id=1; expires=Wed, 01-Jan-2031 00:00:00 GMT; secure');",
        ] {
            let found = read(&Source::new("a.php", text.as_bytes()));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].message, "cookie `id` is set until 2031-01-01");
            assert_eq!(found[0].confidence, Confidence::Possible);
        }
        let deleted = "Set-Cookie: id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        assert!(read(&Source::new("a.php", deleted.as_bytes())).is_empty());
    }

    #[test]
    fn files_of_cookies_tell_when_each_ends() {
        let jar = "# Netscape HTTP Cookie File\n\n\
                   #HttpOnly_.example.org\tTRUE\t/\tTRUE\t1893456000\tsession\tabc\r\n\
                   example.org\tFALSE\t/\tFALSE\t0\tcsrf\tdef\n\
                   # a comment\nexample.org\tFALSE\t/\n";
        let found = read(&Source::new("cookies.txt", jar.as_bytes()));
        let told: Vec<&str> = found.iter().map(|thing| thing.message.as_str()).collect();
        assert_eq!(told, ["cookie `session` of .example.org ends on 2030-01-01"]);
        assert_eq!(jar.get(found[0].range.clone()), Some("1893456000"));
        assert!(read(&Source::new("a.txt", &jar.as_bytes()[2..])).is_empty());
    }
}
