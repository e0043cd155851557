//! Single-stepping by `ptrace(2)`.

use super::{Count, MOST_STEPS, Marker};
use anyhow::{Context, Result, bail, ensure};
use arch::{Registers, is_system_call};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::process::Child;

#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
mod arch;

pub use arch::known_loop;

/// Whether this platform can count.
pub const SUPPORTED: bool = true;

/// A marker is a `getpid` with an argument that nobody else passes.
const MARK: u64 = 0x6361_726f_0000;

pub(super) fn mark(marker: Marker) {
    arch::getpid(MARK + marker as u64);
}

/// Says that no stretch follows; the tracer kills the process here.
pub fn finish() {
    mark(Marker::Finish);
}

/// Makes the parent of this process the tracer of this thread and stops, so
/// that [`count`] can take over. To be called on the main thread.
pub fn trace_me() -> Result<()> {
    request(libc::PTRACE_TRACEME, 0, 0)
        .context("the kernel does not let this process be traced")?;
    // SAFETY: a signal to the own thread touches no memory.
    let failed = unsafe { libc::raise(libc::SIGSTOP) } != 0;
    ensure!(!failed, "could not stop to be traced");
    Ok(())
}

/// Runs a child that calls [`trace_me`] to its [`finish`], counts its
/// stretches, and ends it. To be called on the thread that started it.
pub fn count(mut child: Child) -> Result<Vec<Count>> {
    let counts = Tracer::attached(&child).and_then(Tracer::run);
    // It may have ended by itself, which is then the error above.
    let _ = child.kill();
    child.wait().context("the traced process")?;
    counts
}

/// A stopped child that is run step by step.
struct Tracer {
    pid: libc::pid_t,
    memory: File,
    /// By address, whether a system call's instruction is there. The code
    /// does not change under way.
    seen: HashMap<u64, bool>,
}

impl Tracer {
    fn attached(child: &Child) -> Result<Self> {
        let pid = libc::pid_t::try_from(child.id())?;
        let signal = wait_for_stop(pid)?;
        ensure!(
            signal == libc::SIGSTOP,
            "the child stopped by signal {signal}"
        );
        request(libc::PTRACE_SETOPTIONS, pid, libc::PTRACE_O_EXITKILL)?;
        let memory = File::open(format!("/proc/{pid}/mem")).context("the child's memory")?;
        Ok(Self {
            pid,
            memory,
            seen: HashMap::new(),
        })
    }

    fn run(mut self) -> Result<Vec<Count>> {
        let mut done = Vec::new();
        let mut running: Option<Count> = None;
        let mut last = 0;
        for _ in 0..MOST_STEPS {
            let registers = Registers::of(self.pid)?;
            let at = registers.program_counter();
            let call = self.calls_at(at);
            match registers.marker(MARK).filter(|_| call) {
                Some(marker) if marker == Marker::Start as u64 => running = Some(Count::default()),
                Some(marker) if marker == Marker::End as u64 => done.extend(running.take()),
                Some(_) => return Ok(done),
                None => {
                    if let Some(count) = running.as_mut().filter(|_| at != last) {
                        count.add(call);
                    }
                }
            }
            last = at;
            self.step()?;
        }
        bail!("the child took more than {MOST_STEPS} steps")
    }

    /// One instruction. Signals on their way to the child go on to it.
    fn step(&self) -> Result<()> {
        let mut signal = 0;
        loop {
            request(libc::PTRACE_SINGLESTEP, self.pid, signal)?;
            signal = wait_for_stop(self.pid)?;
            if signal == libc::SIGTRAP {
                return Ok(());
            }
        }
    }

    fn calls_at(&mut self, address: u64) -> bool {
        let memory = &self.memory;
        *self.seen.entry(address).or_insert_with(|| {
            let mut code = [0; 4];
            memory
                .read_at(&mut code, address)
                .is_ok_and(|read| is_system_call(&code[..read]))
        })
    }
}

impl Count {
    fn add(&mut self, call: bool) {
        if self.calls == 0 && !call {
            self.before_call += 1;
        }
        self.instructions += 1;
        self.calls += u64::from(call);
    }
}

/// Waits until the child stops; the signal that stopped it.
fn wait_for_stop(pid: libc::pid_t) -> Result<libc::c_int> {
    let mut status = 0;
    // SAFETY: `status` outlives the call, which is all that it writes to.
    if unsafe { libc::waitpid(pid, &raw mut status, 0) } != pid {
        return Err(io::Error::last_os_error()).context("waiting for the traced process");
    }
    ensure!(
        libc::WIFSTOPPED(status),
        "the traced process ended before its last marker (wait status {status:#x})"
    );
    Ok(libc::WSTOPSIG(status))
}

#[cfg(not(target_env = "musl"))]
type Request = libc::c_uint;
#[cfg(target_env = "musl")]
type Request = libc::c_int;

/// A request that passes numbers only.
fn request(request: Request, pid: libc::pid_t, data: libc::c_int) -> io::Result<()> {
    let address = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: none of the requests made here reads or writes our memory.
    let result = unsafe { libc::ptrace(request, pid, address, libc::c_long::from(data)) };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Fills in the registers of a stopped process.
fn registers<R: Default>(pid: libc::pid_t) -> Result<R> {
    let mut registers = R::default();
    let mut buffer = libc::iovec {
        iov_base: (&raw mut registers).cast(),
        iov_len: size_of::<R>(),
    };
    // SAFETY: the kernel writes at most `iov_len` bytes to `registers`, which
    // outlives the call and holds integers only.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GETREGSET,
            pid,
            libc::NT_PRSTATUS,
            &raw mut buffer,
        )
    };
    if result == -1 {
        return Err(io::Error::last_os_error()).context("the traced process's registers");
    }
    ensure!(
        buffer.iov_len == size_of::<R>(),
        "the traced process is of another architecture"
    );
    Ok(registers)
}
