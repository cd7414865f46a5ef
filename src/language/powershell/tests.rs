use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The statements of a function's body; `z` is its value.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("function f {{\n{source}\n$z\n}}\n"));
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
        ("$x = $a + $b * 2 - 1", "(= x (- (+ a (* b 2)) 1))"),
        ("$x = !$a -and -not $b -or $c -ieq 3", "(= x (|| (&& (! a) (! b)) (== c 3)))"),
        ("$x = [DateTime]::Now.AddDays(-3)", "(= x (call DateTime.Now.AddDays (neg 3)))"),
        ("$x = [A.B]::new(1, 'c')", "(= x (new A::B 1 \"c\"))"),
        ("$x = New-Object A.B(1, 2)", "(= x (new A::B 1 2))"),
        ("[datetime]$x = \"2025-11-26\"", "(= x (call datetime \"2025-11-26\"))"),
        ("Get-Date -Year 2025 -AsUTC", "(call Get-Date year=2025 asutc=true)"),
        ("$x = (Get-Date).Year", "(= x (call Get-Date).Year)"),
        ("$a | Where-Object { $_.B -gt 3 }", "(call a.Where-Object (fn (_) (> _.B 3)))"),
        ("$x = @{ a = 1; 'b' = 2 }", "(= x (record _ a=1 b=2))"),
        ("$x = @(1, 2)", "(= x [1 2])"),
        ("$x = $a[0].b", "(= x a[0].b)"),
        ("$x = \"a $b $($c.d)\"", "(= x (text \"a \" b \" \" c.d))"),
        ("$x = $env:HOME", "(= x (call env \"HOME\"))"),
        ("$x += 1", "(= x (+ x 1))"),
        ("$x++", "(= x (+ x 1))"),
        ("$x = $true, $null", "(= x [true null])"),
        ("$x = $list -contains $a", "(= x (in a list))"),
        ("& $block 1", "(call block 1)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if ($a) { b } elseif ($c) { d } else { e }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("foreach ($i in $list) { f $i }", "(loop i in list {(call f i)})"),
        ("while ($a) { b }", "(loop while a {(call b)})"),
        ("try { a } catch { b } finally { c }", "(try {(call a)} {(call b)} finally {(call c)})"),
        ("throw \"x\"", "(throw \"x\")"),
        ("exit 1", "(call exit 1)"),
        ("switch ($k) {\n 1 { a }\n default { b }\n}", "(match k (=1 => {(call a)}) (_ => {(call b)}))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn functions_and_classes() {
    items("function Test-A([int]$B = 3) { return $B -gt 2 }\n", &["exported fn Test-A(B :int = 3) {(return (> B 2))}"]);
    items("function f { param($a)\n $a }\n", &["exported fn f(a) {a}"]);
    items("param([string]$A = 'x')\n", &["global A :string = \"x\""]);
    items(
        "class A : B { [int]$n = 3\n static [A] Make() { return [A]::new() }\n A([int]$n) { $this.n = $n } }\n",
        &[
            "type A: B {n :int = 3}",
            "exported fn A::Make() :A {(return (new A))}",
            "exported method fn A::new(n :int) {(= self.n n)}",
        ],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("function f { if ($a { g }\n\nfunction h { 2 }\n");
    assert!(!module.gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.ps1");
    assert_eq!(lower(SAMPLE).gaps, []);
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}
