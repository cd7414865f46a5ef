//! What a build made: archives as real tools make them, and as nobody should; programs and firmware. Each member is
//! found, and none of them costs more than the limits allow.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// Runs the gate over a folder; the report.
fn check(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_defuse"))
        .args(["check", "--format", "json", "--release-date", "2030-01-01"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn paths(report: &Value) -> Vec<String> {
    let place = |finding: &Value| format!("{}:{}", finding["path"].as_str().unwrap(), finding["line"]);
    report["findings"].as_array().unwrap().iter().map(place).collect()
}

/// Path and reason of what was not read.
fn unread(report: &Value) -> Vec<(String, String)> {
    let text = |skip: &Value, key: &str| skip[key].as_str().unwrap().to_owned();
    let skips = report["files"]["unparsed"].as_array().unwrap();
    skips.iter().map(|skip| (text(skip, "path"), text(skip, "why"))).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/fixtures/credential/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A folder with `tree/certs/ca.pem`, a certificate that ends on 2031-05-06.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("tree/certs")).unwrap();
    fs::create_dir(folder.path().join("dist")).unwrap();
    fs::write(folder.path().join("tree/certs/ca.pem"), fixture("leaf.pem")).unwrap();
    folder
}

/// Runs a line of shell in the tree's folder; `false` where the machine has no such tool.
fn made(folder: &Path, tool: &str, line: &str) -> bool {
    let shell = |line: &str| Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap();
    if !shell(&format!("command -v {tool}")).status.success() {
        return false;
    }
    let output = shell(line);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    true
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A stored member: its local header and content, and its entry in the directory, which may point at another's.
fn member(name: &[u8], content: &[u8], offset: u32) -> (Vec<u8>, Vec<u8>) {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let crc = flate2_crc(content).to_le_bytes();
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc, &size, &size, &length, &[0, 0]].concat();
    let local = [&b"PK\x03\x04"[..], &common, name, content].concat();
    let rest = [0; 10];
    let entry = [&b"PK\x01\x02\x14\0"[..], &common, &rest, &offset.to_le_bytes(), name].concat();
    (local, entry)
}

fn flate2_crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn zip_of(local: &[u8], directory: &[u8], entries: u16) -> Vec<u8> {
    let sizes = [local.len(), directory.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes());
    let count = entries.to_le_bytes();
    [local, directory, b"PK\x05\x06\0\0\0\0", &count, &count, &sizes[1], &sizes[0], &[0, 0]].concat()
}

#[test]
fn what_the_tools_pack_is_opened() {
    let folder = tree();
    let root = folder.path();
    let cases = [
        ("zip", "cd tree && zip -qr ../dist/a.jar .", "a.jar!/certs/ca.pem"),
        ("zip", "cd dist && zip -q b.war a.jar", "b.war!/a.jar!/certs/ca.pem"),
        ("tar", "tar cf dist/c.tar -C tree .", "c.tar!/certs/ca.pem"),
        ("tar", "tar --format=posix -czf dist/d.tgz -C tree .", "d.tgz!/certs/ca.pem"),
        ("xz", "tar cJf dist/e.tar.xz -C tree .", "e.tar.xz!/certs/ca.pem"),
        ("bzip2", "tar cjf dist/f.tar.bz2 -C tree .", "f.tar.bz2!/certs/ca.pem"),
        ("zstd", "tar c -C tree . | zstd -q > dist/g.tar.zst", "g.tar.zst!/certs/ca.pem"),
        ("gzip", "gzip -c tree/certs/ca.pem > dist/h.pem.gz", "h.pem.gz!/h.pem"),
        ("ar", "ar rc dist/i.a tree/certs/ca.pem", "i.a!/ca.pem"),
        ("cpio", "cd tree && find . | cpio -o -H newc 2>/dev/null | gzip > ../dist/j.img", "j.img!/certs/ca.pem"),
        (
            "dpkg-deb",
            "mkdir tree/DEBIAN && printf 'Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' \
             > tree/DEBIAN/control && dpkg-deb -Zxz -b tree dist/k.deb && rm -r tree/DEBIAN",
            "k.deb!/data.tar.xz!/certs/ca.pem",
        ),
        (
            "tar",
            "mkdir -p layout/blobs/sha256 && tar czf layout/blobs/sha256/0a -C tree . && tar cf dist/l.tar -C layout .",
            "l.tar!/blobs/sha256/0a!/certs/ca.pem",
        ),
        ("genisoimage", "genisoimage -quiet -R -o dist/m.iso tree", "m.iso!/certs/ca.pem"),
        ("genisoimage", "genisoimage -quiet -J -o dist/n.iso tree", "n.iso!/certs/ca.pem"),
        ("genisoimage", "genisoimage -quiet -o dist/o.iso tree", "o.iso!/CERTS/CA.PEM"),
        ("mksquashfs", "mksquashfs tree dist/p.squashfs -quiet -no-progress", "p.squashfs!/certs/ca.pem"),
        ("mksquashfs", "mksquashfs tree dist/q.snap -comp xz -quiet -no-progress", "q.snap!/certs/ca.pem"),
        (
            "mksquashfs",
            "mksquashfs tree dist/r.img -comp zstd -no-fragments -b 4096 -quiet -no-progress && gzip -k dist/r.img && rm dist/r.img",
            "r.img.gz!/certs/ca.pem",
        ),
        (
            "rpmbuild",
            "printf 'Name: x\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n%%description\nx\n\
             %%install\nmkdir -p %%{buildroot}/etc\ncp tree/certs/ca.pem %%{buildroot}/etc\n%%files\n/etc/ca.pem\n' > x.spec && \
             rpmbuild --quiet --define \"_topdir $PWD/rpm\" --define \"_builddir $PWD\" -bb x.spec && \
             cp rpm/RPMS/noarch/x-1-1.noarch.rpm dist/s.rpm",
            "s.rpm!/etc/ca.pem",
        ),
        ("lz4", "tar c -C tree . | lz4 -q > dist/t.tar.lz4", "t.tar.lz4!/certs/ca.pem"),
        ("lz4", "(printf ' ' | lz4 -qc; lz4 -qc tree/certs/ca.pem) > dist/u.pem.lz4", "u.pem.lz4!/u.pem"),
        ("lz4", "tar c -C tree . | lz4 -lq > dist/v.img", "v.img!/certs/ca.pem"),
        ("lzma", "tar c -C tree . | lzma > dist/w.tar.lzma", "w.tar.lzma!/certs/ca.pem"),
        ("mksquashfs", "mksquashfs tree dist/x.sqfs -comp lz4 -quiet -no-progress", "x.sqfs!/certs/ca.pem"),
        ("mksquashfs", "mksquashfs tree dist/y.sqfs -comp lzma -quiet -no-progress", "y.sqfs!/certs/ca.pem"),
    ];
    let mut expected = Vec::new();
    let mut missing = Vec::new();
    for (tool, line, path) in cases {
        if made(root, tool, line) { expected.push(format!("dist/{path}:1")) } else { missing.push(tool) }
    }
    if !missing.is_empty() {
        eprintln!("{} of {} cases skipped: {missing:?} not found", missing.len(), cases.len());
    }
    let report = check(root, &["dist"]);
    assert_eq!(paths(&report), expected);
    assert_eq!(unread(&report), []);
}

#[test]
fn files_are_whole_in_images() {
    let folder = tree();
    let root = folder.path();
    let lines: String = (0..30_000).map(|n| format!("{n}\n")).collect();
    let pem = String::from_utf8(fixture("leaf.pem")).unwrap();
    fs::write(root.join("tree/certs/ca.pem"), format!("{lines}{pem}")).unwrap();
    let cases = [
        ("genisoimage", "genisoimage -quiet -R -o dist/a.iso tree", "a.iso"),
        ("mksquashfs", "mksquashfs tree dist/b.sqfs -b 16384 -quiet -no-progress", "b.sqfs"),
        ("mksquashfs", "mksquashfs tree dist/c.sqfs -noD -noI -noF -quiet -no-progress", "c.sqfs"),
        ("7z", "7z a -bd dist/d.7z ./tree/certs", "d.7z"),
        ("7z", "7z a -bd -m0=lzma -ms=off dist/e.7z ./tree/certs", "e.7z"),
        ("7z", "7z a -bd -m0=deflate dist/f.7z ./tree/certs", "f.7z"),
        ("7z", "7z a -bd -m0=bcj -m1=lzma2 -mhc=off dist/g.7z ./tree/certs", "g.7z"),
        ("7z", "7z a -bd -mx=0 dist/h.7z ./tree/certs", "h.7z"),
        ("7z", "7z a -bd -m0=bzip2 dist/i.7z ./tree/certs", "i.7z"),
    ];
    let made: Vec<_> = cases.iter().filter(|(tool, line, _)| made(root, tool, line)).collect();
    if made.len() < cases.len() {
        eprintln!("{} of {} cases skipped: tools not found", cases.len() - made.len(), cases.len());
    }
    let expected: Vec<String> = made.iter().map(|(_, _, name)| format!("dist/{name}!/certs/ca.pem:30001")).collect();
    let report = check(root, &["dist", "--allow-empty"]);
    assert_eq!(unread(&report), []);
    assert_eq!(paths(&report), expected);
}

#[test]
fn archives_are_opened_in_outputs_alone() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("tree/ca.pem.gz"), gzip(&fixture("leaf.pem"))).unwrap();
    fs::write(root.join("tree/.gitignore"), "*.pem\n").unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    let both = ["tree/ca.pem.gz!/ca.pem:1", "tree/certs/ca.pem:1"];
    assert_eq!(paths(&check(root, &["tree"])), [""; 0]);
    assert_eq!(paths(&check(root, &["tree", "--artifact"])), both);
    assert_eq!(paths(&check(root, &["tree", "tree/ca.pem.gz"])), both[..1]);
}

