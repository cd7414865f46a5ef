#![allow(clippy::unwrap_used)]
use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The body of a method.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("class A {{ def f() {{\n{source}\nreturn\n}} }}"));
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::braced(&module.functions[0].body), format!("{{{expected}; (return)}}"), "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("x = a + b * 2", "(= x (+ a (* b 2)))"),
        ("LocalDate.now().isAfter(end)", "(call (call LocalDate.now).isAfter end)"),
        ("new Date() > Date.parse('yyyy', '2025')", "(> (new Date) (call Date.parse \"yyyy\" \"2025\"))"),
        ("list.any { it.end < now }", "(call list.any (fn (it) (< it.end now)))"),
        (
            "list.findAll { a, b -> a > b }.collect { g(it) }",
            "(call (call list.findAll (fn (a, b) (> a b))).collect (fn (it) (call g it)))",
        ),
        ("a?.b ?: c", "(?? a.b c)"),
        ("foo(a: 1, b)", "(call foo a=1 b)"),
        ("x as Date", "(as Date x)"),
        ("(Date) x", "(as Date x)"),
        ("a <=> b", "(<=> a b)"),
        ("[a: 1, 'b': 2]", "(record _ a=1 b=2)"),
        ("\"a ${b.c} $d.e\"", "(text \"a \" b.c \" \" d.e)"),
        ("d in [1, 2]", "(in d [1 2])"),
        ("x.&foo", "(fn (it) (? (opaque) (call x.foo it) (call it.foo)))"),
        ("30.days.from.now", "30.days.from.now"),
        ("2 ** 3", "(** 2 3)"),
        ("println 'a' + b", "(call println (+ \"a\" b))"),
        ("log.warn \"a\"", "(call log.warn \"a\")"),
        ("i++", "(= i (+ i 1))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b() else if (c) d() else { e() }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("Date x = y", "(let x :Date y)"),
        ("def (a, b) = p", "(let [a b] p)"),
        ("def a = 1, b = 2", "(let a 1); (let b 2)"),
        (
            "switch (d) { case 1: return 2; case 3: g(); break; default: h() }",
            "(match d (=1 => {(return 2)}) (=3 => {(call g)}) (_ => {(call h)}))",
        ),
        (
            "try { x() } catch (A | B e) { y() } finally { z() }",
            "(try {(call x)} {(let e); (call y)} finally {(call z)})",
        ),
        ("for (x in list) { g(x) }", "(loop x in list {(call g x)})"),
        ("for (int i = 0; i < 3; i++) { g(i) }", "(let i :int 0); (loop while (< i 3) {(call g i); (= i (+ i 1))})"),
        ("assert a < b : 'msg'", "(call assert (< a b) \"msg\")"),
        ("throw new E('x')", "(throw (new E \"x\"))"),
        ("def c = { Date x, y -> x < y }", "(let c (fn (x :Date, y) (< x y)))"),
        ("while (a) { b() }", "(loop while a {(call b)})"),
        ("use(TimeCategory) { x = 1.day.ago }", "(call use TimeCategory (fn () (= x 1.day.ago)))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn conditions_of_specifications_are_claims() {
    for (source, expected) in [
        (
            "given:\ndef l = g()\nexpect:\nl.end > h()\nand: 'x'\nl.valid",
            "(let l (call g)); (call assert (> l.end (call h))); \"x\"; (call assert l.valid)",
        ),
        (
            "when:\ng()\nthen: 'a'\n1 * m.send(_)\nx == 1\nnoExceptionThrown()\nwhere:\na | b\n1 | 2",
            "(call g); \"a\"; (* 1 (call m.send _)); (call assert (== x 1)); (call noExceptionThrown); (| a b); (| 1 2)",
        ),
    ] {
        body(source, expected);
    }
}

#[test]
fn declarations() {
    items(
        "package a.b\nimport groovy.time.*\nimport static java.time.Month.JUNE\nimport java.time.LocalDate as LD",
        &[
            "package a::b",
            "import * = groovy::time",
            "import JUNE = java::time::Month::JUNE",
            "import LD = java::time::LocalDate",
        ],
    );
    items(
        "@C class S extends B implements I, J { static final LocalDate END = f(2025)\n private Date until\n \
         def name = 'x'\n boolean ok(Date now = new Date(), int x) { now < until }\n private static void f() { g() }\n \
         S(Date d) { this.until = d }\n static { h() } }",
        &[
            "@C type S: B I J {until :Date; name = \"x\"}",
            "global S::END :LocalDate = (call f 2025)",
            "exported method fn S::ok(now :Date = (new Date), x :int) :boolean {(< now until)}",
            "fn S::f() :void {(call g)}",
            "exported method fn S::new(d :Date) {(= self.until d)}",
            "exported fn S::static() {(call h)}",
        ],
    );
    items("enum K { A(1), B; int n }", &["type K {n :int}", "global K::A :K = (new K 1)", "global K::B :K = (new K)"]);
    items(
        "class X extends Specification { def \"a is b\"() { expect: a > b } }",
        &["type X: Specification {}", "exported method fn X::a is b() {(call assert (> a b))}"],
    );
    items("interface I { Date end() }", &["type I {}", "exported declared method fn I::end() :Date"]);
}

#[test]
fn scripts() {
    items(
        "ext.end = '2025'\next { a = 1\n b = 2 }\nproject.ext.c = 3\nif (x > y) { println x }\ndef call(Map c) { f 1 }",
        &[
            "global end = \"2025\"",
            "global a = 1",
            "global b = 2",
            "global c = 3",
            "exported fn call(c :Map) {(call f 1)}",
            "script {(if (> x y) {(call println x)} {})}",
        ],
    );
    items(
        "android { buildConfigField 'long', 'END', '1764115200000L'\n buildConfigField(\"String\", \"U\", '\"2025-06-01\"')\n}",
        &[
            "global BuildConfig::END :long = 1764115200000",
            "global BuildConfig::U :String = \"2025-06-01\"",
            "script {(call android (fn () {(call buildConfigField \"long\" \"END\" \"1764115200000L\"); \
             => (call buildConfigField \"String\" \"U\" \"\\\"2025-06-01\\\"\")}))}",
        ],
    );
    items(
        "pipeline { agent any\n stages { stage('a') { script { if (a > b) { error 'x' } } } } }",
        &["script {(fn () {(call agent any); => (call stages (fn () (call stage \"a\" (fn () (call script (fn () \
           (? (> a b) (call error \"x\") {})))))))})}"],
    );
    items(
        "tasks.register('a') { doLast { f() } }\ntask foo << { g() }\n",
        &["script {(call tasks.register \"a\" (fn () (call doLast (fn () (call f))))); \
           (call task (<< foo (fn () (call g))))}"],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("class A { def f( { if }\n def h() { 2 } }\n");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.groovy");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}
