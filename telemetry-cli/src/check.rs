//! `cargo telemetry check`

use crate::console::Console;
use crate::{Outcome, Project};
use std::io;

/// Tells all findings.
pub(crate) fn run(project: &Project, console: &mut Console<'_>) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    console.say(format_args!(
        "{} is in order: {} events, generation {}",
        project.sources().events_name,
        bound.schema.events.len(),
        bound.generation().number,
    ))?;
    Ok(Outcome::Fine)
}
