//! ClickHouse, over HTTP: one server, or a cluster that keeps copies.
//!
//! An insert is one block, which a server takes as a whole. What is sent
//! twice has the same sorting key, so that merges and `FINAL` leave one of
//! it. The ids that were kept last are remembered here, so that what is sent
//! again soon is counted as known and not inserted; what comes again later,
//! or after a restart, is counted as new, and is there once nevertheless.

mod http;
mod migrate;
mod recent;
mod rows;

use super::{Error, Grouping, Store, Unfinished};
use crate::judge::{Event, Terms};
use http::Http;
use migrate::Plan;
use recent::Recent;
use serde::Deserialize;
use siphasher::sip::SipHasher24;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::Hasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use telemetry_codegen::sql::clickhouse::Place;
use telemetry_codegen::sql::{self, Columns};

/// Milliseconds of a UTC day.
const DAY_MS: u64 = 86_400_000;

/// How long a deletion may take before its asker is told to ask again.
const DELETION: Duration = Duration::from_mins(1);

/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(50);

/// `[clickhouse]`: where events are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `http://user:password@host:8123/` of each server that may be asked;
    /// settings such as `insert_quorum=2` may stand in the query. In a
    /// cluster name all of them: one that is away is passed over, and gets
    /// the tables when it is back.
    pub urls: Vec<String>,
    /// The database; the program's name if there is none here.
    pub database: Option<String>,
    /// The cluster, as the servers' configuration names it.
    pub cluster: Option<String>,
}

/// The events of one program in a ClickHouse.
#[derive(Debug)]
pub struct ClickHouse {
    http: Arc<Http>,
    plan: Plan,
    columns: Columns,
    insert: String,
    recent: Mutex<Recent>,
}

impl ClickHouse {
    /// Opens the store, and makes or widens its tables where they need it.
    ///
    /// # Errors
    ///
    /// What kept it from being opened.
    pub fn open(settings: &Settings, terms: &Terms) -> Result<Self, Error> {
        let program = terms.program;
        let http = Http::to(&settings.urls)?;
        let database = settings.database.clone();
        let database = database.unwrap_or_else(|| sql::database(program.app));
        for name in [Some(&database), settings.cluster.as_ref()]
            .into_iter()
            .flatten()
        {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if name.is_empty() || !name.bytes().all(fits) {
                return Err(Error::new(format!(
                    "{name:?} is no name of a database or cluster: \
                     it may have letters, digits and underscores"
                )));
            }
        }
        let plan = Plan {
            program,
            database,
            cluster: settings.cluster.clone(),
            retention_days: u16::try_from(terms.retention_ms / DAY_MS).unwrap_or(u16::MAX),
        };
        migrate::all(&http, &plan)?;
        let http = Arc::new(http);
        if !http.not_ready().is_empty() {
            let (http, plan) = (Arc::downgrade(&http), plan.clone());
            std::thread::spawn(move || migrate::welcome(&http, &plan));
        }
        let columns = Columns::of(program);
        Ok(Self {
            http,
            insert: rows::insert_into(&plan.place((0, 0)).table(), &columns),
            plan,
            columns,
            recent: Mutex::default(),
        })
    }

    fn place(&self) -> Place<'_> {
        // Where it is does not go by the version.
        self.plan.place((0, 0))
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        // A panic in the middle has added some ids of what is kept.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many events a condition holds for.
    fn count_where(&self, condition: &str) -> Result<u64, Error> {
        let table = self.place().table();
        let counted = self.http.run(&format!(
            "SELECT count() FROM {table} FINAL WHERE {condition}"
        ))?;
        let counted = counted.trim();
        counted
            .parse()
            .map_err(|_| Error::new(format!("ClickHouse counts {counted:?}")))
    }

