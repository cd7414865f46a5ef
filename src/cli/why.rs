//! `defuse why`: how a verdict on a line came about, or what is known where there is none.

use std::path::PathBuf;

use super::args::{TreeArgs, WhyArgs};
use super::exit::Exit;
use super::options::ScanRequest;
use super::session;
use super::terminal::Terminal;
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::report::{Context, why};

pub(super) fn run(args: WhyArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (path, line) = place(&args.line)?;
    let tree = TreeArgs { paths: args.paths, artifact: false };
    let request = ScanRequest::of(tree, args.window, args.setting, None)?;
    let (session, insight) = session::inspect(&request, &path, line, terminal)?;
    let catalogue = Catalogue::when_asked();
    let context = Context { sources: &*session.sources, catalogue: &catalogue, style: terminal.style() };
    let at = why::Line { path: &path, line };
    terminal.print(|out| why::render(&session.report, insight.as_ref(), at, &context, out))?;
    Ok(Exit::Pass)
}

/// `PATH:LINE`, perhaps with the column that reports put behind it.
fn place(text: &str) -> Result<(String, u32), Error> {
    let wrong = || Error::usage_with(format!("`{text}` is no line of a file"), "write it as `PATH:LINE`");
    let (mut path, mut number) = text.trim_end_matches(':').rsplit_once(':').ok_or_else(wrong)?;
    if let Some((before, line)) = path.rsplit_once(':').filter(|(_, line)| line.parse::<u32>().is_ok()) {
        (path, number) = (before, line);
    }
    let line = number.parse().ok().filter(|line| *line > 0).ok_or_else(wrong)?;
    let path = path.trim_start_matches("./").replace('\\', "/");
    let file = PathBuf::from(&path);
    std::fs::metadata(&file).map_err(Error::read(&file))?;
    Ok((path, line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_is_named_as_reports_name_it() {
        for (text, line) in [("Cargo.toml:3", 3), ("./Cargo.toml:3:7", 3), ("Cargo.toml:12:", 12)] {
            assert_eq!(place(text).unwrap(), ("Cargo.toml".to_owned(), line), "{text}");
        }
        for text in ["Cargo.toml", "Cargo.toml:0", "Cargo.toml:x", ":3", "gone.rs:3", ""] {
            assert!(place(text).is_err(), "{text}");
        }
    }
}
