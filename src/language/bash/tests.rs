use super::*;
use crate::language::print;
use crate::language::tree::tests::{balanced, known, nested, survives};

/// Whole scripts, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    let module = lower(source);
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module), expected.join("\n"), "{source}");
}

/// The statements of a function's body; its last line is `g`, so that none of them is its value.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("f() {{\n{source}\ng\n}}\n"));
    assert_eq!(module.gaps, [], "{source}");
    let stmts: Vec<String> = module.functions[0].body.stmts.iter().map(print::stmt).collect();
    assert_eq!(stmts.join("; "), expected, "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn words_and_expansions() {
    for (source, expected) in [
        ("x=1", "(= x 1)"),
        ("x=08", "(= x \"08\")"),
        ("x=a-b", "(= x \"a-b\")"),
        ("x=\"$y\"", "(= x y)"),
        ("x=\"a $y\"", "(= x (text \"a \" y))"),
        ("x=$y-z", "(= x (text y \"-z\"))"),
        ("x='$y'", "(= x \"$y\")"),
        ("x=${y}", "(= x y)"),
        ("x=${y:-3}", "(= x (?? y 3))"),
        ("x=${y:0:8}", "(= x (call y.slice 0 (+ 0 8)))"),
        ("x=${y//-/}", "(= x (call y.replace \"-\" \"\"))"),
        ("x=${#y}", "(= x (opaque y))"),
        ("x=(1 2)", "(= x [1 2])"),
        ("x+=1", "(= x (text x 1))"),
        ("x=$((y + 2 * z))", "(= x (+ y (* 2 z)))"),
        ("local x=1 y", "(let x 1); (let y)"),
        ("export x=1", "(= x 1)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn commands() {
    for (source, expected) in [
        ("foo a \"$b\" -c", "(call foo \"a\" b \"-c\")"),
        ("sudo /usr/bin/foo x", "(call foo \"x\")"),
        ("x=$(date +%s)", "(= x (call date +=\"%s\"))"),
        ("x=`date -u '+%Y%m%d'`", "(= x (call date -u=\"-u\" +=\"%Y%m%d\"))"),
        ("x=$(date -d \"$y\" +%s)", "(= x (call date::-d y +=\"%s\"))"),
        ("x=$(date --date=\"2026-01-01\" +%s)", "(= x (call date::-d \"2026-01-01\" +=\"%s\"))"),
        ("x=$(date -d@5 +%s)", "(= x (call date::-d \"@5\" +=\"%s\"))"),
        ("x=$(stat -c %Y f)", "(= x (call stat::-c \"%Y\" \"f\"))"),
        ("x=$(expr $y - 1)", "(= x (- y 1))"),
        ("x=$(echo $y)", "(= x y)"),
        ("x=$(f | head -1)", "(= x (call (call f).head \"-1\"))"),
        ("x=$(f 2>/dev/null || g)", "(= x (?? (call f) (call g)))"),
        ("printf -v x '%(%s)T' -1", "(= x (call printf::%T \"%s\"))"),
        ("return 1", "(return false)"),
        ("return 0", "(return true)"),
        ("return", "(return)"),
        ("read -r x", "(= x (opaque))"),
        ("IFS=- read -r y m <<< \"$d\"", "(let [y m] (call d.fields \"-\"))"),
        ("read -r x <<< $d", "(= x d)"),
        ("read -rn 2 x y <<< $d", "(= 2 (opaque)); (= x (opaque)); (= y (opaque))"),
        ("a | b x", "(call a); (call b \"x\")"),
        ("exit 1", "(call exit 1)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn tests_and_branches() {
    for (source, expected) in [
        ("if [ \"$a\" -gt 5 ]; then x; fi", "(if (> a 5) {(call x)} {})"),
        ("if [[ $a < b && -n \"$c\" ]]; then x; else y; fi", "(if (&& (< a \"b\") (pass c)) {(call x)} {(call y)})"),
        (
            "if (( a > b )); then x; elif c; then y; else z; fi",
            "(if (> a b) {(call x)} {(if (call c) {(call y)} {(call z)})})",
        ),
        ("if ! c || [ -z \"$a\" ]; then x; fi", "(if (|| (! (call c)) (! a)) {(call x)} {})"),
        ("if a; [ 1 = $b ]; then x; fi", "(call a); (if (== 1 b) {(call x)} {})"),
        ("if test $a -ge 5 -a ! $b -lt 3; then x; fi", "(if (&& (>= a 5) (! (< b 3))) {(call x)} {})"),
        ("[ $a -lt 5 ] || exit 1", "(if (< a 5) {} {(call exit 1)})"),
        ("a && { b; c; }", "(if (call a) {(call b); (call c)} {})"),
        ("while [ $a -gt 3 ]; do b; done", "(loop while (> a 3) {(call b)})"),
        ("until a; do break; done", "(loop while (! (call a)) {jump})"),
        ("for i in a 2; do b; done", "(loop i in [\"a\" 2] {(call b)})"),
        ("(( x += 2 ))", "(= x (+ x 2))"),
        ("case $x in 1|a) b;; *) c;; esac", "(match x (=1 =\"a\" => {(call b)}) (_ => {(call c)}))"),
        ("( a; b )", "{(call a); (call b)}"),
        ("a > b 2>&1", "(call a)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn functions_and_scripts() {
    items("f() { echo \"$1 ${3}\"; }", &["exported fn f(1, 2, 3) {(text 1 \" \" 3)}"]);
    items("f() { date +%s; }", &["exported fn f() {(call date +=\"%s\")}"]);
    items("f() { [ $1 -gt 5 ]; }", &["exported fn f(1) {(> 1 5)}"]);
    items("function f { if a; then echo 1; else echo 2; fi; }", &["exported fn f() {(? (call a) 1 2)}"]);
    items(
        "A=1\nA=2\nif x; then B=3; fi",
        &["global A = 1", "global B = 3", "script {(= A 2); (if (call x) {(= B 3)} {})}"],
    );
    items("source lib.sh\n. ./x.sh\n. \"$DIR/y.sh\"", &["include lib.sh", "include ./x.sh", "include y.sh"]);
}

#[test]
fn what_fails_ends_strict_scripts_and_tests() {
    items("[ $a -gt 5 ]", &["script {(> a 5)}"]);
    items("set -eu\n[ $a -gt 5 ]\n[ $b ] && c", &["script {(if (> a 5) {} {(call exit 1)}); (if b {(call c)} {})}"]);
    items("set -o errexit\n[[ $a ]]\nset +e\n[[ $a ]]", &["script {(if a {} {(call exit 1)}); a}"]);
    items(
        "@test \"it's éa\" {\n  [ $a -gt 5 ]\n}",
        &["exported fn _test__it_s___() {(if (> a 5) {} {(call exit 1)})}"],
    );
}

#[test]
fn what_does_not_parse_is_said() {
    assert!(!lower("if [ 1 ]; then\n  echo )\n").gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    survives(&GRAMMAR, include_str!("sample.sh"));
    nested(
        &GRAMMAR,
        &["$(", "((", "{ ", "if ", "\"", "[ ", "a | ", "a |\n", "a && ", "case a in a) ", "test a -o ", "$(a|"],
    );
    balanced(
        &GRAMMAR,
        &[
            ("a | ", "a", ""),
            ("a && ", "a", ""),
            ("x=$(", "a", ")"),
            ("if a; then ", "b; ", "fi; "),
            ("if a; then b; el", "se c; fi", ""),
            ("{ ", "a; ", "}; "),
            ("(", "a", ")"),
            ("! ", "a", ""),
            ("f() { ", "a; ", "}; "),
            ("case a in b) ", "a", " ;; esac"),
        ],
    );
    let sums = format!("x=$(( {} 1 )); [ {} a ]", "1 + ".repeat(20_000), "a -o ".repeat(20_000));
    assert!(!lower(&sums).gaps.is_empty());
    assert!(!lower(&"a | ".repeat(2_000)).gaps.is_empty());
}
