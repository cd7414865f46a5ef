//! Every example of the rules' documents does what it says.

#![allow(clippy::unwrap_used)]

use defuse::catalogue::{Catalogue, run};

#[test]
fn every_example_does_what_it_says() {
    let catalogue = Catalogue::embedded().unwrap();
    let failures = run::run_examples(&catalogue, run::scan).unwrap();
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} examples differ:\n{}", failures.len(), told.join("\n"));
}
