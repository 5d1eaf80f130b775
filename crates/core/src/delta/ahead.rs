//! The search ahead of its turn.
//!
//! Windows hashed side by side cost a quarter of what they cost one by one, but a search from left to right asks for one at
//! a time. So where it asks for one, what it will find is [foreseen](Foresight), and the search goes on from there, to the
//! windows that it would ask for next; all of them are hashed together. Where nobody can tell, lanes that would be idle take
//! windows of both outcomes. What was done on a way that the search proper then does not take is dropped, but for the
//! [strong sums](Strongs). That costs time, and nothing else: what is counted, and taken from the budget, is what is asked
//! for in its turn. Nor does it cost much time, whatever the data is: what was looked at and hashed in vain may only be so much
//! for what was not.

use super::{
    batch::{Batch, MAX},
    budget::Budget,
    foresight::{Foreseen, Foresight, Sign},
    mark::{Mark, Window},
    strongs::Strongs,
    view::View,
};
use crate::{SearchStats, SignatureIndex, index::WeakHit};
use alloc::{boxed::Box, collections::VecDeque};
use core::ops::Range;
use rollsync_kernels::{
    Isa,
    scan::{CHUNK, Hits, Scan},
    strong::Digest,
    weak::{self, RollingSum},
};

/// Positions filtered at once right behind a block, where the next one is near.
const FIRST_CHUNK: usize = 64;
/// Windows summed at once right behind the first of a run of blocks.
const FIRST_RUN: usize = 2;
/// Marks held at most.
const MARKS: usize = 384;
/// How far the search goes ahead for each window that it is trusted with, in blocks.
const REACH: u64 = 4;
/// For so many positions that were misses, one more may be looked at in vain.
const MISSES_FOR_ONE: u64 = 8;
/// For so many that lay in blocks; there nearly none was looked at.
const MATCHED_FOR_ONE: u64 = 2;
/// For so many windows that were asked for, one more may be hashed in vain that is not free.
const WINDOWS_FOR_ONE: u64 = 4;
/// So many may be that are, for each that was asked for.
const FREE_FOR_ONE: u64 = 2;
/// Behind a window of which nobody can tell, the way goes on for such a part of a block to fill idle lanes.
const FORK_REACH: u64 = 4;

/// The way ahead: what was looked at from the search's position on.
#[derive(Clone, Debug)]
pub(super) struct Ahead {
    isa: Isa,
    block_len: usize,
    segment_len: u64,
    /// So many windows are hashed as fast as one.
    lanes: usize,
    /// So many at once take the least time each.
    fastest: usize,
    /// So many are worth waiting for the bytes of.
    patience: usize,
    scan: Scan,
    hits: Box<Hits>,
    chunk_len: usize,
    /// Whether the end is right behind a block, and the window there is to be looked at before any chunk.
    behind_block: bool,
    run_len: usize,
    /// The last block on the way ahead.
    last_block: Option<usize>,
    marks: VecDeque<Mark>,
    /// The first position that is not looked at.
    end: u64,
    /// Where the search began.
    start: u64,
    /// How many positions it had decided elsewhere before.
    before: u64,
    /// From here on nobody will ask.
    until: u64,
    /// How many positions chunks had, those looked at in vain included.
    looked_at: u64,
    /// How many bytes lay in the blocks that were found.
    matched: u64,
    foresight: Foresight,
    strongs: Strongs,
    /// Whether the last window that was asked for was no block.
    was_false: bool,
}

impl Ahead {
    /// `patience`: for how many blocks to wait rather than hash fewer side by side, at least 1. No chunk crosses a multiple
    /// of `segment_len`, a power of two.
    pub(super) fn new(index: &SignatureIndex, patience: usize, segment_len: u64) -> Self {
        let (isa, params) = (Isa::detect(), index.signature().params());
        let (block_len, strong) = (params.block_len().as_usize(), params.format().strong);
        let (lanes, fastest) = (strong.lanes(isa), strong.batch(isa));
        Self {
            isa,
            block_len,
            segment_len,
            lanes,
            fastest,
            patience: worth(patience, lanes, fastest),
            scan: Scan::new(isa, params.format().weak, block_len),
            hits: Box::new(Hits::new()),
            chunk_len: FIRST_CHUNK,
            behind_block: false,
            run_len: FIRST_RUN,
            last_block: None,
            marks: VecDeque::with_capacity(MARKS),
            end: 0,
            start: 0,
            before: 0,
            until: u64::MAX,
            looked_at: 0,
            matched: 0,
            foresight: Foresight::new(),
            strongs: Strongs::new(isa, params),
            was_false: false,
        }
    }

    pub(super) const fn isa(&self) -> Isa {
        self.isa
    }

