//! Whether a lock and a schema agree, and if not, in what.

use super::implied;
use super::life::Living;
use super::{Lock, LockedEvent, LockedKind};
use crate::diagnostic::{Diagnostic, File, quoted};
use crate::model::{FieldType, Schema};
use crate::rules::lock::{MISSING, STALE};
use crate::text::{self, Place, locate};
use toml::de::DeTable;

const COMMAND: &str = "run `cargo telemetry update`, and commit what it writes with your change";

/// The lock, if it is there and says the same as the schema, which was made
/// of `events`.
pub(crate) fn agreeing(
    lock: Option<Lock>,
    schema: &Schema,
    events: &str,
) -> Result<Lock, Vec<Diagnostic>> {
    // For places alone, which nobody asks for where the two agree.
    let tree = || text::parse(events, File::Events).0;
    let Some(lock) = lock else {
        return Err(vec![missing(&tree())]);
    };
    match Lock::update(Some(&lock), schema) {
        Ok(updated) if updated == lock => Ok(lock),
        Ok(updated) => Err(vec![stale(&lock, &updated, schema, &tree())]),
        Err(full) => Err(vec![
            Diagnostic::new(&STALE, full.to_string())
                .at(File::Lock, &(0..0), "no numbers are left")
                .note("codes and generations have 16 bits in a record")
                .help("give `app.name` another value, which begins a new history"),
        ]),
    }
}

fn missing(tree: &DeTable<'_>) -> Diagnostic {
    let Place { span, .. } = locate(tree, &["events"]);
    Diagnostic::new(&MISSING, "there is no events.lock beside events.toml")
        .here(&span, "these have no codes yet")
        .note("events.lock gives each event, field and value the number that stands for it in records, now and later")
        .help(COMMAND)
}

/// Something that the next generation would change.
struct Change {
    path: Vec<String>,
    what: String,
}

fn stale(lock: &Lock, updated: &Lock, schema: &Schema, tree: &DeTable<'_>) -> Diagnostic {
    let place = |change: &Change| {
        let path: Vec<&str> = change.path.iter().map(String::as_str).collect();
        locate(tree, &path)
    };
    let mut changes = if lock.app == updated.app {
        changes(lock, updated, schema)
    } else {
        let what = format!(
            "is of the app {}: this one begins a new history",
            quoted(&lock.app)
        );
        vec![Change {
            path: vec!["app".to_owned(), "name".to_owned()],
            what,
        }]
    };
    // What is gone has no place of its own, and comes last.
    changes.sort_by_key(|change| {
        let place = place(change);
        (!place.exact, place.span.start)
    });
    let mut diagnostic = Diagnostic::new(&STALE, "events.lock does not say what events.toml says");
    if let Some(first) = changes.first() {
        let place = place(first);
        let label = if place.exact {
            first.what.clone()
        } else {
            format!("{} {}", quoted(&first.path.join(".")), first.what)
        };
        diagnostic = diagnostic.here(&place.span, label);
    }
    diagnostic.note(summary(&changes)).help(COMMAND)
}

fn summary(changes: &[Change]) -> String {
    const SHOWN: usize = 12;
    let mut lines: Vec<String> = changes
        .iter()
        .take(SHOWN)
        .map(|change| format!("{}: {}", quoted(&change.path.join(".")), change.what))
        .collect();
    if changes.len() > SHOWN {
        lines.push(format!("and {} more", changes.len() - SHOWN));
    }
    lines.join("\n")
}

/// What begins or ends with the updated lock's last generation.
fn changes(lock: &Lock, updated: &Lock, schema: &Schema) -> Vec<Change> {
    let number = updated.running().number;
    let mut changes = Vec::new();
    for found in &updated.enums {
        let path = enum_path(schema, &found.name);
        if news(found, number, &path, &mut changes) {
            for value in &found.values {
                let path = extended(&path, &["values", &value.name]);
                news(value, number, &path, &mut changes);
            }
        }
    }
    for event in &updated.events {
        let path = extended(&[], &["events", &event.name]);
        if news(event, number, &path, &mut changes) {
            field_changes(event, number, &path, &mut changes);
        }
    }
    let policy = updated
        .policy
        .iter()
        .filter(|policy| policy.since == number);
    for policy in policy {
        let path: Vec<String> = policy.name.split('.').map(str::to_owned).collect();
        let before = lock.policy.iter().rfind(|known| known.name == policy.name);
        let before = before.map(|before| before.value.as_str());
        // The level of a new event is no change of its own.
        if let Some(before) = before.or(implied(&policy.name)) {
            let what = format!("was {}, is {}", quoted(before), quoted(&policy.value));
            changes.push(Change { path, what });
        }
    }
    changes
}

fn field_changes(event: &LockedEvent, number: u16, path: &[String], changes: &mut Vec<Change>) {
    for field in &event.fields {
        let path = extended(path, &["fields", &field.name]);
        let successor = |name: &str| {
            event
                .fields
                .iter()
                .find(|other| other.name == name && other.life.since == number)
        };
        if field.life.until == Some(number)
            && let Some(new) = successor(&field.name)
        {
            let what = format!(
                "was {}, is {}, and so needs a new code",
                kind(&field.kind),
                kind(&new.kind)
            );
            changes.push(Change { path, what });
            continue;
        }
        let replaces = field.life.since == number
            && event
                .fields
                .iter()
                .any(|other| other.name == field.name && other.life.until == Some(number));
        if replaces || !news(field, number, &path, changes) {
            continue;
        }
        if field
            .shapes
            .last()
            .is_some_and(|shape| shape.since == number)
        {
            let what = "can hold other values than before".to_owned();
            changes.push(Change { path, what });
        }
    }
}

/// Notes that an item begins or ends, and returns whether it does neither.
fn news<T: Living>(item: &T, number: u16, path: &[String], changes: &mut Vec<Change>) -> bool {
    let life = item.life();
    let what = if life.since == number {
        "is new and has no code yet"
    } else if life.until == Some(number) {
        "is gone, and its code must be kept"
    } else {
        return life.until.is_none();
    };
    changes.push(Change {
        path: path.to_vec(),
        what: what.to_owned(),
    });
    false
}

fn kind(kind: &LockedKind) -> String {
    match kind {
        LockedKind::Bool => "bool".to_owned(),
        LockedKind::Choice(name) => format!("choice of {}", quoted(name)),
        LockedKind::Set(name) => format!("set of {}", quoted(name)),
        LockedKind::Integer(unit) => format!("integer in {}", quoted(unit.name())),
        LockedKind::Version => "version".to_owned(),
    }
}

/// Where `events.toml` has the enum: one that is written in place stands
/// under its field.
fn enum_path(schema: &Schema, name: &str) -> Vec<String> {
    let owner = schema.events.iter().find_map(|event| {
        let field = event.fields.iter().find(|field| match &field.kind {
            FieldType::Choice(index) => schema
                .enums
                .get(*index)
                .is_some_and(|found| found.inline && found.name == name),
            _ => false,
        })?;
        Some(extended(
            &[],
            &["events", &event.name, "fields", &field.name],
        ))
    });
    owner.unwrap_or_else(|| extended(&[], &["enums", name]))
}

fn extended(path: &[String], by: &[&str]) -> Vec<String> {
    path.iter()
        .cloned()
        .chain(by.iter().map(|part| (*part).to_owned()))
        .collect()
}
