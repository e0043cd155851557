//! `ClickHouse`, from 18.16 on.

mod view;

use super::{Columns, TABLE, View, shown_events};
use std::fmt::Write as _;
use telemetry_wire::Program;

/// The view that says which generation the others were made for.
pub const GENERATION: &str = "_generation";

/// The rows that a machine of a cluster has itself.
const LOCAL: &str = "_events_local";

/// How many seconds a part that was replaced stays on the disk: what a
/// deletion or a merge took out of it, it still has. Longer than the 30
/// seconds in which Linux writes its successor to the disk.
pub const OLD_PARTS_S: u32 = 40;

/// Where the tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The database; a name of letters, digits and underscores.
    pub database: &'a str,
    /// The cluster, as the servers' configuration names it, whose machines
    /// share the rows and keep copies; its macros `{shard}` and `{replica}`
    /// tell them apart. Without one there is one machine.
    pub cluster: Option<&'a str>,
    /// For how many days rows are kept.
    pub retention_days: u16,
    /// The server's version, major and minor, which says what it knows.
    pub server: (u32, u32),
}

/// From when on a server deletes by itself what is past its time.
const KNOWS_TTL: (u32, u32) = (19, 6);

/// From when on a server can bring an insert to the disk before it answers.
const KNOWS_FSYNC: (u32, u32) = (20, 10);

impl Place<'_> {
    /// The table that has the rows, for what only that one can do.
    pub fn rows(&self) -> String {
        self.named(self.rows_name())
    }

    /// The name of that table, without its database.
    pub fn rows_name(&self) -> &'static str {
        if self.cluster.is_some() { LOCAL } else { TABLE }
    }

    /// The table to read and to insert into.
    pub fn table(&self) -> String {
        self.named(TABLE)
    }

    /// The names of all tables, without their database: the one that has the
    /// rows is the first.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names = vec![self.rows_name()];
        if self.cluster.is_some() {
            names.push(TABLE);
        }
        names
    }

    /// `ON CLUSTER ...`, with a space before it, where there is one.
    pub fn on_cluster(&self) -> String {
        self.cluster
            .map(|cluster| format!(" ON CLUSTER `{cluster}`"))
            .unwrap_or_default()
    }

    /// When the server deletes a row by itself, if it knows how to.
    pub fn ttl(&self) -> Option<String> {
        let knows = self.server >= KNOWS_TTL;
        knows.then(|| format!("TTL _time + toIntervalDay({})", self.retention_days))
    }

    fn named(&self, name: &str) -> String {
        format!("`{}`.`{name}`", self.database)
    }
}

/// The statements that make the tables on one machine, where they are missing.
/// `known` are the columns of another machine's rows, in their order: copies
/// must be of the same columns. Each machine is told for itself, since what is
/// queued for all waits behind a machine that is away.
pub fn tables(program: &'static Program, place: &Place<'_>, known: &[String]) -> Vec<String> {
    let mut columns = String::from(
        "    _event UInt16,\n    _time DateTime('UTC'),\n    _id UUID,\n    _session FixedString(8)",
    );
    let own = Columns::of(program);
    let new = own.names().iter().filter(|name| !known.contains(name));
    // Ours are named so, and only they.
    for name in known
        .iter()
        .filter(|name| name.starts_with("_v"))
        .chain(new)
    {
        // Writing to a String does not fail.
        let _ = write!(columns, ",\n    {}", column(name));
    }
    let engine = match place.cluster {
        None => "ReplacingMergeTree()".to_owned(),
        Some(_) => format!(
            "ReplicatedReplacingMergeTree('/clickhouse/tables/{{shard}}/{}/{LOCAL}', '{{replica}}')",
            place.database
        ),
    };
    let ttl = place
        .ttl()
        .map(|ttl| format!("\n{ttl}"))
        .unwrap_or_default();
    let durable = if place.server >= KNOWS_FSYNC {
        ", fsync_after_insert = 1, fsync_part_directory = 1"
    } else {
        ""
    };
    let mut statements = vec![
        format!("CREATE DATABASE IF NOT EXISTS `{}`", place.database),
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n{columns}\n)\nENGINE = {engine}\n\
             PARTITION BY toYYYYMM(_time)\nORDER BY (_event, _time, _id){ttl}\n\
             SETTINGS old_parts_lifetime = {OLD_PARTS_S}{durable}",
            place.rows()
        ),
    ];
    if let Some(cluster) = place.cluster {
        // By id, so that what is sent again comes to where it was. As text,
        // since 18.16 hashes no UUID.
        statements.push(format!(
            "CREATE TABLE IF NOT EXISTS {} AS {}\n\
             ENGINE = Distributed(`{cluster}`, `{}`, `{LOCAL}`, sipHash64(toString(_id)))",
            place.table(),
            place.rows(),
            place.database
        ));
    }
    statements
}

/// The statement that adds what columns a table lacks, if it lacks some. Who
/// inserts into the columns that were there before goes on meanwhile.
pub fn widen(
    program: &'static Program,
    place: &Place<'_>,
    table: &str,
    present: &[String],
) -> Option<String> {
    let columns = Columns::of(program);
    let missing: Vec<String> = columns
        .names()
        .iter()
        .filter(|name| !present.contains(name))
        .map(|name| format!("ADD COLUMN {}", column(name)))
        .collect();
    let table = place.named(table);
    let missing = Some(missing.join(", ")).filter(|missing| !missing.is_empty());
    missing.map(|missing| format!("ALTER TABLE {table} {missing}"))
}

/// A view for each event. They leave out what was sent twice.
pub fn views(program: &'static Program, place: &Place<'_>) -> Vec<View> {
    shown_events(program)
        .into_iter()
        .map(|event| View {
            name: event.name.to_owned(),
            create: view::create(event, place),
        })
        .collect()
}

fn column(name: &str) -> String {
    format!("{name} Nullable(Int64)")
}
