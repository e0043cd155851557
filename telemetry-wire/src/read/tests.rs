use super::*;
use crate::descriptor::{Generation, Level, Life};
use crate::fixture::{ID, PROGRAM, SESSION, decoded};
use crate::json::write_event;
use proptest::prelude::*;

fn written(decoded: &Decoded) -> String {
    let mut text = String::new();
    write_event(&mut text, ID, SESSION, decoded);
    text
}

proptest! {
    #[test]
    fn what_is_written_is_read(decoded in decoded()) {
        let text = written(&decoded);
        let read = event(&text, &PROGRAM).unwrap();
        prop_assert_eq!(written(&read.decoded), text);
        prop_assert_eq!(read.id[..4].to_vec(), vec![0x01, 0x23, 0x45, 0x67]);
        prop_assert_eq!(read.session, [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        // The newest generation that has it, which a consent to the one it
        // came from does not exclude by its number.
        prop_assert!(read.decoded.record().generation >= decoded.record().generation);
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,80}") {
        let _ = event(&text, &PROGRAM);
    }

    #[test]
    fn what_looks_like_json_does_not_panic(text in "[\\[\\]{}\":,a-e0-9.\\-+\\\\ \n]{0,80}") {
        prop_assert!(event(&text, &PROGRAM).is_err());
    }

    #[test]
    fn a_changed_byte_is_refused_or_says_what_it_says(
        decoded in decoded(),
        at in any::<prop::sample::Index>(),
        byte in 0x20_u8..0x7F,
    ) {
        let text = written(&decoded);
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        if let Ok(read) = event(&changed, &PROGRAM) {
            let mut again = String::new();
            let id = uuid(read.id);
            let session = digits(&read.session);
            write_event(&mut again, &id, &session, &read.decoded);
            // A set's words may stand in another order, and a number may have
            // lost its last digit to a space; nothing else may differ.
            prop_assert_eq!(sorted(&again), sorted(&changed));
        }
    }

    #[test]
    fn order_and_space_do_not_matter(decoded in decoded()) {
        let text = written(&decoded);
        let said = &text[text.find("\"event_type\"").unwrap()..text.len() - 1];
        let rest = &text[1..text.find(",\"event_type\"").unwrap()];
        let turned = format!(" {{ {said} ,\n\t{rest} }}\r\n");
        prop_assert_eq!(written(&event(&turned, &PROGRAM).unwrap().decoded), text);
    }
}

fn uuid(id: [u8; 16]) -> String {
    let digits = digits(&id);
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    parts.join("-")
}

fn digits(bytes: &[u8]) -> String {
    let number = bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u128::from(*byte));
    format!("{number:0width$x}", width = 2 * bytes.len())
}

fn sorted(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    chars.sort_unstable();
    chars
}

const SAID: &str = r#"{"type":"grown","tree":"ash","near":["ash","cedar"],"days":200,"warmth":-5,"version":"1.2.3-beta.1"}"#;

