//! For a host's own tests: what did this code emit?
//!
//! ```ignore
//! let captured = caro_telemetry::testing::capture(|| generate("list files"));
//! assert_eq!(captured.of::<CommandGeneration>().len(), 1);
//! ```

use crate::event::Event;
use crate::global::open_gate;
use std::cell::RefCell;
use std::fmt;
use telemetry_wire::{Decoded, Program, RECORD_LEN, Record, Version, json};

thread_local! {
    static CAPTURE: RefCell<Option<Captured>> = const { RefCell::new(None) };
}

/// Runs `code` and returns the events that this thread emitted meanwhile, of
/// every level. They reach nobody else: neither a file nor an outer capture.
/// Events of other threads are not captured.
pub fn capture(code: impl FnOnce()) -> Captured {
    open_gate(u8::MAX);
    let outer = CAPTURE.replace(Some(Captured::default()));
    // Puts the outer capture back even if `code` panics.
    let restore = Restore(outer);
    code();
    let captured = CAPTURE.take().unwrap_or_default();
    drop(restore);
    captured
}

struct Restore(Option<Captured>);

impl Drop for Restore {
    fn drop(&mut self) {
        CAPTURE.set(self.0.take());
    }
}

/// Takes the event if this thread captures.
pub(crate) fn offer<E: Event>(event: E) -> bool {
    // A thread that is ending captures nothing.
    let offered = CAPTURE.try_with(|capture| {
        let mut capture = capture.borrow_mut();
        if let Some(captured) = &mut *capture {
            captured.events.extend(Emitted::new(event));
        }
        capture.is_some()
    });
    offered.unwrap_or(false)
}

/// The events that [`capture`] saw, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    events: Vec<Emitted>,
}

impl Captured {
    /// All events, in order.
    pub fn events(&self) -> &[Emitted] {
        &self.events
    }

    /// The events of one type, in order.
    pub fn of<E: Event>(&self) -> Vec<E> {
        self.events.iter().filter_map(Emitted::get).collect()
    }

    /// The names of all events, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.events.iter().map(Emitted::name).collect()
    }
}

/// One captured event, as the record that would have been written.
#[derive(Clone, Copy)]
pub struct Emitted {
    program: &'static Program,
    bytes: [u8; RECORD_LEN],
    decoded: Decoded,
}

impl Emitted {
    /// Encodes and decodes: what does not come back would be refused at the
    /// drain, and is not an event here either.
    fn new<E: Event>(event: E) -> Option<Self> {
        const NO_VERSION: Option<Version> = Version::parse("0.0.0-dev");
        let record = Record {
            generation: E::RUNNING.number,
            time_ms: 0,
            event: E::CODE,
            payload: event.pack(NO_VERSION?)?,
        };
        let bytes = record.encode(E::RUNNING.fingerprint);
        let decoded = Record::decode(&bytes, E::PROGRAM).ok()?;
        Some(Self {
            program: E::PROGRAM,
            bytes,
            decoded,
        })
    }

    /// The event's name in `events.toml`.
    pub fn name(&self) -> &'static str {
        self.decoded.event().name
    }

    /// What would be sent of it: `{"type": ..., ...}`.
    pub fn json(&self) -> String {
        let mut out = String::new();
        json::write_event_type(&mut out, &self.decoded);
        out
    }

    /// The event itself, if it is of this type.
    pub fn get<E: Event>(&self) -> Option<E> {
        let same = E::CODE == self.decoded.event().code
            && E::RUNNING.fingerprint == self.program.running().fingerprint;
        same.then(|| E::unpack(self.decoded.record().payload))?
    }
}

impl PartialEq for Emitted {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Emitted {}

impl fmt::Debug for Emitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.json())
    }
}
