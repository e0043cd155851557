//! A program's declarations in a folder of their own.

#![allow(dead_code, reason = "each test file uses a part")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use telemetry_cli::{Outcome, run};
use tempfile::TempDir;

/// The page that Caro's declarations list.
pub(crate) const PAGE: &str = "website/src/pages/telemetry.astro";

/// A folder with declarations, and what the tool does in it.
pub(crate) struct Program(TempDir);

impl Program {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in ["events.toml", "events.lock"] {
            fs::copy(root.join(file), folder.path().join(file)).unwrap();
        }
        let page = folder.path().join(PAGE);
        fs::create_dir_all(page.parent().unwrap()).unwrap();
        fs::copy(root.join(PAGE), page).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// The outcome, and what was said to `out` and `err`.
    pub(crate) fn run(&self, command: &[&str]) -> (Outcome, String, String) {
        let manifest = self.0.path().join("events.toml");
        let mut arguments: Vec<OsString> = vec!["cargo-telemetry".into()];
        arguments.extend(command.iter().map(OsString::from));
        arguments.extend(["--manifest".into(), manifest.into_os_string()]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let outcome = run(arguments, &mut out, &mut err);
        (outcome, self.plain(&out), self.plain(&err))
    }

    /// Text without colours, and without the folder's own name.
    fn plain(&self, bytes: &[u8]) -> String {
        let text = anstream::adapter::strip_bytes(bytes).into_vec();
        let text = String::from_utf8(text).unwrap();
        text.replace(&format!("{}/", self.0.path().display()), "")
    }
}
