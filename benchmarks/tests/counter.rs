//! The instruction counter counts what is known.

use telemetry_benchmarks::worker::{Workers, check_counter};

#[test]
fn counts_loops_of_known_length() {
    let folder = tempfile::tempdir().unwrap();
    let workers = Workers::of(env!("CARGO_BIN_EXE_emit"));
    check_counter(&workers, folder.path()).unwrap();
}
