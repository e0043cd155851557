//! What the README shows of the example host is what the host shows.
//!
//! `cargo test` builds the example before it runs this; `cargo test --test
//! pictures` alone does not.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../telemetry-runtime/tests/support/server.rs"]
mod server;
mod user;

use server::{Server, all_arrived};
use std::os::unix::process::ExitStatusExt as _;
use user::{User, host};

const README: &str = include_str!("../README.md");

/// The block below a mark of the README.
fn picture(name: &str) -> &'static str {
    let mark = format!("<!-- picture: {name} -->\n```text\n");
    let (_, after) = README.split_once(&mark).unwrap();
    after.split_once("```\n").unwrap().0
}

/// A line without what differs from run to run, and from build to build: times,
/// and the channel of the version.
fn lasting(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.split_once('=') {
        Some(("version", version)) => {
            let numbers = version.split('-').next().unwrap();
            format!("version={numbers}")
        }
        Some(("duration_ms", _)) => "duration_ms=".to_owned(),
        None if word.len() == 20 && word.ends_with('Z') => "TIME".to_owned(),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_picture_of_show_is_what_it_shows() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = User::of(&server);
    let picture = picture("show");
    let mut shown = Vec::new();
    for line in picture.lines() {
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let mut arguments = Vec::new();
        for (index, part) in command.split('"').enumerate() {
            match index % 2 {
                0 => arguments.extend(part.split_whitespace()),
                _ => arguments.push(part),
            }
        }
        assert_eq!(arguments.remove(0), "caro");
        let mut caro = user.command(host(), &arguments);
        let output = caro.env("SHELL", "/bin/bash").output().unwrap();
        shown.push(line.to_owned());
        let said = String::from_utf8(output.stdout).unwrap();
        shown.extend(said.lines().map(str::to_owned));
        if output.status.signal().is_some() {
            let status = output.status.to_string();
            let status = status.split(" (core dumped)").next().unwrap();
            shown.push(format!("({status})"));
        }
    }
    let shown: Vec<String> = shown.iter().map(|line| lasting(line)).collect();
    assert_eq!(shown, picture.lines().map(lasting).collect::<Vec<_>>());
}

/// A new one needs somebody who holds it: the others are held by `guide.rs`
/// and `upload.rs`, and the portal's by `.ci/portal`.
#[test]
fn every_picture_is_held() {
    let marks = README.split("<!-- picture: ").skip(1);
    let names: Vec<&str> = marks.map(|mark| mark.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["declare", "show", "request"]);
    let images = README.split("![").skip(1);
    let files: Vec<&str> = images
        .map(|image| image.split_once("](").unwrap().1.split(')').next().unwrap())
        .collect();
    assert_eq!(files, ["docs/portal.png"]);
}
