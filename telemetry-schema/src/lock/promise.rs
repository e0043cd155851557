//! What is promised beside the events themselves, and whether a new promise
//! lets more through than the one before.
//!
//! | promise | wider |
//! |---|---|
//! | `app.endpoint` | another one: somebody else may receive |
//! | `transport.sink` | PostHog: it is sent more beside the events |
//! | `transport.api_key` | another one: somebody else may receive |
//! | `policy.retention_days` | more |
//! | `policy.upload_interval_hours` | less: the server sees the machine more often |
//! | `policy.time_precision_seconds` | less: times say more |
//! | `policy.consent.CHANNEL` | `opt-out` after `opt-in` |
//! | `events.EVENT.level` | lower: those who chose less send it too |
//! | `policy.upload_batch_events` | never: the same events in other portions |
//! | `policy.max_event_bits`, `policy.max_linkable_bits` | never by themselves: what they let in is a wider field or a new one |

use super::{Lock, LockedPolicy};
use crate::model::{ConsentDefault, Schema};
use telemetry_wire::{Channel, Level, Sink};

/// What a lock that does not name the promise at `path` held: `[transport]`
/// came later than the first locks, and one that says nothing promises this.
pub(crate) fn implied(path: &str) -> Option<&'static str> {
    match path {
        "transport.sink" => Some(Sink::Events.name()),
        "transport.api_key" => Some(NO_KEY),
        _ => None,
    }
}

/// The value of `transport.api_key` where the sink takes none.
const NO_KEY: &str = "none";

/// A promise that lets more through than it did, for those who were told of
/// an earlier generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidenedPromise {
    /// The dotted path in `events.toml`, as [`super::LockedPolicy::name`].
    pub path: String,
    /// The first generation that is wider.
    pub since: u16,
    /// What holds now and what did before, as a sentence.
    pub what: String,
}

/// Which way a promise went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It lets more through.
    Wider,
    /// It lets less through.
    Narrower,
    /// It lets the same through, in another way.
    Sideways,
}

impl Lock {
    /// Every promise that is wider than it was in some earlier generation,
    /// by path and generation. Each compares what holds now with what held
    /// just before `since`: of several with one path, the first whose `since`
    /// is past the generation that somebody was told of speaks to them. What
    /// was widened and taken back is not in it.
    pub fn widened(&self) -> Vec<WidenedPromise> {
        let mut widened = Vec::new();
        for values in self.policy.chunk_by(|a, b| a.name == b.name) {
            let Some(present) = values.last() else {
                continue;
            };
            for (before, next) in steps(values) {
                let turned = turn(&present.name, before, &present.value);
                let wider_then = turn(&present.name, before, &next.value);
                if turned == Turn::Wider
                    && wider_then == Turn::Wider
                    && self.concerned(&present.name, next.since)
                {
                    widened.push(WidenedPromise {
                        path: present.name.clone(),
                        since: next.since,
                        what: sentence(&present.name, before, &present.value),
                    });
                }
            }
        }
        widened
    }

    /// Whether a promise of this path was about the same thing before
    /// generation `since`, in it and now. An event that ended took its level
    /// with it; one that begins anew is told of as an event.
    fn concerned(&self, path: &str, since: u16) -> bool {
        let Some(name) = event_of(path) else {
            return true;
        };
        self.events.iter().any(|event| {
            event.name == name && event.life.until.is_none() && event.life.since < since
        })
    }
}

/// Each value that a promise came to have, with the one before it. Nobody
/// knew of any before the first generation.
fn steps(values: &[LockedPolicy]) -> impl Iterator<Item = (&str, &LockedPolicy)> {
    let first = values.first().filter(|first| first.since > 1);
    let begun = first.and_then(|first| Some((implied(&first.name)?, first)));
    let later = values.iter().zip(values.iter().skip(1));
    let later = later.map(|(before, next)| (before.value.as_str(), next));
    begun.into_iter().chain(later)
}

/// The event that `events.EVENT.level` is about.
fn event_of(path: &str) -> Option<&str> {
    path.strip_prefix("events.")?.strip_suffix(".level")
}

