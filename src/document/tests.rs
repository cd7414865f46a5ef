//! Tests of the readers and of what is made of the documents.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::finding::{Confidence, Rule, Trigger, Zone};
use crate::vocabulary::Vocabulary;

/// `path = value @line:column` of every entry.
fn shown(format: Format, text: &str) -> Vec<String> {
    let document = read(format, text);
    assert_eq!(document.problem, None);
    document.entries.iter().map(shown_entry).collect()
}

fn shown_entry(entry: &Entry) -> String {
    let value = match &entry.value {
        Value::Text(text) => format!("{text:?}"),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:.1}"),
        Value::Bool(boolean) => boolean.to_string(),
        Value::Date(reading) => reading.civil.date_text(),
    };
    let (key, at) = (entry.key_span, entry.value_span);
    format!(
        "{} = {value} @{}:{} {}:{}-{}",
        entry.path.join("."),
        key.line,
        key.column,
        at.line,
        at.column,
        at.end_column
    )
}

#[test]
fn reads_yaml() {
    let text =
        "a:\n  expires: 2026-10-15 # soon\n  'é b': [1, \"x\"]\n---\n- &k {c: true}\n- *k\n- d: *k\n  e: |\n    long\n";
    assert_eq!(
        shown(Format::Yaml, text),
        [
            "a.expires = \"2026-10-15\" @2:3 2:12-22",
            "a.é b.0 = 1 @3:11 3:11-12",
            "a.é b.1 = \"x\" @3:14 3:14-17",
            "0.c = true @5:7 5:10-14",
            "2.e = \"long\\n\" @8:3 9:5-1",
        ]
    );
}

#[test]
fn reads_json_with_comments() {
    let text = "{\n  // why\n  \"a\": {\"expires\": \"2026-10-15\", \"n\": [1.5, null]},\n}";
    assert_eq!(shown(Format::Json, text), ["a.expires = \"2026-10-15\" @3:9 3:20-32", "a.n.0 = 1.5 @3:40 3:40-43",]);
}

#[test]
fn reads_toml_dates() {
    let text = "title = 'x'\n[[ignored]]\nignoreUntil = 2026-10-15\n[t.u]\nat = 2026-10-15T01:02:03Z\nin = {k = 7}\n";
    assert_eq!(
        shown(Format::Toml, text),
        [
            "title = \"x\" @1:1 1:9-12",
            "ignored.0.ignoreUntil = 2026-10-15 @3:1 3:15-25",
            "t.u.at = 2026-10-15 @5:1 5:6-26",
            "t.u.in.k = 7 @6:7 6:11-12",
        ]
    );
}

#[test]
fn reads_xml_and_property_lists() {
    let text = "<?xml version=\"1.0\"?>\n<a>\n <pin-set expiration='2022-05-25'>\n  text </pin-set>\n <add key=\"Expiry\" value=\"2030-01-01\"/>\n \
                <key>Ends</key><date>2031-01-01T00:00:00Z</date>\n</a>";
    assert_eq!(
        shown(Format::Xml, text),
        [
            "a.pin-set.expiration = \"2022-05-25\" @3:11 3:23-33",
            "a.pin-set = \"text\" @3:3 4:3-7",
            "a.add.key = \"Expiry\" @5:7 5:12-18",
            "a.add.Expiry = \"2030-01-01\" @5:12 5:27-37",
            "a.key = \"Ends\" @6:3 6:7-11",
            "a.Ends = \"2031-01-01T00:00:00Z\" @6:7 6:23-43",
        ]
    );
}

#[test]
fn reads_lines() {
    let text = "; c\n[licence]\nExpires = 2026-10-15 ; then what\nexport KEY=\"a # b\"\n  - until: '2030-01-01',\n\"json\": 12,\nurl=http://x\nno pair here\n";
    assert_eq!(
        shown(Format::Ini, text),
        [
            "licence.Expires = \"2026-10-15\" @3:1 3:11-21",
            "licence.KEY = \"a # b\" @4:8 4:12-19",
            "licence.until = \"2030-01-01\" @5:5 5:12-24",
            "licence.json = 12 @6:1 6:9-11",
            "licence.url = \"http://x\" @7:1 7:5-13",
        ]
    );
}

