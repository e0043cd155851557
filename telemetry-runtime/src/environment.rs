//! What the environment says about telemetry, read in one pass.
//!
//! A look-up for each name would walk the environment again and again:
//! 17 of them were measured at 9,048 instructions, one pass at 1,420.

use std::ffi::OsStr;

/// The variables that telemetry heeds. With the app `caro` the app's own
/// begin with `CARO_TELEMETRY_`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Environment<'a> {
    /// `DO_NOT_TRACK`
    pub do_not_track: Option<&'a OsStr>,
    /// `CARO_TELEMETRY_ENABLED`
    pub enabled: Option<&'a OsStr>,
    /// `CARO_TELEMETRY_DIR`
    pub dir: Option<&'a OsStr>,
    /// `CARO_TELEMETRY_ENDPOINT`
    pub endpoint: Option<&'a OsStr>,
    /// The first variable found that a CI service sets.
    pub ci: Option<&'static str>,
    /// Whether a test runner started this process.
    pub test_runner: bool,
    /// `HOME`
    pub home: Option<&'a OsStr>,
    /// `XDG_DATA_HOME`
    pub data_home: Option<&'a OsStr>,
}

/// Where a variable's value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    DoNotTrack,
    Enabled,
    Dir,
    Endpoint,
    Ci(&'static str),
    TestRunner,
    Home,
    DataHome,
}

/// The one name that begins like this and is heeded for every app. Four bytes
/// tell them apart, so that most variables are passed over at once, which is
/// most of the cost of a pass.
#[inline]
fn candidate(first: [u8; 4]) -> Option<(&'static str, Slot)> {
    let ci = |name| Some((name, Slot::Ci(name)));
    match &first {
        b"HOME" => Some(("HOME", Slot::Home)),
        b"XDG_" => Some(("XDG_DATA_HOME", Slot::DataHome)),
        b"DO_N" => Some(("DO_NOT_TRACK", Slot::DoNotTrack)),
        b"NEXT" => Some(("NEXTEST", Slot::TestRunner)),
        [b'C', b'I', b'=', _] => ci("CI"),
        b"CONT" => ci("CONTINUOUS_INTEGRATION"),
        b"GITH" => ci("GITHUB_ACTIONS"),
        b"GITL" => ci("GITLAB_CI"),
        b"BUIL" => ci("BUILDKITE"),
        b"TEAM" => ci("TEAMCITY_VERSION"),
        b"JENK" => ci("JENKINS_URL"),
        b"TF_B" => ci("TF_BUILD"),
        b"CIRC" => ci("CIRCLECI"),
        b"TRAV" => ci("TRAVIS"),
        b"BITB" => ci("BITBUCKET_BUILD_NUMBER"),
        b"CODE" => ci("CODEBUILD_BUILD_ID"),
        _ => None,
    }
}

/// The first letters of all candidates.
const LETTERS: u32 = bit(b'B')
    | bit(b'C')
    | bit(b'D')
    | bit(b'G')
    | bit(b'H')
    | bit(b'J')
    | bit(b'N')
    | bit(b'T')
    | bit(b'X');

/// A bit for each letter. Bytes 32 apart share one; that only costs a closer
/// look.
#[inline]
const fn bit(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// The first four bytes of an app's own variables.
fn own_first(app: &str) -> [u8; 4] {
    let mut name = app.bytes().map(upper).chain(*b"_TELE");
    std::array::from_fn(|_| name.next().unwrap_or(b'_'))
}

/// Where a variable goes, and its value.
#[inline]
fn split<'a>(app: &str, entry: &'a [u8]) -> Option<(Slot, &'a [u8])> {
    if let Some(rest) = own(app, entry) {
        let own = [
            ("ENABLED=", Slot::Enabled),
            ("DIR=", Slot::Dir),
            ("ENDPOINT=", Slot::Endpoint),
        ];
        return own
            .into_iter()
            .find_map(|(name, slot)| Some((slot, rest.strip_prefix(name.as_bytes())?)));
    }
    let (name, slot) = candidate(*entry.first_chunk()?)?;
    let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
    Some((slot, value))
}

impl Environment<'static> {
    /// Reads this process's environment. The values are borrowed from it.
    ///
    /// As with every reader that is not std's own, the environment must not
    /// be changed meanwhile; hosts call it at the start of `main`.
    pub(crate) fn read(app: &str) -> Self {
        let mut environment = Self::default();
        let own = own_first(app);
        let letters = LETTERS | bit(own[0]);
        crate::sys::for_each_variable(
            |letter| letters & bit(letter) != 0,
            |first| first == own || candidate(first).is_some(),
            |entry| environment.take(app, entry),
        );
        environment
    }
}

