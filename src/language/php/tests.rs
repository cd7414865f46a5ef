use super::super::print;
use super::super::tree::tests::{known, survives};
use super::{GRAMMAR, lower};

#[track_caller]
fn items(source: &str, expected: &[&str]) {
    let module = lower(&format!("<?php {source}"));
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module).lines().collect::<Vec<_>>(), expected, "{source}");
}

/// The body of a function.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("<?php function f() {{ {source} }}"));
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
        ("$a->b?->c(1);", "(call a.b.c 1)"),
        ("f($x, name: 2);", "(call f x name=2)"),
        ("new \\DateTime('now');", "(new DateTime \"now\")"),
        ("Carbon::now()->addDays(3);", "(call (call Carbon::now).addDays 3)"),
        ("$x = A::END;", "(= x A::END)"),
        ("$x = A::$end;", "(= x A::end)"),
        ("$x = $this->y;", "(= x self.y)"),
        ("$x = \"a $b {$c->d}\\n\";", "(= x (text \"a \" b \" \" c.d \"\\n\"))"),
        ("$x = \"\";", "(= x \"\")"),
        ("$x = 'it\\'s' . $y;", "(= x (.. \"it's\" y))"),
        ("$x .= 'a';", "(= x (.. x \"a\"))"),
        ("$x = ['a' => 1, 'b' => [2]];", "(= x (record _ a=1 b=[2]))"),
        ("$x = array(1, 2);", "(= x [1 2])"),
        ("$x = [1 => 'a', B => 2];", "(= x (map (1 \"a\") (B 2)))"),
        ("$x = $y['a'][0];", "(= x y[\"a\"][0])"),
        ("$x = (int) $y;", "(= x (as int y))"),
        ("$x = $a ?: $b;", "(= x (?? a b))"),
        ("$x = $a ? 1 : 2;", "(= x (? a 1 2))"),
        ("$x = fn($y) => $y > TRUE;", "(= x (fn (y) (> y true)))"),
        ("$x = function ($y) use ($z) { return $z; };", "(= x (fn (y) {(return z)}))"),
        ("$x = $y instanceof \\A\\B;", "(= x (is y A::B()))"),
        ("$x = @f();", "(= x (call f))"),
        ("[$a, $b] = $c;", "(let [a b] c)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if ($a) b(); elseif ($c) d(); else e();", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("if ($a): b(); else: c(); endif;", "(if a {(call b)} {(call c)})"),
        ("$a or die('x');", "(if a {} {(call die \"x\")})"),
        ("if ($a): ?><p>x</p><?php endif;", "(if a {(call render)} {})"),
        ("if ($a): ?> <?php b(); endif;", "(if a {(call b)} {})"),
        ("exit; ", "(call exit)"),
        ("exit(1);", "(call exit 1)"),
        ("throw new E('x');", "(throw (new E \"x\"))"),
        ("foreach ($a as $b) c($b);", "(loop b in (call array_values a) {(call c b)})"),
        ("foreach ($a as $k => $v) { c($k); }", "(loop [k v] in (call __entries a) {(call c k)})"),
        (
            "switch ($a) { case 1: case 2: b(); break; default: c(); }",
            "(match a (=1 =2 => {(call b)}) (_ => {(call c)}))",
        ),
        ("$x = match (true) { a() => 1, default => 2 };", "(= x (match true (=(call a) => 1) (_ => 2)))"),
        (
            "try { a(); } catch (A | B $e) { b(); } finally { c(); }",
            "(try {(call a)} {(let e); (call b)} finally {(call c)})",
        ),
        ("echo $a, 'b'; ", "(call echo {a; => \"b\"})"),
        ("static $n = 1;", "(let n 1)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn declarations() {
    items(
        "namespace A\\B; use C\\D as E, F\\G; use H\\{I, J as K};",
        &["package A::B", "import E = C::D", "import G = F::G", "import I = H::I", "import K = H::J"],
    );
    items(
        "const A = 1; define('B', '2025-01-01'); $c = 3;",
        &["global A = 1", "global B = \"2025-01-01\"", "global c = 3", "script {null}"],
    );
    items("require_once __DIR__ . '/lib/a.php';", &["include lib/a.php", "script {(call require \"lib/a.php\")}"]);
    items(
        "abstract class A extends B implements C { const END = 5; private static $x = 1; public ?\\DateTime $y; function f(int $a, ...$b): bool { return self::END > static::$x && parent::f($a); } private static function g() {} }",
        &[
            "type A: B C {y :DateTime}",
            "global A::END = 5",
            "global A::x = 1",
            "exported method fn A::f(a :int, b) :bool {(return (&& (> A::END A::x) (call B::f a)))}",
            "fn A::g() {}",
        ],
    );
    items(
        "class A { function __construct(private \\DateTime $now = new \\DateTime()) {} }",
        &["type A {now :DateTime}", "exported method fn A::new(now :DateTime = (new DateTime)) {(= self.now now)}"],
    );
    items("enum E: string { case A = 'a'; }", &["type E {}", "global E::A :E = \"a\""]);
    items("class T { #[Test] public function f() {} }", &["type T {}", "@Test exported test method fn T::f() {}"]);
}

#[test]
fn pages_are_read_between_the_lines() {
    let module = lower("<p>é</p>\n<?php if (a()): ?>\n<b>x</b>\n<?php else: b(); endif; ?>\n<?= c() ?>\n");
    assert_eq!(module.gaps, []);
    assert_eq!(print::module(&module), "script {(if (call a) {(call render)} {(call b)}); (call c)}");
    assert_eq!(module.script.stmts[1].span.line, 5);
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = "<html><?php namespace A; use B\\{C, D as E};
define('X', <<<EOT
 a $b {$c->d} ${e}
EOT);
class T extends U { use W; public function __construct(private ?int $a = 1) { parent::__construct(); }
  function f() { return match (true) { time() > 5 => \"x$y[0]\", default => null }; } }
foreach ($h as $k => [$v, , $w]): echo $k; endforeach;
$f = fn(&$x) => $x ?: new class { }; list($s, , $t) = $u; $a or die('x');
?> text <?= date('Y') ?>";
    survives(&GRAMMAR, SAMPLE);
    for open in ["(", "[", "{", "-", "a(", "$a ? ", "if ($a) ", "$x = ", "\"{$a[", "f(", "{ $a[$b["] {
        lower(&format!("<?php {}", open.repeat(100_000)));
        lower(&format!("<?php function f() {{ {} }}", open.repeat(10_000)));
    }
    lower(&"<?php ?>".repeat(10_000));
    let balanced = format!("<?php $x = {}1{};", "(-".repeat(10_000), ")".repeat(10_000));
    assert!(!lower(&balanced).gaps.is_empty());
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B extends A { function __construct($a) { parent::__construct($a, 1); } }",
        &["type B: A {}", "exported method fn B::new(a) {(= #base (new A a 1))}"],
    );
}