#[test]
fn reads_flexnet() {
    let text = "SERVER h 0 1\nFEATURE core acme 1.0 31-dec-2026 \\\n  5 SIGN=1\nINCREMENT x acme 1.0 permanent 1\n\
                INCREMENT y acme 1.0 1-jan-0 1\nFEATURE z \\\n acme 1 15-mar-27 uncounted START=1-jan-2020\n";
    assert_eq!(
        shown(Format::Flexnet, text),
        ["core.expires = 2026-12-31 @2:9 2:23-34", "z.expires = 2027-03-15 @6:9 7:9-18",]
    );
}

#[test]
fn reads_tables() {
    assert_eq!(
        shown(Format::Csv, "name,eol\n\"a,b\",2026-10-15\nc,\n"),
        ["0.name = \"a,b\" @1:1 2:1-6", "0.eol = \"2026-10-15\" @1:6 2:7-17", "1.name = \"c\" @1:1 3:1-2",]
    );
}

#[test]
fn falls_back_to_lines_and_says_so() {
    for (format, text) in [
        (Format::Yaml, "a: 1\n{{- if .Values.x }}\nexpires: 2026-10-15\n{{- end }}\n"),
        (Format::Json, "{\n<<<<<<< HEAD\n\"expires\": \"2026-10-15\",\n"),
        (Format::Toml, "a = = 1\nexpires = 2026-10-15\n"),
        (Format::Xml, "<a\nexpires = '2026-10-15'\n"),
    ] {
        let document = read(format, text);
        assert!(document.problem.is_some(), "{format:?}");
        let found = document.entries.iter().find(|entry| entry.path == ["expires"]).unwrap();
        assert_eq!(found.value, Value::Text("2026-10-15".into()), "{format:?}");
    }
}

#[test]
fn bounds_what_it_reads() {
    for (format, open) in [(Format::Yaml, "["), (Format::Json, "["), (Format::Toml, "a = ["), (Format::Xml, "<a>")] {
        let text = open.repeat(20_000);
        assert!(read(format, &text).problem.is_some(), "{format:?}");
    }
    let deep = format!("{}{}", "<a b='1'>".repeat(20_000), "</a>".repeat(20_000));
    assert!(read(Format::Xml, &deep).entries.iter().all(|entry| entry.path.len() <= MAX_PATH));
    let laughs = "<!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;&x;&x;'>]><a>&y;&y;</a>";
    read(Format::Xml, laughs);
    assert!(read(Format::Json, &" ".repeat(MAX_BYTES + 1)).problem.is_some());
}

/// `confidence rule trigger` of every finding.
fn found(path: &str, text: &str) -> Vec<String> {
    judged(path, text, false)
        .findings
        .iter()
        .map(|finding| {
            let Some(Trigger::At { at, zone }) = &finding.trigger else { return "no trigger".into() };
            let zone = if *zone == Zone::Utc { "Z" } else { "" };
            let note = if finding.note_only.is_some() { " note" } else { "" };
            format!(
                "{:?} {} {}:{} {at}{zone}{note}",
                finding.confidence, finding.rule, finding.place.span.line, finding.place.span.column
            )
        })
        .collect()
}

fn judged(path: &str, text: &str, in_test: bool) -> DocumentResult {
    findings(path, text, &DocumentRules::embedded().unwrap(), &Vocabulary::embedded().unwrap(), in_test)
}

