//! What a DER value holds that expires: a certificate, a revocation list, an OCSP response, or those inside a CMS envelope
//! or a PKCS #12 store.

use super::certificate::Certificate;
use super::ocsp::Response;
use super::revocation::RevocationList;
use super::{der, pkcs12};

/// The envelope's type, `id-signedData` (RFC 5652 § 5.1).
const SIGNED_DATA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

/// The attributes with which a signature proves when it was made: a time-stamp token (RFC 3161), a countersignature
/// (RFC 5652 § 11.4), Microsoft's time stamp.
const TIME_STAMPS: [&[u8]; 3] = [
    &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x0E],
    &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x06],
    &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x03, 0x03, 0x01],
];

/// Something read from DER.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// A certificate.
    Certificate(Certificate),
    /// A revocation list with its next update.
    RevocationList(RevocationList),
    /// An OCSP response with its next update.
    Response(Response),
    /// What cannot be read without a password.
    Locked,
}

/// What the value at the start of `der` holds; nothing for keys, requests and whatever else is encoded so.
pub(super) fn held(der: &[u8]) -> Vec<Held> {
    if let Some(certificate) = Certificate::parse(der) {
        return vec![Held::Certificate(certificate)];
    }
    if let Some(list) = RevocationList::parse(der) {
        return vec![Held::RevocationList(list)];
    }
    if let Some(response) = Response::parse(der) {
        return vec![Held::Response(response)];
    }
    if let Some(definite) = der::definite(der) {
        return held(&definite);
    }
    signed_data(der).or_else(|| key_store(der)).unwrap_or_default()
}

/// The certificates of a PKCS #12 store.
fn key_store(der: &[u8]) -> Option<Vec<Held>> {
    let contents = pkcs12::contents(der)?;
    let locked = contents.locked.then_some(Held::Locked);
    Some(contents.certificates.into_iter().map(Held::Certificate).chain(locked).collect())
}

/// The certificates and lists of a CMS or PKCS #7 SignedData (RFC 5652 § 5.1; `.p7b` is one without content).
fn signed_data(der: &[u8]) -> Option<Vec<Held>> {
    let kind = der::tagged(der::tagged(der, der::SEQUENCE)?.content, der::OBJECT_IDENTIFIER)?;
    if kind.content != SIGNED_DATA {
        return None;
    }
    let explicit = der::tagged(kind.rest, der::CONTEXT_0)?;
    let signed = der::tagged(explicit.content, der::SEQUENCE)?;
    let signed_with_time = der::values(signed.content).last().is_some_and(|signers| has_time_stamp(signers.content));
    let mut found = Vec::new();
    for field in der::values(signed.content) {
        let members = der::values(field.content).map(|member| member.whole);
        match field.tag {
            der::CONTEXT_0 => {
                let certificates = members.filter_map(Certificate::parse);
                found.extend(certificates.map(|held| Held::Certificate(held.of_signature(signed_with_time))));
            }
            der::CONTEXT_1 => found.extend(members.filter_map(RevocationList::parse).map(Held::RevocationList)),
            _ => {}
        }
    }
    Some(found)
}

/// Whether signer infos carry a time stamp or a countersignature, by which a signature outlasts its certificate.
fn has_time_stamp(signers: &[u8]) -> bool {
    TIME_STAMPS.iter().any(|kind| memchr::memmem::find(signers, kind).is_some())
}
