//! The command line as a user meets it: what it prints where, and how it exits.
//!
//! Longer expectations stand in `tests/cmd`; `SNAPSHOTS=overwrite cargo test --test cli` rewrites them, to be read
//! before they are committed. No test depends on today's date.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use snapbox::cmd::{Command, cargo_bin};
use snapbox::{file, str};
use tempfile::TempDir;

/// The tool, in an environment of which nothing shows.
fn defuse(folder: &Path) -> Command {
    ["SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "GIT_DIR", "GIT_INDEX_FILE"]
        .into_iter()
        .fold(Command::new(cargo_bin!("defuse")), Command::env_remove)
        .current_dir(folder)
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn git(folder: &Path, args: &[&str]) {
    let status = std::process::Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(args)
        .env("GIT_COMMITTER_DATE", "2008-07-25T12:00:00Z")
        .env("GIT_AUTHOR_DATE", "2001-01-01T12:00:00Z")
        .current_dir(folder)
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.unwrap().success(), "git {args:?}");
}

#[test]
fn explain_prints_the_rules_document() {
    let here = folder(&[]);
    defuse(here.path())
        .args(["explain", "beta-left-on"])
        .assert()
        .success()
        .stdout_eq(file!["cmd/explain.txt"])
        .stderr_eq("");
}

#[test]
fn explain_without_a_rule_and_rules_list_are_the_same() {
    let here = folder(&[]);
    for args in [&["explain"][..], &["rules"], &["rules", "list"]] {
        defuse(here.path()).args(args).assert().success().stdout_eq(file!["cmd/rules-list.txt"]).stderr_eq("");
    }
}

#[test]
fn an_unknown_rule_is_not_taken_in_silence() {
    let here = folder(&[]);
    defuse(here.path()).args(["explain", "date-gates"]).assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: there is no rule `date-gates`
 |
 = help: did you mean `date-gate`?

"#]]);
}

#[test]
fn help_tells_everything() {
    let here = folder(&[]);
    defuse(here.path()).arg("--help").assert().success().stdout_eq(file!["cmd/help.txt"]);
    defuse(here.path()).args(["check", "--help"]).assert().success().stdout_eq(file!["cmd/help-check.txt"]);
    defuse(here.path()).assert().code(2).stdout_eq("");
}

#[test]
fn bad_usage_exits_with_two() {
    let here = folder(&[("a.c", "int a;\n")]);
    for args in [
        &["chek"][..],
        &["check", "--no-such-option"],
        &["check", "--format", "pdf"],
        &["check", "--support", "3y", "--supported-until", "2030-01-01"],
        &["check", "--staged", "--diff", "main"],
        &["check", "--config", "x", "--isolated"],
        &["check", "--release-date", "2024-02-30"],
        &["check", "--release-date", "2024-01-01", "--supported-until", "2023-01-01"],
        &["check", "--support", "soon"],
        &["check", "--jobs", "0"],
        &["check", "--output", "report"],
        &["check", "no-such-path"],
        &["check", "--config", "no-such-file"],
        &["check", "--baseline", "no-such-file"],
        &["check", "--file-list", "no-such-file"],
        &["explain", "x"],
        &["rules", "test", "no-such-folder"],
    ] {
        defuse(here.path()).args(args).assert().code(2).stdout_eq("");
    }
}

#[test]
fn a_misspelt_format_is_asked_about() {
    let here = folder(&[]);
    defuse(here.path()).args(["check", "--output", "sarfi=x"]).assert().code(2).stderr_eq(str![[r#"
error: --output: there is no format `sarfi`
 |
 = help: did you mean `sarif`?

"#]]);
}

#[test]
fn a_wrong_config_is_shown_where_it_is_wrong() {
    let config = "levels:\n  date-gat: deny\nwaivers:\n  - {rule: trial-period}\nrelese: {}\n";
    let here = folder(&[("defuse.yaml", config), ("src/a.c", "")]);
    defuse(here.path()).args(["check", "src"]).assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: unknown rule
 --> defuse.yaml:2:3
  |
2 |   date-gat: deny
  |   ^^^^^^^^ there is no such rule
  |
  = help: did you mean `date-gate`?

error: a waiver must give its reason
 --> defuse.yaml:4:5
  |
4 |   - {rule: trial-period}
  |     ^^^^^^^^^^^^^^^^^^^^ in this waiver
  |
  = help: say why it is safe to ship: `reason: "…"`

error: unknown key
 --> defuse.yaml:5:1
  |
5 | relese: {}
  | ^^^^^^ expected one of: release, paths, levels, waivers, archives, models
  |
  = help: did you mean `release`?

"#]]);
    defuse(here.path()).args(["check", "src", "--isolated", "--allow-empty"]).assert().success();
}

#[test]
fn a_broken_baseline_is_shown_where_it_is_broken() {
    let here = folder(&[("old.json", "{\"schema\": 1,\n \"findings\": 3}\n"), ("a.c", "")]);
    defuse(here.path()).args(["check", "--baseline", "old.json"]).assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: this is not a baseline
 --> old.json:2:14
  |
2 |  "findings": 3}
  |              ^ invalid type: integer `3`, expected a sequence
  |
  = help: write a new one with `defuse baseline write`

"#]]);
}

#[test]
fn nothing_to_scan_is_not_green() {
    let here = folder(&[]);
    defuse(here.path()).arg("check").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: nothing to scan
 |
 = help: name a path that holds files, or pass --allow-empty if this is expected

"#]]);
    let date = ["check", "--allow-empty", "--release-date", "2008-07-25"];
    defuse(here.path()).args(date).assert().success().stderr_eq("").stdout_eq(str![[r#"
pass: 0 errors, 0 warnings, 0 notes, 0 waived; 0 files seen, 0 parsed; release date 2008-07-25 (--release-date), supported until 2011-07-25

"#]]);
}

#[test]
fn the_release_date_is_the_commits_unless_something_else_says_so() {
    let here = folder(&[("a/b.txt", "text\n")]);
    git(here.path(), &["init", "--quiet"]);
    git(here.path(), &["add", "a"]);
    git(here.path(), &["commit", "--quiet", "-m", "One"]);
    let check = || defuse(here.path()).args(["check", "a", "--allow-empty", "--format", "concise"]);
    let line = |from, source, until| {
        format!(
            "pass: 0 errors, 0 warnings, 0 notes, 0 waived; release date {from} ({source}), supported until {until}\n"
        )
    };
    check().assert().success().stdout_eq(line("2008-07-25", "HEAD's committer date", "2011-07-25"));
    let epoch = check().env("SOURCE_DATE_EPOCH", "86400");
    epoch.assert().success().stdout_eq(line("1970-01-02", "SOURCE_DATE_EPOCH", "1973-01-02"));
    std::fs::write(here.path().join("defuse.yaml"), "release: {date: 2020-01-31, support: 1 month}\n").unwrap();
    let epoch = check().env("SOURCE_DATE_EPOCH", "86400");
    epoch.assert().success().stdout_eq(line("2020-01-31", "defuse.yaml", "2020-02-29"));
    let flags = check().args(["--release-date", "2021-05-01", "--supported-until", "2022-06-30"]);
    flags.assert().success().stdout_eq(line("2021-05-01", "--release-date", "2022-06-30"));
}

#[test]
fn an_unknown_revision_cannot_be_judged() {
    let here = folder(&[("a.txt", "text\n")]);
    git(here.path(), &["init", "--quiet"]);
    for revision in ["nowhere", "--output=x", ""] {
        defuse(here.path()).args(["check", &format!("--diff={revision}")]).assert().code(2).stdout_eq("");
    }
    assert!(!here.path().join("x").exists());
}

#[test]
fn a_hook_whose_files_are_gone_has_judged_them() {
    let here = folder(&[("list", "gone.c\0")]);
    let args = ["check", "--file-list", "list", "--release-date", "2024-01-01", "--format", "concise"];
    defuse(here.path()).args(args).assert().success();
}

#[test]
fn several_outputs_in_one_run() {
    let here = folder(&[]);
    let args = ["check", "--allow-empty", "--release-date", "2024-01-01", "--format", "json"];
    let outputs = ["--output", "sarif=out/x.json", "--output", "report.html", "--output", "dates.ics"];
    std::fs::create_dir(here.path().join("out")).unwrap();
    defuse(here.path()).args(args).args(outputs).assert().success().stdout_eq(file!["cmd/empty.json"]);
    let read = |path: &str| std::fs::read_to_string(here.path().join(path)).unwrap();
    assert!(read("out/x.json").contains("\"version\": \"2.1.0\""));
    assert!(read("report.html").starts_with("<!doctype html>"));
    assert!(read("dates.ics").starts_with("BEGIN:VCALENDAR"));
}

#[test]
fn init_writes_a_config_once() {
    let here = folder(&[]);
    defuse(here.path()).arg("init").assert().success().stdout_eq("wrote defuse.yaml\n");
    let text = std::fs::read_to_string(here.path().join("defuse.yaml")).unwrap();
    snapbox::assert_data_eq!(text, file!["cmd/init.yaml"].raw());
    defuse(here.path()).arg("init").assert().code(2).stderr_eq(str![[r#"
error: defuse.yaml is there already
 |
 = help: edit it, or remove it first

"#]]);
    defuse(here.path()).args(["check", "--allow-empty"]).assert().success();
}

#[test]
fn a_baseline_of_nothing_is_written_and_pruned() {
    let here = folder(&[]);
    let args = ["--allow-empty", "--release-date", "2024-01-01"];
    let written = defuse(here.path()).args(["baseline", "write"]).args(args);
    written.assert().success().stdout_eq("0 findings recorded in defuse-baseline.json\n");
    let text = std::fs::read_to_string(here.path().join("defuse-baseline.json")).unwrap();
    assert_eq!(text, "{\"schema\": 1, \"findings\": []}\n");
    let pruned = defuse(here.path()).args(["baseline", "prune"]).args(args);
    pruned.assert().success().stdout_eq("0 findings dropped from defuse-baseline.json, 0 left\n");
}

#[test]
fn timeline_shows_the_window() {
    let here = folder(&[]);
    let args = ["timeline", "--allow-empty", "--release-date", "2008-07-25", "--support", "18 months"];
    defuse(here.path()).args(args).assert().success().stdout_eq(str![[r#"
-- 2008-07-25: release (--release-date)
-- 2010-01-25: end of support

"#]]);
}

#[test]
fn colour_only_where_it_is_asked_for() {
    let here = folder(&[]);
    let explain = || defuse(here.path()).args(["explain", "nope"]);
    let stderr = |command: Command| command.assert().code(2).get_output().stderr.clone();
    assert!(!stderr(explain()).contains(&0x1b));
    assert!(stderr(explain().args(["--color", "always"])).contains(&0x1b));
    assert!(stderr(explain().env("FORCE_COLOR", "1")).contains(&0x1b));
    assert!(!stderr(explain().env("FORCE_COLOR", "1").env("NO_COLOR", "1")).contains(&0x1b));
}

#[test]
fn completions_and_man_page_are_made() {
    let here = folder(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = defuse(here.path()).args(["completions", shell]).assert().success();
        assert!(String::from_utf8_lossy(&output.get_output().stdout).contains("timeline"), "{shell}");
    }
    let output = defuse(here.path()).arg("man").assert().success();
    assert!(String::from_utf8_lossy(&output.get_output().stdout).contains(".TH defuse"));
}

/// A kill switch whose deadline stands in another file.
const LIMIT: &str = "/// 2025-11-26T00:00:00Z\npub const KILL_AT: u64 = 1_764_115_200;\n";
const MAIN: &str = "use std::time::{SystemTime, UNIX_EPOCH};\n\nmod limit;\nuse crate::limit::KILL_AT;\n\npub fn main() {\n    \
                    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();\n    \
                    if now > KILL_AT {\n        std::process::exit(1);\n    }\n}\n";

/// A tree with that switch, and a file that has nothing to do with it.
fn bomb() -> TempDir {
    folder(&[("src/main.rs", MAIN), ("src/limit.rs", LIMIT), ("src/other.rs", "pub fn other() {}\n")])
}

fn concise(folder: &Path, args: &[&str]) -> Command {
    defuse(folder).args(["check", "--release-date", "2024-01-01", "--format", "concise"]).args(args)
}

#[test]
fn a_bomb_fails_the_gate() {
    let here = bomb();
    concise(here.path(), &[]).assert().code(1).stderr_eq("").stdout_eq(str![[r#"
src/main.rs:8:8: error[date-gate]: [..]
fail: 1 error, 0 warnings, 0 notes, 0 waived; release date 2024-01-01 (--release-date), supported until 2027-01-01

"#]]);
    concise(here.path(), &["--exit-zero"]).assert().success();
    let later = defuse(here.path()).args(["check", "--release-date", "2026-01-01", "--format", "concise"]);
    later.assert().success().stdout_eq("pass: 0 errors, 0 warnings, 1 note, [..]\n");
    let sooner = concise(here.path(), &["--supported-until", "2025-11-25"]);
    sooner.assert().success();
}

#[test]
fn the_same_tree_gives_the_same_bytes() {
    let here = bomb();
    let json = |jobs: &str| {
        let args = ["check", "--release-date", "2024-01-01", "--format", "json", "--jobs", jobs];
        defuse(here.path()).args(args).assert().code(1).get_output().stdout.clone()
    };
    assert_eq!(json("1"), json("4"));
}

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let here = bomb();
    let mut child = std::process::Command::new(cargo_bin!("defuse"))
        .args(["check", "--release-date", "2024-01-01"])
        .current_dir(here.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), [].as_slice()));
}

#[test]
fn waivers_let_a_finding_pass_and_are_counted() {
    let waiver = "    // defuse: allow(date-gate) until=2026-12-31 reason=\"the switch is the product\"\n    if now";
    let here = bomb();
    std::fs::write(here.path().join("src/main.rs"), MAIN.replace("    if now", waiver)).unwrap();
    concise(here.path(), &[]).assert().success().stdout_eq("pass: 0 errors, 0 warnings, 0 notes, 1 waived; [..]\n");
    let late = defuse(here.path()).args(["check", "--release-date", "2027-01-01", "--format", "concise"]);
    late.assert().success().stdout_eq(str![[r#"
src/main.rs:8:8: warning[stale-waiver]: this waiver lapsed on 2026-12-31, before the release on 2027-01-01, and waives nothing now
pass: 0 errors, 1 warning, 1 note, 0 waived; [..]

"#]]);

    let here = bomb();
    let config =
        "waivers:\n  - {rule: date-gate, path: \"src/**\", reason: known}\n  - {rule: trial-period, reason: known}\n";
    std::fs::write(here.path().join("defuse.yaml"), config).unwrap();
    concise(here.path(), &[]).assert().success().stdout_eq(str![[r#"
defuse.yaml:3:5: warning[stale-waiver]: this waiver of trial-period waives nothing: there is no such finding here
pass: 0 errors, 1 warning, 0 notes, 1 waived; [..]

"#]]);
}

#[test]
fn a_baseline_lets_only_what_is_new_fail() {
    let here = bomb();
    let date = ["--release-date", "2024-01-01"];
    defuse(here.path()).args(["baseline", "write"]).args(date).assert().success();
    concise(here.path(), &["--baseline", "defuse-baseline.json"]).assert().success();
    let moved = format!(
        "\n\n{MAIN}\npub fn more() {{\n    if SystemTime::now() > UNIX_EPOCH + std::time::Duration::from_secs(KILL_AT) {{\n        std::process::exit(2);\n    }}\n}}\n"
    );
    std::fs::write(here.path().join("src/main.rs"), moved).unwrap();
    concise(here.path(), &["--baseline", "defuse-baseline.json"]).assert().code(1).stdout_eq(str![[r#"
src/main.rs:16:8: error[date-gate]: [..]
fail: 1 error, 0 warnings, 0 notes, 0 waived, 1 in the baseline; [..]

"#]]);
    std::fs::write(here.path().join("src/main.rs"), "fn main() {}\n").unwrap();
    let pruned = defuse(here.path()).args(["baseline", "prune"]).args(date);
    pruned.assert().success().stdout_eq("1 finding dropped from defuse-baseline.json, 0 left\n");
}

#[test]
fn a_selection_judges_what_has_to_do_with_the_selected_files() {
    let here = bomb();
    for (list, code) in
        [("src/main.rs\0", 1), ("src/limit.rs\0", 1), ("src/other.rs\0", 0), ("src/gone.rs\0", 0), ("", 0)]
    {
        let check = concise(here.path(), &["--file-list", "-"]).stdin(list.as_bytes().to_vec());
        check.assert().code(code);
    }
    std::fs::write(here.path().join("defuse.yaml"), "paths: {exclude: [\"src/main.rs\"]}\n").unwrap();
    concise(here.path(), &["--file-list", "-"]).stdin("src/main.rs\0").assert().success();
}

#[test]
fn staged_reads_the_index_and_diff_what_changed() {
    let here = bomb();
    let main = here.path().join("src/main.rs");
    std::fs::write(&main, "fn main() {}\n").unwrap();
    git(here.path(), &["init", "--quiet", "--initial-branch=main"]);
    git(here.path(), &["add", "."]);
    git(here.path(), &["commit", "--quiet", "-m", "One"]);
    std::fs::write(&main, MAIN).unwrap();
    concise(here.path(), &["--diff", "main"]).assert().code(1);
    concise(here.path(), &["--staged"]).assert().success();
    git(here.path(), &["add", "."]);
    std::fs::write(&main, "fn main() {}\n").unwrap();
    concise(here.path(), &["--staged"]).assert().code(1);
    concise(here.path(), &["--diff", "main"]).assert().success();
    let staged = defuse(here.path()).args(["check", "--staged", "--format", "json", "--exit-zero"]).assert().success();
    assert!(String::from_utf8_lossy(&staged.get_output().stdout).contains("\"source\": \"today\""));
}

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/esx-3.5u2/shipped");

#[test]
fn why_tells_every_step_and_what_is_known_of_the_line() {
    defuse(Path::new(SHIPPED))
        .args(["why", "licensing/LicenseManager.cpp:15", "--isolated", "--release-date", "2008-07-25"])
        .assert()
        .success()
        .stdout_eq(file!["cmd/why.txt"])
        .stderr_eq("");
}

#[test]
fn why_tells_what_is_known_where_nothing_is_reported() {
    let here = folder(&[
        ("a.py", "import time\n\ndef check(limit):\n    if time.time() > limit:\n        raise SystemExit\n"),
        ("b.py", "def nothing(x):\n    return x + OFFSET\n"),
        ("notes.txt", "nothing\n"),
    ]);
    for (line, said) in [
        ("a.py:4", "the clock with what the function is called with, and no caller brings a date"),
        ("a.py:2", "nothing on it can hold a time"),
        ("b.py:2:5", "nothing, or more than one thing, gives `OFFSET` a value"),
        ("a.py:3", "what callers pass, and no caller was found"),
        ("notes.txt:1", "notes.txt holds no code that defuse reads"),
    ] {
        let output = defuse(here.path()).args(["why", line, "--release-date", "2024-01-01"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && text.contains("nothing is reported") && text.contains(said),
            "{line}: {text}"
        );
    }
    for line in ["a.py", "a.py:0", "gone.py:1"] {
        defuse(here.path()).args(["why", line]).assert().code(2).stdout_eq("");
    }
}

#[test]
fn a_folder_of_roots_is_a_bundle() {
    let root = include_str!("fixtures/credential/ca.pem");
    let files: Vec<(String, &str)> = (0..20).map(|n| (format!("roots/{n}.pem"), root)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    for (count, release, counts) in [
        (20, "2038-01-01", "0 errors, 20 warnings, 0 notes"),
        (19, "2038-01-01", "19 errors, 0 warnings, 0 notes"),
        (20, "2041-01-01", "20 errors, 0 warnings, 0 notes"),
    ] {
        let here = folder(&files[..count]);
        let check = defuse(here.path()).args(["check", "--format", "concise", "--release-date", release]);
        let output = check.output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.lines().last().unwrap().contains(counts), "{shown}");
    }
}

#[test]
fn a_certificate_says_where_it_is_used_and_what_renews_it() {
    let both = include_str!("fixtures/credential/renewed.pem");
    let (old, new) = both.split_at(both.rfind("-----BEGIN").unwrap());
    let here = folder(&[
        ("certs/old.pem", old),
        ("certs/new.pem", new),
        ("src/lib.rs", "pub fn trusted() -> &'static [u8] {\n    include_bytes!(\"../certs/new.pem\")\n}\n"),
    ]);
    defuse(here.path()).args(["check", "--release-date", "2030-01-01", "--format", "json"]).assert().code(1).stdout_eq(
        str![[r#"
...
      "path": "certs/old.pem",
...
          "path": "certs/new.pem",
          "line": 1,
          "column": 1,
          "note": "its renewal stands here and holds until 2031-05-06"
...
      "path": "certs/new.pem",
...
          "path": "src/lib.rs",
          "line": 2,
          "column": 24,
          "note": "the file is used here"
...
"#]],
    );
}

/// Ten thousand functions that call each other in a circle; one of them stops on a date, and to one a date is handed
/// through ten calls.
#[test]
fn a_circle_of_calls_ends_and_says_what_was_not_followed() {
    const STEPS: usize = 10_000;
    let step = |n: usize| {
        let body = match n {
            0 => "if (time(0) > 1893456000) return 1; ",
            700 => "if (time(0) > end) return 2; ",
            _ => "",
        };
        format!("int step_{n:05}(long end) {{ {body}return step_{:05}(end); }}\n", (n + 1) % STEPS)
    };
    let text = |from: usize| format!("#include <time.h>\n{}", (from..from + 500).map(step).collect::<String>());
    let files: Vec<(String, String)> =
        (0..STEPS).step_by(500).map(|from| (format!("steps_{from:05}.c"), text(from))).collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("main.c", "int main(void) { return step_00690(1896134400); }\n"));
    let here = folder(&files);
    let output =
        defuse(here.path()).args(["check", "--release-date", "2028-01-01", "--format", "json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = &report["findings"][0];
    assert_eq!((&found["path"], &found["trigger"]["at"]), (&"steps_00000.c".into(), &"2030-01-01T00:00:00".into()));
    let reach: Vec<&str> = found["reach"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!((reach[0], reach.len()), ("step_09999", 21));
    assert!(reach[20].starts_with("… and at least "), "{}", reach[20]);
    let why = "`step_00700` may get a date through more than 4 calls: not followed";
    assert_eq!(report["files"]["unparsed"], serde_json::json!([{"path": "steps_00500.c", "why": why}]));
}

#[test]
fn a_file_that_is_too_large_to_judge_is_said() {
    let mut large = "f();\n".repeat(300_000);
    large.push_str("if (Date.now() > Date.UTC(2030, 0, 1)) throw new Error('over');\n");
    let here = folder(&[("large.js", &large)]);
    for _ in 0..2 {
        concise(here.path(), &[]).assert().success().stdout_eq(str![[r#"
large.js:1:1: not read to the end: larger than 1 MB: not parsed
pass: 0 errors, 0 warnings, 0 notes, 0 waived; [..]

"#]]);
    }
}
