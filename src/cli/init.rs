//! `defuse init`: a commented config file to start from.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use super::args::InitArgs;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::error::Error;
use crate::gate::config;
use crate::source::normal;

/// The file that is written; every setting is in it, in a comment.
const TEMPLATE: &str = include_str!("init.yaml");

pub(super) fn run(args: &InitArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let path = normal(&args.folder.join(config::FILE_NAME));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            Error::usage_with(format!("{} is there already", path.display()), "edit it, or remove it first")
        } else {
            Error::write(&path)(error)
        }
    })?;
    file.write_all(TEMPLATE.as_bytes()).map_err(Error::write(&path))?;
    terminal.print(|out| writeln!(out, "wrote {}", path.display()))?;
    Ok(Exit::Pass)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gate::config::Config;

    #[test]
    fn the_template_is_a_config_as_it_stands_and_uncommented() {
        assert!(Config::parse("defuse.yaml", TEMPLATE).is_ok());
        let settings: String = TEMPLATE
            .lines()
            .skip_while(|line| *line != "# release:")
            .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line)))
            .collect();
        let config = Config::parse("defuse.yaml", &settings).unwrap_or_else(|error| panic!("{error:?}\n{settings}"));
        assert!(config.release_date.is_some() && config.support.is_some());
        assert!(!config.exclude.is_empty() && !config.tests.is_empty());
        assert!(!config.levels.is_empty() && !config.waivers.is_empty());
        assert_eq!(config.archives, crate::source::Limits::default());
    }
}
