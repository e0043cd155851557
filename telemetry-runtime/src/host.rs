//! The program that telemetry runs in.

use telemetry_wire::{Channel, Version};

/// The name and version of the program that emits. Made by
/// [`host!`](crate::host) in that program's own crate.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    name: &'static str,
    version: Version,
    test: bool,
}

impl Host {
    /// For [`host!`](crate::host), which takes the values from the crate that
    /// calls it. A debug build counts as channel `dev`; a version that Cargo
    /// would not take counts as `0.0.0-dev`.
    pub const fn new(name: &'static str, version: &str, debug: bool, test: bool) -> Self {
        let version = match (Version::parse(version), Version::parse("0.0.0-dev")) {
            (Some(version), _) if debug => version.as_dev(),
            (Some(version), _) | (None, Some(version)) => version,
            (None, None) => unreachable!(),
        };
        Self {
            name,
            version,
            test,
        }
    }

    /// The name of the host's package.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The host's version.
    pub const fn version(self) -> Version {
        self.version
    }

    /// The stage of the host's release.
    pub const fn channel(self) -> Channel {
        self.version.channel()
    }

    /// Whether the host is being run by its own tests.
    pub const fn is_test(self) -> bool {
        self.test
    }
}

/// The [`Host`]: name and version of the crate that calls this macro.
///
/// ```
/// let host = telemetry_runtime::host!();
/// assert_eq!(host.name(), env!("CARGO_PKG_NAME"));
/// ```
#[macro_export]
macro_rules! host {
    () => {
        const {
            $crate::Host::new(
                ::core::env!("CARGO_PKG_NAME"),
                ::core::env!("CARGO_PKG_VERSION"),
                ::core::cfg!(debug_assertions),
                ::core::cfg!(test),
            )
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_build_is_dev_whatever_its_version() {
        assert_eq!(
            Host::new("a", "1.0.0", false, false).channel(),
            Channel::Stable
        );
        assert_eq!(Host::new("a", "1.0.0", true, false).channel(), Channel::Dev);
        assert_eq!(
            Host::new("a", "1.0.0-beta.3", false, false).channel(),
            Channel::Beta
        );
        assert_eq!(
            Host::new("a", "not a version", false, false)
                .version()
                .to_string(),
            "0.0.0-dev"
        );
    }
}
