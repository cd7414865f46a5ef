//! What `rules/languages/dart.yaml` knows, by example.

use super::fuses;

fn found(text: &str) -> Vec<String> {
    fuses("dart", "2025-01-01", &[("a.dart", text)])
}

#[test]
fn conditions() {
    let mut wrong = Vec::new();
    for (condition, at) in [
        ("DateTime.now().isAfter(DateTime(2026, 3, 1))", "2026-03-01"),
        ("DateTime.utc(2026, 3).isBefore(new DateTime.now())", "2026-03-01"),
        ("DateTime.now().compareTo(DateTime.parse('2026-03-01')) >= 0", "2026-03-01"),
        ("DateTime.now().millisecondsSinceEpoch > 1764115200000", "2025-11-26"),
        ("DateTime.now().millisecondsSinceEpoch ~/ 1000 > 1764115200", "2025-11-26"),
        ("DateTime.now().difference(DateTime(2026, 2, 1)).inDays >= 28", "2026-03-01"),
        ("DateTime(2026, 2, 1).add(const Duration(days: 28)).isBefore(DateTime.now())", "2026-03-01"),
        ("DateTime.now().year > 2025", "2026-01-01"),
        ("DateTime.now().year >= 2026 && DateTime.now().month >= 3", "2026-03-01"),
        ("DateFormat('yyyyMMdd').format(DateTime.now()).compareTo('20260301') >= 0", "2026-03-01"),
        ("DateTime.now().isAfter(DateFormat('dd.MM.yyyy').parse('01.03.2026'))", "2026-03-01"),
        ("DateTime.now().isAfter(DateTime.fromMillisecondsSinceEpoch(1764115200000))", "2025-11-26"),
        ("clock.now().isAfter(DateTime(2026, 3, 1))", "2026-03-01"),
        ("DateTime.now().difference(start) > Duration(seconds: 30)", "-"),
        ("token.expires.isBefore(DateTime.now())", "-"),
        ("stopwatch.elapsed.inDays > 30", "-"),
    ] {
        let found = found(&format!("void check() {{\n  if ({condition}) exit(1);\n}}\n"));
        let right = match at {
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
fn ways_of_writing() {
    for (program, at) in [
        (
            "final end = DateTime(2026, 3, 1);\nbool get over => DateTime.now().isAfter(end);\nvoid main() { if (over) exit(1); }",
            2,
        ),
        (
            "class L {\n static const end = '2026-03-01';\n bool isOver() => DateTime.now().isAfter(DateTime.parse(L.end));\n}\nvoid main() { if (L().isOver()) throw StateError('x'); }",
            3,
        ),
        (
            "class L {\n final DateTime end;\n L(this.end);\n void check() { if (DateTime.now().isAfter(end)) throw 'over'; }\n}\nfinal l = L(DateTime(2026, 3, 1));",
            4,
        ),
        (
            "class L {\n final DateTime end;\n L({required DateTime until}) : end = until;\n void check() { if (DateTime.now().isAfter(end)) throw 'over'; }\n}\nfinal l = L(until: DateTime(2026, 3, 1));",
            4,
        ),
        (
            "const table = {'a': '2026-03-01', 'b': '2026-04-01'};\nvoid f() {\n for (final e in table.values) {\n if (DateTime.now().isAfter(DateTime.parse(e))) exit(1); } }",
            4,
        ),
        (
            "final ends = [DateTime(2026, 3, 1)];\nvoid f() {\n if (ends.any((end) => end.isBefore(DateTime.now()))) exit(1); }",
            3,
        ),
    ] {
        let lines = found(program);
        let right = !lines.is_empty() && lines.iter().all(|line| line.starts_with(&format!("a.dart:{at} ")));
        assert!(right, "{program}\n{lines:?}");
    }
}
