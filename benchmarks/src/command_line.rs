//! What the two programs have in common: options and how they end.

use crate::standing::Finding;
use anyhow::{Result, bail};
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

/// What the command line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// `--quick`: fewer samples.
    pub quick: bool,
    /// `--check`: fail unless the standing numbers hold.
    pub check: bool,
    /// `--json`: print JSON.
    pub json: bool,
}

impl Options {
    /// Reads the arguments after the program's name; none if they ask for
    /// help.
    ///
    /// # Errors
    ///
    /// For an argument that there is not.
    pub fn parse(arguments: &[String]) -> Result<Option<Self>> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--check" => options.check = true,
                "--json" => options.json = true,
                "--help" | "-h" => return Ok(None),
                other => bail!("there is no option {other:?}; see --help"),
            }
        }
        Ok(Some(options))
    }
}

/// Prints a report, as text unless JSON is asked for, and says how to end.
pub fn finish<R: Serialize>(
    options: Options,
    report: &R,
    to_text: fn(&R) -> String,
    findings: &[Finding],
) -> Result<ExitCode> {
    let text = if options.json {
        serde_json::to_string_pretty(report)? + "\n"
    } else {
        to_text(report)
    };
    print(&text)?;
    let broken = findings.iter().any(|finding| !finding.holds);
    Ok(ExitCode::from(u8::from(options.check && broken)))
}

/// Prints a text as it is.
pub fn print(text: &str) -> Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_add_up_and_others_are_refused() {
        let parse = |line: &str| {
            let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
            Options::parse(&arguments)
        };
        let both = parse("--check --json").unwrap().unwrap();
        assert!(both.check && both.json && !both.quick);
        assert_eq!(parse("--json --help").unwrap(), None);
        let refused = parse("--chekc").unwrap_err().to_string();
        assert_eq!(refused, r#"there is no option "--chekc"; see --help"#);
    }

    #[test]
    fn only_check_fails_on_what_is_broken() {
        let broken = [Finding::at_most("events", 1_u64, Some(2))];
        let ends = |check, findings: &[Finding]| {
            let options = Options {
                check,
                ..Options::default()
            };
            let code = finish(options, &(), |()| String::new(), findings).unwrap();
            code == ExitCode::SUCCESS
        };
        assert!(ends(false, &broken));
        assert!(!ends(true, &broken));
        assert!(ends(true, &[]));
    }
}
