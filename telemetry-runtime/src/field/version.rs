//! The host's own version.

use super::Field;
use crate::__private::Sealed;
use telemetry_wire::{Domain, Version};

/// Stands for the version of the program that emits. It holds nothing: the
/// version comes from [`host!`](crate::host) when the event is emitted, so
/// no other can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HostVersion;

impl Sealed for HostVersion {}

impl Field for HostVersion {
    const DOMAIN: Domain = Domain::Version;

    #[inline]
    fn digit(self, host: Version) -> u64 {
        host.digit()
    }

    fn from_digit(digit: u64) -> Option<Self> {
        Version::from_digit(digit).map(|_| Self)
    }
}
