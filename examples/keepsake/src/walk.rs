//! What is in a folder.

use crate::Content;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use telemetry_runtime::Set;

/// What was found.
#[derive(Default)]
pub(crate) struct Folder {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Files and folders that could not be read.
    pub(crate) unread: u64,
    pub(crate) contents: Set<Content>,
    pub(crate) newest: Option<SystemTime>,
}

/// Looks through a folder and all below it; links are not followed.
pub(crate) fn look_through(folder: &Path) -> Folder {
    let mut found = Folder::default();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        let Ok(entries) = fs::read_dir(folder) else {
            found.unread += 1;
            continue;
        };
        for entry in entries {
            match entry.and_then(|entry| found.take(&entry)) {
                Ok(Some(folder)) => pending.push(folder),
                Ok(None) => {}
                Err(_) => found.unread += 1,
            }
        }
    }
    found
}

impl Folder {
    /// Counts a file; a folder is handed back.
    fn take(&mut self, entry: &DirEntry) -> io::Result<Option<PathBuf>> {
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            return Ok(Some(entry.path()));
        }
        self.files += 1;
        self.bytes += metadata.len();
        self.contents = self.contents.with(content(&entry.path()));
        self.newest = self.newest.max(metadata.modified().ok());
        Ok(None)
    }
}

/// The kind of a file, by its extension.
fn content(file: &Path) -> Content {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("md" | "txt" | "odt" | "pdf" | "csv" | "docx") => Content::Documents,
        Some("png" | "jpg" | "jpeg" | "svg" | "webp") => Content::Pictures,
        Some("mp3" | "flac" | "ogg" | "wav") => Content::Music,
        Some("rs" | "toml" | "lock" | "py" | "c" | "h" | "js" | "sh") => Content::Programs,
        _ => Content::Other,
    }
}
