//! What `rules/languages/python.yaml` knows, and how Python's ways of writing flow, by example.

use super::fuses;

/// Findings of one file, as `LINE TRIGGER …`.
fn found(text: &str) -> Vec<String> {
    fuses("python", "2025-01-01", &[("a.py", text)])
}

/// Whether a program that exits on `condition` goes off on that day (`-`: never).
fn check(imports: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (condition, at) in cases {
        let found = found(&format!("{imports}\ndef check():\n    if {condition}:\n        sys.exit(1)\n"));
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
        "import calendar, datetime, os, sys, time",
        &[
            ("datetime.datetime.now() > datetime.datetime(2026, 3, 1)", "2026-03-01"),
            ("datetime.datetime(2026, 3, 1) < datetime.datetime.utcnow()", "2026-03-01"),
            (
                "datetime.datetime.now(datetime.timezone.utc) > datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)",
                "2026-03-01",
            ),
            ("datetime.date.today() > datetime.date(2026, 2, 28)", "2026-03-01"),
            ("datetime.date.today() >= datetime.date(year=2026, day=1, month=3)", "2026-03-01"),
            ("time.time() > 1764115200", "2025-11-26"),
            ("'%04d%02d' % (datetime.date.today().year, datetime.date.today().month) >= '202603'", "2026-03-01"),
            (
                "'{:04d}{:02d}'.format(datetime.date.today().year, datetime.date.today().month) >= '202603'",
                "2026-03-01",
            ),
            ("f'{datetime.date.today().year}{datetime.date.today().month:02d}' >= '202603'", "2026-03-01"),
            ("'%08d' % count >= '20260301'", "-"),
            ("int(time.time()) >= 1764115200", "2025-11-26"),
            ("time.time() * 1000 > 1764115200000", "2025-11-26"),
            ("time.time_ns() > 1764115200 * 10 ** 9", "2025-11-26"),
            ("time.time() > time.mktime((2026, 3, 1, 0, 0, 0, 0, 0, 0))", "2026-03-01"),
            ("time.time() > calendar.timegm((2026, 3, 1, 0, 0, 0))", "2026-03-01"),
            ("time.time() > time.mktime(time.strptime('2026-03-01', '%Y-%m-%d'))", "2026-03-01"),
            ("time.localtime()[0] > 2025", "2026-01-01"),
            ("time.localtime()[:3] >= (2026, 3, 1)", "2026-03-01"),
            ("time.localtime().tm_year >= 2026", "2026-01-01"),
            ("time.gmtime().tm_year * 100 + time.gmtime().tm_mon >= 202603", "2026-03-01"),
            ("time.strftime('%Y%m%d') >= '20260301'", "2026-03-01"),
            ("time.strftime('%Y-%m-%d', time.gmtime()) >= '2026-03-01'", "2026-03-01"),
            ("datetime.datetime.now().strftime('%Y%m%d') >= '20260301'", "2026-03-01"),
            ("int(datetime.datetime.now().strftime('%Y%m')) >= 202603", "2026-03-01"),
            ("f'{datetime.date.today():%Y%m%d}' >= '20260301'", "2026-03-01"),
            ("datetime.date.today().isoformat() >= '2026-03-01'", "2026-03-01"),
            ("str(datetime.date.today()) >= '2026-03-01'", "2026-03-01"),
            ("datetime.datetime.now().year > 2025", "2026-01-01"),
            ("(datetime.date.today().year, datetime.date.today().month) >= (2026, 3)", "2026-03-01"),
            ("datetime.datetime.now() > datetime.datetime.strptime('01 Mar 2026', '%d %b %Y')", "2026-03-01"),
            ("datetime.datetime.now() > datetime.datetime.fromisoformat('2026-03-01')", "2026-03-01"),
            ("datetime.datetime.now() > datetime.datetime.fromtimestamp(1764115200)", "2025-11-26"),
            ("datetime.datetime.now().timestamp() > 1764115200", "2025-11-26"),
            ("datetime.datetime.now() > datetime.datetime(2026, 2, 1) + datetime.timedelta(days=28)", "2026-03-01"),
            ("datetime.datetime.now() + datetime.timedelta(weeks=1) > datetime.datetime(2026, 3, 8)", "2026-03-01"),
            ("(datetime.datetime(2026, 3, 1) - datetime.datetime.now()).total_seconds() < 0", "2026-03-01"),
            ("(datetime.date(2026, 3, 1) - datetime.date.today()).days <= 0", "2026-03-01"),
            ("(datetime.datetime(2026, 3, 1) - datetime.datetime.now()).days < 0", "2026-03-01"),
            ("datetime.datetime(2026, 3, 1) - datetime.datetime.now() < datetime.timedelta(0)", "2026-03-01"),
            ("datetime.date.today() > datetime.date(*time.strptime('28.02.2026', '%d.%m.%Y')[:3])", "2026-03-01"),
            ("datetime.datetime(2025, 1, 1) <= datetime.datetime.now() >= datetime.datetime(2026, 3, 1)", "2026-03-01"),
            ("not datetime.datetime.now().replace(tzinfo=None) < datetime.datetime(2026, 3, 1)", "2026-03-01"),
            ("datetime.datetime.now() > datetime.datetime(2025, 3, 1).replace(year=2026)", "2026-03-01"),
            ("any(datetime.datetime.now() > d for d in [datetime.datetime(2026, 3, 1)])", "2026-03-01"),
            ("time.monotonic() > 1764115200", "-"),
            ("datetime.date.today() > datetime.date.max", "-"),
        ],
    );
}

