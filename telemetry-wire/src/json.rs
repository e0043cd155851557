//! The one encoder of event JSON: `show`, export and upload all use it.

use crate::payload::{Datum, Decoded};
use crate::time;
use std::fmt::Write;

/// The keys of every event, in order.
pub const ENVELOPE_KEYS: [&str; 4] = ["id", "session_id", "timestamp", "event_type"];

/// The key of the event's name within [`ENVELOPE_KEYS`]' last.
pub const TYPE_KEY: &str = "type";

/// Writes one event:
/// `{"id": ..., "session_id": ..., "timestamp": ..., "event_type": {"type": ..., ...}}`,
/// without spaces. `id` is a UUID and `session` 16 hex digits.
pub fn write_event(out: &mut String, id: &str, session: &str, event: &Decoded) {
    let [id_key, session_key, time_key, event_key] = ENVELOPE_KEYS;
    out.push('{');
    write_pair(out, id_key, id);
    out.push(',');
    write_pair(out, session_key, session);
    out.push(',');
    write_string(out, time_key);
    out.push(':');
    write_time(out, event);
    out.push(',');
    write_string(out, event_key);
    out.push(':');
    write_event_type(out, event);
    out.push('}');
}

/// Writes what the program said: `{"type": ..., ...}`, without spaces.
pub fn write_event_type(out: &mut String, event: &Decoded) {
    out.push('{');
    write_pair(out, TYPE_KEY, event.event().name);
    write_fields(out, event);
    out.push('}');
}

/// Writes every field after a comma.
pub(crate) fn write_fields(out: &mut String, event: &Decoded) {
    for (field, datum) in event.fields() {
        out.push(',');
        write_string(out, field.name);
        out.push(':');
        write_datum(out, datum);
    }
}

/// Writes when it happened.
pub(crate) fn write_time(out: &mut String, event: &Decoded) {
    out.push('"');
    time::write_rfc3339(out, event.record().time_ms);
    out.push('"');
}

fn write_datum(out: &mut String, datum: Datum) {
    match datum {
        Datum::Absent => out.push_str("null"),
        Datum::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Datum::Choice(value) => write_string(out, value.name),
        Datum::Set(members) => {
            out.push('[');
            for (index, value) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, value.name);
            }
            out.push(']');
        }
        // Writing to a String does not fail.
        Datum::Integer(value) => drop(write!(out, "{value}")),
        Datum::Version(version) => drop(write!(out, "\"{version}\"")),
    }
}

fn write_pair(out: &mut String, key: &str, value: &str) {
    write_string(out, key);
    out.push(':');
    write_string(out, value);
}

/// A JSON string, RFC 8259 section 7. Declared names need no escape; a
/// hand-made table might.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}
