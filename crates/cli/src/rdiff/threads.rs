//! How many threads work.

use std::env;

use rollsync::Threads;

use super::args::UsageError;

/// As many as `ROLLSYNC_THREADS` says. Unset or empty is one for each processor that the process may use.
pub(crate) fn from_environment() -> Result<Threads, UsageError> {
    let count = env::var_os("ROLLSYNC_THREADS").unwrap_or_default();
    if count.is_empty() {
        return Ok(Threads::Available);
    }
    let threads = count.to_str().and_then(|count| count.parse().ok());
    threads.ok_or_else(|| UsageError::invalid_threads(count.as_encoded_bytes()))
}
