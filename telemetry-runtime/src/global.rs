//! The process's one collector, behind every event's `emit()`.

use crate::collector::TelemetryCollector;
use crate::config::TelemetryConfig;
use crate::event::Event;
use crate::host::Host;
use crate::policy::Policy;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use telemetry_wire::Program;

static COLLECTOR: OnceLock<TelemetryCollector> = OnceLock::new();

/// The highest level that is emitted; 0 while telemetry is off. An event
/// above it costs this load and a branch.
static GATE: AtomicU8 = AtomicU8::new(0);

/// Decides whether telemetry is on and makes events' own `emit()` work.
/// Generated code calls it with its tables, as `YOUR_CRATE::init(host!(),
/// &config)`. Call it once, at the start of `main`; a later call returns what
/// the first one made. Events emitted before it are dropped.
///
/// It reads the environment without std's lock, so no other thread may be
/// changing that at the time.
pub fn init(
    program: &'static Program,
    policy: &Policy,
    host: Host,
    config: &TelemetryConfig,
) -> TelemetryCollector {
    let collector =
        COLLECTOR.get_or_init(|| TelemetryCollector::new(program, policy, host, config));
    open_gate(collector.gate());
    collector.clone()
}

/// Raises the gate to a level, or keeps it where it is if it is higher.
pub(crate) fn open_gate(level: u8) {
    GATE.fetch_max(level, Ordering::Relaxed);
}

/// Emits an event through the process's collector. Events' own `emit()`
/// calls this.
#[inline]
pub fn emit<E: Event>(event: E) {
    if E::LEVEL as u8 <= GATE.load(Ordering::Relaxed) {
        pass(event);
    }
}

fn pass<E: Event>(event: E) {
    match COLLECTOR.get() {
        Some(collector) => collector.emit(event),
        #[cfg(feature = "testing")]
        None => {
            crate::testing::offer(event);
        }
        #[cfg(not(feature = "testing"))]
        None => {}
    }
}
