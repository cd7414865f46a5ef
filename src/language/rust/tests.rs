#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use super::lower;
use crate::language::{DEPTH_LIMIT, print};

/// The body of a function around `code`, printed.
fn body(code: &str) -> String {
    let module = lower(&format!("fn f() {{ {code} }}"));
    assert_eq!(module.gaps, [], "{code}");
    print::braced(&module.functions.last().unwrap().body)
}

fn module(code: &str) -> String {
    print::module(&lower(code))
}

fn check(cases: &[(&str, &str)], print: fn(&str) -> String) {
    for (code, expected) in cases {
        assert_eq!(print(code), *expected, "{code}");
    }
}

#[test]
fn literals() {
    check(
        &[
            ("1_000u64", "{1000}"),
            ("0xFF_u8", "{255}"),
            ("-3", "{(neg 3)}"),
            ("1.5e3", "{1500.0}"),
            ("2f64", "{2.0}"),
            ("'a'", "{97}"),
            ("b'a'", "{97}"),
            (r#""a\n\u{e9}""#, r#"{"a\né"}"#),
            (r###"r#"a"b"#"###, r#"{"a\"b"}"#),
            (r#"b"\xff""#, r#"{"ÿ"}"#),
            (r#"c"x""#, r#"{"x"}"#),
            ("340282366920938463463374607431768211455", "{(opaque)}"),
            ("true", "{true}"),
            ("None", "{null}"),
        ],
        body,
    );
}

#[test]
fn expressions() {
    check(
        &[
            ("Utc::now().timestamp() > DEADLINE", "{(> (call (call Utc::now).timestamp) DEADLINE)}"),
            ("a.b.0.c()?.await", "{(pass (pass (call a.b.0.c)))}"),
            ("*x + &y - (z * 2)", "{(- (+ (pass x) (pass y)) (* z 2))}"),
            ("x as u64", "{(as u64 x)}"),
            ("x as _", "{(pass x)}"),
            ("x as *const libc::tm", "{(as tm x)}"),
            ("a[1]", "{a[1]}"),
            ("a[1..n]", "{(call a.slice 1 n)}"),
            ("x += 1;", "{(= x (+ x 1))}"),
            ("[1, 2]", "{[1 2]}"),
            ("(1, a)", "{[1 a]}"),
            ("[0; 4]", "{(opaque 0 4)}"),
            ("A { x: 1, y, ..z }", "{(record A x=1 y=y ..z)}"),
            ("<T as Tr>::f::<u8>()", "{(call T::f)}"),
            ("Vec::<u8>::new()", "{(call Vec::new)}"),
            ("|a, &b, (c, d): (i32, i32)| a < b", "{(fn (a, b, ) (< a b))}"),
            ("async move { x.await }", "{{(pass x)}}"),
            ("unsafe { time(ptr::null_mut()) }", "{{(call time (call ptr::null_mut))}}"),
            ("!(a && b || c)", "{(! (|| (&& a b) c))}"),
            ("(a..b).contains(&x)", "{(&& (>= (pass x) a) (< (pass x) b))}"),
            ("(2020..=y).contains(&x)", "{(&& (>= (pass x) 2020) (<= (pass x) y))}"),
            ("if a { 1 } else if b { 2 } else { 3 }", "{(? a 1 (? b 2 3))}"),
            ("let x = if a { f(); 1 } else { 2 };", "{(let x (? a {(call f); => 1} 2))}"),
        ],
        body,
    );
}

#[test]
fn statements() {
    check(
        &[
            ("let x: Option<DateTime<Utc>> = y; z", "{(let x :DateTime y); => z}"),
            ("let (a, mut b);", "{(let [a b])}"),
            ("let Some(x) = y else { return; };", "{(let Some(x) y else {(return)})}"),
            ("if a { b(); }", "{(if a {(call b)} {})}"),
            ("if a { b() } c", "{(if a {(call b)} {}); => c}"),
            (
                "if let Some(x) = y && x > 1 { return Err(e); }",
                "{(if (&& (is y Some(x)) (> x 1)) {(return (call Err e))} {})}",
            ),
            ("while let Some(x) = it.next() { continue }", "{(loop while (is (call it.next) Some(x)) {jump})}"),
            ("for (i, x) in xs { break; }", "{(loop [i x] in xs {jump})}"),
            ("let v = loop { break 3; };", "{(let v {(loop {3; jump})})}"),
            ("match x { _ => return 1 }", "{(match x (_ => {(return 1)}))}"),
            ("{ a(); } b()", "{{(call a)}; => (call b)}"),
            ("f(N); const N: u64 = 5;", "{(let N :u64 5); (call f N)}"),
            ("if let n @ 1..=5 = x { a }", "{(if (&& (is x n) (is n 1..=5)) {a} {})}"),
            ("if x { return } else { y() };", "{(if x {(return)} {(call y)})}"),
            ("process::exit(1)", "{(call process::exit 1)}"),
        ],
        body,
    );
}

#[test]
fn patterns() {
    check(
        &[
            (
                "match x { 1 | 2 => a, n if n > 3 => b, _ => c }",
                "{(match x (=1 =2 => a) (n if (> n 3) => b) (_ => c))}",
            ),
            ("match x { n @ 1..=5 => n, 6..10 => 0 }", "{(match x (n if (is n 1..=5) => n) (6..=9 => 0))}"),
            (
                "match x { None => a, Some(Ok(v)) => v, E::A => b }",
                "{(match x (None() => a) (Some(Ok(v)) => v) (E::A() => b))}",
            ),
            ("match x { MAX => a, i64::MAX => b }", "{(match x (=MAX => a) (=i64::MAX => b))}"),
            ("let P { x, y: Some(z), .. } = p;", "{(let P{x: x y: Some(z)} p)}"),
            ("match x { &[a, .., ref b] => a }", "{(match x ([a _ b] => a))}"),
            (
                "match m.cmp(&n) { Ordering::Less => {} _ => exit(1) }",
                "{(match (call m.cmp (pass n)) (Ordering::Less() => {}) (_ => (call exit 1)))}",
            ),
            ("match x { ..=2020 => a, 2021.. => b, -1 => c }", "{(match x (..=2020 => a) (2021..= => b) (=-1 => c))}"),
        ],
        body,
    );
}

#[test]
fn macros() {
    check(
        &[
            ("assert!(now() < D, \"{} late\", n);", r#"{(call assert! (< (call now) D) "{} late" n)}"#),
            ("assert_eq!(a, b)", "{(call assert_eq! a b)}"),
            ("log::warn!(target: \"x\", k = %v, ?w, \"m\")", r#"{(call log::warn! target="x" k=v w "m")}"#),
            ("vec![a, b]", "{[a b]}"),
            ("vec![0u8; n]", "{(opaque 0 n)}"),
            ("matches!(x, Some(n) if n > 2)", "{(&& (is x Some(n)) (> n 2))}"),
            ("assert!(matches!(x, A | B))", "{(call assert! (is x A() | B()))}"),
            ("date!(2024-01-01)", r#"{(call date! "2024-01-01")}"#),
            ("datetime!(2024-01-01 0:00 UTC)", r#"{(call datetime! "2024-01-01 0:00 UTC")}"#),
            ("concat!(\"a\", env!(\"B\"))", r#"{(text "a" (call env! "B"))}"#),
            ("hashmap! { \"a\" => 1, b => 2 }", r#"{(map ("a" 1) (b 2))}"#),
            (
                "json!({\"exp\": 12, \"l\": [null, {\"k\": f(x)}]})",
                r#"{(map ("exp" 12) ("l" [null (map ("k" (call f x)))]))}"#,
            ),
            (
                "select! { x = f() => g(x), _ = t, if ok => { return }, else => h() }",
                "{(match (_ => {(let x (pass (call f))); => (call g x)}) (_ if ok => {(let _ (pass t)); (return)}) (_ => (call h)))}",
            ),
            ("defer! { a(); b(); }", "{(call defer! {(call a); (call b)})}"),
            ("html! { <p>{ Utc::now() }</p> }", "{(call html! {(call Utc::now)})}"),
            ("quote! { fn #x() { Utc::now() } }", "{(opaque)}"),
            ("bail!(\"x\");", r#"{(call bail! "x")}"#),
        ],
        body,
    );
}

#[test]
fn items() {
    check(
        &[
            (
                "use a::{self, b as c, d::*, e::{f, self as g}, h as _};",
                "import a = a\nimport c = a::b\nimport * = a::d\nimport f = a::e::f\nimport g = a::e",
            ),
            (
                "extern crate time as t; mod x; #[path = \"y.rs\"] mod z; include!(\"w.rs\");",
                "import t = time\ninclude x\ninclude y.rs\ninclude w.rs",
            ),
            (
                "pub static S: &'static [u8] = b\"a\"; const A: Lazy<Votes> = Lazy::new(|| f(1));",
                "global S = \"a\"\nglobal A :Votes = {(call f 1)}",
            ),
            (
                "lazy_static! { /// doc\n pub static ref D: DateTime<Utc> = f(); static ref E: u8 = 2; }",
                "global D :DateTime = (call f)\nglobal E :u8 = 2",
            ),
            (
                "pub enum E { A = 1, B, C = 4 } struct S { #[serde(default = \"x\")] a: Box<T>, b: Option<u8> } struct U(i64);",
                "type E {}\ntype S {@serde(default=\"x\") a :T; b :u8}\ntype U {0 :i64}\nglobal E::A = 1\nglobal E::C = 4",
            ),
            (
                "struct S; impl S { pub const N: Self = Self(1); pub fn new(a: u8) -> Self { Self::with(a) } fn g(&self) { self.x } }",
                "type S {}\nglobal S::N :S = (call S 1)\nexported fn S::new(a :u8) :S {(call S::with a)}\nmethod fn S::g() {self.x}",
            ),
            (
                "mod m { struct T; impl Clock for T { fn now(&mut self) -> Result<Instant, E> { x } } }",
                "type m::T: Clock {}\nexported method fn m::T::now() :Instant {x}",
            ),
            (
                "pub trait C: D { const K: u8 = 1; fn a(&self) -> ! ; fn b() -> u8 { 2 } }",
                "type C: D {}\nglobal C::K :u8 = 1\nexported declared method fn C::a() :!\nexported fn C::b() :u8 {2}",
            ),
            ("impl<T: X> Ext for T { fn e(self) {} }", "exported method fn Ext::e() {}"),
            (
                "#[cfg(test)] mod t { #[tokio::test] async fn a() { fn b() {} } }",
                "@tokio::test test fn t::a() {}\ntest fn t::b() {}",
            ),
            (
                "#[cfg(all(test, unix))] fn a() {} #[cfg(any(test, unix))] fn b() {} #[cfg(not(test))] fn c() {}",
                "@cfg((call all test unix)) test fn a() {}\n@cfg((call any test unix)) fn b() {}\n@cfg((call not test)) fn c() {}",
            ),
            ("extern \"C\" { fn time(t: *mut time_t) -> time_t; }", "declared fn time(t :time_t) :time_t"),
            (
                "fn f(mut a: impl Into<X>, b: &dyn Future<Output = Y>) -> Pin<Box<dyn Future<Output = Result<Z, E>>>> {}",
                "fn f(a :Into, b :Y) :Z {}",
            ),
            ("a_list!(Name, 12, [Some(Ts::Y2023)]);", "script {(call a_list! Name 12 [(call Some Ts::Y2023)])}"),
            ("const _: () = { assert!(V > 1); };", "script {{(call assert! (> V 1))}}"),
            (
                "macro_rules! now { () => { Utc::now() }; ($a:expr, $($b:expr),*) => {{ f($a, $($b),*) }}; }",
                "fn now!() {(call Utc::now)}\nfn now!(a) {{(call f a b)}}",
            ),
            ("cfg_if! { if #[cfg(unix)] { fn a() {} } else { const B: u8 = 1; } }", "global B :u8 = 1\nfn a() {}"),
            ("proptest! { #[test] fn p(x in 0..9) { assert!(x < 9); } }", "test fn p() {(call assert! (< x 9))}"),
        ],
        module,
    );
}

#[test]
fn spans_count_characters_from_one() {
    let module = lower("#!/usr/bin/env run\n/// é\npub fn é() {\n  let é = \"é\"; now() < D }\n");
    let function = &module.functions[0];
    assert_eq!(print::span(function.span), "3:1-4:27");
    assert_eq!(print::span(function.name_span), "3:8-3:9");
    assert_eq!(print::span(function.body.stmts[0].span), "4:3-4:15");
    assert_eq!(print::span(function.body.value.as_ref().unwrap().span), "4:16-4:25");
}

#[test]
fn spans_of_compound_expressions() {
    for (code, expected) in [
        ("(a + b) * c", "1:10-1:21"),
        ("a.b(c)?", "1:10-1:17"),
        ("|x| x", "1:10-1:15"),
        ("if a { b } else { c }", "1:10-1:31"),
        ("&mut -x", "1:10-1:17"),
        ("A { b: 1 }", "1:10-1:20"),
        ("x as u64", "1:10-1:18"),
        ("log::info!(a)", "1:10-1:23"),
        ("match a { _ => b }", "1:10-1:28"),
    ] {
        let module = lower(&format!("fn f() {{ {code} }}"));
        let value = module.functions[0].body.value.as_ref().unwrap();
        assert_eq!(print::span(value.span), expected, "{code}");
    }
}

#[test]
fn what_does_not_parse_costs_itself() {
    check(
        &[
            ("fn a() {}\nfn b() { let = ; }\nfn c() {}", "fn a() {}\nfn b() {}\nfn c() {}\ngap 2:1-2:19"),
            ("#![x]\nfn a() {}\nfuture item!!;\nfn c() {}", "fn a() {}\nfn c() {}\ngap 3:1-3:15"),
            (
                "impl A {\n fn a() {}\n fn b(x in y) { f() }\n const C: u8 = ;\n fn d() {}\n}",
                "fn A::a() {}\nfn A::b() {(call f)}\nfn A::d() {}\ngap 3:2-3:22\ngap 4:2-4:17",
            ),
            (
                "#[test]\nfn a(f: &Fn()) { let = ; let x = S {}.y; f(x) }",
                "test fn a() {(let x (record S).y); => (call f x)}\ngap 1:1-2:48",
            ),
            ("mod m {\n fn a() {}\n ? ;\n}\nfn b() {}", "fn m::a() {}\nfn b() {}\ngap 3:2-3:5"),
        ],
        module,
    );
    let module = lower("fn a() {\n}\nfn b() { ( }\n}\nfn c() {\n}\n");
    let names: Vec<_> = module.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(print::span(module.gaps[0]), "3:1-4:2");
    assert_eq!(print::span(module.functions[1].span), "5:1-6:2");
}

#[test]
fn deep_and_long_input_is_cut_and_said() {
    let many = 100_000;
    let wrapped = |open: &str, close: &str| format!("fn f() {{ {}x{} }}", open.repeat(many), close.repeat(many));
    for code in [
        wrapped("(", ")"),
        wrapped("(", ""),
        wrapped("[", "]"),
        wrapped("{", "}"),
        wrapped("m!(", ")"),
        wrapped("!", ""),
        wrapped("&&", ""),
        wrapped("|a, b| ", ""),
        wrapped("a = ", ""),
        wrapped("", ".m()"),
        wrapped("", "+ 1"),
        wrapped("", " as A<u8"),
        wrapped("if x {} else ", ""),
        wrapped("return ", ""),
        wrapped("", "?"),
        format!("type T = {}u8{};", "A<u8, ".repeat(many), ">".repeat(many)),
        format!("type T = {}u8;", "for<'a, 'b> fn() -> ".repeat(many)),
        format!("type T = {}", "<".repeat(many)),
        format!("{}{}", "mod a {".repeat(many), "}".repeat(many)),
        format!("use {}b;", "a::".repeat(many)),
        format!("use {}b{};", "a::{".repeat(many), "}".repeat(many)),
    ] {
        let module = lower(&code);
        assert!(!module.gaps.is_empty(), "{}", &code[..60]);
    }
}

#[test]
fn what_nests_at_the_limit_is_lowered() {
    let chain = format!("fn f() {{ x{} }}", ".m(1)".repeat(DEPTH_LIMIT / 2));
    assert_eq!(lower(&chain).gaps, []);
    let long = format!("fn f() {{ x{} }}", ".m(now())".repeat(DEPTH_LIMIT * 3));
    let module = lower(&long);
    assert_eq!(module.gaps.len(), 1);
    let calls = print::braced(&module.functions[0].body).matches("(call now)").count();
    assert_eq!(calls, DEPTH_LIMIT * 3, "a chain that is too long keeps its arguments");
}

/// The most strain that the parser is given, in every way that it recurses: the stack must hold it.
#[test]
fn strain_within_the_limit_fits_the_stack() {
    let wrapped = |open: &str, close: &str, tokens: usize| {
        let many = super::measure::STRAIN_LIMIT / tokens - 20;
        format!("fn f() {{ {}x{} }}", open.repeat(many), close.repeat(many))
    };
    for code in [
        wrapped("(", ")", 9),
        wrapped("{", "}", 9),
        wrapped("!", "", 1),
        wrapped("|| ", "", 2),
        wrapped("a = ", "", 2),
        wrapped("", ".m()", 3),
        wrapped("", "?", 1),
        wrapped("", "+ 1", 2),
        wrapped("if x {} else ", "{}", 4),
        wrapped("return ", "", 1),
        wrapped("", " as A<u8", 4),
        wrapped("let _: A<", "> = x;", 1),
        wrapped("..", "", 2),
        wrapped("match ", "{}", 1),
        wrapped("unsafe {", "}", 10),
        wrapped("x(|| {", "})", 20),
    ] {
        lower(&code);
    }
}

#[test]
fn mangled_source_neither_panics_nor_hangs() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("macros.rs"),
        include_str!("expressions.rs"),
        include_str!("tests.rs"),
        include_str!("../models.rs"),
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let began = Instant::now();
    for round in 0..60 {
        let mut text: Vec<char> = sources[round % sources.len()].chars().collect();
        for _ in 0..=random(6) {
            let from = random(text.len());
            let to = (from + random(80)).min(text.len());
            let cut: Vec<char> = text[from..to].to_vec();
            match random(3) {
                0 => drop(text.drain(from..to)),
                1 => drop(text.splice(from..from, cut)),
                _ => {
                    let at = random(text.len());
                    drop(text.splice(at..at, cut));
                }
            }
        }
        let text: String = text.into_iter().collect();
        assert_eq!(lower(&text), lower(&text));
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
