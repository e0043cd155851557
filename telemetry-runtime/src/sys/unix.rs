//! Linux and macOS.

mod owner;

#[cfg(feature = "commands")]
pub(crate) use owner::may_make_files_in;
pub(crate) use owner::{is_anothers, owns, user};

use std::ffi::{CStr, CString, c_char, c_int};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Calls `take` with every variable, `NAME=value`, whose first byte and then
/// whose first four bytes are wanted. The others cost next to nothing.
pub(crate) fn for_each_variable(
    begins: impl Fn(u8) -> bool,
    wanted: impl Fn([u8; 4]) -> bool,
    mut take: impl FnMut(&'static [u8]),
) {
    // SAFETY: `environ` is null or an array of strings that ends with null.
    // As with libc's own getenv, nobody may change it meanwhile; the caller
    // documents that it runs at the start of `main`.
    unsafe {
        let mut entry = environ();
        while !entry.is_null() && !(*entry).is_null() {
            let text = (*entry).cast::<u8>();
            if begins(*text) && first_four(text).is_some_and(&wanted) {
                take(CStr::from_ptr(*entry).to_bytes());
            }
            entry = entry.add(1);
        }
    }
}

/// The first four bytes of a string; none of a shorter one.
///
/// # Safety
///
/// `text` ends with a zero byte.
unsafe fn first_four(text: *const u8) -> Option<[u8; 4]> {
    let mut four = [0; 4];
    for (at, byte) in four.iter_mut().enumerate() {
        // SAFETY: none of the bytes before was the end.
        *byte = unsafe { *text.add(at) };
        if *byte == 0 {
            return None;
        }
    }
    Some(four)
}

#[cfg(not(target_vendor = "apple"))]
unsafe fn environ() -> *const *const c_char {
    unsafe extern "C" {
        static mut environ: *const *const c_char;
    }
    // SAFETY: every libc has it, and nobody changes it meanwhile.
    unsafe { environ }
}

#[cfg(target_vendor = "apple")]
unsafe fn environ() -> *const *const c_char {
    // SAFETY: returns a pointer to the process's own `environ`.
    unsafe { (*libc::_NSGetEnviron()).cast::<*const c_char>() }
}

/// UTC milliseconds since 1970, in whole seconds; 0 before that.
///
/// Records' times are rounded to seconds or more, and `time(2)` costs a tenth
/// of the instructions of `clock_gettime(2)`.
#[inline]
pub(crate) fn now_ms() -> u64 {
    // SAFETY: null asks for the value alone.
    let seconds = unsafe { libc::time(std::ptr::null_mut()) };
    u64::try_from(seconds).unwrap_or(0).wrapping_mul(1_000)
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
    /// The nanoseconds that come on top.
    modified_nanoseconds: u64,
    mode: u32,
}

/// What an open descriptor is.
pub(crate) fn status(fd: c_int) -> io::Result<Status> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    let stat = unsafe {
        check(libc::fstat(fd, stat.as_mut_ptr()))?;
        stat.assume_init()
    };
    Ok(Status::new(&stat))
}

impl Status {
    #[allow(
        clippy::useless_conversion,
        clippy::unnecessary_cast,
        reason = "the widths differ between platforms"
    )]
    fn new(stat: &libc::stat) -> Self {
        Self {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            links: stat.st_nlink as u64,
            owner: stat.st_uid,
            regular: stat.st_mode & libc::S_IFMT == libc::S_IFREG,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: u64::try_from(stat.st_mtime).unwrap_or(0),
            modified_nanoseconds: u64::try_from(stat.st_mtime_nsec).unwrap_or(0),
            mode: u32::from(stat.st_mode),
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp([
            self.inode,
            self.size,
            self.modified,
            self.modified_nanoseconds,
        ])
    }
}

/// Tells a file from the one that takes its name by `rename(2)`. All zero
/// where there is no file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp([u64; 4]);

/// The stamp of a file in a folder, a link not followed; none if that cannot
/// be told.
pub(crate) fn stamp_in(dir: &Path, name: &str) -> Option<Stamp> {
    with_c_path(&in_dir(dir, name), |path| Ok(stamp(path))).ok()?
}

fn stamp(path: &CStr) -> Option<Stamp> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the path ends with a zero byte; the pointer is valid for
    // writes, and read only on success.
    let stat = unsafe {
        match check(libc::lstat(path.as_ptr(), stat.as_mut_ptr())) {
            Ok(_) => stat.assume_init(),
            Err(error) if is_absent(&error) => return Some(Stamp::default()),
            Err(_) => return None,
        }
    };
    Some(Status::new(&stat).stamp())
}