    /// Deletes what a condition holds for, and waits until no server that
    /// answers has it; how many were found.
    ///
    /// In a cluster it is deleted though none is found: who is asked may not
    /// have yet what another one has acknowledged.
    fn delete_where(&self, condition: &str) -> Result<u64, Unfinished> {
        let give_up = Instant::now() + DELETION;
        let found = self.count_where(condition)?;
        if found > 0 || self.plan.cluster.is_some() {
            let place = self.place();
            let (rows, on_cluster) = (place.rows(), place.on_cluster());
            self.http.change(&format!(
                "ALTER TABLE {rows}{on_cluster} DELETE WHERE {condition}"
            ))?;
        }
        // Also where nothing is found: an earlier deletion may be at work.
        loop {
            let at_work = self.is_at_work()?;
            let left = self.count_where(condition)?;
            if left == 0 && !at_work {
                return Ok(found);
            }
            if Instant::now() > give_up {
                let why = Error::new("the deletion goes on; ask again");
                // What is left is found by whoever asks again.
                let deleted = found.saturating_sub(left);
                return Err(Unfinished { deleted, why });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Whether a server that answers has a change of the rows to finish.
    fn is_at_work(&self) -> Result<bool, Error> {
        let asked = format!(
            "SELECT count() FROM system.mutations WHERE database = '{}' AND table = '{}' \
             AND NOT is_done",
            self.plan.database,
            self.place().rows_name()
        );
        let answers = (0..self.http.len()).map(|server| self.http.ask_at(server, &asked));
        let mut last = None;
        let mut answered = false;
        for answer in answers {
            match answer {
                Ok(count) if count.trim() != "0" => return Ok(true),
                Ok(_) => answered = true,
                Err(failure) => last = Some(failure),
            }
        }
        match last {
            Some(failure) if !answered => Err(failure.into()),
            _ => Ok(false),
        }
    }
}

impl Store for ClickHouse {
    fn insert(&self, events: &[Event]) -> Result<Vec<bool>, Error> {
        let mut new = Vec::with_capacity(events.len());
        let mut ids = HashSet::with_capacity(events.len());
        let mut body = Vec::new();
        let mut numbers = Vec::new();
        {
            let recent = self.recent();
            for event in events {
                new.push(!recent.has(&event.id) && ids.insert(event.id));
            }
        }
        for (event, _) in events.iter().zip(&new).filter(|(_, new)| **new) {
            rows::write(&mut body, event, &self.columns, &mut numbers);
        }
        if !body.is_empty() {
            self.http.insert(&self.insert, body)?;
            self.recent().add(ids);
        }
        Ok(new)
    }

    fn delete_sessions(&self, sessions: &[[u8; 8]]) -> Result<u64, Unfinished> {
        if sessions.is_empty() {
            return Ok(0);
        }
        // A server keeps the statement for a while. It names hashes, from
        // which no id follows.
        let mut condition = String::from("sipHash64(_session) IN (0");
        for session in sessions {
            let mut hasher = SipHasher24::new();
            hasher.write(session);
            // Writing to a String does not fail.
            let _ = write!(condition, ", {}", hasher.finish());
        }
        condition.push(')');
        let deleted = self.delete_where(&condition);
        // Also where it goes on: what is sent again then is new.
        self.recent().clear();
        deleted
    }

    /// Whole months are dropped. What is left of the oldest is deleted once a
    /// day, up to the day's end, since each deletion writes its month anew.
    fn delete_before(&self, before_ms: u64) -> Result<u64, Unfinished> {
        let before = before_ms.div_ceil(DAY_MS) * (DAY_MS / 1000);
        let condition = format!("_time < toDateTime({before})");
        let found = self.count_where(&condition)?;
        if found == 0 {
            return Ok(0);
        }
        let place = self.place();
        let months = self.http.run(&format!(
            "SELECT DISTINCT toYYYYMM(_time) FROM {} WHERE {condition} \
             AND toYYYYMM(_time) < toYYYYMM(toDateTime({before}), 'UTC')",
            place.table()
        ))?;
        let (rows, on_cluster) = (place.rows(), place.on_cluster());
        for month in months.lines() {
            self.http.change(&format!(
                "ALTER TABLE {rows}{on_cluster} DROP PARTITION {month}"
            ))?;
        }
        self.delete_where(&condition)?;
        Ok(found)
    }

    fn look(&self) -> Result<(), Error> {
        let table = self.place().table();
        self.http.run(&format!("SELECT 1 FROM {table} LIMIT 1"))?;
        Ok(())
    }

    fn count(&self) -> Result<u64, Error> {
        self.count_where("1")
    }

    /// Each insert is a part for the server to merge, so there are few.
    fn grouping(&self) -> Grouping {
        Grouping {
            writers: 2,
            events: 50_000,
            apart: Duration::from_millis(200),
        }
    }
}
