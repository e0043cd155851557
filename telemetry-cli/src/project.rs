//! A program's declarations on disk.

use crate::console::Console;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use telemetry_schema::{Bound, Sources, load};

const EVENTS: &str = "events.toml";

/// `events.toml` and what stands beside it.
#[derive(Debug, Clone)]
pub struct Project {
    folder: PathBuf,
    events_path: PathBuf,
    events_name: String,
    events: String,
    lock_path: PathBuf,
    lock_name: String,
    lock: Option<String>,
}

impl Project {
    /// Reads the declarations in a file, or in the nearest `events.toml` in
    /// this folder or above.
    ///
    /// # Errors
    ///
    /// A sentence that says which file cannot be found or read, and why.
    pub fn open(manifest: Option<&Path>) -> Result<Self, String> {
        let events_path = match manifest {
            Some(file) => file.to_owned(),
            None => nearest()?,
        };
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|error| {
                (
                    error.kind(),
                    format!("cannot read {}: {error}", path.display()),
                )
            })
        };
        let lock_path = events_path.with_extension("lock");
        let lock = match read(&lock_path) {
            Ok(text) => Some(text),
            Err((io::ErrorKind::NotFound, _)) => None,
            Err((_, message)) => return Err(message),
        };
        Ok(Self {
            folder: events_path.parent().map(Path::to_owned).unwrap_or_default(),
            events: read(&events_path).map_err(|(_, message)| message)?,
            events_name: events_path.display().to_string(),
            lock_name: lock_path.display().to_string(),
            events_path,
            lock_path,
            lock,
        })
    }

    /// The folder that generated files are relative to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The command that does something with these declarations.
    pub(crate) fn command(&self, command: &str) -> String {
        if self.events_path.as_os_str() == EVENTS {
            format!("cargo telemetry {command}")
        } else {
            format!("cargo telemetry {command} --manifest {}", self.events_name)
        }
    }

    pub(crate) fn events_path(&self) -> &Path {
        &self.events_path
    }

    pub(crate) fn lock_path(&self) -> &Path {
        &self.lock_path
    }

    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources {
            events_name: &self.events_name,
            events: &self.events,
            lock_name: &self.lock_name,
            lock: self.lock.as_deref(),
        }
    }

    /// The schema and its lock; none if there are errors, which are told.
    pub(crate) fn load(&self, console: &mut Console<'_>) -> io::Result<Option<Bound>> {
        match load(&self.sources()) {
            Ok(bound) => {
                console.tell(bound.warnings(), &self.sources())?;
                Ok(Some(bound))
            }
            Err(failure) => {
                console.tell(&failure.diagnostics, &self.sources())?;
                Ok(None)
            }
        }
    }
}

/// The file in this folder or the nearest above, relative to this folder
/// where it is here.
fn nearest() -> Result<PathBuf, String> {
    if Path::new(EVENTS).is_file() {
        return Ok(PathBuf::from(EVENTS));
    }
    let here = std::env::current_dir().map_err(|error| format!("no current folder: {error}"))?;
    here.ancestors()
        .map(|folder| folder.join(EVENTS))
        .find(|file| file.is_file())
        .ok_or_else(|| {
            format!(
                "there is no {EVENTS} in {} or above; name one with --manifest FILE",
                here.display()
            )
        })
}
