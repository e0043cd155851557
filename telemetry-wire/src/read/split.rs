//! Events out of a stream: a JSON array, or one event a line.

use super::fault::{Fault, FaultKind};

/// The longest event that is looked at, in bytes; far more than any has.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

/// Takes a text apart, chunk by chunk, and keeps no more than one event.
///
/// A text that begins with `[` is an array of objects; any other is lines,
/// each an event, empty ones aside. In an array only braces and quotes are
/// looked at: what stands between them is for [`super::event`] to judge.
#[derive(Debug, Default)]
pub struct Splitter {
    state: State,
    event: Vec<u8>,
    /// Open braces and brackets within the event.
    depth: usize,
    in_string: bool,
    escaped: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Line,
    /// In an array, before its first event.
    Open,
    /// In an array, after a comma.
    Next,
    /// In an array, after an event.
    After,
    Event,
    Closed,
    /// The rest cannot be told apart.
    Broken,
}

impl Splitter {
    /// Calls `visit` with each event that ends in `chunk`, or with what is
    /// wrong with it. After [`Splitter::is_broken`] nothing more comes.
    pub fn push(&mut self, chunk: &[u8], visit: &mut impl FnMut(Result<&str, Fault>)) {
        let mut rest = chunk;
        loop {
            rest = self.plain(rest);
            let Some((byte, after)) = rest.split_first() else {
                return;
            };
            self.byte(*byte, visit);
            rest = after;
        }
    }

    /// Calls `visit` with what the end of the text leaves.
    pub fn finish(mut self, visit: &mut impl FnMut(Result<&str, Fault>)) {
        match self.state {
            State::Line => self.emit(visit),
            State::Start | State::Closed | State::Broken => {}
            State::Open | State::Next | State::After | State::Event => {
                visit(Err(malformed("`]` at the end of the list", "the end")));
            }
        }
    }

    /// Whether the text is no list, and its rest was not looked at.
    pub fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    fn byte(&mut self, byte: u8, visit: &mut impl FnMut(Result<&str, Fault>)) {
        let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match self.state {
            State::Event => self.within(byte, visit),
            State::Line if byte == b'\n' => self.emit(visit),
            State::Line => self.keep(byte),
            State::Broken => {}
            _ if space => {}
            State::Start if byte == b'[' => self.state = State::Open,
            State::Start => {
                self.state = State::Line;
                self.keep(byte);
            }
            State::Open | State::Next if byte == b'{' => {
                self.state = State::Event;
                self.within(byte, visit);
            }
            State::Open | State::After if byte == b']' => self.state = State::Closed,
            State::After if byte == b',' => self.state = State::Next,
            State::Open | State::Next | State::After | State::Closed => {
                let expected = match self.state {
                    State::After => "`,` or `]` after an event",
                    State::Closed => "nothing after the list",
                    _ => "an event, which is an object",
                };
                self.state = State::Broken;
                let found = char::from(byte).escape_default().to_string();
                visit(Err(malformed(expected, &format!("`{found}`"))));
            }
        }
    }

    fn within(&mut self, byte: u8, visit: &mut impl FnMut(Result<&str, Fault>)) {
        self.keep(byte);
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        if self.depth == 0 {
            self.state = State::After;
            self.emit(visit);
        }
    }

    /// Keeps what begins a chunk and changes nothing: within an event, all up
    /// to the next byte that is looked at. Gives what is left.
    fn plain<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        if self.state != State::Event || self.escaped {
            return chunk;
        }
        let end = if self.in_string {
            chunk.iter().position(|byte| matches!(byte, b'"' | b'\\'))
        } else {
            let looked_at = |byte: &u8| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']');
            chunk.iter().position(looked_at)
        };
        let (plain, rest) = chunk.split_at(end.unwrap_or(chunk.len()));
        let room = (MAX_EVENT_BYTES + 1).saturating_sub(self.event.len());
        let kept = plain.get(..room).unwrap_or(plain);
        self.event.extend_from_slice(kept);
        rest
    }

    /// Keeps a byte more than may be, so that too many show.
    fn keep(&mut self, byte: u8) {
        if self.event.len() <= MAX_EVENT_BYTES {
            self.event.push(byte);
        }
    }

    fn emit(&mut self, visit: &mut impl FnMut(Result<&str, Fault>)) {
        if self.event.len() > MAX_EVENT_BYTES {
            let expected = format!("an event of at most {MAX_EVENT_BYTES} bytes");
            visit(Err(malformed(&expected, "a longer one")));
        } else {
            match std::str::from_utf8(&self.event) {
                Ok(text) if text.trim_ascii().is_empty() => {}
                Ok(text) => visit(Ok(text)),
                Err(_) => visit(Err(malformed("UTF-8", "other bytes"))),
            }
        }
        self.event.clear();
    }
}

