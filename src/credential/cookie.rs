//! Literal `Set-Cookie` headers, and cookies that a page's script sets, with an `Expires` date (RFC 6265 § 4.1.2.1). Weak
//! evidence: a date long past deletes the cookie, and most others are examples; so these are `possible` only.

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

/// The findings of every literal cookie with an end.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
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
}
