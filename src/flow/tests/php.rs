//! What `rules/languages/php.yaml` knows, and how PHP's ways of writing flow, by example.

use super::fuses;

/// Findings of one file, as `PATH:LINE TRIGGER: …`.
fn found(text: &str) -> Vec<String> {
    fuses("php", "2025-01-01", &[("a.php", &format!("<?php {text}"))])
}

/// Whether a program that exits on `condition` goes off on that day (`-`: never).
#[track_caller]
fn check(imports: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (condition, at) in cases {
        let found = found(&format!("{imports}\nfunction check() {{\n  if ({condition}) exit(1);\n}}\n"));
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
fn the_standard_library() {
    check(
        "const DAY = 86400;",
        &[
            ("time() > 1764115200", "2025-11-26"),
            ("time() > mktime(0, 0, 0, 3, 1, 2026)", "2026-03-01"),
            ("time() >= strtotime('2026-03-01')", "2026-03-01"),
            ("time() > strtotime('2026-02-01 00:00:00') + 28 * DAY", "2026-03-01"),
            ("strtotime('now') > strtotime('1 March 2026')", "2026-03-01"),
            ("strtotime('+1 month', strtotime('2026-02-01')) < time()", "2026-03-01"),
            ("microtime(true) > 1764115200", "2025-11-26"),
            ("date('Ymd') >= '20260301'", "2026-03-01"),
            ("sprintf('%d%02d', date('Y'), date('m')) >= '202603'", "2026-03-01"),
            ("date('Y') * 100 + date('n') >= 202603", "2026-03-01"),
            ("sprintf('%08d', $count) >= '20260301'", "-"),
            ("(int) date('Ym') >= 202603", "2026-03-01"),
            ("date('Y-m-d', time()) >= '2026-03-01'", "2026-03-01"),
            ("date('Y') > 2025", "2026-01-01"),
            ("gmdate('Y') . gmdate('m') >= '202603'", "2026-03-01"),
            ("idate('Y') >= 2026 && idate('m') >= 3", "2026-03-01"),
            ("new DateTime() > new DateTime('2026-03-01')", "2026-03-01"),
            ("new \\DateTimeImmutable('now') >= new \\DateTimeImmutable('2026-03-01 00:00')", "2026-03-01"),
            ("date_create() > date_create('2026-03-01')", "2026-03-01"),
            ("new DateTime > DateTime::createFromFormat('d/m/Y', '01/03/2026')", "2026-03-01"),
            ("new DateTime > DateTimeImmutable::createFromFormat('!m/Y', '03/2026')", "2026-03-01"),
            ("(new DateTime('2026-02-01'))->add(new DateInterval('P28D')) < new DateTime()", "2026-03-01"),
            ("(new DateTime('2026-02-01'))->modify('+28 days') < new DateTime()", "2026-03-01"),
            (
                "new DateTime() > DateTime::createFromFormat('d/m/Y', '01/02/2026')->modify('last day of this month 23:59:59')",
                "2026-03-01",
            ),
            ("time() >= strtotime('first day of next month midnight', mktime(0, 0, 0, 2, 14, 2026))", "2026-03-01"),
            ("strtotime('-30 days') > strtotime('2026-01-30')", "2026-03-01"),
            ("(new DateTime())->getTimestamp() > 1764115200", "2025-11-26"),
            ("(new DateTime())->format('Ymd') >= '20260301'", "2026-03-01"),
            ("(new DateTime('2026-02-01'))->diff(new DateTime())->days >= 28 && time() > 1769904000", "2026-03-01"),
            // No bombs.
            ("time() - $start > 3600", "-"),
            ("$user->expires < time()", "-"),
            ("strtotime($row['until']) < time()", "-"),
            ("hrtime(true) > 1764115200", "-"),
            ("date('H') > 17", "-"),
        ],
    );
}

#[test]
fn carbon_and_frameworks() {
    check(
        "use Carbon\\Carbon;",
        &[
            ("Carbon::now()->gt(Carbon::parse('2026-03-01'))", "2026-03-01"),
            ("now()->isAfter('2026-03-01')", "2026-03-01"),
            ("Carbon::create(2026, 3, 1)->isPast()", "2026-03-01"),
            ("Carbon::createFromDate(2026, 3, 1)->lt(now())", "2026-03-01"),
            ("Carbon::parse('2026-02-01')->addDays(28)->isPast()", "2026-03-01"),
            ("Carbon::parse('2026-02-01')->diffInDays(now()) >= 28", "2026-03-01"),
            ("Carbon::now()->timestamp > 1764115200", "2025-11-26"),
            ("Carbon::now()->year > 2025", "2026-01-01"),
            ("now()->toDateString() >= '2026-03-01'", "2026-03-01"),
            ("current_time('timestamp') > 1764115200", "2025-11-26"),
            ("\\Drupal::time()->getRequestTime() > strtotime('2026-03-01')", "2026-03-01"),
        ],
    );
}

#[test]
fn ways_of_writing() {
    for (program, at) in [
        ("define('END', '2026-03-01');\nif (time() > strtotime(END)) die('over');", 2),
        ("$end = mktime(0, 0, 0, 3, 1, 2026);\ntime() < $end or die('over');", 2),
        (
            "class L { const END = '2026-03-01';\n static function over() { return new DateTime() > new DateTime(self::END); } }\nif (L::over()) throw new E();",
            2,
        ),
        (
            "class L { private $end = '2026-03-01';\n function check() { if (date('Y-m-d') > $this->end) throw new E(); } }",
            2,
        ),
        (
            "class L { function __construct(private DateTime $end = new DateTime('2026-03-01')) {}\n function check() { if (new DateTime() > $this->end) throw new E(); } }",
            2,
        ),
        (
            "class L { function __construct(private $end) {}\n function check() { if (time() > $this->end) exit; } }\n$l = new L(1764115200); $l->check();",
            2,
        ),
        (
            "function check(?DateTime $now = null) { $now ??= new DateTime();\n if ($now > new DateTime('2026-03-01')) return false; return true; }",
            2,
        ),
        (
            "$table = ['7.4' => '2026-03-01', '8.0' => '2026-04-01'];\nforeach ($table as $version => $end) {\n if (strtotime($end) < time()) die($version); }",
            3,
        ),
        (
            "$table = [['end' => '2026-03-01']];\nforeach ($table as $row) {\n if (strtotime($row['end']) < time()) die(); }",
            3,
        ),
        ("$d = new DateTime('2026-02-01'); $d->modify('+1 month');\nif ($d < new DateTime()) exit;", 2),
        ("$s = match (true) {\n time() > 1764115200 => throw new E(), default => 1 };", 2),
        ("?><p><?php if (time() > 1764115200): ?>over<?php else: ?>\n<?php exit; endif; ?>", 1),
    ] {
        let lines: Vec<String> = found(program);
        let right = !lines.is_empty() && lines.iter().all(|line| line.starts_with(&format!("a.php:{at} ")));
        assert!(right, "{program}\n{lines:?}");
    }
}

#[test]
fn classes_resolve_across_files() {
    let lines = fuses(
        "php",
        "2025-01-01",
        &[
            (
                "src/License.php",
                "<?php namespace App; class License { const END = '2026-03-01'; public static function valid(): bool { return date('Y-m-d') < self::END; } }",
            ),
            (
                "src/Kernel.php",
                "<?php namespace App; use App\\License; class Kernel { function boot() { if (!License::valid()) { throw new \\RuntimeException('expired'); } } }",
            ),
        ],
    );
    assert_eq!(
        lines,
        ["src/License.php:1 2026-03-01: `License::valid` throws RuntimeException(\"expired\") from 2026-03-01 on"]
    );
}

#[test]
fn limits_after_build_or_install() {
    for (program, limit) in [
        ("if (time() - BUILD_TIME > 60 * 86400) die();", "P60D after build"),
        (
            "$installed = (int) get_option('install_date');\nif (time() > $installed + 30 * 86400) wp_die('trial over');",
            "P30D after install",
        ),
        ("if (filemtime(__FILE__) < strtotime('-90 days')) exit;", "P90D after install"),
        (
            "$first = new DateTime($settings->installed_at); if ($first->diff(new DateTime())->days >= 14) lock();",
            "P14D after install",
        ),
    ] {
        let lines = found(program);
        assert!(lines.len() == 1 && lines[0].contains(limit), "{program}\n{lines:?}");
    }
}

#[test]
fn tests_that_expire() {
    for (assertion, count) in [
        ("$this->assertTrue(new DateTime('2026-03-01') > new DateTime())", 1),
        ("self::assertGreaterThan(time(), strtotime('2026-03-01'))", 1),
        ("$this->assertFalse(Carbon::parse('2026-03-01')->isPast())", 1),
        ("$this->assertEquals('2025', date('Y'))", 1),
        ("$this->assertEquals('2026-03-01', $x->format('Y-m-d'))", 0),
    ] {
        let lines = found(&format!("class ATest extends TestCase {{ function testIt() {{ {assertion}; }} }}"));
        assert_eq!(lines.len(), count, "{assertion}\n{lines:?}");
    }
}
