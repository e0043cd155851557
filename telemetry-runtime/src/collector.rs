//! Emitting: one record, one write.

use crate::clock::{self, Clock};
use crate::config::TelemetryConfig;
use crate::consent::{Decision, Inputs, decide};
use crate::dirs::Places;
use crate::environment::Environment;
use crate::event::Event;
use crate::host::Host;
use crate::policy::Policy;
use crate::spool::Spool;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use telemetry_wire::record::{TIME_END_MS, Time};
use telemetry_wire::{Level, Program, Version, time};

/// A handle on a program's telemetry, for hosts that pass it about; cheap to
/// clone. [`init`](crate::init) returns the one that events' own `emit()`
/// uses.
///
/// With telemetry off it holds nothing, and emitting does nothing.
#[derive(Debug, Clone)]
pub struct TelemetryCollector {
    decision: Decision,
    state: Option<Arc<State>>,
}

#[derive(Debug)]
struct State {
    /// Of the program's running generation: only its events are taken.
    fingerprint: u32,
    version: Version,
    level: Level,
    clock: Clock,
    /// The clock's last second, as 32 bits, and below it that second's part of
    /// the checksum. Records' times are rounded to seconds at least.
    moment: AtomicU64,
    spool: Spool,
}

impl TelemetryCollector {
    /// Decides whether telemetry is on, and opens the spool if it is. Never
    /// fails the host: what goes wrong turns telemetry off for this run.
    pub fn new(
        program: &'static Program,
        policy: &Policy,
        host: Host,
        config: &TelemetryConfig,
    ) -> Self {
        let environment = Environment::read(program.app);
        let places = Places::of(program.app, &environment);
        let inputs = Inputs::gather(program, policy, host, config, &environment, &places);
        let decision = decide(&inputs);
        Self::decided(program, policy, host, decision, places.data, clock::system)
    }

    /// The collector that a decision allows, with its spool in `dir`.
    pub(crate) fn decided(
        program: &'static Program,
        policy: &Policy,
        host: Host,
        decision: Decision,
        dir: Option<PathBuf>,
        clock: Clock,
    ) -> Self {
        let spool = decision
            .permit()
            .zip(dir)
            .and_then(|(permit, dir)| Spool::open(permit, dir, clock(), policy.retention_ms()));
        let state = spool.map(|spool| {
            Arc::new(State {
                fingerprint: program.running().fingerprint,
                version: host.version(),
                level: decision.level(),
                clock,
                moment: AtomicU64::new(0),
                spool,
            })
        });
        Self { decision, state }
    }

    /// Emits an event, if telemetry is on and the user's level includes it.
    /// Returns when the kernel has the record: it survives whatever happens
    /// to the process next.
    #[inline]
    pub fn emit<E: Event>(&self, event: E) {
        #[cfg(feature = "testing")]
        if crate::testing::offer(event) {
            return;
        }
        if let Some(state) = &self.state
            && E::LEVEL as u8 <= state.level as u8
        {
            state.record(event);
        }
    }

    /// Whether events are being kept.
    pub fn is_enabled(&self) -> bool {
        self.state.is_some()
    }

    /// The folder that events are kept in, if they are.
    #[cfg(feature = "upload")]
    pub(crate) fn dir(&self) -> Option<&std::path::Path> {
        self.state.as_deref().map(|state| state.spool.dir())
    }

    /// What decided whether telemetry is on. It can be on and still keep
    /// nothing, if the spool could not be opened.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The highest level that is emitted, as a number; 0 if none is.
    pub(crate) fn gate(&self) -> u8 {
        self.state.as_ref().map_or(0, |state| state.level as u8)
    }
}

impl State {
    #[inline(always)]
    #[allow(
        clippy::inline_always,
        reason = "the tables are constants only in here"
    )]
    fn record<E: Event>(&self, event: E) {
        // An event of another program's table would be refused at the drain.
        if E::RUNNING.fingerprint != self.fingerprint {
            return;
        }
        let Some(payload) = event.pack(self.version) else {
            return;
        };
        let now_ms = (self.clock)();
        let time = self.time(now_ms, E::PROGRAM.time_precision_ms);
        self.spool.append(&E::TEMPLATE.fill(time, payload), now_ms);
    }

    /// The time of a record. Its part of the checksum is the same for a whole
    /// second and for all events, and is computed once.
    #[inline(always)]
    #[allow(
        clippy::inline_always,
        clippy::cast_possible_truncation,
        reason = "the precision is a constant only in here; a moment is two halves"
    )]
    fn time(&self, now_ms: u64, precision_ms: u32) -> Time {
        let ms = time::round_down(now_ms, precision_ms);
        if !precision_ms.is_multiple_of(1_000) {
            return Time::new(ms);
        }
        let second = (now_ms / 1_000) as u32;
        let moment = self.moment.load(Ordering::Relaxed);
        if (moment >> 32) as u32 == second {
            Time::known(ms, moment as u32)
        } else {
            self.new_second(second, ms)
        }
    }

    #[cold]
    fn new_second(&self, second: u32, ms: u64) -> Time {
        let time = Time::new(ms);
        if ms >= TIME_END_MS {
            // Such a clock is set right before long; nothing of it is kept.
            return time;
        }
        let moment = u64::from(second) << 32 | u64::from(time.crc());
        self.moment.store(moment, Ordering::Relaxed);
        time
    }
}
