//! The command line: a thin shell over the library.
//!
//! [`args`] is what was typed, as `clap` reads it; [`options`] is what was meant, checked; [`session`] does it. Each
//! subcommand has a file of its own. Nothing outside this module and the renderers prints, and nothing but
//! [`clock`] reads the wall clock.

mod args;
mod baseline;
mod check;
mod clock;
mod completions;
mod exit;
mod explain;
mod facts;
mod init;
mod link;
mod man;
mod options;
mod rules;
mod session;
mod terminal;
mod timeline;
mod why;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::error::Error;
use args::{Cli, Command};
use exit::Exit;
use terminal::Terminal;

/// Runs the tool with these arguments, the program's name first, and says how to exit.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(stop) => {
            // Help and version are printed by the same way as mistakes; a reader that went away is no mistake.
            let _ = stop.print();
            return if stop.use_stderr() { Exit::Error } else { Exit::Pass }.into();
        }
    };
    let terminal = Terminal::new(&cli.global);
    let result = dispatch(cli.command, &terminal);
    result.unwrap_or_else(|error| complain(&error, &terminal)).into()
}

fn dispatch(command: Command, terminal: &Terminal) -> Result<Exit, Error> {
    match command {
        Command::Check(args) => check::run(args, terminal),
        Command::Timeline(args) => timeline::run(args, terminal),
        Command::Why(args) => why::run(args, terminal),
        Command::Facts(args) => facts::run(args),
        Command::Link(args) => link::run(args, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        Command::Rules(args) => rules::run(args, terminal),
        Command::Baseline(args) => baseline::run(args, terminal),
        Command::Init(args) => init::run(&args, terminal),
        Command::Completions(args) => completions::run(&args, terminal),
        Command::Man => man::run(terminal),
    }
}

fn complain(error: &Error, terminal: &Terminal) -> Exit {
    if error.is_broken_pipe() {
        return Exit::Error;
    }
    let text = crate::report::snippet::draw_error(error, terminal.error_style());
    // Without stderr the exit code is all that is left to say it with.
    let _ = writeln!(terminal.stderr(), "{text}");
    Exit::Error
}
