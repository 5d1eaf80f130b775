//! Windows that are hashed at once.

use rollsync_kernels::strong;

/// The most windows that are hashed side by side.
pub(super) const MAX: usize = strong::LANES;

/// Windows that are to be hashed side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch<'a> {
    positions: [u64; MAX],
    windows: [&'a [u8]; MAX],
    len: usize,
}

impl<'a> Batch<'a> {
    pub(super) const fn new() -> Self {
        Self { positions: [0; MAX], windows: [&[]; MAX], len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn positions(&self) -> &[u64] {
        &self.positions[..self.len]
    }

    pub(super) fn windows(&self) -> &[&'a [u8]] {
        &self.windows[..self.len]
    }

    pub(super) fn has(&self, position: u64) -> bool {
        self.positions().contains(&position)
    }

    /// Adds a window, for which there must be room.
    pub(super) const fn push(&mut self, position: u64, window: &'a [u8]) {
        (self.positions[self.len], self.windows[self.len]) = (position, window);
        self.len += 1;
    }

    /// Leaves out those that were added last.
    pub(super) const fn truncate(&mut self, len: usize) {
        self.len = len;
    }
}
