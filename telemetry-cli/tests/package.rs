//! `--package`, in a project that depends on a package with declarations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A page with one region, not filled yet.
const PAGE: &str = "<!-- telemetry:section retention list -->\n<!-- /telemetry:section -->\n";

/// A workspace with a member that has no declarations and depends on one
/// outside that has.
struct Workspace(TempDir);

impl Workspace {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write(
            "app/Cargo.toml",
            &manifest("app", "speaks = { path = \"../speaks\" }\n"),
        );
        folder.write("app/src/lib.rs", "");
        folder.write("speaks/Cargo.toml", &manifest("speaks", ""));
        folder.write("speaks/src/lib.rs", "");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in ["events.toml", "events.lock"] {
            fs::copy(root.join(file), folder.path("speaks").join(file)).unwrap();
        }
        folder.write("app/website/src/pages/telemetry.astro", "");
        folder.write("app/page.html", PAGE);
        let locked = Command::new("cargo")
            .args(["generate-lockfile", "--quiet", "--offline"])
            .current_dir(folder.path("app"))
            .status();
        assert!(locked.unwrap().success());
        folder
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The exit code, and all that was said in a folder.
    fn run(&self, folder: &str, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-telemetry"))
            .args(arguments)
            .current_dir(self.path(folder))
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let here = self.0.path().canonicalize().unwrap();
        let said = said.replace(&format!("{}/", here.display()), "");
        let said = said.replace(&format!("{}/", self.0.path().display()), "");
        (output.status.code().unwrap(), said)
    }
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.3.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{dependencies}"
    )
}

#[test]
fn a_dependency_is_read_from_where_cargo_finds_it() {
    let workspace = Workspace::new();
    let speaks = ["--package", "speaks"];
    let (code, said) = workspace.run("app", &["check", "--package", "speaks"]);
    assert_eq!(
        (code, said.as_str()),
        (
            0,
            "speaks/events.toml is in order: 5 events, generation 1\n"
        )
    );
    for command in [
        &["bits"][..],
        &["explain", "session_end"],
        &["sample", "-n", "1"],
        &["check"],
    ] {
        let (code, said) = workspace.run("app", &[command, &speaks].concat());
        assert_eq!(code, 0, "{said}");
    }
    assert_eq!(workspace.run("app", &["check", "-p", "speaks@0.3.0"]).0, 0);
}

#[test]
fn the_pages_are_those_of_the_project_that_depends_on_it() {
    let workspace = Workspace::new();
    let docs = ["docs", "--package", "speaks"];
    let page = ["page.html"];
    let check = ["--check"];
    let (code, said) = workspace.run("app", &[&docs[..], &check, &page].concat());
    assert_eq!(code, 1, "{said}");
    insta::assert_snapshot!(said);
    assert_eq!(
        fs::read_to_string(workspace.path("app/page.html")).unwrap(),
        PAGE
    );

    let (code, said) = workspace.run("app", &[&docs[..], &page].concat());
    assert_eq!((code, said.as_str()), (0, "wrote page.html\n"));
    assert_eq!(
        workspace.run("app", &[&docs[..], &check, &page].concat()).0,
        0
    );

    // Without a name they are the listed ones, in the root of the workspace.
    fs::create_dir_all(workspace.path("app/deep")).unwrap();
    workspace.write(
        "app/website/src/pages/telemetry.astro",
        "{/* telemetry:section retention list */}\n{/* /telemetry:section */}\n",
    );
    let (code, said) = workspace.run("app/deep", &docs);
    assert_eq!(
        (code, said.as_str()),
        (0, "wrote app/website/src/pages/telemetry.astro\n")
    );
    let (code, said) = workspace.run("app", &[&docs[..], &["page.pdf"]].concat());
    assert_eq!(code, 2, "{said}");

    // Those that it lists may be its own.
    fs::remove_dir_all(workspace.path("app/website")).unwrap();
    let (code, said) = workspace.run("app", &docs);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("name yours by `cargo telemetry docs PAGE --package speaks`"),
        "{said}"
    );
}

#[test]
fn what_belongs_to_a_dependency_is_not_written() {
    let workspace = Workspace::new();
    let lock = workspace.path("speaks/events.lock");
    fs::remove_file(&lock).unwrap();
    for command in [
        &["lock"][..],
        &["update"],
        &["generate"],
        &["generate", "--check"],
    ] {
        let (code, said) = workspace.run("app", &[command, &["-p", "speaks"]].concat());
        assert_eq!(code, 2);
        assert!(
            said.starts_with("error: speaks is a dependency, "),
            "{said}"
        );
    }
    assert!(!lock.exists());
    // In its own workspace it is.
    let (code, said) = workspace.run("speaks/src", &["lock", "-p", "speaks"]);
    assert_eq!(code, 0, "{said}");
    assert!(lock.exists());
}

#[test]
fn a_package_that_cannot_be_meant_says_so() {
    let workspace = Workspace::new();
    let (code, said) = workspace.run("app", &["check", "-p", "speeks"]);
    assert_eq!(code, 2);
    assert_eq!(
        said,
        "error: the workspace of app neither has nor depends on a package speeks; \
         those with an events.toml are: speaks\n"
    );
    let (code, said) = workspace.run("app", &["check", "-p", "app"]);
    assert_eq!(code, 2);
    assert!(
        said.contains("has no events.toml: there is no app/events.toml"),
        "{said}"
    );
    let both = ["check", "-p", "speaks", "--manifest", "events.toml"];
    assert_eq!(workspace.run("app", &both).0, 2);
    let (code, said) = workspace.run(".", &["check", "-p", "speaks"]);
    assert_eq!(code, 2);
    assert!(said.starts_with("error: cargo metadata"), "{said}");
}

#[test]
fn who_only_looks_leaves_the_lock_of_cargo_as_it_is() {
    let workspace = Workspace::new();
    fs::remove_file(workspace.path("app/Cargo.lock")).unwrap();
    let look = ["docs", "--check", "--package", "speaks", "page.html"];
    let (code, said) = workspace.run("app", &look);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("--locked"), "{said}");
    assert!(!workspace.path("app/Cargo.lock").exists());
    let write = ["docs", "--package", "speaks", "page.html"];
    assert_eq!(workspace.run("app", &write).0, 0);
    assert_eq!(workspace.run("app", &look).0, 0);
}
