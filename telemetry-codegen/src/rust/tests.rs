//! What is generated is pretty-printed and searched for chosen lines: whole
//! files as goldens would break for nothing.

use crate::fixture::{EVERYTHING, after, bound, posthog};
use crate::rust::{events, findings, recall};
use telemetry_schema::{Sources, load};

#[track_caller]
fn assert_has(code: &str, lines: &str) {
    syn::parse_file(code).expect("generated Rust is Rust");
    // The printer breaks lines, and then adds a comma, where it sees fit.
    let flat = |text: &str| {
        let text: String = text.split_whitespace().collect();
        text.replace(",]", "]")
            .replace(",}", "}")
            .replace(",>", ">")
            .replace(",)", ")")
    };
    assert!(
        flat(code).contains(flat(lines).trim_end_matches(',')),
        "{lines}\n\nis not in\n\n{code}"
    );
}

#[test]
fn an_enum_is_an_enum() {
    let code = events(&bound(EVERYTHING));
    assert_has(
        &code,
        r#"
        /// What grows | on trees.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::telemetry_runtime::Choice)]
        #[telemetry(declared = "fruit")]
        pub enum Fruit {
            /// Red or green.
            #[telemetry(word = "apple")]
            Apple,
            /// Green or yellow.
            #[telemetry(word = "pear")]
            Pear,
        }"#,
    );
    assert_has(&code, r#"#[telemetry(declared = "tree_shaken_mood")]"#);
}

#[test]
fn the_policy_names_the_sink() {
    let code = events(&bound(EVERYTHING));
    assert_has(&code, "sink: ::telemetry_runtime::wire::Sink::Events,");
    let code = events(&bound(&posthog()));
    assert_has(
        &code,
        r#"sink: ::telemetry_runtime::wire::Sink::PostHog { api_key: "phc_0a1B2c3D" },"#,
    );
}

#[test]
fn an_event_is_a_struct_with_its_docs() {
    let code = events(&bound(EVERYTHING));
    assert_has(
        &code,
        r"
        /// Somebody shook a tree.
        ///
        /// Why: Tells us how hard.
        ///
        /// Level: minimal. Expires: on 2030-01-31.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::telemetry_runtime::Event)]
        #[telemetry(program = PROGRAM, code = 1, level = Minimal)]
        pub struct TreeShaken {
            /// The version.
            pub version: ::telemetry_runtime::HostVersion,
            /// Whether it hit somebody.
            pub hit: ::core::option::Option<bool>,
            /// What fell.
            pub fallen: ::telemetry_runtime::Set<Fruit>,
            /// What fell first.
            pub first: ::core::option::Option<Fruit>,
            /// Of the tree.
            pub mood: TreeShakenMood,",
    );
    assert_has(
        &code,
        "pub slope: ::telemetry_runtime::Bounded<::telemetry_runtime::unit::Count, -45, 45>,",
    );
    assert_has(
        &code,
        "
        /// Before the first fruit fell.
        ///
        /// 0 to 600,000 milliseconds, in steps of at most 10 %; what is out of range counts as the nearest end.
        pub waited: ::telemetry_runtime::Bounded<
            ::telemetry_runtime::unit::Milliseconds,
            0,
            600_000,
            10,
        >,",
    );
    assert_has(
        &code,
        "#[telemetry(program = PROGRAM, code = 2, level = Verbose)] pub struct TreeLeft;",
    );
}

#[test]
fn the_table_is_complete() {
    let code = events(&bound(EVERYTHING));
    assert_has(
        &code,
        r#"const VALUES_OF_FRUIT: &[ValueDescriptor] = &[
            value(0, "apple", Life::since(1)),
            value(1, "pear", Life::since(1)),
        ];"#,
    );
    assert_has(
        &code,
        r#"
        FieldDescriptor {
            code: 4,
            name: "first",
            stable: false,
            life: Life::since(1),
            shapes: &[shape(1, true, Kind::Choice(VALUES_OF_FRUIT))],
        },"#,
    );
    assert_has(
        &code,
        "shape(1, false, Kind::Integer(Grid::new(-45, 45, 0)))",
    );
    assert_has(&code, "time_precision_ms: 900000,");
    assert_has(
        &code,
        "consent: [ ::telemetry_runtime::ConsentDefault::OptIn,",
    );
}

#[test]
fn what_is_gone_stays_in_the_table_and_keeps_its_code() {
    let without = EVERYTHING.replace("apple = \"Red or green.\"", "plum = \"Blue or yellow.\"");
    let without = without.replace(
        "hit = { type = \"bool\", optional = true",
        "hit = { type = \"bool\"",
    );
    let (without, _) = without.split_once("[events.tree_left]").unwrap();
    let code = events(&after(&[EVERYTHING], without));
    assert_has(
        &code,
        "pub enum Fruit { /// Green or yellow. #[telemetry(word = \"pear\")] Pear, /// Blue or yellow.",
    );
    assert_has(
        &code,
        r#"
        value(
            0,
            "apple",
            Life {
                since: 1,
                until: ::core::option::Option::Some(2),
            },
        ),
        value(1, "pear", Life::since(1)),
        value(2, "plum", Life::since(2)),"#,
    );
    assert_has(
        &code,
        "shapes: &[shape(1, true, Kind::Bool), shape(2, false, Kind::Bool)],",
    );
    assert_has(&code, "code: 2, name: \"tree_left\", level: Level::Normal,");
    assert!(!code.contains("struct TreeLeft"), "{code}");
}

#[test]
fn an_enum_under_a_name_that_was_given_up_has_its_own_table() {
    let other = EVERYTHING.replace("fruit", "nut");
    let code = events(&after(&[EVERYTHING, &other], EVERYTHING));
    assert_has(&code, "const VALUES_OF_FRUIT_2: &[ValueDescriptor]");
    assert_has(
        &code,
        "shapes: &[shape(3, false, Kind::Set(VALUES_OF_FRUIT_2))]",
    );
}

#[test]
fn what_can_be_read_of_declarations_in_error_has_a_stub() {
    let broken = EVERYTHING
        .replace("unit = \"ms\"", "unit = \"parsec\"")
        .replace("type = \"bool\"", "type = \"string\"");
    let failure = load(&Sources {
        events_name: "events.toml",
        events: &broken,
        lock_name: "events.lock",
        lock: None,
    })
    .unwrap_err();
    let artifacts = findings(&["one".into(), "two".into()], &failure.names);
    let paths: Vec<&str> = artifacts
        .iter()
        .map(|artifact| artifact.path.as_str())
        .collect();
    assert_eq!(paths, ["finding_1.txt", "finding_2.txt", "events.rs"]);
    let code = &artifacts[2].contents;
    assert_eq!(code.matches("compile_error!").count(), 2);
    assert_has(
        code,
        "
        #[telemetry(refused)]
        pub struct TreeShaken<Unknown0, Unknown1> {
            pub version: ::telemetry_runtime::HostVersion,
            pub hit: Unknown0,
            pub fallen: ::telemetry_runtime::Set<Fruit>,
            pub first: ::core::option::Option<Fruit>,
            pub mood: TreeShakenMood,",
    );
    assert_has(code, "pub waited: Unknown1,");
    assert_has(code, "pub fn init(");

    // The lock remembers what the first one was.
    let mut names = failure.names;
    recall(&mut names, &bound(EVERYTHING).lock);
    let artifacts = findings(&["one".into()], &names);
    assert_has(
        &artifacts[1].contents,
        "pub hit: ::core::option::Option<bool>,",
    );
}

#[test]
fn a_wider_promise_is_told_and_a_narrower_one_is_not() {
    let longer = EVERYTHING.replace("retention_days = 1\n", "retention_days = 30\n");
    let code = events(&after(&[EVERYTHING], &longer));
    assert_has(
        &code,
        r#"
        widened: &[
            ::telemetry_runtime::Widened {
                path: "policy.retention_days",
                since: 2,
                what: "Events are kept for 30 days, no longer for 1.",
            },
        ],"#,
    );
    let code = events(&after(&[&longer], EVERYTHING));
    assert_has(&code, "widened: &[],");
}
