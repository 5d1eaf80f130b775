//! Finding blocks of the basis in the new file: strictly from left to right, whole blocks, the first that fits.
//!
//! ```text
//! p = 0
//! while p < N:
//!     n = min(block_len, N - p)                 -- the window shrinks at the end
//!     if the sums of new[p..p+n] are a block's: match; p += n
//!     else:                                     miss;  p += 1
//! ```
//!
//! What is found depends on nothing but the position, and on what the budget has left there.

use super::{Profile, ahead::HashedAhead, searched::Event};
use crate::{Limits, SearchStats, SignatureIndex, Work};
use alloc::boxed::Box;
use rollsync_kernels::{
    Isa,
    scan::{CHUNK, Hits, Scan},
    weak::RollingSum,
};

/// Positions filtered at once right behind a match, where the next one is near.
const FIRST_CHUNK: usize = 64;

/// A search in progress.
#[derive(Clone, Debug)]
pub(super) struct Search {
    isa: Isa,
    block_len: usize,
    scan: Scan,
    /// The first position that is not decided.
    position: u64,
    /// What the filter let through from `chunk_start` on to `chunk_end`, and which of it comes next.
    hits: Box<Hits>,
    next_hit: usize,
    chunk_start: u64,
    chunk_end: u64,
    chunk_len: usize,
    hashed: HashedAhead,
    /// Whether the position is right behind a match.
    in_run: bool,
    /// The shrinking window at the end of the new file.
    tail: Option<RollingSum>,
    budget: Budget,
}

/// What a search came upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// So many bytes that begin no block, and then perhaps a block.
    Run { misses: usize, then: Option<Match> },
    /// Nothing can be said before more of the new file is there.
    More,
    /// The end of the new file.
    End,
}

/// A block of the basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// The lowest of the blocks that are equal.
    pub(super) block: usize,
    /// The window's length: the block length, or less at the end of the new file.
    pub(super) len: usize,
}

impl Search {
    /// `patience`: for how many blocks to wait rather than hash fewer side by side, at least 1.
    pub(super) fn new(index: &SignatureIndex, profile: Profile, limits: &Limits, patience: usize) -> Self {
        let params = index.signature().params();
        let (isa, block_len) = (Isa::detect(), params.block_len().as_usize());
        Self {
            isa,
            block_len,
            scan: Scan::new(isa, params.format().weak, block_len),
            position: 0,
            hits: Box::new(Hits::new()),
            next_hit: 0,
            chunk_start: 0,
            chunk_end: 0,
            chunk_len: FIRST_CHUNK,
            hashed: HashedAhead::new(isa, block_len, patience),
            in_run: false,
            tail: None,
            budget: Budget::new(profile, limits.work, params.block_len().get().into()),
        }
    }

    /// How many bytes were hashed, those in vain included.
    pub(super) const fn hashed(&self) -> u64 {
        self.hashed.hashed()
    }

    /// What the budget has spent of the position's segment.
    pub(super) const fn spent(&self) -> u64 {
        self.budget.spent_at(self.position)
    }

    /// The same search, from another position on.
    pub(super) fn starting_at(mut self, position: u64) -> Self {
        (self.position, self.chunk_start, self.chunk_end) = (position, position, position);
        self
    }

    /// The first position that is not decided.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// What may be hashed from here on.
    pub(super) fn set_work(&mut self, profile: Profile, work: Work) {
        self.budget.per_byte = per_byte(profile, work);
    }

    pub(super) const fn window_len(&self) -> usize {
        self.block_len
    }

    /// Goes on. `rest` is the new file from the position on; it ends with the file when `last` is set. No run of misses
    /// goes beyond `stop`, which is behind the position.
    pub(super) fn next(
        &mut self,
        index: &SignatureIndex,
        rest: &[u8],
        last: bool,
        stop: u64,
        stats: &mut SearchStats,
    ) -> Found {
        if self.in_run {
            if self.hashed.at(self.position).is_none() && !self.hashed.hash(index, rest, last, self.position)
            {
                return Found::More;
            }
            if let Some(block) = self.next_of_run(index, stats) {
                return self.found(0, Some(Match { block, len: self.block_len }), stats);
            }
            self.in_run = false;
        }
        if self.position == self.chunk_end && rest.len() > self.block_len {
            self.next_hit = 0;
            self.chunk_start = self.position;
            let stop = stop.min(self.budget.segment_end(self.position)) - self.position;
            let limit = usize::try_from(stop).unwrap_or(usize::MAX).min(self.chunk_len);
            let decided = self.scan.find(index.filter(), rest, 0, limit, &mut self.hits);
            self.hits.as_slice().iter().for_each(|hit| index.prefetch(hit.digest));
            self.chunk_end = self.position + decided as u64;
            self.chunk_len = (2 * self.chunk_len).min(CHUNK);
        }
        if self.position < self.chunk_end {
            // A caller may offer less than it did when the chunk was filtered.
            if rest.len() < offset_in(self.position, self.chunk_end) + self.block_len - 1 {
                return Found::More;
            }
            return self.look_up_hits(index, rest, stats);
        }
        match (last, rest.is_empty()) {
            (false, _) => Found::More,
            (true, true) => Found::End,
            (true, false) => {
                self.search_tail(index, rest, stop.min(self.budget.segment_end(self.position)), stats)
            }
        }
    }

