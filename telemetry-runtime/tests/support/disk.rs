//! A small disk, and a shell's limits.

use super::process::{Place, run, skip};
use std::fs;
use std::process::{Command, Stdio};

/// Runs a role whose telemetry is on a disk of 2 MiB, which only it sees.
pub(crate) fn on_a_small_disk(role: &str) {
    mounted("mount -t tmpfs -o size=2m none telemetry", role);
}

/// Runs a role that sees what a line of shell has mounted, alone.
pub(crate) fn mounted(mount: &str, role: &str) {
    let place = Place::new();
    fs::create_dir(place.telemetry()).expect("a folder");
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.arg("-rm").current_dir(place.root());
        unshare
    };
    let allowed = unshare()
        .args(["sh", "-c", mount])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !allowed {
        skip(role, "`unshare -rm` and `mount` are not allowed here");
        return;
    }
    run(&mut wrap(
        unshare().args(["sh", "-c", &format!("{mount} && exec \"$0\" \"$@\"")]),
        &place.host(role, &[]),
    ));
}

/// The command, after a line of shell.
pub(crate) fn in_shell(line: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{line} && exec \"$0\" \"$@\"")]);
    shell.current_dir(command.get_current_dir().expect("a folder"));
    wrap(&mut shell, command)
}

/// `outer`, which is to run `inner`.
fn wrap(outer: &mut Command, inner: &Command) -> Command {
    let mut command = Command::new(outer.get_program());
    command
        .args(outer.get_args())
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(outer.get_current_dir().expect("a folder"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}
