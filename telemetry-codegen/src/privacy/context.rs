//! The values of the template, in the words of the page.

use crate::history;
use crate::json_schema::print;
use crate::sink::{self, Addition};
use crate::words::{self, plural};
use serde::Serialize;
use std::collections::BTreeSet;
use telemetry_schema::model::{Enum, Event, Expiry, Field, FieldType, Schema};
use telemetry_schema::{Bound, bits};
use telemetry_wire::Channel;
use telemetry_wire::transport::{self, Header};

/// Everything that the page says.
#[derive(Serialize)]
pub(super) struct Page {
    app: AppWords,
    counts: Counts,
    consent: ConsentWords,
    policy: PolicyWords,
    events: Vec<EventWords>,
    choices: Vec<ChoiceWords>,
    /// How many releases are in use at a time; none where no event says.
    versions: Option<u32>,
    vocabulary: String,
    request: RequestWords,
}

/// The wire manifest.
#[derive(Serialize)]
struct RequestWords {
    method: &'static str,
    /// What a body is.
    form: &'static str,
    path: String,
    protocol: &'static str,
    headers: Vec<HeaderWords>,
    /// What a body has beside the fields of events.
    keys: Vec<KeyWords>,
    unavoidable: Vec<&'static str>,
    proxy: Vec<&'static str>,
    /// Of the request that `forget` makes.
    deletion: String,
    /// Its headers; none where no such request is sent.
    deletion_headers: Vec<HeaderWords>,
}

#[derive(Serialize)]
struct HeaderWords {
    name: &'static str,
    value: String,
    why: &'static str,
}

#[derive(Serialize)]
struct KeyWords {
    place: &'static str,
    name: &'static str,
    value: String,
    why: &'static str,
}

