//! What a new generation takes from those who read the data.

use super::{Accepted, Lock, LockedEvent, LockedField, LockedKind};

impl Lock {
    /// What this lock's generation breaks for whoever reads the data of the
    /// lock before it, a sentence each; empty where nothing does. It is what
    /// [`crate::diff`] calls breaking, as far as a lock remembers.
    pub fn breaks(&self, previous: &Self) -> Vec<String> {
        if previous.app != self.app {
            return vec![format!(
                "the program is `{}`, no longer `{}`, and its history begins anew",
                self.app, previous.app
            )];
        }
        let number = self.running().number;
        if number == previous.running().number {
            return Vec::new();
        }
        let mut broken = Vec::new();
        for event in &self.events {
            if event.life.until == Some(number) {
                broken.push(format!("the event `{}` comes no more", event.name));
            } else if event.life.until.is_none() && event.life.since < number {
                in_fields(event, number, &mut broken);
            }
        }
        broken
    }

    /// Records why the running generation breaks what it breaks.
    pub fn accept(&mut self, reason: &str, what: Vec<String>) {
        let since = self.running().number;
        self.accepted.push(Accepted {
            since,
            reason: reason.to_owned(),
            what,
        });
    }
}

fn in_fields(event: &LockedEvent, number: u16, broken: &mut Vec<String>) {
    for field in &event.fields {
        let of = format!("`{}` of `{}`", field.name, event.name);
        if field.life.until == Some(number) {
            let next = event
                .fields
                .iter()
                .find(|other| other.name == field.name && other.life.since == number);
            match next {
                None => broken.push(format!("{of} comes no more")),
                // A new code under the old name: a reader sees one field.
                Some(next) if in_same_form(&field.kind, &next.kind) => {
                    if is_optional(next) && !is_optional(field) {
                        broken.push(format!("{of} can be null"));
                    }
                }
                Some(_) => broken.push(format!("{of} is of another type or unit")),
            }
        } else if let [.., before, now] = field.shapes.as_slice()
            && now.since == number
            && now.optional
            && !before.optional
        {
            broken.push(format!("{of} can be null"));
        }
    }
}

fn is_optional(field: &LockedField) -> bool {
    field.shapes.last().is_some_and(|shape| shape.optional)
}

/// Whether JSON has the two in the same form: a word of another enum is still
/// a word, and the reader of a field knows them by name.
fn in_same_form(then: &LockedKind, now: &LockedKind) -> bool {
    matches!(
        (then, now),
        (LockedKind::Choice(_), LockedKind::Choice(_)) | (LockedKind::Set(_), LockedKind::Set(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    const BASE: &str = concat!(
        include_str!("../../tests/fixtures/fine.toml"),
        include_str!("../../tests/fixtures/base.toml"),
    );

    fn updated(edits: &[(&str, &str)]) -> (Lock, Lock) {
        let lock = |previous: Option<&Lock>, text: &str| {
            let (schema, _) = read("events.toml", text).unwrap();
            Lock::update(previous, &schema).unwrap()
        };
        let before = lock(None, BASE);
        let text = edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let after = lock(Some(&before), &text);
        (before, after)
    }

    #[test]
    fn each_is_told() {
        let (before, after) = updated(&[
            ("[events.bare]", "[events.other]"),
            (
                "cached = { type = \"bool\"",
                "cached = { type = \"bool\", optional = true",
            ),
            ("unit = \"ms\"", "unit = \"s\""),
            ("warmth = {", "heat = {"),
        ]);
        assert_eq!(
            after.breaks(&before),
            [
                "`cached` of `build` can be null",
                "`duration_ms` of `build` is of another type or unit",
                "`warmth` of `build` comes no more",
                "the event `bare` comes no more",
            ]
        );
        assert_eq!(before.breaks(&before), [""; 0]);
    }

    #[test]
    fn a_field_with_another_enum_can_be_null_as_well() {
        let (before, after) = updated(&[(
            "values = { good = \"It worked.\", bad = \"It did not.\" }",
            "enum = \"tool\", optional = true",
        )]);
        assert_eq!(after.breaks(&before), ["`result` of `build` can be null"]);
    }

    #[test]
    fn what_only_grows_or_shrinks_breaks_nothing() {
        let (before, after) = updated(&[
            ("retention_days = 90", "retention_days = 900"),
            ("hammer = \"For nails.\"", "plane = \"For flat wood.\""),
            ("max = 10000", "max = 20000"),
            ("optional = true, stable", "stable"),
        ]);
        assert_eq!(after.running().number, 2);
        assert_eq!(after.breaks(&before), [""; 0]);
    }

    #[test]
    fn what_was_accepted_is_remembered() {
        let (before, mut after) = updated(&[("warmth = {", "heat = {")]);
        let what = after.breaks(&before);
        after.accept("Nobody \"read\" it.", what);
        let text = after.to_text();
        let read = Lock::parse(&text).unwrap();
        assert_eq!(read, after);
        assert_eq!(read.to_text(), text);
        assert!(text.contains(
            "accepted = [\n  { since = 2, reason = \"Nobody \\\"read\\\" it.\", what = [\"`warmth` of `build` comes no more\"] },\n]\n"
        ), "{text}");
        // It is no part of what can be sent.
        assert_eq!(
            Lock::update(
                Some(&read),
                &crate::read("events.toml", &BASE.replacen("warmth = {", "heat = {", 1))
                    .unwrap()
                    .0
            )
            .unwrap(),
            read
        );
        // A generation that is none cannot have broken anything.
        let ahead = text.replace("{ since = 2, reason", "{ since = 3, reason");
        assert!(Lock::parse(&ahead).is_err());
    }
}
