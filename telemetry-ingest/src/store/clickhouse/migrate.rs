//! Brings the tables and views to what the schema says, where they are not.

use super::http::{EXISTS, Http};
use crate::store::Error;
use siphasher::sip::SipHasher24;
use std::hash::Hasher;
use std::time::{Duration, Instant};
use telemetry_codegen::sql::clickhouse::{self, GENERATION, Place};
use telemetry_wire::Program;

/// How long a server may take to do what was queued for all.
const READY: Duration = Duration::from_mins(1);

/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// The version of the server, major and minor.
pub(super) fn server(http: &Http) -> Result<(u32, u32), Error> {
    let text = http.run("SELECT version()")?;
    let mut numbers = text.trim().split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => Err(Error::new(format!(
            "what answers is no ClickHouse: its version is {:?}",
            text.trim()
        ))),
    }
}

/// Runs what is missing, and nothing where nothing is: in a cluster a
/// statement waits for every machine, also for one that is away. That one does
/// it when it is back.
pub(super) fn migrate(
    http: &Http,
    program: &'static Program,
    place: &Place<'_>,
) -> Result<(), Error> {
    let names = place.names();
    let present: Vec<_> = names
        .iter()
        .map(|name| columns(http, place, name))
        .collect::<Result<_, _>>()?;
    if present.iter().any(Vec::is_empty) {
        for statement in clickhouse::tables(program, place) {
            http.change(&statement)?;
        }
    }
    // Each for itself: what was cut off between them is finished.
    for name in names {
        let lacks = || {
            let present = columns(http, place, name)?;
            Ok::<_, Error>(clickhouse::widen(program, place, name, &present))
        };
        if let Some(statement) = lacks()? {
            let changed = http.change(&statement);
            // Another instance may have done it since.
            if let Err(failure) = changed
                && lacks()?.is_some()
            {
                return Err(failure.into());
            }
            until(|| Ok(lacks()?.is_none()))?;
        }
    }
    keep_for(http, place)?;
    views(http, program, place)
}

/// Waits until the server that is asked has done what was queued for all: that
/// one is away does not say that the others are ready.
fn until(mut holds: impl FnMut() -> Result<bool, Error>) -> Result<(), Error> {
    let give_up = Instant::now() + READY;
    while !holds()? {
        if Instant::now() > give_up {
            return Err(Error::new(
                "the tables are still being changed; start again",
            ));
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// The columns of a table; none where there is no table.
fn columns(http: &Http, place: &Place<'_>, table: &str) -> Result<Vec<String>, Error> {
    let listed = http.run(&format!(
        "SELECT name FROM system.columns WHERE database = '{}' AND table = '{table}'",
        place.database
    ))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// The server's own retention follows the declarations.
fn keep_for(http: &Http, place: &Place<'_>) -> Result<(), Error> {
    let Some(ttl) = place.ttl() else {
        return Ok(());
    };
    let engine = http.run(&format!(
        "SELECT engine_full FROM system.tables WHERE database = '{}' AND name = '{}'",
        place.database,
        place.rows_name()
    ))?;
    if !engine.contains(&ttl) {
        let (rows, on_cluster) = (place.rows(), place.on_cluster());
        http.change(&format!("ALTER TABLE {rows}{on_cluster} MODIFY {ttl}"))?;
    }
    Ok(())
}

/// Makes the views anew where they are of an older generation, or were made
/// otherwise. Those of a newer one are left as they are: while a cluster is
/// upgraded, instances of both are started. Views of other names are somebody
/// else's.
fn views(http: &Http, program: &'static Program, place: &Place<'_>) -> Result<(), Error> {
    let (database, on_cluster) = (place.database, place.on_cluster());
    let views = clickhouse::views(program, place);
    let mut hasher = SipHasher24::new();
    for view in &views {
        hasher.write(view.create.as_bytes());
    }
    let generation = program.running().number;
    let mark = format!("{generation}\t{:016x}", hasher.finish());
    let there = http.run(&format!(
        "SELECT name FROM system.tables WHERE database = '{database}' AND engine = 'View'"
    ))?;
    let there: Vec<&str> = there.lines().collect();
    if there.contains(&GENERATION) {
        let found = http.run(&format!(
            "SELECT generation, made_of FROM `{database}`.`{GENERATION}`"
        ))?;
        let newer = found
            .split_once('\t')
            .and_then(|(number, _)| number.parse().ok())
            .is_some_and(|number: u16| number > generation);
        if found.trim() == mark || newer {
            return Ok(());
        }
    }
    let drop = |name: &str| {
        http.change(&format!(
            "DROP TABLE IF EXISTS `{database}`.`{name}`{on_cluster}"
        ))
    };
    if there.contains(&GENERATION) {
        drop(GENERATION)?;
    }
    for view in &views {
        drop(&view.name)?;
        create(http, &view.create)?;
    }
    // Last, so that what was left half done is begun anew.
    let (number, made_of) = mark.split_once('\t').unwrap_or_default();
    create(
        http,
        &format!(
            "CREATE VIEW `{database}`.`{GENERATION}`{on_cluster} AS \
             SELECT toUInt16({number}) AS generation, '{made_of}' AS made_of"
        ),
    )?;
    // A server does what is queued in its order.
    until(|| {
        let made = http.run(&format!(
            "SELECT count() FROM system.tables WHERE database = '{database}' \
             AND name = '{GENERATION}'"
        ))?;
        Ok(made.trim() != "0")
    })
}

/// Creates a view; another instance that is started now may be first.
fn create(http: &Http, statement: &str) -> Result<(), Error> {
    match http.change(statement) {
        Err(failure) if failure.code == Some(EXISTS) => Ok(()),
        done => Ok(done?),
    }
}
