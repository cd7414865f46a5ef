//! `defuse link`: judge the facts that `defuse facts` kept.

use super::args::{LinkArgs, TreeArgs};
use super::exit::Exit;
use super::options::{self, ScanRequest};
use super::terminal::Terminal;
use super::{check, session};
use crate::check::Shards;
use crate::error::Error;

pub(super) fn run(args: LinkArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let outputs = options::outputs(&args.report)?;
    let shards = Shards::open(&args.facts)?;
    let tree = TreeArgs { paths: shards.paths.clone(), artifact: shards.artifact };
    let request = ScanRequest::of(tree, args.window, args.setting, args.report.baseline)?;
    let session = session::link(&request, shards, terminal)?;
    check::report(&session, outputs, args.report.exit_zero, terminal)
}
