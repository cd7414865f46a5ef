#![allow(clippy::unwrap_used)]
use std::time::{Duration, Instant};

use super::*;
use crate::language::print;

/// What `mcs` made of `License.cs` there.
const LICENSE: &[u8] = include_bytes!("../../../tests/fixtures/dotnet/License.exe");

fn lowered(bytes: &[u8]) -> Option<Module> {
    let assembly = Assembly::read(bytes)?;
    assembly.words();
    Some(assembly.lower(&|words| words.contains("DateTime")))
}

#[test]
fn an_assembly_says_what_its_source_said() {
    let module = lowered(LICENSE).unwrap();
    assert_eq!(module.gaps, []);
    let printed = print::module(&module);
    for expected in [
        "type License {Expires :DateTime}",
        "global License::End :DateTime = (new DateTime 2031 3 1 0 0 0 DateTimeKind.Utc)",
        "global License::Until :long = 1932768000",
        "exported fn License::Limit() :DateTime {(return (new DateTime 2031 4 1))}",
        "exported fn License::Expired() :bool {(return (> DateTime.UtcNow End))}",
        "exported method fn License::Check() {(let v0 DateTimeOffset.UtcNow); \
         (if (> (call v0.ToUnixTimeSeconds) 1932768000) \
         {(throw (new InvalidOperationException \"the evaluation is over\"))} {}); (call Console.WriteLine \"ok\"); (return)}",
        "exported method fn License::Allowed(always :bool) :bool {(let v0 DateTime.Now); \
         (if (&& (! always) (>= v0 (new DateTime 2031 5 15))) {(return false)} {}); (return true)}",
        "exported method fn License::Fields() :int {(let v0 DateTime.Now); \
         (if (|| (> v0.Year 2031) (&& (== v0.Year 2031) (>= v0.Month 8))) {(call Environment.Exit 3)} {}); (return 1)}",
        "exported method fn License::Text() :bool {(try \
         {(let v0 (call DateTime.ParseExact \"2031-09-01\" \"yyyy-MM-dd\" CultureInfo.InvariantCulture)); \
         (return (< DateTime.Now v0))} {(return false)})}",
        "exported fn License::OverLimit() :bool {(return (> DateTime.Now Limit))}",
        "exported method fn License::Any(ends :DateTime) :bool \
         {(return (call Enumerable.Any ends (fn (#p0) (call <Any>m__0 #p0))))}",
        "fn License::<Any>m__0(e :DateTime) :bool {(return (< e DateTime.Now))}",
        "exported fn Program::Main() {(if (call License.Expired) {(call Environment.Exit 1)} {}); \
         (call (new License).Check); (return)}",
    ] {
        assert!(printed.lines().any(|line| line == expected), "{expected}\n{printed}");
    }
    let refresh = printed.lines().find(|line| line.contains("License::Refresh()")).unwrap();
    assert!(
        refresh.contains("(if (> DateTime.UtcNow (new DateTime 2031 10 1)) {(throw (new Exception \"over\"))} {})")
    );
}

#[test]
fn what_never_meets_the_time_is_not_read() {
    let module = lowered(LICENSE).unwrap();
    assert!(!module.functions.iter().any(|function| matches!(function.name.as_str(), "Sum" | "Plans")));
    assert_eq!(Assembly::read(LICENSE).unwrap().lower(&|_| false).functions, []);
}

#[test]
fn hostile_code_is_bounded() {
    let assembly = Assembly::read(LICENSE).unwrap();
    let began = Instant::now();
    for code in [
        [0x17, 0x58].repeat(30_000),                                      // sums within sums
        [0x25].repeat(60_000),                                            // dup
        [&[0x17, 0x17, 0x58][..], &[0x25, 0x58].repeat(30_000)].concat(), // each sum twice in the next
        [0x17, 0x39, 0, 0, 0, 0].repeat(3_900),                           // decisions that change nothing
        [0x02, 0x39, 0x10, 0, 0, 0].repeat(3_900),                        // decisions across each other
        [0x02, 0x39, 0xF0, 0xFF, 0xFF, 0xFF].repeat(3_900),               // loops within loops
        [0x38, 0, 0, 0, 0].repeat(20_000),                                // jumps to what follows
        [0x02, 0x45, 1, 0, 0, 0, 0, 0, 0, 0].repeat(3_000),               // switches of no sense
        [0x45, 0xFF, 0xFF, 0xFF, 0xFF].to_vec(),
        [0x28, 0xFF, 0xFF, 0xFF, 0xFF].repeat(3_000), // calls of nothing
        [0x73, 1, 0, 0, 0x0A, 0x7D, 1, 0, 0, 4].repeat(3_000),
    ] {
        let body = Body { code: &code, ..Body::default() };
        let names = (&assembly.image.tables, &assembly.owners);
        Lift::new(names, "License", &body, &Signature::default(), Vec::new()).body();
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn damaged_assemblies_are_no_harm() {
    for end in (0..LICENSE.len()).step_by(5) {
        lowered(&LICENSE[..end]);
    }
    for at in 0..LICENSE.len() {
        let mut bytes = LICENSE.to_vec();
        bytes[at] ^= if at % 2 == 0 { 0xFF } else { 0x01 };
        lowered(&bytes);
    }
}
