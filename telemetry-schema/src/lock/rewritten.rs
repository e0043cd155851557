//! Whether a lock goes on from another, or tells its history anew.

use super::life::Living;
use super::{Lock, LockedEvent};

/// One thing that a lock says otherwise of the past than it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The dotted path, in the `events.toml` of that time, of what it was
    /// said of; `app.name` for a generation as a whole.
    pub path: String,
    /// What it means, as a sentence.
    pub what: String,
}

impl Lock {
    /// What this lock says otherwise than `base` of the generations that
    /// `base` has. A lock that only went on says the same; so does one of
    /// another app, whose history is its own.
    ///
    /// Each generation's fingerprint is over all that could be encoded in it,
    /// so that where all of them are the same nothing was rewritten.
    pub fn rewritten(&self, base: &Self) -> Vec<Rewritten> {
        if self.app != base.app {
            return Vec::new();
        }
        let mut known = base.generations.iter();
        let Some(first) = known.find(|generation| !self.generations.contains(generation)) else {
            return Vec::new();
        };
        let number = first.number;
        let fate = if self.generations.iter().any(|other| other.number == number) {
            "is another than it was"
        } else {
            "is gone"
        };
        let mut rewritten = vec![Rewritten {
            path: "app.name".to_owned(),
            what: format!(
                "Generation {number} of events.lock {fate}: records of it that were not sent yet \
                 are refused, and who agreed to it agreed to something else."
            ),
        }];
        let mut add = |path: String, what: String| rewritten.push(Rewritten { path, what });
        for before in &base.enums {
            let mut enums = self.enums.iter();
            let after = enums
                .find(|after| after.name == before.name && after.life.since == before.life.since);
            let path = format!("enums.{}", before.name);
            let of = format!(" of `{}`", before.name);
            let values = |lock: &'_ super::LockedEnum| coded(&lock.values, |value| value.code);
            codes(
                &values(before),
                &after.map(values).unwrap_or_default(),
                &of,
                &mut |what| {
                    add(path.clone(), what);
                },
            );
        }
        let events = |lock: &Self| coded(&lock.events, |event| event.code);
        codes(&events(base), &events(self), "", &mut |what| {
            add("events".to_owned(), what);
        });
        for before in &base.events {
            let mut events = self.events.iter();
            let Some(after) = events.find(|after| after.code == before.code) else {
                continue;
            };
            fields(before, after, &mut add);
        }
        rewritten
    }
}

/// Codes with the names that they stand for.
fn coded<T: Living>(items: &[T], code: impl Fn(&T) -> u16) -> Vec<(u16, String)> {
    let items = items.iter();
    items
        .map(|item| (code(item), item.name().to_owned()))
        .collect()
}

/// Codes that stand for another name than before, or for none.
fn codes(
    before: &[(u16, String)],
    after: &[(u16, String)],
    of: &str,
    add: &mut impl FnMut(String),
) {
    for (code, then) in before {
        match after.iter().find(|(known, _)| known == code) {
            Some((_, now)) if now == then => {}
            Some((_, now)) => add(format!(
                "The code {code}{of} means `{now}`; it meant `{then}`."
            )),
            None => add(format!("The code {code}{of} is gone; it meant `{then}`.")),
        }
    }
}

fn fields(before: &LockedEvent, after: &LockedEvent, add: &mut impl FnMut(String, String)) {
    if before.name != after.name {
        return;
    }
    let of = format!(" of `{}`", before.name);
    let fields = |event: &LockedEvent| coded(&event.fields, |field| field.code);
    let path = format!("events.{}", before.name);
    codes(&fields(before), &fields(after), &of, &mut |what| {
        add(path.clone(), what);
    });
    for then in &before.fields {
        let mut fields = after.fields.iter();
        let same = fields.find(|now| now.code == then.code && now.name == then.name);
        // What it could hold since then is added behind.
        if same.is_some_and(|now| now.kind != then.kind || !now.shapes.starts_with(&then.shapes)) {
            let (code, name) = (then.code, &then.name);
            add(
                format!("{path}.fields.{name}"),
                format!("The code {code}{of} means `{name}` in another form than it did."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    const BASE: &str = concat!(
        include_str!("../../tests/fixtures/fine.toml"),
        include_str!("../../tests/fixtures/base.toml"),
    );

    fn lock(previous: Option<&Lock>, edits: &[(&str, &str)]) -> Lock {
        let text = edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let (schema, _) = read("events.toml", &text).unwrap();
        Lock::update(previous, &schema).unwrap()
    }

    fn whats(rewritten: &[Rewritten]) -> Vec<(&str, &str)> {
        let pairs = rewritten.iter();
        pairs
            .map(|found| (found.path.as_str(), found.what.as_str()))
            .collect()
    }

    #[test]
    fn what_goes_on_is_not_rewritten() {
        let before = lock(None, &[]);
        let after = lock(Some(&before), &[("cached = {", "hit = {")]);
        assert_eq!(after.rewritten(&before), []);
        assert_eq!(before.rewritten(&before), []);
        let renamed = lock(Some(&before), &[("name = \"sample\"", "name = \"other\"")]);
        assert_eq!(renamed.rewritten(&before), []);
    }

    #[test]
    fn a_lock_that_was_made_anew() {
        let before = lock(Some(&lock(None, &[("warmth = {", "heat = {")])), &[]);
        let anew = lock(
            None,
            &[
                ("cached = { type = \"bool\"", "at = { type = \"bool\""),
                ("max = 10000", "max = 20000"),
                ("hammer = \"For nails.\"\n", ""),
            ],
        );
        insta::assert_debug_snapshot!(whats(&anew.rewritten(&before)));
    }

    #[test]
    fn two_branches_that_each_went_on() {
        let base = lock(None, &[]);
        let ours = lock(Some(&base), &[("[events.bare]", "[events.ours]")]);
        let theirs = lock(Some(&base), &[("[events.bare]", "[events.theirs]")]);
        insta::assert_debug_snapshot!(whats(&theirs.rewritten(&ours)));
    }
}
