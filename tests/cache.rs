//! The two halves of a check, and what is kept between runs: whatever is kept, shared out or damaged, the report is that
//! of one run over the whole tree.
#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, UNIX_EPOCH};

use assert_cmd::Command;
use tempfile::TempDir;

/// Folders that go wherever the example goes, with a clock, a date and callers apart from each other.
const ESX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/esx-3.5u2/shipped");

fn defuse(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("defuse").unwrap();
    command.current_dir(folder).args(args).env_remove("SOURCE_DATE_EPOCH").output().unwrap()
}

fn json(folder: &Path, args: &[&str]) -> String {
    let output = defuse(folder, &[args, &["--release-date", "2008-07-25", "--format", "json", "--exit-zero"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A copy of the example and a few files more; all were written long ago.
fn tree() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    copy(Path::new(ESX), folder.path(), Path::new(""), &mut files);
    for (path, text) in [
        ("conf/app.yaml", "license:\n  expires: 2009-01-01\n"),
        ("tools/nag.py", "import time\n\ndef nag():\n    if time.time() > 1230768000:\n        raise SystemExit(1)\n"),
        ("tools/broken.py", "def f(:\n    import time; time.time() > 1230768000\n"),
        ("README.txt", "nothing\n"),
    ] {
        write(&folder.path().join(path), text);
        files.push(path.to_owned());
    }
    (folder, files)
}

fn copy(from: &Path, to: &Path, below: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(from.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        if from.join(&path).is_dir() {
            copy(from, to, &path, files);
        } else {
            write(&to.join(&path), &fs::read_to_string(from.join(&path)).unwrap());
            files.push(path.to_str().unwrap().to_owned());
        }
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000))
        .unwrap();
}

/// The files of the cache, its index first.
fn kept(cache: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|file| file.extension().is_none_or(|ending| ending != "index"));
    files
}

#[test]
fn facts_that_are_linked_give_the_report_of_one_run_however_they_are_shared_out() {
    let (folder, files) = tree();
    let facts = |name: &str, files: &[&String]| {
        let mut args = vec!["facts", "-o", name];
        args.extend(files.iter().map(|file| file.as_str()));
        assert!(defuse(folder.path(), &args).status.success());
    };
    let all: Vec<&str> = files.iter().map(String::as_str).collect();
    let whole = json(folder.path(), &[&["check"], &all[..]].concat());
    assert!(whole.contains("VirtualMachine::powerOn") && whole.contains("2008-08-12"), "{whole}");
    for shards in [1, 2, 3, files.len()] {
        let names: Vec<String> = (0..shards).map(|n| format!("{shards}-{n}.facts")).collect();
        for (n, name) in names.iter().enumerate() {
            facts(name, &files.iter().skip(n).step_by(shards).collect::<Vec<_>>());
        }
        let names: Vec<&str> = names.iter().rev().map(String::as_str).collect();
        assert_eq!(json(folder.path(), &[&["link"], &names[..]].concat()), whole, "{shards} shards");
    }
}

#[test]
fn facts_of_folders_give_the_report_of_one_run() {
    let (folder, _) = tree();
    let folders = ["cluster", "conf", "licensing", "tools", "vm"];
    let mut names = Vec::new();
    for part in folders {
        let name = format!("{part}.facts");
        assert!(defuse(folder.path(), &["facts", part, "--output", &name]).status.success());
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let whole = json(folder.path(), &[&["check"], &folders[..]].concat());
    assert_eq!(json(folder.path(), &[&["link"], &names[..]].concat()), whole);
}

#[test]
fn facts_that_are_no_good_are_refused() {
    let (folder, _) = tree();
    assert!(defuse(folder.path(), &["facts", "licensing", "-o", "a"]).status.success());
    let good = fs::read(folder.path().join("a")).unwrap();
    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(folder.path().join("cut"), &good[..good.len() / 2]).unwrap();
    fs::write(folder.path().join("changed"), changed).unwrap();
    fs::write(folder.path().join("foreign"), "PK\u{3}\u{4}").unwrap();
    for (facts, why) in [
        (&["cut"][..], "cut: it is damaged"),
        (&["changed"], "changed: it is damaged"),
        (&["foreign"], "foreign: it holds no facts of defuse"),
        (&["a", "a"], "two of the files hold the facts of licensing/"),
        (&["gone"], "cannot read gone"),
    ] {
        let output = defuse(folder.path(), &[&["link"], facts].concat());
        assert_eq!(output.status.code(), Some(2), "{facts:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{said}");
    }
    write(&folder.path().join("more/words.yaml"), "expiry:\n  strong:\n    - beer before\n");
    let output = defuse(folder.path(), &["link", "a", "--rules", "more"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("with other rules"));
}

#[test]
fn what_is_kept_changes_nothing_but_the_time() {
    let (folder, _) = tree();
    let cache = tempfile::tempdir().unwrap();
    let kept_in = ["check", "--cache-dir", cache.path().to_str().unwrap()];
    let check = || {
        let fresh = json(folder.path(), &["check", "--no-cache"]);
        assert_eq!(json(folder.path(), &kept_in), fresh);
        fresh
    };
    let first = check();
    assert_eq!(kept(cache.path()).len(), 2);
    assert_eq!(check(), first, "nothing changed");
    // The state of a file is what it was, and the report must be another's all the same.
    write(&folder.path().join("conf/app.yaml"), "license:\n  expires: 2010-01-01\n");
    let second = check();
    assert!(second.contains("2010-01-01"));
    // The date moves in a header, and the comparison with it.
    let limits = folder.path().join("licensing/BetaLimits.h");
    write(&limits, &fs::read_to_string(&limits).unwrap().replace("2008", "2007"));
    assert_ne!(check(), second);
    fs::remove_file(folder.path().join("tools/nag.py")).unwrap();
    let third = check();
    assert!(!third.contains("nag.py"));
    write(&folder.path().join("tools/late.py"), "import time\nassert time.time() < 1230768000\n");
    assert!(check().contains("late.py"));
    write(&folder.path().join("defuse.yaml"), "levels: {config-expiry: note}\n");
    check();
}

#[test]
fn a_cache_that_is_no_good_is_not_used() {
    let (folder, _) = tree();
    let cache = tempfile::tempdir().unwrap();
    let args = ["check", "--cache-dir", cache.path().to_str().unwrap()];
    let good = json(folder.path(), &args);
    for n in 0..2 {
        let file = &kept(cache.path())[n];
        let bytes = fs::read(file).unwrap();
        for broken in [&bytes[..bytes.len() / 2], &bytes[..0], b"something else"] {
            fs::write(file, broken).unwrap();
            assert_eq!(json(folder.path(), &args), good);
        }
    }
    let file = &kept(cache.path())[0];
    fs::write(file, "something else").unwrap();
    let output = defuse(folder.path(), &args);
    assert!(String::from_utf8(output.stderr).unwrap().contains("is not used: it holds no facts of defuse"));
    // A folder that cannot be written is said, and costs nothing else.
    let blocked = folder.path().join("README.txt");
    assert_eq!(json(folder.path(), &["check", "--cache-dir", blocked.to_str().unwrap()]), good);
}

#[test]
fn checks_can_share_a_cache() {
    let (folder, _) = tree();
    let cache = tempfile::tempdir().unwrap();
    let args = ["check", "--cache-dir", cache.path().to_str().unwrap()];
    let good = json(folder.path(), &["check", "--no-cache"]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..3).for_each(|_| assert_eq!(json(folder.path(), &args), good)));
        }
    });
}
