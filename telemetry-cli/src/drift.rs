//! Files that are not what the declarations say.

use crate::console::{Console, Told};
use crate::{Outcome, file};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use telemetry_codegen::Artifact;

/// Where every file with this ending is one of ours.
const SCHEMAS: (&str, &str) = ("generated/schemas", ".schema.json");

/// A file that is not what it should be.
pub(crate) struct Drift<'a> {
    /// Relative to the project.
    path: PathBuf,
    /// None where it is missing, or cannot be read.
    before: Option<String>,
    /// None where there should be no such file.
    now: Option<&'a str>,
}

impl<'a> Drift<'a> {
    /// The artifacts that differ from their files.
    pub(crate) fn of(folder: &Path, artifacts: &'a [Artifact]) -> Vec<Self> {
        let changed = artifacts.iter().filter_map(|artifact| {
            let path = PathBuf::from(&artifact.path);
            let before = fs::read_to_string(folder.join(&path)).ok();
            (before.as_ref() != Some(&artifact.contents)).then_some(Self {
                path,
                before,
                now: Some(&artifact.contents),
            })
        });
        changed.collect()
    }

    /// Schemas of events that are no longer declared.
    pub(crate) fn left_over(folder: &Path, artifacts: &[Artifact]) -> Vec<Self> {
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
            .map(|path| Self {
                before: fs::read_to_string(folder.join(&path)).ok(),
                path: PathBuf::from(path),
                now: None,
            })
            .collect()
    }

    /// Makes the file what it should be.
    fn mend(&self, path: &Path) -> io::Result<()> {
        let Some(contents) = self.now else {
            return fs::remove_file(path);
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        file::replace(path, contents)
    }

    /// The unified diff, and the first line that differs, from 1.
    fn diff(&self) -> (String, usize) {
        let path = self.path.display().to_string();
        let (before, now) = (self.before.as_deref().unwrap_or(""), self.now.unwrap_or(""));
        let diff = TextDiff::from_lines(before, now);
        let same = before.lines().zip(now.lines());
        let line = same.take_while(|(before, now)| before == now).count() + 1;
        let mut unified = diff.unified_diff();
        let unified = unified.context_radius(2).header(&path, &path);
        (unified.to_string(), line)
    }
}

/// What came of looking at the files of a folder.
pub(crate) struct Looked<'a> {
    /// What their paths are relative to.
    pub(crate) folder: &'a Path,
    /// Those that differ.
    pub(crate) drifts: &'a [Drift<'a>],
    /// How many were looked at.
    pub(crate) count: usize,
}

impl Looked<'_> {
    /// Writes what differs, and says so.
    pub(crate) fn write(&self, console: &mut Console<'_>) -> io::Result<Outcome> {
        for drift in self.drifts {
            let path = self.folder.join(&drift.path);
            if let Err(error) = drift.mend(&path) {
                return console.could_not_access("write", &path, &error);
            }
            let verb = if drift.now.is_some() {
                "wrote"
            } else {
                "removed"
            };
            console.say(format_args!("{verb} {}", path.display()))?;
        }
        if self.drifts.is_empty() {
            self.up_to_date(console)?;
        }
        Ok(Outcome::Fine)
    }

    /// Tells what differs, and the command that mends it.
    pub(crate) fn tell(&self, command: &str, console: &mut Console<'_>) -> io::Result<Outcome> {
        if self.drifts.is_empty() {
            self.up_to_date(console)?;
            return Ok(Outcome::Fine);
        }
        let help = format!("run `{command}` and commit what it writes");
        for drift in self.drifts {
            let (diff, line) = drift.diff();
            console.tell_drift(&Told {
                file: &self.folder.join(&drift.path).display().to_string(),
                line,
                message: "this file is not what events.toml says",
                help: &help,
                diff: &diff,
            })?;
        }
        let count = match self.drifts.len() {
            1 => "1 file is".to_owned(),
            count => format!("{count} files are"),
        };
        console.conclude(format_args!(
            "error: {count} not what events.toml says\n  = help: {help}"
        ))?;
        Ok(Outcome::Findings)
    }

    fn up_to_date(&self, console: &mut Console<'_>) -> io::Result<()> {
        match self.count {
            1 => console.say(format_args!("the one file is up to date")),
            count => console.say(format_args!("all {count} files are up to date")),
        }
    }
}
