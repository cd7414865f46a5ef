//! What `rules/languages/swift.yaml` knows, by example.

use super::fuses;

#[track_caller]
fn check(head: &str, tail: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (condition, at) in cases {
        let found = fuses("swift", "2025-01-01", &[("a.swift", &format!("{head}{condition}{tail}"))]);
        let right = match *at {
            "-" => found.is_empty(),
            _ => found.len() == 1 && found[0].contains(&format!(" {at}:")),
        };
        if !right {
            wrong.push(format!("{condition}\n    expected {at}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn conditions() {
    check(
        "import Foundation\nfunc check() {\n  if ",
        " { exit(1) }\n}\n",
        &[
            ("Date() > Date(timeIntervalSince1970: 1764115200)", "2025-11-26"),
            ("Date().timeIntervalSince1970 > 1764115200", "2025-11-26"),
            ("Date() >= Date(timeIntervalSinceReferenceDate: 785808000)", "2025-11-26"),
            ("CFAbsoluteTimeGetCurrent() > 785808000", "2025-11-26"),
            ("Date(timeIntervalSince1970: 1764115200).timeIntervalSinceNow < 0", "2025-11-26"),
            ("Date().compare(Date(timeIntervalSince1970: 1764115200)) == .orderedDescending", "2025-11-26"),
            ("Date() > DateComponents(calendar: Calendar.current, year: 2026, month: 3, day: 1).date!", "2026-03-01"),
            ("Date() > Calendar.current.date(from: DateComponents(year: 2026, month: 3, day: 1))!", "2026-03-01"),
            ("Calendar.current.component(.year, from: Date()) > 2025", "2026-01-01"),
            ("Date() > ISO8601DateFormatter().date(from: \"2026-03-01T00:00:00Z\")!", "2026-03-01"),
            (
                "Date() > Calendar.current.date(byAdding: .day, value: 28, to: Date(timeIntervalSince1970: 1769904000))!",
                "2026-03-01",
            ),
            ("Date() > Date(timeIntervalSince1970: 1769904000).addingTimeInterval(28 * 86_400)", "2026-03-01"),
            ("Date() > Date(timeIntervalSince1970: 1769904000) + 28 * 86400", "2026-03-01"),
            // No bombs.
            ("Date().timeIntervalSince(start) > 30", "-"),
            ("ProcessInfo.processInfo.systemUptime > 1764115200", "-"),
            ("Date() > Date(timeIntervalSinceNow: 30)", "-"),
            ("token.expires < Date()", "-"),
            ("Date() > store.lastShown ?? Date.distantPast", "-"),
            ("Date() > .distantPast", "-"),
        ],
    );
}

#[test]
fn ways_of_writing() {
    for (program, at) in [
        (
            "struct L { static let end = Date(timeIntervalSince1970: 1764115200)\n static var over: Bool { Date() > end } }\nfunc f() throws { if L.over { throw E.over } }",
            2,
        ),
        (
            "func f() -> Bool {\n let formatter = DateFormatter()\n formatter.dateFormat = \"dd/MM/yyyy\"\n guard let end = formatter.date(from: \"26/11/2025\") else { return true }\n return Date() < end }",
            5,
        ),
        (
            "func f() {\n var c = DateComponents(); c.year = 2025; c.month = 11; c.day = 26\n if let end = Calendar.current.date(from: c), Date() > end { fatalError(\"over\") } }",
            3,
        ),
        (
            "class L { let end: Date\n init(end: Date) { self.end = end }\n func check() { if Date() > end { exit(1) } } }\nlet l = L(end: Date(timeIntervalSince1970: 1764115200))",
            3,
        ),
        (
            "final class L {\n static let end: Date = { return Date(timeIntervalSince1970: 1764115200) }()\n func f() throws {\n  guard Date() < Self.end else { throw E.over }\n } }",
            4,
        ),
        (
            "func over() -> Bool {\n#if DEBUG\nreturn false\n#else\nreturn Date() > Date(timeIntervalSince1970: 1764115200)\n#endif\n}\nfunc f() { if over() { exit(1) } }",
            5,
        ),
        ("func f() {\n guard Date() < Date(timeIntervalSince1970: 1764115200) else { exit(1) }\n}", 2),
        (
            "let table = [\"a\": 1764115200.0, \"b\": 1766707200.0]\nfunc f() {\n for (name, end) in table { if Date().timeIntervalSince1970 > end { fatalError(name) } } }",
            3,
        ),
        (
            "let built = info[\"BuildDate\"] as! Date\nfunc f() {\n if Date() > built.addingTimeInterval(90 * 86400) {\n  let last = shown ?? Date.distantPast\n  if Date().timeIntervalSince(last) > 86400 { warn() } } }",
            3,
        ),
        (
            "extension Date { var past: Bool {\n self < Date() } }\nfunc f() { if Date(timeIntervalSince1970: 1764115200).past { exit(1) } }",
            2,
        ),
    ] {
        let lines = fuses("swift", "2025-01-01", &[("a.swift", program)]);
        let right = !lines.is_empty() && lines.iter().all(|line| line.starts_with(&format!("a.swift:{at} ")));
        assert!(right, "{program}\n{lines:?}");
    }
}
