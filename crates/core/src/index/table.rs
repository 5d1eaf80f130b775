//! The exact tables behind the filter.
//!
//! Keys stand alone, four bytes each, so that a look-up that fails touches nothing else. Beside each key stands the
//! one block that has it, or, where different blocks share a key, the number of their group; those blocks are found in
//! a second table, by key and strong sum.

use super::{
    members::{Member, Members},
    seed::{Seed, first_slot},
};
use crate::{Limits, ResourceError, SearchStats, Signature};
use alloc::vec::Vec;
use rollsync_kernels::prefetch;

/// In an entry: the rest is a group's number, not a block's.
const IS_GROUP: u32 = 1 << 31;
/// Slots looked at together: one that is free is nearly always among them, and then nothing hangs on which.
const ABREAST: usize = 8;
/// So many blocks before one is put in, its slot is fetched.
const SOON: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Table {
    seed: Seed,
    /// Open addressing with linear probing; 0 is a free slot (no key is 0). Behind the last slot the first ones stand again,
    /// so that from any slot on [`ABREAST`] can be looked at together.
    keys: Vec<u32>,
    /// For each slot: a block's number, or `IS_GROUP` and a group's.
    entries: Vec<u32>,
    /// For each key that different blocks share: how many do.
    group_sizes: Vec<u32>,
    members: Members,
}

/// The keys that have different blocks.
#[derive(Debug, Default)]
struct Unlike {
    /// The first block of each.
    firsts: Vec<u32>,
    /// The blocks that are not equal to the first of their key, in order. Some of them may equal each other.
    more: Vec<u32>,
}

/// The blocks that share a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    key: u32,
    entry: u32,
}

impl Group {
    /// The block, where no other has its key.
    pub(super) const fn only_block(self) -> Option<usize> {
        if self.entry & IS_GROUP == 0 { Some(self.entry as usize) } else { None }
    }
}

impl Table {
    /// Bytes that the table of so many blocks takes while no two share a key.
    pub(super) fn size_for(blocks: usize) -> u64 {
        8 * slots_for(blocks) as u64 + 4 * (ABREAST as u64 - 1)
    }

    /// Beside the table, `others` bytes are in use.
    pub(super) fn build(signature: &Signature, limits: &Limits, others: u64) -> Result<Self, ResourceError> {
        let count = signature.block_count();
        let slots = slots_for(count);
        let seed = Seed::of_words(signature.weak_sums());
        let mut table = Self {
            seed,
            keys: zeros(slots + ABREAST - 1, limits, others)?,
            entries: zeros(slots, limits, others + 4 * (slots + ABREAST - 1) as u64)?,
            group_sizes: Vec::new(),
            members: Members::new(seed),
        };
        let others = others + Self::size_for(count);
        let unlike = table.insert_keys(signature, limits, others)?;
        table.insert_members(signature, unlike, limits, others)?;
        Ok(table)
    }

    /// Puts the first block of each key in. Finds the keys that have a block unlike the first, and makes them groups' numbers.
    fn insert_keys(
        &mut self,
        signature: &Signature,
        limits: &Limits,
        others: u64,
    ) -> Result<Unlike, ResourceError> {
        let mut unlike = Unlike::default();
        for block in 0..signature.block_count() {
            if block + SOON < signature.block_count() {
                self.prefetch_known(signature.key(block + SOON));
            }
            let key = signature.key(block);
            let (slot, _) = self.slot(key);
            if self.keys[slot] == 0 {
                self.set_key(slot, key);
                self.entries[slot] = number(block);
                continue;
            }
            let entry = self.entries[slot];
            let is_group = entry & IS_GROUP != 0;
            let first = if is_group { unlike.firsts[(entry & !IS_GROUP) as usize] } else { entry };
            if signature.strong_sum(first as usize) == signature.strong_sum(block) {
                continue;
            }
            if !is_group {
                self.entries[slot] = IS_GROUP | number(unlike.firsts.len());
                let others = others + 4 * unlike.more.capacity() as u64;
                limits.reserve(&mut unlike.firsts, 1, usize::MAX, others)?;
                unlike.firsts.push(first);
            }
            let others = others + 4 * unlike.firsts.capacity() as u64;
            limits.reserve(&mut unlike.more, 1, usize::MAX, others)?;
            unlike.more.push(number(block));
        }
        Ok(unlike)
    }

