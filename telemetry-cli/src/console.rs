//! What a command has to say, to people and to programs.

use crate::Outcome;
use clap::ValueEnum;
use serde_json::{Value, json};
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use telemetry_schema::diagnostic::{Diagnostic, Severity, render, to_github, to_json};
use telemetry_schema::{Sources, rules};
use telemetry_wire::read::Fault;

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // For people.
    #[default]
    Text,
    // One JSON document on standard output, and nothing else there.
    Json,
    // Annotations of GitHub Actions.
    Github,
}

/// Where a command speaks.
pub(crate) struct Console<'w> {
    format: Format,
    out: &'w mut dyn Write,
    err: &'w mut dyn Write,
    /// The findings so far, where they are printed as one document.
    findings: Vec<Value>,
    /// What is printed in place of the findings.
    document: Option<Value>,
    /// Whether a document was printed already.
    printed: bool,
}

impl<'w> Console<'w> {
    /// Speaks to `out` of results, and to `err` of what is wrong.
    pub(crate) fn new(format: Format, out: &'w mut dyn Write, err: &'w mut dyn Write) -> Self {
        Self {
            format,
            out,
            err,
            findings: Vec::new(),
            document: None,
            printed: false,
        }
    }

    /// A result, for people.
    pub(crate) fn say(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        match self.format {
            Format::Json => writeln!(self.err, "{line}"),
            Format::Text | Format::Github => writeln!(self.out, "{line}"),
        }
    }

    /// Why the command could not run.
    pub(crate) fn could_not(&mut self, message: fmt::Arguments<'_>) -> io::Result<Outcome> {
        match self.format {
            Format::Github => writeln!(self.out, "::error::{}", escaped(&message.to_string()))?,
            Format::Text | Format::Json => writeln!(self.err, "error: {message}")?,
        }
        Ok(Outcome::CouldNotRun)
    }

    /// The same, of a file.
    pub(crate) fn could_not_access(
        &mut self,
        what: &str,
        path: &Path,
        error: &io::Error,
    ) -> io::Result<Outcome> {
        self.could_not(format_args!("cannot {what} {}: {error}", path.display()))
    }

