//! The fields of an event that both schemas have.

use super::values;
use super::{Found, Kind, Named, named};
use crate::model::{Event, Field, FieldType, Schema, Unit};
use telemetry_wire::Grid;

impl Named for Field {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Where a field is, in two forms.
struct Place<'a> {
    /// `events.build.fields.cached`
    path: String,
    /// `` `cached` of `build` ``
    name: String,
    field: &'a Field,
}

impl<'a> Place<'a> {
    fn of(event: &Event, field: &'a Field) -> Self {
        Self {
            path: format!("events.{}.fields.{}", event.name, field.name),
            name: format!("`{}` of `{}`", field.name, event.name),
            field,
        }
    }
}

/// What changed in the fields of an event.
pub(super) fn of_event(
    before: &Schema,
    after: &Schema,
    known: &Event,
    event: &Event,
    found: &mut Found,
) {
    for field in &event.fields {
        let place = Place::of(event, field);
        match named(&known.fields, &field.name) {
            None => {
                let (event, name) = (&event.name, &field.name);
                let what = format!("The event `{event}` also says `{name}`: {}", field.doc);
                found.add(Kind::Widening, place.path, what);
            }
            Some(known) => of_field(before, after, known, &place, found),
        }
    }
    for field in &known.fields {
        if named(&event.fields, &field.name).is_none() {
            let Place { path, name, .. } = Place::of(event, field);
            found.add(
                Kind::Narrowing,
                path.clone(),
                format!("{name} is no longer collected."),
            );
            found.add(Kind::Breaking, path, format!("{name} comes no more."));
        }
    }
}

fn of_field(before: &Schema, after: &Schema, known: &Field, place: &Place<'_>, found: &mut Found) {
    let (path, name, field) = (&place.path, &place.name, place.field);
    let description = format!("The description of {name}");
    found.described(&format!("{path}.doc"), &description, &known.doc, &field.doc);
    if known.stable != field.stable {
        let what = if field.stable {
            format!("{name} now counts as what stays the same from day to day.")
        } else {
            format!("{name} no longer counts as what stays the same from day to day.")
        };
        found.add(Kind::Neutral, path, what);
    }
    optional(known, place, found);
    match (&known.kind, &field.kind) {
        (FieldType::Bool, FieldType::Bool) => {}
        (FieldType::Choice(then), FieldType::Choice(now))
        | (FieldType::Set(then), FieldType::Set(now)) => {
            values::of_field(before, after, (*then, *now), (path, name), found);
        }
        (
            FieldType::Integer {
                grid: then,
                unit: was,
            },
            FieldType::Integer { grid: now, unit },
        ) if was == unit => {
            range(*then, *now, *unit, place, found);
            precision(*then, *now, place, found);
        }
        (
            FieldType::Version {
                live_releases: then,
            },
            FieldType::Version { live_releases: now },
        ) => {
            if then != now {
                let what = format!(
                    "{name} is counted as one of {now} live releases, no longer of {then}."
                );
                found.add(Kind::Neutral, path, what);
            }
        }
        (then, now) => another_type(then, now, place, found),
    }
}

fn optional(known: &Field, place: &Place<'_>, found: &mut Found) {
    let (path, name) = (&place.path, &place.name);
    match (known.optional, place.field.optional) {
        (false, true) => {
            let what = format!("{name} can also be absent, which tells something too.");
            found.add(Kind::Widening, path, what);
            let what = format!("{name} can be null.");
            found.add(Kind::Breaking, path, what);
        }
        (true, false) => {
            found.add(
                Kind::Narrowing,
                path,
                format!("{name} is never absent any more."),
            );
        }
        _ => {}
    }
}

/// A field of another type is another field: all that it says is new.
fn another_type(then: &FieldType, now: &FieldType, place: &Place<'_>, found: &mut Found) {
    let of = |kind: &FieldType| match kind {
        FieldType::Integer { unit, .. } => format!("a number ({})", unit.name()),
        FieldType::Bool => "a yes or no".to_owned(),
        FieldType::Choice(_) => "one of several words".to_owned(),
        FieldType::Set(_) => "any of several words".to_owned(),
        FieldType::Version { .. } => "the program's version".to_owned(),
    };
    let what = format!("{} is {}, no longer {}.", place.name, of(now), of(then));
    found.add(Kind::Breaking, &place.path, what.clone());
    found.add(Kind::Widening, &place.path, what);
}

fn range(then: Grid, now: Grid, unit: Unit, place: &Place<'_>, found: &mut Found) {
    let (path, name) = (&place.path, &place.name);
    let unit = match unit {
        Unit::Count => String::new(),
        unit => format!(" {}", unit.name()),
    };
    let mut end = |what: &str, then: i64, now: i64, kind: Kind| {
        let what = format!("{name} goes {what} {now}{unit}, no longer {what} {then}.");
        found.add(kind, path, what);
    };
    let kind = |wider| {
        if wider {
            Kind::Widening
        } else {
            Kind::Narrowing
        }
    };
    if then.min() != now.min() {
        end(
            "down to",
            then.min(),
            now.min(),
            kind(now.min() < then.min()),
        );
    }
    if then.max() != now.max() {
        end("up to", then.max(), now.max(), kind(now.max() > then.max()));
    }
}

fn precision(then: Grid, now: Grid, place: &Place<'_>, found: &mut Found) {
    let (then_in_percent, now_in_percent) = (then.precision(), now.precision());
    if then_in_percent == now_in_percent {
        return;
    }
    let of = |precision: u8| match precision {
        0 => "exactly".to_owned(),
        percent => format!("in steps of {percent} %"),
    };
    let finer = now_in_percent == 0 || (then_in_percent != 0 && now_in_percent < then_in_percent);
    let kind = if finer {
        Kind::Widening
    } else {
        Kind::Narrowing
    };
    let mut what = format!(
        "{} is kept {}, no longer {}",
        place.name,
        of(now_in_percent),
        of(then_in_percent)
    );
    let (coarse, fine) = if finer { (then, now) } else { (now, then) };
    if !are_steps_of(coarse, fine) {
        what.push_str(
            ": the steps lie elsewhere, so that counts of each do not compare with earlier ones",
        );
    }
    found.add(kind, &place.path, what + ".");
}

/// Whether every step of the one within both ranges is a step of the other.
/// The one has a precision, and so a few thousand steps at most.
fn are_steps_of(coarse: Grid, fine: Grid) -> bool {
    (0..)
        .map_while(|index| coarse.value_at(index))
        .filter(|step| (fine.min()..=fine.max()).contains(step))
        .all(|step| fine.value_at(fine.index_of(step)) == Some(step))
}
