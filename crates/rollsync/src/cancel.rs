//! Stopping work from outside.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Tells work that is under way to stop: clones share one flag, so that another thread, or a signal's, may cancel.
///
/// Work looks at it once a buffer (256 KiB, with long blocks more), but not while a signature is indexed; what was cancelled ends with [`Error::Cancelled`](crate::Error),
/// and leaves the output as it was.
///
/// ```
/// use rollsync::CancelToken;
/// let token = CancelToken::new();
/// let elsewhere = token.clone();
/// std::thread::spawn(move || elsewhere.cancel()).join().unwrap();
/// assert!(token.is_cancelled());
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels, once for all.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