#[test]
fn members_of_an_archive_can_be_excluded() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("dist/a.pem.gz"), gzip(&fixture("leaf.pem"))).unwrap();
    fs::write(root.join("defuse.yaml"), "paths: {exclude: ['dist/*.gz!/*.pem']}\n").unwrap();
    let report = check(root, &["dist"]);
    assert_eq!(paths(&report), [""; 0]);
}

#[test]
fn names_do_not_lead_out_of_an_archive() {
    let folder = tree();
    let (local, directory) = member(b"../../../etc/ca.pem", &fixture("leaf.pem"), 0);
    fs::write(folder.path().join("dist/a.zip"), zip_of(&local, &directory, 1)).unwrap();
    assert_eq!(paths(&check(folder.path(), &["dist"])), ["dist/a.zip!/etc/ca.pem:1"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("dist/a.gz"), &gzip(&fixture("leaf.pem"))[..300]).unwrap();
    fs::write(root.join("dist/b.zip"), b"PK\x03\x04 and nothing else").unwrap();
    fs::write(root.join("dist/z.rar"), b"Rar!\x1A\x07\x01\0").unwrap();
    let encrypted = made(root, "zip", "zip -qP secret dist/c.zip tree/certs/ca.pem");
    let coded = made(
        root,
        "7z",
        "7z a -bd -psecret dist/d.7z ./tree/certs && 7z a -bd -m0=bcj2 -m1=lzma -m2=lzma -m3=lzma -mb0:1 -mb0s1:2 \
         -mb0s2:3 dist/e.7z ./tree/certs && 7z a -bd -psecret -mhe dist/f.7z ./tree/certs",
    );
    let report = check(root, &["dist"]);
    let found = unread(&report);
    assert_eq!(found.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>()[..2], ["dist/a.gz", "dist/b.zip"]);
    let (last, why) = found.last().unwrap();
    assert_eq!((last.as_str(), why.as_str()), ("dist/z.rar", "cannot be opened: the format RAR is not read"));
    if encrypted {
        assert_eq!(found[2].0, "dist/c.zip!/tree/certs/ca.pem");
        assert!(found[2].1.contains("assword"), "{found:?}");
    }
    if coded {
        let coded: Vec<&str> =
            found.iter().filter(|(path, _)| path.contains("7z")).map(|(_, why)| why.as_str()).collect();
        let expected = [
            "cannot be read: it is encrypted",
            "cannot be read: its compression is not known",
            "cannot be opened: it is encrypted",
        ];
        assert_eq!(coded, expected);
    }
}

/// What is unread of one file with that content, under limits given as YAML.
fn limited(content: &[u8], limits: &str) -> Vec<(String, String)> {
    let folder = tree();
    fs::write(folder.path().join("dist/a"), content).unwrap();
    fs::write(folder.path().join("defuse.yaml"), format!("archives: {{{limits}}}\n")).unwrap();
    let began = Instant::now();
    let report = check(folder.path(), &["dist"]);
    assert!(began.elapsed() < Duration::from_secs(60));
    unread(&report)
}

#[test]
fn each_limit_is_said() {
    let zeros = vec![0; 4 << 20];
    let once = gzip(&zeros);
    let many: Vec<u8> = gzip(&once.repeat(20));
    let (local, _) = member(b"a", b"x", 0);
    let directory: Vec<u8> = (0..40).flat_map(|n| member(format!("{n}").as_bytes(), b"x", 0).1).collect();
    let overlapping = zip_of(&local, &directory, 40);
    let nested = (0..12).fold(b"x".to_vec(), |inner, _| gzip(&inner));
    for (content, limits, key) in [
        (&many, "", "ratio"),
        (&many, "megabytes: 10, ratio: 1000000", "megabytes"),
        (&overlapping, "entries: 39", "entries"),
        (&nested, "", "depth"),
    ] {
        let found = limited(content, limits);
        assert_eq!(found.len(), 1, "{key}: {found:?}");
        assert!(found[0].0.starts_with("dist/a") && found[0].1.ends_with(&format!("(archives.{key})")), "{found:?}");
    }
    assert_eq!(limited(&overlapping, ""), []);
    assert_eq!(limited(&nested, "depth: 12"), []);
}

#[test]
fn sparse_files_end_at_the_limit() {
    let folder = tree();
    if !made(folder.path(), "tar", "truncate -s 10G tree/big && tar cSf dist/a.tar -C tree big") {
        eprintln!("1 case skipped: tar not found");
        return;
    }
    let found = unread(&check(folder.path(), &["dist"]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.ends_with("(archives.ratio)"), "{found:?}");
}

#[test]
fn damaged_archives_are_no_harm() {
    let folder = tree();
    let root = folder.path();
    for (tool, line) in [
        ("zip", "zip -qr all.zip tree"),
        ("tar", "tar cf all.tar tree"),
        ("zstd", "zstd -q tree/certs/ca.pem -o all.zst"),
        ("xz", "xz -k -c tree/certs/ca.pem > all.xz"),
        ("bzip2", "bzip2 -k -c tree/certs/ca.pem > all.bz2"),
        ("ar", "ar rc all.a tree/certs/ca.pem"),
        ("lz4", "lz4 -qc tree/certs/ca.pem > all.lz4"),
        ("lzma", "lzma -c tree/certs/ca.pem > all.lzma"),
        ("cpio", "find tree | cpio -o -H newc > all.cpio 2>/dev/null"),
        ("genisoimage", "genisoimage -quiet -R -J -o all.iso tree"),
        ("mksquashfs", "mksquashfs tree all.squashfs -quiet -no-progress -noappend"),
        ("7z", "7z a -bd all.7z tree"),
    ] {
        if !made(root, tool, line) {
            eprintln!("1 case skipped: {tool} not found");
            continue;
        }
        let path = all(root);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(path).unwrap();
        for n in 0..150 {
            let mut bytes = whole.clone();
            let at = n * 7919 % whole.len();
            if n % 2 == 0 {
                bytes.truncate(at)
            } else {
                bytes[at] ^= 0xFF
            }
            fs::write(root.join(format!("dist/{n}")), bytes).unwrap();
        }
        check(root, &["dist"]);
    }
}

/// The file `all.…`.
fn all(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.file_stem().is_some_and(|stem| stem == "all")).unwrap()
}

fn messages(report: &Value) -> Vec<String> {
    let text =
        |finding: &Value| format!("{} {}", finding["path"].as_str().unwrap(), finding["message"].as_str().unwrap());
    report["findings"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn programs_say_their_sections() {
    let folder = tree();
    let root = folder.path();
    let bytes: String = fixture("leaf.der").iter().map(|byte| format!("{byte},")).collect();
    let pem = String::from_utf8(fixture("ca.pem")).unwrap().replace('\n', "\\n");
    let source = format!(
        "const unsigned char der[] = {{{bytes}}};\nconst char *pem = \"{pem}\";\n\
         const char *until = \"license_expires=2031-03-04\";\nconst char *help = \"see --expires=2031-03-04 for more\";\n\
         int main(void) {{ return der[0] + pem[0] + until[0] + help[0]; }}\n"
    );
    fs::write(root.join("tree/a.c"), source).unwrap();
    if !made(root, "cc", "cc tree/a.c -o dist/app && strip dist/app") {
        eprintln!("1 case skipped: cc not found");
        return;
    }
    let found = messages(&check(root, &["dist"]));
    for (found, begins) in found.iter().zip([
        "dist/app `license_expires` ends on 2031-03-04 (at offset 0x",
        "dist/app certificate of fuse.example ",
        "dist/app root certificate of Fuse Root ",
    ]) {
        assert!(found.starts_with(begins) && found.contains(" (at offset 0x") && found.ends_with(')'), "{found}");
    }
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn firmware_is_searched_over_its_seams() {
    let folder = tree();
    let der = fixture("leaf.der");
    let size: usize = 32 << 20;
    let mut image = vec![0; size + (1 << 20)];
    for at in [size - 200, size + 70_000, 1000] {
        image[at..at + der.len()].copy_from_slice(&der);
    }
    fs::write(folder.path().join("dist/fw.img"), &image).unwrap();
    let found = messages(&check(folder.path(), &["dist"]));
    let mut offsets: Vec<&str> = found.iter().filter_map(|text| text.rsplit("0x").next()).collect();
    offsets.sort_unstable();
    assert_eq!(offsets, ["1ffff38)", "2011170)", "3e8)"]);
}

#[test]
fn a_signature_at_the_end_of_a_program_is_read() {
    let folder = tree();
    let program = [&b"MZ\0\0"[..], &[0; 500], &fixture("chain.p7b"), &[0; 8]].concat();
    fs::write(folder.path().join("dist/setup.exe"), program).unwrap();
    let found = messages(&check(folder.path(), &["dist"]));
    assert!(found.len() == 2 && found.iter().all(|text| text.ends_with("(at offset 0x1f8)")), "{found:?}");
}

/// Lines and triggers of the findings.
fn gates(report: &Value) -> Vec<(u64, String)> {
    let gate = |finding: &Value| (finding["line"].as_u64().unwrap(), finding["trigger"]["at"].to_string());
    report["findings"].as_array().unwrap().iter().map(gate).collect()
}

#[test]
fn a_jar_is_judged_as_its_source() {
    let folder = tree();
    let root = folder.path();
    let fixture = format!("{}/tests/fixtures/jvm/License.java", env!("CARGO_MANIFEST_DIR"));
    fs::copy(fixture, root.join("tree/License.java")).unwrap();
    let main = "package com.acme;\nclass Main {\n  public static void main(String[] args) {\n    \
                if (License.expired()) { System.exit(1); }\n  }\n}\n";
    fs::write(root.join("tree/Main.java"), main).unwrap();
    let make = "javac -d all tree/*.java && cd all && zip -qr ../dist/app.jar . && cd .. && \
                javac -g:none -d bare tree/*.java && mv bare/com/acme/License.class dist/";
    if !made(root, "javac", make) {
        eprintln!("1 case skipped: javac not found");
        return;
    }
    let source = gates(&check(root, &["tree/License.java", "tree/Main.java"]));
    assert_eq!(source.len(), 5, "{source:?}");
    let report = check(root, &["dist/app.jar"]);
    assert_eq!(gates(&report), source);
    let first = &report["findings"][0];
    assert_eq!(first["path"], "dist/app.jar!/com/acme/License.class");
    assert!(first["message"].as_str().unwrap().ends_with(" (License.java:20)"), "{first}");
    assert_eq!(first["reach"], serde_json::json!(["Main::main"]));
    let bare = check(root, &["dist"]);
    let bare: Vec<&Value> =
        bare["findings"].as_array().unwrap().iter().filter(|finding| finding["path"] == "dist/License.class").collect();
    assert!(bare.len() == 5 && bare.iter().all(|finding| finding["line"] == 1), "{bare:?}");
    assert!(bare[0]["message"].as_str().unwrap().contains(" (at offset 0x"), "{bare:?}");
}

#[test]
fn an_assembly_is_judged_as_its_source() {
    let folder = tree();
    let root = folder.path();
    let fixture = format!("{}/tests/fixtures/dotnet/License.cs", env!("CARGO_MANIFEST_DIR"));
    fs::copy(fixture, root.join("tree/License.cs")).unwrap();
    let make = "mkdir -p lib/net45 && mcs -out:lib/net45/app.exe tree/License.cs && zip -qr dist/app.nupkg lib && \
                mcs -debug -optimize- -out:dist/debug.exe tree/License.cs && rm -f dist/*.mdb";
    if !made(root, "mcs", make) {
        eprintln!("1 case skipped: mcs not found");
        return;
    }
    let triggers = |report: &Value| gates(report).into_iter().map(|(_, at)| at).collect::<Vec<_>>();
    let source = triggers(&check(root, &["tree/License.cs"]));
    assert_eq!(source.len(), 7, "{source:?}");
    let report = check(root, &["dist/app.nupkg"]);
    assert_eq!(triggers(&report), source);
    let first = &report["findings"][0];
    assert_eq!(first["path"], "dist/app.nupkg!/lib/net45/app.exe");
    assert!(first["message"].as_str().unwrap().contains(" (at offset 0x"), "{first}");
    assert_eq!(first["reach"], serde_json::json!(["Program::Main"]));
    assert_eq!(triggers(&check(root, &["dist/debug.exe", "--artifact"])), source);
}

#[test]
fn packed_documents_are_read_as_text() {
    let folder = tree();
    let root = folder.path();
    let make = "python3 -c \"import plistlib,datetime; plistlib.dump({'LicenseExpires': datetime.datetime(2031, 3, 4)}, \
                open('dist/Info.plist', 'wb'), fmt=plistlib.FMT_BINARY)\" && cd dist && zip -qm app.ipa Info.plist";
    if !made(root, "python3", make) {
        eprintln!("1 case skipped: python3 not found");
        return;
    }
    let report = check(root, &["dist"]);
    let finding = &report["findings"][0];
    assert_eq!(paths(&report).len(), 1, "{report}");
    assert_eq!(finding["path"], "dist/app.ipa!/Info.plist");
    assert_eq!(finding["trigger"]["at"], "2031-03-04T00:00:00");
}

#[test]
fn an_android_package_says_its_pins_and_signers() {
    let folder = tree();
    let root = folder.path();
    fs::create_dir_all(root.join("res/xml")).unwrap();
    fs::write(root.join("AndroidManifest.xml"), "<manifest package=\"org.fuse\"><application/></manifest>").unwrap();
    let pins = "<network-security-config>\n <domain-config>\n  <pin-set expiration=\"2031-03-04\"><pin digest=\"SHA-256\">\
                AAAA</pin></pin-set>\n </domain-config>\n</network-security-config>\n";
    fs::write(root.join("res/xml/net.xml"), pins).unwrap();
    let make = "aapt package -f -M AndroidManifest.xml -S res -F a.apk && \
                keytool -genkeypair -alias a -keyalg RSA -dname CN=fuse -startdate 2030/01/01 -validity 400 -keystore k \
                -storepass secret 2>&1 && apksigner sign --ks k --ks-pass pass:secret --v1-signing-enabled false \
                --v4-signing-enabled false \
                --min-sdk-version 24 --out dist/a.apk a.apk";
    let tools = ["aapt", "keytool", "apksigner"];
    if !tools.iter().all(|tool| made(root, tool, "true")) {
        eprintln!("1 case skipped: one of {tools:?} not found");
        return;
    }
    assert!(made(root, "aapt", make));
    let report = check(root, &["dist"]);
    assert_eq!(paths(&report), ["dist/a.apk!/APK Signing Block:1", "dist/a.apk!/res/xml/net.xml:3"]);
    let found = messages(&report);
    assert!(found[0].contains("certificate of fuse "), "{found:?}");
    assert_eq!(report["findings"][0]["level"], "note");
    assert!(found[1].contains("pins are enforced until 2031-03-04"), "{found:?}");
}

#[test]
fn what_stands_in_an_archive_is_shown_and_can_be_waived() {
    let folder = tree();
    let root = folder.path();
    let gate = "import java.time.*;\nclass A {\n  boolean a() { return LocalDate.now().isAfter(LocalDate.of(2031, 5, 6)); }\n}\n";
    let waived = gate.replace("  boolean", "  // defuse: allow(date-gate) reason=\"agreed with sales\"\n  boolean");
    fs::write(root.join("tree/A.java"), gate).unwrap();
    fs::write(root.join("tree/B.java"), waived).unwrap();
    fs::write(root.join("tree/c.yaml"), "a: 1\nlicense_expires: 2031-05-06\n").unwrap();
    let key = "# defuse: allow(license-expiry) reason=\"renewed by then\"\nlicense_expires: 2031-05-06\n";
    fs::write(root.join("tree/d.yaml"), key).unwrap();
    if !made(root, "zip", "cd tree && zip -q ../dist/a.zip A.java B.java c.yaml d.yaml") {
        eprintln!("1 case skipped: zip not found");
        return;
    }
    let report = check(root, &["dist"]);
    let waived: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !finding["waived"].is_null())
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths(&report).len(), 4, "{report}");
    assert_eq!(waived, ["dist/a.zip!/d.yaml", "dist/a.zip!/B.java"], "{report}");
    let human = Command::new(env!("CARGO_BIN_EXE_defuse"))
        .args(["check", "--release-date", "2030-01-01", "dist"])
        .current_dir(root)
        .output()
        .unwrap();
    let human = String::from_utf8(human.stdout).unwrap();
    for line in ["3 |   boolean a() {", "2 | license_expires: 2031-05-06"] {
        assert!(human.contains(line), "{human}");
    }
}

/// The most memory that judging `dist` took, in MB, and what is unread of it. Where the system does not say, 0.
fn peak(root: &Path) -> (u64, Vec<(String, String)>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_defuse"))
        .args(["check", "--format", "json", "--release-date", "2030-01-01", "dist"])
        .current_dir(root)
        .stdout(fs::File::create(root.join("report")).unwrap())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or_default() >> 10);
        std::thread::sleep(Duration::from_millis(2));
    }
    let report = serde_json::from_slice(&fs::read(root.join("report")).unwrap()).unwrap();
    (peak, unread(&report))
}

