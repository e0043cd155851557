//! A pseudo-terminal, and a program on it.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A terminal of 80 columns.
pub(crate) struct Terminal {
    ours: File,
    theirs: OwnedFd,
}

/// What a program did on a terminal.
pub(crate) struct Shown {
    /// How it ended.
    pub(crate) code: Option<i32>,
    /// All that was shown, as it came.
    pub(crate) text: String,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let (mut ours, mut theirs) = (-1, -1);
        let mut size = libc::winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        // SAFETY: the places are there to be written or read, and null is
        // allowed for the others.
        let made = unsafe {
            libc::openpty(
                &raw mut ours,
                &raw mut theirs,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                &raw mut size,
            )
        };
        assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
        // SAFETY: both were just opened, and nobody else has them.
        let (ours, theirs) = unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
        Self { ours, theirs }
    }

    /// The local modes: echo, lines, signals.
    fn modes(&self) -> libc::tcflag_t {
        let mut modes = MaybeUninit::<libc::termios>::uninit();
        // SAFETY: the descriptor is open, and there is room for the answer.
        let told = unsafe { libc::tcgetattr(self.theirs.as_raw_fd(), modes.as_mut_ptr()) };
        assert_eq!(told, 0, "{}", std::io::Error::last_os_error());
        // SAFETY: it was filled in.
        unsafe { modes.assume_init() }.c_lflag
    }

    /// Runs a program to its end on this terminal, which must be whole
    /// afterwards. Each of `typed` is typed when the program waits for it: a
    /// key where it reads keys one by one, a line after a question.
    pub(crate) fn run(self, command: &mut Command, typed: &[Typed]) -> Shown {
        let before = self.modes();
        let end = || self.theirs.try_clone().unwrap();
        let mut child = command
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        let (mut input, mut output) = (
            self.ours.try_clone().unwrap(),
            self.ours.try_clone().unwrap(),
        );
        let text = Arc::new(Mutex::new(Vec::new()));
        let shown = text.clone();
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            // An error comes when nobody has the other end any more.
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                shown.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        for what in typed {
            match what {
                Typed::Key(key) => {
                    // Until it reads keys one by one, a key is not a key.
                    wait(&mut child, |_| self.modes() & libc::ICANON == 0);
                    input.write_all(&[*key]).unwrap();
                    wait(&mut child, |_| self.modes() == before);
                }
                Typed::Line(line) => {
                    let asked = |_: &mut Child| text.lock().unwrap().ends_with(b"] ");
                    wait(&mut child, asked);
                    input.write_all(line.as_bytes()).unwrap();
                }
            }
        }
        wait(&mut child, |child| child.try_wait().unwrap().is_some());
        assert_eq!(self.modes(), before, "the terminal is whole");
        let code = child.wait().unwrap().code();
        // The command keeps its own copies of the other end until then.
        command.stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        drop(self.theirs);
        reader.join().unwrap();
        let text = String::from_utf8_lossy(&text.lock().unwrap()).into_owned();
        Shown { code, text }
    }
}

/// What somebody types.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Typed {
    /// One key.
    Key(u8),
    /// A line, with its end.
    Line(&'static str),
}

/// Waits until `is` holds, or the program is taken to hang.
fn wait(child: &mut Child, mut is: impl FnMut(&mut Child) -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !is(child) {
        if Instant::now() > give_up {
            child.kill().unwrap();
            panic!("the program hangs");
        }
        thread::sleep(Duration::from_millis(5));
    }
}