/// Which way the promise at `path` goes from one value to another. A value
/// that is none of the path's counts as wider: nobody is told less than is
/// so.
pub(crate) fn turn(path: &str, before: &str, after: &str) -> Turn {
    if before == after {
        return Turn::Sideways;
    }
    let more = |before: u32, after: u32| {
        if after > before {
            Turn::Wider
        } else {
            Turn::Narrower
        }
    };
    let numbers = before.parse().ok().zip(after.parse().ok());
    match path {
        "policy.retention_days" => {
            numbers.map_or(Turn::Wider, |(before, after)| more(before, after))
        }
        "policy.upload_interval_hours" | "policy.time_precision_seconds" => {
            numbers.map_or(Turn::Wider, |(before, after)| more(after, before))
        }
        "policy.upload_batch_events" | "policy.max_event_bits" | "policy.max_linkable_bits" => {
            Turn::Sideways
        }
        "transport.sink" if after == Sink::Events.name() => Turn::Narrower,
        // What takes a key is the sink's to say.
        "transport.api_key" if before == NO_KEY || after == NO_KEY => Turn::Sideways,
        _ if path.starts_with("policy.consent.") && after == "opt-in" => Turn::Narrower,
        _ if event_of(path).is_some() => match (level(before), level(after)) {
            (Some(before), Some(after)) if after > before => Turn::Narrower,
            _ => Turn::Wider,
        },
        _ => Turn::Wider,
    }
}

fn level(word: &str) -> Option<Level> {
    [Level::Minimal, Level::Normal, Level::Verbose]
        .into_iter()
        .find(|level| level.name() == word)
}

