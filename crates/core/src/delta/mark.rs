//! Places on the way ahead.

use super::foresight::Foreseen;
use crate::index::WeakHit;

/// A place on the way ahead. What lies between two of them begins no block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) position: u64,
    /// Keys of the index that were compared since the mark before, this one's among them.
    pub(super) compares: u64,
    /// The window there, if it has the weak sum of a block; the end of a chunk otherwise.
    pub(super) window: Option<Window>,
}

/// A window with the weak sum of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) hit: WeakHit,
    /// Keys of the index that it alone was compared with.
    pub(super) compares: u64,
    /// What the way ahead takes it for.
    pub(super) foreseen: Option<Foreseen>,
}

impl Window {
    /// Whether the way ahead goes on behind it, and not at the next position.
    pub(super) fn is_taken_for_block(&self) -> bool {
        self.foreseen.is_some_and(|foreseen| foreseen.is_block == Some(true))
    }
}
