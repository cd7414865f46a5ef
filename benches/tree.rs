//! What a check costs beside reading the tree.
//!
//! ```text
//! DEFUSE_BENCH_TREE=~/src/linux cargo bench --bench tree
//! cargo bench --bench tree -- ~/src/linux
//! ```
//!
//! Runs whole processes in turn, several times, and prints medians and ratios from that one run: reading every file
//! (this program again, as its own child), reading and sifting them with what the tool knows, `defuse check`, the same once
//! more with what the first run kept, and `rg -c` with the same words if it is installed. Then the sift's speed on text in memory.
//!
//! ```text
//! DEFUSE_BENCH_POLYGLOT=~/src/polyglot cargo bench --bench tree
//! ```
//!
//! The folder holds one tree per language under that language's name: a real package of 50,000 lines and more, such as those
//! that [`PACKAGES`] names (unpacked there by whoever measures). Each tree is read and checked, then the whole folder; a check
//! is to cost no more than [`POLYGLOT`] times reading. The start of the tool, with all rules loaded, is measured each time.
//!
//! `cargo bench --bench tree -- list TREE` prints which files the sift finds worth a visit, and why: what a new word
//! in `rules/` costs.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use defuse::knowledge::Knowledge;
use defuse::source::{File, Scope, WalkOptions, scan};

const ROUNDS: usize = 7;

/// How many times what reading costs a check of a tree of many languages may cost.
const POLYGLOT: f64 = 3.0;
/// How long the start of the tool may take, with all rules loaded, in milliseconds.
const START: f64 = 10.0;

/// Real packages of 50,000 lines of a language and more: the language, the package with its version, and the client that
/// fetches its source. Those of apt are Debian 12's. Dart, PowerShell and Swift have none of that size at hand.
const PACKAGES: [(&str, &str, &str); 19] = [
    ("bash", "git 2.39.5", "apt-get source"),
    ("c", "sqlite3 3.40.1", "apt-get source"),
    ("cpp", "poco 1.11.0", "apt-get source"),
    ("csharp", "keepass2 2.47", "apt-get source"),
    ("elixir", "elixir-lang 1.14.0", "apt-get source"),
    ("go", "nats-server 2.9.10", "apt-get source"),
    ("groovy", "groovy 2.4.21", "apt-get source"),
    ("java", "tomcat9 9.0.70", "apt-get source"),
    ("javascript", "antd 3.11.2", "npm"),
    ("kotlin", "kotlin 1.3.31", "apt-get source"),
    ("lua", "neovim 0.7.2", "apt-get source"),
    ("objc", "gnustep-base 1.28.0", "apt-get source"),
    ("perl", "libimage-exiftool-perl 12.57", "apt-get source"),
    ("php", "symfony 5.4.53", "apt-get source"),
    ("python", "Django 2.1.5", "pip"),
    ("ruby", "rails 6.1.7.10", "apt-get source"),
    ("rust", "tokio 1.36.0", "cargo"),
    ("scala", "scala 2.11.12", "apt-get source"),
    ("typescript", "aws-sdk 2.1400.0", "npm"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("read") => read(Path::new(&arguments[1])),
        Some("list") => list(Path::new(&arguments[1])),
        tree => {
            match tree.map(PathBuf::from).or_else(|| std::env::var_os("DEFUSE_BENCH_TREE").map(PathBuf::from)) {
                Some(tree) => compare(&tree),
                None => println!("no tree given (DEFUSE_BENCH_TREE or an argument)"),
            }
            match std::env::var_os("DEFUSE_BENCH_POLYGLOT").map(PathBuf::from) {
                Some(folder) => polyglot(&folder),
                None => println!("no packages given (DEFUSE_BENCH_POLYGLOT)"),
            }
            start();
            in_memory();
        }
    }
}

/// Walks and reads, nothing else.
fn read(tree: &Path) {
    let walk = ignore::WalkBuilder::new(tree).hidden(false).threads(0).build_parallel();
    walk.run(|| {
        let mut buffer = vec![0; 2 << 20];
        Box::new(move |entry| {
            if let Ok(entry) = entry.as_ref()
                && entry.file_type().is_some_and(|kind| kind.is_file())
                && let Ok(mut file) = std::fs::File::open(entry.path())
            {
                while std::io::Read::read(&mut file, &mut buffer).is_ok_and(|count| count > 0) {}
            }
            ignore::WalkState::Continue
        })
    });
}

/// Walks, reads and sifts, and prints what is worth a visit.
fn list(tree: &Path) {
    let options = WalkOptions::new(std::env::current_dir().unwrap());
    let visit = |file: &File<'_>| Some((file.marks, file.bytes.len()));
    let found = scan(&Scope::Source(vec![tree.to_owned()]), &options, &knowledge().sift(), visit).unwrap();
    let mut sums: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (path, (marks, bytes)) in found.results {
        let marks = marks.names().collect::<Vec<_>>().join("+");
        println!("{marks:<30} {bytes:>9} {path}");
        let sum = sums.entry(marks).or_default();
        *sum = (sum.0 + 1, sum.1 + bytes);
    }
    println!("{} files seen, {} skipped; worth a visit:", found.seen, found.skipped.len());
    for (marks, (files, bytes)) in sums {
        println!("{files:>6} files {:>6} KB  {marks}", bytes >> 10);
    }
}