/// What a change of the promise at `path` means, for a user of the program.
pub(crate) fn sentence(path: &str, before: &str, after: &str) -> String {
    let of = |count: &str, one: &str, many: &str| match count {
        "1" => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    match path {
        "app.endpoint" => format!("Events go to {after}, no longer to {before}."),
        "policy.retention_days" => format!(
            "Events are kept for {}, no longer for {before}.",
            of(after, "day", "days")
        ),
        "policy.upload_interval_hours" => format!(
            "Events are sent at most every {}, no longer every {}.",
            of(after, "hour", "hours"),
            of(before, "hour", "hours")
        ),
        "policy.upload_batch_events" => format!(
            "At most {} are sent at a time, no longer {before}.",
            of(after, "event", "events")
        ),
        "policy.time_precision_seconds" => format!(
            "Times are kept to {}, no longer to {before}.",
            of(after, "second", "seconds")
        ),
        "policy.max_event_bits" => format!(
            "One event may tell at most {}, no longer {before}.",
            of(after, "bit", "bits")
        ),
        "policy.max_linkable_bits" => format!(
            "What stays the same from day to day may tell at most {}, no longer {before}.",
            of(after, "bit", "bits")
        ),
        "transport.sink" if after == Sink::Events.name() => {
            "Events are sent as a plain list, no longer in the form that PostHog takes.".to_owned()
        }
        "transport.sink" => {
            "Events are sent in the form that PostHog takes, with what it asks for \
             beside them, no longer as a plain list."
                .to_owned()
        }
        "transport.api_key" if after == NO_KEY => {
            "No key of a PostHog project is sent any more.".to_owned()
        }
        "transport.api_key" if before == NO_KEY => {
            format!("Events are for the PostHog project {after}.")
        }
        "transport.api_key" => {
            format!("Events are for another PostHog project: {after}, no longer {before}.")
        }
        _ => other(path, before, after),
    }
}

fn other(path: &str, before: &str, after: &str) -> String {
    if let Some(event) = event_of(path) {
        return format!(
            "The event `{event}` is sent from the level {after} on, no longer from {before} on."
        );
    }
    if let Some(channel) = path.strip_prefix("policy.consent.") {
        let now = match after {
            "opt-out" => "on until it is turned off",
            _ => "off until it is turned on",
        };
        return format!("In {channel} versions telemetry is {now}, where nobody has answered.");
    }
    format!("`{path}` is {after}, no longer {before}.")
}

/// Everything that is promised, by its path in `events.toml`, with its value.
pub(crate) fn promises(schema: &Schema) -> Vec<(String, String)> {
    let policy = &schema.policy;
    let numbers = [
        ("retention_days", u32::from(policy.retention_days)),
        (
            "upload_interval_hours",
            u32::from(policy.upload_interval_hours),
        ),
        ("upload_batch_events", u32::from(policy.upload_batch_events)),
        ("time_precision_seconds", policy.time_precision_seconds),
        ("max_event_bits", u32::from(policy.max_event_bits)),
        ("max_linkable_bits", u32::from(policy.max_linkable_bits)),
    ];
    let api_key = match &schema.sink {
        crate::model::Sink::Events => NO_KEY,
        crate::model::Sink::PostHog { api_key } => api_key,
    };
    let mut promises: Vec<(String, String)> = [
        ("app.endpoint", schema.app.endpoint.as_str()),
        ("transport.sink", schema.sink.wire().name()),
        ("transport.api_key", api_key),
    ]
    .map(|(path, value)| (path.to_owned(), value.to_owned()))
    .into();
    promises.extend(numbers.map(|(key, value)| (format!("policy.{key}"), value.to_string())));
    promises.extend(Channel::ALL.map(|channel| {
        let word = match policy.consent_for(channel) {
            ConsentDefault::OptIn => "opt-in",
            ConsentDefault::OptOut => "opt-out",
        };
        (
            format!("policy.consent.{}", channel.name()),
            word.to_owned(),
        )
    }));
    promises.extend(schema.events.iter().map(|event| {
        (
            format!("events.{}.level", event.name),
            event.level.name().to_owned(),
        )
    }));
    promises
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    const BASE: &str = concat!(
        include_str!("../../tests/fixtures/fine.toml"),
        include_str!("../../tests/fixtures/base.toml"),
    );

    /// The lock after one generation for each text.
    fn history(texts: &[String]) -> Lock {
        texts
            .iter()
            .fold(None, |lock: Option<Lock>, text| {
                let (schema, _) = read("events.toml", text).unwrap();
                Some(Lock::update(lock.as_ref(), &schema).unwrap())
            })
            .unwrap()
    }

    /// BASE with each value in turn in place of `before`.
    fn turns(before: &str, after: &[&str]) -> Vec<WidenedPromise> {
        assert!(BASE.contains(before), "{before}");
        let texts: Vec<String> = after
            .iter()
            .map(|after| BASE.replacen(before, after, 1))
            .collect();
        history(&texts).widened()
    }

    fn since_and_what(widened: &[WidenedPromise]) -> Vec<(u16, &str)> {
        widened
            .iter()
            .map(|widened| (widened.since, widened.what.as_str()))
            .collect()
    }

    const DAYS: &str = "retention_days = 90";

    #[test]
    fn longer_is_told_and_shorter_is_not() {
        let days = |count: &str| format!("retention_days = {count}");
        let widened = turns(DAYS, &[&days("30"), &days("90"), &days("60")]);
        // Whoever was told of 30 hears of the 60 that hold now.
        assert_eq!(
            since_and_what(&widened),
            [(2, "Events are kept for 60 days, no longer for 30.")]
        );
        assert_eq!(turns(DAYS, &[&days("30"), &days("90"), &days("30")]), []);
        assert_eq!(turns(DAYS, &[&days("90"), &days("30")]), []);
    }

    #[test]
    fn each_step_speaks_to_those_who_know_the_one_before() {
        let days = |count: &str| format!("retention_days = {count}");
        let widened = turns(DAYS, &[&days("30"), &days("60"), &days("90")]);
        assert_eq!(
            since_and_what(&widened),
            [
                (2, "Events are kept for 90 days, no longer for 30."),
                (3, "Events are kept for 90 days, no longer for 60."),
            ]
        );
    }

    #[test]
    fn every_promise_has_its_direction_and_its_sentence() {
        use Turn::{Narrower, Sideways, Wider};
        for (path, before, after, expected) in [
            (
                "app.endpoint",
                "https://a.example",
                "https://b.example",
                Wider,
            ),
            ("transport.sink", "events", "posthog", Wider),
            ("transport.sink", "posthog", "events", Narrower),
            ("transport.api_key", "none", "phc_a", Sideways),
            ("transport.api_key", "phc_a", "none", Sideways),
            ("transport.api_key", "phc_a", "phc_b", Wider),
            ("policy.retention_days", "90", "1", Narrower),
            ("policy.upload_interval_hours", "24", "1", Wider),
            ("policy.upload_interval_hours", "1", "24", Narrower),
            ("policy.time_precision_seconds", "60", "1", Wider),
            ("policy.upload_batch_events", "100", "50", Sideways),
            ("policy.max_event_bits", "24", "30", Sideways),
            ("policy.consent.stable", "opt-in", "opt-out", Wider),
            ("policy.consent.stable", "opt-out", "opt-in", Narrower),
            ("events.build.level", "verbose", "minimal", Wider),
            ("events.build.level", "normal", "verbose", Narrower),
            ("policy.retention_days", "90", "90", Sideways),
            // Of a later version of this tool.
            ("policy.unheard_of", "a", "b", Wider),
        ] {
            assert_eq!(turn(path, before, after), expected, "{path}");
            let sentence = sentence(path, before, after);
            assert!(sentence.ends_with('.'), "{sentence}");
        }
        assert_eq!(
            sentence("policy.consent.stable", "opt-in", "opt-out"),
            "In stable versions telemetry is on until it is turned off, where nobody has answered."
        );
    }

    #[test]
    fn a_path_without_a_direction_of_its_own_is_not_promised() {
        let (schema, _) = read("events.toml", BASE).unwrap();
        for (path, value) in promises(&schema) {
            let sentence = sentence(&path, &value, &value);
            assert!(!sentence.starts_with('`'), "{sentence}");
        }
    }

    #[test]
    fn a_lock_from_before_the_sinks_promised_the_plain_list() {
        let posthog = |key: &str| {
            format!("{BASE}\n[transport]\nsink = \"posthog\"\napi_key = \"{key}\"\n")
                .replace("sample.example/events", "sample.example/batch/")
        };
        let plain = BASE.replace("sample.example/events", "sample.example/batch/");
        let written = format!("{plain}\n[transport]\nsink = \"events\"\n");
        let lock = history(&[plain.clone(), written.clone()]);
        // To write it down is no change.
        assert_eq!(lock.running().number, 1);
        assert!(!lock.to_text().contains("transport"));

        let sink = "Events are sent in the form that PostHog takes, with what it asks for beside \
                    them, no longer as a plain list.";
        let lock = history(&[plain.clone(), posthog("phc_a")]);
        assert_eq!(since_and_what(&lock.widened()), [(2, sink)]);
        let lock = history(&[plain.clone(), posthog("phc_a"), posthog("phc_b")]);
        let key = "Events are for another PostHog project: phc_b, no longer phc_a.";
        assert_eq!(since_and_what(&lock.widened()), [(3, key), (2, sink)]);
        let lock = history(&[plain.clone(), posthog("phc_a"), plain]);
        assert_eq!(lock.widened(), []);
        // Who begins with PostHog has told so from the beginning.
        assert_eq!(history(&[posthog("phc_a")]).widened(), []);
    }

    #[test]
    fn an_event_that_begins_anew_is_no_wider_promise() {
        // `bare` is verbose in the fixture.
        let louder = BASE.replacen("level = \"verbose\"", "level = \"minimal\"", 1);
        let widened = history(&[BASE.to_owned(), louder.clone()]).widened();
        assert_eq!(
            since_and_what(&widened),
            [(
                2,
                "The event `bare` is sent from the level minimal on, no longer from verbose on."
            )]
        );
        let without = BASE.replacen("[events.bare]", "[events.another]", 1);
        let anew = history(&[BASE.to_owned(), without, louder]).widened();
        assert_eq!(anew, []);
    }
}
