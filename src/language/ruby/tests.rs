use super::*;
use crate::language::print;
use crate::language::tree::tests::{balanced, known, nested, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    let module = lower(source);
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module), expected.join("\n"), "{source}");
}

/// The statements of a function's body; its last line is `g()`, so that none of them is its value.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("def f\n{source}\ng()\nend\n"));
    assert_eq!(module.gaps, [], "{source}");
    let stmts: Vec<String> = module.functions[0].body.stmts.iter().map(print::stmt).collect();
    assert_eq!(stmts.join("; "), expected, "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("x = 1_000 + 2 * y", "(= x (+ 1000 (* 2 y)))"),
        ("Time.now > END_DATE", "(> (call Time.now) END_DATE)"),
        ("Time.utc(2026, 3, 1)", "(call Time.utc 2026 3 1)"),
        ("Foo::Bar.new(1, a: 2)", "(new Foo::Bar 1 a=2)"),
        ("Foo::BAR", "Foo::BAR"),
        ("x&.y", "(call x.y)"),
        ("@x.foo(@@y, $z)", "(call self.x.foo y z)"),
        ("self.x", "self.x"),
        ("self.x = 1", "(= self.x 1)"),
        ("a.b = 1", "(= a.b 1)"),
        ("a, b = 1, c", "(let [a b] [1 c])"),
        ("x ||= 1", "(= x (|| x 1))"),
        ("\"a #{b} c\"", "(text \"a \" b \" c\")"),
        ("'a #{b}'", "\"a #{b}\""),
        ("[:a, 'b']", "[\"a\" \"b\"]"),
        ("{ a: 1, 'b' => 2, c => 3 }", "(map (\"a\" 1) (\"b\" 2) (c 3))"),
        ("h[:a]", "h[\"a\"]"),
        ("s[0, 4]", "(call s.slice 0 (+ 0 4))"),
        ("x = [!a && b || c]", "(= x [(|| (&& (! a) b) c)])"),
        ("a && b or not c", "(if (&& a b) {true} {(! c)})"),
        ("a ? b : c", "(? a b c)"),
        ("x = if a then 1 else 2 end", "(= x (? a 1 2))"),
        ("xs.map { |x| x + 1 }", "(call xs.map (fn (x) (+ x 1)))"),
        ("xs.map(&:to_i)", "(call xs.map (fn (it) (call it.to_i)))"),
        ("->(x) { x }", "(fn (x) x)"),
        ("(1..3).cover?(x)", "(call (as Range [1 3]).cover? x)"),
        ("(1...3)", "(as Range [1 (- 3 1)])"),
        ("a << b", "(call a.<< b)"),
        ("x = y rescue nil", "(= x y)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("raise Expired, 'x' if a", "(if a {(throw Expired)} {})"),
        ("return 1 unless a", "(if (! a) {(return 1)} {})"),
        ("if a then b() elsif c then d() else e() end", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("while a do b() end", "(loop while a {(call b)})"),
        ("until a; b(); end", "(loop while (! a) {(call b)})"),
        ("for x in xs do b(x) end", "(loop x in xs {(call b x)})"),
        ("xs.each { |a, b| c(a) }", "(loop [a b] in xs {(call c a)})"),
        ("xs.each_with_index do |a, i| c(a) end", "(loop a in xs {(call c a)})"),
        (
            "case x when 1, 2 then a() when 3..5 then b() else c() end",
            "(match x (=1 =2 => {(call a)}) (3..=5 => {(call b)}) (_ => {(call c)}))",
        ),
        (
            "begin; a(); rescue E => e; b(); else; c(); ensure; d(); end",
            "(try {(call a); (call c)} {(let e); (call b)} finally {(call d)})",
        ),
    ] {
        body(source, expected);
    }
}

#[test]
fn assertions() {
    for (source, expected) in [
        ("expect(a).to be > b", "(call assert (> a b))"),
        ("expect(a).not_to eq(b)", "(call assert (! (== a b)))"),
        ("expect(a).to be_past", "(call assert (call a.past?))"),
        ("expect(a).to be_between(b, c)", "(call assert (call a.between? b c))"),
        ("expect(a).to be_falsey", "(call assert (! a))"),
        ("a.b.should be_truthy", "(call assert (call a.b))"),
        ("expect { a }.to raise_error(B)", "(call (call expect (fn () a)).to (call raise_error B))"),
        ("assert_operator a, :>=, b", "(call assert (>= a b))"),
        ("refute_predicate a, :past?", "(call assert (! (call a.past?)))"),
        ("RSpec.describe A::B do\n described_class.new(1)\nend", "(call RSpec.describe A::B (fn () (new A::B 1)))"),
        ("_(a).must_be :<, b", "(call assert (< a b))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn definitions() {
    items("def f(a, b = 1, *c, d: nil, **e, &g); a; end", &["exported fn f(a, b = 1, c, d = null, e, g) {a}"]);
    items(
        "module M\n class A < B::C\n  END_AT = 1\n  def initialize(x); @x = x; end\n  def over?; @x > END_AT; end\n  def self.y; 2; end\n end\nend",
        &[
            "type M::A: C {}",
            "global M::A::END_AT = 1",
            "exported method fn M::A::new(x) {(= self.x x)}",
            "exported method fn M::A::over?() {(> self.x END_AT)}",
            "exported fn M::A::y() {2}",
        ],
    );
    items("require 'date'\nrequire_relative 'a/b'", &["include date", "include a/b"]);
}

#[test]
fn hostile_code_is_survived() {
    survives(&GRAMMAR, include_str!("sample.rb"));
    nested(&GRAMMAR, &["(", "[", "{", "def f\n", "if a\n", "a ? ", "x = ", "a.b(", "a { "]);
    balanced(
        &GRAMMAR,
        &[
            ("(", "a", ")"),
            ("[", "a", "]"),
            ("a(", "b", ")"),
            ("a.", "b", ""),
            ("a.b { ", "c", " }"),
            ("if a\n", "b\n", "end\n"),
            ("if a\nb\nels", "e\nc\nend", ""),
            ("def f\n", "b\n", "end\n"),
            ("begin\n", "b\n", "rescue\nend\n"),
            ("class A\n", "b\n", "end\n"),
            ("module A\n", "b\n", "end\n"),
            ("case a\nwhen b\n", "b\n", "end\n"),
            ("a = ", "b", ""),
            ("a ? b : ", "b", ""),
            ("not ", "b", ""),
            ("a + ", "b", ""),
            ("a && ", "b", ""),
            ("\"#{", "b", "}\""),
            ("{a: ", "b", "}"),
            ("->(x) { ", "b", "}"),
            ("", "a", " if b"),
            ("", "a", ".b"),
            ("", "a", "[b]"),
            ("", "a", " rescue b"),
        ],
    );
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B < A\n  def initialize(a)\n    super(a, 1)\n  end\nend\nclass C < A\n  def initialize(a)\n    super\n  end\nend",
        &[
            "type B: A {}",
            "type C: A {}",
            "exported method fn B::new(a) {(= #base (new A a 1))}",
            "exported method fn C::new(a) {(= #base (new A a))}",
        ],
    );
}
