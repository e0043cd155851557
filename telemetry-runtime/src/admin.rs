//! The administrator's file: what holds for every user of a machine.
//!
//! `/etc/APP/telemetry.toml`, on macOS
//! `/Library/Application Support/APP/telemetry.toml`; lines `key = value`, in
//! a strict subset of TOML:
//!
//! | key | value | meaning |
//! |---|---|---|
//! | `enabled` | `true`, `false` | a yes or a no for every user |
//! | `level` | `"minimal"`, `"normal"`, `"verbose"` | nobody collects more than this |
//! | `air_gapped` | `true`, `false` | nothing is sent from this machine |
//! | `endpoint` | text | where to send instead |
//!
//! Whatever takes something away (a no, a level, an air gap) is heeded
//! whoever wrote it. A yes and an endpoint are heeded only from a file that
//! belongs to root and that nobody else may write to. A file that cannot be
//! read, or that has any line that cannot be read, is a no: a misspelt
//! `enabled = false` must not pass as silence.
//!
//! Its place is fixed: no variable moves it, since a user could then get
//! around it.

use crate::config::TelemetryLevel;
use crate::consent::Opinion;
use crate::dirs::administrator_parts;
use crate::settings::{Fault, Setting, Value, Wrong, settings};
use crate::sys::{self, Links};
use std::io;
use std::path::Path;

/// No file needs more; a longer one is not read.
const LONGEST: usize = 8 << 10;

/// What the administrator's file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdminFile {
    /// What bears on the decision.
    pub rules: AdminRules,
    /// Where to send instead; only from a file that is trusted.
    pub endpoint: Option<String>,
}

/// The part of the administrator's file that bears on the decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdminRules {
    /// `enabled`, as written.
    pub enabled: Option<bool>,
    /// Nobody collects more than this.
    pub level: Option<TelemetryLevel>,
    /// Nothing is sent from this machine.
    pub air_gapped: bool,
    /// Whether the file is root's alone, so that its yes counts.
    pub trusted: bool,
    /// Why the file could not be read, which makes it a no.
    pub fault: Option<Fault>,
}

impl AdminRules {
    /// What they say on whether telemetry may run.
    pub fn opinion(self) -> Opinion {
        match (self.fault, self.enabled) {
            (Some(_), _) => Opinion::Unreadable,
            (None, Some(false)) => Opinion::No,
            (None, Some(true)) if self.trusted => Opinion::Yes,
            (None, _) => Opinion::Unset,
        }
    }
}

impl AdminFile {
    /// Reads the file of an app; one that is not there says nothing.
    pub fn of(app: &str) -> Self {
        Self::at(&administrator_parts(app).map(str::as_bytes))
    }

    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Self {
        Self::at(&[path.as_os_str().as_encoded_bytes()])
    }

    fn at(path: &[&[u8]]) -> Self {
        // Most machines have none: nothing is made ready before it is found.
        match sys::open_small(path, Links::Follow) {
            Ok(Some(file)) => Self::from_open(&file),
            Ok(None) => Self::default(),
            Err(_) => Self::faulty(Wrong::Unopened),
        }
    }

    #[cold]
    fn from_open(file: &sys::Small) -> Self {
        let trusted = file.only_root_writes();
        let mut buffer = [0; LONGEST];
        match file.read(&mut buffer) {
            Ok(bytes) => parse(bytes, trusted).unwrap_or_else(|fault| Self {
                rules: AdminRules {
                    fault: Some(fault),
                    trusted,
                    ..AdminRules::default()
                },
                endpoint: None,
            }),
            Err(error) => Self::faulty(wrong(&error)),
        }
    }

    fn faulty(wrong: Wrong) -> Self {
        Self {
            rules: AdminRules {
                fault: Some(Fault::whole(wrong)),
                ..AdminRules::default()
            },
            endpoint: None,
        }
    }
}

/// What went wrong with reading a small file.
pub(crate) fn wrong(error: &io::Error) -> Wrong {
    match error.kind() {
        io::ErrorKind::InvalidInput => Wrong::NotAFile,
        io::ErrorKind::FileTooLarge => Wrong::TooLong,
        _ => Wrong::Unopened,
    }
}

fn parse(bytes: &[u8], trusted: bool) -> Result<AdminFile, Fault> {
    let (mut enabled, mut level, mut air_gapped, mut endpoint) = (None, None, None, None);
    for setting in settings(bytes)? {
        let setting: Setting<'_> = setting?;
        match setting.key {
            "enabled" => setting.put(&mut enabled, "true or false", Value::bool)?,
            "level" => setting.put(
                &mut level,
                "\"minimal\", \"normal\" or \"verbose\"",
                |value| TelemetryLevel::from_name(value.text()?),
            )?,
            "air_gapped" => setting.put(&mut air_gapped, "true or false", Value::bool)?,
            "endpoint" => setting.put(&mut endpoint, "an address in quotes", Value::text)?,
            _ => return Err(setting.fault(Wrong::Unknown)),
        }
    }
    Ok(AdminFile {
        rules: AdminRules {
            enabled,
            level,
            air_gapped: air_gapped.unwrap_or(false),
            trusted,
            fault: None,
        },
        endpoint: endpoint.filter(|_| trusted).map(str::to_owned),
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use tempfile::TempDir;

    #[test]
    fn only_a_trusted_file_can_add() {
        let text =
            b"enabled = true\nlevel = \"minimal\"\nair_gapped = true\nendpoint = \"https://a\"\n";
        let trusted = parse(text, true).unwrap();
        assert_eq!(trusted.rules.opinion(), Opinion::Yes);
        assert_eq!(trusted.endpoint.as_deref(), Some("https://a"));
        let other = parse(text, false).unwrap();
        assert_eq!(other.rules.opinion(), Opinion::Unset);
        assert_eq!(other.endpoint, None);
        for file in [trusted, other] {
            assert_eq!(file.rules.level, Some(TelemetryLevel::Minimal));
            assert!(file.rules.air_gapped);
        }
        for trusted in [true, false] {
            let no = parse(b"enabled = false", trusted).unwrap();
            assert_eq!(no.rules.opinion(), Opinion::No);
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_no_and_says_where() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("telemetry.toml");
        assert_eq!(AdminFile::read(&path), AdminFile::default());
        for (text, message) in [
            (
                "# ours\nenabld = false\n",
                "line 2: no setting has this name",
            ),
            ("enabled = \"no\"\n", "line 1: this should be true or false"),
            (
                "enabled = true\nenabled = false\n",
                "line 2: this is set twice",
            ),
            (
                "[telemetry]\nenabled = true\n",
                "line 1: this is not `key = value` with true, false, a number or text in quotes",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let rules = AdminFile::read(&path).rules;
            assert_eq!(rules.opinion(), Opinion::Unreadable, "{text}");
            assert_eq!(rules.fault.unwrap().to_string(), message);
        }
        fs::write(&path, " ".repeat(LONGEST + 1)).unwrap();
        let fault = AdminFile::read(&path).rules.fault.unwrap();
        assert_eq!(fault.to_string(), "it is too long");
        let fault = AdminFile::read(dir.path()).rules.fault.unwrap();
        assert_eq!(fault.to_string(), "it is not a plain file");
    }

    #[test]
    fn a_file_that_others_may_write_is_not_trusted() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("telemetry.toml");
        fs::write(&path, "enabled = true\n").unwrap();
        let trusted_at = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            AdminFile::read(&path).rules.trusted
        };
        assert_eq!(trusted_at(0o644), sys::user() == 0);
        assert!(!trusted_at(0o664));
        assert!(!trusted_at(0o646));
    }
}
