//! What a request's events are worth: each is judged for itself.

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};
use std::io::Read;
use telemetry_wire::read::{self, Reader, Splitter};
use telemetry_wire::{Decoded, Program};

/// The most events of a request.
pub const MOST_EVENTS: usize = 1_000;

/// The most bytes of a request after it was decompressed.
pub const MOST_BYTES: u64 = 8 << 20;

/// How far ahead of the server's clock a machine's may be.
const AHEAD_MS: u64 = 48 * 3_600_000;

/// What events are held against.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// What can be said, by every generation of the lock file.
    pub program: &'static Program,
    /// How long events are kept, in milliseconds.
    pub retention_ms: u64,
}

/// An event that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// Its place in the request, from 0.
    pub index: usize,
    /// The bytes of its UUID.
    pub id: [u8; 16],
    /// The bytes of its session's id.
    pub session: [u8; 8],
    /// When it happened, and what it says.
    pub decoded: Decoded,
}

impl Event {
    /// When it happened, in UTC milliseconds.
    pub fn time_ms(&self) -> u64 {
        self.decoded.record().time_ms
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.decoded.event().name
    }

    /// What it says: the JSON of `event_type`, as the encoder writes it and
    /// not as it came.
    pub fn said(&self) -> String {
        let mut said = String::new();
        telemetry_wire::json::write_event_type(&mut said, &self.decoded);
        said
    }
}

/// A request, judged.
#[derive(Debug, Default)]
pub struct Judged {
    /// What is to be kept.
    pub events: Vec<Event>,
    /// What is not, for the answer.
    pub refused: Named,
    /// What a newer version may mean something by, for the answer.
    pub later: Named,
}

/// The most events of a kind that an answer names.
pub const MOST_NAMED: usize = MOST_EVENTS;

/// Events that are not kept: all are counted, and the first ones named.
#[derive(Debug, Default)]
pub struct Named {
    /// How many there are.
    pub count: usize,
    /// What is said of the first [`MOST_NAMED`].
    pub first: Vec<Value>,
}

impl Named {
    fn push(&mut self, said: impl FnOnce() -> Value) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(said());
        }
    }
}

/// Why a request as a whole is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is no gzip stream, no UTF-8, or no JSON array of objects.
    Malformed,
    /// It holds more events or bytes than a request may.
    TooLarge,
}

/// Takes a body apart and judges every event, with the reader of the terms'
/// program; `now_ms` is UTC milliseconds.
/// It is decompressed as it is read, so that a bomb is noticed at its first
/// [`MOST_BYTES`].
///
/// # Errors
///
/// [`Unfit`], and then nothing of the request is kept.
pub fn judge(
    body: &[u8],
    gzip: bool,
    terms: &Terms,
    events: &Reader,
    now_ms: u64,
) -> Result<Judged, Unfit> {
    let reader: Box<dyn Read> = if gzip {
        Box::new(MultiGzDecoder::new(body))
    } else {
        Box::new(body)
    };
    let mut reader = reader.take(MOST_BYTES + 1);
    let mut judge = Judge {
        terms,
        events,
        now_ms,
        most: MOST_EVENTS,
        count: 0,
        judged: Judged::default(),
    };
    let mut splitter = Splitter::default();
    let mut chunk = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        let length = reader.read(&mut chunk).map_err(|_| Unfit::Malformed)?;
        if length == 0 {
            break;
        }
        let read = chunk.get(..length).unwrap_or_default();
        if bytes == 0 && read.trim_ascii_start().first() != Some(&b'[') {
            return Err(Unfit::Malformed);
        }
        bytes += length as u64;
        splitter.push(read, &mut |event| judge.event(event));
        if bytes > MOST_BYTES || judge.count > MOST_EVENTS {
            return Err(Unfit::TooLarge);
        }
        if splitter.is_broken() {
            return Err(Unfit::Malformed);
        }
    }
    let before = judge.count;
    splitter.finish(&mut |event| judge.event(event));
    // What the end leaves is not a whole event.
    if bytes == 0 || judge.count != before {
        return Err(Unfit::Malformed);
    }
    Ok(judge.judged)
}

/// Judges events that stand a line each, of whatever number.
pub fn judge_lines<'t>(lines: impl Iterator<Item = &'t str>, terms: &Terms, now_ms: u64) -> Judged {
    let mut judge = Judge {
        terms,
        events: &Reader::new(terms.program),
        now_ms,
        most: usize::MAX,
        count: 0,
        judged: Judged::default(),
    };
    for line in lines {
        judge.event(Ok(line));
    }
    judge.judged
}

struct Judge<'a> {
    terms: &'a Terms,
    events: &'a Reader,
    now_ms: u64,
    most: usize,
    count: usize,
    judged: Judged,
}

impl Judge<'_> {
    fn event(&mut self, event: Result<&str, read::Fault>) {
        let index = self.count;
        self.count += 1;
        if index >= self.most {
            return;
        }
        let read = event.and_then(|text| self.events.event(text));
        let event = match read {
            Ok(event) => event,
            Err(fault) if fault.kind.may_be_newer() => {
                self.judged.later.push(|| json!({ "index": index }));
                return;
            }
            Err(fault) => {
                self.refuse(index, fault.kind.code(), &fault.path, &fault.expected);
                return;
            }
        };
        let time_ms = event.decoded.record().time_ms;
        if time_ms > self.now_ms.saturating_add(AHEAD_MS) {
            self.refuse(
                index,
                "from_the_future",
                "timestamp",
                "a time that has been",
            );
            return;
        }
        if time_ms < self.now_ms.saturating_sub(self.terms.retention_ms) {
            self.refuse(index, "too_old", "timestamp", "a time within the retention");
            return;
        }
        self.judged.events.push(Event {
            index,
            id: event.id,
            session: event.session,
            decoded: event.decoded,
        });
    }

    /// What was found is not repeated: it may be anything.
    fn refuse(&mut self, index: usize, code: &str, path: &str, expected: &str) {
        self.judged.refused.push(|| {
            json!({
                "index": index,
                "code": code,
                "path": path,
                "expected": expected,
            })
        });
    }
}