impl RequestWords {
    fn of(bound: &Bound) -> Self {
        let schema = &bound.schema;
        let header = |header: &Header| HeaderWords {
            name: header.name,
            value: match words::header(header.value) {
                (value, true) => format!("`{value}`"),
                (value, false) => value.to_owned(),
            },
            why: header.why,
        };
        let key = |key: Addition| KeyWords {
            place: key.place,
            name: key.name,
            value: if key.is_exact {
                format!("`{}`", key.value)
            } else {
                key.value
            },
            why: key.why,
        };
        Self {
            method: transport::METHOD,
            form: sink::form(&schema.sink),
            path: schema.app.endpoint_path().to_owned(),
            protocol: transport::PROTOCOL,
            headers: transport::HEADERS.iter().map(header).collect(),
            keys: sink::additions(&schema.sink).into_iter().map(key).collect(),
            unavoidable: transport::UNAVOIDABLE.to_vec(),
            proxy: transport::PROXY.to_vec(),
            deletion: sink::deletion(bound),
            deletion_headers: sink::deletions_path(bound)
                .into_iter()
                .flat_map(|_| transport::DELETION_HEADERS.iter().map(header))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct AppWords {
    title: String,
    endpoint: String,
    contact: String,
    turn_off: String,
    env_prefix: String,
}

#[derive(Serialize)]
struct Counts {
    events: String,
    integers: bool,
}

#[derive(Serialize)]
struct ConsentWords {
    sentence: String,
    channels: Vec<ChannelWords>,
}

#[derive(Serialize)]
struct ChannelWords {
    name: String,
    default: &'static str,
}

#[derive(Serialize)]
struct PolicyWords {
    retention: String,
    interval: String,
    batch: String,
    precision: String,
    max_event_bits: u16,
    max_linkable_bits: u16,
}

#[derive(Serialize)]
struct EventWords {
    name: String,
    doc: String,
    why: String,
    level: &'static str,
    standing: String,
    bits: String,
    linkable: String,
    fields: Vec<FieldWords>,
    example: String,
}

#[derive(Serialize)]
struct FieldWords {
    name: String,
    doc: String,
    values: String,
    stable: bool,
    bits: String,
}

#[derive(Serialize)]
struct ChoiceWords {
    title: String,
    doc: String,
    values: Vec<ValueWords>,
}

#[derive(Serialize)]
struct ValueWords {
    name: String,
    doc: String,
}

impl Page {
    pub(super) fn of(bound: &Bound) -> Self {
        let schema = &bound.schema;
        Self {
            app: app(schema),
            counts: counts(schema),
            consent: consent(schema),
            policy: policy(schema),
            events: schema
                .events
                .iter()
                .map(|declared| event(bound, declared))
                .collect(),
            choices: (0..)
                .zip(&schema.enums)
                .map(|(index, declared)| choice(bound, index, declared))
                .collect(),
            versions: live_releases(schema),
            vocabulary: fill(&words_sent(bound)),
            request: RequestWords::of(bound),
        }
    }
}

fn app(schema: &Schema) -> AppWords {
    AppWords {
        title: cell(&schema.app.title),
        endpoint: link(&schema.app.endpoint),
        contact: link(&schema.app.contact),
        turn_off: schema.app.turn_off.clone(),
        env_prefix: schema.app.env_prefix(),
    }
}

fn counts(schema: &Schema) -> Counts {
    let mut fields = schema.events.iter().flat_map(|event| &event.fields);
    let events = match schema.events.len() {
        1 => "one kind of event".to_owned(),
        count => format!("{count} kinds of events"),
    };
    Counts {
        events,
        integers: fields.any(|field| matches!(field.kind, FieldType::Integer { .. })),
    }
}

fn consent(schema: &Schema) -> ConsentWords {
    let channels = Channel::ALL.into_iter().rev().map(|channel| ChannelWords {
        name: match channel {
            Channel::Dev => {
                "`dev`: builds by developers, and any version with another name".to_owned()
            }
            Channel::Stable => "`stable`: a version without a name, like `1.2.3`".to_owned(),
            named => format!("`{0}`: a version like `1.2.3-{0}`", named.name()),
        },
        default: words::consent_default(schema.policy.consent_for(channel)),
    });
    ConsentWords {
        sentence: words::consent(&schema.policy) + ".",
        channels: channels.collect(),
    }
}

fn policy(schema: &Schema) -> PolicyWords {
    let policy = &schema.policy;
    PolicyWords {
        retention: plural(policy.retention_days, "day"),
        interval: words::interval(policy),
        batch: plural(policy.upload_batch_events, "event"),
        precision: words::precision(policy.time_precision_seconds),
        max_event_bits: policy.max_event_bits,
        max_linkable_bits: policy.max_linkable_bits,
    }
}

fn event(bound: &Bound, declared: &Event) -> EventWords {
    let schema = &bound.schema;
    EventWords {
        name: declared.name.clone(),
        doc: cell(&declared.doc),
        why: cell(&declared.why),
        level: declared.level.name(),
        standing: standing(declared),
        bits: words::bits(bits::of_event(schema, declared)),
        linkable: words::bits(bits::linkable(schema, declared)),
        fields: bound
            .fields_by_code(declared)
            .into_iter()
            .map(|(_, declared)| field(schema, declared))
            .collect(),
        example: print(&sink::event(bound, declared)).trim_end().to_owned(),
    }
}

/// Level, expiry and who answers for an event.
fn standing(declared: &Event) -> String {
    let mut sentences = vec![
        format!("Its level is {}.", declared.level.name()),
        match &declared.expires {
            Expiry::Never => "It is meant to stay.".to_owned(),
            other => format!("It goes away {}.", words::expiry(other)),
        },
    ];
    if let Some(owner) = &declared.owner {
        sentences.push(format!("{} answers for it.", cell(owner)));
    }
    if let Some(review) = &declared.review {
        sentences.push(format!("It was reviewed: {}", link(review)));
    }
    sentences.join(" ")
}

fn field(schema: &Schema, declared: &Field) -> FieldWords {
    FieldWords {
        name: declared.name.clone(),
        doc: cell(&declared.doc),
        values: values(schema, declared),
        stable: declared.stable,
        bits: words::bits(bits::of_field(schema, declared)),
    }
}

/// What a field can be, in words.
fn values(schema: &Schema, field: &Field) -> String {
    let link = |index: usize| {
        let title = title(schema, index);
        format!("[{title}](#{})", title.replace(' ', "-"))
    };
    let mut text = match &field.kind {
        FieldType::Bool => "yes or no".to_owned(),
        FieldType::Choice(index) => format!("one of {}", link(*index)),
        FieldType::Set(index) => format!("any of {}", link(*index)),
        FieldType::Integer { grid, unit } => words::range(*grid, *unit),
        FieldType::Version { .. } => {
            "three numbers and the kind of release, like `1.2.3-beta.1`".to_owned()
        }
    };
    if field.optional {
        text.push_str(", or nothing");
    }
    text
}

fn choice(bound: &Bound, index: usize, declared: &Enum) -> ChoiceWords {
    ChoiceWords {
        title: title(&bound.schema, index),
        doc: cell(&declared.doc),
        values: bound
            .values_by_code(index)
            .into_iter()
            .map(|(_, value)| ValueWords {
                name: value.name.clone(),
                doc: cell(&value.doc),
            })
            .collect(),
    }
}

/// An enum's name as a heading. One that a field wrote in place is named
/// after the field.
fn title(schema: &Schema, index: usize) -> String {
    let of_field = || {
        schema.events.iter().find_map(|event| {
            let mut fields = event.fields.iter();
            let field = fields.find(|field| field.kind == FieldType::Choice(index))?;
            Some(format!("{} of {}", field.name, event.name))
        })
    };
    let name = match schema.enums.get(index) {
        Some(declared) if declared.inline => of_field(),
        other => other.map(|declared| declared.name.clone()),
    };
    name.unwrap_or_default().replace('_', " ")
}

/// The most releases that a version field says are in use at a time.
fn live_releases(schema: &Schema) -> Option<u32> {
    let fields = schema.events.iter().flat_map(|event| &event.fields);
    fields
        .filter_map(|field| match field.kind {
            FieldType::Version { live_releases } => Some(live_releases),
            _ => None,
        })
        .max()
}

/// Every word that can be in the JSON.
fn words_sent(bound: &Bound) -> BTreeSet<&str> {
    let mut words = history::vocabulary(&bound.lock);
    words.extend(history::version_words(&bound.lock));
    words.extend(sink::words(&bound.schema.sink));
    words
}

/// Words filled into lines.
fn fill(words: &BTreeSet<&str>) -> String {
    const WIDTH: usize = 90;
    let mut text = String::new();
    let mut column = 0;
    for word in words {
        if column > 0 && column + word.len() + 1 > WIDTH {
            text.push('\n');
            column = 0;
        }
        if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    text
}

/// Text that stays itself in Markdown, in a table too.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '<' | '>' | '*' | '[' | ']' | '\\' | '`') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A URL that can be followed; anything else as it is.
fn link(text: &str) -> String {
    if text.starts_with("https://") || text.starts_with("http://") {
        format!("<{}>", text.replace(['<', '>', ' '], ""))
    } else {
        cell(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_stays_text() {
        assert_eq!(cell("a|b <c> `d`"), r"a\|b \<c\> \`d\`");
        assert_eq!(link("https://a.example/x"), "<https://a.example/x>");
    }
}
