//! Without a network: nothing is lost, nothing grows without an end, and the
//! host does not notice.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../telemetry-runtime/tests/support/server.rs"]
mod server;
#[cfg(target_os = "linux")]
mod trace;
mod user;

use server::{Does, Server};
use std::fs;
use user::{EVENTS, User, eventually, queued};

/// A user whose server has gone.
fn alone() -> User {
    let nobody = Server::new(|_, _| Does::Closes);
    let user = User::of(&nobody);
    drop(nobody);
    user.runs();
    user
}

/// Runs a command where there is no network, not even this machine's own,
/// and no name can be looked up. None where the system does not let us.
#[cfg(target_os = "linux")]
fn cut_off(command: &std::process::Command) -> Option<std::process::Command> {
    use std::process::Command;
    let mut inside = Command::new("unshare");
    inside.args(["--net", "--map-root-user"]);
    let allowed = Command::new("unshare")
        .args(["--net", "--map-root-user", "true"])
        .status()
        .is_ok_and(|status| status.success());
    if !allowed {
        assert!(
            std::env::var_os("NOTHING_IS_SKIPPED").is_none(),
            "unshare(1) does not work here"
        );
        return None;
    }
    inside.arg(command.get_program()).args(command.get_args());
    inside.env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            inside.env(name, value);
        }
    }
    Some(inside)
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_network_all_of_it_waits() {
    let user = alone();
    let upload = user.telemetry(&["upload", "--now"]);
    let mut to_the_declared = user.telemetry(&["upload", "--now"]);
    to_the_declared.env_remove("CARO_TELEMETRY_ENDPOINT");
    for (upload, why) in [(&to_the_declared, "dns error"), (&upload, "unreachable")] {
        let Some(mut upload) = cut_off(upload) else {
            return;
        };
        let output = upload.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with("Could not connect"), "{said}");
        assert!(said.contains(why), "{said}");
        assert_eq!(output.status.code(), Some(3), "{said}");
    }
    // The host says what it always says, whatever is due.
    user.make_due();
    let mut run = cut_off(&user.command(user::host(), &["list files"])).unwrap();
    let output = run.output().unwrap();
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.len()),
        (&b"ls -la\n"[..], 0)
    );
    eventually("the end of it", || !user.uploads());
    assert_eq!(queued(&user).len(), 2 * EVENTS);
    let log = user.telemetry(&["log"]).output().unwrap();
    let log = String::from_utf8(log.stdout).unwrap();
    assert!(log.contains("dns error"), "{log}");
}

/// How many system calls a run with nothing due takes of the host's process,
/// from its start to its end: the least of some runs, since an emit does more
/// when a second begins. None where the system does not let us count.
#[cfg(target_os = "linux")]
fn system_calls(user: &User) -> Option<u32> {
    user.make_undue();
    let counts: Option<Vec<u32>> = (0..5).map(|_| trace::system_calls(user)).collect();
    counts?.into_iter().min()
}

#[cfg(not(target_os = "linux"))]
fn system_calls(_: &User) -> Option<u32> {
    None
}

/// Nor does the next run find more to do than the second did.
#[test]
fn two_hundred_runs_leave_the_folder_small() {
    const RUNS: usize = 200;
    let user = alone();
    let young = system_calls(&user);
    let counted = if young.is_some() { 5 } else { 0 };
    for _ in 1..RUNS {
        user.make_due();
        user.runs();
    }
    eventually("the end of the last", || !user.uploads());
    // One call for each run before would be 200 more. A few are the seconds that
    // a slow run takes, and the reads that tell where its libraries lie.
    let (old, young) = (system_calls(&user), young.map(|young| young + 20));
    assert!(old <= young, "{old:?} system calls, and {young:?} at most");
    let mut bytes = 0;
    let mut files = Vec::new();
    for entry in fs::read_dir(user.dir()).unwrap() {
        let entry = entry.unwrap();
        bytes += entry.metadata().unwrap().len();
        files.push(entry.file_name().into_string().unwrap());
    }
    assert!(files.len() <= 12, "{files:?}");
    assert!(bytes < 512 << 10, "{bytes} bytes in {files:?}");
    // After the first failure the uploader holds still, whoever starts it.
    let log = user.telemetry(&["log", "--json"]).output().unwrap();
    let log: serde_json::Value = serde_json::from_slice(&log.stdout).unwrap();
    assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
    // And nothing of it all is lost.
    assert_eq!(queued(&user).len(), (RUNS + 2 * counted) * EVENTS);
}
