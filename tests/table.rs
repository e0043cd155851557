//! The table that the tools make while they run is the one that is compiled
//! into the program, and what the program writes can be read by it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use caro_telemetry::PROGRAM;
use proptest::prelude::*;
use std::sync::LazyLock;
use telemetry_runtime::wire::{Program, Record, json, read};
use telemetry_schema::{Sources, load};

static TABLE: LazyLock<&Program> = LazyLock::new(|| {
    let sources = Sources {
        events_name: "events.toml",
        events: include_str!("../events.toml"),
        lock_name: "events.lock",
        lock: Some(include_str!("../events.lock")),
    };
    load(&sources).unwrap().program()
});

#[test]
fn both_tables_are_one() {
    assert_eq!(format!("{:#?}", *TABLE), format!("{PROGRAM:#?}"));
}

proptest! {
    #[test]
    fn what_the_program_writes_the_tools_read(
        event in any::<prop::sample::Index>(),
        payload: u128,
        time_s in 0_u64..4_000_000_000,
    ) {
        let running = PROGRAM.running();
        let event = &PROGRAM.events[event.index(PROGRAM.events.len())];
        let record = Record {
            generation: running.number,
            time_ms: time_s * 1000,
            event: event.code,
            payload: payload % event.payloads_at(running.number).unwrap(),
        };
        // Not every digit of a version stands for one.
        prop_assume!(Record::decode(&record.encode(running.fingerprint), &PROGRAM).is_ok());
        let decoded = Record::decode(&record.encode(running.fingerprint), &PROGRAM).unwrap();
        let mut text = String::new();
        json::write_event(&mut text, "01234567-89ab-8def-a123-456789abcdef", "0123456789abcdef", &decoded);
        let read = read::event(&text, *TABLE).unwrap();
        prop_assert_eq!(read.decoded.record(), record);
        let read = read::Reader::new(*TABLE).event(&text).unwrap();
        prop_assert_eq!(read.decoded.record(), record);
    }
}
