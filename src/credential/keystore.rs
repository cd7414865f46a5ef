//! Java keystores (JKS, JCEKS, BKS): their certificates stand in clear text; only the private keys need the password.
//!
//! The layout of the first two is that of `sun.security.provider.JavaKeyStore`: magic, version, count, then entries of a
//! tag, an alias, a time stamp, for keys the protected key and a chain, for trust anchors one certificate. That of the
//! third is Bouncy Castle's `BcKeyStoreSpi`: version, salt, iterations, then entries of a tag, an alias, a time stamp and
//! a chain, then the certificate, key or secret itself, up to a tag of zero. All numbers are big-endian.

use super::held::Held;
use super::source::Source;
use super::{Expiring, certificate::Certificate, pem};

const JKS: [u8; 4] = [0xFE, 0xED, 0xFE, 0xED];
const JCEKS: [u8; 4] = [0xCE, 0xCE, 0xCE, 0xCE];

/// Versions of BKS, and the length of the salt, which follows and is always the same.
const BKS_1: [u8; 4] = [0, 0, 0, 1];
const BKS_2: [u8; 4] = [0, 0, 0, 2];
const BKS_SALT: [u8; 4] = [0, 0, 0, 20];

/// The findings of a file that is a keystore.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let Some((magic, rest)) = source.bytes().split_first_chunk() else { return Vec::new() };
    let mut found = Vec::new();
    let mut reader = Reader { bytes: rest };
    // A store that is cut or damaged gives what stands before the damage.
    let _ = match *magic {
        JKS | JCEKS => reader.entries(&mut found),
        BKS_1 | BKS_2 if rest.starts_with(&BKS_SALT) => reader.bouncy(&mut found),
        _ => return Vec::new(),
    };
    pem::expiring(source, found.into_iter().map(|certificate| (0..1, Held::Certificate(certificate))))
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads every entry into `found`; `None` where the bytes end or make no sense.
    fn entries(&mut self, found: &mut Vec<Certificate>) -> Option<()> {
        let version = self.number()?;
        let count = self.number()?;
        for _ in 0..count {
            let tag = self.number()?;
            self.text()?;
            self.take(8)?;
            let certificates = match tag {
                1 => {
                    self.sized()?;
                    self.number()?
                }
                2 => 1,
                _ => return None,
            };
            for _ in 0..certificates {
                if version == 2 {
                    self.text()?;
                }
                found.extend(Certificate::parse(self.sized()?));
            }
        }
        Some(())
    }

    /// Reads every entry of a BKS store.
    fn bouncy(&mut self, found: &mut Vec<Certificate>) -> Option<()> {
        self.sized()?;
        self.number()?;
        loop {
            let tag = self.take(1)?[0];
            if tag == 0 {
                return Some(());
            }
            self.text()?;
            self.take(8)?;
            for _ in 0..self.number()? {
                self.certificate(found)?;
            }
            match tag {
                1 => self.certificate(found)?,
                2 => {
                    self.take(1)?;
                    self.text()?;
                    self.text()?;
                    self.sized()?;
                }
                3 | 4 => drop(self.sized()?),
                _ => return None,
            }
        }
    }

    /// A certificate after its type.
    fn certificate(&mut self, found: &mut Vec<Certificate>) -> Option<()> {
        self.text()?;
        found.extend(Certificate::parse(self.sized()?));
        Some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A text after its length in two bytes.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        self.take(usize::from(length))
    }

    /// Bytes after their length in four bytes.
    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sized(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
    }

    #[test]
    fn a_bouncy_castle_store_is_read_up_to_its_damage() {
        let der = include_bytes!("../../tests/fixtures/credential/leaf.der");
        let certificate = [&b"\0\x05X.509"[..], &sized(der)].concat();
        let entry = |tag: u8, chain: u8| [&[tag, 0, 1, b'a'][..], &[0; 8], &[0, 0, 0, chain]].concat();
        let key = [&b"\0\0\x06PKCS#8\0\x03RSA"[..], &sized(b"encrypted")].concat();
        let store = [
            &BKS_2[..],
            &sized(&[7; 20]),
            &[0, 0, 4, 0],
            &entry(1, 0),
            &certificate,
            &entry(2, 1),
            &certificate,
            &key,
            &entry(4, 0),
            &sized(b"sealed"),
            &[0],
            &[9; 20],
        ]
        .concat();
        let count = |bytes: &[u8]| read(&Source::new("a.bks", bytes)).len();
        assert_eq!(count(&store), 2);
        for length in 0..store.len() {
            assert!(count(&store[..length]) <= 2);
        }
    }
}
