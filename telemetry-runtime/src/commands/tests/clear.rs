use super::{User, names};
use crate::commands::{Exit, TelemetryCommands};

fn clear(user: &User, force: bool) -> super::Said {
    user.runs(&TelemetryCommands::Clear { force })
}

fn left(user: &User) -> usize {
    let said = user.runs(&super::export::json());
    serde_json::from_str::<Vec<serde_json::Value>>(&said.out)
        .unwrap()
        .len()
}

#[test]
fn deletes_what_is_queued_and_what_is_not_yet() {
    let user = User::with_events();
    let said = clear(&user, true);
    assert_eq!(
        (said.exit, said.out.as_str()),
        (Exit::Done, "3 events deleted.\n")
    );
    assert_eq!(said.err, "");
    assert_eq!(left(&user), 0);
}

#[test]
fn asks_first_and_no_is_the_default() {
    for (answer, expected) in [
        ("\n", 3),
        ("n\n", 3),
        ("", 3),
        ("yess\n", 3),
        ("y\n", 0),
        ("YES\n", 0),
    ] {
        let mut user = User::with_events();
        user.answer = Some(answer);
        let said = clear(&user, false);
        assert!(
            said.err
                .starts_with("Delete 3 events from the queue? [y/N] "),
            "{}",
            said.err
        );
        let exit = if expected == 0 {
            Exit::Done
        } else {
            Exit::Refused
        };
        assert_eq!((said.exit, left(&user)), (exit, expected), "{answer:?}");
    }
}

#[test]
fn refuses_where_nobody_can_answer() {
    let user = User::with_events();
    let said = clear(&user, false);
    assert_eq!((said.exit, said.out.as_str()), (Exit::Refused, ""));
    insta::assert_snapshot!(said.err, @"error: there is nobody to ask; `clear --force` deletes without asking");
    assert_eq!(left(&user), 3);
}

#[test]
fn without_events_there_is_nothing_to_do() {
    let user = User::new();
    let said = clear(&user, false);
    assert_eq!(
        (said.exit, said.out.as_str()),
        (Exit::Done, "Nothing is queued.\n")
    );
    assert!(names(user.home.path()).is_empty());
}
