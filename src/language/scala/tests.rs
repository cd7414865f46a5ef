use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The body of a function.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("object A {{ def f(): Unit = {{\n{source}\nz\n}} }}"));
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::braced(&module.functions[0].body), format!("{{{expected}; => z}}"), "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("x = a + b * 2", "(= x (+ a (* b 2)))"),
        ("LocalDate.now.isAfter(end)", "(call LocalDate.now.isAfter end)"),
        ("now isAfter end", "(call now.isAfter end)"),
        ("Switch(\"a\", until = LocalDate.of(2025, 3, 31))", "(call Switch \"a\" until=(call LocalDate.of 2025 3 31))"),
        ("list.exists(_.end > now)", "(call list.exists (fn (_) (> _.end now)))"),
        ("list.map(d => d.end)", "(call list.map (fn (d) d.end))"),
        ("list.foreach { d => g(d) }", "(call list.foreach (fn (d) (call g d)))"),
        ("list.map { case (k, v) => v }", "(call list.map (fn (_) (match _ ([k v] => v))))"),
        ("test(\"x\") { g() }", "(call test \"x\" (fn () (call g)))"),
        ("f(a)(b)", "(call f a b)"),
        ("Map(\"a\" -> 1)", "(call Map [\"a\" 1])"),
        ("new java.util.Date(1L)", "(new java::util::Date 1)"),
        ("new T { def f() = g() }", "{(fn () (call g)); => (new T)}"),
        ("x += 1", "(= x (+ x 1))"),
        ("s\"a $b ${c.d}\"", "(text \"a \" b \" \" c.d)"),
        ("x.asInstanceOf[Long]", "x.asInstanceOf"),
        ("(a, true)", "[a true]"),
        ("!a || -b > 0", "(|| (! a) (> (neg b) 0))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b() else if (c) d() else { e() }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("val x: T = 1", "(let x :T 1)"),
        ("val (a, b) = p", "(let [a b] p)"),
        ("val x = if (a) b else c", "(let x (? a b c))"),
        (
            "k match { case 1 | 2 => g() case T(x, _) if x > 1 => h() case d: T => i() case _ => j() }",
            "(match k (=1 | =2 => {(call g)}) (T(x _) if (> x 1) => {(call h)}) (T(d) => {(call i)}) (_ => {(call j)}))",
        ),
        ("for (d <- list; if d > 1; e = d) g(e)", "(loop d in list {(if (> d 1) {(let e d); (call g e)} {})})"),
        ("while (a) { b() }", "(loop while a {(call b)})"),
        ("try { g() } catch { case e: E => h() } finally { i() }", "(try {(call g)} {(call h)} finally {(call i)})"),
        ("throw new E(\"x\")", "(throw (new E \"x\"))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn files() {
    items(
        "package a.b\nimport java.time.{LocalDate, Instant => I}\nimport java.util._\nimport x.y.Z\n",
        &[
            "package a::b",
            "import LocalDate = java::time::LocalDate",
            "import I = java::time::Instant",
            "import * = java::util",
            "import Z = x::y::Z",
        ],
    );
}

#[test]
fn types_and_members() {
    items(
        "case class S(name: String, until: LocalDate = LocalDate.MAX) extends B with C { def over: Boolean = now > until; var n = 0 }",
        &[
            "type S: B C {name :String; until :LocalDate = LocalDate.MAX; n = 0}",
            "exported method fn S::over() :Boolean {(> now until)}",
        ],
    );
    items(
        "object O extends B { val End: T = f(); private def g(x: Int = 1): Int = x }",
        &["type O: B {}", "global O::End :T = (call f)", "fn O::g(x :Int = 1) :Int {x}"],
    );
    items(
        "implicit class R(d: Date) { def over: Boolean = d.time > 5 }",
        &["type R {d :Date}", "exported method fn R::Date::over() :Boolean {(> self.time 5)}"],
    );
    items("extension (d: Date) def over = d.time > 5", &["exported method fn Date::over() {(> self.time 5)}"]);
    items(
        "class S extends AnyFunSuite { test(\"a\") { g() } }",
        &["type S: AnyFunSuite {}", "exported method fn S::init() {(call test \"a\" (fn () (call g)))}"],
    );
    items("trait T { def f: Int }", &["type T {}", "exported declared method fn T::f() :Int"]);
    items("enum C { case Red, Green }", &["type C {}", "global C::Red :C", "global C::Green :C"]);
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("object A { def f() = { if (a { g() } }\n def h(): Int = 2 }\n");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.scala");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B(a: Int) extends A(a, 1) with C",
        &["type B: A C {a :Int}", "exported method fn B::init() {(= #base (new A a 1))}"],
    );
}
