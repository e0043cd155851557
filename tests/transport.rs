//! What is on the line when the server is behind TLS: an authority and its
//! servers on loopback, a proxy before them, and the real uploader.

// Apple's systems ask their own store for authorities, and no file.
#![cfg(all(unix, not(target_vendor = "apple")))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../telemetry-runtime/tests/support/proxy.rs"]
mod proxy;
#[path = "../telemetry-runtime/tests/support/server.rs"]
mod server;
#[path = "../telemetry-runtime/tests/support/tls.rs"]
mod tls;
mod user;

use caro_telemetry::POLICY;
use proxy::Proxy;
use server::{Does, Server, Stream, all_arrived};
use std::ffi::OsStr;
use std::io::Write;
use std::net::TcpStream;
use telemetry_wire::transport::{HeaderValue, PROTOCOL, PROXY_HEADERS, PROXY_METHOD};
use tls::Authority;
use user::{EVENTS, User, queued};

/// The name in caro's own endpoint.
const NAME: &str = "telemetry.caro.sh";
const PATH: &str = "/api/events";

/// A user with one run's events, whose server is reached by `localhost`.
fn user(server: &Server) -> User {
    let mut user = User::of(server);
    let (_, port) = user.endpoint.split_once("127.0.0.1").unwrap();
    user.endpoint = format!("https://localhost{port}");
    user.runs();
    user
}

/// What `upload --now` says, with these variables on top.
fn upload(user: &User, variables: &[(&str, &OsStr)]) -> String {
    let mut command = user.telemetry(&["upload", "--now"]);
    command.envs(variables.iter().copied());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// What it says where caro's declared endpoint is the one that is meant.
fn upload_to_the_declared(user: &User, variables: &[(&str, &OsStr)]) -> String {
    let mut command = user.telemetry(&["upload", "--now"]);
    command.env_remove("CARO_TELEMETRY_ENDPOINT");
    command.envs(variables.iter().copied());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn behind_tls_a_request_carries_the_same() {
    let authority = Authority::new();
    let server = Server::over(
        authority.vouches_for("localhost"),
        |number, request| match number {
            0 => Does::Closes,
            1 => Does::Answers(503, "", String::new()),
            _ => all_arrived(request),
        },
    );
    let user = user(&server);
    let trusted = [("SSL_CERT_FILE", authority.file())];
    let trusted = trusted
        .each_ref()
        .map(|(name, file)| (*name, file.as_os_str()));
    for said in ["connection failed", "503", "4 events have arrived"] {
        let found = upload(&user, &trusted);
        assert!(found.contains(said), "{found}");
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let host = server.authority().replace("127.0.0.1", "localhost");
    for request in &requests {
        request.assert_declared(PATH, &host);
        assert_eq!(request.body, requests[0].body);
    }
    assert!(queued(&user).is_empty());
}

/// As a server that speaks HTTP alone answers what it does not understand.
fn without_tls(mut stream: TcpStream) -> Box<dyn Stream> {
    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    Box::new(stream)
}

/// Not one byte of a request reaches who cannot be told from an impostor.
#[test]
fn a_server_that_nobody_vouches_for_gets_nothing() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let impostors = [
        (
            "another authority",
            Server::over(theirs.vouches_for("localhost"), |_, _| Does::Closes),
        ),
        (
            "another name",
            Server::over(ours.vouches_for(NAME), |_, _| Does::Closes),
        ),
        (
            "out of date",
            Server::over(ours.vouched_for("localhost"), |_, _| Does::Closes),
        ),
        ("no TLS", Server::over(without_tls, |_, _| Does::Closes)),
    ];
    for (what, server) in impostors {
        let user = user(&server);
        let file = ours.file();
        let said = upload(&user, &[("SSL_CERT_FILE", file.as_os_str())]);
        assert!(said.starts_with("Could not connect"), "{what}: {said}");
        assert!(server.requests().is_empty(), "{what}");
        assert_eq!(queued(&user).len(), EVENTS, "{what}");
        // What was tried and how it ended is on record.
        let log = user.telemetry(&["log"]).output().unwrap();
        let log = String::from_utf8(log.stdout).unwrap();
        assert!(log.contains("could not connect"), "{what}: {log}");
        assert!(
            what == "no TLS" || log.contains("certificate"),
            "{what}: {log}"
        );
    }
}

#[test]
fn without_any_authority_nothing_is_sent_and_it_is_said_why() {
    let authority = Authority::new();
    let server = Server::over(authority.vouches_for("localhost"), |_, _| Does::Closes);
    let user = user(&server);
    let nothing = user.home.path().join("nothing");
    let none = [
        ("SSL_CERT_FILE", nothing.as_os_str()),
        ("SSL_CERT_DIR", nothing.as_os_str()),
    ];
    let said = upload(&user, &none);
    assert!(said.contains("ca-certificates"), "{said}");
    assert!(server.requests().is_empty());
    for command in ["status", "log"] {
        let shown = user.telemetry(&[command]).output().unwrap();
        let shown = [shown.stdout, shown.stderr].concat();
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.contains("ca-certificates"), "{command}: {shown}");
    }
    // A server of this machine over http needs none.
    let plain = Server::new(|_, request| all_arrived(request));
    let user = User::of(&plain);
    user.runs();
    let said = upload(&user, &none);
    assert_eq!(said, "4 events have arrived.\n");
}

/// The head of what a proxy is asked.
fn declared(authorization: &str) -> String {
    let mut head = format!("{PROXY_METHOD} {NAME}:443 {PROTOCOL}\r\n");
    for header in PROXY_HEADERS {
        assert_eq!(header.value, HeaderValue::Server);
        head = format!("{head}{}: {NAME}:443\r\n", header.name);
    }
    format!("{head}{authorization}\r\n")
}

/// Caro's own endpoint, which is nobody's here: the proxy leads to a server
/// of that name.
#[test]
fn a_proxy_is_asked_for_a_connection_and_for_nothing_else() {
    assert_eq!(POLICY.endpoint, format!("https://{NAME}{PATH}"));
    let authority = Authority::new();
    let server = Server::over(
        authority.vouches_for(NAME),
        |number, request| match number {
            0 => Does::Answers(503, "", String::new()),
            _ => all_arrived(request),
        },
    );
    let proxy = Proxy::to(server.authority());
    let (file, url, with_password) = (authority.file(), proxy.url(), proxy.url_with_password());
    let user = user(&server);
    for (proxy, said) in [
        (("HTTPS_PROXY", &url), "503"),
        (("ALL_PROXY", &with_password), "4 events have arrived"),
    ] {
        let variables = [
            ("SSL_CERT_FILE", file.as_os_str()),
            (proxy.0, OsStr::new(proxy.1)),
        ];
        let found = upload_to_the_declared(&user, &variables);
        assert!(found.contains(said), "{found}");
    }
    // Base64 of me:secret.
    let authorization = "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n";
    assert_eq!(proxy.asked(), [declared(""), declared(authorization)]);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        // The password is nowhere in it.
        request.assert_declared(PATH, NAME);
    }
    assert_eq!(requests[0].body, requests[1].body);
}

#[test]
fn a_proxy_is_not_asked_for_this_machine() {
    let server = Server::new(|_, request| all_arrived(request));
    let proxy = Proxy::to(server.authority());
    let user = User::of(&server);
    user.runs();
    let url = proxy.url();
    let said = upload(
        &user,
        &["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"]
            .map(|name| (name, OsStr::new(&url))),
    );
    assert_eq!(said, "4 events have arrived.\n");
    assert_eq!(proxy.asked(), [""; 0]);
    server.requests()[0].assert_declared(PATH, &server.authority());
}
