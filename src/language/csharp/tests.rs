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
        ("x = k is { A: > 3, B.C: 1 } or not (> 1 and <= 2);", "(= x (is k {A: >3 B: {C: =1}} | !>1 & <=2))"),
        ("x = k is T(1, y) { A: 2 } z;", "(= x (is k [=1 =y] & T{A: =2} & z))"),
        ("x = a + b * 2;", "(= x (+ a (* b 2)))"),
        ("x = DateTime.Now > End;", "(= x (> DateTime.Now End))"),
        ("x = new DateTime(2021, 1, 1).AddDays(2);", "(= x (call (new DateTime 2021 1 1).AddDays 2))"),
        ("T x = new(1);", "(let x :T (new T 1))"),
        ("x = new T { A = d };", "(= x (record T A=d))"),
        ("x = new T(1) { A = d };", "(= x (record T A=d ..(new T 1)))"),
        ("x = new List<int> { 1, 2 };", "(= x [1 2])"),
        ("x = new Dictionary<string, T> { { \"a\", d }, [\"b\"] = e };", "(= x (map (\"a\" d) (\"b\" e)))"),
        ("x = new[] { 1, 2 };", "(= x [1 2])"),
        ("a?.B?.C();", "(call a.B.C)"),
        ("x = a?[0];", "(= x a[0])"),
        ("x ??= y ?? z!;", "(= x (?? x (?? y (pass z))))"),
        ("x = (long)y;", "(= x (as long y))"),
        ("x = y as T;", "(= x (as T y))"),
        ("x = y is null;", "(= x (== y null))"),
        ("x = y is not null;", "(= x (! (== y null)))"),
        ("x = y is DateTime d;", "(= x (is y DateTime(d)))"),
        ("x = y is DateTime;", "(= x (is y DateTime()))"),
        ("f(a: 1, out var b, ref c);", "(call f a=1 b c)"),
        ("f(x => x.End > now);", "(call f (fn (x) (> x.End now)))"),
        ("f((a, b) => { return a; });", "(call f (fn (a, b) {(return a)}))"),
        ("x = $\"a {d:yyyy} {e}\";", "(= x (text \"a \" (call d.ToString \"yyyy\") \" \" e))"),
        ("x = @\"c:\\x\" + \"a\\n\";", "(= x (+ \"c:\\\\x\" \"a\\n\"))"),
        ("x = 1_000L + 0x1F + 1.5m;", "(= x (+ (+ 1000 31) 1.5))"),
        ("x = true && !b || -c > 0;", "(= x (|| (&& true (! b)) (> (neg c) 0)))"),
        ("i++; i--; i += 2;", "(= i (+ i 1)); (= i (- i 1)); (= i (+ i 2))"),
        ("x = await f(this.a, base.b);", "(= x (pass (call f self.a self.b)))"),
        ("x = (a, 1);", "(= x [a 1])"),
        (
            "x = k switch { 1 => a, > 3 => b, T t => c, _ => throw e };",
            "(= x (match k (=1 => a) (>3 => b) (T(t) => c) (_ => {(throw e)})))",
        ),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b(); else if (c) d(); else { e(); }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("for (int i = 0; i < 3; i++) g(i);", "(let i :int 0); (loop while (< i 3) {(call g i); (= i (+ i 1))})"),
        ("foreach (var d in list) g(d);", "(loop d in list {(call g d)})"),
        ("foreach (var (k, v) in map) g(k);", "(loop [k v] in map {(call g k)})"),
        ("while (a) b();", "(loop while a {(call b)})"),
        ("do b(); while (a);", "(loop {(call b); (if a {} {jump})})"),
        ("var x = 1; DateTime y = z, w;", "(let x 1); (let y :DateTime z); (let w :DateTime)"),
        ("var (a, b) = f();", "(let [a b] (call f))"),
        (
            "switch (k) { case 1: case A.B: g(); break; case T t when t.x: h(); break; default: return; }",
            "(match k (=1 =A.B => {(call g)}) (T(t) if t.x => {(call h)}) (_ => {(return)}))",
        ),
        (
            "try { g(); } catch (E e) when (e.x) { h(); } finally { i(); }",
            "(try {(call g)} {(let e); (call h)} finally {(call i)})",
        ),
        ("using (var s = f()) { g(s); }", "{(let s (call f)); (call g s)}"),
        ("lock (this) { g(); }", "{(call g)}"),
        ("throw new E(\"x\");", "(throw (new E \"x\"))"),
        ("return;", "(return)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn files() {
    items(
        "using System; using static System.Math; using C = A.B; namespace X.Y; class T { }",
        &["package X::Y", "import * = System", "import * = System::Math", "import C = A::B", "type T {}"],
    );
    items(
        "var end = new DateTime(2021, 1, 1); if (a > end) { f(); }",
        &["global end = (new DateTime 2021 1 1)", "script {(if (> a end) {(call f)} {})}"],
    );
}

#[test]
fn types_and_members() {
    items(
        "namespace N { public class A<T> : B<T>, C { static readonly DateTime End = f(), Last; const int X = 1; int y; } }",
        &[
            "package N",
            "type A: B C {y :int}",
            "global A::End :DateTime = (call f)",
            "global A::Last :DateTime",
            "global A::X :int = 1",
        ],
    );
    items(
        "class A { public DateTime Until { get; set; } = d; public bool Over => Now > Until; bool P { get { return x; } } }",
        &[
            "type A {Until :DateTime = d}",
            "exported method fn A::Over() :bool {(> Now Until)}",
            "method fn A::P() :bool {(return x)}",
        ],
    );
    items(
        "class A { static A() { E = 1; } public A(int x = 2) : this(x, 1) { y = x; } [Fact] public void T(string s) { } }",
        &[
            "type A {}",
            "fn A::static() {(= E 1)}",
            "exported method fn A::new(x :int = 2) {(return (new A x 1)); (= y x)}",
            "@Fact exported test method fn A::T(s :string) :void {}",
        ],
    );
    items("enum E { A, B = 3, C }", &["type E {}", "global E::A :E = 0", "global E::B :E = 3", "global E::C :E = 4"]);
    items(
        "record R(DateTime From, int Days) { public bool F() => true; }",
        &["type R {From :DateTime; Days :int}", "exported method fn R::F() :bool {true}"],
    );
    items(
        "interface I { bool F(); DateTime Now { get; } }",
        &["type I {Now :DateTime}", "exported declared method fn I::F() :bool"],
    );
}

#[test]
fn what_is_switched_off_is_not_there() {
    items(
        "#if false\nclass A { }\n#else\nclass B { }\n#endif\n#if X\nclass C { }\n#endif\n",
        &["type B {}", "type C {}"],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("class A { void f() { if (a { g(); } } int h() { return 2; } }");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.cs");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B : A { B(int a) : base(a, 1) {} B() : this(2) {} }",
        &[
            "type B: A {}",
            "method fn B::new(a :int) {(= #base (new A a 1))}",
            "method fn B::new() {(return (new B 2))}",
        ],
    );
}
