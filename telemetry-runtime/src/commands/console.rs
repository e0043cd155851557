//! Where commands read and write.

use crate::sys;
use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};

/// Bold; a [`Console`] of a file or pipe drops it.
pub(super) const BOLD: &str = "\x1b[1m";
/// For what is on.
pub(super) const GREEN: &str = "\x1b[32m";
/// For what is off, or to be looked at.
pub(super) const YELLOW: &str = "\x1b[33m";
/// Back to plain.
pub(super) const PLAIN: &str = "\x1b[0m";

/// Standard input, output and error, or a test's.
pub(super) struct Console<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) err: &'a mut dyn Write,
    pub(super) input: &'a mut dyn BufRead,
    /// Whether `out` is a terminal.
    pub(super) is_terminal: bool,
    /// How wide it is, if that is known.
    pub(super) columns: Option<u16>,
    /// Whether `err` is standard error and a terminal, where a bar can move.
    #[cfg(feature = "upload")]
    pub(super) shows_bars: bool,
    /// Whether somebody is there to answer a question.
    pub(super) can_ask: bool,
}

impl Console<'_> {
    /// Calls `run` with the process's own streams. Colours go to terminals
    /// only, and not there with `NO_COLOR` (<https://no-color.org>).
    pub(super) fn with_standard<T>(run: impl FnOnce(&mut Console<'_>) -> T) -> T {
        let is_terminal = io::stdout().is_terminal();
        let mut console = Console {
            out: &mut anstream::stdout().lock(),
            err: &mut anstream::stderr().lock(),
            input: &mut io::stdin().lock(),
            is_terminal,
            columns: is_terminal.then(sys::terminal_columns).flatten(),
            #[cfg(feature = "upload")]
            shows_bars: io::stderr().is_terminal(),
            can_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
        };
        run(&mut console)
    }

    /// Says that it is done, where the result went elsewhere.
    pub(super) fn tell(&mut self, what: impl Display) {
        let _ = writeln!(self.err, "{what}");
    }

    /// Says something beside the result. If nobody can hear it, so be it.
    pub(super) fn note(&mut self, note: impl Display) {
        let _ = writeln!(self.err, "{YELLOW}note{PLAIN}: {note}");
    }

    /// Says why there is no result.
    pub(super) fn complain(&mut self, error: impl Display) {
        let _ = writeln!(self.err, "{YELLOW}error{PLAIN}: {error}");
    }

    /// Asks a question that is answered with yes or no; no is the default.
    pub(super) fn confirm(&mut self, question: impl Display) -> bool {
        let _ = write!(self.err, "{question} [y/N] ").and_then(|()| self.err.flush());
        let mut answer = String::new();
        let heard = self.input.read_line(&mut answer).is_ok();
        heard && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }
}
