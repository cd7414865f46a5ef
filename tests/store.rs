//! Stores and responses that tools make now: each end must be the one that the tool itself reads back.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs a line of shell; what it printed, or `None` where the machine has no such tool.
fn run(folder: &Path, tool: &str, line: &str) -> Option<String> {
    let shell =
        |line: &str| Command::new("sh").args(["-c", line]).current_dir(folder).env("TZ", "UTC").output().unwrap();
    if !shell(&format!("command -v {tool}")).status.success() {
        eprintln!("1 case skipped: {tool} not found");
        return None;
    }
    let output = shell(line);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

/// Ends (an empty text where there is none), messages and levels of the findings, notes among them.
fn ends(folder: &Path, path: &str) -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_defuse"))
        .args(["check", "--format", "json", "--release-date", "2026-01-01", "--support", "90y", path])
        .current_dir(folder)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| (text(&finding["trigger"]["at"]), text(&finding["message"]))).collect()
}

/// A key and its certificate for some days.
fn certificate(folder: &Path) -> Option<String> {
    let make = "openssl ecparam -name prime256v1 -genkey -noout -out key.pem && \
                openssl req -x509 -new -key key.pem -subj /CN=fuse.example -days 300 -out cert.pem";
    run(folder, "openssl", make)?;
    run(folder, "openssl", "date -d \"$(openssl x509 -in cert.pem -noout -enddate | cut -d= -f2)\" +%Y-%m-%dT%H:%M:%S")
}

#[test]
fn certificates_in_stores_end_as_in_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let Some(end) = certificate(root) else { return };
    let stores = [
        ("openssl", "openssl pkcs12 -export -inkey key.pem -in cert.pem -certpbe NONE -passout pass:secret -out a.p12"),
        (
            "keytool",
            "keytool -importcert -noprompt -file cert.pem -keystore b.jks -storetype JKS -storepass secret 2>&1",
        ),
        (
            "keytool",
            "keytool -importcert -noprompt -file cert.pem -keystore c.jceks -storetype JCEKS -storepass secret 2>&1",
        ),
        ("openssl", "openssl crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out d.p7b"),
        (
            "openssl",
            "echo x > x; openssl cms -sign -binary -in x -signer cert.pem -inkey key.pem -outform DER -out e.p7s",
        ),
        (
            "openssl",
            "openssl cms -sign -binary -stream -nodetach -in x -signer cert.pem -inkey key.pem -outform DER -out f.p7s",
        ),
    ];
    for (tool, line) in stores {
        if run(root, tool, line).is_some() {
            let name = line.split_whitespace().find(|word| word[1..].starts_with('.') && word.len() < 9).unwrap();
            let found = ends(root, name);
            assert_eq!(
                found.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(),
                [end.as_str()],
                "{line}: {found:?}"
            );
        }
    }
}

/// Where Debian puts Bouncy Castle, whose store is BKS.
const BOUNCY_CASTLE: &str = "/usr/share/java/bcprov.jar";

#[test]
fn a_store_of_bouncy_castle_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    if !Path::new(BOUNCY_CASTLE).exists() {
        return eprintln!("1 case skipped: Bouncy Castle not found");
    }
    let Some(end) = certificate(root) else { return };
    let make = format!(
        "keytool -importcert -noprompt -file cert.pem -keystore a.bks -storetype BKS -storepass secret \
         -provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath {BOUNCY_CASTLE} 2>&1"
    );
    if run(root, "keytool", &make).is_some() {
        let found = ends(root, "a.bks");
        assert_eq!(found.iter().map(|(at, _)| at).collect::<Vec<_>>(), [&end], "{found:?}");
    }
}

#[test]
fn a_signature_of_a_program_ends_with_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let Some(end) = certificate(root) else { return };
    let make = "printf 'class A { static void Main() {} }' > a.cs && mcs -out:a.exe a.cs";
    let sign = "mkdir dist && osslsigncode sign -certs cert.pem -key key.pem -in a.exe -out dist/b.exe";
    if run(root, "mcs", make).is_some() && run(root, "osslsigncode", sign).is_some() {
        let found = ends(root, "dist");
        assert_eq!(found.iter().map(|(at, _)| at).collect::<Vec<_>>(), [&end], "{found:?}");
    }
}

#[test]
fn a_certificate_says_what_its_key_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    if certificate(root).is_none() {
        return;
    }
    for (extensions, expected) in [
        ("-addext extendedKeyUsage=serverAuth,clientAuth", ", for TLS servers, TLS clients) "),
        ("-addext extendedKeyUsage=codeSigning", ", for code signing) "),
        ("-addext keyUsage=digitalSignature,keyAgreement", ", for signatures, key agreement) "),
        ("-addext keyUsage=keyCertSign,cRLSign", ") "),
        ("", ") "),
    ] {
        let make =
            format!("openssl req -x509 -new -key key.pem -subj /CN=fuse -set_serial 1 -days 9 {extensions} -out a.pem");
        run(root, "openssl", &make);
        let (_, message) = &ends(root, "a.pem")[0];
        assert!(
            message.contains(&format!("(serial 01{expected}is valid from"))
                || message.contains(&format!("(serial 1{expected}is valid from")),
            "{message}"
        );
    }
}

