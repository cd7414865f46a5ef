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

/// The statements of a function's body; its last line is `g();`, so that none of them is its value.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("sub f {{\n{source}\ng();\n}}\n"));
    assert_eq!(module.gaps, [], "{source}");
    let stmts: Vec<String> = module.functions[0].body.stmts.iter().map(print::stmt).collect();
    assert_eq!(stmts.join("; "), expected, "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn here_documents() {
    body("$x = ( <<EOF\na b\nc\nEOF\n);", "(= x \"a b\\nc\\n\")");
    body("f(<<\"A\", <<'B');\none\nA\ntwo\nB\n", "(call f \"one\\n\" \"two\\n\")");
    body("$x = <<EOF;\na $y\nEOF\n", "(= x (text \"a \" y \"\\n\"))");
}

#[test]
fn many_here_documents_are_no_burden() {
    let one =
        "$t->{a} = ( <<EOF\nGET / HTTP/1.0\nEOF\n );\n$t->{b} = [ { 'c' => 'd' } ];\nok($t->e($t) == 0, 'f g');\n";
    assert_eq!(lower(&one.repeat(200)).gaps, []);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("$x = 1_000 + 2 * $y;", "(= x (+ 1000 (* 2 y)))"),
        ("my $x = time;", "(let x (call time))"),
        ("my ($x, $y) = localtime(time);", "(let [x y] (call localtime (call time)))"),
        ("$x = (localtime)[5] + 1900;", "(= x (+ (call localtime)[5] 1900))"),
        ("$x = (localtime)[4, 5];", "(= x [(call localtime)[4] (call localtime)[5]])"),
        ("$x = $t[5];", "(= x t[5])"),
        ("my ($y) = $x =~ $p;", "(let [y] (call x.=~ p))"),
        ("$x->{a} = $h{b};", "(= x.a h.b)"),
        ("$x = $self->{until};", "(= x self.until)"),
        ("my %h = (a => 1, 'b' => 2);", "(let h (record _ a=1 b=2))"),
        ("my $h = { a => 1, $b => 2 };", "(let h (map (\"a\" 1) (b 2)))"),
        ("my $l = [1, qw(a b)];", "(let l [1 [\"a\" \"b\"]])"),
        ("$x = \"a $b c\\n\" . 'd';", "(= x (.. (text \"a \" b \" c\\n\") \"d\"))"),
        ("f(1, a => 2);", "(call f 1 a=2)"),
        ("A::f($x);", "(call A::f x)"),
        ("DateTime->new(year => 2026);", "(call DateTime.new year=2026)"),
        ("$o->m(1);", "(call o.m 1)"),
        ("$c->(1);", "(call (pass c) 1)"),
        ("$x ||= 1; $x .= 'a'; $x //= 2; $x++;", "(= x (|| x 1)); (= x (.. x \"a\")); (= x (?? x 2)); (= x (+ x 1))"),
        ("$x = ($a eq 'b' and !$c) ? 1 : undef;", "(= x (? (&& (== a \"b\") (! c)) 1 null))"),
        ("$x = $a <=> $b;", "(= x (<=> a b))"),
        ("my $s = sub { my ($y) = @_; return $y; };", "(let s (fn (y) {(return y)}))"),
        ("my @y = grep { $_ > 1 } @x;", "(let y (call x.grep (fn (_) (> _ 1))))"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if ($a) { b(); } elsif ($c) { d(); } else { e(); }", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("unless ($a) { b(); }", "(if (! a) {(call b)} {})"),
        ("exit 1 if time > 5;", "(if (> (call time) 5) {(call exit 1)} {})"),
        ("die 'x' unless $a;", "(if (! a) {(call die \"x\")} {})"),
        ("a() or die 'x';", "(if (call a) {} {(call die \"x\")})"),
        ("$a && b();", "(if a {(call b)} {})"),
        ("while ($a) { last; }", "(loop while a {jump})"),
        ("for my $d (@l) { f($d); }", "(loop d in l {(call f d)})"),
        ("foreach (1, 2) { f($_); }", "(loop _ in [1 2] {(call f _)})"),
        ("for (my $i = 0; $i < 3; $i++) { f($i); }", "(let i 0); (loop while (< i 3) {(call f i); (= i (+ i 1))})"),
        ("eval { f(); };", "{(call f)}"),
        ("return 1;", "(return 1)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn definitions() {
    items(
        "package A::B;\nuse constant END => 1;\nuse constant { X => 2, Y => 3 };\nour $z = 4;\nsub f { my ($self, $x) = @_; my $y = shift; return $x; }",
        &[
            "package A::B",
            "global A::B::END = 1",
            "global A::B::X = 2",
            "global A::B::Y = 3",
            "global z = 4",
            "exported method fn A::B::f(x, y) {(return x)}",
        ],
    );
    items(
        "use POSIX qw(mktime);\nrequire 'a.pl';",
        &["import * = POSIX", "import mktime = POSIX::mktime", "include a.pl"],
    );
}

#[test]
fn what_does_not_parse_is_said() {
    assert!(!lower("if ($x) { ) }").gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    survives(&GRAMMAR, include_str!("sample.pl"));
    nested(&GRAMMAR, &["(", "[", "{", "$x = ", "if ($a) { ", "f(", "!", "sub { "]);
    balanced(
        &GRAMMAR,
        &[
            ("(", "a", ")"),
            ("f(", "a", ")"),
            ("a + ", "b", ""),
            ("[", "1", "]"),
            ("{", "a", "}"),
            ("sub { ", "g();", " }"),
            ("if ($a) { ", "b(); ", "} "),
            ("if ($a) { b(); } els", "e { c(); }", ""),
            ("while ($a) { ", "b(); ", "} "),
            ("sub f { ", "b(); ", "} "),
            ("!", "$b", ""),
            ("$a . ", "$b", ""),
            ("$a", "", "->{b}"),
            ("$a", "", "[1]"),
            ("$a", "", "->b()"),
            ("$a && ", "$b", ""),
            ("$a or ", "$b", ""),
            ("$x = ", "1", ""),
            ("for my $d (@l) { ", "b(); ", "} "),
            ("$a ? $b : ", "$c", ""),
            ("map { ", "$_", " } @l"),
            ("\"@{[ ", "1", " ]}\""),
        ],
    );
}
