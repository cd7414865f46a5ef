use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The statements of a function's body.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("package p\nfunc f() {{\n{source}\n}}\n"));
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::braced(&module.functions[0].body), format!("{{{expected}}}"), "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("x = a + b * 2", "(= x (+ a (* b 2)))"),
        ("time.Now().After(end)", "(call (call time.Now).After end)"),
        (
            "time.Date(2025, time.March, 31, 0, 0, 0, 0, time.UTC)",
            "(call time.Date 2025 time.March 31 0 0 0 0 time.UTC)",
        ),
        ("x = int64(017) + 0x1F + 1_000", "(= x (+ (+ (call int64 15) 31) 1000))"),
        ("x = !ok && a != nil", "(= x (&& (! ok) (!= a null)))"),
        ("x = m[\"a\"]", "(= x m[\"a\"])"),
        ("x = s[4:6]", "(= x (call s.slice 4 6))"),
        ("x = s[:4] + s[6:]", "(= x (+ (call s.slice 0 4) (call s.slice 6)))"),
        ("x = &T{A: 1, B: y}", "(= x (pass (record T A=1 B=y)))"),
        ("x = p.T{1, y}", "(= x (new p::T 1 y))"),
        ("x = T{}", "(= x (record T))"),
        ("x = []T{{A: 1}, {2}}", "(= x [(record T A=1) (new T 2)])"),
        ("x = map[string]*T{\"a\": {A: 1}, k: nil}", "(= x (map (\"a\" (record T A=1)) (k null)))"),
        ("x = []int{1, 2}", "(= x [1 2])"),
        ("x = y.(time.Time)", "(= x y)"),
        ("run(func(a, b int) bool { return a > b })", "(call run (fn (a :int, b :int) {(return (> a b))}))"),
        ("x = `a\\n`", "(= x \"a\\\\n\")"),
        ("x = 'a'", "(= x 97)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if a { b() } else if c { d() } else { e() }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("if err := g(); err != nil { return }", "{(let err (call g)); (if (!= err null) {(return)} {})}"),
        ("a, err := g()", "(let [a err] (call g))"),
        ("a, _ = g()", "(= [a _] (call g))"),
        ("var end time.Time", "(let end :Time)"),
        ("const a, b = 1, 2", "(let [a b] [1 2])"),
        ("i++; i--; i += 2", "(= i (+ i 1)); (= i (- i 1)); (= i (+ i 2))"),
        ("for i := 0; i < 3; i++ { g(i) }", "(let i 0); (loop while (< i 3) {(call g i); (= i (+ i 1))})"),
        ("for a { g() }", "(loop while a {(call g)})"),
        ("for { break }", "(loop {jump})"),
        ("for k, v := range m { g(v) }", "(loop k in {(let v m[k]); (call g v)})"),
        ("for _, v := range m { g(v) }", "(loop v in m {(call g v)})"),
        ("switch x { case 1, 2: g(); default: h() }", "(match x (=1 =2 => {(call g)}) (_ => {(call h)}))"),
        ("switch { case a, b: g(); default: h() }", "(match ( if (|| a b) => {(call g)}) ( => {(call h)}))"),
        ("switch v := g(); v { case 1: h() }", "(let v (call g)); (match v (=1 => {(call h)}))"),
        ("select { case <-c: g() }", "(if (opaque (pass c)) {(call g)} {})"),
        ("go g(); defer h()", "(call g); (call h)"),
        ("return a, nil", "(return [a null])"),
        ("{ g() }", "{(call g)}"),
    ] {
        body(source, expected);
    }
}

#[test]
fn files() {
    items(
        "package p\nimport (\n\"time\"\nc \"example.com/clock/v2\"\n\"gopkg.in/yaml.v3\"\n. \"a/b\"\n_ \"embed\"\n)\n",
        &[
            "package p",
            "import time = time",
            "import c = example.com::clock",
            "import yaml = gopkg.in::yaml",
            "import * = a::b",
        ],
    );
    items(
        "package p\nvar a, B = 1, 2\nconst c int64 = 3\n",
        &["package p", "global a = 1", "global B = 2", "global c :int64 = 3"],
    );
}

#[test]
fn types_and_functions() {
    items(
        "package p
type T struct {\nBase\nA, B int\nEnd time.Time `x`\n}
func (t *T) Over(now, end time.Time) bool { return now.After(t.End) }
func g(s ...string) (int, error) { return 1, nil }
",
        &[
            "package p",
            "type T: Base {A :int; B :int; End :Time}",
            "exported method fn T::Over(now :Time, end :Time) :bool {(return (call now.After self.End))}",
            "fn g(s :string) {(return [1 null])}",
        ],
    );
    items(
        "package p\ntype I interface { Over(int) bool }\ntype S int64\n",
        &["package p", "type I {}", "exported declared method fn I::Over( :int) :bool"],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("package p\nfunc f() { if (a { g() } }\n\nfunc h() int { return 2 }\n");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.go");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}
