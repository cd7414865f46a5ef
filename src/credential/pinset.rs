//! Android's certificate pins: `<pin-set expiration="2026-01-01">` in a network security configuration. From that day
//! on, by the device's calendar, the pins are not enforced.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::calendar;
use crate::finding::{Rule, Severity, Zone};

use super::Expiring;
use super::source::Source;

static PIN_SET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)<pin-set\s[^>]{0,200}?expiration\s*=\s*["'](\d{4}-\d{2}-\d{2})["']"#).ok());

/// The findings of every pin set with an end.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let Some(pattern) = PIN_SET.as_ref().filter(|_| source.contains("<pin-set")) else { return Vec::new() };
    pattern
        .captures_iter(source.bytes())
        .filter_map(|found| {
            let day = found.get(1)?;
            let text = std::str::from_utf8(day.as_bytes()).ok()?;
            let at = calendar::read(text)?.instant();
            let message = format!("certificate pins are enforced until {text}");
            let matched = format!("pin-set expiration {text}");
            let mut thing = Expiring::new(Rule::CertificateExpiry, day.range(), at, message, matched);
            thing.zone = Zone::Local;
            thing.severity = Severity::Changes;
            thing.effect = "connections are no longer pinned";
            Some(thing)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_end_by_the_calendar_of_the_device() {
        let text = "<domain-config>\n  <pin-set expiration=\"2030-01-02\">";
        let found = read(&Source::new("res/xml/network_security_config.xml", text.as_bytes()));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].message.as_str(), found[0].zone),
            ("certificate pins are enforced until 2030-01-02", Zone::Local)
        );
        assert!(read(&Source::new("", b"<pin-set>")).is_empty());
    }
}
