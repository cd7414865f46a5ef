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

/// The statements of a function's body.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("local function f()\n{source}\nend\n"));
    assert_eq!(module.gaps, [], "{source}");
    let stmts: Vec<String> = module.functions[0].body.stmts.iter().map(print::stmt).collect();
    assert_eq!(stmts.join("; "), expected, "{source}");
}

#[test]
fn the_table_is_known() {
    known(&GRAMMAR);
}

#[test]
fn code() {
    for (source, expected) in [
        ("x = 1 + 2 // 3 ^ 2", "(= x (+ 1 (// 2 (** 3 2))))"),
        ("local x, y = f(), 2", "(let [x y] [(call f) 2])"),
        ("local x <const> = 1", "(let x 1)"),
        ("a, b = b, a", "(let [a b] [b a])"),
        ("a.b.c = d[1]", "(= a.b.c d[1])"),
        ("os.time{year = 2026, month = 3}", "(call os.time (record _ year=2026 month=3))"),
        ("f({1, 2}, {[k] = 1}, {['a'] = 2})", "(call f [1 2] (map (k 1)) (record _ a=2))"),
        ("x = \"a\\n\" .. [[b\\n]]", "(= x (.. \"a\\n\" \"b\\\\n\"))"),
        ("f(#t, not a, a ~= b)", "(call f (opaque t) (! a) (!= a b))"),
        ("obj:method 'x'", "(call obj.method \"x\")"),
        ("f(function(x) return x end)", "(call f (fn (x) {(return x)}))"),
        ("if a then b() elseif c then d() else e() end", "(if a {(call b)} {(if c {(call d)} {(call e)})})"),
        ("while a do break end", "(loop while a {jump})"),
        ("repeat a() until b", "(loop while (! b) {(call a)})"),
        ("for i = 1, 10 do f(i) end", "(loop i in (as Range [1 10]) {(call f i)})"),
        ("for k, v in pairs(t) do f(v) end", "(loop [k v] in (call pairs t) {(call f v)})"),
        ("return 1, 2", "(return [1 2])"),
    ] {
        body(source, expected);
    }
}

#[test]
fn definitions() {
    items(
        "local END = 1\nlocal M = {}\nM.at = 2",
        &["global END = 1", "global M = []", "global M::at = 2", "script {(= M.at 2)}"],
    );
    items(
        "function M.f(a, ...) end\nfunction M:g() return self.x end\nlocal function h() end\nM.k = function() end",
        &[
            "exported fn M::f(a, ) {}",
            "exported method fn M::g() {(return self.x)}",
            "exported fn h() {}",
            "exported fn M::k() {}",
        ],
    );
    items("local x = require('a.b')", &["include a/b", "global x = (call require \"a.b\")"]);
}

#[test]
fn what_does_not_parse_is_said() {
    assert!(!lower("if x then ) end end").gaps.is_empty());
}

#[test]
fn hostile_code_is_survived() {
    survives(&GRAMMAR, include_str!("sample.lua"));
    nested(&GRAMMAR, &["(", "{", "function() ", "if a then ", "f(", "x = ", "- "]);
    balanced(
        &GRAMMAR,
        &[
            ("x = (", "a", ")"),
            ("f(", "a", ")"),
            ("a + ", "b", ""),
            ("x = {", "1", "}"),
            ("f(function() ", "g()", " end)"),
            ("if a then ", "b() ", "end "),
            ("if a then b() else", "if a then c() end", ""),
            ("while a do ", "b() ", "end "),
            ("function f() ", "b() ", "end "),
            ("x = not ", "b", ""),
            ("x = a .. ", "b", ""),
            ("x = a", "", ".b"),
            ("x = a", "", "[b]"),
            ("x = a", "", "(b)"),
            ("x = a and ", "b", ""),
            ("do ", "b() ", "end "),
            ("for i in a do ", "b() ", "end "),
        ],
    );
}
