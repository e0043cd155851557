//! A folder that belongs to another user: root at work in somebody's home, as
//! by `sudo`, and somebody who may not read what root has left.

use crate::person::{COMMANDS, EVENTS, Person, tree};
use crate::support::process::skip;
use crate::support::program::PROGRAM;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use telemetry_runtime::Host;
use telemetry_runtime::consent::{Occasion, answer_by_default, turn_off};

const ROOT: u32 = 0;
/// Any user but root; it need not have a name.
const SOMEBODY: u32 = 65_534;

fn is_root() -> bool {
    // SAFETY: cannot fail.
    let is_root = unsafe { libc::geteuid() } == ROOT;
    if !is_root {
        skip("owner", "only root can become another user");
    }
    is_root
}

/// Root and somebody, both at work in the home of the latter.
fn home() -> (Person, Person) {
    let root = Person::new();
    let home = root.root();
    chown(home, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    fs::set_permissions(home, fs::Permissions::from_mode(0o755)).unwrap();
    let dir = home.join("share/marks/telemetry");
    let dir = dir.to_str().unwrap();
    let somebody = Person::new()
        .working_in(home)
        .acting_as(SOMEBODY)
        .with("MARKS_TELEMETRY_DIR", dir);
    (root.with("MARKS_TELEMETRY_DIR", dir), somebody)
}

/// What is below a folder that one user owns.
fn owned_by(user: u32, folder: &Path) -> Vec<String> {
    tree(folder)
        .into_iter()
        .filter(|found| found.owner == user)
        .map(|found| found.path.display().to_string())
        .collect()
}

#[test]
fn root_leaves_nothing_in_a_home_that_is_not_its_own() {
    if !is_root() {
        return;
    }
    let (root, somebody) = home();
    assert!(!root.runs());
    for words in COMMANDS {
        let said = root.telemetry(words);
        assert!((0..=3).contains(&said.code), "{words:?}: {said:?}");
        // What root asked to be written elsewhere is root's.
        let _ = fs::remove_file(root.root().join("out.jsonl"));
        let left = owned_by(ROOT, root.root());
        assert!(left.is_empty(), "{words:?} left {left:?}");
    }
    // Nor is root asked what it could not record.
    let root = root.without("MARKS_TELEMETRY_ENABLED");
    assert_eq!(root.on_terminal(&["run"], &[]), "");
    assert!(somebody.runs());
    assert_eq!(somebody.queued(), EVENTS);
}

/// A host may ask its questions itself.
#[test]
fn a_no_of_roots_takes_nothing_of_another_users() {
    if !is_root() {
        return;
    }
    let (_root, somebody) = home();
    assert!(somebody.runs());
    assert_eq!(somebody.queued(), EVENTS);
    let dir = somebody.root().join("share/marks/telemetry");
    let before = tree(&dir);
    let host = Host::new("marks", "1.0.0", false, false);
    let occasion = Occasion::new(&PROGRAM, host, 1_769_860_800_000);
    for refused in [
        turn_off(&dir, &occasion),
        answer_by_default(&dir, false, &occasion),
    ] {
        let why = refused.unwrap_err().to_string();
        assert!(why.contains("belongs to another user"), "{why}");
        assert_eq!(tree(&dir), before);
    }
}

/// As an older version of the program left it, which did not look whose
/// folder it was.
#[test]
fn what_root_left_in_ones_own_folder_is_told_and_holds_up_nothing() {
    if !is_root() {
        return;
    }
    let (_home, somebody) = home();
    assert!(somebody.runs());
    let dir = somebody.root().join("share/marks/telemetry");
    let left = dir.join(format!("spool.{:032x}", 7));
    fs::write(&left, [0; 32]).unwrap();
    fs::set_permissions(&left, fs::Permissions::from_mode(0o600)).unwrap();
    let said = somebody.telemetry(&["status"]);
    assert!(
        said.err
            .contains("note: 1 file with events may not be read by this user"),
        "{said:?}"
    );
    assert_eq!(somebody.queued(), EVENTS);
    assert!(left.exists());
}

#[test]
fn root_can_look_at_what_another_user_keeps_and_leaves_it_to_them() {
    if !is_root() {
        return;
    }
    let (root, somebody) = home();
    assert!(somebody.runs());
    assert_eq!(somebody.queued(), EVENTS);
    assert!(somebody.runs());
    assert!(!root.runs());
    for words in COMMANDS {
        let said = root.telemetry(words);
        assert!((0..=3).contains(&said.code), "{words:?}: {said:?}");
        let _ = fs::remove_file(root.root().join("out.jsonl"));
        let left = owned_by(ROOT, root.root());
        assert!(left.is_empty(), "{words:?} left {left:?}");
    }
    let said = root.telemetry(&["show", "--limit", "1"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("1 of 10 queued"), "{said:?}");
    for words in [&["on"][..], &["off"], &["level", "minimal"], &["forget"]] {
        let said = root.telemetry(words);
        assert_eq!(
            (said.code, said.err.as_str()),
            (
                3,
                "error: ROOT/share/marks/telemetry belongs to another user; run the program as \
                 that user, or have the folder given to you\n"
            ),
            "{words:?}"
        );
    }
    assert_eq!(somebody.queued(), 2 * EVENTS);
}

#[test]
fn what_may_not_be_read_is_said_and_left_alone() {
    if !is_root() {
        return;
    }
    let (_home, somebody) = home();
    let root = Person::new().working_in(somebody.root());
    let dir = somebody.root().join("roots");
    let dir = dir.to_str().unwrap();
    let root = root.with("MARKS_TELEMETRY_DIR", dir);
    fs::create_dir(dir).unwrap();
    assert!(root.runs());
    assert_eq!(root.queued(), EVENTS);
    let somebody = somebody.with("MARKS_TELEMETRY_DIR", dir);
    // A folder that they may not enter, one that they may, and one that they
    // may even write to.
    for mode in [0o700, 0o755, 0o777] {
        fs::set_permissions(dir, fs::Permissions::from_mode(mode)).unwrap();
        let before = tree(Path::new(dir));
        assert!(!somebody.runs());
        for words in COMMANDS {
            let said = somebody.telemetry(words);
            assert!((0..=3).contains(&said.code), "{words:?}: {said:?}");
            assert_eq!(tree(Path::new(dir)), before, "{mode:o}: {words:?}");
            let _ = fs::remove_file(somebody.root().join("out.jsonl"));
        }
        let said = somebody.telemetry(&["status"]);
        let says = if mode == 0o700 {
            "unreadable (it may not be read by this user)"
        } else {
            "Nothing can be kept: its folder belongs to another user.\n"
        };
        assert!(said.out.contains(says), "{mode:o}: {said:?}");
    }
}
