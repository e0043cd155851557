//! A package in a scratch folder, built by Cargo as a user's would be.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "each test uses its part of this")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A program that declares Caro's events and emits two of them.
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// A new one; each test has its own name.
    pub(crate) fn new(name: &str) -> Self {
        let scratch = Self::with(name, &manifest(name), include_str!("main.rs"));
        scratch.write("build.rs", include_str!("build.rs"));
        for file in ["events.toml", "events.lock"] {
            scratch.copy(file);
        }
        scratch
    }

    /// A new one of this manifest and this program, with the versions of
    /// dependencies that the repository is built with.
    pub(crate) fn with(name: &str, manifest: &str, program: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        let scratch = Self { folder };
        scratch.write("Cargo.toml", manifest);
        scratch.write("src/main.rs", program);
        scratch.copy("Cargo.lock");
        scratch
    }

    /// Takes a file of the repository to the same place.
    pub(crate) fn copy(&self, file: &str) {
        let text = fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
        self.write(file, &text);
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces what occurs once in a file.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        self.write(file, &text.replace(from, to));
    }

    /// Builds it. The registry's crates are shared with the build of these
    /// tests.
    pub(crate) fn build(&self) -> Output {
        self.build_with(&[])
    }

    /// The same with more arguments.
    pub(crate) fn build_with(&self, more: &[&str]) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet", "--color=never"])
            .args(more)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target)
            .output()
            .unwrap()
    }

    /// What the compiler says, without the folders that it says it of.
    pub(crate) fn messages(&self) -> String {
        let text = String::from_utf8(self.build().stderr).unwrap();
        let text = text.replace(&format!("{}/", self.folder.display()), "");
        let lines =
            text.lines().map(
                |line| match (line.split_once("--> "), line.rsplit_once("/out/")) {
                    (Some((before, _)), Some((_, file))) => format!("{before}--> OUT_DIR/{file}"),
                    _ => line.trim_end().to_owned(),
                },
            );
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The program that a build made.
    pub(crate) fn program(&self) -> Command {
        let name = self.folder.file_name().unwrap();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        Command::new(target.join("debug").join(name))
    }
}

fn manifest(name: &str) -> String {
    format!(
        r#"[package]
name = "{name}"
version = "1.0.0"
edition = "2024"

[dependencies]
telemetry-runtime = {{ path = "{ROOT}/telemetry-runtime" }}

[build-dependencies]
telemetry-codegen = {{ path = "{ROOT}/telemetry-codegen" }}

[workspace]
"#
    )
}
