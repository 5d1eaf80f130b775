//! The exact tables behind the filter.
//!
//! Keys stand alone, four bytes each, so that a look-up that fails touches nothing else. Beside each key stands the
//! one block that has it, or, where different blocks share a key, the number of their group; those blocks are found in
//! a second table, by key and strong sum.

use crate::{Limits, ResourceError, SearchStats, Signature};
use alloc::vec::Vec;
use rollsync_kernels::{
    Isa, prefetch,
    strong::{self, Hasher, LANES, StrongKind},
};

/// In an entry: the rest is a group's number, not a block's.
const IS_GROUP: u32 = 1 << 31;
/// Slots looked at together: one that is free is nearly always among them, and then nothing hangs on which.
const ABREAST: usize = 8;
/// So many blocks before one is put in, its slot is fetched.
const SOON: usize = 16;
/// Bytes of the signature that are hashed in a lane.
const PIECE: usize = 1024;

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
        let slots = slots_for(signature.block_count());
        let mut table = Self {
            seed: Seed::of(signature),
            keys: zeros(slots + ABREAST - 1, limits, others)?,
            entries: zeros(slots, limits, others + 4 * (slots + ABREAST - 1) as u64)?,
            group_sizes: Vec::new(),
            members: Members::default(),
        };
        let others = others + Self::size_for(signature.block_count());
        for block in 0..signature.block_count() {
            if block + SOON < signature.block_count() {
                table.prefetch_known(signature.key(block + SOON));
            }
            table.insert(signature, block, limits, others)?;
        }
        Ok(table)
    }

    pub(super) fn memory(&self) -> u64 {
        let words = self.keys.len() + self.entries.len() + self.group_sizes.capacity();
        4 * words as u64 + self.members.memory()
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
        let found = self.members.find(signature, &self.seed, group.key, strong);
        let compares =
            found.map_or(self.group_sizes[(group.entry & !IS_GROUP) as usize], |member| member.rank);
        stats.strong_compares += u64::from(compares);
        found.map(|member| member.block as usize)
    }

    fn insert(
        &mut self,
        signature: &Signature,
        block: usize,
        limits: &Limits,
        others: u64,
    ) -> Result<(), ResourceError> {
        let key = signature.key(block);
        let (slot, _) = self.slot(key);
        // Signatures have at most 2³¹ - 1 records.
        let number = u32::try_from(block).unwrap_or(u32::MAX) & !IS_GROUP;
        if self.keys[slot] == 0 {
            self.set_key(slot, key);
            self.entries[slot] = number;
            return Ok(());
        }
        let mut entry = self.entries[slot];
        if entry & IS_GROUP == 0 {
            if signature.strong_sum(entry as usize) == signature.strong_sum(block) {
                return Ok(());
            }
            let first = entry;
            entry = IS_GROUP | u32::try_from(self.group_sizes.len()).unwrap_or(u32::MAX);
            limits.reserve(&mut self.group_sizes, 1, usize::MAX, others + self.members.memory())?;
            self.group_sizes.push(1);
            self.entries[slot] = entry;
            let others = others + 4 * self.group_sizes.capacity() as u64;
            self.members.insert(signature, &self.seed, Member { block: first, rank: 1 }, limits, others)?;
        } else if self.members.find(signature, &self.seed, key, signature.strong_sum(block)).is_some() {
            return Ok(());
        }
        let size = &mut self.group_sizes[(entry & !IS_GROUP) as usize];
        *size += 1;
        let member = Member { block: number, rank: *size };
        let others = others + 4 * self.group_sizes.capacity() as u64;
        self.members.insert(signature, &self.seed, member, limits, others)
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

/// Three quarters full at most.
fn slots_for(blocks: usize) -> usize {
    (blocks + blocks / 3 + 2).next_power_of_two().max(ABREAST)
}

/// The blocks whose key another block shares, by key and strong sum.
#[derive(Clone, Debug, Default)]
struct Members {
    /// Open addressing with linear probing; rank 0 is a free slot. Half full at most.
    slots: Vec<Member>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Member {
    block: u32,
    /// Its place, from 1, among the different blocks of its key: so many would be compared one by one to find it.
    rank: u32,
}

impl Members {
    const fn memory(&self) -> u64 {
        (self.slots.len() * size_of::<Member>()) as u64
    }

    fn find(&self, signature: &Signature, seed: &Seed, key: u32, strong: &[u8]) -> Option<Member> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = first_slot(seed.of_sums(key, strong), self.slots.len());
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
    fn insert(
        &mut self,
        signature: &Signature,
        seed: &Seed,
        member: Member,
        limits: &Limits,
        others: u64,
    ) -> Result<(), ResourceError> {
        if 2 * (self.len + 1) > self.slots.len() {
            let doubled = zeros(2 * self.slots.len().max(8), limits, others.saturating_add(self.memory()))?;
            for member in core::mem::replace(&mut self.slots, doubled) {
                if member.rank > 0 {
                    self.place(signature, seed, member);
                }
            }
        }
        self.place(signature, seed, member);
        self.len += 1;
        Ok(())
    }

    fn place(&mut self, signature: &Signature, seed: &Seed, member: Member) {
        let block = member.block as usize;
        let hash = seed.of_sums(signature.key(block), signature.strong_sum(block));
        let mut slot = first_slot(hash, self.slots.len());
        while self.slots[slot].rank > 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = member;
    }
}

fn zeros<T: Default + Clone>(len: usize, limits: &Limits, others: u64) -> Result<Vec<T>, ResourceError> {
    let mut vec = Vec::new();
    limits.reserve(&mut vec, len, len, others)?;
    vec.resize(len, T::default());
    Ok(vec)
}

/// The upper bits of a hash, as a slot's number; `slots` is a power of two above 1.
#[expect(clippy::cast_possible_truncation, reason = "less than `slots`")]
const fn first_slot(hash: u64, slots: usize) -> usize {
    (hash >> (64 - slots.trailing_zeros())) as usize
}

/// The key of the tables' hashes: a digest of the whole signature. Whoever makes a signature whose sums shall collide
/// changes it with every attempt.
#[derive(Clone, Copy, Debug)]
struct Seed([u64; 4]);

impl Seed {
    fn of(signature: &Signature) -> Self {
        let isa = Isa::detect();
        let mut hasher = Hasher::new(StrongKind::Blake2);
        // In pieces, for these are hashed side by side.
        let mut add = |pieces: &[&[u8]]| {
            let mut digests = [[0; 32]; LANES];
            strong::sums(isa, StrongKind::Blake2, pieces, &mut digests[..pieces.len()]);
            hasher.update(isa, digests[..pieces.len()].as_flattened());
        };
        for sums in signature.weak_sums().chunks(LANES * PIECE / 4) {
            let mut bytes = [[0; 4]; LANES * PIECE / 4];
            for (bytes, sum) in bytes.iter_mut().zip(sums) {
                *bytes = sum.to_le_bytes();
            }
            let mut pieces = [&[][..]; LANES];
            let all = pieces.iter_mut().zip(bytes[..sums.len()].as_flattened().chunks(PIECE));
            let count = all.map(|(place, piece)| *place = piece).count();
            add(&pieces[..count]);
        }
        for sums in signature.strong_sums().chunks(LANES * PIECE) {
            let mut pieces = [&[][..]; LANES];
            let count =
                pieces.iter_mut().zip(sums.chunks(PIECE)).map(|(place, piece)| *place = piece).count();
            add(&pieces[..count]);
        }
        let digest = hasher.finish();
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(digest.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self(words)
    }

    /// Folded twice: after one product, whether keys in equal steps crowd together hangs on the seed.
    const fn of_key(&self, key: u32) -> u64 {
        fold(fold(self.0[0] ^ key as u64, self.0[1] | 1) ^ self.0[2], self.0[3] | 1)
    }

    fn of_sums(&self, key: u32, strong: &[u8]) -> u64 {
        strong.chunks(8).fold(fold(self.0[2] ^ u64::from(key), self.0[1] | 1), |hash, bytes| {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            fold(hash ^ u64::from_le_bytes(word), self.0[3] | 1)
        })
    }
}

/// Both halves of the product, folded into one.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    (product >> 64) as u64 ^ product as u64
}
