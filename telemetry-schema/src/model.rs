//! The schema as meant: names resolved, units and bounds checked.
//!
//! Events, enums, fields and values stand in the order of `events.toml`.
//! Codes are not here but in the [`crate::lock::Lock`]; a [`crate::Bound`]
//! holds both, known to agree.

use telemetry_wire::{Channel, Grid, Level};

/// All that one `events.toml` declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// `[app]`
    pub app: App,
    /// `[policy]`
    pub policy: Policy,
    /// `[transport]`
    pub sink: Sink,
    /// The files of `[docs]` whose regions are made from the schema, relative
    /// to the folder of `events.toml`, with `/` between the parts of a path.
    pub pages: Vec<String>,
    /// Named enums and, after them, those written in place by a field; the
    /// latter have the name `EVENT_FIELD` and [`Enum::inline`] set.
    pub enums: Vec<Enum>,
    /// `[events.*]`
    pub events: Vec<Event>,
}

/// The program that the telemetry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The command's name: lower case, used in paths and variable names.
    pub name: String,
    /// The name that people read.
    pub title: String,
    /// Where the privacy documentation is published.
    pub docs_url: String,
    /// Where events are sent.
    pub endpoint: String,
    /// Where to ask about it: a URL or an e-mail address.
    pub contact: String,
    /// The command that turns telemetry off, as quoted in notices.
    pub turn_off: String,
}

impl App {
    /// The path of the endpoint, from the first slash after the host.
    pub fn endpoint_path(&self) -> &str {
        let rest = self.endpoint.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
    }

    /// The start of the names of the app's environment variables: `CARO`.
    pub fn env_prefix(&self) -> String {
        self.name.to_uppercase().replace('-', "_")
    }
}

/// Who takes the events at the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sink {
    /// A server that takes a JSON array of events and answers for each.
    #[default]
    Events,
    /// PostHog's `/batch/`.
    PostHog {
        /// The public key of the project.
        api_key: String,
    },
}

impl Sink {
    /// As what writes bodies knows it.
    pub fn wire(&self) -> telemetry_wire::Sink<'_> {
        match self {
            Self::Events => telemetry_wire::Sink::Events,
            Self::PostHog { api_key } => telemetry_wire::Sink::PostHog { api_key },
        }
    }
}

/// What is promised for all events alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Days until an event is deleted, here and on the server.
    pub retention_days: u16,
    /// Hours between uploads.
    pub upload_interval_hours: u16,
    /// Events in one upload, at most.
    pub upload_batch_events: u16,
    /// Seconds that times are rounded down to.
    pub time_precision_seconds: u32,
    /// Bits that one event may tell, at most; never above 64.
    pub max_event_bits: u16,
    /// Bits that the stable fields of one event may tell, at most.
    pub max_linkable_bits: u16,
    /// Each channel's default, in the order of [`Channel::ALL`].
    pub consent: [ConsentDefault; 5],
}

impl Policy {
    /// The default of a channel.
    pub fn consent_for(&self, channel: Channel) -> ConsentDefault {
        self.consent[channel as usize]
    }
}

/// What holds for somebody who was not asked or did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentDefault {
    /// Off until turned on.
    OptIn,
    /// On until turned off.
    OptOut,
}

/// A closed list of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Unique among enums.
    pub name: String,
    /// What the values have in common; for one written in place, the field's.
    pub doc: String,
    /// Whether a field wrote it in place.
    pub inline: bool,
    /// Never empty; at most 256.
    pub values: Vec<Value>,
}

/// One word of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The word on the wire.
    pub name: String,
    /// What it means.
    pub doc: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The name on the wire.
    pub name: String,
    /// What happened.
    pub doc: String,
    /// What question it answers.
    pub why: String,
    /// From which level on it is emitted.
    pub level: Level,
    /// When it must be gone.
    pub expires: Expiry,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it was reviewed.
    pub review: Option<String>,
    /// In the order of `events.toml`; the wire has them by code.
    pub fields: Vec<Field>,
}

/// When an event must be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    /// It is kept for good.
    Never,
    /// A date, `YYYY-MM-DD`.
    Date(String),
    /// A version of the program, `MAJOR.MINOR.PATCH`.
    Version(String),
}

/// One field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key on the wire.
    pub name: String,
    /// What it says.
    pub doc: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether it stays the same for a machine from day to day.
    pub stable: bool,
    /// Its values.
    pub kind: FieldType,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// `bool`
    Bool,
    /// `choice`: one value of the enum at this index of [`Schema::enums`].
    Choice(usize),
    /// `set`: any values of the enum at this index of [`Schema::enums`].
    Set(usize),
    /// `integer`
    Integer {
        /// Range and steps.
        grid: Grid,
        /// What is counted.
        unit: Unit,
    },
    /// `version`
    Version {
        /// How many releases are in use at a time; for the privacy sum.
        live_releases: u32,
    },
}

impl FieldType {
    /// The word in `events.toml`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Choice(_) => "choice",
            Self::Set(_) => "set",
            Self::Integer { .. } => "integer",
            Self::Version { .. } => "version",
        }
    }
}

/// What an integer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// `count`: things.
    Count,
    /// `percent`
    Percent,
    /// `us`: microseconds.
    Microseconds,
    /// `ms`: milliseconds.
    Milliseconds,
    /// `s`: seconds.
    Seconds,
    /// `min`: minutes.
    Minutes,
    /// `h`: hours.
    Hours,
    /// `d`: days.
    Days,
    /// `bytes`
    Bytes,
    /// `KiB`: 1,024 bytes.
    Kibibytes,
    /// `MiB`: 1,048,576 bytes.
    Mebibytes,
}

impl Unit {
    /// All units.
    pub const ALL: [Self; 11] = [
        Self::Count,
        Self::Percent,
        Self::Microseconds,
        Self::Milliseconds,
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::Days,
        Self::Bytes,
        Self::Kibibytes,
        Self::Mebibytes,
    ];

    /// The word in `events.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Percent => "percent",
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::Days => "d",
            Self::Bytes => "bytes",
            Self::Kibibytes => "KiB",
            Self::Mebibytes => "MiB",
        }
    }
}
