//! The declarations as written: what `events.toml` says, each part with the
//! place where it says so, and nothing concluded from it.
//!
//! A part that is missing or could not be read is none here, and has a
//! diagnostic; rules look at what is there. The same types give the JSON
//! Schema by which editors complete `events.toml`.

mod allow;
mod app;
mod docs;
mod editor;
mod enums;
mod event;
mod field;
mod policy;
pub(crate) mod table;
mod transport;
mod value;

pub(crate) use allow::Allowances;
pub(crate) use app::App;
pub(crate) use docs::Docs;
pub use editor::events_toml_json_schema;
pub(crate) use enums::Enum;
pub(crate) use event::Event;
pub(crate) use field::{Field, FieldKind, IntegerKeys};
pub(crate) use policy::Policy;
pub(crate) use transport::Transport;
pub(crate) use value::{Entry, Named, Spanned};

use schemars::JsonSchema;
use table::{Findings, Table};
use toml::de::DeTable;

/// The values of an enum, each with its meaning.
pub(crate) type Words = Named<Spanned<String>>;

/// Everything that a program's telemetry can send, and on what terms.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields, title = "events.toml")]
pub(crate) struct Declarations {
    /// The version of this file's language; 1.
    #[schemars(required, range(min = 1, max = 1))]
    pub(crate) schema: Option<Spanned<i64>>,
    /// The program that the telemetry is about.
    #[schemars(required)]
    pub(crate) app: Option<App>,
    /// What is promised for all events alike.
    #[schemars(required)]
    pub(crate) policy: Option<Policy>,
    /// Who takes the events at the endpoint.
    #[schemars(default, with = "Transport")]
    pub(crate) transport: Option<Transport>,
    /// Hand-written pages with parts that are made from this file.
    #[schemars(default, with = "Docs")]
    pub(crate) docs: Option<Docs>,
    /// Closed lists of words, for the fields of type choice and set.
    #[schemars(default)]
    pub(crate) enums: Named<Enum>,
    /// The events, by the names that they have on the wire.
    #[schemars(default)]
    pub(crate) events: Named<Event>,
}

impl Declarations {
    pub(crate) fn read(document: &DeTable<'_>, findings: &mut Findings) -> Self {
        let mut table = Table::root(document, "`events.toml`", findings);
        let declarations = Self {
            schema: table.required("schema", "schema = 1"),
            app: table.required("app", "[app]"),
            policy: table.required("policy", "[policy]"),
            transport: table.optional("transport"),
            docs: table.optional("docs"),
            enums: table.optional("enums").unwrap_or_default(),
            events: table.optional("events").unwrap_or_default(),
        };
        table.finish();
        declarations
    }

    /// Everything that can have allowances: events, fields and enums.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&Spanned<String>, &Allowances)> {
        let enums = self
            .enums
            .iter()
            .map(|entry| (&entry.name, &entry.item.allow));
        let events = self
            .events
            .iter()
            .map(|entry| (&entry.name, &entry.item.allow));
        let fields = self
            .fields()
            .map(|(_, entry)| (&entry.name, &entry.item.common.allow));
        enums.chain(events).chain(fields)
    }

    /// Every list of words, with the name of the enum or the field that has
    /// it.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&Spanned<String>, &Words)> {
        let named = self
            .enums
            .iter()
            .filter_map(|entry| Some((&entry.name, entry.item.values.as_ref()?)));
        let in_place = self
            .fields()
            .filter_map(|(_, field)| match &field.item.kind {
                Some(FieldKind::Choice(keys)) => Some((&field.name, keys.values.as_ref()?)),
                _ => None,
            });
        named.chain(in_place)
    }

    /// Every field with the event that it belongs to.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&Entry<Event>, &Entry<Field>)> {
        self.events
            .iter()
            .flat_map(|event| event.item.fields.iter().map(move |field| (event, field)))
    }
}
