//! What `-s` prints.

use std::time::Instant;

use rollsync::librsync::{self, MatchStatistics, Severity};
use rollsync::{SearchStats, Stats};

use super::messages::report_log;
use super::op::Op;

/// Prints what a job has counted that began at `begun` and has just ended.
pub(crate) fn report_job(op: Op, stats: &Stats, begun: Instant) {
    let seconds = i64::try_from(begun.elapsed().as_secs()).unwrap_or(i64::MAX);
    let line = format!("{op}{}", librsync::JobStatistics::of(stats, seconds));
    report_log(Severity::Info, "", line.as_bytes());
}

/// Prints what the search for blocks has cost.
pub(crate) fn report_search(counted: SearchStats) {
    report_log(Severity::Info, "", MatchStatistics(counted).to_string().as_bytes());
}
