//! Linux and macOS.

use std::ffi::{CStr, c_char, c_int};
use std::io;
use std::mem::MaybeUninit;

/// Calls `take` with the name and value of every variable.
pub(crate) fn for_each_variable(mut take: impl FnMut(&[u8], &[u8])) {
    // SAFETY: `environ` is null or an array of strings that ends with null.
    // As with libc's own getenv, nobody may change it meanwhile; the caller
    // documents that it runs at the start of `main`.
    unsafe {
        let mut entry = environ();
        while !entry.is_null() && !(*entry).is_null() {
            let bytes = CStr::from_ptr(*entry).to_bytes();
            if let Some(split) = bytes.iter().position(|byte| *byte == b'=') {
                take(&bytes[..split], &bytes[split + 1..]);
            }
            entry = entry.add(1);
        }
    }
}

#[cfg(not(target_vendor = "apple"))]
unsafe fn environ() -> *const *const c_char {
    unsafe extern "C" {
        static environ: *const *const c_char;
    }
    // SAFETY: every libc has it.
    unsafe { environ }
}

#[cfg(target_vendor = "apple")]
unsafe fn environ() -> *const *const c_char {
    // SAFETY: returns a pointer to the process's own `environ`.
    unsafe { (*libc::_NSGetEnviron()).cast::<*const c_char>() }
}

/// UTC milliseconds since 1970; 0 before that.
#[inline]
pub(crate) fn now_ms() -> u64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: libc::clockid_t = libc::CLOCK_REALTIME_COARSE;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: libc::clockid_t = libc::CLOCK_REALTIME;
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    let time = unsafe {
        if libc::clock_gettime(CLOCK, time.as_mut_ptr()) != 0 {
            return 0;
        }
        time.assume_init()
    };
    let Ok(seconds) = u64::try_from(time.tv_sec) else {
        return 0;
    };
    // Nanoseconds within a second, so never negative.
    seconds.wrapping_mul(1_000) + time.tv_nsec.unsigned_abs() / 1_000_000
}

/// The parts of `fstat` that the spool's guard looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) links: u64,
    pub(crate) owner: u32,
    pub(crate) regular: bool,
    pub(crate) size: u64,
    /// When it was last written, in seconds since 1970; 0 before that.
    pub(crate) modified: u64,
}

/// What an open descriptor is.
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_cast,
    reason = "the widths differ between platforms"
)]
pub(crate) fn status(fd: c_int) -> io::Result<Status> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    let stat = unsafe {
        check(libc::fstat(fd, stat.as_mut_ptr()))?;
        stat.assume_init()
    };
    Ok(Status {
        device: stat.st_dev as u64,
        inode: stat.st_ino as u64,
        links: stat.st_nlink as u64,
        owner: stat.st_uid,
        regular: stat.st_mode & libc::S_IFMT == libc::S_IFREG,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified: u64::try_from(stat.st_mtime).unwrap_or(0),
    })
}

/// The user that this process acts as.
pub(crate) fn user() -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::geteuid() }
}

/// Opens `path` to append to, made with mode 0600 if it is not there. Never
/// follows a link, waits for a FIFO's reader or takes a terminal.
pub(crate) fn open_append(path: &CStr) -> io::Result<c_int> {
    const FLAGS: c_int = libc::O_WRONLY
        | libc::O_APPEND
        | libc::O_CREAT
        | libc::O_CLOEXEC
        | libc::O_NOFOLLOW
        | libc::O_NONBLOCK
        | libc::O_NOCTTY;
    // SAFETY: the path ends with a zero byte; the mode goes with O_CREAT.
    check(unsafe { libc::open(path.as_ptr(), FLAGS, 0o600) })
}

/// Closes a descriptor that nobody else uses.
pub(crate) fn close(fd: c_int) {
    // SAFETY: the caller owns the descriptor.
    unsafe { libc::close(fd) };
}

/// Puts `new` in the place of `old` in one step and closes the number `new`.
pub(crate) fn replace(old: c_int, new: c_int) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: works on numbers; both are checked by the system.
    let result = check(unsafe { libc::dup3(new, old, libc::O_CLOEXEC) });
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    // SAFETY: as above.
    let result = check(unsafe { libc::dup2(new, old) })
        .and_then(|fd| check(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }));
    close(new);
    result.map(drop)
}

/// Whether a shared lock on the file could be had at once.
pub(crate) fn lock_shared(fd: c_int) -> bool {
    // SAFETY: works on a number that is checked by the system.
    unsafe { libc::flock(fd, libc::LOCK_SH | libc::LOCK_NB) == 0 }
}

/// One `write(2)`; the number of bytes that it took.
#[inline]
pub(crate) fn write(fd: c_int, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the pointer is valid for reads of that length.
    let written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
    usize::try_from(written).map_err(|_| io::Error::last_os_error())
}

/// The size past which a write to a file kills the process by SIGXFSZ.
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_cast,
    reason = "the widths differ between platforms"
)]
pub(crate) fn file_size_limit() -> u64 {
    let mut limit = MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_FSIZE, limit.as_mut_ptr()) != 0 {
            return 0;
        }
        limit.assume_init().rlim_cur as u64
    }
}

/// Whether the file lies on a disk of this machine. A network or user-space
/// filesystem can block a write for as long as it likes.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[allow(
    clippy::unnecessary_cast,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the type of f_type differs between platforms; magic numbers have 32 bits"
)]
pub(crate) fn is_local(fd: c_int) -> bool {
    // From the kernel's include/uapi/linux/magic.h and fs/*/.
    const REMOTE: [u32; 10] = [
        0x6969,      // NFS
        0x517B,      // SMB
        0xFE53_4D42, // SMB2
        0xFF53_4D42, // CIFS
        0x6573_5546, // FUSE
        0x0102_1997, // 9P
        0x5346_414F, // AFS
        0x7375_7245, // Coda
        0x00C3_6400, // Ceph
        0x0BD0_0BD0, // Lustre
    ];
    let mut stat = MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    let kind = unsafe {
        if libc::fstatfs(fd, stat.as_mut_ptr()) != 0 {
            return false;
        }
        stat.assume_init().f_type as u32
    };
    !REMOTE.contains(&kind)
}

/// Whether the file lies on a disk of this machine.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[allow(clippy::cast_sign_loss, reason = "flags are bits")]
pub(crate) fn is_local(fd: c_int) -> bool {
    let mut stat = MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    let flags = unsafe {
        if libc::fstatfs(fd, stat.as_mut_ptr()) != 0 {
            return false;
        }
        stat.assume_init().f_flags as u32
    };
    flags & libc::MNT_LOCAL as u32 != 0
}

/// Random bytes from the kernel.
pub(crate) fn random() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    // SAFETY: the pointer is valid for writes of that length.
    check(unsafe { libc::getentropy(bytes.as_mut_ptr().cast(), bytes.len()) })?;
    Ok(bytes)
}

fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
