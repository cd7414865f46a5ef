//! What runs out: in each language one way of writing each kind, and what looks like it.

use super::lines;

/// `DATE CONFIDENCE` of what runs out in the program, by line.
fn ends(language: &str, path: &str, text: &str) -> Vec<String> {
    let mut confidences = Vec::new();
    let found = lines(language, "2025-01-01", &[(path, text)], |linked| {
        confidences = linked.rollovers.iter().map(|finding| finding.confidence).collect();
        linked.rollovers
    });
    let date = |line: &String| line.split([' ', ':']).nth(2).unwrap_or("").split('T').next().unwrap_or("").to_owned();
    found.iter().zip(&confidences).map(|(line, confidence)| format!("{} {confidence:?}", date(line))).collect()
}

fn check(language: &str, path: &str, cases: &[(&str, &str)]) {
    let wrong = |(expected, text): &(&str, &str)| {
        let found = ends(language, path, text);
        let right = if expected.is_empty() { found.is_empty() } else { found == [*expected] };
        (!right).then(|| format!("{text}\n    expected {expected:?}, found {found:?}"))
    };
    let problems: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn in_rust() {
    check(
        "rust",
        "a.rs",
        &[
            ("2038-01-19 Proven", "fn f() -> i32 { Utc::now().timestamp() as i32 }"),
            ("2106-02-07 Proven", "fn f() -> u32 { Utc::now().timestamp() as u32 }"),
            ("", "fn f() -> u32 { Utc::now().timestamp_millis() as u32 }"),
            ("", "fn f() -> u32 { (Utc::now().timestamp() % 3600) as u32 }"),
            ("", "fn f() -> R { R::seed(Utc::now().timestamp() as u32) }"),
            ("2070-01-01 Possible", "fn f(y: i32) -> i32 { if y < 70 { y + 2000 } else { y + 1900 } }"),
            ("2069-01-01 Possible", "fn f(y: i32) -> i32 { match y { 69..=99 => y + 1900, _ => y + 2000 } }"),
            ("2070-01-01 Possible", "fn f(y: i32) -> i32 { y + if y < 70 { 2000 } else { 1900 } }"),
            ("", "fn f(y: i32) -> i32 { if y < 70 { y + 20 } else { y + 19 } }"),
            ("2036-02-07 Possible", "const D: u32 = 2_208_988_800;\nfn f(v: u64) -> u64 { (v >> 32) - D as u64 }"),
            ("", "fn f(v: u64, era: u64) -> u64 { (era << 32) + v - 2_208_988_800 }"),
            ("", "fn f(v: u64) -> u64 { if v < B { v + 4_294_967_296 - 2_208_988_800 } else { v } }"),
            ("2101-01-01 Possible", "fn f(year: u16) -> bool { (1900..=2100).contains(&year) }"),
            ("", "fn f(year: u16) -> bool { (2010..=2015).contains(&year) }"),
            (
                "2028-02-29 Likely",
                "fn f() -> NaiveDate { let d = Utc::now().date_naive(); d.with_year(d.year() + 1).unwrap() }",
            ),
            ("", "fn f() -> Option<NaiveDate> { let d = Utc::now().date_naive(); d.with_year(d.year() + 1) }"),
        ],
    );
}

#[cfg(feature = "javascript")]
#[test]
fn in_javascript() {
    check(
        "javascript",
        "a.js",
        &[
            ("2038-01-19 Proven", "function f() { return Date.now() / 1000 | 0; }"),
            ("2038-01-19 Proven", "function f() { return ~~(Date.now() / 1000); }"),
            ("", "function f() { return Date.now() | 0; }"),
            ("2106-02-07 Proven", "function f(b) { b.writeUInt32BE(Math.floor(Date.now() / 1000), 0); }"),
            (
                "2108-01-01 Possible",
                "function f(d) { let n = d.getFullYear() - 1980;\n n = n << 4; n = n | d.getMonth(); return n << 5; }",
            ),
            (
                "2100-01-01 Possible",
                "function f(t) { const d = new Date(); d.setUTCFullYear(Number('20' + t.slice(4)), 0, 1); return d; }",
            ),
            ("2100-01-01 Possible", "function f(yy) { return '20' + yy; }"),
            ("", "function f(t) { return '20' + t.slice(4); }"),
            ("2057-01-01 Possible", "function f(yy) { return (yy < 57 ? '20' : '19') + yy; }"),
            ("2030-01-01 Likely", "const YEAR = new RegExp('^20[0-2][0-9]$');"),
        ],
    );
    let epoch = "function f(s) { const d = new Date('Jan 01 1900 GMT'); d.setTime(d.getTime() + s * 1000); return d; }";
    assert_eq!(ends("javascript", "lib/ntp.js", epoch), ["2036-02-07 Possible"]);
    assert_eq!(ends("javascript", "lib/excel.js", epoch), [""; 0]);
    let zones: Vec<String> = (0..30).map(|n| format!("\"Area/City{n}|LMT|0|0|\"")).collect();
    let table = format!("load({{ \"version\": \"2021a\", \"zones\": [{}] }});", zones.join(",\n"));
    assert_eq!(ends("javascript", "zones-1970-2030.js", &table), ["2031-01-01 Possible"]);
    assert_eq!(ends("javascript", "zones-10-year-range.js", &table), ["2027-01-01 Possible"]);
    assert_eq!(ends("javascript", "zones.js", &table), [""; 0]);
}

#[cfg(feature = "python")]
#[test]
fn in_python() {
    check(
        "python",
        "a.py",
        &[
            ("2106-02-07 Proven", "import struct, time\ndef f():\n    return struct.pack('<I', int(time.time()))\n"),
            ("", "import struct, time\ndef f():\n    return struct.pack('<Q', int(time.time()))\n"),
            ("", "import time\ndef f():\n    return int(time.time())\n"),
            (
                "2051-01-01 Possible",
                "class C:\n    LOW = 19000101\n    HIGH = 20501231\n    def ok(self, year, month, day):\n        n = year * 10000 + month * 100 + day\n        if self.LOW <= n and self.HIGH >= n:\n            return True\n        return False\n",
            ),
            (
                "2028-02-29 Likely",
                "from datetime import date\ndef f():\n    d = date.today()\n    return d.replace(year=d.year + 1)\n",
            ),
            (
                "2028-02-29 Likely",
                "from datetime import date\ndef f():\n    d = date.today()\n    return date(d.year - 18, d.month, d.day)\n",
            ),
            (
                "",
                "from datetime import date\ndef f():\n    d = date.today()\n    return d.replace(year=d.year + 1, day=1)\n",
            ),
            ("", "from datetime import date\ndef f():\n    d = date.today()\n    return d.replace(year=d.year + 4)\n"),
            (
                "",
                "from datetime import date\ndef f():\n    d = date.today()\n    try:\n        return d.replace(year=d.year + 1)\n    except ValueError:\n        return None\n",
            ),
            ("", "from datetime import date\ndef f(d):\n    return d.replace(year=d.year + 1)\n"),
            (
                "",
                "from datetime import date\ndef f():\n    d = date.today()\n    return date(d.year + 1, d.month, 1)\n",
            ),
        ],
    );
}

#[cfg(feature = "java")]
#[test]
fn in_java() {
    let program =
        |body: &str| format!("import java.util.*; import java.text.*; import java.time.*; class A {{ {body} }}");
    for (expected, body) in [
        ("2038-01-19 Proven", "int f() { return (int) (System.currentTimeMillis() / 1000); }"),
        ("", "int f() { return (int) System.currentTimeMillis(); }"),
        (
            "2028-02-29 Likely",
            "LocalDate f() { LocalDate d = LocalDate.now(); return LocalDate.of(d.getYear() + 1, d.getMonth(), d.getDayOfMonth()); }",
        ),
        ("", "LocalDate f() { return LocalDate.now().plusYears(1); }"),
    ] {
        check("java", "A.java", &[(expected, &program(body))]);
    }
}

#[cfg(feature = "csharp")]
#[test]
fn in_csharp() {
    check(
        "csharp",
        "A.cs",
        &[
            (
                "2022-01-01 Proven",
                "class A { int F() { return Convert.ToInt32(DateTime.Now.ToString(\"yyMMddHHmm\")); } }",
            ),
            (
                "2028-02-29 Likely",
                "class A { DateTime F() { var d = DateTime.Now; return new DateTime(d.Year + 1, d.Month, d.Day); } }",
            ),
            ("", "class A { DateTime F() { return DateTime.Now.AddYears(1); } }"),
        ],
    );
}

#[cfg(feature = "go")]
#[test]
fn in_go() {
    let program = |body: &str| format!("package a\nimport \"time\"\n{body}\n");
    check("go", "a.go", &[("2038-01-19 Proven", &program("func f() int32 { return int32(time.Now().Unix()) }"))]);
    check("go", "a.go", &[("", &program("func f() int { return int(time.Now().Unix()) }"))]);
}

#[test]
fn what_the_clock_proves_is_not_said_twice() {
    let text = "fn f() -> Result<u32, E> { g(Utc::now().year()) }
fn g(year: i32) -> Result<u32, E> { if year < 1900 || year > 2100 { return Err(E::Range); } Ok(1) }";
    assert_eq!(ends("rust", "a.rs", text), [""; 0]);
}

#[test]
fn in_c() {
    check(
        "c",
        "a.c",
        &[
            ("2038-01-19 Proven", "#include <time.h>\nint32_t f(void) { int32_t now = time(NULL); return now; }"),
            ("", "#include <time.h>\nvoid f(void) { srand((unsigned) time(NULL)); }"),
            ("2100-01-01 Possible", "#define BUILD_CENTURY 2000\n"),
            ("", "#define CENTURY_DAYS 36525\n"),
            ("2069-01-01 Possible", "int f(int yy) { return yy < 69 ? yy + 100 : yy; }"),
            ("2038-11-21 Possible", "int f(int week) { return week % 1024; }"),
            ("", "int f(int size) { return size % 1024; }"),
        ],
    );
}
