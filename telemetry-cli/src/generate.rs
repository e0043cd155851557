//! `cargo telemetry generate`: the files that are made from the declarations
//! and committed.

use crate::project::could_not;
use crate::{Outcome, Project};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use telemetry_codegen::Artifact;

/// Where every file with this ending is one of ours.
const SCHEMAS: (&str, &str) = ("generated/schemas", ".schema.json");

/// Writes every file that is not up to date, and removes the schemas of
/// events that are gone.
///
/// # Errors
///
/// Only of writing to `out` and `err`.
pub fn write(project: &Project, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let Some(bound) = project.load(err)? else {
        return Ok(Outcome::Findings);
    };
    let artifacts = telemetry_codegen::generate(&bound);
    let mut changed = 0;
    for drift in drifts(project.folder(), &artifacts) {
        let path = project.folder().join(&drift.path);
        let done = match drift.now {
            Some(contents) => path
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&path, contents)),
            None => fs::remove_file(&path),
        };
        if let Err(error) = done {
            return could_not("write", &path, &error, err);
        }
        changed += 1;
        let verb = if drift.now.is_some() {
            "wrote"
        } else {
            "removed"
        };
        writeln!(out, "{verb} {}", path.display())?;
    }
    if changed == 0 {
        writeln!(out, "all {} files are up to date", artifacts.len())?;
    }
    Ok(Outcome::Fine)
}

/// Tells which files are not up to date, with what would change.
///
/// # Errors
///
/// Only of writing to `out` and `err`.
pub fn check(project: &Project, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let Some(bound) = project.load(err)? else {
        return Ok(Outcome::Findings);
    };
    let artifacts = telemetry_codegen::generate(&bound);
    let drifts = drifts(project.folder(), &artifacts);
    if drifts.is_empty() {
        writeln!(out, "all {} files are up to date", artifacts.len())?;
        return Ok(Outcome::Fine);
    }
    for drift in &drifts {
        let path = drift.path.display().to_string();
        let (before, now) = (
            drift.before.as_deref().unwrap_or(""),
            drift.now.unwrap_or(""),
        );
        let diff = TextDiff::from_lines(before, now);
        write!(
            out,
            "{}",
            diff.unified_diff().context_radius(2).header(&path, &path)
        )?;
    }
    let count = match drifts.len() {
        1 => "1 file is".to_owned(),
        count => format!("{count} files are"),
    };
    writeln!(
        err,
        "error: {count} not what events.toml says\n  = help: run `{}` and commit what it writes",
        project.command("generate")
    )?;
    Ok(Outcome::Findings)
}

/// A file that is not what it should be.
struct Drift<'a> {
    /// Relative to the project.
    path: PathBuf,
    /// None where it is missing, or cannot be read.
    before: Option<String>,
    /// None where there should be no such file.
    now: Option<&'a str>,
}

fn drifts<'a>(folder: &Path, artifacts: &'a [Artifact]) -> Vec<Drift<'a>> {
    let written = artifacts.iter().filter_map(|artifact| {
        let path = PathBuf::from(&artifact.path);
        let before = fs::read_to_string(folder.join(&path)).ok();
        (before.as_ref() != Some(&artifact.contents)).then_some(Drift {
            path,
            before,
            now: Some(&artifact.contents),
        })
    });
    written.chain(left_over(folder, artifacts)).collect()
}

/// Schemas of events that are no longer declared.
fn left_over<'a>(folder: &Path, artifacts: &[Artifact]) -> Vec<Drift<'a>> {
    let (schemas, ending) = SCHEMAS;
    let known: BTreeSet<&str> = artifacts
        .iter()
        .map(|artifact| artifact.path.as_str())
        .collect();
    let Ok(entries) = fs::read_dir(folder.join(schemas)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(ending))
        .map(|name| format!("{schemas}/{name}"))
        .filter(|path| !known.contains(path.as_str()))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|path| Drift {
            before: fs::read_to_string(folder.join(&path)).ok(),
            path: PathBuf::from(path),
            now: None,
        })
        .collect()
}
