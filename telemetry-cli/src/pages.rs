//! The pages that `[docs]` lists or the command line names, with their regions filled.

use crate::Outcome;
use crate::console::Console;
use std::fs;
use std::io;
use std::path::Path;
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

/// Fills the regions of all these pages of a folder. All that is wrong with
/// any of them is told.
pub(crate) fn fill(
    folder: &Path,
    listed: &[String],
    bound: &Bound,
    console: &mut Console<'_>,
) -> io::Result<Filled> {
    let mut pages = Vec::new();
    let mut wrong = false;
    for listed in listed {
        let path = folder.join(listed);
        let Some(host) = HostFormat::of_path(listed) else {
            let kinds = "md, mdx, html, astro or txt";
            return console
                .could_not(format_args!("{} does not end in {kinds}", path.display()))
                .map(Filled::Not);
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                return console
                    .could_not_access("read", &path, &error)
                    .map(Filled::Not);
            }
        };
        match filled(host, &text, bound) {
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

fn filled(host: HostFormat, text: &str, bound: &Bound) -> Result<String, Vec<Diagnostic>> {
    match apply(text, host, &Sections::of(bound)) {
        Ok(filled) if filled.regions == 0 => Err(vec![page::without_region()]),
        Ok(filled) => Ok(filled.text),
        Err(errors) => Err(errors.iter().map(diagnostic).collect()),
    }
}

fn diagnostic(error: &RegionError) -> Diagnostic {
    page::broken_region(&error.span, error.problem.to_string(), error.problem.help())
}
