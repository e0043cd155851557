//! From the declarations to the schema as meant. Called only where the
//! declarations have no errors: none is returned where a part is missing
//! that the rules should have asked for.

use crate::declared::{self, Declarations, FieldKind, IntegerKeys, Named, Spanned};
use crate::model::{
    App, ConsentDefault, Enum, Event, Field, FieldType, Policy, Schema, Sink, Value,
};
use crate::names::inline_enum;
use crate::rules::{expiry, level, unit};
use crate::steps;
use std::collections::HashMap;

pub(crate) fn schema(declared: &Declarations) -> Option<Schema> {
    let mut enums = declared
        .enums
        .iter()
        .map(|entry| {
            Some(Enum {
                name: entry.name.value.clone(),
                doc: text(entry.item.doc.as_ref())?,
                inline: false,
                values: values(entry.item.values.as_ref()?),
            })
        })
        .collect::<Option<Vec<Enum>>>()?;
    let indices = declared
        .enums
        .names()
        .enumerate()
        .map(|(index, name)| (name, index))
        .collect();
    let events = declared
        .events
        .iter()
        .map(|entry| event(&entry.name.value, &entry.item, &indices, &mut enums))
        .collect::<Option<Vec<Event>>>()?;
    Some(Schema {
        app: app(declared.app.as_ref()?)?,
        policy: policy(declared.policy.as_ref()?)?,
        sink: sink(declared.transport.as_ref())?,
        pages: pages(declared),
        enums,
        events,
    })
}

fn pages(declared: &Declarations) -> Vec<String> {
    let pages = declared.docs.iter().flat_map(|docs| &docs.pages.0);
    pages.map(|page| page.value.clone()).collect()
}

fn text(text: Option<&Spanned<String>>) -> Option<String> {
    text.map(|text| text.value.clone())
}

fn app(declared: &declared::App) -> Option<App> {
    Some(App {
        name: text(declared.name.as_ref())?,
        title: text(declared.title.as_ref())?,
        docs_url: text(declared.docs_url.as_ref())?,
        endpoint: text(declared.endpoint.as_ref())?,
        contact: text(declared.contact.as_ref())?,
        turn_off: text(declared.turn_off.as_ref())?,
    })
}

fn policy(declared: &declared::Policy) -> Option<Policy> {
    let mut consent = [ConsentDefault::OptIn; 5];
    for (slot, word) in consent
        .iter_mut()
        .zip(declared.consent.as_ref()?.channels())
    {
        *slot = match word.as_ref()?.value.as_str() {
            "opt-in" => ConsentDefault::OptIn,
            "opt-out" => ConsentDefault::OptOut,
            _ => return None,
        };
    }
    Some(Policy {
        retention_days: number(declared.retention_days.as_ref())?,
        upload_interval_hours: number(declared.upload_interval_hours.as_ref())?,
        upload_batch_events: number(declared.upload_batch_events.as_ref())?,
        time_precision_seconds: number(declared.time_precision_seconds.as_ref())?,
        max_event_bits: number(declared.max_event_bits.as_ref())?,
        max_linkable_bits: number(declared.max_linkable_bits.as_ref())?,
        consent,
    })
}

fn sink(declared: Option<&declared::Transport>) -> Option<Sink> {
    let Some(declared) = declared else {
        return Some(Sink::default());
    };
    match declared.sink.as_ref()?.value.as_str() {
        "events" => Some(Sink::Events),
        "posthog" => Some(Sink::PostHog {
            api_key: text(declared.api_key.as_ref())?,
        }),
        _ => None,
    }
}

fn number<N: TryFrom<i64>>(number: Option<&Spanned<i64>>) -> Option<N> {
    N::try_from(number?.value).ok()
}

fn values(values: &Named<Spanned<String>>) -> Vec<Value> {
    values
        .iter()
        .map(|value| Value {
            name: value.name.value.clone(),
            doc: value.item.value.clone(),
        })
        .collect()
}

fn event(
    name: &str,
    declared: &declared::Event,
    indices: &HashMap<&str, usize>,
    enums: &mut Vec<Enum>,
) -> Option<Event> {
    let mut fields = Vec::with_capacity(declared.fields.len());
    for entry in declared.fields.iter() {
        let common = &entry.item.common;
        let doc = text(common.doc.as_ref())?;
        let is = |flag: &Option<Spanned<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
        let in_place = |values: Vec<Value>| {
            enums.push(Enum {
                name: inline_enum(name, &entry.name.value),
                doc: doc.clone(),
                inline: true,
                values,
            });
            enums.len() - 1
        };
        let kind = field_type(entry.item.kind.as_ref()?, indices, in_place)?;
        fields.push(Field {
            name: entry.name.value.clone(),
            doc,
            optional: is(&common.optional),
            stable: is(&common.stable),
            kind,
        });
    }
    Some(Event {
        name: name.to_owned(),
        doc: text(declared.doc.as_ref())?,
        why: text(declared.why.as_ref())?,
        level: level::parse(&declared.level.as_ref()?.value)?,
        expires: expiry::parse(&declared.expires.as_ref()?.value)?,
        owner: text(declared.owner.as_ref()),
        review: text(declared.review.as_ref()),
        fields,
    })
}

fn field_type(
    kind: &FieldKind,
    indices: &HashMap<&str, usize>,
    in_place: impl FnOnce(Vec<Value>) -> usize,
) -> Option<FieldType> {
    let index = |of: &Option<Spanned<String>>| indices.get(of.as_ref()?.value.as_str()).copied();
    Some(match kind {
        FieldKind::Bool => FieldType::Bool,
        FieldKind::Choice(keys) => FieldType::Choice(match &keys.values {
            Some(written) => in_place(values(written)),
            None => index(&keys.of)?,
        }),
        FieldKind::Set(keys) => FieldType::Set(index(&keys.of)?),
        FieldKind::Integer(keys) => integer(keys)?,
        FieldKind::Version(keys) => FieldType::Version {
            live_releases: number(keys.live_releases.as_ref())?,
        },
    })
}

fn integer(keys: &IntegerKeys) -> Option<FieldType> {
    let precision = keys
        .precision
        .as_ref()
        .map_or(0, |precision| precision.value);
    Some(FieldType::Integer {
        grid: steps::grid(
            keys.min.as_ref()?.value,
            keys.max.as_ref()?.value,
            precision,
        )
        .ok()?,
        unit: unit::parse(&keys.unit.as_ref()?.value)?,
    })
}
