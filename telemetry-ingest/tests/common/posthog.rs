//! A server that answers as PostHog does, or as it is told to.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Came {
    pub path: String,
    pub head: String,
    pub body: Value,
}

impl Came {
    /// The ids of its events.
    pub fn ids(&self) -> Vec<String> {
        let batch = self.body["batch"].as_array().into_iter().flatten();
        batch
            .map(|event| event["uuid"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// What is answered: a status, headers and a body; nothing for a connection
/// that breaks.
pub type Says = Option<(u16, &'static str, &'static str)>;

pub const OK: Says = Some((200, "", r#"{"status":"Ok"}"#));

/// A server that keeps what comes, and says what it is told to.
pub struct Capture {
    pub address: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Capture {
    pub fn start(mut says: impl FnMut(usize, &Came) -> Says + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let came = Arc::<Mutex<Vec<Came>>>::default();
        let keep = came.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who was killed says nothing whole.
                let Some(request) = read(&stream) else {
                    continue;
                };
                let mut kept = keep.lock().unwrap();
                let said = says(kept.len(), &request);
                kept.push(request);
                drop(kept);
                answer(stream, said);
            }
        });
        Self { address, came }
    }

    /// What a service is told to forward to it.
    pub fn config(&self) -> String {
        format!(
            "[posthog]\nhost = \"http://{}\"\nproject_key = \"phc_test\"\nquota_wait_seconds = 1\n",
            self.address
        )
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Came> {
    stream.set_read_timeout(Some(super::PATIENCE)).ok()?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_ascii_lowercase();
    let (_, length) = head.split_once("content-length: ")?;
    let mut body = vec![0; length.lines().next()?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    if head.contains("content-encoding: gzip") {
        let mut text = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut text).ok()?;
        body = text;
    }
    Some(Came {
        path: head.split(' ').nth(1)?.to_owned(),
        body: serde_json::from_slice(&body).ok()?,
        head,
    })
}

fn answer(mut stream: TcpStream, said: Says) {
    let Some((status, headers, body)) = said else {
        return;
    };
    let length = body.len();
    // Who was killed does not listen.
    let _ = stream.write_all(
        format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
        .as_bytes(),
    );
}
