//! Certificate revocation lists (RFC 5280 § 5): past `nextUpdate`, a verifier that insists on a current list refuses
//! every certificate of the issuer.

use std::ops::Range;

use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::calendar::Instant;
use crate::finding::Rule;

use super::certificate::name;
use super::{Expiring, date};

/// What is read of one list.
#[derive(Clone, Debug)]
pub(super) struct RevocationList {
    issuer: String,
    this_update: Instant,
    next_update: Instant,
}

impl RevocationList {
    /// Reads a list; `None` also for one that does not say when the next is due.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let (_, list) = CertificateRevocationList::from_der(der).ok()?;
        Some(Self {
            issuer: name(list.issuer()),
            this_update: Instant::from_seconds(list.last_update().timestamp()),
            next_update: Instant::from_seconds(list.next_update()?.timestamp()),
        })
    }

    /// Its finding.
    pub(super) fn expiring(&self, range: Range<usize>) -> Expiring {
        let (from, until) = (date(self.this_update), date(self.next_update));
        let message = format!("revocation list of {} of {from} is due for renewal by {until}", self.issuer);
        let matched = format!("revocation list {} {from}", self.issuer);
        let mut found = Expiring::new(Rule::CertificateExpiry, range, self.next_update, message, matched);
        found.effect = "verifiers that require a current list refuse the issuer's certificates";
        found
    }
}
