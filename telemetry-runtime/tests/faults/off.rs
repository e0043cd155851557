//! Off means nothing.

use crate::support::process::{Place, run, task};
use crate::support::program;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use telemetry_runtime::TelemetryConfig;
use telemetry_runtime::consent::Reason;
use telemetry_runtime::spool::DRAIN_LOCK_FILE;

/// Every way to be off, with the variables that make it so.
const NO: [&[(&str, &str)]; 6] = [
    &[],
    &[("MARKS_TELEMETRY_ENABLED", "false")],
    &[("MARKS_TELEMETRY_ENABLED", "maybe")],
    &[("MARKS_TELEMETRY_ENABLED", "true"), ("DO_NOT_TRACK", "1")],
    &[("CI", "true")],
    &[("NEXTEST", "1"), ("MARKS_TELEMETRY_ENABLED", "true")],
];

#[test]
fn creates_nothing() {
    let place = Place::new();
    let home = place.root().join("home");
    fs::create_dir(&home).unwrap();
    for variables in NO {
        let before = listing(place.root());
        let mut host = place.bare_host("off::emits", &[0]);
        run(host.env("HOME", &home).envs(variables.iter().copied()));
        assert_eq!(listing(place.root()), before, "{variables:?}");
    }
    for config in [1, 2] {
        let before = listing(place.root());
        let mut host = place.bare_host("off::emits", &[config]);
        run(host
            .env("HOME", &home)
            .env("MARKS_TELEMETRY_ENABLED", "true"));
        assert_eq!(listing(place.root()), before, "configuration {config}");
    }
}

#[test]
fn only_then() {
    let place = Place::new();
    let mut host = place.bare_host("emits_100", &[]);
    run(host
        .env("HOME", place.root())
        .env("MARKS_TELEMETRY_ENABLED", "1"));
    let names = listing(place.root());
    let spool = names
        .iter()
        .find(|path| path.ends_with("marks/telemetry/spool"));
    let spool = spool.unwrap_or_else(|| panic!("no spool in {names:?}"));
    assert_eq!(
        fs::metadata(spool).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        !names.iter().any(|path| path.ends_with(DRAIN_LOCK_FILE)),
        "{names:?}"
    );
}

#[test]
fn without_a_home_there_is_nowhere_to_be_on() {
    let place = Place::new();
    for home in [None, Some(""), Some("home")] {
        let mut host = place.bare_host("off::emits_without_a_home", &[]);
        host.env("MARKS_TELEMETRY_ENABLED", "true");
        run(host.envs(home.map(|home| ("HOME", home))));
        assert_eq!(listing(place.root()), Vec::<PathBuf>::new(), "{home:?}");
    }
}

/// All files and folders below a folder.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            paths.extend(listing(&entry.path()));
        }
        paths.push(entry.path());
    }
    paths.sort();
    paths
}

#[test]
#[ignore = "a role"]
fn emits() {
    let Some([config]) = task() else { return };
    let config = TelemetryConfig {
        enabled: (config == 1).then_some(false),
        off_for_this_run: config == 2,
        ..TelemetryConfig::default()
    };
    let telemetry = program::start_with(&config);
    assert!(!telemetry.decision().enabled());
    program::emit(0, 0..100);
}

#[test]
#[ignore = "a role"]
fn emits_without_a_home() {
    let Some([]) = task() else { return };
    let telemetry = program::start();
    assert_eq!(telemetry.decision().reason(), Reason::NoDataFolder);
    program::emit(0, 0..100);
}
