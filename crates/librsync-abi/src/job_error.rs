//! `rollsync_job_error`: why a job has failed, for callers that leave the log of the process to others.

use crate::{boundary::guarded, job::RsJob};
use std::ffi::c_char;
use std::ptr;

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; at `text` is room for `size` bytes, or it is NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_error(job: *const RsJob, text: *mut c_char, size: usize) -> usize {
    guarded(0, || {
        // SAFETY: the caller's promise.
        let error = unsafe { job.as_ref() }.and_then(RsJob::error).unwrap_or_default();
        if !text.is_null() && size > 0 {
            let len = error.len().min(size - 1);
            // SAFETY: `len` bytes and the NUL fit into `size`.
            unsafe {
                ptr::copy_nonoverlapping(error.as_ptr(), text.cast(), len);
                text.add(len).write(0);
            }
        }
        error.len()
    })
}
