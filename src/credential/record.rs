//! Signed records of one line: the `Valid-Until` of an APT repository's `Release` file (Debian repository format), the
//! expiration of DNSSEC signatures (RRSIG, RFC 4034 § 3.2), and the end of a trust anchor in IANA's form (RFC 7958 § 2.1).

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::calendar::{self, Civil, Instant};
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, date};

static VALID_UNTIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m-u)^Valid-Until:[ \t]*([^\r\n]{8,60})").ok());
static SIGNATURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m-u)^([^\s;]{0,255})[^\n;]{0,60}?\bRRSIG\s+([A-Z0-9]+)\s+\d+\s+\d+\s+\d+\s+\(?\s*(\d{14})\s+\(?\s*\d{14}\s+\d+").ok()
});

static ANCHOR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)<KeyDigest\b([^<>]{0,400})>(?:\s*<KeyTag>\s*(\d{1,5}))?"#).ok());
static ANCHOR_END: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)\bvalidUntil\s*=\s*["']([0-9TZ:.+-]{10,40})["']"#).ok());

/// The findings of signed records.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let mut found = Vec::new();
    if source.contains("Valid-Until:") && (source.contains("Codename:") || source.contains("Suite:")) {
        found.extend(releases(source).unwrap_or_default());
    }
    if source.contains("RRSIG") {
        found.extend(signatures(source).unwrap_or_default());
    }
    if source.contains("<KeyDigest") {
        found.extend(anchors(source).unwrap_or_default());
    }
    found
}

/// Trust anchors with an end. One that has a successor in the same file has been rolled over.
fn anchors(source: &Source) -> Option<Vec<Expiring>> {
    let end = |found: &Captures| -> Option<Instant> {
        let end = ANCHOR_END.as_ref()?.captures(found.get(1)?.as_bytes())?;
        Some(calendar::read(std::str::from_utf8(&end[1]).ok()?)?.instant())
    };
    let all: Vec<(Captures, Option<Instant>)> = ANCHOR
        .as_ref()?
        .captures_iter(source.bytes())
        .map(|found| {
            let at = end(&found);
            (found, at)
        })
        .collect();
    let open = all.iter().any(|(_, at)| at.is_none());
    let last = all.iter().filter_map(|(_, at)| *at).max();
    let anchor = |(found, at): &(Captures, Option<Instant>)| -> Option<Expiring> {
        let at = (*at)?;
        let tag = found.get(2).map_or_else(String::new, |tag| format!(" {}", String::from_utf8_lossy(tag.as_bytes())));
        let message = format!("DNSSEC trust anchor{tag} holds until {}", date(at));
        let matched = format!("trust anchor{tag} {}", at.seconds());
        let mut thing = Expiring::new(Rule::SignedMetadataExpiry, found.get(0)?.range(), at, message, matched);
        thing.effect = "validating resolvers trust nothing below it";
        let succeeded = open || last.is_some_and(|last| last > at);
        Some(if succeeded { thing.note("another anchor of the same file goes on") } else { thing })
    };
    Some(all.iter().filter_map(anchor).collect())
}

fn releases(source: &Source) -> Option<Vec<Expiring>> {
    let releases = VALID_UNTIL.as_ref()?.captures_iter(source.bytes()).filter_map(|found| {
        let text = String::from_utf8_lossy(&found[1]);
        let at = calendar::read(text.trim())?.instant();
        let message = format!("repository metadata holds until {}", date(at));
        let matched = format!("Valid-Until {}", text.trim());
        let mut thing = Expiring::new(Rule::SignedMetadataExpiry, found.get(0)?.range(), at, message, matched);
        thing.effect = "apt refuses the repository";
        Some(thing)
    });
    Some(releases.collect())
}

/// One finding for all signatures of a file, at the one that ends first: a zone is signed as a whole.
fn signatures(source: &Source) -> Option<Vec<Expiring>> {
    let all: Vec<(Instant, Captures)> = SIGNATURE
        .as_ref()?
        .captures_iter(source.bytes())
        .filter_map(|found| Some((stamp(found.get(3)?.as_bytes())?.instant(), found)))
        .collect();
    let (at, first) = all.iter().min_by_key(|(at, _)| *at)?;
    let (owner, kind) = (String::from_utf8_lossy(&first[1]), String::from_utf8_lossy(&first[2]));
    let end = first.get(3)?;
    let others = if all.len() > 1 { format!(", the first of {} to end,", all.len()) } else { String::new() };
    let message = format!("DNSSEC signature of {owner} {kind}{others} holds until {}", date(*at));
    let matched = format!("RRSIG {owner} {kind} {}", String::from_utf8_lossy(end.as_bytes()));
    let mut thing = Expiring::new(Rule::SignedMetadataExpiry, end.range(), *at, message, matched);
    thing.effect = "validating resolvers refuse the answer";
    Some(vec![thing])
}

/// `YYYYMMDDHHmmSS` in UTC (RFC 4034 § 3.2).
fn stamp(digits: &[u8]) -> Option<Civil> {
    let text = std::str::from_utf8(digits).ok()?;
    let field = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    Civil::new(field(0..4)?, field(4..6)?, field(6..8)?, field(8..10)?, field(10..12)?, field(12..14)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        read(&Source::new("", text.as_bytes())).into_iter().map(|thing| thing.message).collect()
    }

    #[test]
    fn a_release_file_holds_until() {
        let release = "Origin: Fuse\nCodename: spark\nValid-Until: Wed, 02 Jan 2030 03:04:05 UTC\n";
        assert_eq!(messages(release), ["repository metadata holds until 2030-01-02"]);
        assert!(messages("Valid-Until: Wed, 02 Jan 2030 03:04:05 UTC").is_empty());
    }

    #[test]
    fn a_trust_anchor_has_a_successor_or_an_end() {
        let anchor = |id: &str, until: &str| {
            format!(
                "<KeyDigest id=\"{id}\" validFrom=\"2010-07-15T00:00:00+00:00\"{until}><KeyTag>{id}</KeyTag></KeyDigest>\n"
            )
        };
        let ended = anchor("19036", " validUntil=\"2031-01-11T00:00:00+00:00\"");
        assert_eq!(messages(&ended), ["DNSSEC trust anchor 19036 holds until 2031-01-11"]);
        let both = ended + &anchor("20326", "");
        let found = read(&Source::new("root-anchors.xml", both.as_bytes()));
        assert!(found.len() == 1 && found[0].note_only.is_some());
        assert!(messages(&anchor("20326", "")).is_empty());
    }

    #[test]
    fn a_zone_is_as_old_as_its_first_signature() {
        let zone = "a. 300 IN RRSIG A 8 2 300 20300102030405 20291202030405 1234 a. x=\n\
                    a. 300 IN RRSIG NS 8 2 300 (\n  20290102030405 20281202030405 1234 a. x= )\n";
        assert_eq!(messages(zone), ["DNSSEC signature of a. NS, the first of 2 to end, holds until 2029-01-02"]);
        assert!(messages("; RRSIG A 8 2 300 20309999030405 20291202030405 1 a.").is_empty());
    }
}
