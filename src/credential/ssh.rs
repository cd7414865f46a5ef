//! OpenSSH certificates (PROTOCOL.certkeys): `ssh-ed25519-cert-v01@openssh.com AAAA…`, valid before a fixed second.

use memchr::memmem;

use crate::calendar::Instant;
use crate::finding::Rule;

use super::base64_text::{self, Foreign};
use super::source::Source;
use super::{Expiring, date};

const KIND_END: &[u8] = b"-cert-v01@openssh.com";
/// A certificate is a few kilobytes, most of it keys.
const LONGEST: usize = 64 << 10;

/// The findings of every certificate line.
pub(super) fn read(source: &Source) -> Vec<Expiring> {
    let bytes = source.bytes();
    memmem::find_iter(bytes, KIND_END).filter_map(|at| certificate(bytes, at + KIND_END.len())).collect()
}

/// The certificate in base64 right after its kind.
fn certificate(bytes: &[u8], after_kind: usize) -> Option<Expiring> {
    let rest = &bytes[after_kind..bytes.len().min(after_kind + LONGEST)];
    let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if blank == 0 || !rest[blank..].starts_with(b"AAAA") {
        return None;
    }
    let length = rest[blank..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let end = blank + length.count();
    let (characters, _) = base64_text::collect(&rest[blank..end], LONGEST, Foreign::Stop);
    let blob = base64_text::decode(&characters)?;
    let (identity, serial, valid_before) = validity(&blob)?;
    let at = Instant::from_seconds(valid_before);
    let message = format!("SSH certificate `{identity}` (serial {serial}) is valid before {}", date(at));
    let start = after_kind + blank;
    let matched = format!("ssh certificate {identity} {serial}");
    let mut thing = Expiring::new(Rule::CertificateExpiry, start..after_kind + end, at, message, matched);
    thing.effect = "sshd refuses it";
    Some(thing)
}

/// The key id, the serial number and the end in seconds since 1970; `None` if it has no end.
fn validity(blob: &[u8]) -> Option<(String, u64, i64)> {
    let mut reader = Reader { bytes: blob };
    let kind = reader.string()?;
    let key_parts = match kind {
        b"ssh-rsa-cert-v01@openssh.com" => 2,
        b"ssh-dss-cert-v01@openssh.com" => 4,
        b"ssh-ed25519-cert-v01@openssh.com" => 1,
        _ if kind.starts_with(b"ecdsa-sha2-") || kind.starts_with(b"sk-ssh-ed25519-") => 2,
        _ if kind.starts_with(b"sk-ecdsa-sha2-") => 3,
        _ => return None,
    };
    for _nonce_and_key in 0..=key_parts {
        reader.string()?;
    }
    let serial = reader.number()?;
    reader.take(4)?; // user or host
    let identity = String::from_utf8_lossy(reader.string()?).chars().filter(|c| !c.is_control()).take(64).collect();
    reader.string()?; // principals
    reader.number()?; // valid after
    let valid_before = reader.number()?;
    (valid_before != u64::MAX).then_some(())?;
    Some((identity, serial, i64::try_from(valid_before).ok()?))
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }
}
