//! A real server on loopback that does as it is told, and remembers every
//! byte that came.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use telemetry_wire::transport::{HEADERS, Header, HeaderValue, METHOD, PROTOCOL};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// From the first byte to the empty line.
    pub(crate) head: String,
    /// What followed, as it came.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The body after Content-Encoding.
    pub(crate) fn json(&self) -> String {
        let mut text = String::new();
        flate2::read::GzDecoder::new(self.body.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    /// The ids of its events, in order, in the form of either sink.
    pub(crate) fn ids(&self) -> Vec<String> {
        let body: serde_json::Value = serde_json::from_str(&self.json()).unwrap();
        let (events, id) = match body.get("batch") {
            None => (&body, "id"),
            Some(batch) => (batch, "uuid"),
        };
        let events = events.as_array().unwrap();
        events
            .iter()
            .map(|event| event[id].as_str().unwrap().to_owned())
            .collect()
    }

    /// Fails on any byte of the head, and of the frame of what is compressed,
    /// that is not in the manifest.
    #[track_caller]
    pub(crate) fn assert_declared(&self, path: &str, authority: &str) {
        self.assert_head_declared(path, authority, &HEADERS);
        // RFC 1952: no name, no comment, no time, no system.
        assert_eq!(self.body[..4], [0x1f, 0x8b, 8, 0]);
        assert_eq!((&self.body[4..8], self.body[9]), (&[0; 4][..], 255));
    }

    /// Fails on any byte of the head that is not of these headers.
    #[track_caller]
    pub(crate) fn assert_head_declared(&self, path: &str, authority: &str, headers: &[Header]) {
        let mut declared = format!("{METHOD} {path} {PROTOCOL}\r\n");
        for header in headers {
            let value = match header.value {
                HeaderValue::Exactly(value) => value.to_owned(),
                HeaderValue::Server => authority.to_owned(),
                HeaderValue::Length => self.body.len().to_string(),
            };
            declared = format!("{declared}{}: {value}\r\n", header.name);
        }
        assert_eq!(self.head, declared + "\r\n");
    }
}

/// What the server does with a request.
pub(crate) enum Does {
    /// Answers with a status, further lines of the head, and a body.
    Answers(u16, &'static str, String),
    /// Sends these bytes and closes.
    Says(Vec<u8>),
    /// Takes the connection and says nothing for as long as it lives.
    Hangs,
    /// An answer that comes a byte a second.
    Drips,
    /// Closes without an answer.
    Closes,
}

/// That all events of a request arrived.
pub(crate) fn all_arrived(request: &Request) -> Does {
    let accepted = request.ids().len();
    let body = format!("{{\"accepted\":{accepted},\"known\":0,\"refused\":[],\"later\":[]}}");
    Does::Answers(200, "", body)
}

/// That PostHog took a batch, in its words.
pub(crate) fn taken_by_posthog() -> Does {
    Does::Answers(200, "", r#"{"status":"Ok"}"#.into())
}

/// What requests come over.
pub(crate) trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// The server; it stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    requests: Arc<Mutex<Vec<Request>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on a free port. `does` sees each request and its number, from 0.
    pub(crate) fn new(does: impl Fn(usize, &Request) -> Does + Send + Sync + 'static) -> Self {
        Self::over(|stream| Box::new(stream), does)
    }

    /// The same, with what stands between requests and their connection.
    pub(crate) fn over(
        layer: impl Fn(TcpStream) -> Box<dyn Stream> + Send + 'static,
        does: impl Fn(usize, &Request) -> Does + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (stopped, seen, does) = (stop.clone(), requests.clone(), Arc::new(does));
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (stopped, seen, does) = (stopped.clone(), seen.clone(), does.clone());
                let mut stream = layer(stream);
                thread::spawn(move || serve(&mut *stream, &stopped, &seen, &*does));
            }
        });
        Self {
            address,
            stop,
            requests,
            thread: Some(thread),
        }
    }

    /// Where events go.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/events", self.address)
    }

    /// Its name and port.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn serve(
    stream: &mut dyn Stream,
    stop: &AtomicBool,
    seen: &Mutex<Vec<Request>>,
    does: &impl Fn(usize, &Request) -> Does,
) {
    while let Some(request) = read(stream) {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        match does(number, &request) {
            Does::Answers(status, head, body) => {
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n{head}\r\n{body}"
                );
                if stream.write_all(answer.as_bytes()).is_err() {
                    return;
                }
            }
            Does::Says(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Does::Hangs => {
                while !stop.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(20));
                }
                return;
            }
            Does::Drips => {
                for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n"
                    .iter()
                    .cycle()
                {
                    if stop.load(Ordering::SeqCst) || stream.write_all(&[*byte]).is_err() {
                        return;
                    }
                    thread::sleep(Duration::from_secs(1));
                }
            }
            Does::Closes => return,
        }
    }
}

/// A request; none where the connection ends.
fn read(stream: &mut dyn Stream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        read_more(stream, &mut bytes)?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        read_more(stream, &mut bytes)?;
    }
    let body = bytes.split_off(end);
    Some(Request { head, body })
}

fn read_more(stream: &mut dyn Stream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer) {
        Err(error) if error.kind() == ErrorKind::Interrupted => Some(()),
        Ok(0) | Err(_) => None,
        Ok(read) => {
            bytes.extend_from_slice(&buffer[..read]);
            Some(())
        }
    }
}
