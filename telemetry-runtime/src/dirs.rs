//! Where an app's telemetry lives on disk.

use crate::answer::ANSWER_FILE;
use crate::environment::Environment;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The places that bear on an app's telemetry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The folder of the spool, the queue and the answer, if one can be told.
    pub data: Option<PathBuf>,
}

impl Places {
    /// The places of an app on this machine. Nothing is created.
    pub fn of(app: &str, environment: &Environment<'_>) -> Self {
        Self {
            data: data_dir(app, environment),
        }
    }

    /// The file of the recorded answer; see [`crate::answer`].
    pub fn answer(&self) -> Option<PathBuf> {
        Some(self.data.as_ref()?.join(ANSWER_FILE))
    }
}

/// The administrator's file. No variable moves it: a user could then get
/// around it.
pub fn administrator_file(app: &str) -> PathBuf {
    administrator_parts(app).concat().into()
}

/// The parts of that path, to be put together without an allocation.
pub(crate) fn administrator_parts(app: &str) -> [&str; 3] {
    let root = if cfg!(target_os = "macos") {
        "/Library/Application Support/"
    } else {
        "/etc/"
    };
    [root, app, "/telemetry.toml"]
}

/// The folder of an app's telemetry. The app's own variable
/// (`CARO_TELEMETRY_DIR`) overrides, a relative one from the current folder;
/// else it is `APP/telemetry` in the platform's data folder: `$XDG_DATA_HOME`
/// or `~/.local/share`, on macOS `~/Library/Application Support`. None without an absolute path to start
/// from; nothing is created.
pub fn data_dir(app: &str, environment: &Environment<'_>) -> Option<PathBuf> {
    if let Some(dir) = environment.dir.filter(|dir| !dir.is_empty()) {
        // Made absolute now, so that the host may change its folder later.
        // One that is costs no more: std takes a path apart for it.
        return match absolute(Some(dir)) {
            Some(dir) => Some(dir.to_owned()),
            None => std::path::absolute(dir).ok(),
        };
    }
    let home = || absolute(environment.home);
    Some(if cfg!(target_os = "macos") {
        below(home()?, "Library/Application Support/", app, "/telemetry")
    } else if let Some(data) = absolute(environment.data_home) {
        below(data, "", app, "/telemetry")
    } else {
        below(home()?, ".local/share/", app, "/telemetry")
    })
}

/// A path below a folder, made in one allocation.
fn below(root: &Path, before: &str, app: &str, after: &str) -> PathBuf {
    let mut path = OsString::with_capacity(root.as_os_str().len() + app.len() + 64);
    path.push(root);
    path.push("/");
    path.push(before);
    path.push(app);
    path.push(after);
    path.into()
}

fn absolute(path: Option<&OsStr>) -> Option<&Path> {
    path.map(Path::new).filter(|path| path.is_absolute())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn dir(entries: &[&str]) -> Option<PathBuf> {
        let environment = Environment::from_entries("caro", entries.iter().copied());
        data_dir("caro", &environment)
    }

    #[test]
    fn an_override_goes_first_and_a_relative_home_counts_for_nothing() {
        let data = "/home/a/.local/share/caro/telemetry";
        #[cfg(not(target_os = "macos"))]
        assert_eq!(dir(&["HOME=/home/a"]), Some(data.into()));
        assert_eq!(
            dir(&["HOME=/home/a", "CARO_TELEMETRY_DIR=/tmp/t"]),
            Some("/tmp/t".into())
        );
        assert_eq!(
            dir(&["CARO_TELEMETRY_DIR=t"]),
            Some(std::env::current_dir().unwrap().join("t"))
        );
        assert_eq!(dir(&["HOME=home"]), None);
        assert_eq!(dir(&[]), None);
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn nothing_moves_the_administrators_file() {
        let entries = ["HOME=/home/a", "CARO_TELEMETRY_DIR=/tmp/t"];
        let places = Places::of("caro", &Environment::from_entries("caro", entries));
        assert_eq!(
            administrator_file("caro"),
            Path::new("/etc/caro/telemetry.toml")
        );
        assert_eq!(places.answer(), Some("/tmp/t/answer.toml".into()));
    }
}
