use super::*;
use crate::read;

const BASE: &str = concat!(
    include_str!("../../tests/fixtures/fine.toml"),
    include_str!("../../tests/fixtures/base.toml"),
);

/// The fixture, with room for wider fields.
fn base() -> String {
    BASE.replace("max_event_bits = 24", "max_event_bits = 40")
}

fn schema(text: &str) -> Schema {
    read("events.toml", text).unwrap().0
}

/// The kinds and sentences of BASE with this edit.
#[track_caller]
fn edited(before: &str, after: &str) -> Vec<(Kind, String)> {
    let text = base().replacen(before, after, 1);
    assert_ne!(text, base(), "{before} is not in the fixture");
    let diff = Diff::between(&schema(&base()), &schema(&text));
    diff.changes
        .into_iter()
        .map(|change| (change.kind, change.what))
        .collect()
}

#[track_caller]
fn assert_edit(before: &str, after: &str, expected: &[(Kind, &str)]) {
    let found = edited(before, after);
    let found: Vec<(Kind, &str)> = found
        .iter()
        .map(|(kind, what)| (*kind, what.as_str()))
        .collect();
    assert_eq!(found, expected, "{before} -> {after}");
}

use Kind::{Breaking, Narrowing, Neutral, Widening};

#[test]
fn nothing_is_nothing() {
    let diff = Diff::between(&schema(&base()), &schema(&base()));
    assert_eq!((diff.changes.len(), diff.bits.len()), (0, 0));
    assert_eq!(diff.bump(), None);
}

#[test]
fn promises() {
    assert_edit(
        "retention_days = 90",
        "retention_days = 180",
        &[(Widening, "Events are kept for 180 days, no longer for 90.")],
    );
    assert_edit(
        "retention_days = 90",
        "retention_days = 1",
        &[(Narrowing, "Events are kept for 1 day, no longer for 90.")],
    );
    assert_edit(
        "time_precision_seconds = 1\n",
        "time_precision_seconds = 60\n",
        &[(Narrowing, "Times are kept to 60 seconds, no longer to 1.")],
    );
    assert_edit(
        "stable = \"opt-in\"",
        "stable = \"opt-out\"",
        &[(
            Widening,
            "In stable versions telemetry is on until it is turned off, where nobody has answered.",
        )],
    );
    assert_edit(
        "max_event_bits = 40",
        "max_event_bits = 30",
        &[(Neutral, "One event may tell at most 30 bits, no longer 40.")],
    );
}

/// What the design counts as a change, each to and fro.
#[test]
fn every_wider_promise_is_narrower_the_other_way_round() {
    for (before, after) in [
        ("max = 10000", "max = 20000"),
        ("min = -40", "min = -50"),
        ("precision = 10", "precision = 5"),
        (", precision = 10", ""),
        ("level = \"verbose\"", "level = \"minimal\""),
        ("retention_days = 90", "retention_days = 91"),
        ("upload_interval_hours = 1\n", "upload_interval_hours = 2\n"),
        ("stable = \"opt-in\"", "stable = \"opt-out\""),
        ("expires = \"2027-06-30\"", "expires = \"2027-07-01\""),
        ("expires = \"2027-06-30\"", "expires = \"2026-12-31\""),
        ("expires = \"2027-06-30\"", "expires = \"never\""),
        ("expires = \"never\"", "expires = \"10.0.0\""),
        (
            "time_precision_seconds = 1\n",
            "time_precision_seconds = 60\n",
        ),
    ] {
        let text = base().replacen(before, after, 1);
        let kinds = |then: &str, now: &str| {
            let changes = Diff::between(&schema(then), &schema(now)).changes;
            changes.iter().map(|change| change.kind).collect::<Vec<_>>()
        };
        let (there, back) = (kinds(&base(), &text), kinds(&text, &base()));
        assert!(
            (there == [Widening] && back == [Narrowing])
                || (there == [Narrowing] && back == [Widening]),
            "{before} -> {after}: {there:?} {back:?}"
        );
    }
    // Somebody else may receive, whoever it was before.
    assert_edit(
        "https://sample.example/events",
        "https://other.example/events",
        &[(
            Widening,
            "Events go to https://other.example/events, no longer to https://sample.example/events.",
        )],
    );
}

