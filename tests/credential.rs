//! Credentials as real tools make them (`fixtures/credential/make.sh`), in the wrappings in which source trees carry
//! them, and damaged in every place.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use defuse::calendar::Civil;
use defuse::credential::{Context, Found, read, sift};
use defuse::finding::{Confidence, Finding, Rule, Trigger};

/// When what `make.sh` makes ends, unless said otherwise.
const END: &str = "2031-05-06T07:08:09";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/credential/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(fixture(name)).unwrap()
}

/// The findings of a file, which the sift must not lose.
fn judge(path: &str, bytes: &[u8]) -> Vec<Finding> {
    let Found { mut findings, bundle } = read(path, bytes, &Context::default());
    findings.extend(bundle.iter().flat_map(|bundle| bundle.members().to_vec()));
    let found = findings;
    assert!(found.is_empty() || sift().keeps(path, bytes), "{path} is sifted out");
    found
}

fn end(finding: &Finding) -> String {
    let Some(Trigger::At { at, .. }) = &finding.trigger else { panic!("{finding:?}") };
    at.to_string()
}

/// Line and end of every finding.
fn ends(path: &str, bytes: &[u8]) -> Vec<(u32, String)> {
    judge(path, bytes).iter().map(|finding| (finding.place.span.line, end(finding))).collect()
}

fn at(line: u32) -> Vec<(u32, String)> {
    vec![(line, END.to_owned())]
}

