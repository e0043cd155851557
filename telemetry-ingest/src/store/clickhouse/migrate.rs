//! Brings the tables and views of each server to what the schema says, where
//! they are not.
//!
//! Each server is told for itself, and one that is away when it is back. What
//! is queued for all (`ON CLUSTER`) would wait behind it: a server before 20.3
//! holds its queue for a minute until a replica that was just lost has changed
//! its table too, and says of one that comes back in that minute that it
//! "cannot enqueue replicated DDL query".

use super::http::{BEGUN, EXISTS, Failure, Http};
use crate::store::Error;
use siphasher::sip::SipHasher24;
use std::hash::Hasher;
use std::sync::Weak;
use std::time::{Duration, Instant};
use telemetry_codegen::sql::clickhouse::{self, GENERATION, Place};
use telemetry_wire::Program;

/// How long a server may take to do what it has begun.
const READY: Duration = Duration::from_mins(1);

/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// How often those are looked for that were away.
const RETURN: Duration = Duration::from_secs(5);

/// What a server before 20.3 is told beside a change: it need not wait until
/// each copy has made it.
const ALONE: (&str, &str) = ("replication_alter_columns_timeout", "1");

/// From when on a server does not wait for that.
const DOES_NOT_WAIT: (u32, u32) = (20, 3);

/// What the tables are to be, and where.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) program: &'static Program,
    pub(super) database: String,
    pub(super) cluster: Option<String>,
    pub(super) retention_days: u16,
}

impl Plan {
    /// The place, on a server of this version.
    pub(super) fn place(&self, server: (u32, u32)) -> Place<'_> {
        Place {
            database: &self.database,
            cluster: self.cluster.as_deref(),
            retention_days: self.retention_days,
            server,
        }
    }
}

/// Brings up all servers that are there; at least one must be.
///
/// # Errors
///
/// What the first of those said that could not be, if none could.
pub(super) fn all(http: &Http, plan: &Plan) -> Result<(), Error> {
    let mut failure = None;
    for index in http.not_ready() {
        match one(http, index, plan) {
            Ok(()) => http.is_ready(index),
            Err(error) => {
                tracing::warn!(server = index + 1, %error, "a server of clickhouse.urls is not ready");
                failure = failure.or(Some(error));
            }
        }
    }
    match failure {
        Some(error) if http.not_ready().len() == http.len() => Err(error),
        _ => Ok(()),
    }
}

/// Brings up those that were away, until none is.
pub(super) fn welcome(http: &Weak<Http>, plan: &Plan) {
    while let Some(http) = http.upgrade() {
        for index in http.not_ready() {
            if one(&http, index, plan).is_ok() {
                http.is_ready(index);
                tracing::info!(
                    server = index + 1,
                    "a server of clickhouse.urls is ready now"
                );
            }
        }
        if http.not_ready().is_empty() {
            return;
        }
        drop(http);
        std::thread::sleep(RETURN);
    }
}

/// Runs what is missing on a server, and nothing where nothing is.
fn one(http: &Http, index: usize, plan: &Plan) -> Result<(), Error> {
    let mut server = Server {
        http,
        index,
        version: (0, 0),
    };
    server.version = server.version()?;
    let place = plan.place(server.version);
    server.tables(plan.program, &place)?;
    server.keep_for(&place)?;
    server.views(plan.program, &place)
}

/// One of the servers.
struct Server<'h> {
    http: &'h Http,
    index: usize,
    version: (u32, u32),
}

