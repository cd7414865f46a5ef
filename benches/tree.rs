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

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("read") => read(Path::new(&arguments[1])),
        Some("list") => list(Path::new(&arguments[1])),
        tree => {
            match tree.map(PathBuf::from).or_else(|| std::env::var_os("DEFUSE_BENCH_TREE").map(PathBuf::from)) {
                Some(tree) => compare(&tree),
                None => println!("no tree given (DEFUSE_BENCH_TREE or an argument): only the sift is measured"),
            }
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
    let mut words: Vec<&str> = sift.groups().flat_map(|group| &group.words).map(|word| word.text.as_str()).collect();
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
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); contenders.len()];
    for _ in 0..=ROUNDS {
        for ((_, command), times) in contenders.iter_mut().zip(&mut times) {
            let start = Instant::now();
            let code = command.status().unwrap().code();
            assert!(matches!(code, Some(0 | 1)), "{} ended with {code:?}", command.get_program().display());
            times.push(start.elapsed());
        }
    }
    let medians: Vec<Duration> = times.iter_mut().map(|times| median(&mut times[1..])).collect();
    for ((name, _), time) in contenders.iter().zip(&medians) {
        println!("{name:<20} {:>7.0} ms  {:>5.2} x", millis(*time), millis(*time) / millis(medians[0]));
    }
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
