//! What the certificates of a tree say of each other: which renews which, and which are roots in a folder of many.
//!
//! Whether the product still uses a file whose renewal lies beside it nobody can tell from here, so its level stays; but
//! whoever reads of it should know that the new one is there. A folder of roots is a bundle in many files: one that ends
//! leaves the others (see [`crate::credential::Bundle`]).

use std::collections::{HashMap, HashSet};

use crate::calendar::Civil;
use crate::finding::{Effect, Finding, Rule, Severity, Step, StepKind, Trigger};

/// From this many roots on, a folder is a bundle of trust anchors.
const BUNDLE: usize = 20;

/// Says of each certificate which file of its folder holds its renewal, and makes less of roots in a folder of many.
/// `from` is the day of the release.
pub(super) fn judge(findings: &mut [Finding], from: Civil) {
    renewals(findings);
    roots(findings, from);
}

fn roots(findings: &mut [Finding], from: Civil) {
    let mut files: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut living: HashSet<String> = HashSet::new();
    for finding in findings.iter().filter(|finding| is_root(finding)) {
        let folder = folder(finding);
        files.entry(folder).or_default().insert(&finding.place.path);
        if end(finding).is_some_and(|end| end > from) {
            living.insert(folder.to_owned());
        }
    }
    let many = files.into_iter().filter(|(_, files)| files.len() >= BUNDLE).map(|(folder, _)| folder.to_owned());
    let many: HashSet<String> = many.filter(|folder| living.contains(folder)).collect();
    for finding in findings.iter_mut().filter(|finding| is_root(finding) && many.contains(folder(finding))) {
        if end(finding).is_some_and(|end| end < from) {
            finding.note_only.get_or_insert_with(|| "the other roots of its folder go on".to_owned());
        }
        let text = "chains to it stop verifying; the other roots of its folder go on".to_owned();
        finding.effect = Some(Effect { severity: Severity::LogsOnly, text, place: None });
    }
}

fn is_root(finding: &Finding) -> bool {
    finding.rule == Rule::CertificateExpiry && finding.message.starts_with("root certificate of ")
}

fn folder(finding: &Finding) -> &str {
    finding.place.path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn renewals(findings: &mut [Finding]) {
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
    Some((folder(finding).to_owned(), holder.to_owned()))
}

fn end(finding: &Finding) -> Option<Civil> {
    match finding.trigger {
        Some(Trigger::At { at, .. }) => Some(at),
        _ => None,
    }
}
