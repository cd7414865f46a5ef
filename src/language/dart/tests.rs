use super::super::print;
use super::super::tree::tests::{known, survives};
use super::{GRAMMAR, lower};

#[track_caller]
fn items(source: &str, expected: &[&str]) {
    let module = lower(source);
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module).lines().collect::<Vec<_>>(), expected, "{source}");
}

/// The body of a function.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("void f() {{ {source} }}"));
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
        ("a?.b.c(1, d: 2);", "(call a.b.c 1 d=2)"),
        ("var x = new DateTime.utc(2026, 3);", "(let x (call DateTime::utc 2026 3))"),
        ("const x = Duration(days: 28);", "(let x (call Duration days=28))"),
        ("final x = 'a $b ${c.d}' 'e';", "(let x (text \"a \" b \" \" c.d \"e\"))"),
        ("final x = r'a\\b';", "(let x \"a\\\\b\")"),
        ("final x = [a, ...b];", "(let x [a (opaque b)])"),
        ("final x = {'a': 1};", "(let x (map (\"a\" 1)))"),
        ("final x = {a, b};", "(let x [a b])"),
        ("final x = a ?? b;", "(let x (?? a b))"),
        ("final x = a ? 1 : 2;", "(let x (? a 1 2))"),
        ("final x = !a && -b > ~c;", "(let x (&& (! a) (> (neg b) (~ c))))"),
        ("final x = a! ~/ 1000;", "(let x (// (pass a) 1000))"),
        ("final x = await a();", "(let x (pass (call a)))"),
        ("final x = a as int;", "(let x (as int a))"),
        ("final x = a is! int;", "(let x (! (is a int())))"),
        ("final x = (a) => a.b;", "(let x (fn (a) a.b))"),
        ("final x = (int a) { return a; };", "(let x (fn (a :int) {(return a)}))"),
        ("final x = a..b()..c = 3;", "(let x {(call a.b); (= a.c 3); => a})"),
        ("final x = A()..b();", "(let x {(let #cascade (call A)); (call #cascade.b); => #cascade})"),
        ("final x = switch (a) { 1 => 2, _ => 3 };", "(let x (match a (=1 => 2) (_ => 3)))"),
        ("i++;", "(= i (+ i 1))"),
        ("--i;", "(= i (- i 1))"),
        ("i += 2;", "(= i (+ i 2))"),
        ("a[0].b = c;", "(= a[0].b c)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b(); else if (c) { d(); } else e();", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("final x = a || b;", "(let x (|| a b))"),
        ("a ? b() : c();", "(if a {(call b)} {(call c)})"),
        ("for (final a in b) { c(a); }", "(loop a in b {(call c a)})"),
        ("for (var i = 0; i < 3; i++) { a(i); }", "(let i 0); (loop while (< i 3) {(call a i); (= i (+ i 1))})"),
        ("while (a) { b(); }", "(loop while a {(call b)})"),
        (
            "switch (a) { case 1: case 2: b(); break; default: c(); }",
            "(match a (=1 =2 => {(call b)}) (_ => {(call c)}))",
        ),
        ("try { a(); } on E catch (e) { b(); } finally { c(); }", "(try {(call a)} {(call b)} finally {(call c)})"),
        ("throw E('x');", "(throw (call E \"x\"))"),
        ("assert(a > b, 'x');", "(call assert (> a b) \"x\")"),
        ("return a;", "(return a)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn declarations() {
    items("import 'package:clock/clock.dart' as c;", &["import c = clock", "include package:clock/clock.dart"]);
    items("final DateTime end = DateTime(2026);", &["global end :DateTime = (call DateTime 2026)"]);
    items("bool get over => a > b;", &["exported fn over() :bool {(> a b)}"]);
    items(
        "class L extends B with C implements D { static const end = 5; final DateTime until; late int n = 1; L(this.until, {int a = 1}) : n = a; L.of() { a(); } factory L.from(int x) => L(x); bool over(DateTime now) => now.isAfter(until); static void _f() {} }",
        &[
            "type L: B C D {until :DateTime; n :int = 1}",
            "global L::end = 5",
            "exported method fn L::new(until, a :int = 1) {(= self.until until); (= self.n a)}",
            "exported method fn L::of() {(call a)}",
            "exported fn L::from(x :int) {(call L x)}",
            "exported method fn L::over(now :DateTime) :bool {(call now.isAfter until)}",
            "fn L::_f() :void {}",
        ],
    );
    items("enum E { a, b }", &["type E {}", "global E::a :E", "global E::b :E"]);
    // An extension is no type of its own: `DateTime(2026)` stays the library's.
    items(
        "extension P on DateTime { bool get past => isBefore(DateTime.now()); }",
        &["exported method fn DateTime::past() :bool {(call isBefore (call DateTime.now))}"],
    );
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = "import 'a.dart' as b show c;
part 'd.dart';
abstract class A<T extends B> extends C with D { final x = <int>[1, ...y, if (z) 2]; A({required this.w, super.key}) : assert(w > 1), v = 'é $u ${t[0]}';
  @override Future<void> s() async { await for (final r in q()) { p?..o()..n = r ?? (m as int); } } operator ==(Object l) => l is A && k != null; }
enum E { a(1), b(2); const E(this.c); final int c; }
extension X on DateTime { bool get past => isBefore(DateTime.now()); }
void main() => switch (x) { 1 || 2 => f(), A(:var w) when w > 1 => g(), _ => throw h };";
    survives(&GRAMMAR, SAMPLE);
    for open in ["(", "[", "{", "-", "a(", "a ? ", "if (a) ", "x = ", "'${", "(a) => ", "a..b(", "switch (a) { _ => "] {
        lower(&open.repeat(20_000));
        lower(&format!("void f() {{ {} }}", open.repeat(5_000)));
    }
    let balanced = format!("var x = {}1{};", "(-".repeat(10_000), ")".repeat(10_000));
    assert!(!lower(&balanced).gaps.is_empty());
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B extends A { B(int a) : super(a, 1); B.c({required super.d}); }",
        &[
            "type B: A {}",
            "exported method fn B::new(a :int) {(= #base (new A a 1))}",
            "exported method fn B::c(d) {(= #base (new A d=d))}",
        ],
    );
}
