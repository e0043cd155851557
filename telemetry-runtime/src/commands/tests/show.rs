use super::{NOON, User, command_generation, names};
use crate::commands::{Exit, TelemetryCommands};
use serde_json::Value;
use std::fs;
use std::io::{self, Write};

fn show(limit: usize, json: bool) -> TelemetryCommands {
    TelemetryCommands::Show {
        limit,
        session: None,
        event: None,
        json,
    }
}

fn of(session: Option<String>, event: Option<&str>, json: bool) -> TelemetryCommands {
    TelemetryCommands::Show {
        limit: 20,
        session,
        event: event.map(Into::into),
        json,
    }
}

#[test]
fn only_events_of_a_name() {
    let user = User::with_events();
    insta::assert_snapshot!(user.runs(&of(None, Some("session_start"), false)).out, @r"
    TIME                  EVENT          SAYS
    2026-01-31T11:59:00Z  session_start  version=1.1.0-beta backend_available=[static,embedded]

    1 of 1 that match, 3 queued; --json shows what would be sent, byte for byte.
    ");
    let said = user.runs(&of(None, Some("session_start"), true));
    let events: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(events.as_array().unwrap().len(), 1);
    assert_eq!(events[0]["event_type"]["type"], "session_start");
}

#[test]
fn an_unknown_name_is_answered_with_those_that_there_are() {
    let user = User::with_events();
    let said = user.runs(&of(None, Some("sesion_start"), true));
    assert_eq!((said.exit, said.out.as_str()), (Exit::Misunderstood, ""));
    assert_eq!(
        said.err,
        "error: there is no event named \"sesion_start\"; \
         the events are session_start, command_generation\n"
    );
}

#[test]
fn only_events_of_a_session() {
    let user = User::with_events();
    let all: Value = serde_json::from_str(&user.runs(&show(20, true)).out).unwrap();
    let id = all[0]["session_id"].as_str().unwrap().to_owned();
    let said = user.runs(&of(Some(id), Some("command_generation"), true));
    let events: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(events.as_array().unwrap().len(), 2);
    let other = of(Some("0123456789abcdef".into()), None, false);
    let said = user.runs(&other);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.out, @"No event matches; 3 queued.");
}

