//! Signed JSON metadata: TUF roles (TUF specification § 4.3, `expires`), in-toto layouts (§ 4.3, `expires`) and the keys of a
//! Sigstore trusted root (`validFor.end`).

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::calendar::{self, Instant};
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, date};

static TYPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)\\?"_type\\?"\s*:\s*\\?"((?i-u:root|targets|snapshot|timestamp|mirrors|layout))\\?""#).ok()
});
static EXPIRES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)\\?"expires\\?"\s*:\s*\\?"(\d{4}-\d{2}-\d{2}T[0-9:.Z+-]{5,24})"#).ok());
static VALID_FOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)"validFor"\s*:\s*\{\s*"start"\s*:\s*"[^"]{10,40}"\s*(?:,\s*"end"\s*:\s*"([^"]{10,40})"\s*)?\}"#)
        .ok()
});

/// The findings of signed metadata in JSON.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let mut found = Vec::new();
    if source.contains("_type") {
        found.extend(roles(source).unwrap_or_default());
    }
    if source.contains("\"validFor\"") && source.contains("\"start\"") {
        found.extend(trusted_root(source).unwrap_or_default());
    }
    found
}

/// Every `expires`, named after the `_type` nearest to it in the file.
fn roles(source: &Source) -> Option<Vec<Expiring>> {
    let bytes = source.bytes();
    let types: Vec<Captures> = TYPE.as_ref()?.captures_iter(bytes).collect();
    let starts: Vec<usize> = types.iter().filter_map(|found| Some(found.get(0)?.start())).collect();
    let role = |captures: Captures| -> Option<Expiring> {
        let at = end(&captures[1])?;
        let whole = captures.get(0)?;
        let next = starts.partition_point(|start| *start < whole.start());
        let near = [next.checked_sub(1), Some(next)].into_iter().flatten().filter(|index| *index < starts.len());
        let nearest = near.min_by_key(|index| starts[*index].abs_diff(whole.start()))?;
        let kind = String::from_utf8_lossy(&types[nearest][1]).to_ascii_lowercase();
        let what = if kind == "layout" { "in-toto layout".to_owned() } else { format!("TUF {kind} metadata") };
        let message = format!("{what} holds until {}", date(at));
        let matched = format!("{kind} expires {}", String::from_utf8_lossy(&captures[1]));
        let mut thing = Expiring::new(Rule::SignedMetadataExpiry, whole.range(), at, message, matched);
        thing.effect = "clients refuse it until it is signed again";
        Some(thing)
    };
    Some(EXPIRES.as_ref()?.captures_iter(bytes).filter_map(role).collect())
}

/// Keys and authorities with an end. What was signed before stays trusted, and a successor takes over where one
/// stands in the same file.
fn trusted_root(source: &Source) -> Option<Vec<Expiring>> {
    let all: Vec<Captures> = VALID_FOR.as_ref()?.captures_iter(source.bytes()).collect();
    let open = all.iter().any(|found| found.get(1).is_none());
    let last = all.iter().filter_map(|found| end(found.get(1)?.as_bytes())).max();
    let key = |found: &Captures| -> Option<Expiring> {
        let text = found.get(1)?;
        let at = end(text.as_bytes())?;
        let message = format!("key of this trusted root signs until {}", date(at));
        let matched = format!("validFor end {}", String::from_utf8_lossy(text.as_bytes()));
        let mut thing = Expiring::new(Rule::SignedMetadataExpiry, text.range(), at, message, matched);
        thing.effect = "signatures made later are refused";
        let succeeded = open || last.is_some_and(|last| last > at);
        Some(if succeeded { thing.note("another key of the same trusted root goes on") } else { thing })
    };
    Some(all.iter().filter_map(key).collect())
}

fn end(text: &[u8]) -> Option<Instant> {
    Some(calendar::read(std::str::from_utf8(text).ok()?)?.instant())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        read(&Source::new("a.json", text.as_bytes())).into_iter().map(|thing| thing.message).collect()
    }

    #[test]
    fn roles_and_layouts_name_their_end() {
        let root = r#"{"signed": {"_type": "root", "version": 1,
            "expires": "2030-01-02T03:04:05Z"}}"#;
        assert_eq!(messages(root), ["TUF root metadata holds until 2030-01-02"]);
        assert_eq!(messages(&root.replace('"', "\\\"")), ["TUF root metadata holds until 2030-01-02"]);
        let notary = r#"{"signed":{"_type":"Root","expires":"2030-01-02T03:04:05.123456789+01:00","version":1}}"#;
        assert_eq!(messages(notary), ["TUF root metadata holds until 2030-01-02"]);
        let layout = r#"{"signed": {"expires": "2030-01-02T03:04:05Z", "_type": "layout"}}"#;
        assert_eq!(messages(layout), ["in-toto layout holds until 2030-01-02"]);
        assert!(messages(r#"{"_type": "other", "expires": "2030-01-02T03:04:05Z"}"#).is_empty());
    }

    #[test]
    fn a_trusted_root_goes_on_by_its_other_keys() {
        let ended = r#"{"validFor": {"start": "2021-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z"}}"#;
        let open = r#"{"validFor": {"start": "2021-01-01T00:00:00Z"}}"#;
        let source = Source::new("", ended.as_bytes());
        assert_eq!(read(&source)[0].note_only, None);
        let both = format!("[{ended}, {open}]");
        assert!(read(&Source::new("", both.as_bytes()))[0].note_only.is_some());
    }
}
