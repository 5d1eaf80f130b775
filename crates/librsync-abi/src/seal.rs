//! `rollsync_seal_t`.

use crate::{boundary::guarded, cause::Failure, job::RsJob, result_code::RsResult, sized};
use rollsync::seal::{FileDigest, Seal};
use rollsync::{Mismatch, librsync::Cause};
use std::ffi::c_int;
use std::mem::offset_of;

/// `rollsync_seal_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RollsyncSeal {
    size: usize,
    is_there: u64,
    basis_is_known: u64,
    basis_len: u64,
    basis_digest: [u8; 32],
    new_len: u64,
    new_digest: [u8; 32],
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<RollsyncSeal>() == 104 && align_of::<RollsyncSeal>() == 8);

// SAFETY: a size, integers of eight bytes, and arrays of 32.
unsafe impl sized::Versioned for RollsyncSeal {}

impl RollsyncSeal {
    /// The least that a struct has in which it can be said that there is no seal.
    pub(crate) const LEAST: usize = offset_of!(Self, basis_is_known);

    /// What a delta's seal says; `None` when it is another's.
    pub(crate) fn of_delta(seal: &Seal) -> Option<Self> {
        let Seal::Delta { basis, new } = *seal else { return None };
        let known = basis.unwrap_or(FileDigest { len: 0, digest: [0; 32] });
        Some(Self {
            size: size_of::<Self>(),
            is_there: 1,
            basis_is_known: basis.is_some().into(),
            basis_len: known.len,
            basis_digest: known.digest,
            new_len: new.len,
            new_digest: new.digest,
        })
    }
}

impl From<Mismatch> for Failure {
    fn from(mismatch: Mismatch) -> Self {
        let message = format!("{}: {mismatch}", mismatch.role());
        Self { code: RsResult::MISMATCH, cause: Some(Cause::new("rs_seal_check", message)) }
    }
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
        let found = job.with_work(|work| work.seal()).flatten();
        match found.as_ref().and_then(RollsyncSeal::of_delta) {
            // SAFETY: the caller's promise.
            Some(found) if unsafe { sized::write(&found, seal) } => RsResult::DONE,
            Some(_) => RsResult::PARAM_ERROR,
            None => RsResult::UNSEALED,
        }
    })
}
