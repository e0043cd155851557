//! `cargo telemetry generate` and `cargo telemetry docs`: what is made from
//! the declarations and committed.

use crate::console::Console;
use crate::drift::{Drift, Looked};
use crate::pages::{self, Filled};
use crate::{Outcome, Project};
use std::io;
use std::path::Path;

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What<'w> {
    /// All that is generated, and the regions of pages.
    Everything,
    /// The regions of these pages, relative to the working folder; of those
    /// that are listed where there are none.
    Pages(&'w [String]),
}

impl What<'_> {
    /// The words that ask for it.
    fn command(&self) -> String {
        match self {
            Self::Everything => "generate".to_owned(),
            Self::Pages([]) => "docs".to_owned(),
            Self::Pages(pages) => format!("docs {}", pages.join(" ")),
        }
    }
}

/// Writes every file that is not up to date, or with `check` only tells
/// which ones are not.
pub(crate) fn run(
    project: &Project,
    what: &What<'_>,
    check: bool,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let Some(bound) = project.load(console)? else {
        return Ok(Outcome::Findings);
    };
    if *what == What::Pages(&[])
        && let Some(why) = project.lacks_pages(&bound.schema.pages)
    {
        return console.could_not(format_args!("{why}"));
    }
    let (folder, pages) = match what {
        What::Pages(named) if !named.is_empty() => (Path::new(""), *named),
        _ => (project.pages_folder(), bound.schema.pages.as_slice()),
    };
    let mut artifacts = match what {
        What::Everything => telemetry_codegen::generate(&bound),
        What::Pages(_) => Vec::new(),
    };
    match pages::fill(folder, pages, &bound, console)? {
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
    let mut drifts = Drift::of(folder, &artifacts);
    if *what == What::Everything {
        drifts.extend(Drift::left_over(folder, &artifacts));
    }
    let looked_at = Looked {
        folder,
        drifts: &drifts,
        count: artifacts.len(),
    };
    if check {
        looked_at.tell(&project.command(&what.command()), console)
    } else {
        looked_at.write(console)
    }
}
