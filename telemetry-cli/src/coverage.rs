//! `cargo telemetry coverage`

use crate::console::Console;
use crate::source::{Code, Seen, UNSEEN};
use crate::{Outcome, Project};
use clap::Args;
use std::io;
use std::path::PathBuf;
use telemetry_schema::model::{Enum, Event, FieldType, Schema};
use telemetry_schema::pascal_case;
use telemetry_schema::rules::source::{Dead, dead};

/// Which code is looked at.
#[derive(Args)]
pub(crate) struct Options {
    /// More code: the folder of a package, or the root file of a crate
    #[arg(long, value_name = "PATH")]
    source: Vec<PathBuf>,
}

/// Tells what is declared and made by no code.
pub(crate) fn run(
    project: &Project,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    let code = match Code::read(project, &options.source) {
        Ok(code) => code,
        Err(message) => return console.could_not(format_args!("{message}")),
    };
    let schema = &bound.schema;
    let seen = code.seen(schema);
    let found = dead(project.sources().events, &unsaid(schema, &seen));
    console.tell(&found, &project.sources())?;
    console.say(format_args!("{}", summary(schema, &seen, &code)))?;
    for unread in code.unread() {
        console.conclude(format_args!(
            "warning: {unread}; what it makes is not known"
        ))?;
    }
    if seen.events.is_empty() && !schema.events.is_empty() {
        console.conclude(format_args!(
            "no event at all is made here; if the program stands elsewhere, name its code by \
             --source, or run this there with --package"
        ))?;
    }
    Ok(if found.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

/// All that is declared and that no code makes, says or gives.
fn unsaid(schema: &Schema, seen: &Seen) -> Vec<Dead> {
    let mut unsaid = Vec::new();
    for (index, event) in schema.events.iter().enumerate() {
        let path = vec!["events".to_owned(), event.name.clone()];
        let rust = pascal_case(&event.name);
        let Some(given) = seen.events.get(&index) else {
            unsaid.push(Dead::Event { path, rust });
            continue;
        };
        for field in event.fields.iter().filter(|field| field.optional) {
            if !given.has(&field.name) && !seen.put.contains(&field.name) {
                let mut path = path.clone();
                path.extend(["fields".to_owned(), field.name.clone()]);
                let rust = rust.clone();
                unsaid.push(Dead::Field { path, rust });
            }
        }
    }
    for (index, declared) in schema.enums.iter().enumerate() {
        // What only stands in events that nobody makes goes with them.
        let Some(path) = place(schema, seen, index, declared) else {
            continue;
        };
        let values = declared.values.iter().enumerate();
        let values: Vec<&str> = values
            .filter(|(value, _)| !seen.values.contains(&(index, *value)))
            .map(|(_, value)| value.name.as_str())
            .collect();
        if let Some(first) = values.first() {
            unsaid.push(Dead::Values {
                path,
                rust: format!("{}::{}", pascal_case(&declared.name), pascal_case(first)),
                values: values.iter().map(ToString::to_string).collect(),
            });
        }
    }
    unsaid
}

/// Where an enum is written, if an event that is made has a field of it.
fn place(schema: &Schema, seen: &Seen, index: usize, declared: &Enum) -> Option<Vec<String>> {
    let mut fields = schema
        .events
        .iter()
        .enumerate()
        .filter(|(event, _)| seen.events.contains_key(event))
        .flat_map(|(_, event)| event.fields.iter().map(move |field| (event, field)));
    let (event, field) = fields.find(|(_, field)| match field.kind {
        FieldType::Choice(of) | FieldType::Set(of) => of == index,
        _ => false,
    })?;
    let path: &[&str] = if declared.inline {
        &["events", &event.name, "fields", &field.name]
    } else {
        &["enums", &declared.name]
    };
    Some(path.iter().map(ToString::to_string).collect())
}

/// What was looked at, what it makes, and what was not to be seen.
fn summary(schema: &Schema, seen: &Seen, code: &Code) -> String {
    let made = |event: &(usize, &Event)| seen.events.contains_key(&event.0);
    let events = schema.events.iter().enumerate().filter(made).count();
    let values: usize = schema
        .enums
        .iter()
        .map(|declared| declared.values.len())
        .sum();
    let files = match code.files() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    format!(
        "{files} of {}: {events} of {} events are made, {} of {values} values are said\n{UNSEEN}",
        code.crates().join(", "),
        schema.events.len(),
        seen.values.len(),
    )
}