impl<'a> Environment<'a> {
    /// Reads any list of variables, each `NAME=value`.
    pub fn from_entries(app: &str, entries: impl IntoIterator<Item = &'a str>) -> Self {
        let mut environment = Self::default();
        for entry in entries {
            environment.take(app, entry.as_bytes());
        }
        environment
    }

    fn take(&mut self, app: &str, entry: &'a [u8]) {
        let Some((slot, value)) = split(app, entry) else {
            return;
        };
        match slot {
            Slot::DoNotTrack => self.do_not_track = Some(text(value)),
            Slot::Enabled => self.enabled = Some(text(value)),
            Slot::Dir => self.dir = Some(text(value)),
            Slot::Endpoint => self.endpoint = Some(text(value)),
            Slot::Home => self.home = Some(text(value)),
            Slot::DataHome => self.data_home = Some(text(value)),
            Slot::TestRunner => self.test_runner = true,
            Slot::Ci(name) => {
                if self.ci.is_none() && !matches!(value, b"" | b"0" | b"false") {
                    self.ci = Some(name);
                }
            }
        }
    }
}

/// The rest of a variable that begins with the app's prefix,
/// `CARO_TELEMETRY_`.
#[inline]
fn own<'a>(app: &str, entry: &'a [u8]) -> Option<&'a [u8]> {
    let app = app.as_bytes();
    let (start, rest) = entry.split_at_checked(app.len())?;
    for (a, e) in app.iter().zip(start) {
        if upper(*a) != *e {
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
fn text(value: &[u8]) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(value)
}

#[cfg(not(unix))]
fn text(value: &[u8]) -> &OsStr {
    OsStr::new(std::str::from_utf8(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_it_knows_and_nothing_else() {
        let environment = Environment::from_entries(
            "my-tool",
            [
                "MY_TOOL_TELEMETRY_ENABLED=false",
                "MY_TOOL_TELEMETRY_DIR=/tmp/t",
                "CARO_TELEMETRY_ENABLED=true",
                "MY_TOOL_TELEMETRY=?",
                "MY_TOOL_TELEMETRY_ENABLED_TOO=?",
                "DO_NOT_TRACK=1",
                "HOME=/home/a",
                "HOMELY=?",
                "GITHUB_ACTIONS=true",
                "CI=false",
                "CI=",
                "",
                "=",
            ],
        );
        let expected = Environment {
            do_not_track: Some(OsStr::new("1")),
            enabled: Some(OsStr::new("false")),
            dir: Some(OsStr::new("/tmp/t")),
            ci: Some("GITHUB_ACTIONS"),
            home: Some(OsStr::new("/home/a")),
            ..Environment::default()
        };
        assert_eq!(environment, expected);
    }

    #[test]
    fn every_name_that_is_heeded_is_found_by_its_beginning() {
        for entry in [
            "HOME=1",
            "XDG_DATA_HOME=1",
            "DO_NOT_TRACK=1",
            "NEXTEST=1",
            "CI=1",
            "CONTINUOUS_INTEGRATION=1",
            "GITHUB_ACTIONS=1",
            "GITLAB_CI=1",
            "BUILDKITE=1",
            "TEAMCITY_VERSION=1",
            "JENKINS_URL=1",
            "TF_BUILD=1",
            "CIRCLECI=1",
            "TRAVIS=1",
            "BITBUCKET_BUILD_NUMBER=1",
            "CODEBUILD_BUILD_ID=1",
        ] {
            let found = Environment::from_entries("caro", [entry]);
            assert_ne!(found, Environment::default(), "{entry}");
            assert_ne!(LETTERS & bit(entry.as_bytes()[0]), 0, "{entry}");
        }
        for (app, entry) in [
            ("caro", "CARO_TELEMETRY_ENABLED=1"),
            ("a-b", "A_B_TELEMETRY_ENABLED=1"),
            ("x", "X_TELEMETRY_ENABLED=1"),
            ("home", "HOME_TELEMETRY_ENABLED=1"),
        ] {
            assert_eq!(own_first(app), entry.as_bytes()[..4], "{app}");
            let found = Environment::from_entries(app, [entry]);
            assert_eq!(found.enabled, Some(OsStr::new("1")), "{app}");
        }
    }

    #[test]
    fn one_pass_finds_what_std_finds() {
        let environment = Environment::read("caro");
        assert_eq!(environment.home, std::env::var_os("HOME").as_deref());
        assert_eq!(
            environment.dir,
            std::env::var_os("CARO_TELEMETRY_DIR").as_deref()
        );
    }
}
