//! The uploader's own process.
//!
//! A host that ends by `process::exit` runs no hook, and a request takes
//! longer than most runs of a command line program. So a due upload is handed
//! to another process: the same program, started with [`ARGUMENT`] and the
//! variable [`variable`], without standard streams. [`register`] recognises
//! both and does not return. A user who types the argument by hand has not
//! set the variable, and a variable that is left over somewhere meets no such
//! argument: neither alone does anything.
//!
//! The child takes itself apart from its parent, where its start has not done
//! so ([`sys::Program`]): a session and a working folder of its own, no
//! descriptor that it inherited (whoever waits for the end of the host's
//! output, or for a lock that the host's shell holds, does not wait for the
//! uploader), and a timer of the system that ends it whatever happens then.

use super::pass::{Pass, Patience, World};
use super::state::{self, Due};
use super::transport::Limits;
use crate::collector::TelemetryCollector;
use crate::context::Context;
use crate::dirs::Places;
use crate::environment::Environment;
use crate::policy::Policy;
use crate::sys::Program;
use crate::{clock, store, sys};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// The uploader's one argument.
const ARGUMENT: &str = "__telemetry-upload";

/// How long a pass takes at most before it leaves the rest.
const TIME: Duration = Duration::from_mins(1);

/// After so many seconds the system ends the uploader.
pub(crate) const LIFE: u32 = 120;

/// One that goes on as it should has ended by then: its last request begins
/// within [`TIME`].
const _: () = assert!(TIME.as_secs() + Limits::USUAL.whole.as_secs() < LIFE as u64);

/// The stack of the thread that takes note of its end, in bytes.
const STACK: usize = 64 << 10;

/// The variable that goes with [`ARGUMENT`]: `CARO_TELEMETRY_UPLOADER`.
fn variable(app: &str) -> String {
    let name = app.replace('-', "_").to_ascii_uppercase();
    format!("{name}_TELEMETRY_UPLOADER")
}

/// Lets the program be started again as its uploader. Call it in `main` as
/// soon as the configuration is read, before arguments are looked at: in the
/// uploader's own process it sends what is due and never returns.
///
/// ```ignore
/// let uploads = caro_telemetry::upload::register(&context);
/// let telemetry = caro_telemetry::init(caro_telemetry::host!(), &config.telemetry);
/// uploads.start_if_due(&telemetry);
/// ```
pub fn register(context: &Context<'_>) -> Uploads {
    let app = context.program.app;
    let is_uploader = std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == ARGUMENT)
        && std::env::var_os(variable(app)).is_some();
    if is_uploader {
        upload(context, LIFE);
        std::process::exit(0);
    }
    Uploads {
        app,
        policy: *context.policy,
    }
}

/// One pass, within `life` seconds; nobody is there to be told how it went.
pub(crate) fn upload(context: &Context<'_>, life: u32) {
    let environment = Environment::read(context.program.app);
    let places = Places::of(context.program.app, &environment);
    // A relative folder is told from where the host was, so before it is left.
    sys::detach(life);
    let Some(dir) = places.data.as_deref() else {
        return;
    };
    let decide = || context.decision(&environment, &places);
    let world = World {
        dir,
        endpoint: context.endpoint(&environment),
        decide: &decide,
        clock: clock::system,
        store: store::Terms::new(context.program, context.policy, clock::system()),
        random: random(),
        limits: Limits::USUAL,
    };
    let _ = Pass::new(*context, world).run(Patience::Waits, TIME, &mut |_| {});
}

/// A program that can be started again as its uploader. Only [`register`]
/// makes one.
#[derive(Debug, Clone)]
pub struct Uploads {
    app: &'static str,
    policy: Policy,
}

impl Uploads {
    /// Starts the uploader, if telemetry is on, may be sent, and an upload is
    /// due. Never waits for it, never fails the host, and costs one look at a
    /// file where none is due.
    ///
    /// A host that runs for long calls it again now and then, every minute for
    /// instance. Its uploads are processes of their own as well: nothing of
    /// them can slow, block or end it, and each makes the decision anew. They
    /// are its children: who waits for any child waits for them too.
    ///
    /// A host that gives up rights, as a server that root starts does, calls
    /// it afterwards: the uploader has the rights of this moment.
    pub fn start_if_due(&self, telemetry: &TelemetryCollector) {
        let _ = self.begin(telemetry);
    }

