//! By `clone(2)`, with nobody standing still.
//!
//! `posix_spawn`, which std uses, holds the caller until `execve` has
//! succeeded, and then the program loads while the caller's user waits for
//! the caller: a millisecond in all. Here the child shares the caller's memory,
//! as there, but the caller goes on at once. The child lets go of every
//! descriptor, sleeps for as long as a short run takes, and only then becomes
//! the program. Until then it holds the caller's memory, also when the caller
//! has ended, and with it what files are mapped there; taking that memory down
//! falls to the child as well. A debugger that stops at breakpoints in the
//! caller loses them, and valgrind refuses the call.
//!
//! While both run on the same memory the child must not touch what is the
//! caller's. It has a stack of its own, gets all that it needs made ready,
//! calls the system and nothing else, and calls it without libc, which would
//! write `errno` into the caller's. Every signal that a program can catch is
//! blocked until no handler of the caller's is left.
//!
//! Nor may the caller touch what is the child's, which keeps the rights of
//! its start: who has other rights than its user's starts it plainly.

use super::{Program, plain};
use std::ffi::{CStr, CString, OsStr, OsString, c_char, c_int, c_void};
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
pub(crate) enum Started {
    Here(Child),
    Plainly(plain::Started),
}

impl Started {
    /// Returns when it has ended, and nothing is left of it.
    pub(crate) fn wait(self) {
        match self {
            Self::Here(child) => child.wait(),
            Self::Plainly(started) => started.wait(),
        }
    }
}

pub(super) fn start(program: &Program<'_>) -> io::Result<Started> {
    if has_its_users_rights()
        && libc_leaves_threads_alone()
        && let Ok(child) = clone(program)
    {
        return Ok(Started::Here(child));
    }
    // As where a filter of system calls refuses it.
    plain::start(program).map(Started::Plainly)
}

/// Whether this process may no more than whoever started it.
fn has_its_users_rights() -> bool {
    // SAFETY: these always succeed.
    unsafe { libc::getuid() == libc::geteuid() && libc::getgid() == libc::getegid() }
}

/// Whether `clone` of libc writes nothing of the child's into the caller's
/// thread, as glibc's did while it kept process ids there: up to 2.24.
fn libc_leaves_threads_alone() -> bool {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: a constant string.
        let version = unsafe { CStr::from_ptr(libc::gnu_get_libc_version()) };
        is_since_2_25(&version.to_string_lossy())
    }
    #[cfg(not(target_env = "gnu"))]
    true
}

#[cfg(any(test, target_env = "gnu"))]
fn is_since_2_25(version: &str) -> bool {
    let mut parts = version.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (2, 25),
        _ => false,
    }
}

/// A child that shares this process's memory until it is another program.
#[derive(Debug)]
pub(crate) struct Child {
    process: libc::pid_t,
    plan: *mut Plan,
}

// SAFETY: the pointer is owned, and what it points to has no thread.
unsafe impl Send for Child {}

impl Child {
    fn wait(self) {
        let has_ended = loop {
            // SAFETY: null asks for nothing but the end.
            let ended = unsafe { libc::waitpid(self.process, ptr::null_mut(), 0) };
            if ended == self.process {
                break true;
            }
            match io::Error::last_os_error().raw_os_error() {
                Some(libc::EINTR) => {}
                // Somebody else was told, or nobody wants to be.
                Some(libc::ECHILD) => break true,
                _ => break false,
            }
        };
        if has_ended {
            // SAFETY: it was the last user.
            drop(unsafe { Box::from_raw(self.plan) });
        }
    }
}

