//! `cargo telemetry check`

use crate::{Outcome, Project};
use std::io::{self, Write};

/// Tells all findings.
pub(crate) fn run(
    project: &Project,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(err)? else {
        return Ok(Outcome::Findings);
    };
    writeln!(
        out,
        "{} is in order: {} events, generation {}",
        project.sources().events_name,
        bound.schema.events.len(),
        bound.generation().number,
    )?;
    Ok(Outcome::Fine)
}
