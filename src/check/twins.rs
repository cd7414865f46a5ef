//! Renewed certificates: one that ends beside a successor of the same holder.
//!
//! Whether the product still uses the old file nobody can tell from here, so its level stays; but whoever reads of it
//! should know that the new one is there.

use std::collections::HashMap;

use crate::calendar::Civil;
use crate::finding::{Finding, Rule, Step, StepKind, Trigger};

/// Says of each certificate which file of its folder holds its renewal.
pub(super) fn say(findings: &mut [Finding]) {
    let mut last: HashMap<(String, String), (Civil, usize)> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let (Some(key), Some(end)) = (key(finding), end(finding)) else { continue };
        let known = last.entry(key).or_insert((end, index));
        if known.0 < end {
            *known = (end, index);
        }
    }
    let mut steps = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let (Some(key), Some(own)) = (key(finding), end(finding)) else { continue };
        let Some((end, renewal)) = last.get(&key).filter(|(end, _)| *end > own) else { continue };
        let place = findings[*renewal].place.clone();
        if place.path != finding.place.path {
            let note = format!("its renewal stands here and holds until {}", end.date_text());
            steps.push((index, Step { place, kind: StepKind::Passes, note }));
        }
    }
    for (index, step) in steps {
        findings[index].steps.push(step);
    }
}

/// Folder and holder of a certificate.
fn key(finding: &Finding) -> Option<(String, String)> {
    let holder = finding.matched.strip_prefix("certificate ").filter(|_| finding.rule == Rule::CertificateExpiry)?;
    let (holder, _serial) = holder.rsplit_once(' ')?;
    let folder = finding.place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some((folder.to_owned(), holder.to_owned()))
}

fn end(finding: &Finding) -> Option<Civil> {
    match finding.trigger {
        Some(Trigger::At { at, .. }) => Some(at),
        _ => None,
    }
}
