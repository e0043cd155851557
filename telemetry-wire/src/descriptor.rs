//! The schema as constant tables.
//!
//! Generated code holds one [`Program`]: all events, fields and values that
//! ever were, each with the [`Life`] in which records may carry it. A record
//! names its generation; the tables say what its digits meant then, so a
//! newer program reads what an older one left behind.

use crate::grid::Grid;
use crate::version::Version;

/// How much a user lets through. An event is emitted when its level is at or
/// below the level that the user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Only what is critical.
    Minimal = 1,
    /// What is standard.
    Normal = 2,
    /// Detail, for debugging the product.
    Verbose = 3,
}

impl Level {
    /// The word used in `events.toml`, configuration and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Normal => "normal",
            Self::Verbose => "verbose",
        }
    }
}

/// The generations in which something exists: from `since` up to and without
/// `until`. What still lives has no `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Life {
    /// The first generation that has it.
    pub since: u16,
    /// The first generation that no longer has it.
    pub until: Option<u16>,
}

impl Life {
    /// A life from `since` on, not ended.
    pub const fn since(since: u16) -> Self {
        Self { since, until: None }
    }

    /// Whether it exists in generation `number`.
    pub const fn covers(self, number: u16) -> bool {
        self.since <= number
            && match self.until {
                Some(until) => number < until,
                None => true,
            }
    }
}

/// One generation of a program's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generation {
    /// Counts up from 1; every change of what can be sent raises it.
    pub number: u16,
    /// Seeds the checksum of this generation's records, so that a record of
    /// another program or branch is refused.
    pub fingerprint: u32,
}

/// Everything that a program can send, now and in earlier generations.
#[derive(Debug)]
pub struct Program {
    /// The program's name, as in `[app]`.
    pub app: &'static str,
    /// All generations, oldest first; never empty; the last one is running.
    pub generations: &'static [Generation],
    /// Every event that ever was, by ascending code.
    pub events: &'static [EventDescriptor],
    /// What a record's time is rounded down to, in milliseconds; at least 1.
    pub time_precision_ms: u32,
}

impl Program {
    /// The generation that this build emits.
    pub const fn running(&self) -> Generation {
        self.generations[self.generations.len() - 1]
    }

    /// The generation with this number, if this build knows it.
    pub fn generation(&self, number: u16) -> Option<Generation> {
        self.generations
            .iter()
            .copied()
            .find(|generation| generation.number == number)
    }

    /// The event with this code, if generation `number` has it.
    pub fn event(&self, code: u16, number: u16) -> Option<&'static EventDescriptor> {
        self.events
            .iter()
            .find(|event| event.code == code && event.life.covers(number))
    }

    /// The events that this build can emit, by ascending code.
    pub fn living(&self) -> impl Iterator<Item = &'static EventDescriptor> {
        let running = self.running().number;
        self.events
            .iter()
            .filter(move |event| event.life.covers(running))
    }

    /// Whether an event's type claims just what the running generation
    /// declares: the same code, level, and fields in the same order with the
    /// same domains. Generated code asserts this in a constant.
    pub const fn agrees(&self, code: u16, level: Level, claims: &[Claim]) -> bool {
        let running = self.running().number;
        let mut index = 0;
        while index < self.events.len() {
            let event = &self.events[index];
            if event.code == code && event.life.covers(running) {
                return event.level as u8 == level as u8 && event.agrees(running, claims);
            }
            index += 1;
        }
        false
    }
}

/// One event.
#[derive(Debug)]
pub struct EventDescriptor {
    /// Stable, never reused; at least 1.
    pub code: u16,
    /// The name in `events.toml` and in the JSON's `type`.
    pub name: &'static str,
    /// The level at which the running build emits it.
    pub level: Level,
    /// The generations that have it.
    pub life: Life,
    /// Every field that it ever had, by ascending code.
    pub fields: &'static [FieldDescriptor],
}

impl EventDescriptor {
    /// The fields that generation `number` has, by ascending code, each with
    /// the shape it has there.
    pub fn fields_at(
        &self,
        number: u16,
    ) -> impl DoubleEndedIterator<Item = (&'static FieldDescriptor, Shape)> {
        self.fields
            .iter()
            .filter_map(move |field| Some((field, field.shape_at(number)?)))
    }

    /// The number of different payloads that generation `number` allows, or
    /// none if they do not fit into a record.
    pub fn payloads_at(&self, number: u16) -> Option<u128> {
        self.fields_at(number)
            .try_fold(1_u128, |product, (_, shape)| {
                product.checked_mul(shape.radix(number))
            })
    }