fn clone(program: &Program<'_>) -> io::Result<Child> {
    const FLAGS: c_int = libc::CLONE_VM | libc::SIGCHLD;
    // Freed when the child has ended; where nobody waits for that, never.
    let plan = Box::into_raw(Box::new(Plan::new(program)?));
    // SAFETY: `plan` lives for as long as the process that is started, which
    // is alone to use its stack.
    let process = unsafe {
        let stack = (*plan).stack.as_mut_ptr().add(1).cast::<c_void>();
        without_signals(|| match libc::clone(run, stack, FLAGS, plan.cast()) {
            -1 => Err(io::Error::last_os_error()),
            process => Ok(process),
        })
    };
    match process {
        Ok(process) => Ok(Child { process, plan }),
        Err(error) => {
            // SAFETY: nobody was started to use it.
            drop(unsafe { Box::from_raw(plan) });
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
struct Plan {
    /// In numbers that lie as both architectures want a stack to.
    stack: Box<MaybeUninit<[u128; STACK / 16]>>,
    path: CString,
    arguments: Strings,
    variables: Strings,
}

impl Plan {
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
            stack: Box::new_uninit(),
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
extern "C" fn run(plan: *mut c_void) -> c_int {
    // SAFETY: made by `clone` and not freed before this process has ended.
    // The descriptors are copies: this process shares its memory alone.
    unsafe {
        let plan = plan.cast::<Plan>().cast_const();
        raw_syscall!(Sysno::setsid);
        // Kernels before 5.9 do not know it. Whoever waits for the end of a
        // pipe then waits until the program has closed it: not for the nap.
        let closed = raw_syscall!(Sysno::close_range, 3, c_int::MAX, 0) == 0;
        if leave_streams() {
            if closed {
                raw_syscall!(Sysno::nanosleep, &raw const NAP, 0);
            }
            heed_signals();
            let path = (*plan).path.as_ptr();
            let arguments = (*plan).arguments.pointers.as_ptr();
            let variables = (*plan).variables.pointers.as_ptr();
            raw_syscall!(Sysno::execve, path, arguments, variables);
        }
        raw_syscall!(Sysno::exit, 1);
    }
    // Not reached: the process has ended either way.
    1
}

/// Puts nothing in the place of the three streams; whether it could.
///
/// # Safety
///
/// Nobody uses them afterwards.
unsafe fn leave_streams() -> bool {
    let (here, path) = (libc::AT_FDCWD, c"/dev/null".as_ptr());
    // SAFETY: the path ends with a zero byte.
    let nothing = unsafe { raw_syscall!(Sysno::openat, here, path, libc::O_RDWR) };
    if nothing.cast_signed() < 0 {
        return false;
    }
    // SAFETY: work on numbers. One that is in its place already stays there.
    unsafe {
        raw_syscall!(Sysno::dup3, nothing, 0, 0);
        raw_syscall!(Sysno::dup3, nothing, 1, 0);
        raw_syscall!(Sysno::dup3, nothing, 2, 0);
        if nothing > 2 {
            raw_syscall!(Sysno::close, nothing);
        }
    }
    true
}

/// Lets go of the caller's handlers, and then signals through.
///
/// # Safety
///
/// For a process that has no thread and waits for no signal.
unsafe fn heed_signals() {
    /// As the kernel sees a signal's action: the handler comes first. All
    /// zero is what the system does by itself.
    static BY_ITSELF: [usize; 4] = [0; 4];
    static NONE: u64 = 0;
    const SIZE: usize = size_of::<u64>();
    let mut signal = 1;
    while signal <= 64 {
        let mut action = [0_usize; 4];
        // SAFETY: the pointers are valid for an action each.
        unsafe {
            raw_syscall!(Sysno::rt_sigaction, signal, 0, &raw mut action, SIZE);
            if action[0] != libc::SIG_DFL && action[0] != libc::SIG_IGN {
                raw_syscall!(Sysno::rt_sigaction, signal, &raw const BY_ITSELF, 0, SIZE);
            }
        }
        signal += 1;
    }
    let how = libc::SIG_SETMASK;
    // SAFETY: the pointer is valid for a set.
    unsafe { raw_syscall!(Sysno::rt_sigprocmask, how, &raw const NONE, 0, SIZE) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    /// Starts what cannot be run, and gives its number once it has ended; it
    /// is still there to be waited for.
    fn ended() -> Child {
        let program = Program {
            path: PathBuf::from("/nowhere"),
            argument: "",
            variable: ("TELEMETRY_VARIABLE", ""),
        };
        let started = clone(&program).unwrap();
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

    #[test]
    fn a_version_that_is_not_known_is_an_old_one() {
        for old in ["2.17", "2.24", "1.99", "", "2", "two.forty"] {
            assert!(!is_since_2_25(old), "{old}");
        }
        for new in ["2.25", "2.36", "2.41.9000", "3.0"] {
            assert!(is_since_2_25(new), "{new}");
        }
    }
}
