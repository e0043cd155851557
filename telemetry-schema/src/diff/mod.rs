//! What a change of `events.toml` means, for users and for readers of the
//! data.
//!
//! | kind | what it is |
//! |---|---|
//! | widening | more is collected, or for longer, kept longer, sent elsewhere, or sent by more people |
//! | narrowing | the opposite |
//! | breaking | whoever reads the data has to change something |
//! | neutral | none of these |
//!
//! One change may be of two kinds, and is then listed as both: a field that
//! goes is a narrowing for users and breaks what reads it. Names are
//! compared, not codes: a reader sees names.

mod fields;
mod new;
mod values;

use crate::bits;
use crate::lock::{Lock, Turn, promises, sentence, turn};
use crate::model::{Event, Expiry, Schema};
use std::collections::BTreeMap;
use std::fmt;
use telemetry_wire::Version;

/// What differs between two schemas, in the order of the kinds.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// Every change; breaking ones first, then widening, narrowing, neutral,
    /// each kind in the order of the declarations.
    pub changes: Vec<Change>,
    /// The privacy sum of every event whose sum differs, by name.
    pub bits: Vec<EventBits>,
}

/// One change, of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is for users and readers.
    pub kind: Kind,
    /// The dotted path in `events.toml`: `events.build.fields.cached`.
    pub path: String,
    /// What holds now and what did before, as a sentence.
    pub what: String,
}

/// What a change is for users and readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Whoever reads the data has to change something.
    Breaking,
    /// More can be said, or is promised less strictly.
    Widening,
    /// Less can be said, or is promised more strictly.
    Narrowing,
    /// Neither.
    Neutral,
}

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 4] = [
        Self::Breaking,
        Self::Widening,
        Self::Narrowing,
        Self::Neutral,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Widening => "widening",
            Self::Narrowing => "narrowing",
            Self::Neutral => "neutral",
        }
    }

    /// What it says of the changes under it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Breaking => "whoever reads the data has to change something",
            Self::Widening => "users are told, and asked again where it matters, before it is sent",
            Self::Narrowing => "users are asked nothing",
            Self::Neutral => "neither more nor less is collected",
        }
    }
}

/// The part of a version that goes up, by Semantic Versioning read for the
/// data: the Rust types of a program may break where its data does not, which
/// its compiler shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing else is collected.
    Patch,
    /// More or less is collected.
    Minor,
    /// Something breaks.
    Major,
}

impl Bump {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// What an event tells at most, before and after, in bits; none where there
/// is no such event.
#[derive(Debug, Clone, PartialEq)]
pub struct EventBits {
    /// The event's name.
    pub event: String,
    /// The sum before.
    pub before: Option<f64>,
    /// The sum after.
    pub after: Option<f64>,
}

impl Diff {
    /// What changes from one schema to another.
    pub fn between(before: &Schema, after: &Schema) -> Self {
        let mut found = Found::default();
        found.app(before, after);
        found.promises(before, after);
        found.events(before, after);
        values::of_enums(before, after, &mut found);
        let mut changes = found.changes;
        changes.sort_by_key(|change| change.kind);
        Self {
            changes,
            bits: sums(before, after),
        }
    }

    /// The same with what the lock says otherwise of the past than the lock
    /// before it, which breaks whoever reads or agreed to what was.
    #[must_use]
    pub fn with_history(mut self, before: &Lock, after: &Lock) -> Self {
        let rewritten = after.rewritten(before).into_iter();
        let rewritten = rewritten.map(|found| Change {
            kind: Kind::Breaking,
            path: found.path,
            what: found.what,
        });
        self.changes.splice(0..0, rewritten);
        self
    }

    /// The same where there is no lock any more of this name, though there was
    /// one: what it says of the past is lost.
    #[must_use]
    pub fn without_history(mut self, lock: &str) -> Self {
        let gone = Change {
            kind: Kind::Breaking,
            path: "lock".to_owned(),
            what: format!(
                "{lock} is gone: codes are given anew, so that records and stores that have the \
                 old ones are misread, and no consent to earlier generations is known."
            ),
        };
        self.changes.insert(0, gone);
        self
    }

    /// The changes of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.kind == kind)
    }

    /// Which part of the version goes up; none where nothing changed.
    pub fn bump(&self) -> Option<Bump> {
        let bump = |kind| match kind {
            Kind::Breaking => Bump::Major,
            Kind::Widening | Kind::Narrowing => Bump::Minor,
            Kind::Neutral => Bump::Patch,
        };
        self.changes.iter().map(|change| bump(change.kind)).max()
    }
}

/// The changes so far.
#[derive(Debug, Default)]
struct Found {
    changes: Vec<Change>,
}

impl Found {
    fn add(&mut self, kind: Kind, path: impl Into<String>, what: impl Into<String>) {
        self.changes.push(Change {
            kind,
            path: path.into(),
            what: what.into(),
        });
    }

    /// Something that is only described in another way.
    fn described(&mut self, path: &str, what: &str, before: &str, after: &str) {
        if before != after {
            // What is quoted mostly ends a sentence by itself.
            let what = format!("{what}: \"{after}\" instead of \"{before}\"");
            self.add(Kind::Neutral, path, what);
        }
    }

