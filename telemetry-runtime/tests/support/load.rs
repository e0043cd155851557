//! The hard case: processes that come, go and are killed, all on one queue.
//!
//! | who | how many | ends |
//! |---|---|---|
//! | writer: a few events, with pauses | thousands, some at a time | by itself; every fourth is killed at a random moment |
//! | steady writer: one event a millisecond, on the file that it opened first | two | with the last writer |
//! | drainer: one pass after the other | three | killed at random moments, and started again |
//! | consumer: takes batches out of the queue, as an uploader does | one | with the last writer |
//!
//! Writers log every event that they have emitted: that is what must come
//! through, once.

use super::counting::{Acknowledged, Delivered, Verdict, drain_all, terms};
use super::process::Place;
use super::program::{self, narrow};
use super::random::Random;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, Scope};
use std::time::Duration;
use telemetry_runtime::store::{Queue, Step, drain, drain_without};
use telemetry_runtime::{clock, redaction};

/// Writers that run at a time.
const AT_ONCE: u32 = 4;
const STEADY: u32 = 2;
/// The most events that a writer emits.
const MOST: u64 = 8;
/// The longest pause between two of a writer's events, in microseconds.
const PAUSE_US: u64 = 400;
/// A writer that is to be killed dies within these microseconds: about what
/// one needs from start to end.
const KILL_WITHIN_US: u64 = 8_000;
const DRAINERS: u32 = 3;
/// A drainer dies within these microseconds; as long as nobody finishes a
/// pass, the next one may live twice as long. So on any machine some die
/// before they have done anything, some in the middle, some after a pass.
const DRAINER_LIFE_US: u64 = 2_000;

/// Events that were emitted, 8 bytes each.
const ACKS: &str = "acks";
/// Passes that drainers finished, and drainers that were killed: 1 byte each.
const PASSES: &str = "passes";
const KILLED: &str = "killed";
/// Tells whoever stays to stop.
const STOP: &str = "stop";

/// What to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// How many writers come and go.
    pub(crate) writers: u32,
    /// The role that they play.
    pub(crate) writer_role: &'static str,
    /// The step of the drain that is left out.
    pub(crate) without: Option<Step>,
    /// Decides everything but the system's scheduling.
    pub(crate) seed: u64,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// Events that were acknowledged.
    pub(crate) acknowledged: u64,
    /// Events that the consumer took meanwhile.
    pub(crate) taken: usize,
    /// Events that were left for the last pass.
    pub(crate) left: usize,
    /// Writers that were killed before their end.
    pub(crate) writers_killed: u32,
    /// Drainers that were killed.
    pub(crate) drainers_killed: u64,
    /// Passes that drainers finished before.
    pub(crate) passes: u64,
}

/// Runs the load to its end, and drains what is left.
pub(crate) fn run(load: Load) -> Outcome {
    let place = Place::new();
    let dir = place.telemetry();
    Queue::open(&dir, clock::system()).expect("the queue");
    let field = Field {
        place: &place,
        load,
        next_writer: AtomicU32::new(STEADY),
        writers_killed: AtomicU32::new(0),
        over: AtomicBool::new(false),
    };
    let mut delivered = thread::scope(|scope| field.play(scope));
    let (rest, report) = drain_all(&dir);
    let taken = delivered.len();
    delivered.extend(rest);
    if load.without.is_none() {
        assert_eq!((report.empty_slots, report.garbage_slots), (0, 0));
    }
    let acknowledged = read_acks(place.root());
    let ticks = |log| fs::metadata(place.root().join(log)).map_or(0, |log| log.len());
    Outcome {
        verdict: Verdict::new(&acknowledged, &delivered),
        acknowledged: acknowledged.values().map(|count| u64::from(*count)).sum(),
        taken,
        left: delivered.len() - taken,
        writers_killed: field.writers_killed.into_inner(),
        drainers_killed: ticks(KILLED),
        passes: ticks(PASSES),
    }
}

