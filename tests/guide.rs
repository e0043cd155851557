//! The session that `docs/GUIDE.md` shows, done again: a stranger adds a field
//! with a mistake in it. What is printed there is what came out.
//!
//! `BLESS=1 cargo test -p caro-telemetry --test guide` writes the outputs
//! anew; read the diff.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use scratch::Scratch;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use telemetry_cli::Outcome;

const PAGE: &str = "website/src/pages/telemetry.astro";

/// What is made from the declarations, and committed.
const MADE: [&str; 4] = [
    "events.lock",
    "PRIVACY.md",
    "generated/schemas/command_generation.schema.json",
    PAGE,
];

/// The line that the stranger writes first.
const MISTAKE: &str = "request = { type = \"string\", doc = \"What was asked.\" }\n";

/// What CI runs for every program; `.ci/declarations` is the same.
const CI: [&[&str]; 2] = [&["check"], &["generate", "--check"]];

/// A copy of the repository's declarations, in a repository of its own, which
/// is the folder that this process works in.
struct Session {
    scratch: Scratch,
    shown: BTreeMap<&'static str, String>,
}

impl Session {
    fn new() -> Self {
        let scratch = Scratch::new("guide");
        scratch.copy(PAGE);
        scratch.write(".gitignore", "/data\n");
        std::env::set_current_dir(scratch.path("")).unwrap();
        tool(&["generate"]);
        git(&["init", "--quiet", "--initial-branch=main"]);
        git(&["add", "--all"]);
        let config = [
            "user.name=A",
            "user.email=a@example.com",
            "commit.gpgsign=false",
        ];
        let name = config.map(|config| ["-c", config]).concat();
        git(&[&name[..], &["commit", "--quiet", "--message=Before"]].concat());
        Self {
            scratch,
            shown: BTreeMap::new(),
        }
    }

    /// Shows a command and what came of it.
    fn show(&mut self, name: &'static str, command: &str, said: &str) {
        let text = format!("$ {command}\n{}", said.trim_end());
        let text = text.trim_end().to_owned() + "\n";
        let before = self.shown.insert(name, text);
        assert!(before.is_none(), "{name} is shown twice");
    }

    /// Does and shows a command of the tool.
    fn telemetry(&mut self, name: &'static str, arguments: &[&str], ends: Outcome) {
        let (outcome, said) = tool(arguments);
        assert_eq!(outcome, ends, "{arguments:?}: {said}");
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        let command = format!("cargo telemetry {}", words.join(" "));
        self.show(name, &command, &said);
    }

    /// Builds, and shows what cargo says.
    fn cargo_build(&mut self, name: &'static str, fails: bool) {
        let said = self.scratch.messages();
        assert_eq!(said.contains("error"), fails, "{said}");
        self.show(name, "cargo build --quiet", &said);
    }

    /// What an editor finds in the declarations by their JSON Schema alone.
    fn editor(&mut self, name: &'static str) {
        let schema = fs::read_to_string("generated/events.schema.json").unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let events = fs::read_to_string("events.toml").unwrap();
        let document: Value = toml::from_str(&events).unwrap();
        let found: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        let command = "validate --schema generated/events.schema.json events.toml";
        self.show(name, command, &found.join("\n"));
    }

    /// With each of what was made left as it was, what CI says.
    fn left_out(&mut self) {
        let mut rows = String::from("| left out | what fails | what it says |\n|---|---|---|\n");
        for file in MADE {
            let made = fs::read_to_string(file).unwrap();
            git(&["checkout", "--quiet", "main", "--", file]);
            let (command, said) = CI
                .iter()
                .find_map(|command| {
                    let (outcome, said) = tool(command);
                    (outcome != Outcome::Fine).then_some((command, said))
                })
                .unwrap_or_else(|| panic!("CI does not see that {file} was left out"));
            let says = said.lines().find(|line| line.starts_with("error"));
            let command = command.join(" ");
            writeln!(
                rows,
                "| `{file}` | `cargo telemetry {command}` | `{}` |",
                says.unwrap()
            )
            .unwrap();
            if file == PAGE {
                self.show(
                    "left out: page",
                    &format!("cargo telemetry {command}"),
                    &said,
                );
            }
            fs::write(file, made).unwrap();
        }
        self.shown.insert("left out", rows);
        for command in CI {
            assert_eq!(tool(command).0, Outcome::Fine, "{command:?}");
        }
    }
}

