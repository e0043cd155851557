//! Keepsake's events on their way to PostHog: a real server on loopback that
//! answers as PostHog does.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../../telemetry-runtime/tests/support/proxy.rs"]
mod proxy;
#[path = "../../../telemetry-runtime/tests/support/server.rs"]
mod server;
#[path = "../../../telemetry-runtime/tests/support/tls.rs"]
mod tls;

use proxy::Proxy;
use serde_json::Value;
use server::{Does, Server, taken_by_posthog};
use std::fs::File;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

struct User {
    home: TempDir,
    endpoint: String,
}

impl User {
    fn of(server: &Server) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            endpoint: format!("http://{}/batch/", server.authority()),
        }
    }

    /// What Keepsake says.
    fn runs(&self, arguments: &[&str]) -> String {
        said(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keepsake"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("KEEPSAKE_TELEMETRY_DIR", self.home.path().join("telemetry"))
            .env("KEEPSAKE_TELEMETRY_ENABLED", "true")
            .env("KEEPSAKE_TELEMETRY_ENDPOINT", &self.endpoint);
        command
    }

    fn looks_through_a_folder(&self) {
        let said = self.runs(&[concat!(env!("CARGO_MANIFEST_DIR"), "/src")]);
        assert!(said.contains("2 files"), "{said}");
    }

    fn queued(&self) -> usize {
        let shown: Value =
            serde_json::from_str(&self.runs(&["telemetry", "show", "--json"])).unwrap();
        shown.as_array().unwrap().len()
    }
}

fn said(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// The first try fails; what comes again is the same to the byte, so that
/// PostHog can tell it from a new one.
#[test]
fn a_batch_is_what_the_page_says_however_often_it_is_sent() {
    let server = Server::new(|number, _| match number {
        0 => Does::Answers(503, "", "transient error, please retry".into()),
        _ => taken_by_posthog(),
    });
    let user = User::of(&server);
    user.looks_through_a_folder();
    let preview = user.runs(&["telemetry", "preview", "--raw"]);
    user.runs(&["telemetry", "upload", "--now"]);
    assert_eq!(user.queued(), 2);
    user.runs(&["telemetry", "upload", "--now"]);
    assert_eq!(user.queued(), 0);

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        request.assert_declared("/batch/", &server.authority());
        assert_eq!(request.json(), preview);
    }
    let body: Value = serde_json::from_str(&preview).unwrap();
    let schema = include_str!("../generated/schemas/upload.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::validate(&schema, &body).unwrap();
    assert_eq!(body["api_key"], "phc_KeepsakeExampleKeyThatOpensNothing");
    let planned = &body["batch"][0];
    assert_eq!(planned["event"], "backup_planned");
    assert_eq!(planned["properties"]["$ip"], Value::Null);
    assert_eq!(planned["properties"]["$geoip_disable"], true);
    assert_eq!(planned["properties"]["files"], 2);
    // Every word of it is on the page.
    let page = include_str!("../PRIVACY.md");
    let (_, words) = page.split_once("## Every word that can be sent").unwrap();
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    for key in [keys(&body), keys(planned), keys(&planned["properties"])].concat() {
        assert!(words.split_whitespace().any(|word| word == key), "{key}");
    }
}

#[test]
fn a_due_upload_goes_to_posthog_by_itself() {
    let server = Server::new(|_, _| taken_by_posthog());
    let user = User::of(&server);
    user.looks_through_a_folder();
    assert!(server.requests().is_empty());
    let state = user.home.path().join("telemetry/upload.json");
    let state = File::options().write(true).open(state).unwrap();
    let past = SystemTime::now() - Duration::from_mins(1);
    state.set_modified(past).unwrap();
    user.looks_through_a_folder();
    let give_up = Instant::now() + Duration::from_mins(1);
    while !user.runs(&["telemetry", "log"]).contains("arrived") {
        assert!(Instant::now() < give_up, "never sent");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.requests().len(), 1);
}

/// Keepsake's own endpoint, through a proxy and TLS, the second time round.
#[test]
fn behind_a_proxy_a_batch_is_the_same() {
    const NAME: &str = "posthog.keepsake.example";
    let authority = tls::Authority::new();
    let server = Server::over(authority.vouches_for(NAME), |number, _| match number {
        0 => Does::Answers(503, "", "transient error, please retry".into()),
        _ => taken_by_posthog(),
    });
    let proxy = Proxy::to(server.authority());
    let user = User::of(&server);
    user.looks_through_a_folder();
    let preview = user.runs(&["telemetry", "preview", "--raw"]);
    for expected in ["503", "2 events have arrived"] {
        let mut command = user.command(&["telemetry", "upload", "--now"]);
        command
            .env_remove("KEEPSAKE_TELEMETRY_ENDPOINT")
            .env("HTTPS_PROXY", proxy.url())
            .env("SSL_CERT_FILE", authority.file());
        let found = said(&mut command);
        assert!(found.contains(expected), "{found}");
    }
    assert_eq!(proxy.asked().len(), 2);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        request.assert_declared("/batch/", NAME);
        assert_eq!(request.json(), preview);
    }
}
