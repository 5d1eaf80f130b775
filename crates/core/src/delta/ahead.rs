//! Windows hashed ahead of their turn.

use super::scan::offset_in;
use crate::SignatureIndex;
use alloc::boxed::Box;
use rollsync_kernels::{
    Isa,
    strong::{self, Digest},
    weak,
};

/// The most windows that are hashed side by side.
const MAX: usize = strong::LANES;
/// How many at first.
const FIRST: usize = 4;

/// Windows hashed side by side before their turn comes: those that lie end to end behind a match or what may become one,
/// since there the next one most likely is the basis' next; or, where weak sums are found that prove false, those whose
/// weak sums are found next.
///
/// What is hashed in vain is neither counted nor taken from the budget, which are those of a search that takes one
/// window at a time. It stays little, whatever the data is: once a window has proved false, nothing is hashed until the
/// next match that will not be asked for before it.
#[derive(Clone, Debug)]
pub(super) struct HashedAhead {
    isa: Isa,
    block_len: usize,
    /// So many windows are worth waiting for the bytes of.
    patience: usize,
    /// How many are hashed next time.
    count: usize,
    /// Whether the last window that was looked at proved false.
    was_false: bool,
    len: usize,
    /// Bytes hashed in all.
    hashed: u64,
    positions: [u64; MAX],
    weak: [u32; MAX],
    strong: Box<[Digest; MAX]>,
}

/// The sums of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) weak: u32,
    pub(super) strong: Digest,
}

impl HashedAhead {
    /// `patience`: how many windows are worth waiting for, at least 1.
    pub(super) fn new(isa: Isa, block_len: usize, patience: usize) -> Self {
        Self {
            isa,
            block_len,
            patience,
            count: FIRST,
            was_false: false,
            len: 0,
            hashed: 0,
            positions: [0; MAX],
            weak: [0; MAX],
            strong: Box::new([[0; 32]; MAX]),
        }
    }

    /// How many bytes were hashed, those in vain included.
    pub(super) const fn hashed(&self) -> u64 {
        self.hashed
    }

    /// Forgets what is hashed.
    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    /// Whether the window that was looked at is a block: if so, what follows is worth hashing.
    pub(super) const fn proved(&mut self, is_block: bool) {
        self.was_false = !is_block;
    }

    /// The sums of the window at `position`, if they are there.
    pub(super) fn at(&self, position: u64) -> Option<Sums> {
        let i = self.positions[..self.len].iter().position(|at| *at == position)?;
        Some(Sums { weak: self.weak[i], strong: self.strong[i] })
    }

    /// Hashes the windows from `position` on, at which `rest` of the new file begins, as far as their weak sums are known
    /// to the index: of all that lie whole in `rest` so many as seem worth it. `false` when it is worth waiting for more.
    pub(super) fn hash(&mut self, index: &SignatureIndex, rest: &[u8], last: bool, position: u64) -> bool {
        let whole = rest.len() / self.block_len;
        let mut count = self.count.min(whole);
        if count < self.count && !last {
            let lanes = index.signature().params().format().strong.lanes(self.isa).min(self.patience);
            if count < lanes {
                return false;
            }
            count -= count % lanes;
        }
        self.hash_next(index, rest, count, position);
        self.count = (2 * self.count).min(MAX);
        true
    }

    /// The strong sum of the window at `position`, whose weak sum is `weak` and known to the index. `hits` are the positions
    /// behind it, with their weak sums, at which there may be others.
    pub(super) fn strong(
        &mut self,
        index: &SignatureIndex,
        rest: &[u8],
        (position, weak): (u64, u32),
        hits: impl Iterator<Item = (u64, u32)>,
    ) -> Digest {
        if let Some(sums) = self.at(position) {
            return sums.strong;
        }
        self.clear();
        self.count = FIRST;
        let whole = rest.len() / self.block_len;
        if whole == 0 {
            let window = &rest[..self.block_len.min(rest.len())];
            self.hashed += window.len() as u64;
            return strong::sum(self.isa, index.signature().params().format().strong, window);
        }
        if self.was_false {
            (self.positions[0], self.weak[0], self.len) = (position, weak, 1);
            let lanes = index.signature().params().format().strong.lanes(self.isa);
            for (hit, weak) in hits.filter(|(_, weak)| index.knows(*weak)).take(lanes - 1) {
                self.positions[self.len] = hit;
                self.weak[self.len] = weak;
                self.len += 1;
            }
            self.hash_windows(index, rest, position);
        } else {
            self.hash_next(index, rest, self.count.min(whole), position);
        }
        self.strong[0]
    }

    /// Hashes up to `count` windows that lie end to end from `position` on, as long as their weak sums are known.
    fn hash_next(&mut self, index: &SignatureIndex, rest: &[u8], count: usize, position: u64) {
        let (weak, block_len) = (index.signature().params().format().weak, self.block_len);
        weak::sums(self.isa, weak, &rest[..count * block_len], block_len, &mut self.weak[..count]);
        self.weak[..count].iter().for_each(|digest| index.prefetch(*digest));
        let known = |digest: &&u32| index.filter().may_contain(**digest) && index.knows(**digest);
        self.len = self.weak[..count].iter().take_while(known).count();
        for (place, behind) in self.positions[..self.len].iter_mut().zip(0_u64..) {
            *place = position + behind * block_len as u64;
        }
        self.hash_windows(index, rest, position);
    }

    /// Hashes the windows at all positions; `rest` begins at `position`.
    fn hash_windows(&mut self, index: &SignatureIndex, rest: &[u8], position: u64) {
        let mut windows = [&rest[..0]; MAX];
        for (window, at) in windows.iter_mut().zip(&self.positions[..self.len]) {
            *window = &rest[offset_in(position, *at)..][..self.block_len];
        }
        self.hashed += (self.len * self.block_len) as u64;
        let kind = index.signature().params().format().strong;
        strong::sums(self.isa, kind, &windows[..self.len], &mut self.strong[..self.len]);
    }
}
