//! `cargo telemetry bits`

use crate::console::Console;
use crate::{Outcome, Project};
use serde_json::{Value, json};
use std::io;
use telemetry_codegen::regions::{Content, HostFormat, Sections};
use telemetry_schema::{Bound, bits};

/// What a sum does and does not say.
const NOTE: &str = "\
Each number is an upper bound on what the fields can tell: the logarithm of how many values they can
have. The id, the time and the session id of an event are no fields, and not counted: an identifier
has no such bound.
";

/// Prints the privacy sum.
pub(crate) fn run(project: &Project, console: &mut Console<'_>) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    let sections = Sections::of(&bound);
    let show = |format| {
        let table = sections.section("bits", format, HostFormat::Text);
        table.unwrap_or_default()
    };
    let policy = &bound.schema.policy;
    let text = format!(
        "{}\n{}\nThe budget is {} bits for an event, and {} for what stays the same from day to day.\n{NOTE}",
        show("table"),
        show("fields"),
        policy.max_event_bits,
        policy.max_linkable_bits,
    );
    console.show(&text, || document(&bound))?;
    Ok(Outcome::Fine)
}

fn document(bound: &Bound) -> Value {
    let schema = &bound.schema;
    let events = schema.events.iter().map(|event| {
        let fields = event.fields.iter().map(|field| {
            json!({
                "name": field.name,
                "bits": bits::of_field(schema, field),
                "values": bits::values(schema, field),
                "stable": field.stable,
            })
        });
        json!({
            "name": event.name,
            "bits": bits::of_event(schema, event),
            "linkable_bits": bits::linkable(schema, event),
            "fields": fields.collect::<Value>(),
        })
    });
    json!({
        "max_event_bits": schema.policy.max_event_bits,
        "max_linkable_bits": schema.policy.max_linkable_bits,
        "events": events.collect::<Value>(),
        "not_counted": ["id", "session_id", "timestamp"],
    })
}
