//! The blocks whose key another block shares.

use super::{
    seed::{Seed, first_slot},
    table::zeros,
};
use crate::{Limits, ResourceError, Signature};
use alloc::vec::Vec;

/// The blocks whose key another block shares, by key and strong sum.
#[derive(Clone, Debug)]
pub(super) struct Members {
    seed: Seed,
    /// Open addressing with linear probing; rank 0 is a free slot. Half full at most.
    slots: Vec<Member>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Member {
    pub(super) block: u32,
    /// Its place, from 1, among the different blocks of its key: so many would be compared one by one to find it.
    pub(super) rank: u32,
}

impl Members {
    /// None yet.
    pub(super) const fn new(seed: Seed) -> Self {
        Self { seed, slots: Vec::new(), len: 0 }
    }

    #[cfg(test)]
    pub(super) const fn seed(&self) -> Seed {
        self.seed
    }

    /// The block in each place.
    #[cfg(test)]
    pub(super) fn slots(&self) -> Vec<Option<u32>> {
        self.slots.iter().map(|member| (member.rank > 0).then_some(member.block)).collect()
    }

    pub(super) const fn memory(&self) -> u64 {
        (self.slots.len() * size_of::<Member>()) as u64
    }

    pub(super) fn find(&self, signature: &Signature, key: u32, strong: &[u8]) -> Option<Member> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = first_slot(self.seed.of_sums(key, strong), self.slots.len());
        loop {
            let member = self.slots[slot];
            if member.rank == 0 {
                return None;
            }
            let block = member.block as usize;
            if signature.key(block) == key && signature.strong_sum(block) == strong {
                return Some(member);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Puts in a member that is not there.
    pub(super) fn insert(
        &mut self,
        signature: &Signature,
        member: Member,
        limits: &Limits,
        others: u64,
    ) -> Result<(), ResourceError> {
        if 2 * (self.len + 1) > self.slots.len() {
            let doubled = zeros(2 * self.slots.len().max(8), limits, others.saturating_add(self.memory()))?;
            for member in core::mem::replace(&mut self.slots, doubled) {
                if member.rank > 0 {
                    self.place(signature, member);
                }
            }
        }
        self.place(signature, member);
        self.len += 1;
        Ok(())
    }

    fn place(&mut self, signature: &Signature, member: Member) {
        let block = member.block as usize;
        let hash = self.seed.of_sums(signature.key(block), signature.strong_sum(block));
        let mut slot = first_slot(hash, self.slots.len());
        while self.slots[slot].rank > 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = member;
    }
}
