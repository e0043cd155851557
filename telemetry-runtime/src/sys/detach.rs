//! A process that nobody waits for.

use super::close;
use std::ffi::c_int;

/// Takes this process apart from the one that started it: a session and a
/// working folder of its own, no descriptor but the first three, and after
/// `life` seconds the system ends it.
pub(crate) fn detach(life: u32) {
    // SAFETY: none takes a pointer but `chdir`, whose path ends with a zero
    // byte. The descriptors that are closed may be the host's; whoever calls
    // never goes back to it.
    unsafe {
        libc::alarm(life);
        libc::setsid();
        libc::chdir(c"/".as_ptr());
        close_from(3);
    }
}

/// Closes every descriptor from `first` on.
///
/// # Safety
///
/// Nobody uses one of them afterwards.
#[cfg(any(target_os = "linux", target_os = "android"))]
unsafe fn close_from(first: c_int) {
    // SAFETY: works on numbers; the call is refused by kernels before 5.9.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, c_int::MAX, 0) };
    if closed != 0 {
        (first..MOST_DESCRIPTORS).for_each(close);
    }
}

/// Closes every descriptor from `first` on.
///
/// # Safety
///
/// Nobody uses one of them afterwards.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
unsafe fn close_from(first: c_int) {
    (first..MOST_DESCRIPTORS).for_each(close);
}

/// More than a shell's limit lets it hand on.
const MOST_DESCRIPTORS: c_int = 4_096;