    /// How many bytes were hashed, those in vain included.
    pub(super) const fn hashed(&self) -> u64 {
        self.strongs.hashed()
    }

    /// How many positions were looked at in chunks, those in vain included.
    #[cfg(test)]
    pub(super) const fn looked_at(&self) -> u64 {
        self.looked_at
    }

    /// How often windows were hashed, one or many side by side.
    #[cfg(test)]
    pub(super) const fn passes(&self) -> u64 {
        self.strongs.passes()
    }

    /// The first position that is not looked at.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn front(&self) -> Option<Mark> {
        self.marks.front().copied()
    }

    /// Takes the end of a chunk off the front.
    pub(super) fn pass(&mut self) {
        self.marks.pop_front();
    }

    /// The search, which has come to `position`, is one of these positions alone from now on. What it decided until then still tells
    /// how far it may look ahead: it would begin each segment with hardly any window to hash beside the first.
    pub(super) fn confine(&mut self, position: u64, positions: Range<u64>) {
        self.before = self.before.saturating_add(position - self.start);
        (self.start, self.until) = (positions.start, positions.end);
        self.last_block = None;
        self.was_false = false;
        self.strongs.forget();
        self.restart(positions.start);
    }

    pub(super) fn set_patience(&mut self, patience: usize) {
        self.patience = worth(patience, self.lanes, self.fastest);
    }

    /// Forgets the way ahead: the search goes on from this position.
    pub(super) fn restart(&mut self, position: u64) {
        self.marks.clear();
        self.go_to(position, false);
    }

    /// The window of which the rest of the new file, from the end on, is all.
    pub(super) fn window_at_end(&self, rest: &[u8]) -> RollingSum {
        self.scan.window_at(rest, 0)
    }

    /// A strong sum on its own.
    pub(super) fn strong_of(&mut self, window: &[u8]) -> Digest {
        self.strongs.sum(window)
    }

    /// Looks at what comes next; `false` when that takes more of the new file, or more room.
    pub(super) fn look(&mut self, view: &View<'_>) -> bool {
        if self.behind_block { self.look_at_run(view) } else { self.look_at_chunk(view) }
    }

    /// The strong sum of the window at the front; `None` when it is worth waiting for more of the new file. `budget` is what
    /// there is before that window, whose bytes it has.
    pub(super) fn strong(&mut self, view: &View<'_>, budget: Budget) -> Option<Digest> {
        let Mark { position, window: Some(window), .. } = self.front()? else { return None };
        if let Some(strong) = self.strongs.at(position) {
            if window.foreseen.is_none() {
                self.foresee(view, 0);
            }
            return Some(strong);
        }
        if self.hash(view, budget) { self.strongs.at(position) } else { None }
    }

    /// Takes the window off the front, which proved to be a block or not.
    pub(super) fn prove(&mut self, is_block: bool) {
        let Some(Mark { position, window: Some(window), .. }) = self.marks.pop_front() else { return };
        self.strongs.ask();
        self.was_false = !is_block;
        if let Some(foreseen) = window.foreseen {
            self.foresight.learn(foreseen, is_block);
        }
        self.turn(position, window, is_block);
    }

    /// Takes the window off the front unhashed: the search goes past it.
    pub(super) fn skip(&mut self) {
        let Some(Mark { position, window: Some(window), .. }) = self.marks.pop_front() else { return };
        self.turn(position, window, false);
    }

    /// Goes the other way than was foreseen, where that was wrong.
    fn turn(&mut self, position: u64, window: Window, is_block: bool) {
        if is_block {
            self.last_block = window.hit.block().or(self.last_block);
            self.matched += self.block_len as u64;
        }
        if is_block == window.is_taken_for_block() {
            return;
        }
        self.marks.clear();
        self.go_to(position + if is_block { self.block_len as u64 } else { 1 }, is_block);
    }

    fn go_to(&mut self, position: u64, behind_block: bool) {
        self.end = position;
        self.scan.restart();
        self.chunk_len = FIRST_CHUNK;
        self.run_len = FIRST_RUN;
        self.behind_block = behind_block && self.foresight.of(Sign::Chained).is_block == Some(true);
    }

    /// Looks at the windows end to end behind a block, as far as they have the weak sums of blocks.
    fn look_at_run(&mut self, view: &View<'_>) -> bool {
        let rest = view.from(self.end);
        let whole = rest.len() / self.block_len;
        if whole == 0 && !view.last || self.marks.len() + MAX + 1 > MARKS {
            return false;
        }
        let chained = self.foresight.of(Sign::Chained);
        if chained.is_block != Some(true) {
            // A window before this one has proved to be no block since the run began.
            self.go_to(self.end, false);
            return true;
        }
        let asked = self.until.saturating_sub(self.end).div_ceil(self.block_len as u64);
        let count = self.run_len.min(whole).min(usize::try_from(asked).unwrap_or(usize::MAX));
        let mut digests = [0; MAX];
        let kind = view.index.signature().params().format().weak;
        weak::sums(self.isa, kind, &rest[..count * self.block_len], self.block_len, &mut digests[..count]);
        digests[..count].iter().for_each(|digest| view.index.prefetch_known(*digest));
        for digest in &digests[..count] {
            let mut counted = SearchStats::default();
            let Some(hit) = view.index.weak_hit(*digest, &mut counted) else {
                self.behind_block = false;
                return true;
            };
            view.index.prefetch_strong(hit);
            let known = self.known(view, self.end, hit);
            let compares = counted.weak_compares;
            let window = Some(Window { hit, compares, foreseen: Some(chained.or_known(known)) });
            self.marks.push_back(Mark { position: self.end, compares, window });
            if known == Some(false) {
                self.go_to(self.end + 1, false);
                // A run of misses that begins here goes no further: the position may be a segment's last.
                self.marks.push_back(Mark { position: self.end, compares: 0, window: None });
                return true;
            }
            self.end += self.block_len as u64;
            self.last_block = hit.block().or(self.last_block);
        }
        self.behind_block = count > 0;
        self.run_len = (2 * self.run_len).min(MAX);
        true
    }

    /// Looks at the positions of a chunk.
    fn look_at_chunk(&mut self, view: &View<'_>) -> bool {
        let rest = view.from(self.end);
        let segment_end = (self.end | (self.segment_len - 1)).saturating_add(1);
        let limit = view.stop.min(segment_end).saturating_sub(self.end);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).min(self.chunk_len);
        if rest.len() <= self.block_len || limit == 0 || self.marks.len() + 2 > MARKS {
            return false;
        }
        let mut decided = self.scan.find(view.index.filter(), rest, 0, limit, &mut self.hits);
        self.hits.as_slice().iter().for_each(|hit| view.index.prefetch(hit.digest));
        let mut counted = SearchStats::default();
        for hit in self.hits.as_slice() {
            if self.marks.len() + 1 == MARKS {
                decided = hit.position;
                self.scan.restart();
                break;
            }
            let before = counted.weak_compares;
            if let Some(known) = view.index.weak_hit(hit.digest, &mut counted) {
                view.index.prefetch_strong(known);
                let compares = counted.weak_compares - before;
                self.marks.push_back(Mark {
                    position: self.end + hit.position as u64,
                    compares: core::mem::take(&mut counted.weak_compares),
                    window: Some(Window { hit: known, compares, foreseen: None }),
                });
            }
        }
        self.end += decided as u64;
        self.looked_at += decided as u64;
        self.marks.push_back(Mark { position: self.end, compares: counted.weak_compares, window: None });
        self.chunk_len = (2 * self.chunk_len).min(CHUNK);
        true
    }

    /// Whether the way may go further: not where so much was looked at in vain that it would tell.
    fn may_look(&self, view: &View<'_>) -> bool {
        let decided = self.before.saturating_add(view.position - self.start);
        let misses = decided.saturating_sub(self.matched);
        let spare = misses / MISSES_FOR_ONE + self.matched / MATCHED_FOR_ONE + REACH * self.block_len as u64;
        self.behind_block || self.looked_at <= misses.saturating_add(spare)
    }

    /// Hashes the window at the front and those behind it that it is worth to hash with it. `false` when it is worth waiting
    /// for more of the new file.
    fn hash(&mut self, view: &View<'_>, mut budget: Budget) -> bool {
        let trust = self.foresight.trust();
        let mut want = MAX.min(1 + trust.min(self.strongs.spare(1, WINDOWS_FOR_ONE)));
        let idle = self.lanes.min(self.strongs.spare(FREE_FOR_ONE, 1).saturating_add(1));
        // Windows that are listed, behind one that proved false, are asked for unless a block comes before them: so many
        // cost no more than one.
        let mut free = if self.was_false { idle } else { 1 };
        let mut reach =
            view.position.saturating_add((trust as u64 * REACH).saturating_mul(self.block_len as u64));
        let mut batch = Batch::new();
        let (mut at, mut is_forked) = (0, false);
        while batch.len() < want.max(free) {
            let Some(Mark { position, window, .. }) = self.marks.get(at).copied() else {
                let goes_on = batch.len() < want || is_forked;
                if goes_on && self.end <= reach && self.may_look(view) && self.look(view) {
                    continue;
                }
                break;
            };
            if let Some(window) = window {
                let Some(bytes) = view.from(position).get(..self.block_len) else { break };
                if !budget.take(position, self.block_len as u64) {
                    // The search will go past it.
                    if window.is_taken_for_block() {
                        break;
                    }
                    at += 1;
                    continue;
                }
                let is_known = self.strongs.of(position).is_some();
                if !(is_known || is_forked && batch.has(position)) {
                    batch.push(position, bytes);
                }
                let foreseen = window.foreseen.or_else(|| self.foresee(view, at));
                match foreseen.and_then(|foreseen| foreseen.is_block) {
                    _ if is_known => {}
                    // What is no block may be followed by what is one after all: no more than cost the least each.
                    Some(false) => want = want.min(self.fastest),
                    Some(true) => free = 1,
                    None if is_forked => {}
                    None => {
                        is_forked = true;
                        want = batch.len();
                        free = idle;
                        let count = idle.saturating_sub(batch.len()) / 2;
                        self.fork(view, position, count, budget, &mut batch);
                        reach = position + self.block_len as u64 / FORK_REACH;
                    }
                }
            }
            at += 1;
        }
        let is_run = self.marks[0].window.is_some_and(|first| first.is_taken_for_block());
        let whole = view.rest.len() / self.block_len;
        if is_run && batch.len() < want.min(self.patience) && whole < self.patience && !view.last {
            return false;
        }
        if batch.len() > self.lanes {
            // Few lanes of the last vector would be in use; they can be next time.
            batch.truncate(batch.len() - batch.len() % self.lanes);
        }
        self.strongs.hash(&batch);
        true
    }

    /// Adds the windows behind one of which nobody can tell whether it is a block: those that the search will ask for if it is.
    fn fork<'a>(
        &self,
        view: &View<'a>,
        position: u64,
        count: usize,
        mut budget: Budget,
        batch: &mut Batch<'a>,
    ) {
        let kind = view.index.signature().params().format().weak;
        let mut position = position;
        for _ in 0..count {
            position += self.block_len as u64;
            let Some(bytes) = view.from(position).get(..self.block_len) else { return };
            if !view.index.knows(weak::sum(self.isa, kind, bytes))
                || !budget.take(position, self.block_len as u64)
            {
                return;
            }
            if self.strongs.of(position).is_none() {
                batch.push(position, bytes);
            }
        }
    }

    /// Whether the window with this weak sum is a block, if it is hashed already.
    fn known(&self, view: &View<'_>, position: u64, hit: WeakHit) -> Option<bool> {
        let strong = self.strongs.of(position)?;
        Some(view.index.block(hit, strong, &mut SearchStats::default()).is_some())
    }

    /// Foresees what the window of a mark is; if a block, the way ahead goes on behind it.
    fn foresee(&mut self, view: &View<'_>, at: usize) -> Option<Foreseen> {
        let Mark { position, window: Some(window), .. } = self.marks.get(at).copied()? else { return None };
        let known = self.known(view, position, window.hit);
        let Mark { position, window: Some(window), .. } = self.marks.get_mut(at)? else { return None };
        let behind = *position + self.block_len as u64;
        let near = self.last_block.zip(window.hit.block());
        let near = near.is_some_and(|(last, block)| block.abs_diff(last) <= nearness(view.index));
        let alone = if near { Sign::Near } else { Sign::Far };
        let sign = if self.foresight.of(Sign::Chained).is_block == Some(false) {
            // Taken for granted: the window is foreseen to be none, and what stands behind it need not be read.
            Sign::Chained
        } else if self.foresight.is_the_same(alone, Sign::Chained) {
            alone
        } else if let Some(next) = view.from(behind).get(..self.block_len) {
            let kind = view.index.signature().params().format().weak;
            if view.index.knows(weak::sum(self.isa, kind, next)) { Sign::Chained } else { alone }
        } else {
            Sign::Unclear
        };
        let foreseen = self.foresight.of(sign).or_known(known);
        window.foreseen = Some(foreseen);
        if foreseen.is_block == Some(true) {
            self.last_block = window.hit.block().or(self.last_block);
            self.marks.truncate(at + 1);
            self.go_to(behind, true);
        }
        Some(foreseen)
    }
}

/// For how many blocks to wait: no more than are hashed fastest, and none that would leave part of the last vector empty.
const fn worth(patience: usize, lanes: usize, fastest: usize) -> usize {
    match if patience < fastest { patience } else { fastest } {
        few if few < lanes => few,
        many => many - many % lanes,
    }
}

/// How many blocks lie between two that are near each other, at most: so few that chance hardly has a hand in it, and more
/// than a file that was changed a little leaves out.
fn nearness(index: &SignatureIndex) -> usize {
    16 + index.signature().block_count() / 256
}
