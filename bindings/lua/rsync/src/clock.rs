//! A clock for limits of time.

use std::{sync::LazyLock, time::Instant};

/// Seconds that have passed since it was asked first.
#[unsafe(no_mangle)]
pub extern "C" fn rollsync_seconds() -> f64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGAN.elapsed().as_secs_f64()
}
