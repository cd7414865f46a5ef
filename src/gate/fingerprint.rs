//! The identity of a finding: rule, path, normalised text and ordinal, hashed.
//!
//! It names *what* was found and not where it stands, so that it survives edits elsewhere in the file, and a different
//! finding on the same line is a different finding. The baseline, SARIF and GitLab all use it.

use std::collections::HashMap;

use super::root::Root;
use crate::finding::{Finding, Rule};

/// One fingerprint for each finding, in their order: 32 hex digits. Findings alike in rule, path and text are told
/// apart by their order in the file, so they must come sorted by line.
pub fn of_all<'a>(findings: impl IntoIterator<Item = &'a Finding>, root: &Root) -> Vec<String> {
    let mut seen: HashMap<(Rule, String, String), usize> = HashMap::new();
    findings
        .into_iter()
        .map(|finding| {
            let (path, text) = (root.relative(&finding.place.path), normalised(&finding.matched));
            let ordinal = seen.entry((finding.rule, path.clone(), text.clone())).or_insert(0);
            *ordinal += 1;
            let ordinal = ordinal.to_string();
            format!("{:032x}", fnv128([finding.rule.id(), &path, &text, &ordinal]))
        })
        .collect()
}

/// The text with every run of white space as one blank: a reformatted file keeps its fingerprints.
fn normalised(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// FNV-1a over 128 bits; each part is closed by a byte that no UTF-8 text holds. Small, stable for ever, and no secret
/// depends on it.
fn fnv128<const N: usize>(parts: [&str; N]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::gate::test_support::finding;

    fn prints(findings: &[Finding]) -> Vec<String> {
        of_all(findings, &Root::new(Path::new("/r"), Path::new("/r")))
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // FNV-1a 128 of "a" and the closing byte, worked out by the definition.
        assert_eq!(fnv128::<0>([]), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        let a = (0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128 ^ 0x61).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        assert_eq!(a, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_ne!(fnv128(["ab", "c"]), fnv128(["a", "bc"]));
    }

    #[test]
    fn lines_and_spaces_do_not_matter_but_text_does() {
        let base = finding(Rule::DateGate, "2025-01-01");
        let mut moved = base.clone();
        moved.place.span.line += 10;
        moved.matched = format!("  {} ", base.matched.replace(' ', "\n\t"));
        assert_eq!(prints(std::slice::from_ref(&base)), prints(&[moved]));
        let other = Finding { matched: "another()".into(), ..base.clone() };
        assert_ne!(prints(std::slice::from_ref(&base)), prints(&[other]));
        let other = Finding { rule: Rule::TrialPeriod, ..base.clone() };
        assert_ne!(prints(&[base]), prints(&[other]));
    }

    #[test]
    fn equal_ones_are_numbered() {
        let base = finding(Rule::DateGate, "2025-01-01");
        let two = prints(&[base.clone(), base.clone()]);
        assert_ne!(two[0], two[1]);
        assert_eq!(two[0], prints(&[base])[0], "the first does not depend on the second");
    }
}
