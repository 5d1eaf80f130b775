//! `rs_job_drive`.

use crate::{
    boundary::guarded,
    buffers::RsBuffers,
    job::{RsJob, rs_job_iter},
    result_code::RsResult,
};
use std::ffi::c_void;

/// `rs_driven_cb`.
type DrivenCb =
    unsafe extern "C" fn(job: *mut RsJob, buffers: *mut RsBuffers, opaque: *mut c_void) -> RsResult;

/// Runs a job to its end: `fill` brings input, `drain` takes output and brings space.
///
/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; `buffers` is NULL or a place for a struct. The callbacks
/// may be called with their arguments, and leave `buffers` describing memory that is there.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_job_drive(
    job: *mut RsJob,
    buffers: *mut RsBuffers,
    fill: Option<DrivenCb>,
    fill_opaque: *mut c_void,
    drain: Option<DrivenCb>,
    drain_opaque: *mut c_void,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        if job.is_null() || buffers.is_null() {
            return RsResult::PARAM_ERROR;
        }
        // SAFETY: the caller's promise.
        unsafe { buffers.write(RsBuffers::EMPTY) };
        loop {
            // SAFETY: the struct was written above; callbacks and `rs_job_iter` leave it whole.
            let is_last = unsafe { (*buffers).eof_in != 0 };
            if let (Some(fill), false) = (fill, is_last) {
                // SAFETY: the caller's promise.
                let filled = unsafe { fill(job, buffers, fill_opaque) };
                if filled != RsResult::DONE {
                    return filled;
                }
            }
            // SAFETY: the caller's promise about the job, and about what callbacks leave in the struct.
            let result = unsafe { rs_job_iter(job, buffers) };
            if result != RsResult::DONE && result != RsResult::BLOCKED {
                return result;
            }
            if let Some(drain) = drain {
                // SAFETY: the caller's promise.
                let drained = unsafe { drain(job, buffers, drain_opaque) };
                if drained != RsResult::DONE {
                    return drained;
                }
            }
            if result == RsResult::DONE {
                return RsResult::DONE;
            }
        }
    })
}
