use super::*;
use crate::language::print;
use crate::language::tree::tests::{bounded, known, survives};

/// Whole modules, one item a line.
#[track_caller]
fn items(source: &str, expected: &[&str]) {
    assert_eq!(print::module(&lower(source)), expected.join("\n"), "{source}");
}

/// The statements of a function's body.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("void f(void) {{\n{source} }}"));
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
        ("a + b * 2;", "(+ a (* b 2))"),
        ("p->x.y;", "p.x.y"),
        ("time(NULL);", "(call time null)"),
        ("x->f(&t, *q);", "(call x.f (pass t) (pass q))"),
        ("(time_t) x;", "(as time_t x)"),
        ("(const struct tm *) x;", "(as tm x)"),
        ("a[1];", "a[1]"),
        ("x = a ? b : c;", "(= x (? a b c))"),
        ("x = 1, y = 2;", "(= x 1); (= y 2)"),
        ("z = (a, b);", "(= z {a; => b})"),
        ("x += 2; x++; --x;", "(= x (+ x 2)); (= x (+ x 1)); (= x (- x 1))"),
        ("x = !a || -b > ~c; a && f();", "(= x (|| (! a) (> (neg b) (~ c)))); (if a {(call f)} {})"),
        ("sizeof(int);", "(opaque int)"),
        ("s = \"a\\n\" \"b\";", "(= s \"a\\nb\")"),
        ("c = 'a';", "(= c 97)"),
        ("n = 0x10UL + 010 + 1'000;", "(= n (+ (+ 16 8) 1000))"),
        ("g((struct tm){.tm_year = 108});", "(call g (record tm tm_year=108))"),
        ("((x));", "x"),
        ("x = ({ int y = 1; y; });", "(= x {(let y :int 1); => y})"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b(); else if (c) d(); else { e(); }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("while (a) b();", "(loop while a {(call b)})"),
        ("do b(); while (a);", "(loop {(call b); (if a {} {jump})})"),
        ("for (int i = 0; i < 3; i++) g(i);", "(let i :int 0); (loop while (< i 3) {(call g i); (= i (+ i 1))})"),
        ("for (;;) break;", "(loop {jump})"),
        ("return 1;", "(return 1)"),
        ("return;", "(return)"),
        ("out: g(); goto out;", "(call g); jump"),
        ("{ g(); }", "{(call g)}"),
        (
            "switch (x) { case 1: case A: g(); break; case 3: h(); default: return; }",
            "(match x (=1 =A => {(call g)}) (=3 => {(call h)}) (_ => {(return)}))",
        ),
        ("#ifdef A\ng();\n#else\nh();\n#endif\n", "(call g); (call h)"),
        ("#if 0\ng();\n#else\nh();\n#endif\n", "(call h)"),
        ("#if 1\ng();\n#else\nh();\n#endif\n", "(call g)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn local_variables() {
    for (source, expected) in [
        ("int a = 1, *b, c[3];", "(let a :int 1); (let b :int); (let c :int)"),
        ("static const time_t end = 5;", "(let end :time_t 5)"),
        ("struct tm t = {0};", "(let t :tm [0])"),
        ("struct tm t = {.tm_year = 108, .tm_mon = 7};", "(let t :tm (record tm tm_year=108 tm_mon=7))"),
        ("int t[] = {[A] = 1};", "(let t :int (map (A 1)))"),
        ("enum { A, B = 4, C };", "(let A 0); (let B 4); (let C 5)"),
        ("int (*f)(int) = g;", "(let f :int g)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn globals_and_functions() {
    items("static const long end = 5; extern int x;", &["global end :long = 5", "global x :int"]);
    items("enum e { A, B = X, C };", &["global A :e = 0", "global B :e = X", "global C :e = (+ B 1)"]);
    items("int f(int a, char *b);", &["exported declared fn f(a :int, b :char) :int"]);
    items("static struct tm *g(void) { return 0; }", &["fn g() :tm {(return 0)}"]);
    items("int k(a, b) long a; char *b; { }", &["exported fn k(a :long, b :char) :int {}"]);
    items("int (*table[2])(int);", &["global table :int"]);
    items("extern \"C\" int x = 1;", &["global x :int = 1"]);
}

#[test]
fn types() {
    items("struct a { int x, *y; time_t end; };", &["type a {x :int; y :int; end :time_t}"]);
    items("typedef struct { int x; } b;", &["type b {x :int}"]);
    items("typedef struct c { int x; } d;", &["type c {x :int}"]);
    items("struct s { int x; } v = {1};", &["type s {x :int}", "global v :s = [1]"]);
}

#[test]
fn macros() {
    items("#define A 1\n", &["global A = 1"]);
    items("#define A B // why\n", &["global A = B"]);
    items("#define A (30 * DAY) /* days */\n", &["global A = (* 30 DAY)"]);
    items("#define S \"x\" \"y\"\n", &["global S = \"xy\""]);
    items("#define EMPTY\n", &[]);
    items("#define STOP if (a) b();\n", &["exported fn STOP() {(if a {(call b)} {})}"]);
    items("#define document 1\n", &["global document = 1"]);
    items("#define F(a, b) ((a) + b)\n", &["exported fn F(a, b) {(+ a b)}"]);
    items("#define D(x) do { g(x); } while (0)\n", &["exported fn D(x) {{(call g x)}}"]);
    items(
        "#define D(x) do { if (x) break; g(); } while (0)\n",
        &["exported fn D(x) {(loop {(if x {jump} {}); (call g)})}"],
    );
    items("#define D(x) do { g(x); } while (x)\n", &["exported fn D(x) {(loop {(call g x); (if x {} {jump})})}"]);
    items("#define ODD(x) x ## __LINE__ )\n", &[]);
    items("enum {\nA,\n#define A A\nB };\n", &["global A = A", "global A = 0", "global B = 1"]);
    items("#include <time.h>\n#include \"a/b.h\"\n", &["include time.h", "include a/b.h"]);
}

#[test]
fn macros_keep_their_place() {
    let module = lower("int x;\n\t#define A \\\n  (1 +\\\n 2)\n");
    let value = module.globals[0].value.clone().map(|value| print::span(value.span));
    assert_eq!(value.as_deref(), Some("3:4-4:3"));
    assert_eq!(print::span(module.globals[0].span), "2:2-4:4");
}

#[test]
fn branches_that_are_no_wholes_leave_the_first() {
    let module = lower("int f(int a) {\n#ifdef A\nif (a) {\n#else\nif (!a) {\n#endif\nreturn 1; }\n return 0; }\n");
    assert_eq!(print::module(&module), "exported fn f(a :int) :int {(if a {(return 1)} {}); (return 0)}\ngap 4:6-6:1");
    items("#ifdef __cplusplus\nextern \"C\" {\n#endif\nint x;\n#ifdef __cplusplus\n}\n#endif\n", &["global x :int"]);
    items(
        "static int __init f(void) { return 1; }\nMODULE_A(f)\n",
        &["fn f() :int {(return 1)}", "script {(call MODULE_A f)}"],
    );
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("int f(void) { if (a { g(); } return 1; }\nint h(void) { return 2; }\n");
    assert!(!module.gaps.is_empty());
    assert!(print::module(&module).contains("fn h() :int {(return 2)}"));
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = include_str!("sample.c");
    survives(&GRAMMAR, SAMPLE);
    bounded(&GRAMMAR);
}

/// What the parser cannot close would cost every function after it.
#[test]
fn a_broken_function_costs_no_other() {
    let broken = "void broken(void)\n{\n\tfor_each(x, y) {\n\t\tif (x BROKEN ( {\n}\n";
    let others: Vec<String> = (0..40).map(|n| format!("int f{n}(int a)\n{{\n\treturn a + {n};\n}}\n")).collect();
    let source = format!("{broken}{}", others.concat());
    let module = lower(&source);
    assert!(others.len() <= module.functions.len(), "{}", module.functions.len());
    let last = module.functions.last().map(|function| (function.name.as_str(), function.span.line));
    assert_eq!(last, Some(("f39", 6 + 39 * 4)));
    let lost: u32 = module.gaps.iter().map(|gap| gap.end_line + 1 - gap.line).sum();
    assert!(lost <= 6, "{lost} lines");
}