#[test]
fn the_newest_come_last() {
    let user = User::with_events();
    insta::assert_snapshot!(user.runs(&show(20, false)).out, @r"
    TIME                  EVENT               SAYS
    2026-01-31T11:59:00Z  session_start       version=1.1.0-beta backend_available=[static,embedded]
    2026-01-31T11:59:10Z  command_generation  backend=embedded duration_ms=1500 success=true fallback=-
    2026-01-31T11:59:20Z  command_generation  backend=embedded duration_ms=9999 success=false fallback=-

    3 of 3 queued; --json shows what would be sent, byte for byte.
    ");
    insta::assert_snapshot!(user.runs(&show(1, false)).out, @r"
    TIME                  EVENT               SAYS
    2026-01-31T11:59:20Z  command_generation  backend=embedded duration_ms=9999 success=false fallback=-

    1 of 3 queued; --json shows what would be sent, byte for byte.
    ");
}

#[test]
fn a_terminal_gets_a_table_as_wide_as_it_is() {
    let mut user = User::with_events();
    user.terminal = Some(80);
    insta::assert_snapshot!(user.runs(&show(20, false)).out, @r"
     TIME                   EVENT                SAYS
    ────────────────────────────────────────────────────────────────────────────────
     2026-01-31T11:59:00Z   session_start        version=1.1.0-beta backend_availab
                                                 le=[static,embedded]
     2026-01-31T11:59:10Z   command_generation   backend=embedded duration_ms=1500
                                                 success=true fallback=-
     2026-01-31T11:59:20Z   command_generation   backend=embedded duration_ms=9999
                                                 success=false fallback=-

    3 of 3 queued; --json shows what would be sent, byte for byte.
    ");
}

#[test]
fn json_is_what_would_be_sent() {
    let user = User::with_events();
    let said = user.runs(&show(2, true));
    let events: Value = serde_json::from_str(&said.out).unwrap();
    let events = events.as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(said.out.lines().count(), 4);
    for event in events {
        let keys: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 4);
        assert_eq!(event["id"].as_str().unwrap().len(), 36);
        assert_eq!(event["session_id"].as_str().unwrap().len(), 16);
    }
    assert_eq!(events[0]["timestamp"], "2026-01-31T11:59:10Z");
    insta::assert_snapshot!(events[0]["event_type"], @r#"{"type":"command_generation","backend":"embedded","duration_ms":1500,"success":true,"fallback":null}"#);
    assert_eq!(said.err, "");
}

#[test]
fn without_events_nothing_is_shown_and_nothing_is_made() {
    let user = User::new();
    let said = user.runs(&show(20, false));
    assert_eq!(
        (said.exit, said.out.as_str()),
        (Exit::Done, "No events are queued.\n")
    );
    assert_eq!(user.runs(&show(20, true)).out, "[]\n");
    assert!(names(user.home.path()).is_empty());
    fs::create_dir(user.dir()).unwrap();
    user.runs(&show(20, false));
    assert!(names(&user.dir()).is_empty());
}

#[test]
fn a_damaged_queue_is_put_aside_and_that_is_said() {
    let user = User::with_events();
    fs::write(user.dir().join("events.db"), "damaged".repeat(1000)).unwrap();
    let said = user.runs(&show(1, true));
    assert_eq!(said.exit, Exit::Done);
    assert!(said.out.contains("command_generation"));
    insta::assert_snapshot!(said.err, @"note: the queue could not be read and is now HOME/telemetry/events.db.corrupt-20260131T120000Z; a new one was made");
}

#[test]
fn a_queue_that_cannot_be_read_is_an_error() {
    let user = User::with_events();
    fs::create_dir(user.dir().join("drain.lock")).unwrap();
    let said = user.runs(&show(1, false));
    assert_eq!((said.exit, said.out.as_str()), (Exit::Failed, ""));
    insta::assert_snapshot!(said.err, @"error: could not open HOME/telemetry/drain.lock: Is a directory (os error 21)");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let user = User::with_events();
    for json in [false, true] {
        let (exit, err) = user.runs_into(&show(20, json), &mut Closed);
        assert_eq!((exit, err.as_slice()), (Exit::Done, b"".as_slice()));
    }
}

#[test]
fn events_arrive_from_one_show_to_the_next() {
    let user = User::with_events();
    user.runs(&show(20, false));
    user.spool(&command_generation(7, true, NOON));
    let said = user.runs(&show(1, false));
    assert!(said.out.contains("duration_ms=7 "), "{}", said.out);
    assert!(said.out.contains("1 of 4 queued"), "{}", said.out);
}

/// Runs `act` without root's right to read and write everything.
#[cfg(target_os = "linux")]
fn as_nobody<T>(act: impl FnOnce() -> T) -> T {
    const NOBODY: u32 = 65_534;
    // SAFETY: works on numbers; concerns the files that this thread opens.
    let user = unsafe { libc::setfsuid(NOBODY) };
    let result = act();
    // SAFETY: as above.
    unsafe { libc::setfsuid(user.cast_unsigned()) };
    result
}

#[cfg(target_os = "linux")]
#[test]
fn a_queue_that_may_not_be_written_is_shown_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::with_events();
    user.runs(&show(20, false));
    user.spool(&command_generation(7, true, NOON));
    let set_mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in names(&user.dir()) {
        set_mode(&user.dir().join(name), 0o444);
    }
    set_mode(&user.dir(), 0o555);
    set_mode(user.home.path(), 0o755);
    let said = as_nobody(|| user.runs(&show(20, true)));
    set_mode(&user.dir(), 0o755);
    assert_eq!(said.exit, Exit::Done);
    assert_eq!(said.out.matches("timestamp").count(), 3, "{}", said.out);
    insta::assert_snapshot!(said.err, @"note: the newest events may be missing: HOME/telemetry cannot be written to; could not use HOME/telemetry/events.db: attempt to write a readonly database");
}
