//! A workspace of a program and a library, made for a test and not built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const EVENTS: &str = r#"schema = 1

[enums.colour]
doc = "What it was painted with."

[enums.colour.values]
red = "Red."
green = "Green."
other = "Any other."

[events.painted]
doc = "Something was painted."
why = "Tells us how much paint to buy."
level = "normal"
expires = "never"

[events.painted.fields]
colour = { type = "choice", enum = "colour", doc = "With what." }
coats = { type = "integer", min = 1, max = 9, unit = "count", optional = true, doc = "How often." }

[events.idled]
doc = "Nobody painted."
why = "Tells us when to stay at home."
level = "normal"
expires = "never"

"#;
/// A workspace: a program, and a library that has its declarations.
pub(crate) struct Workspace(TempDir);

impl Workspace {
    /// The program includes the types itself, or the library does.
    pub(crate) fn new(in_library: bool) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let base = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../telemetry-schema/tests/fixtures/base.toml");
        let events = EVENTS.to_owned() + &fs::read_to_string(base).unwrap();
        let members = "[workspace]\nmembers = [\"words\"]\n";
        // With the runtime itself cargo would want to know all that it needs.
        let needs = if in_library {
            "words"
        } else {
            "telemetry-runtime"
        };
        folder.write("Cargo.toml", &manifest("painter", members, needs));
        folder.write("words/Cargo.toml", &manifest("words", "", ""));
        folder.write("src/main.rs", "");
        let (place, library) = if in_library {
            ("words/", "telemetry_runtime::include_events!();")
        } else {
            ("", "")
        };
        folder.write("words/src/lib.rs", library);
        folder.write(&format!("{place}events.toml"), &events);
        let (code, said) = folder.run(place, &["lock"]);
        assert_eq!(code, 0, "{said}");
        folder
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The exit code, and all that was said in a folder.
    pub(crate) fn run(&self, folder: &str, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-telemetry"))
            .args(arguments)
            .current_dir(self.path(folder))
            .output()
            .unwrap();
        let said = String::from_utf8([output.stderr, output.stdout].concat()).unwrap();
        (output.status.code().unwrap(), said)
    }

    /// What the program does not say, by code and message.
    pub(crate) fn unsaid(&self, folder: &str) -> Vec<String> {
        let (code, said) = self.run(folder, &["coverage", "--format", "github"]);
        let found: Vec<String> = said
            .lines()
            .filter_map(|line| line.split_once("title="))
            .map(|(_, rest)| rest.split("%0A").next().unwrap().to_owned())
            .collect();
        assert_eq!(code, i32::from(!found.is_empty()), "{said}");
        found
    }
}

pub(crate) fn manifest(name: &str, more: &str, dependency: &str) -> String {
    let dependency = match dependency {
        "" => String::new(),
        // Nothing is built, and so it is not looked for.
        "telemetry-runtime" => "telemetry-runtime = \"0.1\"\n".to_owned(),
        name => format!("{name} = {{ path = \"{name}\" }}\n"),
    };
    format!(
        "{more}[package]\nname = \"{name}\"\nversion = \"0.3.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependency}"
    )
}