#[test]
fn known_places() {
    for (path, text, expected) in [
        (
            "x/.well-known/security.txt",
            "Contact: x\nExpires: 2026-03-27T00:00:00.000Z\n",
            "Proven config-expiry 2:10 2026-03-27T00:00:00Z",
        ),
        (
            ".snyk",
            "ignore:\n  X:\n    - '*':\n        expires: '2019-12-19T10:35:25.346Z'\n",
            "Proven expired-annotation 4:18 2019-12-19T10:35:25.346Z",
        ),
        (
            "./.trivyignore.yaml",
            "vulnerabilities:\n  - id: X\n    expired_at: 2026-10-15\n",
            "Proven expired-annotation 3:17 2026-10-15T00:00:00",
        ),
        (".trivyignore", "# c\nCVE-2018-14618 exp:2023-01-01\n", "Proven expired-annotation 2:20 2023-01-01T00:00:00"),
        (
            "osv-scanner.toml",
            "[[IgnoredVulns]]\nid = 'X'\nignoreUntil = 2026-10-15\n",
            "Proven expired-annotation 3:15 2026-10-15T00:00:00",
        ),
        (
            "supply-chain/audits.toml",
            "[[trusted.serde]]\nstart = '2020-01-01'\nend = '2026-10-15'\n",
            "Proven expired-annotation 3:7 2026-10-15T00:00:00",
        ),
        (
            "suppressions.xml",
            "<suppressions><suppress until=\"2026-10-15Z\"/></suppressions>",
            "Proven expired-annotation 1:32 2026-10-15T00:00:00Z",
        ),
        ("lib/acme.lic", "FEATURE core acme 1.0 31-dec-2026 5\n", "Proven license-expiry 1:23 2026-12-31T00:00:00"),
        ("lib/solver.lic", "# c\nTYPE=PIP\nEXPIRATION=2024-10-28\n", "Proven license-expiry 3:12 2024-10-28T00:00:00"),
        (
            "acme.lic",
            "HOST h 0 1\nLICENSE acme core 1.0 31-dec-2026 5 sig=1\n",
            "Proven license-expiry 2:23 2026-12-31T00:00:00",
        ),
        (
            "license.txt",
            "FEATURE core acme 1.0 31-dec-2026 5 SIGN=1\n",
            "Proven license-expiry 1:23 2026-12-31T00:00:00",
        ),
        (
            "lmx.lic",
            "FEATURE f1\n{\n  VENDOR=ACME START=2025-01-01 END=2026-12-31\n}\n",
            "Proven license-expiry 3:36 2026-12-31T00:00:00",
        ),
        (
            "acme.lic",
            "<License><Type>Trial</Type><Expiration>Thu, 31 Dec 2026 00:00:00 GMT</Expiration></License>",
            "Proven license-expiry 1:40 2026-12-31T00:00:00Z",
        ),
        (
            "acme.lic",
            "{\"customer\": \"x\", \"validUntil\": \"2026-12-31\"}",
            "Likely license-expiry 1:33 2026-12-31T00:00:00",
        ),
        (
            "license.json",
            "{\"license\": {\"uid\": \"1\", \"expiry_date_in_millis\": 1798675200000}}",
            "Proven license-expiry 1:51 2026-12-31T00:00:00Z",
        ),
        ("key.skm", "{\"ProductId\": 1, \"Expires\": 1798675200}", "Proven license-expiry 1:29 2026-12-31T00:00:00Z"),
        (
            "license.json",
            "{\"validity_period\": \"2026-12-31T00:00:00Z\", \"license_signature\": \"x\"}",
            "Proven license-expiry 1:21 2026-12-31T00:00:00Z",
        ),
        (
            "appsettings.json",
            "{\"Name\": \"Microsoft.TimeWindow\", \"Parameters\": {\"Start\": \"Thu, 01 Jan 2026 00:00:00 GMT\", \"End\": \"Thu, 31 Dec 2026 00:00:00 GMT\"}}",
            "Proven config-expiry 1:99 2026-12-31T00:00:00Z",
        ),
        (
            "flipt/features.yaml",
            "constraints:\n- type: DATETIME_COMPARISON_TYPE\n  operator: lt\n  value: \"2026-12-31T00:00:00Z\"\n",
            "Proven config-expiry 4:11 2026-12-31T00:00:00Z",
        ),
        (
            "flags.goff.yaml",
            "new-ui:\n  experimentation:\n    start: 2025-01-01T00:00:00Z\n    end: 2026-12-31T00:00:00Z\n",
            "Proven config-expiry 4:10 2026-12-31T00:00:00Z",
        ),
        (
            "flags.goff.yaml",
            "new-ui:\n  scheduledRollout:\n    - date: 2026-12-31T00:00:00Z\n      disable: true\n",
            "Proven config-expiry 3:13 2026-12-31T00:00:00Z",
        ),
        (
            "api.py",
            "r.headers[\"Sunset\"] = \"Thu, 31 Dec 2026 00:00:00 GMT\"\n",
            "Likely config-expiry 1:24 2026-12-31T00:00:00Z",
        ),
        (
            "a.conf",
            "add_header Expires \"Thu, 31 Dec 2026 00:00:00 GMT\";\n",
            "Possible config-expiry 1:21 2026-12-31T00:00:00Z",
        ),
        (
            "cookies.txt",
            "# Netscape HTTP Cookie File\na.example\tFALSE\t/\tTRUE\t1798675200\tid\tx\n",
            "Possible token-expiry 2:24 2026-12-31T00:00:00Z",
        ),
        (
            "storage.rules",
            "allow read: if request.time < timestamp.value(1798675200000);",
            "Proven date-gate 1:47 2026-12-31T00:00:00Z",
        ),
        ("leap-seconds.list", "#$\t3976686858\n#@\t4007404800\n", "Likely config-expiry 2:4 2026-12-28T00:00:00Z"),
        (
            "firestore.rules",
            "allow read: if request.time < timestamp.date(2025, 1, 31);",
            "Proven date-gate 1:46 2025-01-31T00:00:00",
        ),
        (
            "database.rules.json",
            "{\"rules\": {\".read\": \"now < 1738278000000\"}}",
            "Proven date-gate 1:28 2025-01-30T23:00:00Z",
        ),
        (
            "policy.json",
            "{\"Statement\": [{\"Condition\": {\"DateLessThan\": {\"aws:CurrentTime\": \"2026-10-15T00:00:00Z\"}}}]}",
            "Proven config-expiry 1:67 2026-10-15T00:00:00Z",
        ),
        (
            "data/ubuntu.csv",
            "version,codename,series,created,release,eol\n4.10,W,w,2004-03-05,2004-10-20,2006-04-30\n",
            "Likely config-expiry 2:32 2006-04-30T00:00:00",
        ),
        (
            "db/software-eol.db",
            "# c\nos:Fedora 42:2026-05-13:1778623200:\n",
            "Likely config-expiry 2:14 2026-05-13T00:00:00",
        ),
    ] {
        assert_eq!(found(path, text), [expected], "{path}");
    }
}

