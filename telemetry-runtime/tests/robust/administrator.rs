//! The administrator's file in its real place, on a disk that only the test
//! sees.

use crate::person::{EVENTS, Person, Said};
use crate::server::{Server, all_arrived};
use crate::support::disk::mounted;
use crate::support::process::{Place, task};
use std::fs;

/// Where the file is, on Linux.
const FOLDER: &str = "/etc/marks";

#[test]
fn the_administrators_file_holds_for_every_user() {
    // All that else is needed of the folder are the authorities.
    let line = "mkdir -p ssl && mount --bind /etc/ssl ssl && mount -t tmpfs none /etc && \
                mkdir /etc/ssl && mount --bind ssl /etc/ssl";
    mounted(line, "administrator::administers");
}

fn writes(text: &str) {
    fs::create_dir_all(FOLDER).unwrap();
    fs::write(format!("{FOLDER}/telemetry.toml"), text).unwrap();
}

#[test]
#[ignore = "a role"]
fn administers() {
    let Some([]) = task() else { return };
    let server = Server::new(|_, request| all_arrived(request));
    let person = Person::at(Place::at(&std::env::current_dir().unwrap()));
    fs::remove_dir(person.dir()).unwrap();
    let status = |person: &Person| -> serde_json::Value {
        serde_json::from_str(&person.telemetry(&["status", "--json"]).out).unwrap()
    };
    // A no, and what cannot be read as anything.
    for no in [
        "enabled = false\n",
        "enabeld = true\n",
        "enabled = true\nsampling = 1\n",
    ] {
        writes(no);
        assert!(!person.runs(), "{no}");
        assert!(!person.dir().exists());
        let said = person.telemetry(&["on"]);
        assert!(
            said.out.contains("so telemetry stays off"),
            "{no}: {said:?}"
        );
        fs::remove_dir_all(person.dir()).unwrap();
    }
    // A yes of root's, to a collector of the fleet's own.
    let person = person.without("MARKS_TELEMETRY_ENABLED");
    writes(&format!(
        "enabled = true\nlevel = \"minimal\"\nendpoint = \"{}\"\n",
        server.url()
    ));
    assert!(person.runs());
    let told = status(&person);
    assert_eq!(told["reason"], "the administrator's file says yes");
    assert_eq!(told["endpoint"], server.url());
    assert_eq!(
        (&told["level"], &told["level_from"]),
        (&"minimal".into(), &"administrator".into()),
        "{told}"
    );
    let said = person.telemetry(&["on"]);
    assert!(said.err.contains(&server.url()), "{said:?}");
    let Said { code, out, .. } = person.telemetry(&["upload", "--now"]);
    assert_eq!((code, out.as_str()), (0, "10 events have arrived.\n"));
    assert_eq!(server.requests().len(), 1);
    // Nobody else says where to.
    let elsewhere = person.with("MARKS_TELEMETRY_ENDPOINT", "https://elsewhere.example/");
    assert_eq!(status(&elsewhere)["endpoint"], server.url());
    // A user's no wins over it.
    assert_eq!(elsewhere.telemetry(&["off"]).code, 0);
    assert!(!elsewhere.runs());
    assert_eq!(elsewhere.telemetry(&["on"]).code, 0);
    // Nothing leaves.
    writes("air_gapped = true\n");
    assert!(elsewhere.runs());
    assert_eq!(elsewhere.telemetry(&["air-gap", "off"]).code, 0);
    let said = elsewhere.telemetry(&["upload", "--now"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(elsewhere.queued(), EVENTS);
    assert_eq!(server.requests().len(), 1);
}
