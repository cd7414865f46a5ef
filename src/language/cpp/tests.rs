use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    let module = lower(source);
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module), expected.join("\n"), "{source}");
}

/// The statements of a function's body.
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
        ("std::chrono::system_clock::now();", "(call std::chrono::system_clock::now)"),
        ("2021y / nov / 5;", "(call year_month_day (call y 2021) nov 5)"),
        ("std::chrono::June / 5 / 2021;", "(call year_month_day 2021 std::chrono::June 5)"),
        ("x > 5d / June / year{2021};", "(> x (call year_month_day (new year 2021) June (call d 5)))"),
        ("2021y / June / 5 < x;", "(< (call year_month_day (call y 2021) June 5) x)"),
        ("a / b / c; 2021 / 6 / 5; 2021y / June;", "(/ (/ a b) c); (/ (/ 2021 6) 5); (/ (call y 2021) June)"),
        ("a <=> b; x = a and not b;", "(<=> a b); (= x (&& a (! b)))"),
        ("static_cast<long>(v); int(v); int{v};", "(as long v); (as int v); (as int v)"),
        (
            "duration_cast<std::chrono::seconds>(d).count();",
            "(call (call duration_cast d <0>=std::chrono::seconds).count)",
        ),
        ("a.get<T>(1);", "(call a.get 1 <0>=T)"),
        ("new T(1); T(1); T{1, 2}; std::tm{}.tm_year;", "(new T 1); (call T 1); (new T 1 2); (new std::tm).tm_year"),
        ("s = R\"x(a\\n)x\" \"b\\n\";", "(= s \"a\\\\nb\\n\")"),
        ("this->x = x;", "(= self.x x)"),
        ("m[\"a\"]; f({1, 2});", "m[\"a\"]; (call f [1 2])"),
        ("auto l = [&, n = 1](int q) { return q; };", "(let l (fn (q :int) {(let n 1); (return q)}))"),
        ("n = 1'000'000; p = nullptr;", "(= n 1000000); (= p null)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        (
            "if (auto it = m.find(x); it != m.end()) { g(); } else { h(); }",
            "{(let it (call m.find x)); (if (!= it (call m.end)) {(call g)} {(call h)})}",
        ),
        ("if (auto p = next()) g(p);", "(if (is (call next) p) {(call g p)} {})"),
        ("if constexpr (x) g();", "(if x {(call g)} {})"),
        ("for (const auto& [k, v] : m) g(k);", "(loop [k v] in m {(call g k)})"),
        ("for (int i : {1, 2}) {}", "(loop i in [1 2] {})"),
        ("try { a(); } catch (const E& e) { b(); } catch (...) {}", "(try {(call a)} {(let e); (call b)} {})"),
        ("throw E(\"x\"); throw;", "(throw (call E \"x\")); (throw)"),
        (
            "switch (int v = f(); v) { case E::A: return; }",
            "(match {(let v :int (call f)); => v} (=E::A => {(return)}))",
        ),
    ] {
        body(source, expected);
    }
}

#[test]
fn local_variables() {
    for (source, expected) in [
        (
            "T u(a, b::c); T v(x.y); T w{1, 2};",
            "(let u :T (new T a b::c)); (let v :T (new T x.y)); (let w :T (new T 1 2))",
        ),
        ("T t{.a = 1}; T u = {1};", "(let t :T (record T a=1)); (let u :T [1])"),
        ("int i{3}; auto j(4);", "(let i :int 3); (let j 4)"),
        ("auto [p, q] = f();", "(let [p q] (call f))"),
        ("std::vector<int> v = {1};", "(let v :vector [1])"),
        ("typedef std::chrono::hours h; h x;", "(let x :h)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn namespaces_and_imports() {
    items("namespace a::b { int x; namespace { int y; } }", &["global a::b::x :int", "global a::b::y :int"]);
    items("namespace a { void f(); }", &["exported declared fn a::f() :void"]);
    items("using clk = std::chrono::system_clock;", &["import clk = std::chrono::system_clock"]);
    items("using namespace std; using std::tm;", &["import * = std", "import tm = std::tm"]);
    items("namespace fs = std::filesystem;", &["import fs = std::filesystem"]);
    items("enum class E : int { A, B };", &["global E::A :E = 0", "global E::B :E = 1"]);
    items("enum E { A, B };", &["global A :E = 0", "global B :E = 1"]);
    items("constexpr int K = 1'000;", &["global K :int = 1000"]);
    items("template <class T> T id(T x) { return x; }", &["exported fn id(x :T) :T {(return x)}"]);
}

#[test]
fn classes() {
    items(
        "class A : public B, C<D> { public: A(int x) : a(x), b{2} { g(); } static int n; int a = 1, b{3}; };",
        &[
            "type A: B C {a :int = 1; b :int = 3}",
            "global A::n :int",
            "exported method fn A::new(x :int) {(= self.a x); (= self.b 2); (call g)}",
        ],
    );
    items(
        "struct S { bool f(int x = 1) const override; static S make(); ~S() {} bool operator<(const S& o) const; };",
        &[
            "type S {}",
            "exported declared method fn S::f(x :int = 1) :bool",
            "exported declared fn S::make() :S",
            "exported method fn S::~S() {}",
            "exported declared method fn S::operator<(o :S) :bool",
        ],
    );
    items("bool A::B::f(int x) const { return x; }", &["exported method fn A::B::f(x :int) :bool {(return x)}"]);
    items("S::S(int x) : a(x) {}", &["exported method fn S::new(x :int) {(= self.a x)}"]);
    items("int A::x = 3;", &["global A::x :int = 3"]);
    items("auto f() -> std::tm { return {}; }", &["exported fn f() :tm {(return [])}"]);
}

#[test]
fn functions_that_macros_begin() {
    items("TEST(Suite, Name) { f(); }", &["@TEST exported fn Suite.Name() {(call f)}"]);
    items(
        "TEST_CASE(\"a b\", \"[x]\") { f(); }",
        &["@TEST_CASE(\"a b\" \"[x]\") exported fn a b() {(call f)}", "script {(call TEST_CASE \"a b\" \"[x]\")}"],
    );
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.cpp");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "struct B : A { B(int a) : A(a, 1), b(a) {} int b; };",
        &["type B: A {b :int}", "exported method fn B::new(a :int) {(= #base (new A a 1)); (= self.b a)}"],
    );
}
