//! `cargo telemetry generate` and `cargo telemetry docs`: what is made from
//! the declarations and committed.

use crate::console::Console;
use crate::drift::{self, Drift};
use crate::pages::{self, Filled};
use crate::{Outcome, Project};
use std::io;

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// All that is generated, and the regions of pages.
    Everything,
    /// The regions of pages.
    Pages,
}

/// Writes every file that is not up to date, or with `check` only tells
/// which ones are not.
pub(crate) fn run(
    project: &Project,
    what: What,
    check: bool,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    let mut artifacts = match what {
        What::Everything => telemetry_codegen::generate(&bound),
        What::Pages => Vec::new(),
    };
    let command = match what {
        What::Everything => "generate",
        What::Pages => "docs",
    };
    match pages::fill(project, &bound, console)? {
        Filled::Pages(pages) => artifacts.extend(pages),
        Filled::Not(outcome) => return Ok(outcome),
    }
    if artifacts.is_empty() {
        console.say(format_args!(
            "no page is listed: write `pages = [\"docs/telemetry.md\"]` under `[docs]` in {}",
            project.sources().events_name
        ))?;
        return Ok(Outcome::Fine);
    }
    let mut drifts = Drift::of(project.folder(), &artifacts);
    if what == What::Everything {
        drifts.extend(Drift::left_over(project.folder(), &artifacts));
    }
    if check {
        drift::tell(project, &drifts, artifacts.len(), command, console)
    } else {
        drift::write(project, &drifts, artifacts.len(), console)
    }
}
