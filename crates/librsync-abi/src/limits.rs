//! `rollsync_limits_t`.

use crate::{boundary::guarded, job::RsJob, result_code::RsResult, sized};
use rollsync::{Limits, Work};

/// `rollsync_limits_t`: of each, 0 is no limit.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollsyncLimits {
    size: usize,
    output: u64,
    records: u64,
    memory: u64,
    literal: u64,
    work_per_byte: u64,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<RollsyncLimits>() == 48 && align_of::<RollsyncLimits>() == 8);

// SAFETY: a size and integers of eight bytes.
unsafe impl sized::Versioned for RollsyncLimits {}

impl From<RollsyncLimits> for Limits {
    fn from(asked: RollsyncLimits) -> Self {
        let limit = |asked: u64| (asked != 0).then_some(asked);
        Self {
            output: limit(asked.output),
            records: limit(asked.records),
            memory: limit(asked.memory),
            literal: limit(asked.literal),
            work: match asked.work_per_byte {
                0 => Work::OfProfile,
                bytes => u32::try_from(bytes).map_or(Work::Unlimited, Work::PerByte),
            },
        }
    }
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; `limits` is NULL or points to a struct that begins with its
/// own size.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_set_limits(job: *mut RsJob, limits: *const RollsyncLimits) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (Some(job), Some(limits)) = (unsafe { (job.as_ref(), sized::read(limits)) }) else {
            return RsResult::PARAM_ERROR;
        };
        job.set(|work| work.set_limits(limits.into()))
    })
}
