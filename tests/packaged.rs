//! What is published builds: a program that depends on the package as cargo
//! packs it, with the declarations in it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use scratch::Scratch;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "\
use caro_telemetry::{Backend, BackendError, BackendFault, TelemetryConfig};

fn main() {
    caro_telemetry::init(caro_telemetry::host!(), &TelemetryConfig::default());
    BackendError {
        backend: Backend::Static,
        error_category: BackendFault::NotFound,
        recoverable: true,
    }
    .emit();
}
";

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}

/// Packs what is published of this workspace, and unpacks it again: the
/// folders of the packages.
fn unpacked() -> Vec<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed");
    let _ = fs::remove_dir_all(&target);
    let mut pack = cargo();
    pack.args(["package", "--workspace", "--offline", "--allow-dirty"])
        .args(["--exclude", "keepsake", "--exclude", "ui-tests"])
        // It is built below, all packages together.
        .args(["--no-verify", "--quiet", "--target-dir"])
        .arg(&target);
    run(&mut pack);
    let folder = target.join("package");
    let packages: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "crate"))
        .collect();
    for package in &packages {
        let mut unpack = Command::new("tar");
        // With today's times: those of a package are all the same, and an earlier
        // run would pass for this one.
        run(unpack.arg("-xzmf").arg(package).current_dir(&folder));
    }
    let folders = packages.iter().map(|package| package.with_extension(""));
    folders.collect()
}

/// The name of a package by that of its folder.
fn name(folder: &Path) -> &str {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let (name, _version) = name.split_once(|c: char| c.is_ascii_digit()).unwrap();
    name.trim_end_matches('-')
}

/// A program that depends on these packages, as if they had been published.
fn manifest(folders: &[PathBuf]) -> String {
    let mut manifest =
        "[package]\nname = \"packaged\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\ncaro-telemetry = \"1.1.0-beta\"\n\n[workspace]\n\n[patch.crates-io]\n"
            .to_owned();
    for folder in folders {
        let line = format!("{} = {{ path = {:?} }}", name(folder), folder.display());
        writeln!(manifest, "{line}").unwrap();
    }
    manifest
}

#[test]
fn the_package_holds_what_it_needs_and_no_more() {
    let mut list = cargo();
    list.args(["package", "--list", "--offline", "--allow-dirty"]);
    let list = run(list.args(["--package", "caro-telemetry"]));
    // It is there where the repository is one of Git's.
    insta::assert_snapshot!(list.replace(".cargo_vcs_info.json\n", ""));
}

#[test]
fn a_program_builds_from_the_package() {
    let folders = unpacked();
    let own = folders.iter().find(|path| name(path) == "caro-telemetry");
    let own = own.unwrap();
    let scratch = Scratch::with("packaged", &manifest(&folders), PROGRAM);
    let output = scratch.build_with(&["--message-format=json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");

    // Cargo was told to build it anew when either file changes.
    let told = String::from_utf8(output.stdout).unwrap();
    let script = told
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|line| {
            let of = line["package_id"].as_str().unwrap_or_default();
            line["reason"] == "build-script-executed" && of.contains("/caro-telemetry-")
        });
    let out = PathBuf::from(script.unwrap()["out_dir"].as_str().unwrap());
    let script = fs::read_to_string(out.with_file_name("output")).unwrap();
    for file in ["events.toml", "events.lock"] {
        let line = format!("cargo::rerun-if-changed={file}");
        assert!(script.lines().any(|told| told == line), "{script}");
    }

    // What it emits arrives.
    let data = scratch.path("data");
    let mut program = scratch.program();
    program
        .env_clear()
        .env("CARO_TELEMETRY_ENABLED", "true")
        .env("CARO_TELEMETRY_DIR", &data);
    run(&mut program);
    assert_eq!(fs::metadata(data.join("spool")).unwrap().len(), 32);

    // And what it says follows from the package's own declarations.
    let lock = own.join("events.lock");
    fs::remove_file(&lock).unwrap();
    let messages = scratch.messages();
    assert!(messages.contains("there is no events.lock"), "{messages}");
}