    /// Puts the blocks in that share their keys. Which ones these are, and their sums, is what their table is hashed with.
    fn insert_members(
        &mut self,
        signature: &Signature,
        unlike: Unlike,
        limits: &Limits,
        others: u64,
    ) -> Result<(), ResourceError> {
        let Unlike { firsts, more } = unlike;
        let others = others + 4 * (firsts.capacity() + more.capacity()) as u64;
        let sum = |block: &u32| signature.strong_sum(*block as usize);
        // Weak sums and these numbers say which the first ones are, too.
        self.members = Members::new(self.seed.with(&more, firsts.iter().chain(&more).map(sum)));
        self.group_sizes = zeros(firsts.len(), limits, others)?;
        let others = others + 4 * self.group_sizes.capacity() as u64;
        for (size, block) in self.group_sizes.iter_mut().zip(firsts) {
            *size = 1;
            self.members.insert(signature, Member { block, rank: 1 }, limits, others)?;
        }
        for block in more {
            let (key, strong) = (signature.key(block as usize), signature.strong_sum(block as usize));
            if self.members.find(signature, key, strong).is_some() {
                continue;
            }
            let group = self.entries[self.slot(key).0] & !IS_GROUP;
            let size = &mut self.group_sizes[group as usize];
            *size += 1;
            self.members.insert(signature, Member { block, rank: *size }, limits, others)?;
        }
        Ok(())
    }

    pub(super) fn memory(&self) -> u64 {
        let words = self.keys.len() + self.entries.len() + self.group_sizes.capacity();
        4 * words as u64 + self.members.memory()
    }

    #[cfg(test)]
    pub(super) const fn members(&self) -> &Members {
        &self.members
    }

    /// Fetches what [`group`](Self::group) will read.
    pub(super) fn prefetch(&self, key: u32) {
        let slot = first_slot(self.seed.of_key(key), self.entries.len());
        prefetch(&self.keys, slot);
        prefetch(&self.keys, slot + ABREAST - 1);
    }

    /// Fetches what it will read when it finds them.
    pub(super) fn prefetch_known(&self, key: u32) {
        self.prefetch(key);
        prefetch(&self.entries, first_slot(self.seed.of_key(key), self.entries.len()));
    }

    /// The blocks with this key.
    pub(super) fn group(&self, key: u32, stats: &mut SearchStats) -> Option<Group> {
        let (slot, probes) = self.slot(key);
        stats.weak_compares += probes;
        (self.keys[slot] == key).then(|| Group { key, entry: self.entries[slot] })
    }

    /// The lowest block of the group with this strong sum.
    pub(super) fn block(
        &self,
        signature: &Signature,
        group: Group,
        strong: &[u8],
        stats: &mut SearchStats,
    ) -> Option<usize> {
        if let Some(block) = group.only_block() {
            stats.strong_compares += 1;
            return (signature.strong_sum(block) == strong).then_some(block);
        }
        let found = self.members.find(signature, group.key, strong);
        let compares =
            found.map_or(self.group_sizes[(group.entry & !IS_GROUP) as usize], |member| member.rank);
        stats.strong_compares += u64::from(compares);
        found.map(|member| member.block as usize)
    }

    /// The slot of a key, or the free one where it would stand, and how many slots were looked at.
    fn slot(&self, key: u32) -> (usize, u64) {
        let mask = self.entries.len() - 1;
        let mut slot = first_slot(self.seed.of_key(key), self.entries.len());
        let mut probes = 1;
        loop {
            let keys: &[u32; ABREAST] = self.keys[slot..].first_chunk().expect("slots behind the last one");
            let (mut same, mut free) = (0_u32, 0_u32);
            for (i, there) in keys.iter().enumerate() {
                same |= u32::from(*there == key) << i;
                free |= u32::from(*there == 0) << i;
            }
            if same | free != 0 {
                let at = (same | free).trailing_zeros();
                return ((slot + at as usize) & mask, probes + u64::from(at));
            }
            (slot, probes) = ((slot + ABREAST) & mask, probes + ABREAST as u64);
        }
    }

    fn set_key(&mut self, slot: usize, key: u32) {
        self.keys[slot] = key;
        if slot < ABREAST - 1 {
            let again = self.entries.len() + slot;
            self.keys[again] = key;
        }
    }
}

/// A block's number, or a group's. Signatures have at most 2³¹ - 1 records.
fn number(block: usize) -> u32 {
    u32::try_from(block).unwrap_or(u32::MAX) & !IS_GROUP
}

/// Three quarters full at most.
fn slots_for(blocks: usize) -> usize {
    (blocks + blocks / 3 + 2).next_power_of_two().max(ABREAST)
}

pub(super) fn zeros<T: Default + Clone>(
    len: usize,
    limits: &Limits,
    others: u64,
) -> Result<Vec<T>, ResourceError> {
    let mut vec = Vec::new();
    limits.reserve(&mut vec, len, len, others)?;
    vec.resize(len, T::default());
    Ok(vec)
}
