//! Where the runtime's time comes from.

/// UTC milliseconds since 1970. A function, so that tests bring their own.
pub type Clock = fn() -> u64;

/// The system's clock, in whole seconds, which is all that a record keeps.
#[inline]
pub fn system() -> u64 {
    crate::sys::now_ms()
}