/// Calls `then` with a path, put together from parts, as C has it: on the
/// stack, where it fits, since this is on the way of every host's start.
fn with_c_path<T>(parts: &[&[u8]], then: impl FnOnce(&CStr) -> io::Result<T>) -> io::Result<T> {
    let mut stack = [0_u8; 256];
    let mut end = 0;
    for part in parts {
        let Some(place) = stack.get_mut(end..end + part.len()) else {
            return then(&CString::new(parts.concat())?);
        };
        place.copy_from_slice(part);
        end += part.len();
    }
    if end == stack.len() {
        return then(&CString::new(parts.concat())?);
    }
    // SAFETY: what is left of the stack's bytes is zero, and that is at least
    // one of them.
    let path = unsafe { CStr::from_ptr(stack.as_ptr().cast()) };
    if path.count_bytes() == end {
        then(path)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// A file in a folder, for [`with_c_path`].
fn in_dir<'a>(dir: &'a Path, name: &'a str) -> [&'a [u8]; 3] {
    [dir.as_os_str().as_bytes(), b"/", name.as_bytes()]
}

/// Whether the open file is the one of this name in a folder.
pub(crate) fn is_same_file(fd: c_int, dir: &Path, name: &str) -> bool {
    let open = status(fd).ok();
    open.is_some_and(|open| stamp_in(dir, name) == Some(open.stamp()))
}

/// Whether a link at the end of a path is followed or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    Refuse,
}

/// A small file that is open for reading.
#[derive(Debug)]
pub(crate) struct Small {
    fd: c_int,
}

/// Opens a file to read at once; none if it is not there. Its path comes in
/// parts. Never waits for a FIFO's writer or takes a terminal.
pub(crate) fn open_small(path: &[&[u8]], links: Links) -> io::Result<Option<Small>> {
    const FLAGS: c_int = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    let flags = match links {
        Links::Follow => FLAGS,
        Links::Refuse => FLAGS | libc::O_NOFOLLOW,
    };
    // SAFETY: the path ends with a zero byte.
    let opened = with_c_path(path, |path| {
        check(unsafe { libc::open(path.as_ptr(), flags) })
    });
    match opened {
        Ok(fd) => Ok(Some(Small { fd })),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Small {
    /// Whether the file is root's and nobody else may write to it.
    pub(crate) fn only_root_writes(&self) -> bool {
        status(self.fd).is_ok_and(|status| status.owner == 0 && status.mode & 0o022 == 0)
    }

    /// The whole file. `InvalidInput` is what is not a plain file,
    /// `FileTooLarge` what does not fit into the buffer.
    pub(crate) fn read<'a>(&self, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
        Ok(self.read_stamped(buffer)?.0)
    }

    /// The whole file, and its stamp.
    pub(crate) fn read_stamped<'a>(&self, buffer: &'a mut [u8]) -> io::Result<(&'a [u8], Stamp)> {
        let status = status(self.fd)?;
        if !status.regular {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: the pointer is valid for writes of that length.
        let read = unsafe { libc::read(self.fd, buffer.as_mut_ptr().cast(), buffer.len()) };
        let read = usize::try_from(read).map_err(|_| io::Error::last_os_error())?;
        if read == buffer.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok((&buffer[..read], status.stamp()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        close(self.fd);
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR))
}

/// Opens a file in a folder to append to, made with mode 0600 if it is not
/// there. Never follows a link, waits for a FIFO's reader or takes a terminal.
pub(crate) fn open_append(dir: &Path, name: &str) -> io::Result<c_int> {
    const FLAGS: c_int = libc::O_WRONLY
        | libc::O_APPEND
        | libc::O_CREAT
        | libc::O_CLOEXEC
        | libc::O_NOFOLLOW
        | libc::O_NONBLOCK
        | libc::O_NOCTTY;
    with_c_path(&in_dir(dir, name), |path| {
        // SAFETY: the path ends with a zero byte; the mode goes with O_CREAT.
        check(unsafe { libc::open(path.as_ptr(), FLAGS, 0o600) })
    })
}

/// Makes a folder for its user alone. Whether it was this call that made it;
/// none where it is not there afterwards, as where the one above is missing.
pub(crate) fn make_dir(dir: &Path) -> Option<bool> {
    let made = with_c_path(&[dir.as_os_str().as_bytes()], |path| {
        // SAFETY: the path ends with a zero byte.
        check(unsafe { libc::mkdir(path.as_ptr(), 0o700) })
    });
    match made {
        Ok(_) => Some(true),
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) => Some(false),
        Err(_) => None,
    }
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

/// Whether an exclusive lock on the file could be had at once.
pub(crate) fn lock_exclusive(fd: c_int) -> bool {
    // SAFETY: works on a number that is checked by the system.
    unsafe { libc::flock(fd, libc::LOCK_EX | libc::LOCK_NB) == 0 }
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

/// The columns of the terminal that standard output goes to, if it is one
/// that knows them.
#[cfg(feature = "commands")]
pub(crate) fn terminal_columns() -> Option<u16> {
    let mut size = MaybeUninit::<libc::winsize>::uninit();
    // SAFETY: the pointer is valid for writes, and read only on success.
    let size = unsafe {
        if libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, size.as_mut_ptr()) != 0 {
            return None;
        }
        size.assume_init()
    };
    (size.ws_col > 0).then_some(size.ws_col)
}
