//! What is different on `aarch64`.

use std::arch::asm;

/// The general registers, in the kernel's order (`struct user_pt_regs` in
/// `arch/arm64/include/uapi/asm/ptrace.h`).
#[derive(Default)]
#[repr(C)]
pub(super) struct Registers {
    /// x0 to x30; the standard library has no default for so long an array.
    low: [u64; 16],
    high: [u64; 15],
    stack_pointer: u64,
    program_counter: u64,
    state: u64,
}

impl Registers {
    pub(super) fn of(pid: libc::pid_t) -> anyhow::Result<Self> {
        super::registers(pid)
    }

    pub(super) fn program_counter(&self) -> u64 {
        self.program_counter
    }

    /// What a `getpid` would pass beyond `mark`, if it is a marker.
    pub(super) fn marker(&self, mark: u64) -> Option<u64> {
        (self.low[8] == libc::SYS_getpid as u64)
            .then(|| self.low[0].checked_sub(mark))
            .flatten()
            .filter(|marker| (1..=3).contains(marker))
    }
}

/// Whether the code begins with `svc #0`.
pub(super) fn is_system_call(code: &[u8]) -> bool {
    code == 0xd400_0001_u32.to_le_bytes()
}

/// `getpid`, with an argument that the kernel ignores.
#[inline]
pub(super) fn getpid(argument: u64) {
    // SAFETY: `getpid` touches no memory, and only x0 comes back changed.
    unsafe {
        asm!(
            "svc #0",
            in("x8") libc::SYS_getpid,
            inlateout("x0") argument => _,
            options(nostack),
        );
    }
}

/// Executes two instructions a round, and some around the loop that are the
/// same for any number of rounds. There is at least one round.
#[inline]
pub fn known_loop(rounds: u64) {
    // SAFETY: touches one register and the flags, as declared.
    unsafe {
        asm!(
            "mov {left}, {rounds}",
            "2: subs {left}, {left}, #1",
            "b.ne 2b",
            rounds = in(reg) rounds.max(1),
            left = out(reg) _,
            options(nomem, nostack),
        );
    }
}
