//! The example that the project exists for: shipped it fails, repaired it passes.

#![allow(clippy::unwrap_used)]

use assert_cmd::Command;

fn check(tree: &str) -> (bool, serde_json::Value) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/esx-3.5u2");
    let output = Command::cargo_bin("defuse")
        .unwrap()
        .current_dir(folder)
        .args(["check", tree, "--release-date", "2008-07-25", "--format", "json"])
        .output()
        .unwrap();
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_shipped_tree_fails_and_says_what_stops() {
    let (passes, report) = check("shipped");
    assert!(!passes);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = &findings[0];
    assert_eq!(finding["trigger"]["at"], "2008-08-12T00:00:00");
    assert_eq!(finding["trigger"]["zone"], "local");
    assert_eq!(finding["path"], "shipped/licensing/LicenseManager.cpp");
    assert_eq!(finding["level"], "deny");
    assert_eq!(finding["confidence"], "proven");
    assert_eq!(finding["effect"], "returns Expired");
    let steps = finding["steps"].as_array().unwrap();
    let header = |step: &&serde_json::Value| step["path"] == "shipped/licensing/BetaLimits.h" && step["line"] == 9;
    assert!(steps.iter().any(|step| header(&step)), "{steps:#?}");
    for entry in [
        "vm::VirtualMachine::powerOn",
        "vm::VirtualMachine::resume",
        "vm::Migration::vmotion",
        "cluster::HighAvailability::restart",
        "cluster::ResourceScheduler::balance",
    ] {
        assert!(
            finding["reach"].as_array().unwrap().iter().any(|name| name == entry),
            "{entry}: {:#?}",
            finding["reach"]
        );
    }
}

#[test]
fn the_repaired_tree_passes() {
    let (passes, report) = check("repaired");
    assert!(passes, "{report:#?}");
    assert_eq!(report["verdict"], "pass");
}
