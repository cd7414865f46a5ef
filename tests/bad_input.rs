//! Trees that are meant to break a scanner: each must end soon, in the same order, with a word about what was left out.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use defuse::source::{Comments, Excludes, Group, Marks, Scan, Scope, Sift, SiftWord, WalkError, WalkOptions, scan};

const BOMB: &str = "if (time(NULL) > 1) abort();\n";

fn sift() -> Sift {
    let source = Group {
        name: "c".to_owned(),
        extensions: vec!["c".to_owned()],
        comments: Comments::c_like(),
        words: vec![SiftWord::call("time", Marks::CLOCK)].into(),
        dates: true,
        worth: vec![Marks::CLOCK, Marks::DEADLINE],
        cap: 1 << 20,
        ..Group::default()
    };
    let keys = Group {
        name: "key".to_owned(),
        extensions: vec!["p12".to_owned()],
        always: true,
        binary: true,
        cap: 1 << 20,
        ..Group::default()
    };
    Sift::new(vec![source, keys], None)
}

/// The marked files and the skipped ones.
fn look(scope: Scope, root: &Path, excludes: &[&str]) -> (Vec<String>, Vec<(String, String)>) {
    let excludes: Vec<String> = excludes.iter().map(ToString::to_string).collect();
    let options =
        WalkOptions { excludes: Excludes::new(root, &excludes).unwrap(), ..WalkOptions::new(root.to_owned()) };
    let mut all = (1..=3).map(|jobs| {
        let found = scan(&scope, &WalkOptions { jobs, ..options.clone() }, &sift(), |file| Some(file.marks)).unwrap();
        shown(found)
    });
    let first = all.next().unwrap();
    assert!(all.all(|other| other == first), "the number of threads changes the result");
    first
}

fn shown(found: Scan<Marks>) -> (Vec<String>, Vec<(String, String)>) {
    let results = found.results.into_iter().map(|(path, _)| path.to_string()).collect();
    let skipped = found.skipped.into_iter().map(|skip| (skip.path.to_string(), skip.why.to_string())).collect();
    (results, skipped)
}

fn tree(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (path, bytes) in files {
        write(&root, path, bytes);
    }
    (folder, root)
}

fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn source(root: &Path) -> Scope {
    Scope::Source(vec![root.to_owned()])
}

fn skipped(path: &str, why: &str) -> (String, String) {
    (path.to_owned(), why.to_owned())
}

