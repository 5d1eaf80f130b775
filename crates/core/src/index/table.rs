//! The exact tables behind the filter.
//!
//! Keys stand alone, four bytes each, so that a look-up that fails touches nothing else. Beside each key stands the
//! one block that has it, or, where different blocks share a key, the number of their group; those blocks are found in
//! a second table, by key and strong sum.

use super::{
    members::{Member, Members},
    seed::Seed,
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
        let seed = Seed::of_weak_sums(signature.weak_sums());
        let mut table = Self {
            seed,
            keys: zeros(slots + ABREAST - 1, limits, others)?,
            entries: zeros(slots, limits, others + 4 * (slots + ABREAST - 1) as u64)?,
            group_sizes: Vec::new(),
            members: Members::new(seed),
        };
        let others = others + Self::size_for(count);
        // First each key's first block, then what else there is: of that the members' seed is made.
        let mut more = Vec::new();
        for block in 0..count {
            if block + SOON < count {
                table.prefetch_known(signature.key(block + SOON));
            }
            if !table.insert_first(signature, block) {
                limits.reserve(&mut more, 1, usize::MAX, others)?;
                more.push(number(block));
            }
        }
        let of_one_key = |block: &u32| [table.first(signature, *block as usize), *block as usize];
        let sums = more.iter().flat_map(of_one_key).map(|block| signature.strong_sum(block));
        table.members = Members::new(seed.with_strong_sums(sums));
        let others = others + 4 * more.capacity() as u64;
        more.into_iter().try_for_each(|block| table.insert(signature, block as usize, limits, others))?;
        Ok(table)
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

    /// Puts a block in if it is the first of its key; whether it is, or equals that one.
    fn insert_first(&mut self, signature: &Signature, block: usize) -> bool {
        let key = signature.key(block);
        let (slot, _) = self.slot(key);
        if self.keys[slot] == 0 {
            self.set_key(slot, key);
            self.entries[slot] = number(block);
            return true;
        }
        signature.strong_sum(self.entries[slot] as usize) == signature.strong_sum(block)
    }

    /// The first block of a block's key, while no key has a group.
    fn first(&self, signature: &Signature, block: usize) -> usize {
        self.entries[self.slot(signature.key(block)).0] as usize
    }

    /// Puts a block in whose key has another.
    fn insert(
        &mut self,
        signature: &Signature,
        block: usize,
        limits: &Limits,
        others: u64,
    ) -> Result<(), ResourceError> {
        let key = signature.key(block);
        let (slot, _) = self.slot(key);
        let mut entry = self.entries[slot];
        if entry & IS_GROUP == 0 {
            let first = entry;
            entry = IS_GROUP | u32::try_from(self.group_sizes.len()).unwrap_or(u32::MAX);
            limits.reserve(&mut self.group_sizes, 1, usize::MAX, others + self.members.memory())?;
            self.group_sizes.push(1);
            self.entries[slot] = entry;
            let others = others + 4 * self.group_sizes.capacity() as u64;
            self.members.insert(signature, Member { block: first, rank: 1 }, limits, others)?;
        } else if self.members.find(signature, key, signature.strong_sum(block)).is_some() {
            return Ok(());
        }
        let size = &mut self.group_sizes[(entry & !IS_GROUP) as usize];
        *size += 1;
        let member = Member { block: number(block), rank: *size };
        let others = others + 4 * self.group_sizes.capacity() as u64;
        self.members.insert(signature, member, limits, others)
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

/// Signatures have at most 2³¹ - 1 records.
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

/// The upper bits of a hash, as a slot's number; `slots` is a power of two above 1.
#[expect(clippy::cast_possible_truncation, reason = "less than `slots`")]
pub(super) const fn first_slot(hash: u64, slots: usize) -> usize {
    (hash >> (64 - slots.trailing_zeros())) as usize
}
