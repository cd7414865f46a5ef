#![allow(clippy::unwrap_used)]
use super::*;
use crate::language::print;
use crate::language::tree::tests::{balanced, bounded, known, nested, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The body of a function.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("defmodule A do\ndef f do\n{source}\nz\nend\nend"));
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
        ("a + b * 2 > 3 and not c", "(&& (> (+ a (* b 2)) 3) (! c))"),
        ("Date.compare(now, @expires) == :lt", "(== (call Date::compare now @expires) -1)"),
        (
            "Date.utc_today() |> Date.diff(~D[2025-06-01])",
            "(call Date::diff (call Date::utc_today) (call sigil_D \"2025-06-01\"))",
        ),
        ("a |> f() |> B.g(1) |> Kernel.>(2)", "(> (call B::g (call f a) 1) 2)"),
        ("DateTime.utc_now", "(call DateTime::utc_now)"),
        ("DateTime.utc_now().year", "(call DateTime::utc_now).year"),
        (":os.system_time(:second)", "(call os::system_time \"second\")"),
        ("Enum.any?(xs, fn x -> x.end < now end)", "(call Enum::any? xs (fn (x) (< x.end now)))"),
        ("Enum.map(xs, & &1.end)", "(call Enum::map xs (fn (&1) &1.end))"),
        ("Enum.map(xs, &A.f/1)", "(call Enum::map xs (fn (&1) (call A::f &1)))"),
        ("fn {a, b}, c when c > 1 -> a end", "(fn (#0, #1) (match [#0 #1] ([[a b] c] if (> c 1) => a)))"),
        ("[a: 1, b: 2]", "(record _ a=1 b=2)"),
        ("%{a | b: 1}", "(record _ b=1 ..a)"),
        ("%L{b: 1}", "(record L b=1)"),
        ("%{\"a\" => 1, b: 2}", "(map (\"a\" 1) (\"b\" 2))"),
        ("{:ok, a}", "(call Ok a)"),
        ("{:error, :expired}", "(call Err \"expired\")"),
        ("{a, b}", "[a b]"),
        ("m[:a].b", "m[\"a\"].b"),
        ("\"a #{b} c\" <> d", "(.. (text \"a \" b \" c\") d)"),
        ("~w(a b)", "[\"a\" \"b\"]"),
        ("x in [:lt, :eq]", "(in x [-1 0])"),
        ("f.(1)", "(call f 1)"),
        ("Timex.shift(d, days: 3)", "(call Timex::shift d days=3)"),
        ("match?({:ok, _}, x)", "(is x Ok(_))"),
        ("1_764_115_200", "1764115200"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if a, do: b, else: c", "(if a {b} {c})"),
        ("unless a do b else c end", "(if (! a) {b} {c})"),
        ("x = if a do b else c end", "(let x (? a b c))"),
        ("{:ok, d} = f()", "(let Ok(d) (call f))"),
        (
            "case a do\n:gt -> b\nx when x > 1 -> c\n%{k: v} -> v\n_ -> d\nend",
            "(match a (=1 => b) (x if (> x 1) => c) ({k: v} => v) (_ => d))",
        ),
        ("a |> case do\n:gt -> b\nend", "(match a (=1 => b))"),
        ("cond do\na > 1 -> b\ntrue -> c\nend", "(match ( if (> a 1) => b) ( if true => c))"),
        (
            "with {:ok, d} <- f(), e = g(d), :gt <- h(e) do\nb\nelse\n_ -> c\nend",
            "{(match (call f) (Ok(d) => {(let e (call g d)); => (match (call h e) (=1 => b) \
             (#else => (match #else (_ => c))))}) (#else => (match #else (_ => c))))}",
        ),
        ("with {:ok, d} <- f(), do: d", "{(match (call f) (Ok(d) => d) (#else => (opaque)))}"),
        ("try do\na\nrescue\ne in E -> b\ncatch\n:exit, r -> c\nafter\nd\nend", "(try {a} {b} {c} finally {d})"),
        ("for x <- xs, x > 1, do: f(x)", "{(loop x in xs {(if (> x 1) {(call f x)} {})})}"),
        ("raise E, message: \"x\"", "(call raise E message=\"x\")"),
    ] {
        body(source, expected);
    }
}

#[test]
fn modules() {
    items(
        "defmodule A.B do\n@moduledoc \"x\"\n@expires ~D[2025-06-01]\n@spec f(1) :: 2\ndefstruct [:a, b: 1]\n\
         def f(x \\\\ g()), do: x\ndefp h, do: 1\nend",
        &[
            "type A::B {a; b = 1}",
            "global A::B::@expires = (call sigil_D \"2025-06-01\")",
            "exported fn A::B::f(x = (call g)) {x}",
            "fn A::B::h() {1}",
        ],
    );
    items(
        "defmodule A do\ndef f(:gt), do: 1\ndef f(%A{b: c} = d) when c > 1, do: d\ndef f(_), do: 2\ndef f(a, b), do: a\nend",
        &[
            "exported fn A::f(#0) {(match #0 (=1 => 1) (A{b: c} & d if (> c 1) => d) (_ => 2))}",
            "exported fn A::f(a, b) {a}",
        ],
    );
    items(
        "defmodule A do\ndef f do\na()\nrescue\n_ -> b()\nend\nend",
        &["exported fn A::f() {(try {(return (call a))} {(return (call b))})}"],
    );
    items(
        "alias A.{B, C}\nalias D.E, as: F\nimport G.H\nuse X\nconfig :app, K, a: ~D[2025-06-01]",
        &[
            "import B = A::B",
            "import C = A::C",
            "import F = D::E",
            "import * = G::H",
            "script {(call config \"app\" K a=(call sigil_D \"2025-06-01\"))}",
        ],
    );
    items(
        "defmodule T do\ntest \"a\", %{c: c} do\nassert c > 1\nend\nend",
        &["script {(call test \"a\" (record _ c=c) (fn () (call assert (> c 1))))}"],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("defmodule A do\ndef f( do\n)) end\ndef g, do: 1\nend\n");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.ex");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
    nested(
        &GRAMMAR,
        &["fn a -> ", "a |> ", "%{a: ", "{:ok, ", "&", "@a ", "if a do ", "def f(", "with a <- ", "f a, "],
    );
    balanced(
        &GRAMMAR,
        &[
            ("case a do b -> ", "1", " end "),
            ("with a <- b, c <- d do 1 else _ -> ", "2", " end "),
            ("%{a: ", "1", "}"),
            ("fn a -> ", "1", " end"),
        ],
    );
}
