//! Where the benchmark ran.

use serde::Serialize;
use std::path::Path;

/// What a reader has to know of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// As Rust names it.
    pub os: &'static str,
    /// As Rust names it.
    pub arch: &'static str,
    /// How many threads run at once.
    pub cores: usize,
    /// The kind of file system that the events were kept on.
    pub filesystem: String,
}

impl Machine {
    /// This machine, with the file system that `folder` is on.
    pub fn of(folder: &Path) -> Self {
        Self {
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            filesystem: filesystem(folder).unwrap_or_else(|| "an unknown file system".into()),
        }
    }
}

/// The type of the mount with the longest path that `folder` begins with.
/// See `proc_pid_mountinfo(5)`; elsewhere than on Linux there is none.
fn filesystem(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    mounts
        .lines()
        .filter_map(|line| {
            let (place, source) = line.split_once(" - ")?;
            let place = Path::new(place.split(' ').nth(4)?);
            let kind = source.split(' ').next()?;
            folder.starts_with(place).then_some((place, kind))
        })
        // Of two on one place the later lies on top.
        .max_by_key(|(place, _)| place.as_os_str().len())
        .map(|(_, kind)| kind.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn proc_is_proc() {
        assert_eq!(filesystem(Path::new("/proc/self")).as_deref(), Some("proc"));
    }
}
