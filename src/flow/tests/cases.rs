//! What the models of a language know and how its ways of writing flow, as data: `LANGUAGE.cases` beside this file.
//!
//! A section opens with `---` and a program in which `COND` stands for the case, up to `>>>`. Each line after that is a
//! case: the day on which the program changes its answer (`-`: never), `|`, and the text. It must be the only finding.
//! Lines that begin with `#` are comments.

use super::fuses;

/// What is wrong with one case, if anything.
fn wrong(language: &str, program: &str, case: &str) -> Option<String> {
    let Some((at, text)) = case.split_once('|') else { return Some(format!("no case: {case}")) };
    let (at, text) = (at.trim(), text.trim());
    let found = fuses(language, "2025-01-01", &[("a.src", &program.replace("COND", text))]);
    let right = match at {
        "-" => found.is_empty(),
        _ => found.len() == 1 && found[0].contains(&format!(" {at}:")),
    };
    (!right).then(|| format!("{text}\n    expected {at}, found {found:?}"))
}

fn run(language: &str, cases: &str) {
    let mut problems = Vec::new();
    for section in cases.split("---\n").skip(1) {
        let (program, cases) = section.split_once(">>>\n").unwrap();
        let cases = cases.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        problems.extend(cases.filter_map(|case| wrong(language, program, case)));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[cfg(feature = "java")]
#[test]
fn java() {
    run("java", include_str!("java.cases"));
}

#[cfg(feature = "go")]
#[test]
fn go() {
    run("go", include_str!("go.cases"));
}

#[cfg(feature = "kotlin")]
#[test]
fn kotlin() {
    run("kotlin", include_str!("kotlin.cases"));
}

#[cfg(feature = "powershell")]
#[test]
fn powershell() {
    run("powershell", include_str!("powershell.cases"));
}

#[cfg(feature = "scala")]
#[test]
fn scala() {
    run("scala", include_str!("scala.cases"));
}

#[cfg(feature = "csharp")]
#[test]
fn csharp() {
    run("csharp", include_str!("csharp.cases"));
}

#[cfg(feature = "ruby")]
#[test]
fn ruby() {
    run("ruby", include_str!("ruby.cases"));
}

#[cfg(feature = "perl")]
#[test]
fn perl() {
    run("perl", include_str!("perl.cases"));
}

#[cfg(feature = "lua")]
#[test]
fn lua() {
    run("lua", include_str!("lua.cases"));
}

#[cfg(feature = "groovy")]
#[test]
fn groovy() {
    run("groovy", include_str!("groovy.cases"));
}

#[cfg(feature = "elixir")]
#[test]
fn elixir() {
    run("elixir", include_str!("elixir.cases"));
}
