//! `defuse facts`: keep the facts of files for `defuse link`.

use super::args::{FactsArgs, WindowArgs};
use super::exit::Exit;
use super::options::ScanRequest;
use super::session;
use crate::error::Error;

pub(super) fn run(args: FactsArgs) -> Result<Exit, Error> {
    let request = ScanRequest::of(args.tree, WindowArgs::default(), args.setting, None)?;
    std::fs::write(&args.output, session::facts(&request)?).map_err(Error::write(&args.output))?;
    Ok(Exit::Pass)
}
