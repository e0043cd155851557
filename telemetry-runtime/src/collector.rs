//! Emitting: one record, one write.

use crate::clock::{self, Clock};
use crate::config::TelemetryConfig;
use crate::consent::{Decision, Inputs, decide};
use crate::dirs::data_dir;
use crate::environment::Environment;
use crate::event::Event;
use crate::host::Host;
use crate::policy::Policy;
use crate::spool::Spool;
use std::path::Path;
use std::sync::Arc;
use telemetry_wire::{Level, Program, Record, Version, time};

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
    program: &'static Program,
    version: Version,
    level: Level,
    clock: Clock,
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
        let decision = decide(&Inputs::gather(host, &environment, config, policy));
        if !decision.enabled() {
            return Self::off(decision);
        }
        match data_dir(program.app, &environment) {
            None => Self::off(Decision::no_data_folder()),
            Some(dir) => {
                Self::in_dir(program, policy, host, config.level.into(), &dir, decision, clock::system)
            }
        }
    }

    fn off(decision: Decision) -> Self {
        Self {
            decision,
            state: None,
        }
    }

    /// The collector with its spool in `dir`.
    pub(crate) fn in_dir(
        program: &'static Program,
        policy: &Policy,
        host: Host,
        level: Level,
        dir: &Path,
        decision: Decision,
        clock: Clock,
    ) -> Self {
        let state = decision
            .permit()
            .and_then(|permit| Spool::open(permit, dir, clock(), policy.retention_ms()))
            .map(|spool| {
                Arc::new(State {
                    program,
                    version: host.version(),
                    level,
                    clock,
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
    #[inline]
    fn record<E: Event>(&self, event: E) {
        let running = E::RUNNING;
        // An event of another program's table would be refused at the drain.
        if running.fingerprint != self.program.running().fingerprint {
            return;
        }
        let Some(payload) = event.pack(self.version) else {
            return;
        };
        let now_ms = (self.clock)();
        let record = Record {
            generation: running.number,
            time_ms: time::round_down(now_ms, E::PROGRAM.time_precision_ms),
            event: E::CODE,
            payload,
        };
        self.spool.append(&record.encode(running.fingerprint), now_ms);
    }
}
