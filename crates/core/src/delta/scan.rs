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

use super::Profile;
use crate::{Limits, SearchStats, SignatureIndex, Work};
use alloc::boxed::Box;
use rollsync_kernels::{
    Isa,
    scan::{CHUNK, Hits, Scan},
    strong,
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
    pub(super) fn new(index: &SignatureIndex, profile: Profile, limits: &Limits) -> Self {
        let params = index.signature().params();
        let isa = Isa::detect();
        Self {
            isa,
            block_len: params.block_len().as_usize(),
            scan: Scan::new(isa, params.format().weak, params.block_len().as_usize()),
            position: 0,
            hits: Box::new(Hits::new()),
            next_hit: 0,
            chunk_start: 0,
            chunk_end: 0,
            chunk_len: FIRST_CHUNK,
            tail: None,
            budget: Budget::new(profile, limits.work, params.block_len().get().into()),
        }
    }

    /// What may be hashed from here on.
    pub(super) fn set_work(&mut self, profile: Profile, work: Work) {
        self.budget.per_byte = per_byte(profile, work);
    }

    /// Goes on. `data` holds the new file from offset `start` on, which is at most the first undecided position; it
    /// ends with the file when `last` is set.
    pub(super) fn next(
        &mut self,
        index: &SignatureIndex,
        data: &[u8],
        start: u64,
        last: bool,
        stats: &mut SearchStats,
    ) -> Found {
        let rest = &data[offset_in(start, self.position)..];
        if self.position == self.chunk_end && rest.len() > self.block_len {
            self.next_hit = 0;
            self.chunk_start = self.position;
            let decided = self.scan.find(index.filter(), rest, 0, self.chunk_len, &mut self.hits);
            self.chunk_end = self.position + decided as u64;
            self.chunk_len = (2 * self.chunk_len).min(CHUNK);
        }
        if self.position < self.chunk_end {
            return self.look_up_hits(index, rest, stats);
        }
        match (last, rest.is_empty()) {
            (false, _) => Found::More,
            (true, true) => Found::End,
            (true, false) => self.search_tail(index, rest, stats),
        }
    }

    /// Decides the rest of the chunk. `rest` begins at the position.
    fn look_up_hits(&mut self, index: &SignatureIndex, rest: &[u8], stats: &mut SearchStats) -> Found {
        while let Some(hit) = self.hits.as_slice().get(self.next_hit) {
            self.next_hit += 1;
            let position = self.chunk_start + hit.position as u64;
            let misses = offset_in(self.position, position);
            let window = &rest[misses..misses + self.block_len];
            if let Some(block) = self.look_up(index, hit.digest, window, position, stats) {
                self.scan.restart();
                self.chunk_len = FIRST_CHUNK;
                return self.found(misses, Some(Match { block, len: self.block_len }), stats);
            }
        }
        self.found(offset_in(self.position, self.chunk_end), None, stats)
    }

    /// Decides positions at which the window is all that is left. `rest` begins at the position.
    fn search_tail(&mut self, index: &SignatureIndex, rest: &[u8], stats: &mut SearchStats) -> Found {
        let mut window = self.tail.take().unwrap_or_else(|| {
            if rest.len() == self.block_len {
                self.scan.window_at(rest, 0)
            } else {
                let mut window = RollingSum::new(index.signature().params().format().weak);
                window.update(self.isa, rest);
                window
            }
        });
        for (misses, &out) in rest.iter().enumerate().take(CHUNK) {
            let digest = window.digest();
            if index.filter().may_contain(digest) {
                let position = self.position + misses as u64;
                if let Some(block) = self.look_up(index, digest, &rest[misses..], position, stats) {
                    return self.found(misses, Some(Match { block, len: rest.len() - misses }), stats);
                }
            }
            window.roll_out(out);
        }
        self.tail = Some(window);
        self.found(rest.len().min(CHUNK), None, stats)
    }

    /// The block that a window equals. At most one strong sum, and none where no block has the weak one.
    fn look_up(
        &mut self,
        index: &SignatureIndex,
        digest: u32,
        window: &[u8],
        position: u64,
        stats: &mut SearchStats,
    ) -> Option<usize> {
        let hit = index.weak_hit(digest, stats)?;
        if !self.budget.allows(position, window.len() as u64) {
            stats.skipped += 1;
            return None;
        }
        let strong = strong::sum(self.isa, index.signature().params().format().strong, window);
        stats.strong_sums += 1;
        stats.hashed_bytes += window.len() as u64;
        index.block(hit, &strong, stats)
    }

    fn found(&mut self, misses: usize, then: Option<Match>, stats: &mut SearchStats) -> Found {
        stats.searches += misses as u64;
        self.position += misses as u64;
        if let Some(found) = then {
            stats.searches += 1;
            stats.matches += 1;
            self.position += found.len as u64;
            self.chunk_end = self.position;
        }
        Found::Run { misses, then }
    }
}

/// How far `position` lies behind `start`, both inside one slice.
#[expect(clippy::cast_possible_truncation, reason = "a distance inside a slice")]
const fn offset_in(start: u64, position: u64) -> usize {
    (position - start) as usize
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
        let segment_len = (16 * block_len).max(1 << 20).next_power_of_two();
        Self { per_byte: per_byte(profile, work), segment_len, segment: 0, spent: 0 }
    }

    /// Whether a window of `len` bytes at `position` may be hashed; if so, that is counted.
    fn allows(&mut self, position: u64, len: u64) -> bool {
        let Some(per_byte) = self.per_byte else { return true };
        let start = position & !(self.segment_len - 1);
        if start != self.segment {
            (self.segment, self.spent) = (start, 0);
        }
        let passed = (position - start + len).min(self.segment_len);
        let allowed = self.spent + len <= per_byte.saturating_mul(passed);
        if allowed {
            self.spent += len;
        }
        allowed
    }
}
