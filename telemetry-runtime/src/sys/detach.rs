//! A process that nobody waits for.

use super::close;
use std::ffi::c_int;
use std::mem::MaybeUninit;

/// Takes this process apart from the one that started it: a session and a
/// working folder of its own, no descriptor but the first three, and after
/// `life` seconds the system ends it.
pub(crate) fn detach(life: u32) {
    // SAFETY: `chdir` gets a path that ends with a zero byte, and no other
    // call here a pointer. The descriptors that are closed may be the host's;
    // whoever calls never goes back to it.
    unsafe {
        heed(libc::SIGALRM);
        libc::alarm(life);
        libc::setsid();
        libc::chdir(c"/".as_ptr());
        close_from(3);
    }
}

/// Lets a signal do what it does by itself. That it is ignored or blocked is
/// handed on from whoever started this process.
///
/// # Safety
///
/// Nobody here waits for the signal.
unsafe fn heed(signal: c_int) {
    let mut signals = MaybeUninit::uninit();
    // SAFETY: the set is made before it is used.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::sigemptyset(signals.as_mut_ptr());
        libc::sigaddset(signals.as_mut_ptr(), signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, signals.as_ptr(), std::ptr::null_mut());
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
