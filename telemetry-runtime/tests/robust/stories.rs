//! What people see on a terminal of 80 columns, from their first run on, kept
//! word for word in `snapshots`: whoever changes a word sees it there.

use crate::person::Person;
use crate::server::{Does, Server, all_arrived};
use crate::support::terminal::Typed::{self, Key, Line};
use regex::Regex;
use std::fmt::Write as _;

const ENTER: Typed = Key(b'\r');
const CTRL_C: Typed = Key(3);

/// What was typed and shown so far.
struct Story {
    person: Person,
    /// Before each `run` and `telemetry`: the release at hand.
    release: Vec<&'static str>,
    text: String,
}

impl Story {
    /// Of somebody with a release of the program, who has said nothing.
    fn of(release: &[&'static str]) -> Self {
        Self {
            person: Person::new().without("MARKS_TELEMETRY_ENABLED"),
            release: release.to_vec(),
            text: String::new(),
        }
    }

    fn upgrades(&mut self, release: &[&'static str]) {
        self.release = release.to_vec();
        let version = release.last().unwrap();
        writeln!(self.text, "(an upgrade to {version})\n").unwrap();
    }

    fn sets(self, name: &'static str, value: &str) -> Self {
        Self {
            person: self.person.with(name, value),
            ..self
        }
    }

    /// Runs the program, as `marks` or with its command line, and types.
    fn runs(&mut self, words: &[&'static str], typed: &[Typed]) {
        let what = if words.is_empty() { &["run"] } else { words };
        let shown = self
            .person
            .on_terminal(&[&self.release, what].concat(), typed);
        let line = [&["$ marks"], words].concat().join(" ");
        writeln!(self.text, "{line}\n{}", self.readable(&shown)).unwrap();
    }

    /// Without what differs from run to run, and without colours.
    fn readable(&self, shown: &str) -> String {
        let root = self.person.root().display().to_string();
        let mut text = shown.replace(&root, "ROOT");
        for (pattern, instead) in [
            ("\x1b\\[[0-9;]*[A-Za-z]", ""),
            ("T[0-9:]{8}Z", "T12:00:00Z"),
            ("20[0-9]{6}T[0-9]{6}Z", "20260131T120000Z"),
            ("20[0-9]{2}-[0-9]{2}-[0-9]{2}", "2026-01-31"),
            ("127\\.0\\.0\\.1:[0-9]+", "SERVER"),
            (
                "  2026-01-31  [0-9a-f]{16}\n",
                "  2026-01-31  0123456789abcdef\n",
            ),
            (
                "(  2026-01-31  0123456789abcdef\n)+",
                "  DATE  SESSION\n  ...\n",
            ),
            ("[ \t]+\n", "\n"),
        ] {
            text = Regex::new(pattern)
                .unwrap()
                .replace_all(&text, instead)
                .into_owned();
        }
        text
    }
}

#[test]
fn a_stable_release_asks_once_and_is_off_unless_told() {
    let mut story = Story::of(&["--release", "1.0.0"]);
    story.runs(&[], &[ENTER]);
    story.runs(&[], &[]);
    story.runs(&["telemetry", "status"], &[]);
    story.runs(&["telemetry", "on"], &[]);
    story.runs(&[], &[]);
    story.runs(&["telemetry", "show", "--limit", "2"], &[]);
    story.runs(&["telemetry", "off"], &[]);
    insta::assert_snapshot!(story.text);
}

#[test]
fn a_beta_is_on_until_told_and_lapses_with_the_stable_release() {
    let mut story = Story::of(&["--release", "1.0.0-beta"]);
    story.runs(&[], &[ENTER]);
    story.runs(&[], &[]);
    story.upgrades(&["--release", "1.0.0"]);
    story.runs(&[], &[Key(b'y')]);
    story.runs(&[], &[]);
    insta::assert_snapshot!(story.text);
}

#[test]
fn ctrl_c_is_a_no() {
    let mut story = Story::of(&["--release", "1.0.0-beta"]);
    story.runs(&[], &[CTRL_C]);
    story.runs(&[], &[]);
    story.runs(&["telemetry", "level", "minimal"], &[]);
    insta::assert_snapshot!(story.text);
}

#[test]
fn an_upgrade_that_collects_more_says_what() {
    let mut story = Story::of(&["--release", "1.0.0"]);
    story.runs(&["telemetry", "on"], &[]);
    story.runs(&[], &[]);
    story.upgrades(&["--newer", "--release", "1.1.0"]);
    // As by a script, where nobody can be told.
    assert!(story.person.runs_newer());
    story.runs(&["telemetry", "status"], &[]);
    story.runs(&[], &[]);
    story.runs(&[], &[]);
    story.runs(&["telemetry", "status"], &[]);
    insta::assert_snapshot!(story.text);
}

#[test]
fn ci_is_not_asked() {
    let mut story = Story::of(&["--release", "1.0.0-beta"]).sets("GITHUB_ACTIONS", "true");
    story.runs(&[], &[]);
    story.runs(&["telemetry", "status"], &[]);
    insta::assert_snapshot!(story.text);
}

#[test]
fn an_air_gap_keeps_everything_here() {
    let mut story = Story::of(&["--release", "1.0.0"]);
    story.runs(&[], &[Key(b'y')]);
    story.runs(&["telemetry", "air-gap", "on"], &[]);
    story.runs(&["telemetry", "upload", "--now"], &[]);
    story.runs(&["telemetry", "preview"], &[]);
    story.runs(&["telemetry", "export", "--output", "events.jsonl"], &[]);
    story.runs(&["telemetry", "status"], &[]);
    story.runs(&["telemetry", "clear"], &[Line("y\n")]);
    story.runs(&["telemetry", "forget"], &[Line("y\n")]);
    story.runs(&["telemetry", "air-gap", "off"], &[]);
    insta::assert_snapshot!(story.text);
}

#[test]
fn what_was_sent_can_be_forgotten() {
    let server = Server::new(|_, request| {
        if request.head.starts_with("POST /api/deletions ") {
            Does::Answers(200, "", "{\"deleted\":10}".into())
        } else {
            all_arrived(request)
        }
    });
    let mut story =
        Story::of(&["--release", "1.0.0"]).sets("MARKS_TELEMETRY_ENDPOINT", &server.url());
    story.runs(&[], &[Key(b'y')]);
    // As happens by itself an hour later.
    assert_eq!(story.person.telemetry(&["upload", "--now"]).code, 0);
    story.runs(&["telemetry", "forget"], &[Line("n\n")]);
    story.runs(&["telemetry", "forget"], &[Line("y\n")]);
    insta::assert_snapshot!(story.text);
}
