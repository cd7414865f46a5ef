//! Where output goes and how it looks there.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};

use super::args::{ColorWhen, GlobalArgs};
use crate::error::Error;
use crate::report::Style;

/// The streams and their style.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    stdout: Style,
    stderr: Style,
    quiet: bool,
}

impl Terminal {
    /// Decided once: by the option, then by the environment, then by what the streams are.
    pub(super) fn new(global: &GlobalArgs) -> Self {
        let env = |name: &str| std::env::var_os(name);
        let style = |is_terminal: bool| {
            let color = colored(global.color, env, is_terminal);
            Style { color, links: color && is_terminal, verbose: global.verbose > 0, width: width(env("COLUMNS")) }
        };
        Self {
            stdout: style(io::stdout().is_terminal()),
            stderr: style(io::stderr().is_terminal()),
            quiet: global.quiet,
        }
    }

    /// How to write to stdout.
    pub(super) const fn style(&self) -> Style {
        self.stdout
    }

    /// How to write to stderr.
    pub(super) const fn error_style(&self) -> Style {
        self.stderr
    }

    /// How to write to a file: without colours.
    pub(super) const fn file_style(&self) -> Style {
        Style { color: false, links: false, ..self.stdout }
    }

    /// The report's stream; colours are translated where the console needs it.
    pub(super) fn stdout(&self) -> Box<dyn Write> {
        let raw = io::stdout();
        if self.stdout.color { Box::new(anstream::AutoStream::always(raw)) } else { Box::new(io::BufWriter::new(raw)) }
    }

    /// The stream for everything but the report.
    pub(super) fn stderr(&self) -> Box<dyn Write> {
        let raw = io::stderr();
        if self.stderr.color { Box::new(anstream::AutoStream::always(raw)) } else { Box::new(raw) }
    }

    /// Says something that is not part of the report, unless asked to be quiet.
    pub(super) fn warn(&self, text: &str) {
        if !self.quiet {
            // Without stderr there is nobody to warn.
            let _ = writeln!(self.stderr(), "warning: {}", crate::report::clean(text));
        }
    }

    /// Writes to stdout. A reader that went away has seen enough: that is no error.
    pub(super) fn print(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let mut out = self.stdout();
        match write(&mut *out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(source) => Err(Error::Write { path: "standard output".into(), source }),
            Ok(()) => Ok(()),
        }
    }
}

/// `--color` first; then NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR, and a terminal that is not dumb.
fn colored(when: ColorWhen, env: impl Fn(&str) -> Option<std::ffi::OsString>, is_terminal: bool) -> bool {
    let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
    let forced = |name: &str| env(name).is_some_and(|value| !value.is_empty() && value != OsStr::new("0"));
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto if set("NO_COLOR") => false,
        ColorWhen::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        ColorWhen::Auto => is_terminal && env("TERM").as_deref() != Some(OsStr::new("dumb")),
    }
}

fn width(columns: Option<std::ffi::OsString>) -> usize {
    let given = columns.and_then(|text| text.to_str()?.parse().ok());
    given.filter(|width| (40..=1_000).contains(width)).unwrap_or(Style::default().width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_option_then_environment_then_terminal() {
        let with = |vars: &'static [(&str, &str)]| {
            move |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        };
        for (when, vars, terminal, expected) in [
            (ColorWhen::Auto, [].as_slice(), true, true),
            (ColorWhen::Auto, &[], false, false),
            (ColorWhen::Auto, &[("TERM", "dumb")], true, false),
            (ColorWhen::Auto, &[("NO_COLOR", "1")], true, false),
            (ColorWhen::Auto, &[("NO_COLOR", "")], true, true),
            (ColorWhen::Auto, &[("FORCE_COLOR", "1")], false, true),
            (ColorWhen::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (ColorWhen::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true, false),
            (ColorWhen::Always, &[("NO_COLOR", "1")], false, true),
            (ColorWhen::Never, &[("FORCE_COLOR", "1")], true, false),
        ] {
            assert_eq!(colored(when, with(vars), terminal), expected, "{when:?} {vars:?} {terminal}");
        }
    }

    #[test]
    fn odd_widths_are_ignored() {
        for (columns, expected) in [(Some("80"), 80), (Some("0"), 120), (Some("x"), 120), (None, 120)] {
            assert_eq!(width(columns.map(Into::into)), expected);
        }
    }
}
