//! Signals, and who gets them.

use std::mem::MaybeUninit;
use std::ptr;

/// While this is held, signals wait: a thread that is started meanwhile never gets any, and the application's handlers run
/// on its own threads alone.
#[derive(Debug)]
pub(crate) struct SignalMask {
    before: libc::sigset_t,
}

impl SignalMask {
    /// Blocks all signals on this thread; `None` if that cannot be done.
    pub(crate) fn block_all() -> Option<Self> {
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: `sigfillset` makes a set of the memory that it is given, and `pthread_sigmask` another.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            match libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) {
                0 => Some(Self { before: before.assume_init() }),
                _ => None,
            }
        }
    }
}

impl Drop for SignalMask {
    fn drop(&mut self) {
        // SAFETY: the set is the one that was there before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, ptr::null_mut()) };
    }
}
