//! What lies in the folder before the host starts.

use crate::support::counting::{Verdict, assert_all_kept, drain_all};
use crate::support::process::{Place, run};
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::Write as _;
use std::time::{Duration, SystemTime};
use telemetry_runtime::spool::{DRAIN_LOCK_FILE, SPOOL_FILE};

#[test]
fn a_drainer_that_hangs_on_the_spool_is_not_waited_for() {
    let place = Place::new();
    fs::create_dir(place.telemetry()).unwrap();
    let spool = File::create(place.telemetry().join(SPOOL_FILE)).unwrap();
    spool.lock().unwrap();
    // Would hang, if it waited.
    run(&mut place.host("finds_telemetry_off", &[]));
    assert_eq!(spool.metadata().unwrap().len(), 0);
    spool.unlock().unwrap();
    run(&mut place.host("emits_100", &[]));
    assert_all_kept(&place.telemetry(), &[(0, 100)].into());
}

#[test]
fn a_drainer_that_hangs_in_its_pass_is_not_waited_for() {
    let place = Place::new();
    run(&mut place.host("emits_100", &[]));
    let lock = File::create(place.telemetry().join(DRAIN_LOCK_FILE)).unwrap();
    lock.lock().unwrap();
    // Last written on another day, the spool is due for a look under
    // that lock.
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    let spool = File::open(place.telemetry().join(SPOOL_FILE)).unwrap();
    spool
        .set_times(FileTimes::new().set_modified(yesterday))
        .unwrap();
    run(&mut place.host("emits_100_more", &[]));
    drop(lock);
    assert_all_kept(&place.telemetry(), &[(0, 100), (1, 100)].into());
}

#[test]
fn garbage_and_torn_records_hide_no_record() {
    let place = Place::new();
    run(&mut place.host("emits_100", &[]));
    let path = place.telemetry().join(SPOOL_FILE);
    let records = fs::read(&path).unwrap();
    let last = records.last_chunk::<32>().unwrap();
    let mut spool = OpenOptions::new().append(true).open(&path).unwrap();
    // A torn record, zeros, noise, and after it all is out of step.
    spool.write_all(&last[..17]).unwrap();
    spool.write_all(&[0; 64]).unwrap();
    spool.write_all(&[0xC1; 45]).unwrap();
    drop(spool);
    run(&mut place.host("emits_100_more", &[]));
    let mut spool = OpenOptions::new().append(true).open(&path).unwrap();
    spool.write_all(&last[..31]).unwrap();
    drop(spool);

    let (delivered, report) = drain_all(&place.telemetry());
    let writers = [(0, 100), (1, 100)].into();
    let verdict = Verdict::new(&writers, &delivered);
    assert!(verdict.is_good(), "{verdict}");
    assert_eq!(delivered.len(), 200);
    assert!(report.garbage_slots > 0);
}

#[test]
fn a_file_where_the_folder_should_be_turns_telemetry_off() {
    let place = Place::new();
    fs::write(place.telemetry(), "a file").unwrap();
    run(&mut place.host("finds_telemetry_off", &[]));
    assert_eq!(fs::read(place.telemetry()).unwrap(), b"a file");
}