    /// What is wrong with a file, and how many such findings there are.
    pub(crate) fn tell(
        &mut self,
        diagnostics: &[Diagnostic],
        sources: &Sources<'_>,
    ) -> io::Result<()> {
        match self.format {
            Format::Json => {
                if let Value::Array(found) = to_json(diagnostics, sources) {
                    self.findings.extend(found);
                }
                Ok(())
            }
            Format::Github => write!(self.out, "{}", to_github(diagnostics, sources)),
            Format::Text => {
                write!(self.err, "{}", render(diagnostics, sources, true))?;
                for severity in [Severity::Error, Severity::Warning] {
                    let found = diagnostics.iter();
                    let count = found.filter(|found| found.severity == severity).count();
                    if count > 0 {
                        let plural = if count == 1 { "" } else { "s" };
                        let (name, severity) = (sources.events_name, severity.name());
                        writeln!(self.err, "{name}: {count} {severity}{plural}")?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Something that no rule has a code for, found in the line of a file.
    pub(crate) fn tell_drift(&mut self, drift: &Told<'_>) -> io::Result<()> {
        let Told {
            file,
            line,
            message,
            help,
            diff,
        } = drift;
        match self.format {
            Format::Text => write!(self.out, "{diff}"),
            Format::Json => {
                self.findings.push(json!({
                    "code": null,
                    "name": "drift",
                    "severity": Severity::Error.name(),
                    "message": message,
                    "labels": [{ "file": file, "line": line, "primary": true }],
                    "notes": [],
                    "helps": [help],
                    "diff": diff,
                }));
                Ok(())
            }
            Format::Github => writeln!(
                self.out,
                "::error file={},line={line},title=drift::{}%0Ahelp: {}%0A{}",
                escaped_property(file),
                escaped(message),
                escaped(help),
                escaped(diff),
            ),
        }
    }

    /// What a lock was left as it is for, and the command that lets it through.
    pub(crate) fn tell_breaks(
        &mut self,
        lock: &str,
        broken: &[String],
        command: &str,
    ) -> io::Result<()> {
        const WHY: &str = "whoever reads the data would have to change something";
        let help = format!("To keep to what they know, undo that. To go on:\n  {command}");
        match self.format {
            Format::Text => {
                writeln!(self.err, "error: {lock} was left as it is: {WHY}")?;
                for what in broken {
                    writeln!(self.err, "  - {what}")?;
                }
                writeln!(self.err, "{help}")
            }
            Format::Json => {
                self.findings.extend(broken.iter().map(|what| {
                    json!({
                        "code": null,
                        "name": "breaking",
                        "severity": Severity::Error.name(),
                        "message": what,
                        "labels": [{ "file": lock, "primary": true }],
                        "notes": [WHY],
                        "helps": [help],
                    })
                }));
                Ok(())
            }
            Format::Github => broken.iter().try_for_each(|what| {
                writeln!(
                    self.out,
                    "::error file={},title=breaking::{}%0Anote: {WHY}%0Ahelp: {}",
                    escaped_property(lock),
                    escaped(what),
                    escaped(&help),
                )
            }),
        }
    }

    /// A result as it is, in every format.
    pub(crate) fn print(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        // It is the document: no other is printed after it.
        self.printed = true;
        write!(self.out, "{text}")
    }

    /// An event of a file that is none of the program's; the first has index 0.
    pub(crate) fn tell_bad_event(
        &mut self,
        file: &str,
        index: u64,
        fault: &Fault,
    ) -> io::Result<()> {
        match self.format {
            Format::Text => writeln!(self.out, "{file}: event {index}: {fault}"),
            Format::Json => {
                self.findings.push(json!({
                    "file": file,
                    "index": index,
                    "code": fault.kind.code(),
                    "path": fault.path,
                    "expected": fault.expected,
                    "found": fault.found,
                }));
                Ok(())
            }
            Format::Github => writeln!(
                self.out,
                "::error file={},title={}::event {index}: {}",
                escaped_property(file),
                fault.kind.code(),
                escaped(&fault.to_string()),
            ),
        }
    }

    /// Whether what is found is told as annotations.
    pub(crate) fn annotates(&self) -> bool {
        self.format == Format::Github
    }

    /// An annotation of a file and, if it is known, a line of it: a warning, or
    /// a notice.
    pub(crate) fn annotate(
        &mut self,
        warning: bool,
        (file, line): (&str, Option<usize>),
        title: &str,
        message: &str,
    ) -> io::Result<()> {
        let line = line.map_or_else(String::new, |line| format!("line={line},"));
        writeln!(
            self.out,
            "::{} file={},{line}title={title}::{}",
            if warning { "warning" } else { "notice" },
            escaped_property(file),
            escaped(message),
        )
    }

    /// The last line about what is wrong, for people.
    pub(crate) fn conclude(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        writeln!(self.err, "{line}")
    }

    /// Text as it is, or the same as a document.
    pub(crate) fn show(&mut self, text: &str, document: impl FnOnce() -> Value) -> io::Result<()> {
        match self.format {
            Format::Json => {
                self.document = Some(document());
                Ok(())
            }
            Format::Text | Format::Github => write!(self.out, "{text}"),
        }
    }

    /// Prints the document of a command that has ended so. One that could not
    /// run has none, unless it told something before: an empty list would say
    /// that nothing was found.
    pub(crate) fn finish(self, outcome: Outcome) -> io::Result<()> {
        let nothing = self.document.is_none() && self.findings.is_empty();
        let never_ran = outcome == Outcome::CouldNotRun && nothing;
        if self.format != Format::Json || self.printed || never_ran {
            return Ok(());
        }
        let document = self.document.unwrap_or(Value::Array(self.findings));
        writeln!(self.out, "{document:#}")
    }
}

/// A file that is not what it should be, as it is told.
pub(crate) struct Told<'a> {
    /// Its path, as people should see it.
    pub(crate) file: &'a str,
    /// The first line that differs, from 1.
    pub(crate) line: usize,
    pub(crate) message: &'a str,
    pub(crate) help: &'a str,
    pub(crate) diff: &'a str,
}

/// A text as the data of a workflow command, which ends with its line.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as a property of a workflow command, which ends with a comma.
fn escaped_property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// The documentation of a rule as a document.
pub(crate) fn rule_json(rule: &rules::Rule) -> Value {
    let blocks = rule.blocks();
    let code = |block: Option<&(String, String)>| block.map(|(_, code)| code.clone());
    json!({
        "kind": "rule",
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.name(),
        "can_be_allowed": rule.can_be_allowed(),
        "summary": rule.summary(),
        "example": code(blocks.first()),
        "mended": code(blocks.last()),
        "documentation": rule.page(1),
    })
}
