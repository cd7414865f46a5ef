use proptest::prelude::*;

use super::lower;
use crate::language::print;

fn script(text: &str) -> String {
    let braced = print::braced(&lower(text).script);
    braced.trim_start_matches('{').trim_end_matches('}').to_owned()
}

const SAMPLE: &str = "\
CREATE TABLE a (id int, until date, CHECK (CURRENT_DATE < '2026-01-01'));
INSERT INTO a (id, until) VALUES (1, '2025-12-31'), (2, '2026-01-31');
SELECT CASE WHEN now() > '2025-01-01' THEN 1 ELSE 0 END FROM a WHERE until BETWEEN now() AND DATE '2026-01-01';
IF GETDATE() > CONVERT(datetime, '2025-01-01')
BEGIN
  RAISERROR('expired', 16, 1);
END
ELSE PRINT 'x';
CREATE OR REPLACE FUNCTION f(x int) RETURNS trigger AS $$
DECLARE t timestamptz := now();
BEGIN
  IF t > '2025-01-01'::timestamptz AND x IN (1, 2) THEN
    RAISE EXCEPTION 'expired';
  ELSIF t < now() - INTERVAL '1 day' THEN
    RETURN NULL;
  END IF;
  WHILE x > 0 LOOP x := x - 1; END LOOP;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
";

#[test]
fn conditions_decide() {
    for (source, expected) in [
        ("SELECT a FROM t WHERE b = 1", "a; (if (== b 1) {(call select)} {})"),
        ("IF a > 1 THEN RAISE EXCEPTION 'x'; END IF;", "(if (> a 1) {(throw)} {})"),
        ("IF @a > 1 THROW 50000, 'x', 1;", "(if (> @a 1) {(throw)} {})"),
        ("SET @a = 1, @b = 2;", "(= @a 1); (= @b 2)"),
        ("DECLARE @a int = 1\nSET @a = 2", "(let @a 1); (= @a 2)"),
        ("SELECT @a = 1", "(= @a 1)"),
        ("BEGIN; RAISE NOTICE 'x'; END;", "(call print)"),
    ] {
        assert_eq!(script(source), expected, "{source}");
    }
}

#[test]
fn expressions() {
    for (source, expected) in [
        ("a OR b AND NOT c", "(|| a (&& b (! c)))"),
        ("a > '2025-01-01' ", "(> a (call timestamp \"2025-01-01\"))"),
        ("a = 'x'", "(== a \"x\")"),
        ("a BETWEEN 1 AND 2", "(&& (>= a 1) (<= a 2))"),
        ("\"A\".b::date + 2 * 3", "(+ (call date b) (* 2 3))"),
        ("CAST(a AS date)", "(call date a)"),
        ("CONVERT(datetime, a)", "(call datetime a)"),
        ("EXTRACT(YEAR FROM a)", "(call year a)"),
        ("INTERVAL 3 DAY", "(call interval 3 \"day\")"),
        ("[dbo].[f](a, N'it''s')", "(call f a \"it's\")"),
    ] {
        assert_eq!(script(&format!("SELECT {source}")), expected, "{source}");
    }
}

#[test]
fn routines_are_functions() {
    let module = lower(SAMPLE);
    let names: Vec<&str> = module.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["f"]);
    assert_eq!(module.functions[0].body.stmts.len(), 4);
    let module = lower("CREATE FUNCTION g() RETURNS bool AS $$ SELECT a < b; $$;\nSELECT 1;");
    assert_eq!(print::braced(&module.functions[0].body), "{(return (< a b))}");
    assert_eq!(module.script.stmts.len(), 1);
}

#[test]
fn depth_is_bounded() {
    for open in ["(", "CASE WHEN ", "IF a THEN ", "NOT ", "- ", "BEGIN ", "(SELECT ", "f(", "CREATE FUNCTION f AS "] {
        lower(&open.repeat(20_000));
        lower(&format!("SELECT {}", open.repeat(20_000)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(cuts in prop::collection::vec((0_usize..1500, 0_usize..20), 1..5), noise in "[a-zA-Z'\"$;(),.é\n -]{0,12}") {
        let mut chars: Vec<char> = SAMPLE.chars().collect();
        for (at, length) in cuts {
            let at = at % chars.len();
            chars.splice(at..(at + length).min(chars.len()), noise.chars());
        }
        print::module(&lower(&chars.into_iter().collect::<String>()));
    }
}
