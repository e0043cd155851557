//! What a run asks of the system, counted through `ptrace(2)`: the same each
//! time, however busy the machine is.

use super::user::{User, host};
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;
use std::ptr::null_mut;
use std::{ffi, io};

/// Calls of the host's own process in one run. None where it may not be
/// traced, as in some containers.
pub(crate) fn system_calls(user: &User) -> Option<u32> {
    let mut run = user.command(host(), &["list files"]);
    run.stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: the call takes numbers.
    unsafe {
        run.pre_exec(|| traced(libc::PTRACE_TRACEME, 0, 0));
    }
    let child = match run.spawn() {
        Ok(child) => child,
        Err(error) => {
            assert!(
                std::env::var_os("NOTHING_IS_SKIPPED").is_none(),
                "ptrace(2) does not work here: {error}"
            );
            return None;
        }
    };
    let process = child.id().try_into().unwrap();
    let mut stops = 0;
    loop {
        let mut status = 0;
        // SAFETY: the status is written to a number of ours.
        let waited = unsafe { libc::waitpid(process, &raw mut status, 0) };
        assert_eq!(waited, process);
        if !libc::WIFSTOPPED(status) {
            assert_eq!(status, 0);
            // It stops before and after each call, and once for the program
            // that takes its place.
            return Some(stops / 2);
        }
        let signal = match libc::WSTOPSIG(status) {
            libc::SIGTRAP => {
                stops += 1;
                0
            }
            signal => signal,
        };
        traced(libc::PTRACE_SYSCALL, process, signal).unwrap();
    }
}

fn traced(request: ffi::c_uint, process: libc::pid_t, signal: ffi::c_int) -> io::Result<()> {
    // SAFETY: neither request takes a pointer that is read.
    match unsafe { libc::ptrace(request, process, null_mut::<ffi::c_void>(), signal) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