#[test]
fn words_alone() {
    for (path, text, expected) in [
        ("app.yaml", "feature:\n  expires_at: 2026-10-15\n", vec!["Likely config-expiry 2:15 2026-10-15T00:00:00"]),
        ("app.json", "{\"endOfLife\": \"2026-10-15\"}", vec!["Likely config-expiry 1:15 2026-10-15T00:00:00"]),
        ("app.json", "{\"token\": {\"expires\": 1792022400}}", vec!["Likely config-expiry 1:23 2026-10-15T00:00:00Z"]),
        ("app.toml", "[license]\nend = 2026-10-15\n", vec!["Possible license-expiry 2:7 2026-10-15T00:00:00"]),
        ("app.ini", "[trial]\nend_date = 2026-10-15\n", vec!["Possible trial-period 2:12 2026-10-15T00:00:00"]),
        ("app.yaml", "expires: 9999-12-31\n", vec!["Likely config-expiry 1:10 9999-12-31T00:00:00 note"]),
        (".env", "LICENSE_EXPIRY=\"2026-10-15\"\n", vec!["Likely license-expiry 1:16 2026-10-15T00:00:00"]),
        ("license.key", "Expires: 2026-10-15\n", vec!["Likely license-expiry 1:10 2026-10-15T00:00:00"]),
    ] {
        assert_eq!(found(path, text), expected, "{path} {text}");
    }
}

