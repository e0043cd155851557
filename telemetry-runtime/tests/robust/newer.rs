//! Two releases of the program at work in one folder: the older reads what it
//! knows and leaves the rest to the newer.

use crate::person::{EVENTS, Person};
use crate::support::program::{MARK, POLICY};
use std::thread;
use telemetry_runtime::wire::{
    EventDescriptor, FieldDescriptor, Generation, Grid, Kind, Level, Life, Program, Shape,
};
use telemetry_runtime::{Bounded, Collected, Event, Notice, Policy, unit};

const MAX: i64 = 9_999_999;

const NUMBER: &[Shape] = &[Shape {
    since: 1,
    optional: false,
    kind: Kind::Integer(Grid::new(0, MAX, 0)),
}];

const fn field(code: u16, name: &'static str) -> FieldDescriptor {
    FieldDescriptor {
        code,
        name,
        stable: false,
        life: Life::since(1),
        shapes: NUMBER,
    }
}

/// What a later release of the program can say: one event more.
pub(crate) static NEWER: Program = Program {
    app: "marks",
    generations: &[
        Generation {
            number: 1,
            fingerprint: 0x6D61_726B,
        },
        Generation {
            number: 2,
            fingerprint: 0x6D61_726C,
        },
    ],
    events: &[
        EventDescriptor {
            code: 1,
            name: "mark",
            level: Level::Minimal,
            life: Life::since(1),
            fields: &[field(1, "writer"), field(2, "sequence")],
        },
        EventDescriptor {
            code: 2,
            name: "remark",
            level: Level::Minimal,
            life: Life::since(2),
            fields: &[field(1, "sequence")],
        },
    ],
    time_precision_ms: 1_000,
};

/// What it promises.
pub(crate) static NEWER_POLICY: Policy = Policy {
    notice: Notice {
        collects: &[
            MARK,
            Collected {
                event: "remark",
                doc: "A remark was made.",
                why: "Tells us how many remarks are made.",
            },
        ],
        ..POLICY.notice
    },
    ..POLICY
};

/// The event that only the newer release has.
#[derive(Event, Debug, Clone, Copy)]
#[telemetry(program = NEWER, code = 2, level = Minimal)]
struct Remark {
    sequence: Bounded<unit::Count, 0, MAX>,
}

/// Emits some of the newer release's events.
pub(crate) fn emit(sequence: impl IntoIterator<Item = u32>) {
    for sequence in sequence {
        Remark {
            sequence: sequence.into(),
        }
        .emit();
    }
}

/// The sequence of what is shown, by the event's name.
fn shown(person: &Person, words: &[&str], name: &str) -> usize {
    let said = person.marks(words);
    assert_eq!(said.code, 0, "{said:?}");
    let events: Vec<serde_json::Value> = serde_json::from_str(&said.out).unwrap();
    let is = |event: &&serde_json::Value| event["event_type"]["type"] == name;
    events.iter().filter(is).count()
}

const SHOW: [&str; 5] = ["telemetry", "show", "--json", "--limit", "99999"];
const NEWER_SHOW: [&str; 6] = ["--newer", SHOW[0], SHOW[1], SHOW[2], SHOW[3], SHOW[4]];

#[test]
fn both_keep_their_own_and_each_event_is_there_once() {
    const PROCESSES: usize = 4;
    const ROUNDS: usize = 5;
    let person = Person::new();
    for _ in 0..ROUNDS {
        thread::scope(|scope| {
            for _ in 0..PROCESSES {
                scope.spawn(|| assert!(person.runs()));
                scope.spawn(|| assert!(person.runs_newer()));
            }
            // Both drain meanwhile.
            scope.spawn(|| person.marks(&SHOW));
            scope.spawn(|| person.marks(&NEWER_SHOW));
        });
    }
    let all = ROUNDS * PROCESSES * usize::try_from(EVENTS).unwrap();
    // The older one can show what the newer one has read, and reads none of
    // its records itself.
    assert_eq!(shown(&person, &SHOW, "mark"), all);
    assert!(shown(&person, &SHOW, "remark") <= all);
    assert_eq!(shown(&person, &NEWER_SHOW, "mark"), all);
    assert_eq!(shown(&person, &NEWER_SHOW, "remark"), all);
}

#[test]
fn the_older_release_keeps_what_it_cannot_read() {
    let person = Person::new();
    assert!(person.runs_newer());
    assert!(person.runs());
    let said = person.telemetry(&["status"]);
    assert!(
        said.out
            .contains("records of a newer version, kept for it: 10"),
        "{said:?}"
    );
    assert_eq!(shown(&person, &SHOW, "mark"), 10);
    assert_eq!(shown(&person, &SHOW, "remark"), 0);
    let said = person.marks(&["--newer", "telemetry", "show"]);
    assert!(said.out.contains("20 of 20 queued"), "{said:?}");
    // And now that they are read, the older one shows them as well.
    assert_eq!(shown(&person, &SHOW, "remark"), 10);
    let said = person.telemetry(&["show"]);
    assert!(said.out.contains("remark"), "{said:?}");
}

/// A yes to the newer release is none to take back, and a no holds for both.
#[test]
fn an_answer_is_for_both() {
    let person = Person::new().without("MARKS_TELEMETRY_ENABLED");
    assert_eq!(person.marks(&["--newer", "telemetry", "on"]).code, 0);
    assert!(person.runs() && person.runs_newer());
    let answer = || std::fs::read_to_string(person.dir().join("answer.toml")).unwrap();
    assert!(answer().contains("generation = 2\n"), "{}", answer());
    assert_eq!(person.telemetry(&["off"]).code, 0);
    assert!(!person.runs() && !person.runs_newer());
    // A yes to the older one holds back what only the newer one can say.
    assert_eq!(person.telemetry(&["on"]).code, 0);
    assert!(person.runs() && person.runs_newer());
    let said = person.marks(&["--newer", "telemetry", "status"]);
    assert!(said.out.contains("held back: 10 events"), "{said:?}");
}
