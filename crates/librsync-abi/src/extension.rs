//! What rollsync.h has for jobs, beside limits and seals.

use crate::{
    boundary::guarded,
    job::{ProgressCallback, RsJob},
    result_code::RsResult,
    settings,
};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::Ordering;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

#[unsafe(no_mangle)]
extern "C" fn rollsync_version() -> *const c_char {
    VERSION.as_ptr()
}

#[unsafe(no_mangle)]
extern "C" fn rollsync_set_threads(count: c_int) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || match usize::try_from(count) {
        Ok(count) => {
            settings::set_threads(count);
            RsResult::DONE
        }
        Err(_) => RsResult::PARAM_ERROR,
    })
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; `name` is NULL or a C string.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_set_profile(job: *mut RsJob, name: *const c_char) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let Some(job) = (unsafe { job.as_ref() }) else { return RsResult::PARAM_ERROR };
        if name.is_null() {
            return RsResult::PARAM_ERROR;
        }
        // SAFETY: the caller's promise.
        let name = unsafe { CStr::from_ptr(name) };
        match name.to_str().ok().and_then(|name| name.parse().ok()) {
            Some(profile) => job.set(|work| work.set_profile(profile)),
            None => RsResult::PARAM_ERROR,
        }
    })
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; `function` is NULL or may be called with `opaque` for as
/// long as the job runs.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_set_progress(
    job: *mut RsJob,
    function: Option<unsafe extern "C" fn(opaque: *mut c_void, bytes_in: u64, bytes_out: u64)>,
    opaque: *mut c_void,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let Some(job) = (unsafe { job.as_ref() }) else { return RsResult::PARAM_ERROR };
        job.progress.set(function.map(|function| ProgressCallback { function, opaque }));
        RsResult::DONE
    })
}

/// May be called from any thread, and from a signal's handler.
///
/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_cancel(job: *mut RsJob) -> RsResult {
    if job.is_null() {
        return RsResult::PARAM_ERROR;
    }
    // SAFETY: the caller's promise. Only this field is touched: the others belong to the thread that uses the job.
    unsafe { &(*job).cancelled }.store(true, Ordering::Relaxed);
    RsResult::DONE
}