    /// The thread that takes note of the uploader's end, where one was due.
    fn begin(&self, telemetry: &TelemetryCollector) -> Option<JoinHandle<()>> {
        let dir = telemetry.dir()?;
        let permit = telemetry.decision().upload(&self.policy).ok()?.permit();
        let now = clock::system();
        let due = state::due(dir, now);
        // The decision is the start's, and somebody may have said no since.
        if matches!(due, Due::At(_)) || !permit.still_holds(dir) {
            return None;
        }
        // Taken before it is begun, so that the next run need not try again;
        // where that cannot be, every run would.
        let next = state::regular(now, self.policy.upload_interval_ms(), random());
        state::claim(dir, next).ok()?;
        if due == Due::Never {
            return None;
        }
        let uploader = Program {
            path: std::env::current_exe().ok()?,
            argument: ARGUMENT,
            variable: (&variable(self.app), "1"),
        };
        let started = uploader.start().ok()?;
        // Somebody has to take note of its end, or a host that goes on for
        // long keeps what is left of it. The thread ends with either.
        let reaper = Builder::new().name("telemetry-reaper".into());
        let reap = move || started.wait();
        reaper.stack_size(STACK).spawn(reap).ok()
    }
}

/// Any number; always the same where the system has none.
pub(crate) fn random() -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::answer::ANSWER_FILE;
    use crate::consent::samples::{POLICY, PROGRAM};
    use crate::consent::{Inputs, Occasion, Opinion, decide, turn_off, turn_on};
    use crate::host::Host;
    use std::fs;
    use std::path::Path;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn occasion(host: Host) -> Occasion {
        Occasion::new(&PROGRAM, host, clock::system())
    }

    /// A host that goes on, whose user has said yes.
    fn started(dir: &Path, host: Host) -> (Uploads, TelemetryCollector) {
        turn_on(dir, &occasion(host)).unwrap();
        let yes = decide(&Inputs {
            environment: Opinion::Yes,
            ..Inputs::silent()
        });
        let place = Some(dir.to_owned());
        let telemetry =
            TelemetryCollector::decided(&PROGRAM, &POLICY, host, yes, place, clock::system);
        let uploads = Uploads {
            app: PROGRAM.app,
            policy: POLICY,
        };
        let _ = uploads.begin(&telemetry).map(JoinHandle::join);
        (uploads, telemetry)
    }

    /// Nothing of an upload is at work in a host, so that one with a runtime
    /// can ask from within it. What is started here is this test program,
    /// which has no test of that name and ends.
    #[test]
    fn a_host_asks_on_its_own_runtime_too() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path();
        let host = Host::new(PROGRAM.app, "1.0.0", false, false);
        let (uploads, telemetry) = started(dir, host);
        state::claim(dir, 1_000).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let thread = runtime
            .unwrap()
            .block_on(async { uploads.begin(&telemetry) });
        thread.unwrap().join().unwrap();
        assert!(matches!(state::due(dir, clock::system()), Due::At(_)));
    }

    /// A host that goes on after somebody has said no elsewhere.
    #[test]
    fn after_a_no_a_host_that_goes_on_makes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path();
        let host = Host::new(PROGRAM.app, "1.0.0", false, false);
        let (uploads, telemetry) = started(dir, host);
        assert!(matches!(state::due(dir, clock::system()), Due::At(_)));
        turn_off(dir, &occasion(host)).unwrap();
        assert_eq!(names(dir), [ANSWER_FILE]);
        let _ = uploads.begin(&telemetry).map(JoinHandle::join);
        assert_eq!(names(dir), [ANSWER_FILE]);
        // As another host left it that did not look: nor is one begun.
        state::claim(dir, 1_000).unwrap();
        let _ = uploads.begin(&telemetry).map(JoinHandle::join);
        assert_eq!(state::due(dir, 1_000), Due::Now);
    }
}
