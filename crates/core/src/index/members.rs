//! The blocks whose key another block shares.

use super::{
    part::{ABREAST, put_abreast},
    seed::{Seed, first_slot},
    table::zeros,
};
use crate::{Limits, ResourceError, Signature};
use alloc::vec::Vec;

/// The blocks whose key another block shares, by key and strong sum.
#[derive(Clone, Debug)]
pub(super) struct Members {
    seed: Seed,
    /// Open addressing with linear probing, half full at most: for each slot a byte of its member's hash, so that a look-up that
    /// fails hardly ever reads anything else; 0 is a free slot. Behind the last slot the first ones stand again, so that from
    /// any slot on [`ABREAST`] can be looked at together.
    tags: Vec<u8>,
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
        Self { seed, tags: Vec::new(), slots: Vec::new(), len: 0 }
    }

    #[cfg(test)]
    pub(super) const fn seed(&self) -> Seed {
        self.seed
    }

    /// The block in each place.
    #[cfg(test)]
    pub(super) fn slots(&self) -> Vec<Option<u32>> {
        self.tags.iter().zip(&self.slots).map(|(tag, member)| (*tag > 0).then_some(member.block)).collect()
    }

    pub(super) const fn memory(&self) -> u64 {
        (self.tags.len() + self.slots.len() * size_of::<Member>()) as u64
    }

    pub(super) fn find(&self, signature: &Signature, key: u32, strong: &[u8]) -> Option<Member> {
        let mask = self.slots.len().checked_sub(1)?;
        let hash = self.seed.of_sums(key, strong);
        let wanted = in_each_byte(tag(hash));
        let mut slot = first_slot(hash, self.slots.len());
        loop {
            let tags = self.tags[slot..].first_chunk().expect("tags behind the last one");
            let tags = u64::from_le_bytes(*tags);
            let free = zeros_in(tags);
            // None stands behind a free slot.
            let before_free = (free & free.wrapping_neg()).wrapping_sub(1);
            let mut same = zeros_in(tags ^ wanted) & before_free;
            while same != 0 {
                let member = self.slots[(slot + same.trailing_zeros() as usize / 8) & mask];
                let block = member.block as usize;
                if signature.key(block) == key && signature.strong_sum(block) == strong {
                    return Some(member);
                }
                same &= same - 1;
            }
            if free != 0 {
                return None;
            }
            slot = (slot + ABREAST) & mask;
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
            self.grow(signature, limits, others.saturating_add(self.memory()))?;
        }
        self.place(signature, member);
        self.len += 1;
        Ok(())
    }

    fn grow(&mut self, signature: &Signature, limits: &Limits, others: u64) -> Result<(), ResourceError> {
        let slots = 2 * self.slots.len().max(ABREAST);
        let tags = zeros(slots + ABREAST - 1, limits, others)?;
        let slots = zeros(slots, limits, others.saturating_add(tags.len() as u64))?;
        let tags = core::mem::replace(&mut self.tags, tags);
        let slots = core::mem::replace(&mut self.slots, slots);
        for (tag, member) in tags.into_iter().zip(slots) {
            if tag > 0 {
                self.place(signature, member);
            }
        }
        Ok(())
    }

    fn place(&mut self, signature: &Signature, member: Member) {
        let block = member.block as usize;
        let hash = self.seed.of_sums(signature.key(block), signature.strong_sum(block));
        let mut slot = first_slot(hash, self.slots.len());
        while self.tags[slot] > 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = member;
        put_abreast(&mut self.tags, slot, tag(hash));
    }
}

/// Of the lower bits of a hash; the upper ones say which slot is its first.
fn tag(hash: u64) -> u8 {
    hash.to_le_bytes()[0].max(1)
}

const fn in_each_byte(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; ABREAST])
}

/// The upper bit of each byte that is 0. Above the first of them, other bytes' may be there too.
const fn zeros_in(bytes: u64) -> u64 {
    bytes.wrapping_sub(in_each_byte(1)) & !bytes & in_each_byte(1 << 7)
}
