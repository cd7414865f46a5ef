//! Files that are a credential as a whole, in binary: DER certificates, revocation lists and PKCS #7.

use super::held::held;
use super::source::Source;
use super::{Expiring, der, pem};

/// The findings of a file that begins with a DER value and is nothing but DER values.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    if bytes.starts_with(&[der::SEQUENCE, 0x80]) {
        return pem::expiring(source, held(bytes).into_iter().map(|held| (0..1, held)));
    }
    let Some((header, total)) = der::measure(bytes) else { return Vec::new() };
    // Below 128 bytes nothing signed fits; a longer file than its value has may only end in padding or a line feed.
    if bytes[0] != der::SEQUENCE || header < 3 || total > bytes.len() {
        return Vec::new();
    }
    let found = der::values(bytes).flat_map(|value| held(value.whole)).map(|held| (0..1, held));
    pem::expiring(source, found)
}
