use super::{Kind, Refusal};
use crate::{Generation, Program};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const fn generation(number: u16) -> Generation {
    Generation {
        number,
        fingerprint: 0x0A11_0000 + number as u32,
    }
}

const fn program(app: &'static str, generations: &'static [Generation]) -> Program {
    Program {
        app,
        generations,
        events: &[],
        time_precision_ms: 1000,
    }
}

static OLDER: Program = program("probe", &[generation(1)]);
static PROBE: Program = program("probe", &[generation(1), generation(2)]);
static OTHER: Program = program("other", &[generation(1), generation(2)]);
static BRANCH: Program = program(
    "probe",
    &[
        generation(1),
        Generation {
            number: 2,
            fingerprint: 7,
        },
    ],
);

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn write(program: &Program, kind: Kind, lines: &[String]) -> String {
    super::write(program, kind, lines, sha256)
}

fn read<'t>(bytes: &'t [u8], kind: Kind, program: &Program) -> Result<Vec<&'t str>, Refusal> {
    super::read(bytes, program, sha256).and_then(|bundle| bundle.only(kind))
}

fn two() -> String {
    write(&PROBE, Kind::Events, &["{\"a\":1}".into(), "{}".into()])
}

fn refused(text: &str) -> Refusal {
    read(text.as_bytes(), Kind::Events, &PROBE).unwrap_err()
}

/// With a last line that fits again.
fn sealed(text: &str) -> String {
    let body = text.rsplit_once("{\"sha256\"").unwrap().0;
    format!("{body}{}\n", super::seal(sha256, body))
}

#[test]
fn says_what_it_is_and_ends_in_its_checksum() {
    insta::assert_snapshot!(two(), @r#"
    {"bundle":"caro-telemetry","format":1,"kind":"events","app":"probe","generation":2,"fingerprint":"0a110002","events":2}
    {"a":1}
    {}
    {"sha256":"ec4dc567dec43f7d25dd0fadd2dee307a044d4eafa07e6340596f2eed1c13155"}
    "#);
    assert_eq!(
        read(two().as_bytes(), Kind::Events, &PROBE).unwrap(),
        ["{\"a\":1}", "{}"]
    );
    let older = write(&OLDER, Kind::Events, &[]);
    assert!(
        read(older.as_bytes(), Kind::Events, &PROBE)
            .unwrap()
            .is_empty()
    );
}

/// Ids are the same in every generation, and a folder may be that of two
/// versions.
#[test]
fn a_request_to_delete_is_read_by_every_version_of_its_program() {
    let ids = ["{\"session_ids\":[]}".to_owned()];
    let text = write(&PROBE, Kind::Deletion, &ids);
    for program in [&PROBE, &OLDER, &BRANCH] {
        let lines = read(text.as_bytes(), Kind::Deletion, program);
        assert_eq!(lines.unwrap(), ids);
    }
    assert!(read(text.as_bytes(), Kind::Deletion, &OTHER).is_err());
}

#[test]
fn says_why_it_is_refused() {
    let of = |program, kind| read(two().as_bytes(), kind, program).unwrap_err();
    let refusals = [
        refused(""),
        refused("[]\n"),
        refused(&two().replace("\"format\":1", "\"format\":2")),
        refused(&two().replace("\"format\":1,", "\"format\":1, ")),
        refused(&two().replace("{}\n", "{ }\n")),
        refused(two().trim_end()),
        refused(&two()[..two().len() / 2]),
        refused(&sealed(&two().replace("{}\n", ""))),
        of(&OTHER, Kind::Events),
        of(&OLDER, Kind::Events),
        of(&BRANCH, Kind::Events),
        of(&PROBE, Kind::Deletion),
        read(b"x\n\xff", Kind::Events, &PROBE).unwrap_err(),
    ];
    let said: Vec<String> = refusals.iter().map(Refusal::to_string).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    line 1: this is not the first line of a bundle; `export` writes bundles
    line 1: this is not the first line of a bundle; `export` writes bundles
    line 1: the bundle's format is 2, and this version reads 1; use the version that wrote it, or a newer one
    line 1: this is not as `export` writes it; the file was cut off or changed after it was written
    line 4: the checksum is not that of the lines before it; the file was damaged or changed after it was written, so copy it again
    line 4: this is not the last line of a bundle, which holds its checksum; the file was cut off, so copy it again
    line 1: this is not as `export` writes it; the file was cut off or changed after it was written
    line 1: this says that 2 lines follow before the checksum, and 1 do
    line 1: this is a bundle of "probe", and one of "other" is wanted
    line 1: a newer version wrote this: its events are of generation 2, and this version knows 1; use that version, or a newer one
    line 1: another build wrote this: its generation 2 has the fingerprint 0a110002, which this version does not know
    line 1: this is a bundle of kind "events", and one of kind "deletion" is wanted
    line 2: this is not UTF-8
    "#);
}

#[test]
fn more_lines_than_events_have_room_are_not_taken() {
    let most = usize::try_from(super::MAX_LINES).unwrap();
    let of = |count| write(&PROBE, Kind::Events, &vec![String::new(); count]);
    let taken = |count| read(of(count).as_bytes(), Kind::Events, &PROBE).map(|lines| lines.len());
    assert_eq!(taken(most), Ok(most));
    assert_eq!(taken(most + 1).unwrap_err().line, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_what_it_writes(lines in proptest::collection::vec("[ -~]{0,40}", 0..8)) {
        let text = write(&PROBE, Kind::Deletion, &lines);
        prop_assert_eq!(read(text.as_bytes(), Kind::Deletion, &PROBE).unwrap(), lines);
    }

    #[test]
    fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = two().into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        prop_assert!(read(&bytes, Kind::Events, &PROBE).is_err());
    }

    #[test]
    fn no_part_passes_for_the_whole(cut in any::<prop::sample::Index>()) {
        let text = two();
        let part = &text.as_bytes()[..cut.index(text.len())];
        prop_assert!(read(part, Kind::Events, &PROBE).is_err());
    }
}