/// Runs git in the session's folder, and never in the repository of a hook
/// that runs the tests.
fn git(arguments: &[&str]) {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            git.env_remove(name);
        }
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_CONFIG_SYSTEM", "/dev/null");
    let done = git.args(arguments).status().unwrap();
    assert!(done.success(), "git {arguments:?}");
}

/// What `cargo telemetry` says in the session's folder, and how it ends.
fn tool(arguments: &[&str]) -> (Outcome, String) {
    let all = ["cargo-telemetry"].into_iter();
    let all = all.chain(arguments.iter().copied()).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = telemetry_cli::run(all, &mut out, &mut err);
    out.extend(err);
    let said = anstream::adapter::strip_bytes(&out).into_vec();
    (outcome, String::from_utf8(said).unwrap())
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    if word.contains([' ', ';']) {
        format!("'{word}'")
    } else {
        word.to_owned()
    }
}

#[test]
fn the_session_is_as_it_is_shown() {
    let mut session = Session::new();

    let after = "error_category = { type = \"choice\", enum = \"generation_error\", optional = true, \
                 doc = \"Why not, where none did.\" }\n";
    let declared = fs::read_to_string("events.toml").unwrap();
    session
        .scratch
        .edit("events.toml", after, &format!("{after}{MISTAKE}"));
    session.shown.insert("mistake", MISTAKE.to_owned());
    session.cargo_build("mistake: build", true);
    session.telemetry("mistake: check", &["check"], Outcome::Findings);
    session.editor("mistake: editor");

    session.scratch.write("events.toml", &declared);
    let field = "retried: bool; Whether it took more than one try.";
    let new = ["new", "field", "command_generation", field];
    session.telemetry("new", &new, Outcome::Fine);
    session.cargo_build("stale: build", true);
    session.telemetry("diff", &["diff", "--base", "main"], Outcome::Fine);
    session.telemetry("update", &["update"], Outcome::Fine);

    session.cargo_build("emit: build", true);
    let before = "    error_category: None,\n";
    let emits = format!("{before}    retried: false,\n");
    session.scratch.edit("src/main.rs", before, &emits);
    session.cargo_build("emit: built", false);
    session.left_out();

    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/GUIDE.md");
    let text = fs::read_to_string(&page).unwrap();
    let filled = filled(&text, &session.shown);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&page, filled).unwrap();
        return;
    }
    assert!(
        filled == text,
        "docs/GUIDE.md shows something else; `BLESS=1 cargo test -p caro-telemetry --test guide` \
         writes it anew:\n{}",
        similar::TextDiff::from_lines(&text, &filled).unified_diff()
    );
}

/// The page with what is between `<!-- guide: NAME -->` and `<!-- end -->`
/// made anew. Each name has its place, and each place a name.
fn filled(page: &str, shown: &BTreeMap<&str, String>) -> String {
    let mut text = String::new();
    let mut rest = page;
    let mut seen = Vec::new();
    while let Some((before, after)) = rest.split_once("<!-- guide: ") {
        let (name, after) = after.split_once(" -->").unwrap();
        let (_, after) = after.split_once("<!-- end -->").unwrap();
        let Some(said) = shown.get(name) else {
            panic!("the session has no {name:?}")
        };
        let fence = if said.starts_with('|') {
            said.clone()
        } else {
            format!("```text\n{said}```\n")
        };
        write!(
            text,
            "{before}<!-- guide: {name} -->\n\n{fence}\n<!-- end -->"
        )
        .unwrap();
        seen.push(name);
        rest = after;
    }
    seen.sort_unstable();
    let names: Vec<&str> = shown.keys().copied().collect();
    assert_eq!(seen, names, "docs/GUIDE.md has a place for each");
    text + rest
}

/// What the README shows of it is how that begins, with lines broken anew.
#[test]
fn the_readme_shows_the_beginning_of_the_session() {
    let block = |page: &str, mark: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = fs::read_to_string(path).unwrap();
        let (_, after) = text.split_once(mark).unwrap();
        let (_, block) = after.split_once("```text\n").unwrap();
        let (block, _) = block.split_once("```\n").unwrap();
        block.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let session = block("docs/GUIDE.md", "<!-- guide: mistake: build -->");
    let shown = block("README.md", "<!-- picture: declare -->");
    let shown = shown.strip_suffix(" [...]").unwrap();
    assert!(session.starts_with(shown), "{session}\n{shown}");
}
