//! Random bytes from the system.

/// Bytes that nobody can guess. Where the system has none, there is a fault
/// that no service should run with; what needs them is then no secret, and
/// nothing else breaks.
pub fn bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::error!("the system has no random bytes");
    }
    bytes
}