#[test]
fn an_encrypted_store_says_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    if certificate(root).is_none() {
        return;
    }
    run(root, "openssl", "openssl pkcs12 -export -nokeys -in cert.pem -passout pass:secret -out a.p12");
    let found = ends(root, "a.p12");
    assert!(found.len() == 1 && found[0].0.is_empty(), "{found:?}");
    assert!(found[0].1.ends_with("cannot be read without its password"), "{found:?}");
}

#[test]
fn a_response_ends_at_its_next_update() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    if certificate(root).is_none() {
        return;
    }
    let respond = "printf 'V\\t310101000000Z\\t\\t01\\tunknown\\t/CN=x\\n' > index && \
        openssl req -new -key key.pem -subj /CN=leaf -out leaf.csr && \
        openssl x509 -req -in leaf.csr -CA cert.pem -CAkey key.pem -set_serial 1 -out leaf.pem && \
        openssl ocsp -issuer cert.pem -cert leaf.pem -reqout ask && \
        openssl ocsp -index index -CA cert.pem -rsigner cert.pem -rkey key.pem -reqin ask -ndays 9 -respout a.ocsp";
    run(root, "openssl", respond);
    let end = "date -d \"$(openssl ocsp -respin a.ocsp -noverify -text 2>&1 | sed -n 's/.*Next Update: //p')\" +%Y-%m-%dT%H:%M:%S";
    let end = run(root, "openssl", end).unwrap();
    let found = ends(root, "a.ocsp");
    let response = found.iter().find(|(_, message)| message.starts_with("OCSP response")).unwrap();
    assert_eq!(response.0, end);
}

#[test]
fn the_signer_of_a_jar_is_read_inside_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let sign = "keytool -genkeypair -alias a -keyalg RSA -dname CN=fuse -validity 200 -keystore k -storepass secret 2>&1 && \
                echo x > x && zip -q app.jar x && jarsigner -keystore k -storepass secret app.jar a 2>&1";
    if run(root, "jarsigner", "command -v zip").is_none() || run(root, "keytool", sign).is_none() {
        return;
    }
    let end = "date -d \"$(keytool -list -v -keystore k -storepass secret 2>/dev/null | sed -n 's/.*until: //p' | head -n 1)\" +%Y-%m-%dT%H:%M:%S";
    let end = run(root, "keytool", end).unwrap();
    let found = ends(root, "app.jar");
    assert_eq!(found.iter().map(|(at, _)| at).collect::<Vec<_>>(), [&end], "{found:?}");
}

#[test]
fn a_store_without_lengths_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let Some(end) = certificate(root) else { return };
    let make = "openssl pkcs12 -export -inkey key.pem -in cert.pem -certpbe NONE -passout pass:secret -out a.p12";
    run(root, "openssl", make);
    let der = std::fs::read(root.join("a.p12")).unwrap();
    assert_eq!(der[..2], [0x30, 0x82]);
    std::fs::write(root.join("b.p12"), [&[0x30, 0x80], &der[4..], &[0, 0]].concat()).unwrap();
    let shown = "openssl pkcs12 -in b.p12 -nokeys -passin pass:secret";
    assert!(run(root, "openssl", shown).unwrap().contains("BEGIN CERTIFICATE"));
    let found = ends(root, "b.p12");
    assert_eq!(found.iter().map(|(at, _)| at).collect::<Vec<_>>(), [&end], "{found:?}");
}

#[test]
fn a_public_key_ends_as_gpg_says() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let make = "mkdir -m 700 home && export GNUPGHOME=$PWD/home && \
                gpg --batch --quiet --passphrase '' --quick-generate-key fuse@fuse.example ed25519 sign 20310304T050607 2>&1 && \
                gpg --batch --armor --export > a.asc && \
                date -d @$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '/^pub/ {print $7}') +%Y-%m-%dT%H:%M:%S; \
                gpgconf --kill all";
    let Some(end) = run(root, "gpg", make) else { return };
    let end = end.lines().last().unwrap();
    let found = ends(root, "a.asc");
    assert!(!found.is_empty() && found.iter().all(|(at, _)| at == end), "{end}: {found:?}");
}

#[test]
fn an_ssh_certificate_ends_as_ssh_keygen_says() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let make = "ssh-keygen -q -t ed25519 -N '' -f ca && ssh-keygen -q -t ed25519 -N '' -f host && \
                ssh-keygen -q -s ca -I fuse -h -n fuse.example -V 20260101:20310304 host.pub && \
                ssh-keygen -L -f host-cert.pub | sed -n 's/.*Valid: from .* to //p'";
    let Some(end) = run(root, "ssh-keygen", make) else { return };
    let found = ends(root, "host-cert.pub");
    assert_eq!(found.iter().map(|(at, _)| at).collect::<Vec<_>>(), [&end], "{found:?}");
}
