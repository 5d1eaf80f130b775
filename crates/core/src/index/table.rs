//! The exact tables behind the filter: the [parts](super::part) of the table of keys, and a second table, where the blocks are found that share
//! a key, by key and strong sum.

use super::{
    members::{Member, Members},
    part::{ABREAST, Filled, Part, Unlike, part_of},
    seed::Seed,
};
use crate::{Limits, ResourceError, SearchStats, Signature};
use alloc::vec::Vec;

/// In an entry: the rest is a group's number, not a block's.
pub(super) const IS_GROUP: u32 = 1 << 31;
/// From so many blocks on, the table of keys has parts.
const MANY: usize = 1 << 15;

#[derive(Clone, Debug)]
pub(super) struct Table {
    seed: Seed,
    /// As many as a power of two. The lower bits of a key's hash say in which it is.
    parts: Vec<Part>,
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
    /// How many parts it has at most.
    pub(super) const PARTS_MAX: usize = 8;

    /// How many parts the table of so many blocks has, and how many slots each of them.
    pub(super) fn shape_for(blocks: usize) -> (usize, usize) {
        let (parts, slots) = (if blocks < MANY { 1 } else { Self::PARTS_MAX }, slots_for(blocks));
        (parts, slots / parts)
    }

    /// Bytes that the table of so many blocks takes while no two share a key.
    pub(super) fn size_for(blocks: usize) -> u64 {
        let (parts, slots) = Self::shape_for(blocks);
        parts as u64 * (size_of::<Part>() as u64 + Part::size_of(slots))
    }

    /// Puts the parts together. `others` bytes are in use with theirs, as they were at first.
    pub(super) fn of_parts(
        (signature, seed): (&Signature, Seed),
        filled: impl Iterator<Item = Filled>,
        limits: &Limits,
        others: u64,
    ) -> Result<Self, ResourceError> {
        let (count, slots) = Self::shape_for(signature.block_count());
        let (mut parts, mut unlike) = (Vec::new(), Vec::new());
        Limits::NONE.reserve(&mut parts, count, count, 0)?;
        limits.reserve(&mut unlike, count, count, others)?;
        let mut others = others;
        for (part, its_unlike) in filled {
            others += part.grown_from(slots);
            parts.push(part);
            unlike.push(its_unlike);
        }
        let mut table = Self { seed, parts, members: Members::new(seed) };
        table.insert_members(signature, &unlike, limits, others)?;
        Ok(table)
    }

    /// Puts the blocks in that share their keys. Which ones these are, and their sums, is what their table is hashed with.
    fn insert_members(
        &mut self,
        signature: &Signature,
        unlike: &[Unlike],
        limits: &Limits,
        others: u64,
    ) -> Result<(), ResourceError> {
        let mut others = others + unlike.iter().map(Unlike::memory).sum::<u64>();
        let firsts = || unlike.iter().flat_map(|unlike| &unlike.firsts);
        let more = || unlike.iter().flat_map(|unlike| &unlike.more);
        let sum = |block: &u32| signature.strong_sum(*block as usize);
        // Weak sums and these numbers say which the first ones are, too.
        self.members = Members::new(self.seed.with(more().copied(), firsts().chain(more()).map(sum)));
        for (part, unlike) in self.parts.iter_mut().zip(unlike) {
            part.group_sizes = zeros(unlike.firsts.len(), limits, others)?;
            others += 4 * part.group_sizes.capacity() as u64;
            for (size, &block) in part.group_sizes.iter_mut().zip(&unlike.firsts) {
                *size = 1;
                self.members.insert(signature, Member { block, rank: 1 }, limits, others)?;
            }
        }
        for (part, unlike) in self.parts.iter_mut().zip(unlike) {
            for &block in &unlike.more {
                let (key, strong) = (signature.key(block as usize), signature.strong_sum(block as usize));
                if self.members.find(signature, key, strong).is_some() {
                    continue;
                }
                let (group, _) = part.entry(key, self.seed.of_key(key));
                let group = group.expect("its first block is there") & !IS_GROUP;
                let size = &mut part.group_sizes[group as usize];
                *size += 1;
                self.members.insert(signature, Member { block, rank: *size }, limits, others)?;
            }
        }
        Ok(())
    }

    pub(super) fn memory(&self) -> u64 {
        let parts: u64 = self.parts.iter().map(Part::memory).sum();
        (self.parts.capacity() * size_of::<Part>()) as u64 + parts + self.members.memory()
    }

    #[cfg(test)]
    pub(super) const fn members(&self) -> &Members {
        &self.members
    }

    fn part(&self, hash: u64) -> &Part {
        &self.parts[part_of(hash, self.parts.len())]
    }

    /// Fetches what [`group`](Self::group) will read.
    pub(super) fn prefetch(&self, key: u32) {
        let hash = self.seed.of_key(key);
        self.part(hash).prefetch(hash);
    }

    /// Fetches what it will read when it finds them.
    pub(super) fn prefetch_known(&self, key: u32) {
        let hash = self.seed.of_key(key);
        self.part(hash).prefetch_known(hash);
    }

    /// The blocks with this key.
    pub(super) fn group(&self, key: u32, stats: &mut SearchStats) -> Option<Group> {
        let hash = self.seed.of_key(key);
        let (entry, probes) = self.part(hash).entry(key, hash);
        stats.weak_compares += probes;
        entry.map(|entry| Group { key, entry })
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
        let compares = found.map_or_else(|| self.size(group), |member| member.rank);
        stats.strong_compares += u64::from(compares);
        found.map(|member| member.block as usize)
    }

    /// How many different blocks a group has.
    fn size(&self, group: Group) -> u32 {
        let part = self.part(self.seed.of_key(group.key));
        part.group_sizes[(group.entry & !IS_GROUP) as usize]
    }
}

/// A block's number, or a group's. Signatures have at most 2³¹ - 1 records.
pub(super) fn number(block: usize) -> u32 {
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
