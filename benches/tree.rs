//! What a check costs beside reading the tree.
//!
//! ```text
//! DEFUSE_BENCH_TREE=~/src/linux cargo bench --bench tree
//! cargo bench --bench tree -- ~/src/linux
//! ```
//!
//! Runs whole processes in turn, several times, and prints medians and ratios from that one run: reading every file
//! (this program again, as its own child), reading and sifting them with a sample vocabulary, `defuse check`, and
//! `rg -c` with the same words if it is installed. Then the sift's speed on a text in memory.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use defuse::source::{Comments, Group, Marks, Scope, Sift, SiftWord, WalkOptions, scan};

const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("read") => read(Path::new(&arguments[1])),
        Some("sift") => sift(Path::new(&arguments[1]), arguments.get(2).map(String::as_str)),
        tree => {
            match tree.map(PathBuf::from).or_else(|| std::env::var_os("DEFUSE_BENCH_TREE").map(PathBuf::from)) {
                Some(tree) => compare(&tree),
                None => println!("no tree given (DEFUSE_BENCH_TREE or an argument): only the sift is measured"),
            }
            in_memory();
        }
    }
}

/// Walks and reads, nothing else: every file is "visited" by a sift that wants nothing.
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

/// Walks, reads and sifts; with `list`, prints what it finds.
fn sift(tree: &Path, list: Option<&str>) {
    let options = WalkOptions::new(std::env::current_dir().unwrap());
    let sift = Sift::new(groups(), Some(0));
    let found =
        scan(&Scope::Source(vec![tree.to_owned()]), &options, &sift, |file| Some((file.marks, file.bytes.len())))
            .unwrap();
    let bytes: usize = found.results.iter().map(|(_, (_, bytes))| bytes).sum();
    eprintln!(
        "{} seen, {} worth a visit ({} KB), {} skipped",
        found.seen,
        found.results.len(),
        bytes >> 10,
        found.skipped.len()
    );
    if list.is_some() {
        for (path, (marks, bytes)) in found.results {
            println!("{}\t{bytes}\t{path}", marks.names().collect::<Vec<_>>().join(","));
        }
        for skip in found.skipped {
            println!("skipped\t{}\t{}", skip.why, skip.path);
        }
    }
}

fn compare(tree: &Path) {
    let own = std::env::current_exe().unwrap();
    let defuse = PathBuf::from(env!("CARGO_BIN_EXE_defuse"));
    let words: Vec<String> = groups().iter().flat_map(|group| group.words.clone()).map(|word| word.text).collect();
    let pattern = words.iter().map(|word| regex::escape(word).replace('_', "[ _-]?")).collect::<Vec<_>>().join("|");
    let mut contenders: Vec<(&str, Command)> = vec![
        ("walk + read", command(&own, &["read"], tree)),
        ("walk + read + sift", command(&own, &["sift"], tree)),
        ("defuse check", command(&defuse, &["check", "--exit-zero", "--release-date", "2026-01-01"], tree)),
    ];
    if Command::new("rg").arg("--version").stdout(Stdio::null()).status().is_ok() {
        contenders
            .push(("rg -c (same words)", command(Path::new("rg"), &["--hidden", "-c", "-i", "-e", &pattern], tree)));
    }
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); contenders.len()];
    for _ in 0..=ROUNDS {
        for ((_, command), times) in contenders.iter_mut().zip(&mut times) {
            let start = Instant::now();
            command.status().unwrap();
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
    let sift = Sift::new(groups(), Some(0));
    let c = sift.group_of("a.c", b"").unwrap();
    for (name, text) in
        [("source", line.repeat(20_000)), ("digits", "0123456789 ".repeat(200_000)), ("zeros", "\0".repeat(2 << 20))]
    {
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            std::hint::black_box(sift.marks(c, std::hint::black_box(text.as_bytes())));
            times.push(start.elapsed());
        }
        let time = median(&mut times).as_secs_f64();
        println!("sift of {name:<8} {:>7.0} MB/s", text.len() as f64 / time / 1e6);
    }
}

/// A vocabulary of the size of the real one.
fn groups() -> Vec<Group> {
    let words = |clocks: &[&str], names: &[&str]| -> Vec<SiftWord> {
        let calls = clocks.iter().map(|word| SiftWord::call(word, Marks::CLOCK));
        let names = names.iter().map(|word| SiftWord { whole: true, ..SiftWord::exact(word, Marks::CLOCK) });
        let expiry = EXPIRY.iter().map(|word| SiftWord::loose(word, Marks::EXPIRY));
        let credentials =
            ["-----BEGIN", "eyJh", "eyJ0", "eyJr"].iter().map(|word| SiftWord::exact(word, Marks::CREDENTIAL));
        let promises = PROMISES.iter().map(|word| SiftWord { dated: true, ..SiftWord::loose(word, Marks::ANNOTATION) });
        let waiver = SiftWord::exact("defuse: allow", Marks::WAIVER);
        calls.chain(names).chain(expiry).chain(credentials).chain(promises).chain([waiver]).collect()
    };
    let group = |name: &str, extensions: &[&str], comments: Comments, clocks: &[&str], names: &[&str]| Group {
        name: name.to_owned(),
        extensions: extensions.iter().map(ToString::to_string).collect(),
        comments,
        words: words(clocks, names),
        dates: true,
        worth: vec![
            Marks::CLOCK,
            Marks::DEADLINE,
            Marks::YEAR | Marks::EXPIRY,
            Marks::CREDENTIAL,
            Marks::ANNOTATION,
            Marks::WAIVER,
        ],
        cap: 1 << 20,
        ..Group::default()
    };
    vec![
        Group {
            name: "other".to_owned(),
            words: vec![SiftWord::exact("-----BEGIN", Marks::CREDENTIAL)],
            worth: vec![Marks::CREDENTIAL],
            binary: true,
            cap: 1 << 20,
            ..Group::default()
        },
        group("c", &["c", "h", "cc", "cpp", "hpp"], Comments::c_like(), C_CALLS, C_NAMES),
        group(
            "python",
            &["py"],
            Comments::hash(),
            &["now", "today", "utcnow", "time.time", "gmtime", "localtime"],
            &[],
        ),
        group("rust", &["rs"], Comments::c_like(), &["Utc::now", "Local::now", "SystemTime::now", "now_utc"], &[]),
        group("shell", &["sh"], Comments::hash(), &[], &["date +", "EPOCHSECONDS"]),
        group("perl", &["pl", "pm"], Comments::hash(), &["time", "localtime", "gmtime"], &[]),
    ]
}

const C_CALLS: &[&str] = &[
    "time",
    "gettimeofday",
    "clock_gettime",
    "localtime",
    "localtime_r",
    "gmtime",
    "gmtime_r",
    "GetSystemTime",
    "GetLocalTime",
    "GetSystemTimeAsFileTime",
    "system_clock::now",
    "ktime_get_real",
    "ktime_get_real_seconds",
    "ktime_get_real_ts64",
    "time64",
    "_time64",
    "timespec_get",
    "ftime",
];
const C_NAMES: &[&str] = &["__DATE__", "__TIMESTAMP__"];
const EXPIRY: &[&str] = &[
    "expire",
    "expires",
    "expired",
    "expiry",
    "expiration",
    "not_after",
    "valid_until",
    "valid_to",
    "trial",
    "evaluation",
    "deadline",
    "end_of_life",
    "sunset",
    "time_bomb",
    "license_end",
    "kill_date",
];
const PROMISES: &[&str] = &["todo", "fixme", "remove_after", "remove_by", "remove_before", "deprecated_until"];
