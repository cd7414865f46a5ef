//! OCSP responses (RFC 6960), as servers staple them from a file: past `nextUpdate` clients refuse one, and where the
//! certificate demands stapling, the server.

use std::ops::Range;

use crate::calendar::{Civil, Instant};
use crate::finding::Rule;

use super::der::{self, tagged, values};
use super::{Expiring, date};

/// `id-pkix-ocsp-basic` (RFC 6960 § 4.2.1).
const BASIC: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
/// Tag of an ENUMERATED, an OCTET STRING and a GeneralizedTime.
const ENUMERATED: u8 = 0x0A;
const OCTETS: u8 = 0x04;
const TIME: u8 = 0x18;

/// What is read of one response.
#[derive(Clone, Debug)]
pub(super) struct Response {
    produced: Instant,
    /// The first end of what it says.
    next_update: Instant,
}

impl Response {
    /// Reads a response that says when the next is due.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let status = tagged(tagged(der, der::SEQUENCE)?.content, ENUMERATED)?;
        let body = tagged(tagged(status.rest, der::CONTEXT_0)?.content, der::SEQUENCE)?;
        let kind = tagged(body.content, der::OBJECT_IDENTIFIER).filter(|kind| kind.content == BASIC)?;
        let basic = tagged(tagged(kind.rest, OCTETS)?.content, der::SEQUENCE)?;
        let data = tagged(basic.content, der::SEQUENCE)?;
        // A version, who responds, when, then the answers.
        let produced = values(data.content).find(|field| field.tag == TIME)?;
        let answers = tagged(produced.rest, der::SEQUENCE)?;
        let ends = values(answers.content).filter_map(|answer| {
            let next = values(answer.content).filter(|field| field.tag == der::CONTEXT_0).last()?;
            time(tagged(next.content, TIME)?.content)
        });
        Some(Self { produced: time(produced.content)?, next_update: ends.min()? })
    }

    /// Its finding.
    pub(super) fn expiring(&self, range: Range<usize>) -> Expiring {
        let (from, until) = (date(self.produced), date(self.next_update));
        let message = format!("OCSP response of {from} is due for renewal by {until}");
        let matched = format!("OCSP response {from}");
        let mut found = Expiring::new(Rule::CertificateExpiry, range, self.next_update, message, matched);
        found.effect = "clients refuse it where it is stapled";
        found
    }
}

/// `YYYYMMDDHHMMSSZ` (RFC 5280 § 4.1.2.5.2).
fn time(digits: &[u8]) -> Option<Instant> {
    let text = std::str::from_utf8(digits.strip_suffix(b"Z")?).ok()?;
    let field = |range: Range<usize>| text.get(range)?.parse::<i64>().ok();
    let civil = Civil::new(field(0..4)?, field(4..6)?, field(6..8)?, field(8..10)?, field(10..12)?, field(12..14)?)?;
    Some(civil.instant())
}
