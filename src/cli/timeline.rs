//! `defuse timeline`: what goes off when, in date order. It shows and does not judge: it passes whatever it finds.

use super::args::TimelineArgs;
use super::exit::Exit;
use super::options::ScanRequest;
use super::session;
use super::terminal::Terminal;
use crate::error::Error;
use crate::report::timeline;

pub(super) fn run(args: TimelineArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let request = ScanRequest::new(args.scan, None)?;
    let session = session::run(&request, terminal)?;
    terminal.print(|out| timeline::render(&session.report, out))?;
    Ok(Exit::Pass)
}