    /// Whether this search would find at the position what another did, which passed over nothing for want of work: it
    /// would if it has spent no more than that one had.
    pub(super) const fn may_take(&self, event: &Event) -> bool {
        self.spent() <= event.spent
    }

    /// Takes what another search found at the position, as if it were found here.
    pub(super) fn take(&mut self, event: &Event, stats: &mut SearchStats) {
        self.budget.spend(self.position, event.counted.hashed_bytes);
        stats.add(&event.counted);
        self.position += event.len() as u64;
        // What this search had seen ahead is behind it now.
        self.chunk_end = self.position;
        self.next_hit = self.hits.as_slice().len();
        self.scan.restart();
        self.hashed.clear();
        self.in_run = false;
        self.tail = None;
    }

    /// The block that the window right behind a match equals. `None`, with nothing counted, when it is none: the window
    /// is looked at again in its turn.
    fn next_of_run(&mut self, index: &SignatureIndex, stats: &mut SearchStats) -> Option<usize> {
        let sums = self.hashed.at(self.position)?;
        let mut counted = *stats;
        let hit = index.weak_hit(sums.weak, &mut counted)?;
        let block = index.block(hit, &sums.strong, &mut counted)?;
        // Copied, for the budget counts only what it allows.
        let mut budget = self.budget;
        let allowed = budget.allows(self.position, self.block_len as u64);
        allowed.then(|| {
            counted.strong_sums += 1;
            counted.hashed_bytes += self.block_len as u64;
            (*stats, self.budget) = (counted, budget);
            block
        })
    }

    /// Decides the rest of the chunk. `rest` begins at the position.
    fn look_up_hits(&mut self, index: &SignatureIndex, rest: &[u8], stats: &mut SearchStats) -> Found {
        while let Some(hit) = self.hits.as_slice().get(self.next_hit) {
            self.next_hit += 1;
            let position = self.chunk_start + hit.position as u64;
            let misses = offset_in(self.position, position);
            let window = self.block_len;
            if let Some(block) = self.look_up(index, hit.digest, &rest[misses..], window, position, stats) {
                self.scan.restart();
                self.chunk_len = FIRST_CHUNK;
                self.in_run = true;
                return self.found(misses, Some(Match { block, len: self.block_len }), stats);
            }
        }
        self.found(offset_in(self.position, self.chunk_end), None, stats)
    }

    /// Decides positions at which the window is all that is left. `rest` begins at the position.
    fn search_tail(
        &mut self,
        index: &SignatureIndex,
        rest: &[u8],
        stop: u64,
        stats: &mut SearchStats,
    ) -> Found {
        let mut window = self.tail.take().unwrap_or_else(|| {
            if rest.len() == self.block_len {
                self.scan.window_at(rest, 0)
            } else {
                let mut window = RollingSum::new(index.signature().params().format().weak);
                window.update(self.isa, rest);
                window
            }
        });
        let limit = usize::try_from(stop - self.position).unwrap_or(usize::MAX).min(CHUNK);
        for (misses, &out) in rest.iter().enumerate().take(limit) {
            let digest = window.digest();
            if index.filter().may_contain(digest) {
                let position = self.position + misses as u64;
                let window = rest.len() - misses;
                if let Some(block) = self.look_up(index, digest, &rest[misses..], window, position, stats) {
                    return self.found(misses, Some(Match { block, len: window }), stats);
                }
            }
            window.roll_out(out);
        }
        self.tail = Some(window);
        self.found(rest.len().min(limit), None, stats)
    }