#[test]
fn imported_names() {
    check(
        "import sys, time as t\nfrom datetime import datetime as dt, date, timezone as tz\nfrom time import time, strptime",
        &[
            ("dt.now() > dt(2026, 3, 1)", "2026-03-01"),
            ("dt.now(tz.utc) > dt(2026, 3, 1, tzinfo=tz.utc)", "2026-03-01"),
            ("date.today() >= date(2026, 3, 1)", "2026-03-01"),
            ("t.time() > 1764115200", "2025-11-26"),
            ("time() > 1764115200", "2025-11-26"),
        ],
    );
}

#[test]
fn libraries() {
    check(
        "import sys, arrow, pendulum, pandas as pd, numpy as np, datetime, pytz\nfrom dateutil import parser\nfrom dateutil.relativedelta import relativedelta\nfrom django.utils import timezone\nfrom django.utils.timezone import now, make_aware",
        &[
            ("timezone.now() > make_aware(datetime.datetime(2026, 3, 1))", "2026-03-01"),
            ("now() > datetime.datetime(2026, 3, 1, tzinfo=pytz.utc)", "2026-03-01"),
            ("timezone.now().date() >= datetime.date(2026, 3, 1)", "2026-03-01"),
            ("arrow.utcnow() > arrow.get('2026-03-01')", "2026-03-01"),
            ("arrow.utcnow() > arrow.get(2026, 3, 1)", "2026-03-01"),
            ("arrow.utcnow() > arrow.get(2026, 2, 1).shift(months=1)", "2026-03-01"),
            ("pendulum.now() > pendulum.datetime(2026, 3, 1)", "2026-03-01"),
            ("pendulum.now() > pendulum.parse('2026-02-01').add(months=1)", "2026-03-01"),
            ("pd.Timestamp.now() > pd.Timestamp('2026-03-01')", "2026-03-01"),
            ("pd.Timestamp.now() > pd.Timestamp(year=2026, month=3, day=1)", "2026-03-01"),
            ("pd.to_datetime('today') > pd.to_datetime('2026-03-01')", "2026-03-01"),
            ("np.datetime64('now') > np.datetime64('2026-03-01')", "2026-03-01"),
            ("datetime.datetime.now() > parser.parse('1 March 2026')", "2026-03-01"),
            ("datetime.datetime.now() > datetime.datetime(2026, 1, 1) + relativedelta(months=+2)", "2026-03-01"),
            ("datetime.datetime.now() > pytz.utc.localize(datetime.datetime(2026, 3, 1))", "2026-03-01"),
        ],
    );
}

#[test]
fn module_and_class_constants() {
    let text = "import datetime, sys
END = datetime.date(2026, 3, 1)
class Licence:
    UNTIL = END
    def __init__(self, now=None):
        self.now = now or datetime.date.today()
    @property
    def over(self):
        return self.now >= self.UNTIL
class Trial(Licence):
    def check(self):
        if self.over: raise RuntimeError('over')
if Licence().over:
    sys.exit('expired')
";
    let found = found(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("a.py:9 2026-03-01: `Licence::over` exits (sys::exit)"), "{found:?}");
}

#[test]
fn scripts_and_defaults() {
    assert_eq!(found("import time\nif time.time() > 1764115200:\n    raise SystemExit('over')\n").len(), 1);
    assert_eq!(
        found(
            "from datetime import *\ndef f(now=None):\n    if now is None:\n        now = datetime.now()\n    return now < datetime(2026, 3, 1)\n"
        ),
        ["a.py:5 2026-03-01: `f` answers false from 2026-03-01 on"]
    );
    assert_eq!(
        found(
            "import datetime\ntry:\n    END = datetime.date(2026, 3, 1)\nexcept ValueError:\n    END = None\ndef f():\n    assert datetime.date.today() < END, 'over'\n"
        ),
        ["a.py:7 2026-03-01: `f` fails (assert) from 2026-03-01 on"]
    );
}

#[test]
fn unittest_assertions() {
    for assertion in [
        "assertLess(now(), datetime(2026, 3, 1))",
        "assertGreater(datetime(2026, 3, 1), now())",
        "assertTrue(now() < datetime(2026, 3, 1))",
        "assertFalse(now() > datetime(2026, 3, 1))",
    ] {
        let text = format!(
            "from datetime import datetime\nfrom django.utils.timezone import now\nclass T(TestCase):\n    def test_x(self):\n        self.{assertion}\n"
        );
        let found = found(&text);
        assert_eq!(found.len(), 1, "{assertion} {found:?}");
        assert!(found[0].starts_with("a.py:5 2026-03-01"), "{found:?}");
    }
}

