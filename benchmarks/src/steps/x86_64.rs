//! What is different on `x86_64`.

use std::arch::asm;

/// The general registers, in the kernel's order (`struct user_regs_struct`
/// in `arch/x86/include/asm/user_64.h`).
#[derive(Default)]
#[repr(C)]
pub(super) struct Registers {
    words: [u64; 27],
}

const RAX: usize = 10;
const RDI: usize = 14;
const RIP: usize = 16;

impl Registers {
    pub(super) fn of(pid: libc::pid_t) -> anyhow::Result<Self> {
        super::registers(pid)
    }

    pub(super) fn program_counter(&self) -> u64 {
        self.words[RIP]
    }

    /// What a `getpid` would pass beyond `mark`, if it is a marker.
    pub(super) fn marker(&self, mark: u64) -> Option<u64> {
        (self.words[RAX] == libc::SYS_getpid as u64)
            .then(|| self.words[RDI].checked_sub(mark))
            .flatten()
            .filter(|marker| (1..=3).contains(marker))
    }
}

/// Whether the code begins with `syscall`.
pub(super) fn is_system_call(code: &[u8]) -> bool {
    code.starts_with(&[0x0f, 0x05])
}

/// `getpid`, with an argument that the kernel ignores.
#[inline]
pub(super) fn getpid(argument: u64) {
    // SAFETY: `getpid` touches no memory; `syscall` overwrites rcx and r11.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") libc::SYS_getpid => _,
            in("rdi") argument,
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
}

/// Executes two instructions a round, and some around the loop that are the
/// same for any number of rounds. There is at least one round.
#[inline]
pub fn known_loop(rounds: u64) {
    // SAFETY: touches one register, which is declared.
    unsafe {
        asm!(
            "mov {left}, {rounds}",
            "2: dec {left}",
            "jnz 2b",
            rounds = in(reg) rounds.max(1),
            left = out(reg) _,
            options(nomem, nostack),
        );
    }
}
