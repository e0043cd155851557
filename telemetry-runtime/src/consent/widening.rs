//! What is new since a generation, in words.

use crate::policy::Policy;
use std::fmt;
use telemetry_wire::{EventDescriptor, FieldDescriptor, Kind, Program, ValueDescriptor};

/// Something that the running generation can say or do and an earlier one
/// could not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct New {
    /// The generation that brought it.
    pub since: u16,
    /// What it is.
    pub what: NewThing,
}

/// What can be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewThing {
    /// An event, and what it says.
    Event {
        /// Its name.
        event: &'static str,
        /// Its doc line; empty where the notice has none.
        doc: &'static str,
    },
    /// A field of an event that was there before.
    Field {
        /// The event's name.
        event: &'static str,
        /// The field's name.
        field: &'static str,
    },
    /// A field that holds more than before: a wider range, finer steps.
    Wider {
        /// The event's name.
        event: &'static str,
        /// The field's name.
        field: &'static str,
    },
    /// A word that a field can hold.
    Value {
        /// The event's name.
        event: &'static str,
        /// The field's name.
        field: &'static str,
        /// The word.
        value: &'static str,
    },
    /// A promise that is less strict now, as a sentence.
    Promise(&'static str),
}

impl fmt::Display for New {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            NewThing::Event { event, doc: "" } => write!(f, "The event `{event}` is new."),
            NewThing::Event { event, doc } => write!(f, "The event `{event}` is new: {doc}"),
            NewThing::Field { event, field } => {
                write!(f, "The event `{event}` also says `{field}`.")
            }
            NewThing::Wider { event, field } => {
                write!(f, "`{field}` of `{event}` can say more than before.")
            }
            NewThing::Value {
                event,
                field,
                value,
            } => {
                write!(f, "`{field}` of `{event}` can also be `{value}`.")
            }
            NewThing::Promise(sentence) => f.write_str(sentence),
        }
    }
}

/// Everything that the running generation has and that somebody who was told
/// of generation `told` does not know: promises first, then events in the
/// order of their codes. What became narrower is not listed. Of a new event
/// only the event is, and of a new field only the field.
pub fn widening(program: &'static Program, policy: &Policy, told: u16) -> Vec<New> {
    let running = program.running().number;
    let is_new = |since: u16| since > told && since <= running;
    let mut found = promises(policy, is_new);
    for event in program.living() {
        if is_new(event.life.since) {
            found.push(New {
                since: event.life.since,
                what: NewThing::Event {
                    event: event.name,
                    doc: policy.notice.doc_of(event.name),
                },
            });
        } else {
            let fields = event.fields_at(running);
            found.extend(
                fields.flat_map(|(field, shape)| in_field(event, field, shape.kind, running, told)),
            );
        }
    }
    found
}

/// The promises that are wider. Of several with one path the first compares
/// with what the user was told.
fn promises(policy: &Policy, is_new: impl Fn(u16) -> bool) -> Vec<New> {
    let mut found: Vec<(&str, New)> = Vec::new();
    for widened in policy.notice.widened {
        if is_new(widened.since) && found.iter().all(|(path, _)| *path != widened.path) {
            let what = NewThing::Promise(widened.what);
            let since = widened.since;
            found.push((widened.path, New { since, what }));
        }
    }
    found.into_iter().map(|(_, new)| new).collect()
}

/// What is new in a field of an old event.
fn in_field(
    event: &'static EventDescriptor,
    field: &'static FieldDescriptor,
    kind: Kind,
    running: u16,
    told: u16,
) -> Vec<New> {
    let (event, name) = (event.name, field.name);
    if field.life.since > told {
        let what = NewThing::Field { event, field: name };
        return vec![New {
            since: field.life.since,
            what,
        }];
    }
    let mut found = Vec::new();
    let widened = field.widened_at(running);
    if widened > told {
        let what = NewThing::Wider { event, field: name };
        found.push(New {
            since: widened,
            what,
        });
    }
    let (Kind::Choice(values) | Kind::Set(values)) = kind else {
        return found;
    };
    let fresh = |value: &&ValueDescriptor| value.life.covers(running) && value.life.since > told;
    found.extend(values.iter().filter(fresh).map(|value| New {
        since: value.life.since,
        what: NewThing::Value {
            event,
            field: name,
            value: value.name,
        },
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::samples::{POLICY, PROGRAM};
    use crate::policy::{Notice, Widened};

    fn sentences(told: u16) -> Vec<String> {
        let found = widening(&PROGRAM, &POLICY, told);
        found.iter().map(New::to_string).collect()
    }

    #[test]
    fn lists_what_somebody_does_not_know() {
        assert_eq!(
            sentences(1),
            [
                "Events are kept for 90 days, no longer for 30.",
                "`backend` of `start` can also be `remote`.",
                "`ms` of `start` can say more than before.",
                "The event `start` also says `shell`.",
                "The event `crash` is new: The tool broke down.",
            ]
        );
        assert_eq!(
            sentences(2),
            ["The event `crash` is new: The tool broke down."]
        );
        assert_eq!(sentences(3), [""; 0]);
    }

    #[test]
    fn of_one_promise_only_the_comparison_with_what_was_told() {
        const fn days(since: u16, what: &'static str) -> Widened {
            Widened {
                path: "policy.retention_days",
                since,
                what,
            }
        }
        static DAYS: [Widened; 2] = [days(2, "90, no longer 30."), days(3, "90, no longer 60.")];
        let policy = Policy {
            notice: Notice {
                widened: &DAYS,
                ..Notice::NONE
            },
            ..POLICY
        };
        let promises = |told: u16| -> Vec<String> {
            widening(&PROGRAM, &policy, told)
                .iter()
                .filter(|new| matches!(new.what, NewThing::Promise(_)))
                .map(New::to_string)
                .collect()
        };
        assert_eq!(promises(1), ["90, no longer 30."]);
        assert_eq!(promises(2), ["90, no longer 60."]);
        assert_eq!(promises(3), [""; 0]);
    }
}
