//! `defuse completions`: a completion script, made from the same definition as the parser.

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::error::Error;

pub(super) fn run(args: &CompletionsArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "defuse", &mut script);
    terminal.print(|out| out.write_all(&script))?;
    Ok(Exit::Pass)
}
