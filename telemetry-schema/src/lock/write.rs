//! A lock as text: TOML with one item a line, so that diffs and merges of it
//! read well.

use super::{Accepted, Lock, LockedEnum, LockedEvent, LockedField, LockedKind, LockedShape};
use std::fmt::Write;
use telemetry_wire::Life;

const HEADER: &str = "\
# The codes and the history of everything that events.toml declares.
# `cargo telemetry lock` writes this file; commit it, and do not edit it.
#
# A code is the number that stands for a name in a record. None is ever used
# again: what is gone stays here with `until`, the first generation without
# it. After a conflict in a merge, take the file of the branch that was
# released first as it is, and run `cargo telemetry lock`.

lock = 1
";

impl Lock {
    /// The content of `events.lock`. The same lock always gives the same
    /// text, and [`Lock::parse`] reads it back.
    pub fn to_text(&self) -> String {
        let mut out = HEADER.to_owned();
        // Writing to a String does not fail.
        let _ = writeln!(out, "app = {}", quote(&self.app));
        out.push_str("\ngenerations = [\n");
        for generation in &self.generations {
            let _ = writeln!(
                out,
                "  {{ number = {}, fingerprint = \"{:08x}\" }},",
                generation.number, generation.fingerprint
            );
        }
        out.push_str("]\n\npolicy = [\n");
        for policy in &self.policy {
            let _ = writeln!(
                out,
                "  {{ name = {}, since = {}, value = {} }},",
                quote(&policy.name),
                policy.since,
                quote(&policy.value)
            );
        }
        out.push_str("]\n");
        write_accepted(&mut out, &self.accepted);
        for locked in &self.enums {
            write_enum(&mut out, locked);
        }
        for event in &self.events {
            write_event(&mut out, event);
        }
        out
    }
}

fn write_accepted(out: &mut String, accepted: &[Accepted]) {
    if accepted.is_empty() {
        return;
    }
    out.push_str("\naccepted = [\n");
    for Accepted {
        since,
        reason,
        what,
    } in accepted
    {
        let what: Vec<String> = what.iter().map(|what| quote(what)).collect();
        let _ = writeln!(
            out,
            "  {{ since = {since}, reason = {}, what = [{}] }},",
            quote(reason),
            what.join(", ")
        );
    }
    out.push_str("]\n");
}

fn write_enum(out: &mut String, locked: &LockedEnum) {
    let _ = writeln!(out, "\n[[enums]]\nname = {}", quote(&locked.name));
    write_life_lines(out, locked.life);
    out.push_str("values = [\n");
    for value in &locked.values {
        let _ = writeln!(
            out,
            "  {{ code = {}, name = {}, {} }},",
            value.code,
            quote(&value.name),
            life(value.life)
        );
    }
    out.push_str("]\n");
}

fn write_event(out: &mut String, event: &LockedEvent) {
    let _ = writeln!(
        out,
        "\n[[events]]\ncode = {}\nname = {}",
        event.code,
        quote(&event.name)
    );
    write_life_lines(out, event.life);
    out.push_str("fields = [\n");
    for field in &event.fields {
        for (index, shape) in field.shapes.iter().enumerate() {
            // The last shape of a field that is gone ends with it.
            let until = field.life.until.filter(|_| index + 1 == field.shapes.len());
            let life = Life {
                since: shape.since,
                until,
            };
            write_field(out, field, *shape, life);
        }
    }
    out.push_str("]\n");
}

/// One line for each shape: a change adds a line and leaves the others.
fn write_field(out: &mut String, field: &LockedField, shape: LockedShape, of: Life) {
    let _ = write!(
        out,
        "  {{ code = {}, name = {}, {}, type = ",
        field.code,
        quote(&field.name),
        life(of)
    );
    let _ = match &field.kind {
        LockedKind::Bool => write!(out, "\"bool\""),
        LockedKind::Choice(name) => write!(out, "\"choice\", enum = {}", quote(name)),
        LockedKind::Set(name) => write!(out, "\"set\", enum = {}", quote(name)),
        LockedKind::Integer(unit) => write!(out, "\"integer\", unit = \"{}\"", unit.name()),
        LockedKind::Version => write!(out, "\"version\""),
    };
    if let Some(grid) = shape.grid {
        let _ = write!(out, ", min = {}, max = {}", grid.min(), grid.max());
        if grid.precision() != 0 {
            let _ = write!(out, ", precision = {}", grid.precision());
        }
    }
    if shape.optional {
        out.push_str(", optional = true");
    }
    out.push_str(" },\n");
}

fn write_life_lines(out: &mut String, life: Life) {
    let _ = writeln!(out, "since = {}", life.since);
    if let Some(until) = life.until {
        let _ = writeln!(out, "until = {until}");
    }
}

fn life(life: Life) -> String {
    match life.until {
        Some(until) => format!("since = {}, until = {until}", life.since),
        None => format!("since = {}", life.since),
    }
}

/// A basic string of TOML 1.0.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
