use super::*;
use crate::fixture::{EVERYTHING, after, bound};
use clickhouse::Place;
use telemetry_wire::read;

const ONE: Place<'_> = Place {
    database: "tool",
    cluster: None,
    retention_days: 90,
    server: (18, 16),
};

/// A whole event that says this.
fn event(program: &'static Program, said: &str) -> telemetry_wire::Decoded {
    let text = format!(
        r#"{{"id":"00000000-0000-8000-8000-000000000000","session_id":"0000000000000000","timestamp":"2026-01-31T12:00:00Z","event_type":{said}}}"#
    );
    read::event(&text, program).unwrap().decoded
}

fn row(program: &'static Program, said: &str) -> Vec<Option<i64>> {
    let mut row = Vec::new();
    Columns::of(program).write(&event(program, said), &mut row);
    row
}

#[test]
fn one_machine() {
    let program = bound(EVERYTHING).program();
    let place = Place {
        server: (25, 8),
        ..ONE
    };
    let mut text = clickhouse::tables(program, &place, &[]);
    text.extend(
        clickhouse::views(program, &place)
            .into_iter()
            .map(|view| view.create),
    );
    insta::assert_snapshot!(text.join(";\n\n"));
}

#[test]
fn a_cluster() {
    let program = bound(EVERYTHING).program();
    let place = Place {
        cluster: Some("everywhere"),
        ..ONE
    };
    let mut text = clickhouse::tables(program, &place, &[]);
    let widened = |table: &str| clickhouse::widen(program, &place, table, &["_v1".to_owned()]);
    text.extend(place.names().into_iter().filter_map(widened));
    insta::assert_snapshot!(text.join(";\n\n"));
}

/// A copy has the columns of the other one in the same order, however that one
/// came by them.
#[test]
fn a_copy_is_made_like_the_other_one() {
    let program = bound(EVERYTHING).program();
    let known = ["_event", "_v3", "_v1", "_v99"].map(str::to_owned);
    let made = &clickhouse::tables(program, &ONE, &known)[1];
    let columns = made.lines().filter_map(|line| line.trim().split_once(' '));
    let names: Vec<&str> = columns.map(|(name, _)| name).collect();
    let names = names.iter().filter(|name| name.starts_with("_v"));
    let expected = ["_v3", "_v1", "_v99", "_v2", "_v4", "_v5", "_v6", "_v7"];
    assert!(names.eq(expected.iter()), "{made}");
}

#[test]
fn a_file() {
    let program = bound(EVERYTHING).program();
    let mut text = vec![sqlite::table(program)];
    text.extend(sqlite::views(program).into_iter().map(|view| view.create));
    insta::assert_snapshot!(text.join(";\n\n"));
}

#[test]
fn numbers_are_codes_and_values() {
    let program = bound(EVERYTHING).program();
    assert_eq!(
        Columns::of(program).names(),
        ["_v1", "_v2", "_v3", "_v4", "_v5", "_v6", "_v7"]
    );
    let said = r#"{"type":"tree_shaken","version":"1.2.3-beta.4","hit":null,"fallen":["pear"],"first":"pear","mood":"angry","slope":-45,"waited":1500}"#;
    let version = telemetry_wire::Version::parse("1.2.3-beta.4").unwrap();
    assert_eq!(
        row(program, said),
        [
            Some(i64::try_from(version.digit()).unwrap()),
            None,
            Some(0b10),
            Some(1),
            Some(1),
            Some(-45),
            Some(1500),
        ]
    );
    assert_eq!(row(program, r#"{"type":"tree_left"}"#), [None; 7]);
}

/// What an older client says means the same in a wider schema, and what was
/// taken back and declared anew is one word in the views.
#[test]
fn rows_outlive_a_change() {
    let without = EVERYTHING.replace("apple = \"Red or green.\"\n", "");
    let wider = EVERYTHING.replace("max = 45", "max = 70000").replace(
        "[events.tree_left]",
        "[events.tree_grown]\ndoc = \"It did.\"\nwhy = \"To know.\"\nlevel = \"normal\"\n\
         expires = \"never\"\n[events.tree_grown.fields]\n\
         by = { type = \"integer\", min = 0, max = 9, unit = \"count\", doc = \"How much.\" }\n\
         [events.tree_left]",
    );
    let after = after(&[EVERYTHING, &without], &wider).program();
    let before = bound(EVERYTHING).program();
    let said = r#"{"type":"tree_shaken","version":"1.2.3","hit":true,"fallen":["pear"],"first":"pear","mood":"calm","slope":45,"waited":0}"#;
    assert_eq!(row(before, said), row(after, said));
    assert!(clickhouse::widen(after, &ONE, TABLE, Columns::of(before).names()).is_none());
    // The apple came back under another code.
    let apple = r#"{"type":"tree_shaken","version":"1.2.3","hit":true,"fallen":["apple"],"first":"apple","mood":"calm","slope":69999,"waited":0}"#;
    assert_eq!(row(after, apple)[2..4], [Some(0b100), Some(2)]);
    let views = clickhouse::views(after, &ONE);
    insta::assert_snapshot!(views[0].create);
    assert_eq!(
        views
            .iter()
            .map(|view| view.name.as_str())
            .collect::<Vec<_>>(),
        ["tree_shaken", "tree_left", "tree_grown"]
    );
}

/// A set that ever had more values than a column has bits goes on in more.
#[test]
fn a_set_outgrows_its_column() {
    let values = |from: u16, to: u16| {
        let values: Vec<String> = (from..to)
            .map(|n| format!("n{n} = \"Number {n}.\""))
            .collect();
        EVERYTHING.replace(
            "apple = \"Red or green.\"\npear = \"Green or yellow.\"",
            &values.join("\n"),
        )
    };
    let program = after(&[&values(0, 30)], &values(20, 50)).program();
    assert_eq!(
        Columns::of(program).names(),
        ["_v1", "_v2", "_v3", "_v3_1", "_v4", "_v5", "_v6", "_v7"]
    );
    let said = r#"{"type":"tree_shaken","version":"1.2.3","hit":true,"fallen":["n20","n49"],"first":"n49","mood":"calm","slope":0,"waited":0}"#;
    let row = row(program, said);
    assert_eq!(row[2..5], [Some(1 << 20), Some(1 << 17), Some(49)]);
    let present = Columns::of(bound(EVERYTHING).program());
    let widened = clickhouse::widen(program, &ONE, TABLE, present.names());
    assert_eq!(
        widened.as_deref(),
        Some("ALTER TABLE `tool`.`_events` ADD COLUMN _v3_1 Nullable(Int64)")
    );
    assert_eq!(
        sqlite::widen(program, present.names()),
        ["ALTER TABLE _events ADD COLUMN _v3_1 INTEGER"]
    );
}