#[test]
fn stays_silent() {
    for (path, text) in [
        ("app.yaml", "created_at: 2026-10-15\nupdated: 2026-10-15\nrelease_date: 2026-10-15\nversion: 2026-10-15\n"),
        ("app.yaml", "expires_in: 3600\nexpiry_days: 30\ntoken_expiration_seconds: 1792022400\n"),
        ("app.yaml", "end: 2026-10-15\ndate: 2026-10-15\n"),
        ("app.yaml", "until: 1792022400\n"),
        ("package-lock.json", "{\"expires\": \"2026-10-15\"}"),
        ("openapi.yaml", "expires: 2026-10-15\n"),
        ("api.yaml", "schema:\n  example:\n    expires: 2026-10-15\n"),
        ("README.md", "expires: 2026-10-15\n"),
        ("notes.txt", "expires: 2026-10-15\n"),
        ("LICENSE.txt", "Expires: 2026-10-15\n"),
        ("CHANGELOG.yaml", "expires: 2026-10-15\n"),
        ("app.yaml", "# expires: 2026-10-15\na: 1\n"),
        ("notes.txt", "FEATURE requests of acme 1.0 31-dec-2026 are closed\n"),
        ("LICENSE.license", "License for use by all until 2026-12-31 permanent\n"),
        ("a.lic", "BACKEND=2026-12-31\nVENDOR=x\n"),
        ("api.py", "SUNSET = 'Sunset'  # Thu, 31 Dec 2026 00:00:00 GMT\n"),
        ("app.json", "{\"ProductId\": 1, \"Name\": \"2026-12-31\"}"),
        ("app.json", "{\"filters\": \"TimeWindow\", \"window\": {\"Start\": \"2026-12-31\"}}"),
        // The credential readers report these.
        ("r/timestamp.json", "{\"signed\": {\"_type\": \"timestamp\", \"expires\": \"2030-01-01T00:00:00Z\"}}"),
        ("n.xml", "<network-security-config><pin-set expiration=\"2022-05-25\"/></network-security-config>"),
        ("app.json", "{\"expires\": 0, \"expired\": true, \"expiry\": \"never\", \"eol\": 20}"),
    ] {
        assert_eq!(found(path, text), Vec::<String>::new(), "{path} {text}");
    }
}

#[test]
fn tables_and_tests_are_weaker_evidence() {
    let many: String = (1..=28).map(|day| format!("- expires: 2026-10-{day:02}\n")).collect();
    let result = judged("data.yaml", &many, false);
    assert_eq!(result.findings.len(), 28);
    assert!(result.findings.iter().all(|finding| finding.confidence == Confidence::Possible));
    let text = "ignore:\n  X:\n    - '*':\n        expires: 2026-10-15\n";
    let finding = judged("tests/expired-ignore/.snyk", text, true).findings.remove(0);
    assert_eq!((finding.rule, finding.in_test), (Rule::ExpiredAnnotation, true));
    assert!(finding.note_only.is_some());
    let finding = judged("tests/app.yaml", "expires: 2026-10-15\n", true).findings.remove(0);
    assert_eq!(finding.confidence, Confidence::Possible);
}

#[test]
fn hands_on_every_dated_key() {
    let result =
        judged("app.yaml", "gate:\n  opens: 2026-10-15\n  at: 1792022400\n  ms: 1792022400000\n  n: 7\n", false);
    assert_eq!(result.findings, []);
    let dated: Vec<_> =
        result.dated.iter().map(|key| (key.path.join("."), key.form, key.reading.civil.date_text())).collect();
    assert_eq!(
        dated,
        [
            ("gate.opens".to_owned(), Form::Date, "2026-10-15".to_owned()),
            ("gate.at".to_owned(), Form::Seconds, "2026-10-15".to_owned()),
            ("gate.ms".to_owned(), Form::Millis, "2026-10-15".to_owned()),
        ]
    );
}

