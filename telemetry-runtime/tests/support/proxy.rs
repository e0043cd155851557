//! A proxy on loopback that takes every connection to one place, whatever it
//! is asked for, and remembers what it was asked.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Read, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The proxy; it goes with the test's process.
pub(crate) struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Connects whoever asks with the server of this authority.
    pub(crate) fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                let (server, heard) = (server.clone(), heard.clone());
                thread::spawn(move || connect(stream, &server, &heard));
            }
        });
        Self { address, asked }
    }

    /// For a variable.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// With a user name and a password.
    pub(crate) fn url_with_password(&self) -> String {
        format!("http://me:secret@{}", self.address)
    }

    /// The head of every request so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn connect(mut client: TcpStream, server: &str, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    asked.lock().unwrap().push(String::from_utf8(head).ok()?);
    let mut server = TcpStream::connect(server).ok()?;
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
    let (mut to, mut from) = (server.try_clone().ok()?, client.try_clone().ok()?);
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let _ = copy(&mut server, &mut client);
    let _ = client.shutdown(Shutdown::Write);
    Some(())
}
