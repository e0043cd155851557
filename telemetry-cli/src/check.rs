//! `cargo telemetry check`

use crate::console::Console;
use crate::source::Code;
use crate::{Outcome, Project};
use clap::Args;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};
use telemetry_schema::model::Expiry;
use telemetry_schema::rules::source::private_path;
use telemetry_schema::{Moment, Schema, Sources};

/// When, and for which release.
#[derive(Args)]
pub(crate) struct Options {
    /// The day that expiries are held against [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<String>,
    /// The release that they are held against [default: the package's version]
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
}

/// Tells all findings. A warning is one as well: it stops no build, and is
/// mended or allowed before CI is content.
pub(crate) fn run(
    project: &Project,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let today = options.today.clone().unwrap_or_else(today);
    let release = match &options.release {
        Some(release) => Some(release.clone()),
        None if project.may_ask_for_a_release() => project.version(),
        None => None,
    };
    let moment = match Moment::new(&today, release.as_deref()) {
        Ok(moment) => moment,
        Err(error) => return console.could_not(format_args!("{error}")),
    };
    let Some(bound) = project.load_at(&moment, console)? else {
        return Ok(Outcome::Findings);
    };
    let mut events = bound.schema.events.iter();
    if release.is_none() && events.any(|event| matches!(event.expires, Expiry::Version(_))) {
        console.conclude(format_args!(
            "which release is built is not known, and so not which of them expired with one: \
             say it with --release VERSION"
        ))?;
    }
    let public = keeps_to_public_paths(project, &bound.schema, console)?;
    if !bound.warnings().is_empty() || !public {
        return Ok(Outcome::Findings);
    }
    console.say(format_args!(
        "{} is in order: {} events, generation {}",
        project.sources().events_name,
        bound.schema.events.len(),
        bound.generation().number,
    ))?;
    Ok(Outcome::Fine)
}

/// Looks whether the program's own code uses what is private in the runtime.
fn keeps_to_public_paths(
    project: &Project,
    schema: &Schema,
    console: &mut Console<'_>,
) -> io::Result<bool> {
    // Declarations that stand alone have no code.
    if !Code::exists(project) {
        console.conclude(format_args!(
            "note: no Cargo.toml stands beside {} or above, so no code was looked at",
            project.sources().events_name
        ))?;
        return Ok(true);
    }
    let code = match Code::read(project, &[]) {
        Ok(code) => code,
        Err(message) => {
            console.conclude(format_args!(
                "warning: the program's own code was not looked at: {message}"
            ))?;
            return Ok(true);
        }
    };
    if code.files() == 0 {
        console.conclude(format_args!(
            "warning: no code of the program was found to be looked at"
        ))?;
    }
    for unread in code.unread() {
        console.conclude(format_args!("warning: {unread}"))?;
    }
    let found = code.seen(schema).private;
    for path in &found {
        let (name, text) = code.file(path.file);
        console.tell(&[private_path(&path.span)], &Sources::alone(name, text))?;
    }
    Ok(found.is_empty())
}

/// Today's date in UTC.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since.map_or(0, |since| since.as_millis());
    telemetry_wire::time::date(u64::try_from(ms).unwrap_or_default())
}
