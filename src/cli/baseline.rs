//! `defuse baseline write` and `defuse baseline prune`.

use std::path::Path;

use super::args::{BaselineArgs, BaselineCommand, BaselineFileArgs};
use super::exit::Exit;
use super::options::ScanRequest;
use super::session::{self, Session};
use super::terminal::Terminal;
use crate::error::Error;
use crate::gate::baseline::Baseline;

pub(super) fn run(args: BaselineArgs, terminal: &Terminal) -> Result<Exit, Error> {
    match args.command {
        BaselineCommand::Write(args) => write(args, terminal),
        BaselineCommand::Prune(args) => prune(args, terminal),
    }
}

fn write(args: BaselineFileArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let session = session::run(&ScanRequest::new(args.scan, None)?, terminal)?;
    let baseline = Baseline::of(&session.report, &session.root);
    store(&baseline, &args.baseline)?;
    say(terminal, &format!("{} recorded in {}", findings(baseline.len()), args.baseline.display()))
}

fn prune(args: BaselineFileArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let request = ScanRequest::new(args.scan, Some(args.baseline.clone()))?;
    let Session { report, baseline, .. } = session::run(&request, terminal)?;
    let pruned = baseline.pruned(&report);
    store(&pruned, &args.baseline)?;
    let gone = baseline.len() - pruned.len();
    say(terminal, &format!("{} dropped from {}, {} left", findings(gone), args.baseline.display(), pruned.len()))
}

fn store(baseline: &Baseline, file: &Path) -> Result<(), Error> {
    let text = baseline.render().map_err(|error| Error::Write { path: file.to_owned(), source: error.into() })?;
    std::fs::write(file, text).map_err(Error::write(file))
}

fn say(terminal: &Terminal, text: &str) -> Result<Exit, Error> {
    terminal.print(|out| writeln!(out, "{text}"))?;
    Ok(Exit::Pass)
}

fn findings(n: usize) -> String {
    if n == 1 { "1 finding".to_owned() } else { format!("{n} findings") }
}
