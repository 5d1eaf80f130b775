//! The whole-file functions, librsync's and ours: each takes its arguments apart and leaves the rest to the [work](file_work).

use crate::{
    boundary::guarded,
    file_options::{FileOptions, RollsyncFileOptions},
    file_work::{self, StatsPlace},
    result_code::RsResult,
    sig_args::Asked,
    signature::RsSignature,
    stats::RsStats,
    stream::Stream,
};
use libc::FILE;
use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;

/// # Safety
/// `old` and `signature` are NULL or open streams; `stats` is NULL or a place for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_sig_file(
    old: *mut FILE,
    signature: *mut FILE,
    block_len: usize,
    strong_len: usize,
    magic: c_int,
    stats: *mut RsStats,
) -> RsResult {
    // SAFETY: the caller's promise.
    unsafe { rollsync_sig_file(old, signature, block_len, strong_len, magic, stats, ptr::null()) }
}

/// # Safety
/// As [`rs_sig_file`]; `options` is NULL, or points to a struct that begins with its own size, and what that points to is
/// there.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_sig_file(
    old: *mut FILE,
    signature: *mut FILE,
    block_len: usize,
    strong_len: usize,
    magic: c_int,
    stats: *mut RsStats,
    options: *const RollsyncFileOptions,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (old, signature, stats, options) = unsafe {
            (Stream::new(old), Stream::new(signature), StatsPlace::new(stats), FileOptions::read(options))
        };
        match (old, signature, options) {
            (Some(old), Some(signature), Ok(options)) => {
                let asked = Asked { magic, block_len, strong_len };
                file_work::signature(old, signature, asked, &options, stats)
            }
            _ => RsResult::PARAM_ERROR,
        }
    })
}

/// # Safety
/// `file` is NULL or an open stream; `signature` is NULL or a place for a pointer, `stats` NULL or one for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_loadsig_file(
    file: *mut FILE,
    signature: *mut *mut RsSignature,
    stats: *mut RsStats,
) -> RsResult {
    // SAFETY: the caller's promise.
    unsafe { rollsync_loadsig_file(file, signature, stats, ptr::null()) }
}

/// # Safety
/// As [`rs_loadsig_file`], and [`rollsync_sig_file`] for the options.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_loadsig_file(
    file: *mut FILE,
    signature: *mut *mut RsSignature,
    stats: *mut RsStats,
    options: *const RollsyncFileOptions,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        if signature.is_null() {
            return RsResult::PARAM_ERROR;
        }
        let loaded = RsSignature::new();
        // Stored whatever happens: callers free it after a failure too.
        // SAFETY: the caller's promise.
        unsafe { signature.write(RsSignature::into_raw(Arc::clone(&loaded))) };
        // SAFETY: the caller's promise.
        match unsafe { (Stream::new(file), FileOptions::read(options), StatsPlace::new(stats)) } {
            (Some(file), Ok(options), stats) => file_work::load(file, &loaded, &options, stats),
            _ => RsResult::PARAM_ERROR,
        }
    })
}

/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed; `new` and `delta` are
/// NULL or open streams; `stats` is NULL or a place for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_delta_file(
    signature: *mut RsSignature,
    new: *mut FILE,
    delta: *mut FILE,
    stats: *mut RsStats,
) -> RsResult {
    // SAFETY: the caller's promise.
    unsafe { rollsync_delta_file(signature, new, delta, stats, ptr::null()) }
}

/// # Safety
/// As [`rs_delta_file`], and [`rollsync_sig_file`] for the options.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_delta_file(
    signature: *mut RsSignature,
    new: *mut FILE,
    delta: *mut FILE,
    stats: *mut RsStats,
    options: *const RollsyncFileOptions,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (signature, new, delta) =
            unsafe { (RsSignature::of_raw(signature), Stream::new(new), Stream::new(delta)) };
        // SAFETY: the caller's promise.
        let (options, stats) = unsafe { (FileOptions::read(options), StatsPlace::new(stats)) };
        match (signature, new, delta, options) {
            (Some(signature), Some(new), Some(delta), Ok(options)) => {
                file_work::delta(&signature, new, delta, &options, stats)
            }
            _ => RsResult::PARAM_ERROR,
        }
    })
}

/// # Safety
/// The streams are NULL or open; `stats` is NULL or a place for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_patch_file(
    basis: *mut FILE,
    delta: *mut FILE,
    new: *mut FILE,
    stats: *mut RsStats,
) -> RsResult {
    // SAFETY: the caller's promise.
    unsafe { rollsync_patch_file(basis, delta, new, stats, ptr::null()) }
}

/// # Safety
/// As [`rs_patch_file`], and [`rollsync_sig_file`] for the options.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_patch_file(
    basis: *mut FILE,
    delta: *mut FILE,
    new: *mut FILE,
    stats: *mut RsStats,
    options: *const RollsyncFileOptions,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (basis, delta, new) = unsafe { (Stream::new(basis), Stream::new(delta), Stream::new(new)) };
        // SAFETY: the caller's promise.
        let (options, stats) = unsafe { (FileOptions::read(options), StatsPlace::new(stats)) };
        let (Some(basis), Some(delta), Some(new), Ok(options)) = (basis, delta, new, options) else {
            return RsResult::PARAM_ERROR;
        };
        match file_work::patch(basis, delta, new, &options, stats) {
            Ok(seal) => {
                // SAFETY: the caller's promise.
                unsafe { options.tell(seal.as_ref()) };
                RsResult::DONE
            }
            Err(code) => code,
        }
    })
}
