//! Whole programs over several files: what is found in them, what is done then, and what stops working.
//!
//! `tests/fixtures/trees.txt` holds the trees. `=== NAME` begins one; a line `> …` is a finding that denies or warns, and
//! whatever else does is a failure; `--- PATH` begins a file.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

struct Tree {
    name: String,
    expected: Vec<String>,
    files: Vec<(String, String)>,
}

fn trees() -> Vec<Tree> {
    let mut trees: Vec<Tree> = Vec::new();
    for line in include_str!("fixtures/trees.txt").lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            trees.push(Tree { name: name.to_owned(), expected: Vec::new(), files: Vec::new() });
            continue;
        }
        let tree = trees.last_mut().unwrap();
        if let Some(path) = line.strip_prefix("--- ") {
            tree.files.push((path.to_owned(), String::new()));
        } else if let Some((_, text)) = tree.files.last_mut() {
            writeln!(text, "{line}").unwrap();
        } else if let Some(expected) = line.strip_prefix("> ") {
            tree.expected.push(expected.to_owned());
        }
    }
    trees
}

fn found(folder: &Path) -> Vec<String> {
    let output = Command::cargo_bin("defuse")
        .unwrap()
        .current_dir(folder)
        .args(["check", ".", "--release-date", "2030-01-01", "--format", "json", "--isolated", "--no-cache"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let loud = report["findings"].as_array().unwrap().iter().filter(|finding| finding["level"] != "note");
    loud.map(told).collect()
}

/// A finding in a line.
fn told(finding: &Value) -> String {
    let text = |name: &str| finding[name].as_str().unwrap_or("nothing").to_owned();
    let at = &finding["trigger"]["at"].as_str().unwrap()[..10];
    let reach: Vec<&str> = finding["reach"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let from = if reach.is_empty() { String::new() } else { format!("; from {}", reach.join(", ")) };
    let (path, level, confidence, effect) = (text("path"), text("level"), text("confidence"), text("effect"));
    format!("{path}:{} {at} {level} {confidence}: {effect}{from}", finding["line"])
}

#[test]
fn every_tree_tells_what_stops() {
    let mut wrong = String::new();
    for tree in trees() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &tree.files {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let found = found(folder.path());
        if found != tree.expected {
            writeln!(wrong, "{}:\n  found    {found:#?}\n  expected {:#?}", tree.name, tree.expected).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
