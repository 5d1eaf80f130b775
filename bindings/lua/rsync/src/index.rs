//! The sums of the basis, as the search looks them up.

use crate::sums::STRONG_LEN;
use rollsync_kernels::{scan::Filter, weak::WeakKind};
use std::collections::{HashMap, HashSet, TryReserveError};

/// Weak and strong sums, looked up independently: a strong sum need not be of the block with that weak sum.
#[derive(Debug, Default)]
pub(crate) struct Index {
    weak: HashSet<u32>,
    strong: HashMap<[u8; STRONG_LEN], u32>,
}

impl Index {
    pub(crate) fn add_weak(&mut self, weak: u32) -> Result<(), TryReserveError> {
        self.weak.try_reserve(1)?;
        self.weak.insert(weak);
        Ok(())
    }

    /// Of equal sums the one that was added last counts.
    pub(crate) fn add_strong(&mut self, strong: [u8; STRONG_LEN], block: u32) -> Result<(), TryReserveError> {
        self.strong.try_reserve(1)?;
        self.strong.insert(strong, block);
        Ok(())
    }

    /// A filter of the weak sums of blocks of this length.
    pub(crate) fn filter(&self, block_len: usize) -> Result<Filter, TryReserveError> {
        let mut filter = Filter::with_room_for(self.weak.len(), WeakKind::Rollsum, block_len)?;
        self.weak.iter().for_each(|weak| filter.insert(*weak));
        Ok(filter)
    }

    pub(crate) fn is_weak(&self, weak: u32) -> bool {
        self.weak.contains(&weak)
    }

    pub(crate) fn block(&self, strong: &[u8; STRONG_LEN]) -> Option<u32> {
        self.strong.get(strong).copied()
    }
}
