//! Dates inside a text that a test gives: attributes of a cookie or header, a document, a flag of a command line.

use crate::calendar::{self, Instant};
use crate::finding::Span;
use crate::flow::facts::Id;
use crate::vocabulary::Strength;

use super::given::{Collector, Dated, Kind, Named};

impl Collector<'_> {
    /// Attributes inside a text: `expires=…`, `"validUntil": "…"`, `If-Modified-Since: …`.
    pub(super) fn text(&mut self, id: Id, text: &str) {
        let span = self.facts.term(id).span;
        if let Some([from, to]) = interval(text) {
            for (name, kind, at) in [("valid after", Kind::Ahead, from), ("valid before", Kind::Date, to)] {
                let named = Named { holder: id, name, strength: Some(Strength::Strong), function: None };
                self.push(named, Dated::plain(kind, at, span));
            }
        }
        for (range, reading) in calendar::find_all(text) {
            let Some(name) = text.get(..range.start).and_then(key_before) else { continue };
            let line = text.get(..range.start).map_or(0, |before| before.matches('\n').count()) as u32;
            // A text over several lines as its source shows it.
            let place = match span.line + line {
                at if line > 0 && at <= span.end_line => Span::on_line(at, 1, 2),
                _ => span,
            };
            let said = self.names.said(name);
            if said.kind == Kind::Ahead || said.strength == Some(Strength::Strong) || said.asked {
                let kind = match said.kind {
                    Kind::Ahead => Kind::Ahead,
                    _ if is_cookie(text.get(..range.start).unwrap_or("")) => Kind::Cookie,
                    _ => Kind::Date,
                };
                let named = Named { holder: id, name, strength: said.strength, function: None };
                self.push(named, Dated::plain(kind, reading.instant(), place));
            }
        }
    }
}

/// The name before a date in a text: `NAME=`, `NAME: `, `"NAME": "`.
fn key_before(before: &str) -> Option<&str> {
    let before = before.trim_end_matches([' ', '"', '\'', '\\', '(']);
    let before = before.strip_suffix("=>").or_else(|| before.strip_suffix(['=', ':']))?;
    let before = before.trim_end_matches([' ', '"', '\'', '\\']);
    let start = before
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    before.get(start..).filter(|name| !name.is_empty() && name.len() <= 48)
}

/// What stands before the date makes the text a cookie: `name=value; Path=/; Expires=`.
fn is_cookie(before: &str) -> bool {
    let Some((front, attribute)) = before.rsplit_once(';') else { return false };
    let Some((name, _)) = front.split(';').next().unwrap_or("").split_once('=') else { return false };
    let name = name.trim().rsplit([' ', ':']).next().unwrap_or("");
    attribute.trim().to_ascii_lowercase().starts_with("expires=")
        && !name.is_empty()
        && !name.contains(['"', '\'', '<'])
}

/// From when to when a certificate of `ssh-keygen -V20300101:20320101` is valid.
fn interval(text: &str) -> Option<[Instant; 2]> {
    let (_, after) = text.split_once("-V")?;
    let after = after.trim_start_matches([' ', '"', '\'']);
    let (from, rest) = after.split_once(':')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let read = |text: &str| (text.len() >= 8).then(|| calendar::read(text)).flatten().map(|reading| reading.instant());
    Some([read(from)?, read(rest.get(..end)?)?])
}

/// A number of seconds or milliseconds since 1970, if it lies in this century.
pub(super) fn epoch(n: i128) -> Option<Instant> {
    match n {
        1_000_000_000..4_102_444_800 => Some(Instant(n * 1_000_000_000)),
        1_000_000_000_000..4_102_444_800_000 => Some(Instant(n * 1_000_000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::calendar::Civil;

    use super::*;

    #[test]
    fn the_key_before_a_date_is_the_nearest_name() {
        for (before, key) in [
            ("a=b; expires=", Some("expires")),
            ("{\"validUntil\": \"", Some("validUntil")),
            ("If-Modified-Since: ", Some("If-Modified-Since")),
            ("{\\\"expires\\\":\\\"", Some("expires")),
            ("expires => '", Some("expires")),
            ("expires at ", None),
            ("", None),
            ("=", None),
        ] {
            assert_eq!(key_before(before), key, "{before}");
        }
    }

    #[test]
    fn a_cookie_has_a_name_and_a_value_before_its_expiry() {
        for (before, cookie) in [
            ("a=b; expires=", true),
            ("a=b; Path=/; Expires=Mon, ", true),
            ("Set-Cookie: a=; expires=", true),
            ("a; expires=", false),
            ("expires=", false),
            ("if (a = b) x; expires = ", false),
        ] {
            assert_eq!(is_cookie(before), cookie, "{before}");
        }
    }

    #[test]
    fn an_interval_has_two_ends() {
        let dates = |text: &str| interval(text).map(|ends| ends.map(|at| at.civil().map(Civil::date_text)));
        let expected = Some([Some("2030-01-01".to_owned()), Some("2032-01-01".to_owned())]);
        assert_eq!(dates("-h -V20300101:20320101"), expected);
        assert_eq!(dates("-V \"20300101:20320101\" -n x"), expected);
        for text in ["-V-1w:+2w", "-V", "-V20300101", "-V20300101:x", "20300101:20320101", "-V1:2"] {
            assert_eq!(dates(text), None, "{text}");
        }
    }
}
