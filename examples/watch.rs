//! A host that runs for long: each line that it is given is a piece of work.
//! Now and then it asks whether an upload is due, which is a look at a file;
//! an upload is a process of its own here as well.
//!
//! ```text
//! cargo run --example watch
//! ```

#![allow(clippy::print_stdout, reason = "this is what the program is for")]

use caro_telemetry::{Backend, CommandGeneration, Context, TelemetryConfig, upload};
use std::io::BufRead;
use std::time::Instant;

fn main() {
    let config = TelemetryConfig::default();
    let host = caro_telemetry::host!();
    let (program, policy) = (&caro_telemetry::PROGRAM, &caro_telemetry::POLICY);
    let uploads = upload::register(&Context::new(host, &config, program, policy));
    let telemetry = caro_telemetry::init(host, &config);

    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let started = Instant::now();
        let done = line.to_uppercase();
        CommandGeneration {
            backend: Backend::Static,
            duration_ms: started.elapsed().into(),
            success: true,
            error_category: None,
        }
        .emit();
        // A host without work asks by a timer, every minute for instance.
        uploads.start_if_due(&telemetry);
        println!("{done}");
    }
}
