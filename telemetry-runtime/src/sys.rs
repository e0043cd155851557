//! The operating system, in the few calls that std does not have or that
//! cost too much through it. All `unsafe` code of the crate is here.

#[cfg(all(unix, feature = "upload"))]
mod detach;
#[cfg(any(feature = "commands", feature = "upload"))]
mod nameless;
#[cfg(feature = "upload")]
mod start;
#[cfg(unix)]
mod unix;
#[cfg(all(unix, feature = "upload"))]
pub(crate) use detach::detach;
#[cfg(any(feature = "commands", feature = "upload"))]
pub(crate) use nameless::{create_nameless, give_name};
#[cfg(feature = "upload")]
pub(crate) use start::Program;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
pub(crate) use other::*;
