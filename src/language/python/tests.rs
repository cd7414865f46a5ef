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
    let source: String = source.lines().map(|line| format!("    {line}\n")).collect();
    let module = lower(&format!("def f():\n{source}"));
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
        ("a + b * 2 // 3", "(+ a (// (* b 2) 3))"),
        ("x.y(1, k=2)", "(call x.y 1 k=2)"),
        ("f(*a, **b)", "(call f (pass a) (pass b))"),
        ("self.x[0]", "self.x[0]"),
        ("f(a < b <= c)", "(call f (&& (< a b) (<= b c)))"),
        ("a is not None", "(!= a null)"),
        ("a not in b", "(! (in a b))"),
        ("f(not a or -b > ~c)", "(call f (|| (! a) (> (neg b) (~ c))))"),
        ("a or f()", "(if a {} {(call f)})"),
        ("f(x if c else y)", "(call f (? c x y))"),
        ("s[:3]", "(call s.slice 0 3)"),
        ("s[2:]", "(call s.slice 2 null)"),
        ("s[1:-1:2]", "(call s.slice 1 (neg 1))"),
        ("f'{d:%Y%m} x'", "(text (call d.__format__ \"%Y%m\") \" x\")"),
        ("'a' \"b\"", "\"ab\""),
        ("r'\\d' + b'\\x41'", "(+ \"\\\\d\" \"A\")"),
        ("(1, 2)", "[1 2]"),
        ("{'a': 1, b: 2}", "(map (\"a\" 1) (b 2))"),
        ("lambda x, y=1: x", "(fn (x, y = 1) x)"),
        ("await f()", "(pass (call f))"),
        ("(n := f())", "(= n (call f))"),
        ("[x.y for x in xs if x > 1]", "(call (call xs.filter (fn (x) (> x 1))).map (fn (x) x.y))"),
        ("any(a < b for a, b in m.items())", "(call any (call (call m.items).map (fn (a, b) (< a b))))"),
        ("[y for x in a for y in x]", "(call a.map (fn (x) (call x.map (fn (y) y))))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("x = 1", "(= x 1)"),
        ("x: int = 1", "(= x 1)"),
        ("a = b = 2", "(= a (= b 2))"),
        ("a, b = f()", "(let [a b] (call f))"),
        ("x += 1", "(= x (+ x 1))"),
        ("self.x = 1", "(= self.x 1)"),
        ("if a: b()\nelif c: d()\nelse: e()", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("for i, x in xs:\n  f(x)\nelse:\n  g()", "(loop [i x] in xs {(call f x)}); (call g)"),
        ("while a: b()", "(loop while a {(call b)})"),
        ("return a, b", "(return [a b])"),
        ("raise E('x') from e", "(throw (call E \"x\"))"),
        ("assert a > b, 'm'", "(call assert (> a b) \"m\")"),
        ("with a() as b, c():\n  d()", "{(let b (call a)); (call c); (call d)}"),
        (
            "try:\n  a()\nexcept E as e:\n  b()\nelse:\n  c()\nfinally:\n  d()",
            "(try {(call a); (call c)} {(let e); (call b)} finally {(call d)})",
        ),
        ("pass", ""),
        ("print 'a', b", "(call print \"a\" b)"),
        (
            "match k:\n  case 'a' | 'b': f()\n  case P(x) if x: g()\n  case m.C: h()\n  case _: return",
            "(match k (=\"a\" | =\"b\" => {(call f)}) (P(x) if x => {(call g)}) (=m::C => {(call h)}) (_ => {(return)}))",
        ),
    ] {
        body(source, expected);
    }
}

#[test]
fn definitions() {
    items(
        "def f(a, b: int = 1, *c, d=None, **e) -> date: pass",
        &["exported fn f(a, b :int = 1, c, d = null, e) :date {}"],
    );
    items("def _f(): pass", &["fn _f() {}"]);
    items(
        "class A(B, x.C):\n  end = 1\n  def __init__(self, x=None): self.x = x\n  @property\n  def y(self): return self.x",
        &[
            "type A: B C {}",
            "global A::end = 1",
            "exported method fn A::new(x = null) {(= self.x x)}",
            "@property exported method fn A::y() {(return self.x)}",
        ],
    );
    items(
        "@pytest.mark.skipif(a, reason='b')\ndef f(): pass",
        &["@pytest::mark::skipif(a reason=\"b\") exported fn f() {}"],
    );
    items("class A:\n  x: date = D", &["type A {x :date = D}", "global A::x = D"]);
    items("A = 1\nA = 2\nB, C = 1, 2", &["global A = 1", "global B = 1", "global C = 2", "script {(= A 2)}"]);
}

#[test]
fn imports() {
    items("import a.b, c as d", &["import a = a", "import d = c"]);
    items("from a.b import c, e as f", &["import c = a::b::c", "import f = a::b::e"]);
    items("from . import x\nfrom ..m import y", &["import x = x", "import y = m::y"]);
    items("from a import *", &["import * = a"]);
}

#[test]
fn what_does_not_parse_is_said() {
    let module = lower("def f(:\n  return ]\ndef g():\n  return 2\n");
    assert!(!module.gaps.is_empty());
    assert!(print::module(&module).contains("fn g() {(return 2)}"));
}

#[test]
fn hostile_code_is_survived() {
    survives(&GRAMMAR, include_str!("sample.py"));
    bounded(&GRAMMAR);
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B(m.A):\n    def __init__(self, a):\n        super().__init__(a, b=1)\n\nclass C(A):\n    def __init__(self, a):\n        A.__init__(self, a)\n",
        &[
            "type B: A {}",
            "type C: A {}",
            "exported method fn B::new(a) {(= #base (new A a b=1))}",
            "exported method fn C::new(a) {(= #base (new A a))}",
        ],
    );
}
