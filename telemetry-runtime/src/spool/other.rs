//! Platforms without a spool.

use crate::consent::Permit;
use std::path::PathBuf;

/// Never opens.
#[derive(Debug)]
pub(crate) enum Spool {}

impl Spool {
    pub(crate) fn open(_: Permit, _: PathBuf, _: u64, _: u64) -> Option<Self> {
        None
    }

    #[cfg(feature = "upload")]
    pub(crate) fn dir(&self) -> &std::path::Path {
        match *self {}
    }

    pub(crate) fn append(&self, _: &[u8; 32], _: u64) {
        match *self {}
    }
}

/// Telemetry is off here, and `status` says why.
#[cfg(feature = "commands")]
pub(crate) fn obstacle(_: &std::path::Path) -> Option<std::convert::Infallible> {
    None
}
