//! `cargo telemetry`

use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut out, mut err) = (anstream::stdout(), anstream::stderr());
    telemetry_cli::run(std::env::args_os(), &mut out, &mut err).into()
}
