//! What can be fed with any bytes: one function per decoder. Shared by the fuzz targets and `tests/mutated.rs`.

use std::sync::LazyLock;

use defuse::calendar;
use defuse::credential::{self, Context};
use defuse::document;
use defuse::knowledge::Knowledge;
use defuse::language::program::Program;
use defuse::source::{Group, Marks, Scope, Sift, WalkOptions, scan};

/// A decoder's name, its entry, and the folders and files of its seeds, from the repository's root.
pub(crate) type Entry = (&'static str, fn(&[u8]), &'static [&'static str]);

/// Every decoder.
pub(crate) const ENTRIES: [Entry; 15] = [
    ("der", der, &["tests/fixtures/credential/leaf.der", "tests/fixtures/credential/chain.p7b"]),
    ("certificate", certificate, &["tests/fixtures/credential/leaf.pem", "tests/fixtures/credential/crl.pem"]),
    ("pkcs12", pkcs12, &["fuzz/seeds/pkcs12"]),
    ("keystore", keystore, &["tests/fixtures/credential/trust.jks"]),
    ("openpgp", openpgp, &["tests/fixtures/credential/key.asc", "tests/fixtures/credential/keyring.gpg"]),
    ("archive", archive, &["fuzz/seeds/archive"]),
    ("class", program, &["tests/fixtures/jvm/License.class"]),
    ("assembly", program, &["tests/fixtures/dotnet/License.exe"]),
    ("plist", packed, &["fuzz/seeds/plist"]),
    ("axml", packed, &["fuzz/seeds/axml"]),
    ("yaml", yaml, &["fuzz/seeds/yaml"]),
    ("json", json, &["fuzz/seeds/json"]),
    ("toml", toml, &["fuzz/seeds/toml"]),
    ("xml", xml, &["fuzz/seeds/xml"]),
    ("date", date, &["fuzz/seeds/date"]),
];

/// A file that is one credential, by its name.
fn credential(name: &str, bytes: &[u8]) {
    credential::read(name, bytes, &Context::default());
}

/// DER, alone and inside a binary.
pub(crate) fn der(bytes: &[u8]) {
    credential("a.der", bytes);
    credential::embedded("a.bin", bytes, bytes.len(), &Context::default(), &|at| at.to_string());
}

/// PEM and everything else that stands in text.
pub(crate) fn certificate(bytes: &[u8]) {
    credential("a.pem", bytes);
}

/// PKCS #12.
pub(crate) fn pkcs12(bytes: &[u8]) {
    credential("a.p12", bytes);
}

/// JKS, JCEKS and BKS.
pub(crate) fn keystore(bytes: &[u8]) {
    credential("a.jks", bytes);
}

/// OpenPGP, armoured and not.
pub(crate) fn openpgp(bytes: &[u8]) {
    credential("a.asc", bytes);
    credential("a.gpg", bytes);
}

/// Every archive, told by its first bytes.
pub(crate) fn archive(bytes: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("a");
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    let all = Group { name: "all".to_owned(), always: true, binary: true, cap: 1 << 20, ..Group::default() };
    let options = WalkOptions { jobs: 1, ..WalkOptions::new(folder.path().to_owned()) };
    let found = scan(&Scope::Output(vec![path]), &options, &Sift::new(vec![all], Some(0)), |_| Some(Marks::NONE));
    let bug = "a bug in defuse";
    assert!(
        found.is_ok_and(|found| !found
            .unread
            .iter()
            .chain(&found.skipped)
            .any(|skip| skip.why.to_string().contains(bug)))
    );
}

/// Class files and assemblies.
pub(crate) fn program(bytes: &[u8]) {
    if let Some(program) = Program::read(bytes) {
        program.words();
        program.lower(&|_| true);
    }
}

/// Binary property lists and Android's binary XML.
pub(crate) fn packed(bytes: &[u8]) {
    document::unpacked(bytes);
}

/// A document of that name.
fn document(name: &str, bytes: &[u8]) {
    static KNOWLEDGE: LazyLock<Option<Knowledge>> = LazyLock::new(|| Knowledge::load(&[], None, &[]).ok());
    if let Some(known) = &*KNOWLEDGE {
        document::findings(name, &String::from_utf8_lossy(bytes), &known.documents, &known.words, false);
    }
}

pub(crate) fn yaml(bytes: &[u8]) {
    document("a.yaml", bytes);
}

pub(crate) fn json(bytes: &[u8]) {
    document("a.json", bytes);
}

pub(crate) fn toml(bytes: &[u8]) {
    document("a.toml", bytes);
}

pub(crate) fn xml(bytes: &[u8]) {
    document("a.xml", bytes);
}

/// Dates in every spelling, and those in the midst of a text.
pub(crate) fn date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    calendar::read(&text);
    calendar::find_all(&text);
    calendar::phrase(&text);
}