impl Server<'_> {
    fn ask(&self, statement: &str) -> Result<String, Error> {
        Ok(self.http.ask_at(self.index, statement)?)
    }

    fn change(&self, statement: &str) -> Result<(), Failure> {
        let alone: &[_] = if self.version < DOES_NOT_WAIT {
            &[ALONE]
        } else {
            &[]
        };
        self.http.change_at(self.index, alone, statement)
    }

    /// Its version, major and minor.
    fn version(&self) -> Result<(u32, u32), Error> {
        let text = self.ask("SELECT version()")?;
        let mut numbers = text.trim().split('.').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
            _ => Err(Error::new(format!(
                "what answers is no ClickHouse: its version is {:?}",
                text.trim()
            ))),
        }
    }

    fn tables(&self, program: &'static Program, place: &Place<'_>) -> Result<(), Error> {
        let names = place.names();
        let present: Vec<_> = names
            .iter()
            .map(|name| columns(self.http, self.index, place, name))
            .collect::<Result<_, _>>()?;
        if present.iter().any(Vec::is_empty) {
            let others = (0..self.http.len()).filter(|other| *other != self.index);
            let known = others
                .filter_map(|other| columns(self.http, other, place, place.rows_name()).ok())
                .find(|known| !known.is_empty());
            for statement in clickhouse::tables(program, place, &known.unwrap_or_default()) {
                self.change(&statement)?;
            }
        }
        // Each for itself: what was cut off between them is finished.
        for name in names {
            let lacks = || {
                let present = columns(self.http, self.index, place, name)?;
                Ok::<_, Error>(clickhouse::widen(program, place, name, &present))
            };
            let Some(statement) = lacks()? else { continue };
            if let Err(failure) = self.change(&statement)
                && !failure.code.is_some_and(|code| BEGUN.contains(&code))
                // Another instance may have done it since.
                && lacks()?.is_some()
            {
                return Err(failure.into());
            }
            until(|| Ok(lacks()?.is_none()))?;
        }
        Ok(())
    }

    /// The server's own retention follows the declarations.
    fn keep_for(&self, place: &Place<'_>) -> Result<(), Error> {
        let Some(ttl) = place.ttl() else {
            return Ok(());
        };
        let engine = self.ask(&format!(
            "SELECT engine_full FROM system.tables WHERE database = '{}' AND name = '{}'",
            place.database,
            place.rows_name()
        ))?;
        if !engine.contains(&ttl) {
            self.change(&format!("ALTER TABLE {} MODIFY {ttl}", place.rows()))?;
        }
        Ok(())
    }

    /// Makes the views anew where they are of an older generation, or were made
    /// otherwise. Those of a newer one are left as they are: while a cluster is
    /// upgraded, instances of both are started. Views of other names are somebody
    /// else's.
    fn views(&self, program: &'static Program, place: &Place<'_>) -> Result<(), Error> {
        let database = place.database;
        let views = clickhouse::views(program, place);
        let mut hasher = SipHasher24::new();
        for view in &views {
            hasher.write(view.create.as_bytes());
        }
        let generation = program.running().number;
        let mark = format!("{generation}\t{:016x}", hasher.finish());
        let there = self.ask(&format!(
            "SELECT name FROM system.tables WHERE database = '{database}' AND engine = 'View'"
        ))?;
        let is_marked = there.lines().any(|name| name == GENERATION);
        if is_marked {
            let found = self.ask(&format!(
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
        let drop = |name: &str| self.change(&format!("DROP TABLE IF EXISTS `{database}`.`{name}`"));
        if is_marked {
            drop(GENERATION)?;
        }
        for view in &views {
            drop(&view.name)?;
            self.create(&view.create)?;
        }
        // Last, so that what was left half done is begun anew.
        let (number, made_of) = mark.split_once('\t').unwrap_or_default();
        self.create(&format!(
            "CREATE VIEW `{database}`.`{GENERATION}` AS \
             SELECT toUInt16({number}) AS generation, '{made_of}' AS made_of"
        ))
    }

    /// Creates a view; another instance that is started now may be first.
    fn create(&self, statement: &str) -> Result<(), Error> {
        match self.change(statement) {
            Err(failure) if failure.code == Some(EXISTS) => Ok(()),
            done => Ok(done?),
        }
    }
}

/// Waits until a server has done what it has begun.
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

/// The columns of a server's table; none where there is no table.
fn columns(
    http: &Http,
    index: usize,
    place: &Place<'_>,
    table: &str,
) -> Result<Vec<String>, Error> {
    let listed = http.ask_at(
        index,
        &format!(
            "SELECT name FROM system.columns WHERE database = '{}' AND table = '{table}'",
            place.database
        ),
    )?;
    Ok(listed.lines().map(str::to_owned).collect())
}
