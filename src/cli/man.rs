//! `defuse man`: the man page, made from the same definition as the parser.

use clap::CommandFactory;

use super::args::Cli;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::error::Error;

pub(super) fn run(terminal: &Terminal) -> Result<Exit, Error> {
    terminal.print(|out| clap_mangen::Man::new(Cli::command()).render(out))?;
    Ok(Exit::Pass)
}
