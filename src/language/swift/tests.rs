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
    let module = lower(&format!("func f() {{\n{source}\nend()\n}}\n"));
    assert_eq!(module.gaps, [], "{source}");
    let printed = print::braced(&module.functions[0].body);
    let printed = printed.trim_start_matches('{').trim_end_matches('}');
    let printed = printed.strip_suffix("(call end)").unwrap_or(printed).trim_end();
    assert_eq!(
        printed.trim_end_matches([';', ' ']).trim_end_matches("=>").trim_end_matches([';', ' ']),
        expected,
        "{source}"
    );
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("let (a, _) = f()", "(let [a _] (call f))"),
        ("let x = v == 15 && a > b", "(let x (&& (== v 15) (> a b)))"),
        ("let x = v < 15 && a > b || c >= d && e", "(let x (|| (&& (< v 15) (> a b)) (&& (>= c d) e)))"),
        ("let x = a && (b || c) == d", "(let x (&& a (== (pass (|| b c)) d)))"),
        ("let x = a ?? b + 1 > c - d * 2", "(let x (> (?? a (+ b 1)) (- c (* d 2))))"),
        ("let x = a > b ? c : d", "(let x (? (> a b) c d))"),
        ("let x = a?.b.c(1, d: 2)", "(let x (call a.b.c 1 d=2))"),
        ("let x = Date(timeIntervalSince1970: 1_000)", "(let x (call Date timeIntervalSince1970=1000))"),
        ("let x = .distantFuture", "(let x distantFuture)"),
        ("let x = a.compare(b) == .orderedAscending", "(let x (== (call a.compare b) orderedAscending))"),
        ("let x = \"a \\(b) c\"", "(let x (text \"a \" b \" c\"))"),
        ("let x = #\"a\\b\"#", "(let x \"a\\\\b\")"),
        ("let x = [\"a\": 1]", "(let x (map (\"a\" 1)))"),
        ("let x = [a, b]", "(let x [a b])"),
        ("let x = (a, b)", "(let x [a b])"),
        ("let x = a ?? b", "(let x (?? a b))"),
        ("let x = a ? 1 : 2", "(let x (? a 1 2))"),
        ("let x = !a", "(let x (! a))"),
        ("let x = -1", "(let x (neg 1))"),
        ("let x = a!", "(let x (pass a))"),
        ("let x = try await a()", "(let x (pass (pass (call a))))"),
        ("let x = a as? Int", "(let x (as Int a))"),
        ("let x = xs.filter { $0 > 1 }", "(let x (call xs.filter (fn ($0) (> $0 1))))"),
        ("let x = xs.map { y in y.z }", "(let x (call xs.map (fn (y) y.z)))"),
        ("x += 60 * 60", "(= x (+ x (* 60 60)))"),
        ("x = xs[0]", "(= x xs[0])"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if a { b() } else if c { d() } else { e() }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("if let a = b, a > c { d() }", "(if (&& (is b Some(a)) (> a c)) {(call d)} {})"),
        ("if case .some(let a) = b { c() }", "(if (is b some(a)) {(call c)} {})"),
        ("if case let .some(a, c) = b { d() }", "(if (is b some(a c)) {(call d)} {})"),
        ("guard let a = b else { return }", "(if (! (is b Some(a))) {(return)} {})"),
        ("guard a > b else { throw E.x }", "(if (! (> a b)) {(throw E.x)} {})"),
        ("for a in b { c(a) }", "(loop a in b {(call c a)})"),
        ("for (a, b) in c where a > b { d() }", "(loop [a b] in c {(if (> a b) {(call d)} {})})"),
        ("while a < b { c() }", "(loop while (< a b) {(call c)})"),
        ("do { try a() } catch { b() }", "(try {(pass (call a))} {(call b)})"),
        (
            "#if DEBUG\na()\n#elseif X\nb()\n#else\nc()\n#endif",
            "(if (opaque) {(call a)} {(if (opaque) {(call b)} {(call c)})})",
        ),
        ("#if DEBUG\nreturn\n#endif", "(if (opaque) {(return)} {})"),
        ("let r = 1...5", "(let r (as Range [1 5]))"),
    ] {
        body(source, expected);
    }
    body(
        "switch a { case 1, 2: b(); case 3..<5: c(); case .d(let e): return e; default: break }",
        "(match a (=1 =2 => (call b)) (3..=(- 5 1) => (call c)) (d(e) => {(return e)}) (_ => {jump}))",
    );
}

#[test]
fn declarations() {
    items("import Foundation", &["import Foundation = Foundation"]);
    items("let end: Date = Date()\n", &["global end :Date = (call Date)"]);
    items(
        "struct L: P {\n  static let end = 5\n  let until: Date\n  init(until: Date) { self.until = until }\n  var over: Bool { Date() > until }\n  private func f(_ a: Int, with b: String = \"x\") -> Int { return a }\n}",
        &[
            "type L: P {until :Date}",
            "global L::end = 5",
            "exported method fn L::new(until :Date) {(= self.until until)}",
            "exported method fn L::over() :Bool {(> (call Date) until)}",
            "method fn L::f(a :Int, b :String = \"x\") :Int {(return a)}",
        ],
    );
    items("enum E: Int { case a = 1, b }", &["type E: Int {}", "global E::a :E = 1", "global E::b :E"]);
    // An extension is no type of its own: `Date()` stays the library's.
    items(
        "extension Date { var past: Bool { self < Date() } }",
        &["exported method fn Date::past() :Bool {(< self (call Date))}"],
    );
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = "import Foundation
@main struct A<T>: B where T: C { @State var x: [Int?] = [1]; static let y = \"a \\(b) c\"
  init?(_ a: Int, with b: String = \"é\") throws { guard let c = d, case .e(let f) = g else { return nil } }
  var h: Bool { get { x.contains { $0 == 1 } } set { y = newValue } } }
extension Date { func z() async -> (Int, Int) { switch q { case 1...5 where r: return (1, 2); default: fatalError() } } }
#if DEBUG
for (k, v) in [\"a\": 1] where k != v { repeat { try? await w() } while true }
#endif";
    survives(&GRAMMAR, SAMPLE);
    for open in
        ["(", "[", "{", "-", "a(", "a ? ", "if a { ", "x = ", "\"\\(", "guard let a = ", "{ $0.", "switch a { case "]
    {
        lower(&open.repeat(20_000));
        lower(&format!("func f() {{ {} }}", open.repeat(5_000)));
    }
    let balanced = format!("let x = {}1{}", "(-".repeat(10_000), ")".repeat(10_000));
    assert!(!lower(&balanced).gaps.is_empty());
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B: A { init(_ a: Int) { super.init(a) }; convenience init() { self.init(1) } }",
        &[
            "type B: A {}",
            "exported method fn B::new(a :Int) {(= #base (new A a))}",
            "exported method fn B::new() {(return (new B 1))}",
        ],
    );
}
