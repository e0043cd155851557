//! A home that is copied to another machine, as the system tells machines
//! apart: by `/etc/machine-id`, on a disk that only the test sees.

use crate::person::Person;
use crate::support::disk::mounted;
use crate::support::process::{Place, task};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn a_home_on_another_machine_gets_a_key_of_its_own() {
    let line = "mount -t tmpfs none /etc && \
                { test ! -d /var/lib/dbus || mount -t tmpfs none /var/lib/dbus; }";
    mounted(line, "machine::moves");
}

#[test]
#[ignore = "a role"]
fn moves() {
    let Some([]) = task() else { return };
    let person = Person::at(Place::at(&std::env::current_dir().unwrap()));
    let sessions = |person: &Person| -> BTreeSet<String> {
        let said = person.telemetry(&["show", "--json", "--limit", "999"]);
        let events: Vec<serde_json::Value> = serde_json::from_str(&said.out).unwrap();
        let id = |event: &serde_json::Value| event["session_id"].as_str().unwrap().to_owned();
        events.iter().map(id).collect()
    };
    // Midnight may come in between, once.
    let mut most = 2;
    fs::write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n").unwrap();
    for _ in 0..3 {
        assert!(person.runs());
        let found = sessions(&person).len();
        assert!(found <= most, "the same machine, and {found} sessions");
    }
    let here = sessions(&person);
    let key = fs::read(person.dir().join("session.key")).unwrap();
    fs::write("/etc/machine-id", "fedcba9876543210fedcba9876543210\n").unwrap();
    assert!(person.runs());
    most += 2;
    let both = sessions(&person);
    assert!(both.is_superset(&here) && both.len() > here.len() && both.len() <= most);
    assert_ne!(fs::read(person.dir().join("session.key")).unwrap(), key);
    // And `forget` names what this machine can.
    let said = person.telemetry(&["forget", "--force", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let named: BTreeSet<String> = serde_json::from_value(said["session_ids"].clone()).unwrap();
    assert!(named.is_disjoint(&here));
    assert!(both.difference(&here).all(|id| named.contains(id)));
}