#[test]
fn what_is_no_bomb_is_silent() {
    for text in [
        "import time\ndef f():\n    start = time.time()\n    g()\n    if time.time() - start > 30: raise T()\n",
        "import time\nclass C:\n    def f(self):\n        if time.time() - self.at > 3600: self.load()\n",
        "from datetime import date\nCOPYRIGHT = date(2026, 1, 1)\ndef f(d):\n    return d > COPYRIGHT\n",
        "from datetime import datetime\ndef f(cookie):\n    if datetime.now() > cookie.expires: raise E()\n",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn a_table_that_code_fills_is_searched() {
    let text = "import datetime\nclass Version:\n    def __init__(self, name, end):\n        self.name = name\n        self.end = end\nLIST = [Version('a', datetime.date(2026, 3, 1)), Version('b', datetime.date(2027, 3, 1))]\nTABLE = {}\nfor version in LIST:\n    TABLE[version.name] = version\ndef check(name):\n    version = TABLE.get(name)\n    if datetime.date.today() >= version.end:\n        raise Old()\n";
    assert_eq!(
        found(text),
        [
            "a.py:12 2026-03-01: `check` throws Old() from 2026-03-01 on",
            "a.py:12 2027-03-01: `check` throws Old() from 2027-03-01 on"
        ]
    );
    for (fill, at) in [
        ("    ends = {}\n    ends['a'] = datetime.date(2026, 3, 1)\n", "ends['a']"),
        ("    ends = [None, None]\n    ends[1] = datetime.date(2026, 3, 1)\n", "ends[1]"),
        ("    ends = {'a': datetime.date(2020, 1, 1)}\n    ends['a'] = datetime.date(2026, 3, 1)\n", "ends['a']"),
    ] {
        let text = format!(
            "import datetime\ndef check():\n{fill}    if datetime.date.today() >= {at}:\n        raise Old()\n"
        );
        let found = found(&text);
        assert!(found.len() == 1 && found[0].contains(" 2026-03-01: "), "{fill}: {found:?}");
    }
}

#[test]
fn what_was_last_seen_is_no_table_of_dates() {
    let text = "import time\nseen = {}\ndef check(key):\n    seen[key] = time.time()\ndef old(key):\n    if time.time() - seen[key] > 2592000:\n        raise Old()\n";
    assert_eq!(found(text), [""; 0]);
}

#[test]
fn a_class_attribute_is_read_by_the_class_that_it_extends() {
    let text = "from datetime import date\nclass Base:\n    due = None\n    @classmethod\n    def emit(cls):\n        due = READ\n        if due and date(*due) < date.today():\n            raise cls()\nclass Middle(Base):\n    pass\nclass Old(Middle):\n    due = (2026, 2, 28)\n";
    for read in ["cls.due", "getattr(cls, 'due', None)"] {
        let found = found(&text.replace("READ", read));
        assert_eq!(found, ["a.py:7 2026-03-01: `Base::emit` throws from 2026-03-01 on"], "{read}");
    }
}

#[test]
fn whole_days_are_solved_wherever_the_date_lies() {
    let table: String =
        (0..40).map(|n| format!("    'v{n}': datetime.date({}, 3, {}),\n", 2019 + n / 4, n % 28 + 1)).collect();
    let text = format!(
        "import datetime\nTABLE = {{\n{table}}}\ndef check(name):\n    if datetime.date.today() > TABLE[name]:\n        raise Old()\n"
    );
    let found = found(&text);
    assert_eq!(found.len(), 40, "{found:?}");
    assert!(
        found.iter().any(|line| line.contains(" 2026-03-30: "))
            || found.iter().any(|line| line.contains(" 2026-03-03: "))
    );
}

#[test]
fn a_table_by_year_runs_out() {
    for table in ["{2024: 1, 2025: 2, 2026: 3}", "[2024, 2025, 2026]"] {
        let text = format!(
            "from datetime import date\nRATES = {table}\nclass Base:\n    def load(self, year):\n        return []\n    def today(self):\n        return self.load(date.today().year)\nclass Rates(Base):\n    def load(self, year):\n        if year not in RATES:\n            raise KeyError(year)\n        return [year]\n"
        );
        assert_eq!(
            found(&text),
            ["a.py:10 2027-01-01: `Rates::load` throws KeyError(year) from 2027-01-01 on"],
            "{table}"
        );
    }
}

#[test]
fn what_is_kept_by_day_is_no_table() {
    let text = "from datetime import date\ncache = {}\ndef load():\n    day = date.today().isoformat()\n    if day not in cache:\n        raise KeyError(day)\n    cache[day] = 1\n";
    assert_eq!(found(text), [""; 0]);
}
