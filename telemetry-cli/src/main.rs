//! `cargo telemetry`

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A tree of a thousand events is many small pieces.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let (mut out, mut err) = (anstream::stdout(), anstream::stderr());
    telemetry_cli::run(std::env::args_os(), &mut out, &mut err).into()
}
