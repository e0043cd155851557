//! `cargo telemetry explain`

mod document;

use crate::console::{Console, rule_json};
use crate::meant::instead;
use crate::{Outcome, Project};
use serde_json::{Value, json};
use std::fmt::Write;
use std::io;
use telemetry_schema::Written;
use telemetry_schema::rules::{self, Rule};

/// Lists all rules.
pub(crate) fn list(console: &mut Console<'_>) -> io::Result<Outcome> {
    let width = rules::ALL.into_iter().map(|rule| rule.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for rule in rules::ALL {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{}  {:width$}  {}",
            rule.code,
            rule.name,
            rule.summary()
        );
    }
    console.show(&text, || {
        rules::ALL.into_iter().map(rule_json).collect::<Value>()
    })?;
    Ok(Outcome::Fine)
}

/// Explains a rule.
pub(crate) fn rule(rule: &Rule, console: &mut Console<'_>) -> io::Result<Outcome> {
    console.show(&rule.page(1), || rule_json(rule))?;
    Ok(Outcome::Fine)
}

/// Explains an event or a field of these declarations; a rule's name is
/// taken where there is no such event.
pub(crate) fn item(
    project: &Project,
    what: &str,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    let (event, field) = match what.split_once('.') {
        Some((event, field)) => (event, Some(field)),
        None => (what, None),
    };
    if let Some(mut text) = telemetry_codegen::explain(&bound, event, field) {
        let sources = project.sources();
        let path = match field {
            Some(field) => format!("events.{event}.fields.{field}"),
            None => format!("events.{event}"),
        };
        let written = Written::of(sources.events);
        for (rule, reason) in written.allowed(&path) {
            let _ = writeln!(text, "\nAllowed here: {rule}. {reason}");
        }
        let line = written.line(&path);
        if let Some(line) = line {
            let _ = writeln!(text, "\nDeclared in {}:{line}.", sources.events_name);
        }
        console.show(&text, || {
            let mut document = document::item(&bound, event, field);
            document["allowed"] = written
                .allowed(&path)
                .into_iter()
                .map(|(rule, reason)| json!({ "rule": rule, "reason": reason }))
                .collect();
            document["file"] = sources.events_name.into();
            document["line"] = line.into();
            document
        })?;
        return Ok(Outcome::Fine);
    }
    if let Some(rule) = rules::by_name(what) {
        return self::rule(rule, console);
    }
    let names = bound.schema.events.iter().map(|event| event.name.as_str());
    let fields = bound.schema.events.iter().find(|known| known.name == event);
    let meant = match fields {
        Some(event) => {
            let names = event.fields.iter().map(|field| field.name.as_str());
            let names: Vec<&str> = names.collect();
            instead(field.unwrap_or_default(), "its fields", &names)
        }
        None => instead(event, "the events", &names.collect::<Vec<_>>()),
    };
    console.could_not(format_args!(
        "there is no rule, event or field `{}`; {meant}",
        what.escape_debug()
    ))
}