fn with(id: &str, session: &str, time: &str, said: &str) -> String {
    format!(r#"{{"id":{id},"session_id":{session},"timestamp":{time},"event_type":{said}}}"#)
}

fn sound(said: &str) -> String {
    with(
        &format!("\"{ID}\""),
        &format!("\"{SESSION}\""),
        "\"2026-01-31T12:00:00Z\"",
        said,
    )
}

/// The code, the path and the whole sentence of a fault.
fn fault(text: &str) -> (&'static str, String) {
    let fault = event(text, &PROGRAM).expect_err(text);
    (fault.kind.code(), fault.to_string())
}

#[track_caller]
fn assert_said(from: &str, to: &str, code: &str, sentence: &str) {
    assert!(SAID.contains(from));
    let found = fault(&sound(&SAID.replacen(from, to, 1)));
    assert_eq!((found.0, found.1.as_str()), (code, sentence), "{to}");
}

#[test]
fn numbers_are_as_the_encoder_writes_them() {
    assert!(event(&sound(SAID), &PROGRAM).is_ok());
    let whole = "expected a whole number from -40 to 60, or null, found";
    for number in [
        "1.0",
        "1e3",
        "-0",
        "+5",
        "007",
        "--5",
        "5-",
        "99999999999999999999",
    ] {
        assert_said(
            "-5",
            number,
            if number == "+5" {
                "malformed"
            } else {
                "wrong_type"
            },
            &if number == "+5" {
                "expected a value at byte 197, found `+5,\"version\":\"1.2.3-beta.1\"}}`".to_owned()
            } else {
                format!("event_type.warmth: {whole} {number}")
            },
        );
    }
    for other in ["\"5\"", "true", "[\"ash\"]"] {
        let sentence = format!("event_type.warmth: {whole} {other}");
        assert_said("-5", other, "wrong_type", &sentence);
    }
    let sentence = format!("event_type.warmth: {whole} 61");
    assert_said("-5", "61", "out_of_range", &sentence);
    assert_said(
        "200",
        "203",
        "out_of_range",
        "event_type.days: expected a whole number from 0 to 5000 in steps of 10 %, such as 200, \
         or null, found 203",
    );
    assert_said(
        "-5",
        "NaN",
        "malformed",
        "expected a value at byte 197, found `NaN,\"version\":\"1.2.3-beta.1\"}}`",
    );
}

#[test]
fn words_are_those_of_the_field() {
    let trees = "one of \"ash\", \"cedar\", \"date_palm\"";
    for (word, code) in [
        ("\"Ash\"", "unknown_value"),
        ("\"\"", "unknown_value"),
        ("1", "wrong_type"),
    ] {
        let sentence = format!("event_type.tree: expected {trees}, or null, found {word}");
        assert_said("\"ash\"", word, code, &sentence);
    }
    for list in ["[\"ash\",\"ash\"]", "[\"oak\"]", "[\"ash\", \"oak\"]"] {
        let sentence = format!(
            "event_type.near: expected a list, each at most once, of {trees}, found {list}"
        );
        assert_said("[\"ash\",\"cedar\"]", list, "unknown_value", &sentence);
    }
    for version in [
        "1.2",
        "1.2.3+x",
        "01.2.3",
        "1.2.3-beta.0",
        "1.2.3-beta.999",
        "9999.0.0",
    ] {
        let found = fault(&sound(&SAID.replacen("1.2.3-beta.1", version, 1)));
        assert_eq!(found.0, "unknown_value", "{version}: {}", found.1);
    }
    // An escape is not how the encoder writes a word.
    assert_eq!(
        fault(&sound(&SAID.replace("\"ash\"", "\"\\u0061sh\""))).0,
        "malformed"
    );
}

#[test]
fn keys_are_there_once() {
    assert_said(
        "\"warmth\":-5",
        "\"warmth\":-5,\"warmth\":-5",
        "duplicate_key",
        "event_type.warmth: expected the key once, found it twice",
    );
    assert_said(
        "\"warmth\":-5,",
        "",
        "missing_key",
        "event_type.warmth: expected a value, found nothing",
    );
    assert_said(
        "\"warmth\":-5",
        "\"warmth\":-5,\"path\":\"/home\"",
        "unknown_field",
        "event_type: expected one of \"tree\", \"near\", \"days\", \"warmth\", \"version\", found \"path\"",
    );
    assert_eq!(
        fault(&sound(&SAID.replace("grown", "eaten"))),
        (
            "unknown_event",
            "event_type.type: expected \"grown\", found \"eaten\"".to_owned()
        )
    );
    let extra = sound(SAID).replacen('{', "{\"ip\":\"127.0.0.1\",", 1);
    assert_eq!(
        fault(&extra).1,
        "expected one of \"id\", \"session_id\", \"timestamp\", \"event_type\", found \"ip\""
    );
}

#[test]
fn of_many_events_the_first_are_named() {
    let event = |code: u16| EventDescriptor {
        code,
        name: Box::leak(format!("event_{code:03}").into_boxed_str()),
        level: Level::Normal,
        life: Life::since(1),
        fields: &[],
    };
    let events: Vec<EventDescriptor> = (1..=1_000).map(event).collect();
    let program = Box::leak(Box::new(Program {
        app: "my-tool",
        generations: &[Generation {
            number: 1,
            fingerprint: 0,
        }],
        events: events.leak(),
        time_precision_ms: 1_000,
    }));
    let text = sound(r#"{"type":"event_1001"}"#);
    let fault = Reader::new(program).event(&text).unwrap_err();
    assert_eq!(fault.kind, FaultKind::UnknownEvent);
    let expected = &fault.expected;
    assert!(expected.starts_with("one of \"event_001\", "), "{expected}");
    assert!(
        expected.ends_with(", \"event_020\", or one of 980 more"),
        "{expected}"
    );
}

#[test]
fn ids_and_times_have_one_form() {
    let ok = |id: &str, session: &str, time: &str| {
        event(&with(id, session, time, SAID), &PROGRAM).is_ok()
    };
    let (id, session, time) = (
        format!("\"{ID}\""),
        format!("\"{SESSION}\""),
        "\"2026-01-31T12:00:00.500Z\"",
    );
    assert!(ok(&id, &session, time), "a finer time than the precision");
    assert!(!ok(&id.to_uppercase(), &session, time));
    assert!(
        !ok(&id.replacen("8def", "4def", 1), &session, time),
        "another version"
    );
    assert!(
        !ok(&id.replacen("a123", "c123", 1), &session, time),
        "another variant"
    );
    assert!(!ok(&id.replacen('-', "0", 1), &session, time));
    assert!(!ok("null", &session, time));
    assert!(!ok(&id, "\"0123456789ABCDEF\"", time));
    assert!(!ok(&id, "\"0123456789abcde\"", time));
    assert!(!ok(&id, &session, "1769860800"));
    assert!(!ok(&id, &session, "\"2026-01-31T12:00:00+00:00\""));
}

#[test]
fn what_nests_or_goes_on_is_refused() {
    let deep = "[".repeat(100_000);
    assert_eq!(fault(&deep).0, "malformed");
    let deep = "{\"a\":".repeat(100_000);
    assert_eq!(fault(&deep).0, "malformed");
    assert_eq!(fault(&sound(&SAID.replace("200", "{}"))).0, "malformed");
    assert_eq!(
        fault(&sound(&SAID.replace("[\"ash\"", "[[\"ash\"]"))).0,
        "malformed"
    );
    assert_eq!(
        fault(&format!("{} x", sound(SAID))).1,
        format!(
            "expected the end of the event at byte {}, found `x`",
            sound(SAID).len() + 1
        )
    );
    assert_eq!(fault("").1, "expected an object at byte 0, found the end");
}

#[test]
fn an_event_of_an_older_generation_is_read_as_one() {
    let old =
        r#"{"type":"grown","tall":true,"tree":"beech","near":[],"days":1000,"version":"1.0.0"}"#;
    let read = event(&sound(old), &PROGRAM).unwrap();
    assert_eq!(read.decoded.record().generation, 1);
    let read = event(&sound(r#"{"type":"felled"}"#), &PROGRAM).unwrap();
    assert_eq!(read.decoded.record().generation, 2);
    // What no generation has is told by the newest.
    let mixed = old
        .replace("\"tall\":true", "\"warmth\":1")
        .replace("1000", "5000");
    assert_eq!(fault(&sound(&mixed)).0, "unknown_value");
}
