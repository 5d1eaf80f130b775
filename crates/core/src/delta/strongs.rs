//! The strong sums of windows ahead of the search.
//!
//! They are held by their positions, so that the sum of a window stays when the way ahead turns out another and comes to the
//! window all the same.

use super::batch::{Batch, MAX};
use crate::SignatureParams;
use alloc::collections::VecDeque;
use rollsync_kernels::{
    Isa,
    strong::{self, Digest, StrongKind},
};

/// Sums held at most.
const HELD: usize = 2 * MAX;

/// Strong sums by position, and how many windows were hashed for how many that were asked for.
#[derive(Clone, Debug)]
pub(super) struct Strongs {
    isa: Isa,
    kind: StrongKind,
    block_len: u64,
    /// In the order of their positions, each once.
    held: VecDeque<(u64, Digest)>,
    hashed: u64,
    /// How many of the bytes that were hashed were asked for.
    asked: u64,
    /// How often windows were hashed.
    #[cfg(test)]
    passes: u64,
}

impl Strongs {
    pub(super) fn new(isa: Isa, params: &SignatureParams) -> Self {
        Self {
            isa,
            kind: params.format().strong,
            block_len: params.block_len().get().into(),
            held: VecDeque::with_capacity(HELD),
            hashed: 0,
            asked: 0,
            #[cfg(test)]
            passes: 0,
        }
    }

    /// How many bytes were hashed, those in vain included.
    pub(super) const fn hashed(&self) -> u64 {
        self.hashed
    }

    /// How often windows were hashed, one or many side by side.
    #[cfg(test)]
    pub(super) const fn passes(&self) -> u64 {
        self.passes
    }

    /// Another part of the new file, or another file.
    pub(super) fn forget(&mut self) {
        self.held.clear();
    }

    /// The sum of a window on its own, which is asked for.
    pub(super) fn sum(&mut self, window: &[u8]) -> Digest {
        self.hashed += window.len() as u64;
        self.asked += window.len() as u64;
        strong::sum(self.isa, self.kind, window)
    }

    /// A window's sum was asked for.
    pub(super) const fn ask(&mut self) {
        self.asked += self.block_len;
    }

    /// The sum of the window at a position, if it is held. Those before it are not needed any more.
    pub(super) fn at(&mut self, position: u64) -> Option<Digest> {
        while let Some((first, sum)) = self.held.front() {
            if *first >= position {
                return (*first == position).then_some(*sum);
            }
            self.held.pop_front();
        }
        None
    }

    /// The sum of a window further ahead, if it is held.
    pub(super) fn of(&self, position: u64) -> Option<&Digest> {
        let (last, _) = self.held.back()?;
        if *last < position {
            return None;
        }
        let found = self.held.binary_search_by_key(&position, |(position, _)| *position).ok()?;
        Some(&self.held[found].1)
    }

    /// How many more windows may be hashed in vain where `windows` may be for each `of` that were asked for, and a few at
    /// first. Those that are hashed and not asked for yet count among them.
    pub(super) fn spare(&self, windows: u64, of: u64) -> usize {
        let allowed = self.asked / self.block_len * windows / of + MAX as u64 - 1;
        let spent = (self.hashed - self.asked) / self.block_len;
        usize::try_from(allowed.saturating_sub(spent)).unwrap_or(usize::MAX)
    }

    /// Hashes windows side by side, none of which is held.
    pub(super) fn hash(&mut self, batch: &Batch<'_>) {
        let count = batch.len();
        let mut sums = [[0; 32]; MAX];
        strong::sums(self.isa, self.kind, batch.windows(), &mut sums[..count]);
        self.hashed += count as u64 * self.block_len;
        #[cfg(test)]
        {
            self.passes += 1;
        }
        self.held.truncate(HELD - count);
        self.held.extend(batch.positions().iter().copied().zip(sums));
        if !self.held.iter().is_sorted_by_key(|(position, _)| *position) {
            self.held.make_contiguous().sort_unstable_by_key(|(position, _)| *position);
        }
    }
}
