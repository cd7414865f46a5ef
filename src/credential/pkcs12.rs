//! PKCS #12 (RFC 7292): what of it stands in clear text. Most tools encrypt the certificates too, then nothing but the
//! file itself can be told; openssl and recent Java can leave them plain.

use std::borrow::Cow;

use super::certificate::Certificate;
use super::der::{self, tagged, values};

/// `id-data` (RFC 5652 § 4).
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
/// `id-encryptedData` and `id-envelopedData`.
const ENCRYPTED: [&[u8]; 2] =
    [&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x06], &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03]];
/// `certBag` and the nested `safeContentsBag` (RFC 7292 § 4.2).
const CERTIFICATE_BAG: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, 0x03];
/// Tag of an INTEGER.
const INTEGER: u8 = 0x02;
/// Tag of an OCTET STRING.
const OCTETS: u8 = 0x04;

/// What a key store holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    /// The certificates that can be read.
    pub(super) certificates: Vec<Certificate>,
    /// Some of it cannot be read without the password.
    pub(super) locked: bool,
}

/// Reads a PFX; `None` for anything else.
pub(super) fn contents(der: &[u8]) -> Option<Contents> {
    let version = tagged(tagged(der, der::SEQUENCE)?.content, INTEGER)?;
    if version.content != [3] {
        return None;
    }
    let safes = definite(data(tagged(version.rest, der::SEQUENCE)?.content)?);
    let mut contents = Contents::default();
    for safe in values(tagged(&safes, der::SEQUENCE)?.content) {
        match data(safe.content) {
            Some(bags) => contents.certificates.extend(certificates(&definite(bags)).unwrap_or_default()),
            None => contents.locked |= is_encrypted(safe.content),
        }
    }
    Some(contents)
}

/// What octets hold is encoded for itself, and may be BER.
fn definite(octets: &[u8]) -> Cow<'_, [u8]> {
    der::definite(octets).map_or(Cow::Borrowed(octets), Cow::Owned)
}

/// The octets of a ContentInfo of type `id-data`.
fn data(content: &[u8]) -> Option<&[u8]> {
    let kind = tagged(content, der::OBJECT_IDENTIFIER).filter(|kind| kind.content == DATA)?;
    Some(tagged(tagged(kind.rest, der::CONTEXT_0)?.content, OCTETS)?.content)
}

fn is_encrypted(content: &[u8]) -> bool {
    tagged(content, der::OBJECT_IDENTIFIER).is_some_and(|kind| ENCRYPTED.contains(&kind.content))
}

/// The certificates in the bags of one safe. Keys, also encrypted ones, have no end.
fn certificates(bags: &[u8]) -> Option<Vec<Certificate>> {
    let bags = values(tagged(bags, der::SEQUENCE)?.content);
    Some(bags.filter_map(|bag| certificate(bag.content)).collect())
}

fn certificate(bag: &[u8]) -> Option<Certificate> {
    let kind = tagged(bag, der::OBJECT_IDENTIFIER).filter(|kind| kind.content == CERTIFICATE_BAG)?;
    let bag = tagged(tagged(kind.rest, der::CONTEXT_0)?.content, der::SEQUENCE)?;
    let kind = tagged(bag.content, der::OBJECT_IDENTIFIER)?;
    Certificate::parse(tagged(tagged(kind.rest, der::CONTEXT_0)?.content, OCTETS)?.content)
}
