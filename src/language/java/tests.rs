use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The statements of a method's body.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("class A {{ void f() {{ {source} }} }}"));
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
        ("x = a + b * 2;", "(= x (+ a (* b 2)))"),
        ("LocalDate.now().isAfter(END);", "(call (call LocalDate.now).isAfter END)"),
        ("java.time.LocalDate.of(2025, 3, 31);", "(call java.time.LocalDate.of 2025 3 31)"),
        ("f(x);", "(call f x)"),
        ("this.until = until;", "(= self.until until)"),
        ("super.check();", "(call self.check)"),
        ("n = 30L * 24 + 010 + 0x1F + 1_000;", "(= n (+ (+ (+ (* 30 24) 8) 31) 1000))"),
        ("n = (long) x / 1000;", "(= n (/ (as long x) 1000))"),
        ("n = (int) (x / 2);", "(= n (as int (/ x 2)))"),
        ("c = 'a';", "(= c 97)"),
        ("s = \"a\\n\";", "(= s \"a\\n\")"),
        ("b = x instanceof Date;", "(= b (is x Date()))"),
        ("b = a ? x : y;", "(= b (? a x y))"),
        ("a[0] = new Date(2016 - 1900, 5, 12);", "(= a[0] (new Date (- 2016 1900) 5 12))"),
        (
            "new java.util.GregorianCalendar(2016, Calendar.JUNE, 12);",
            "(new java::util::GregorianCalendar 2016 Calendar.JUNE 12)",
        ),
        ("int[] x = {1, 2}; g(new int[]{3});", "(let x :int [1 2]); (call g [3])"),
        ("i++; --i; i += 2;", "(= i (+ i 1)); (= i (- i 1)); (= i (+ i 2))"),
        ("run(() -> g());", "(call run (fn () (call g)))"),
        ("run((a, b) -> { return a; });", "(call run (fn (a, b) {(return a)}))"),
        ("run(x -> x.y);", "(call run (fn (x) x.y))"),
        ("map(Licence::end);", "(call map (fn (it) (? (opaque) (call Licence.end it) (call it.end))))"),
        ("start(new Thread() { public void run() { g(); } });", "(call start {(fn () {(call g)}); => (new Thread)})"),
        ("assert a > b : \"why\";", "(call assert (> a b) \"why\")"),
        (
            "x = switch (k) { case A -> 1; case B, C -> { yield 2; } default -> throw e; };",
            "(= x (match k (=A => 1) (=B =C => 2) (_ => {(throw e)})))",
        ),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b(); else if (c) d(); else { e(); }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("while (a) b();", "(loop while a {(call b)})"),
        ("for (int i = 0; i < 3; i++) g(i);", "(let i :int 0); (loop while (< i 3) {(call g i); (= i (+ i 1))})"),
        ("for (Date d : ends) g(d);", "(loop d in ends {(call g d)})"),
        ("throw new E(\"x\");", "(throw (new E \"x\"))"),
        ("return;", "(return)"),
        (
            "final LocalDate end = LocalDate.of(2025, 1, 1), last;",
            "(let end :LocalDate (call LocalDate.of 2025 1 1)); (let last :LocalDate)",
        ),
        (
            "try (Reader r = open()) { g(); } catch (A | B e) { h(); } finally { i(); }",
            "(try {(let r :Reader (call open)); (call g)} {(let e); (call h)} finally {(call i)})",
        ),
        ("synchronized (x) { g(); }", "{x; (call g)}"),
        (
            "switch (x) { case 1: case A: g(); break; default: return; }",
            "(match x (=1 =A => {(call g)}) (_ => {(return)}))",
        ),
        ("{ g(); }", "{(call g)}"),
    ] {
        body(source, expected);
    }
}

#[test]
fn files() {
    items(
        "package a.b; import java.util.Date; import static java.time.temporal.ChronoUnit.DAYS; import java.time.*;",
        &[
            "package a::b",
            "import Date = java::util::Date",
            "import DAYS = java::time::temporal::ChronoUnit::DAYS",
            "import * = java::time",
        ],
    );
}

#[test]
fn types_and_members() {
    items(
        "public class A<T> extends B<T> implements C, D { int x = 1; static final long END = 5L; A(int y) { x = y; } A() { this(2); } }",
        &[
            "type A: B C D {x :int = 1}",
            "global A::END :long = 5",
            "method fn A::new(y :int) {(= x y)}",
            "method fn A::new() {(return (new A 2))}",
        ],
    );
    items(
        "class A { static Date end; static { end = f(); } @Test void t() { } static int g(String... s) { return 1; } abstract void h(); }",
        &[
            "type A {}",
            "global A::end :Date",
            "fn A::static() {(= end (call f))}",
            "@Test test method fn A::t() :void {}",
            "fn A::g(s) :int {(return 1)}",
            "declared method fn A::h() :void",
        ],
    );
    items(
        "enum E { FREE, PRO(30); private final int days; E(int days) { this.days = days; } }",
        &[
            "type E {days :int}",
            "global E::FREE :E = (new E)",
            "global E::PRO :E = (new E 30)",
            "method fn E::new(days :int) {(= self.days days)}",
        ],
    );
    items(
        "interface I { long END = 5; default boolean over() { return true; } }",
        &["type I {}", "global I::END :long = 5", "exported method fn I::over() :boolean {(return true)}"],
    );
    items(
        "record R(LocalDate from, int days) { boolean open() { return days > 1; } }",
        &["type R {from :LocalDate; days :int}", "method fn R::open() :boolean {(return (> days 1))}"],
    );
    items(
        "class A { class B { void f() { class C { int y; } } } }",
        &["type A {}", "type A::B {}", "type A::B::C {y :int}", "method fn A::B::f() :void {}"],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("class A { void f() { if (a { g(); } } int h() { return 2; } }");
    assert!(!module.gaps.is_empty());
    assert!(print::module(&module).contains("A::h() :int {(return 2)}"), "{}", print::module(&module));
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.java");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B extends A { B(int a) { super(a, 1); } }",
        &["type B: A {}", "method fn B::new(a :int) {(= #base (new A a 1))}"],
    );
}