#[test]
fn steps_that_lie_elsewhere_are_told() {
    // 55 is a step of 10 % and none of 5 %.
    let text = base().replace("precision = 10", "precision = 5");
    let moved =
        ": the steps lie elsewhere, so that counts of each do not compare with earlier ones.";
    for (then, now) in [(base(), text.clone()), (text, base())] {
        let diff = Diff::between(&schema(&then), &schema(&now));
        let [change] = diff.changes.as_slice() else {
            panic!("{:?}", diff.changes);
        };
        assert!(change.what.ends_with(moved), "{}", change.what);
    }
}

#[test]
fn where_there_was_nothing_all_is_new() {
    let diff = Diff::of_new(&schema(&base()));
    let lines = diff.changes.iter();
    let lines =
        lines.map(|change| format!("{} {}: {}", change.kind.name(), change.path, change.what));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    let events: Vec<&str> = diff.bits.iter().map(|sums| sums.event.as_str()).collect();
    assert_eq!(events, ["build", "bare"]);
    assert!(
        diff.bits
            .iter()
            .all(|sums| sums.before.is_none() && sums.after.is_some())
    );
}

#[test]
fn numbers() {
    assert_edit(
        "max = 10000",
        "max = 20000",
        &[(
            Widening,
            "`duration_ms` of `build` goes up to 20000 ms, no longer up to 10000.",
        )],
    );
    assert_edit(
        "min = -40",
        "min = 0",
        &[(
            Narrowing,
            "`warmth` of `build` goes down to 0, no longer down to -40.",
        )],
    );
    assert_edit(
        "precision = 10",
        "precision = 5",
        &[(
            Widening,
            "`duration_ms` of `build` is kept in steps of 5 %, no longer in steps of 10 %: the steps lie \
             elsewhere, so that counts of each do not compare with earlier ones.",
        )],
    );
    assert_edit(
        "precision = 10",
        "precision = 50",
        &[(
            Narrowing,
            "`duration_ms` of `build` is kept in steps of 50 %, no longer in steps of 10 %.",
        )],
    );
    assert_edit(
        ", precision = 10",
        "",
        &[(
            Widening,
            "`duration_ms` of `build` is kept exactly, no longer in steps of 10 %.",
        )],
    );
}

#[test]
fn a_field_of_another_type_is_another_field() {
    let what = "`duration_ms` of `build` is a number (s), no longer a number (ms).";
    assert_edit(
        "unit = \"ms\"",
        "unit = \"s\"",
        &[(Breaking, what), (Widening, what)],
    );
    let what = "`cached` of `build` is one of several words, no longer a yes or no.";
    assert_edit(
        "cached = { type = \"bool\"",
        "cached = { type = \"choice\", enum = \"tool\"",
        &[(Breaking, what), (Widening, what)],
    );
}

#[test]
fn fields_and_events_come_and_go() {
    assert_edit(
        "cached = {",
        "hits = { type = \"bool\", doc = \"New.\" }\ncached = {",
        &[(Widening, "The event `build` also says `hits`: New.")],
    );
    assert_edit(
        "cached = { type = \"bool\", doc = \"Whether the cache was used.\" }\n",
        "",
        &[
            (Breaking, "`cached` of `build` comes no more."),
            (Narrowing, "`cached` of `build` is no longer collected."),
        ],
    );
    assert_edit(
        "[events.bare]",
        "[events.other]",
        &[
            (Breaking, "The event `bare` comes no more."),
            (
                Widening,
                "The event `other` is new: An event without fields.",
            ),
            (Narrowing, "The event `bare` is no longer collected."),
        ],
    );
}

#[test]
fn absence_tells_something_too() {
    assert_edit(
        "cached = { type = \"bool\"",
        "cached = { type = \"bool\", optional = true",
        &[
            (Breaking, "`cached` of `build` can be null."),
            (
                Widening,
                "`cached` of `build` can also be absent, which tells something too.",
            ),
        ],
    );
    assert_edit(
        "optional = true, stable = true",
        "stable = true",
        &[(Narrowing, "`tools` of `build` is never absent any more.")],
    );
}

