//! Starting a program that goes on when this one has ended.

#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod linux;
mod plain;

#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
use linux as system;
#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
use plain as system;

pub(crate) use system::Started;

use std::io;
use std::path::PathBuf;

/// A program, and what tells it what to be.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    /// The file that is run.
    pub(crate) path: PathBuf,
    /// Its one argument.
    pub(crate) argument: &'a str,
    /// A variable that is set for it, beside those of this process.
    pub(crate) variable: (&'a str, &'a str),
}

impl Program<'_> {
    /// Starts it, without standard streams.
    ///
    /// It is not always known on return whether the file could be run.
    ///
    /// # Errors
    ///
    /// The system's, where it starts no process.
    pub(crate) fn start(&self) -> io::Result<Started> {
        system::start(self)
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::io::Read as _;
    use std::os::fd::FromRawFd as _;
    use std::path::{Path, PathBuf};

    /// What runs a script in a folder.
    fn run<T>(home: &Path, script: &str, start: impl Fn(&Program<'_>) -> io::Result<T>) -> T {
        let file = home.join("script");
        fs::write(&file, script).unwrap();
        let program = Program {
            path: PathBuf::from("/bin/sh"),
            argument: file.to_str().unwrap(),
            variable: ("TELEMETRY_FOLDER", home.to_str().unwrap()),
        };
        start(&program).unwrap()
    }

    const TELLS: &str = "cd $TELEMETRY_FOLDER\n\
        echo $HOME >told\n\
        streams=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)\n\
        echo \"$streams\" >streams\n\
        grep SigBlk /proc/self/status >blocked\n\
        echo $$ $(cut -d' ' -f6 /proc/$$/stat) >session\n";

    /// What the script has told, but for the session.
    fn told(home: &Path) {
        let read = |name| fs::read_to_string(home.join(name)).unwrap();
        let user = std::env::var("HOME").unwrap_or_default();
        assert_eq!(read("told"), format!("{user}\n"));
        assert_eq!(read("streams"), "/dev/null\n".repeat(3));
        assert_eq!(read("blocked"), "SigBlk:\t0000000000000000\n");
    }

    #[test]
    fn it_knows_its_variables_and_has_a_session_and_streams_of_its_own() {
        let home = tempfile::tempdir().unwrap();
        run(home.path(), TELLS, system::start).wait();
        told(home.path());
        let session = fs::read_to_string(home.path().join("session")).unwrap();
        let (process, session) = session.trim().split_once(' ').unwrap();
        assert_eq!(process, session);
    }

    #[test]
    fn plainly_it_has_the_same_but_for_the_session() {
        let home = tempfile::tempdir().unwrap();
        run(home.path(), TELLS, plain::start).wait();
        told(home.path());
    }

    /// The descriptor is one that no program was told to close.
    #[test]
    fn whoever_reads_a_pipe_of_the_caller_does_not_wait_for_it() {
        let home = tempfile::tempdir().unwrap();
        let (mut end, theirs) = pipe();
        let script = "cd $TELEMETRY_FOLDER\n\
            turn=0\n\
            while [ ! -e go ] && [ $turn -lt 3000 ]; do\n\
                sleep 0.01; turn=$((turn + 1))\n\
            done\n\
            echo >ended\n";
        let started = run(home.path(), script, system::start);
        drop(theirs);
        assert_eq!(end.read(&mut [0]).unwrap(), 0);
        assert!(!home.path().join("ended").exists());
        fs::write(home.path().join("go"), "").unwrap();
        started.wait();
    }

    /// A reader, and a writer that every program inherits.
    fn pipe() -> (File, File) {
        let mut ends = [0; 2];
        // SAFETY: the pointer is valid for two numbers, and both are owned.
        unsafe {
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
            libc::fcntl(ends[0], libc::F_SETFD, libc::FD_CLOEXEC);
            (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1]))
        }
    }
}
