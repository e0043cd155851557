//! Programs, and random events of them.

use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use telemetry_ingest::judge::Event;
use telemetry_schema::{Bound, Lock, Sources, load, read};
use telemetry_wire::{Datum, Generation, Program, Record, time};

/// A field of every type, and names that a table might want for itself.
pub(crate) const NARROW: &str = r#"
schema = 1
[app]
name = "my-tool"
title = "My Tool"
docs_url = "https://tool.example/privacy"
endpoint = "https://tool.example/events"
contact = "privacy@tool.example"
turn_off = "my-tool telemetry off"
[policy]
retention_days = 90
upload_interval_hours = 6
upload_batch_events = 10
time_precision_seconds = 1
max_event_bits = 64
max_linkable_bits = 16
[policy.consent]
dev = "opt-in"
alpha = "opt-in"
beta = "opt-out"
rc = "opt-out"
stable = "opt-in"
[enums.fruit]
doc = "What grows on trees."
[enums.fruit.values]
apple = "Red or green."
pear = "Green or yellow."
[events.events]
doc = "Somebody shook a tree."
why = "Tells us how hard."
level = "minimal"
expires = "never"
[events.events.fields]
version = { type = "version", live_releases = 4, stable = true, doc = "The version." }
event = { type = "bool", optional = true, doc = "Whether it hit somebody." }
v1 = { type = "set", enum = "fruit", doc = "What fell." }
word = { type = "bool", doc = "Whether anything was said." }
time = { type = "choice", enum = "fruit", optional = true, doc = "What fell first." }
select = { type = "choice", values = { from = "Nothing to see.", to = "Better run." }, doc = "Of the tree." }
session = { type = "integer", min = -45, max = 45, unit = "count", doc = "Of the ground." }
[events.tree_left]
doc = "Somebody went away."
why = "Tells us that they did."
level = "verbose"
expires = "never"
"#;

/// The same after it grew: values, a range, fields, an event, a set with more
/// values than a column has bits.
pub(crate) fn wide() -> String {
    let nuts: Vec<String> = (0..28).map(|n| format!("nut{n} = \"Nut {n}.\"")).collect();
    NARROW
        .replace(
            "pear = \"Green or yellow.\"",
            &format!("quince = \"Yellow.\"\n{}", nuts.join("\n")),
        )
        .replace("max = 45", "max = 3000000")
        .replace(
            "[events.tree_left]",
            "[events.tree_grown]\ndoc = \"It did.\"\nwhy = \"To know.\"\nlevel = \"normal\"\n\
             expires = \"never\"\n[events.tree_grown.fields]\n\
             a = { type = \"bool\", doc = \"One.\" }\nb = { type = \"bool\", doc = \"Two.\" }\n\
             c = { type = \"bool\", doc = \"3.\" }\nd = { type = \"bool\", doc = \"4.\" }\n\
             e = { type = \"bool\", doc = \"5.\" }\nf = { type = \"bool\", doc = \"6.\" }\n\
             g = { type = \"integer\", min = 0, max = 9000, unit = \"ms\", doc = \"7.\" }\n\
             h = { type = \"bool\", doc = \"8.\" }\n\
             [events.tree_left]",
        )
}

/// A program whose lock has seen all of these, one after the other.
pub(crate) fn program(history: &[&str]) -> &'static Program {
    bound(history).program()
}

fn bound(history: &[&str]) -> Bound {
    let lock = history.iter().fold(None, |lock: Option<Lock>, events| {
        let (schema, _) = read("events.toml", events).unwrap();
        Some(Lock::update(lock.as_ref(), &schema).unwrap())
    });
    load(&Sources {
        events_name: "events.toml",
        events: history.last().unwrap(),
        lock_name: "events.lock",
        lock: Some(&lock.unwrap().to_text()),
    })
    .unwrap()
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

/// Random events, the same for the same seed.
pub(crate) struct Source {
    program: &'static Program,
    generation: Generation,
    state: u64,
    /// The end of the ten hours in which they happen.
    pub(crate) until_ms: u64,
}

impl Source {
    pub(crate) fn new(program: &'static Program, seed: u64) -> Self {
        Self {
            program,
            generation: program.running(),
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            until_ms: now_ms(),
        }
    }

    /// As a client of an earlier generation sends them.
    pub(crate) fn of_generation(mut self, number: u16) -> Self {
        self.generation = self.program.generation(number).unwrap();
        self
    }

    fn next(&mut self) -> u64 {
        // Xorshift, by Marsaglia.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u128) -> u128 {
        (u128::from(self.next()) << 64 | u128::from(self.next())) % end
    }

    /// A new event.
    pub(crate) fn event(&mut self) -> Event {
        loop {
            let events = self.program.events;
            let which = self.below(events.len() as u128);
            let event = &events[usize::try_from(which).unwrap()];
            let Some(payloads) = event.payloads_at(self.generation.number) else {
                continue;
            };
            let back = u64::try_from(self.below(36_000_000)).unwrap();
            let record = Record {
                generation: self.generation.number,
                time_ms: (self.until_ms - back) / 1000 * 1000,
                event: event.code,
                payload: self.below(payloads),
            };
            // Some digits of a version are none.
            let bytes = record.encode(self.generation.fingerprint);
            let Ok(decoded) = Record::decode(&bytes, self.program) else {
                continue;
            };
            // A UUID of version 8 (RFC 9562).
            let (high, low) = (self.next() & !0xF000 | 0x8000, self.next() >> 2 | 1 << 63);
            let id = u128::from(high) << 64 | u128::from(low);
            return Event {
                index: 0,
                id: id.to_be_bytes(),
                session: (self.next() | 0x8000_0000_0000_0001).to_be_bytes(),
                decoded,
            };
        }
    }

    pub(crate) fn events(&mut self, count: usize) -> Vec<Event> {
        (0..count).map(|_| self.event()).collect()
    }
}

/// What a view is to show of an event, sets as lists and 0 or 1 for a bool.
pub(crate) fn shown(event: &Event) -> Map<String, Value> {
    let id = format!("{:032x}", u128::from_be_bytes(event.id));
    let session = format!("{:016x}", u64::from_be_bytes(event.session));
    let mut shown = Map::new();
    let mut set = |key: &str, value: Value| shown.insert(key.to_owned(), value);
    set(
        "id",
        format!(
            "{}-{}-{}-{}-{}",
            &id[..8],
            &id[8..12],
            &id[12..16],
            &id[16..20],
            &id[20..]
        )
        .into(),
    );
    set("session_id", session.into());
    set("timestamp", time::rfc3339(event.time_ms()).into());
    for (field, datum) in event.decoded.fields() {
        let value = match datum {
            Datum::Absent => Value::Null,
            Datum::Bool(value) => u8::from(value).into(),
            Datum::Choice(value) => value.name.into(),
            Datum::Set(members) => members.iter().map(|value| value.name).collect(),
            Datum::Integer(value) => value.into(),
            Datum::Version(version) => {
                let text = version.to_string();
                let (numbers, pre) = text.split_once('-').unwrap_or((&text, "stable"));
                let (channel, number) = pre.split_once('.').unwrap_or((pre, "0"));
                let numbers: Vec<u64> = numbers.split('.').map(|n| n.parse().unwrap()).collect();
                set("version__major", numbers[0].into());
                set("version__minor", numbers[1].into());
                set("version__patch", numbers[2].into());
                set("version__channel", channel.into());
                set("version__number", json!(number.parse::<u8>().unwrap()));
                text.into()
            }
        };
        set(field.name, value);
    }
    shown
}
