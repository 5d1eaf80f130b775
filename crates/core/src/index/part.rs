//! A part of the table of keys.
//!
//! Keys stand alone, four bytes each, so that a look-up that fails touches nothing else. Beside each key stands the
//! one block that has it, or, where different blocks share a key, the number of their group.

use super::{
    key,
    seed::{Seed, first_slot},
    table::{IS_GROUP, number, zeros},
};
use crate::{Limits, ResourceError, Signature};
use alloc::vec::Vec;
use rollsync_kernels::prefetch;

/// Slots looked at together: one that is free is nearly always among them, and then nothing hangs on which.
pub(super) const ABREAST: usize = 8;
/// So many slots are fetched before the first of them is filled.
const BATCH: usize = 64;

/// The keys whose hash ends with the part's number.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Open addressing with linear probing; 0 is a free slot (no key is 0). Behind the last slot the first ones stand again,
    /// so that from any slot on [`ABREAST`] can be looked at together.
    keys: Vec<u32>,
    /// For each slot: a block's number, or `IS_GROUP` and a group's.
    entries: Vec<u32>,
    /// How many keys there are.
    len: usize,
    /// For each key that different blocks share: how many do.
    pub(super) group_sizes: Vec<u32>,
}

/// The keys of a part that have different blocks.
#[derive(Debug, Default)]
pub(super) struct Unlike {
    /// The first block of each.
    pub(super) firsts: Vec<u32>,
    /// The blocks that are not equal to the first of their key, in order. Some of them may equal each other.
    pub(super) more: Vec<u32>,
}

impl Unlike {
    pub(super) fn memory(&self) -> u64 {
        4 * (self.firsts.capacity() + self.more.capacity()) as u64
    }
}

impl Part {
    /// How many bytes a part with so many slots takes.
    pub(super) const fn size_of(slots: usize) -> u64 {
        8 * slots as u64 + 4 * (ABREAST as u64 - 1)
    }

    /// Without keys.
    fn new(slots: usize, limits: &Limits, others: u64) -> Result<Self, ResourceError> {
        let keys = zeros(slots + ABREAST - 1, limits, others)?;
        let entries = zeros(slots, limits, others + 4 * keys.len() as u64)?;
        Ok(Self { keys, entries, len: 0, group_sizes: Vec::new() })
    }

    pub(super) fn memory(&self) -> u64 {
        4 * (self.keys.len() + self.entries.len() + self.group_sizes.capacity()) as u64
    }

    /// How many bytes keys and entries take more than those of so many slots.
    pub(super) const fn grown_from(&self, slots: usize) -> u64 {
        Self::size_of(self.entries.len()) - Self::size_of(slots)
    }

    /// Fetches what a failed look-up will read.
    pub(super) fn prefetch(&self, hash: u64) {
        let slot = first_slot(hash, self.entries.len());
        prefetch(&self.keys, slot);
        prefetch(&self.keys, slot + ABREAST - 1);
    }

    /// Fetches what a look-up will read when it finds the key.
    pub(super) fn prefetch_known(&self, hash: u64) {
        self.prefetch(hash);
        prefetch(&self.entries, first_slot(hash, self.entries.len()));
    }

    /// The entry of a key, if it is there, and how many slots were looked at.
    pub(super) fn entry(&self, key: u32, hash: u64) -> (Option<u32>, u64) {
        let (slot, probes) = self.slot(key, hash);
        ((self.keys[slot] == key).then(|| self.entries[slot]), probes)
    }

    /// The slot of a key, or the free one where it would stand, and how many slots were looked at.
    fn slot(&self, key: u32, hash: u64) -> (usize, u64) {
        let mask = self.entries.len() - 1;
        let mut slot = first_slot(hash, self.entries.len());
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

    /// Whether a free slot is near everywhere.
    const fn has_room(&self) -> bool {
        self.len <= self.entries.len() / 8 * 7
    }

    /// Fills a free slot.
    fn put(&mut self, slot: usize, key: u32, entry: u32) {
        put_abreast(&mut self.keys, slot, key);
        self.entries[slot] = entry;
        self.len += 1;
    }
}

/// Some neighbouring parts of a table, while they are filled.
#[derive(Debug)]
pub(super) struct Filling<'s> {
    signature: &'s Signature,
    seed: Seed,
    limits: &'s Limits,
    /// How many slots each part has at first.
    slots: usize,
    /// Bytes that are in use, with those of the parts as they are at first.
    others: u64,
    parts: Vec<Filled>,
}

/// A part that is filled, but for the sizes of its groups.
pub(super) type Filled = (Part, Unlike);

