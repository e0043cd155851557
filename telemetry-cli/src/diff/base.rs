//! The declarations that are compared with.

use crate::Project;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Earlier declarations.
pub(crate) struct Base {
    /// What they are called: a revision and a file, or a file.
    pub(crate) name: String,
    /// The text of `events.toml`; none where the revision has no such file.
    pub(crate) events: Option<String>,
    /// What the lock beside it is called.
    pub(crate) lock_name: String,
    /// Its text, if it was there.
    pub(crate) lock: Option<String>,
}

/// Why there are none, as a sentence.
pub(crate) struct NoBase(pub(crate) String);

impl Base {
    /// The file of this name, or the project's own in this revision of git.
    pub(crate) fn find(project: &Project, base: &str) -> Result<Self, NoBase> {
        let path = Path::new(base);
        if path.is_file() {
            let events = fs::read_to_string(path)
                .map_err(|error| NoBase(format!("cannot read {base}: {error}")))?;
            let lock = path.with_extension("lock");
            return Ok(Self {
                name: base.to_owned(),
                events: Some(events),
                lock_name: lock.display().to_string(),
                lock: fs::read_to_string(lock).ok(),
            });
        }
        let git = Git {
            folder: project.folder(),
            revision: base,
        };
        let name = |path: &Path| {
            let name = path.file_name().and_then(OsStr::to_str);
            name.unwrap_or_default().to_owned()
        };
        let (events, lock) = (name(project.events_path()), name(project.lock_path()));
        Ok(Self {
            name: format!("{base}:{events}"),
            events: git.file(&events)?,
            lock_name: format!("{base}:{lock}"),
            lock: git.file(&lock)?,
        })
    }
}

/// By these git tells a hook which repository it stands in; the folder says
/// that here, and its root need not be the repository's. They are what `git
/// rev-parse --local-env-vars` lists but for settings, such as
/// `safe.directory`, which hold all the same.
const REPOSITORY: [&str; 12] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
];

/// A folder as it was in a revision.
struct Git<'a> {
    folder: &'a Path,
    revision: &'a str,
}

impl Git<'_> {
    /// A file of the folder; none where there is a revision without it.
    fn file(&self, file: &str) -> Result<Option<String>, NoBase> {
        let object = format!("{}:./{file}", self.revision);
        // What begins with a dash is a revision all the same.
        let output = self.run(&["show", "--no-textconv", "--end-of-options", &object])?;
        if output.status.success() {
            let text = String::from_utf8(output.stdout);
            return text
                .map(Some)
                .map_err(|_| NoBase(format!("{object} is not UTF-8")));
        }
        let listing = [
            "ls-tree",
            "--name-only",
            "--end-of-options",
            self.revision,
            file,
        ];
        let listed = self.run(&listing)?;
        if listed.status.success() && listed.stdout.is_empty() {
            return Ok(None);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said
            .trim()
            .trim_start_matches("fatal: ")
            .trim_end_matches('.');
        Err(NoBase(format!(
            "git has no {object}: {said}; name a revision, or another events.toml, with --base"
        )))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, NoBase> {
        let folder = match self.folder {
            empty if empty.as_os_str().is_empty() => Path::new("."),
            folder => folder,
        };
        let mut command = Command::new("git");
        for name in REPOSITORY {
            command.env_remove(name);
        }
        command.arg("-C").arg(folder).args(arguments);
        command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| NoBase(format!("cannot run git to read {}: {error}", self.revision)))
    }
}