#[test]
fn words() {
    assert_edit(
        "hammer = \"For nails.\"",
        "plane = \"For flat wood.\"",
        &[
            (Widening, "`tool` can also be `plane`: For flat wood."),
            (Narrowing, "`tool` is never `hammer` any more."),
        ],
    );
    assert_edit(
        "good = \"It worked.\", bad = \"It did not.\"",
        "good = \"It did.\"",
        &[
            (Narrowing, "`result` of `build` is never `bad` any more."),
            (
                Neutral,
                "The meaning of `good` in `result` of `build`: \"It did.\" instead of \"It worked.\"",
            ),
        ],
    );
}

#[test]
fn a_field_with_another_enum_says_so_and_what_is_new() {
    let base = base();
    let text = base
        .replace("enum = \"tool\"", "enum = \"gear\"")
        .replace("[enums.tool", "[enums.gear")
        .replace("saw = \"For wood.\"", "axe = \"For trees.\"");
    let diff = Diff::between(&schema(&base), &schema(&text));
    let found: Vec<(Kind, &str)> = diff
        .changes
        .iter()
        .map(|change| (change.kind, change.what.as_str()))
        .collect();
    let expected = [
        (
            Widening,
            "`tools` of `build` takes its words from `gear`, no longer from `tool`.",
        ),
        (Widening, "`tools` of `build` can also be `axe`: For trees."),
        (Narrowing, "`tools` of `build` is never `saw` any more."),
    ];
    assert_eq!(found, expected);
}

#[test]
fn levels_and_words_about_events() {
    assert_edit(
        "level = \"verbose\"",
        "level = \"normal\"",
        &[(
            Widening,
            "The event `bare` is sent from the level normal on, no longer from verbose on.",
        )],
    );
    assert_edit(
        "expires = \"2027-06-30\"",
        "expires = \"never\"",
        &[(
            Widening,
            "The event `bare` is collected without an end, no longer until 2027-06-30; nobody is asked anew for \
             that.",
        )],
    );
    assert_edit(
        "expires = \"never\"",
        "expires = \"10.0.0\"",
        &[(
            Narrowing,
            "The event `build` is collected until version 10.0.0, no longer without an end.",
        )],
    );
}

#[test]
fn versions_are_numbers_and_no_dates() {
    let with = |expires: &str| base().replacen("2027-06-30", expires, 1);
    let kind = |then: &str, now: &str| {
        let changes = Diff::between(&schema(&with(then)), &schema(&with(now))).changes;
        changes.iter().map(|change| change.kind).collect::<Vec<_>>()
    };
    assert_eq!(kind("9.0.0", "10.0.0"), [Widening]);
    assert_eq!(kind("10.0.0", "9.0.0"), [Narrowing]);
    // Which is later nobody knows.
    assert_eq!(kind("2027-06-30", "2.0.0"), [Widening]);
    assert_eq!(kind("2.0.0", "2027-06-30"), [Widening]);
}

#[test]
fn the_bump_is_that_of_the_worst_change() {
    let bump = |before: &str, after: &str| {
        let text = base().replacen(before, after, 1);
        Diff::between(&schema(&base()), &schema(&text)).bump()
    };
    assert_eq!(
        bump("doc = \"How long.\"", "doc = \"Long.\""),
        Some(Bump::Patch)
    );
    assert_eq!(
        bump("retention_days = 90", "retention_days = 9"),
        Some(Bump::Minor)
    );
    assert_eq!(bump("unit = \"ms\"", "unit = \"s\""), Some(Bump::Major));
}

#[test]
fn sums_stand_beside_each_other() {
    let text = base().replacen(", precision = 10", "", 1);
    let diff = Diff::between(&schema(&base()), &schema(&text));
    let [sums] = diff.bits.as_slice() else {
        panic!("one event: {:?}", diff.bits);
    };
    assert_eq!(sums.event, "build");
    let (before, after) = (sums.before.unwrap(), sums.after.unwrap());
    let grown = f64::from(10_001_u32).log2() - f64::from(116_u32).log2();
    assert!((after - before - grown).abs() < 1e-9, "{before} {after}");
}
