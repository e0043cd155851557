//! From which generation on a record could have been made.
//!
//! Somebody who agreed to a generation agreed to what could be said then. A
//! record that says anything newer is not covered, and [`Decoded::since`]
//! tells.

use crate::descriptor::{FieldDescriptor, Kind, Shape};
use crate::grid::Grid;
use crate::payload::{Datum, Decoded};

impl Decoded {
    /// The newest `since` among the event, its fields, what the fields may
    /// hold, and the values that this record holds. A consent to this
    /// generation or a later one covers the record; an earlier one does not.
    pub fn since(&self) -> u16 {
        let number = self.record().generation;
        self.fields()
            .fold(self.event().life.since, |newest, (field, datum)| {
                newest.max(field.widened_at(number)).max(datum.since())
            })
    }
}

impl Datum {
    /// The newest `since` of the values that are said; 0 for what has no
    /// values with lives of their own.
    fn since(self) -> u16 {
        match self {
            Self::Choice(value) => value.life.since,
            Self::Set(members) => members
                .iter()
                .map(|value| value.life.since)
                .max()
                .unwrap_or(0),
            Self::Absent | Self::Bool(_) | Self::Integer(_) | Self::Version(_) => 0,
        }
    }
}

impl FieldDescriptor {
    /// The last generation, up to `number`, in which the field began or came
    /// to hold more than before. A narrower shape is not newer. Values of
    /// choices and sets have lives of their own, and are not looked at.
    pub fn widened_at(&self, number: u16) -> u16 {
        self.shapes
            .windows(2)
            .filter_map(|pair| match pair {
                [before, after] if after.since <= number && after.says_more_than(before) => {
                    Some(after.since)
                }
                _ => None,
            })
            .fold(self.life.since, u16::max)
    }
}

impl Shape {
    /// Whether a field of this shape can tell what it could not in an earlier
    /// shape, values of choices and sets aside.
    pub fn says_more_than(&self, earlier: &Self) -> bool {
        if self.optional && !earlier.optional {
            return true;
        }
        match (self.kind, earlier.kind) {
            (Kind::Bool, Kind::Bool)
            | (Kind::Version, Kind::Version)
            | (Kind::Choice(_), Kind::Choice(_))
            | (Kind::Set(_), Kind::Set(_)) => false,
            (Kind::Integer(now), Kind::Integer(then)) => !now.within(then),
            _ => true,
        }
    }
}

impl Grid {
    /// Whether this grid goes no further and tells no finer than another.
    const fn within(self, other: Self) -> bool {
        let coarser = other.precision() == 0 || self.precision() >= other.precision();
        self.min() >= other.min() && self.max() <= other.max() && coarser
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::{EventDescriptor, Generation, Level, Life, Program, ValueDescriptor};
    use crate::record::Record;

    const fn value(code: u16, name: &'static str, since: u16) -> ValueDescriptor {
        ValueDescriptor {
            code,
            name,
            life: Life::since(since),
        }
    }

    const fn integer(since: u16, max: i64, precision: u8) -> Shape {
        Shape {
            since,
            optional: false,
            kind: Kind::Integer(Grid::new(0, max, precision)),
        }
    }

    static WORDS: [ValueDescriptor; 2] = [value(0, "old", 1), value(1, "new", 4)];

    /// A choice and a set over [`WORDS`], and an integer whose range grew in
    /// generation 2 and shrank in 3.
    static PROGRAM: Program = Program {
        app: "test",
        generations: &[
            Generation {
                number: 1,
                fingerprint: 1,
            },
            Generation {
                number: 4,
                fingerprint: 4,
            },
        ],
        events: &[EventDescriptor {
            code: 1,
            name: "event",
            level: Level::Normal,
            life: Life::since(1),
            fields: &[
                FieldDescriptor {
                    code: 1,
                    name: "choice",
                    stable: false,
                    life: Life::since(1),
                    shapes: &[Shape {
                        since: 1,
                        optional: true,
                        kind: Kind::Choice(&WORDS),
                    }],
                },
                FieldDescriptor {
                    code: 2,
                    name: "set",
                    stable: false,
                    life: Life::since(1),
                    shapes: &[Shape {
                        since: 1,
                        optional: false,
                        kind: Kind::Set(&WORDS),
                    }],
                },
                FieldDescriptor {
                    code: 3,
                    name: "number",
                    stable: false,
                    life: Life::since(1),
                    shapes: &[integer(1, 50, 10), integer(2, 100, 10), integer(3, 20, 20)],
                },
            ],
        }],
        time_precision_ms: 1000,
    };

    fn since(generation: u16, payload: u128) -> u16 {
        let record = Record {
            generation,
            time_ms: 0,
            event: 1,
            payload,
        };
        let fingerprint = PROGRAM.generation(generation).unwrap().fingerprint;
        Record::decode(&record.encode(fingerprint), &PROGRAM)
            .unwrap()
            .since()
    }

    #[test]
    fn the_newest_part_that_is_said_counts() {
        assert_eq!(since(1, 0), 1);
        // Digits of generation 4: choice 0..3 (0 is absence), set 0..4.
        assert_eq!(since(4, 0), 2, "the number's range grew in 2");
        assert_eq!(since(4, 1), 2, "an old word");
        assert_eq!(since(4, 2), 4, "a new word");
        assert_eq!(since(4, 3), 2, "a set of the old word");
        assert_eq!(since(4, 3 * 2), 4, "a set of the new word");
    }

    #[test]
    fn narrower_shapes_are_not_newer() {
        for (now, then, more) in [
            (integer(2, 100, 10), integer(1, 100, 10), false),
            (integer(2, 50, 10), integer(1, 100, 10), false),
            (integer(2, 100, 20), integer(1, 100, 10), false),
            (integer(2, 100, 10), integer(1, 100, 0), false),
            (integer(2, 100, 0), integer(1, 100, 10), true),
            (integer(2, 100, 5), integer(1, 100, 10), true),
            (integer(2, 200, 10), integer(1, 100, 10), true),
        ] {
            assert_eq!(now.says_more_than(&then), more, "{now:?} after {then:?}");
        }
        let optional = Shape {
            optional: true,
            ..integer(2, 100, 10)
        };
        assert!(optional.says_more_than(&integer(1, 100, 10)));
        assert!(!integer(3, 100, 10).says_more_than(&optional));
    }
}
