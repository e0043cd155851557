//! `cargo telemetry check`

use crate::console::Console;
use crate::{Outcome, Project};
use clap::Args;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};
use telemetry_schema::Moment;

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
        None if project.asks_for_a_release() => project.version(),
        None => None,
    };
    let moment = match Moment::new(&today, release.as_deref()) {
        Ok(moment) => moment,
        Err(error) => return console.could_not(format_args!("{error}")),
    };
    let Some(bound) = project.load_at(&moment, console)? else {
        return Ok(Outcome::Findings);
    };
    if release.is_none() && project.asks_for_a_release() {
        console.conclude(format_args!(
            "which release is built is not known, and so not which of them expired with one: \
             say it with --release VERSION"
        ))?;
    }
    if !bound.warnings().is_empty() {
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

/// Today's date in UTC.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since.map_or(0, |since| since.as_millis());
    telemetry_wire::time::date(u64::try_from(ms).unwrap_or_default())
}
