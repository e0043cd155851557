//! `cargo telemetry new`: an event, a field or an enum, put into `events.toml`.

mod ask;
mod draft;
mod options;
mod phrase;
mod place;

use crate::console::Console;
use crate::meant::instead;
use crate::{Outcome, Project, file};
use draft::{Enum, Event, Field};
use options::{EnumOptions, EventOptions, FieldOptions};
use std::fs;
use std::io::{self, IsTerminal as _};
use telemetry_schema::{Diagnostic, Schema, Severity, Sources, bits, read};

pub(crate) use options::What;

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
    new: New,
    /// What is put into the file.
    lines: String,
    /// The whole file.
    text: String,
}

/// What it is that is added.
enum New {
    /// An event, and how a program says it.
    Event { name: String, rust: String },
    /// A field of an event.
    Field { event: String, name: String },
    /// An enum.
    Enum { name: String },
}

impl Adding<'_> {
    /// Reads and asks for what is to be added.
    fn text(&self, what: &What) -> Result<Added, String> {
        match what {
            What::Event(options) => self.event(options),
            What::Field(options) => self.field(options),
            What::Enum(options) => self.words(options),
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
        let missing = missing(&[
            (event.doc.is_some(), "--doc TEXT"),
            (event.why.is_some(), "--why TEXT"),
            (event.level.is_some(), "--level LEVEL"),
            (event.expires.is_some(), "--expires WHEN"),
        ]);
        if !missing.is_empty() {
            may_ask(&missing, "event")?;
            let with = |event: &Event| self.judged(&self.with_event(event)?);
            ask::event(&mut event, self.schema, &with)?;
        }
        Ok(Added {
            new: New::Event {
                name: event.name.clone(),
                rust: event.to_rust(),
            },
            lines: event.to_toml(),
            text: self.with_event(&event)?,
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
            new: New::Field {
                event: event.name.clone(),
                name: field.name.clone(),
            },
            lines: field.to_toml(),
            text: self.with_field(&event.name, &field)?,
        })
    }

    fn words(&self, options: &EnumOptions) -> Result<Added, String> {
        let name = &options.name;
        let mut enums = self.schema.enums.iter().filter(|known| !known.inline);
        if enums.any(|known| known.name == *name) {
            return Err(format!(
                "there is an enum `{name}` already: a word more is a line more under \
                 [enums.{name}.values] in {}",
                self.project.sources().events_name
            ));
        }
        let mut words = Enum {
            name: name.clone(),
            doc: options.doc.clone(),
            values: Vec::new(),
        };
        for line in &options.values {
            words.values.push(phrase::value(line)?);
        }
        let missing = missing(&[
            (words.doc.is_some(), "--doc TEXT"),
            (!words.values.is_empty(), "--value 'WORD: MEANING'"),
        ]);
        if !missing.is_empty() {
            may_ask(&missing, "enum")?;
            let with = |words: &Enum| self.judged(&self.with_enum(words)?);
            ask::words(&mut words, &with)?;
        }
        Ok(Added {
            new: New::Enum { name: name.clone() },
            lines: words.to_toml(),
            text: self.with_enum(&words)?,
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

    fn with_enum(&self, words: &Enum) -> Result<String, String> {
        let lines = words.to_toml();
        place::with_enum(self.project.sources().events, &lines).ok_or_else(|| self.by_hand(&lines))
    }

    fn by_hand(&self, lines: &str) -> String {
        format!(
            "{} is written in a way that this command does not edit; add by hand:\n{lines}",
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
            Ok((schema, mut warnings)) => {
                warnings.retain(|found| !added.is_to_come(found));
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
        console.say(format_args!("{name}: {} is declared\n", added.new.shown()))?;
        for line in added.lines.lines() {
            let indent = if line.is_empty() { "" } else { "  " };
            console.say(format_args!("{indent}{line}"))?;
        }
        self.say_what_follows(&added.new, &schema, console)?;
        Ok(Outcome::Fine)
    }

    /// What it comes to, and what to do next.
    fn say_what_follows(
        &self,
        new: &New,
        schema: &Schema,
        console: &mut Console<'_>,
    ) -> io::Result<()> {
        let (name, rust) = match new {
            New::Event { name, rust } => (name, Some(rust)),
            New::Field { event, .. } => (event, None),
            New::Enum { name } => {
                let field = format!("new field EVENT 'NAME: choice {name}; DOC'");
                return console.say(format_args!(
                    "\nNo field has it yet. This gives an event one that says one of its words; with \
                     `set`,\nany of them:\n\n  {}",
                    self.project.command(&field)
                ));
            }
        };
        let event = schema.events.iter().find(|event| event.name == *name);
        let bits = event.map_or(0.0, |event| bits::of_event(schema, event));
        console.say(format_args!(
            "\nThe event can tell {} bits at most; the budget is {}.\n\
             To give it its codes, and to bring all that is made from {} up to date:\n\n  {}",
            bits::shown(bits),
            schema.policy.max_event_bits,
            self.project.sources().events_name,
            self.project.command("update")
        ))?;
        if let Some(rust) = rust {
            console.say(format_args!("\nThe program says it by:\n\n  {rust}"))?;
        }
        Ok(())
    }
}

impl Added {
    /// Whether a finding is that no field has the new enum: it comes next.
    fn is_to_come(&self, found: &Diagnostic) -> bool {
        let New::Enum { name } = &self.new else {
            return false;
        };
        let mut places = found.labels.iter();
        found.name == "unused-enum"
            && places.any(|label| self.text.get(label.span.clone()) == Some(name))
    }
}

impl New {
    fn shown(&self) -> String {
        match self {
            Self::Event { name, .. } => format!("the event `{name}`"),
            Self::Field { event, name } => format!("the field `{event}.{name}`"),
            Self::Enum { name } => format!("the enum `{name}`"),
        }
    }
}

/// The flags of what was not said and has no default.
fn missing(needed: &[(bool, &'static str)]) -> Vec<&'static str> {
    let missing = needed.iter().filter(|(said, _)| !said);
    missing.map(|(_, flag)| *flag).collect()
}

/// That there is nobody to ask for what is missing, if so.
fn may_ask(missing: &[&str], what: &str) -> Result<(), String> {
    if is_terminal() {
        return Ok(());
    }
    Err(format!(
        "there is no terminal to ask on, and this is missing: {}\n  = help: `cargo telemetry new \
         {what} --help` says what each of them is",
        missing.join(", ")
    ))
}

/// Whether there is somebody to ask.
fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
