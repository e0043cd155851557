//! A program's declarations on disk.

use crate::console::Console;
use crate::package::{self, Found};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use telemetry_schema::{Bound, Failure, Moment, Sources, load, load_at};

pub(crate) const EVENTS: &str = "events.toml";

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
    package: Option<Found>,
}

impl Project {
    /// Reads the declarations in a file, or in the nearest `events.toml` in
    /// this folder or above.
    ///
    /// # Errors
    ///
    /// A sentence that says which file cannot be found or read, and why.
    pub fn open(manifest: Option<&Path>) -> Result<Self, String> {
        Self::at(match manifest {
            Some(file) => file.to_owned(),
            None => nearest()?,
        })
    }

    /// Reads the declarations of a package that this project is made of or
    /// depends on; with `locked`, by `Cargo.lock` as it is.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is no such package, or which file
    /// cannot be read.
    pub fn of_package(name: &str, locked: bool) -> Result<Self, String> {
        let found = package::find(name, locked)?;
        let mut project = Self::at(found.events.clone())?;
        project.package = Some(found);
        Ok(project)
    }

    fn at(events_path: PathBuf) -> Result<Self, String> {
        let lock_path = events_path.with_extension("lock");
        let mut project = Self {
            folder: events_path.parent().map(Path::to_owned).unwrap_or_default(),
            events: fs::read_to_string(&events_path)
                .map_err(|error| cannot_read(&events_path, &error))?,
            events_name: events_path.display().to_string(),
            lock_name: lock_path.display().to_string(),
            events_path,
            lock_path,
            lock: None,
            package: None,
        };
        project.read_lock()?;
        Ok(project)
    }

    /// Reads the lock, again if it has been written since.
    pub(crate) fn read_lock(&mut self) -> Result<(), String> {
        self.lock = match fs::read_to_string(&self.lock_path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot_read(&self.lock_path, &error)),
        };
        Ok(())
    }

    /// The folder that generated files are relative to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder that the pages of `[docs]` are relative to: those of a
    /// dependency are the pages of whoever depends on it.
    pub(crate) fn pages_folder(&self) -> &Path {
        let package = self.package.as_ref();
        let depends = package.and_then(|package| package.depended_on_by.as_deref());
        depends.unwrap_or(&self.folder)
    }

    /// Whether they are those of a package that is no member of this workspace.
    pub(crate) fn is_a_dependency(&self) -> bool {
        let package = self.package.as_ref();
        package.is_some_and(|package| package.depended_on_by.is_some())
    }

    /// Why nothing may be written beside the declarations, if they are a
    /// dependency's.
    pub(crate) fn is_read_only(&self) -> Option<String> {
        let package = self.package.as_ref()?;
        package.depended_on_by.as_ref()?;
        Some(format!(
            "{} is a dependency, and its files are made where it is made; `cargo telemetry docs \
             --package {}` fills the pages of this project",
            package.name, package.name
        ))
    }

    /// Why the pages that a dependency lists cannot be filled, if they are
    /// those of its own folder and none is here.
    pub(crate) fn lacks_pages(&self, listed: &[String]) -> Option<String> {
        let package = self.package.as_ref()?;
        let here = package.depended_on_by.as_ref()?;
        let any = listed.iter().any(|page| here.join(page).exists());
        (!any && !listed.is_empty()).then(|| {
            format!(
                "{} lists {}, and {} has no such page: name yours by `cargo telemetry docs PAGE \
                 --package {}`",
                package.name,
                listed.join(", "),
                here.display(),
                package.name
            )
        })
    }

    /// The command that does something with these declarations.
    pub(crate) fn command(&self, command: &str) -> String {
        if let Some(package) = &self.package {
            format!("cargo telemetry {command} --package {}", package.name)
        } else if self.events_path.as_os_str() == EVENTS {
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
        self.told(load(&self.sources()), console)
    }

    /// The same, on a day and for a release.
    pub(crate) fn load_at(
        &self,
        moment: &Moment,
        console: &mut Console<'_>,
    ) -> io::Result<Option<Bound>> {
        self.told(load_at(&self.sources(), moment), console)
    }

    /// Whether an event may expire with a release, so that it matters which
    /// one is built: any text that looks like one will do, since a question to
    /// cargo for nothing costs less than to read all declarations twice.
    pub(crate) fn may_ask_for_a_release(&self) -> bool {
        let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        let mut texts = self.events.as_bytes().split(|b| matches!(b, b'"' | b'\''));
        texts.any(|text| {
            let mut parts = text.split(|b| *b == b'.');
            text.first().is_some_and(u8::is_ascii_digit)
                && parts.clone().count() == 3
                && parts.all(is_number)
        })
    }

    /// The version of the package that the declarations belong to, if they
    /// stand in one.
    pub(crate) fn version(&self) -> Option<String> {
        match &self.package {
            Some(package) => Some(package.version.clone()),
            None => package::version_in(&self.folder),
        }
    }

    fn told(
        &self,
        loaded: Result<Bound, Failure>,
        console: &mut Console<'_>,
    ) -> io::Result<Option<Bound>> {
        match loaded {
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

fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
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
                "there is no {EVENTS} in {} or above; name one with --manifest FILE or --package NAME",
                here.display()
            )
        })
}