impl<'s> Filling<'s> {
    /// Parts without keys, with `slots` slots each: a power of two, at least [`ABREAST`]. `others` bytes are in use with theirs.
    pub(super) fn begin(
        (signature, seed): (&'s Signature, Seed),
        (parts, slots): (usize, usize),
        limits: &'s Limits,
        others: u64,
    ) -> Result<Self, ResourceError> {
        let mut begun = Vec::new();
        // These bytes were allowed before.
        Limits::NONE.reserve(&mut begun, parts, parts, 0)?;
        for _ in 0..parts {
            begun.push((Part::new(slots, &Limits::NONE, 0)?, Unlike::default()));
        }
        Ok(Self { signature, seed, limits, slots, others, parts: begun })
    }

    /// Fills them. The first is number `first` of `count`.
    pub(super) fn fill(mut self, first: usize, count: usize) -> Result<Vec<Filled>, ResourceError> {
        let kind = self.signature.params().format().weak;
        let mut batch = [(0, 0, 0, 0); BATCH];
        let mut len = 0;
        for (block, &weak) in self.signature.weak_sums().iter().enumerate() {
            let key = key(kind, weak);
            let hash = self.seed.of_key(key);
            let at = part_of(hash, count).wrapping_sub(first);
            batch[len] = (at, number(block), key, hash);
            len += usize::from(at < self.parts.len());
            if len == BATCH {
                self.put_all(&batch)?;
                len = 0;
            }
        }
        self.put_all(&batch[..len])?;
        Ok(self.parts)
    }

    fn put_all(&mut self, batch: &[(usize, u32, u32, u64)]) -> Result<(), ResourceError> {
        for (at, _, _, hash) in batch {
            self.parts[*at].0.prefetch_known(*hash);
        }
        batch.iter().try_for_each(|(at, block, key, hash)| self.put(*at, *block, *key, *hash))
    }

    /// Puts the first block of each key in. A key that has a block unlike the first becomes a group.
    fn put(&mut self, at: usize, block: u32, key: u32, hash: u64) -> Result<(), ResourceError> {
        let (part, unlike) = &mut self.parts[at];
        let (slot, _) = part.slot(key, hash);
        if part.keys[slot] == 0 {
            part.put(slot, key, block);
            return if part.has_room() { Ok(()) } else { self.grow(at) };
        }
        let entry = part.entries[slot];
        let is_group = entry & IS_GROUP != 0;
        let first = if is_group { unlike.firsts[(entry & !IS_GROUP) as usize] } else { entry };
        if self.signature.strong_sum(first as usize) == self.signature.strong_sum(block as usize) {
            return Ok(());
        }
        if !is_group {
            part.entries[slot] = IS_GROUP | number(unlike.firsts.len());
            self.keep(at, |unlike| &mut unlike.firsts, first)?;
        }
        self.keep(at, |unlike| &mut unlike.more, block)
    }

    fn keep(
        &mut self,
        at: usize,
        list: fn(&mut Unlike) -> &mut Vec<u32>,
        block: u32,
    ) -> Result<(), ResourceError> {
        let memory = self.memory();
        let list = list(&mut self.parts[at].1);
        self.limits.reserve(list, 1, usize::MAX, memory - 4 * list.capacity() as u64)?;
        list.push(block);
        Ok(())
    }

    /// Bytes that are in use.
    fn memory(&self) -> u64 {
        let more = |(part, unlike): &Filled| part.grown_from(self.slots) + unlike.memory();
        self.others + self.parts.iter().map(more).sum::<u64>()
    }

    /// Doubles a part. Of thousands of keys, no part has so many more than the others, unless somebody had the seed before the
    /// sums.
    fn grow(&mut self, at: usize) -> Result<(), ResourceError> {
        let memory = self.memory();
        let part = &mut self.parts[at].0;
        let mut doubled = Part::new(2 * part.entries.len(), self.limits, memory)?;
        for (slot, entry) in part.entries.iter().enumerate() {
            let key = part.keys[slot];
            if key != 0 {
                let (slot, _) = doubled.slot(key, self.seed.of_key(key));
                doubled.put(slot, key, *entry);
            }
        }
        *part = doubled;
        Ok(())
    }
}

/// Puts a value into a slot, and behind the last one again if it is one of the first: so many places there are more than slots.
pub(super) fn put_abreast<T: Copy>(places: &mut [T], slot: usize, value: T) {
    const MORE: usize = ABREAST - 1;
    places[slot] = value;
    if slot < MORE {
        let again = places.len() - MORE + slot;
        places[again] = value;
    }
}

/// The number of the part, of `count`, to which a key with this hash belongs. `count` is a power of two.
#[expect(clippy::cast_possible_truncation, reason = "less than `count`")]
pub(super) const fn part_of(hash: u64, count: usize) -> usize {
    hash as usize & (count - 1)
}
