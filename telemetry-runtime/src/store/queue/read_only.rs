//! Opening a queue without changing anything.

use super::{BUSY_TIMEOUT, FLAGS, Queue, StoreError};
use crate::store::files::{self, DATABASE, hex, real};
use crate::store::migrations;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

impl Queue {
    /// Opens the queue in `dir` for reading only, and changes nothing; none
    /// where there is no queue.
    pub fn open_read_only(dir: &Path) -> Result<Option<Self>, StoreError> {
        let path = dir.join(DATABASE);
        if !path.exists() {
            return Ok(None);
        }
        let open = |parameters: &str| {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | FLAGS;
            let uri = uri(&real(&path), parameters);
            let connection = Connection::open_with_flags(uri, flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            migrations::current(&connection)?;
            Ok(connection)
        };
        // Reading a write-ahead log takes a file beside the database. Where
        // none can be made, this user cannot be writing either, and the
        // database is read as it stands; after any other error it is not.
        let connection = match open("mode=ro") {
            Err(error) if StoreError::is_for_want_of_a_file(&error) => open("mode=ro&immutable=1"),
            opened => opened,
        };
        Ok(Some(Self {
            dir: dir.to_owned(),
            connection: connection.map_err(StoreError::database(&path))?,
            file: files::id(&path),
            put_aside: None,
        }))
    }
}

/// A `file:` URI (<https://sqlite.org/uri.html>) of a path.
fn uri(path: &Path, parameters: &str) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(*byte));
            }
            byte => {
                uri.push('%');
                uri.push_str(&hex(&[*byte]));
            }
        }
    }
    format!("{uri}?{parameters}")
}
