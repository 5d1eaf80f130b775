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

use super::{
    Profile,
    ahead::Ahead,
    budget::{Budget, segment_len},
    event::{Own, Taken},
    mark::Mark,
    view::View,
};
use crate::{Limits, SearchStats, SignatureIndex, Work};
use core::ops::Range;
use rollsync_kernels::{scan::CHUNK, weak::RollingSum};

/// A search in progress.
#[derive(Clone, Debug)]
pub(super) struct Search {
    block_len: usize,
    /// The first position that is not decided.
    position: u64,
    ahead: Ahead,
    /// The shrinking window at the end of the new file.
    tail: Option<RollingSum>,
    budget: Budget,
    /// What was hashed when its turn began.
    hashed_before: u64,
    /// What the window of the last block that was found was compared with.
    own: Own,
}

/// So many bytes are hashed in a turn, and less than one more batch of blocks.
const TURN: u64 = 32 << 20;

/// What a search came upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// So many bytes that begin no block, and then perhaps a block.
    Run { misses: usize, then: Option<Match> },
    /// Nothing can be said before more of the new file is there.
    More,
    /// Nothing is said yet: its turn is over.
    Busy,
    /// The end of the new file.
    End,
}

/// A block of the basis, or some that follow one another there and in the new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// The lowest of the blocks that are equal; of each further one, the lowest is the next.
    pub(super) block: usize,
    /// The length of each window: the block length, or less at the end of the new file.
    pub(super) len: usize,
    /// How many there are, at least one.
    pub(super) count: usize,
}

impl Match {
    pub(super) const fn one(block: usize, len: usize) -> Self {
        Self { block, len, count: 1 }
    }

    /// How many bytes of the new file they are.
    pub(super) const fn bytes(&self) -> usize {
        self.len * self.count
    }
}

impl Search {
    /// `patience`: for how many blocks to wait rather than hash fewer side by side, at least 1.
    pub(super) fn new(index: &SignatureIndex, profile: Profile, limits: &Limits, patience: usize) -> Self {
        let block_len = index.signature().params().block_len();
        let segment_len = segment_len(block_len.get().into());
        Self {
            block_len: block_len.as_usize(),
            position: 0,
            ahead: Ahead::new(index, patience, segment_len),
            tail: None,
            budget: Budget::new(index.signature(), profile, limits.work, segment_len),
            hashed_before: 0,
            own: Own::default(),
        }
    }

    /// How many bytes were hashed, those in vain included.
    pub(super) const fn hashed(&self) -> u64 {
        self.ahead.hashed()
    }

    /// Begins a turn, at the end of which it is [busy](Found::Busy).
    pub(super) const fn begin_turn(&mut self) {
        self.hashed_before = self.ahead.hashed();
    }

    const fn turn_is_over(&self) -> bool {
        self.ahead.hashed() - self.hashed_before >= TURN
    }

    /// How many positions were looked at before they were decided, those in vain included.
    #[cfg(test)]
    pub(super) const fn looked_at(&self) -> u64 {
        self.ahead.looked_at()
    }

    /// How often windows were hashed, one or many side by side.
    #[cfg(test)]
    pub(super) const fn passes(&self) -> u64 {
        self.ahead.passes()
    }

    /// What the budget has spent of the position's segment.
    pub(super) const fn spent(&self) -> u64 {
        self.budget.spent_at(self.position)
    }

    /// The same search, with what it has learned, of these positions alone.
    pub(super) fn of(mut self, positions: Range<u64>) -> Self {
        self.ahead.confine(self.position, positions.clone());
        self.position = positions.start;
        self.tail = None;
        self.budget = self.budget.unspent();
        self.begin_turn();
        self
    }

    /// For how many blocks to wait from here on.
    pub(super) fn set_patience(&mut self, patience: usize) {
        self.ahead.set_patience(patience);
    }

    /// Where the budget's segment of a position ends.
    pub(super) const fn segment_end(&self, position: u64) -> u64 {
        self.budget.segment_end(position)
    }

    /// What the window of the last block was compared with that was found.
    pub(super) const fn own(&self) -> Own {
        self.own
    }

    /// The first position that is not decided.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// What may be hashed from here on.
    pub(super) fn set_work(&mut self, index: &SignatureIndex, profile: Profile, work: Work) {
        self.budget.set_work(index.signature(), profile, work);
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
        let view = View { index, position: self.position, rest, last, stop };
        loop {
            if self.turn_is_over() {
                return Found::Busy;
            }
            let Some(mark) = self.ahead.front() else {
                if self.ahead.end() > self.position {
                    return self.missed(self.ahead.end(), rest, stats);
                }
                if self.ahead.look(&view) {
                    continue;
                }
                return match (last, rest.is_empty()) {
                    (false, _) => Found::More,
                    (true, true) => Found::End,
                    (true, false) => {
                        self.search_tail(index, rest, stop.min(self.budget.segment_end(self.position)), stats)
                    }
                };
            };
            if mark.position > stop || mark.position == stop && mark.window.is_some() {
                self.ahead.restart(self.position);
                continue;
            }
            if mark.window.is_none() {
                let found = self.missed(mark.position, rest, stats);
                if found != Found::More {
                    stats.weak_compares += mark.compares;
                    self.ahead.pass();
                }
                return found;
            }
            if let Some(found) = self.decide(&view, &mark, stats) {
                return found;
            }
        }
    }

