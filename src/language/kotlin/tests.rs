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
    let module = lower(&format!("fun f() {{\n{source}\n}}\n"));
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
        ("Clock.System.now() > end", "(> (call Clock.System.now) end)"),
        ("a?.b!!.c ?: true", "(?? (pass a.b).c true)"),
        ("x = 1_000L + 0x1F", "(= x (+ 1000 31))"),
        ("named(a = 1, b)", "(call named a=1 b)"),
        ("list.any { it > 1 }", "(call list.any (fn (it) (> it 1)))"),
        (
            "list.map { a -> a.b }.any(T::f)",
            "(call (call list.map (fn (a) a.b)).any (fn (it) (? (opaque) (call T.f it) (call it.f))))",
        ),
        ("require(n > 0) { \"no\" }", "(call require (> n 0) (fn (it) \"no\"))"),
        ("any(::f)", "(call any (fn (it) (call f it)))"),
        ("a until b", "(call a.until b)"),
        ("1.days + x", "(+ 1.days x)"),
        ("x in 1..3", "(&& (>= x 1) (<= x 3))"),
        ("x !in y", "(! (in x y))"),
        ("x as Long", "(as Long x)"),
        ("x !is Date", "(! (is x Date()))"),
        ("!a || -b > null", "(|| (! a) (> (neg b) null))"),
        ("!a.b().c && -d[1] > (-e).f", "(&& (! (call a.b).c) (> (neg d[1]) (neg e).f))"),
        ("!f(x)", "(! (call f x))"),
        ("i++", "(= i (+ i 1))"),
        ("a[1]", "a[1]"),
        ("g(object : T { override fun f() { h() } })", "(call g {(fn () {(call h)}); => (new T)})"),
        ("val s = \"\"\"a $b\"\"\"", "(let s (text \"a \" b))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b() else if (c) d() else { e() }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("val x = if (a) b else c", "(let x (? a b c))"),
        ("val end: LocalDate = d", "(let end :LocalDate d)"),
        ("val (a, b) = p", "(let [a b] p)"),
        ("val x = a ?: return false", "(let x (?? a {(return false)}))"),
        (
            "when (k) { 1, 2 -> g(); is T -> h(); in 3..4 -> i(); else -> j() }",
            "(match k (=1 =2 => {(call g)}) (T() => {(call h)}) (3..=4 => {(call i)}) (_ => {(call j)}))",
        ),
        ("when { a > b -> g(); else -> h() }", "(match ( if (> a b) => {(call g)}) ( => {(call h)}))"),
        ("for (d in list) g(d)", "(loop d in list {(call g d)})"),
        ("while (a) { b() }", "(loop while a {(call b)})"),
        ("try { g() } catch (e: E) { h() } finally { i() }", "(try {(call g)} {(let e); (call h)} finally {(call i)})"),
        ("throw E(\"x\")", "(throw (call E \"x\"))"),
        ("return@f 1", "(return 1)"),
        ("x += 2", "(= x (+ x 2))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn files() {
    items(
        "package a.b\nimport java.util.Date\nimport java.time.LocalDate as D\nimport x.*\nconst val END = 5L\nval last by lazy { f() }\n",
        &[
            "package a::b",
            "import Date = java::util::Date",
            "import D = java::time::LocalDate",
            "import * = x",
            "global END = 5",
            "global last = (call lazy (fn (it) (call f)))",
        ],
    );
}

#[test]
fn types_and_functions() {
    items(
        "class A(val end: Instant, private var n: Int = 3) : B(end), C {\n  val x = 1\n  companion object {\n    const val DAYS = 30\n    fun make() = A(y)\n  }\n  init {\n    go()\n  }\n}\n",
        &[
            "type A: B C {end :Instant; n :Int = 3; x = 1}",
            "global A::DAYS = 30",
            "exported method fn A::init() {(= #base (new B end))}",
            "exported fn A::make() {(call A y)}",
            "exported method fn A::init() {(call go)}",
        ],
    );
    items(
        "class A(val end: Int) {\n  constructor(s: String) : this(f(s)) {\n    go()\n  }\n}\n",
        &[
            "type A {end :Int}",
            "exported method fn A::new(end :Int) {(= self.end end)}",
            "exported method fn A::new(s :String) {(return (new A (call f s))); (call go)}",
        ],
    );
    items(
        "class A {\n  val over: Boolean get() = now() > end\n  private fun f(a: Int = 1, b: String): Boolean { return true }\n  @Test fun `a b`() { g() }\n}\n",
        &[
            "type A {}",
            "exported method fn A::over() :Boolean {(> (call now) end)}",
            "method fn A::f(a :Int = 1, b :String) :Boolean {(return true)}",
            "@Test exported test method fn A::a b() {(call g)}",
        ],
    );
    items("object S { val q = 1 }\n", &["type S {}", "global S::q = 1"]);
    items(
        "enum class E(val d: Int) { A(1), B(2); fun g() = d }\n",
        &[
            "type E {d :Int}",
            "global E::A :E = (new E 1)",
            "global E::B :E = (new E 2)",
            "exported method fn E::g() {d}",
        ],
    );
    items(
        "fun Date.isOver(): Boolean = this.time > 5\n",
        &["exported method fn Date::isOver() :Boolean {(> self.time 5)}"],
    );
    items("val Date.over get() = this.time > 5\n", &["exported method fn Date::over() {(> self.time 5)}"]);
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("fun f() { if (a { g() } }\n\nfun h(): Int { return 2 }\n");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.kt");
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}