    fn app(&mut self, before: &Schema, after: &Schema) {
        let (before, after) = (&before.app, &after.app);
        if before.name != after.name {
            self.add(
                Kind::Breaking,
                "app.name",
                format!(
                    "The program is `{}`, no longer `{}`: its folders and environment variables \
                     have other names, and its history begins anew.",
                    after.name, before.name
                ),
            );
        }
        for (path, what, before, after) in [
            (
                "app.title",
                "The program's title",
                &before.title,
                &after.title,
            ),
            (
                "app.docs_url",
                "The documentation",
                &before.docs_url,
                &after.docs_url,
            ),
            (
                "app.contact",
                "Whom to ask",
                &before.contact,
                &after.contact,
            ),
            (
                "app.turn_off",
                "How to turn it off",
                &before.turn_off,
                &after.turn_off,
            ),
        ] {
            self.described(path, what, before, after);
        }
    }

    /// Everything that the lock holds as a promise. The level of an event
    /// that is new or gone is no change of its own.
    fn promises(&mut self, before: &Schema, after: &Schema) {
        let known: BTreeMap<String, String> = promises(before).into_iter().collect();
        for (path, after) in promises(after) {
            let Some(before) = known.get(&path).filter(|before| **before != after) else {
                continue;
            };
            let kind = match turn(&path, before, &after) {
                Turn::Wider => Kind::Widening,
                Turn::Narrower => Kind::Narrowing,
                Turn::Sideways => Kind::Neutral,
            };
            let what = sentence(&path, before, &after);
            self.add(kind, path, what);
        }
    }

    fn events(&mut self, before: &Schema, after: &Schema) {
        for event in &after.events {
            let path = format!("events.{}", event.name);
            match named(&before.events, &event.name) {
                None => self.new_event(event),
                Some(known) => {
                    self.event(&path, known, event);
                    fields::of_event(before, after, known, event, self);
                }
            }
        }
        for event in &before.events {
            if named(&after.events, &event.name).is_none() {
                let path = format!("events.{}", event.name);
                let what = format!("The event `{}` is no longer collected.", event.name);
                self.add(Kind::Narrowing, path.clone(), what);
                let what = format!("The event `{}` comes no more.", event.name);
                self.add(Kind::Breaking, path, what);
            }
        }
    }

    fn new_event(&mut self, event: &Event) {
        let what = format!("The event `{}` is new: {}", event.name, event.doc);
        self.add(Kind::Widening, format!("events.{}", event.name), what);
    }

    fn event(&mut self, path: &str, before: &Event, after: &Event) {
        let name = &after.name;
        let of = |what: &str| format!("{what} of the event `{name}`");
        let at = |key: &str| format!("{path}.{key}");
        self.described(&at("doc"), &of("The description"), &before.doc, &after.doc);
        self.described(&at("why"), &of("The reason"), &before.why, &after.why);
        let (then, now) = (Expires(&before.expires), Expires(&after.expires));
        if before.expires != after.expires {
            let kind = of_expiry(&before.expires, &after.expires);
            let asked = match kind {
                Kind::Widening => "; nobody is asked anew for that",
                _ => "",
            };
            let what = format!("The event `{name}` is collected {now}, no longer {then}{asked}.");
            self.add(kind, at("expires"), what);
        }
        let nobody = || "nobody".to_owned();
        let of_whom = |who: &Option<String>| who.clone().unwrap_or_else(nobody);
        let (then, now) = (of_whom(&before.owner), of_whom(&after.owner));
        self.described(&at("owner"), &of("The owner"), &then, &now);
        let nowhere = || "nowhere".to_owned();
        let where_to = |review: &Option<String>| review.clone().unwrap_or_else(nowhere);
        let (then, now) = (where_to(&before.review), where_to(&after.review));
        self.described(&at("review"), &of("The review"), &then, &now);
    }
}

/// What another expiry is: a later one collects longer than was promised, and
/// so may a version in place of a date. The lock holds neither.
fn of_expiry(before: &Expiry, after: &Expiry) -> Kind {
    let later = match (before, after) {
        (Expiry::Never, _) => false,
        (Expiry::Date(before), Expiry::Date(after)) => before < after,
        (Expiry::Version(before), Expiry::Version(after)) => {
            Version::parse(before) < Version::parse(after)
        }
        _ => true,
    };
    if later {
        Kind::Widening
    } else {
        Kind::Narrowing
    }
}

/// Until when something is collected.
struct Expires<'a>(&'a Expiry);

impl fmt::Display for Expires<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expiry::Never => f.write_str("without an end"),
            Expiry::Date(date) => write!(f, "until {date}"),
            Expiry::Version(version) => write!(f, "until version {version}"),
        }
    }
}

/// What has a name of its own among its like.
trait Named {
    fn name(&self) -> &str;
}

impl Named for Event {
    fn name(&self) -> &str {
        &self.name
    }
}

fn named<'a, T: Named>(items: &'a [T], name: &str) -> Option<&'a T> {
    items.iter().find(|item| item.name() == name)
}

fn sums(before: &Schema, after: &Schema) -> Vec<EventBits> {
    let of = |schema: &Schema, name: &str| {
        named(&schema.events, name).map(|event| bits::of_event(schema, event))
    };
    let events = after.events.iter().chain(
        before
            .events
            .iter()
            .filter(|event| named(&after.events, &event.name).is_none()),
    );
    events
        .map(|event| EventBits {
            event: event.name.clone(),
            before: of(before, &event.name),
            after: of(after, &event.name),
        })
        .filter(|sums| sums.before != sums.after)
        .collect()
}

#[cfg(test)]
mod tests;