fn malformed(expected: &str, found: &str) -> Fault {
    Fault::new(FaultKind::Malformed, "", expected, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes of a text in chunks of this size.
    fn split(text: &[u8], size: usize) -> Vec<Result<String, String>> {
        let mut found = Vec::new();
        let mut visit = |event: Result<&str, Fault>| {
            found.push(event.map(str::to_owned).map_err(|fault| fault.to_string()));
        };
        let mut splitter = Splitter::default();
        for chunk in text.chunks(size) {
            splitter.push(chunk, &mut visit);
        }
        splitter.finish(&mut visit);
        found
    }

    fn ok(events: &[&str]) -> Vec<Result<String, String>> {
        events.iter().map(|event| Ok((*event).to_owned())).collect()
    }

    #[test]
    fn arrays_and_lines() {
        for (text, events) in [
            ("", &[][..]),
            (" \n", &[]),
            ("[]", &[]),
            (" [ ]\n", &[]),
            ("[{}]", &["{}"]),
            ("[\n{\"a\":[1,{}]} ,\n{}\n]\n", &["{\"a\":[1,{}]}", "{}"]),
            ("[{\"}\\\"]\":1}]", &["{\"}\\\"]\":1}"]),
            ("{\"a\":1}\n\n{\"b\":2}", &["{\"a\":1}", "{\"b\":2}"]),
            ("no json\n{}\n", &["no json", "{}"]),
        ] {
            assert_eq!(split(text.as_bytes(), 4096), ok(events), "{text}");
        }
    }

    #[test]
    fn what_is_no_list_is_told_once() {
        for (text, events, fault) in [
            (
                "[1,2]",
                0,
                "expected an event, which is an object, found `1`",
            ),
            (
                "[{},]",
                1,
                "expected an event, which is an object, found `]`",
            ),
            (
                "[{} {}]",
                1,
                "expected `,` or `]` after an event, found `{`",
            ),
            ("[{}] {}", 1, "expected nothing after the list, found `{`"),
            (
                "[{}",
                1,
                "expected `]` at the end of the list, found the end",
            ),
            (
                "[{",
                0,
                "expected `]` at the end of the list, found the end",
            ),
            (
                "[\u{1}",
                0,
                "expected an event, which is an object, found `\\u{1}`",
            ),
        ] {
            let found = split(text.as_bytes(), 4096);
            assert_eq!(found.len(), events + 1, "{text}");
            assert_eq!(found.last(), Some(&Err(fault.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_long_event_costs_no_memory_and_no_other_event() {
        let long = format!("[{{\"a\":\"{}\"}},{{}}]", "x".repeat(2 * MAX_EVENT_BYTES));
        let found = split(long.as_bytes(), 4096);
        assert!(
            found[0]
                .as_ref()
                .is_err_and(|fault| fault.ends_with("a longer one"))
        );
        assert_eq!(found[1..], ok(&["{}"]));
        assert_eq!(
            split(b"\xff\n{}\n", 4096),
            [
                Err("expected UTF-8, found other bytes".to_owned()),
                Ok("{}".to_owned())
            ]
        );
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in "[\\[\\]{},\"\\\\a\n ]{0,40}", size in 1_usize..9) {
            prop_assert_eq!(split(text.as_bytes(), size), split(text.as_bytes(), 4096));
        }

        #[test]
        fn what_is_joined_comes_apart(events in prop::collection::vec("\\{\"[a-z\\[\\]{}]{0,9}\":[0-9]\\}", 0..6)) {
            let array = format!("[{}]", events.join(","));
            let expected: Vec<Result<String, String>> = events.iter().cloned().map(Ok).collect();
            prop_assert_eq!(&split(array.as_bytes(), 3), &expected);
            prop_assert_eq!(&split(events.join("\n").as_bytes(), 3), &expected);
        }
    }
}
