//! The declarations that are compared with.

use crate::Project;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Earlier declarations.
pub(crate) struct Base {
    /// What they are called: a revision and a file, or a file.
    pub(crate) name: String,
    /// The text of `events.toml`.
    pub(crate) events: String,
}

/// Why there are none, as a sentence.
pub(crate) struct NoBase(pub(crate) String);

impl Base {
    /// The file of this name, or the project's own in this revision of git.
    pub(crate) fn find(project: &Project, base: &str) -> Result<Self, NoBase> {
        if Path::new(base).is_file() {
            let events = fs::read_to_string(base)
                .map_err(|error| NoBase(format!("cannot read {base}: {error}")))?;
            let name = base.to_owned();
            return Ok(Self { name, events });
        }
        let file = project.events_path();
        let file = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let events = show(project.folder(), base, file)?;
        Ok(Self {
            name: format!("{base}:{file}"),
            events,
        })
    }
}

/// A file of a folder as it was in a revision.
fn show(folder: &Path, revision: &str, file: &str) -> Result<String, NoBase> {
    let folder = match folder.as_os_str() {
        empty if empty.is_empty() => Path::new("."),
        _ => folder,
    };
    let object = format!("{revision}:./{file}");
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        // What begins with a dash is a revision all the same.
        .args(["show", "--no-textconv", "--end-of-options", &object])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| NoBase(format!("cannot run git to read {object}: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("fatal: ");
        return Err(NoBase(format!(
            "git has no {object}: {said}; name a revision that has it, or another events.toml, \
             with --base"
        )));
    }
    String::from_utf8(output.stdout).map_err(|_| NoBase(format!("{object} is not UTF-8")))
}