struct Field<'a> {
    place: &'a Place,
    load: Load,
    next_writer: AtomicU32,
    writers_killed: AtomicU32,
    over: AtomicBool,
}

impl Field<'_> {
    /// What the consumer took.
    fn play<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) -> Vec<Delivered> {
        // Ends the others also when one of them panics.
        let over = Over(self);
        let consumer = scope.spawn(|| self.consume());
        let drainers = (0..DRAINERS).map(|drainer| {
            let seed = self.random(1, drainer).next();
            self.start("drainers", &[self.without(), seed])
        });
        let steady = (0..STEADY).map(|writer| self.start("steady_writer", &[writer.into()]));
        let staying: Vec<Child> = drainers.chain(steady).collect();
        let lanes: Vec<_> = (0..AT_ONCE)
            .map(|lane| scope.spawn(move || self.start_writers(self.random(2, lane))))
            .collect();
        for lane in lanes {
            lane.join().expect("a lane of writers");
        }
        drop(over);
        for mut process in staying {
            assert!(process.wait().expect("a process").success());
        }
        consumer.join().expect("the consumer")
    }

    fn random(&self, kind: u64, number: u32) -> Random {
        Random::new(self.load.seed ^ (kind << 32) ^ u64::from(number))
    }

    /// The step to leave out as a drainer's task.
    fn without(&self) -> u64 {
        let index = STEPS
            .iter()
            .position(|step| Some(*step) == self.load.without);
        index.map_or(0, |index| index as u64 + 1)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn start(&self, role: &str, task: &[u64]) -> Child {
        spawn(&mut self.place.host(role, task))
    }

    /// One writer after the other, until all have had their turn.
    fn start_writers(&self, mut random: Random) {
        loop {
            let number = self.next_writer.fetch_add(1, Ordering::Relaxed);
            if number >= STEADY + self.load.writers {
                return;
            }
            let count = 1 + random.below(MOST);
            let task = [number.into(), count, random.next()];
            let mut writer = self.start(self.load.writer_role, &task);
            if random.below(4) == 0 {
                thread::sleep(Duration::from_micros(random.below(KILL_WITHIN_US)));
                // It may have ended by now.
                let _ = writer.kill();
                let status = writer.wait().expect("a writer");
                self.writers_killed
                    .fetch_add((!status.success()).into(), Ordering::Relaxed);
            } else {
                assert!(writer.wait().expect("a writer").success());
            }
        }
    }

    /// Takes events as an uploader does: reads a batch, has it delivered, and
    /// deletes just those rows.
    fn consume(&self) -> Vec<Delivered> {
        let mut random = self.random(3, 0);
        let mut queue = Queue::open(&self.place.telemetry(), clock::system()).expect("the queue");
        let mut taken = Vec::new();
        while !self.is_over() {
            let limit = 1 + random.below(200);
            let batch = queue.oldest(narrow(limit) as usize).expect("a batch");
            let ids: Vec<&str> = batch.iter().map(|event| event.id.as_str()).collect();
            queue.remove(&ids).expect("a commit");
            taken.extend(batch.iter().map(Delivered::of));
            if batch.is_empty() {
                thread::sleep(Duration::from_millis(1));
            }
        }
        taken
    }
}

struct Over<'a, 'b>(&'a Field<'b>);

impl Drop for Over<'_, '_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
        let _ = File::create(self.0.place.root().join(STOP));
    }
}

fn spawn(command: &mut Command) -> Child {
    command.spawn().expect("a process")
}

/// The steps that can be left out, in the order of a drainer's task.
pub(crate) const STEPS: [Step; 5] = [
    Step::DrainLock,
    Step::FreshName,
    Step::IdleBeforeRead,
    Step::OneTransaction,
    Step::UnlinkOnlyIdle,
];

