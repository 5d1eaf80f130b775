//! What the environment says.

use crate::trace::log;
use rollsync::{Profile, Threads, librsync::Severity};
use std::env;
use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many threads `rollsync_set_threads` has asked for; 0 is none said.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Whose deltas are written: what `ROLLSYNC_PROFILE` says when it is looked at first, otherwise those of the release that
/// this library stands in for.
pub(crate) fn profile() -> Profile {
    static PROFILE: OnceLock<Profile> = OnceLock::new();
    *PROFILE.get_or_init(|| from_environment("ROLLSYNC_PROFILE", Profile::Librsync234))
}

/// How many threads the whole-file functions may use: what the application says, or else `ROLLSYNC_THREADS`, or else one.
pub(crate) fn threads() -> Threads {
    static THREADS_OF_ENVIRONMENT: OnceLock<Threads> = OnceLock::new();
    match NonZeroUsize::new(THREADS.load(Ordering::Relaxed)) {
        Some(count) => Threads::Exactly(count),
        None => *THREADS_OF_ENVIRONMENT.get_or_init(|| from_environment("ROLLSYNC_THREADS", Threads::ONE)),
    }
}

/// Sets how many threads the whole-file functions may use; 0 leaves it to the environment again.
pub(crate) fn set_threads(count: usize) {
    THREADS.store(count, Ordering::Relaxed);
}

/// A value that cannot be read is warned of: a library has nobody to refuse it to.
fn from_environment<T: std::str::FromStr>(variable: &str, default: T) -> T {
    let value = env::var_os(variable).unwrap_or_default();
    if value.is_empty() {
        return default;
    }
    match value.to_str().and_then(|value| value.parse().ok()) {
        Some(value) => value,
        None => {
            let message = format!("invalid {variable}={} is ignored", value.to_string_lossy());
            log(Severity::Warning, "rollsync_settings", message);
            default
        }
    }
}
