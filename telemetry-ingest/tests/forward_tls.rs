//! PostHog behind TLS: an authority of the test's own vouches for a server
//! that answers as PostHog does.

// Apple's systems ask their own store for authorities, and no file.
#![cfg(all(unix, not(target_vendor = "apple")))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
#[path = "../../telemetry-runtime/tests/support/server.rs"]
mod server;
#[path = "../../telemetry-runtime/tests/support/tls.rs"]
mod tls;

use common::{Ingest, data, good, list, until};
use server::{Does, Server};
use tls::Authority;

/// Not one byte reaches who cannot be told from an impostor, and nothing is
/// lost meanwhile.
#[test]
fn only_who_is_vouched_for_gets_events() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = Server::over(ours.vouches_for("localhost"), |_, _| {
        Does::Answers(200, "", r#"{"status":"Ok"}"#.to_owned())
    });
    let host = server.authority().replace("127.0.0.1", "localhost");
    let config = format!("[posthog]\nhost = \"https://{host}\"\nproject_key = \"phc_test\"\n");
    let (_folder, data) = data();
    let start = |trusted: &Authority| {
        let file = trusted.file();
        let variables = [
            ("SSL_CERT_FILE", file.as_os_str()),
            ("NO_PROXY", "localhost".as_ref()),
        ];
        Ingest::with_variables(&data, &config, &variables)
    };
    let ingest = start(&theirs);
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
    until("nothing is tried", || {
        let metrics = ingest.get("/metrics").1;
        metrics.contains("\ntelemetry_forward_failures_total{")
    });
    let metrics = ingest.get("/metrics").1;
    assert!(
        metrics.contains("\ntelemetry_outbox_events 1\n"),
        "{metrics}"
    );
    assert!(server.requests().is_empty());
    ingest.kill();
    let ingest = start(&ours);
    until("nothing is forwarded", || {
        let metrics = ingest.get("/metrics").1;
        metrics.contains("\ntelemetry_forwarded_total 1\n")
    });
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].ids(), ["00000000-0000-8000-8000-000000000001"]);
}
