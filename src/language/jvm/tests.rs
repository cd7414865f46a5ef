#![allow(clippy::unwrap_used)]
use std::time::{Duration, Instant};

use super::*;
use crate::language::print;

/// What `javac` made of `License.java` there.
const LICENSE: &[u8] = include_bytes!("../../../tests/fixtures/jvm/License.class");

fn lowered(bytes: &[u8]) -> Option<Module> {
    Some(ClassFile::read(bytes)?.lower())
}

/// A class with one method, `static void f()`, of that code; constant 1 is its own class.
fn class_of(code: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52, 0, 6, 7, 0, 2];
    for name in ["A", "f", "()V", "Code"] {
        bytes.extend([1, 0, u8::try_from(name.len()).unwrap()]);
        bytes.extend(name.bytes());
    }
    bytes.extend([0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 4, 0, 1, 0, 5]);
    let length = u32::try_from(code.len()).unwrap();
    bytes.extend((length + 12).to_be_bytes());
    bytes.extend([0, 9, 0, 9]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(code);
    bytes.extend([0, 0, 0, 0, 0, 0]);
    bytes
}

#[test]
fn a_class_says_what_its_source_said() {
    let module = lowered(LICENSE).unwrap();
    assert_eq!(module.gaps, []);
    let printed = print::module(&module);
    for expected in [
        "package com::acme",
        "import LocalDate = java::time::LocalDate",
        "type License {days :int}",
        "global License::END :LocalDate = (call LocalDate.of 2031 3 1)",
        "global License::UNTIL :long = 1932768000000",
        "global License::WHEN :Date = (call (new GregorianCalendar 2031 5 15).getTime)",
        "exported method fn License::new() {(call super); (= self.days [30 60 90]); (return)}",
        "exported fn License::expired() :boolean {(return (call (call LocalDate.now).isAfter END))}",
        "exported method fn License::check() {(if (> (call System.currentTimeMillis) 1932768000000) \
         {(throw (new IllegalStateException \"the evaluation is over\"))} {}); (call System.out.println \"ok\"); (return)}",
        "exported method fn License::allowed(always :boolean) :boolean {(let now (new Date)); \
         (if (&& (! always) (! (call now.before WHEN))) {(return false)} {}); (return true)}",
        "exported method fn License::fields() :int {(let c (call Calendar.getInstance)); \
         (let y (call c.get Calendar.YEAR)); (let m (call c.get Calendar.MONTH)); \
         (if (|| (> y 2031) (&& (== y 2031) (>= m 7))) {(call System.exit 3)} {}); (return 1)}",
        "exported method fn License::text() :boolean {(try \
         {(let end (call (new SimpleDateFormat \"yyyy-MM-dd\").parse \"2031-09-01\")); (return (call (new Date).before end))} \
         {(let e (opaque)); (return false)})}",
        "exported method fn License::plan(kind :int) :int {(let total 0); (let v3 self.days); (let v4 v3.length); \
         (let v5 0); (loop {(if (< v5 v4) {(let day v3[v5]); (if (> day kind) {jump} {}); (let total (+ total day)); \
         (= v5 (+ v5 1)); jump} {}); jump}); (match kind (=1 => {(return total)}) (=2 =3 => {(return (neg 1))}) \
         (_ => {(return (? (<= total 7) 7 total))}))}",
        "exported method fn License::later(start :long) :BooleanSupplier {(return (fn () (call lambda$later$0 start)))}",
        "fn License::lambda$later$0(start :long) :boolean \
         {(return (> (- (call System.currentTimeMillis) start) 1800000))}",
    ] {
        assert!(printed.lines().any(|line| line == expected), "{expected}\n{printed}");
    }
}

#[test]
fn hostile_code_is_bounded() {
    let repeated = |part: &[u8], count: usize| part.repeat(count);
    let began = Instant::now();
    for code in [
        repeated(&[0x04, 0x60], 30_000),                                      // sums within sums
        repeated(&[0x59], 60_000),                                            // dup
        [&[0x04, 0x04, 0x60][..], &repeated(&[0x59, 0x60], 30_000)].concat(), // each sum twice in the next
        repeated(&[0x04, 0x99, 0, 3], 3_900),                                 // decisions that change nothing
        repeated(&[0x04, 0x99, 0x00, 0x10], 3_900),                           // decisions across each other
        repeated(&[0x04, 0x99, 0xFF, 0xFF], 3_900),                           // loops within loops
        repeated(&[0xA7, 0, 3], 20_000),                                      // jumps to what follows
        repeated(&[0xAA, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3_000),            // switches of no sense
        repeated(&[0x04, 0x03, 0x99, 0, 4, 0x04, 0x03], 3_000),               // what never leaves the stack
    ] {
        lowered(&class_of(&code)).unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn damaged_classes_are_no_harm() {
    for end in 0..LICENSE.len() {
        lowered(&LICENSE[..end]);
    }
    for at in 0..LICENSE.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut bytes = LICENSE.to_vec();
            bytes[at] ^= flip;
            lowered(&bytes);
        }
    }
}