#[test]
fn what_the_tools_made_is_read() {
    let root = "2040-01-01T00:00:00";
    type Ends<'a> = &'a [(u32, &'a str)];
    let cases: [(&str, Rule, Ends); 13] = [
        ("leaf.pem", Rule::CertificateExpiry, &[(1, END)]),
        ("leaf.der", Rule::CertificateExpiry, &[(1, END)]),
        ("trusted.pem", Rule::CertificateExpiry, &[(1, END)]),
        ("ca.pem", Rule::CertificateExpiry, &[(1, root)]),
        ("crl.pem", Rule::CertificateExpiry, &[(1, END)]),
        ("chain.p7b", Rule::CertificateExpiry, &[(1, END), (1, root)]),
        ("chain.p7.pem", Rule::CertificateExpiry, &[(1, END), (1, END)]),
        ("trust.jks", Rule::CertificateExpiry, &[(1, END)]),
        ("ssh-certificates.txt", Rule::CertificateExpiry, &[(1, END), (2, END), (3, END)]),
        ("key.asc", Rule::SignedMetadataExpiry, &[(1, END), (1, "2022-01-01T00:00:00")]),
        ("keyring.gpg", Rule::SignedMetadataExpiry, &[(1, END), (1, "2022-01-01T00:00:00")]),
        ("pubring.kbx", Rule::SignedMetadataExpiry, &[(1, END), (1, "2022-01-01T00:00:00")]),
        ("key-extended.asc", Rule::SignedMetadataExpiry, &[(1, "2035-05-06T07:08:09"), (1, "2022-01-01T00:00:00")]),
    ];
    for (name, rule, expected) in cases {
        let found = judge(name, &fixture(name));
        let mut read: Vec<(u32, String)> = found.iter().map(|f| (f.place.span.line, end(f))).collect();
        let mut expected: Vec<(u32, String)> = expected.iter().map(|(line, at)| (*line, (*at).to_owned())).collect();
        read.sort();
        expected.sort();
        assert_eq!(read, expected, "{name}");
        for finding in found {
            assert_eq!((finding.rule, finding.confidence), (rule, Confidence::Proven), "{name}");
        }
    }
}

#[test]
fn what_has_no_end_is_silent() {
    for name in ["request.pem", "ssh-forever.txt", "key-revoked.asc"] {
        assert_eq!(judge(name, &fixture(name)), [], "{name}");
    }
}

#[test]
fn a_certificate_names_itself() {
    let found = &judge("certs/tls.pem", &fixture("leaf.pem"))[0];
    assert!(
        found.message.starts_with("certificate of fuse.example (issued by Fuse Root, serial "),
        "{}",
        found.message
    );
    assert!(found.message.ends_with("is valid from 2020-01-02 until 2031-05-06"), "{}", found.message);
    assert!(found.matched.starts_with("certificate fuse.example "));
    assert_eq!(found.note_only, None);
    assert_eq!(found.place.span.end_column, 28);
}

#[test]
fn a_certificate_is_found_in_every_wrapping() {
    let pem = text("leaf.pem");
    let lines: Vec<&str> = pem.lines().collect();
    let each =
        |before: &str, after: &str| -> String { lines.iter().map(|line| format!("{before}{line}{after}\n")).collect() };
    let body = lines[1..lines.len() - 1].concat();
    let (first, second) = body.split_at(64);
    let cases: Vec<(&str, String, u32)> = vec![
        ("text before it", format!("Certificate:\n    Not After : x\n{pem}"), 3),
        ("CRLF", pem.replace('\n', "\r\n"), 1),
        ("YAML block", format!("tls:\n  cert: |\n{}", each("    ", "")), 3),
        ("escaped literal", format!("cert = \"{}\";", pem.replace('\n', "\\n")), 1),
        ("twice escaped", format!("{{\"a\": \"{}\"}}", pem.replace('\n', "\\\\n")), 1),
        ("JSON with escaped slashes", format!("{{\"a\":\n \"{}\"}}", pem.replace('/', "\\/").replace('\n', "\\n")), 2),
        ("concatenated with plus", format!("const cert =\n{}'';", each("  '", "\\n' +")), 2),
        ("adjacent C literals", format!("const char *cert =\n{};", each("  \"", "\\r\\n\"")), 2),
        ("C macro", format!("#define CERT \\\n{}\n", each("    \"", "\\r\\n\"   \\")), 2),
        ("continued C literal", format!("char c[] = \"{}\";", each("", "\\n\\")), 1),
        ("joined array", format!("[\n{}].join('\\n')", each("  '", "',")), 2),
        ("raw string", format!("let a = 1;\nlet pem = r#\"{pem}\"#;"), 2),
        ("template literal", format!("const pem = `{pem}`;"), 1),
        ("PHP concatenation", format!("$c = {} '';", each("'", "' . \"\\n\" .")), 1),
        ("XML with references", format!("<a>{}</a>", pem.replace('\n', "&#10;")), 1),
        ("percent-encoded", pem.replace("-\n", "-%0A").replace('+', "%2B").replace('/', "%2F").replace('\n', "%0A"), 1),
        ("base64 of PEM", format!("kind: Secret\ndata:\n  tls.crt: {}\n", STANDARD.encode(&pem)), 3),
        ("caBundle without header", format!("caBundle: {body}\n"), 1),
        ("plist data in lines", format!("<data>\n\t{first}\n\t{second}\n</data>"), 2),
        ("JWKS", format!("{{\"x5c\": [\"{body}\"]}}"), 1),
        ("JWKS with escapes", format!("{{\"x5c\": [\"{}\"]}}", body.replace('/', "\\/")), 1),
        ("split literal without header", format!("a = (\"{first}\"\n     \"{second}\")"), 1),
    ];
    for (wrapping, file, line) in cases {
        assert_eq!(ends("src/file", file.as_bytes()), at(line), "{wrapping}:\n{file}");
    }
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(pem.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    assert_eq!(ends("cert", &utf16), at(1));
}

#[test]
fn der_is_found_as_source_code() {
    let der = fixture("leaf.der");
    let bytes = |each: &dyn Fn(&u8) -> String| der.iter().map(each).collect::<Vec<_>>();
    let text = fixture("leaf.pem");
    let pem = |each: &dyn Fn(&u8) -> String| text.iter().map(each).collect::<Vec<_>>();
    let rows = |all: Vec<String>| all.chunks(12).map(|row| row.concat()).collect::<Vec<_>>().join("\n    ");
    let hex = rows(bytes(&|b| format!("0x{b:02X}, ")));
    let cases = [
        ("C", format!("\nstatic const unsigned char server_der[] =\n{{\n    {hex}\n}};\n"), 2),
        ("C with comments", format!("const u8 a[] = {{ /* x */\n    {}\n}};", hex.replace('\n', " /* 12 */\n")), 1),
        ("Go", format!("var der = []byte{{\n\t{hex}}}"), 1),
        ("Rust", format!("static DER: &[u8] = &[\n    {}];", rows(bytes(&|b| format!("0x{b:02x}u8,")))), 1),
        ("Java", format!("byte[] der = {{\n {} }};", rows(bytes(&|b| format!("(byte) 0x{b:02x}, ")))), 1),
        ("decimal", format!("der = [\n{}]", rows(bytes(&|b| format!("{b}, ")))), 1),
        ("hexadecimal", format!("der = unhex('{}')", bytes(&|b| format!("{b:02x}")).concat()), 1),
        (
            "split hexadecimal",
            format!("x = \"{}\"", bytes(&|b| format!("{b:02X}")).concat().replacen("06", "\" +\n\"06", 1)),
            1,
        ),
        ("xxd -i", format!("unsigned char ca_pem[] = {{\n    {}\n}};", rows(pem(&|b| format!("0x{b:02x}, ")))), 1),
        ("decimal PEM", format!("ca = [\n{}]", rows(pem(&|b| format!("{b}, ")))), 1),
        ("PEM in a string", format!("ca = \"{}\"", pem(&|b| format!("\\x{b:02x}")).concat()), 1),
        ("string", format!("der = b\"{}\"", bytes(&|b| format!("\\x{b:02x}")).concat()), 1),
    ];
    for (language, file, line) in cases {
        assert_eq!(ends("src/file", file.as_bytes()), at(line), "{language}:\n{file}");
    }
}

#[test]
fn surroundings_make_a_note() {
    let pem = text("leaf.pem");
    let commented = |mark: &str| pem.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    let cases = [
        ("a.rs", commented(" * "), "comment"),
        ("a.rs", commented("// "), "comment"),
        ("a.py", commented("# "), "comment"),
        ("a.c", format!("/*\n{pem}*/"), "comment"),
        ("a.c", format!("#if 0\nchar c[] = \"\\n{pem}\"\n#endif\n"), "#if 0"),
        ("README.md", pem.clone(), "documentation"),
        ("tests/certs/expired.pem", pem.clone(), "expired"),
        ("tests/expired-repository/root.pem", pem.clone(), "expired"),
        ("a.go", format!("const expiredCert = `{pem}`"), "expired"),
        ("create.examples.json", pem.replace('\n', "\\n"), "example"),
        ("fix.patch", commented("+"), "patch"),
    ];
    for (path, file, reason) in cases {
        let found = judge(path, file.as_bytes());
        assert_eq!(found.len(), 1, "{path}: {file}");
        let note = found[0].note_only.as_deref().unwrap_or("none");
        assert!(note.contains(reason), "{path}: {note}");
    }
    let code = ["#define CERT \"{}\"", "\"/* no comment */ {}\"", "Accept: */*\n{}", "/* closed */ a = \"{}\""];
    for file in code.map(|file| file.replace("{}", &pem)) {
        assert_eq!(judge("a.c", file.as_bytes())[0].note_only, None, "{file}");
    }
}

#[test]
fn a_frozen_clock_matters_in_tests_only() {
    let file = format!("with freeze_time('2021-01-01'):\n  pem = '''\n{}'''", text("leaf.pem"));
    assert_eq!(read("a.py", file.as_bytes(), &Context { in_test: false }).findings[0].note_only, None);
    let in_test = &read("a.py", file.as_bytes(), &Context { in_test: true }).findings[0];
    assert!(in_test.in_test && in_test.note_only.is_some());
}

#[test]
fn a_certificate_that_does_not_hold_yet_goes_off_when_it_begins() {
    let found = judge("tests/certs/not-yet.pem", &fixture("leaf.pem"));
    assert_eq!(end(&found[0]), "2020-01-02T03:04:05");
    assert!(found[0].message.contains("not yet valid"));
}

#[test]
fn a_renewal_in_the_same_file_is_said() {
    let found = judge("chain.pem", &fixture("renewed.pem"));
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].note_only.as_deref(), Some("its renewal in the same file holds until 2031-05-06"));
    assert_eq!(found[1].note_only, None);
}

#[test]
fn many_roots_are_a_bundle() {
    let bundle = text("ca.pem").repeat(9);
    let found = judge("cacert.pem", bundle.as_bytes());
    assert_eq!(found.len(), 9);
    assert!(found.iter().all(|finding| finding.message.contains("one of 9 certificates in this bundle")));
}

#[test]
fn a_bundle_is_said_once_besides_what_ends_in_the_window() {
    let bundle = format!("{}{}", text("ca.pem").repeat(8), text("leaf.pem"));
    let judged = |from: (i64, i64, i64), until: (i64, i64, i64)| {
        let day = |(year, month, day)| Civil::from_ymd(year, month, day).unwrap();
        let found = read("cacert.pem", bundle.as_bytes(), &Context::default());
        assert_eq!(found.findings, []);
        let said = found.bundle.unwrap().findings(day(from), day(until));
        let shown = said.iter().flat_map(|f| &f.steps).count();
        assert_eq!(shown + said.iter().filter(|f| f.note_only.is_none()).count(), if shown > 0 { 9 } else { 1 });
        said.iter()
            .map(|f| format!("{} {} {} {}", f.place.span.line, end(f), f.note_only.is_some(), f.message))
            .collect::<Vec<_>>()
    };
    let first = text("ca.pem").lines().count() * 8 + 1;
    let inside = judged((2030, 1, 1), (2033, 1, 1));
    assert_eq!(inside.len(), 2);
    assert!(inside[0].starts_with(&format!("{first} {END} false certificate of fuse.example")), "{inside:?}");
    assert_eq!(
        inside[1],
        "1 2040-01-01T00:00:00 true the other 8 certificates of this bundle outlast the release; the next ends on 2040-01-01"
    );
    let past = judged((2032, 1, 1), (2035, 1, 1));
    assert_eq!(
        past,
        [format!(
            "{first} {END} true 1 of the 9 certificates in this bundle has ended before the release, the last on 2031-05-06"
        )]
    );
    let dead = judged((2041, 1, 1), (2044, 1, 1));
    assert_eq!(
        dead,
        ["1 2040-01-01T00:00:00 false all 9 certificates of this bundle have ended, the last on 2040-01-01"]
    );
}

#[test]
fn damage_never_panics() {
    let names = [
        "leaf.der",
        "leaf.pem",
        "crl.pem",
        "chain.p7b",
        "trust.jks",
        "ssh-certificates.txt",
        "key-extended.asc",
        "keyring.gpg",
        "pubring.kbx",
        "renewed.pem",
    ];
    for name in names {
        let whole = fixture(name);
        for length in 0..whole.len() {
            judge(name, &whole[..length]);
        }
        for index in 0..whole.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut damaged = whole.clone();
                damaged[index] ^= flip;
                judge(name, &damaged);
            }
        }
    }
}

