//! As std does it: the caller stands still until the program is loaded.

use super::Program;
use std::io;
use std::process::{Child, Command, Stdio};

/// A program that was started.
#[derive(Debug)]
pub(crate) struct Started(Child);

impl Started {
    /// Returns when it has ended, and nothing is left of it.
    pub(crate) fn wait(mut self) {
        let _ = self.0.wait();
    }
}

pub(super) fn start(program: &Program<'_>) -> io::Result<Started> {
    let (variable, value) = program.variable;
    Command::new(&program.path)
        .arg(program.argument)
        .env(variable, value)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(Started)
}
