//! `cargo telemetry new`: an event or a field, put into `events.toml`.

mod ask;
mod draft;
mod phrase;
mod place;

use crate::console::Console;
use crate::meant::instead;
use crate::{Outcome, Project, file};
use clap::{Args, Subcommand};
use draft::{Event, Field};
use std::fs;
use std::io::{self, IsTerminal as _};
use telemetry_schema::{Schema, Severity, Sources, bits, read};

/// What is new.
#[derive(Subcommand)]
pub(crate) enum What {
    /// An event with its fields
    #[command(after_help = EVENT_HELP)]
    Event(EventOptions),
    /// A field of an event
    #[command(after_help = FIELD_HELP)]
    Field(FieldOptions),
}

/// What a field looks like on the command line.
const FIELD_HELP: &str = r#"A field is one line, NAME: TYPE; DOC, with a type of these:

  edited: bool; Whether it was changed before it was run.
  backend: choice backend; The backend that made it.
  way: choice { key = "By a key.", mouse = "By the mouse." }; How it was done.
  tried: set backend; The backends that were tried.
  waited_ms: integer 0..=600000 ms, precision 10; From request to answer.
  version: version 8; The program's own version, 8 releases in use at a time.

`optional` before the type lets it be absent; `stable` says that it stays the
same on a machine from day to day."#;

/// The same, after what the other flags do.
const EVENT_HELP: &str = r"On a terminal what is missing is asked for. Elsewhere --doc, --why, --level and
--expires are needed. A field is one line, NAME: TYPE; DOC, such as

  --field 'waited_ms: integer 0..=600000 ms, precision 10; From request to answer.'

and `cargo telemetry new field --help` shows every type.";

/// What is known of an event.
#[derive(Args)]
pub(crate) struct EventOptions {
    /// Its name in lower case, with underscores
    name: String,
    /// What happened, in one sentence
    #[arg(long, value_name = "TEXT")]
    doc: Option<String>,
    /// What question it answers
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// From which level on it is emitted: minimal, normal or verbose
    #[arg(long)]
    level: Option<String>,
    /// When it must be gone: never, a date or a version of the program
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Where it was reviewed
    #[arg(long, value_name = "URL")]
    review: Option<String>,
    /// A field, as NAME: TYPE; DOC; one for each
    #[arg(long = "field", value_name = "FIELD")]
    fields: Vec<String>,
}

/// What is known of a field.
#[derive(Args)]
pub(crate) struct FieldOptions {
    /// The event that gets it
    event: String,
    /// The field, as NAME: TYPE; DOC; asked for on a terminal
    field: Option<String>,
}

/// Puts it into `events.toml`, if all is in order with it there.
pub(crate) fn run(
    project: &Project,
    what: &What,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let sources = project.sources();
    // What the lock lacks is no hindrance: it will lack this too.
    let schema = match read(sources.events_name, sources.events) {
        Ok((schema, _)) => schema,
        Err(failure) => {
            console.tell(&failure.diagnostics, &sources)?;
            return Ok(Outcome::Findings);
        }
    };
    let adding = Adding {
        project,
        schema: &schema,
    };
    match adding.text(what) {
        Ok(added) => adding.write(&added, console),
        Err(message) => console.could_not(format_args!("{message}")),
    }
}

/// The declarations that something is added to.
struct Adding<'p> {
    project: &'p Project,
    schema: &'p Schema,
}

/// What is added, and what the file is with it.
struct Added {
    /// The event that is new or has a new field.
    event: String,
    /// The new field, where the event is not new.
    field: Option<String>,
    /// What is put into the file.
    lines: String,
    /// The whole file.
    text: String,
    /// How a program says it, if the event is new.
    rust: Option<String>,
}

