//! `cargo telemetry validate`

use crate::console::Console;
use crate::{Outcome, Project};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use telemetry_wire::Program;
use telemetry_wire::read::{self, Fault, Splitter};

/// A file that is larger takes long enough to show how far it is.
const SHOWS_PROGRESS: u64 = 16 * 1024 * 1024;

const CHUNK: usize = 64 * 1024;

/// What is looked at.
#[derive(Args)]
pub(crate) struct Options {
    /// Exported or captured events: a JSON array, or one event a line; `-` is
    /// standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How many findings to print; the rest are counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    findings: u64,
}

/// Tells which events are none of the program's.
pub(crate) fn run(
    project: &Project,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    let path = options.file.as_path();
    let (input, length): (Box<dyn Read>, u64) = if path == Path::new("-") {
        (Box::new(io::stdin().lock()), 0)
    } else {
        match File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))) {
            Ok((length, file)) => (Box::new(file), length),
            Err(error) => return console.could_not_access("read", path, &error),
        }
    };
    let mut looked = Looked {
        program: bound.program(),
        name: path.display().to_string(),
        limit: options.findings,
        events: 0,
        bad: 0,
        console,
        failed: Ok(()),
    };
    if let Err(error) = looked.through(input, &bar(length)) {
        return looked.console.could_not_access("read", path, &error);
    }
    looked.conclude()
}

/// Shown on terminals only, and only for what takes a while.
fn bar(length: u64) -> ProgressBar {
    if length < SHOWS_PROGRESS {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// What was seen so far.
struct Looked<'l, 'w> {
    program: &'static Program,
    name: String,
    limit: u64,
    events: u64,
    bad: u64,
    console: &'l mut Console<'w>,
    /// Whether what is found can still be told.
    failed: io::Result<()>,
}

impl Looked<'_, '_> {
    fn through(&mut self, mut input: impl Read, bar: &ProgressBar) -> io::Result<()> {
        let mut splitter = Splitter::default();
        let mut chunk = vec![0; CHUNK];
        while !splitter.is_broken() && self.failed.is_ok() {
            let length = match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let read = chunk.get(..length).unwrap_or_default();
            splitter.push(read, &mut |event| self.event(event, bar));
            bar.inc(length as u64);
        }
        splitter.finish(&mut |event| self.event(event, bar));
        bar.finish_and_clear();
        Ok(())
    }

    fn event(&mut self, event: Result<&str, Fault>, bar: &ProgressBar) {
        let index = self.events;
        self.events += 1;
        let Err(fault) = event.and_then(|text| read::event(text, self.program)) else {
            return;
        };
        self.bad += 1;
        if self.bad <= self.limit && self.failed.is_ok() {
            // The bar makes room, and is drawn below.
            self.failed = bar.suspend(|| self.console.tell_bad_event(&self.name, index, &fault));
        }
    }

    fn conclude(self) -> io::Result<Outcome> {
        self.failed?;
        let (name, events, bad) = (self.name, self.events, self.bad);
        if bad > self.limit {
            self.console
                .conclude(format_args!("and {} more", bad - self.limit))?;
        }
        let plural = if events == 1 { "" } else { "s" };
        if bad == 0 {
            self.console
                .say(format_args!("{name}: {events} event{plural}, all valid"))?;
            return Ok(Outcome::Fine);
        }
        self.console.conclude(format_args!(
            "{name}: {bad} of {events} event{plural} not valid"
        ))?;
        Ok(Outcome::Findings)
    }
}
