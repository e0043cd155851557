//! Platforms without a spool: telemetry is off there.

/// Calls `take` with every variable whose name and value are text.
pub(crate) fn for_each_variable(mut take: impl FnMut(&[u8], &[u8])) {
    for (name, value) in std::env::vars_os() {
        if let (Some(name), Some(value)) = (name.to_str(), value.to_str()) {
            take(name.as_bytes(), value.as_bytes());
        }
    }
}

/// UTC milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
