//! `rollsync_cancel_t`: what stops whole-file work.

use crate::{boundary::guarded, result_code::RsResult};
use rollsync::CancelToken;
use std::ptr;

#[unsafe(no_mangle)]
extern "C" fn rollsync_cancel_new() -> *mut CancelToken {
    guarded(ptr::null_mut(), || Box::into_raw(Box::new(CancelToken::new())))
}

/// May be called from any thread, and from a signal's handler: it stores to one atomic variable.
///
/// # Safety
/// `cancel` is NULL, or came from `rollsync_cancel_new` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_cancel(cancel: *const CancelToken) -> RsResult {
    // SAFETY: the caller's promise.
    match unsafe { cancel.as_ref() } {
        Some(cancel) => {
            cancel.cancel();
            RsResult::DONE
        }
        None => RsResult::PARAM_ERROR,
    }
}

/// # Safety
/// `cancel` is NULL, or came from `rollsync_cancel_new`, is not freed, and is not used afterwards.
#[unsafe(no_mangle)]
unsafe extern "C" fn rollsync_cancel_free(cancel: *mut CancelToken) -> RsResult {
    guarded(RsResult::DONE, || {
        if !cancel.is_null() {
            // SAFETY: `rollsync_cancel_new` has made a box of it, and the caller gives it up.
            drop(unsafe { Box::from_raw(cancel) });
        }
        RsResult::DONE
    })
}
