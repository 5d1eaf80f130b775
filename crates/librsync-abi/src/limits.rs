//! `rollsync_limits_t`.

use crate::{boundary::guarded, job::RsJob, result_code::RsResult};
use rollsync::{Limits, Work};
use std::mem::MaybeUninit;

/// `rollsync_limits_t`: of each, 0 is no limit.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct RollsyncLimits {
    size: usize,
    output: u64,
    records: u64,
    memory: u64,
    literal: u64,
    work_per_byte: u64,
}

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
        let (Some(job), Some(limits)) = (unsafe { (job.as_ref(), read(limits)) }) else {
            return RsResult::PARAM_ERROR;
        };
        job.set(|work| work.set_limits(limits.into()))
    })
}

/// The struct as far as the caller knows it, the rest 0; `None` when it is of a later version and says something that this
/// one does not understand.
///
/// # Safety
/// `limits` is NULL or points to a struct that begins with its own size.
unsafe fn read(limits: *const RollsyncLimits) -> Option<RollsyncLimits> {
    if limits.is_null() {
        return None;
    }
    // SAFETY: every version begins with its size.
    let size = unsafe { limits.cast::<usize>().read() };
    if size < size_of::<usize>() {
        return None;
    }
    let known = size.min(size_of::<RollsyncLimits>());
    // SAFETY: the struct has `size` bytes.
    if (known..size).any(|at| unsafe { limits.cast::<u8>().add(at).read() } != 0) {
        return None;
    }
    let mut read = MaybeUninit::<RollsyncLimits>::zeroed();
    // SAFETY: both have `known` bytes; of zeros and whatever bytes the caller's struct has, these integers can be made.
    unsafe {
        limits.cast::<u8>().copy_to_nonoverlapping(read.as_mut_ptr().cast(), known);
        Some(read.assume_init())
    }
}
