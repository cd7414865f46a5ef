//! `defuse check`: judge a tree and write the report.

use std::cell::LazyCell;
use std::fs::File;
use std::io::{BufWriter, Write};

use super::args::CheckArgs;
use super::exit::Exit;
use super::options::{self, Output, ScanRequest};
use super::session::{self, Session};
use super::terminal::Terminal;
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::report::{Context, Format, Style};

pub(super) fn run(args: CheckArgs, terminal: &Terminal) -> Result<Exit, Error> {
    // What is wrong with the outputs is said before any work is done.
    let outputs = options::outputs(&args.report)?;
    let request = ScanRequest::new(args.scan, args.report.baseline)?;
    let session = session::run(&request, terminal)?;
    report(&session, outputs, args.report.exit_zero, terminal)
}

/// Writes the report to standard output and to files.
pub(super) fn report(
    session: &Session,
    (format, files): (Format, Vec<Output>),
    exit_zero: bool,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let catalogue = Catalogue::when_asked();
    for output in &files {
        write_file(output, session, &catalogue, terminal.file_style())?;
    }
    let context = Context { sources: &*session.sources, catalogue: &catalogue, style: terminal.style() };
    terminal.print(|out| format.renderer().render(&session.report, &context, out))?;
    Ok(if exit_zero { Exit::Pass } else { session.report.verdict.into() })
}

fn write_file(output: &Output, session: &Session, catalogue: &LazyCell<Catalogue>, style: Style) -> Result<(), Error> {
    let context = Context { sources: &*session.sources, catalogue, style };
    let file = File::create(&output.path).map_err(Error::write(&output.path))?;
    let mut out = BufWriter::new(file);
    let written = output.format.renderer().render(&session.report, &context, &mut out).and_then(|()| out.flush());
    written.map_err(Error::write(&output.path))
}