fn knowledge() -> Knowledge {
    Knowledge::load(&[], None, &[]).unwrap()
}

fn compare(tree: &Path) {
    let own = std::env::current_exe().unwrap();
    let defuse = PathBuf::from(env!("CARGO_BIN_EXE_defuse"));
    let sift = knowledge().sift();
    let mut words: Vec<String> = sift.groups().flat_map(|group| group.words.words()).map(|word| word.text).collect();
    words.sort_unstable();
    words.dedup();
    // rg searches line by line.
    words.retain(|word| !word.contains('\n'));
    let pattern = words.iter().map(|word| regex::escape(word).replace('_', "[ _-]?")).collect::<Vec<_>>().join("|");
    let check = ["check", "--exit-zero", "--release-date", "2026-01-01"];
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().to_str().unwrap();
    let mut contenders: Vec<(&str, Command)> = vec![
        ("walk + read", command(&own, &["read"], tree)),
        ("walk + read + sift", command(&own, &["list"], tree)),
        ("defuse check", command(&defuse, &[&check[..], &["--no-cache"]].concat(), tree)),
        ("defuse check again", command(&defuse, &[&check[..], &["--cache-dir", kept]].concat(), tree)),
    ];
    if Command::new("rg").arg("--version").stdout(Stdio::null()).status().is_ok() {
        contenders.push((
            "rg -c (same words)",
            command(Path::new("rg"), &["--hidden", "-c", "-i", "--regex-size-limit", "1G", "-e", &pattern], tree),
        ));
    }
    let medians = medians(contenders.iter_mut().map(|(_, command)| command).collect());
    for ((name, _), time) in contenders.iter().zip(&medians) {
        println!("{name:<20} {:>7.0} ms  {:>5.2} x", millis(*time), millis(*time) / millis(medians[0]));
    }
}

/// What each command takes, run in turn; the first round is not counted.
fn medians(mut commands: Vec<&mut Command>) -> Vec<Duration> {
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); commands.len()];
    for _ in 0..=ROUNDS {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let start = Instant::now();
            let code = command.status().unwrap().code();
            assert!(matches!(code, Some(0 | 1)), "{} ended with {code:?}", command.get_program().display());
            times.push(start.elapsed());
        }
    }
    times.iter_mut().map(|times| median(&mut times[1..])).collect()
}

/// Reads and checks the tree of each language below a folder, then all of them.
fn polyglot(folder: &Path) {
    for (language, package, client) in PACKAGES.iter().filter(|(language, ..)| !folder.join(language).is_dir()) {
        println!("{language:<12} not there: {package}, by {client}");
    }
    let listing = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut trees: Vec<PathBuf> = listing.filter(|path| path.is_dir()).collect();
    trees.sort();
    trees.push(folder.to_owned());
    let own = std::env::current_exe().unwrap();
    let check = ["check", "--exit-zero", "--release-date", "2026-01-01", "--no-cache", "--allow-empty"];
    for tree in trees {
        let mut reads = command(&own, &["read"], &tree);
        let mut checks = command(Path::new(env!("CARGO_BIN_EXE_defuse")), &check, &tree);
        let times = medians(vec![&mut reads, &mut checks]);
        let (read, check) = (millis(times[0]), millis(times[1]));
        let whole = tree == folder;
        let name = if whole { "all languages".into() } else { tree.file_name().unwrap_or_default().to_string_lossy() };
        let verdict = if whole && check > POLYGLOT * read { "  too slow" } else { "" };
        println!("{name:<14} read {read:>6.0} ms, check {check:>7.0} ms, {:>5.2} x{verdict}", check / read);
    }
}

/// How long the tool takes where there is nothing to check.
fn start() {
    let folder = tempfile::tempdir().unwrap();
    let check = ["check", "--exit-zero", "--release-date", "2026-01-01", "--no-cache", "--allow-empty"];
    let mut checks = command(Path::new(env!("CARGO_BIN_EXE_defuse")), &check, folder.path());
    let time = millis(medians(vec![&mut checks])[0]);
    println!("start {time:>20.1} ms{}", if time > START { "  too slow" } else { "" });
}

fn command(program: &Path, arguments: &[&str], tree: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(tree).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The sift alone, on text in memory that holds many near misses.
fn in_memory() {
    let line = "    if (timer_expired(ctx) && count < 0x2020) return do_something(ctx, 2048); /* since 2007 */\n";
    let sift = knowledge().sift();
    let rust = sift.group_of("a.rs", b"").unwrap();
    for (name, text) in
        [("source", line.repeat(20_000)), ("digits", "0123456789 ".repeat(200_000)), ("zeros", "\0".repeat(2 << 20))]
    {
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            std::hint::black_box(sift.marks(rust, std::hint::black_box(text.as_bytes())));
            times.push(start.elapsed());
        }
        let time = median(&mut times).as_secs_f64();
        println!("sift of {name:<8} {:>7.0} MB/s", text.len() as f64 / time / 1e6);
    }
}