    const fn agrees(&self, number: u16, claims: &[Claim]) -> bool {
        let mut claimed = 0;
        let mut index = 0;
        while index < self.fields.len() {
            let field = &self.fields[index];
            index += 1;
            let Some(shape) = field.shape_at(number) else {
                continue;
            };
            if claimed == claims.len()
                || !same(claims[claimed].name, field.name)
                || !shape.agrees(number, &claims[claimed])
            {
                return false;
            }
            claimed += 1;
        }
        claimed == claims.len()
    }
}

/// One field of an event.
#[derive(Debug)]
pub struct FieldDescriptor {
    /// Stable within the event, never reused; its order is the digits' order.
    pub code: u16,
    /// The name in `events.toml` and the key in the JSON.
    pub name: &'static str,
    /// Whether it stays the same for a machine from day to day.
    pub stable: bool,
    /// The generations that have it.
    pub life: Life,
    /// What it could hold, oldest first; never empty. The last one that began
    /// at or before a generation is the one that generation has.
    pub shapes: &'static [Shape],
}

impl FieldDescriptor {
    /// What the field holds in generation `number`, if it exists there.
    pub const fn shape_at(&self, number: u16) -> Option<Shape> {
        if !self.life.covers(number) {
            return None;
        }
        let mut index = self.shapes.len();
        while index > 0 {
            index -= 1;
            if self.shapes[index].since <= number {
                return Some(self.shapes[index]);
            }
        }
        None
    }
}

/// What a field holds from one generation on.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The first generation with this shape.
    pub since: u16,
    /// Whether the field may be absent.
    pub optional: bool,
    /// The values.
    pub kind: Kind,
}

impl Shape {
    /// The number of digits' values in generation `number`, absence counted.
    pub const fn radix(&self, number: u16) -> u128 {
        self.kind.radix(number) + self.optional as u128
    }

    const fn agrees(&self, number: u16, claim: &Claim) -> bool {
        if self.optional != claim.optional {
            return false;
        }
        match (self.kind, claim.domain) {
            (Kind::Bool, Domain::Bool) | (Kind::Version, Domain::Version) => true,
            (Kind::Choice(values), Domain::Choice(names))
            | (Kind::Set(values), Domain::Set(names)) => same_names(values, names, number),
            (Kind::Integer(grid), Domain::Integer(claimed)) => grid.same(claimed),
            _ => false,
        }
    }
}

/// The values of a field.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// False or true.
    Bool,
    /// One of these values, by ascending code.
    Choice(&'static [ValueDescriptor]),
    /// Any subset of these values, by ascending code.
    Set(&'static [ValueDescriptor]),
    /// A whole number on a grid.
    Integer(Grid),
    /// The version of the program that emitted.
    Version,
}

impl Kind {
    /// The number of values in generation `number`.
    pub const fn radix(&self, number: u16) -> u128 {
        match self {
            Self::Bool => 2,
            Self::Choice(values) => living(values, number) as u128,
            Self::Set(values) => 1 << living(values, number),
            Self::Integer(grid) => grid.steps(),
            Self::Version => Version::RADIX as u128,
        }
    }
}

/// One value of a choice or set.
#[derive(Debug, Clone, Copy)]
pub struct ValueDescriptor {
    /// Stable within its enum, never reused.
    pub code: u16,
    /// The word on the wire.
    pub name: &'static str,
    /// The generations that have it.
    pub life: Life,
}

const fn living(values: &[ValueDescriptor], number: u16) -> usize {
    let mut count = 0;
    let mut index = 0;
    while index < values.len() {
        if values[index].life.covers(number) {
            count += 1;
        }
        index += 1;
    }
    count
}

/// What a Rust type says of itself, to be held against the table.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// The field's name.
    pub name: &'static str,
    /// Whether the type can hold nothing.
    pub optional: bool,
    /// The type's values.
    pub domain: Domain,
}

/// The values of a Rust type that may be a field; at the running generation.
#[derive(Debug, Clone, Copy)]
pub enum Domain {
    /// `bool`.
    Bool,
    /// An enum without payloads: its variants' words, in digit order.
    Choice(&'static [&'static str]),
    /// A set over such an enum.
    Set(&'static [&'static str]),
    /// A bounded integer.
    Integer(Grid),
    /// The version of the program that emits.
    Version,
}

impl Domain {
    /// The number of values.
    pub const fn radix(self) -> u128 {
        match self {
            Self::Bool => 2,
            Self::Choice(names) => names.len() as u128,
            Self::Set(names) => 1 << names.len(),
            Self::Integer(grid) => grid.steps(),
            Self::Version => Version::RADIX as u128,
        }
    }
}

const fn same_names(values: &[ValueDescriptor], names: &[&str], number: u16) -> bool {
    let mut found = 0;
    let mut index = 0;
    while index < values.len() {
        if values[index].life.covers(number) {
            if found == names.len() || !same(values[index].name, names[found]) {
                return false;
            }
            found += 1;
        }
        index += 1;
    }
    found == names.len()
}

/// `a == b`, in a constant.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}
