//! By `clone(2)`, with nobody standing still.
//!
//! `posix_spawn`, which std uses, holds the caller until the program is
//! loaded, and then loads it while the caller's user waits for the caller: a
//! millisecond. Here the child shares the caller's memory, as there, but the
//! caller goes on at once. The child lets go of everything that somebody may
//! wait for, sleeps for as long as a short run takes, and only then becomes
//! the program. It holds the caller's memory until then, also when the caller
//! has ended.
//!
//! While both run on the same memory the child must not touch what is the
//! caller's. It has a stack of its own, gets all that it needs made ready,
//! calls the system and nothing else, and calls it without libc, which would
//! write `errno` into the caller's. All signals are blocked until it is
//! another program, since a handler would be the caller's; whoever is started
//! lets them in again ([`detach`](super::super::detach)).

use super::Program;
use std::ffi::{CString, OsStr, OsString, c_char, c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::ptr;
use syscalls::{Sysno, raw_syscall};

/// The child's stack, in bytes. Its few frames need less than a page.
const STACK: usize = 16 << 10;

/// How long the child sleeps first: many times what a short run takes.
static NAP: libc::timespec = libc::timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

/// A program that was started.
#[derive(Debug)]
pub(crate) struct Started {
    process: libc::pid_t,
    child: *mut Child,
}

// SAFETY: the pointer is owned, and what it points to has no thread.
unsafe impl Send for Started {}

impl Started {
    /// Returns when it has ended, and nothing is left of it.
    pub(crate) fn wait(self) {
        loop {
            // SAFETY: null asks for nothing but the end.
            let ended = unsafe { libc::waitpid(self.process, ptr::null_mut(), 0) };
            let interrupted = io::Error::last_os_error().kind() == io::ErrorKind::Interrupted;
            if ended >= 0 || !interrupted {
                break;
            }
        }
        // SAFETY: it has ended, whoever was told so, and was the last user.
        drop(unsafe { Box::from_raw(self.child) });
    }
}

pub(super) fn start(program: &Program<'_>) -> io::Result<Started> {
    const FLAGS: c_int = libc::CLONE_VM | libc::SIGCHLD;
    // Freed when the child has ended; where nobody waits for that, never.
    let child = Box::into_raw(Box::new(Child::new(program)?));
    // SAFETY: `child` lives for as long as the process that is started, which
    // is alone to use its stack.
    let process = unsafe {
        let stack = (&raw mut (*child).stack).add(1).cast::<c_void>();
        without_signals(|| match libc::clone(run, stack, FLAGS, child.cast()) {
            -1 => Err(io::Error::last_os_error()),
            process => Ok(process),
        })
    };
    match process {
        Ok(process) => Ok(Started { process, child }),
        Err(error) => {
            // SAFETY: nobody was started to use it.
            drop(unsafe { Box::from_raw(child) });
            Err(error)
        }
    }
}

/// Calls `then` while no signal gets through to this thread.
fn without_signals<T>(then: impl FnOnce() -> T) -> T {
    let mut all = MaybeUninit::uninit();
    let mut before = MaybeUninit::uninit();
    // SAFETY: both sets are made before they are used.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        let result = then();
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
        result
    }
}

/// What the child needs on its way, made before it is there.
#[derive(Debug)]
struct Child {
    /// In numbers that lie as both architectures want a stack to.
    stack: MaybeUninit<[u128; STACK / 16]>,
    path: CString,
    arguments: Strings,
    variables: Strings,
}

impl Child {
    fn new(program: &Program<'_>) -> io::Result<Self> {
        let path = program.path.as_os_str();
        let (variable, value) = program.variable;
        let others = std::env::vars_os().filter(|(name, _)| name != variable);
        let ours = (OsString::from(variable), OsString::from(value));
        let variables = others.chain([ours]).map(|(mut entry, value)| {
            entry.push("=");
            entry.push(value);
            entry
        });
        Ok(Self {
            stack: MaybeUninit::uninit(),
            path: c_string(path)?,
            arguments: Strings::new([path, OsStr::new(program.argument)].map(OsStr::to_owned))?,
            variables: Strings::new(variables)?,
        })
    }
}

/// Strings as `execve(2)` wants them: pointers, of which null is the last.
#[derive(Debug)]
struct Strings {
    pointers: Vec<*const c_char>,
    /// What is pointed to.
    _strings: Vec<CString>,
}

impl Strings {
    fn new(strings: impl IntoIterator<Item = OsString>) -> io::Result<Self> {
        let strings: Vec<_> = strings
            .into_iter()
            .map(|string| c_string(&string))
            .collect::<Result<_, _>>()?;
        let pointers = strings.iter().map(|string| string.as_ptr());
        Ok(Self {
            pointers: pointers.chain([ptr::null()]).collect(),
            _strings: strings,
        })
    }
}

fn c_string(text: &OsStr) -> io::Result<CString> {
    Ok(CString::new(text.as_bytes())?)
}

/// The child, from its first instruction to the program's.
extern "C" fn run(child: *mut c_void) -> c_int {
    // SAFETY: made by `start` and not freed before this process has ended.
    // The descriptors are copies: this process shares its memory alone.
    unsafe {
        let child = child.cast::<Child>().cast_const();
        let nothing = raw_syscall!(
            Sysno::openat,
            libc::AT_FDCWD,
            c"/dev/null".as_ptr(),
            libc::O_RDWR
        );
        for stream in 0..3 {
            raw_syscall!(Sysno::dup3, nothing, stream, 0);
        }
        raw_syscall!(Sysno::setsid);
        // Kernels before 5.9 do not know it. Whoever waits for the end of a
        // pipe then waits until the program has closed it: not for the nap.
        if raw_syscall!(Sysno::close_range, 3, c_int::MAX, 0) == 0 {
            raw_syscall!(Sysno::nanosleep, &raw const NAP, 0);
        }
        let path = (*child).path.as_ptr();
        let arguments = (*child).arguments.pointers.as_ptr();
        let variables = (*child).variables.pointers.as_ptr();
        raw_syscall!(Sysno::execve, path, arguments, variables);
        raw_syscall!(Sysno::exit, 1);
    }
    // Not reached: the process has ended either way.
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    /// Starts what cannot be run, and gives its number once it has ended; it
    /// is still there to be waited for.
    fn ended() -> Started {
        let program = Program {
            path: PathBuf::from("/nowhere"),
            argument: "",
            variable: ("TELEMETRY_VARIABLE", ""),
        };
        let started = program.start().unwrap();
        let state = format!("/proc/{}/stat", started.process);
        while !fs::read_to_string(&state).unwrap().contains(") Z ") {
            std::thread::yield_now();
        }
        started
    }

    #[test]
    fn nothing_is_left_of_what_was_waited_for() {
        let started = ended();
        let state = PathBuf::from(format!("/proc/{}", started.process));
        started.wait();
        assert!(!state.exists());
    }

    /// A call of libc that fails writes to the thread whose memory it sees.
    #[test]
    fn a_call_that_fails_for_the_child_is_none_of_the_callers() {
        // SAFETY: the thread's own.
        unsafe { *libc::__errno_location() = libc::EXDEV };
        let started = ended();
        assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EXDEV));
        started.wait();
    }

    #[test]
    fn the_callers_signals_are_as_they_were() {
        let blocked = || {
            let status = fs::read_to_string("/proc/thread-self/status").unwrap();
            let line = status.lines().find(|line| line.starts_with("SigBlk"));
            line.unwrap().to_owned()
        };
        let before = blocked();
        ended().wait();
        assert_eq!(blocked(), before);
    }
}