#[test]
fn absurd_files_take_linear_time() {
    let begin = Instant::now();
    let pieces = [
        "30820",
        "308200ff308",
        " 308200ff3080",
        "MII",
        "MIIC ",
        "MIIFMIIF\n",
        "MIIFMDCC,",
        "LS0tLS1CRUdJTi ",
        "eyJ",
        "eyJ.",
        "eyJhbGciOiJub25lIn0.",
        "AwAA",
        "0x30,0x82,",
        "0x30,0x82,0xff,0xff,0x30,",
        "48,130,",
        "\\x30\\x82",
        "-----BEGIN ",
        "-----BEGIN A-----",
        "-----BEGIN CERTIFICATE-----\n\"",
        "-----END ",
        "ssh-rsa-cert-v01@openssh.com AAAA",
        "v4.public.",
        "RpbWUgPC",
        "dGltZS1iZWZvcmUg ",
        "pypi-AgE",
        "\"i\":\"time-before 2031\"",
        "CloudFront-Policy=eyJ",
        "CloudFront-Expires=1 ",
        "\"auth\":\"QVdTOmV5",
        "\"payload\":\"eyJ\",",
        "eyJhIjoxfQ ",
        "-----BEGIN LICENSE FILE-----eyJ",
        "0x2d,",
        "0x2d,0x2d,0x2d,0x2d,0x2d,0x42,",
        "45,45,45,45,45,66, ",
        "<KeyDigest ",
        "<KeyDigest validUntil=\"",
        "X-Amz-Expires=1&",
        "?sig=",
        "<pin-set ",
        "Set-Cookie: a=b; ",
        " RRSIG A 1 1 1 ",
        "\"_type\":\"root\"",
        "\"expires\":\"2020-01-01T00:00:00Z\"",
        "/*",
        "#if 0\n",
        "\n",
        "\\",
        "\"",
        "&#",
        "\0",
        "\u{feff}",
    ];
    for piece in pieces {
        judge("a.c", piece.repeat((1 << 20) / piece.len()).as_bytes());
    }
    // Ten thousand real tokens on one line.
    let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjIwMDAwMDAwMDB9.c2lnbmF0dXJl";
    let many = [format!("// {token}").repeat(17_000), format!("'{token}',").repeat(17_000)];
    for file in many {
        assert_eq!(read("a.c", file.as_bytes(), &Context { in_test: true }).findings.len(), 17_000);
    }
    for first in [0x30_u8, 0x99, 0xC6, 0xFE] {
        let mut bytes = vec![first; 1 << 20];
        judge("a.bin", &bytes);
        bytes[..12].copy_from_slice(&[0, 0, 0, 32, 2, 1, 0, 0, b'K', b'B', b'X', b'f']);
        judge("a.kbx", &bytes);
    }
    assert!(begin.elapsed() < Duration::from_secs(60), "took {:?}", begin.elapsed());
}

#[test]
fn no_day_of_the_calendar_is_lost() {
    let found = &judge("leaf.pem", &fixture("leaf.pem"))[0];
    let Some(Trigger::At { at, .. }) = found.trigger else { panic!("{found:?}") };
    assert_eq!(Some(at), Civil::new(2031, 5, 6, 7, 8, 9));
}