    /// Whether this search would find at the position what another did, which passed over nothing for want of work: it
    /// would if it has spent no more than that one had.
    pub(super) const fn may_take(&self, taken: &Taken) -> bool {
        self.spent() <= taken.spent
    }

    /// Takes what another search found at the position, as if it were found here.
    pub(super) fn take(&mut self, taken: &Taken, stats: &mut SearchStats) {
        self.budget.spend(self.position, taken.counted.hashed_bytes);
        stats.add(&taken.counted);
        self.position += taken.len() as u64;
        self.ahead.restart(self.position);
        self.tail = None;
    }

    /// Decides the window at the front of the way ahead. `None` when it is no block; the position stays, for the misses
    /// before the window are not told yet.
    fn decide(&mut self, view: &View<'_>, mark: &Mark, stats: &mut SearchStats) -> Option<Found> {
        let Mark { position, compares, window: Some(window) } = *mark else { return None };
        let misses = offset_in(self.position, position);
        if view.rest.len() < misses + self.block_len {
            // A caller may offer less than it did when the window was seen.
            return Some(Found::More);
        }
        let len = self.block_len as u64;
        let mut budget = self.budget;
        if !budget.take(position, len) {
            stats.weak_compares += compares;
            stats.skipped += 1;
            self.ahead.skip();
            return None;
        }
        let Some(strong) = self.ahead.strong(view, self.budget) else { return Some(Found::More) };
        self.budget = budget;
        stats.weak_compares += compares;
        stats.strong_sums += 1;
        stats.hashed_bytes += len;
        let before = stats.strong_compares;
        let block = view.index.block(window.hit, &strong, stats);
        self.ahead.prove(block.is_some());
        let found = Match::one(block?, self.block_len);
        let strong_compares = stats.strong_compares - before;
        self.own = Own { weak_compares: window.compares, strong_compares };
        Some(self.found(misses, Some(found), stats))
    }

    /// That no block begins before `end`.
    fn missed(&mut self, end: u64, rest: &[u8], stats: &mut SearchStats) -> Found {
        let misses = offset_in(self.position, end);
        // A caller may offer less than it did when they were looked at.
        if rest.len() < misses { Found::More } else { self.found(misses, None, stats) }
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
                self.ahead.window_at_end(rest)
            } else {
                let mut window = RollingSum::new(index.signature().params().format().weak);
                window.update(self.ahead.isa(), rest);
                window
            }
        });
        let limit = usize::try_from(stop - self.position).unwrap_or(usize::MAX).min(CHUNK).min(rest.len());
        let mut decided = 0;
        while decided < limit && !self.turn_is_over() {
            let digest = window.digest();
            if index.filter().may_contain(digest) {
                let position = self.position + decided as u64;
                let window = &rest[decided..];
                if let Some(block) = self.look_up(index, digest, window, position, stats) {
                    let found = self.found(decided, Some(Match::one(block, window.len())), stats);
                    self.ahead.restart(self.position);
                    return found;
                }
            }
            window.roll_out(rest[decided]);
            decided += 1;
        }
        self.tail = Some(window);
        let found = self.found(decided, None, stats);
        self.ahead.restart(self.position);
        found
    }

    /// The block that the window at the end of the new file equals. At most one strong sum, and none where no block has the
    /// weak one.
    fn look_up(
        &mut self,
        index: &SignatureIndex,
        digest: u32,
        window: &[u8],
        position: u64,
        stats: &mut SearchStats,
    ) -> Option<usize> {
        let before = *stats;
        let hit = index.weak_hit(digest, stats)?;
        let len = window.len() as u64;
        if !self.budget.take(position, len) {
            stats.skipped += 1;
            return None;
        }
        stats.strong_sums += 1;
        stats.hashed_bytes += len;
        let block = index.block(hit, &self.ahead.strong_of(window), stats)?;
        self.own = Own {
            weak_compares: stats.weak_compares - before.weak_compares,
            strong_compares: stats.strong_compares - before.strong_compares,
        };
        Some(block)
    }

    fn found(&mut self, misses: usize, then: Option<Match>, stats: &mut SearchStats) -> Found {
        stats.searches += misses as u64;
        self.position += misses as u64;
        if let Some(found) = then {
            stats.searches += 1;
            stats.matches += 1;
            self.position += found.len as u64;
        }
        Found::Run { misses, then }
    }
}

/// How far `position` lies behind `start`, both inside one slice.
#[expect(clippy::cast_possible_truncation, reason = "a distance inside a slice")]
pub(super) const fn offset_in(start: u64, position: u64) -> usize {
    (position - start) as usize
}
