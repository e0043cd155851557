//! No input makes a panic, neither while it is read nor while what is wrong
//! with it is shown.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use telemetry_schema::{Moment, Sources, Written, diagnostic, load_at};

const EVENTS: &str = include_str!("../../events.toml");
const LOCK: &str = include_str!("../../events.lock");

/// Reads both texts and shows all findings in every form.
fn survives(events: &str, lock: Option<&str>) {
    let sources = Sources {
        events_name: "events.toml",
        events,
        lock_name: "events.lock",
        lock,
    };
    let written = Written::of(events);
    for path in [
        "events",
        "events.session_end.fields.duration_ms",
        "app.name",
        ".",
    ] {
        let lines = events.matches('\n').count() + 1;
        assert!(
            written
                .line(path)
                .is_none_or(|line| (1..=lines).contains(&line))
        );
        let _ = written.allowed(path);
    }
    let moment = Moment::new("2026-06-30", Some("1.4.0")).unwrap();
    let Err(failure) = load_at(&sources, &moment) else {
        return;
    };
    assert!(!failure.diagnostics.is_empty());
    for color in [false, true] {
        let shown = diagnostic::render(&failure.diagnostics, &sources, color);
        assert!(shown.contains(failure.diagnostics[0].code));
    }
    let json = diagnostic::to_json(&failure.diagnostics, &sources);
    assert_eq!(json.as_array().unwrap().len(), failure.diagnostics.len());
    let lines = diagnostic::to_github(&failure.diagnostics, &sources);
    assert_eq!(lines.lines().count(), failure.diagnostics.len());
}

/// One change of a text, at a place between 0 and 1.
#[derive(Debug, Clone)]
enum Edit {
    Cut { at: f64, length: usize },
    Insert { at: f64, text: String },
    SwapLines { from: f64, to: f64 },
    DoubleLine { at: f64 },
}

fn edit() -> impl Strategy<Value = Edit> {
    let token = prop_oneof![
        Just("\n".to_owned()),
        Just("\"".to_owned()),
        Just("'''".to_owned()),
        Just("{".to_owned()),
        Just("]".to_owned()),
        Just(" = ".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("precision = 50, ".to_owned()),
        Just("\u{202E}\u{0}\t\u{1F600}".to_owned()),
        "[a-z_]{1,8}",
        "[0-9]{1,22}",
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        (0.0..1.0, 1_usize..40).prop_map(|(at, length)| Edit::Cut { at, length }),
        (0.0..1.0, token).prop_map(|(at, text)| Edit::Insert { at, text }),
        (0.0..1.0, 0.0..1.0).prop_map(|(from, to)| Edit::SwapLines { from, to }),
        (0.0..1.0).prop_map(|at| Edit::DoubleLine { at }),
    ]
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "any place will do"
)]
fn place(at: f64, length: usize) -> usize {
    (at * length as f64) as usize
}

fn apply(text: &str, edit: &Edit) -> String {
    let lines = || -> Vec<&str> { text.split('\n').collect() };
    match edit {
        Edit::Cut { at, length } => {
            let start = text.floor_char_boundary(place(*at, text.len()));
            let end = text.ceil_char_boundary(start + length);
            format!("{}{}", &text[..start], &text[end..])
        }
        Edit::Insert { at, text: new } => {
            let start = text.floor_char_boundary(place(*at, text.len()));
            format!("{}{new}{}", &text[..start], &text[start..])
        }
        Edit::SwapLines { from, to } => {
            let mut lines = lines();
            let (from, to) = (place(*from, lines.len()), place(*to, lines.len()));
            lines.swap(from, to);
            lines.join("\n")
        }
        Edit::DoubleLine { at } => {
            let mut lines = lines();
            let at = place(*at, lines.len());
            lines.insert(at, lines[at]);
            lines.join("\n")
        }
    }
}

fn edited(text: &str, edits: &[Edit]) -> String {
    edits
        .iter()
        .fold(text.to_owned(), |text, edit| apply(&text, edit))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(events in any::<String>(), lock in any::<Option<String>>()) {
        survives(&events, lock.as_deref());
    }

    #[test]
    fn text_that_looks_like_toml(
        events in r#"(\[{1,2}[a-z.]{1,12}\]{1,2}\n|[a-z]{1,8} = ("[a-z]{0,8}"|-?[0-9]{1,20}|\{\}|\[\])\n){0,12}"#,
    ) {
        survives(&events, Some(&events));
    }

    #[test]
    fn edited_declarations(edits in prop::collection::vec(edit(), 1..4)) {
        survives(&edited(EVENTS, &edits), Some(LOCK));
    }

    #[test]
    fn edited_locks(edits in prop::collection::vec(edit(), 1..4)) {
        survives(EVENTS, Some(&edited(LOCK, &edits)));
    }
}
