//! Apple provisioning profiles: CMS around a property list whose `ExpirationDate` ends every installation of the build.
//! The list stands in clear text inside the DER.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::calendar;
use crate::finding::Rule;

use super::source::Source;
use super::{Expiring, date};

static EXPIRATION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)<key>ExpirationDate</key>\s*<date>([0-9TZ:+-]{10,32})</date>").ok());
static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)<key>Name</key>\s*<string>([^<]{1,64})</string>").ok());

/// The finding of a provisioning profile.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    if !source.contains("<key>ExpirationDate</key>") || !source.contains("<key>TeamIdentifier</key>") {
        return Vec::new();
    }
    let bytes = source.bytes();
    let name = NAME.as_ref().and_then(|name| name.captures(bytes)).map(|found| text(&found[1])).unwrap_or_default();
    let Some(found) = EXPIRATION.as_ref().and_then(|expiration| expiration.captures(bytes)) else { return Vec::new() };
    let Some(at) = calendar::read(&text(&found[1])).map(|reading| reading.instant()) else { return Vec::new() };
    let range = found.get(0).map_or(0..0, |whole| whole.range());
    let message = format!("provisioning profile `{name}` holds until {}", date(at));
    let mut thing = Expiring::new(Rule::CertificateExpiry, range, at, message, format!("provisioning profile {name}"));
    thing.effect = "the app no longer installs or starts under it";
    vec![thing]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_through_its_signature() {
        let text = b"0\x82\x01\xff\x00<plist><dict><key>Name</key><string>Fuse</string><key>TeamIdentifier</key>\
            <key>ExpirationDate</key>\n\t<date>2030-01-02T03:04:05Z</date></dict></plist>\xff";
        let found = read(&Source::new("embedded.mobileprovision", text));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "provisioning profile `Fuse` holds until 2030-01-02");
    }
}
