//! Java keystores (JKS, JCEKS): their certificates stand in clear text; only the private keys need the password.
//!
//! The layout is that of `sun.security.provider.JavaKeyStore`: magic, version, count, then entries of a tag, an alias,
//! a time stamp, for keys the protected key and a chain, for trust anchors one certificate. All numbers are big-endian.

use super::held::Held;
use super::source::Source;
use super::{Expiring, certificate::Certificate, pem};

const JKS: [u8; 4] = [0xFE, 0xED, 0xFE, 0xED];
const JCEKS: [u8; 4] = [0xCE, 0xCE, 0xCE, 0xCE];

/// The findings of a file that is a keystore.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let Some((magic, rest)) = source.bytes().split_first_chunk() else { return Vec::new() };
    if ![JKS, JCEKS].contains(magic) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // A store that is cut or damaged gives what stands before the damage.
    let _ = Reader { bytes: rest }.entries(&mut found);
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