/// The role of a drainer that is killed at a random moment, and of the next
/// one, until it is told to stop. Leaves out a step of [`STEPS`], counted
/// from 1.
///
/// The drainers are forks, so that they get to work at once: what a debug
/// build takes longest for, compiling the patterns of the redaction, is done
/// before.
pub(crate) fn drainers(dir: &Path, [without, seed]: [u64; 2]) {
    let step = without
        .checked_sub(1)
        .map(|index| STEPS[narrow(index) as usize]);
    let mut random = Random::new(seed);
    let mut killed = Log::open(KILLED);
    redaction::check("").expect("nothing in nothing");
    let passes = || fs::metadata(PASSES).map_or(0, |passes| passes.len());
    let (mut life_us, mut passes_before) = (DRAINER_LIFE_US, passes());
    while !Path::new(STOP).exists() {
        // SAFETY: the only other thread of this process waits for this one,
        // and holds nothing that the fork needs.
        let drainer = unsafe { libc::fork() };
        assert!(drainer >= 0, "no fork");
        if drainer == 0 {
            drain_forever(dir, step);
        }
        thread::sleep(Duration::from_micros(random.below(life_us)));
        // SAFETY: takes numbers; the process is a child that nobody waited
        // for yet.
        unsafe {
            libc::kill(drainer, libc::SIGKILL);
            libc::waitpid(drainer, std::ptr::null_mut(), 0);
        }
        killed.write(b"x");
        life_us = if passes() > passes_before {
            DRAINER_LIFE_US
        } else {
            life_us * 2
        };
        passes_before = passes();
    }
}

fn drain_forever(dir: &Path, step: Option<Step>) -> ! {
    let mut passes = Log::open(PASSES);
    loop {
        let Ok(mut queue) = Queue::open(dir, clock::system()) else {
            continue;
        };
        // With a step left out a pass may fail; with all of them it may find
        // the database busy. Either way there is another pass.
        while match step {
            None => drain(&mut queue, &terms()),
            Some(step) => drain_without(step, &mut queue, &terms()),
        }
        .is_ok()
        {
            passes.write(b"x");
        }
    }
}

/// The role of a writer that comes and goes.
pub(crate) fn writer(number: u64, count: u64, seed: u64, mut emit: impl FnMut(u32, u32)) {
    let mut random = Random::new(seed);
    let mut acks = Log::open(ACKS);
    let number = narrow(number);
    for sequence in 0..narrow(count) {
        emit(number, sequence);
        acks.acknowledge(number, sequence);
        thread::sleep(Duration::from_micros(random.below(PAUSE_US)));
    }
}

/// The role of a writer that stays.
pub(crate) fn steady_writer(number: u64) {
    let mut acks = Log::open(ACKS);
    let number = narrow(number);
    for sequence in 0.. {
        if Path::new(STOP).exists() {
            break;
        }
        program::emit(number, [sequence]);
        acks.acknowledge(number, sequence);
        thread::sleep(Duration::from_millis(1));
    }
}

/// A log in the current folder that many processes append to, each time in
/// one `write(2)`.
struct Log(File);

impl Log {
    fn open(name: &str) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(name);
        Self(file.expect("a log"))
    }

    fn write(&mut self, entry: &[u8]) {
        self.0.write_all(entry).expect("a log");
    }

    /// Says that an event was emitted.
    fn acknowledge(&mut self, writer: u32, sequence: u32) {
        self.write(&[writer.to_le_bytes(), sequence.to_le_bytes()].concat());
    }
}

/// How many events of each writer the log has.
fn read_acks(root: &Path) -> Acknowledged {
    let bytes = fs::read(root.join(ACKS)).expect("the log");
    let (entries, rest) = bytes.as_chunks::<8>();
    assert!(rest.is_empty(), "the log is torn");
    let mut acknowledged = Acknowledged::new();
    for entry in entries {
        let [writer, sequence] = [&entry[..4], &entry[4..]]
            .map(|half| u32::from_le_bytes(half.try_into().expect("4 bytes")));
        let count = acknowledged.entry(writer).or_default();
        assert_eq!(*count, sequence, "writer {writer} is out of order");
        *count += 1;
    }
    acknowledged
}
