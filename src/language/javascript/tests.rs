use super::super::print;
use super::super::tree::tests::{bounded, known, survives};
use super::{GRAMMAR, lower, lower_typescript, typescript};

#[track_caller]
fn items_by(lower: fn(&str) -> super::Module, source: &str, expected: &[&str]) {
    let module = lower(source);
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module).lines().collect::<Vec<_>>(), expected, "{source}");
}

#[track_caller]
fn items(source: &str, expected: &[&str]) {
    items_by(lower, source, expected);
    items_by(lower_typescript, source, expected);
}

/// The body of a function.
#[track_caller]
fn body(source: &str, expected: &str) {
    for lower in [lower, lower_typescript] {
        let module = lower(&format!("function f() {{ {source} }}"));
        assert_eq!(module.gaps, [], "{source}");
        assert_eq!(print::braced(&module.functions[0].body), format!("{{{expected}}}"), "{source}");
    }
}

#[test]
fn the_tables_are_known() {
    known(&GRAMMAR);
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("a.b?.c(1)", "(call a.b.c 1)"),
        ("new Date(2025, 0, 1)", "(new Date 2025 0 1)"),
        ("new Date", "(new Date)"),
        ("+new Date()", "(call Number (new Date))"),
        ("x = `${y}-${m}`", "(= x (text y \"-\" m))"),
        ("x = a ?? b", "(= x (?? a b))"),
        ("x ||= 2", "(= x (|| x 2))"),
        ("x = typeof y", "(= x (opaque y))"),
        ("x = void 0", "(= x null)"),
        ("x = a[b]", "(= x a[b])"),
        ("x = {a: 1, 'b': 2, c}", "(= x (record _ a=1 b=2 c=c))"),
        ("x = {[k]: 1, 2: 'b', c: d}", "(= x (map (k 1) (2 \"b\") (\"c\" d)))"),
        (
            "x = {f() { return 1 }, get g() { return 2 }}",
            "(= x (record _ f=(fn () {(return 1)}) g=(call (fn () {(return 2)}))))",
        ),
        ("x = (a, b)", "(= x {a; => b})"),
        ("await g()", "(pass (call g))"),
        ("x = y => y > 1", "(= x (fn (y) (> y 1)))"),
        ("x = ({a}) => a", "(= x (fn (#0) {(let {a: a} #0); => a}))"),
        ("x = 1_000n", "(= x 1000)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn statements() {
    for (source, expected) in [
        ("if (a) b(); else if (c) d(); else e()", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("a && b()", "(if a {(call b)} {})"),
        ("a || b()", "(if a {} {(call b)})"),
        ("a ? b() : c()", "(if a {(call b)} {(call c)})"),
        ("a && b(), c()", "(if a {(call b)} {}); (call c)"),
        ("for (const x of xs) g(x)", "(loop x in xs {(call g x)})"),
        ("for (const k in o) g(k)", "(loop k in (call Object.keys o) {(call g k)})"),
        (
            "switch (a) { case 1: case 2: g(); break; default: h() }",
            "(match a (=1 =2 => {(call g)}) (_ => {(call h)}))",
        ),
        ("try { g() } catch (e) { h() } finally { i() }", "(try {(call g)} {(let e); (call h)} finally {(call i)})"),
        ("throw new Error('x')", "(throw (new Error \"x\"))"),
        ("const { a, b: c = 2 } = o, [d] = l", "(let {a: a b: c} o); (let [d] l)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn imports_of_every_kind() {
    items("import moment from 'moment'", &["import moment = moment"]);
    items("import * as d from 'date-fns'", &["import d = date-fns"]);
    items(
        "import { isAfter as after, isPast } from 'date-fns'",
        &["import after = date-fns::isAfter", "import isPast = date-fns::isPast"],
    );
    items("import isPast from 'date-fns/isPast'", &["import isPast = date-fns::isPast"]);
    items("import lic, { check } from '../lib/license.js'", &["import lic = license", "import check = license::check"]);
    items(
        "const { check, end: until } = require('./license')",
        &["import check = license::check", "import until = license::end"],
    );
    items("var DateTime = require('luxon').DateTime", &["import DateTime = luxon::DateTime"]);
    items("require('./license').check()", &["script {(call license.check)}"]);
    items("import { a } from '@scope/pkg'", &["import a = pkg::a"]);
    for wrapped in [
        "_interopRequireDefault(require('moment'))",
        "__importDefault(require('moment'))",
        "tslib_1.__importStar(require('moment'))",
        "__toESM(require('moment'), 1)",
        "__webpack_require__('./node_modules/moment')",
    ] {
        items(&format!("var m = {wrapped}"), &["import m = moment"]);
    }
    items("(0, a.f)(1); Object(a.f)(1); (0, f)()", &["script {(call a.f 1); (call a.f 1); (call f)}"]);
    items("Object(a)(1); (b, a.f)(1)", &["script {(call (call Object a) 1); (call {b; => a.f} 1)}"]);
}

#[test]
fn exports_of_every_kind() {
    items("export function f() {}", &["exported fn f() {}"]);
    items("function f() {}\nmodule.exports = { f }", &["exported fn f() {}"]);
    items("exports.f = function () { g() }", &["exported fn f() {(call g)}"]);
    items("module.exports = () => 1", &["exported fn default() {1}"]);
    items("export default function () { g() }", &["exported fn default() {(call g)}"]);
    items("module.exports.END = 5", &["global END = 5"]);
    items("A.prototype.f = function (x) { return x }", &["exported method fn A::f(x) {(return x)}"]);
    items(
        "const L = { check() { g() }, end: 5 }",
        &["global L = (record _ end=5)", "exported method fn L::check() {(call g)}"],
    );
    items("const f = x => x", &["exported fn f(x) {x}"]);
    items("(function () { exports.f = function () {}; g() })()", &["exported fn f() {}", "script {(call g)}"]);
    items("!function (a) { g(a) }(b)", &["script {(let a b); (call g a)}"]);
}

#[test]
fn classes() {
    items(
        "class A extends B { static END = 5; until = 6; constructor(x) { this.x = x } static f() {} get g() { return 1 } #h() {} }",
        &[
            "type A: B {until = 6}",
            "global A::END = 5",
            "exported method fn A::new(x) {(= self.x x)}",
            "exported fn A::f() {}",
            "exported method fn A::g() {(return 1)}",
            "exported method fn A::h() {}",
        ],
    );
}

#[test]
fn types_are_kept_where_they_say_something() {
    items_by(lower_typescript, "const end: Date = f() as Date;", &["global end :Date = (call f)"]);
    items_by(
        lower_typescript,
        "class A { private readonly until: Date = x!; constructor(private a: Date) {} f(b?: Date): boolean { return b! > this.until } }",
        &[
            "type A {until :Date = x; a :Date}",
            "exported method fn A::new(a :Date) {(= self.a a)}",
            "exported method fn A::f(b :Date) :boolean {(return (> b self.until))}",
        ],
    );
    items_by(lower_typescript, "enum E { A = 1, B }", &["type E {}", "global E::A :E = 1"]);
    items_by(lower_typescript, "interface I { a: Date; f(): void }", &["type I {a :Date}"]);
    items_by(lower_typescript, "namespace N { export const A = 1 }", &["global N::A = 1"]);
    items_by(lower_typescript, "type T = { a: 1 }; declare const x: T;", &[]);
}

#[test]
fn markup_calls_its_components() {
    let source = "function f() { return over && <Banner until={end} now><b>{x}</b></Banner> }";
    let expected =
        "exported fn f() {(return (&& over (call Banner (record _ until=end now=true) (call <b> (record _) x))))}";
    assert_eq!(print::module(&lower(source)), expected.replace("exported ", ""));
    assert_eq!(print::module(&lower_typescript(source)), expected.replace("exported ", ""));
}

#[test]
fn broken_code_is_said_and_read_around() {
    let module = lower("function f() { if (a { g() } return 1 }\nfunction h() { return 2 }\n");
    assert!(!module.gaps.is_empty());
    assert!(print::module(&module).contains("fn h() {(return 2)}"));
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = "
import { isAfter } from 'date-fns'
const END = new Date(2025, 0, 1), T = `${END} x`
export class A extends B { static x = 1; get y() { return this.#z } }
export default { data() { return { a: 1, ...b, [c]: /x/g } } }
;(async ({ a, b: [c] }, ...d) => { for (const k in a) { await k } })()
if (+new Date() > END && !(x instanceof Y)) { process.exit(1) } else throw a ? b : c
const j = <A b={c} {...d}>text {e}</A>
";
    survives(&GRAMMAR, SAMPLE);
    survives(&typescript::GRAMMAR, SAMPLE);
    survives(&typescript::MARKUP, SAMPLE);
    bounded(&GRAMMAR);
    for open in ["!function () {", "(function () {", "a && ", "a, "] {
        lower(&open.repeat(10_000));
    }
}

#[test]
fn what_a_constructor_hands_up_is_part_of_the_object() {
    items(
        "class B extends A { constructor(a) { super(a, 1); } }",
        &["type B: A {}", "exported method fn B::new(a) {(= #base (new A a 1))}"],
    );
}