    /// The block that the window of `len` bytes at the front of `rest` equals. At most one strong sum, and none where no
    /// block has the weak one.
    fn look_up(
        &mut self,
        index: &SignatureIndex,
        digest: u32,
        rest: &[u8],
        len: usize,
        position: u64,
        stats: &mut SearchStats,
    ) -> Option<usize> {
        let hit = index.weak_hit(digest, stats)?;
        if !self.budget.allows(position, len as u64) {
            stats.skipped += 1;
            return None;
        }
        let upcoming = self.hits.as_slice()[self.next_hit..].iter();
        let upcoming = upcoming.map(|hit| (self.chunk_start + hit.position as u64, hit.digest));
        // Of windows for which there is no work left, the sums would not be asked for.
        let upcoming = upcoming.take(self.budget.windows_left(position, len as u64));
        let strong = self.hashed.strong(index, rest, (position, digest), upcoming);
        stats.strong_sums += 1;
        stats.hashed_bytes += len as u64;
        let block = index.block(hit, &strong, stats);
        self.hashed.proved(block.is_some());
        block
    }

    fn found(&mut self, misses: usize, then: Option<Match>, stats: &mut SearchStats) -> Found {
        stats.searches += misses as u64;
        self.position += misses as u64;
        if let Some(found) = then {
            stats.searches += 1;
            stats.matches += 1;
            self.position += found.len as u64;
            self.chunk_end = self.position;
            self.next_hit = self.hits.as_slice().len();
        }
        Found::Run { misses, then }
    }
}

/// How far `position` lies behind `start`, both inside one slice.
#[expect(clippy::cast_possible_truncation, reason = "a distance inside a slice")]
pub(super) const fn offset_in(start: u64, position: u64) -> usize {
    (position - start) as usize
}

/// How the new file is cut: a power of two, so that a boundary is found by its bits.
pub(super) fn segment_len(block_len: u64) -> u64 {
    (16 * block_len).max(1 << 20).next_power_of_two()
}

/// How many bytes may be hashed for each; `None`: no limit.
fn per_byte(profile: Profile, work: Work) -> Option<u64> {
    let bytes = match work {
        Work::OfProfile => profile.work(),
        Work::Unlimited => None,
        Work::PerByte(bytes) => Some(bytes),
    };
    bytes.map(u64::from)
}

/// How many bytes may still be hashed.
///
/// The new file is cut at fixed places, multiples of `segment_len`, and each segment starts anew, whatever was found
/// before it: two searches that meet at a cut agree on what is left. Inside a segment the allowance grows with the
/// bytes that were passed, so that hostile data at its front cannot use up what its end needs.
#[derive(Clone, Copy, Debug)]
struct Budget {
    /// `None`: no limit.
    per_byte: Option<u64>,
    segment_len: u64,
    segment: u64,
    spent: u64,
}

impl Budget {
    fn new(profile: Profile, work: Work, block_len: u64) -> Self {
        let segment_len = segment_len(block_len);
        Self { per_byte: per_byte(profile, work), segment_len, segment: 0, spent: 0 }
    }

    /// Where the segment of a position ends.
    const fn segment_end(&self, position: u64) -> u64 {
        (position | (self.segment_len - 1)).saturating_add(1)
    }

    /// What the segment of a position has hashed so far.
    const fn spent_at(&self, position: u64) -> u64 {
        if position & !(self.segment_len - 1) == self.segment { self.spent } else { 0 }
    }

    /// Counts bytes hashed at a position, when they are counted at all.
    const fn spend(&mut self, position: u64, len: u64) {
        if self.per_byte.is_none() {
            return;
        }
        self.spent = self.spent_at(position) + len;
        self.segment = position & !(self.segment_len - 1);
    }

    /// How many more windows of `len` bytes may be hashed at a position, once the one there is counted.
    fn windows_left(&self, position: u64, len: u64) -> usize {
        let Some(per_byte) = self.per_byte else { return usize::MAX };
        let left = self.allowed(position, len, per_byte).saturating_sub(self.spent_at(position));
        usize::try_from(left / len.max(1)).unwrap_or(usize::MAX)
    }

    /// How many bytes may be hashed from the segment's start to the end of a window.
    fn allowed(&self, position: u64, len: u64, per_byte: u64) -> u64 {
        let start = position & !(self.segment_len - 1);
        per_byte.saturating_mul((position - start + len).min(self.segment_len))
    }

    /// Whether a window of `len` bytes at `position` may be hashed; if so, that is counted.
    fn allows(&mut self, position: u64, len: u64) -> bool {
        let Some(per_byte) = self.per_byte else { return true };
        let start = position & !(self.segment_len - 1);
        if start != self.segment {
            (self.segment, self.spent) = (start, 0);
        }
        let allowed = self.spent + len <= self.allowed(position, len, per_byte);
        if allowed {
            self.spent += len;
        }
        allowed
    }
}
