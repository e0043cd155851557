//! What the environment says about telemetry, read in one pass.
//!
//! A look-up for each name would walk the environment again and again:
//! 17 of them were measured at 9,048 instructions, one pass at 1,420.

use std::ffi::OsString;

/// The variables that telemetry heeds. With the app `caro` the app's own
/// begin with `CARO_TELEMETRY_`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `DO_NOT_TRACK`
    pub do_not_track: Option<OsString>,
    /// `CARO_TELEMETRY_ENABLED`
    pub enabled: Option<OsString>,
    /// `CARO_TELEMETRY_DIR`
    pub dir: Option<OsString>,
    /// `CARO_TELEMETRY_ENDPOINT`
    pub endpoint: Option<OsString>,
    /// The first variable found that a CI service sets.
    pub ci: Option<&'static str>,
    /// Whether a test runner started this process.
    pub test_runner: bool,
    /// `HOME`
    pub home: Option<OsString>,
    /// `XDG_DATA_HOME`
    pub data_home: Option<OsString>,
}

/// Variables that CI services set.
const CI: [&str; 12] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "BUILDKITE",
    "TEAMCITY_VERSION",
    "JENKINS_URL",
    "TF_BUILD",
    "CIRCLECI",
    "TRAVIS",
    "BITBUCKET_BUILD_NUMBER",
    "CODEBUILD_BUILD_ID",
];

impl Environment {
    /// Reads this process's environment.
    ///
    /// Like every reader that is not std's own, it must not run while another
    /// thread changes the environment; hosts call it at the start of `main`.
    pub fn read(app: &str) -> Self {
        let mut environment = Self::default();
        crate::sys::for_each_variable(|name, value| environment.take(app, name, value));
        environment
    }

    /// Reads any list of names and values.
    pub fn from_pairs<'a>(app: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in pairs {
            environment.take(app, name.as_bytes(), value.as_bytes());
        }
        environment
    }

    fn take(&mut self, app: &str, name: &[u8], value: &[u8]) {
        if let Some(name) = own(app, name) {
            match name {
                b"ENABLED" => self.enabled = Some(text(value)),
                b"DIR" => self.dir = Some(text(value)),
                b"ENDPOINT" => self.endpoint = Some(text(value)),
                _ => {}
            }
            return;
        }
        match name {
            b"HOME" => self.home = Some(text(value)),
            b"XDG_DATA_HOME" => self.data_home = Some(text(value)),
            b"DO_NOT_TRACK" => self.do_not_track = Some(text(value)),
            b"NEXTEST" => self.test_runner = true,
            _ => {
                if self.ci.is_none() && !matches!(value, b"" | b"0" | b"false") {
                    self.ci = CI.into_iter().find(|ci| ci.as_bytes() == name);
                }
            }
        }
    }
}

/// The rest of a name that begins with the app's prefix, `CARO_TELEMETRY_`.
#[inline]
fn own<'a>(app: &str, name: &'a [u8]) -> Option<&'a [u8]> {
    let app = app.as_bytes();
    let (start, rest) = name.split_at_checked(app.len())?;
    for (a, n) in app.iter().zip(start) {
        let upper = if *a == b'-' { b'_' } else { a.to_ascii_uppercase() };
        if upper != *n {
            return None;
        }
    }
    rest.strip_prefix(b"_TELEMETRY_")
}

#[cfg(unix)]
fn text(value: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(value).to_owned()
}

#[cfg(not(unix))]
fn text(value: &[u8]) -> OsString {
    String::from_utf8_lossy(value).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_it_knows_and_nothing_else() {
        let environment = Environment::from_pairs(
            "my-tool",
            [
                ("MY_TOOL_TELEMETRY_ENABLED", "false"),
                ("MY_TOOL_TELEMETRY_DIR", "/tmp/t"),
                ("CARO_TELEMETRY_ENABLED", "true"),
                ("MY_TOOL_TELEMETRY", "?"),
                ("DO_NOT_TRACK", "1"),
                ("HOME", "/home/a"),
                ("GITHUB_ACTIONS", "true"),
                ("CI", "false"),
            ],
        );
        let expected = Environment {
            do_not_track: Some("1".into()),
            enabled: Some("false".into()),
            dir: Some("/tmp/t".into()),
            ci: Some("GITHUB_ACTIONS"),
            home: Some("/home/a".into()),
            ..Environment::default()
        };
        assert_eq!(environment, expected);
    }

    #[test]
    fn one_pass_finds_what_std_finds() {
        let environment = Environment::read("caro");
        assert_eq!(environment.home, std::env::var_os("HOME"));
        assert_eq!(environment.dir, std::env::var_os("CARO_TELEMETRY_DIR"));
    }
}
