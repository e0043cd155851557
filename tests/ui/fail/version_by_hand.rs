//! A version that is not the program's own.

use caro_telemetry::{Platform, SessionStart, Set, Shell};

fn main() {
    SessionStart {
        version: "1.1.0-nobodys-one",
        platform: Platform::Linux,
        shell_type: Shell::Bash,
        backend_available: Set::EMPTY,
    }
    .emit();
}
