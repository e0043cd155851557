//! The operating system, in the few calls that std does not have or that
//! cost too much through it. All `unsafe` code of the crate is here.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
pub(crate) use other::*;