#[test]
fn bombs_take_little_memory() {
    let folder = tree();
    let root = folder.path();
    // As 42.zip: sixteen of the layer below in each layer, zeros at the bottom.
    let mut layer = gzip(&vec![0; 16 << 20]);
    for _ in 0..5 {
        let (mut local, mut directory) = (Vec::new(), Vec::new());
        for n in 0..16 {
            let (own, entry) = member(format!("{n}.zip").as_bytes(), &layer, u32::try_from(local.len()).unwrap());
            local.extend(own);
            directory.extend(entry);
        }
        layer = gzip(&zip_of(&local, &directory, 16));
    }
    fs::write(root.join("dist/a.gz"), layer).unwrap();
    let sparse = "truncate -s 1G tree/big";
    let tools = [
        ("tar", "truncate -s 10G huge && tar cSf dist/b.tar huge"),
        ("mksquashfs", "mksquashfs tree dist/c.squashfs -quiet -no-progress"),
        ("7z", "7z a -bd -mx=1 dist/d.7z tree/big"),
        ("genisoimage", "cp dist/a.gz x.gz && genisoimage -quiet -R -o dist/e.iso x.gz"),
    ];
    assert!(made(root, "truncate", sparse));
    let missing = tools.iter().filter(|(tool, line)| !made(root, tool, line)).count();
    if missing > 0 {
        eprintln!("{missing} of {} cases skipped: tools not found", tools.len());
    }
    let (peak, unread) = peak(root);
    assert!(peak < 300, "{peak} MB");
    let mut ended: Vec<&str> = unread.iter().filter_map(|(path, _)| path.split('!').next()).collect();
    ended.dedup();
    assert_eq!(ended.len(), 1 + tools.len() - missing, "{unread:?}");
    assert!(unread.len() < 20 && unread.iter().all(|(_, why)| why.contains("(archives.")), "{unread:?}");
    eprintln!("{peak} MB at most");
}
