//! `rollsync_seal_t`.

use crate::{boundary::guarded, job::RsJob, result_code::RsResult};
use rollsync::seal::{FileDigest, Seal};
use std::ffi::c_int;

/// `rollsync_seal_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct RollsyncSeal {
    size: usize,
    basis_is_known: u64,
    basis_len: u64,
    basis_digest: [u8; 32],
    new_len: u64,
    new_digest: [u8; 32],
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_set_seal(job: *mut RsJob, on: c_int) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let Some(job) = (unsafe { job.as_ref() }) else { return RsResult::PARAM_ERROR };
        job.set(|work| work.set_sealed(on != 0))
    })
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; `seal` is NULL or a place for a struct that begins with
/// its own size.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_job_seal(job: *mut RsJob, seal: *mut RollsyncSeal) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let Some(job) = (unsafe { job.as_ref() }) else { return RsResult::PARAM_ERROR };
        if seal.is_null() {
            return RsResult::PARAM_ERROR;
        }
        // SAFETY: every version begins with its size.
        let size = unsafe { seal.cast::<usize>().read() };
        if size < size_of::<usize>() {
            return RsResult::PARAM_ERROR;
        }
        let Some(Seal::Delta { basis, new }) = job.with_work(|work| work.seal()).flatten() else {
            return RsResult::UNSEALED;
        };
        let nothing = FileDigest { len: 0, digest: [0; 32] };
        let known = basis.unwrap_or(nothing);
        let found = RollsyncSeal {
            size,
            basis_is_known: basis.is_some().into(),
            basis_len: known.len,
            basis_digest: known.digest,
            new_len: new.len,
            new_digest: new.digest,
        };
        let len = size.min(size_of::<RollsyncSeal>());
        // SAFETY: the caller's struct has `size` bytes, ours has no padding and no fewer than `len`.
        unsafe { (&raw const found).cast::<u8>().copy_to_nonoverlapping(seal.cast(), len) };
        RsResult::DONE
    })
}
