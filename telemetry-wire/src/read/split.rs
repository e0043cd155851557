//! Events out of a stream: a JSON array, or one event a line.

use super::fault::{Fault, FaultKind};
use super::find;

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
        while let Some((byte, after)) = rest.split_first() {
            match self.state {
                State::Event => rest = self.within(rest, visit),
                State::Open | State::Next if *byte == b'{' => self.state = State::Event,
                _ => {
                    self.byte(*byte, visit);
                    rest = after;
                }
            }
        }
    }

    /// Calls `visit` with what the end of the text leaves.
    pub fn finish(mut self, visit: &mut impl FnMut(Result<&str, Fault>)) {
        match self.state {
            State::Line => self.tell(visit),
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

    /// A byte that is not an event's of an array.
    fn byte(&mut self, byte: u8, visit: &mut impl FnMut(Result<&str, Fault>)) {
        let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match self.state {
            State::Line if byte == b'\n' => self.tell(visit),
            State::Line => self.keep(&[byte]),
            State::Broken => {}
            _ if space => {}
            State::Start if byte == b'[' => self.state = State::Open,
            State::Start => {
                self.state = State::Line;
                self.keep(&[byte]);
            }
            State::Open | State::After if byte == b']' => self.state = State::Closed,
            State::After if byte == b',' => self.state = State::Next,
            State::Open | State::Next | State::After | State::Closed | State::Event => {
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

    /// Goes on with an event, up to its end; what is left of the chunk.
    fn within<'c>(
        &mut self,
        chunk: &'c [u8],
        visit: &mut impl FnMut(Result<&str, Fault>),
    ) -> &'c [u8] {
        let Some(length) = self.length(chunk) else {
            self.keep(chunk);
            return &[];
        };
        let (event, rest) = chunk.split_at(length);
        self.state = State::After;
        if self.event.is_empty() {
            tell(event, visit);
        } else {
            self.keep(event);
            self.tell(visit);
        }
        rest
    }

    /// How much of the chunk is the event's, if it ends there.
    fn length(&mut self, chunk: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = chunk.get(at..)?;
            if self.escaped {
                // Whatever it is, if it is there.
                rest.first()?;
                self.escaped = false;
            } else if self.in_string {
                at += find::first(rest, |eight| {
                    find::equal(eight, b'"') | find::equal(eight, b'\\')
                })?;
                self.escaped = chunk[at] == b'\\';
                self.in_string = self.escaped;
            } else {
                let class = |byte: &u8| CLASSES[usize::from(*byte)];
                at += rest.iter().position(|byte| class(byte) != Class::Plain)?;
                match class(&chunk[at]) {
                    Class::Plain => {}
                    Class::Quote => self.in_string = true,
                    Class::Open => self.depth += 1,
                    Class::Close => self.depth -= 1,
                }
                if self.depth == 0 {
                    return Some(at + 1);
                }
            }
            at += 1;
        }
    }

    /// Keeps a byte more than may be, so that too many show.
    fn keep(&mut self, bytes: &[u8]) {
        let room = (MAX_EVENT_BYTES + 1).saturating_sub(self.event.len());
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.event.extend_from_slice(kept);
    }

    /// Tells what was kept.
    fn tell(&mut self, visit: &mut impl FnMut(Result<&str, Fault>)) {
        tell(&self.event, visit);
        self.event.clear();
    }
}

/// What a byte means outside of strings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Quote,
    Open,
    Close,
}

/// By byte.
static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    classes[b'"' as usize] = Class::Quote;
    classes[b'{' as usize] = Class::Open;
    classes[b'[' as usize] = Class::Open;
    classes[b'}' as usize] = Class::Close;
    classes[b']' as usize] = Class::Close;
    classes
};

fn tell(event: &[u8], visit: &mut impl FnMut(Result<&str, Fault>)) {
    if event.len() > MAX_EVENT_BYTES {
        let expected = format!("an event of at most {MAX_EVENT_BYTES} bytes");
        visit(Err(malformed(&expected, "a longer one")));
        return;
    }
    match std::str::from_utf8(event) {
        Ok(text) if text.trim_ascii().is_empty() => {}
        Ok(text) => visit(Ok(text)),
        Err(_) => visit(Err(malformed("UTF-8", "other bytes"))),
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
