//! Where the runtime's time comes from.

/// UTC milliseconds since 1970. A function, so that tests bring their own.
pub type Clock = fn() -> u64;

/// The system's clock; coarse (about 4 ms) where that is cheaper, since
/// records are rounded to the declared precision anyway.
#[inline]
pub fn system() -> u64 {
    crate::sys::now_ms()
}
