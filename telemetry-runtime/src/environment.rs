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

/// The two first letters that names must have to be looked at any closer.
/// Most variables are passed over by that alone, which is most of the cost of
/// a pass.
#[derive(Debug, Clone, Copy)]
struct Beginnings {
    own: [u8; 2],
    first: u32,
}

impl Beginnings {
    /// Those of all names that are heeded for an app.
    fn of(app: &str) -> Self {
        const FIRST: u32 = bit(b'B')
            | bit(b'C')
            | bit(b'D')
            | bit(b'G')
            | bit(b'H')
            | bit(b'J')
            | bit(b'N')
            | bit(b'T')
            | bit(b'X');
        let mut name = app.bytes().map(upper).chain(*b"_");
        let own = std::array::from_fn(|_| name.next().unwrap_or(b'_'));
        Self {
            own,
            first: FIRST | bit(own[0]),
        }
    }

    #[inline]
    fn allow(self, start: [u8; 2]) -> bool {
        bit(start[0]) & self.first != 0
            && (start == self.own
                || matches!(
                    &start,
                    b"BI"
                        | b"BU"
                        | b"CI"
                        | b"CO"
                        | b"DO"
                        | b"GI"
                        | b"HO"
                        | b"JE"
                        | b"NE"
                        | b"TE"
                        | b"TF"
                        | b"TR"
                        | b"XD"
                ))
    }
}

/// A bit for each letter. Bytes 32 apart share one; that only costs a closer
/// look.
#[inline]
const fn bit(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// The name of a variable that CI services set.
fn ci_service(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"CI" => "CI",
        b"CONTINUOUS_INTEGRATION" => "CONTINUOUS_INTEGRATION",
        b"GITHUB_ACTIONS" => "GITHUB_ACTIONS",
        b"GITLAB_CI" => "GITLAB_CI",
        b"BUILDKITE" => "BUILDKITE",
        b"TEAMCITY_VERSION" => "TEAMCITY_VERSION",
        b"JENKINS_URL" => "JENKINS_URL",
        b"TF_BUILD" => "TF_BUILD",
        b"CIRCLECI" => "CIRCLECI",
        b"TRAVIS" => "TRAVIS",
        b"BITBUCKET_BUILD_NUMBER" => "BITBUCKET_BUILD_NUMBER",
        b"CODEBUILD_BUILD_ID" => "CODEBUILD_BUILD_ID",
        _ => return None,
    })
}

impl Environment {
    /// Reads this process's environment.
    ///
    /// Like every reader that is not std's own, it must not run while another
    /// thread changes the environment; hosts call it at the start of `main`.
    pub fn read(app: &str) -> Self {
        let mut environment = Self::default();
        let beginnings = Beginnings::of(app);
        crate::sys::for_each_variable(
            |start| beginnings.allow(start),
            |name, value| environment.take(app, name, value),
        );
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
                    self.ci = ci_service(name);
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
        if upper(*a) != *n {
            return None;
        }
    }
    rest.strip_prefix(b"_TELEMETRY_")
}

/// A letter of the app's name as its variables have it.
#[inline]
fn upper(letter: u8) -> u8 {
    match letter {
        b'-' => b'_',
        _ => letter.to_ascii_uppercase(),
    }
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
    fn every_name_that_is_heeded_is_looked_at() {
        const NAMES: [&str; 16] = [
            "HOME",
            "XDG_DATA_HOME",
            "DO_NOT_TRACK",
            "NEXTEST",
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
        for name in NAMES {
            let found = Environment::from_pairs("caro", [(name, "1")]);
            assert_ne!(found, Environment::default(), "{name}");
        }
        for (app, own) in [
            ("caro", "CARO_"),
            ("a-b", "A_B_"),
            ("x", "X_"),
            ("q7", "Q7_"),
        ] {
            let own = format!("{own}TELEMETRY_ENABLED");
            for name in NAMES.into_iter().chain([&*own]) {
                let start = [name.as_bytes()[0], name.as_bytes()[1]];
                assert!(Beginnings::of(app).allow(start), "{name} for {app}");
            }
        }
        assert!(!Beginnings::of("caro").allow(*b"PW"));
    }

    #[test]
    fn one_pass_finds_what_std_finds() {
        let environment = Environment::read("caro");
        assert_eq!(environment.home, std::env::var_os("HOME"));
        assert_eq!(environment.dir, std::env::var_os("CARO_TELEMETRY_DIR"));
    }
}
