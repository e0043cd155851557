//! What `docs/ARCHITECTURE.md` says of the house, held against the house.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail like a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who may depend on whom among our own crates, development aside.
const ARROWS: &[(&str, &[&str])] = &[
    ("telemetry-wire", &[]),
    ("telemetry-macros", &[]),
    ("telemetry-schema", &["telemetry-wire"]),
    ("telemetry-codegen", &["telemetry-schema", "telemetry-wire"]),
    ("telemetry-runtime", &["telemetry-macros", "telemetry-wire"]),
    (
        "telemetry-cli",
        &["telemetry-codegen", "telemetry-schema", "telemetry-wire"],
    ),
    (
        "telemetry-ingest",
        &["telemetry-codegen", "telemetry-schema", "telemetry-wire"],
    ),
    (
        "caro-telemetry",
        &["telemetry-runtime", "telemetry-codegen (build)"],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn dependencies_point_one_way() {
    let allowed: BTreeMap<&str, BTreeSet<String>> = ARROWS
        .iter()
        .map(|(from, to)| (*from, to.iter().map(ToString::to_string).collect()))
        .collect();
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let path = PathBuf::from(package["manifest_path"].as_str().unwrap());
        let ours = ["examples", "tests"];
        if ours
            .iter()
            .any(|folder| path.starts_with(root().join(folder)))
        {
            continue;
        }
        let found: BTreeSet<String> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev" && dependency["path"].is_string())
            .map(|dependency| {
                let to = dependency["name"].as_str().unwrap();
                match dependency["kind"].as_str() {
                    Some(kind) => format!("{to} ({kind})"),
                    None => to.to_owned(),
                }
            })
            .collect();
        let allowed = allowed
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no place in ARROWS"));
        assert_eq!(&found, allowed, "{name} depends on");
    }
}

#[test]
fn another_program_needs_nothing_of_caro() {
    for package in metadata()["packages"].as_array().unwrap() {
        let path = PathBuf::from(package["manifest_path"].as_str().unwrap());
        if !path.starts_with(root().join("examples")) {
            continue;
        }
        let found: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["path"].is_string())
            .map(|dependency| dependency["name"].as_str().unwrap())
            .collect();
        assert!(!found.contains("caro-telemetry"), "{path:?}");
        let build = fs::read_to_string(path.with_file_name("build.rs")).unwrap();
        let lines = build
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with("//"));
        assert!(
            lines.count() <= 3,
            "{path:?}: a build script of three lines"
        );
    }
}

#[test]
fn the_build_script_stays_small() {
    let build = fs::read_to_string(root().join("build.rs")).unwrap();
    assert!(build.lines().count() <= 15);
}

/// All files of ours with this extension, generated ones aside.
fn files(extension: &str) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let files: Vec<PathBuf> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|path| path.ends_with(extension) && !path.contains("generated/"))
        .map(|path| root().join(path))
        .filter(|path| path.exists())
        .collect();
    // Of no file every rule holds.
    assert!(!files.is_empty(), "git knows of no *{extension}");
    files
}

#[test]
fn files_fit_a_screenful_of_thought() {
    for path in files(".rs") {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 450, "{}: {lines} lines", path.display());
    }
}

#[test]
fn unsafe_code_has_one_room() {
    for path in files(".rs") {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        let may = shown.starts_with("telemetry-runtime/src/sys/")
            || shown.contains("tests")
            || shown.starts_with("benchmarks/");
        let has = text.lines().any(|line| {
            let code = line.split("//").next().unwrap_or_default();
            code.contains("unsafe {") || code.contains("unsafe fn")
        });
        assert!(
            may || !has,
            "{shown}: unsafe code belongs into telemetry-runtime/src/sys"
        );
    }
}

#[test]
fn every_crate_is_in_the_map() {
    let map = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    for (name, _) in ARROWS {
        assert!(
            map.contains(&format!("`{name}`")),
            "docs/ARCHITECTURE.md lacks {name}"
        );
    }
}