impl Adding<'_> {
    /// Reads and asks for what is to be added.
    fn text(&self, what: &What) -> Result<Added, String> {
        match what {
            What::Event(options) => self.event(options),
            What::Field(options) => self.field(options),
        }
    }

    fn event(&self, options: &EventOptions) -> Result<Added, String> {
        let name = &options.name;
        if self.schema.events.iter().any(|event| event.name == *name) {
            return Err(format!(
                "there is an event `{name}` already: `{}` shows it, `{}` gives it a field",
                self.project.command(&format!("explain {name}")),
                self.project.command(&format!("new field {name}")),
            ));
        }
        let mut event = Event {
            name: name.clone(),
            doc: options.doc.clone(),
            why: options.why.clone(),
            level: options.level.clone(),
            expires: options.expires.clone(),
            owner: options.owner.clone(),
            review: options.review.clone(),
            fields: Vec::new(),
        };
        for line in &options.fields {
            event.fields.push(phrase::field(line)?);
        }
        let missing = missing(&event);
        if !missing.is_empty() {
            if !is_terminal() {
                return Err(format!(
                    "there is no terminal to ask on, and this is missing: {}\n  = help: `cargo \
                     telemetry new event --help` says what each of them is",
                    missing.join(", ")
                ));
            }
            let with = |event: &Event| self.judged(&self.with_event(event)?);
            ask::event(&mut event, self.schema, &with)?;
        }
        Ok(Added {
            event: event.name.clone(),
            field: None,
            lines: event.to_toml(),
            text: self.with_event(&event)?,
            rust: Some(event.to_rust()),
        })
    }

    fn field(&self, options: &FieldOptions) -> Result<Added, String> {
        let events = &self.schema.events;
        let Some(event) = events.iter().find(|event| event.name == options.event) else {
            let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
            return Err(format!(
                "there is no event `{}`; {}",
                options.event.escape_debug(),
                instead(&options.event, "the events", &names)
            ));
        };
        let with = |field: &Field| self.judged(&self.with_field(&event.name, field)?);
        let field = match &options.field {
            Some(line) => phrase::field(line)?,
            None if is_terminal() => ask::field(&event.name, self.schema, &with)?,
            None => {
                return Err(format!(
                    "there is no terminal to ask on: write the field as {}\n  = help: `cargo \
                     telemetry new field --help` shows every type",
                    phrase::FORM
                ));
            }
        };
        if event.fields.iter().any(|known| known.name == field.name) {
            return Err(format!(
                "there is a field `{0}.{1}` already: `{2}` shows it",
                event.name,
                field.name,
                self.project
                    .command(&format!("explain {}.{}", event.name, field.name)),
            ));
        }
        Ok(Added {
            event: event.name.clone(),
            field: Some(field.name.clone()),
            lines: field.to_toml(),
            text: self.with_field(&event.name, &field)?,
            rust: None,
        })
    }

    fn with_event(&self, event: &Event) -> Result<String, String> {
        let lines = event.to_toml();
        place::with_event(self.project.sources().events, &lines).ok_or_else(|| self.by_hand(&lines))
    }

    fn with_field(&self, event: &str, field: &Field) -> Result<String, String> {
        let line = field.to_toml();
        place::with_field(self.project.sources().events, event, &line)
            .ok_or_else(|| self.by_hand(&line))
    }

    fn by_hand(&self, lines: &str) -> String {
        format!(
            "{} has its events written in a way that this command does not edit; add by hand:\n{lines}",
            self.project.sources().events_name
        )
    }

    /// What the rules say first, if they refuse a text; warnings are told
    /// when it is written.
    fn judged(&self, text: &str) -> Result<(), String> {
        match read(self.project.sources().events_name, text) {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure
                .diagnostics
                .iter()
                .find(|found| found.severity == Severity::Error)
                .map_or_else(String::new, |found| {
                    let helps = found.helps.iter().map(|help| format!("\n  = help: {help}"));
                    format!("{}{}", found.message, helps.collect::<String>())
                })),
        }
    }

    fn write(&self, added: &Added, console: &mut Console<'_>) -> io::Result<Outcome> {
        let name = self.project.sources().events_name;
        let sources = Sources::alone(name, &added.text);
        let schema = match read(name, &added.text) {
            Ok((schema, warnings)) => {
                console.tell(&warnings, &sources)?;
                schema
            }
            Err(failure) => {
                console.tell(&failure.diagnostics, &sources)?;
                console.conclude(format_args!(
                    "{name} was left as it is: with this in it, it would not be in order"
                ))?;
                return Ok(Outcome::Findings);
            }
        };
        let path = self.project.events_path();
        // Somebody may have been asked for minutes.
        match fs::read_to_string(path) {
            Ok(now) if now == self.project.sources().events => {}
            Ok(_) => {
                return console.could_not(format_args!(
                    "{name} has changed meanwhile, and was left as it is now: do it again"
                ));
            }
            Err(error) => return console.could_not_access("read", path, &error),
        }
        if let Err(error) = file::replace(path, &added.text) {
            return console.could_not_access("write", path, &error);
        }
        let event = schema.events.iter().find(|event| event.name == added.event);
        let bits = event.map_or(0.0, |event| bits::of_event(&schema, event));
        let what = match &added.field {
            None => format!("the event `{}`", added.event),
            Some(field) => format!("the field `{}.{field}`", added.event),
        };
        console.say(format_args!("{name}: {what} is declared\n"))?;
        for line in added.lines.lines() {
            let indent = if line.is_empty() { "" } else { "  " };
            console.say(format_args!("{indent}{line}"))?;
        }
        console.say(format_args!(
            "\nThe event can tell {} bits at most; the budget is {}.\n\
             To give it its codes, and to bring all that is made from {name} up to date:\n\n  {}",
            bits::shown(bits),
            schema.policy.max_event_bits,
            self.project.command("update")
        ))?;
        if let Some(rust) = &added.rust {
            console.say(format_args!("\nThe program says it by:\n\n  {rust}"))?;
        }
        Ok(Outcome::Fine)
    }
}

/// The flags of what has no default.
fn missing(event: &Event) -> Vec<&'static str> {
    let needed = [
        (&event.doc, "--doc TEXT"),
        (&event.why, "--why TEXT"),
        (&event.level, "--level LEVEL"),
        (&event.expires, "--expires WHEN"),
    ];
    let missing = needed.into_iter().filter(|(said, _)| said.is_none());
    missing.map(|(_, flag)| flag).collect()
}

/// Whether there is somebody to ask.
fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