#[test]
fn reads_the_rows_of_sql() {
    let text = "CREATE TABLE IF NOT EXISTS b (id INT, until DATE DEFAULT (now()), PRIMARY KEY (id));\n\
                INSERT INTO s.a (id, \"Expires\", note) VALUES\n  (1, '2026-10-15', 'it''s, (x)'),\n  (2, DATE '2026-10-16', NULL);\n\
                INSERT INTO b VALUES (7, '2026-10-17'::date);\n\
                REPLACE INTO `c` SET `until` = TO_DATE('2026-10-18', 'YYYY-MM-DD'), n = 5;\n\
                COPY d (id, expires) FROM stdin;\n8\t2026-10-19\n9\t\\N\n\\.\n\
                INSERT INTO a (x) SELECT '2026-10-20'; -- INSERT INTO a (x) VALUES ('2026-10-21');\n\
                INSERT INTO a (x) VALUES (now() + INTERVAL '30 days'), ('2026-10-22' + 1);\n";
    assert_eq!(
        shown(Format::Sql, text),
        [
            "a.0.id = 1 @2:18 3:4-5",
            "a.0.Expires = \"2026-10-15\" @2:22 3:7-19",
            "a.0.note = \"it''s, (x)\" @2:33 3:21-33",
            "a.1.id = 2 @2:18 4:4-5",
            "a.1.Expires = \"2026-10-16\" @2:22 4:12-24",
            "b.0.id = 7 @1:31 5:23-24",
            "b.0.until = \"2026-10-17\" @1:39 5:26-38",
            "c.0.until = \"2026-10-18\" @6:22 6:40-52",
            "c.0.n = 5 @6:69 6:73-74",
            "d.0.id = 8 @7:9 8:1-2",
            "d.0.expires = \"2026-10-19\" @7:13 8:3-13",
            "d.1.id = 9 @7:9 9:1-2",
        ]
    );
}

#[test]
fn what_sql_seeds_ends() {
    let rows = |table: &str, count: u32| {
        let rows: Vec<String> = (1..=count).map(|day| format!("('a', '2026-10-{day:02}')")).collect();
        format!("INSERT INTO {table} (name, expires_at) VALUES {};", rows.join(", "))
    };
    for (path, text, expected) in [
        ("db/seeds.sql", rows("features", 1), "Likely config-expiry"),
        ("db/seeds.sql", rows("license", 1), "Likely license-expiry"),
        // Those of its users.
        ("db/seeds.sql", rows("licenses", 2), "Likely config-expiry"),
        ("db/seeds.sql", rows("features", 7), "Possible config-expiry"),
    ] {
        assert!(found(path, &text)[0].starts_with(expected), "{text}");
    }
    for (path, text) in [
        ("db/seeds.sql", rows("user_sessions", 1)),
        ("db/seeds.sql", rows("license_history", 1)),
        ("db/dump.sql", rows("features", 1)),
        ("db/seeds.sql", "INSERT INTO a (created_at, due) VALUES ('2026-10-15', '2026-10-15');".to_owned()),
        ("db/seeds.sql", "CREATE TABLE a (expires_at DATE DEFAULT '2026-10-15');".to_owned()),
    ] {
        assert_eq!(found(path, &text), Vec::<String>::new(), "{path} {text}");
    }
}

proptest! {
    #[test]
    fn sql_never_panics(text in "((INSERT|INTO|a|VALUES|COPY|FROM|stdin|CREATE|TABLE|SET|expires|é|'|''|N'|\"|`|\\[|\\(|\\)|,|;|=|:|\\.|--|/\\*|\\\\|'2026-10-15'|\n|\t| )){0,40}") {
        let _ = read(Format::Sql, &text);
    }

    #[test]
    fn never_panics(text in "([\\[\\]{}:,=\"'#<>/&!|\\-\n\r\t \\\\]|expires|2026-10-15|[a-zé0-9]|\\PC){0,60}") {
        for format in [Format::Yaml, Format::Json, Format::Toml, Format::Ini, Format::Xml, Format::Flexnet, Format::Csv, Format::Lines] {
            let _ = read(format, &text);
        }
    }
}
