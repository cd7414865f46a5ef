//! What `rules/languages/javascript.yaml` knows, and how JavaScript's ways of writing flow, by example.

use super::fuses;

/// Findings of one file, as `PATH:LINE TRIGGER: …`.
fn found(text: &str) -> Vec<String> {
    fuses("javascript", "2025-01-01", &[("a.js", text)])
}

/// Whether a program that exits on `condition` goes off on that day (`-`: never).
#[track_caller]
fn check(imports: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (condition, at) in cases {
        let found = found(&format!("{imports}\nfunction check() {{\n  if ({condition}) process.exit(1);\n}}\n"));
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
fn dates_and_numbers() {
    check(
        "const DAY = 24 * 60 * 60 * 1000;",
        &[
            ("new Date() > new Date(2026, 2, 1)", "2026-03-01"),
            ("new Date() >= new Date('2026-03-01')", "2026-03-01"),
            ("new Date('2026-03-01T00:00:00Z') < new Date", "2026-03-01"),
            ("Date.now() > Date.UTC(2026, 2, 1)", "2026-03-01"),
            ("Date.now() > Date.parse('March 1, 2026')", "2026-03-01"),
            ("Date.now() > 1764115200000", "2025-11-26"),
            ("Date.now() / 1000 > 1764115200", "2025-11-26"),
            ("Math.floor(new Date() / 1000) >= 1764115200", "2025-11-26"),
            ("+new Date() > +new Date(2026, 2, 1)", "2026-03-01"),
            ("new Date().getTime() >= new Date('2026-03-01').getTime()", "2026-03-01"),
            ("(new Date()).valueOf() > 1.7641152e12", "2025-11-26"),
            ("Math.round((new Date('2026-03-01') - new Date()) / DAY) < 1", "2026-02-28T12:00:00"),
            ("new Date('2026-03-01') - Date.now() <= 0", "2026-03-01"),
            ("new Date().getFullYear() > 2025", "2026-01-01"),
            ("new Date().getYear() >= 126 && new Date().getMonth() >= 2", "2026-03-01"),
            ("new Date().getUTCFullYear() * 100 + new Date().getUTCMonth() + 1 >= 202603", "2026-03-01"),
            ("new Date().toISOString() > '2026-03-01'", "2026-03-01"),
            ("new Date().toISOString().slice(0, 10) >= '2026-03-01'", "2026-03-01"),
            ("new Date().toISOString().split('T')[0] >= '2026-03-01'", "2026-03-01"),
            ("new Date().toJSON().substr(0, 7).replace('-', '') >= '202603'", "2026-03-01"),
            (
                "parseInt(new Date().getFullYear() + String(new Date().getMonth() + 1).padStart(2, '0')) >= 202603",
                "2026-03-01",
            ),
            ("`${new Date().getFullYear()}` >= '2026'", "2026-01-01"),
            ("new Date(2026, 1, 1).setMonth(2) < Date.now()", "2026-03-01"),
            ("Date.now() > new Date(1764115200 * 1000)", "2025-11-26"),
            // No bombs.
            ("performance.now() > 1764115200", "-"),
            ("process.uptime() > 90 * 86400", "-"),
            ("Date.now() - start > 30000", "-"),
            ("new Date(2026, 2, 1) > new Date(2026, 1, 1)", "-"),
            ("new Date().getHours() > 17", "-"),
        ],
    );
}

#[test]
fn temporal() {
    check(
        "",
        &[
            (
                "Temporal.PlainDate.compare(Temporal.Now.plainDateISO(), Temporal.PlainDate.from('2026-03-01')) >= 0",
                "2026-03-01",
            ),
            ("Temporal.Now.instant().epochMilliseconds > 1764115200000", "2025-11-26"),
            ("Temporal.Now.plainDateISO().year > 2025", "2026-01-01"),
            ("Temporal.Now.plainDateISO().since(new Temporal.PlainDate(2026, 2, 1)).days >= 28", "2026-03-01"),
        ],
    );
}

#[test]
fn moment_and_dayjs() {
    let cases = [
        ("moment().isAfter('2026-03-01')", "2026-03-01"),
        ("moment('2026-03-01').isBefore()", "2026-03-01"),
        ("moment().isSameOrAfter(moment('01.03.2026', 'DD.MM.YYYY'))", "2026-03-01"),
        ("moment() > moment('2026-03-01')", "2026-03-01"),
        ("moment('2026-03-01').diff(moment(), 'days') < 1", "2026-02-28"),
        ("moment().diff('2026-02-01', 'days') >= 28", "2026-03-01"),
        ("moment().format('YYYYMMDD') >= '20260301'", "2026-03-01"),
        ("moment().year() >= 2026 && moment().month() >= 2", "2026-03-01"),
        ("moment('2026-02-01').add(1, 'month').isBefore(moment())", "2026-03-01"),
        ("moment('2026-02-01').add({months: 1}).valueOf() < Date.now()", "2026-03-01"),
        ("moment.utc().unix() > 1764115200", "2025-11-26"),
        ("moment().startOf('day').isAfter(moment.unix(1764115200))", "2025-11-27"),
    ];
    check("const moment = require('moment');", &cases);
    check("import moment from 'dayjs';", &cases);
    check("import moment from 'moment-timezone';", &cases[..4]);
}

#[test]
fn luxon() {
    check(
        "import { DateTime, Duration } from 'luxon';",
        &[
            ("DateTime.now() > DateTime.fromISO('2026-03-01')", "2026-03-01"),
            ("DateTime.now() > DateTime.local(2026, 3, 1)", "2026-03-01"),
            ("DateTime.utc() >= DateTime.fromObject({ year: 2026, month: 3, day: 1 })", "2026-03-01"),
            ("DateTime.now().year >= 2026 && DateTime.now().month >= 3", "2026-03-01"),
            ("DateTime.fromISO('2026-02-01').plus({ days: 28 }) < DateTime.now()", "2026-03-01"),
            ("DateTime.fromISO('2026-03-01').diffNow('days').days < 0", "2026-03-01"),
            ("DateTime.now().toISODate() >= '2026-03-01'", "2026-03-01"),
            ("DateTime.now().toMillis() > DateTime.fromFormat('01/03/2026', 'dd/MM/yyyy').toMillis()", "2026-03-01"),
            (
                "DateTime.now() > DateTime.fromMillis(1764115200000).plus(Duration.fromObject({ days: 1 }))",
                "2025-11-27",
            ),
        ],
    );
}

#[test]
fn date_fns() {
    check(
        "import { isAfter, isBefore, isPast, addDays, parseISO, parse, differenceInDays, format } from 'date-fns';
         const fns = require('date-fns');",
        &[
            ("isAfter(new Date(), parseISO('2026-03-01'))", "2026-03-01"),
            ("isBefore(new Date(2026, 2, 1), Date.now())", "2026-03-01"),
            ("isPast(new Date('2026-03-01'))", "2026-03-01"),
            ("fns.isPast(addDays(new Date('2026-02-01'), 28))", "2026-03-01"),
            ("differenceInDays(new Date(), new Date('2026-02-01')) >= 28", "2026-03-01"),
            ("isAfter(Date.now(), parse('01.03.2026', 'dd.MM.yyyy', new Date()))", "2026-03-01"),
            ("format(new Date(), 'yyyyMMdd') >= '20260301'", "2026-03-01"),
        ],
    );
}

#[test]
fn ways_of_writing() {
    for (program, at) in [
        (
            "const END = new Date('2026-03-01');\nconst over = () => new Date() > END;\nif (over()) throw new Error('x')",
            2,
        ),
        (
            "(function () {\n var end = 1764115200000;\n function check() {\n if (Date.now() > end) process.exit(1)\n }\n check()\n})()",
            4,
        ),
        (
            "define(['a'], function (a) {\n var end = 1764115200000;\n function check() {\n if (Date.now() > end) a.stop()\n }\n})",
            4,
        ),
        (
            "class L {\n static END = 1764115200000\n isOver() { return Date.now() > L.END }\n}\nif (new L().isOver()) process.exit(1)",
            3,
        ),
        (
            "class L {\n constructor() { this.end = new Date(2026, 2, 1) }\n get over() { return new Date() > this.end }\n}\nfunction f(l) {\n if (l.over) throw 1 }",
            3,
        ),
        (
            "const L = { end: 1764115200000, over() { return Date.now() > this.end } };\nif (L.over()) process.exit(2)",
            1,
        ),
        ("function f({ end = 1 }, now = Date.now()) {\n if (now > 1764115200000) return null }", 2),
        (
            "const t = { a: '2026-03-01', b: '2026-04-01' };\nfor (const k in t) {\n if (new Date() > new Date(t[k])) throw k }",
            3,
        ),
        (
            "const t = [{ at: '2026-03-01' }, { at: '2026-04-01' }];\nt.forEach(({ at }) => {\n if (new Date() > new Date(at)) throw at })",
            3,
        ),
        ("const t = ['2026-03-01'];\nif (t.some(d => Date.parse(d) < Date.now())) throw 1", 2),
        ("Object.entries({ a: '2026-03-01' }).forEach(([k, v]) => {\n if (new Date() > new Date(v)) throw k })", 2),
        ("let over = false;\nDate.now() > 1764115200000 && process.exit(1)", 2),
        ("const end = new Date(2026, 0, 1); end.setMonth(2);\nif (new Date() > end) process.exit(1)", 2),
        ("switch (true) {\n case Date.now() > 1764115200000: process.exit(1) }", 2),
        ("function App() { const over = Date.now() > 1764115200000;\n return over ? <Expired/> : <Main/> }", 1),
    ] {
        let lines: Vec<String> = found(program);
        assert!(
            !lines.is_empty() && lines.iter().all(|line| line.starts_with(&format!("a.js:{at} "))),
            "{program}\n{lines:?}"
        );
    }
}

#[test]
fn modules_resolve_each_other() {
    for (license, main) in [
        (
            "module.exports = { isOver() { return Date.now() > 1764115200000 } }",
            "const license = require('./license')\nif (license.isOver()) process.exit(1)",
        ),
        (
            "exports.isOver = () => Date.now() > 1764115200000",
            "const { isOver } = require('./license')\nif (isOver()) process.exit(1)",
        ),
        (
            "export const isOver = () => Date.now() > 1764115200000",
            "import { isOver as over } from './license.js'\nif (over()) process.exit(1)",
        ),
        (
            "export default function () { return Date.now() > 1764115200000 }",
            "import over from './license'\nif (over()) process.exit(1)",
        ),
        (
            "module.exports = function () { return Date.now() > 1764115200000 }",
            "if (require('./license')()) process.exit(1)",
        ),
        (
            "export default class License { isOver() { return Date.now() > 1764115200000 } }",
            "import License from './license'\nif (new License().isOver()) process.exit(1)",
        ),
        ("export const END = 1764115200000", "import { END } from './license'\nif (Date.now() > END) process.exit(1)"),
        (
            "module.exports = { end: '2025-11-26' }",
            "const license = require('./license')\nif (new Date() > new Date(license.end)) process.exit(1)",
        ),
    ] {
        let lines = fuses("javascript", "2025-01-01", &[("src/license.js", license), ("src/main.js", main)]);
        let right = lines.len() == 1 && lines[0].contains(" 2025-11-26: ") && lines[0].contains("exits");
        assert!(right, "{license}\n{main}\n{lines:?}");
    }
}

#[test]
fn tests_that_expire() {
    for (program, count) in [
        ("it('x', () => { expect(new Date('2026-03-01').getTime()).toBeGreaterThan(Date.now()) })", 1),
        ("it('x', () => { expect(Date.parse('2026-03-01') > Date.now()).toBe(true) })", 1),
        ("it('x', () => { expect(new Date('2026-03-01') > new Date()).to.be.equal(true) })", 1),
        ("it('x', () => { expect(Date.now() < 1764115200000).toBeTruthy() })", 1),
        ("it('x', () => { assert(Date.now() < 1764115200000) })", 1),
        ("it('x', () => { assert.strictEqual(new Date().getFullYear(), 2025) })", 1),
        ("test('x', t => { t.true(new Date() < new Date('2026-03-01')) })", 1),
        ("it('x', () => { expect(new Date(2026, 2, 1).getTime()).toBe(1772323200000) })", 0),
    ] {
        let lines = found(program);
        assert_eq!(lines.len(), count, "{program}\n{lines:?}");
    }
}

#[test]
fn limits_after_build_or_install() {
    for (program, limit) in [
        (
            "const BUILD_TIME = process.env.BUILD_TIME;\nif (Date.now() - new Date(BUILD_TIME) > 60 * 86400000) throw new Error('expired')",
            "P60D after build",
        ),
        ("if (moment().diff(moment(__BUILD_DATE__), 'days') >= 90) process.exit(1)", "P90D after build"),
        (
            "const first = Number(localStorage.getItem('firstRun'));\nif (Date.now() > first + 30 * 24 * 3600 * 1000) showExpired()",
            "P30D after install",
        ),
        (
            "const age = Date.now() - fs.statSync(marker).birthtimeMs;\nif (age > 14 * 864e5) throw new Error('trial over')",
            "P14D after install",
        ),
    ] {
        let lines = found(program);
        assert!(lines.len() == 1 && lines[0].contains(limit), "{program}\n{lines:?}");
    }
}

#[test]
fn what_is_no_bomb_is_silent() {
    for program in [
        "const t0 = Date.now(); work(); if (Date.now() - t0 > 5000) throw new Error('timeout')",
        "if (cache.expires < Date.now()) cache = load()",
        "const year = new Date().getFullYear(); footer.text = `© 2019-${year}`",
        "const token = sign({ exp: Date.now() / 1000 + 3600 })",
        "if (payload.exp * 1000 < Date.now()) throw new Error('expired')",
        "setTimeout(() => process.exit(1), 86400000)",
        "if (new Date(user.until) < new Date()) return deny()",
        "const start = new Date(2020, 0, 1); if (start > other) throw 1",
        "if (x.updatedAt < new Date(2021, 0, 1)) migrate()",
    ] {
        let lines = found(&format!("function f() {{ {program} }}"));
        assert_eq!(lines, [""; 0], "{program}");
    }
}

#[test]
fn a_constructor_without_a_name_is_any() {
    let text = "function check(kinds) {\n  const kind = new (kinds[0] || kinds[1])(2026);\n  if (Date.now() > kind.end) throw new Error('old');\n}\n";
    assert_eq!(fuses("javascript", "2025-01-01", &[("a.js", text)]), [""; 0]);
}

#[test]
fn what_says_that_something_is_over_is_an_answer_wherever_it_stands() {
    for program in [
        "const isExpired = Date.now() > Date.parse('2025-11-26'); render(isExpired)",
        "const left = Date.parse('2025-11-26') - Date.now(); return { blocked: left <= 0, left }",
        "const active = new Date() < new Date('2025-11-26'); show({ active })",
    ] {
        let lines = found(&format!("function f() {{ {program} }}"));
        assert!(lines.len() == 1 && lines[0].contains(" 2025-11-26:"), "{program}: {lines:?}");
    }
    for program in [
        "const isExpired = Date.now() > session.expiresAt; render(isExpired)",
        "return { valid: Date.now() - token.issued < 30 * 86400000 }",
        "const later = Date.now() > Date.parse('2025-11-26'); log(later)",
    ] {
        assert_eq!(found(&format!("function f() {{ {program} }}")), [""; 0], "{program}");
    }
}
