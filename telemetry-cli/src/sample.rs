//! `cargo telemetry sample`

use crate::console::Console;
use crate::meant::instead;
use crate::{Outcome, Project};
use clap::Args;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::io;
use telemetry_wire::{
    EventDescriptor, Generation, Kind, Program, Record, Shape, Version, json, time,
};

/// The first second of 2026: a sample does not depend on when it is taken.
const START_MS: u64 = 1_767_225_600_000;

/// A week: samples are of more than one day.
const SPAN_MS: u64 = 7 * 86_400_000;

/// Steps of an integer that `--cover` goes through, spread over all of them.
const COVERED_STEPS: u128 = 64;

/// Which events are written.
#[derive(Args)]
pub(crate) struct Options {
    /// How many events
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    number: u64,
    /// The same seed gives the same events
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Instead of N events, as few as hold every word, and integers from end
    /// to end
    #[arg(long, conflicts_with = "number")]
    cover: bool,
    /// Only events of this name
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// A JSON array, as it is sent, in place of one event a line
    #[arg(long)]
    array: bool,
}

/// Writes events that are valid.
pub(crate) fn run(
    project: &Project,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    let program = bound.program();
    let events: Vec<&'static EventDescriptor> = program
        .living()
        .filter(|event| options.event.as_ref().is_none_or(|name| name == event.name))
        .collect();
    if events.is_empty() {
        let names: Vec<&str> = program.living().map(|event| event.name).collect();
        let name = options.event.as_deref().unwrap_or_default();
        return console.could_not(format_args!(
            "there is no event `{}`; {}",
            name.escape_debug(),
            instead(name, "the events", &names)
        ));
    }
    let mut sampler = Sampler {
        program,
        random: ChaCha8Rng::seed_from_u64(options.seed),
    };
    let mut first = true;
    let mut write = |text: &str| {
        let before = match (options.array, std::mem::take(&mut first)) {
            (false, true) => "",
            (true, true) => "[\n",
            (false, false) => "\n",
            (true, false) => ",\n",
        };
        console.print(format_args!("{before}{text}"))
    };
    if options.cover {
        for event in events {
            for row in 0..rows(event, sampler.running()) {
                write(&sampler.event(event, |_, shape, number| covered(shape, number, row)))?;
            }
        }
    } else {
        for _ in 0..options.number {
            let event = sampler.below(events.len() as u128);
            let event = usize::try_from(event).unwrap_or_default();
            let Some(event) = events.get(event) else {
                continue;
            };
            write(&sampler.event(event, Sampler::any))?;
        }
    }
    match (options.array, first) {
        (true, true) => console.print(format_args!("[]\n"))?,
        (true, false) => console.print(format_args!("\n]\n"))?,
        (false, true) => {}
        (false, false) => console.print(format_args!("\n"))?,
    }
    Ok(Outcome::Fine)
}

/// How many events hold all that an event can say, one field at a time.
fn rows(event: &'static EventDescriptor, running: Generation) -> u128 {
    event
        .fields_at(running.number)
        .map(|(_, shape)| places(shape, running.number))
        .max()
        .unwrap_or(1)
}

/// How many digits cover a field.
fn places(shape: Shape, generation: u16) -> u128 {
    match shape.kind {
        Kind::Integer(_) => shape.radix(generation).min(COVERED_STEPS),
        Kind::Version => VERSIONS.len() as u128 + u128::from(shape.optional),
        Kind::Bool | Kind::Choice(_) | Kind::Set(_) => shape.radix(generation),
    }
}

/// A version of each channel, and more than one release: what is possible
/// besides is so much that a sample would show nothing else.
const VERSIONS: [&str; 7] = [
    "0.9.0-dev",
    "0.9.0-alpha",
    "1.0.0-beta.2",
    "1.0.0-rc.1",
    "1.0.0",
    "1.2.3",
    "2.0.0",
];

struct Sampler {
    program: &'static Program,
    random: ChaCha8Rng,
}

impl Sampler {
    fn running(&self) -> Generation {
        self.program.running()
    }

    /// A number below `end`, each nearly as likely as any other: what is
    /// declared has at most 2^64 values, of 2^128 that are drawn from.
    fn below(&mut self, end: u128) -> u128 {
        let (high, low) = (self.random.next_u64(), self.random.next_u64());
        (u128::from(high) << 64 | u128::from(low)) % end.max(1)
    }

    /// Any digit of a field, of versions those that [`covered`] goes through.
    fn any(&mut self, shape: Shape, generation: u16) -> u128 {
        match shape.kind {
            Kind::Version => {
                let place = self.below(places(shape, generation));
                covered(shape, generation, place)
            }
            _ => self.below(shape.radix(generation)),
        }
    }

    /// An event whose fields' digits are chosen by `choose`.
    fn event(
        &mut self,
        event: &'static EventDescriptor,
        choose: impl Fn(&mut Self, Shape, u16) -> u128,
    ) -> String {
        let running = self.running();
        let mut payload = 0;
        for (_, shape) in event.fields_at(running.number).rev() {
            let digit = choose(self, shape, running.number);
            payload = payload * shape.radix(running.number) + digit;
        }
        let span = u64::try_from(self.below(u128::from(SPAN_MS))).unwrap_or_default();
        let time_ms = time::round_down(START_MS + span, self.program.time_precision_ms);
        let record = Record {
            generation: running.number,
            time_ms,
            event: event.code,
            payload,
        };
        let mut text = String::new();
        let (id, session) = (self.id(), self.session(time_ms));
        // Every digit is one that its field has.
        if let Ok(decoded) = Record::decode(&record.encode(running.fingerprint), self.program) {
            json::write_event(&mut text, &id, &session, &decoded);
        }
        text
    }

    /// A UUID of version 8 (RFC 9562).
    fn id(&mut self) -> String {
        let (high, low) = (self.random.next_u64(), self.random.next_u64());
        let high = high & !0xF000 | 0x8000;
        let low = low >> 2 | 1 << 63;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    /// One of three machines' sessions of that day.
    fn session(&mut self, time_ms: u64) -> String {
        let machine = self.below(3);
        let day = time_ms / 86_400_000;
        let seed = day << 8 | u64::try_from(machine).unwrap_or_default();
        format!("{:016x}", ChaCha8Rng::seed_from_u64(seed).next_u64())
    }
}

/// The digit in a row of those that cover a field, absence first where it
/// may be absent; after the last the first comes again.
fn covered(shape: Shape, generation: u16, row: u128) -> u128 {
    let radix = shape.radix(generation);
    let place = row % places(shape, generation);
    match shape.kind {
        Kind::Integer(_) if radix > COVERED_STEPS => {
            // From end to end, both among them.
            place.saturating_mul(radix - 1) / (COVERED_STEPS - 1)
        }
        Kind::Version => match place.checked_sub(u128::from(shape.optional)) {
            None => 0,
            Some(place) => {
                let version = VERSIONS.get(usize::try_from(place).unwrap_or_default());
                let version = version.and_then(|version| Version::parse(version));
                let digit = version.map_or(0, Version::digit);
                u128::from(digit) + u128::from(shape.optional)
            }
        },
        Kind::Integer(_) | Kind::Bool | Kind::Choice(_) | Kind::Set(_) => place,
    }
}