#[test]
fn pipes_and_sockets_are_never_opened() {
    let (_folder, root) = tree(&[("a.c", BOMB.as_bytes())]);
    assert!(Command::new("mkfifo").arg(root.join("pipe.c")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket.c")).unwrap();
    let reasons = [skipped("pipe.c", "not a regular file"), skipped("socket.c", "not a regular file")];
    assert_eq!(look(source(&root), &root, &[]), (vec!["a.c".to_owned()], reasons.to_vec()));
    let named = Scope::Files(vec![root.join("pipe.c"), root.join("socket.c")]);
    assert_eq!(look(named, &root, &[]).1, reasons);
    assert_eq!(look(Scope::Source(vec![root.join("pipe.c")]), &root, &[]).1, reasons[..1]);
}

#[test]
fn an_odd_gitignore_is_not_read() {
    let bomb = BOMB.as_bytes();
    let files: [(&str, &[u8]); 4] = [(".git/HEAD", b""), ("a/a.c", bomb), ("b/b.c", bomb), ("b/.git/c.c", bomb)];
    let (_folder, root) = tree(&files);
    assert!(Command::new("mkfifo").arg(root.join("a/.gitignore")).status().unwrap().success());
    symlink("/dev/zero", root.join("b/.gitignore")).unwrap();
    let (results, reasons) = look(source(&root), &root, &[]);
    assert_eq!(results, ["a/a.c", "b/b.c"]);
    assert_eq!(reasons, [skipped("a/.gitignore", "not a regular file")]);
}

#[test]
fn links_are_followed_only_when_named() {
    let (_folder, root) = tree(&[("a/a.c", BOMB.as_bytes())]);
    symlink(&root, root.join("a/loop")).unwrap();
    symlink(root.join("a/a.c"), root.join("b.c")).unwrap();
    symlink(root.join("nowhere"), root.join("dangling.c")).unwrap();
    assert_eq!(look(source(&root), &root, &[]), (vec!["a/a.c".to_owned()], vec![]));
    let named = Scope::Files(vec![root.join("b.c"), root.join("dangling.c")]);
    assert_eq!(look(named, &root, &[]), (vec!["b.c".to_owned()], vec![skipped("dangling.c", "not found")]));
    assert_eq!(look(Scope::Source(vec![root.join("a/loop")]), &root, &[]).0, ["a/loop/a/a.c"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    let (_folder, root) = tree(&[("a.c", BOMB.as_bytes()), ("b.c", b""), ("closed/c.c", b"")]);
    let missing = Scope::Source(vec![root.join("missing")]);
    let outcome = scan(&missing, &WalkOptions::new(root.clone()), &sift(), |_| Some(()));
    assert!(matches!(outcome, Err(WalkError::Unreadable { .. })));
    assert_eq!(look(Scope::Files(vec![root.join("gone.c")]), &root, &[]).1, [skipped("gone.c", "not found")]);

    for closed in ["b.c", "closed"] {
        fs::set_permissions(root.join(closed), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let is_superuser = fs::read(root.join("b.c")).is_ok();
    let expected = [skipped("b.c", "permission denied"), skipped("closed", "permission denied")];
    if !is_superuser {
        assert_eq!(look(source(&root), &root, &[]), (vec!["a.c".to_owned()], expected.to_vec()));
    }
    fs::set_permissions(root.join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn any_encoding_is_searched() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(BOMB.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin1 = [b"// caf\xE9\n", BOMB.as_bytes()].concat();
    let zero = [BOMB.as_bytes(), b"\0"].concat();
    let (_folder, root) =
        tree(&[("latin1.c", &latin1), ("nul.c", &zero), ("key.p12", b"\x30\0"), ("utf16.c", &utf16), ("x.c", b"\0")]);
    let (results, reasons) = look(source(&root), &root, &[]);
    assert_eq!(results, ["key.p12", "latin1.c", "utf16.c"]);
    assert_eq!(reasons, [skipped("nul.c", "binary: not parsed")]);
}

#[test]
fn large_files_are_searched_but_never_held() {
    let (_folder, root) = tree(&[("harmless.c", &vec![b' '; 3 << 20])]);
    let mut large = vec![b' '; (3 << 20) + 7];
    large.extend(BOMB.as_bytes());
    write(&root, "large.c", &large);
    assert_eq!(look(source(&root), &root, &[]), (vec![], vec![skipped("large.c", "larger than 1 MB: not parsed")]));
    let sparse = fs::File::create(root.join("sparse.c")).unwrap();
    sparse.set_len(1 << 30).unwrap();
    let found =
        scan(&Scope::Files(vec![root.join("sparse.c")]), &WalkOptions::new(root), &sift(), |_| Some(Marks::NONE));
    assert_eq!(shown(found.unwrap()).1, [skipped("sparse.c", "larger than 256 MB: not searched to its end")]);
}

#[test]
fn hostile_names_are_only_names() {
    let (_folder, root) = tree(&[]);
    let names: [&[u8]; 4] = [b"new\nline.c", b"\x1B[31mred.c", b"-rf.c", b"bad\xFF.c"];
    for name in names {
        fs::write(root.join(OsStr::from_bytes(name)), BOMB).unwrap();
    }
    let (results, reasons) = look(source(&root), &root, &[]);
    assert_eq!(results, ["\x1B[31mred.c", "-rf.c", "bad\\xFF.c", "new\nline.c"]);
    assert!(reasons.is_empty());
}

#[test]
fn a_parser_that_fails_costs_one_file() {
    let (_folder, root) = tree(&[("a.c", BOMB.as_bytes()), ("b.c", BOMB.as_bytes())]);
    let found = scan(&source(&root), &WalkOptions::new(root.clone()), &sift(), |file| {
        assert!(&*file.path != "a.c", "a bug");
        Some(file.marks)
    });
    let (results, reasons) = shown(found.unwrap());
    assert_eq!(results, ["b.c"]);
    assert_eq!(reasons, [skipped("a.c", "the parser failed on it (a bug in defuse)")]);
}

#[test]
fn a_visit_may_recurse_deeply() {
    fn depth(n: u32) -> u32 {
        let frame = std::hint::black_box([n; 64]);
        if n == 0 { 0 } else { depth(n - 1) + frame[0].min(1) }
    }
    let (_folder, root) = tree(&[("a.c", BOMB.as_bytes())]);
    let found = scan(&source(&root), &WalkOptions::new(root.clone()), &sift(), |_| Some(depth(30_000)));
    assert_eq!(found.unwrap().results[0].1, 30_000);
}

#[test]
fn ignored_files_are_read_only_where_nothing_may_be_ignored() {
    let bomb = BOMB.as_bytes();
    let files: [(&str, &[u8]); 6] = [
        (".gitignore", b"out\n"),
        (".git/hooks/a.c", bomb),
        (".github/b.c", bomb),
        ("out/c.c", bomb),
        ("vendor/d.c", bomb),
        ("src/e.c", bomb),
    ];
    let (_folder, root) = tree(&files);
    assert_eq!(look(source(&root), &root, &["vendor/"]).0, [".github/b.c", "src/e.c"]);
    let output = Scope::Output(vec![root.clone()]);
    assert_eq!(look(output, &root, &["vendor/"]).0, [".git/hooks/a.c", ".github/b.c", "out/c.c", "src/e.c"]);
    let named = Scope::Files(vec![root.join("vendor/d.c"), root.join("out/c.c")]);
    assert_eq!(look(named, &root, &["vendor/"]), (vec!["out/c.c".to_owned()], vec![]));
    let overlapping = Scope::Source(vec![root.join("src"), root.join("src/../src/e.c"), root.clone()]);
    assert_eq!(look(overlapping, &root, &["vendor/"]).0, [".github/b.c", "src/e.c"]);
}

#[test]
fn paths_outside_the_current_folder_are_shown_as_given() {
    let (_folder, root) = tree(&[("a/b.c", BOMB.as_bytes()), ("elsewhere/x", b"")]);
    let options = WalkOptions::new(root.join("elsewhere"));
    let found = scan(&Scope::Source(vec![root.join("a")]), &options, &sift(), |_| Some(())).unwrap();
    assert_eq!(&*found.results[0].0, root.join("a/b.c").to_str().unwrap());
    assert_eq!(found.seen, 1);
}
