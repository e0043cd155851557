//! The pages that `[docs]` lists, with their regions filled.

use crate::console::Console;
use crate::{Outcome, Project};
use std::fs;
use std::io;
use telemetry_codegen::Artifact;
use telemetry_codegen::regions::{HostFormat, RegionError, Sections, apply};
use telemetry_schema::rules::page;
use telemetry_schema::{Bound, Diagnostic, Sources};

/// What came of the pages.
pub(crate) enum Filled {
    /// All of them, as they should be.
    Pages(Vec<Artifact>),
    /// What is wrong has been told.
    Not(Outcome),
}

/// Fills the regions of every page that is listed. All that is wrong with
/// any of them is told.
pub(crate) fn fill(
    project: &Project,
    bound: &Bound,
    console: &mut Console<'_>,
) -> io::Result<Filled> {
    let mut pages = Vec::new();
    let mut wrong = false;
    for listed in &bound.schema.pages {
        let path = project.folder().join(listed);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                return console
                    .could_not_access("read", &path, &error)
                    .map(Filled::Not);
            }
        };
        match filled(listed, &text, bound) {
            Ok(contents) => pages.push(Artifact {
                path: listed.clone(),
                contents,
            }),
            Err(diagnostics) => {
                let name = path.display().to_string();
                console.tell(&diagnostics, &Sources::alone(&name, &text))?;
                wrong = true;
            }
        }
    }
    Ok(if wrong {
        Filled::Not(Outcome::Findings)
    } else {
        Filled::Pages(pages)
    })
}

fn filled(path: &str, text: &str, bound: &Bound) -> Result<String, Vec<Diagnostic>> {
    // The rule `page-path` lets no other ends through; plain text is what
    // remains to be assumed.
    let host = HostFormat::of_path(path).unwrap_or(HostFormat::Text);
    match apply(text, host, &Sections::of(bound)) {
        Ok(filled) if filled.regions == 0 => Err(vec![page::without_region()]),
        Ok(filled) => Ok(filled.text),
        Err(errors) => Err(errors.iter().map(diagnostic).collect()),
    }
}

fn diagnostic(error: &RegionError) -> Diagnostic {
    page::broken_region(&error.span, error.problem.to_string(), error.problem.help())
}
