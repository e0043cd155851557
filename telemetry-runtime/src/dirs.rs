//! Where an app's telemetry lives on disk.

use crate::environment::Environment;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of an app's telemetry. The app's own variable
/// (`CARO_TELEMETRY_DIR`) overrides, a relative one from the current folder; else it is `APP/telemetry` in the
/// platform's data folder: `$XDG_DATA_HOME` or `~/.local/share`, on macOS
/// `~/Library/Application Support`. None without an absolute path to start
/// from; nothing is created.
pub fn data_dir(app: &str, environment: &Environment) -> Option<PathBuf> {
    if let Some(dir) = environment.dir.as_ref().filter(|dir| !dir.is_empty()) {
        // Made absolute now, so that the host may change its folder later.
        return std::path::absolute(dir).ok();
    }
    let mut path = if cfg!(target_os = "macos") {
        absolute(environment.home.as_ref())?.join("Library/Application Support")
    } else if let Some(data) = absolute(environment.data_home.as_ref()) {
        data.to_owned()
    } else {
        absolute(environment.home.as_ref())?.join(".local/share")
    };
    path.push(app);
    path.push("telemetry");
    Some(path)
}

fn absolute(path: Option<&OsString>) -> Option<&Path> {
    path.map(Path::new).filter(|path| path.is_absolute())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn dir(pairs: &[(&str, &str)]) -> Option<PathBuf> {
        data_dir("caro", &Environment::from_pairs("caro", pairs.iter().copied()))
    }

    #[test]
    fn an_override_goes_first_and_a_relative_home_counts_for_nothing() {
        let data = "/home/a/.local/share/caro/telemetry";
        #[cfg(not(target_os = "macos"))]
        assert_eq!(dir(&[("HOME", "/home/a")]), Some(data.into()));
        assert_eq!(
            dir(&[("HOME", "/home/a"), ("CARO_TELEMETRY_DIR", "/tmp/t")]),
            Some("/tmp/t".into())
        );
        assert_eq!(
            dir(&[("CARO_TELEMETRY_DIR", "t")]),
            Some(std::env::current_dir().unwrap().join("t"))
        );
        assert_eq!(dir(&[("HOME", "home")]), None);
        assert_eq!(dir(&[]), None);
    }
}
