//! PEM (RFC 7468): certificates, revocation lists and PKCS #7 in armour, and the same armour once more in base64, as
//! Kubernetes Secrets and kubeconfig files carry it.

use std::ops::Range;

use super::armour::{self, Block};
use super::held::{Held, held};
use super::source::Source;
use super::{Expiring, certificate};

/// The findings of every block in the file.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let blocks = source.blocks().iter().filter(|block| may_expire(block));
    let found = blocks.flat_map(|block| {
        let held = block.decode(source.bytes()).map(|der| held(&der)).unwrap_or_default();
        held.into_iter().map(|held| (block.marker.clone(), held))
    });
    expiring(source, found)
}

/// What the blocks of a PEM text hold, when the text itself came out of an encoding.
pub(super) fn held_in(text: &[u8]) -> Vec<Held> {
    let blocks = armour::blocks(text);
    let ders = blocks.iter().filter(|block| may_expire(block)).filter_map(|block| block.decode(text));
    ders.flat_map(|der| held(&der)).collect()
}

/// The findings for what one file holds.
pub(super) fn expiring(source: &Source, found: impl Iterator<Item = (Range<usize>, Held)>) -> Vec<Expiring> {
    let (mut certificates, mut others) = (Vec::new(), Vec::new());
    for (range, held) in found {
        match held {
            Held::Certificate(certificate) => certificates.push((range, certificate)),
            Held::RevocationList(list) => others.push(list.expiring(range)),
            Held::Response(response) => others.push(response.expiring(range)),
            Held::Locked => others.push(Expiring::locked(range)),
        }
    }
    others.extend(certificate::expiring(source, &certificates));
    others
}

/// Keys, requests and parameters have no end.
pub(super) fn may_expire(block: &Block) -> bool {
    let label = block.label.as_str();
    !label.contains("REQUEST") && ["CERTIFICATE", "CRL", "PKCS", "CMS"].iter().any(|word| label.contains(word))
}
