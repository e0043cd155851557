//! What came through, held against what was acknowledged.

use super::program::{POLICY, PROGRAM, narrow};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::Path;
use telemetry_runtime::clock;
use telemetry_runtime::store::{DrainReport, Queue, StoredEvent, Terms, drain};

/// How many events of each writer are known to have been kept.
pub(crate) type Acknowledged = BTreeMap<u32, u32>;

/// A writer and its event's place.
pub(crate) type Spot = (u32, u32);

/// An event that left the queue or is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    pub(crate) id: String,
    pub(crate) spot: Spot,
}

impl Delivered {
    /// Reads an event's JSON. What is no `mark` fails the test.
    pub(crate) fn of(stored: &StoredEvent) -> Self {
        let json = &stored.data;
        let event: serde_json::Value = serde_json::from_str(json).expect("JSON");
        assert_eq!(event["id"], stored.id, "{json}");
        let mark = &event["event_type"];
        assert_eq!(mark["type"], "mark", "{json}");
        let number = |key: &str| narrow(mark[key].as_u64().expect(key));
        Self {
            id: stored.id.clone(),
            spot: (number("writer"), number("sequence")),
        }
    }
}

/// The terms of a drain now.
pub(crate) fn terms() -> Terms {
    Terms::new(&PROGRAM, &POLICY, clock::system())
}

/// Drains, when nobody writes any more; what is in the queue then.
pub(crate) fn drain_all(dir: &Path) -> (Vec<Delivered>, DrainReport) {
    let (delivered, report) = drain_now(dir);
    assert_eq!(report.busy_files, 0, "somebody still writes");
    (delivered, report)
}

/// Drains; what is in the queue then.
pub(crate) fn drain_now(dir: &Path) -> (Vec<Delivered>, DrainReport) {
    let mut queue = Queue::open(dir, clock::system()).expect("the queue");
    let report = drain(&mut queue, &terms()).expect("a drain");
    let counts = queue.counts().expect("the counts");
    assert_eq!((counts.unread, counts.quarantined), (0, 0));
    let events = queue.oldest(usize::MAX).expect("the events");
    (events.iter().map(Delivered::of).collect(), report)
}

/// Drains, and asserts that just the acknowledged events are there.
pub(crate) fn assert_all_kept(dir: &Path, acknowledged: &Acknowledged) {
    let (delivered, report) = drain_all(dir);
    let verdict = Verdict::new(acknowledged, &delivered);
    assert!(verdict.is_good(), "{verdict}");
    assert_eq!((report.empty_slots, report.garbage_slots), (0, 0));
    let expected: u32 = acknowledged.values().sum();
    assert_eq!(delivered.len(), expected as usize);
}

/// What is wrong, if anything is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Acknowledged, and not there.
    pub(crate) lost: Vec<Spot>,
    /// There more than once.
    pub(crate) doubled: Vec<Spot>,
    /// Neither acknowledged nor on its way to be: a writer emits an event
    /// only after the one before was acknowledged.
    pub(crate) unheard_of: Vec<Spot>,
    /// Ids of more than one event.
    pub(crate) shared_ids: Vec<String>,
}

impl Verdict {
    /// Holds one against the other.
    pub(crate) fn new(acknowledged: &Acknowledged, delivered: &[Delivered]) -> Self {
        let mut times: HashMap<Spot, u32> = HashMap::new();
        let mut spots_of_ids: HashMap<&str, HashSet<Spot>> = HashMap::new();
        for event in delivered {
            *times.entry(event.spot).or_default() += 1;
            spots_of_ids
                .entry(&event.id)
                .or_default()
                .insert(event.spot);
        }
        let mut verdict = Self::default();
        for (writer, count) in acknowledged {
            let spots = (0..*count).map(|sequence| (*writer, sequence));
            verdict
                .lost
                .extend(spots.filter(|spot| !times.contains_key(spot)));
        }
        for (spot, times) in times {
            if times > 1 {
                verdict.doubled.push(spot);
            }
            if spot.1 > acknowledged.get(&spot.0).copied().unwrap_or(0) {
                verdict.unheard_of.push(spot);
            }
        }
        for (id, spots) in spots_of_ids {
            if spots.len() > 1 {
                verdict.shared_ids.push(id.to_owned());
            }
        }
        verdict
    }

    /// Nothing lost, nothing doubled, nothing else.
    pub(crate) fn is_good(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lost,
            doubled,
            unheard_of,
            shared_ids,
        } = self;
        for (what, spots) in [
            ("lost", lost),
            ("doubled", doubled),
            ("unheard of", unheard_of),
        ] {
            let some = &spots[..spots.len().min(5)];
            write!(f, "{} {what} {some:?}, ", spots.len())?;
        }
        write!(f, "{} ids shared", shared_ids.len())
    }
}
