//! What `rules/languages/bash.yaml` knows, and how the shells' ways of writing flow, by example.

use super::fuses;

fn found(text: &str) -> Vec<String> {
    fuses("bash", "2025-01-01", &[("a.sh", text)])
}

#[test]
fn clocks_and_dates() {
    let mut wrong = Vec::new();
    for (condition, at) in [
        ("[ $(date +%s) -gt 1764115200 ]", "2025-11-26"),
        ("[ \"$(date -u +%s)\" -ge \"1764115200\" ]", "2025-11-26"),
        ("[[ $(date +%Y%m%d) -ge 20260301 ]]", "2026-03-01"),
        ("[[ \"$(date +%Y%m%d)\" > 20260228 ]]", "2026-03-01"),
        ("[[ $(date '+%Y-%m-%d') > \"2026-02-28\" ]]", "2026-03-01"),
        ("(( $(date +%s) > 1764115200 ))", "2025-11-26"),
        ("(( EPOCHSECONDS > 1764115200 ))", "2025-11-26"),
        ("[ `date +%Y` -ge 2026 ]", "2026-01-01"),
        ("[ $(date +%s) -gt $(date -d 2026-03-01 +%s) ]", "2026-03-01"),
        ("[ $(date +%s) -gt $(date --date=\"1 March 2026\" +%s) ]", "2026-03-01"),
        ("test $(( $(date -d '2026-03-01' +%s) - $(date +%s) )) -lt 0", "2026-03-01"),
        ("[ $(date -d '30 days ago' +%Y%m%d) -ge 20260301 ]", "2026-03-31"),
        ("[ $(printf '%(%s)T' -1) -gt 1764115200 ]", "2025-11-26"),
        ("! [ $(date +%s) -lt 1764115200 ]", "2025-11-26"),
    ] {
        for text in [format!("if {condition}; then\n exit 1\nfi\n"), format!("{condition} && exit 1\n")] {
            let found = found(&text);
            if found.len() != 1 || !found[0].contains(&format!(" {at}:")) || !found[0].contains("exits (exit)") {
                wrong.push(format!("{text}    expected {at}, found {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn variables_functions_and_statuses() {
    let text = "END=20260301
now() { date +%Y%m%d; }
expired() { [ \"$(now)\" -ge \"$END\" ]; }
if expired; then
  echo 'this release is too old' >&2
  exit 1
fi
";
    assert_eq!(found(text), ["a.sh:3 2026-03-01: `expired` exits (exit) from 2026-03-01 on"]);
    let text = "check() {
  local today=$(date +%s)
  if [ \"$today\" -gt \"$1\" ]; then
    return 1
  fi
}
check 1764115200 || exit 2
";
    let found = found(text);
    assert!(found.len() == 1 && found[0].starts_with("a.sh:3 2025-11-26"), "{found:?}");
}

#[test]
fn what_is_sourced_is_known() {
    let found = fuses(
        "bash",
        "2025-01-01",
        &[("lib/dates.sh", "END=20260301\n"), ("main.sh", ". lib/dates.sh\n[ $(date +%Y%m%d) -lt $END ] || exit 1\n")],
    );
    assert!(found.len() == 1 && found[0].starts_with("main.sh:2 2026-03-01"), "{found:?}");
}

#[test]
fn what_is_no_bomb_is_silent() {
    for text in [
        "start=$(date +%s)\nwork\nif [ $(( $(date +%s) - start )) -gt 60 ]; then exit 1; fi\n",
        "while [ $(date +%s) -lt $end ]; do sleep 1; done\n",
        "VERSION=20260301\nif [ \"$1\" -gt $VERSION ]; then exit 1; fi\n",
        "deadline=$(( $(date +%s) + 30 ))\nuntil ready || [ $(date +%s) -gt $deadline ]; do sleep 1; done\n",
        "if [ $SECONDS -gt 1764115200 ]; then exit 1; fi\n",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}
